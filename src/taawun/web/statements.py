"""The work behind `/statements`: every value, who said it, since when. Runs in the lane.

The whole book is never gathered: without an id the statements are walked in the order of entity
ids until the page is full, and the total is then a lower bound (`gte`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np

from taawun.entities.entity import Entity, Value
from taawun.errors import UsageError
from taawun.screening.facets import UNKNOWN_TIME, moment, type_of
from taawun.web.holding import Holding
from taawun.web.models import StatementParams
from taawun.web.replies import dumps, total
from taawun.web.sorting import sorts_of

Row = dict[str, Any]
_SORTS = frozenset(
    (
        *("id", "entity_id", "canonical_id", "prop", "prop_type", "schema", "value"),
        *("original_value", "dataset", "lang", "first_seen", "last_seen"),
    )
)


def stated(holding: Holding, params: StatementParams) -> bytes:
    """The JSON of one page of statements."""
    sorts = sorts_of(params.sort)
    for field, _ in sorts:
        if field not in _SORTS:
            raise UsageError(f"statements are not sorted by {field[:60]!r}")
    name = params.canonical_id or params.entity_id
    rows, whole = _of_one(holding, params, name, sorts) if name else _of_all(holding, params, sorts)
    page = rows[params.offset : params.offset + params.limit]
    return dumps(
        {
            "results": page,
            "total": total(len(rows), complete=whole),
            "limit": params.limit,
            "offset": params.offset,
        }
    )


def _of_one(
    holding: Holding, params: StatementParams, name: str, sorts: list[tuple[str, bool]]
) -> tuple[list[Row], bool]:
    number = holding.book.number(name)
    both = {params.canonical_id, params.entity_id} - {None}
    if number is None or any(holding.book.number(each or "") != number for each in both):
        return [], True
    rows = list(_rows(holding, holding.book.at(number), params))
    for field, descending in reversed(sorts):
        rows.sort(key=lambda row: row[field] or "", reverse=descending)
    return rows, True


def _of_all(
    holding: Holding, params: StatementParams, sorts: list[tuple[str, bool]]
) -> tuple[list[Row], bool]:
    if sorts not in ([], [("canonical_id", False)], [("canonical_id", False), ("prop", False)]):
        raise UsageError("another sort than canonical_id, prop needs canonical_id or entity_id")
    book = holding.book
    lists = book.facets["datasets"].having([params.dataset]) if params.dataset else None
    numbers = np.arange(book.count) if lists is None else np.flatnonzero(lists)
    in_order = sorted(numbers.tolist(), key=book.id_at)
    every = (
        row
        for number in in_order
        for row in sorted(_rows(holding, book.at(number), params), key=lambda row: str(row["prop"]))
    )
    rows = list(islice(every, params.offset + params.limit + 1))
    return rows, len(rows) <= params.offset + params.limit


def _rows(holding: Holding, entity: Entity, params: StatementParams) -> Iterator[Row]:
    if params.schema_ is not None and entity.schema != params.schema_:
        return
    read = {each.dataset: each.fetched_at for each in holding.lists}
    for prop, values in entity.properties.items():
        kind = type_of(entity.schema, prop)
        if params.prop not in (None, prop) or params.prop_type not in (None, kind):
            continue
        for value in values:
            if params.value not in (None, value.text) or params.dataset not in (
                None,
                value.dataset,
            ):
                continue
            yield _row(entity, prop, kind, value, read.get(value.dataset, ""))


def _row(entity: Entity, prop: str, kind: str, value: Value, read: str) -> Row:
    said = ".".join((value.dataset, entity.id, prop, value.text))
    return {
        "id": hashlib.sha1(said.encode(), usedforsecurity=False).hexdigest(),
        "entity_id": entity.id,
        "canonical_id": entity.id,
        "prop": prop,
        "prop_type": kind,
        "schema": entity.schema,
        "value": value.text,
        "original_value": value.original or None,
        "dataset": value.dataset,
        "lang": value.lang or None,
        "origin": None,
        "first_seen": _time(value.since, entity.first_seen, read),
        "last_seen": _time(read, entity.last_seen, entity.last_change),
    }


def _time(*said: str) -> str:
    """The first of the times that is whole; the epoch where none is known."""
    known = (seconds for text in said if (seconds := moment(text)) != UNKNOWN_TIME)
    return str(np.datetime64(next(known, 0), "s"))
