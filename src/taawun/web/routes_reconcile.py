"""`/reconcile/{dataset}`: for OpenRefine and whatever else speaks the reconciliation API."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Query, Request, Response

from taawun.errors import InputError
from taawun.web import reconciling
from taawun.web.bounds import MOST_PAGE, PAGE
from taawun.web.models import ErrorResponse
from taawun.web.replies import reply
from taawun.web.serving import language, serving_of

router = APIRouter(tags=["Reconciliation"])
_OK = {"code": "/api/status/ok", "status": "200 OK"}
_ERRORS: dict[int | str, dict[str, Any]] = {
    400: {"model": ErrorResponse, "description": "The request cannot be meant"},
    401: {"model": ErrorResponse, "description": "An API key is needed"},
    404: {"model": ErrorResponse, "description": "No such dataset"},
    503: {"model": ErrorResponse, "description": "The index is not open yet"},
}
Prefix = Annotated[str, Query(max_length=200)]


@router.get("/reconcile/{dataset}", summary="What can be reconciled", responses=_ERRORS)
async def manifest(request: Request, dataset: str, queries: str = "") -> Response:
    """The manifest that OpenRefine asks for first; with `queries`, the answer to them."""
    serving, lang = serving_of(request), language(request)
    holding = serving.shop.now()
    if queries:
        return await _reconciled(request, dataset, queries)
    return reply(reconciling.manifest(holding, dataset, str(request.base_url), lang))


@router.post("/reconcile/{dataset}", summary="Reconcile cells, or add columns", responses=_ERRORS)
async def reconcile(request: Request, dataset: str) -> Response:
    """A form with `queries`, or with `extend`, each a JSON document."""
    serving, lang = serving_of(request), language(request)
    holding = serving.shop.now()
    try:
        form = parse_qs((await request.body()).decode("utf-8", "replace"), max_num_fields=10)
    except ValueError:
        raise InputError("the form has too many fields") from None
    if extend := form.get("extend", [""])[0].strip():
        limits = serving.bounds
        said = await serving.compute(lambda: reconciling.extended(holding, extend, limits, lang))
        return reply(said, headers={"x-batch-size": str(len(said["rows"]))})
    return await _reconciled(request, dataset, form.get("queries", [""])[0])


async def _reconciled(request: Request, dataset: str, queries: str) -> Response:
    serving, lang = serving_of(request), language(request)
    holding, limits = serving.shop.now(), serving.bounds
    said = await serving.compute(
        lambda: reconciling.reconciled(holding, dataset, queries, limits, lang)
    )
    return reply(said, headers={"x-batch-size": str(len(said))})


@router.get("/reconcile/{dataset}/suggest/entity", include_in_schema=False)
async def suggest_entity(
    request: Request,
    dataset: str,
    prefix: Prefix = "",
    limit: Annotated[int, Query(ge=0, le=MOST_PAGE)] = PAGE,
) -> Response:
    """Entities to choose from while typing."""
    serving, lang = serving_of(request), language(request)
    holding = serving.shop.now()
    found = await serving.compute(
        lambda: reconciling.suggested_entities(holding, dataset, prefix, limit, lang)
    )
    return reply({**_OK, "prefix": prefix, "result": found})


@router.get("/reconcile/{dataset}/suggest/type", include_in_schema=False)
async def suggest_type(request: Request, dataset: str, prefix: Prefix = "") -> Response:
    """Schemata to choose from while typing."""
    holding = serving_of(request).shop.now()
    holding.scopes.lists(dataset)
    found = reconciling.suggested_types(holding, prefix, language(request))
    return reply({**_OK, "prefix": prefix, "result": found})


@router.get("/reconcile/{dataset}/suggest/property", include_in_schema=False)
async def suggest_property(request: Request, dataset: str, prefix: Prefix = "") -> Response:
    """Properties to choose from while typing."""
    holding = serving_of(request).shop.now()
    holding.scopes.lists(dataset)
    found = reconciling.suggested_properties(holding, prefix, language(request))
    return reply({**_OK, "prefix": prefix, "result": found})


@router.get("/reconcile/{dataset}/extend/property", include_in_schema=False)
async def propose(request: Request, dataset: str, type: str = "Thing", limit: int = 0) -> Response:
    """Columns that can be added to entities of a type."""
    serving_of(request).shop.now().scopes.lists(dataset)
    return reply(reconciling.proposed(type, limit, language(request)))
