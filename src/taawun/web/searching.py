"""The work behind `/search`: words, filters, facets and pages. Runs in the lane."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from taawun.entities import schemata
from taawun.errors import UsageError
from taawun.screening.facets import Mask
from taawun.screening.fold import words
from taawun.screening.query import All, Node, Phrase, Word, parse, parse_simple
from taawun.web import labels
from taawun.web.bounds import window
from taawun.web.holding import Holding
from taawun.web.matching import filtered
from taawun.web.models import SearchParams
from taawun.web.replies import array, dumps, total
from taawun.web.sorting import ordered, sorts_of
from taawun.wording import say


def searched(holding: Holding, dataset: str, params: SearchParams, lang: str) -> bytes:
    """The JSON of one page. Raises NotFound for the dataset, UsageError for what is not meant."""
    allowed = _allowed(holding, dataset, params)
    for field, values in _filters(params):
        allowed = allowed & _having(holding, field, values, params.filter_op == "AND", allowed)
    node = (parse_simple if params.simple else parse)(params.q) if params.q.strip() else All(())
    numbers, scores = holding.book.finder.find(node, allowed, fuzzy=params.fuzzy)
    sorts = sorts_of(params.sort)
    limit, offset = window(params.limit, params.offset)
    chosen = ordered(holding.book, numbers, sorts, scores)[offset : offset + limit]
    return dumps(
        {
            "limit": limit,
            "offset": offset,
            "total": total(len(numbers)),
            "results": array(holding.book.shown(int(number)) for number in chosen),
            "facets": {field: _facet(holding, field, numbers, lang) for field in params.facets},
        }
    )


def _allowed(holding: Holding, dataset: str, params: SearchParams) -> Mask:
    if not schemata.exists(params.schema_):
        raise UsageError("Invalid schema")
    lists = holding.scopes.narrowed(dataset, params.include_dataset, params.exclude_dataset)
    mask = holding.comparable(params.schema_)
    if not lists >= holding.scopes.lists("default"):
        mask = mask & holding.book.facets["datasets"].having(lists)
    more = filtered(holding, params)
    return mask if more is None else mask & more


def _filters(params: SearchParams) -> Iterator[tuple[str, list[str]]]:
    """Every filter by field, with all the values that are asked of it.

    `topics` is one already: `Filters` keeps entities with one of them, `AND` asks for all.
    """
    asked: dict[str, list[str]] = {
        "countries": list(params.countries),
        "datasets": list(params.datasets),
        "topics": list(params.topics) if params.filter_op == "AND" else [],
    }
    for said in params.filter:
        field, colon, value = said.partition(":")
        if not colon:
            raise UsageError(f"Invalid filter: {said[:60]!r}")
        asked.setdefault(field, []).append(value)
    if params.target is not None:
        asked["target"] = [str(params.target).lower()]
    yield from ((field, values) for field, values in asked.items() if values)


def _having(holding: Holding, field: str, values: list[str], every: bool, allowed: Mask) -> Mask:
    """Which entities have one of the values, or every one of them."""
    book = holding.book
    if field in ("countries", "datasets", "topics", "schema"):
        masks = [book.facets[field].having([value]) for value in values]
    elif field == "target":
        masks = [book.shelf["target"] == (value == "true") for value in values]
    else:
        masks = [_found(holding, _node(field, value), allowed) for value in values]
    combined: Mask = (np.logical_and if every else np.logical_or).reduce(masks)
    return combined


def _node(field: str, value: str) -> Node:
    said = words(value)
    if not said:
        return Word("", field=field)
    return Word(said[0], field=field) if len(said) == 1 else Phrase(tuple(said), field=field)


def _found(holding: Holding, node: Node, allowed: Mask) -> Mask:
    numbers, _ = holding.book.finder.find(node, allowed)
    mask = np.zeros(holding.book.count, dtype=np.bool_)
    mask[numbers] = True
    return mask


def _facet(
    holding: Holding, field: str, numbers: np.ndarray[tuple[int], np.dtype[np.int64]], lang: str
) -> dict[str, object]:
    titles = {each.dataset: labels.title(each.dataset, each.source, lang) for each in holding.lists}
    return {
        "label": say(f"web.facet.{field}", lang),
        "values": [
            {
                "name": value,
                "label": labels.facet_value(field, value, lang, titles),
                "count": count,
            }
            for value, count in holding.book.facets[field].counts(numbers)
        ],
    }
