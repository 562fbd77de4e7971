"""`/entities/{id}`, what is adjacent to it, `/statements` and `/catalog`."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any
from urllib.parse import quote

import numpy as np
from fastapi import APIRouter, Query, Request, Response

from taawun.errors import NotFound
from taawun.web import asked, catalogue, nested
from taawun.web.bounds import window
from taawun.web.holding import Holding
from taawun.web.models import (
    AdjacentResponse,
    AdjacentResults,
    CatalogResponse,
    EntityResponse,
    ErrorResponse,
    PageParams,
    StatementParams,
    StatementResponse,
)
from taawun.web.replies import dumps, reply
from taawun.web.serving import language, serving_of
from taawun.web.sorting import ordered, sorts_of
from taawun.web.statements import stated

router = APIRouter(tags=["Data access"])
_ERRORS: dict[int | str, dict[str, Any]] = {
    308: {"description": "The entity was merged into another"},
    400: {"model": ErrorResponse, "description": "The request cannot be meant"},
    401: {"model": ErrorResponse, "description": "An API key is needed"},
    404: {"model": ErrorResponse, "description": "No such entity or property"},
    503: {"model": ErrorResponse, "description": "The index is not open yet"},
}


def _number(holding: Holding, entity_id: str) -> int:
    number = holding.book.number(entity_id)
    if number is None:
        raise NotFound("No such entity!")
    return number


def _moved(holding: Holding, entity_id: str, rest: str, request: Request) -> Response | None:
    """A redirect where an id was merged into another (308 keeps the method)."""
    now = holding.book.canonical(entity_id)
    if now is None or now == entity_id:
        return None
    query = f"?{request.url.query}" if request.url.query else ""
    return Response(
        status_code=308, headers={"location": f"/entities/{quote(now, safe='')}{rest}{query}"}
    )


@router.get(
    "/entities/{entity_id:path}/adjacent",
    summary="Everything related to an entity",
    response_model=AdjacentResponse,
    responses=_ERRORS,
    openapi_extra=asked.described(PageParams),
)
async def adjacent(request: Request, entity_id: str) -> Response:
    """A page of each relation of an entity: sanctions, addresses, owners, family, documents."""
    serving = serving_of(request)
    params = asked.query(PageParams, request)
    holding = serving.shop.now()
    if moved := _moved(holding, entity_id, "/adjacent", request):
        return moved
    number = _number(holding, entity_id)

    def work() -> bytes:
        book = holding.book
        pages = {
            prop: _page(holding, number, others, params)
            for prop, others in nested.grouped(book, number).items()
        }
        return dumps({"entity": nested.shown(book, number), "adjacent": pages})

    return reply(await serving.compute(work))


@router.get(
    "/entities/{entity_id:path}/adjacent/{property_name}",
    summary="One relation of an entity",
    response_model=AdjacentResults,
    responses=_ERRORS,
    openapi_extra=asked.described(PageParams),
)
async def adjacent_by_property(request: Request, entity_id: str, property_name: str) -> Response:
    """A page of what an entity is related to under one name (`address`, `ownershipOwner`)."""
    serving = serving_of(request)
    params = asked.query(PageParams, request)
    holding = serving.shop.now()
    if moved := _moved(holding, entity_id, f"/adjacent/{quote(property_name)}", request):
        return moved
    number = _number(holding, entity_id)
    if property_name not in _relations(holding, number):
        raise NotFound("No such property!")

    def work() -> bytes:
        others = nested.grouped(holding.book, number).get(property_name, [])
        return dumps(_page(holding, number, others, params))

    return reply(await serving.compute(work))


def _relations(holding: Holding, number: int) -> frozenset[str]:
    schema = holding.book.schema_at(number)
    return nested.relations_of(schema) | nested.grouped(holding.book, number).keys()


def _page(holding: Holding, number: int, others: list[int], params: PageParams) -> dict[str, Any]:
    sorts = sorts_of(params.sort)
    limit, offset = window(params.limit, params.offset)

    def in_order(numbers: list[int]) -> list[int]:
        if not sorts:
            return numbers
        return [int(each) for each in ordered(holding.book, np.array(numbers), sorts)]

    return nested.page(holding.book, number, others, limit, offset, in_order)


@router.get(
    "/entities/{entity_id:path}",
    summary="One entity",
    response_model=EntityResponse,
    responses=_ERRORS,
)
async def entity(
    request: Request,
    entity_id: str,
    nested_: Annotated[bool, Query(alias="nested", title="With what it is related to")] = True,
) -> Response:
    """Everything that is known of an entity, with what it is related to inside it."""
    serving = serving_of(request)
    holding = serving.shop.now()
    if moved := _moved(holding, entity_id, "", request):
        return moved
    number = _number(holding, entity_id)
    if not nested_:
        return reply(holding.book.shown(number))
    return reply(await serving.compute(lambda: dumps(nested.nested(holding.book, number))))


@router.get(
    "/statements",
    summary="Every value and who said it",
    response_model=StatementResponse,
    responses={status: _ERRORS[status] for status in (400, 401, 503)},
    openapi_extra=asked.described(StatementParams),
)
async def statements(request: Request) -> Response:
    """Single values with the list that says them, their language, what the source wrote, and
    since when they have been said."""
    serving = serving_of(request)
    params = asked.query(StatementParams, request)
    holding = serving.shop.now()
    return reply(await serving.compute(lambda: stated(holding, params)))


@router.get(
    "/catalog",
    summary="What is served",
    response_model=CatalogResponse,
    responses={304: {"description": "Not changed"}, 401: _ERRORS[401], 503: _ERRORS[503]},
)
@router.get("/manifest", include_in_schema=False)
async def catalog(request: Request) -> Response:
    """Every list with its version, the collections, and whether the index is up to date."""
    serving = serving_of(request)
    holding, lang = serving.shop.now(), language(request)
    newest = await asyncio.to_thread(serving.lists_now)
    tag = catalogue.etag(holding, newest, lang)
    headers = {"etag": tag, "cache-control": "no-cache", "vary": "accept-language"}
    if _same(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=headers)
    said = await serving.compute(lambda: dumps(catalogue.described(holding, newest, lang)))
    return reply(said, headers=headers)


def _same(asked: str, tag: str) -> bool:
    """Whether one of the tags of `If-None-Match` is `tag` (compared weakly, RFC 9110 13.1.2)."""
    tags = {each.strip().removeprefix("W/") for each in asked.split(",")}
    return tag in tags or "*" in tags
