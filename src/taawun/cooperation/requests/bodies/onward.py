"""Consent to pass information on: asked for by name of who is to have it, given or refused.

Who gave the information decides (FATF, interpretive note to Recommendation 40: prior
authorisation). Where an item holds information of others, whoever gave it on may consent only with
theirs, and says for whom it speaks.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from taawun.cooperation.agreement import Purpose
from taawun.cooperation.requests.bodies.information import MOST_ITEMS
from taawun.cooperation.requests.bodies.passage import EachOnce, Passage
from taawun.cooperation.requests.bodies.refusal import RefusalGround, may_refuse
from taawun.cooperation.wire import AuthorityCode, Day, Document, Line, MessageId


class ItemReference(Document):
    """An item by the message that brought it, and its number there; 0 is the message's own text."""

    message: MessageId
    item: Annotated[int, Field(ge=0, le=MOST_ITEMS)]


References = Annotated[
    tuple[ItemReference, ...], Field(min_length=1, max_length=MOST_ITEMS), EachOnce
]


class OnwardRequest(Document):
    """Which items are to go to whom, for what, and why."""

    reference: Line
    items: References
    recipient: AuthorityCode
    purposes: Annotated[tuple[Purpose, ...], Field(min_length=1, max_length=7), EachOnce]
    reason: Passage


class Decision(StrEnum):
    """What was decided."""

    GIVEN = "given"
    REFUSED = "refused"


class OnwardDecision(Document):
    """Consent given or refused, for these items, this recipient and these purposes only.

    `speaks_for` are the others whose information is in the items and who consented too; `until` is
    the last day on which it may be passed on.
    """

    reference: Line
    items: References
    recipient: AuthorityCode
    purposes: Annotated[tuple[Purpose, ...], Field(min_length=1, max_length=7), EachOnce]
    decision: Decision
    grounds: Annotated[tuple[RefusalGround, ...], Field(max_length=5), EachOnce]
    speaks_for: Annotated[tuple[AuthorityCode, ...], Field(max_length=16), EachOnce]
    until: Day | None = None
    conditions: Passage | None = None
    reason: Passage | None = None

    @model_validator(mode="after")
    def _is_what_it_says(self) -> Self:
        if self.decision is Decision.REFUSED:
            if not self.grounds or self.reason is None:
                raise ValueError("a refusal has a ground and a reason")
            if self.until is not None or self.conditions is not None or self.speaks_for:
                raise ValueError("conditions belong to a consent")
        elif self.grounds:
            raise ValueError("grounds belong to a refusal")
        if not all(may_refuse(ground, "onward_request") for ground in self.grounds):
            raise ValueError("consent cannot be refused on this ground")
        return self
