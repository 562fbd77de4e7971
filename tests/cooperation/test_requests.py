"""Threads: who may say what, when; both nodes see the same; a slow twin says what is right."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy.exc import IntegrityError

from taawun.cooperation.exchange.gate import place
from taawun.cooperation.message import Message
from taawun.cooperation.requests import life as requests
from taawun.cooperation.requests.fitting import ANSWERS
from taawun.cooperation.requests.threads import (
    FROM_THE_OTHER,
    OPENERS,
    TABLES,
    Side,
    Step,
    ThreadState,
    begin,
    next_state,
)
from taawun.errors import NotFound, Refused
from taawun.store import journal
from taawun.store.tables.requests import thread_steps
from tests.cooperation import exchanged as said
from tests.cooperation.exchanged import ONE, OTHER, THIRD, Json, Letters, changed


@pytest.fixture(scope="module")
def letters(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Letters]:
    """Authorities that are only asked new things; nothing of one test matters to another."""
    made = Letters(tmp_path_factory.mktemp("letters"))
    yield made
    made.close()


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Letters]:
    made = Letters(tmp_path)
    yield made
    made.close()


def refused(letters: Letters, message: Message) -> str:
    """The ground on which a message is refused, by its sender's node."""
    with pytest.raises(Refused) as found:
        letters.send(message)
    return found.value.ground


def forced(letters: Letters, message: Message) -> str:
    """The ground on which its recipient's node refuses it, whatever its sender's node says."""
    with pytest.raises(Refused) as found:
        letters.deliver(message)
    return found.value.ground


def both(letters: Letters, message: Message) -> str:
    """The one ground on which both refuse it."""
    ground = refused(letters, message)
    assert forced(letters, message) == ground
    return ground


def replies(letters: Letters, to: Message) -> dict[str, Message]:
    """One of each that may be said in reply to a request."""
    back = {"sender": to.recipient, "recipient": to.sender, "to": to}
    return {
        "acknowledge": letters.message("acknowledgement", said.ACKNOWLEDGEMENT, **back),
        "full": letters.answer(to),
        "partial": letters.answer(to, said.PARTIAL),
        "interim": letters.answer(to, said.INTERIM),
        "negative": letters.answer(to, said.NEGATIVE),
        "refuse": letters.message("refusal", said.REFUSAL, **back),
    }


# What happens


@pytest.mark.parametrize(
    ("story", "ends"),
    [
        ("", ("sent", "received")),
        ("acknowledge", ("acknowledged", "acknowledged")),
        ("acknowledge interim full", ("answered", "answered")),
        ("full", ("answered", "answered")),
        ("interim interim negative", ("negative", "negative")),
        ("partial partial full", ("answered", "answered")),
        ("acknowledge refuse", ("refused", "refused")),
    ],
)
def test_a_request_lives(letters: Letters, story: str, ends: tuple[str, str]) -> None:
    asked = letters.post(letters.request())
    for step in story.split():
        letters.post(replies(letters, asked)[step])
    assert letters.states(asked) == ends


@pytest.mark.parametrize(
    ("story", "then"),
    [
        ("full", "acknowledge partial interim full negative refuse"),
        ("negative", "acknowledge partial full refuse"),
        ("refuse", "acknowledge full refuse"),
        ("acknowledge", "acknowledge"),
        ("partial", "negative refuse interim acknowledge"),
    ],
)
def test_what_does_not_fit_the_state_is_refused_by_both(
    letters: Letters, story: str, then: str
) -> None:
    asked = letters.post(letters.request())
    for step in story.split():
        letters.post(replies(letters, asked)[step])
    before = letters.states(asked)
    for step in then.split():
        assert both(letters, replies(letters, asked)[step]) == "request.state"
    assert letters.states(asked) == before


def test_a_thread_is_told_with_every_step(fresh: Letters) -> None:
    asked = fresh.post(fresh.request())
    fresh.post(replies(fresh, asked)["acknowledge"])
    with fresh.region[OTHER].begin() as unit:
        requests.start(unit, asked.id, at=fresh.now, actor="amal")
    fresh.post(fresh.answer(asked))
    with fresh.region[OTHER].store.reading() as connection:
        steps = requests.steps(connection, asked.id)
        lines = [line.action for line in journal.lines(connection)]
        assert [each.id for each in requests.threads(connection)] == [asked.id]
        assert requests.threads(connection, open_only=True) == []
        assert requests.threads(connection, partner=THIRD) == []
    assert [(each.step.value, each.actor) for each in steps] == [
        ("open", ONE),
        ("acknowledge", "officer"),
        ("start", "amal"),
        ("full", "officer"),
    ]
    assert [each for each in lines if each.startswith("thread.")] == [
        f"thread.{each.step}" for each in steps
    ]


