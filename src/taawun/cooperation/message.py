"""A message between two authorities: under which agreement, what for, and what it holds.

The body is a document of its own, by kind (`requests/bodies/`, `private/bodies.py`, and of
control messages `agreements.py`). What a kind may come under is the table KINDS; the permit reads
it.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from taawun.cooperation.agreement import Category, Onward, Purpose, Service
from taawun.cooperation.trust.party import CooperationField
from taawun.cooperation.wire import (
    AuthorityCode,
    Day,
    Digest,
    Document,
    MessageId,
    Moment,
    Word,
)

_OF_A_THREAD = frozenset({Service.ASK, Service.DISCLOSE, Service.FREEZE})

KINDS: dict[str, frozenset[Service]] = {
    "request": frozenset({Service.ASK}),
    "acknowledgement": _OF_A_THREAD,
    "answer": frozenset({Service.ASK, Service.FREEZE}),
    "refusal": _OF_A_THREAD,
    "disclosure": frozenset({Service.DISCLOSE}),
    "onward_request": frozenset({Service.ASK, Service.DISCLOSE}),
    "onward_decision": frozenset({Service.ASK, Service.DISCLOSE}),
    "feedback": _OF_A_THREAD,
    "freeze_request": frozenset({Service.FREEZE}),
    "typology": frozenset({Service.TYPOLOGY}),
    "match_terms": frozenset({Service.MATCH}),
    "match_table": frozenset({Service.MATCH}),
    "match_question": frozenset({Service.MATCH}),
    "match_answer": frozenset({Service.MATCH}),
}
"""Kind to the services that it may come under."""

CONTROL = ("card", "proposal", "act")
"""Kinds between confirmed partners that need no agreement: they are how one comes about and is
suspended."""


class Caveats(Document):
    """What the origin of information says of its use. It travels with the information.

    `origin` is whose information it is. `purposes` it may be used for; `onward` whether it may be
    passed on; `consented` to whom it may; `delete_by` the last day on which it may be kept.
    """

    origin: AuthorityCode
    purposes: Annotated[tuple[Purpose, ...], Field(min_length=1, max_length=7)]
    onward: Onward
    consented: Annotated[tuple[AuthorityCode, ...], Field(max_length=64)] = ()
    delete_by: Day | None = None

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        for listed in (self.purposes, self.consented):
            if len(set(listed)) < len(listed):
                raise ValueError("something is listed twice")
        return self


class Message(Document):
    """One message. `caveats` has one entry for each origin of what is in it.

    `thread` is the id of the message that opened the exchange (its own for an opening one),
    `replies_to` that of the message it answers.
    """

    v: Literal[1] = 1
    id: MessageId
    kind: Word
    sender: AuthorityCode
    recipient: AuthorityCode
    agreement: Digest | None = None
    service: Service | None = None
    field: CooperationField | None = None
    purpose: Purpose | None = None
    categories: Annotated[tuple[Category, ...], Field(max_length=9)] = ()
    thread: MessageId
    replies_to: MessageId | None = None
    made_at: Moment
    urgent: bool = False
    caveats: Annotated[tuple[Caveats, ...], Field(max_length=32)] = ()
    body: dict[str, Any]

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.sender == self.recipient:
            raise ValueError("recipient: the sender itself")
        if len(set(self.categories)) < len(self.categories):
            raise ValueError("categories: one is listed twice")
        under = (self.agreement, self.service, self.field, self.purpose)
        if self.control:
            if any(each is not None for each in under) or self.categories or self.caveats:
                raise ValueError("a control message stands under no agreement")
            return self
        if self.kind not in KINDS:
            raise ValueError("kind: unknown")
        if any(each is None for each in under):
            raise ValueError("agreement, service, field and purpose are needed")
        if len({each.origin for each in self.caveats}) < len(self.caveats):
            raise ValueError("caveats: two of the same origin")
        return self

    @property
    def control(self) -> bool:
        """Whether this is about cooperating itself rather than under an agreement."""
        return self.kind in CONTROL

    @property
    def channel(self) -> str:
        """In which row of numbers it is sent: the agreement's, or `control`."""
        return self.agreement or "control"
