"""An answer to a request, or to a request to freeze: in full, in part, later, or nothing known."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from taawun.cooperation.requests.bodies.information import Items, Origins, numbered
from taawun.cooperation.requests.bodies.passage import Amount, Passage, doubled
from taawun.cooperation.requests.bodies.refusal import RefusalGround
from taawun.cooperation.requests.bodies.subject import Account, Transfer
from taawun.cooperation.wire import Day, Document, Line, Moment


class Completeness(StrEnum):
    """How much of what was asked an answer gives."""

    FULL = "full"
    PARTIAL = "partial"
    INTERIM = "interim"
    NEGATIVE = "negative"


class Lacking(Document):
    """What an answer does not give: the number of what was sought, and why.

    With a `ground` it is refused, with none it is not held or still to come. Of a request to
    freeze, number 1 is the measure that was asked for.
    """

    number: Annotated[int, Field(ge=1, le=100)]
    ground: RefusalGround | None = None
    why: Passage


class MeasureKind(StrEnum):
    """What was done to funds."""

    FREEZE = "freeze"
    SUSPENSION = "suspension"


class Measure(Document):
    """A measure that was taken: on which account or transfer, over how much, until when."""

    kind: MeasureKind
    account: Account | None = None
    transfer: Transfer | None = None
    amount: Amount | None = None
    taken_at: Moment
    until: Moment | None = None
    order: Line

    @model_validator(mode="after")
    def _is_on_one_thing(self) -> Self:
        if (self.account is None) == (self.transfer is None):
            raise ValueError("a measure is on one account or one transfer")
        if self.until is not None and self.until <= self.taken_at:
            raise ValueError("a measure ends after it begins")
        return self


class Answer(Document):
    """An answer. An interim one says when more is expected; a partial one what is lacking."""

    reference: Line
    outcome: Completeness
    text: Passage
    items: Items
    lacking: Annotated[tuple[Lacking, ...], Field(max_length=40)]
    measures: Annotated[tuple[Measure, ...], Field(max_length=200)]
    origins: Origins
    expected_by: Day | None = None

    @model_validator(mode="after")
    def _is_what_it_says(self) -> Self:
        numbered(self.items)
        if doubled(each.number for each in self.lacking):
            raise ValueError("a number of what was sought twice")
        given = bool(self.items or self.measures)
        wrong = {
            Completeness.FULL: (
                not given or self.lacking,
                "a full answer gives all that was sought",
            ),
            Completeness.PARTIAL: (
                not given or not self.lacking,
                "a partial answer gives something, and says what is lacking",
            ),
            Completeness.INTERIM: (
                self.lacking or self.expected_by is None,
                "an interim answer says when more is expected",
            ),
            Completeness.NEGATIVE: (given or self.lacking, "a negative answer gives nothing"),
        }
        failed, said = wrong[self.outcome]
        if failed:
            raise ValueError(said)
        return self
