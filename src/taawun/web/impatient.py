"""HTTP lines that ask nothing: a caller who sends half a request's head, or none, is hung up on.

uvicorn waits for the head of a request as long as the caller likes; a few hundred such lines would
keep every partner out.
"""

from __future__ import annotations

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD = 20.0
"""Seconds in which a request has to begin: from the connection on, and from each answer on."""


class ImpatientProtocol(H11Protocol):
    """HTTP/1.1 that waits for the next request's head for `HEAD` seconds at most."""

    def connection_made(self, transport: Any) -> None:
        """The line is open."""
        super().connection_made(cast("asyncio.Transport", transport))
        self._wait(None)

    def on_response_complete(self) -> None:
        """A request was answered; there may be another."""
        answered = self.cycle  # before the next one begins, whose head may be here already
        super().on_response_complete()
        self._wait(answered)

    def _wait(self, answered: object) -> None:
        self.loop.call_later(HEAD, self._hang_up, answered)

    def _hang_up(self, answered: object) -> None:
        """Where no request has begun since."""
        if self.cycle is answered and not self.transport.is_closing():
            self.transport.close()
