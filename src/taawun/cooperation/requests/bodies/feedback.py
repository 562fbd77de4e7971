"""Feedback: the use that was made of information, and how useful it was (FATF, interpretive note
to Recommendation 40, paragraph 1)."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from taawun.cooperation.requests.bodies.passage import Amount, EachOnce, Passage
from taawun.cooperation.wire import Document, Line


class Usefulness(StrEnum):
    """How far the information helped."""

    USEFUL = "useful"
    PARTLY = "partly"
    NOT_USEFUL = "not_useful"
    TOO_EARLY = "too_early"


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
    """What became of the information. `frozen` and `confiscated` are amounts, where there are."""

    reference: Line
    usefulness: Usefulness
    results: Annotated[tuple[Result, ...], Field(max_length=8), EachOnce]
    frozen: Amount | None = None
    confiscated: Amount | None = None
    text: Passage | None = None
