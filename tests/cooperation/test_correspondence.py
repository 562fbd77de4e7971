"""Requests between whole nodes: sealed, delivered, withheld by a suspension, exactly once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from taawun.cooperation.exchange import inbox
from taawun.cooperation.exchange.gate import place
from taawun.cooperation.message import Message
from taawun.cooperation.requests import information
from taawun.cooperation.requests import life as requests
from taawun.cooperation.requests.caveats import carried
from taawun.errors import Refused
from tests.cooperation import exchanged as said
from tests.cooperation.exchanged import ONE, OTHER, THIRD, Letters, changed, passage
from tests.cooperation.exchanging import Town


class Post(Town):
    """Three nodes that handle what officers exchange."""

    message, caveats = Letters.message, Letters.caveats
    request, answer = Letters.request, Letters.answer
    thread, state, item = Letters.thread, Letters.state, Letters.item

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, ONE, OTHER, THIRD)
        for node in self.nodes.values():
            node.handlers.update(requests.HANDLERS)

    def send(self, message: Message) -> Message:
        with self.nodes[message.sender].store.begin() as unit:
            requests.sending(unit, message, at=self.now, actor="officer")
            place(unit, message, at=self.now, actor="officer")
        return message

    def carried(self) -> None:
        """Every courier does what it can, twice: what was withheld is looked at again."""
        for _ in range(2):
            for code in self.nodes:
                self.carry(code)

    def says(self, message: Message) -> Message:
        self.send(message)
        self.carried()
        return message

    def views(self, message: Message) -> tuple[str, str]:
        return (self.state(message.sender, message), self.state(message.recipient, message))


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Post]:
    made = Post(tmp_path)
    yield made
    made.close()


def test_a_request_is_asked_and_answered_over_the_line(town: Post) -> None:
    asked = town.says(town.request())
    assert town.views(asked) == ("sent", "received")
    acknowledged = {"sender": OTHER, "recipient": ONE, "to": asked}
    town.says(town.message("acknowledgement", said.ACKNOWLEDGEMENT, **acknowledged))
    answered = town.says(town.answer(asked))
    assert town.views(asked) == ("answered", "answered")
    told = town.message("feedback", said.FEEDBACK, thread=asked.id, replies_to=answered.id)
    town.says(told)
    assert [each.state.value for each in town.outbox(ONE)] == ["delivered", "delivered"]
    with town.nodes[ONE].store.reading() as connection:
        assert inbox.signed(connection, OTHER, answered.id)
        kept = information.items_in(connection, asked.id)
    assert [each.item for each in kept] == [0, 1]


def test_an_answer_waits_out_a_suspension(town: Post) -> None:
    asked = town.says(town.request())
    answered = town.send(town.answer(asked))
    town.does(OTHER, "suspend", reason="a court said so")
    town.carried()
    assert town.state(ONE, asked) == "sent", "nothing passes"
    assert "withheld" in town.states(OTHER)
    with pytest.raises(Refused) as refused:
        town.send(town.request())
    assert refused.value.ground == "permit.suspended"
    town.later(hours=1)
    town.does(OTHER, "resume", lifts=2)
    town.carried()
    town.later(minutes=30)
    town.carried()
    assert town.views(asked) == ("answered", "answered")
    assert answered.id in {each.message for each in town.outbox(OTHER)}


def test_what_does_not_fit_is_refused_by_the_other_node_and_may_be_said_again(town: Post) -> None:
    asked = town.says(town.request())
    wrong = town.answer(asked, changed(said.ANSWER, "items.0.answers", [2]))
    with town.nodes[OTHER].store.begin() as unit:  # past the checks of its own node
        place(unit, wrong, at=town.now, actor="officer")
    town.carried()
    assert town.grounds(OTHER)[-1] == "request.not_asked"
    assert town.views(asked) == ("sent", "received")
    town.says(town.answer(asked))
    assert town.views(asked) == ("answered", "answered")


def test_a_caveat_goes_with_what_is_passed_on(town: Post) -> None:
    asked = town.says(town.request())
    answered = town.says(town.answer(asked))
    kept = town.item(ONE, answered)
    body = {**said.ONWARD_REQUEST, "items": [{"message": answered.id, "item": 1}]}
    wanted = town.says(town.message("onward_request", {**body, "purposes": ["intelligence"]}))
    given = {**said.GIVEN, "items": body["items"], "purposes": ["intelligence"]}
    town.says(town.message("onward_decision", given, OTHER, ONE, to=wanted))
    kept = town.item(ONE, answered)
    going = carried([kept], THIRD, kept.claims[0].purposes[0], town.now)
    item = {**said.ITEM, "answers": [], "attachments": [], "text": passage("As we learned …")}
    item["origins"] = [each.plain() for each in kept.origins]
    told = {**said.DISCLOSURE, "country": "XC", "items": [item]}
    caveats = [town.caveats(ONE), *(each.plain() for each in going)]
    message = town.says(town.message("disclosure", told, ONE, THIRD, caveats=caveats))
    assert {each.origin for each in town.item(THIRD, message).claims} == {ONE, OTHER}
    assert town.grounds(ONE) == [""] * len(town.grounds(ONE))
