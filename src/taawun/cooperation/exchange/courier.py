"""The courier: takes what waits to its partners, and does the node's duties in between.

    partners are served side by side: one that is slow or down holds nobody up
    a partner that does not answer is tried again after a while that doubles, up to minutes
    what was withheld goes on when its permit is back

Time and chance are handed in: `clock` tells the time, `jitter` spreads the waiting.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from functools import partial
from threading import Event, Thread
from time import monotonic

import structlog

from taawun.cooperation.exchange import outbox, reach
from taawun.cooperation.exchange.delivery import Transport, deliver, reconsider
from taawun.cooperation.exchange.reach import Jitter
from taawun.cooperation.node import Duty, Node
from taawun.errors import TaawunError

AT_ONCE = 8
"""Partners that are served side by side."""
LOOK = 0.25
"""Seconds after which the courier looks again for what another process has placed."""
ROUNDS = 64
"""Rounds with one partner before the others are looked at again."""
REST = 4
"""How many times as long as the duties took, they rest: deliveries come first."""
_log = structlog.get_logger("taawun.courier")


def no_jitter(seconds: float) -> float:
    """Wait exactly what is due."""
    return seconds


def run_once(
    node: Node,
    transport: Transport,
    clock: Callable[[], datetime],
    *,
    partners: tuple[str, ...] = (),
    jitter: Jitter = no_jitter,
) -> int:
    """Deliver now, whether or not a partner is due, until nothing moves; returns what was settled.

    For scripts and tests: in this thread, and without the duties.
    """
    settled = 0
    moved = True
    while moved:
        reconsider(node, clock())
        with node.store.reading() as connection:
            waiting = [
                each for each in outbox.partners(connection) if not partners or each in partners
            ]
        moved = False
        for partner in waiting:
            done = deliver(node, partner, transport, clock, jitter)
            settled += done.settled
            moved = moved or done.moved
    return settled


class Courier:
    """Threads that deliver until `stop`. What fails in one of them is logged and tried again."""

    def __init__(
        self,
        node: Node,
        transport: Transport,
        clock: Callable[[], datetime],
        jitter: Jitter,
        *,
        look: float = LOOK,
        at_once: int = AT_ONCE,
    ) -> None:
        self.node = node
        self.transport = transport
        self.clock = clock
        self.jitter = jitter
        self.look = look
        self._stopping = Event()
        self._busy: dict[str, Future[None]] = {}
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix="courier")
        self._threads = [
            Thread(target=self._deliveries, name="courier", daemon=True),
            Thread(target=self._duties, name="duties", daemon=True),
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End after the rounds that are under way; returns when nothing runs any more."""
        self._stopping.set()
        self.node.wake.set()
        for thread in self._threads:
            thread.join()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _deliveries(self) -> None:
        while not self._stopping.is_set():
            self._safely(self._look_around)
            self.node.wake.wait(self.look)
            self.node.wake.clear()

    def _look_around(self) -> None:
        at = self.clock()
        reconsider(self.node, at)
        with self.node.store.reading() as connection:
            waiting = outbox.partners(connection)
            reached = reach.every(connection) if waiting else {}
        for partner in waiting:
            running = self._busy.get(partner)
            if running is not None and not running.done():
                continue
            if partner in reached and not reached[partner].due(at):
                continue
            self._busy[partner] = self._pool.submit(self._serve, partner)

    def _serve(self, partner: str) -> None:
        self._safely(lambda: self._rounds(partner))

    def _rounds(self, partner: str) -> None:
        for _ in range(ROUNDS):
            done = deliver(self.node, partner, self.transport, self.clock, self.jitter)
            if not done.moved or self._stopping.is_set():
                return
        self.node.wake.set()

    def _duties(self) -> None:
        while not self._stopping.is_set():
            began = monotonic()
            for duty in tuple(self.node.duties):
                if self._stopping.is_set():
                    return
                self._safely(partial(self._duty, duty))
            self._stopping.wait(max(self.look, REST * (monotonic() - began)))

    def _duty(self, duty: Duty) -> None:
        duty(self.node, self.clock())

    def _safely(self, work: Callable[[], None]) -> None:
        """A fault of the store or a bug stops nobody: it is logged, and tried again later."""
        try:
            work()
        except TaawunError as error:
            _log.error("courier", problem=type(error).__name__)
            self._stopping.wait(self.look)
        except Exception as bug:
            frames = traceback.extract_tb(bug.__traceback__)[-6:]
            where = [f"{frame.filename}:{frame.lineno}:{frame.name}" for frame in frames]
            _log.error("courier", bug=type(bug).__name__, where=where)
            self._stopping.wait(self.look)
