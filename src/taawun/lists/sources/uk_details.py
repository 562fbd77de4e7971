"""The details in the rows of the UK Sanctions List: what each column becomes.

Column                                becomes
Address Line 1 … 6, Postal Code       an address; lines 5 and 6 are region and city
D.O.B, Nationality, Gender, birth     properties of a person
Passport, National Identifier         documents
Type of entity, registration numbers  properties of a company
IMO, flags, type, tonnage, year       properties of a ship
Parent company, Subsidiaries, owners  notes, and relations where exactly one entry has that name
"""

from __future__ import annotations

import re

from taawun.entities import identifiers
from taawun.entities.countries import country_code
from taawun.lists.sources.table import Row
from taawun.lists.sources.text import cleaned
from taawun.lists.sources.transcript import Draft, Transcript

_GENDER = {"male": "male", "female": "female", "m": "male", "f": "female"}
_SHIP = (
    ("Type of ship", "type"),
    ("Tonnage of ship", "tonnage"),
    ("Year Built", "buildDate"),
    ("IMO number", "imoNumber"),
    ("Hull identification number (HIN)", "registrationNumber"),
)
_SHIP_TEXT = ("Length of ship", "Current owner/operator (s)", "Previous owner/operator (s)")
_LISTED = re.compile(r"\s*[;|]\s*")
# "(1) Russia (2) Ukraine", but not the area codes of "(98)(21)23803202".
_NUMBERED = re.compile(r"(?:^|\s)\(\d{1,2}\)\s+")


def read_details(draft: Draft, row: Row) -> None:
    """Say everything of one row but its names and what all rows must agree on."""
    _address(draft, row)
    contact = {"Phone number": "phone", "Website": "website", "Email address": "email"}
    for column, prop in contact.items():
        _say_or_note(draft, prop, listed(row.take(column)), column)
    if draft.schema == "Person":
        _personal(draft, row)
    if draft.schema == "Vessel":
        _ship(draft, row)
    else:
        _corporate(draft, row)
    _documents(draft, row)


def _say_or_note(draft: Draft, prop: str, texts: list[str], column: str) -> None:
    """Say values where the schema has the property; a ship has no telephone, so it is noted."""
    for text in texts:
        if prop in draft.known:
            draft.add(prop, text)
        else:
            draft.note(f"{column}: {text}")


def _address(draft: Draft, row: Row) -> None:
    lines = [row.take(f"Address Line {number}") for number in range(1, 7)]
    parts = {
        "street": ", ".join(line.rstrip(",") for line in lines[:4] if line),
        "region": lines[4],
        "city": lines[5],
        "postalCode": row.take("Address Postal Code"),
    }
    draft.address(parts, row.take("Address Country"), field="Address Country")


def _personal(draft: Draft, row: Row) -> None:
    draft.add_all("title", listed(row.take("Title")))
    draft.add_all("position", listed(row.take("Position")))
    for raw in listed(row.take("D.O.B")):
        draft.date("birthDate", raw, field="D.O.B")
    for raw in listed(row.take("Nationality(/ies)")):
        draft.country("nationality", raw, field="Nationality(/ies)")
    gender = cleaned(row.take("Gender"))
    if gender and gender.lower() not in _GENDER:
        draft.unreadable("readers.value_unknown", "gender", gender, "Gender")
    draft.add("gender", _GENDER.get(gender.lower(), ""), original=gender)
    countries = listed(row.take("Country of birth"))
    for raw in countries:
        draft.country("birthCountry", raw, field="Country of birth")
    towns = listed(row.take("Town of birth"))
    if len(towns) == len(countries):
        draft.add_all("birthPlace", map(", ".join, zip(towns, countries, strict=True)))
    else:
        draft.add_all("birthPlace", towns + countries)


def _documents(draft: Draft, row: Row) -> None:
    for number, info, kind, passport in (
        ("Passport number", "Passport additional information", "Passport", True),
        ("National Identifier number", "National Identifier additional information", "", False),
    ):
        said, more = row.take(number), cleaned(row.take(info))
        numbers = listed(said)
        for bare in numbers:
            country = _country_in(more)
            found = draft.document(
                bare, kind or "National identifier", passport=passport, country=country, note=more
            )
            if found and re.search(r"\bINN\b|Taxpayer", more) and not passport:
                draft.add("taxNumber", bare.lstrip("'"))
                if identifiers.valid(bare, "inn"):
                    draft.add("innCode", identifiers.normal(bare, "inn"))
        if more and not numbers:
            draft.note(f"{info}: {more}")