def test_no_thread_is_told_of_that_is_not_there(letters: Letters) -> None:
    with letters.region[ONE].store.reading() as connection, pytest.raises(NotFound):
        requests.thread(connection, said.UETR)


def test_history_is_never_changed(letters: Letters) -> None:
    letters.post(letters.request())
    for statement in (sa.delete(thread_steps), sa.update(thread_steps).values(state="closed")):
        with pytest.raises(IntegrityError), letters.region[ONE].begin() as unit:
            unit.connection.execute(statement)


# Who, where, under what


def test_only_who_was_asked_answers(letters: Letters) -> None:
    asked = letters.post(letters.request())
    stranger = letters.message("answer", said.ANSWER, THIRD, ONE, to=asked)
    assert refused(letters, stranger) == "request.thread"
    assert forced(letters, stranger) == "request.partner"
    own = letters.message("answer", said.ANSWER, ONE, OTHER, to=asked)
    assert both(letters, own) == "request.partner"


def test_an_answer_to_nothing_is_refused(letters: Letters) -> None:
    never = letters.request()
    assert both(letters, letters.answer(never)) == "request.thread"


@pytest.mark.parametrize(
    ("more", "ground"),
    [
        ({"field": "terrorism"}, "request.agreement"),
        ({"service": "freeze"}, "request.agreement"),
        ({"urgent": True}, "request.urgent"),
        ({"replies_to": said.UETR}, "request.replies_to"),
        ({"categories": ["identity"]}, "request.categories"),
        ({"caveats": []}, "request.caveats"),
        ({"body": changed(said.ANSWER, "items.0.answers", [2])}, "request.not_asked"),
        ({"body": changed(said.ANSWER, "items.0.answers", [3])}, "request.not_asked"),
        ({"body": changed(said.ANSWER, "items.0.answers", [])}, "request.not_asked"),
        ({"body": changed(said.PARTIAL, "lacking.0.number", 9)}, "request.not_asked"),
        ({"body": {**said.ANSWER, "measures": [said.MEASURE]}}, "request.measures"),
        ({"body": changed(said.PARTIAL, "lacking.0.ground", "dual_criminality")}, "request.ground"),
        ({"body": {}}, "wire.missing_field"),
    ],
)
def test_an_answer_is_to_what_was_asked(letters: Letters, more: Json, ground: str) -> None:
    asked = letters.post(letters.request())
    assert both(letters, letters.answer(asked, **more)) == ground
    assert letters.states(asked) == ("sent", "received")


URGENT = {"needed_by": "2026-03-15T06:00:00.000000Z", "reason": said.passage("It leaves at six.")}


@pytest.mark.parametrize(
    ("more", "ground"),
    [
        ({"thread": said.UETR}, "request.thread"),
        ({"urgent": True}, "request.urgent"),
        ({"body": {**said.REQUEST, "urgency": URGENT}}, "request.urgent"),
        ({"purpose": "supervision"}, "request.purpose"),
        ({"categories": ["accounts"]}, "request.categories"),
        ({"body": {**said.REQUEST, "country": "XC"}}, "request.country"),
        ({"caveats": []}, "request.caveats"),
    ],
)
def test_a_request_says_what_it_is(letters: Letters, more: Json, ground: str) -> None:
    body = more.pop("body", said.REQUEST)
    caveats = [letters.caveats(ONE, purposes=["intelligence", "supervision"])]
    assert both(letters, letters.request(body, **{"caveats": caveats, **more})) == ground


def test_an_urgent_request_stays_urgent(letters: Letters) -> None:
    asked = letters.post(letters.request({**said.REQUEST, "urgency": URGENT}, urgent=True))
    assert letters.thread(OTHER, asked).urgent
    letters.post(letters.answer(asked))


def test_one_of_the_two_is_no_further_recipient(letters: Letters) -> None:
    recipients = [{"authority": OTHER, "reason": said.passage("itself")}]
    asked = letters.request({**said.REQUEST, "recipients": recipients})
    assert both(letters, asked) == "request.recipient"


