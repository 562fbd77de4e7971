"""What besides the name speaks for or against: one table, read top to bottom.

Evidence is counted in log-odds and added to that of the name's score, so that it moves a doubtful
name far and a certain one little, and nothing reaches 1. What is not known on either side counts
nothing and is shown as unknown.

    evidence            for                       against
    birth date          same day, year            another day, years apart
    country             one in common             none in common
    gender              (little)                  another
    identifier          the same                  another IMO number or LEI (of others people
                                                  and companies have several: nothing)
    position            words in common           (nothing)
    quality of name                               weak alias, former name
    rarity of name      (in its score)            parts that half the world is called
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from taawun.entities import identifiers
from taawun.entities.dates import DateFit, Span, agreement, span, span_of
from taawun.entities.entity import Entity, Value
from taawun.names import Comparison
from taawun.names.fold import fold_latin
from taawun.screening.subject import Feature, Subject

BIRTH = {
    DateFit.EXACT: 2.0,
    DateFit.COMPATIBLE: 1.0,
    DateFit.SWAPPED: 0.6,
    DateFit.NEAR: -0.3,
    DateFit.CONFLICT: -3.0,
}
SAME_YEAR_OTHER_DAY = -0.9
FEW_YEARS_APART, FEW = -1.8, 3
COUNTRY_SHARED, COUNTRY_APART = 0.5, -0.9
GENDER_SAME, GENDER_APART = 0.1, -2.5
IDENTIFIER_SAME, IDENTIFIER_APART = 5.0, -3.0
POSITION_SHARED = 0.4
WEAK_ALIAS, PREVIOUS_NAME = -0.5, -0.05
# parts that met weigh this much together before a name is somebody's own, by kind
TELLING = {"person": 2.3, "company": 1.4, "vessel": 1.4}
LEAST, MOST = 1e-4, 0.9999  # nothing is certain
INCOMPLETE = 0.2  # more is asked of a name for every part that only one side says
# points lost for each missing weight; the most, where the letters are the same and where not:
# however common the name, who bears it stays in sight
COMMON, COMMON_SAME_LETTERS, COMMON_MOST = 2.0, 2.0, 3.0

_COUNTRY = ("country", "nationality", "citizenship", "jurisdiction", "birthCountry", "flag")
_IDENTIFIER = (
    "idNumber", "passportNumber", "registrationNumber", "taxNumber", "innCode", "ogrnCode",
    "leiCode", "swiftBic", "imoNumber", "mmsi", "phone", "email", "cryptoWallets", "publicKey",
    "iban", "accountNumber", "vatCode", "socialSecurityNumber", "uniqueEntityId", "number",
)  # fmt: skip
# what a ship or a company has one of, for life
_ONE_EACH = ("imoNumber", "leiCode")
KIND_OF = {"imoNumber": "imo", "leiCode": "lei"}
_BIRTH_PROPS = ("birthDate", "incorporationDate", "buildDate")


def features(subject: Subject, entity: Entity) -> list[Feature]:
    """Everything that was looked at besides the name, in the order of the table."""
    out = []
    for look in _LOOKS:
        found = look(subject, entity)
        if found is not None:
            out.append(found)
    return out


def moved(score: float, evidence: Iterable[Feature]) -> float:
    """The name's score moved by the evidence, 0..1 (never 1)."""
    if score <= 0:
        return score
    points = sum(feature.points for feature in evidence)
    held = min(max(score, LEAST), MOST)
    if points:
        held = 1 / (1 + math.exp(-(math.log(held / (1 - held)) + points)))
    return min(round(held, 4), MOST)


def birth_years(entity: Entity) -> tuple[int, int]:
    """The first and last year in which an entity may be born; (0, 0) where nothing is said."""
    return _years(map(span_of, _born(entity)))


def _born(entity: Entity) -> list[Value]:
    return [value for prop in _BIRTH_PROPS for value in entity.properties.get(prop, ())]


def _years(found: Iterable[Span | None]) -> tuple[int, int]:
    spans = [each for each in found if each is not None]
    if not spans:
        return 0, 0
    return min(s.first.year for s in spans), max(s.last.year for s in spans)


@dataclass(frozen=True, slots=True)
class Reach:
    """What evidence can still do for a subject, so that hopeless names need not be compared."""

    born: tuple[int, int]
    fits: float
    fits_not: float
    other: float


def reach(subject: Subject) -> Reach:
    """The most that evidence can add for this subject, and what another year of birth takes."""
    other = 0.05
    if subject.countries:
        other += COUNTRY_SHARED
    if subject.gender:
        other += GENDER_SAME
    if subject.positions:
        other += POSITION_SHARED
    return Reach(
        born=_years(map(span, subject.birth_dates)),
        fits=BIRTH[DateFit.EXACT],
        fits_not=-SAME_YEAR_OTHER_DAY,
        other=other,
    )


