"""Whom a message is about: subjects, their accounts, transfers of money.

Names are given in every script in which they are known, each with its script (ISO 15924) and what
kind of name it is. Dates stay as partial as they are known.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from taawun.cooperation.requests.bodies.passage import Amount, Currency, EachOnce, Passage
from taawun.cooperation.wire import CountryCode, Day, Document, Line, MessageId
from taawun.entities.identifiers import adds_up, normal, valid

MOST_NAMES = 40
MOST_SUBJECTS = 50
MOST_ACCOUNTS = 200
MOST_TRANSFERS = 500


class NameKind(StrEnum):
    """What kind of name it is; a weak alias alone does not tell a person."""

    MAIN = "main"
    ALIAS = "alias"
    WEAK_ALIAS = "weak_alias"
    FORMER = "former"
    MAIDEN = "maiden"
    TRANSLITERATED = "transliterated"


class SubjectKind(StrEnum):
    """What a subject is (FollowTheMoney's schemata in the words of a request)."""

    PERSON = "person"
    COMPANY = "company"
    ORGANISATION = "organisation"
    VESSEL = "vessel"
    UNKNOWN = "unknown"


class Role(StrEnum):
    """What a subject has to do with the case (goAML: role, reason)."""

    SUSPECT = "suspect"
    ASSOCIATE = "associate"
    ACCOUNT_HOLDER = "account_holder"
    SIGNATORY = "signatory"
    BENEFICIAL_OWNER = "beneficial_owner"
    DIRECTOR = "director"
    SENDER = "sender"
    BENEFICIARY = "beneficiary"
    VICTIM = "victim"
    WITNESS = "witness"
    DESIGNATED = "designated"


class IdentifierKind(StrEnum):
    """What a number is. LEI and IMO number stand as their standards spell them."""

    PASSPORT = "passport"
    NATIONAL_ID = "national_id"
    RESIDENCE_PERMIT = "residence_permit"
    TAX = "tax"
    REGISTRATION = "registration"
    LEI = "lei"
    IMO = "imo"
    PHONE = "phone"
    EMAIL = "email"
    WALLET = "wallet"
    OTHER = "other"


CHECKED = {IdentifierKind.LEI, IdentifierKind.IMO}
"""Kinds whose check digits must fit: another number would be somebody else's."""


def _partial(text: str) -> str:
    year, month, day = (*map(int, text.split("-")), 1, 1)[:3]
    date(year, month, day)
    return text


PartialDay = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$", strict=True),
    AfterValidator(_partial),
]
"""ISO 8601 cut where knowledge ends: YYYY, YYYY-MM or YYYY-MM-DD."""
Script = Annotated[str, StringConstraints(pattern=r"^[A-Z][a-z]{3}$", strict=True)]
"""ISO 15924: Arab, Latn, Cyrl …"""


def _iban(text: str) -> str:
    """The check digits alone: which countries have IBANs, and how long, changes by the year."""
    if not adds_up(text):
        raise ValueError("not an IBAN: its check digits do not fit")
    return text


Iban = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$", strict=True),
    AfterValidator(_iban),
]
"""ISO 13616, without spaces."""
Bic = Annotated[
    str, StringConstraints(pattern=r"^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$", strict=True)
]
"""ISO 9362."""
Uetr = MessageId
"""ISO 20022 UETR: a UUID, version 4, in small letters as a message's id is."""


def _as_its_standard(number: str, kind: str) -> bool:
    """Whether it is spelt as its standard spells it, and its check digits fit."""
    return number == normal(number, kind) and valid(number, kind) is True


class SubjectName(Document):
    """One name in one script."""

    text: Line
    script: Script
    kind: NameKind


class Identifier(Document):
    """A number that tells a subject, and who gave it."""

    kind: IdentifierKind
    number: Line
    country: CountryCode | None = None

    @model_validator(mode="after")
    def _check_digits_fit(self) -> Self:
        if self.kind in CHECKED and not _as_its_standard(self.number, self.kind.value):
            raise ValueError(f"no {self.kind.value} as its standard spells it, digits and all")
        return self


class Account(Document):
    """An account: its IBAN, or its number with the institution that keeps it."""

    iban: Iban | None = None
    number: Line | None = None
    institution: Line | None = None
    bic: Bic | None = None
    currency: Currency | None = None

    @model_validator(mode="after")
    def _tells_one_account(self) -> Self:
        if self.iban is None and (self.number is None or not (self.institution or self.bic)):
            raise ValueError("an account is told by its IBAN, or by number and institution")
        return self


class Transfer(Document):
    """A transfer of money: its UETR, or day and amount with one of the accounts."""

    uetr: Uetr | None = None
    on: Day | None = None
    amount: Amount | None = None
    source: Account | None = None
    target: Account | None = None

    @model_validator(mode="after")
    def _can_be_found(self) -> Self:
        if self.uetr is None and (
            self.on is None or self.amount is None or not (self.source or self.target)
        ):
            raise ValueError("a transfer is told by its UETR, or by day, amount and an account")
        return self


class Subject(Document):
    """A person, company, organisation or vessel, as far as it is known.

    A subject whose name is not known is told by an identifier or an account.
    """

    kind: SubjectKind
    roles: Annotated[tuple[Role, ...], Field(min_length=1, max_length=6), EachOnce]
    names: Annotated[tuple[SubjectName, ...], Field(max_length=MOST_NAMES), EachOnce]
    births: Annotated[tuple[PartialDay, ...], Field(max_length=10), EachOnce]
    countries: Annotated[tuple[CountryCode, ...], Field(max_length=10), EachOnce]
    identifiers: Annotated[tuple[Identifier, ...], Field(max_length=40), EachOnce]
    accounts: Annotated[tuple[Account, ...], Field(max_length=MOST_ACCOUNTS), EachOnce]
    note: Passage | None = None

    @model_validator(mode="after")
    def _is_somebody(self) -> Self:
        if not (self.names or self.identifiers or self.accounts):
            raise ValueError("a subject has a name, an identifier or an account")
        if self.births and self.kind not in (SubjectKind.PERSON, SubjectKind.UNKNOWN):
            raise ValueError("only persons are born")
        return self


Subjects = Annotated[tuple[Subject, ...], Field(max_length=MOST_SUBJECTS)]
Accounts = Annotated[tuple[Account, ...], Field(max_length=MOST_ACCOUNTS), EachOnce]
Transfers = Annotated[tuple[Transfer, ...], Field(max_length=MOST_TRANSFERS), EachOnce]
