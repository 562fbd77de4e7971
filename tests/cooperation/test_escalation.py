"""Overdue work goes up: when, to whom, and once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from taawun.cooperation.agreement import Deadlines
from taawun.cooperation.clocks.calendar import basis
from taawun.cooperation.clocks.deadlines import (
    ClockName,
    ClockState,
    Clockwork,
    OpenWork,
    Owing,
    PeriodUnit,
    Suspended,
    clocks,
)
from taawun.cooperation.clocks.escalation import (
    STAGES,
    EscalationStage,
    Recipient,
    escalating,
    escalations,
    found,
    record,
    stage,
)
from taawun.store import Store, journal, open_store
from taawun.store.tables.deadlines import escalations as table
from taawun.wording import known

TERMS = Deadlines(
    acknowledge_hours=72, interim_business_days=30, answer_business_days=30, urgent_hours=24
)
OPENED = datetime(2026, 9, 10, 15, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ACKNOWLEDGED = Clockwork("t", "EG", OPENED, TERMS, acknowledged_at=OPENED + HOUR)
"""Reached Cairo on Thursday, 10 September 2026; its last day is Sunday, 25 October."""


@pytest.fixture
def store(home: Path) -> Iterator[Store]:
    opened = open_store(home)
    yield opened
    opened.close()


def at(said: str) -> datetime:
    """`10-25 14` in 2026, UTC."""
    return datetime.strptime(f"2026-{said}", "%Y-%m-%d %H").replace(tzinfo=UTC)


def told(work: Clockwork, owing: Owing, moment: datetime) -> list[str]:
    return [
        f"{each.clock}: {each.stage} to {each.recipient}"
        for each in found([OpenWork(work, owing)], moment)
    ]


@pytest.mark.parametrize(
    ("moment", "ours", "theirs"),
    [
        ("10-17 12", None, None),
        ("10-18 12", "due_soon to officer", None),  # 19, 20, 21, 22 and 25 October are left
        ("10-24 20", "due_soon to officer", None),
        ("10-25 12", "due to officer", "due to officer"),
        ("10-25 22", "overdue_1 to head_of_unit", "overdue_1 to officer"),
        ("11-01 12", "overdue_1 to head_of_unit", "overdue_1 to officer"),
        ("11-02 12", "overdue_2 to liaison", "overdue_2 to liaison"),
        ("11-08 12", "overdue_2 to liaison", "overdue_2 to liaison"),
        ("11-09 12", "overdue_3 to head_of_authority", "overdue_3 to partners_head"),
    ],
)
def test_an_answer_in_business_days(moment: str, ours: str | None, theirs: str | None) -> None:
    assert told(ACKNOWLEDGED, Owing.WE, at(moment)) == ([f"answer: {ours}"] if ours else [])
    assert told(ACKNOWLEDGED, Owing.THEY, at(moment)) == ([f"answer: {theirs}"] if theirs else [])


@pytest.mark.parametrize(
    ("hours", "ours", "theirs"),
    [
        (15, None, None),
        (16, "due_soon to officer", None),  # the last third of 24 hours
        (24, "overdue_1 to head_of_unit", "overdue_1 to officer"),
        (36, "overdue_2 to liaison", "overdue_2 to liaison"),
        (72, "overdue_3 to head_of_authority", "overdue_3 to partners_head"),
    ],
)
def test_an_urgent_answer_in_hours(hours: int, ours: str | None, theirs: str | None) -> None:
    work = replace(ACKNOWLEDGED, urgent=True)
    moment = OPENED + hours * HOUR
    assert told(work, Owing.WE, moment) == ([f"urgent: {ours}"] if ours else [])
    assert told(work, Owing.THEY, moment) == ([f"urgent: {theirs}"] if theirs else [])


def test_nothing_goes_up_once_it_is_answered() -> None:
    work = replace(ACKNOWLEDGED, answered_at=at("11-20 12"))
    assert told(work, Owing.WE, at("11-19 12")) == ["answer: overdue_3 to head_of_authority"]
    assert told(work, Owing.WE, at("11-20 12")) == []


def test_nothing_goes_up_while_the_agreement_is_suspended_and_the_time_is_not_counted() -> None:
    work = replace(ACKNOWLEDGED, suspensions=(Suspended(at("10-26 12"), at("11-10 12")),))
    assert told(work, Owing.WE, at("10-25 23")) == ["answer: overdue_1 to head_of_unit"]
    assert told(work, Owing.WE, at("11-09 12")) == []
    assert told(work, Owing.WE, at("11-10 13")) == ["answer: overdue_1 to head_of_unit"]
    assert told(work, Owing.WE, at("11-17 13")) == ["answer: overdue_1 to head_of_unit"]
    assert told(work, Owing.WE, at("11-18 13")) == ["answer: overdue_2 to liaison"]


def test_an_authority_may_have_stages_of_its_own() -> None:
    own = (
        EscalationStage("overdue_1", 1, PeriodUnit.BUSINESS_DAYS, True, 3, Recipient.LIAISON, None),
    )
    work = [OpenWork(ACKNOWLEDGED, Owing.WE)]
    assert found(work, at("10-28 12"), stages=own) == ()
    assert [each.recipient for each in found(work, at("10-29 12"), stages=own)] == [
        Recipient.LIAISON
    ]


def test_every_stage_and_recipient_has_words() -> None:
    assert all(known(f"deadlines.stage.{each.name}") for each in STAGES)
    assert all(known(f"deadlines.recipient.{each}") for each in Recipient)


@given(
    st.sampled_from(Owing),
    st.booleans(),
    st.lists(st.integers(0, 120 * 24), min_size=2, max_size=2),
)
def test_work_never_comes_down_again(owing: Owing, urgent: bool, hours: list[int]) -> None:
    work = replace(ACKNOWLEDGED, urgent=urgent)
    first, second = sorted(hours)
    for name in ClockName:
        steps = []
        for hour in (first, second):
            shown = [c for c in clocks(work, OPENED + hour * HOUR) if c.name is name and c.open]
            reached = [stage(each, owing) for each in shown]
            steps.append(max((each.step for each in reached if each), default=0))
        assert steps == sorted(steps)


@given(st.integers(0, 120 * 24), st.booleans())
def test_late_stages_are_for_what_is_late(hours: int, urgent: bool) -> None:
    for each in clocks(replace(ACKNOWLEDGED, urgent=urgent), OPENED + hours * HOUR):
        reached = stage(each, Owing.WE)
        if each.open:
            assert (reached is not None and reached.late) is (each.state is ClockState.LATE)


# Kept in the store


@dataclass
class Node:
    store: Store


def rows(store: Store) -> list[str]:
    with store.reading() as connection:
        return [f"{each.clock} {each.stage}" for each in escalations(connection)]


def test_a_duty_records_each_stage_once(store: Store) -> None:
    duty = escalating(lambda connection, moment: [OpenWork(ACKNOWLEDGED, Owing.WE)])
    for hour in range(0, 24 * 75, 6):
        duty(Node(store), OPENED + hour * HOUR)
    assert rows(store) == [
        f"answer {name}" for name in ("due_soon", "due", "overdue_1", "overdue_2", "overdue_3")
    ]
    with store.reading() as connection:
        kept = escalations(connection, "t")
        assert [each.recipient for each in kept][-1] is Recipient.HEAD_OF_AUTHORITY
        assert kept[0].due == at("10-25 21")
        assert escalations(connection, "another") == ()


def test_the_journal_says_what_went_up_and_nothing_of_whom_it_is_about(store: Store) -> None:
    duty = escalating(lambda connection, moment: [OpenWork(ACKNOWLEDGED, Owing.THEY)])
    duty(Node(store), at("10-26 12"))
    with store.reading() as connection:
        line = journal.last_lines(connection, 1)[0]
    assert (line.action, line.subject, line.actor) == ("deadline.escalated", "t", "node")
    assert json.loads(line.details) == {
        "basis": basis(),
        "clock": "answer",
        "due": "2026-10-25T21:00:00+00:00",
        "owing": "they",
        "stage": "overdue_1",
        "to": "officer",
    }


def test_a_node_that_was_down_records_the_stage_it_finds(store: Store) -> None:
    duty = escalating(lambda connection, moment: [OpenWork(ACKNOWLEDGED, Owing.WE)])
    duty(Node(store), at("12-24 12"))
    duty(Node(store), at("12-25 12"))
    assert rows(store) == ["answer overdue_3"]


def test_a_clock_set_back_records_no_lower_stage(store: Store) -> None:
    duty = escalating(lambda connection, moment: [OpenWork(ACKNOWLEDGED, Owing.WE)])
    duty(Node(store), at("11-03 12"))
    duty(Node(store), at("10-25 12"))
    assert rows(store) == ["answer overdue_2"]


def test_a_duty_looks_every_five_minutes_at_each_node(home: Path, tmp_path: Path) -> None:
    looked: list[str] = []

    def works(connection: Connection, moment: datetime) -> list[OpenWork]:
        looked.append(f"{moment:%M:%S}")
        return []

    duty = escalating(works)
    one, other = Node(open_store(home)), Node(open_store(tmp_path / "other"))
    for minutes in (0, 1, 4, 5, 9, 2):
        duty(one, OPENED + timedelta(minutes=minutes))
    duty(other, OPENED + timedelta(minutes=3))
    assert looked == ["00:00", "05:00", "02:00", "03:00"]
    one.store.close()
    other.store.close()


def test_a_date_that_moved_is_counted_anew(store: Store) -> None:
    works = [OpenWork(ACKNOWLEDGED, Owing.WE)]
    duty = escalating(lambda connection, moment: works)
    duty(Node(store), at("10-20 12"))
    works[0] = OpenWork(
        replace(ACKNOWLEDGED, suspensions=(Suspended(at("10-20 13"), at("11-20 13")),)), Owing.WE
    )
    duty(Node(store), at("10-25 12"))
    assert rows(store) == ["answer due_soon"]
    duty(Node(store), at("11-21 12"))
    assert rows(store) == ["answer due_soon"] * 2


def test_two_that_found_the_same_keep_it_once(store: Store) -> None:
    reached = found([OpenWork(ACKNOWLEDGED, Owing.WE)], at("10-26 12"))
    with store.begin() as unit:
        assert record(unit, reached, actor="node") == reached
    with store.begin() as unit:
        assert record(unit, reached, actor="node") == ()
    assert rows(store) == ["answer overdue_1"]


def test_a_duty_with_nothing_new_does_not_wait_for_the_lock(home: Path) -> None:
    store = open_store(home, busy_timeout=0.01)
    duty = escalating(lambda connection, moment: [OpenWork(ACKNOWLEDGED, Owing.WE)])
    with store.begin():
        duty(Node(store), OPENED + DAY)
    store.close()


@pytest.mark.parametrize("change", [sa.update(table).values(stage="x"), sa.delete(table)])
def test_what_was_escalated_is_history(store: Store, change: sa.UpdateBase) -> None:
    escalating(lambda connection, moment: [OpenWork(ACKNOWLEDGED, Owing.WE)])(
        Node(store), at("10-26 12")
    )
    with pytest.raises(IntegrityError, match="history"), store.begin() as unit:
        unit.connection.execute(change)