def test_an_id_is_used_once(letters: Letters) -> None:
    asked = letters.post(letters.request())
    assert refused(letters, letters.request(id=asked.id, thread=asked.id)) == "request.id"
    assert (
        forced(letters, letters.request(sender=THIRD, id=asked.id, thread=asked.id)) == "request.id"
    )


def test_a_refusal_fits_what_it_refuses(letters: Letters) -> None:
    asked = letters.post(letters.request())
    body = {**said.REFUSAL, "grounds": ["no_reasonable_basis"]}
    refusal = letters.message("refusal", body, OTHER, ONE, to=asked)
    assert both(letters, refusal) == "request.ground"


# Disclosures, freezes, typologies, feedback


def test_feedback_is_on_what_was_received(letters: Letters) -> None:
    asked = letters.post(letters.request())
    feedback: dict[str, Any] = {"thread": asked.id, "sender": ONE, "recipient": OTHER}
    early = letters.message("feedback", said.FEEDBACK, replies_to=asked.id, **feedback)
    assert both(letters, early) == "request.state"
    answered = letters.post(letters.answer(asked))
    wrong = letters.message("feedback", said.FEEDBACK, replies_to=asked.id, **feedback)
    assert both(letters, wrong) == "request.replies_to"
    letters.post(letters.message("feedback", said.FEEDBACK, replies_to=answered.id, **feedback))
    theirs = letters.message("feedback", said.FEEDBACK, OTHER, ONE, to=answered)
    assert both(letters, theirs) == "request.partner"


def test_a_disclosure_is_acknowledged_and_its_use_told(letters: Letters) -> None:
    told = letters.post(letters.message("disclosure", said.DISCLOSURE, OTHER, ONE))
    for kind, body in (("acknowledgement", said.ACKNOWLEDGEMENT), ("feedback", said.FEEDBACK)):
        letters.post(letters.message(kind, body, ONE, OTHER, to=told))
    assert letters.states(told) == ("acknowledged", "acknowledged")
    assert both(letters, letters.message("feedback", said.FEEDBACK, OTHER, ONE, to=told)) == (
        "request.partner"
    )
    answer = letters.message("answer", said.ANSWER, ONE, OTHER, to=told, service="ask")
    assert both(letters, answer) == "request.agreement"


def test_a_freeze_is_taken_confirmed_and_lifted(letters: Letters) -> None:
    asked = letters.post(letters.message("freeze_request", said.FREEZE))
    letters.post(letters.answer(asked, said.FROZEN, categories=[]))
    follows = {**said.FREEZE, "follows": asked.id, "power": "court"}
    confirmed = {**follows, "stage": "confirm"}
    letters.post(letters.message("freeze_request", confirmed))
    lifted = {name: value for name, value in follows.items() if name != "until"}
    letters.post(letters.message("freeze_request", {**lifted, "stage": "lift"}))
    stranger = letters.message("freeze_request", {**confirmed, "country": "XC"}, ONE, THIRD)
    assert both(letters, stranger) == "request.follows"
    theirs = letters.message("freeze_request", {**confirmed, "country": "XA"}, OTHER, ONE)
    assert both(letters, theirs) == "request.follows"
    nothing = letters.answer(asked, changed(said.ANSWER, "items.0.answers", [1]))
    assert both(letters, nothing) == "request.state"


def test_a_freeze_may_be_taken_in_part(letters: Letters) -> None:
    asked = letters.post(letters.message("freeze_request", said.FREEZE))
    lacking = {**said.LACKING, "number": 1, "ground": "no_reasonable_basis"}
    part = {**said.FROZEN, "outcome": "partial", "lacking": [lacking]}
    wrong = changed(part, "lacking.0.number", 2)
    assert both(letters, letters.answer(asked, wrong)) == "request.not_asked"
    wrong = changed(part, "lacking.0.ground", "legal_privilege")
    assert both(letters, letters.answer(asked, wrong)) == "request.ground"
    wrong = {**part, "items": [said.ITEM]}
    assert both(letters, letters.answer(asked, wrong)) == "request.not_asked"
    letters.post(letters.answer(asked, part, categories=[]))
    assert letters.states(asked) == ("partial", "partial")


def test_a_typology_is_shared_and_nothing_is_answered(letters: Letters) -> None:
    shared = letters.post(letters.message("typology", said.TYPOLOGY, categories=[]))
    assert letters.states(shared) == ("sent", "received")
    with letters.region[OTHER].begin() as unit:
        requests.close(unit, shared.id, at=letters.now, actor="amal")
    assert letters.states(shared) == ("sent", "closed")


