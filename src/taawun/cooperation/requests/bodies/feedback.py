"""Feedback: the use that was made of information, and how useful it was (FATF, interpretive note
to Recommendation 40, paragraph 1); or that what was asked for is needed no longer."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from taawun.cooperation.requests.bodies.passage import Amount, EachOnce, Passage
from taawun.cooperation.wire import Document, Line


class Usefulness(StrEnum):
    """How far the information helped."""

    USEFUL = "useful"
    PARTLY = "partly"
    NOT_USEFUL = "not_useful"
    TOO_EARLY = "too_early"
    NOT_NEEDED = "not_needed"


class Result(StrEnum):
    """What came of it."""

    KNOWN_ALREADY = "known_already"
    NEW_SUBJECTS = "new_subjects"
    SUSPICION_CONFIRMED = "suspicion_confirmed"
    SUSPICION_DISPELLED = "suspicion_dispelled"
    PASSED_ON = "passed_on"
    INVESTIGATION_OPENED = "investigation_opened"
    INVESTIGATION_SUPPORTED = "investigation_supported"
    FUNDS_FROZEN = "funds_frozen"
    PROSECUTION = "prosecution"
    CONVICTION = "conviction"
    CONFISCATION = "confiscation"
    DESIGNATION = "designation"
    NO_FURTHER_ACTION = "no_further_action"


class Feedback(Document):
    """What became of the information. `frozen` and `confiscated` are amounts, where there are.

    `not_needed` withdraws a request: it says why in `text`, and nothing else.
    """

    reference: Line
    usefulness: Usefulness
    results: Annotated[tuple[Result, ...], Field(max_length=8), EachOnce]
    frozen: Amount | None = None
    confiscated: Amount | None = None
    text: Passage | None = None

    @model_validator(mode="after")
    def _withdraws_alone(self) -> Self:
        if self.usefulness is Usefulness.NOT_NEEDED:
            if self.text is None:
                raise ValueError("a withdrawal says why, in `text`")
            if self.results or self.frozen or self.confiscated:
                raise ValueError("a withdrawal tells no results")
        return self
