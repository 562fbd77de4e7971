"""An entity with what it is related to inside it, as `/entities` and `/adjacent` show it.

One step out: what the entity refers to, and what refers to it under the name it calls that by
(`sanctions`, `ownershipOwner`). A relation (Ownership, Family, …) also shows the entity at its
other end. Nothing is shown inside itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import orjson

from taawun.entities import schemata
from taawun.screening.book import Book, Tie

MOST_NESTED = 10_000


def shown(book: Book, number: int) -> dict[str, Any]:
    """An entity as the API shows it, without its relations."""
    said: dict[str, Any] = orjson.loads(book.shown(number))
    return said


def nested(book: Book, number: int) -> dict[str, Any]:
    """An entity with its relations inside."""
    said = shown(book, number)
    for prop, others in grouped(book, number).items():
        said["properties"][prop] = [
            adjacent(book, other, frozenset({number})) for other in others[:MOST_NESTED]
        ]
    return said


def grouped(book: Book, number: int) -> dict[str, list[int]]:
    """The numbers of the related entities by what this entity calls the relation."""
    groups: dict[str, dict[int, None]] = {}
    for tie in book.ties(number):
        groups.setdefault(tie.prop, {})[tie.other] = None
    return {prop: list(others) for prop, others in groups.items()}


def adjacent(book: Book, number: int, path: frozenset[int]) -> dict[str, Any]:
    """A related entity: a relation shows its other end; what is on the path is left out."""
    said = shown(book, number)
    known = schemata.schemata().get(said["schema"])
    relation = known is not None and bool(known.edge)
    held: dict[str, list[Any]] = {}
    for tie in book.ties(number):
        if not tie.inward:
            held.setdefault(tie.prop, []).extend(_end(book, tie, path | {number}, relation))
    for prop, ends in held.items():
        if ends:
            said["properties"][prop] = ends
        else:
            said["properties"].pop(prop, None)
    return said


def _end(book: Book, tie: Tie, path: frozenset[int], relation: bool) -> Iterable[Any]:
    if tie.other in path:
        return ()
    return (shown(book, tie.other) if relation else book.id_at(tie.other),)


@cache
def relations_of(schema: str) -> frozenset[str]:
    """What an entity of a schema can call a relation: its own properties and reverse names."""
    own = {
        name for name, prop in schemata.schema(schema).properties.items() if prop.type == "entity"
    }
    reverse = {
        prop.reverse
        for other in schemata.schemata().values()
        for prop in other.properties.values()
        if prop.type == "entity" and prop.reverse and schemata.is_a(schema, prop.range)
    }
    return frozenset(own | reverse)


def page(
    book: Book,
    number: int,
    others: list[int],
    limit: int,
    offset: int,
    ordered: Callable[[list[int]], list[int]],
) -> dict[str, Any]:
    """One page of the related entities `others`."""
    chosen = ordered(others)[offset : offset + limit]
    return {
        "results": [adjacent(book, other, frozenset({number})) for other in chosen],
        "total": {"value": len(others), "relation": "eq"},
        "limit": limit,
        "offset": offset,
    }
