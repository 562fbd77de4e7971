"""About whom or what is asked: the part of an entity that a private match can be made on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from taawun.entities.dates import span_of
from taawun.entities.entity import Entity
from taawun.entities.identifiers import KIND_OF_PROPERTY


class SubjectKind(StrEnum):
    """What a subject is; names of different kinds never meet."""

    PERSON = "person"
    COMPANY = "company"
    VESSEL = "vessel"


@dataclass(frozen=True, slots=True)
class Identifier:
    """A number as it was written, its kind (`entities.identifiers`), and who issued it.

    `country` is ISO 3166 alpha-2 in lower case, or "" where it is not known.
    """

    kind: str
    text: str
    country: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """Names in any script, birth dates as partial as they are known, identifiers, countries.

    The first name is the primary one. Dates are in any form that `entities.dates.span` reads.
    """

    kind: SubjectKind
    names: tuple[str, ...] = ()
    birth_dates: tuple[str, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    countries: tuple[str, ...] = ()


_KINDS = {"Person": SubjectKind.PERSON, "Vessel": SubjectKind.VESSEL}
_NAMES = ("name", "alias", "previousName")
_COUNTRIES = ("nationality", "citizenship", "country", "jurisdiction", "flag")


def subject_of(entity: Entity) -> Subject:
    """The subject that a FollowTheMoney entity is; whatever is no person or vessel is a company.

    Weak aliases are left out: nobody is known by them alone.
    """
    countries = tuple(
        dict.fromkeys(text.lower() for prop in _COUNTRIES for text in entity.texts(prop))
    )
    return Subject(
        kind=_KINDS.get(entity.schema, SubjectKind.COMPANY),
        names=tuple(dict.fromkeys(text for prop in _NAMES for text in entity.texts(prop))),
        birth_dates=_births(entity),
        identifiers=_identifiers(entity, countries[0] if len(countries) == 1 else ""),
        countries=countries,
    )


def _births(entity: Entity) -> tuple[str, ...]:
    found = [span_of(value) for value in entity.properties.get("birthDate", ())]
    return tuple(dict.fromkeys(text for each in found if each for text in each.texts))


def _identifiers(entity: Entity, country: str) -> tuple[Identifier, ...]:
    return tuple(
        Identifier(kind, value.text, country)
        for prop, kind in KIND_OF_PROPERTY.items()
        for value in entity.properties.get(prop, ())
    )
