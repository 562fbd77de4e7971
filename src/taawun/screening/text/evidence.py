"""What a sentence says of the one it names, and whether the list agrees.

    evidence        for                              against
    office          the same office or field         another office; a trade that no list has
    country         one in common near the name      others near the name
    born, aged      the year fits                    the year does not fit
    kind            "vessel", "company" beside it    a ship or company word alone, without one
    both            …                                country and office both contradict

Counted in log-odds, as in `screening.matcher`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from taawun.entities.entity import Entity
from taawun.entities.schemata import kind_of
from taawun.screening import matcher
from taawun.screening.subject import Feature, Subject
from taawun.screening.text.wordlist import marks

OFFICE_SHARED, FIELD_SHARED, OFFICE_APART, TRADE_OTHER = 0.9, 0.5, -1.3, -0.9
COUNTRY_SHARED, COUNTRY_AROUND, COUNTRY_APART, COUNTRY_FAR = 0.6, 0.3, -1.3, -0.4
KIND_SHARED, KIND_APART, NO_KIND = 0.5, -1.2, -2.2
BOTH_APART = -1.6
AGE_FITS, AGE_APART = 0.3, -2.5
ATTACHED, NEAR = 6, 9  # words from the name

MILITARY = frozenset({"general", "brigadier", "colonel", "officer", "admiral", "commander"})
POLITICS = frozenset(
    {"president", "premier", "minister", "governor", "mayor", "ambassador", "lawmaker"}
)
TRADES = frozenset({"doctor", "teacher", "athlete", "artist", "journalist", "worker", "engineer"})
BROAD = frozenset({"leader", "director", "business", "spokesman", "commander", "cleric"})
_COUNTRIES = ("country", "nationality", "citizenship", "jurisdiction", "birthCountry", "flag")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that a sentence says: what, which, and at which word."""

    what: str
    which: str
    place: int


@dataclass(frozen=True, slots=True)
class Known:
    """What the list says of an entity, for comparing with a sentence."""

    kind: str
    countries: frozenset[str]
    offices: frozenset[str]
    fields: frozenset[str]
    born: tuple[int, int]
    positions: tuple[str, ...]


def known(entity: Entity) -> Known:
    """What the list says of an entity."""
    positions = (*entity.texts("position"), *entity.texts("title"))
    offices: set[str] = set()
    fields: set[str] = set()
    countries = {text.lower() for prop in _COUNTRIES for text in entity.texts(prop)}
    for text in positions:
        for _, _, found in marks(_WORD.findall(text)[:60]):
            for what, which in found:
                if what == "office":
                    offices.add(which)
                elif what == "field":
                    fields.add(which)
                elif what == "country":
                    countries.add(which)
    for text in entity.texts("notes")[:4]:
        for _, _, found in marks(_WORD.findall(text)[:80]):
            countries.update(which for what, which in found if what == "country")
    return Known(
        kind_of(entity.schema), frozenset(countries), frozenset(offices), frozenset(fields),
        matcher.birth_years(entity), positions,
    )  # fmt: skip


def features(
    said: tuple[Said, ...], first: int, last: int, entity: Entity, listed: Known, year: int
) -> list[Feature]:
    """The evidence for an entity named by the words `first` … `last` of a sentence.

    `year` is the year of the document, 0 where it is not known.
    """

    def away(each: Said) -> int:
        return first - each.place if each.place < first else max(each.place - last, 0)

    near = sorted(((away(each), each) for each in said), key=lambda pair: pair[0])
    out = [
        _office(near, listed),
        _country(near, listed),
        _born(near, entity),
        _age(near, listed, year),
    ]
    kind = _kind(near, listed)
    features = [feature for feature in (*out, kind) if feature is not None]
    against = {f.code for f in features if f.points <= -0.8}
    office = against & {"screening.text.position.apart", "screening.text.position.other"}
    if office and "screening.text.country.apart" in against:
        features.append(Feature("screening.text.contradicted", BOTH_APART))
    return features


_Near = list[tuple[int, Said]]


