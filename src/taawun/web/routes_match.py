"""`POST /match/{dataset}` and `GET /search/{dataset}`."""

from __future__ import annotations

from time import monotonic
from typing import Any

from fastapi import APIRouter, Request, Response

from taawun.errors import InputError, UsageError
from taawun.web import algorithms, asked, metrics
from taawun.web.matching import Answer, Order, answer, order_of
from taawun.web.models import (
    ErrorResponse,
    MatchBody,
    MatchParams,
    MatchResponse,
    SearchParams,
    SearchResponse,
)
from taawun.web.replies import dumps, reply
from taawun.web.searching import searched
from taawun.web.serving import Serving, language, serving_of

router = APIRouter(tags=["Matching"])
COMPLETE = "x-complete"
_ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorResponse, "description": text}
    for status, text in (
        (400, "The request cannot be meant"),
        (401, "An API key is needed"),
        (404, "No such dataset"),
        (413, "The body is too large"),
        (414, "The address is too long"),
        (503, "The index is not open yet, or too many requests wait"),
    )
}


@router.post(
    "/match/{dataset}",
    summary="Screen entities given by example",
    response_model=MatchResponse,
    responses=_ERRORS,
    openapi_extra=asked.described(MatchParams, MatchBody),
)
async def match(request: Request, dataset: str) -> Response:
    """Screen a batch of persons, companies or vessels against the lists of a dataset.

    Each query is an entity with as much as is known of it. Its results are listed entities, best
    first, each with the evidence that moved its score. An answer that ran out of its time budget
    says `complete: false` and is no clear.
    """
    started = monotonic()
    serving = serving_of(request)
    params = asked.query(MatchParams, request)
    body = await asked.body(MatchBody, request)
    holding = serving.shop.now()
    order = order_of(holding, dataset, params, body, language(request), started)
    used = algorithms.used(params.algorithm)
    algorithms.require_config(params.algorithm, body.config)
    if len(body.queries) > serving.bounds.batch:
        raise UsageError(f"Too many queries in one batch (limit: {serving.bounds.batch})")
    if not body.queries:
        raise UsageError("No queries provided.")
    names = [_name(name) for name in body.queries]
    answers = [
        await _one(serving, order, holding_query=(holding, name, example))
        for name, example in body.queries.items()
    ]
    complete = all(each.complete for each in answers)
    head: dict[str, Any] = {
        "limit": order.limit,
        "algorithm": {"requested": params.algorithm, "used": used},
        "complete": complete,
    }
    if unused := [name for name in ("weights", "config") if getattr(body, name)]:
        head["unused"] = unused
    pairs = zip(names, answers, strict=True)
    said = b",".join(name + b":" + each.body for name, each in pairs)
    _count(answers)
    return reply(
        b'{"responses":{' + said + b"}," + dumps(head)[1:],
        headers={
            "x-batch-size": str(len(answers)),
            "x-algorithm": used,
            COMPLETE: "true" if complete else "false",
        },
    )


def _name(name: str) -> bytes:
    """The name of a query as it goes back. JSON can hold half a character: that is no name."""
    try:
        return dumps(name)
    except TypeError:
        raise UsageError("the name of a query is not text") from None


async def _one(serving: Serving, order: Order, *, holding_query: tuple[Any, str, Any]) -> Answer:
    """One query, in the lane by itself: a batch does not keep others waiting for its end."""
    holding, name, example = holding_query
    try:
        return await serving.compute(lambda: answer(holding, order, example, serving.bounds))
    except (UsageError, InputError) as problem:
        raise UsageError(f"Cannot parse example entity {name[:60]!r}: {problem}") from None


def _count(answers: list[Answer]) -> None:
    metrics.QUERIES.inc(len(answers))
    metrics.MATCHES.inc(sum(each.matches for each in answers))
    metrics.INCOMPLETE.inc(sum(not each.complete for each in answers))


@router.get(
    "/search/{dataset}",
    summary="Find entities by words",
    response_model=SearchResponse,
    responses=_ERRORS,
    openapi_extra=asked.described(SearchParams),
)
async def search(request: Request, dataset: str) -> Response:
    """Find entities by the words of their names and texts, for a search box.

    `q` takes words, "phrases", AND OR NOT, brackets, word*, word~ and field:value. For screening
    use `/match`: a search does not bridge scripts or spellings.
    """
    serving = serving_of(request)
    params = asked.query(SearchParams, request)
    holding, lang = serving.shop.now(), language(request)
    return reply(await serving.compute(lambda: searched(holding, dataset, params, lang)))
