"""What other nodes call: the bundle they bring, this authority's card, whether the node is well.

    POST /exchange    application/taawun+json; the answers, 400 for what is no bundle
    GET  /card        this authority's newest card, as it was signed
    GET  /healthz     whether the store answers

Bodies are bounded before and while they are read. Nothing that was sent is given back or logged.
Who calls is told by the signatures in the envelopes; mutual TLS keeps strangers from trying.
"""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from time import perf_counter

import structlog
from anyio import CapacityLimiter, to_thread
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from taawun.cooperation.exchange.bundle import (
    MEDIA_TYPE,
    MOST_BYTES,
    check_media_type,
    write_refusal,
)
from taawun.cooperation.exchange.courier import Courier
from taawun.cooperation.exchange.gate import receive
from taawun.cooperation.history import cooperation
from taawun.cooperation.node import Node
from taawun.errors import NotFound, Refused, TaawunError
from taawun.web.replies import reply

AT_ONCE = 4
WAITING = 64
"""Bundles that are opened side by side, and that may wait for their turn."""
HELD = WAITING * MOST_BYTES
"""Bytes of bodies that are held at once, those that are still arriving too."""
PATIENCE = 30.0
"""Seconds for a body to arrive."""
_log = structlog.get_logger("taawun.node")


class Exchange:
    """The routes over a node. `courier`, where there is one, runs as long as the application."""

    def __init__(
        self, node: Node, clock: Callable[[], datetime], courier: Courier | None = None
    ) -> None:
        self.node = node
        self.clock = clock
        self.courier = courier
        self.turns: CapacityLimiter | None = None
        self.held = 0

    async def exchange(self, request: Request) -> Response:
        """Take a bundle."""
        parts: list[bytes] = []
        try:
            whole = await self._arrives(request, parts)
            return await self._taken(b"".join(parts)) if whole else _later()
        except Refused as refused:
            return _refusal(refused)
        except (ClientDisconnect, TimeoutError):
            return PlainTextResponse("", 408)
        finally:
            self.held -= sum(map(len, parts))

    async def _arrives(self, request: Request, parts: list[bytes]) -> bool:
        """Read the body of a request into `parts`, bounded in length and time; False where all that
        are arriving are more than a node holds. Raises Refused."""
        check_media_type(request.headers.get("content-type", ""))
        said = request.headers.get("content-length", "")
        if said.isdecimal() and int(said[:20]) > MOST_BYTES:
            raise _too_large()
        left = MOST_BYTES
        async with asyncio.timeout(PATIENCE):
            async for part in request.stream():
                left -= len(part)
                if left < 0:
                    raise _too_large()
                parts.append(part)
                self.held += len(part)
                if self.held > HELD:
                    return False
        return True

    async def _taken(self, body: bytes) -> Response:
        turns = self.turns or CapacityLimiter(AT_ONCE)
        if turns.statistics().tasks_waiting >= WAITING:
            return _later()
        try:
            answer = await to_thread.run_sync(receive, self.node, body, self.clock(), limiter=turns)
        except TaawunError as error:
            _log.error("a bundle could not be kept", problem=type(error).__name__)
            return _later()
        status = 400 if answer.startswith(b'{"refused"') else 200
        return Response(answer, status, media_type=MEDIA_TYPE)

    async def card(self, request: Request) -> Response:
        """This authority's newest card."""
        return PlainTextResponse(await to_thread.run_sync(own_card, self.node))

    async def healthz(self, request: Request) -> Response:
        """Whether the store answers."""
        try:
            await to_thread.run_sync(own_card, self.node)
        except TaawunError:
            return reply({"status": "store"}, 503)
        return reply({"status": "ok"})

    @asynccontextmanager
    async def running(self, app: Starlette) -> AsyncIterator[None]:
        """Start the courier with the application, and end it with it."""
        self.turns = CapacityLimiter(AT_ONCE)
        if self.courier is not None:
            self.courier.start()
        try:
            yield
        finally:
            if self.courier is not None:
                await to_thread.run_sync(self.courier.stop)


def application(
    node: Node, clock: Callable[[], datetime], courier: Courier | None = None
) -> ASGIApp:
    """The ASGI application of a node."""
    exchange = Exchange(node, clock, courier)
    routes = [
        Route("/exchange", exchange.exchange, methods=["POST"]),
        Route("/card", exchange.card, methods=["GET"]),
        Route("/healthz", exchange.healthz, methods=["GET"]),
    ]
    app = Starlette(routes=routes, lifespan=exchange.running)
    app.router.redirect_slashes = False  # it would send callers to whatever host they say
    return _Told(app)


def own_card(node: Node) -> str:
    """This authority's newest card, as it was signed."""
    with node.store.reading() as connection:
        party = cooperation(connection).ring.parties.get(node.me)
    if party is None or not party.cards:
        raise NotFound("no node yet: `taawun authority init` makes one")
    return party.cards[-1].signed


def _too_large() -> Refused:
    return Refused("bundle.too_large", expected=f"at most {MOST_BYTES} bytes")


_STATUS = {"bundle.too_large": 413, "bundle.media_type": 415}


def _refusal(refused: Refused) -> Response:
    status = _STATUS.get(refused.ground, 400)
    return Response(write_refusal(refused), status, media_type=MEDIA_TYPE)


def _later() -> Response:
    return PlainTextResponse("", 503, headers={"Retry-After": "1"})


class _Told:
    """Around the application: one log line a request, and no traceback to anybody outside."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status = perf_counter(), 0

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                extra = [(b"x-content-type-options", b"nosniff"), (b"cache-control", b"no-store")]
                message = {**message, "headers": [*message.get("headers", ()), *extra]}
            await send(message)

        try:
            await self.app(scope, receive, noted)
        except Exception as bug:
            _tell(bug)
            if not status:
                await PlainTextResponse("", 500)(scope, receive, noted)
        finally:
            route = getattr(scope.get("route"), "path", "unknown")
            ms = round((perf_counter() - began) * 1000, 2)
            method = scope["method"] if len(scope["method"]) < 10 else "odd"
            _log.info("request", method=method, route=route, status=status, ms=ms)


def _tell(bug: Exception) -> None:
    """Log where a bug is, not what it says."""
    frames = traceback.extract_tb(bug.__traceback__)[-6:]
    where = [f"{frame.filename}:{frame.lineno}:{frame.name}" for frame in frames]
    _log.error("bug", kind=type(bug).__name__, where=where)
