"""The journal: who did what, when, to what; append-only, each line built on the one before.

A line's hash is SHA-256 over the canonical JSON (sorted keys, no spaces, UTF-8) of its fields,
the previous line's hash among them; the first line builds on 64 zeros.

What is found, and by what:

    a line altered                      its hash no longer fits
    a line removed, added or reordered  the next line does not build on it; numbers jump
    lines removed at the end            the head record in the database says how far it went
    … and the head record set back      the anchor file beside the database (`journal.anchor`)
    the whole journal written anew      an anchor kept elsewhere (`taawun journal head`)

Whoever owns the machine can rewrite database and anchor file together: only an anchor that was
kept elsewhere shows that. An anchor stays valid for ever: the line it names never changes.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from taawun.errors import JournalBroken, Problem, UsageError
from taawun.store.tables.journal import journal, journal_head

GENESIS = "0" * 64
ANCHOR = "journal.anchor"
SHOWN = 100


# Made once: a statement that is put together for each call costs more than its running.
_HEAD = sa.select(journal_head.c.sequence, journal_head.c.hash)
_ADD = sa.insert(journal)
_STEP = sa.update(journal_head).values(sequence=sa.bindparam("number"), hash=sa.bindparam("digest"))


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it stands in the journal. `details` is canonical JSON; `at` is ISO, UTC."""

    sequence: int
    at: str
    actor: str
    action: str
    subject: str
    details: str
    previous: str
    hash: str

    @property
    def anchor(self) -> Anchor:
        return Anchor(self.sequence, self.hash)


@dataclass(frozen=True, slots=True)
class Anchor:
    """A line number and its hash: enough to show later that nothing before it was changed."""

    sequence: int
    hash: str

    def __str__(self) -> str:
        return f"{self.sequence}:{self.hash}"


@dataclass(frozen=True, slots=True)
class JournalReport:
    """What a check found. `problems` are in the order of the lines, `lines` were read."""

    lines: int
    head: Anchor
    problems: tuple[Problem, ...]

    @property
    def whole(self) -> bool:
        return not self.problems


def append(
    connection: Connection,
    *,
    action: str,
    subject: str,
    details: Mapping[str, object],
    at: datetime,
    actor: str,
) -> Line:
    """Add one line, inside the caller's transaction. `at` must know its time zone."""
    if at.tzinfo is None:
        raise ValueError("a journal line needs a time with its zone")
    head = head_of(connection)
    fields: dict[str, Any] = {
        "sequence": head.sequence + 1,
        "at": at.astimezone(UTC).isoformat(),
        "actor": actor,
        "action": action,
        "subject": subject,
        "details": canonical(details),
        "previous": head.hash,
    }
    fields["hash"] = digest(fields)
    connection.execute(_ADD, fields)
    connection.execute(_STEP, {"number": fields["sequence"], "digest": fields["hash"]})
    return Line(*(fields[name] for name in Line.__slots__))


def canonical(value: object) -> str:
    """The one way to write `value` as JSON: sorted keys, no spaces, UTF-8, dates as ISO text."""
    options = orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS
    return orjson.dumps(value, option=options, default=_plain).decode()


def digest(fields: Mapping[str, object]) -> str:
    """The hash of a line: SHA-256 in hexadecimal over its canonical JSON without the hash."""
    said = {name: value for name, value in fields.items() if name != "hash"}
    return hashlib.sha256(canonical(said).encode()).hexdigest()


def head_of(connection: Connection) -> Anchor:
    """Where the journal stands, as its head record says. Raises JournalBroken without one."""
    row = connection.execute(_HEAD).first()
    if row is None:
        raise JournalBroken("the journal's head record is gone: the database was tampered with")
    return Anchor(row.sequence, row.hash)


def lines(connection: Connection, *, after: int = 0) -> Iterator[Line]:
    """The lines after number `after`, oldest first, read as they are asked for."""
    query = sa.select(journal).where(journal.c.sequence > after).order_by(journal.c.sequence)
    for row in connection.execute(query.execution_options(yield_per=1000)):
        yield Line(*row)


