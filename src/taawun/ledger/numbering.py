"""Account ids as dense numbers that stay: an id keeps the number that it was given first.

numbering = Numbering(ids)          ids of accounts 0 …, as kept
numbering.of(words)                 their numbers (n); new ids get the next ones
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from taawun.jit import I32, I64, U8, U64, kernel
from taawun.ledger.strings import hashes, mixed, strings

MOST = 2**31 - 1


class Numbering:
    """A table from ids to numbers: open addressing over hashes, settled by the ids themselves."""

    def __init__(self, ids: pa.Array | None = None) -> None:
        self._slots = np.full(1 << 12, -1, np.int32)
        self._hash = np.zeros(0, np.uint64)
        self._start = np.zeros(1, np.int64)
        self._octets = np.zeros(0, np.uint8)
        self.size = 0
        if ids is not None and len(ids):
            self.of(ids)

    def of(self, words: pa.Array) -> I32:
        """The numbers of ids without nulls: int32 (n)."""
        held, hashed = strings(words), hashes(words)
        self._make_room(len(hashed), int(held.start[-1] - held.start[0]))
        found = np.empty(len(hashed), np.int32)
        with np.errstate(over="ignore"):
            self.size = _numbers(
                held.start, held.octets, hashed,
                self._slots, self._hash, self._start, self._octets, self.size, found,
            )  # fmt: skip
        return found

    def ids(self, since: int = 0) -> pa.Array:
        """The ids of numbers from `since` on: large strings."""
        start = self._start[since : self.size + 1] - self._start[since]
        octets = self._octets[self._start[since] : self._start[self.size]]
        buffers = [None, pa.py_buffer(np.ascontiguousarray(start)), pa.py_buffer(octets.copy())]
        return pa.Array.from_buffers(pa.large_string(), self.size - since, buffers)

    def _make_room(self, more: int, octets: int) -> None:
        wanted = self.size + more
        if wanted > len(self._hash):
            grown = max(wanted, 2 * len(self._hash))
            self._hash = _grown(self._hash, grown)
            self._start = _grown(self._start, grown + 1)
        used = int(self._start[self.size])
        if used + octets > len(self._octets):
            self._octets = _grown(self._octets, max(used + octets, 2 * len(self._octets)))
        if 2 * wanted > len(self._slots):
            self._slots = np.full(1 << int(2 * wanted).bit_length(), -1, np.int32)
            with np.errstate(over="ignore"):
                _placed(self._hash[: self.size], self._slots)


def _grown(array: np.ndarray, size: int) -> np.ndarray:
    grown = np.zeros(size, array.dtype)
    grown[: len(array)] = array
    return grown


@kernel
def _placed(hashed: U64, slots: I32) -> None:
    mask = np.uint64(len(slots) - 1)
    for number in range(len(hashed)):
        place = mixed(hashed[number]) & mask
        while slots[place] >= 0:
            place = (place + np.uint64(1)) & mask
        slots[place] = number


@kernel
def _same(one: U8, begin: int, other: U8, start: int, length: int) -> bool:
    for each in range(length):  # noqa: SIM110
        if one[begin + each] != other[start + each]:
            return False
    return True


@kernel
def _numbers(
    start: I64, octets: U8, hashed: U64,
    slots: I32, known: U64, begins: I64, kept: U8, size: int, found: I32,
) -> int:  # fmt: skip
    """Fill `found`; how many ids are known then."""
    mask = np.uint64(len(slots) - 1)
    for row in range(len(hashed)):
        first = start[row]
        length = start[row + 1] - first
        place = mixed(hashed[row]) & mask
        number = -1
        while slots[place] >= 0:
            at = slots[place]
            if (
                known[at] == hashed[row]
                and begins[at + 1] - begins[at] == length
                and _same(octets, first, kept, begins[at], length)
            ):
                number = at
                break
            place = (place + np.uint64(1)) & mask
        if number < 0:
            number = size
            slots[place] = number
            known[number] = hashed[row]
            begin = begins[number]
            for each in range(length):
                kept[begin + each] = octets[first + each]
            begins[number + 1] = begin + length
            size += 1
        found[row] = number
    return size
