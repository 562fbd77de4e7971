"""Arrow text as the bytes under it, for kernels: where each string begins, and which are null."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from taawun.jit import I64, U8, U64, kernel

Flags = npt.NDArray[np.bool_]

SEED = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Strings:
    """n strings: string i is `octets[start[i]:start[i + 1]]` (UTF-8); `there` says not null."""

    start: I64
    octets: U8
    there: Flags


def strings(column: pa.ChunkedArray | pa.Array) -> Strings:
    """A text column in one piece, without copying its bytes where it is in one piece already."""
    if isinstance(column, pa.ChunkedArray):
        wide = column.cast(pa.large_string())
        array = wide.chunk(0) if wide.num_chunks == 1 else pa.concat_arrays(_some(wide.chunks))
    else:
        array = column.cast(pa.large_string())
    _, starts, octets = array.buffers()
    n, offset = len(array), array.offset
    start = np.frombuffer(starts, np.int64, n + 1, offset * 8) if n else np.zeros(1, np.int64)
    there = array.is_valid().to_numpy(zero_copy_only=False) if array.null_count else _all(n)
    return Strings(start, np.frombuffer(octets or b"", np.uint8), there)


def _some(chunks: list[pa.Array]) -> list[pa.Array]:
    return chunks or [pa.array([], pa.large_string())]


def _all(n: int) -> Flags:
    return np.ones(n, bool)


def text(start: npt.NDArray[np.int32], octets: U8) -> pa.Array:
    """The string array over these bytes; the opposite of `strings`, without nulls."""
    buffers = [None, pa.py_buffer(start), pa.py_buffer(octets)]
    return pa.StringArray.from_buffers(len(start) - 1, *buffers[1:])


def hashes(column: pa.ChunkedArray | pa.Array, seed: np.uint64 = SEED) -> U64:
    """A 64-bit hash of each string: the same on every machine and in every version.

    Null hashes as no string does. Not for secrets: whoever wants to can make two strings meet,
    so whatever counts on equality compares the strings as well.
    """
    if pa.types.is_dictionary(column.type):
        from taawun.ledger.coding import dictionary, numbers

        encoded = dictionary(column)
        each = np.append(hashes(encoded.dictionary, seed), _NULL)
        places = numbers(encoded.indices)
        if encoded.null_count:
            places = np.where(encoded.is_valid().to_numpy(zero_copy_only=False), places, -1)
        return each[places]
    held = strings(column)
    with np.errstate(over="ignore"):  # meant; heard of only where kernels are not compiled
        return _hashes(held.start, held.octets, held.there, seed)


_NULL = np.uint64(0xA0761D6478BD642F)
_ODD = np.uint64(0xD6E8FEB86659FD93)
_SHIFT = np.uint64(32)
_EIGHT = np.uint64(8)


@kernel
def mixed(value: np.uint64) -> np.uint64:
    """Every bit of `value` on every bit of the result (the finaliser of D. Lemire's testing)."""
    value = (value ^ (value >> _SHIFT)) * _ODD
    value = (value ^ (value >> _SHIFT)) * _ODD
    return value ^ (value >> _SHIFT)


@kernel
def mixed_all(values: U64) -> U64:
    """`mixed` of each."""
    found = np.empty_like(values)
    for place in range(len(values)):
        found[place] = mixed(values[place])
    return found


@kernel
def eight(octets: U8, place: int) -> np.uint64:
    """Eight octets as one number; written out, which compilers make one load of.

    They do where the place has no sign: one below 0 would count from the end.
    """
    p = np.uint64(place)
    return (
        (np.uint64(octets[p]) << np.uint64(56))
        | (np.uint64(octets[p + np.uint64(1)]) << np.uint64(48))
        | (np.uint64(octets[p + np.uint64(2)]) << np.uint64(40))
        | (np.uint64(octets[p + np.uint64(3)]) << np.uint64(32))
        | (np.uint64(octets[p + np.uint64(4)]) << np.uint64(24))
        | (np.uint64(octets[p + np.uint64(5)]) << np.uint64(16))
        | (np.uint64(octets[p + np.uint64(6)]) << np.uint64(8))
        | np.uint64(octets[p + np.uint64(7)])
    )


@kernel
def _hashes(start: I64, octets: U8, there: Flags, seed: np.uint64) -> U64:
    found = np.empty(len(there), np.uint64)
    for row in range(len(there)):
        if not there[row]:
            found[row] = _NULL
            continue
        first, last = start[row], start[row + 1]
        state = seed ^ np.uint64(last - first)
        place = first
        while place + 8 <= last:
            state = mixed(state ^ eight(octets, place))
            place += 8
        if place < last:
            word = np.uint64(0)
            for each in range(place, last):
                word = (word << _EIGHT) | np.uint64(octets[each])
            state = mixed(state ^ word)
        found[row] = state
    return found
