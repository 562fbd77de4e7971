"""The front door: what every request passes, once, before anything reads it.

A request id, the length of its address (414) and body (413), the key (401); afterwards the
counters, one log line and the headers that keep a browser from guessing. One plain ASGI callable:
a stack of middlewares would cost more than the screening.

The log line has no address of an entity, no query string, no body: those hold names.
"""

from __future__ import annotations

import os
import re
import traceback
from time import perf_counter

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from taawun.web import metrics
from taawun.web.bounds import Bounds
from taawun.web.gate import Gate
from taawun.web.refusals import Refusal
from taawun.web.replies import reply

_ID = re.compile(rb"[\w.\-]{1,64}")
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
]


class Front:
    """Wraps the application."""

    def __init__(self, app: ASGIApp, gate: Gate, bounds: Bounds) -> None:
        self.app = app
        self.gate = gate
        self.bounds = bounds
        self.log = structlog.get_logger("taawun.access")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        visit = _Visit(scope, send)
        try:
            self._check(scope, visit)
            if scope["method"] in _WITH_BODY:
                receive = _replayed(await _whole(receive, self.bounds.body), receive)
            await self.app(scope, receive, visit.send)
        except Refusal as refusal:
            await self._refuse(refusal, visit, scope, receive)
        except Exception as problem:
            self._confess(problem, visit)
            await self._refuse(Refusal(500, "Internal server error."), visit, scope, receive)
        finally:
            self._tell(visit, scope)

    def _check(self, scope: Scope, visit: _Visit) -> None:
        path, query = scope.get("raw_path") or scope["path"].encode(), scope["query_string"]
        if len(path) + len(query) + bool(query) > self.bounds.url:
            raise Refusal(414, "Request URI too long")
        for name, value in scope["headers"]:
            if name == b"content-length" and value.isdigit() and int(value) > self.bounds.body:
                raise _too_large(self.bounds.body)
        visit.key = self.gate.admit(scope)

    async def _refuse(
        self, refusal: Refusal, visit: _Visit, scope: Scope, receive: Receive
    ) -> None:
        if visit.status:
            return
        answer = reply({"detail": refusal.detail}, refusal.status, refusal.headers)
        await answer(scope, receive, visit.send)

    def _confess(self, problem: Exception, visit: _Visit) -> None:
        """Log where a bug is, not what it says: a message may hold a name."""
        frames = traceback.extract_tb(problem.__traceback__)[-6:]
        where = [f"{frame.filename}:{frame.lineno}:{frame.name}" for frame in frames]
        self.log.error("bug", kind=type(problem).__name__, where=where, request=visit.id)

    def _tell(self, visit: _Visit, scope: Scope) -> None:
        seconds = perf_counter() - visit.began
        route = getattr(scope.get("route"), "path", "unknown")
        metrics.REQUESTS.labels(visit.method, route, str(visit.status)).inc()
        metrics.SECONDS.labels(route).observe(seconds)
        self.log.info(
            "request",
            method=visit.method,
            route=route,
            status=visit.status,
            ms=round(seconds * 1000, 2),
            bytes=visit.bytes,
            key=visit.key,
            request=visit.id,
        )


class _Visit:
    """What is noted of one request while it passes."""

    __slots__ = ("_send", "began", "bytes", "id", "key", "method", "status")

    def __init__(self, scope: Scope, send: Send) -> None:
        self._send = send
        self.began = perf_counter()
        self.id = _request_id(scope)
        self.method = scope["method"] if len(scope["method"]) < 10 else "odd"
        self.status = 0
        self.bytes = 0
        self.key = ""
        scope["taawun.request"] = self.id

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            extra = [*_HEADERS, (b"x-request-id", self.id.encode())]
            message = {**message, "headers": [*message.get("headers", ()), *extra]}
        elif message["type"] == "http.response.body":
            self.bytes += len(message.get("body", b""))
        await self._send(message)


def _request_id(scope: Scope) -> str:
    """The caller's own id where it is plain, else a new one."""
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _ID.fullmatch(value):
            return str(value.decode("ascii", "replace"))
    return os.urandom(8).hex()


async def _whole(receive: Receive, most: int) -> bytes:
    """The body of a request. Raises Refusal (413) as soon as it is longer than `most` bytes."""
    parts: list[bytes] = []
    left = most
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refusal(400, "The caller went away.")
        part = message.get("body", b"")
        left -= len(part)
        if left < 0:
            raise _too_large(most)
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


def _replayed(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives a body that was read already, then whatever comes after it."""
    first: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return first.pop() if first else await receive()

    return again


def _too_large(most: int) -> Refusal:
    return Refusal(413, f"The body is larger than {most} bytes.")
