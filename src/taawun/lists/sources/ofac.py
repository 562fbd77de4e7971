"""OFAC's SDN list in the legacy CSV layout: sdn.csv with alt.csv (names) and add.csv beside it.

No header, "-0-" for nothing, names of persons as "FAMILY, Given". Dates, documents, weak aliases
and links stand in the remarks (see `ofac_remarks`). The layout has no date of publication and no
date of listing, so none is said. A part that is missing is a problem, never silence.
"""

from __future__ import annotations

import re
from pathlib import Path

from taawun.lists.sources.aliases import Spelling, bracketed
from taawun.lists.sources.card import card
from taawun.lists.sources.ofac_remarks import person_name, person_parts, read_remarks
from taawun.lists.sources.table import Row, rows, text_of, wrong_format
from taawun.lists.sources.text import cleaned
from taawun.lists.sources.transcript import Draft, Reading, Transcript

AUTHORITY = "Office of Foreign Assets Control"
_SDN = (
    "sdn.Ent_num", "sdn.SDN_Name", "sdn.SDN_Type", "sdn.Program", "sdn.Title", "sdn.Call_Sign",
    "sdn.Vess_type", "sdn.Tonnage", "sdn.GRT", "sdn.Vess_flag", "sdn.Vess_owner", "sdn.Remarks",
)  # fmt: skip
_ALT = ("alt.Ent_num", "alt.Alt_num", "alt.Alt_type", "alt.Alt_name", "alt.Remarks")
_ADD = ("add.Ent_num", "add.Add_num", "add.Address", "add.City", "add.Country", "add.Remarks")
_SCHEMA = {"": "Organization", "individual": "Person", "vessel": "Vessel", "aircraft": "Airplane"}
_ALIAS = {"aka": "alias", "fka": "previousName", "nka": "alias"}
_NULL = "-0-"


def read(path: Path, dataset: str = "") -> Reading:
    """The list whose sdn.csv is `path`; InputError when it is not that or not whole."""
    transcript = Transcript(card("ofac"), path.name, dataset)
    links: dict[str, list[str]] = {}
    for row in _rows(transcript, path, _SDN):
        _entry(transcript, row, links)
        row.close()
    if not transcript.drafts:
        raise wrong_format(path, "no rows", "twelve columns: number, name, type, programme, …")
    for part, columns, use in (("alt", _ALT, _alternative), ("add", _ADD, _address)):
        beside = sibling(path, part)
        if beside is None:
            transcript.problem("readers.file_missing", line=None, field=part, got=path.name)
            continue
        transcript.file = beside.name
        for row in _rows(transcript, beside, columns):
            if draft := _owner(transcript, row, f"{part}.Ent_num"):
                use(draft, row)
            row.close()
    transcript.file = path.name
    _link(transcript, links)
    return transcript.reading()


def sibling(path: Path, part: str) -> Path | None:
    """The file beside `path` that holds the `part` (alt, add) of the same list, or None."""
    for word in ("sdn", "prim"):
        if re.search(word, path.name, re.I):
            wanted = re.sub(word, part, path.name, flags=re.I).lower()
            found = [other for other in path.parent.iterdir() if other.name.lower() == wanted]
            if found:
                return found[0]
    return None


def _rows(transcript: Transcript, path: Path, columns: tuple[str, ...]) -> list[Row]:
    text = text_of(transcript, path)
    first = text.split("\n", 1)[0]
    if not re.match(r'\s*"?\d+"?\s*,', first):
        raise wrong_format(path, first.strip(), f"{len(columns)} columns without a header")
    found = []
    for fields in rows(transcript, path, text, len(columns)):
        cells = ["" if cell.strip() == _NULL else cell for cell in fields]
        found.append(Row(transcript, columns, cells))
    return found


def _owner(transcript: Transcript, row: Row, column: str) -> Draft | None:
    reference = row.take(column)
    draft = transcript.drafts.get(reference)
    if draft is None:
        got = f"{reference}: {row.rest()}"
        transcript.problem("readers.reference_unknown", line=row.line, field=column, got=got)
    return draft


