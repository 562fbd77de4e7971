"""What cannot be taken yet waits at its sender: signatures, resumptions and times on their way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from taawun.cooperation import agreements
from taawun.cooperation.act import ACT, Act, Deed, Scope
from taawun.cooperation.agreement import Agreement
from taawun.cooperation.exchange import reach
from taawun.cooperation.exchange.courier import Courier, no_jitter
from taawun.cooperation.permit import WAITS, Direction
from taawun.cooperation.standing import State
from taawun.cooperation.trust import signing
from taawun.cooperation.trust.party import CooperationField
from taawun.errors import Refused, RefusedForNow
from tests.cooperation.authorities import NOON, START, Region, region, terms
from tests.cooperation.exchanging import ONE, OTHER, Town, request
from tests.cooperation.test_courier import until
from tests.cooperation.test_exchange import by_hand

THIRD = "XC-FIU"
HOUR = timedelta(hours=1)


@pytest.fixture
def three(tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path, ONE, OTHER, THIRD)
    yield made
    made.check()
    made.close()


def half_known(town: Town, **more: Any) -> Agreement:
    """An agreement of three that all have signed; OTHER has not heard of THIRD's signature."""
    title = {"en": "Signed by the third last of all"}
    pact = terms(f"{ONE}, {OTHER}, {THIRD}: *; *; *; *", title=title, **more)
    for code in (ONE, OTHER, THIRD):
        office = town.region[code]
        office.does(pact, "sign", at=town.now)
        for message in agreements.told(office.known(), pact.id, town.now):
            if (code, message.recipient) != (THIRD, OTHER):
                with town.region[message.recipient].begin() as unit:
                    agreements.HANDLERS[message.kind](unit, message, town.now)
    return pact


def told_at_last(town: Town, pact: Agreement) -> None:
    """THIRD's signature goes to OTHER by the post."""
    known = town.region[THIRD].known()
    town.place(agreements.proposal(known, pact.id, OTHER, town.now), THIRD)


def test_what_comes_before_the_third_signature_waits_and_arrives_with_it(three: Town) -> None:
    pact = half_known(three)
    ids = [three.place(request(pact)).id for _ in range(3)]
    assert three.carry() == 0
    assert set(three.states()) == {"trying"}
    assert three.grounds()[0] == "permit.unsigned"
    told_at_last(three, pact)
    three.carry(THIRD)
    assert three.carry() == 3
    assert three.effects() == ids


def test_another_agreement_is_not_held_up_by_it(three: Town) -> None:
    """The partner answers: what it keeps back of one agreement makes nothing else wait."""
    pact = half_known(three)
    three.place(request(pact))
    for _ in range(12):
        three.carry()
    with three.nodes[ONE].store.reading() as connection:
        assert not reach.of(connection, OTHER).due(three.now)
    three.asks(1)
    with three.nodes[ONE].store.reading() as connection:
        assert reach.of(connection, OTHER).due(three.now)
    three.carry()
    assert three.states() == ["trying", "delivered"]


def test_an_act_is_tried_at_once_whatever_was_before(three: Town) -> None:
    three.post.down.add(OTHER)
    three.asks(1)
    for _ in range(12):
        three.carry()
    three.does(ONE, "suspend", reason="a law changed")
    with three.nodes[ONE].store.reading() as connection:
        assert reach.of(connection, OTHER).due(three.now)


def test_a_node_that_hears_of_a_signature_calls_whoever_waits_for_it(three: Town) -> None:
    pact = half_known(three)
    [id] = [three.place(request(pact)).id]
    for _ in range(12):
        three.carry()  # minutes until it is tried again
    here, there = (
        Courier(three.nodes[code], three.post, three.clock, no_jitter, look=0.01)
        for code in (OTHER, ONE)
    )
    here.start()
    until(lambda: len({partner for partner, _ in three.post.sent}) == 3)
    there.start()
    told_at_last(three, pact)
    three.carry(THIRD)
    until(lambda: three.effects() == [id])
    here.stop()
    there.stop()


def may(office: Any, pact: Agreement, partner: str, **said: Any) -> str:
    """Whether OTHER may take a request now: "", "later", or the ground."""
    try:
        office.may(pact, partner, said.pop("at", NOON), direction=Direction.IN, **said)
    except RefusedForNow:
        return "later"
    except Refused as refused:
        return refused.ground
    return ""


def test_what_cannot_come_any_more_is_refused_for_good(three: Town) -> None:
    pact = half_known(three, valid_until=NOON + 24 * HOUR)
    office = three.region[OTHER]
    assert may(office, pact, ONE, made_at=NOON) == "later"
    assert may(office, pact, ONE, made_at=NOON - WAITS) == "later"
    assert may(office, pact, ONE, made_at=NOON - WAITS - HOUR) == "permit.unsigned"
    assert may(office, pact, ONE, at=NOON + 24 * HOUR) == "permit.unsigned", "it has run out"
    ours = terms(f"{ONE}, {OTHER}: *; *; *; *", title={"en": "Not signed here"})
    three.region[ONE].does(ours, "sign", at=NOON)
    three.region.post(ours, ONE, NOON)
    assert may(office, ours, ONE, made_at=NOON) == "permit.unsigned", "whether we sign, we know"


def test_a_sender_is_never_told_to_wait_by_itself(three: Town) -> None:
    pact = half_known(three)
    with pytest.raises(Refused) as raised:
        three.region[OTHER].may(pact, ONE, NOON)
    assert not isinstance(raised.value, RefusedForNow)


