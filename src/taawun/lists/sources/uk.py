"""The UK Sanctions List (CSV, 58 columns): one row per name, grouped by Unique ID.

The first line is the report date, the second the header. Rows of one entry repeat its details, or
bring a further name, address, date or document; what may differ between them is collected, what
may not (type, regime, reasons …) is a problem where it does.

Name 1 … Name 5 are the given names in order and Name 6 the family name, or the whole name of an
entity or ship: written as people write it, given names first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from taawun.entities import dates, identifiers
from taawun.lists.sources.aliases import Spelling, bracketed
from taawun.lists.sources.card import card
from taawun.lists.sources.languages import three_letter
from taawun.lists.sources.remarks import read_person_remarks
from taawun.lists.sources.table import Row, rows, text_of, wrong_format
from taawun.lists.sources.text import cleaned
from taawun.lists.sources.transcript import Draft, Reading, Transcript

AUTHORITY = "United Kingdom"
COLUMNS = (
    "Last Updated", "Unique ID", "OFSI Group ID", "UN Reference Number", "Name 6", "Name 1",
    "Name 2", "Name 3", "Name 4", "Name 5", "Name type", "Alias strength", "Title",
    "Name non-latin script", "Non-latin script type", "Non-latin script language", "Regime Name",
    "Designation Type", "Designation source", "Sanctions Imposed", "Other Information",
    "UK Statement of Reasons", "Address Line 1", "Address Line 2", "Address Line 3",
    "Address Line 4", "Address Line 5", "Address Line 6", "Address Postal Code", "Address Country",
    "Phone number", "Website", "Email address", "Date Designated", "D.O.B", "Nationality(/ies)",
    "National Identifier number", "National Identifier additional information", "Passport number",
    "Passport additional information", "Position", "Gender", "Town of birth", "Country of birth",
    "Type of entity", "Subsidiaries", "Parent company", "Business registration number (s)",
    "IMO number", "Current owner/operator (s)", "Previous owner/operator (s)",
    "Current believed flag of ship", "Previous flags", "Type of ship", "Tonnage of ship",
    "Length of ship", "Year Built", "Hull identification number (HIN)",
)  # fmt: skip
_SCHEMA = {"individual": "Person", "entity": "Organization", "ship": "Vessel"}
# Columns in which all rows of one entry must agree.
_AGREED = (
    "OFSI Group ID", "UN Reference Number", "Regime Name", "Designation Type",
    "Designation source", "Sanctions Imposed", "Other Information", "UK Statement of Reasons",
    "Date Designated",
)  # fmt: skip
_NAME_TYPE = {
    "primary name": "name",
    "primary name variation": "alias",
    "alias": "alias",
    "a.k.a": "alias",
    "a.k.a.": "alias",
    "f.k.a": "previousName",
    "f.k.a.": "previousName",
    "formerly known as": "previousName",
}
_STRENGTH = {"": False, "good quality a.k.a": False, "low quality a.k.a": True}
_GENDER = {"male": "male", "female": "female", "m": "male", "f": "female"}
_SHIP = (
    ("Type of ship", "type"),
    ("Tonnage of ship", "tonnage"),
    ("Year Built", "buildDate"),
    ("IMO number", "imoNumber"),
    ("Hull identification number (HIN)", "registrationNumber"),
)
_SHIP_TEXT = ("Length of ship", "Current owner/operator (s)", "Previous owner/operator (s)")
# A ship named by its number: IMO 9297541 ("DOVE").
_NUMBERED = re.compile(r"^IMO (\d{7})(?:\s*\(\s*[\"“‘']?\s*(.+?)\s*[\"”’']?\s*\))?$")
_IMO = re.compile(r"\bIMO(?: number)?:? ?(\d{7})\b")
_LISTED = re.compile(r"\s*[;|]\s*|\s*\(\d+\)\s*")


def read(path: Path, dataset: str = "") -> Reading:
    """The whole list; InputError when the file is not this list or not whole."""
    transcript = Transcript(card("uk"), path.name, dataset)
    text = text_of(transcript, path)
    columns, skipped = _header(transcript, path, text)
    groups: dict[str, list[Row]] = {}
    for fields in rows(transcript, path, text, len(columns), skip=skipped):
        row = Row(transcript, columns, fields)
        groups.setdefault(_reference(transcript, row), []).append(row)
    for reference, group in groups.items():
        _entry(transcript, reference, group)
    _link(transcript)
    return transcript.reading()


def _header(transcript: Transcript, path: Path, text: str) -> tuple[tuple[str, ...], int]:
    """The columns of the file and the line of its header; the report date is noted."""
    lines = text.splitlines()
    first = lines[0] if lines else ""
    at = 0
    if match := re.match(r'"?Report Date:?,?\s*([^",]+)', first):
        transcript.published = dates.partial(match[1].replace("-", " "))
        if not transcript.published:
            transcript.problem("readers.date_unreadable", line=1, field="Report Date", got=match[1])
        at = 1
    columns = tuple(
        cell.strip().strip('"') for cell in (lines[at] if at < len(lines) else "").split(",")
    )
    if "Unique ID" not in columns or "Name 6" not in columns:
        raise wrong_format(
            path, lines[at] if at < len(lines) else first, "Last Updated,Unique ID,…"
        )
    for column in COLUMNS:
        if column not in columns:
            transcript.problem("readers.column_missing", line=at + 1, field=column)
    return columns, at + 1


def _reference(transcript: Transcript, row: Row) -> str:
    found = cleaned(row.take("Unique ID"))
    if not found:
        transcript.problem("readers.id_missing", line=row.line, field="Unique ID")
        found = f"uk-{row.line}"
    return found


def _entry(transcript: Transcript, reference: str, group: list[Row]) -> None:
    agreed = _agreed(transcript, reference, group)
    kind = agreed["Designation Type"].lower()
    if kind not in _SCHEMA:
        transcript.problem(
            "readers.value_unknown",
            line=group[0].line,
            field="Designation Type",
            got=agreed["Designation Type"],
            expected=", ".join(_SCHEMA),
        )
    schema = _SCHEMA.get(kind, "LegalEntity")
    if schema == "Organization" and any(
        row.peek("Business registration number (s)") for row in group
    ):
        schema = "Company"
    draft = transcript.begin(reference, schema, group[0].line)
    draft.since = dates.partial(agreed["Date Designated"])
    _names(draft, group)
    _listing(draft, agreed, group)
    for row in group:
        draft.line = row.line
        _details(draft, row)
        row.close()
    draft.line = group[0].line


def _agreed(transcript: Transcript, reference: str, group: list[Row]) -> dict[str, str]:
    """The cells on which all rows must agree; a row that does not is a problem, the first wins."""
    found: dict[str, str] = dict.fromkeys(_AGREED, "")
    written: dict[str, str] = {}
    for row in group:
        for column in _AGREED:
            raw = row.take(column)
            if not raw or raw == written.get(column):
                continue
            said = cleaned(raw)
            if not found[column]:
                found[column], written[column] = said, raw
            elif said != found[column]:
                transcript.problem(
                    "readers.rows_disagree",
                    line=row.line,
                    field=f"{reference}/{column}",
                    got=said,
                    expected=found[column][:80],
                )
    return found


def _names(draft: Draft, group: list[Row]) -> None:
    primary = 0
    for row in group:
        draft.line = row.line
        primary += _name(draft, row)
    if not primary:
        draft.transcript.problem(
            "readers.name_missing", line=group[0].line, field="Name type", got=draft.id
        )


def _name(draft: Draft, row: Row) -> bool:
    """Say the name of one row; whether it is the primary one."""
    family = row.take("Name 6")
    given = [row.take(f"Name {number}") for number in range(1, 6)]
    prop = _property(draft, row)
    whole = " ".join(part for part in (*given, family) if part)
    found = bracketed(whole, person=draft.schema == "Person")
    if draft.schema == "Vessel" and (match := _NUMBERED.match(whole)):
        _imo(draft, match[1], row.line)
        found = [Spelling(match[2] or whole, original=whole)]
    draft.names(prop, found)
    if draft.schema == "Person":
        for part, text in zip(_parts(given), (g for g in given if g), strict=False):
            draft.add(part, text)
        if any(given):
            draft.add("lastName", family)
    _other_script(draft, row, prop)
    return prop == "name"


def _parts(given: list[str]) -> Iterable[str]:
    return ("firstName", "secondName", "middleName", "middleName", "middleName")[: len(given)]


def _property(draft: Draft, row: Row) -> str:
    kind, strength = cleaned(row.take("Name type")), cleaned(row.take("Alias strength"))
    prop = _NAME_TYPE.get(kind.lower(), "")
    weak = _STRENGTH.get(strength.lower())
    for column, said, known in (
        ("Name type", kind, prop != ""),
        ("Alias strength", strength, weak is not None),
    ):
        if not known:
            draft.transcript.problem("readers.value_unknown", line=row.line, field=column, got=said)
    if prop == "name" and draft.has("name"):
        return "alias"
    return "weakAlias" if weak and prop != "name" else prop or "alias"


def _other_script(draft: Draft, row: Row, prop: str) -> None:
    name, script = row.take("Name non-latin script"), row.take("Non-latin script type")
    lang = row.take("Non-latin script language")
    code = three_letter(lang)
    if lang and not code:
        draft.transcript.problem(
            "readers.language_unknown",
            line=row.line,
            field="Non-latin script language",
            got=lang,
        )
    if script and not name:
        draft.note(f"Non-latin script type: {script}")
    for part in _listed(name):
        draft.add("alias" if prop == "name" else prop, part, lang=code)


def _listing(draft: Draft, agreed: dict[str, str], group: list[Row]) -> None:
    sanction = draft.sanction(authority=AUTHORITY, country="gb")
    sanction.add("authorityId", draft.id)
    if agreed["OFSI Group ID"]:
        sanction.add("recordId", f"OFSI {agreed['OFSI Group ID']}")
    sanction.add("unscId", agreed["UN Reference Number"])
    sanction.add("reason", agreed["UK Statement of Reasons"])
    sanction.add("publisher", agreed["Designation source"])
    for measure in agreed["Sanctions Imposed"].split("|"):
        sanction.add("provisions", measure)
    draft.programme(sanction, name=agreed["Regime Name"])
    draft.add("topics", "sanction")
    draft.add("createdAt", draft.since)
    if agreed["Date Designated"] and not draft.since:
        draft.unreadable(
            "readers.date_unreadable", "createdAt", agreed["Date Designated"], "Date Designated"
        )
    draft.note(agreed["Other Information"])
    for column in ("Other Information", "UK Statement of Reasons"):
        if draft.schema == "Person":
            read_person_remarks(draft, agreed[column], column)
        # The column for it is often empty; the reasons then name the ship by its number.
        numbers = set(_IMO.findall(agreed[column])) if draft.schema == "Vessel" else set()
        if len(numbers) == 1 and not draft.has("imoNumber"):
            _imo(draft, numbers.pop(), group[0].line)
    for row in group:
        draft.date("modifiedAt", row.take("Last Updated"), field="Last Updated")


def _details(draft: Draft, row: Row) -> None:
    _address(draft, row)
    contact = {"Phone number": "phone", "Website": "website", "Email address": "email"}
    for column, prop in contact.items():
        _say_or_note(draft, prop, _listed(row.take(column)), column)
    if draft.schema == "Person":
        _personal(draft, row)
    if draft.schema == "Vessel":
        _ship(draft, row)
    else:
        _corporate(draft, row)
    _documents(draft, row)


def _say_or_note(draft: Draft, prop: str, texts: list[str], column: str) -> None:
    """Say values where the schema has the property; a ship has no telephone, so it is noted."""
    from taawun.entities.schemata import schema

    for text in texts:
        if prop in schema(draft.schema).properties:
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
    draft.add_all("title", _listed(row.take("Title")))
    draft.add_all("position", _listed(row.take("Position")))
    for raw in _listed(row.take("D.O.B")):
        draft.date("birthDate", raw, field="D.O.B")
    for raw in _listed(row.take("Nationality(/ies)")):
        draft.country("nationality", raw, field="Nationality(/ies)")
    gender = cleaned(row.take("Gender"))
    if gender and gender.lower() not in _GENDER:
        draft.unreadable("readers.value_unknown", "gender", gender, "Gender")
    draft.add("gender", _GENDER.get(gender.lower(), ""), original=gender)
    countries = _listed(row.take("Country of birth"))
    for raw in countries:
        draft.country("birthCountry", raw, field="Country of birth")
    towns = _listed(row.take("Town of birth"))
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
        numbers = _listed(said)
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
    from taawun.entities.countries import country_code

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
        for text in _listed(row.take(column)):
            if company:
                draft.add(prop, text)
            else:
                draft.note(f"{column}: {text}")
    for column in ("Parent company", "Subsidiaries"):
        for text in _listed(row.take(column)):
            draft.note(f"{column}: {text}")


def _ship(draft: Draft, row: Row) -> None:
    for column, prop in _SHIP:
        raw = row.take(column)
        if prop == "buildDate":
            draft.date(prop, raw, field=column)
            continue
        for text in _listed(raw):
            if prop == "imoNumber":
                _imo(draft, text, row.line)
            else:
                draft.add(prop, text)
    for column, prop in (
        ("Current believed flag of ship", "flag"),
        ("Previous flags", "pastFlags"),
    ):
        for raw in _listed(row.take(column)):
            draft.country(prop, raw, field=column)
    for column in _SHIP_TEXT:
        for text in _listed(row.take(column)):
            draft.note(f"{column}: {text}")


def _imo(draft: Draft, text: str, line: int) -> None:
    draft.add("imoNumber", identifiers.normal(text, "imo"), original=text)
    if not identifiers.valid(text, "imo"):
        draft.transcript.problem(
            "readers.identifier_invalid", line=line, field="IMO number", got=text
        )


def _listed(cell: str) -> list[str]:
    """The values of one cell: "(1) a (2) b", "a; b" and "a|b" hold two."""
    if not cell:
        return []
    return [bare for part in _LISTED.split(cell) if (bare := part.strip(" ,;\n\t"))]


# A note "Parent company: X" links to the entry whose name is X, when exactly one is listed.
_TIES = {
    "Parent company": "parent company",
    "Subsidiaries": "subsidiary",  # the same tie seen from the other end
    "Current owner/operator (s)": "owner or operator",
    "Previous owner/operator (s)": "previous owner or operator",
}


def _link(transcript: Transcript) -> None:
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
