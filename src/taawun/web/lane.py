"""Where computing is done, so that the event loop never waits for it.

One thread by default: comparing names is Python that holds the interpreter, so a second thread
would only take turns with the first. More speed comes from more processes, which share the index.
What waits is bounded: beyond that a request is turned away at once (`Busy`) and told when to come
back, instead of being served long after its caller has gone.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from taawun.errors import Unavailable

T = TypeVar("T")

# How long the computing thread may keep the interpreter when the event loop wants it (seconds).
# The default of 5 ms would add up to that much to every read and write of a socket.
TURN = 0.0005


class Busy(Unavailable):
    """As much work as may wait is waiting."""


class Lane:
    """A bounded lane of computing threads."""

    def __init__(self, threads: int, waiting: int) -> None:
        sys.setswitchinterval(TURN)
        self._threads = threads
        self._pool: ThreadPoolExecutor | None = None
        self._most = threads + waiting
        self.under_way = 0

    async def run(self, work: Callable[[], T]) -> T:
        """Do `work` in the lane. Raises Busy when too much is waiting already."""
        if self.under_way >= self._most:
            raise Busy("too many requests are waiting")
        self.under_way += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._opened(), work)
        finally:
            self.under_way -= 1

    def _opened(self) -> ThreadPoolExecutor:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="taawun")
        return self._pool

    def close(self) -> None:
        """Let go of the threads; what is under way is finished. More work opens it again."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=True, cancel_futures=True)
