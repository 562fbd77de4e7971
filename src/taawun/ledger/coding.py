"""Words as places in a list of words, ids as dense numbers: how text becomes arrays.

Words and ids are in the order of their UTF-8 bytes, so that the same rows in another order get the
same numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from taawun.jit import I32, I64

Column: TypeAlias = pa.ChunkedArray | pa.Array


@dataclass(frozen=True, slots=True)
class Coded:
    """A column of words: `places` (n) in `words`; with `unknown`, words[0] is "" and means null."""

    places: I32
    words: tuple[str, ...]


def coded(column: Column, *, unknown: bool = True) -> Coded:
    """The column's words as places. Null (and "") is place 0 with `unknown`, else an error."""
    encoded = dictionary(column)
    words = encoded.dictionary.to_pylist()
    order = sorted({word for word in words if word})
    listed = ["", *order] if unknown else order
    place = {word: at for at, word in enumerate(listed)}
    table = np.array([place.get(word, 0) for word in words] or [0], np.int32)
    if encoded.null_count and not unknown:
        raise ValueError("a column that must be filled has nulls")
    places = table[numbers(encoded.indices)]
    if encoded.null_count:
        places[encoded.is_null().to_numpy(zero_copy_only=False)] = 0
    return Coded(places, tuple(listed))


@dataclass(frozen=True, slots=True)
class Numbered:
    """Both ends of n transfers as numbers of `ids` (m), which are in order."""

    source: I32
    target: I32
    ids: pa.Array


def numbered(source: Column, target: Column) -> Numbered:
    """Account ids as dense numbers."""
    both = pa.chunked_array([*_chunks(source), *_chunks(target)], pa.string())
    encoded = dictionary(both)
    order = pc.sort_indices(encoded.dictionary)
    rank = np.empty(len(order), np.int32)
    rank[order.to_numpy()] = np.arange(len(order), dtype=np.int32)
    if encoded.null_count:
        raise ValueError("a transfer has two accounts")
    found = rank[numbers(encoded.indices)]
    return Numbered(found[: len(source)], found[len(source) :], encoded.dictionary.take(order))


def dictionary(column: Column) -> pa.DictionaryArray:
    """The column dictionary-encoded, in one piece."""
    if not pa.types.is_dictionary(column.type):
        column = pc.dictionary_encode(column)
    if isinstance(column, pa.ChunkedArray):
        column = column.unify_dictionaries().combine_chunks()
    if isinstance(column, pa.ChunkedArray):  # no chunk at all, in some versions of Arrow
        column = pa.concat_arrays(column.chunks)
    return column


def numbers(indices: pa.Array) -> I64:
    """Indices as numpy; what stands where they are null is 0."""
    filled = indices.fill_null(0) if indices.null_count else indices
    return filled.to_numpy(zero_copy_only=False)  # type: ignore[no-any-return]


def _chunks(column: Column) -> list[pa.Array]:
    chunks = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
    return [each.cast(pa.string()) for each in chunks]