def test_nobody_takes_from_a_partner_what_only_he_himself_does(letters: Letters) -> None:
    asked = letters.post(letters.request())
    with letters.region[ONE].begin() as unit, pytest.raises(Refused) as found:
        requests.start(unit, asked.id, at=letters.now, actor="amal")
    assert found.value.ground == "request.state"


# What the outbox says


def test_a_suspension_withholds_and_a_resumption_lets_go(fresh: Letters) -> None:
    asked = fresh.request()
    fresh.send(asked)
    assert fresh.state(ONE, asked) == "waiting"
    fresh.posted(asked, "withheld")
    assert fresh.state(ONE, asked) == "withheld"
    fresh.posted(asked, "waiting")
    fresh.deliver(asked)
    assert fresh.states(asked) == ("sent", "received")


def test_an_answer_comes_though_the_receipt_was_lost(fresh: Letters) -> None:
    asked = fresh.request()
    fresh.send(asked)
    fresh.deliver(asked, heard=False)
    assert fresh.states(asked) == ("waiting", "received")
    fresh.post(fresh.answer(asked))
    assert fresh.state(ONE, asked) == "answered"
    fresh.posted(asked, "delivered")
    assert fresh.state(ONE, asked) == "answered"


def test_what_was_not_taken_may_be_answered_again(fresh: Letters) -> None:
    asked = fresh.post(fresh.request())
    interim = fresh.post(replies(fresh, asked)["interim"])
    answered = fresh.answer(asked)
    fresh.send(answered)
    assert fresh.state(OTHER, asked) == "answered"
    fresh.posted(answered, "refused")
    assert fresh.state(OTHER, asked) == "interim"
    fresh.post(fresh.answer(asked))
    assert fresh.states(asked) == ("answered", "answered")
    assert interim.thread == asked.id


def test_another_message_of_the_same_id_in_the_outbox_is_not_a_partners(fresh: Letters) -> None:
    asked = fresh.post(fresh.request())
    back = {"sender": OTHER, "recipient": ONE, "to": asked}
    said_ = fresh.message("acknowledgement", said.ACKNOWLEDGEMENT, **back)
    other = fresh.request(id=said_.id, thread=said_.id, recipient=THIRD)
    with fresh.region[ONE].begin() as unit:
        place(unit, other, at=fresh.now, actor="officer")
    fresh.posted(other, "refused")
    fresh.post(said_)
    assert fresh.states(asked) == ("acknowledged", "acknowledged")


def test_a_request_that_was_not_taken_waits_for_nothing(fresh: Letters) -> None:
    asked = fresh.request()
    fresh.send(asked)
    fresh.posted(asked, "refused")
    assert fresh.state(ONE, asked) == "not_taken"
    with fresh.region[ONE].store.reading() as connection:
        assert requests.threads(connection, open_only=True) == []


def test_a_suspended_agreement_holds_the_answer_and_no_other_agreement_takes_it(
    fresh: Letters,
) -> None:
    asked = fresh.post(fresh.request())
    fresh.does(ONE, "suspend", reason="a court said so")
    with pytest.raises(Refused) as found:
        fresh.send(fresh.answer(asked))
    assert found.value.ground == "permit.suspended"
    assert fresh.state(OTHER, asked) == "received"
    fresh.does(ONE, "resume", lifts=2)
    fresh.post(fresh.answer(asked))
    assert fresh.states(asked) == ("answered", "answered")


# The tables


def test_tables_lead_only_where_tables_go_on() -> None:
    for (kind, side), table in TABLES.items():
        reached = {begin(kind, side)}
        while more := {to for state in reached for to in table.get(state, {}).values()} - reached:
            reached |= more
        assert set(table) <= reached, (kind, side)


