"""Work that is due or overdue goes up, one stage after the other, each recorded once.

    business days   when                        we owe              they owe
    due_soon        5 days left                 officer
    due             on the last day             officer             officer
    overdue_1       from its end                head of unit        officer
    overdue_2       5 days over                 liaison             liaison
    overdue_3       10 days over                head of authority   partner's head

    hours           when                        we owe              they owe
    due_soon        12 hours left               officer
    overdue_1       from the moment             head of unit        officer
    overdue_2       12 hours over               liaison             liaison
    overdue_3       48 hours over               head of authority   partner's head

What is left before a short period's end is at most a third of it. A liaison tells the partner when
an answer can be had, or asks when; a partner's head is written to by ours. Nothing goes up while
the agreement is suspended or after the clock has stopped. A node that was down records the stage it
finds, not those it slept through. When the due date moves, stages are counted anew for that date.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Protocol
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from taawun.cooperation.clocks.calendar import basis
from taawun.cooperation.clocks.deadlines import (
    Clock,
    ClockName,
    ClockState,
    OpenWork,
    Owing,
    PeriodUnit,
    clocks,
)
from taawun.cooperation.clocks.own_calendar import NOTHING_OWN, OwnCalendar, kept_calendar
from taawun.cooperation.clocks.thread_clocks import works_of_threads
from taawun.store.database import Store, Unit
from taawun.store.tables.deadlines import escalations as table

HOUR = 3600
Key = tuple[str, str, str, str]
AGAIN_AFTER = timedelta(minutes=5)
AT_ONCE = 200
"""Stages recorded in one unit: whoever waits for the write lock does not wait for all of them."""
SHARE = 3
"""A stage before the end begins with at most the last third of the period."""


class Recipient(StrEnum):
    """To whom a stage goes."""

    OFFICER = "officer"
    HEAD_OF_UNIT = "head_of_unit"
    LIAISON = "liaison"
    HEAD_OF_AUTHORITY = "head_of_authority"
    PARTNERS_HEAD = "partners_head"


@dataclass(frozen=True, slots=True)
class EscalationStage:
    """A row of the tables above. `step` orders the stages of a unit.

    A `late` stage begins when `by` has passed since the end, another when no more than `by` is
    left: business days or seconds. A side without recipient is not told.
    """

    name: str
    step: int
    unit: PeriodUnit
    late: bool
    by: int
    we: Recipient | None
    they: Recipient | None

    def to(self, owing: Owing) -> Recipient | None:
        """Who is told."""
        return self.we if owing is Owing.WE else self.they

    def reached(self, clock: Clock) -> bool:
        """Whether a running or late clock of this unit has come so far."""
        if clock.state is ClockState.LATE:
            return not self.late or self.by <= clock.over
        return not self.late and clock.left <= min(self.by, _lead(clock))


_DAYS, _HOURS = PeriodUnit.BUSINESS_DAYS, PeriodUnit.HOURS
_OFFICER, _LIAISON = Recipient.OFFICER, Recipient.LIAISON
_UNIT, _OURS, _THEIRS = (
    Recipient.HEAD_OF_UNIT,
    Recipient.HEAD_OF_AUTHORITY,
    Recipient.PARTNERS_HEAD,
)

STAGES = (
    EscalationStage("due_soon", 1, _DAYS, False, 5, _OFFICER, None),
    EscalationStage("due", 2, _DAYS, False, 0, _OFFICER, _OFFICER),
    EscalationStage("overdue_1", 3, _DAYS, True, 0, _UNIT, _OFFICER),
    EscalationStage("overdue_2", 4, _DAYS, True, 5, _LIAISON, _LIAISON),
    EscalationStage("overdue_3", 5, _DAYS, True, 10, _OURS, _THEIRS),
    EscalationStage("due_soon", 1, _HOURS, False, 12 * HOUR, _OFFICER, None),
    EscalationStage("overdue_1", 3, _HOURS, True, 0, _UNIT, _OFFICER),
    EscalationStage("overdue_2", 4, _HOURS, True, 12 * HOUR, _LIAISON, _LIAISON),
    EscalationStage("overdue_3", 5, _HOURS, True, 48 * HOUR, _OURS, _THEIRS),
)


@dataclass(frozen=True, slots=True)
class Escalation:
    """A stage that was recorded. `due` is the date that the stage was counted from."""

    at: datetime
    thread: str
    clock: ClockName
    owing: Owing
    due: datetime
    stage: str
    step: int
    recipient: Recipient


class HasStore(Protocol):
    """What a duty needs of a node."""

    @property
    def store(self) -> Store: ...


def stage(
    clock: Clock, owing: Owing, stages: Sequence[EscalationStage] = STAGES
) -> EscalationStage | None:
    """How far up a clock's work has to go now; None when nobody needs to be told."""
    if not clock.open or clock.state is ClockState.PAUSED:
        return None
    reached = [
        each
        for each in stages
        if each.unit is clock.unit and each.to(owing) is not None and each.reached(clock)
    ]
    return max(reached, key=lambda each: each.step, default=None)


