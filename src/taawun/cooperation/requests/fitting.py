"""Does a message fit the exchange it belongs to? Checked by its sender and by its recipient alike.

    request.thread        an opening message names another thread, or a reply one that is not here
    request.partner       the thread is with somebody else, or this is not theirs to say
    request.agreement     another agreement, service or field than the thread's
    request.urgent        not as urgent as the thread; or urgent without the reason for it
    request.state         the thread is not in a state for it
    request.replies_to    it answers another message than the one it may answer
    request.not_asked     it gives, or says is lacking, what was not asked for
    request.categories    the message does not name a category that is in its body
    request.purpose       the message's purpose is none of those the request is for
    request.country       the link is to another country than the recipient's
    request.caveats       information without the caveats of everybody whose it is
    request.ground        refused on a ground that does not fit the kind of message
    request.measures      measures in the answer to a request for information
    request.decision      consent to something else than was asked

Pure: nothing here reads a store or a clock.
"""

from __future__ import annotations

from typing import Any

from taawun.cooperation.message import Message
from taawun.cooperation.requests.bodies import INFORMING, items_of
from taawun.cooperation.requests.bodies.answer import Answer, Completeness
from taawun.cooperation.requests.bodies.disclosure import Disclosure
from taawun.cooperation.requests.bodies.feedback import Feedback, Usefulness
from taawun.cooperation.requests.bodies.freeze import FreezeRequest
from taawun.cooperation.requests.bodies.information import Origin
from taawun.cooperation.requests.bodies.onward import Decision, OnwardDecision, OnwardRequest
from taawun.cooperation.requests.bodies.refusal import Refusal, may_refuse
from taawun.cooperation.requests.bodies.request import Request
from taawun.cooperation.requests.threads import Side, Step, Thread, next_state, sender_is_ours
from taawun.cooperation.wire import Document
from taawun.errors import Refused

ANSWERS = {
    Completeness.FULL: Step.FULL,
    Completeness.PARTIAL: Step.PARTIAL,
    Completeness.INTERIM: Step.INTERIM,
    Completeness.NEGATIVE: Step.NEGATIVE,
}
STEPS = {
    "acknowledgement": Step.ACKNOWLEDGE,
    "refusal": Step.REFUSE,
    "feedback": Step.FEEDBACK,
}
"""The step that a reply is, for kinds whose body does not decide it."""


def step_of(message: Message, body: Document) -> Step:
    """Which step of a thread a message is."""
    if isinstance(body, Answer):
        return ANSWERS[body.outcome]
    if isinstance(body, OnwardDecision):
        return Step.CONSENT if body.decision is Decision.GIVEN else Step.REFUSE
    if isinstance(body, Feedback) and body.usefulness is Usefulness.NOT_NEEDED:
        return Step.WITHDRAW
    return STEPS.get(message.kind, Step.OPEN)


def asked_by(body: Document) -> dict[str, Any]:
    """What a thread's replies are held against (`Thread.asked`)."""
    if isinstance(body, Request):
        return {str(each.number): each.category.value for each in body.sought}
    if isinstance(body, FreezeRequest):
        return {"1": "measure"}
    if isinstance(body, OnwardRequest):
        return {
            "items": [[each.message, each.item] for each in body.items],
            "recipient": body.recipient,
            "purposes": [each.value for each in body.purposes],
        }
    return {}


def origins_in(body: Document) -> dict[int, tuple[Origin, ...]]:
    """The origins of each item of a body; 0 is the message's own text."""
    found: dict[int, tuple[Origin, ...]] = {}
    if isinstance(body, (Request, FreezeRequest, Answer, Disclosure)):
        found[0] = body.origins
    return found | {item.number: item.origins for item in items_of(body)}


