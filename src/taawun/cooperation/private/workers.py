"""Processes that do the arithmetic: one executor for each, so that blinds find their way back.

What undoes a blinding (`voprf`'s Client) cannot leave the process that made it. A batch is
therefore finalised by the worker that blinded it; a worker that dies takes its batches with it,
and whoever asked asks again. All other work goes to whoever has least to do.

With `count` 0 everything happens in the calling process at once (tests, a handful of lookups).
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import wait
from typing import Any, ParamSpec, TypeVar

from voprf.ristretto import Client

from taawun.cooperation.private import oprf
from taawun.errors import Refused

P = ParamSpec("P")
T = TypeVar("T")
_kept: dict[str, list[Client]] = {}
"""The batches that this process blinded, by name."""


class _Here(Executor):
    """Does at once what it is given."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        done: Future[T] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except Exception as error:
            done.set_exception(error)
        return done


@dataclass(slots=True)
class Workers:
    """`count` processes, started when they are first needed. Close it, or use it in a `with`."""

    count: int = field(default_factory=lambda: os.cpu_count() or 1)
    _rows: list[Executor] = field(default_factory=list, repr=False)
    _busy: list[int] = field(default_factory=list, repr=False)
    _home: dict[str, int] = field(default_factory=dict, repr=False)

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the processes; what was blinded in them is lost."""
        for row in self._rows:
            row.shutdown(wait=True, cancel_futures=True)
        self._rows, self._busy, self._home = [], [], {}

    def do(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Have something done by whoever has least to do. It must be picklable."""
        return self._at(self._least(), partial(fn, *args, **kwargs))

    def everywhere(self, fn: Callable[[], T]) -> list[Future[T]]:
        """Have something done once by each of them: so that they are started, for one."""
        self._least()
        return [self._at(place, fn) for place in range(len(self._rows))]

    def blind(self, batch: str, tokens: list[bytes]) -> Future[bytes]:
        """Blind a batch of tokens: the points. Its secrets stay in the worker under this name."""
        self._home[batch] = self._least()
        return self._at(self._home[batch], partial(_blind, batch, tokens))

    def finalise(self, batch: str, public_key: bytes, evaluated: bytes) -> Future[bytes]:
        """Check the proof and undo the blinding: the tokens' fingerprints, eight bytes each.

        The future raises Refused; `match.blinds_lost` for a batch that nobody here blinded.
        """
        home = self._home.pop(batch, None)
        if home is None:
            lost: Future[bytes] = Future()
            lost.set_exception(Refused("match.blinds_lost"))
            return lost
        return self._at(home, partial(_finalise, batch, public_key, evaluated))

    def forget(self, batch: str) -> None:
        """Drop the secrets of a batch whose answer will not be used."""
        home = self._home.pop(batch, None)
        if home is not None:
            self._at(home, partial(_forget, batch))

    def _least(self) -> int:
        if not self._rows:
            self._start()
        return min(range(len(self._busy)), key=self._busy.__getitem__)

    def _start(self) -> None:
        self._rows = [_process() for _ in range(self.count)] or [_Here()]
        self._busy = [0] * len(self._rows)

    def _at(self, place: int, work: Callable[[], T]) -> Future[T]:
        try:
            future = self._rows[place].submit(work)
        except BrokenExecutor:
            # It was killed, for want of memory perhaps: another takes its place, without its blinds
            self._rows[place], self._busy[place] = _process(), 0
            future = self._rows[place].submit(work)
        self._busy[place] += 1
        future.add_done_callback(partial(self._done, place))
        return future

    def _done(self, place: int, _: Future[Any]) -> None:
        if place < len(self._busy):
            self._busy[place] = max(0, self._busy[place] - 1)


def _process() -> Executor:
    # spawn: a node has threads, and a fork of them may hold their locks
    spawn = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(1, mp_context=spawn, initializer=_live_with_parent)


def _live_with_parent() -> None:
    """End when the node ends, however it does: a killed one cannot say so. Ctrl-C is the node's."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_after, args=(parent.sentinel,), daemon=True).start()


def _end_after(sentinel: int) -> None:
    wait([sentinel])
    os._exit(0)


def _blind(batch: str, tokens: list[bytes]) -> bytes:
    _kept[batch], points = oprf.blind(tokens)
    return points


def _finalise(batch: str, public_key: bytes, evaluated: bytes) -> bytes:
    clients = _kept.pop(batch, None)
    if clients is None:
        raise Refused("match.blinds_lost")
    values = oprf.finalise(clients, public_key, evaluated)
    return oprf.fingerprints(values).astype(oprf.WIRE).tobytes()


def _forget(batch: str) -> None:
    _kept.pop(batch, None)