def test_only_openers_begin() -> None:
    with pytest.raises(Refused) as found:
        begin("answer", Side.OURS)
    assert found.value.ground == "request.opener"


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_what_one_node_may_send_the_other_takes_however_messages_cross(data: st.DataObject) -> None:
    """Two views of one thread, a post in each direction that keeps the order."""
    kind = data.draw(st.sampled_from(sorted(OPENERS)))
    state = {"ours": ThreadState.SENT, "theirs": begin(kind, Side.THEIRS)}
    post: dict[str, deque[Step]] = {"ours": deque(), "theirs": deque()}
    for _ in range(data.draw(st.integers(0, 14))):
        may = [("post", to, post[to][0]) for to in post if post[to]]
        for who in state:
            steps = sorted(TABLES[kind, Side(who)].get(state[who], {}))
            may += [("do", who, step) for step in steps if own(kind, who, step)]
        if not may:
            return
        what, who, step = data.draw(st.sampled_from(may))
        state[who] = next_state(kind, Side(who), state[who], step)  # must never be refused
        if what == "post":
            post[who].popleft()
        elif step not in (Step.START, Step.CLOSE):
            post["theirs" if who == "ours" else "ours"].append(step)


def own(kind: str, who: str, step: Step) -> bool:
    """Whether a step is one that this side does or says."""
    if step is Step.FEEDBACK:
        return (who == "theirs") == (kind == "disclosure")
    if step is Step.WITHDRAW:
        return who == "ours"
    return step in (Step.START, Step.CLOSE) or (who == "theirs" and step in FROM_THE_OTHER)


# Withdrawn


def withdrawal(letters: Letters, asked: Message, **more: Any) -> Message:
    body = {**said.WITHDRAWN, **more.pop("body", {})}
    return letters.message("feedback", body, ONE, OTHER, to=asked, **more)


def test_what_is_needed_no_longer_is_withdrawn_at_both(letters: Letters) -> None:
    asked = letters.post(letters.request())
    letters.post(letters.message("acknowledgement", said.ACKNOWLEDGEMENT, OTHER, ONE, to=asked))
    letters.post(withdrawal(letters, asked))
    assert letters.states(asked) == ("withdrawn", "withdrawn")
    assert refused(letters, letters.answer(asked)) == "request.state"
    assert both(letters, withdrawal(letters, asked)) == "request.state"


def test_what_was_sent_meanwhile_still_comes_and_brings_what_it_brings(letters: Letters) -> None:
    asked = letters.post(letters.request())
    answer = letters.answer(asked)
    letters.send(answer)
    told = withdrawal(letters, asked)
    letters.send(told)
    letters.deliver(answer)
    letters.deliver(told)
    assert letters.states(asked) == ("withdrawn", "answered")
    feedback = letters.message("feedback", said.FEEDBACK, ONE, OTHER, to=answer)
    letters.post(feedback)
    assert letters.states(asked) == ("withdrawn", "answered")


def test_only_a_request_is_withdrawn_and_only_by_whoever_asked(letters: Letters) -> None:
    asked = letters.post(letters.request())
    theirs = letters.message("feedback", said.WITHDRAWN, OTHER, ONE, to=asked)
    assert both(letters, theirs) == "request.partner"
    freeze = letters.post(letters.message("freeze_request", said.FREEZE))
    assert both(letters, withdrawal(letters, freeze)) == "request.state"
    given = letters.post(letters.message("disclosure", said.DISCLOSURE, OTHER, ONE))
    assert both(letters, letters.message("feedback", said.WITHDRAWN, ONE, OTHER, to=given)) == (
        "request.state"
    )


def test_a_withdrawal_answers_the_request(letters: Letters) -> None:
    asked = letters.post(letters.request())
    partial = letters.answer(
        asked, {**said.ANSWER, "outcome": "partial", "lacking": [said.LACKING]}
    )
    letters.post(partial)
    wrong = letters.message("feedback", said.WITHDRAWN, ONE, OTHER, to=partial)
    assert both(letters, wrong) == "request.replies_to"
    letters.post(withdrawal(letters, asked))
    assert letters.states(asked) == ("withdrawn", "withdrawn")


# A slow twin


