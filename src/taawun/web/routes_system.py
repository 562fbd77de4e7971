"""`/healthz`, `/readyz`, `/algorithms`, `/updatez` and `/metrics`."""

from __future__ import annotations

import asyncio
import hmac
from typing import Annotated

import structlog
from fastapi import APIRouter, Query, Request, Response

from taawun.errors import TaawunError
from taawun.web import algorithms, metrics
from taawun.web.models import AlgorithmsResponse, ErrorResponse, StatusResponse
from taawun.web.refusals import Refusal
from taawun.web.replies import reply
from taawun.web.serving import Serving, language, now, serving_of

router = APIRouter(tags=["System information"])


@router.get("/healthz", summary="The process answers", response_model=StatusResponse)
async def healthz() -> Response:
    """Answers as long as the process does."""
    return reply({"status": "ok"})


@router.get(
    "/readyz",
    summary="The index is open",
    response_model=StatusResponse,
    responses={503: {"model": ErrorResponse, "description": "The index is not open yet"}},
)
async def readyz(request: Request) -> Response:
    """Answers 503 until there is an index to serve from."""
    if not serving_of(request).shop.ready:
        raise Refusal(503, "Index not ready.", {"Retry-After": "1"})
    return reply({"status": "ok"})


@router.get("/algorithms", summary="What compares", response_model=AlgorithmsResponse)
async def every_algorithm(request: Request) -> Response:
    """The names that `algorithm=` takes: ours, and yente's, which are taken for ours."""
    return reply(algorithms.described(language(request)))


@router.post(
    "/updatez",
    summary="Fetch the lists again",
    response_model=StatusResponse,
    responses={403: {"model": ErrorResponse, "description": "Not the update token"}},
)
async def updatez(
    request: Request,
    token: Annotated[str, Query(title="The update token")] = "",
    sync: Annotated[bool, Query(title="Answer when it is done")] = False,
) -> Response:
    """Fetch every list again from where it came from, and rebuild the index.

    Works only where an update token is set. One update runs at a time; a second request while
    one runs is answered `running`.
    """
    serving = serving_of(request)
    wanted = serving.update_token
    if not wanted or not hmac.compare_digest(token.encode(), wanted.encode()):
        raise Refusal(403, "Invalid token.")
    if serving.updating.locked():
        return reply({"status": "running"})
    task = asyncio.create_task(_update(serving))
    if sync and not await task:
        raise Refusal(503, "The lists could not be updated; what was served is still served.")
    if not sync:
        request.app.state.updates.add(task)
        task.add_done_callback(request.app.state.updates.discard)
    return reply({"status": "ok"})


async def _update(serving: Serving) -> bool:
    """Update once; whether it went well. What goes wrong is logged and changes nothing."""
    async with serving.updating:
        try:
            await asyncio.to_thread(serving.update, now())
            await asyncio.to_thread(serving.look)
        except TaawunError as problem:
            log = structlog.get_logger("taawun.web")
            log.error("update.failed", kind=type(problem).__name__, problem=str(problem))
            return False
    return True


@router.get("/metrics", include_in_schema=False)
async def every_metric() -> Response:
    """Counters for Prometheus."""
    body, kind = metrics.page()
    return Response(body, headers={"content-type": kind})
