"""Whatever is lost, cut, turned over, doubled, delayed or killed: nothing is lost, nothing doubled,
the journals are whole, and each fault has its ground."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from taawun.cooperation.exchange import courier, delivery, inbox, outbox, reach
from taawun.cooperation.exchange import gate as exchange
from taawun.cooperation.exchange.bundle import read_answers
from taawun.cooperation.exchange.gate import receive
from taawun.cooperation.exchange.transport.memory import Fault, flipped
from taawun.cooperation.trust import signing
from taawun.errors import Refused, StoreError, Unavailable
from taawun.store import open_store
from tests.cooperation.exchanging import ONE, OTHER, Town, node_of, request


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path)
    yield made
    made.check()
    made.close()


class Killed(BaseException):
    """What a kill is in these tests: nothing of ours may catch it."""


def carry_on(town: Town, code: str = ONE, rounds: int = 12) -> None:
    """Until everything is settled, time going on between the attempts."""
    for _ in range(rounds):
        town.carry(code)
        if all(state in ("delivered", "refused") for state in town.states(code)):
            return
        town.later(minutes=6)


# The line


FAULTS: list[Fault] = [
    "drop_request",
    "drop_answer",
    "double",
    "hold",
    "truncate",
    "flip",
    "truncate_answer",
    "flip_answer",
]


@pytest.mark.parametrize("fault", FAULTS)
def test_one_fault_of_the_line(town: Town, fault: Fault) -> None:
    town.post.fail(fault, place=1000)
    placed = town.asks(5)
    carry_on(town)
    assert town.effects() == placed
    assert set(town.states()) == {"delivered"}


@pytest.mark.parametrize(
    ("fault", "place", "ground"),
    [
        ("drop_request", 0, "exchange.unreachable"),
        ("drop_answer", 0, "exchange.unreachable"),
        ("truncate", 40, "bundle.malformed"),
        ("truncate_answer", 40, "bundle.answer"),
        ("flip", 0, "bundle.malformed"),
        ("flip_answer", 0, "bundle.answer"),
    ],
)
def test_what_the_officer_is_told_of_the_line(
    town: Town, fault: Fault, place: int, ground: str
) -> None:
    town.post.fail(fault, place=place)
    town.asks()
    town.carry()
    with town.nodes[ONE].store.reading() as connection:
        found = reach.of(connection, OTHER)
    assert (found.ground, found.down_since != "") == (ground, True)
    carry_on(town)
    with town.nodes[ONE].store.reading() as connection:
        assert reach.of(connection, OTHER).down_since == ""


def bundle(town: Town) -> bytes:
    """A bundle with one small message, as it went over the line; it did not arrive."""
    town.post.fail("drop_request")
    town.asks()
    town.carry()
    return town.post.sent[-1][1]


def test_a_bit_turned_over_at_any_place_is_refused_and_takes_no_number(town: Town) -> None:
    sent = bundle(town)
    grounds = set()
    for at in range(len(sent)):
        raw = receive(town.nodes[OTHER], flipped(sent, at * 8 + at % 7), town.now)
        try:
            [found] = read_answers(raw, 1)
        except Refused as refused:
            grounds.add(refused.ground)
            continue
        assert found.refused is not None, at
        grounds.add(found.refused.ground)
    assert town.effects() == []
    assert "envelope.sealed" in grounds
    assert grounds <= {
        "bundle.malformed",
        "bundle.too_many",
        *(f"envelope.{name}" for name in ("malformed", "header", "algorithm", "type", "sealed")),
        "envelope.point",
        "key.not_ours",
    }
    carry_on(town)
    assert len(town.effects()) == 1


def test_an_answer_with_a_bit_turned_over_settles_nothing(town: Town) -> None:
    town.asks()
    [placed] = town.outbox()
    for at in range(0, 700, 9):
        town.post.fail("flip_answer", place=at * 8 + 1)
        town.carry()
        if town.states() == ["delivered"]:
            # Only the spelling of what is not signed changed, or nothing that matters.
            pytest.fail(f"settled by an altered answer, byte {at}")
    assert placed.message in town.effects()
    carry_on(town)


def test_cut_short_at_any_place_it_is_refused_and_takes_no_number(town: Town) -> None:
    sent = bundle(town)
    for length in range(0, len(sent), 3):
        raw = receive(town.nodes[OTHER], sent[:length], town.now)
        with pytest.raises(Refused, match=r"bundle\.malformed"):
            read_answers(raw, 1)
    carry_on(town)


def test_an_old_bundle_played_again_has_no_second_effect(town: Town) -> None:
    placed = town.asks(3)
    town.carry()
    sent = town.post.sent[-1][1]
    for _ in range(3):
        replies = read_answers(receive(town.nodes[OTHER], sent, town.now), 3)
        assert all(each.receipt for each in replies)
    town.later(seconds=301)
    replies = read_answers(receive(town.nodes[OTHER], sent, town.now), 3)
    assert {each.refused.ground for each in replies if each.refused} == {"exchange.clock"}
    assert town.effects() == placed


def test_bundles_in_the_other_order(town: Town) -> None:
    """The first is held up on the way, and arrives after the second, which has the same in it."""
    placed = town.asks(2)
    town.post.fail("hold")
    town.carry()
    placed += town.asks(2)
    town.carry()
    assert town.effects() == placed


@given(
    steps=st.lists(
        st.one_of(
            st.sampled_from(["ask", "back", "carry", "carry back", "later", "suspend", "resume"]),
            st.tuples(st.sampled_from(FAULTS), st.integers(0, 6000)),
        ),
        max_size=30,
    )
)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_faults_in_any_order(tmp_path_factory: Any, steps: list[Any]) -> None:
    town = Town(tmp_path_factory.mktemp("town"))
    lifted: list[int] = []
    for step in steps:
        match step:
            case "ask" if not lifted:
                town.asks()
            case "back" if not lifted:
                town.place(request(town.mou, OTHER, ONE), OTHER)
            case "carry":
                town.carry()
            case "carry back":
                town.carry(OTHER)
            case "later":
                town.later(minutes=10)
            case "suspend" if not lifted:
                town.does(ONE, "suspend", reason="a law changed")
                acts = town.region[ONE].known().acts[town.mou.id]
                lifted.append(max(each.act.number for each in acts if each.act.party == ONE))
            case "resume" if lifted:
                town.does(ONE, "resume", lifts=lifted.pop(), reason="it changed back")
            case (fault, place):
                town.post.fail(fault, place=place % 300 if "truncate" in fault else place % 2000)
    if lifted:
        town.does(ONE, "resume", lifts=lifted.pop(), reason="it changed back")
    for _ in range(4):
        carry_on(town)
        carry_on(town, OTHER)
    town.check()
    for sender, receiver in ((ONE, OTHER), (OTHER, ONE)):
        went = [each.message for each in town.outbox(sender) if each.state == "delivered"]
        mine = [each.message for each in town.outbox(sender) if each.kind == "request"]
        assert sorted(town.effects(receiver)) == sorted(set(mine) & set(went))
        assert all(each.state in ("delivered", "refused") for each in town.outbox(sender))
    town.close()


# Killed


STEPS: list[tuple[Any, str]] = [
    (outbox, "give_numbers"),
    (delivery, "_sealed"),
    (delivery, "_sent"),
    (exchange, "_opened"),
    (exchange, "_kept"),
    (exchange, "_permitted"),
    (exchange, "_run"),
    (signing, "sign"),
    (inbox, "keep"),
    (exchange, "_taken"),
    (delivery, "read_answers"),
    (delivery, "_checked"),
    (delivery, "_by_receipt"),
    (outbox, "settled"),
    (reach, "answered"),
]


@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("where", "step"), STEPS, ids=[step for _, step in STEPS])
def test_killed_at_every_step_of_a_delivery(
    town: Town, monkeypatch: pytest.MonkeyPatch, where: Any, step: str, late: bool
) -> None:
    real: Callable[..., Any] = getattr(where, step)
    met = []

    def dies(*given: Any, **named: Any) -> Any:
        if late:
            real(*given, **named)
        met.append(step)
        raise Killed

    placed = town.asks(3)
    with monkeypatch.context() as dying:
        dying.setattr(where, step, dies)
        with pytest.raises(Killed):
            town.carry()
    assert met
    town.check()
    # Both homes are opened again, as after a power cut.
    for code, node in town.nodes.items():
        node.store.close()
        office = town.region[code]
        office.store = open_store(office.home)
        town.nodes[code] = node_of(office)
    carry_on(town)
    assert town.effects() == placed


SENDER = """
import sys
from pathlib import Path
from tests.cooperation.exchanging import Town
town = Town(Path(sys.argv[1]))
for number in range(100):
    town.asks(4)
    if number == 0:
        print("going", flush=True)
    town.carry()
