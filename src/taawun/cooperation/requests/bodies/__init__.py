"""What messages hold: one document for each kind, read strictly.

    body_of(message)      the body as its kind's document
    BODIES                kind to document

The bodies of private matching are in `private/`, those of control messages in `agreements.py`.
"""

from __future__ import annotations

from collections.abc import Mapping

from taawun.cooperation.message import Message
from taawun.cooperation.requests.bodies.answer import Answer
from taawun.cooperation.requests.bodies.disclosure import Disclosure
from taawun.cooperation.requests.bodies.feedback import Feedback
from taawun.cooperation.requests.bodies.freeze import FreezeRequest
from taawun.cooperation.requests.bodies.information import Information
from taawun.cooperation.requests.bodies.onward import OnwardDecision, OnwardRequest
from taawun.cooperation.requests.bodies.refusal import Refusal
from taawun.cooperation.requests.bodies.request import Acknowledgement, Request
from taawun.cooperation.requests.bodies.typology import SharedTypology
from taawun.cooperation.wire import Document
from taawun.errors import Refused

BODIES: Mapping[str, type[Document]] = {
    "request": Request,
    "acknowledgement": Acknowledgement,
    "answer": Answer,
    "refusal": Refusal,
    "disclosure": Disclosure,
    "onward_request": OnwardRequest,
    "onward_decision": OnwardDecision,
    "feedback": Feedback,
    "freeze_request": FreezeRequest,
    "typology": SharedTypology,
}

INFORMING = frozenset({"request", "answer", "disclosure", "freeze_request"})
"""Kinds that bring information, so that caveats go with them."""


def body_of(message: Message) -> Document:
    """The body of a message. Raises Refused: `request.kind` for a kind that has none here, else
    whatever reading it raises."""
    if (kind := BODIES.get(message.kind)) is None:
        raise Refused("request.kind", kind=message.kind)
    return kind.of(message.body)


def items_of(body: Document) -> tuple[Information, ...]:
    """The numbered items of a body; none for kinds that have no items."""
    return body.items if isinstance(body, (Answer, Disclosure)) else ()


__all__ = ["BODIES", "INFORMING", "body_of", "items_of"]
