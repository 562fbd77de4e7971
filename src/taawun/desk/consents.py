"""Passing information on: whose consent is needed, asking for it, deciding on it.

ask_consent(desk, thread, Onwards(…))    of whoever gave what came in with a thread
decide(desk, thread, Deciding(…))        on what a partner asks of us
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from taawun.cooperation.agreement import Purpose, Service
from taawun.cooperation.message import Message
from taawun.cooperation.requests import information
from taawun.cooperation.requests.bodies.onward import Decision, ItemReference, OnwardRequest
from taawun.cooperation.requests.bodies.refusal import RefusalGround
from taawun.cooperation.requests.caveats import KeptItem, lacking_consent
from taawun.cooperation.requests.threads import Thread
from taawun.cooperation.trust.party import CooperationField
from taawun.desk.desk import Desk
from taawun.desk.papers import Paper
from taawun.desk.requests import Written, own_reference, thread_with, write_message
from taawun.desk.writing import View, reply
from taawun.errors import Conflict, NotFound, UsageError


@dataclass(frozen=True, slots=True)
class Onwards:
    """What is to go on: to whom, for what, why; some items of the thread, or all that need it."""

    to: str
    purposes: tuple[Purpose, ...]
    reason: str
    items: tuple[int, ...] = ()
    language: str = "en"
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Deciding:
    """A decision on a partner's request: consent, or a refusal with its grounds."""

    given: bool
    grounds: tuple[RefusalGround, ...] = ()
    reason: str = ""
    conditions: str = ""
    until: date | None = None
    language: str = "en"
    reference: str = ""


def ask_consent(desk: Desk, begin: str, wanted: Onwards, *, send_now: bool = False) -> Written:
    """Ask whoever gave it whether what came in with a thread may go on.

    Raises Conflict where no consent is lacking: it may go as it is.
    """
    if not wanted.reason.strip():
        raise UsageError("say why: --reason, for the partner and for the record")
    if not wanted.purposes:
        raise UsageError("say what for: --purpose")

    def made(view: View) -> Message:
        thread = thread_with(view, begin)
        _there(view, thread, wanted.items)
        items = _lacking(view, thread, wanted)
        if not items:
            raise Conflict(f"{wanted.to}: no consent is lacking for what came in with this thread")
        return _asking(view, thread, items, wanted)

    return write_message(desk, made, send_now=send_now)


def _there(view: View, thread: Thread, items: Sequence[int]) -> None:
    """Raises NotFound where an item did not come in with a thread."""
    there = {each.item for each in information.items_in(view.connection, thread.id)}
    for each in items:
        if each not in there:
            raise NotFound(f"no item {each} came in with this thread")


def _lacking(view: View, thread: Thread, wanted: Onwards) -> list[KeptItem]:
    return [
        item
        for item in information.items_in(view.connection, thread.id)
        if not item.deleted
        and item.giver == thread.partner
        and (item.item in wanted.items if wanted.items else True)
        and any(lacking_consent(item, wanted.to, each, view.at) for each in wanted.purposes)
    ]


def _asking(view: View, thread: Thread, items: Sequence[KeptItem], wanted: Onwards) -> Message:
    id, me = str(uuid.uuid4()), view.known.me
    said = {
        "reference": wanted.reference or own_reference(me, thread),
        "items": [{"message": each.message, "item": each.item} for each in items],
        "recipient": wanted.to,
        "purposes": [each.value for each in wanted.purposes],
        "reason": {"lang": wanted.language, "text": wanted.reason},
    }
    body = Paper("", said, {}).document(OnwardRequest)
    return Message(
        id=id,
        kind="onward_request",
        sender=me,
        recipient=thread.partner,
        agreement=thread.agreement,
        service=Service(thread.service),
        field=CooperationField(thread.field),
        purpose=wanted.purposes[0],
        thread=id,
        made_at=view.at,
        body=body.plain(),
    )


def decide(desk: Desk, begin: str, decided: Deciding, *, send_now: bool = False) -> Written:
    """Consent to what a partner asks, or refuse it. Whose information is in it besides ours, and
    whether they consented, is looked up; without them it is Refused `permit.caveat_onward`."""

    def made(view: View) -> Message:
        thread = thread_with(view, begin)
        if thread.kind != "onward_request":
            raise UsageError(f"{begin}: nobody asks for consent in this thread")
        paper = Paper("", _decision(view, thread, decided), {})
        return reply(view, thread, "onward_decision", paper)

    return write_message(desk, made, send_now=send_now)


def _decision(view: View, thread: Thread, decided: Deciding) -> dict[str, Any]:
    asked = thread.asked
    said: dict[str, Any] = {
        "language": decided.language,
        "reference": decided.reference or own_reference(view.known.me, thread),
        "items": [{"message": message, "item": item} for message, item in asked["items"]],
        "recipient": asked["recipient"],
        "purposes": asked["purposes"],
        "decision": (Decision.GIVEN if decided.given else Decision.REFUSED).value,
        "grounds": [each.value for each in decided.grounds],
        "speaks_for": _others(view, thread) if decided.given else [],
    }
    if decided.until is not None:
        said["until"] = decided.until.isoformat()
    for name in ("reason", "conditions"):
        if text := getattr(decided, name):
            said[name] = text
    return said


def _others(view: View, thread: Thread) -> list[str]:
    """Whose information went with the items besides this authority's own."""
    items = [ItemReference(message=each[0], item=each[1]) for each in thread.asked["items"]]
    whose = {
        claim.origin
        for kept, _ in information.origins_given(view.connection, items)
        for claim in kept.claims
    }
    return sorted(whose - {thread.asked["recipient"]})
