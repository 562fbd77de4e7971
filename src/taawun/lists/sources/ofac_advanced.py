"""OFAC's SDN_ADVANCED.XML (over 120 MB): parties with identities, features, documents, entries.

Read in one pass, piece by piece, in the order of the file: reference sets, locations, documents,
parties, relationships, entries. Only what is looked up by ID stays in memory beside the entities.

Element                 becomes
DistinctParty/Profile   the entity, whose id is OFAC's number
Alias                   name (the primary one), alias, previousName (F.K.A.), weakAlias (LowQuality)
NamePartValue           parts of a name, each documented name in its own script
Feature                 what its type says: birth, nationality, gender, address, vessel, wallet …
IDRegDocument           documents and numbers
ProfileRelationship     Family, Associate, Directorship, Ownership, else UnknownLink
SanctionsEntry          programmes, listing date, legal basis, measures
"""

from __future__ import annotations

from pathlib import Path

from taawun.entities import schemata
from taawun.entities.dates import Span
from taawun.lists.sources.aliases import Spelling, bracketed
from taawun.lists.sources.card import card
from taawun.lists.sources.markup import Node, pieces
from taawun.lists.sources.ofac_reference import Place, Reference, moment, periods
from taawun.lists.sources.ofac_remarks import read_number, read_piece
from taawun.lists.sources.text import cleaned, is_latin
from taawun.lists.sources.transcript import Draft, Reading, Transcript

AUTHORITY = "Office of Foreign Assets Control"
_TAGS = frozenset(
    {
        "DateOfIssue", "ReferenceValueSets", "Location", "IDRegDocument", "DistinctParty",
        "ProfileRelationship", "SanctionsEntry", "SanctionsEntryLink",
    }
)  # fmt: skip
_AROUND = frozenset(
    {
        "Locations", "IDRegDocuments", "DistinctParties", "ProfileRelationships",
        "SanctionsEntries", "SanctionsEntryLinks",
    }
)  # fmt: skip
# What the texts of PartySubType and PartyType, together, say of the kind of entity.
_KINDS = (
    ("vessel", "Vessel"),
    ("aircraft", "Airplane"),
    ("individual", "Person"),
    ("entity", "Organization"),
)
_ALIAS = {"name": "name", "a.k.a.": "alias", "f.k.a.": "previousName", "n.k.a.": "alias"}
# Parts of a person's name in the order in which people write them.
_PARTS = {
    "first name": "firstName",
    "middle name": "middleName",
    "patronymic": "fatherName",
    "matronymic": "motherName",
    "nickname": "",
    "last name": "lastName",
    "maiden name": "lastName",
}
_FAMILY_FIRST = frozenset({"Hani", "Hans", "Hant", "Jpan", "Kore", "Hang"})
# Features that are a place: the property that its country, or the whole, fills.
_COUNTRY_OF = {
    "nationality country": "nationality",
    "citizenship country": "citizenship",
    "nationality of registration": "jurisdiction",
    "vessel flag": "flag",
    "former vessel flag": "pastFlags",
    "other vessel flag": "pastFlags",
}
_OFFICIALS = ("leader or official", "principal executive", "executive", "director")
_DATE_OF = {
    "birthdate": "birthDate",
    "organization established date": "incorporationDate",
    "aircraft manufacture date": "buildDate",
    "vessel year of build": "buildDate",
}


def read(path: Path, dataset: str = "") -> Reading:
    """The whole list; InputError when the file is not this list or not whole."""
    transcript = Transcript(card("ofac_advanced"), path.name, dataset)
    reference = Reference(transcript)
    for node in pieces(transcript, path, "Sanctions", _TAGS, _AROUND):
        if node.name == "ReferenceValueSets":
            reference.read_sets(node)
        elif node.name == "Location":
            reference.read_place(node)
        elif node.name == "IDRegDocument":
            reference.read_document(node)
        elif node.name == "DistinctParty":
            _party(reference, node)
        elif node.name == "ProfileRelationship":
            _relationship(reference, node)
        elif node.name == "SanctionsEntry":
            _entry(reference, node)
        elif node.name == "DateOfIssue":
            found = moment(node)
            transcript.published = found[0].isoformat() if found else ""
        node.close()
    return transcript.reading()


