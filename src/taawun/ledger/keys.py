"""Which rows have the same key, among themselves and in what is kept already.

A key is the 64-bit hash of a reference. Keys only propose: what counts on two references being
equal compares them.
"""

from __future__ import annotations

import numpy as np

from taawun.jit import I32, I64, U64, kernel
from taawun.ledger.strings import Flags, mixed


class Keys:
    """n keys; `first` (n) is the first row with the same key as each."""

    def __init__(self, keys: U64) -> None:
        self._keys = keys
        self._slots = np.full(1 << int(2 * len(keys) + 2).bit_length(), -1, np.int32)
        with np.errstate(over="ignore"):
            self.first: I32 = _first(keys, self._slots)

    def met(self, kept: U64) -> tuple[I64, I32]:
        """Where `kept` keys are among these: places in `kept`, and the rows first having them."""
        with np.errstate(over="ignore"):
            row = _met(kept, self._keys, self._slots)
        places = np.flatnonzero(row >= 0)
        return places, row[places]


class KeySet:
    """A growing set of keys: 11 to 23 bytes a key."""

    def __init__(self) -> None:
        self._slots = np.zeros(1 << 12, np.uint64)
        self._size = 0

    def add(self, keys: U64) -> int:
        """Take keys in; how many of them are new."""
        wanted = self._size + len(keys)
        with np.errstate(over="ignore"):
            if 10 * wanted > 7 * len(self._slots):
                old, self._slots = self._slots, np.zeros(_room(wanted), np.uint64)
                _added(old[old != 0], self._slots)
            new = _added(keys, self._slots)
        self._size += new
        return new

    def has(self, keys: U64) -> Flags:
        """Which keys are in it: bool (n)."""
        with np.errstate(over="ignore"):
            return np.asarray(_has(keys, self._slots), bool)


def _room(keys: int) -> int:
    """A power of two that is at most seven tenths full with `keys`."""
    return 1 << int(keys * 10 // 7).bit_length()


@kernel
def _added(keys: U64, slots: U64) -> int:
    """Put keys in; how many are new. 0 marks an empty slot; a key of 0 is kept as 1."""
    mask = np.uint64(len(slots) - 1)
    new = 0
    for row in range(len(keys)):
        key = keys[row] if keys[row] != np.uint64(0) else np.uint64(1)
        place = mixed(key) & mask
        while slots[place] != np.uint64(0) and slots[place] != key:
            place = (place + np.uint64(1)) & mask
        if slots[place] == np.uint64(0):
            slots[place] = key
            new += 1
    return new


@kernel
def _has(keys: U64, slots: U64) -> Flags:
    mask = np.uint64(len(slots) - 1)
    found = np.zeros(len(keys), np.bool_)
    for row in range(len(keys)):
        key = keys[row] if keys[row] != np.uint64(0) else np.uint64(1)
        place = mixed(key) & mask
        while slots[place] != np.uint64(0) and slots[place] != key:
            place = (place + np.uint64(1)) & mask
        found[row] = slots[place] == key
    return found


@kernel
def _first(keys: U64, slots: I32) -> I32:
    mask = np.uint64(len(slots) - 1)
    first = np.empty(len(keys), np.int32)
    for row in range(len(keys)):
        place = mixed(keys[row]) & mask
        while slots[place] >= 0 and keys[slots[place]] != keys[row]:
            place = (place + np.uint64(1)) & mask
        if slots[place] < 0:
            slots[place] = row
        first[row] = slots[place]
    return first


@kernel
def _met(kept: U64, keys: U64, slots: I32) -> I32:
    mask = np.uint64(len(slots) - 1)
    found = np.empty(len(kept), np.int32)
    for row in range(len(kept)):
        place = mixed(kept[row]) & mask
        while slots[place] >= 0 and keys[slots[place]] != kept[row]:
            place = (place + np.uint64(1)) & mask
        found[row] = slots[place]
    return found
