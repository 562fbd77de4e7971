"""Reversals of another amount than the transfer that they reverse: each is named once.

A reversal takes a transfer back whole, whatever amount it carries. Where that is neither what the
transfer was booked with nor what a correction of it says, somebody meant something else (part of
it, less charges): a problem says both amounts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from taawun.errors import Problem
from taawun.ledger.keys import Keys
from taawun.ledger.schema import REVERSAL
from taawun.ledger.strings import hashes

Read = Callable[[list[str]], pa.Table]
Money = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Reversal:
    """What one says: the amount in minor units and its currency, and where it stands in the file
    that is imported (0: in one before)."""

    money: Money
    line: int


@dataclass(slots=True)
class Reversals:
    """The reversals of `before` (acts of earlier imports) and `came` (of this one), by what they
    reverse; `corrected` says of a reference what corrections of it say, these of these too."""

    before: pa.Table
    came: pa.Table
    known: dict[str, list[Reversal]] = field(default_factory=dict)
    fresh: dict[str, list[Reversal]] = field(default_factory=dict)
    corrected: dict[str, list[tuple[str, Money]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for acts, into in ((self.before, self.known), (self.came, self.fresh)):
            for row in acts.to_pylist():
                money, original = (row["amount"], row["currency"]), row["original"]
                if row["act"] == REVERSAL:
                    line = row["line"] if acts is self.came else 0
                    into.setdefault(original, []).append(Reversal(money, line))
                else:
                    self.corrected.setdefault(original, []).append((row["transfer"], money))

    def problems(self, own: Iterable[Read], others: Iterable[Read], file: str) -> Iterator[Problem]:
        """What is wrong with the rows of this import (`own`) and of those before it."""
        every = {each: [*self.known.get(each, ()), *self.fresh.get(each, ())]
                 for each in {*self.known, *self.fresh}}  # fmt: skip
        for these, parts in ((every, own), (self.fresh, others)):
            if these:
                wanted = pa.array(list(these), pa.string())
                for read in parts:
                    yield from self._in_part(these, wanted, read, file)

    def _in_part(
        self, these: Mapping[str, list[Reversal]], wanted: pa.Array, read: Read, file: str
    ) -> Iterator[Problem]:
        own = these is not self.fresh
        for row in _reversed(read, wanted):
            for each in these[row["transfer"]]:
                booked = row["amount"], row["currency"]
                if each.money != booked and each.money not in self._said_of(row["transfer"]):
                    line = each.line or (row["line"] if own else None)
                    said = row["transfer"][:80]
                    got, expected = _told(each.money), _told(booked)
                    yield Problem("ledger.reversal.amount", file, line, said, got, expected)

    def _said_of(self, reference: str) -> set[Money]:
        """What corrections of a reference say, and corrections of those."""
        found, names, ahead = set(), {reference}, [reference]
        while ahead:
            for name, money in self.corrected.get(ahead.pop(), ()):
                found.add(money)
                if name not in names:
                    names.add(name)
                    ahead.append(name)
        return found


def _reversed(read: Read, wanted: pa.Array) -> Iterator[dict[str, Any]]:
    """The rows of a part that were booked under one of these references."""
    places, of = Keys(hashes(wanted)).met(np.asarray(read(["key"])["key"].to_numpy()))
    if not len(places):
        return
    rows = read(["transfer", "amount", "currency", "line"]).take(pa.array(places))
    same = pc.equal(rows["transfer"], wanted.take(pa.array(of)))
    yield from rows.filter(same).to_pylist()


def _told(money: Money) -> str:
    return f"{money[0]} {money[1]}"
