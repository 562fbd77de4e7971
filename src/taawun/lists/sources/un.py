"""The UN Security Council Consolidated List (XML): individuals and entities with their aliases.

Element                         becomes
FIRST_NAME … FOURTH_NAME        the name in this order, and its parts
NAME_ORIGINAL_SCRIPT            a further name
*_ALIAS, QUALITY                alias (Good, a.k.a.), weakAlias (Low), previousName (f.k.a.)
UN_LIST_TYPE, LISTED_ON         programme, listing date, also the date since when all this is said
COMMENTS1                       notes; parents, death, and links to entries cited by reference
"""

from __future__ import annotations

import re
from pathlib import Path

from taawun.entities import dates
from taawun.lists.sources.aliases import spellings
from taawun.lists.sources.card import card
from taawun.lists.sources.markup import Node, pieces
from taawun.lists.sources.remarks import read_person_remarks, references
from taawun.lists.sources.text import cleaned
from taawun.lists.sources.transcript import Draft, Reading, Transcript

AUTHORITY = "United Nations Security Council"
_PARTS = ("firstName", "secondName", "middleName", "lastName")
_NAMES = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")
# "AL-ITIHAAD AL-ISLAMIYA / AIAI": an acronym after a slash.
_SLASHED = re.compile(r"^(.+ .+) / ([A-Z]{2,8})$")
_QUALITY = {
    "good": "alias",
    "low": "weakAlias",
    "a.k.a.": "alias",
    "f.k.a.": "previousName",
    "": "alias",
}
_GENDER = {"male": "male", "female": "female"}
_TAGS = frozenset({"INDIVIDUAL", "ENTITY"})
_AROUND = frozenset({"INDIVIDUALS", "ENTITIES"})


def read(path: Path, dataset: str = "") -> Reading:
    """The whole list; InputError when the file is not this list or not whole."""
    transcript = Transcript(card("un"), path.name, dataset)
    for node in pieces(transcript, path, "CONSOLIDATED_LIST", _TAGS, _AROUND):
        if node.name == "CONSOLIDATED_LIST":
            transcript.published = node.attribute("dateGenerated")
        else:
            _entry(transcript, node)
        node.close()
    _link(transcript)
    return transcript.reading()


def _entry(transcript: Transcript, node: Node) -> None:
    person = node.name == "INDIVIDUAL"
    reference = cleaned(node.take("REFERENCE_NUMBER"))
    if not reference:
        transcript.problem(
            "readers.id_missing", line=node.line, field=f"{node.path}/REFERENCE_NUMBER"
        )
        reference = f"un-{cleaned(node.take('DATAID')) or node.line}"
    listed = dates.partial(raw := node.take("LISTED_ON"))
    if raw and not listed:
        transcript.problem(
            "readers.date_unreadable", line=node.line, field=f"{node.path}/LISTED_ON", got=raw
        )
    draft = transcript.begin(reference, "Person" if person else "Organization", node.line, listed)
    _names(draft, node, person)
    _listing(draft, node, reference)
    for alias in node.each(f"{node.name}_ALIAS"):
        _alias(draft, alias, person)
    for address in node.each(f"{node.name}_ADDRESS"):
        _address(draft, address)
    if person:
        _personal(draft, node)
    comments = node.take("COMMENTS1")
    draft.note(comments)
    if person:
        read_person_remarks(draft, comments, f"{node.path}/COMMENTS1")


def _names(draft: Draft, node: Node, person: bool) -> None:
    parts = [node.take(name) for name in _NAMES]
    whole = " ".join(part for part in parts if part)
    if not whole:
        draft.transcript.problem(
            "readers.name_missing", line=node.line, field=f"{node.path}/FIRST_NAME", got=draft.id
        )
    if person:
        draft.add("name", whole)
        for prop, part in zip(_PARTS, parts, strict=True):
            draft.add(prop, part)
    else:
        short = _SLASHED.sub(r"\1 (\2)", whole)
        draft.names("name", spellings(short, person=False))
    for original in node.texts("NAME_ORIGINAL_SCRIPT"):
        draft.names("alias", spellings(original, person=person))


def _alias(draft: Draft, node: Node, person: bool) -> None:
    name, quality, note = node.take("ALIAS_NAME"), node.take("QUALITY"), node.take("NOTE")
    prop = _QUALITY.get(cleaned(quality).lower())
    if prop is None:
        draft.transcript.problem(
            "readers.value_unknown",
            line=node.line,
            field=f"{node.path}/QUALITY",
            got=quality,
            expected=", ".join(_QUALITY),
        )
        prop = "alias"
    found = spellings(name, note, person=person)
    if found and re.match(r"(?:previously|formerly) listed as", note, re.I):
        prop = "previousName"
    draft.names(prop, found)
    if note:
        draft.note(f"{name}: {note}" if name else note)
    if person:
        _birth(draft, node.take("DATE_OF_BIRTH"), f"{node.path}/DATE_OF_BIRTH")
        city, country = node.take("CITY_OF_BIRTH"), node.take("COUNTRY_OF_BIRTH")
        _birth_place(draft, [city], country, node.path)


def _listing(draft: Draft, node: Node, reference: str) -> None:
    sanction = draft.sanction(authority=AUTHORITY)
    sanction.add("unscId", reference)
    code = cleaned(node.take("UN_LIST_TYPE"))
    if code and code not in draft.transcript.card.programmes:
        draft.transcript.problem(
            "readers.value_unknown", line=node.line, field=f"{node.path}/UN_LIST_TYPE", got=code
        )
    draft.programme(sanction, code)
    draft.add("topics", "sanction")
    draft.add("createdAt", draft.since)
    updated = []
    for block in node.each("LAST_DAY_UPDATED"):
        updated += block.texts("VALUE")
    for raw in updated:
        draft.date("modifiedAt", raw, field=f"{node.path}/LAST_DAY_UPDATED")


