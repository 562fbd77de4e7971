"""Whether a partner's node answers, since when it does not, and when it is tried again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from taawun.cooperation.wire import moment_of, moment_text
from taawun.store.tables.exchange import reach

FIRST = 1.0
LONGEST = 300.0
"""Seconds between two attempts: the first, and the longest that doubling may make it."""
Jitter = Callable[[float], float]
"""The seconds to wait, of those that are due: so that nodes do not all come back at once."""

_HEARD = (
    sa.update(reach)
    .where(reach.c.partner == sa.bindparam("of"), reach.c.next_try != "")
    .values(next_try="")
)
_TURNED_AWAY = _HEARD.where(reach.c.ground.like("permit.%"))


@dataclass(frozen=True, slots=True)
class Reachability:
    """How a partner is reached. `down_since` and `ground` are empty while it answers."""

    partner: str
    failures: int
    down_since: str
    next_try: str
    ground: str
    answered_at: str

    def due(self, at: datetime) -> bool:
        """Whether it may be tried now. A clock that was set back makes nobody wait longer."""
        if not self.next_try:
            return True
        wait = moment_of(self.next_try) - at
        return wait <= timedelta(0) or wait > timedelta(seconds=LONGEST * 2)


def of(connection: Connection, partner: str) -> Reachability:
    """How one partner is reached."""
    row = connection.execute(sa.select(reach).where(reach.c.partner == partner)).first()
    return Reachability(*row) if row is not None else Reachability(partner, 0, "", "", "", "")


def every(connection: Connection) -> dict[str, Reachability]:
    """Every partner that was tried."""
    return {row.partner: Reachability(*row) for row in connection.execute(sa.select(reach))}


def answered(connection: Connection, partner: str, at: datetime) -> None:
    """It answered, and something was settled."""
    _keep(connection, Reachability(partner, 0, "", "", "", moment_text(at)))


def failed(
    connection: Connection,
    partner: str,
    ground: str,
    at: datetime,
    jitter: Jitter,
    *,
    down: bool = False,
    answered: bool = False,
) -> None:
    """It did not answer (`down`), or with nothing but refusals without receipts (`answered`), or
    nothing could be sent to it (neither)."""
    before = of(connection, partner)
    failures = before.failures + 1
    wait = jitter(min(LONGEST, FIRST * 2.0 ** min(failures - 1, 20)))
    since = (before.down_since or moment_text(at)) if down else ""
    _keep(
        connection,
        Reachability(
            partner,
            failures,
            since,
            moment_text(at + timedelta(seconds=wait)),
            ground,
            moment_text(at) if answered else before.answered_at,
        ),
    )


def heard(connection: Connection, partner: str) -> None:
    """It sent something itself: whoever waits for it need not wait longer."""
    connection.execute(_HEARD, {"of": partner})


def placed(connection: Connection, partner: str, *, control: bool) -> None:
    """Something new waits for a partner. What keeps one agreement's messages back there does not
    keep those of another, and an act or a card is tried at once, whatever was before."""
    connection.execute(_HEARD if control else _TURNED_AWAY, {"of": partner})


def _keep(connection: Connection, now: Reachability) -> None:
    values = {
        "failures": now.failures,
        "down_since": now.down_since,
        "next_try": now.next_try,
        "ground": now.ground,
        "answered_at": now.answered_at,
    }
    change = sa.update(reach).where(reach.c.partner == now.partner).values(values)
    if connection.execute(change).rowcount == 0:
        connection.execute(sa.insert(reach), {"partner": now.partner, **values})
