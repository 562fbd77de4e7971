"""What of a customer or a listing bears on whether they are the same: its material fields.

An officer's judgement holds for what was known when it was made. `Material` is that: names, dates
of birth (or founding, or building), countries, identifiers, gender, in one form each, so that
another order, another capital letter or "1970" beside "1970-03-01" is no change.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

import orjson

from taawun.entities.entity import Entity
from taawun.entities.identifiers import normal
from taawun.entities.schemata import Property, exists, schema
from taawun.screening.fold import words
from taawun.screening.subject import Subject

_BEGINNINGS = frozenset({"birthDate", "incorporationDate", "buildDate"})
_NAMES = frozenset({"name", "alias", "weakAlias", "previousName"})


@dataclass(frozen=True, slots=True)
class Material:
    """The material fields of one side. The names of the fields are wording codes' last parts."""

    names: frozenset[str] = frozenset()
    dates: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    identifiers: frozenset[str] = frozenset()
    gender: frozenset[str] = frozenset()

    def __or__(self, other: Material) -> Material:
        """What is known when both are known."""
        joined = {name: getattr(self, name) | getattr(other, name) for name in FIELDS}
        joined["dates"] = _fullest(joined["dates"])
        return Material(**joined)


FIELDS = tuple(field.name for field in fields(Material))


def changed(before: Material, after: Material) -> tuple[str, ...]:
    """The fields in which two differ, in their order; empty when nothing material changed."""
    return tuple(name for name in FIELDS if getattr(before, name) != getattr(after, name))


def of_subject(subject: Subject) -> Material:
    """The material fields of a customer."""
    return Material(
        names=frozenset(map(_name, subject.names)),
        dates=_fullest(subject.birth_dates),
        countries=frozenset(map(str.casefold, subject.countries)),
        identifiers=frozenset(map(normal, subject.identifiers)),
        gender=frozenset({subject.gender} - {""}),
    )


def of_entity(entity: Entity) -> Material:
    """The material fields of a listed entity."""
    found: dict[str, set[str]] = {name: set() for name in FIELDS}
    known = schema(entity.schema).properties if exists(entity.schema) else {}
    for prop, values in entity.properties.items():
        field = _field(prop, known.get(prop))
        if field:
            found[field].update(_form(field, value.text) for value in values)
    sets = {name: frozenset(held - {""}) for name, held in found.items()}
    sets["dates"] = _fullest(sets["dates"])
    return Material(**sets)


def written(material: Material) -> str:
    """As JSON, for keeping."""
    held = {name: sorted(getattr(material, name)) for name in FIELDS}
    return orjson.dumps({name: values for name, values in held.items() if values}).decode()


def read(text: str) -> Material:
    """What `written` wrote."""
    return Material(**{name: frozenset(values) for name, values in orjson.loads(text).items()})


def _field(prop: str, known: Property | None) -> str:
    """Which material field a property belongs to, or ""."""
    if prop in _NAMES:
        return "names"
    if prop in _BEGINNINGS:
        return "dates"
    if prop == "gender":
        return "gender"
    kind = known.type if known is not None else ""
    return {"country": "countries", "identifier": "identifiers"}.get(kind, "")


def _form(field: str, text: str) -> str:
    if field == "names":
        return _name(text)
    return normal(text) if field == "identifiers" else text.strip().casefold()


def _name(text: str) -> str:
    """Folded, its words in their order: a swapped father is another name."""
    return " ".join(words(text))


def _fullest(dates: Iterable[str]) -> frozenset[str]:
    """The dates without those that a fuller one says already."""
    held = {date.strip() for date in dates} - {""}
    return frozenset(
        date for date in held if not any(other.startswith(f"{date}-") for other in held)
    )