def _entry(transcript: Transcript, row: Row, links: dict[str, list[str]]) -> None:
    reference, kind = row.take("sdn.Ent_num"), cleaned(row.take("sdn.SDN_Type")).lower()
    if not reference.isdecimal():
        transcript.problem("readers.id_missing", line=row.line, field="sdn.Ent_num", got=reference)
        reference = reference or f"ofac-{row.line}"
    if kind not in _SCHEMA:
        transcript.problem("readers.value_unknown", line=row.line, field="sdn.SDN_Type", got=kind)
    draft = transcript.begin(reference, _SCHEMA.get(kind, "LegalEntity"), row.line)
    _name(draft, row.take("sdn.SDN_Name"))
    sanction = draft.sanction(authority=AUTHORITY, country="us")
    sanction.add("authorityId", reference)
    for code in re.split(r"\]\s*\[|;\s*", row.take("sdn.Program").strip("[] ")):
        draft.programme(sanction, cleaned(code))
    draft.add("topics", "sanction")
    draft.add("position" if draft.schema == "Person" else "notes", row.take("sdn.Title"))
    _vessel(draft, row)
    links[draft.id] = read_remarks(draft, sanction, row.take("sdn.Remarks"))


def _name(draft: Draft, raw: str) -> None:
    if not raw:
        draft.transcript.problem(
            "readers.name_missing", line=draft.line, field="sdn.SDN_Name", got=draft.id
        )
    if draft.schema != "Person":
        draft.names("name", _spelled(draft, raw))
        return
    given, family, suffix = person_parts(raw)
    draft.add("name", person_name(raw), original=raw)
    for prop, part in (("firstName", given), ("lastName", family), ("nameSuffix", suffix)):
        draft.add(prop, part)


def _spelled(draft: Draft, raw: str) -> list[Spelling]:
    """A name as people write it: persons given name first, acronyms of organisations apart."""
    if draft.schema == "Person":
        return [Spelling(person_name(raw), original=raw)]
    if draft.schema == "Organization":
        return bracketed(raw, person=False)
    return [Spelling(raw)]


def _vessel(draft: Draft, row: Row) -> None:
    flag, owner = row.take("sdn.Vess_flag"), row.take("sdn.Vess_owner")
    tonnage = (("sdn.Tonnage", "deadweightTonnage"), ("sdn.GRT", "grossRegisteredTonnage"))
    texts = (("sdn.Vess_type", "type"), ("sdn.Call_Sign", "callSign"))
    if draft.schema == "Vessel":
        for column, prop in (*tonnage, *texts):
            said = row.take(column)
            draft.add(
                prop, said.replace(",", "") if prop.endswith("Tonnage") else said, original=said
            )
        draft.country("flag", flag, field="sdn.Vess_flag")
    else:
        for column, _ in (*tonnage, *texts):
            if said := row.take(column):
                draft.note(f"{column.removeprefix('sdn.')}: {said}")
        draft.country("country", flag, field="sdn.Vess_flag")
    if owner:
        draft.note(f"Vessel owner: {owner}")


def _alternative(draft: Draft, row: Row) -> None:
    kind, name = cleaned(row.take("alt.Alt_type")).lower(), row.take("alt.Alt_name")
    prop = _ALIAS.get(kind, "")
    if not prop:
        draft.transcript.problem(
            "readers.value_unknown", line=row.line, field="alt.Alt_type", got=kind
        )
    draft.line = row.line
    draft.names(prop or "alias", _spelled(draft, name))
    draft.note(row.take("alt.Remarks"))
    if row.take("alt.Alt_num"):
        draft.transcript.ignored["alt.Alt_num"] += 1


def _address(draft: Draft, row: Row) -> None:
    draft.line = row.line
    parts = {"street": row.take("add.Address"), "city": row.take("add.City")}
    country, remark = row.take("add.Country"), row.take("add.Remarks")
    if country.lower().startswith("undetermined"):
        country = ""
    draft.address(parts, country, field="add.Country", remark=remark)
    if row.take("add.Add_num"):
        draft.transcript.ignored["add.Add_num"] += 1


def _link(transcript: Transcript, links: dict[str, list[str]]) -> None:
    """Links to the entries that remarks name, where exactly one entry has that name."""
    named: dict[str, set[str]] = {}
    for draft in transcript.drafts.values():
        for value in draft.values.get("name", {}).values() if draft.target else ():
            named.setdefault(_key(value.original or value.text), set()).add(draft.id)
    for id_, names in links.items():
        draft = transcript.drafts[id_]
        for name in names:
            found = named.get(_key(name), set()) - {id_}
            if len(found) == 1:
                transcript.relate("UnknownLink", id_, found.pop(), "linked to", draft.line)
            else:
                draft.note(f"Linked To: {name}")
                transcript.ignored["sdn.Remarks (kept as notes)"] += 1


def _key(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()
