"""Corrections and reversals: which rows of the book no longer count, whatever came first.

A row is corrected when a correction names its reference as the original; of several corrections of
one original the last that came in stands. A row is reversed when a reversal names its reference,
or that of what it is a correction of. An act may come before its original does. A row that no
longer counts stays where it is, with a mark.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from taawun.jit import I64, U8, U64
from taawun.ledger.keys import Keys
from taawun.ledger.parts import CORRECTED, REVERSED
from taawun.ledger.schema import REVERSAL
from taawun.ledger.strings import Flags, hashes, mixed_all

AS_CORRECTION = np.uint64(0x5851F42D4C957F2D)
"""What the key of a correction's row is mixed with: it is no repeat of what it corrects."""


@dataclass(frozen=True, slots=True)
class Acts:
    """a acts: hashes of their own reference and of the original's, whether each is a reversal,
    and where it came in (`order`, rising)."""

    own: U64
    original: U64
    reversal: Flags
    order: I64

    @classmethod
    def of(cls, table: pa.Table, order: I64) -> Acts:
        """From rows of ACTS, with the order in which they came."""
        kinds = table["act"].to_numpy(zero_copy_only=False)
        return cls(
            hashes(table["transfer"]),
            hashes(table["original"]),
            np.asarray(kinds == REVERSAL, bool),
            order,
        )

    def __len__(self) -> int:
        return len(self.own)


def came(number: int, line: I64) -> I64:
    """The order of line `line` of import `number` among all lines of all imports."""
    return (np.int64(number) << 40) + line


@dataclass(frozen=True, slots=True)
class Marking:
    """What acts mean for rows: which references are reversed, which corrected and by what last."""

    reversed: U64
    corrected: U64
    last: I64

    @classmethod
    def of(cls, acts: Acts) -> Marking:
        """The sets that decide, each sorted."""
        correction = ~acts.reversal
        own, original = acts.own[correction], acts.original[correction]
        order = acts.order[correction]
        by = np.lexsort((order, original))
        corrected, start = np.unique(original[by], return_index=True)
        ends = np.append(start[1:], len(by)) - 1
        return cls(
            _closed(np.unique(acts.original[acts.reversal]), own, original),
            corrected,
            order[by][ends] if len(by) else np.zeros(0, np.int64),
        )

    def marks(self, key: U64, original: pa.ChunkedArray, order: I64) -> U8:
        """The marks of n rows of a part: `key` and `original` as kept, `order` as they came."""
        marks = np.zeros(len(key), np.uint8)
        marks[_among(key, self.reversed)] |= REVERSED
        marks[_among(key, self.corrected)] |= CORRECTED
        rows = np.flatnonzero(original.is_valid().to_numpy())
        if len(rows):
            of = hashes(original.take(pa.array(rows)))
            marks[rows] |= self._of_corrections(key[rows] ^ AS_CORRECTION, of, order[rows])
        return marks

    def _of_corrections(self, own: U64, original: U64, order: I64) -> U8:
        marks = np.zeros(len(own), np.uint8)
        gone = _flags(len(own), _among(own, self.reversed), _among(original, self.reversed))
        marks[gone] |= REVERSED
        place = np.minimum(np.searchsorted(self.corrected, original), len(self.corrected) - 1)
        later = (self.corrected[place] == original) & (self.last[place] > order)
        again = _flags(len(own), _among(own, self.corrected)) & (own != original)
        marks[later | again] |= CORRECTED
        return marks


def _closed(gone: U64, own: U64, original: U64) -> U64:
    """References reversed through what they are a correction of: each step reaches twice as far."""
    if not len(gone) or not len(own):
        return gone
    names = np.unique(np.concatenate([own, original, gone]))
    parent = np.arange(len(names))
    linked = own != original
    parent[np.searchsorted(names, own[linked])] = np.searchsorted(names, original[linked])
    marked = np.isin(names, gone)
    for _ in range(len(names).bit_length() + 1):
        marked |= marked[parent]
        parent = parent[parent]
    return names[marked]


def _among(keys: U64, wanted: U64) -> I64:
    """The places in `keys` of those that are wanted."""
    if not len(wanted):
        return np.zeros(0, np.int64)
    return Keys(wanted).met(keys)[0]


def _flags(n: int, *places: I64) -> Flags:
    flags = np.zeros(n, bool)
    for each in places:
        flags[each] = True
    return flags


def digests(table: pa.Table) -> U64:
    """What makes two acts the same one: everything that they say, their time aside."""
    state = hashes(table["transfer"])
    for name in ("act", "original", "currency"):
        state = _mixed(state, hashes(table[name]))
    for name in ("source", "target", "amount"):
        state = _mixed(state, table[name].cast(pa.int64()).to_numpy().astype(np.uint64))
    return state


def _mixed(state: U64, more: U64) -> U64:
    with np.errstate(over="ignore"):
        return mixed_all(state ^ mixed_all(more))


def new_acts(table: pa.Table, known: U64) -> Flags:
    """Which acts say what none before them said, neither in `known` (digests) nor in the table."""
    said = digests(table)
    first = Keys(said).first == np.arange(len(said))
    fresh = _flags(len(said), np.flatnonzero(first))
    fresh[_among(said, np.unique(known))] = False
    return fresh
