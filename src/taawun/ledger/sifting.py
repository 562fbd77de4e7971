"""Rows on their way into the book: faults of the clock, accounts as numbers, repeats, conflicts.

What a reader gives (`READ`) becomes rows of a part; of equal references the first that came stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from taawun.errors import Problem
from taawun.jit import I32, I64, U64
from taawun.ledger.acts import AS_CORRECTION
from taawun.ledger.coding import Column, dictionary, numbers
from taawun.ledger.keys import Keys
from taawun.ledger.money import every_currency, spelled
from taawun.ledger.numbering import Numbering
from taawun.ledger.parts import PART_SCHEMA
from taawun.ledger.schema import BOOKED, CORRECTION, READ, Batch
from taawun.ledger.seen import Read, Seen
from taawun.ledger.strings import Flags, hashes

SAME = 7 * 86_400_000_000
"""Microseconds: the same transfer told by two banks carries days that differ by at most a week.
A reference that comes again later than that, for the same amount, is worn out: a conflict."""
PLAIN = ("at", "amount", "line")
TEXT = ("transfer", "purpose", "original")
WORDS = (
    *("source_bank", "target_bank", "source_country", "target_country", "currency", "channel"),
    *("source_holder", "target_holder", "source_identifier", "target_identifier", "act"),
)


def prepared(batch: Batch, numbering: Numbering, at: datetime, file: str) -> Batch:
    """A batch with accounts as numbers and keys of references; impossible times are problems."""
    table, faults = _clocked(batch.table, at, file)
    columns = {name: table[name].cast(READ.field(name).type) for name in (*PLAIN, *TEXT)}
    columns |= {name: worded(table[name]) for name in WORDS}
    columns |= {end: numbered(table[end], numbering) for end in ("source", "target")}
    columns["key"] = hashes(table["transfer"])
    if "label" in table.column_names:
        columns["label"] = table["label"]
    return Batch(pa.table(columns), batch.problems + faults, batch.rows, batch.read)


def _clocked(table: pa.Table, at: datetime, file: str) -> tuple[pa.Table, tuple[Problem, ...]]:
    """The rows between 1970 and a day after `at`, and a problem for each of the others."""
    time = table["at"].cast(pa.int64()).to_numpy()
    latest = int((at + timedelta(days=1)).timestamp() * 1_000_000)
    good = (time >= 0) & (time <= latest)
    if good.all():
        return table, ()
    rows = np.flatnonzero(~good)
    lines = table["line"].take(pa.array(rows)).to_pylist()
    shown = np.datetime_as_string(time[rows].astype("M8[us]"), "s").tolist()
    expected = f"1970 … {at:%Y-%m-%d}"
    faults = tuple(
        Problem("ledger.row.clock", file, line, "at", said, expected)
        for line, said in zip(lines, shown, strict=True)
    )
    return table.filter(pa.array(good)), faults


def numbered(column: Column, numbering: Numbering) -> I32:
    """Accounts as their numbers: int32 (n)."""
    if not pa.types.is_dictionary(column.type):
        return numbering.of(column)
    if not len(column):
        return np.zeros(0, np.int32)
    encoded = dictionary(column)
    return numbering.of(encoded.dictionary)[numbers(encoded.indices)]


@dataclass(frozen=True, slots=True)
class Sifted:
    """A slab sifted: `rows` new (booked and corrections, in order of arrival), how many repeats
    there were, and a problem for each conflict."""

    rows: pa.Table
    repeats: int
    conflicts: tuple[Problem, ...]


@dataclass(slots=True)
class _Content:
    """What makes two transfers with one reference the same: parties, amount, currency, nearly when.

    Arrays (n): of each row, that of the row which stays for its reference.
    """

    source: I32
    target: I32
    amount: I64
    currency: U64
    at: I64

    @classmethod
    def of(cls, rows: pa.Table) -> _Content:
        return cls(
            rows["source"].to_numpy().copy(),
            rows["target"].to_numpy().copy(),
            rows["amount"].to_numpy().copy(),
            hashes(rows["currency"]),
            rows["at"].cast(pa.int64()).to_numpy().copy(),
        )

    def put(self, rows: I64, other: _Content, places: I64) -> None:
        for name in self.__slots__:
            getattr(self, name)[rows] = getattr(other, name)[places]

    def same(self, rows: I64, other: _Content, places: I64) -> Flags:
        equal = np.asarray(np.abs(self.at[rows] - other.at[places]) <= SAME, bool)
        for name in ("source", "target", "amount", "currency"):
            equal = equal & (getattr(self, name)[rows] == getattr(other, name)[places])
        return np.asarray(equal, bool)


def sift(rows: pa.Table, seen: Seen, numbering: Numbering, file: str) -> Sifted:
    """Booked rows without those that are there already. `seen` learns their keys."""
    key = rows["key"].to_numpy()
    met = seen.met(key)
    if met is None:
        return Sifted(rows, 0, ())
    keys = Keys(key)
    first = keys.first.astype(np.int64)
    again = _twice(rows["transfer"], first)
    stays = None
    for read, places in met:
        stays = stays or _Content.of(rows)
        again |= _met(rows, keys, places, read, stays)
    places = np.flatnonzero(again)
    if not len(places):
        return Sifted(rows, 0, ())
    own, stays = _Content.of(rows), stays or _Content.of(rows)
    same = own.same(places, stays, first[places])
    conflicts = _conflicts(rows, places[~same], stays, first, numbering, file)
    return Sifted(rows.filter(pa.array(~again)), int(same.sum()), conflicts)


def _twice(reference: pa.ChunkedArray, first: I64) -> Flags:
    """Which rows have the reference of an earlier one: keys propose, references settle it."""
    again: Flags = np.asarray(first != np.arange(len(first)), bool)
    places = np.flatnonzero(again)
    if len(places):
        earlier = reference.take(pa.array(first[places]))
        again[places] = pc.equal(reference.take(pa.array(places)), earlier).to_numpy()
    return again


def _met(rows: pa.Table, keys: Keys, places: I64, read: Read, stays: _Content) -> Flags:
    """Which rows have a reference that a part has; what stays for them is what is in the part.

    `places` are the rows of the part whose keys are among those of `rows`.
    """
    again = np.zeros(len(keys.first), bool)
    columns = ["transfer", "at", "source", "target", "amount", "currency"]
    kept = read([*columns, "key"]).take(pa.array(places))
    _, found = keys.met(kept["key"].to_numpy())
    equal = pc.equal(kept["transfer"], rows["transfer"].take(pa.array(found)))
    sure = np.flatnonzero(equal.to_numpy())
    stays.put(found[sure].astype(np.int64), _Content.of(kept), sure)
    again[found[sure]] = True
    return np.asarray(again[keys.first], bool)


def _conflicts(
    rows: pa.Table,
    places: I64,
    stays: _Content,
    first: I64,
    numbering: Numbering,
    file: str,
) -> tuple[Problem, ...]:
    """A problem for each row whose reference another transfer has, saying both."""
    if not len(places):
        return ()
    ids = numbering.ids()
    picked = rows.take(pa.array(places))
    codes = _codes()
    told = zip(
        picked["line"].to_pylist(),
        picked["transfer"].to_pylist(),
        _told(_Content.of(picked), np.arange(len(places)), ids, codes),
        _told(stays, first[places], ids, codes),
        strict=True,
    )
    return tuple(
        Problem("ledger.conflict", file, line, reference[:80], got, expected)
        for line, reference, got, expected in told
    )


@cache
def _codes() -> dict[int, str]:
    words = every_currency()
    return dict(zip(hashes(pa.array(words)).tolist(), words, strict=True))


def _told(content: _Content, places: I64, ids: pa.Array, codes: dict[int, str]) -> Iterator[str]:
    """`source → target, amount currency, day` of each."""
    ends = [
        ids.take(pa.array(getattr(content, end)[places])).to_pylist()
        for end in ("source", "target")
    ]
    days = np.datetime_as_string(content.at[places].astype("M8[us]"), "D").tolist()
    amounts = content.amount[places].tolist()
    for source, target, amount, code, day in zip(
        *ends, amounts, content.currency[places].tolist(), days, strict=True
    ):
        yield f"{source} → {target}, {spelled(amount, codes.get(code, ''))}, {day}"


def corrections(acts: pa.Table) -> pa.Table:
    """The rows that corrections put in the place of what they correct."""
    rows = acts.filter(pc.equal(acts["act"].cast(pa.string()), CORRECTION))
    key = rows["key"].to_numpy() ^ AS_CORRECTION
    return rows.set_column(rows.column_names.index("key"), "key", pa.array(key))


def divided(rows: pa.Table) -> tuple[pa.Table, pa.Table]:
    """The booked rows, and those that act on others."""
    encoded = dictionary(rows["act"])
    if encoded.dictionary.to_pylist() == [BOOKED]:
        return _unacting(rows), rows.slice(0, 0)
    booked = pc.equal(encoded.cast(pa.string()), BOOKED)
    return _unacting(rows.filter(booked)), rows.filter(pc.invert(booked))


def _unacting(rows: pa.Table) -> pa.Table:
    """Booked rows name no original, whatever stands in the file's column for it."""
    place = rows.column_names.index("original")
    return rows.set_column(place, "original", pa.nulls(len(rows), pa.string()))


def as_part(rows: pa.Table, value: pa.Array) -> pa.Table:
    """Sifted rows as rows of a part, in the same order."""
    columns = []
    for field in PART_SCHEMA:
        if field.name == "value":
            columns.append(value)
        elif pa.types.is_dictionary(field.type):
            columns.append(worded(rows[field.name]))
        else:
            columns.append(rows[field.name].cast(field.type))
    return pa.table(columns, schema=PART_SCHEMA)


def worded(column: Column) -> pa.DictionaryArray:
    """A column of words, dictionary-encoded with int32 codes."""
    encoded = dictionary(column)
    return pa.DictionaryArray.from_arrays(
        encoded.indices.cast(pa.int32()), encoded.dictionary.cast(pa.string())
    )
