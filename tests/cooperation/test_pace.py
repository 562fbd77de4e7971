"""How much a partner may bring: "later" beyond it, nothing lost, and a suspension never behind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taawun.cooperation.exchange import gate
from taawun.cooperation.exchange.carrier import Carrier
from taawun.cooperation.exchange.pace import LOOK_AGAIN, MINUTE, Intake, Pace, Unread
from taawun.cooperation.node import open_node
from taawun.cooperation.requests.unread import unread
from taawun.errors import RefusedForNow
from tests.cooperation.authorities import NOON
from tests.cooperation.exchanged import ACKNOWLEDGEMENT, Letters
from tests.cooperation.exchanging import ONE, OTHER, Town, request


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path)
    yield made
    made.check()
    made.close()


def bounded(town: Town, **said: int) -> Pace:
    pace = town.nodes[OTHER].pace = Pace(Intake(**said))
    return pace


def test_more_than_a_minute_has_waits_for_the_next_and_all_of_it_arrives(town: Town) -> None:
    bounded(town, messages=4)
    placed = town.asks(10)
    town.carry()
    assert town.effects() == placed[:4]
    assert town.states() == ["delivered"] * 4 + ["trying"] * 6
    assert town.grounds()[4] == "exchange.too_fast"
    for _ in range(2):
        town.later(seconds=60)
        town.carry()
    assert town.effects() == placed


def test_bytes_are_counted_too(town: Town) -> None:
    bounded(town, bytes=20_000)
    town.asks(3, body={"text": "x" * 8_000})
    town.carry()
    assert town.states() == ["delivered", "trying", "trying"]
    town.later(minutes=1)
    town.carry()
    assert town.states() == ["delivered", "delivered", "trying"]
    bounded(town)
    town.carry()


def test_what_is_over_is_not_opened_any_more(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    bounded(town, messages=1)
    opened: list[str] = []
    real = gate.unseal

    def counted(envelope: str, key_of: Any) -> str:
        opened.append(envelope)
        return real(envelope, key_of)

    monkeypatch.setattr(gate, "unseal", counted)
    town.asks(20)
    town.carry()
    assert len(opened) <= 4  # the first two of either round
    bounded(town)
    town.carry()


def test_a_flood_does_not_hold_up_a_suspension(town: Town) -> None:
    bounded(town, messages=1)
    town.asks(5)
    town.carry()
    town.does(ONE, "suspend", reason="a law changed")
    town.carry()
    assert town.states()[-1] == "delivered"
    bounded(town)


def test_a_flood_of_acts_has_a_bound_of_its_own(town: Town) -> None:
    bounded(town, control=2)
    for number in range(2, 6, 2):
        town.does(ONE, "suspend", reason="yes")
        town.does(ONE, "resume", lifts=number)
    [id] = town.asks(1)
    town.carry()
    assert town.effects() == [id]
    assert town.states() == ["delivered", "delivered", "trying", "trying", "delivered"]
    town.later(minutes=1)
    town.carry()


def test_one_partner_counts_for_itself(tmp_path: Path) -> None:
    town = Town(tmp_path, ONE, OTHER, "XC-FIU")
    bounded(town, messages=1)
    town.asks(2)
    town.carry()
    town.place(request(town.mou, "XC-FIU", OTHER), "XC-FIU")
    town.carry("XC-FIU")
    assert town.states("XC-FIU") == ["delivered"]
    town.check()
    town.close()


def test_what_nobody_has_looked_at_is_bounded(town: Town) -> None:
    node = town.nodes[OTHER]
    looked_at = 0

    def waiting(connection: Any, partner: str) -> Unread:
        return Unread(len(town.effects()) - looked_at, 0)

    node.unread, node.awaited = waiting, frozenset({"request"})
    bounded(town, unread=3)
    placed = town.asks(5)
    town.carry()
    assert (town.effects(), town.grounds()[3]) == (placed[:3], "exchange.full")
    looked_at = 1
    town.carry()
    assert town.effects() == placed[:3], "counted again only after a while"
    town.later(seconds=LOOK_AGAIN.seconds)
    town.carry()
    assert town.effects() == placed[:4]
    looked_at = 5
    town.later(seconds=LOOK_AGAIN.seconds)
    town.carry()
    assert town.effects() == placed


def test_unread_is_what_no_officer_has_done_anything_about(tmp_path: Path) -> None:
    letters = Letters(tmp_path)
    sent = [letters.request() for _ in range(3)]
    for message in sent:
        letters.send(message)
        letters.deliver(message)
    office = letters.region[OTHER]
    with office.begin() as unit:
        assert unread(unit.connection, ONE).messages == 3
        assert unread(unit.connection, "XC-FIU") == Unread(0, 0)
    letters.send(letters.message("acknowledgement", ACKNOWLEDGEMENT, OTHER, ONE, to=sent[0]))
    with office.store.reading() as connection:
        assert unread(connection, ONE).messages == 2
    letters.close()


def test_a_node_has_its_bounds(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.close()
    node = open_node(tmp_path / OTHER, intake=Intake(messages=7))
    assert (node.pace.intake.messages, node.unread) == (7, unread)
    assert "request" in node.awaited
    assert "answer" not in node.awaited
    node.close()


def carrier(at: Any, channel: str = "a" * 64) -> Carrier:
    return Carrier(v=1, sender=ONE, recipient=OTHER, channel=channel, sequence=1, sent_at=at)


@given(
    st.lists(st.integers(0, 40), max_size=60),
    st.integers(1, 5),
    st.sampled_from(["a" * 64, "control"]),
)
def test_no_minute_lets_more_through_than_its_bound(
    steps: list[int], most: int, channel: str
) -> None:
    """Whatever the clock does: in any minute that the node counts, at most `most` pass."""
    pace = Pace(Intake(messages=most, control=most))
    at, passed = NOON, []
    for step in steps:
        at += timedelta(seconds=step)
        try:
            pace.came(carrier(at, channel), 1, at)
        except RefusedForNow:
            continue
        passed.append(at)
    for first in passed:
        within = [each for each in passed if first <= each < first + MINUTE]
        assert len(within) <= 2 * most


def test_a_clock_that_is_set_back_begins_a_new_minute() -> None:
    pace = Pace(Intake(messages=1))
    pace.came(carrier(NOON), 1, NOON)
    with pytest.raises(RefusedForNow) as raised:
        pace.came(carrier(NOON), 1, NOON)
    assert raised.value.params == {"seconds": "60"}
    back = NOON - timedelta(days=1)
    pace.came(carrier(back), 1, back)
