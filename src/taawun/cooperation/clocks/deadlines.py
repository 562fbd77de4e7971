"""Which clocks run for a request, what stops them, and when each is due.

    clock        runs when     for                    stopped by
    acknowledge  always        acknowledge_hours      acknowledgement, interim reply, answer
    interim      not urgent    interim_business_days  interim reply, answer
    answer       not urgent    answer_business_days   answer
    urgent       urgent        urgent_hours           answer

An answer here is the last word: full, partial or negative, a refusal, or the asker's withdrawal.
The interim clock only runs where it ends before the answer's: an interim reply that is due with
the answer or later says nothing. Hours are plain hours; business days are those of the place of
who must act, whoever looks. Both nodes take `opened_at` from the signed receipt of the request, so
that both count from the same moment.

While the agreement is suspended nothing may pass, so that time counts for nobody: plain hours stand
still, a business day that a suspension touches is none, and the date moves on with every day of it.
What was due before a suspension stays due. Only suspensions that have begun count: one that is
announced may be withdrawn before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from taawun.cooperation.agreement import Deadlines
from taawun.cooperation.clocks.calendar import (
    DayOff,
    Due,
    Pause,
    add_business_days,
    business_days_after,
    local_day,
)
from taawun.cooperation.clocks.own_calendar import NOTHING_OWN, OwnCalendar


class ClockName(StrEnum):
    """The clocks."""

    ACKNOWLEDGE = "acknowledge"
    INTERIM = "interim"
    ANSWER = "answer"
    URGENT = "urgent"


class ClockState(StrEnum):
    """How a clock stands."""

    RUNNING = "running"
    PAUSED = "paused"
    LATE = "late"
    MET = "met"
    MET_LATE = "met_late"


class Owing(StrEnum):
    """Who must act: we, or the partner."""

    WE = "we"
    THEY = "they"


class PeriodUnit(StrEnum):
    """What a period is counted in."""

    HOURS = "hours"
    BUSINESS_DAYS = "business_days"


@dataclass(frozen=True, slots=True)
class Suspended:
    """A time in which the agreement was suspended for this request; `until` None: it still is."""

    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Clockwork:
    """All that the clocks of one request need. Moments know their zone.

    `place` is where who must act works: ISO 3166-1, or 3166-2 where a part differs. An agreement
    that counts otherwise is obeyed by giving the place it names. `awaited` are the clocks that its
    kind of message has: a disclosure is acknowledged and not answered.
    """

    thread: str
    place: str
    opened_at: datetime
    deadlines: Deadlines
    urgent: bool = False
    acknowledged_at: datetime | None = None
    interim_at: datetime | None = None
    answered_at: datetime | None = None
    suspensions: tuple[Suspended, ...] = ()
    awaited: frozenset[ClockName] = frozenset(ClockName)


@dataclass(frozen=True, slots=True)
class OpenWork:
    """A request that is not closed, and who must act on it."""

    clockwork: Clockwork
    owing: Owing


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock at a moment.

    `due` (UTC) is when its time is over; `last_day` the last business day by the calendar of its
    place, None for hours. In a pause both are as if it ended now. `left` is what remains, `over`
    what has passed since: whole business days, or seconds, suspensions left out. `skipped` and
    `doubts` are those of `calendar.Due`.
    """

    name: ClockName
    unit: PeriodUnit
    allowed: int
    state: ClockState
    due: datetime
    last_day: date | None
    left: int
    over: int
    stopped_at: datetime | None = None
    paused_since: datetime | None = None
    skipped: tuple[DayOff, ...] = ()
    doubts: tuple[str, ...] = ()

    @property
    def open(self) -> bool:
        """Whether somebody still has to act."""
        return self.state in (ClockState.RUNNING, ClockState.LATE, ClockState.PAUSED)


@dataclass(frozen=True, slots=True)
class ClockRule:
    """A row of the table above."""

    name: ClockName
    unit: PeriodUnit
    allowed: Callable[[Deadlines], int]
    runs: Callable[[Clockwork], bool]
    stopped_by: tuple[str, ...]


RULES = (
    ClockRule(
        ClockName.ACKNOWLEDGE,
        PeriodUnit.HOURS,
        lambda said: said.acknowledge_hours,
        lambda work: True,
        ("acknowledged_at", "interim_at", "answered_at"),
    ),
    ClockRule(
        ClockName.INTERIM,
        PeriodUnit.BUSINESS_DAYS,
        lambda said: said.interim_business_days,
        lambda work: not work.urgent and _interim_says_something(work.deadlines),
        ("interim_at", "answered_at"),
    ),
    ClockRule(
        ClockName.ANSWER,
        PeriodUnit.BUSINESS_DAYS,
        lambda said: said.answer_business_days,
        lambda work: not work.urgent,
        ("answered_at",),
    ),
    ClockRule(
        ClockName.URGENT,
        PeriodUnit.HOURS,
        lambda said: said.urgent_hours,
        lambda work: work.urgent,
        ("answered_at",),
    ),
)


