"""Account ids as dense numbers that stay: an id keeps the number that it was given first.

numbering = Numbering(ids)          ids of accounts 0 …, as kept
numbering.of(words)                 their numbers (n); new ids get the next ones
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from taawun.jit import I32, I64, U8, U64, kernel
from taawun.ledger.strings import eight, hashes, strings


class Numbering:
    """A table from ids to numbers: open addressing over hashes, settled by the ids themselves."""

    def __init__(self, ids: pa.Array | None = None) -> None:
        self._slots = np.zeros(1 << 12, np.uint64)
        self._hash = np.zeros(0, np.uint64)
        self._start = np.zeros(1, np.int64)
        self._octets = np.zeros(0, np.uint8)
        self.size = 0
        if ids is not None and len(ids):
            self.of(ids)

    def of(self, words: pa.Array) -> I32:
        """The numbers of ids without nulls: int32 (n)."""
        held, hashed = strings(words), hashes(words)
        found = np.empty(len(hashed), np.int32)
        with np.errstate(over="ignore"):
            _proposed(hashed, self._slots, found)
            _confirmed(held.start, held.octets, self._start, self._octets, found)
        row = 0
        while row < len(hashed):
            with np.errstate(over="ignore"):
                row, self.size = _numbers(
                    held.start, held.octets, hashed, row,
                    self._slots, self._hash, self._start, self._octets, self.size, found,
                )  # fmt: skip
            if row < len(hashed):
                self._make_room(int(held.start[row + 1] - held.start[row]))
        return found

    def ids(self, since: int = 0) -> pa.Array:
        """The ids of numbers from `since` on: large strings.

        Another thread may be giving numbers: what was given before stays where it is.
        """
        size = self.size
        begins, kept = self._start, self._octets
        start = begins[since : size + 1] - begins[since]
        octets = kept[begins[since] : begins[size]]
        buffers = [None, pa.py_buffer(np.ascontiguousarray(start)), pa.py_buffer(octets.copy())]
        return pa.Array.from_buffers(pa.large_string(), size - since, buffers)

    def _make_room(self, octets: int) -> None:
        """Twice the room; a table that is only as large as it must be stays in the caches."""
        self._hash = _grown(self._hash, 2 * self.size + 64)
        self._start = _grown(self._start, 2 * self.size + 65)
        used = int(self._start[self.size])
        self._octets = _grown(self._octets, 2 * used + octets + 4096)
        if 4 * self.size > len(self._slots):
            self._slots = np.zeros(2 * len(self._slots), np.uint64)
            with np.errstate(over="ignore"):
                _placed(self._hash[: self.size], self._slots)


def _grown(array: np.ndarray, size: int) -> np.ndarray:
    grown = np.zeros(size, array.dtype)
    grown[: len(array)] = array
    return grown


_TAG = np.uint64(0xFFFFFFFF00000000)
_NUMBER = np.uint64(0x00000000FFFFFFFF)
_ONE = np.uint64(1)
BLOCK = 256
"""Rows whose ids are looked for at once: one wait for memory does not wait for another."""
_FREE = np.uint64(0)


@kernel
def _placed(hashed: U64, slots: U64) -> None:
    """Put numbers into free slots. A slot is half the hash, and the number plus one; 0 is free."""
    mask = np.uint64(len(slots) - 1)
    for number in range(len(hashed)):
        place = hashed[number] & mask
        while slots[place] != _FREE:
            place = (place + _ONE) & mask
        slots[place] = (hashed[number] & _TAG) | np.uint64(number + 1)


@kernel
def _same(one: U8, begin: int, other: U8, start: int, length: int) -> bool:
    place = 0
    while place + 8 <= length:
        if eight(one, begin + place) != eight(other, start + place):
            return False
        place += 8
    if place < length and length >= 8:
        return bool(eight(one, begin + length - 8) == eight(other, start + length - 8))
    while place < length:
        if one[begin + place] != other[start + place]:
            return False
        place += 1
    return True


@kernel
def _proposed(hashed: U64, slots: U64, found: I32) -> None:
    """The number whose half of the hash each row has, -1 for none.

    Looking up goes in steps, each over all rows: the waits for memory then overlap, of which a
    lookup that does all at once has three, one behind the other.
    """
    mask = np.uint64(len(slots) - 1)
    for row in range(len(hashed)):
        tag = hashed[row] & _TAG
        place = hashed[row] & mask
        while slots[place] != _FREE and slots[place] & _TAG != tag:
            place = (place + _ONE) & mask
        found[row] = np.int32(np.int64(slots[place] & _NUMBER) - 1)


@kernel
def _confirmed(start: I64, octets: U8, begins: I64, kept: U8, found: I32) -> None:
    """What was proposed, -1 where the ids are not the same."""
    begin, length = np.empty(BLOCK, np.int64), np.empty(BLOCK, np.int64)
    for first in range(0, len(found), BLOCK):
        count = min(BLOCK, len(found) - first)
        for each in range(count):
            at = max(found[first + each], 0)
            begin[each] = begins[at]
            length[each] = begins[at + 1] - begins[at]
        for each in range(count):
            row = first + each
            if found[row] >= 0 and (
                start[row + 1] - start[row] != length[each]
                or not _same(octets, start[row], kept, begin[each], length[each])
            ):
                found[row] = -1


@kernel
def _numbers(
    start: I64, octets: U8, hashed: U64, since: int,
    slots: U64, known: U64, begins: I64, kept: U8, size: int, found: I32,
) -> tuple[int, int]:  # fmt: skip
    """Fill `found` where it is -1, from row `since` on, as far as there is room.

    Where that ends, and how many ids are known then.
    """
    mask = np.uint64(len(slots) - 1)
    for row in range(since, len(hashed)):
        if found[row] >= 0:
            continue
        said = hashed[row]
        tag = said & _TAG
        place = said & mask
        number = -1
        while slots[place] != _FREE:
            if slots[place] & _TAG == tag:
                at = int(slots[place] & _NUMBER) - 1
                length = start[row + 1] - start[row]
                if begins[at + 1] - begins[at] == length and _same(
                    octets, start[row], kept, begins[at], length
                ):
                    number = at
                    break
            place = (place + _ONE) & mask
        if number < 0:
            length = start[row + 1] - start[row]
            if 2 * size >= len(slots) or size >= len(known) or begins[size] + length > len(kept):
                return row, size
            number = size
            slots[place] = tag | np.uint64(number + 1)
            known[number] = said
            begin = begins[number]
            for each in range(length):
                kept[begin + each] = octets[start[row] + each]
            begins[number + 1] = begin + length
            size += 1
        found[row] = number
    return len(hashed), size
