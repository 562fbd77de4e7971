"""A request to freeze funds or to suspend a transaction, and what may follow it.

FATF Recommendation 4 (to freeze at once; to suspend a transaction or withhold consent to it),
Recommendation 6 (without delay, on reasonable grounds) and 38 (requests from abroad). A measure
taken by an FIU is confirmed afterwards by a court where the law says so.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from taawun.cooperation.requests.bodies.answer import MeasureKind
from taawun.cooperation.requests.bodies.information import Origins
from taawun.cooperation.requests.bodies.passage import EachOnce, Passage
from taawun.cooperation.requests.bodies.request import Offence
from taawun.cooperation.requests.bodies.subject import Accounts, Subjects, Transfers
from taawun.cooperation.wire import CountryCode, Day, Document, Line, MessageId, Moment


class FreezeStage(StrEnum):
    """What is asked: to take a measure; or, of one taken, to confirm, prolong or lift it."""

    TAKE = "take"
    CONFIRM = "confirm"
    PROLONG = "prolong"
    LIFT = "lift"


class Power(StrEnum):
    """Whose power the asker's measure rests on at home."""

    COURT = "court"
    PROSECUTOR = "prosecutor"
    FIU = "fiu"
    DESIGNATION = "designation"


class FreezeRequest(Document):
    """What is to be frozen or suspended, on which legal basis, until when.

    `order` is the decision at home, of the day `ordered_on`; `confirmed_by` the last day by which a
    court's confirmation will be sent. A later stage names the first message (`follows`).
    """

    reference: Line
    stage: FreezeStage
    measure: MeasureKind
    follows: MessageId | None = None
    offences: Annotated[tuple[Offence, ...], Field(min_length=1, max_length=10), EachOnce]
    facts: Passage
    country: CountryCode
    link: Passage
    subjects: Subjects
    accounts: Accounts
    transfers: Transfers
    origins: Origins
    power: Power
    legal_basis: Line
    order: Line
    ordered_on: Day
    until: Moment | None = None
    confirmed_by: Day | None = None

    @model_validator(mode="after")
    def _can_be_carried_out(self) -> Self:
        if not (self.subjects or self.accounts or self.transfers):
            raise ValueError("a freeze is of a subject's funds, of accounts or of transfers")
        if self.measure is MeasureKind.SUSPENSION and not self.transfers:
            raise ValueError("a suspension names the transfer")
        if (self.stage is FreezeStage.TAKE) != (self.follows is None):
            raise ValueError("a later stage names the first message, and only that")
        if self.stage is FreezeStage.LIFT and self.until is not None:
            raise ValueError("what is lifted has no end")
        if self.stage in (FreezeStage.TAKE, FreezeStage.PROLONG) and self.until is None:
            raise ValueError("a measure is asked for until a time")
        if self.power is Power.FIU and self.stage is FreezeStage.CONFIRM:
            raise ValueError("a court or prosecutor confirms")
        if self.power is Power.FIU and self.stage is FreezeStage.TAKE and self.confirmed_by is None:
            raise ValueError("a measure on an FIU's power says by when it is confirmed")
        return self