class Twin:
    """What is right, told from the whole story each time: no states, only what was said."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.closed: set[str] = set()

    @property
    def ended(self) -> bool:
        return any(step in ("full", "negative", "refuse") for step in self.said)

    @property
    def answered(self) -> bool:
        return any(step in ("full", "partial", "negative") for step in self.said)

    def other_may(self, step: str) -> bool:
        if self.ended or self.withdrawn or "other" in self.closed:
            return False
        if step == "acknowledge":
            return not self.said
        if "partial" in self.said:
            return step in ("partial", "full")
        return step in ("full", "partial", "interim", "negative", "refuse")

    @property
    def withdrawn(self) -> bool:
        return "withdraw" in self.said

    def one_may_tell(self) -> bool:
        return self.answered

    def one_may_withdraw(self) -> bool:
        return not self.ended and not self.withdrawn

    def may_close(self, who: str) -> bool:
        if who in self.closed or self.withdrawn:
            return False
        return self.ended or "partial" in self.said


class Correspondence(RuleBasedStateMachine):
    """Several requests between two nodes; every step is tried, fitting or not."""

    threads = Bundle("threads")

    letters: Letters

    @initialize()
    def begin(self) -> None:
        self.twins: dict[str, Twin] = {}
        self.asked: dict[str, Message] = {}
        self.answers: dict[str, str] = {}

    @rule(target=threads, many=st.integers(1, 2))
    def ask(self, many: int) -> Any:
        made = [self.letters.post(self.letters.request()) for _ in range(many)]
        for each in made:
            self.asked[each.id], self.twins[each.id] = each, Twin()
        return multiple(*(each.id for each in made))

    @rule(thread=threads, step=st.sampled_from(sorted(set(map(str, ANSWERS.values())))))
    def answer(self, thread: str, step: str) -> None:
        self._says(thread, step)

    @rule(thread=threads, step=st.sampled_from(("acknowledge", "refuse")))
    def reply(self, thread: str, step: str) -> None:
        self._says(thread, step)

    def _says(self, thread: str, step: str) -> None:
        message = replies(self.letters, self.asked[thread])[step]
        if self.twins[thread].other_may(step):
            self.letters.post(message)
            self.twins[thread].said.append(step)
            self.twins[thread].closed.discard("one")  # who closed early takes what comes
            if step in ("full", "partial", "negative"):
                self.answers[thread] = message.id
        else:
            assert refused(self.letters, message) == "request.state"

    @rule(thread=threads)
    def feedback(self, thread: str) -> None:
        on = self.answers.get(thread, said.UETR)
        message = self.letters.message(
            "feedback", said.FEEDBACK, ONE, OTHER, thread=thread, replies_to=on
        )
        if self.twins[thread].one_may_tell():
            self.letters.post(message)
        else:
            assert refused(self.letters, message) in ("request.state", "request.replies_to")

    @rule(thread=threads)
    def withdraw(self, thread: str) -> None:
        message = withdrawal(self.letters, self.asked[thread])
        if self.twins[thread].one_may_withdraw():
            self.letters.post(message)
            self.twins[thread].said.append("withdraw")
            self.twins[thread].closed.discard("one")
        else:
            assert refused(self.letters, message) == "request.state"

    @rule(thread=threads, who=st.sampled_from(("one", "other")))
    def close(self, thread: str, who: str) -> None:
        office = self.letters.region[ONE if who == "one" else OTHER]
        if self.twins[thread].may_close(who):
            with office.begin() as unit:
                requests.close(unit, thread, at=self.letters.now, actor="amal")
            self.twins[thread].closed.add(who)
        else:
            with office.begin() as unit, pytest.raises(Refused):
                requests.close(unit, thread, at=self.letters.now, actor="amal")

    @invariant()
    def both_see_what_was_said(self) -> None:
        for id, twin in getattr(self, "twins", {}).items():
            last = next((step for step in reversed(twin.said)), None)
            expected = {"full": "answered", "negative": "negative", "partial": "partial"}
            expected |= {
                "refuse": "refused",
                "withdraw": "withdrawn",
                "interim": "interim",
                "acknowledge": "acknowledged",
            }
            for who, code in (("one", ONE), ("other", OTHER)):
                state = self.letters.state(code, self.asked[id])
                if who in twin.closed:
                    early = who == "one" and last == "partial"
                    assert state == ("closed_partial" if early else "closed")
                elif last is None:
                    assert state == ("sent" if who == "one" else "received")
                else:
                    assert state == expected[last]


def test_threads_do_what_a_slow_twin_says(letters: Letters) -> None:
    machine = type("Machine", (Correspondence,), {"letters": letters})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=8,
            stateful_step_count=16,
            deadline=None,
            phases=(Phase.explicit, Phase.reuse, Phase.generate),
        ),
    )


def test_a_thread_cannot_be_edited(letters: Letters) -> None:
    asked = letters.post(letters.request())
    thread = letters.thread(ONE, asked)
    with pytest.raises(AttributeError):
        thread.state = ThreadState.CLOSED  # type: ignore[misc]
    assert replace(thread, state=ThreadState.CLOSED).open is False