def _party(reference: Reference, node: Node) -> None:
    fixed = node.attribute("FixedRef")
    for profile in node.each("Profile"):
        number = cleaned(profile.attribute("ID")) or fixed
        if not number:
            profile.problem("readers.id_missing", "")
            number = f"ofac-{node.line}"
        schema = _schema(reference, profile)
        draft = reference.transcript.begin(number, schema, profile.line)
        sanction = draft.sanction(authority=AUTHORITY, country="us")
        sanction.add("authorityId", number)
        draft.add("topics", "sanction")
        for identity in sorted(profile.all("Identity"), key=_secondary):
            _identity(reference, draft, identity)
            identity.close()
        for feature in profile.each("Feature"):
            _feature(reference, draft, sanction, feature)
        for link in profile.each("ExternalReference"):
            _external(reference, draft, link)
        draft.note(profile.take("Comment"))
        if not draft.has("name"):
            profile.problem("readers.name_missing", number)
    if comment := node.take("Comment"):
        reference.transcript.drafts[number].note(comment)


def _schema(reference: Reference, profile: Node) -> str:
    term = reference.term("PartySubType", profile.attribute("PartySubTypeID"), profile)
    kind = reference.text("PartyType", term.attributes.get("PartyTypeID", ""), profile)
    said = f"{term.text} {kind}".lower()
    for word, schema in _KINDS:
        if word in said:
            return schema
    if said.strip():
        profile.problem("readers.value_unknown", said)
    return "LegalEntity"


def _secondary(identity: Node) -> bool:
    return identity.peek("Primary").lower() == "false"


def _identity(reference: Reference, draft: Draft, node: Node) -> None:
    secondary = node.attribute("Primary").lower() == "false"
    false = node.attribute("False").lower() == "true"
    groups = {
        group.attribute("ID"): reference.text(
            "NamePartType", group.attribute("NamePartTypeID"), group
        ).lower()
        for whole in node.each("NamePartGroups")
        for master in whole.each("MasterNamePartGroup")
        for group in master.each("NamePartGroup")
    }
    for alias in node.each("Alias"):
        _alias(reference, draft, alias, groups, secondary=secondary, false=false)
    for document in reference.documents.get(node.attribute("ID"), ()):
        read_number(
            draft,
            document.kind,
            document.number,
            country=document.country,
            authority=document.authority,
            note=document.note,
            dated=document.dates,
        )
    draft.note(node.take("Comment"))


def _alias(
    reference: Reference,
    draft: Draft,
    node: Node,
    groups: dict[str, str],
    *,
    secondary: bool,
    false: bool,
) -> None:
    kind = reference.text("AliasType", node.attribute("AliasTypeID"), node).lower()
    if kind and kind not in _ALIAS:
        node.problem("readers.value_unknown", kind)
    primary = node.attribute("Primary").lower() == "true" and not secondary and not false
    weak = node.attribute("LowQuality").lower() == "true"
    prop = _ALIAS.get(kind, "alias")
    if prop == "name" or primary:
        prop = "name" if primary else "alias"
    if weak and prop != "name":
        prop = "weakAlias"
    for number, name in enumerate(node.each("DocumentedName")):
        parts = [
            (groups.get(value.attribute("NamePartGroupID"), ""), _script(reference, value), text)
            for part in name.each("DocumentedNamePart")
            for value in part.each("NamePartValue")
            if (text := cleaned(value.text()))
        ]
        text = _whole(parts)
        wanted = "alias" if prop == "name" and (number or not is_latin(text)) else prop
        found = [Spelling(text)]
        if draft.schema == "Organization":
            found = bracketed(text, person=False)
        draft.names(wanted, found)
        if wanted == "name" and draft.schema == "Person":
            _say_parts(draft, [(kind, said) for kind, _, said in parts])
        if false:
            draft.note(f"False identity: {text}")
    draft.note(node.take("Comment"))