def clocks(work: Clockwork, at: datetime, own: OwnCalendar = NOTHING_OWN) -> tuple[Clock, ...]:
    """Every clock of a request as it stood at a moment; what came later is left out.

    Empty before the request arrived.
    """
    if at < work.opened_at:
        return ()
    return tuple(_clock(rule, work, at, own) for rule in RULES if _runs(rule, work))


def next_due(found: Iterable[Clock]) -> Clock | None:
    """The open clock that is over first: what an officer's list is sorted by."""
    return min((each for each in found if each.open), key=lambda each: each.due, default=None)


def add_hours(start: datetime, hours: int, pauses: Sequence[Pause] = ()) -> datetime:
    """`hours` plain hours after `start`, the pauses left out; UTC. `pauses` as `merged` gives."""
    moment, left = start.astimezone(UTC), timedelta(hours=hours)
    for pause in pauses:
        if pause.until <= moment:
            continue
        run = max(pause.since - moment, timedelta())
        if run >= left:
            break
        moment, left = pause.until, left - run
    return moment + left


def merged(suspensions: Iterable[Suspended], at: datetime) -> tuple[Pause, ...]:
    """The pauses up to `at`, in order, overlapping and touching ones as one."""
    pauses: list[Pause] = []
    for each in sorted(suspensions, key=lambda each: each.since):
        until = at if each.until is None else min(each.until, at)
        if until <= each.since:
            continue
        if pauses and each.since <= pauses[-1].until:
            pauses[-1] = Pause(pauses[-1].since, max(pauses[-1].until, until))
        else:
            pauses.append(Pause(each.since.astimezone(UTC), until.astimezone(UTC)))
    return tuple(pauses)


def _runs(rule: ClockRule, work: Clockwork) -> bool:
    return rule.name in work.awaited and rule.runs(work)


def _interim_says_something(said: Deadlines) -> bool:
    return said.interim_business_days < said.answer_business_days


def _clock(rule: ClockRule, work: Clockwork, at: datetime, own: OwnCalendar) -> Clock:
    stopped_at = _stopped(rule, work, at)
    looked_at = stopped_at or at
    pauses = merged(work.suspensions, looked_at)
    allowed = rule.allowed(work.deadlines)
    counted: Due | None = None
    if rule.unit is PeriodUnit.HOURS:
        due = add_hours(work.opened_at, allowed, pauses)
        left, over = _seconds(looked_at, due, pauses)
    else:
        counted = add_business_days(work.place, work.opened_at, allowed, own=own, pauses=pauses)
        due = counted.at
        left, over = _business_days(work.place, looked_at, counted.day, own, pauses)
    paused_since = None if stopped_at else _paused_since(work.suspensions, pauses, at)
    return Clock(
        rule.name,
        rule.unit,
        allowed,
        _state(due, looked_at, stopped_at, paused_since),
        due,
        counted.day if counted else None,
        left,
        over,
        stopped_at,
        paused_since,
        counted.skipped if counted else (),
        counted.doubts if counted else (),
    )


def _stopped(rule: ClockRule, work: Clockwork, at: datetime) -> datetime | None:
    """The first message by `at` that stops a clock."""
    moments = (getattr(work, stop) for stop in rule.stopped_by)
    return min((each for each in moments if each is not None and each <= at), default=None)


def _state(
    due: datetime, looked_at: datetime, stopped_at: datetime | None, paused_since: datetime | None
) -> ClockState:
    late = looked_at >= due
    if stopped_at is not None:
        return ClockState.MET_LATE if late else ClockState.MET
    if paused_since is not None:
        return ClockState.PAUSED
    return ClockState.LATE if late else ClockState.RUNNING


def _paused_since(
    suspensions: Iterable[Suspended], pauses: Sequence[Pause], at: datetime
) -> datetime | None:
    """Since when the agreement is suspended without a break, if it is at `at`."""
    running = [
        each.since
        for each in suspensions
        if each.since <= at and (each.until is None or at < each.until)
    ]
    if not running:
        return None
    return min(
        [pause.since for pause in pauses if pause.until >= at] + [max(running).astimezone(UTC)]
    )


def _seconds(at: datetime, due: datetime, pauses: Sequence[Pause]) -> tuple[int, int]:
    if at < due:
        return int((due - at).total_seconds()), 0
    idle = sum(
        (pause.until - max(pause.since, due) for pause in pauses if pause.until > due), timedelta()
    )
    return 0, int((at - due - idle).total_seconds())


def _business_days(
    place: str, at: datetime, last: date, own: OwnCalendar, pauses: Sequence[Pause]
) -> tuple[int, int]:
    """Days left up to the last one, and days that have wholly passed since."""
    today = local_day(place, at)
    left = business_days_after(place, today, last, own=own, pauses=pauses)
    yesterday = today - timedelta(days=1)
    return left, business_days_after(place, last, yesterday, own=own, pauses=pauses)
