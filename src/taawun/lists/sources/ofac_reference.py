"""What SDN_ADVANCED says once and refers to by number: values, places, documents, periods.

The file names almost nothing where it stands: a feature has a type by ID, a person's country is a
location by ID, and so on. The sets are read first (they come first), then looked up; an ID that is
not in them is a problem.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from taawun.entities.countries import country_code
from taawun.entities.dates import Span, span
from taawun.lists.sources.markup import Node
from taawun.lists.sources.transcript import Transcript

# LocPartType: the part of an address that it is.
_PLACE = {
    "ADDRESS1": "street",
    "ADDRESS2": "street",
    "ADDRESS3": "street",
    "CITY": "city",
    "STATE/PROVINCE": "state",
    "REGION": "region",
    "POSTAL CODE": "postalCode",
    "UNKNOWN": "remarks",
}


@dataclass(frozen=True, slots=True)
class Term:
    """One value of a reference set: its text and its attributes (CountryID, ISO2 …)."""

    text: str
    attributes: dict[str, str]


@dataclass(frozen=True, slots=True)
class Place:
    """One location: parts of an address, and the country as the set names it."""

    parts: dict[str, str]
    country: str

    @property
    def full(self) -> str:
        """The place in one line."""
        return ", ".join([*self.parts.values(), *([self.country] if self.country else [])])


@dataclass(frozen=True, slots=True)
class Document:
    """One registration document of an identity."""

    number: str
    kind: str
    country: str
    authority: str
    note: str
    dates: tuple[tuple[str, Span], ...]


@dataclass(slots=True)
class Reference:
    """Everything that is looked up by ID."""

    transcript: Transcript
    sets: dict[str, dict[str, Term]] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    documents: dict[str, list[Document]] = field(default_factory=dict)

    def term(self, kind: str, id_: str, node: Node) -> Term:
        """The value with that ID in the set of that kind; a problem when there is none."""
        if not id_:
            return Term("", {})
        found = self.sets.get(kind, {}).get(id_)
        if found is None:
            self.transcript.problem(
                "readers.reference_unknown", line=node.line, field=f"{node.path}@{kind}ID", got=id_
            )
            return Term("", {})
        return found

    def text(self, kind: str, id_: str, node: Node) -> str:
        """The text of that value."""
        return self.term(kind, id_, node).text

    def country(self, id_: str, node: Node) -> str:
        """The name of a country as the set has it, or its code where the name is not known."""
        term = self.term("Country", id_, node)
        code = term.attributes.get("ISO2", "")
        return term.text if country_code(term.text) or not code else code

    def read_sets(self, node: Node) -> None:
        """Every set of the file: <FeatureTypeValues><FeatureType ID="8">Birthdate</…>."""
        for values in node.children():
            for value in values.children():
                term = Term(value.text(), value.attributes())
                self.sets.setdefault(value.name, {})[term.attributes.get("ID", "")] = term

    def read_place(self, node: Node) -> None:
        """One <Location>."""
        parts: dict[str, str] = {}
        country = ""
        for area in node.each("LocationAreaCode"):
            term = self.term("AreaCode", area.attribute("AreaCodeID"), area)
            country = self.country(term.attributes.get("CountryID", ""), area)
            description = term.attributes.get("Description", "")
            if description and description != self.text(
                "Country", term.attributes.get("CountryID", ""), area
            ):
                parts["region"] = description
        for said in node.each("LocationCountry"):
            said.attribute("CountryRelevanceID")
            country = self.country(said.attribute("CountryID"), said) or country
        for part in node.each("LocationPart"):
            kind = self.text("LocPartType", part.attribute("LocPartTypeID"), part).upper()
            prop = _PLACE.get(kind, "remarks")
            texts = [part_text(value) for value in part.each("LocationPartValue")]
            joined = ", ".join(text for text in (parts.get(prop, ""), *texts) if text)
            if joined:
                parts[prop] = joined
        self.places[node.attribute("ID")] = Place(parts, country)

    def read_document(self, node: Node) -> None:
        """One <IDRegDocument>, kept under the identity that it belongs to."""
        kind = self.text("IDRegDocType", node.attribute("IDRegDocTypeID"), node)
        validity = self.text("Validity", node.attribute("ValidityID"), node)
        notes = [node.take("Comment"), "" if validity.lower() in ("valid", "") else validity]
        for said in node.each("DocumentedNameReference"):
            said.attribute("DocumentedNameID")
        place = self.places.get(node.attribute("IssuedIn-LocationID"))
        authority = node.take("IssuingAuthority") or (place.full if place else "")
        country = self.country(node.attribute("IssuedBy-CountryID"), node)
        dated = []
        for said in node.each("DocumentDate"):
            when = self.text("IDRegDocDateType", said.attribute("IDRegDocDateTypeID"), said)
            dated += [(when.lower(), found) for found in periods(said)]
        document = Document(
            node.take("IDRegistrationNo"),
            kind,
            country,
            authority,
            "; ".join(note for note in notes if note),
            tuple(dated),
        )
        self.documents.setdefault(node.attribute("IdentityID"), []).append(document)


def part_text(value: Node) -> str:
    """The text of a LocationPartValue, with its comment."""
    for name in ("Primary", "LocPartValueTypeID", "LocPartValueStatusID"):
        value.attribute(name)
    text, comment = value.take("Value"), value.take("Comment")
    return f"{text} ({comment})" if text and comment else text or comment


def periods(node: Node) -> Iterator[Span]:
    """The spans of the DatePeriods in a node: from the earliest start to the latest end."""
    for period in node.each("DatePeriod"):
        for name in ("CalendarTypeID", "YearFixed", "MonthFixed", "DayFixed"):
            period.attribute(name)
        days: list[tuple[date, date]] = []
        circa = False
        for end in ("Start", "End"):
            for side in period.each(end):
                circa = (side.attribute("Approximate").lower() == "true") or circa
                for name in ("YearFixed", "MonthFixed", "DayFixed"):
                    side.attribute(name)
                for bound in ("From", "To"):
                    days += [found for at in side.each(bound) if (found := moment(at))]
        if days:
            yield Span(min(first for first, _ in days), max(last for _, last in days), circa)


def moment(node: Node) -> tuple[date, date] | None:
    """First and last day of <Year>, <Month>, <Day>, of which the later may be absent."""
    year, month, day = node.take("Year"), node.take("Month"), node.take("Day")
    known = [year, *([month, *([day] if day else [])] if month else [])]
    found = span("-".join(part.zfill(2) for part in known))
    if found is None and year:
        node.problem("readers.date_unreadable", "-".join(known))
    return (found.first, found.last) if found else None
