"""What a party does to an agreement: it signs, declines, suspends, resumes, ends.

Each act is signed by its party and numbered in that party's own row (1, 2, 3 …), so that none can
be left out, doubled or moved. Acts are the agreement's history: they are added, never changed.

    sign      first of all; once                    accepts exactly the document's text
    decline   instead of signing                    the proposal is dead for this party
    suspend   any time after signing                the whole, or fields, services, partners
    resume    the suspending party alone            lifts one of its own suspensions
    end       any time after signing                this party cooperates under it no more, ever

An end may be announced for a later day; until then its party may suspend, or end it sooner.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from taawun.cooperation.agreement import Service
from taawun.cooperation.trust.party import CooperationField
from taawun.cooperation.wire import AuthorityCode, Digest, Document, Moment, Text

ACT = "taawun-act+jws"
MOST_ACTS = 2000
"""Of one party to one agreement."""


class Deed(StrEnum):
    """What an act does."""

    SIGN = "sign"
    DECLINE = "decline"
    SUSPEND = "suspend"
    RESUME = "resume"
    END = "end"


class Scope(Document):
    """How far a suspension reaches. What is empty is not narrowed: all empty is the whole."""

    fields: Annotated[tuple[CooperationField, ...], Field(max_length=6)] = ()
    services: Annotated[tuple[Service, ...], Field(max_length=6)] = ()
    partners: Annotated[tuple[AuthorityCode, ...], Field(max_length=64)] = ()

    @property
    def whole(self) -> bool:
        """Whether nothing is narrowed."""
        return not (self.fields or self.services or self.partners)

    def touches(self, partner: str) -> bool:
        """Whether cooperation with a partner is narrowed at all."""
        return not self.partners or partner in self.partners

    def stops(self, partner: str, field: str | None, service: str | None) -> bool:
        """Whether this is stopped. A service or field that is not said is stopped by the whole
        alone."""
        return (
            self.touches(partner)
            and (not self.fields or field in self.fields)
            and (not self.services or service in self.services)
        )


class Act(Document):
    """One act. It takes effect at `effective_at`: at once where that is `at`, never before.

    `lifts` is the number of the own suspension that a `resume` lifts.
    """

    v: Literal[1] = 1
    agreement: Digest
    party: AuthorityCode
    number: Annotated[int, Field(ge=1, le=MOST_ACTS)]
    deed: Deed
    at: Moment
    effective_at: Moment
    scope: Scope | None = None
    lifts: Annotated[int, Field(ge=1, le=MOST_ACTS)] | None = None
    reason: Text | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.effective_at < self.at:
            raise ValueError("effective_at: before the act itself")
        if self.deed is Deed.SIGN and self.effective_at != self.at:
            raise ValueError("effective_at: a signature counts from when it is given")
        if (self.deed is Deed.SUSPEND) != (self.scope is not None):
            raise ValueError("scope: goes with suspend, and only with it")
        if (self.deed is Deed.RESUME) != (self.lifts is not None):
            raise ValueError("lifts: goes with resume, and only with it")
        if self.deed in (Deed.SUSPEND, Deed.DECLINE, Deed.END) and not self.reason:
            raise ValueError("reason: is missing")
        return self


class KeptAct:
    """An act as it is kept: when this node came to know of it, and the bytes that were signed."""

    __slots__ = ("act", "counts_from", "recorded_at", "signed")

    def __init__(self, act: Act, recorded_at: datetime, signed: str = "") -> None:
        self.act = act
        self.recorded_at = recorded_at
        self.signed = signed
        at_once = act.effective_at == act.at
        # A partner's clock may be ahead of ours: what is meant at once does not wait for it.
        self.counts_from = min(act.at, recorded_at) if at_once else act.effective_at

    def __repr__(self) -> str:
        said = f"{self.act.party} {self.act.number} {self.act.deed}"
        return f"KeptAct({said} from {self.counts_from})"
