"""The work behind `/match`: one query screened and its answer written.

Runs in the lane, never in the event loop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import monotonic

from taawun.entities.entity import Entity
from taawun.screening.facets import Mask, moment
from taawun.screening.subject import Feature, Hit, Screening
from taawun.screening.words import NAME, said
from taawun.web.bounds import MOST_MATCHES, Bounds
from taawun.web.example import Question, understood
from taawun.web.holding import Holding
from taawun.web.models import Example, Filters, MatchBody, MatchParams
from taawun.web.replies import array, dumps, extended, total


@dataclass(frozen=True, slots=True)
class Order:
    """What a request asks of every one of its queries. `deadline` is of the monotonic clock."""

    lists: frozenset[str] | None
    mask: Mask | None
    excluded: frozenset[str]
    limit: int
    threshold: float
    cutoff: float
    lang: str
    deadline: float | None


@dataclass(frozen=True, slots=True)
class Answer:
    """The JSON of one answer, whether it is complete, and how many results match."""

    body: bytes
    complete: bool
    matches: int


def order_of(
    holding: Holding, dataset: str, params: MatchParams, body: MatchBody, lang: str, started: float
) -> Order:
    """The order of a request. Raises NotFound for a dataset that is not here."""
    lists = holding.scopes.narrowed(dataset, params.include_dataset, params.exclude_dataset)
    everything = lists >= holding.scopes.lists("default")
    budgets = [ms for ms in (params.time_budget_ms, body.time_budget_ms) if ms is not None]
    excluded = (*params.exclude_entity_ids, *body.exclude_entity_ids)
    return Order(
        lists=None if everything else lists,
        mask=filtered(holding, params),
        excluded=frozenset(
            found for name in excluded if (found := holding.book.canonical(name)) is not None
        ),
        limit=params.limit,
        threshold=params.threshold,
        cutoff=min(params.cutoff, params.threshold),
        lang=lang,
        deadline=started + min(budgets) / 1000 if budgets else None,
    )


def filtered(holding: Holding, filters: Filters) -> Mask | None:
    """Which entities the filters on schema, topic and change let through; None: all of them."""
    facets, mask = holding.book.facets, None
    if filters.include_schema:
        mask = _both(mask, facets["schema"].having(filters.include_schema))
    if filters.exclude_schema:
        mask = _both(mask, ~facets["schema"].having(filters.exclude_schema))
    if filters.topics:
        mask = _both(mask, facets["topics"].having(filters.topics))
    if filters.changed_since is not None:
        mask = _both(mask, holding.book.changed_since(moment(filters.changed_since)))
    return mask


def _both(one: Mask | None, other: Mask) -> Mask:
    return other if one is None else one & other


def answer(holding: Holding, order: Order, example: Example, bounds: Bounds) -> Answer:
    """Screen one example. Raises UsageError or InputError for one that cannot be meant."""
    question = understood(example, bounds)
    return _written(holding, order, question, screened(holding, order, question))


def screened(holding: Holding, order: Order, question: Question) -> Screening:
    """Compare the subject of a question with what the order lets through."""
    late = order.deadline is not None and monotonic() >= order.deadline
    if late or order.lists == frozenset():
        return Screening((), 0, complete=not late)
    mask = holding.comparable(question.schema)
    if order.mask is not None:
        mask = mask & order.mask
    return holding.screens.screen(
        question.subject,
        datasets=order.lists,
        # All of them, for the total; only `limit` are shown.
        limit=MOST_MATCHES,
        threshold=order.threshold,
        cutoff=order.cutoff,
        exclude_ids=order.excluded,
        allow=None if mask.all() else _lets_through(holding, mask),
        deadline=order.deadline,
    )


def _lets_through(holding: Holding, mask: Mask) -> Callable[[Entity], bool]:
    number = holding.book.number

    def allow(entity: Entity) -> bool:
        found = number(entity.id)
        return found is not None and bool(mask[found])

    return allow


def _written(holding: Holding, order: Order, question: Question, screening: Screening) -> Answer:
    matches = sum(hit.match for hit in screening.hits)
    results = array(_result(holding, hit, order.lang) for hit in screening.hits[: order.limit])
    body = dumps(
        {
            "status": 200 if screening.complete else 206,
            "results": results,
            "total": total(matches, complete=screening.complete),
            "query": question.shown(),
            "complete": screening.complete,
        }
    )
    return Answer(body, screening.complete, matches)


def _result(holding: Holding, hit: Hit, lang: str) -> bytes:
    number = holding.book.number(hit.entity)
    if number is None:
        raise LookupError(f"the index found an entity that the book does not have: {hit.entity}")
    return extended(
        holding.book.shown(number),
        {
            "score": round(hit.score, 4),
            "match": hit.match,
            "explanations": dict(_explained(hit.features, lang)),
        },
    )


def _explained(features: tuple[Feature, ...], lang: str) -> Iterator[tuple[str, object]]:
    """Each piece of evidence under its code; a code that comes again gets a number."""
    seen: dict[str, int] = {}
    for feature in features:
        seen[feature.code] = times = seen.get(feature.code, 0) + 1
        yield (
            feature.code if times == 1 else f"{feature.code}.{times}",
            {
                "score": _share(feature),
                "detail": said(feature, lang),
                "query": feature.query or None,
                "candidate": feature.candidate or None,
            },
        )


def _share(feature: Feature) -> float:
    """By how much a piece of evidence moved the score; the names' own is where it began."""
    if feature.code == NAME:
        return float(feature.params.get("score", 0.0))
    return round(feature.points, 4)