def last_lines(
    connection: Connection,
    count: int,
    *,
    of: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[Line]:
    """The last `count` lines, oldest first.

    `of` leaves those whose subject begins so or that name it in their details, `since` and `until`
    (not included) those of a time.
    """
    query = sa.select(journal).order_by(journal.c.sequence.desc()).limit(count)
    if of:
        begins = journal.c.subject.startswith(of, autoescape=True)
        query = query.where(begins | journal.c.details.contains(f'"{of}', autoescape=True))
    if since is not None:
        query = query.where(journal.c.at >= since.isoformat())
    if until is not None:
        query = query.where(journal.c.at < until.isoformat())
    return [Line(*row) for row in connection.execute(query)][::-1]


def verify(connection: Connection, home: Path, anchor: Anchor | None = None) -> JournalReport:
    """Read the whole journal and say what does not fit.

    Compared with the head record, the anchor file under `home` and, when given, an `anchor`
    that was kept elsewhere. Problems beyond the first hundred are not listed.
    """
    anchors = {"journal.anchor": read_anchor(home)} if (home / ANCHOR).exists() else {}
    if anchor is not None:
        anchors["--anchor"] = anchor
    problems: list[Problem] = []
    met: dict[int, str] = {}
    wanted = {each.sequence for each in anchors.values() if each is not None}
    last, count = Anchor(0, GENESIS), 0
    for line in lines(connection):
        count += 1
        problems.extend(_line_problems(line, last))
        if line.sequence in wanted:
            met[line.sequence] = line.hash
        last = line.anchor
    problems.extend(_end_problems(last, head_of(connection)))
    for name, kept in anchors.items():
        problems.extend(_anchor_problems(name, kept, met))
    return JournalReport(count, last, tuple(problems[:SHOWN]))


def _line_problems(line: Line, last: Anchor) -> Iterator[Problem]:
    if line.sequence != last.sequence + 1:
        yield _found("removed", last.sequence + 1, str(line.sequence), str(last.sequence + 1))
    elif line.previous != last.hash:
        yield _found("unlinked", line.sequence, line.previous[:16], last.hash[:16])
    said = digest({name: getattr(line, name) for name in Line.__slots__})
    if said != line.hash:
        yield _found("altered", line.sequence, line.hash[:16], said[:16])


def _found(what: str, line: int, got: str, expected: str) -> Problem:
    return Problem(f"store.journal.{what}", "journal", line, got=got, expected=expected)


def _end_problems(last: Anchor, head: Anchor) -> Iterator[Problem]:
    if last != head:
        yield _found("end", last.sequence, str(last)[:24], str(head)[:24])


def _anchor_problems(name: str, kept: Anchor | None, met: Mapping[int, str]) -> Iterator[Problem]:
    if kept is None:
        yield Problem("store.journal.anchor_unreadable", file=name, expected="NUMBER:HASH")
    elif kept.sequence and met.get(kept.sequence) != kept.hash:
        found = met.get(kept.sequence)
        yield Problem(
            "store.journal.anchor",
            file=name,
            line=kept.sequence,
            field="hash",
            got=found[:16] if found else "no such line",
            expected=kept.hash[:16],
        )


def parse_anchor(text: str) -> Anchor:
    """`NUMBER:HASH` as `taawun journal head` prints it. Raises UsageError for anything else."""
    number, _, said = text.strip().partition(":")
    good = number.isascii() and number.isdigit() and len(said) == 64
    if not good or not set(said) <= set("0123456789abcdef"):
        raise UsageError(f"an anchor is NUMBER:HASH as `taawun journal head` prints it: {text!r}")
    return Anchor(int(number), said)


def keep_anchor(home: Path, anchor: Anchor) -> None:
    """Write where the journal stands beside the database; the old file or the new, never half.

    Raises OSError when it cannot be written; the old one then stays.
    """
    with NamedTemporaryFile("w", dir=home, prefix=".anchor-", delete=False) as draft:
        try:
            draft.write(f"{anchor}\n")
            draft.flush()
            os.fsync(draft.fileno())
            Path(draft.name).replace(home / ANCHOR)
        except OSError:
            Path(draft.name).unlink(missing_ok=True)
            raise


def sweep_drafts(home: Path) -> None:
    """Remove anchor files that were begun by a process that was killed. One that is being written
    now may go too: its anchor stays behind until the next, and is valid."""
    for draft in home.glob(".anchor-*"):
        with suppress(OSError):
            draft.unlink()


def read_anchor(home: Path) -> Anchor | None:
    """The anchor beside the database; None when it cannot be read as one."""
    try:
        return parse_anchor((home / ANCHOR).read_text("ascii"))
    except (OSError, ValueError, UsageError):
        return None


def _plain(value: object) -> object:
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    if isinstance(value, Mapping):
        return dict(value)
    return str(value)
