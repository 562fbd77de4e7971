"""The application: routes behind the front door, and what one process needs to run them.

application(serving)      an ASGI application over a service that is put together already
of_environment()          what uvicorn's worker processes call: reads the settings
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from taawun import __version__
from taawun.errors import TaawunError, Unavailable
from taawun.lists.registry import Lists
from taawun.lists.versions import ListVersion
from taawun.screening.subject import Subject
from taawun.store import Store, keys, open_store
from taawun.web import (
    pages,
    pages_findings,
    routes_data,
    routes_match,
    routes_reconcile,
    routes_system,
)
from taawun.web.bounds import Bounds
from taawun.web.front import Front
from taawun.web.gate import Gate
from taawun.web.holding import Holding, Shop, hold
from taawun.web.lane import Lane
from taawun.web.refusals import Refusal, status_of
from taawun.web.replies import reply
from taawun.web.serving import Serving

SHOWN_ERRORS = 20
# Screened before an index is in force, so that the first caller does not wait for the kernels and
# the words of names to be loaded.
WARMING = (
    Subject(names=("عبد الرحمن محمد",), kind="person", birth_dates=("1970",), countries=("sy",)),
    Subject(names=("Ivan Petrov",), kind="person"),
    Subject(names=("Alpha Trading Company Ltd",), kind="company"),
    Subject(names=("Star",), kind="vessel"),
)


def application(serving: Serving) -> ASGIApp:
    """The routes over a service, behind the front door."""
    api = FastAPI(
        title="Taawun",
        summary="Screening in any script, spoken as the OpenSanctions matching API",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        strict_content_type=False,
        lifespan=_lifespan,
    )
    api.state.serving = serving
    api.state.updates = set()
    rooms = (routes_match, routes_data, routes_reconcile, routes_system, pages, pages_findings)
    for routes in rooms:
        api.include_router(routes.router)
    api.add_exception_handler(TaawunError, _refused)
    api.add_exception_handler(RequestValidationError, _not_valid)
    api.add_exception_handler(HTTPException, _http)
    api.add_exception_handler(Exception, _broken)
    return Front(api, serving.gate, serving.bounds)


@asynccontextmanager
async def _lifespan(api: FastAPI) -> AsyncIterator[None]:
    """Open what is there, then keep looking for something newer until the end."""
    serving: Serving = api.state.serving
    await asyncio.to_thread(serving.look)
    watch = asyncio.create_task(serving.shop.watch(serving.look))
    try:
        yield
    finally:
        watch.cancel()
        serving.lane.close()


async def _refused(request: Request, error: Exception) -> Response:
    """Ours, mapped once. What is wrong on our side is logged and not told."""
    if not isinstance(error, TaawunError):
        raise error
    status = status_of(error)
    if status == 500:
        structlog.get_logger("taawun.web").error("failed", problem=str(error))
        return reply({"detail": "Internal server error."}, 500)
    headers = dict(error.headers) if isinstance(error, Refusal) else {}
    if isinstance(error, Unavailable):
        headers.setdefault("Retry-After", "1")
    return reply({"detail": str(error)}, status, headers)


async def _broken(request: Request, error: Exception) -> Response:
    """A bug: the front door logs where it is."""
    return reply({"detail": "Internal server error."}, 500)


async def _not_valid(request: Request, error: Exception) -> Response:
    """422 as FastAPI says it, without giving back what was sent."""
    found = error.errors() if isinstance(error, RequestValidationError) else ()
    detail = [
        {"type": each["type"], "loc": [_plain(step) for step in each["loc"]], "msg": each["msg"]}
        for each in found[:SHOWN_ERRORS]
    ]
    return reply({"detail": detail}, 422)


def _plain(step: Any) -> Any:
    return step if isinstance(step, int) else str(step)[:60].encode("utf-8", "replace").decode()


async def _http(request: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", 500)
    detail = str(getattr(error, "detail", "")) or "Error"
    return reply({"detail": detail}, status, getattr(error, "headers", None))


def of_environment() -> ASGIApp:
    """The application of one worker process, put together from the settings.

    `TAAWUN_HOME` says where the state is, `TAAWUN_API_KEYS` keys that are always good,
    `TAAWUN_UPDATE_TOKEN` what `/updatez` wants.
    """
    from taawun.settings import load
    from taawun.web.running import log_to_stderr

    settings = load()
    log_to_stderr(os.environ.get("TAAWUN_LOG", "info"))
    fixed = tuple(key.get_secret_value() for key in settings.api_keys)
    return application(serving_at(settings.home, fixed=fixed))


def serving_at(home: Path, *, fixed: tuple[str, ...] = (), bounds: Bounds | None = None) -> Serving:
    """The service over the state in `home`."""
    from taawun.screening.record import built_from
    from taawun.screening.screener import INDEX, Screener

    store = open_store(home)
    lists = Lists(store, home)
    bounds = bounds or Bounds()

    def opened(build: str) -> Holding:
        folder = home / INDEX / build
        screener = Screener.at(folder)
        for subject in WARMING:
            screener.screen(subject)
        return hold(build, screener, _held(lists, built_from(folder)))

    return Serving(
        shop=Shop(home, opened),
        lane=Lane(bounds.threads, bounds.waiting),
        gate=Gate(fixed),
        bounds=bounds,
        lists_now=lambda: tuple(lists.current()),
        keys_now=_keys_of(store),
        update=lambda at: _update(store, lists, home, at),
        update_token=os.environ.get("TAAWUN_UPDATE_TOKEN", ""),
        store=store,
    )


def _held(lists: Lists, versions: Mapping[str, str]) -> tuple[ListVersion, ...]:
    """The list versions that an index was built from."""
    return tuple(
        each
        for dataset, version in sorted(versions.items())
        for each in lists.versions(dataset)
        if each.version == version
    )


def _keys_of(store: Store) -> Callable[[], list[keys.KeyRow]]:
    def read() -> list[keys.KeyRow]:
        with store.reading() as connection:
            return keys.every(connection)

    return read


def _update(store: Store, lists: Lists, home: Path, at: datetime) -> None:
    """Fetch every list again; rebuild the index when one of them changed."""
    from taawun.lists.archive import held
    from taawun.screening.build import rebuild
    from taawun.screening.screener import INDEX

    updates = lists.update(at=at, actor="updatez")
    if any(update.outcome != "unchanged" for update in updates):
        with held(home / INDEX, "index", lists.patience):
            rebuild(store, home, at)
    if failed := [update.dataset for update in updates if update.error is not None]:
        raise Unavailable(f"not updated: {', '.join(failed)}")
