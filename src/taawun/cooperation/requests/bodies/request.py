"""A request for information, and its acknowledgement.

What a request says follows FATF's interpretive note to Recommendation 40, paragraph 1 (complete
factual and legal information, urgency, foreseen use) and the Egmont Group's Principles for
Information Exchange (the case, the suspicion, the link to the country asked, who will use it).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from taawun.cooperation.agreement import Category, Purpose
from taawun.cooperation.requests.bodies.information import Origins
from taawun.cooperation.requests.bodies.passage import EachOnce, Passage, doubled
from taawun.cooperation.requests.bodies.subject import Accounts, Subjects, Transfers
from taawun.cooperation.wire import AuthorityCode, CountryCode, Day, Document, Line, Moment


class Offence(StrEnum):
    """What is suspected: money laundering, the financing of terrorism or of proliferation, and the
    designated categories of offences of FATF's glossary."""

    MONEY_LAUNDERING = "money_laundering"
    TERRORIST_FINANCING = "terrorist_financing"
    PROLIFERATION_FINANCING = "proliferation_financing"
    ORGANISED_GROUP = "organised_group"
    TERRORISM = "terrorism"
    HUMAN_TRAFFICKING = "human_trafficking"
    SEXUAL_EXPLOITATION = "sexual_exploitation"
    DRUG_TRAFFICKING = "drug_trafficking"
    ARMS_TRAFFICKING = "arms_trafficking"
    STOLEN_GOODS = "stolen_goods"
    CORRUPTION = "corruption"
    FRAUD = "fraud"
    COUNTERFEIT_CURRENCY = "counterfeit_currency"
    PRODUCT_PIRACY = "product_piracy"
    ENVIRONMENTAL_CRIME = "environmental_crime"
    MURDER = "murder"
    KIDNAPPING = "kidnapping"
    ROBBERY = "robbery"
    SMUGGLING = "smuggling"
    TAX_CRIME = "tax_crime"
    EXTORTION = "extortion"
    FORGERY = "forgery"
    PIRACY = "piracy"
    MARKET_ABUSE = "market_abuse"


class SoughtInformation(Document):
    """One thing that is asked for: its category, and what exactly. `number` counts from 1."""

    number: Annotated[int, Field(ge=1, le=100)]
    category: Category
    what: Passage


class NamedRecipient(Document):
    """Who is to have the information besides the asker, and why."""

    authority: AuthorityCode
    reason: Passage


class Urgency(Document):
    """Why it is urgent, and until when it is needed (a transfer about to leave, a person held)."""

    needed_by: Moment
    reason: Passage


class Request(Document):
    """A request for information.

    `link` says what the case has to do with the country asked (`country`). `uses` are what the
    information is for; the message's purpose is one of them. `recipients` are those for whom
    consent to pass it on is asked with the request. `reference` is the asker's file; `origins` are
    those whose information the request itself holds.
    """

    reference: Line
    title: Passage
    offences: Annotated[tuple[Offence, ...], Field(min_length=1, max_length=10), EachOnce]
    facts: Passage
    suspicion: Passage
    country: CountryCode
    link: Passage
    uses: Annotated[tuple[Purpose, ...], Field(min_length=1, max_length=7), EachOnce]
    use: Passage
    recipients: Annotated[tuple[NamedRecipient, ...], Field(max_length=20)]
    urgency: Urgency | None = None
    subjects: Subjects
    accounts: Accounts
    transfers: Transfers
    sought: Annotated[tuple[SoughtInformation, ...], Field(min_length=1, max_length=40)]
    origins: Origins

    @model_validator(mode="after")
    def _can_be_worked_on(self) -> Self:
        if not (self.subjects or self.accounts or self.transfers):
            raise ValueError("a request is about a subject, an account or a transfer")
        if [each.number for each in self.sought] != list(range(1, len(self.sought) + 1)):
            raise ValueError("what is sought is numbered 1, 2, 3 …")
        if doubled(each.authority for each in self.recipients):
            raise ValueError("a recipient twice")
        return self


class Acknowledgement(Document):
    """That a message has come in and is being looked at: the own file, and when to expect more."""

    reference: Line
    expected_by: Day | None = None
    note: Passage | None = None
