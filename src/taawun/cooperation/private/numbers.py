"""Tokens of identifiers: exact, in the one form that `entities.identifiers` gives.

A number that is unique in the world stands alone; one that only its issuer makes unique carries the
issuer's country, and without a country is asked only where it is long.
"""

from __future__ import annotations

from collections.abc import Iterator

from taawun.cooperation.private.subject import Identifier, Subject
from taawun.entities.identifiers import adds_up, normal, valid
from taawun.names.meeting import SCHEME

UNIQUE = frozenset(
    {"iban", "lei", "imo", "mmsi", "phone", "wallet", "email", "isin", "ogrn", "inn", "usc"}
)
"""Kinds whose numbers are unique in the world."""
NATIONAL = frozenset({"document", "registration", "tax"})
"""Kinds whose numbers are unique in one country."""
KINDS = UNIQUE | NATIONAL
LONG = 11
"""Letters and digits from which a national number may be asked without its country."""
SHORTEST = 4
_CHECKED = frozenset({"lei", "imo", "isin", "ogrn", "inn", "usc"})
_DIGITS_OF_PHONE = 8


def number_tokens(subject: Subject, kept: bool) -> Iterator[tuple[str, bytes]]:
    """(kind, token) of each identifier. `kept`: with and without country."""
    for each in subject.identifiers:
        if problem(each, subject) or each.kind not in KINDS:
            continue
        number = normal(each.text, each.kind)
        countries = _countries(each, subject) if each.kind in NATIONAL else ()
        asked = countries if kept else countries[:1]
        for country in asked:
            yield each.kind, token(each.kind, f"{country}:{number}")
        if each.kind in UNIQUE or (len(number) >= LONG and (kept or not countries)):
            yield each.kind, token(each.kind, number)


def token(what: str, value: str) -> bytes:
    """A token of an identifier: the same whoever holds it, person or company."""
    return f"{SCHEME}|number|{what}|{value}".encode()


def problem(each: Identifier, subject: Subject) -> str:
    """Why an identifier cannot be asked (a wording code); "" where it can."""
    number = normal(each.text, each.kind)
    if each.kind not in KINDS:
        return "tokens.number_kind"
    if len(number) < SHORTEST or (each.kind == "phone" and not _phone(number)):
        return "tokens.number_short"
    if each.kind in _CHECKED and valid(each.text, each.kind) is False:
        return "tokens.number_wrong"
    if each.kind == "iban" and not adds_up(number):
        return "tokens.number_wrong"
    if each.kind in NATIONAL and len(number) < LONG and not _countries(each, subject):
        return "tokens.number_country"
    return ""


def _phone(number: str) -> bool:
    return number.startswith("+") and len(number) > _DIGITS_OF_PHONE


def _countries(each: Identifier, subject: Subject) -> tuple[str, ...]:
    """Whose number it may be: its own country, else those of the subject, three at most."""
    known = (each.country,) if each.country else subject.countries
    return tuple(dict.fromkeys(country.strip().lower() for country in known if country.strip()))[:3]
