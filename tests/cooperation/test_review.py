"""Four eyes: nobody approves his own work, and what goes out is what was approved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from taawun.cooperation.agreement import Service
from taawun.cooperation.exchange.gate import place
from taawun.cooperation.message import Message
from taawun.cooperation.requests import information, review
from taawun.cooperation.requests import life as requests
from taawun.cooperation.requests.review import (
    TABLE,
    DraftState,
    MessageDraft,
    ReviewPolicy,
    needs_second,
    officer,
)
from taawun.errors import NotFound, Refused, UsageError
from taawun.store import journal
from taawun.store.tables.exchange import outbox
from taawun.store.tables.requests import draft_steps, draft_texts
from tests.cooperation import exchanged as said
from tests.cooperation.exchanged import ONE, OTHER, Letters, changed, passage

AMAL, BADR = "amal", "badr"


class Bench(Letters):
    """Officers of XA at work on drafts."""

    def write(self, message: Message, by: str = AMAL) -> MessageDraft:
        with self.region[ONE].begin() as unit:
            return review.write(unit, message, at=self.now, actor=by)

    def propose(self, message: Message, by: str = AMAL) -> MessageDraft:
        with self.region[ONE].begin() as unit:
            return review.propose(unit, message.id, at=self.now, actor=by)

    def approve(self, message: Message, by: str = BADR, sha256: str = "") -> MessageDraft:
        seen = sha256 or self.draft(message).sha256
        with self.region[ONE].begin() as unit:
            return review.approve(unit, message.id, seen, at=self.now, actor=by)

    def reject(self, message: Message, by: str = BADR, reason: str = "too wide") -> MessageDraft:
        with self.region[ONE].begin() as unit:
            return review.reject(unit, message.id, reason, at=self.now, actor=by)

    def abandon(self, message: Message, by: str = AMAL) -> MessageDraft:
        with self.region[ONE].begin() as unit:
            return review.abandon(unit, message.id, "settled by telephone", at=self.now, actor=by)

    def go(self, message: Message, by: str = AMAL) -> None:
        with self.region[ONE].begin() as unit:
            review.send(unit, message.id, place, at=self.now, actor=by)

    def draft(self, message: Message) -> MessageDraft:
        with self.region[ONE].store.reading() as connection:
            return review.draft(connection, message.id, self.now)

    def policy(self, **said: Any) -> None:
        with self.region[ONE].begin() as unit:
            review.set_policy(unit, ReviewPolicy(**said), at=self.now, actor="chief")

    def needs(self, message: Message) -> bool:
        with self.region[ONE].store.reading() as connection:
            return needs_second(connection, message)

    def placed(self) -> list[str]:
        with self.region[ONE].store.reading() as connection:
            return list(connection.execute(sa.select(outbox.c.message)).scalars())


@pytest.fixture(scope="module")
def four(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """An agreement that asks for a second officer for whatever is asked."""
    made = Bench(tmp_path_factory.mktemp("four"), four_eyes=(Service.ASK,))
    yield made
    made.close()


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path, four_eyes=(Service.ASK,))
    yield made
    made.close()


def ground(call: Any, *args: Any, **more: Any) -> str:
    with pytest.raises(Refused) as found:
        call(*args, **more)
    return found.value.ground


def ready(bench: Bench) -> Message:
    """A request that was written and proposed by Amal."""
    message = bench.request()
    bench.write(message)
    bench.propose(message)
    return message


def test_a_request_goes_out_with_two_officers(four: Bench) -> None:
    message = ready(four)
    four.approve(message)
    four.go(message)
    assert four.draft(message).state is DraftState.SENT
    assert message.id in four.placed()
    assert four.state(ONE, message) == "waiting"
    four.deliver(message)
    assert four.states(message) == ("sent", "received")


@pytest.mark.parametrize("steps", ["", "propose", "propose reject", "propose approve change"])
def test_without_a_second_officer_it_does_not(four: Bench, steps: str) -> None:
    message = four.request()
    four.write(message)
    for step in steps.split():
        if step == "change":
            four.write(four.request(id=message.id, thread=message.id))
        else:
            getattr(four, step)(message)
    assert ground(four.go, message) == "review.needed"
    assert message.id not in four.placed()
    with four.region[ONE].store.reading() as connection, pytest.raises(NotFound):
        requests.thread(connection, message.id)


@pytest.mark.parametrize(
    "name",
    ["amal", "Amal", " AMAL ", "ＡＭＡＬ", "a\u200bmal", "am al", "\u2067amal\u2069", "Âmál"],
)
def test_nobody_approves_or_sends_back_his_own_work(four: Bench, name: str) -> None:
    message = ready(four)
    assert ground(four.approve, message, by=name) == "review.own_work"
    assert ground(four.reject, message, by=name) == "review.own_work"


def test_whoever_had_a_hand_in_it_is_no_second_officer(four: Bench) -> None:
    message = four.request()
    four.write(message, by=BADR)
    four.write(four.request(id=message.id, thread=message.id), by=AMAL)
    four.propose(message, by="chadi")
    for name in (AMAL, BADR, "chadi"):
        assert ground(four.approve, message, by=name) == "review.own_work"
    four.approve(message, by="dina")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("سلمى", "سَلْمى"),
        ("أحمد", "احمد"),
        ("سالم", "ســالم"),
        ("مؤيد", "مويد"),
        ("José", "Jose\u0301"),
        ("Zoë", "ZOE"),
        ("İlker", "ilker"),
        ("officer ٣", "officer3"),
        ("officer ۳", "officer３"),
    ],
)
def test_a_name_spelled_otherwise_is_the_same_officer(one: str, other: str) -> None:
    assert officer(one) == officer(other)


@pytest.mark.parametrize(
    ("one", "other"), [("राजु", "राजे"), ("سلمى", "سالم"), ("かき", "がき"), ("Ivan", "Iván 2")]
)
def test_other_names_are_other_officers(one: str, other: str) -> None:
    assert officer(one) != officer(other)


def test_a_draft_says_who_wrote_it_as_they_call_themselves(four: Bench) -> None:
    message = four.request()
    four.write(message, by="José Núñez")
    four.write(four.request(id=message.id, thread=message.id), by="JOSE NUNEZ")
    four.propose(message, by="سَلمى")
    assert four.draft(message).wrote == ("José Núñez", "سَلمى")


@given(st.text(min_size=1, max_size=12))
def test_one_officer_by_any_spelling(name: str) -> None:
    try:
        known = officer(name)
    except UsageError:
        return
    for other in (name.upper().lower(), f"  {name}\t", f"{name}\u200d", name.casefold()):
        if other.casefold() == name.casefold() or other.strip() == name.strip():
            assert officer(other) == known
    assert officer(known) == known


@pytest.mark.parametrize("unseen", ["\u034f", "\u115f", "\u2800", "\u3164", "\ufe0f", "\U000e0100"])
def test_a_letter_that_nobody_sees_makes_no_second_officer(four: Bench, unseen: str) -> None:
    message = four.request()
    four.write(message, by=AMAL)
    four.propose(message, by=AMAL)
    assert ground(four.approve, message, by=f"{AMAL}{unseen}") == "review.own_work"


def test_somebody_does_it(four: Bench) -> None:
    for nobody in ("", "  ", "\u200b"):
        with pytest.raises(UsageError):
            four.write(four.request(), by=nobody)


def test_what_was_read_is_what_is_approved(four: Bench) -> None:
    message = ready(four)
    read = four.draft(message).sha256
    body = changed(said.REQUEST, "reference", "XA/2026/115")
    four.write(four.request(body, id=message.id, thread=message.id))
    assert ground(four.approve, message) == "review.state"
    four.propose(message)
    assert ground(four.approve, message, sha256=read) == "review.changed"
    four.approve(message)


def test_a_changed_draft_loses_its_approval_and_may_have_it_again(four: Bench) -> None:
    message = ready(four)
    four.approve(message)
    body = changed(said.REQUEST, "facts", passage("Other facts"))
    assert four.write(four.request(body, id=message.id, thread=message.id)).version == 2
    assert four.draft(message).state is DraftState.DRAFTED
    assert ground(four.go, message) == "review.needed"
    four.propose(message)
    four.approve(message)
    four.go(message)


def test_a_text_that_was_changed_behind_the_software_does_not_go(fresh: Bench) -> None:
    message = ready(fresh)
    fresh.approve(message)
    body = changed(said.REQUEST, "facts", passage("Other facts"))
    other = fresh.request(body, id=message.id, thread=message.id).canonical().decode()
    with fresh.region[ONE].begin() as unit:
        unit.connection.exec_driver_sql("DROP TRIGGER draft_texts_never_changed")
        unit.connection.execute(sa.update(draft_texts).values(content=other))
    assert ground(fresh.go, message) == "review.changed"


def test_an_approval_runs_out(fresh: Bench) -> None:
    message = ready(fresh)
    fresh.approve(message)
    fresh.later(hours=72)
    assert fresh.draft(message).state is DraftState.EXPIRED
    assert ground(fresh.go, message) == "review.expired"
    fresh.propose(message)
    fresh.approve(message)
    fresh.later(hours=71, minutes=59)
    fresh.go(message)
    assert fresh.draft(message).state is DraftState.SENT


def test_a_draft_that_was_sent_back_says_why(four: Bench) -> None:
    message = ready(four)
    with pytest.raises(UsageError):
        four.reject(message, reason="  ")
    assert four.reject(message).reason == "too wide"
    assert ground(four.approve, message) == "review.state"
    assert ground(four.propose, message) == "review.state"
    four.write(four.request(id=message.id, thread=message.id))
    four.propose(message)


def test_an_approval_may_be_taken_back(four: Bench) -> None:
    message = ready(four)
    four.approve(message)
    four.reject(message, by="dina", reason="the case is closed")
    assert ground(four.go, message) == "review.needed"


def test_what_is_given_up_leaves_no_text(four: Bench) -> None:
    message = ready(four)
    found = four.abandon(message)
    assert found.state is DraftState.ABANDONED
    with four.region[ONE].store.reading() as connection:
        with pytest.raises(NotFound):
            review.message_of(connection, found)
        assert message.id not in {each.id for each in review.drafts(connection, four.now)}
        every = review.drafts(connection, four.now, open_only=False)
    assert message.id in {each.id for each in every}
    assert ground(four.write, message) == "review.state"


def test_what_went_out_leaves_no_draft(four: Bench) -> None:
    message = ready(four)
    four.approve(message)
    four.go(message)
    with four.region[ONE].store.reading() as connection:
        query = sa.select(draft_texts.c.draft).where(draft_texts.c.draft == message.id)
        assert connection.execute(query).first() is None
    with pytest.raises(NotFound):
        four.go(message)


def test_a_draft_goes_with_the_information_in_it(fresh: Bench) -> None:
    asked = fresh.post(fresh.request())
    answer = fresh.post(fresh.answer(asked))
    kept = fresh.item(ONE, answer)
    item = {**said.ITEM, "answers": [], "origins": [each.plain() for each in kept.origins]}
    body = {**said.DISCLOSURE, "country": "XC", "items": [item]}
    caveats = [fresh.caveats(ONE), fresh.caveats(OTHER)]
    message = fresh.message("disclosure", body, ONE, "XC-FIU", caveats=caveats)
    other = fresh.request()
    fresh.write(message)
    fresh.write(other)
    with fresh.region[ONE].begin() as unit:
        information.delete(unit, [kept], at=fresh.now, actor=AMAL, reason="not needed")
    with fresh.region[ONE].store.reading() as connection:
        with pytest.raises(NotFound):
            review.message_of(connection, fresh.draft(message))
        assert review.message_of(connection, fresh.draft(other)) == other
        (line,) = [x for x in journal.lines(connection) if x.action == "information.deleted"]
    assert message.id in line.details
    without = {**body, "items": [{**item, "origins": [], "attachments": []}]}
    rewritten = fresh.message(
        "disclosure", without, ONE, "XC-FIU", id=message.id, thread=message.id
    )
    assert fresh.write(rewritten).version == 2


def test_a_draft_stays_what_it_is(four: Bench) -> None:
    message = four.request()
    four.write(message)
    body = {**said.REQUEST, "country": "XC"}
    other = four.request(body, id=message.id, thread=message.id, recipient="XC-FIU")
    assert ground(four.write, other) == "review.other_message"
    broken = four.request({"reference": "?"})
    assert ground(four.write, broken) == "wire.missing_field"


def test_a_second_officer_is_not_bothered_with_what_does_not_fit(four: Bench) -> None:
    message = four.request({**said.REQUEST, "country": "XC"})
    four.write(message)
    assert ground(four.propose, message) == "request.country"


# Who needs one


def test_the_agreement_decides_by_service(four: Bench) -> None:
    asked = four.request()
    assert four.needs(asked)
    assert four.needs(four.message("onward_request", said.ONWARD_REQUEST))
    assert not four.needs(four.message("disclosure", said.DISCLOSURE, OTHER, ONE))
    assert not four.needs(four.message("acknowledgement", said.ACKNOWLEDGEMENT, to=asked))


def test_the_authority_may_ask_for_more(fresh: Bench) -> None:
    disclosed = fresh.message("disclosure", {**said.DISCLOSURE, "country": "XB"})
    assert not fresh.needs(disclosed)
    fresh.policy(kinds=frozenset({"disclosure"}), hours=8)
    assert fresh.needs(disclosed)
    frozen = fresh.message("freeze_request", said.FREEZE)
    assert not fresh.needs(frozen)
    fresh.policy(services=frozenset({Service.FREEZE}))
    assert fresh.needs(frozen)
    assert not fresh.needs(disclosed), "the newest policy is in force, and no other"
    assert fresh.needs(fresh.request()), "less than the agreement it cannot ask for"
    with fresh.region[ONE].store.reading() as connection:
        assert review.policy(connection) == ReviewPolicy(services=frozenset({Service.FREEZE}))
        lines = [line for line in journal.lines(connection) if line.action == "review.policy"]
    assert [line.actor for line in lines] == ["chief", "chief"]


def test_a_policy_makes_sense(fresh: Bench) -> None:
    for wrong in ({"kinds": frozenset({"gossip"})}, {"hours": 0}, {"hours": 10_000}):
        with pytest.raises(UsageError):
            fresh.policy(**wrong)


def test_a_policy_that_comes_later_holds_what_waits(fresh: Bench) -> None:
    message = fresh.message("disclosure", {**said.DISCLOSURE, "country": "XB"})
    fresh.write(message)
    fresh.policy(kinds=frozenset({"disclosure"}))
    assert ground(fresh.go, message) == "review.needed"
    fresh.policy()
    fresh.go(message)


def test_consenting_needs_one_too(fresh: Bench) -> None:
    asked = fresh.post(
        fresh.request(sender=OTHER, recipient=ONE, body=said.REQUEST | {"country": "XA"})
    )
    answer = fresh.post(fresh.answer(asked))
    body = {**said.ONWARD_REQUEST, "items": [{"message": answer.id, "item": 1}]}
    wanted = fresh.post(fresh.message("onward_request", body, OTHER, ONE))
    decision = fresh.message(
        "onward_decision", {**said.GIVEN, "items": body["items"]}, ONE, OTHER, to=wanted
    )
    fresh.write(decision)
    assert ground(fresh.go, decision) == "review.needed"
    fresh.propose(decision)
    fresh.approve(decision)
    fresh.go(decision)
    assert fresh.state(ONE, wanted) == "consented"


# What a suspension does


def test_a_suspension_leaves_drafts_and_approvals_and_stops_the_sending(fresh: Bench) -> None:
    message, written = ready(fresh), fresh.request()
    fresh.approve(message)
    fresh.does(OTHER, "suspend", reason="a court said so")
    fresh.write(written)
    assert ground(fresh.go, message) == "permit.suspended"
    assert fresh.draft(message).state is DraftState.APPROVED
    assert fresh.draft(written).state is DraftState.DRAFTED
    fresh.later(hours=1)
    fresh.does(OTHER, "resume", lifts=2)
    fresh.go(message)
    fresh.deliver(message)
    assert fresh.states(message) == ("sent", "received")


# History


def test_who_did_what_is_in_the_journal(fresh: Bench) -> None:
    message = ready(fresh)
    fresh.approve(message)
    fresh.go(message, by="chadi")
    with fresh.region[ONE].store.reading() as connection:
        told = [
            (line.action, line.actor)
            for line in journal.lines(connection)
            if line.subject == message.id
        ]
        assert journal.verify(connection, fresh.region[ONE].home).whole
    assert told == [
        ("draft.change", AMAL),
        ("draft.propose", AMAL),
        ("draft.approve", BADR),
        ("thread.open", "chadi"),
        ("message.placed", "chadi"),
        ("draft.send", "chadi"),
    ]


def test_a_refused_sending_leaves_no_trace(fresh: Bench) -> None:
    message = ready(fresh)
    fresh.approve(message)
    fresh.does(ONE, "end", reason="no more")
    with fresh.region[ONE].store.reading() as connection:
        before = list(journal.lines(connection))
    assert ground(fresh.go, message) == "permit.ended"
    with fresh.region[ONE].store.reading() as connection:
        assert list(journal.lines(connection)) == before
        with pytest.raises(NotFound):
            requests.thread(connection, message.id)


def test_steps_are_history(four: Bench) -> None:
    ready(four)
    for statement in (sa.delete(draft_steps), sa.update(draft_texts).values(content="")):
        with pytest.raises(IntegrityError), four.region[ONE].begin() as unit:
            unit.connection.execute(statement)


def test_the_table_ends_where_it_says() -> None:
    assert {state for state in DraftState if not TABLE[state]} == {
        DraftState.SENT,
        DraftState.ABANDONED,
    }
    reached = {DraftState.DRAFTED, DraftState.EXPIRED}
    while more := {to for state in reached for to in TABLE[state].values()} - reached:
        reached |= more
    assert reached == set(DraftState)
    assert timedelta(hours=ReviewPolicy().hours) == timedelta(days=3)