def _script(reference: Reference, value: Node) -> str:
    for name in ("ScriptStatusID", "Acronym"):
        value.attribute(name)
    term = reference.term("Script", value.attribute("ScriptID"), value)
    return term.attributes.get("ScriptCode", "")


def _whole(parts: list[tuple[str, str, str]]) -> str:
    """A name in one line, as people write it in its script."""
    family_first = any(script in _FAMILY_FIRST for _, script, _ in parts)
    order = list(_PARTS)

    def place(part: tuple[str, str, str]) -> int:
        if family_first:
            return 0 if part[0] == "last name" else 1
        return order.index(part[0]) if part[0] in order else 0

    texts = [text for _, _, text in sorted(parts, key=place) if text]
    return ("" if family_first and len(texts) > 1 else " ").join(texts)


def _say_parts(draft: Draft, parts: list[tuple[str, str]]) -> None:
    for kind, text in parts:
        if prop := _PARTS.get(kind, ""):
            draft.add(prop, text)


def _feature(reference: Reference, draft: Draft, sanction: Draft, node: Node) -> None:
    kind = reference.text("FeatureType", node.attribute("FeatureTypeID"), node)
    for link in node.each("IdentityReference"):
        link.attribute("IdentityID")
        link.attribute("IdentityFeatureLinkTypeID")
    for version in node.each("FeatureVersion"):
        version.attribute("ReliabilityID")
        texts = [
            detail.text()
            or reference.text("DetailReference", detail.attribute("DetailReferenceID"), detail)
            for detail in version.each("VersionDetail")
        ]
        places = [
            found
            for at in version.each("VersionLocation")
            if (found := reference.places.get(at.attribute("LocationID")))
        ]
        comment = version.take("Comment")
        _say_feature(draft, sanction, kind, texts, places, list(periods(version)), version.path)
        if comment:
            draft.note(f"{kind}: {comment}" if kind else comment)
    draft.note(node.take("Comment"))


def _say_feature(
    draft: Draft,
    sanction: Draft,
    kind: str,
    texts: list[str],
    places: list[Place],
    spans: list[Span],
    field: str,
) -> None:
    low = kind.lower().strip(" :-")
    known = schemata.schema(draft.schema).properties
    for place in places:
        _say_place(draft, low, kind, place, field)
    prop = _DATE_OF.get(low, "")
    for found in spans:
        if prop in known:
            original = "circa" if found.circa else ""
            for text in found.texts:
                draft.add(prop, text, original=f"{original} {' to '.join(found.texts)}".strip())
        else:
            draft.note(f"{kind}: {' to '.join(found.texts)}")
    for text in texts:
        _say_text(draft, sanction, low, kind, cleaned(text), field)


def _say_place(draft: Draft, low: str, kind: str, place: Place, field: str) -> None:
    known = schemata.schema(draft.schema).properties
    if low == "place of birth" and "birthPlace" in known:
        draft.add("birthPlace", place.full)
        draft.country("birthCountry", place.country, field=field)
    elif low in _COUNTRY_OF:
        prop = _COUNTRY_OF[low] if _COUNTRY_OF[low] in known else "country"
        draft.country(prop, place.country, field=field)
    elif low == "location":
        draft.address(place.parts, place.country, field=field)
    else:
        draft.note(f"{kind}: {place.full}")


def _say_text(draft: Draft, sanction: Draft, low: str, kind: str, text: str, field: str) -> None:
    known = schemata.schema(draft.schema).properties
    if not text:
        return
    if low == "gender":
        read_piece(draft, sanction, f"Gender {text}")
    elif low == "title" and "position" in known:
        draft.add("position", text)
    elif low == "place of birth":
        read_piece(draft, sanction, f"POB {text}")
    elif low in _COUNTRY_OF:
        prop = _COUNTRY_OF[low] if _COUNTRY_OF[low] in known else "country"
        draft.country(prop, text, field=field)
    elif not kind:
        # Its type is not in the sets, which is a problem already; the text is kept.
        draft.note(text)
    else:
        read_piece(draft, sanction, f"{kind} {text}")