"""


def test_killed_for_real_again_and_again(tmp_path: Path) -> None:
    """Both nodes in one process, killed by the system at some moment of its work, twenty times."""
    town = Town(tmp_path)
    town.close()
    chance = random.Random(20)
    for _ in range(20):
        child = subprocess.Popen(
            [sys.executable, "-c", SENDER, str(tmp_path)],
            cwd=Path(__file__).parents[2],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": "src"},
        )
        assert child.stdout is not None
        assert child.stdout.readline() == b"going\n"
        time.sleep(chance.uniform(0.0, 0.06))
        child.send_signal(signal.SIGKILL)
        assert child.wait() == -signal.SIGKILL
        child.stdout.close()
    town = Town(tmp_path)
    carry_on(town)
    town.check()
    placed = [each.message for each in town.outbox()]
    assert len(placed) >= 80
    assert town.effects() == placed
    town.close()


# The disk


def fill(town: Town, code: str) -> Callable[[], None]:
    """Let a node's database grow no further; gives what lets it grow again."""
    store = town.nodes[code].store

    def limited(connection: Any, *_: Any) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    event.listen(store.engine, "begin", limited)

    def free() -> None:
        event.remove(store.engine, "begin", limited)
        store.engine.dispose()

    return free


def test_the_recipients_disk_is_full(town: Town) -> None:
    placed = town.asks(3, body={"text": "x" * 60_000})
    free = fill(town, OTHER)
    town.post.addresses[OTHER] = unavailable_when_full(town)
    town.carry()
    assert town.effects() == []
    assert town.states() == ["trying"] * 3
    town.check()
    free()
    carry_on(town)
    assert town.effects() == placed


