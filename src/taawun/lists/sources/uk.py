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

from taawun.entities import dates
from taawun.lists.sources.aliases import Spelling, bracketed
from taawun.lists.sources.card import card
from taawun.lists.sources.languages import three_letter
from taawun.lists.sources.remarks import read_person_remarks
from taawun.lists.sources.table import Row, rows, text_of, wrong_format
from taawun.lists.sources.text import cleaned
from taawun.lists.sources.transcript import Draft, Reading, Transcript
from taawun.lists.sources.uk_details import link, listed, read_details, say_imo

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
# A ship named by its number: IMO 9297541 ("DOVE").
_NUMBERED = re.compile(r"^IMO (\d{7})(?:\s*\(\s*[\"“‘']?\s*(.+?)\s*[\"”’']?\s*\))?$")
_IMO = re.compile(r"\bIMO(?: number)?:? ?(\d{7})\b")


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
    link(transcript)
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
        read_details(draft, row)
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
        say_imo(draft, match[1], row.line)
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
    for part in listed(name):
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
            say_imo(draft, numbers.pop(), group[0].line)
    for row in group:
        draft.date("modifiedAt", row.take("Last Updated"), field="Last Updated")