def _birth(subject: Subject, entity: Entity) -> Feature | None:
    listed = _born(entity)
    theirs = [value.text for value in listed]
    if not subject.birth_dates or not theirs:
        if not subject.birth_dates and not theirs:
            return None
        return Feature("screening.birth.unknown", 0.0, *_shown(subject.birth_dates, theirs))
    best: Feature | None = None
    for own in subject.birth_dates:
        for other in listed:
            found = _dates(own, other)
            if found is not None and (best is None or found.points > best.points):
                best = found
    return best or Feature("screening.birth.unknown", 0.0, *_shown(subject.birth_dates, theirs))


def _dates(own: str, other: Value) -> Feature | None:
    one, two = span(own), span_of(other)
    if one is None or two is None:
        return None
    said = agreement(one, two)
    points, code = BIRTH[said], said.value
    if said is DateFit.NEAR and one.exact and two.exact and one.first.year == two.first.year:
        points, code = SAME_YEAR_OTHER_DAY, "day_apart"
    elif said is DateFit.CONFLICT:
        apart = min(abs(one.first.year - two.last.year), abs(one.last.year - two.first.year))
        if apart <= FEW:
            points, code = FEW_YEARS_APART, "years_apart"
    return Feature(f"screening.birth.{code}", points, own, other.text)


def _shown(own: Iterable[str], theirs: Iterable[str]) -> tuple[str, str]:
    return ", ".join(own), ", ".join(sorted(set(theirs)))


def _country(subject: Subject, entity: Entity) -> Feature | None:
    own = {country.lower() for country in subject.countries}
    theirs = {text.lower() for prop in _COUNTRY for text in entity.texts(prop)}
    if not own and not theirs:
        return None
    shown = _shown(sorted(own), theirs)
    if not own or not theirs:
        return Feature("screening.country.unknown", 0.0, *shown)
    if own & theirs:
        return Feature("screening.country.shared", COUNTRY_SHARED, *shown)
    return Feature("screening.country.apart", COUNTRY_APART, *shown)


def _gender(subject: Subject, entity: Entity) -> Feature | None:
    theirs = set(entity.texts("gender")) - {"other"}
    if not subject.gender and not theirs:
        return None
    shown = _shown([subject.gender] if subject.gender else [], theirs)
    if not subject.gender or not theirs:
        return Feature("screening.gender.unknown", 0.0, *shown)
    if subject.gender in theirs:
        return Feature("screening.gender.same", GENDER_SAME, *shown)
    return Feature("screening.gender.apart", GENDER_APART, *shown)


def _identifier(subject: Subject, entity: Entity) -> Feature | None:
    if not subject.identifiers:
        return None
    listed = [text for prop in _IDENTIFIER for text in entity.texts(prop)]
    theirs = {identifiers.normal(text): text for text in listed if text}
    for own in subject.identifiers:
        found = theirs.get(identifiers.normal(own))
        if found:
            return Feature("screening.identifier.same", IDENTIFIER_SAME, own, found)
    for prop in _ONE_EACH:
        known = [text for text in entity.texts(prop) if identifiers.valid(text, KIND_OF[prop])]
        own_ones = [text for text in subject.identifiers if identifiers.valid(text, KIND_OF[prop])]
        if known and own_ones:
            return Feature("screening.identifier.other", IDENTIFIER_APART, own_ones[0], known[0])
    code = "apart" if theirs else "unknown"
    return Feature(f"screening.identifier.{code}", 0.0, ", ".join(subject.identifiers))


def _position(subject: Subject, entity: Entity) -> Feature | None:
    if not subject.positions:
        return None
    theirs = entity.texts("position")
    if not theirs:
        return Feature("screening.position.unknown", 0.0, ", ".join(subject.positions))
    for own in subject.positions:
        words = _words(own)
        for other in theirs:
            shared = words & _words(other)
            if shared and 2 * len(shared) >= len(words):
                return Feature("screening.position.shared", POSITION_SHARED, own, other)
    return Feature("screening.position.apart", 0.0, *_shown(subject.positions, theirs))


def _words(text: str) -> set[str]:
    return {word for word in (fold_latin(w) or w for w in text.split()) if len(word) > 3}


_LOOKS: tuple[Callable[[Subject, Entity], Feature | None], ...] = (
    _birth,
    _country,
    _gender,
    _identifier,
    _position,
)


def commonness(comparison: Comparison) -> Feature | None:
    """Against a name whose parts are common: its bearers are many, the listed one is one."""
    asked = TELLING.get(comparison.kind, 2.3) + INCOMPLETE * min(comparison.alone, 2)
    missing = asked - comparison.told
    if missing <= 0.05:
        return None
    points = min(COMMON * missing, COMMON_MOST)
    if comparison.same_letters:
        points = min(points, COMMON_SAME_LETTERS)
    return Feature(
        "screening.name.common", -round(points, 3), params={"told": f"{comparison.told:.2f}"}
    )


def of_name(prop: str) -> Feature | None:
    """What kind of name it is that matched: a weak alias is less than a name."""
    if prop == "weakAlias":
        return Feature("screening.name.weak", WEAK_ALIAS)
    if prop == "previousName":
        return Feature("screening.name.previous", PREVIOUS_NAME)
    return None