def unavailable_when_full(town: Town) -> Callable[[bytes], bytes]:
    """As the node's web answers: what could not be kept is not answered."""

    def address(raw: bytes) -> bytes:
        try:
            return receive(town.nodes[OTHER], raw, town.now)
        except StoreError:
            raise Unavailable("XB-FIU: answered with status 503") from None

    return address


def test_the_senders_disk_is_full(town: Town) -> None:
    placed = town.asks(2, body={"text": "x" * 30_000})
    free = fill(town, ONE)
    with pytest.raises(StoreError):
        town.asks(50, body={"text": "x" * 60_000})
    free()
    rest = [each.message for each in town.outbox()][len(placed) :]
    carry_on(town)
    assert town.effects() == [*placed, *rest]


def test_the_disk_fills_up_while_receipts_are_written(town: Town) -> None:
    """What was taken was taken: the receipts are asked for again once there is room."""
    placed = town.asks(2)
    real = delivery._settled

    def full(*given: Any, **named: Any) -> Any:
        raise StoreError("disk full")

    delivery._settled = full
    try:
        with pytest.raises(StoreError):
            town.carry()
    finally:
        delivery._settled = real
    assert town.effects() == placed
    assert town.states() == ["trying", "trying"]
    carry_on(town)
    assert town.effects() == placed


def test_a_partner_that_is_down_for_days_loses_nothing(town: Town) -> None:
    town.post.down.add(OTHER)
    placed = []
    since = None
    for _ in range(10):
        placed += town.asks(2)
        town.carry()
        with town.nodes[ONE].store.reading() as connection:
            found = reach.of(connection, OTHER)
        since = since or found.down_since
        assert found.down_since == since
        town.later(hours=12)
    town.post.down.clear()
    carry_on(town)
    assert town.effects() == placed


def test_the_clock_was_set_back(town: Town) -> None:
    """Whoever waits for a time that is far in the future does not wait for it."""
    town.post.down.add(OTHER)
    placed = town.asks()
    for _ in range(12):
        town.carry()
    town.later(days=-3)
    with town.nodes[ONE].store.reading() as connection:
        assert reach.of(connection, OTHER).due(town.now)
    town.post.down.clear()
    carry_on(town)
    assert town.effects() == placed
    assert courier.LOOK < 1
