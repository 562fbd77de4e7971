"""How imports, previews and the state of the ledger look: sentences, tables, JSON."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from taawun.cli import show
from taawun.cli.options import options
from taawun.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from taawun.errors import Problem
    from taawun.ledger.accounts import Registered
    from taawun.ledger.arrival import Arrived
    from taawun.ledger.book import Book
    from taawun.ledger.preview import Preview
    from taawun.ledger.registered import ImportRow

SHOWN_COLUMNS = ("transfer", "at", "source", "target", "amount", "currency", "channel")
COUNTED = (*("repeats", "conflicts", "bad", "to_self", "corrections", "reversals", "unvalued"),)
"""Counts that are told only where they are not nought."""


# An import


def arrived_as_json(file: Path, done: Arrived) -> dict[str, Any]:
    """What came of one file, as a JSON object."""
    return {
        "file": str(file),
        "import": done.number,
        "format": done.format,
        "outcome": "unchanged" if done.again else "imported",
        "reference": done.reference,
        **asdict(done.counts),
        "labelled": done.labelled,
        "first_problems": [] if done.again else [asdict(problem) for problem in done.problems],
    }


def show_arrived(file: Path, done: Arrived) -> None:
    """What came of one file: a sentence, the counts that matter, the first problems."""
    if done.again:
        show.say("ledger.again", file=file.name, number=done.number)
        return
    counts = done.counts
    show.say("ledger.imported", file=file.name, count=counts.transfers, rows=counts.rows)
    told = asdict(counts) | {"unvalued": counts.transfers - counts.values}
    for name in COUNTED:
        if told[name]:
            show.say(f"ledger.counted.{name}", count=told[name])
    if done.chosen:
        show.say("ledger.reference", currency=done.reference)
    if done.labelled:
        show.say("ledger.labelled", count=done.labelled)
    show.problems(done.problems)
    if (more := counts.problems - len(done.problems)) > 0:
        show.note("ledger.all_problems", count=more, number=done.number)


class ProblemsOut:
    """All problems of the imports of one call, written to a CSV file where one is named."""

    def __init__(self, path: Path | None, home: Path, lang: str) -> None:
        self._path, self._home, self._lang = path, home, lang
        self._file: IO[str] | None = None

    def __enter__(self) -> ProblemsOut:
        if self._path is not None:
            self._file = _opened(self._path)
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def __call__(self, arrived: Arrived) -> None:
        """Write the problems of one import."""
        if self._file is None or arrived.again:
            return
        from taawun.ledger.problems import problems_of

        found = problems_of(options().open_store(), self._home, arrived.number)
        _rows(self._file, found.every(), self._lang)


def write_problems(path: Path, problems: Iterable[Problem], lang: str) -> None:
    """Write problems to a CSV file: where, what, worded. Raises StoreError."""
    with _opened(path) as file:
        _rows(file, problems, lang)


def _opened(path: Path) -> IO[str]:
    try:
        file = path.open("w", encoding="utf-8", newline="")
    except OSError as error:
        raise StoreError(f"{path}: cannot be written: {error.strerror}") from error
    csv.writer(file).writerow(["file", "line", "field", "code", "got", "expected", "problem"])
    return file


def _rows(file: IO[str], problems: Iterable[Problem], lang: str) -> None:
    from taawun.wording.problem import worded

    out = csv.writer(file)
    for each in problems:
        said = [_inert(text) for text in (each.got, each.expected, worded(each, lang))]
        out.writerow([each.file, each.line, _inert(each.field), each.code, *said])


def _inert(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def registered_as_json(done: Registered) -> dict[str, Any]:
    """What came of a register of accounts."""
    return asdict(done)


# A look at a file


def preview_as_json(found: Preview) -> dict[str, Any]:
    """A look at a file, as a JSON object."""
    held = found.columns
    return {
        "format": found.format,
        "columns": dict(held.held) if held else {},
        "constants": dict(held.constants) if held else {},
        "guessed": list(held.guessed) if held else [],
        "unclear": {name: list(columns) for name, columns in held.unclear.items()} if held else {},
        "rows": found.rows.to_pylist(),
        "seen": found.seen,
        "problems": [asdict(problem) for problem in found.problems],
    }


def show_preview(found: Preview) -> None:
    """The map, the first rows as they would be read, and what is wrong with those looked at."""
    show.say("ledger.format", format=found.format)
    held = found.columns
    if held is not None:
        headings = [f"ledger.column.{name}" for name in ("field", "column", "how")]
        rows = [(name, column, _how(name, held.guessed)) for name, column in held.held.items()]
        constant = show.worded("ledger.constant")
        rows += [(name, word, constant) for name, word in held.constants.items()]
        show.table(headings, rows)
        for name, columns in held.unclear.items():
            show.note("files.unclear", field=name, columns=list(columns))
    show.table([f"ledger.seen.{name}" for name in SHOWN_COLUMNS], map(_row, found.rows.to_pylist()))
    show.say("ledger.looked", count=found.seen, problems=len(found.problems))
    show.problems(found.problems)


def _how(name: str, guessed: Sequence[str]) -> str:
    return show.worded("ledger.guessed" if name in guessed else "ledger.known")


def _row(row: dict[str, Any]) -> tuple[str, ...]:
    amount = in_major(row["amount"], row["currency"])
    return (
        row["transfer"],
        f"{row['at']:%Y-%m-%d %H:%M:%S}",
        row["source"],
        row["target"],
        amount,
        row["currency"],
        row["channel"] or "",
    )


def in_major(amount: int, currency: str) -> str:
    """Minor units as the currency's decimals write them."""
    from taawun.ledger.money import decimals

    places = decimals(currency) or 0
    whole, rest = divmod(amount, 10**places)
    return f"{whole}.{rest:0{places}}" if places else str(whole)


# The state


def status_as_json(book: Book, every: Sequence[ImportRow]) -> dict[str, Any]:
    """What the ledger holds, as a JSON object."""
    span = book.span
    return {
        "transfers": book.size,
        "accounts": book.accounts().num_rows,
        "first": span[0].isoformat() if span else None,
        "last": span[1].isoformat() if span else None,
        "reference": book.worth.currency,
        "rates": len(book.worth.rates),
        **withdrawn(book),
        "imports": [asdict(each) for each in every],
    }


def withdrawn(book: Book) -> dict[str, int]:
    """How many rows no longer count, and why."""
    from taawun.ledger.parts import CORRECTED, REVERSED

    return {"corrected": book.count(CORRECTED), "reversed": book.count(REVERSED)}


def show_status(book: Book, every: Sequence[ImportRow]) -> None:
    """What the ledger holds, and a table of imports."""
    span = book.span
    said = {"accounts": book.accounts().num_rows, "currency": book.worth.currency or "—"}
    if span is not None:
        first, last = (f"{each:%Y-%m-%d}" for each in span)
        show.say("ledger.holds", count=book.size, first=first, last=last, **said)
    gone = withdrawn(book)
    if any(gone.values()):
        show.say("ledger.withdrawn", **gone)
    names = ("number", "file", "format", "at", "rows", "transfers", "repeats", "problems")
    show.table([f"ledger.table.{name}" for name in names], map(_import_row, every))


def _import_row(row: ImportRow) -> tuple[str, ...]:
    from taawun.wording.figures import number

    counts, lang = row.counts, options().lang
    figures = (counts.rows, counts.transfers, counts.repeats, counts.problems)
    shown = [number(each, lang) for each in figures]
    return str(row.number), row.file, row.format, row.at[:16].replace("T", " "), *shown