def _country_in(text: str) -> str:
    """The country or nationality that the remark to a document begins with, or ""."""
    words = re.findall(r"[^\W\d_]+", text)[:4]
    for count in range(len(words), 0, -1):
        if len(phrase := " ".join(words[:count])) > 3 and country_code(phrase):
            return phrase
    return ""


def _corporate(draft: Draft, row: Row) -> None:
    company = draft.schema in ("Company", "Organization", "LegalEntity")
    for column, prop in (
        ("Type of entity", "legalForm"),
        ("Business registration number (s)", "registrationNumber"),
    ):
        for text in listed(row.take(column)):
            if company:
                draft.add(prop, text)
            else:
                draft.note(f"{column}: {text}")
    for column in ("Parent company", "Subsidiaries"):
        for text in listed(row.take(column)):
            draft.note(f"{column}: {text}")


def _ship(draft: Draft, row: Row) -> None:
    for column, prop in _SHIP:
        raw = row.take(column)
        if prop == "buildDate":
            draft.date(prop, raw, field=column)
            continue
        for text in listed(raw):
            if prop == "imoNumber":
                say_imo(draft, text, row.line)
            else:
                draft.add(prop, text)
    for column, prop in (
        ("Current believed flag of ship", "flag"),
        ("Previous flags", "pastFlags"),
    ):
        for raw in listed(row.take(column)):
            draft.country(prop, raw, field=column)
    for column in _SHIP_TEXT:
        for text in listed(row.take(column)):
            draft.note(f"{column}: {text}")


def say_imo(draft: Draft, text: str, line: int) -> None:
    """Say the IMO number of a ship; a wrong check digit is a problem."""
    draft.add("imoNumber", identifiers.normal(text, "imo"), original=text)
    if not identifiers.valid(text, "imo"):
        draft.transcript.problem(
            "readers.identifier_invalid", line=line, field="IMO number", got=text
        )


def listed(cell: str) -> list[str]:
    """The values of one cell: "(1) a (2) b", "a; b" and "a|b" hold two."""
    if not cell:
        return []
    divider = _NUMBERED if cell.startswith("(1) ") else _LISTED
    return [bare for part in divider.split(cell) if (bare := part.strip(" ,;\n\t"))]


# A note "Parent company: X" links to the entry whose name is X, when exactly one is listed.
_TIES = {
    "Parent company": "parent company",
    "Subsidiaries": "subsidiary",  # the same tie seen from the other end
    "Current owner/operator (s)": "owner or operator",
    "Previous owner/operator (s)": "previous owner or operator",
}


def link(transcript: Transcript) -> None:
    """Relations to the entries that notes name as parent, subsidiary or owner."""
    drafts = [draft for draft in transcript.drafts.values() if draft.target]
    named: dict[str, set[str]] = {}
    for draft in drafts:
        for prop in ("name", "alias"):
            for text in draft.values.get(prop, {}):
                named.setdefault(text.casefold(), set()).add(draft.id)
    for draft in drafts:
        for note in list(draft.values.get("notes", {})):
            column, _, name = note.partition(": ")
            found = named.get(name.casefold(), set()) - {draft.id} if column in _TIES else set()
            if len(found) == 1:
                _tie(transcript, draft, transcript.drafts[found.pop()], _TIES[column])


def _tie(transcript: Transcript, draft: Draft, other: Draft, role: str) -> None:
    if role == "owner or operator" and other.schema != "Vessel":
        draft.add("owner", other.id)
    if role == "parent company" and draft.schema == "Company" and other.schema != "Vessel":
        transcript.relate("Ownership", other.id, draft.id, role, draft.line)
    elif role == "subsidiary" and other.schema == "Company" and draft.schema != "Vessel":
        transcript.relate("Ownership", draft.id, other.id, "parent company", draft.line)
    else:
        transcript.relate("UnknownLink", draft.id, other.id, role, draft.line)
