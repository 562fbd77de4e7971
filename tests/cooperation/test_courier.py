"""The courier: side by side, with back-off, woken up, stopped cleanly; the outbox's own order."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taawun.cooperation.exchange import outbox, reach
from taawun.cooperation.exchange.courier import Courier, Turn, no_jitter, run_once
from taawun.cooperation.exchange.delivery import greet
from taawun.cooperation.exchange.outbox import OutboxState
from taawun.cooperation.trust import parties
from taawun.cooperation.wire import moment_of
from taawun.errors import StoreError, Unavailable
from taawun.store.database import Watch
from tests.cooperation.exchanging import ONE, OTHER, Town, request

THIRD = "XC-FIU"


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path, ONE, OTHER, THIRD)
    yield made
    made.check()
    made.close()


def running(town: Town, **said: Any) -> Courier:
    courier = Courier(
        town.nodes[ONE], town.post, town.clock, no_jitter, look=0.01, anyway=0.1, **said
    )
    courier.start()
    return courier


def until(found: Any, seconds: float = 90) -> None:
    """Wait until something is so."""
    done = threading.Event()
    for _ in range(int(seconds * 100)):
        if found():
            return
        done.wait(0.01)
    raise AssertionError("it never came about")


def test_it_delivers_what_is_placed_while_it_runs(town: Town) -> None:
    courier = running(town)
    placed = town.asks(5)
    until(lambda: town.states().count("delivered") == 5)
    placed += town.asks(3)
    until(lambda: town.states().count("delivered") == 8)
    courier.stop()
    assert town.effects() == placed


class BrokenPin:
    """The post, but for one partner: the file with its certificate cannot be read."""

    def __init__(self, town: Town, partner: str) -> None:
        self.town, self.partner = town, partner

    def send(self, partner: str, address: str, body: bytes) -> bytes:
        if partner == self.partner:
            raise StoreError("tls/XB-FIU.pem: no usable certificate")
        return self.town.post.send(partner, address, body)


def test_a_certificate_that_cannot_be_read_stops_its_partner_alone(town: Town) -> None:
    town.asks(2)
    placed = [town.place(request(town.mou, ONE, THIRD)).id for _ in range(2)]
    run_once(town.nodes[ONE], BrokenPin(town, OTHER), town.clock)
    assert town.effects(THIRD) == placed
    with town.nodes[ONE].store.reading() as connection:
        found = reach.of(connection, OTHER)
    assert (found.ground, found.down_since) == ("exchange.certificate", "")


def test_a_slow_partner_holds_nobody_up(town: Town) -> None:
    free, reached = threading.Event(), threading.Event()
    real = town.post.addresses[OTHER]

    def slow(raw: bytes) -> bytes:
        reached.set()
        assert free.wait(30)
        return real(raw)

    town.post.at(OTHER, slow)
    held = town.asks(1)
    courier = running(town)
    until(reached.is_set)
    aside = [town.place(request(town.mou, ONE, THIRD)).id for _ in range(3)]
    until(lambda: len(town.effects(THIRD)) == 3)
    assert (town.effects(THIRD), town.effects()) == (aside, [])
    free.set()
    until(lambda: town.effects() == held)
    courier.stop()


def test_it_stops_after_the_round_that_is_under_way(town: Town) -> None:
    free, reached = threading.Event(), threading.Event()
    real = town.post.addresses[OTHER]

    def slow(raw: bytes) -> bytes:
        reached.set()
        assert free.wait(30)
        return real(raw)

    town.post.at(OTHER, slow)
    town.asks(1)
    courier = running(town)
    until(reached.is_set)
    stopping = threading.Thread(target=courier.stop)
    stopping.start()
    free.set()
    stopping.join(30)
    assert not stopping.is_alive()
    assert town.states() == ["delivered"]
    sent = len(town.post.sent)
    town.asks(1)
    assert len(town.post.sent) == sent


def test_duties_are_done_between_deliveries_and_a_bug_in_one_stops_nobody(town: Town) -> None:
    done: list[str] = []

    def broken(node: Any, at: Any) -> None:
        done.append("broken")
        raise RuntimeError("a bug")

    def fine(node: Any, at: Any) -> None:
        done.append("fine")

    town.nodes[ONE].duties[:] = [broken, fine]
    courier = running(town)
    placed = town.asks(1)
    until(lambda: done.count("fine") >= 3 and town.effects() == placed)
    courier.stop()


def test_a_fault_of_the_store_is_lived_through(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    from taawun.cooperation.exchange import courier as module
    from taawun.errors import StoreError

    real = module.reconsider
    failed: list[int] = []

    def full(*given: Any) -> None:
        if len(failed) < 3:
            failed.append(1)
            raise StoreError("disk full")
        real(*given)

    monkeypatch.setattr(module, "reconsider", full)
    courier = running(town)
    placed = town.asks(1)
    until(lambda: town.effects() == placed)
    courier.stop()
    assert len(failed) == 3


def sent_to(town: Town, partner: str) -> int:
    return [code for code, _ in town.post.sent].count(partner)


def waited(town: Town) -> float:
    with town.nodes[ONE].store.reading() as connection:
        found = reach.of(connection, OTHER)
    return (moment_of(found.next_try) - town.now).total_seconds()


def test_the_time_between_attempts_doubles_up_to_minutes(town: Town) -> None:
    town.post.down.add(OTHER)
    town.asks(1)
    found = []
    for _ in range(12):
        town.carry()
        found.append(waited(town))
    assert found[:5] == [1, 2, 4, 8, 16]
    assert found[-1] == reach.LONGEST
    town.post.down.clear()
    town.carry()
    assert town.states() == ["delivered"]


def test_jitter_is_what_was_handed_in(town: Town) -> None:
    town.post.down.add(OTHER)
    town.asks(1)
    run_once(town.nodes[ONE], town.post, town.clock, jitter=lambda seconds: seconds / 4)
    assert waited(town) == 0.25


def test_a_partner_that_is_not_due_is_left_alone_until_it_is(town: Town) -> None:
    town.post.down.add(OTHER)
    town.asks(1)
    for _ in range(8):
        town.carry()
    courier = running(town)  # it greets them both, and one does not answer
    town.place(request(town.mou, ONE, THIRD))
    until(lambda: len(town.effects(THIRD)) == 1 and sent_to(town, OTHER) == 9)
    town.post.down.clear()
    sent = len(town.post.sent)
    town.place(request(town.mou, ONE, THIRD))
    until(lambda: len(town.effects(THIRD)) == 2)
    assert [partner for partner, _ in town.post.sent[sent:]] == [THIRD]
    town.later(seconds=200)
    until(lambda: len(town.effects()) == 1)
    courier.stop()


def test_a_partner_that_calls_is_tried_at_once(town: Town) -> None:
    town.post.down.add(OTHER)
    town.asks(1)
    for _ in range(8):
        town.carry()
    town.post.down.clear()
    town.place(request(town.mou, OTHER, ONE), OTHER)
    town.carry(OTHER)
    courier = running(town)
    until(lambda: len(town.effects()) == 1)
    courier.stop()


def test_what_is_withheld_goes_on_by_itself_when_its_permit_is_back(town: Town) -> None:
    placed = town.asks(2)
    town.does(ONE, "suspend", reason="a law changed")
    courier = running(town)
    until(lambda: town.states()[:2] == ["withheld", "withheld"])
    town.does(ONE, "resume", lifts=2, reason="it changed back")
    until(lambda: town.effects() == placed)
    courier.stop()


def test_only_the_partners_that_were_asked_for(town: Town) -> None:
    town.asks(1)
    town.place(request(town.mou, ONE, THIRD))
    assert run_once(town.nodes[ONE], town.post, town.clock, partners=(THIRD,)) == 1
    assert (len(town.effects()), len(town.effects(THIRD))) == (0, 1)
    town.carry()


def test_a_full_bundle_is_bounded_in_number_and_size(town: Town) -> None:
    placed = town.asks(70)
    placed += town.asks(5, body={"text": ["x" * 1000] * 1500})
    town.carry()
    assert town.effects() == placed
    from taawun.cooperation.exchange import bundle

    sizes = [len(raw) for _, raw in town.post.sent]
    assert max(sizes) <= bundle.MOST_BYTES
    assert len(sizes) == 2 + 4  # of the large ones, none goes with another


def test_nobody_answers_for_a_partner_without_a_key_to_seal_to(town: Town) -> None:
    """Nothing is lost where a card lacks what is needed: it waits, and the ground says why."""
    town.later(days=401)
    town.asks(1)
    town.carry()
    with town.nodes[ONE].store.reading() as connection:
        assert reach.of(connection, OTHER).ground.startswith("key.")
        assert outbox.tally(connection)[OTHER] == {OutboxState.TRYING: 1}
    town.now -= timedelta(days=401)
    town.carry()


def test_unavailable_is_not_raised_to_whoever_carries(town: Town) -> None:
    def gone(raw: bytes) -> bytes:
        raise Unavailable("gone")

    real = town.post.addresses[OTHER]
    town.post.at(OTHER, gone)
    town.asks(1)
    assert town.carry() == 0
    town.post.at(OTHER, real)
    assert town.carry() == 1


@given(st.lists(st.sampled_from(["plain", "urgent"]), max_size=8), st.integers(1, 8))
def test_the_order_of_what_is_open(tmp_path_factory: Any, kinds: list[str], most: int) -> None:
    town = Town(tmp_path_factory.mktemp("town"))
    for kind in kinds:
        town.asks(1, urgent=kind == "urgent")
    with town.nodes[ONE].store.reading() as connection:
        found = outbox.open_for(connection, OTHER, most)
    expected = sorted(town.outbox(), key=lambda each: (each.rank, each.number))[:most]
    assert found == expected
    town.close()


# Greetings, and when there is nothing to do


def at_rest(town: Town) -> None:
    """OTHER has something for ONE, which is down, and waits minutes before it tries again."""
    town.post.down.add(ONE)
    town.place(request(town.mou, OTHER, ONE), OTHER)
    for _ in range(12):
        town.carry(OTHER)
    town.post.down.clear()


def due(town: Town, code: str, partner: str) -> bool:
    with town.nodes[code].store.reading() as connection:
        return reach.of(connection, partner).due(town.now)


def test_a_node_that_starts_gets_at_once_what_waits_elsewhere(town: Town) -> None:
    at_rest(town)
    there = Courier(town.nodes[OTHER], town.post, town.clock, no_jitter, look=0.01)
    town.post.down.add(ONE)  # while OTHER itself starts and greets
    there.start()
    until(lambda: (sent_to(town, ONE), sent_to(town, THIRD)) == (13, 1))
    town.post.down.clear()
    assert town.states(OTHER) == ["trying"]
    here = running(town)
    until(lambda: town.states(OTHER) == ["delivered"])
    here.stop()
    there.stop()


def test_a_greeting_changes_nothing_but_whether_its_sender_is_due(town: Town) -> None:
    at_rest(town)
    assert not due(town, OTHER, ONE)
    before = lines(town, OTHER), lines(town, ONE)
    assert greet(town.nodes[ONE], OTHER, town.post, town.clock)
    assert (lines(town, OTHER), lines(town, ONE)) == before
    assert due(town, OTHER, ONE)
    town.carry(OTHER)
    town.asks(1)
    assert town.carry() == 1, "no number was taken"


def lines(town: Town, code: str) -> int:
    with town.nodes[code].store.reading() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM journal").scalar_one())


def test_a_partner_that_answers_a_greeting_is_due_here_too(town: Town) -> None:
    town.post.down.add(OTHER)
    town.asks(1)
    for _ in range(12):
        town.carry()
    assert not greet(town.nodes[ONE], OTHER, town.post, town.clock)
    assert not due(town, ONE, OTHER)
    town.post.down.clear()
    assert greet(town.nodes[ONE], OTHER, town.post, town.clock)
    assert due(town, ONE, OTHER)
    town.carry()


def test_a_greeting_is_signed_with_a_key_that_the_partner_knows(town: Town) -> None:
    at_rest(town)
    with town.region[ONE].begin() as unit:
        parties.renew(unit, town.region[ONE].keys, at=town.now, actor="officer", rotate=True)
    assert greet(town.nodes[ONE], OTHER, town.post, town.clock)
    assert due(town, OTHER, ONE)
    town.carry(OTHER)


def test_nobody_is_greeted_without_a_key_that_counts(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.post.down.add(OTHER)
    town.asks(1)
    for _ in range(12):
        town.carry()
    town.post.down.clear()
    monkeypatch.setattr("taawun.cooperation.exchange.delivery.signing_kids", lambda *_: [])
    assert not greet(town.nodes[ONE], OTHER, town.post, town.clock)
    assert not due(town, ONE, OTHER)


def test_a_stranger_makes_nobody_due(town: Town) -> None:
    at_rest(town)
    with town.region[OTHER].begin() as unit:
        kid = town.region[ONE].keys.own.keys[0].kid
        parties.revoke(unit, ONE, kid, "stolen", at=town.now, actor="officer")
    greet(town.nodes[ONE], OTHER, town.post, town.clock)
    assert not due(town, OTHER, ONE)


def test_it_is_time_to_look_when_something_was_done_or_a_moment_has_come(town: Town) -> None:
    turn = Turn(town.nodes[ONE], town.clock)
    assert turn.come()
    assert not turn.come()
    town.asks(1)
    assert (turn.come(), turn.come()) == (True, False)
    turn.due = town.now + timedelta(seconds=3)
    assert not turn.come()
    town.later(seconds=3)
    assert (turn.come(), turn.come()) == (True, False)
    turn.again()
    assert (turn.come(), turn.come()) == (True, False)
    turn.close()
    town.carry()


def test_a_store_that_cannot_be_watched_is_looked_at(town: Town, tmp_path: Path) -> None:
    """What is wrong with it is said by whoever looks, not by the thread that ends."""
    courier = running(town)
    real = Watch.changed

    def broken(self: Watch) -> bool:
        raise StoreError("gone")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Watch, "changed", broken)
        placed = town.asks(1)
        until(lambda: town.effects() == placed)
    assert Watch.changed is real
    courier.stop()