def _external(reference: Reference, draft: Draft, node: Node) -> None:
    kind = reference.text("ExRefType", node.attribute("ExRefTypeID"), node)
    value, url = node.take("ExRefValue"), node.take("DirectURL")
    draft.add("sourceUrl", url)
    if value:
        draft.note(f"{kind}: {value}" if kind else value)


def _relationship(reference: Reference, node: Node) -> None:
    role = reference.text("RelationType", node.attribute("RelationTypeID"), node)
    quality = reference.text("RelationQuality", node.attribute("RelationQualityID"), node)
    former = node.attribute("Former").lower() == "true"
    comment = node.take("Comment")
    ends = [node.attribute("From-ProfileID"), node.attribute("To-ProfileID")]
    drafts = [reference.transcript.drafts.get(end) for end in ends]
    if drafts[0] is None or drafts[1] is None:
        node.problem("readers.reference_unknown", " - ".join(ends))
        return
    schema, one, other = _tie(role.lower(), drafts[0], drafts[1])
    relation = reference.transcript.relate(schema, one.id, other.id, role, node.line)
    relation.add("summary", "; ".join(part for part in (quality, comment) if part))
    if former and schema not in ("Family", "Associate"):
        relation.add("status", "former")


def _tie(role: str, one: Draft, other: Draft) -> tuple[str, Draft, Draft]:
    """The schema of a relation, with its ends in the order that the schema wants."""
    persons = one.schema == other.schema == "Person"
    if persons and role.startswith("family"):
        return "Family", one, other
    if persons and role.startswith("associate"):
        return "Associate", one, other
    owned = role.startswith("owned or controlled by") and schemata.is_a(one.schema, "Asset")
    if owned and schemata.is_a(other.schema, "LegalEntity"):
        return "Ownership", other, one
    leads = role.startswith(_OFFICIALS) and schemata.is_a(one.schema, "LegalEntity")
    if leads and schemata.is_a(other.schema, "Organization"):
        return "Directorship", one, other
    return "UnknownLink", one, other


def _entry(reference: Reference, node: Node) -> None:
    number = node.attribute("ProfileID")
    draft = reference.transcript.drafts.get(number)
    if draft is None:
        node.problem("readers.reference_unknown", number)
        return
    sanction = draft.sanction(authority=AUTHORITY, country="us")
    sanction.add("summary", reference.text("List", node.attribute("ListID"), node))
    for event in node.each("EntryEvent"):
        kind = reference.text("EntryEventType", event.attribute("EntryEventTypeID"), event)
        basis = reference.text("LegalBasis", event.attribute("LegalBasisID"), event)
        sanction.add("reason", basis)
        sanction.add("description", event.take("Comment"))
        for at in event.each("Date"):
            at.attribute("CalendarTypeID")
            if (found := moment(at)) and kind.lower() in ("created", ""):
                _since(draft, sanction, found[0].isoformat())
    for measure in node.each("SanctionsMeasure"):
        _measure(reference, draft, sanction, measure)


def _since(draft: Draft, sanction: Draft, day: str) -> None:
    for prop in ("listingDate", "startDate"):
        sanction.add(prop, day)
    draft.add("createdAt", day)
    draft.listed(day)


def _measure(reference: Reference, draft: Draft, sanction: Draft, node: Node) -> None:
    kind = reference.text("SanctionsType", node.attribute("SanctionsTypeID"), node)
    comment = cleaned(node.take("Comment"))
    for found in periods(node):
        sanction.add("description", f"{kind}: {' to '.join(found.texts)}")
    if kind.lower() == "program" and comment:
        draft.programme(sanction, comment)
    else:
        sanction.add("provisions", ": ".join(part for part in (kind, comment) if part))
