"""From the example entity of a query to the subject of a screening.

The caller's values are cleaned as FollowTheMoney cleans them: invisible controls removed, dates
and countries brought to their form, what is no date, country or gender left out. The cleaned
example goes back with the answer, so that the caller sees what was understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from taawun.entities import schemata
from taawun.entities.countries import country_code
from taawun.entities.dates import span
from taawun.errors import InputError, UsageError
from taawun.screening.subject import Subject
from taawun.web.bounds import Bounds
from taawun.web.models import Example

_CONTROLS = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]|[\ud800-\udfff]"
)
_NAME_PARTS = ("firstName", "secondName", "middleName", "fatherName", "lastName", "nameSuffix")
_LONG = frozenset({"text", "html", "json"})
_GENDERS = {
    "male": "male",
    "m": "male",
    "man": "male",
    "female": "female",
    "f": "female",
    "woman": "female",
    "ذكر": "male",
    "أنثى": "female",
    "انثى": "female",
    "other": "other",
}


@dataclass(frozen=True, slots=True)
class Question:
    """One query understood: the cleaned example and the subject to screen."""

    id: str | None
    schema: str
    properties: dict[str, list[str]]
    subject: Subject

    def shown(self) -> dict[str, Any]:
        """The cleaned example as the answer gives it back."""
        return {"id": self.id, "schema": self.schema, "properties": self.properties}


def understood(example: Example, bounds: Bounds) -> Question:
    """The question that an example asks.

    Raises UsageError for a schema that is unknown or cannot be matched, InputError for values
    that are no values or beyond `bounds`.
    """
    schema = example.schema_
    if not schemata.exists(schema):
        raise UsageError(f"Unknown schema: {schema[:60]!r}")
    if schema != "Thing" and not schemata.schema(schema).matchable:
        raise UsageError(f"Non-matchable schema for query: {schema}")
    properties = _cleaned(example, bounds)
    return Question(
        id=_text(example.id) if example.id is not None else None,
        schema=schema,
        properties=properties,
        subject=_subject(schema, properties),
    )


def _cleaned(example: Example, bounds: Bounds) -> dict[str, list[str]]:
    properties: dict[str, list[str]] = {}
    known = schemata.schema(example.schema_).properties
    left = bounds.values
    for name, said in example.properties.items():
        prop = known.get(name)
        if prop is None:
            continue
        most = bounds.text if prop.type not in _LONG else bounds.text * 64
        for place, text in enumerate(_texts(said, name)):
            left -= 1
            if left < 0:
                raise InputError(f"a query has at most {bounds.values} values")
            if len(text) > most:
                raise InputError(
                    f"properties.{name}[{place}]: {len(text)} characters, at most {most}"
                )
            for value in _formed(text, prop.type):
                if value not in properties.setdefault(name, []):
                    properties[name].append(value)
    _compose(properties, known)
    return {name: values for name, values in properties.items() if values}


def _texts(said: str | list[Any], name: str) -> Iterator[str]:
    """The values of one property as cleaned strings, empty ones left out."""
    for value in said if isinstance(said, list) else [said]:
        if isinstance(value, dict):
            value = value.get("id")
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            raise InputError(f"properties.{name}: expected strings, got {type(value).__name__}")
        if text := _text(str(value)):
            yield text


def _text(text: str) -> str:
    return " ".join(_CONTROLS.sub("", text).split())


def _formed(text: str, kind: str) -> Iterator[str]:
    """A value in the form of its type; nothing where it is none of that type."""
    if kind == "date":
        found = span(text)
        yield from found.texts if found is not None else ()
    elif kind == "country":
        if code := country_code(text):
            yield code
    elif kind == "gender":
        if gender := _GENDERS.get(text.casefold()):
            yield gender
    else:
        yield text


def _compose(properties: dict[str, list[str]], known: dict[str, schemata.Property]) -> None:
    """A person given in parts only gets a whole name: first to last, each in its first form."""
    if any(known[prop].type == "name" for prop, values in properties.items() if values):
        return
    parts = [properties[part][0] for part in _NAME_PARTS if properties.get(part)]
    if parts and "name" in known:
        properties["name"] = [" ".join(parts)]


@cache
def _props_of(schema: str, kind: str) -> tuple[str, ...]:
    """The properties of a schema that are of one type."""
    found = schemata.schema(schema).properties
    return tuple(name for name, prop in found.items() if prop.type == kind)


def _subject(schema: str, properties: dict[str, list[str]]) -> Subject:
    return Subject(
        names=_gathered(schema, properties, "name"),
        # A LegalEntity may be a person: only what is narrower says of which kind it is.
        kind="" if schema == "LegalEntity" else schemata.kind_of(schema),
        birth_dates=tuple(properties.get("birthDate", ())),
        countries=_gathered(schema, properties, "country"),
        gender=next((said for said in properties.get("gender", ()) if said != "other"), ""),
        identifiers=_gathered(schema, properties, "identifier"),
        positions=tuple(properties.get("position", ())),
        addresses=_gathered(schema, properties, "address"),
    )


def _gathered(schema: str, properties: dict[str, list[str]], kind: str) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            value for prop in _props_of(schema, kind) for value in properties.get(prop, ())
        )
    )
