"""What authorities agree on: a document for machines and people, signed by every party.

An agreement is called by the digest of its canonical bytes: who signs, signs exactly this text.
What happens to it afterwards (signatures, suspensions, its end) are acts (`act.py`); the document
itself never changes.

Parties are authorities by name, blocs, or both. An authority takes part for a bloc while its
country is a member and it has signed. Two authorities cooperate when they stand on different
sides, or both for the bloc where a bloc is the only party.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from taawun.cooperation.bloc import Blocs
from taawun.cooperation.trust.party import CooperationField
from taawun.cooperation.wire import AuthorityCode, BlocCode, Document, Language, Line, Moment, Text


class Service(StrEnum):
    """What one authority may do with another under an agreement."""

    ASK = "ask"
    DISCLOSE = "disclose"
    MATCH = "match"
    TRACE = "trace"
    TYPOLOGY = "typology"
    FREEZE = "freeze"


class Purpose(StrEnum):
    """What information may be used for. Egmont: intelligence unless the provider agrees to more."""

    INTELLIGENCE = "intelligence"
    INVESTIGATION = "investigation"
    PROSECUTION = "prosecution"
    ASSET_RECOVERY = "asset_recovery"
    SUPERVISION = "supervision"
    SANCTIONS = "sanctions"
    MUTUAL_LEGAL_ASSISTANCE = "mutual_legal_assistance"


class Category(StrEnum):
    """What kind of information passes."""

    IDENTITY = "identity"
    ACCOUNTS = "accounts"
    TRANSACTIONS = "transactions"
    REPORTS = "reports"
    OWNERSHIP = "ownership"
    ENFORCEMENT = "enforcement"
    CUSTOMS = "customs"
    COURT = "court"
    ANALYSIS = "analysis"


class Onward(StrEnum):
    """Whether information may be passed on: never; with consent each time; or with consent, which
    is assumed for the recipients that the request named."""

    NONE = "none"
    CONSENT = "consent"
    NAMED = "named"


class Party(Document):
    """One side of an agreement: an authority, or a bloc."""

    authority: AuthorityCode | None = None
    bloc: BlocCode | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.authority is None) == (self.bloc is None):
            raise ValueError("an authority or a bloc")
        return self

    @property
    def code(self) -> str:
        """The authority's or the bloc's code."""
        return self.authority or self.bloc or ""


class Deadlines(Document):
    """How soon. Hours are plain hours, business days those of who must act."""

    acknowledge_hours: Annotated[int, Field(ge=1, le=24 * 60)] = 72
    interim_business_days: Annotated[int, Field(ge=1, le=250)] = 30
    answer_business_days: Annotated[int, Field(ge=1, le=250)] = 30
    urgent_hours: Annotated[int, Field(ge=1, le=24 * 60)] = 24


class Budget(Document):
    """How many questions a day (UTC) one partner may ask for a purpose, of `match` or `trace`."""

    service: Literal[Service.MATCH, Service.TRACE]
    purpose: Purpose
    a_day: Annotated[int, Field(ge=0, le=10_000_000)]


class Agreement(Document):
    """The terms. `four_eyes` are the services whose messages a second officer must approve."""

    v: Literal[1] = 1
    protocol: Literal["taawun/1"] = "taawun/1"
    title: Annotated[dict[Language, Line], Field(min_length=1, max_length=12)]
    parties: Annotated[tuple[Party, ...], Field(min_length=1, max_length=64)]
    legal_basis: Annotated[tuple[Text, ...], Field(min_length=1, max_length=20)]
    fields: Annotated[tuple[CooperationField, ...], Field(min_length=1, max_length=6)]
    services: Annotated[tuple[Service, ...], Field(min_length=1, max_length=6)]
    purposes: Annotated[tuple[Purpose, ...], Field(min_length=1, max_length=7)]
    categories: Annotated[tuple[Category, ...], Field(min_length=1, max_length=9)]
    onward: Onward
    deadlines: Deadlines = Deadlines()
    budgets: Annotated[tuple[Budget, ...], Field(max_length=14)] = ()
    retention_days: Annotated[int, Field(ge=1, le=36_525)]
    four_eyes: Annotated[tuple[Service, ...], Field(max_length=6)] = ()
    valid_from: Moment
    valid_until: Moment | None = None
    made_at: Moment
    made_by: AuthorityCode

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        for name in ("parties", "fields", "services", "purposes", "categories", "four_eyes"):
            said = getattr(self, name)
            if len(set(said)) < len(said):
                raise ValueError(f"{name}: the same twice")
        if len(self.parties) == 1 and self.parties[0].bloc is None:
            raise ValueError("parties: nobody agrees with himself alone")
        if self.valid_until is not None and self.valid_until <= self.valid_from:
            raise ValueError("valid_until: before valid_from")
        if not set(self.four_eyes) <= set(self.services):
            raise ValueError("four_eyes: not among the services")
        budgets = [(each.service, each.purpose) for each in self.budgets]
        if len(set(budgets)) < len(budgets):
            raise ValueError("budgets: two for the same")
        return self

    @property
    def id(self) -> str:
        """What everybody calls it by: the digest of the text that is signed."""
        return self.digest()

    @property
    def named(self) -> tuple[str, ...]:
        """The authorities that are parties by name: none may be missing among the signatures."""
        return tuple(party.authority for party in self.parties if party.authority is not None)

    def sides(self, authority: str, blocs: Blocs, at: datetime) -> frozenset[int]:
        """For which parties, by their place, an authority may stand at a time."""
        return frozenset(
            place
            for place, party in enumerate(self.parties)
            if party.authority == authority
            or (party.bloc is not None and blocs.member(party.bloc, authority[:2], at))
        )

    def meet(self, one: str, other: str, blocs: Blocs, at: datetime) -> bool:
        """Whether the agreement is one between these two, signatures aside."""
        if one == other:
            return False
        mine, theirs = self.sides(one, blocs, at), self.sides(other, blocs, at)
        if len(self.parties) == 1:
            return bool(mine and theirs)
        return any(a != b for a in mine for b in theirs)

    def budget(self, service: Service, purpose: Purpose) -> int:
        """Questions a day; none where the agreement names no budget."""
        for each in self.budgets:
            if each.service is service and each.purpose is purpose:
                return each.a_day
        return 0
