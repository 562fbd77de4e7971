"""Putting found entities in the order that `sort=field:desc` asks for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from taawun.errors import UsageError
from taawun.screening.book import Book
from taawun.screening.facets import UNKNOWN_TIME, type_of

Numbers = np.ndarray[Any, Any]
_TIMES = frozenset({"first_seen", "last_seen", "last_change"})


def sorts_of(said: Sequence[str]) -> list[tuple[str, bool]]:
    """`field`, `field:asc` or `field:desc` as (field, descending)."""
    pairs = []
    for text in said:
        field, colon, order = text.rpartition(":")
        if not colon or order not in ("asc", "desc"):
            field, order = (field if colon else text), "asc"
        pairs.append((field, order == "desc"))
    return pairs


def ordered(
    book: Book, numbers: Numbers, sorts: list[tuple[str, bool]], scores: Numbers | None = None
) -> Numbers:
    """`numbers` sorted; ties, and everything when there is no sort, by score and then by id.

    What lacks the field comes last, whichever the direction. Raises UsageError for no such field.
    """
    keys: list[Numbers] = [_rank([book.id_at(int(number)) for number in numbers])]
    if scores is not None:
        keys.append(-scores)
    for field, descending in reversed(sorts):
        values, missing = _column(book, numbers, field, scores)
        keys.append(-values if descending else values)
        keys.append(missing)
    return numbers[np.lexsort(keys)]


def _column(
    book: Book, numbers: Numbers, field: str, scores: Numbers | None
) -> tuple[Numbers, Numbers]:
    """The values to sort by, and which are missing."""
    there = np.zeros(len(numbers), dtype=np.bool_)
    if field in _TIMES:
        values = book.shelf[field][numbers]
        return values, values == UNKNOWN_TIME
    if field == "caption":
        return book.shelf["caption_rank"][numbers], there
    if field == "target":
        return book.shelf["target"][numbers].astype(np.int8), there
    if field == "entity_values_count":
        return book.shelf["values_count"][numbers], there
    if field == "_score" and scores is not None:
        return scores, there
    if field in ("id", "entity_id"):
        return _rank([book.id_at(int(number)) for number in numbers]), there
    texts = [_first(book, int(number), field) for number in numbers]
    return _rank(texts), np.array([not text for text in texts], dtype=np.bool_)


def _rank(texts: list[str]) -> Numbers:
    return np.unique(np.array(texts, dtype=object), return_inverse=True)[1].reshape(-1)


def _first(book: Book, number: int, field: str) -> str:
    """The value of a facet or property to sort by: the smallest."""
    if field in book.facets:
        facet = book.facets[field]
        return min((facet.values[int(code)] for code in facet.rows[number]), default="")
    prop = field.removeprefix("properties.")
    if prop == field and type_of("Thing", prop) == "string":
        raise UsageError(f"No mapping found for [{field[:60]}] in order to sort on")
    return min(book.at(number).texts(prop), default="")