def found(
    works: Iterable[OpenWork],
    at: datetime,
    own: OwnCalendar = NOTHING_OWN,
    stages: Sequence[EscalationStage] = STAGES,
) -> tuple[Escalation, ...]:
    """Where all this work stands now, whether recorded or not."""
    return tuple(
        _escalation(work, clock, reached, recipient, at)
        for work in works
        for clock in clocks(work.clockwork, at, own)
        if (reached := stage(clock, work.owing, stages)) is not None
        and (recipient := reached.to(work.owing)) is not None
    )


def record(unit: Unit, reached: Iterable[Escalation], *, actor: str) -> tuple[Escalation, ...]:
    """Keep those that are new, each with a line in the journal; what was kept before is left.

    A stage is new when nothing as high was recorded of its clock and due date. Gives the new ones.
    """
    new = tuple(
        each
        for each in reached
        if each.step > _steps(unit.connection, each.thread).get(_key(each), 0)
    )
    for each in new:
        unit.connection.execute(sa.insert(table), _row(each))
        details = {
            "basis": basis(),
            "clock": each.clock.value,
            "due": each.due.isoformat(),
            "owing": each.owing.value,
            "stage": each.stage,
            "to": each.recipient.value,
        }
        unit.journal("deadline.escalated", each.thread, details, at=each.at, actor=actor)
    return new


def escalating(
    works: Callable[[Connection, datetime], Iterable[OpenWork]],
    calendar: Callable[[Path], OwnCalendar] = kept_calendar,
    stages: Sequence[EscalationStage] = STAGES,
    actor: str = "node",
) -> Callable[[HasStore, datetime], None]:
    """A node's duty: look at its open work, and record what has reached a new stage.

    Dates are counted with the node's own calendar. The write lock is taken only when there is
    something to record; a node asked again within five minutes does nothing.
    """
    looked: WeakKeyDictionary[Store, datetime] = WeakKeyDictionary()

    def duty(node: HasStore, at: datetime) -> None:
        if timedelta() <= at - looked.get(node.store, at - AGAIN_AFTER) < AGAIN_AFTER:
            return
        looked[node.store] = at
        own = calendar(node.store.home)
        with node.store.reading() as connection:
            kept = _steps(connection)
            reached = found(works(connection, at), at, own, stages)
        fresh = [each for each in reached if each.step > kept.get(_key(each), 0)]
        for start in range(0, len(fresh), AT_ONCE):
            with node.store.begin() as unit:
                record(unit, fresh[start : start + AT_ONCE], actor=actor)

    return duty


DUTIES = (escalating(works_of_threads),)
"""What a node does between deliveries."""


def escalations(connection: Connection, thread: str | None = None) -> tuple[Escalation, ...]:
    """What was recorded, oldest first: of one thread, or all."""
    query = sa.select(table).order_by(table.c.number)
    if thread is not None:
        query = query.where(table.c.thread == thread)
    return tuple(_kept(row) for row in connection.execute(query))


def _lead(clock: Clock) -> int:
    """How much of a clock's period, in its unit, may be left for a stage before the end."""
    return clock.allowed * (HOUR if clock.unit is PeriodUnit.HOURS else 1) // SHARE


def _escalation(
    work: OpenWork, clock: Clock, reached: EscalationStage, recipient: Recipient, at: datetime
) -> Escalation:
    return Escalation(
        at.astimezone(UTC),
        work.clockwork.thread,
        clock.name,
        work.owing,
        clock.due,
        reached.name,
        reached.step,
        recipient,
    )


def _key(each: Escalation) -> Key:
    return each.thread, each.clock.value, each.owing.value, each.due.isoformat()


def _steps(connection: Connection, thread: str | None = None) -> dict[Key, int]:
    """The highest step that was recorded, by thread, clock, side and due date."""
    of = (table.c.thread, table.c.clock, table.c.owing, table.c.due)
    query = sa.select(*of, sa.func.max(table.c.step)).group_by(*of)
    if thread is not None:
        query = query.where(table.c.thread == thread)
    return {(row[0], row[1], row[2], row[3]): row[4] for row in connection.execute(query)}


def _row(each: Escalation) -> dict[str, object]:
    return {
        "at": each.at.isoformat(),
        "thread": each.thread,
        "clock": each.clock.value,
        "owing": each.owing.value,
        "due": each.due.isoformat(),
        "stage": each.stage,
        "step": each.step,
        "recipient": each.recipient.value,
    }


def _kept(row: sa.Row[tuple[object, ...]]) -> Escalation:
    said = row._mapping
    return Escalation(
        datetime.fromisoformat(said["at"]),
        said["thread"],
        ClockName(said["clock"]),
        Owing(said["owing"]),
        datetime.fromisoformat(said["due"]),
        said["stage"],
        said["step"],
        Recipient(said["recipient"]),
    )