def check_information(message: Message, body: Document) -> None:
    """Whatever is given is named for what it is, and carries the caveats of all whose it is."""
    for item in items_of(body):
        if item.category not in message.categories:
            raise Refused("request.categories", category=item.category.value)
    if message.kind not in INFORMING:
        if message.caveats:
            raise Refused("request.caveats", origin=message.caveats[0].origin)
        return
    whose = {message.sender}
    whose |= {origin.authority for origins in origins_in(body).values() for origin in origins}
    if lacking := sorted(whose ^ {each.origin for each in message.caveats}):
        raise Refused("request.caveats", origin=", ".join(lacking))


def check_opener(message: Message, body: Document) -> None:
    """A message that opens a thread."""
    if message.thread != message.id:
        raise Refused("request.thread")
    country = message.recipient[:2]
    if isinstance(body, (Request, FreezeRequest, Disclosure)) and body.country != country:
        raise Refused("request.country", got=body.country, expected=country)
    if isinstance(body, Request):
        _check_request(message, body)


def _check_request(message: Message, body: Request) -> None:
    if message.urgent != (body.urgency is not None):
        raise Refused("request.urgent")
    if message.purpose not in body.uses:
        raise Refused("request.purpose", purpose=message.purpose or "")
    for each in body.sought:
        if each.category not in message.categories:
            raise Refused("request.categories", category=each.category.value)
    if any(each.authority in (message.sender, message.recipient) for each in body.recipients):
        raise Refused("request.recipient")


def check_reply(message: Message, body: Document, thread: Thread, me: str) -> None:
    """A message within a thread, seen from the node of `me`, on either side."""
    partner = message.recipient if message.sender == me else message.sender
    step = step_of(message, body)
    if partner != thread.partner:
        raise Refused("request.partner")
    stands = (message.agreement, message.service, message.field)
    if stands != (thread.agreement, thread.service, thread.field):
        raise Refused("request.agreement")
    if message.urgent != thread.urgent:
        raise Refused("request.urgent")
    next_state(thread.kind, thread.side, thread.state, step)
    if sender_is_ours(thread, step) != (message.sender == me):
        raise Refused("request.partner")
    if step is not Step.FEEDBACK and message.replies_to != thread.id:
        raise Refused("request.replies_to")
    _check_content(body, thread)


def _check_content(body: Document, thread: Thread) -> None:
    if isinstance(body, Answer):
        _check_answer(body, thread)
    elif isinstance(body, Refusal):
        _check_refusal(body, thread)
    elif isinstance(body, OnwardDecision):
        _check_decision(body, thread)


def _check_answer(body: Answer, thread: Thread) -> None:
    freeze = thread.kind == "freeze_request"
    if body.measures and not freeze:
        raise Refused("request.measures")
    for item in body.items:
        for number in item.answers if freeze else item.answers or (0,):
            if thread.asked.get(str(number)) != item.category.value:
                raise Refused("request.not_asked", number=str(number))
    for each in body.lacking:
        if str(each.number) not in thread.asked:
            raise Refused("request.not_asked", number=str(each.number))
        if each.ground is not None and not may_refuse(each.ground, thread.kind):
            raise Refused("request.ground", said=each.ground.value, kind=thread.kind)


def _check_refusal(body: Refusal, thread: Thread) -> None:
    if thread.kind == "onward_request":  # that has a decision of its own
        raise Refused("request.ground", said=body.grounds[0].value, kind=thread.kind)
    for ground in body.grounds:
        if not may_refuse(ground, thread.kind):
            raise Refused("request.ground", said=ground.value, kind=thread.kind)


def _check_decision(body: OnwardDecision, thread: Thread) -> None:
    items = [[each.message, each.item] for each in body.items]
    said = {"items": items, "recipient": body.recipient}
    if said != {name: thread.asked.get(name) for name in said}:
        raise Refused("request.decision")
    if not {each.value for each in body.purposes} <= set(thread.asked["purposes"]):
        raise Refused("request.decision")


def side_of(message: Message, me: str) -> Side:
    """On which side of a thread this node is that a message opens."""
    return Side.OURS if message.sender == me else Side.THEIRS
