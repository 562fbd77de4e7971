"""A reference for rows that have none: a digest of what the row says, and its ordinal among equals.

The same file gives the same references, so that a second import finds every row again; of two
files that overlap, rows that are equal in both are one transfer. The formula is part of the
format of the book and is not changed: what it has made stands in ledgers.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from taawun.jit import I32, I64, U8, U64, kernel
from taawun.ledger.strings import SEED, hashes, mixed, mixed_all, text

SAID = (
    *("source", "target", "source_bank", "target_bank", "currency", "channel", "purpose"),
    *("source_country", "target_country", "act", "original"),
)
"""The fields that make up a row, besides its time and its amount."""
SECOND = np.uint64(0x2545F4914F6CDD1D)
LENGTH = 1 + 32 + 1 + 8
"""`~`, 128 bits of digest, `-`, the ordinal in hexadecimal."""


class References:
    """Makes them for the rows of one file, in the file's order, batch by batch."""

    def __init__(self) -> None:
        self._seen = np.zeros(1 << 16, np.uint64)
        self._count = np.zeros(1 << 16, np.int32)
        self._held = 0

    def of(self, rows: pa.Table) -> pa.Array:
        """References of rows in READ: strings (n)."""
        with np.errstate(over="ignore"):
            one, other = _digest(rows, SEED), _digest(rows, SECOND)
            self._make_room(len(one))
            ordinal = np.zeros(len(one), np.int64)
            self._held += _ordinals(one ^ mixed_all(other), self._seen, self._count, ordinal)
        octets = _written(one, other, ordinal)
        return text(np.arange(0, LENGTH * (len(one) + 1), LENGTH, dtype=np.int32), octets)

    def _make_room(self, more: int) -> None:
        """A table at most half full, so that looking up stays short."""
        if 2 * (self._held + more) <= len(self._seen):
            return
        size = 1 << int(2 * (self._held + more)).bit_length()
        seen, count = np.zeros(size, np.uint64), np.zeros(size, np.int32)
        _moved(self._seen, self._count, seen, count)
        self._seen, self._count = seen, count


def _digest(rows: pa.Table, seed: np.uint64) -> U64:
    state = np.full(rows.num_rows, seed, np.uint64)
    numbers = (rows["at"].cast(pa.int64()), rows["amount"])
    for column in numbers:
        state = mixed_all(state ^ column.to_numpy().astype(np.uint64))
    for name in SAID:
        state = mixed_all(state ^ hashes(rows[name], seed))
    return state


@kernel
def _place(key: np.uint64, seen: U64) -> int:
    """Where `key` is or belongs. 0 marks an empty place; a key of 0 is kept as 1."""
    mask = np.uint64(len(seen) - 1)
    place = mixed(key) & mask
    while seen[place] != np.uint64(0) and seen[place] != key:
        place = (place + np.uint64(1)) & mask
    return int(place)


@kernel
def _ordinals(keys: U64, seen: U64, count: I32, ordinal: I64) -> int:
    """How many times each key came before; how many keys are new."""
    new = 0
    for row in range(len(keys)):
        key = keys[row] if keys[row] != np.uint64(0) else np.uint64(1)
        place = _place(key, seen)
        if seen[place] == np.uint64(0):
            seen[place] = key
            new += 1
        ordinal[row] = count[place]
        count[place] += 1
    return new


@kernel
def _moved(old: U64, old_count: I32, seen: U64, count: I32) -> None:
    for place in range(len(old)):
        if old[place] != np.uint64(0):
            to = _place(old[place], seen)
            seen[to] = old[place]
            count[to] = old_count[place]


@kernel
def _written(one: U64, other: U64, ordinal: I64) -> U8:
    octets = np.empty(LENGTH * len(one), np.uint8)
    place = 0
    for row in range(len(one)):
        octets[place] = 126
        octets[place + 33] = 45
        for digit in range(16):
            shift = np.uint64(60 - 4 * digit)
            octets[place + 1 + digit] = _hexadecimal(int((one[row] >> shift) & np.uint64(15)))
            octets[place + 17 + digit] = _hexadecimal(int((other[row] >> shift) & np.uint64(15)))
        for digit in range(8):
            octets[place + 34 + digit] = _hexadecimal((ordinal[row] >> (28 - 4 * digit)) & 15)
        place += LENGTH
    return octets


@kernel
def _hexadecimal(value: int) -> int:
    return value + (48 if value < 10 else 87)
