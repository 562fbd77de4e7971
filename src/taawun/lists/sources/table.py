"""Tables (CSV) from outside, read strictly row by row.

A file is decoded as UTF-8; one that is not is read as Windows-1252 and that is a problem. A row too
short or too long is a problem, except at the very end of the file: there it means that the file
was cut, and the file is refused. `Row` reports what is not taken from it, like `markup.Node`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from taawun.errors import InputError, Problem
from taawun.lists.sources.card import card, looks_like
from taawun.lists.sources.transcript import Transcript, empty

MOST_IN_FIELD = 2_000_000
_DOS_END = "\x1a"


def text_of(transcript: Transcript, path: Path) -> str:
    """The whole file as text; InputError for what is no text at all."""
    raw = path.read_bytes()
    if not raw.strip():
        raise empty(path)
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decoded(path, raw, "utf-16")
    if b"\x00" in raw:
        raise _not_text(path, "NUL bytes")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        transcript.problem(
            "readers.encoding_wrong", line=line, got="Windows-1252?", expected="UTF-8"
        )
        return _decoded(path, raw, "cp1252")


def rows(
    transcript: Transcript, path: Path, text: str, width: int, skip: int = 0
) -> Iterator[list[str]]:
    """Rows of `width` fields after the first `skip` lines, each with its line number in front."""
    limit = csv.field_size_limit(MOST_IN_FIELD)
    try:
        yield from _rows(transcript, path, text, width, skip)
    except csv.Error as error:
        problem = Problem("readers.csv_unreadable", path.name, got=str(error))
        raise InputError(f"{path.name}: not readable as CSV: {error}", (problem,)) from error
    finally:
        csv.field_size_limit(limit)


def _rows(
    transcript: Transcript, path: Path, text: str, width: int, skip: int
) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    late: tuple[int, list[str]] | None = None
    line = 1
    for fields in reader:
        started, line = line, reader.line_num + 1
        if started <= skip or not any(field.strip(" \t\r\n" + _DOS_END) for field in fields):
            continue
        if late:
            _report_width(transcript, late[0], len(late[1]), width)
            yield [str(late[0]), *_fitted(late[1], width)]
            late = None
        if len(fields) != width:
            late = (started, fields)
        else:
            yield [str(started), *fields]
    if late:
        got = f"{len(late[1])}: {','.join(late[1])[:60]}"
        raise InputError(
            f"{path.name}:{late[0]}: the last row has {len(late[1])} fields, expected {width}:"
            f" the file seems to be cut",
            (Problem("readers.file_cut", path.name, late[0], got=got, expected=str(width)),),
        )


def _report_width(transcript: Transcript, line: int, got: int, width: int) -> None:
    transcript.problem("readers.row_width", line=line, got=str(got), expected=str(width))


def _fitted(fields: list[str], width: int) -> list[str]:
    """A row of the wrong width, filled up; what is beyond the last column is joined to it."""
    if len(fields) < width:
        return fields + [""] * (width - len(fields))
    return [*fields[: width - 1], " ".join(fields[width - 1 :])]


def wrong_format(path: Path, got: str, expected: str) -> InputError:
    """What to raise for a file that is not this list, with what it looks like instead."""
    with path.open("rb") as file:
        found = looks_like(file.read(65_536))
    hint = f"; it looks like {card(found).title} ({found.partition('_')[0]})" if found else ""
    problem = Problem("readers.wrong_format", path.name, 1, got=got[:80], expected=expected)
    return InputError(f"{path.name}: got {got[:80]!r}, expected {expected}{hint}", (problem,))


def _decoded(path: Path, raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise _not_text(path, f"byte {error.start}") from error


def _not_text(path: Path, why: str) -> InputError:
    problem = Problem("readers.encoding_wrong", path.name, got=why, expected="UTF-8")
    return InputError(f"{path.name}: not a text file ({why}), expected UTF-8", (problem,))


class Row:
    """One row being read strictly: take what is used, then `close`."""

    __slots__ = ("_cells", "_transcript", "line")

    def __init__(
        self, transcript: Transcript, columns: Sequence[str], fields: Sequence[str]
    ) -> None:
        self._transcript = transcript
        self.line = int(fields[0])
        self._cells = dict(zip(columns, fields[1:], strict=True))

    def peek(self, column: str) -> str:
        """The cell, looked at but not taken; "" for a column that the file lacks."""
        return self._cells.get(column, "").strip(" \t\r\n\ufeff")

    def take(self, column: str) -> str:
        """The cell, taken."""
        return self._cells.pop(column, "").strip(" \t\r\n\ufeff")

    def rest(self) -> str:
        """Everything that was not taken yet, for a row that as a whole cannot be used."""
        cells, self._cells = self._cells, {}
        return ", ".join(cell.strip() for cell in cells.values() if cell.strip())

    def close(self) -> None:
        """Report or count the cells that were not taken and are not empty."""
        for column, cell in self._cells.items():
            if cell.strip():
                self._transcript.leftover(column, cell.strip(), self.line)