def _personal(draft: Draft, node: Node) -> None:
    for prop, name in (("title", "TITLE"), ("position", "DESIGNATION")):
        for block in node.each(name):
            draft.add_all(prop, block.texts("VALUE"))
    for block in node.each("NATIONALITY"):
        for raw in block.texts("VALUE"):
            draft.country("nationality", raw, field=f"{node.path}/NATIONALITY")
    gender = cleaned(node.take("GENDER"))
    if gender and gender.lower() not in _GENDER:
        draft.unreadable("readers.value_unknown", "gender", gender, f"{node.path}/GENDER")
    draft.add("gender", _GENDER.get(gender.lower(), ""), original=gender)
    for birth in node.each("INDIVIDUAL_DATE_OF_BIRTH"):
        _date_of_birth(draft, birth)
    for place in node.each("INDIVIDUAL_PLACE_OF_BIRTH"):
        parts = [place.take(part) for part in ("STREET", "CITY", "STATE_PROVINCE")]
        _birth_place(draft, parts, place.take("COUNTRY"), place.path, place.take("NOTE"))
    for document in node.each("INDIVIDUAL_DOCUMENT"):
        _document(draft, document)


def _date_of_birth(draft: Draft, node: Node) -> None:
    kind = cleaned(node.take("TYPE_OF_DATE")).upper()
    day, year = node.take("DATE"), node.take("YEAR")
    first, last, note = node.take("FROM_YEAR"), node.take("TO_YEAR"), cleaned(node.take("NOTE"))
    if kind not in ("", "EXACT", "APPROXIMATELY", "BETWEEN"):
        draft.transcript.problem(
            "readers.value_unknown", line=node.line, field=f"{node.path}/TYPE_OF_DATE", got=kind
        )
    about = "circa " if kind == "APPROXIMATELY" else ""
    said = day or year or (f"{first} to {last}" if first and last else first or last)
    if said:
        _birth(draft, about + said, node.path)
    if note and dates.span(note) and not said:
        _birth(draft, note, f"{node.path}/NOTE")
    elif note and note.lower() != "approximately":
        draft.note(f"birthDate: {' '.join((said, note)).strip()}")


def _birth(draft: Draft, raw: str, field: str) -> None:
    draft.date("birthDate", raw, field=field)


def _birth_place(draft: Draft, parts: list[str], country: str, path: str, note: str = "") -> None:
    draft.country("birthCountry", country, field=f"{path}/COUNTRY")
    draft.add("birthPlace", ", ".join(part for part in (*parts, country) if part))
    if note:
        draft.note(f"birthPlace: {note}")


def _address(draft: Draft, node: Node) -> None:
    parts = {
        "street": node.take("STREET"),
        "city": node.take("CITY"),
        "state": node.take("STATE_PROVINCE"),
        "postalCode": node.take("ZIP_CODE"),
    }
    note = node.take("NOTE")
    draft.address(parts, node.take("COUNTRY"), field=f"{node.path}/COUNTRY", remark=note)
    if note and not any(parts.values()):
        draft.note(f"address: {note}")


def _document(draft: Draft, node: Node) -> None:
    kinds = [node.take("TYPE_OF_DOCUMENT"), node.take("TYPE_OF_DOCUMENT2")]
    number, note = node.take("NUMBER"), node.take("NOTE")
    issued, issuer = node.take("DATE_OF_ISSUE"), node.take("ISSUING_COUNTRY")
    place, country = node.take("CITY_OF_ISSUE"), node.take("COUNTRY_OF_ISSUE")
    kind = ": ".join(cleaned(kind) for kind in kinds if kind)
    passport = any(re.search(r"passe?port|pasaporte", kind, re.I) for kind in kinds)
    document = draft.document(
        number,
        kind,
        passport=passport,
        country=issuer or country,
        field=f"{node.path}/ISSUING_COUNTRY",
        note=note,
    )
    if document is None:
        draft.note("; ".join(part for part in (kind, issued, place, country, issuer, note) if part))
        return
    document.date("startDate", issued, field=f"{node.path}/DATE_OF_ISSUE")
    document.add(
        "authority", ", ".join(part for part in (place, country if issuer else "") if part)
    )


def _link(transcript: Transcript) -> None:
    """Relations to the entries that comments cite by reference number."""
    listed = {id_: draft for id_, draft in transcript.drafts.items() if draft.target}
    for draft in listed.values():
        said: set[str] = set()
        for note in list(draft.values.get("notes", {})):
            for reference, sentence, kin in references(note):
                if reference == draft.id or reference in said:
                    continue
                said.add(reference)
                if reference in listed:
                    _relate(draft, listed[reference], sentence, kin)
                else:
                    transcript.problem(
                        "readers.reference_unknown",
                        line=draft.line,
                        field=f"{draft.id}/COMMENTS1",
                        got=reference,
                    )


def _relate(draft: Draft, other: Draft, sentence: str, kin: str) -> None:
    both = draft.schema == other.schema == "Person"
    schema = ("Family" if kin else "Associate") if both else "UnknownLink"
    role = kin if both and kin else "associated"
    relation = draft.transcript.relate(schema, draft.id, other.id, role, draft.line)
    relation.since = draft.since
    relation.add("summary", sentence)