def test_a_validity_that_begins_within_the_clocks_difference_is_waited_for(tmp_path: Path) -> None:
    with region(tmp_path, ONE, OTHER) as two:
        pact = two.in_force(terms(f"{ONE}, {OTHER}: *; *; *; *", valid_from=NOON))
        office = two[OTHER]
        assert may(office, pact, ONE, at=NOON - timedelta(seconds=300)) == "later"
        assert may(office, pact, ONE, at=NOON - timedelta(seconds=301)) == "permit.not_yet"
        assert may(office, pact, ONE) == ""


def test_whoever_suspended_and_sends_may_have_resumed(three: Town) -> None:
    three.does(ONE, "suspend", reason="a law changed")
    three.carry()
    assert by_hand(three, request(three.mou)) == "permit.suspended", "no receipt"
    three.does(ONE, "resume", lifts=2)
    three.carry()
    receipt = by_hand(three, request(three.mou))
    assert not isinstance(receipt, str)
    assert receipt.outcome.value == "accepted"


def test_so_with_a_part_of_it(three: Town) -> None:
    scope = Scope(fields=(CooperationField(three.mou.fields[0]),))
    three.does(ONE, "suspend", reason="a law changed", scope=scope)
    three.carry()
    assert by_hand(three, request(three.mou)) == "permit.suspended_in_part"


def test_what_this_node_suspended_is_refused_for_good_though_the_sender_did_too(
    three: Town,
) -> None:
    three.does(ONE, "suspend", reason="a law changed")
    three.does(OTHER, "suspend", reason="so did ours")
    three.carry()
    receipt = by_hand(three, request(three.mou))
    assert not isinstance(receipt, str)
    assert (receipt.outcome.value, receipt.ground) == ("refused", "permit.suspended")


def test_a_sender_that_suspends_while_its_message_waits_takes_its_number_back(three: Town) -> None:
    pact = half_known(three)
    three.place(request(pact))
    three.carry()
    office = three.region[ONE]
    office.does(pact, "suspend", at=three.now, reason="in the end not")
    for message in agreements.told(office.known(), pact.id, three.now):
        three.place(message)
    three.carry()
    three.carry()
    assert (three.states()[0], three.effects()) == ("withheld", [])


# Acts that are dated ahead


def dated(two: Region, deed: str, ahead: timedelta, number: int, **said: Any) -> None:
    """An act of ONE's reaches OTHER at noon, dated so much ahead."""
    [pact] = two[ONE].known().agreements.values()
    at = NOON + ahead
    act = Act(
        agreement=pact.id,
        party=ONE,
        number=number,
        deed=Deed(deed),
        at=at,
        **{"effective_at": at, "reason": "a court said so", **said},
    )
    signed = signing.sign(act.canonical(), two[ONE].keys.signing(NOON), ACT)
    body = agreements.ActBody(agreement=pact.id, acts=(signed,))
    message = agreements.control(ONE, OTHER, "act", body, NOON)
    with two[OTHER].begin() as unit:
        agreements.HANDLERS["act"](unit, message, NOON)


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Region]:
    with region(tmp_path, ONE, OTHER) as made:
        made.in_force(terms(f"{ONE}, {OTHER}: *; *; *; *"))
        yield made


def standing(two: Region, at: Any) -> State:
    known = two[OTHER].known()
    [id] = known.agreements
    return agreements.between(known, id, ONE, at).state


@pytest.mark.parametrize("ahead", [timedelta(seconds=301), timedelta(days=365 * 100)])
def test_a_suspension_that_is_dated_ahead_counts_from_its_arrival(
    two: Region, ahead: timedelta
) -> None:
    dated(two, "suspend", ahead, 2, scope=Scope())
    assert standing(two, NOON) is State.SUSPENDED
    assert standing(two, NOON - timedelta(seconds=1)) is State.IN_FORCE
    with two[OTHER].store.reading() as connection:
        said = connection.exec_driver_sql(
            "SELECT details FROM journal WHERE action = 'agreement.suspend'"
        ).scalar_one()
    assert f'"dated":"{(NOON + ahead).isoformat()[:10]}' in said


def test_what_follows_it_is_not_held_up(two: Region) -> None:
    ahead = timedelta(days=400)
    dated(two, "suspend", ahead, 2, scope=Scope())
    dated(two, "resume", ahead, 3, lifts=2)
    assert standing(two, NOON) is State.IN_FORCE
    dated(two, "end", ahead + HOUR, 4)
    assert standing(two, NOON) is State.ENDED


def test_what_was_announced_counts_from_the_day_it_says(two: Region) -> None:
    later = NOON + timedelta(days=500)
    dated(two, "suspend", timedelta(days=400), 2, scope=Scope(), effective_at=later)
    assert standing(two, NOON) is State.IN_FORCE
    assert standing(two, later) is State.SUSPENDED


def test_a_clock_that_was_far_ahead_and_is_right_again_keeps_nobody_from_suspending(
    three: Town,
) -> None:
    """The control channel goes on, whatever date the act before bears."""
    three.now = NOON + timedelta(days=300)
    three.region[ONE].does(three.mou, "suspend", at=three.now, reason="first")
    three.now = NOON
    three.does(ONE, "suspend", reason="second")
    three.carry()
    known = three.region[OTHER].known()
    assert agreements.between(known, three.mou.id, ONE, NOON).state is State.SUSPENDED
    own = three.region[ONE].known()
    assert agreements.between(own, three.mou.id, OTHER, NOON).state is State.SUSPENDED
    assert START < NOON
