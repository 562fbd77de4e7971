"""The courier: takes what waits to its partners, and does the node's duties in between.

    partners are served side by side: one that is slow or down holds nobody up
    a partner that does not answer is tried again after a while that doubles, up to minutes
    what was withheld goes on when its permit is back
    a node that starts greets every partner, and one that has heard of an act on an agreement greets
    those whom it concerns: what waits for this node elsewhere comes at once
    what another process did is seen by the database's own count of changes: with nothing to do, the
    store is not read

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

from taawun.cooperation.agreements import partners
from taawun.cooperation.exchange import outbox, reach
from taawun.cooperation.exchange.delivery import Transport, deliver, greet, reconsider
from taawun.cooperation.exchange.reach import Jitter
from taawun.cooperation.history import Cooperation, cooperation
from taawun.cooperation.node import Duty, Node
from taawun.cooperation.wire import moment_of
from taawun.errors import StoreError, TaawunError

AT_ONCE = 8
"""Partners that are served side by side."""
LOOK = 0.25
"""Seconds after which the courier asks again whether another process has done anything."""
ANYWAY = 5.0
"""Seconds after which it looks around and does the duties though nothing was done: time passed."""
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


class Turn:
    """When a thread has to look: something was done, a moment has come, or it has not for long.

    Used by one thread alone. `due` is a moment to look at whatever happens before.
    """

    def __init__(self, node: Node, clock: Callable[[], datetime], anyway: float = ANYWAY) -> None:
        self.clock, self.anyway = clock, anyway
        self.due: datetime | None = None
        self._watch = node.store.watch()
        self._looked = -anyway

    def come(self) -> bool:
        """Whether it is time to look; then it counts as having looked."""
        done = self._watch.changed()
        came = self.due is not None and self.clock() >= self.due
        if not (done or came or monotonic() - self._looked >= self.anyway):
            return False
        self.due = None
        self._looked = monotonic()
        return True

    def again(self) -> None:
        """Look at the next occasion, whatever happens."""
        self._looked = -self.anyway

    def close(self) -> None:
        """Let go of the file."""
        self._watch.close()


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
        anyway: float = ANYWAY,
        at_once: int = AT_ONCE,
    ) -> None:
        self.node = node
        self.transport = transport
        self.clock = clock
        self.jitter = jitter
        self.look, self.anyway = look, anyway
        self._stopping = Event()
        self._news = Event()
        self._busy: dict[str, Future[None]] = {}
        self._acts: dict[str, int] | None = None
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
        self._news.set()
        self.node.wake.set()
        for thread in self._threads:
            thread.join()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _deliveries(self) -> None:
        turn = Turn(self.node, self.clock, self.anyway)
        woken = True
        while not self._stopping.is_set():
            if self._comes(turn) or woken:
                self._news.set()
                self._safely(partial(self._look_around, turn))
            woken = self.node.wake.wait(self.look)
            self.node.wake.clear()
        turn.close()

    def _comes(self, turn: Turn) -> bool:
        try:
            return turn.come()
        except StoreError:  # whoever looks says what is wrong
            return True

    def _look_around(self, turn: Turn) -> None:
        at = self.clock()
        reconsider(self.node, at)
        with self.node.store.reading() as connection:
            waiting = outbox.partners(connection)
            reached = reach.every(connection) if waiting else {}
            known = cooperation(connection)
        for partner in self._to_greet(known, at):
            self._pool.submit(self._safely, partial(self._greet, partner))
        for partner in waiting:
            running = self._busy.get(partner)
            if running is not None and not running.done():
                turn.again()  # it may have looked before the last was placed
            elif partner in reached and not reached[partner].due(at):
                next_try = moment_of(reached[partner].next_try)
                turn.due = min(turn.due or next_try, next_try)
            else:
                self._busy[partner] = self._pool.submit(self._serve, partner)

    def _to_greet(self, known: Cooperation, at: datetime) -> list[str]:
        """Everybody at first, later whom new acts concern: to them, what waited may pass now."""
        acts = {id: len(found) for id, found in known.acts.items()}
        before, self._acts = self._acts, acts
        if before is None:
            return [
                code for code in known.ring.codes if code != known.me and known.ring.confirmed(code)
            ]
        news = [id for id, count in acts.items() if count != before.get(id, 0)]
        return sorted({code for id in news for code in partners(known, id, at)})

    def _greet(self, partner: str) -> None:
        if not self._stopping.is_set() and greet(self.node, partner, self.transport, self.clock):
            self.node.wake.set()

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
            self._news.clear()
            began = monotonic()
            for duty in tuple(self.node.duties):
                if self._stopping.is_set():
                    return
                self._safely(partial(self._duty, duty))
            self._stopping.wait(max(self.look, REST * (monotonic() - began)))
            self._news.wait(self.anyway)

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
