"""Budgets: so many lookups a day for a purpose under an agreement, counted on both sides.

The day is that of UTC. The owner counts what comes in, in the transaction that accepts the
question; the asker counts what it asks, in the transaction that places it. The permit reads both
(`spent`). The journal has partner, purpose and number: no subject, no token, no point.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from taawun.cooperation.agreement import Purpose, Service
from taawun.cooperation.permit import Direction, Question, Spent
from taawun.errors import Refused
from taawun.store import Unit
from taawun.store.tables.private import match_spent


@dataclass(frozen=True, slots=True)
class Allowance:
    """Whose lookups are counted: which way, with whom, under what, and how many there may be."""

    direction: Direction
    partner: str
    agreement: str
    purpose: Purpose
    a_day: int
    service: Service = Service.MATCH


@dataclass(frozen=True, slots=True)
class DayCount:
    """One day of an allowance: `lookups` in `questions`."""

    day: str
    questions: int
    lookups: int


def day_of(at: datetime) -> str:
    """The UTC day, ISO."""
    return at.astimezone(UTC).date().isoformat()


def spent(connection: Connection) -> Spent:
    """What the permit asks: how many lookups were counted already on the day of a question."""

    def counted(asked: Question) -> int:
        if asked.agreement is None or asked.service is None or asked.purpose is None:
            return 0
        total = sa.select(sa.func.coalesce(sa.func.sum(match_spent.c.lookups), 0)).where(
            match_spent.c.day == day_of(asked.at),
            match_spent.c.direction == asked.direction,
            match_spent.c.partner == asked.partner,
            match_spent.c.agreement == asked.agreement,
            match_spent.c.service == asked.service,
            match_spent.c.purpose == asked.purpose,
        )
        return int(connection.execute(total).scalar_one())

    return counted


def left(connection: Connection, allowance: Allowance, at: datetime) -> int:
    """How many lookups of this day are left."""
    asked = Question(
        at,
        allowance.direction,
        allowance.partner,
        "match_question",
        allowance.agreement,
        allowance.service,
        purpose=allowance.purpose,
    )
    return max(0, allowance.a_day - spent(connection)(asked))


def spend(
    unit: Unit, allowance: Allowance, question: str, lookups: int, *, at: datetime, actor: str
) -> None:
    """Count the lookups of a question. Raises Refused `permit.budget` where they are too many,
    `match.question_twice` for one that was counted already."""
    key = (match_spent.c.direction == allowance.direction, match_spent.c.question == question)
    if unit.connection.execute(sa.select(match_spent.c.number).where(*key)).first() is not None:
        raise Refused("match.question_twice", question=question)
    if lookups > left(unit.connection, allowance, at):
        raise Refused("permit.budget", purpose=allowance.purpose, a_day=str(allowance.a_day))
    row: dict[str, object] = {
        "direction": str(allowance.direction),
        "question": question,
        "day": day_of(at),
        "partner": allowance.partner,
        "agreement": allowance.agreement,
        "service": str(allowance.service),
        "purpose": str(allowance.purpose),
        "lookups": lookups,
        "at": at.astimezone(UTC).isoformat(),
    }
    unit.connection.execute(sa.insert(match_spent), row)
    told = {name: row[name] for name in ("partner", "agreement", "purpose", "lookups", "day")}
    told |= {"left": left(unit.connection, allowance, at)}
    unit.journal(f"match.counted_{allowance.direction}", question, told, at=at, actor=actor)


def days(
    connection: Connection, allowance: Allowance, since: datetime, *, whole: bool = False
) -> list[DayCount]:
    """What was counted on each day from that of `since` on; days without questions are left out.

    `whole`: with this partner under all agreements and purposes.
    """
    query = (
        sa.select(match_spent.c.day, sa.func.count(), sa.func.sum(match_spent.c.lookups))
        .where(match_spent.c.day >= day_of(since), *_of(allowance, whole))
        .group_by(match_spent.c.day)
        .order_by(match_spent.c.day)
    )
    return [
        DayCount(day, questions, lookups) for day, questions, lookups in connection.execute(query)
    ]


def within(connection: Connection, allowance: Allowance, since: datetime) -> int:
    """How many lookups were counted after a moment, whatever the day."""
    total = sa.select(sa.func.coalesce(sa.func.sum(match_spent.c.lookups), 0)).where(
        match_spent.c.day >= day_of(since),
        match_spent.c.at > since.astimezone(UTC).isoformat(),
        *_of(allowance, whole=False),
    )
    return int(connection.execute(total).scalar_one())


def _of(allowance: Allowance, whole: bool) -> list[sa.ColumnElement[bool]]:
    names = ("direction", "partner") if whole else ("direction", "partner", "agreement", "purpose")
    return [match_spent.c[name] == getattr(allowance, name) for name in names]
