"""Which clocks run, what stops them, and how a suspension moves the date."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taawun.cooperation.agreement import Deadlines
from taawun.cooperation.clocks.calendar import Pause, day_off, end_of_day, local_day
from taawun.cooperation.clocks.deadlines import (
    Clock,
    ClockName,
    ClockState,
    Clockwork,
    PeriodUnit,
    Suspended,
    add_hours,
    clocks,
    merged,
    next_due,
)
from taawun.cooperation.clocks.own_calendar import OwnDay, own_calendar
from taawun.wording import known, say

TERMS = Deadlines(
    acknowledge_hours=72, interim_business_days=10, answer_business_days=30, urgent_hours=24
)
OPENED = datetime(2026, 9, 10, 15, tzinfo=UTC)
"""Thursday, 18:00 in Cairo."""
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def cairo(**said: object) -> Clockwork:
    return replace(Clockwork("t", "EG", OPENED, TERMS), **said)  # type: ignore[arg-type]


def clock(work: Clockwork, name: str, at: datetime) -> Clock:
    return next(each for each in clocks(work, at) if each.name == name)


def told(work: Clockwork, at: datetime) -> dict[str, str]:
    return {each.name.value: each.state.value for each in clocks(work, at)}


def test_three_clocks_run_for_a_request_and_none_before_it() -> None:
    work = cairo()
    assert clocks(work, OPENED - HOUR) == ()
    assert told(work, OPENED) == {"acknowledge": "running", "interim": "running"} | {
        "answer": "running"
    }
    assert clock(work, "acknowledge", OPENED).due == OPENED + 72 * HOUR
    interim = clock(work, "interim", OPENED)
    assert (interim.last_day, interim.left, interim.over) == (date(2026, 9, 24), 10, 0)
    assert interim.due == end_of_day("EG", date(2026, 9, 24))
    answer = clock(work, "answer", OPENED)
    assert (answer.last_day, answer.allowed) == (date(2026, 10, 25), 30)
    assert "holiday" in {each.why for each in answer.skipped}


def test_an_urgent_one_is_counted_in_hours_through_weekends() -> None:
    work = cairo(urgent=True)
    found = clocks(work, OPENED + 3 * HOUR)
    assert [each.name.value for each in found] == ["acknowledge", "urgent"]
    assert [each.due - OPENED for each in found] == [72 * HOUR, 24 * HOUR]
    assert found[1].left == 21 * 3600
    assert found[1].last_day is None


@pytest.mark.parametrize(
    ("interim", "answer", "runs"), [(30, 30, False), (31, 30, False), (29, 30, True)]
)
def test_an_interim_reply_is_only_asked_for_before_the_answer(
    interim: int, answer: int, runs: bool
) -> None:
    terms = Deadlines(interim_business_days=interim, answer_business_days=answer)
    assert ("interim" in told(cairo(deadlines=terms), OPENED)) is runs


@pytest.mark.parametrize(
    ("stopped", "states"),
    [
        ("acknowledged_at", {"acknowledge": "met", "interim": "running", "answer": "running"}),
        ("interim_at", {"acknowledge": "met", "interim": "met", "answer": "running"}),
        ("answered_at", {"acknowledge": "met", "interim": "met", "answer": "met"}),
    ],
)
def test_what_stops_which(stopped: str, states: dict[str, str]) -> None:
    work = cairo(**{stopped: OPENED + HOUR})
    assert told(work, OPENED + 2 * HOUR) == states
    assert set(told(work, OPENED).values()) == {"running"}, "not known yet"


def test_the_first_message_stops_a_clock() -> None:
    work = cairo(answered_at=OPENED + 80 * HOUR, acknowledged_at=OPENED + 2 * HOUR)
    found = clock(work, "acknowledge", OPENED + 90 * HOUR)
    assert (found.state, found.stopped_at) == (ClockState.MET, OPENED + 2 * HOUR)


def test_in_time_is_before_the_last_moment_and_late_from_then_on() -> None:
    due = clock(cairo(), "answer", OPENED).due
    second = timedelta(seconds=1)
    assert clock(cairo(), "answer", due - second).state is ClockState.RUNNING
    assert clock(cairo(), "answer", due).state is ClockState.LATE
    assert clock(cairo(answered_at=due - second), "answer", due).state is ClockState.MET
    assert clock(cairo(answered_at=due), "answer", due + DAY).state is ClockState.MET_LATE


def test_days_overdue_are_business_days_that_have_wholly_passed() -> None:
    work = cairo()
    at = [datetime(2026, 10, day, 12, tzinfo=UTC) for day in (25, 26, 27, 31)]
    found = [clock(work, "answer", each) for each in at]
    assert [(each.left, each.over, each.state.value) for each in found] == [
        (0, 0, "running"),
        (0, 0, "late"),
        (0, 1, "late"),
        (0, 4, "late"),
    ]


def test_next_due_is_the_open_clock_that_is_over_first() -> None:
    work = cairo(acknowledged_at=OPENED + HOUR)
    found = next_due(clocks(work, OPENED + DAY))
    assert found is not None
    assert found.name is ClockName.INTERIM
    assert next_due(clocks(cairo(answered_at=OPENED), OPENED)) is None


def test_who_must_act_decides_the_calendar_whoever_looks() -> None:
    """Rome asks Cairo and Cairo asks Rome: two threads, two calendars, the same from both sides."""
    assert clock(cairo(place="IT"), "answer", OPENED).last_day == date(2026, 10, 22)
    assert clock(cairo(place="EG"), "answer", OPENED).last_day == date(2026, 10, 25)


def test_an_own_calendar_moves_the_date() -> None:
    own = own_calendar([OwnDay("EG", date(2026, 9, 20), True, "moved")])
    found = {each.name.value: each for each in clocks(cairo(), OPENED, own)}
    assert found["interim"].last_day == date(2026, 9, 27)
    assert found["acknowledge"].due == OPENED + 72 * HOUR


# Suspensions


def test_hours_stand_still_while_the_agreement_is_suspended() -> None:
    pause = Suspended(OPENED + 10 * HOUR, OPENED + 34 * HOUR)
    work = cairo(urgent=True, suspensions=(pause,))
    assert clock(work, "urgent", OPENED + 9 * HOUR).due == OPENED + 24 * HOUR
    during = clock(work, "urgent", OPENED + 20 * HOUR)
    assert (during.state, during.paused_since) == (ClockState.PAUSED, pause.since)
    assert during.left == 14 * 3600
    after = clock(work, "urgent", OPENED + 40 * HOUR)
    assert (after.state, after.due) == (ClockState.RUNNING, OPENED + 48 * HOUR)


def test_business_days_that_a_suspension_touches_do_not_count() -> None:
    """Suspended from Monday noon to Tuesday noon: two days, whichever part of them was left."""
    pause = Suspended(datetime(2026, 9, 14, 9, tzinfo=UTC), datetime(2026, 9, 15, 9, tzinfo=UTC))
    found = clock(cairo(suspensions=(pause,)), "interim", OPENED + 10 * DAY)
    assert found.last_day == date(2026, 9, 28)
    assert [each.day for each in found.skipped if each.why == "suspended"] == [
        date(2026, 9, 14),
        date(2026, 9, 15),
    ]


def test_a_suspension_over_a_weekend_costs_nothing() -> None:
    friday = datetime(2026, 9, 10, 21, tzinfo=UTC)
    found = clock(
        cairo(suspensions=(Suspended(friday, friday + 2 * DAY),)), "interim", OPENED + 10 * DAY
    )
    assert found.last_day == date(2026, 9, 24)


def test_the_date_moves_on_with_every_day_of_a_suspension() -> None:
    work = cairo(suspensions=(Suspended(datetime(2026, 9, 14, 9, tzinfo=UTC)),))
    dates = [
        clock(work, "interim", datetime(2026, 9, day, 12, tzinfo=UTC)).last_day
        for day in (13, 14, 15, 18, 20)
    ]
    assert dates == [date(2026, 9, day) for day in (24, 27, 28, 30)] + [date(2026, 10, 1)]
    assert clock(work, "interim", OPENED + 90 * DAY).state is ClockState.PAUSED


def test_what_was_due_before_a_suspension_stays_due() -> None:
    due = clock(cairo(), "interim", OPENED).due
    work = cairo(suspensions=(Suspended(due + HOUR, due + 9 * DAY),))
    assert clock(work, "interim", due + 5 * DAY).due == due
    assert clock(work, "interim", due + 5 * DAY).state is ClockState.PAUSED
    after = clock(work, "interim", due + 9 * DAY + HOUR)
    assert (after.state, after.due, after.over) == (ClockState.LATE, due, 0)


def test_a_suspension_that_is_only_announced_moves_nothing_yet() -> None:
    work = cairo(suspensions=(Suspended(OPENED + 5 * DAY),))
    assert clock(work, "interim", OPENED + DAY) == clock(cairo(), "interim", OPENED + DAY)


def test_two_suspensions_at_once_count_once() -> None:
    """Both sides suspend; the second one lifts later."""
    one = Suspended(OPENED + 1 * HOUR, OPENED + 5 * HOUR)
    other = Suspended(OPENED + 3 * HOUR, OPENED + 8 * HOUR)
    work = cairo(urgent=True, suspensions=(other, one))
    assert clock(work, "urgent", OPENED + 9 * HOUR).due == OPENED + 31 * HOUR
    assert clock(work, "urgent", OPENED + 6 * HOUR).paused_since == one.since


def test_a_clock_that_stopped_stands_still_for_good() -> None:
    work = cairo(answered_at=OPENED + 5 * DAY, suspensions=(Suspended(OPENED + 6 * DAY),))
    found = clock(work, "answer", OPENED + 90 * DAY)
    assert (found.state, found.paused_since) == (ClockState.MET, None)
    assert found == clock(work, "answer", OPENED + 5 * DAY)


# Words


def test_every_clock_and_state_has_words() -> None:
    for each in ClockName:
        assert known(f"deadlines.clock.{each}")
    for state in ClockState:
        assert known(f"deadlines.state.{state}")
    for unit in PeriodUnit:
        assert all(known(f"deadlines.{what}.{unit}") for what in ("allowed", "left", "over"))


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1, "يوم عمل واحد"),
        (2, "يوما عمل"),
        (3, "٣ أيام عمل"),
        (11, "١١ يوم عمل"),
        (100, "١٠٠ يوم عمل"),
    ],
)
def test_days_are_counted_as_arabic_counts(count: int, said: str) -> None:
    assert say("deadlines.allowed.business_days", "ar", count=count) == said


# The slow twins


MINUTES = st.integers(-3000, 60_000)


@st.composite
def suspensions(draw: st.DrawFn) -> tuple[Suspended, ...]:
    found = []
    for _ in range(draw(st.integers(0, 4))):
        since = OPENED + timedelta(minutes=draw(MINUTES))
        until = since + timedelta(minutes=draw(st.integers(1, 9000)))
        found.append(Suspended(since, draw(st.sampled_from([until, None]))))
    return tuple(found)


def still(moment: datetime, stops: tuple[Suspended, ...], at: datetime) -> bool:
    return any(
        each.since <= moment < (at if each.until is None else min(each.until, at)) for each in stops
    )


@given(suspensions(), st.integers(1, 200), MINUTES)
def test_hours_agree_with_going_minute_by_minute(
    stops: tuple[Suspended, ...], hours: int, later: int
) -> None:
    at = OPENED + timedelta(minutes=abs(later))
    moment, left = OPENED, hours * 60
    while left:
        left -= not still(moment, stops, at)
        moment += timedelta(minutes=1)
    assert add_hours(OPENED, hours, merged(stops, at)) == moment


@given(suspensions(), st.sampled_from("EG DE IR AE".split()), MINUTES)
def test_days_agree_with_going_day_by_day(
    stops: tuple[Suspended, ...], place: str, later: int
) -> None:
    at = OPENED + timedelta(minutes=abs(later))
    pauses = [(s.since, at if s.until is None else min(s.until, at)) for s in stops]
    day, left = local_day(place, OPENED), TERMS.answer_business_days
    while left:
        day += DAY
        begins, ends = end_of_day(place, day - DAY), end_of_day(place, day)
        stopped = any(since < until and since < ends and begins < until for since, until in pauses)
        left -= day_off(place, day) is None and not stopped
    found = clock(cairo(place=place, suspensions=stops), "answer", at)
    assert found.last_day == day
    assert found.due == end_of_day(place, day)


@given(suspensions(), st.lists(MINUTES, min_size=2, max_size=2), st.booleans())
def test_time_never_makes_a_date_earlier_nor_a_late_one_timely(
    stops: tuple[Suspended, ...], moments: list[int], urgent: bool
) -> None:
    work = cairo(urgent=urgent, suspensions=stops)
    first, second = sorted(OPENED + timedelta(minutes=abs(each)) for each in moments)
    for before, after in zip(clocks(work, first), clocks(work, second), strict=True):
        assert before.due <= after.due
        assert before.over <= after.over
        if before.state is ClockState.LATE:
            assert after.state in (ClockState.LATE, ClockState.PAUSED)
            assert after.due == before.due
        undisturbed = clock(replace(work, suspensions=()), before.name.value, first)
        assert undisturbed.due <= before.due


@given(suspensions(), MINUTES)
def test_paused_is_said_exactly_while_a_suspension_holds(
    stops: tuple[Suspended, ...], later: int
) -> None:
    at = OPENED + timedelta(minutes=abs(later))
    holds = any(s.since <= at and (s.until is None or at < s.until) for s in stops)
    for each in clocks(cairo(suspensions=stops), at):
        assert (each.state is ClockState.PAUSED) is holds
        assert (each.paused_since is not None) is holds
        assert each.paused_since is None or each.paused_since <= at


@given(suspensions(), MINUTES)
def test_merged_pauses_are_apart_and_in_order(stops: tuple[Suspended, ...], later: int) -> None:
    at = OPENED + timedelta(minutes=later)
    found = merged(stops, at)
    assert all(each.since < each.until <= at for each in found)
    assert all(one.until < other.since for one, other in pairwise(found))
    assert all(isinstance(each, Pause) for each in found)