def _office(near: _Near, listed: Known) -> Feature | None:
    own = [each.which for far, each in near if each.what == "office" and 0 < far <= ATTACHED]
    if not own or listed.kind not in ("person", ""):
        return None
    theirs = "; ".join(listed.positions)[:120]
    fields = {each.which for far, each in near if each.what == "field" and far <= ATTACHED + 3}
    shared = listed.offices.intersection(own)
    shown = ", ".join(dict.fromkeys(own))
    if shared:
        points = OFFICE_SHARED + (FIELD_SHARED if fields & listed.fields else 0.0)
        if fields and listed.fields and not fields & listed.fields:
            return Feature("screening.text.position.field", -0.3, shown, theirs)
        return Feature("screening.text.position.shared", points, shown, theirs)
    if fields & listed.fields:
        return Feature("screening.text.position.shared", FIELD_SHARED, shown, theirs)
    nearest = own[0]
    if nearest in TRADES:
        code = "apart" if listed.offices else "other"
        return Feature(
            f"screening.text.position.{code}", OFFICE_APART if listed.offices else TRADE_OTHER,
            shown, theirs,
        )  # fmt: skip
    if not listed.offices:
        return Feature("screening.text.position.unknown", 0.0, shown)
    if nearest in BROAD or listed.offices & BROAD:
        return None
    for group in (MILITARY, POLITICS):
        if nearest in group and listed.offices & group:
            return Feature("screening.text.position.changed", -0.3, shown, theirs)
    return Feature("screening.text.position.apart", OFFICE_APART, shown, theirs)


def _country(near: _Near, listed: Known) -> Feature | None:
    own = [(far, each.which) for far, each in near if each.what == "country" and far]
    if not own:
        return None
    beside = {code for far, code in own if far <= NEAR}
    shown = ", ".join(sorted(beside or {code for _, code in own}))
    theirs = ", ".join(sorted(listed.countries))
    if not listed.countries:
        return Feature("screening.text.country.unknown", 0.0, shown)
    if beside & listed.countries:
        return Feature("screening.text.country.shared", COUNTRY_SHARED, shown, theirs)
    if listed.countries & {code for _, code in own}:
        return Feature("screening.text.country.shared", COUNTRY_AROUND, shown, theirs)
    attached = {code for far, code in own if far <= 4}
    if attached:
        return Feature("screening.text.country.apart", COUNTRY_APART, shown, theirs)
    return Feature("screening.text.country.elsewhere", COUNTRY_FAR, shown, theirs)


def _born(near: _Near, entity: Entity) -> Feature | None:
    born = [each.place for far, each in near if each.what == "born" and far <= NEAR]
    for far, each in near:
        if (
            each.what == "year"
            and far <= NEAR + 6
            and any(0 <= each.place - at <= 5 or 0 < at - each.place <= 2 for at in born)
        ):
            found = matcher.features(Subject((), birth_dates=(each.which,)), entity)
            return next((f for f in found if f.code.startswith("screening.birth.")), None)
    return None


def _age(near: _Near, listed: Known, year: int) -> Feature | None:
    if listed.born == (0, 0) or listed.kind not in ("person", ""):
        return None
    for far, each in near:
        if each.what == "age" and far <= 8:
            age = int(each.which)
            first, last = (year - age - 2, year - age + 1) if year else (1999 - age, 2040 - age)
            theirs = str(listed.born[0])
            if listed.born[1] < first or listed.born[0] > last:
                return Feature("screening.text.age.apart", AGE_APART, each.which, theirs)
            if year:
                return Feature("screening.text.age.fits", AGE_FITS, each.which, theirs)
    return None


def _kind(near: _Near, listed: Known) -> Feature | None:
    own = [each.which for far, each in near if each.what == "kind" and 0 < far <= 3]
    if listed.kind not in ("company", "vessel") or not own:
        return None
    if listed.kind in own:
        return Feature("screening.text.kind.shared", KIND_SHARED, listed.kind)
    return Feature("screening.text.kind.apart", KIND_APART, own[0], listed.kind)
