"""The four made-up authorities of the demonstration, and what they agree on.

| code | what | writes | no work on |
|---|---|---|---|
| XA-FIU | financial intelligence unit | Arabic | Friday, Saturday |
| XB-FIU | financial intelligence unit | Latin script | Saturday, Sunday |
| XC-POLICE | police | Cyrillic | Saturday, Sunday |
| XD-CUSTOMS | customs | Latin script | Friday |

Each has an agreement with each, and all four stand for their states in one agreement of a bloc.
The country codes are among those that ISO 3166 never gives to a country.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Any

from taawun.cooperation.trust.party import CooperationField, Kind


@dataclass(frozen=True, slots=True)
class MadeUpAuthority:
    """Who it is, the days on which nobody works there, and its two officers."""

    code: str
    kind: Kind
    names: Mapping[str, str]
    weekend: tuple[str, ...]
    officers: tuple[str, str]

    @property
    def country(self) -> str:
        """Its state's code."""
        return self.code[:2]

    @property
    def competences(self) -> tuple[CooperationField, ...]:
        """What all four of them are competent for."""
        return CooperationField.AML_CFT, CooperationField.ORGANISED_CRIME


A, B, C, D = "XA-FIU", "XB-FIU", "XC-POLICE", "XD-CUSTOMS"
FOUR = (
    MadeUpAuthority(
        A,
        Kind.FIU,
        {
            "ar": "وحدة المعلومات المالية",
            "en": "Financial Intelligence Unit of XA",
        },
        ("fri", "sat"),
        ("salma", "nasser"),
    ),
    MadeUpAuthority(
        B,
        Kind.FIU,
        {
            "fr": "Cellule de renseignement financier",
            "en": "Financial Intelligence Unit of XB",
            "ar": "خلية المعلومات المالية",
        },
        ("sat", "sun"),
        ("claire", "antoine"),
    ),
    MadeUpAuthority(
        C,
        Kind.POLICE,
        {
            "ru": "Управление по борьбе с экономическими преступлениями",
            "en": "Economic Crime Police of XC",
            "ar": "شرطة مكافحة الجرائم الاقتصادية",
        },
        ("sat", "sun"),
        ("olga", "pavel"),
    ),
    MadeUpAuthority(
        D,
        Kind.CUSTOMS,
        {
            "es": "Servicio de Investigación Aduanera",
            "en": "Customs Investigation Service of XD",
            "ar": "جهاز التحقيقات الجمركية",
        },
        ("fri",),
        ("marta", "diego"),
    ),
)
PAIRS = tuple(combinations((each.code for each in FOUR), 2))
BLOC, BLOC_SINCE = "QUARTET", date(2026, 1, 1)
DAYS = 30
"""Business days for an answer, of whoever owes it."""
A_DAY = 500
"""Questions of matching a day."""


def calendar() -> str:
    """The weekends of the four states, as a node's own calendar has them."""
    rows = (f"{each.country},2026-01-01,weekend {' '.join(each.weekend)},Made up" for each in FOUR)
    return "\n".join(("place,date,change,name", *rows)) + "\n"


def agreements() -> Iterator[tuple[str, tuple[str, ...], dict[str, Any]]]:
    """Who drafts it, who signs after that, and the text as an officer writes it."""
    for one, other in PAIRS:
        yield one, (other,), _between(one, other)
    yield A, tuple(each.code for each in FOUR[1:]), _of_the_bloc()


def _between(one: str, other: str) -> dict[str, Any]:
    units = (one, other) == (A, B)
    matched = [{"service": "match", "purpose": "intelligence", "a_day": A_DAY}]
    return {
        "title": {
            "en": f"Memorandum of understanding between {one} and {other}",
            "ar": f"مذكرة تفاهم بين {one} و{other}",
        },
        "parties": [one, other],
        "legal_basis": [f"A made-up law of {one[:2]}", f"A made-up law of {other[:2]}"],
        "fields": ["aml_cft"],
        "services": ["ask", "disclose", *(["match"] if units else [])],
        "purposes": ["intelligence", "investigation"],
        "categories": ["identity", "accounts", "transactions", "ownership"],
        "onward": "consent",
        "deadlines": {"answer_business_days": DAYS},
        "budgets": matched if units else [],
        "retention_days": 1825,
        "four_eyes": ["ask"],
    }


def _of_the_bloc() -> dict[str, Any]:
    return {
        "title": {
            "en": "Framework of the Quartet for the exchange of typologies",
            "ar": "الإطار الرباعي لتبادل أنماط غسل الأموال",
        },
        "parties": [BLOC],
        "legal_basis": ["A made-up treaty"],
        "fields": ["aml_cft"],
        "services": ["typology"],
        "purposes": ["intelligence"],
        "categories": ["analysis"],
        "onward": "none",
        "retention_days": 1825,
    }
