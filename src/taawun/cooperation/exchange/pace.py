"""How much one partner may bring: in a minute, and before officers here have looked at it.

    exchange.too_fast    more in this minute than a partner may bring
    exchange.full        as much of it as may wait here unread

Both mean "later": no number is taken, the partner keeps the message and tries again. Control
messages have a minute of their own and never wait for officers, so that a partner that floods a
node can still suspend, and so that a suspension is never behind a flood.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from sqlalchemy.engine import Connection

from taawun.cooperation.exchange.carrier import CONTROL, Carrier
from taawun.errors import RefusedForNow

MINUTE = timedelta(minutes=1)
LOOK_AGAIN = timedelta(seconds=5)
"""How long a node goes by what it counted as unread, where that is as much as may be."""


@dataclass(frozen=True, slots=True)
class Intake:
    """What one partner may bring: `messages` and their `bytes` a minute, `control` messages and
    theirs; `unread` messages, and `unread_bytes`, that no officer has looked at."""

    messages: int = 60_000
    bytes: int = 512 * 2**20
    control: int = 600
    control_bytes: int = 16 * 2**20
    unread: int = 20_000
    unread_bytes: int = 2 * 2**30


@dataclass(frozen=True, slots=True)
class Unread:
    """Messages of a partner that no officer has looked at, and their bytes as they came."""

    messages: int = 0
    bytes: int = 0


UnreadOf = Callable[[Connection, str], Unread]
"""Counts what a partner has brought and nobody has looked at."""


@dataclass(slots=True)
class _Minute:
    began: datetime
    messages: int = 0
    bytes: int = 0


@dataclass(slots=True)
class _Waiting:
    counted_at: datetime
    messages: int
    bytes: int


class Pace:
    """What every partner has brought. It begins anew with the process; safe between threads."""

    def __init__(self, intake: Intake | None = None) -> None:
        self.intake = intake or Intake()
        self._minutes: dict[tuple[str, bool], _Minute] = {}
        self._waiting: dict[str, _Waiting] = {}
        self._lock = Lock()

    def came(self, carrier: Carrier, size: int, at: datetime) -> None:
        """A delivery was opened: it counts, whatever becomes of it.

        Raises RefusedForNow (`exchange.too_fast`) where that is more than this minute has.
        """
        control = carrier.channel == CONTROL
        most, most_bytes = self.intake.messages, self.intake.bytes
        if control:
            most, most_bytes = self.intake.control, self.intake.control_bytes
        with self._lock:
            minute = self._minutes.get((carrier.sender, control))
            if minute is None or not timedelta(0) <= at - minute.began < MINUTE:
                minute = self._minutes[carrier.sender, control] = _Minute(at)
            minute.messages += 1
            minute.bytes += size
            if minute.messages > most or minute.bytes > most_bytes:
                left = (minute.began + MINUTE - at).total_seconds()
                raise RefusedForNow("exchange.too_fast", seconds=str(max(1, round(left))))

    def room(
        self, connection: Connection, unread_of: UnreadOf, sender: str, size: int, at: datetime
    ) -> None:
        """One more of a kind that waits for officers is about to be taken.

        It is counted in the store at first and when there seems to be no room; between, what comes
        is added, so that the count is never too low. Raises RefusedForNow (`exchange.full`).
        """
        with self._lock:
            waiting = self._waiting.get(sender)
            if waiting is None or (
                self._full(waiting, size) and abs(at - waiting.counted_at) >= LOOK_AGAIN
            ):
                found = unread_of(connection, sender)
                waiting = _Waiting(at, found.messages, found.bytes)
                self._waiting[sender] = waiting
            if self._full(waiting, size):
                raise RefusedForNow("exchange.full", unread=str(waiting.messages))
            waiting.messages += 1
            waiting.bytes += size

    def _full(self, waiting: _Waiting, size: int) -> bool:
        return (
            waiting.messages >= self.intake.unread
            or waiting.bytes + size > self.intake.unread_bytes
        )
