"""HTTP lines that ask nothing: a caller who sends half a request's head, or none, is hung up on.

uvicorn waits for the head of a request as long as the caller likes, and takes as many lines as
come: a few hundred would keep every partner out, a few thousand would leave no file to open. One
address has so many lines and no more, all together have so many.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any, ClassVar, cast

from uvicorn.protocols.http.h11_impl import H11Protocol

from taawun.cooperation.exchange.transport.http import is_loopback

HEAD = 20.0
"""Seconds in which a request has to begin: from the connection on, and from each answer on."""
LINES = 768
LINES_OF_ONE = 128
"""Lines that are open at once: in all, and of one address."""


class ImpatientProtocol(H11Protocol):
    """HTTP/1.1 that waits for the next request's head for `HEAD` seconds at most."""

    open_lines: ClassVar[Counter[str]] = Counter()
    """How many lines each address has open."""
    bounded: ClassVar[bool] = True
    """Whether one address may have fewer than all: not where a proxy brings everybody's lines, as
    one on this machine may."""
    _address = ""

    def connection_made(self, transport: Any) -> None:
        """The line is open; one too many is closed."""
        super().connection_made(cast("asyncio.Transport", transport))
        self._address = self.client[0] if self.client else "unknown"
        self.open_lines[self._address] += 1
        alone = self.bounded and not is_loopback(self._address)
        most = LINES_OF_ONE if alone else LINES
        if self.open_lines[self._address] > most or self.open_lines.total() > LINES:
            self.transport.abort()
        else:
            self._wait(None)

    def connection_lost(self, exc: Exception | None) -> None:
        """The line is closed, by whichever side."""
        super().connection_lost(exc)
        self.open_lines[self._address] -= 1
        if self.open_lines[self._address] <= 0:
            del self.open_lines[self._address]

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
