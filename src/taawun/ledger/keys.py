"""Which rows have the same key, among themselves and in what is kept already.

A key is the 64-bit hash of a reference. Keys only propose: what counts on two references being
equal compares them.
"""

from __future__ import annotations

import numpy as np

from taawun.jit import I32, I64, U64, kernel
from taawun.ledger.strings import mixed


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
