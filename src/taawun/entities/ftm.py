"""Entities as FollowTheMoney JSON, the form in which they are stored, served and exchanged.

    {"id": …, "caption": …, "schema": …, "properties": {name: [text, …]}, "datasets": […],
     "referents": […], "first_seen": …, "last_seen": …, "last_change": …, "target": true}

FollowTheMoney has plain strings for values. What a string cannot carry (who said it, in which
language, what the source wrote, since when) goes beside it under `origins`, a key that other
readers ignore: {property: [{dataset, lang, original, since}, …]}, parallel to `properties`.
(Not under `statements`: followthemoney reads a list of its own statements from that key.)
`from_ftm(to_ftm(entity))` is the entity again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from taawun.entities.entity import Entity, Value
from taawun.errors import InputError, Problem

_SAID = ("dataset", "lang", "original", "since")


def to_ftm(entity: Entity) -> dict[str, Any]:
    """The entity as a JSON-ready mapping, statements' origins included."""
    said = {
        prop: [_origin(value) for value in values]
        for prop, values in entity.properties.items()
        if any(map(_origin, values))
    }
    result: dict[str, Any] = {
        "id": entity.id,
        "caption": entity.caption,
        "schema": entity.schema,
        "properties": {
            prop: [value.text for value in values] for prop, values in entity.properties.items()
        },
        "datasets": list(entity.datasets),
        "referents": list(entity.referents),
        "target": entity.target,
    }
    for name in ("first_seen", "last_seen", "last_change"):
        if moment := getattr(entity, name):
            result[name] = moment
    if said:
        result["origins"] = said
    return result


def from_ftm(given: Mapping[str, Any]) -> Entity:
    """The entity that a FollowTheMoney mapping says; InputError names the field that is wrong.

    A nested entity (OpenSanctions `targets.nested.json`) in place of an id is read as its id:
    `nested` yields those entities themselves.
    """
    properties = _field(given, "properties", Mapping, {})
    statements = _field(given, "origins", Mapping, {})
    return Entity(
        id=_text(given, "id"),
        schema=_text(given, "schema"),
        properties={
            str(prop): _values(str(prop), texts, statements.get(prop))
            for prop, texts in properties.items()
        },
        datasets=_texts(given, "datasets"),
        referents=_texts(given, "referents"),
        first_seen=_field(given, "first_seen", str, "") or "",
        last_seen=_field(given, "last_seen", str, "") or "",
        last_change=_field(given, "last_change", str, "") or "",
        target=bool(given.get("target", True)),
    )


def nested(given: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    """The mappings of entities held inside the properties of this one, at any depth."""
    for values in _field(given, "properties", Mapping, {}).values():
        for value in values if isinstance(values, list) else ():
            if isinstance(value, Mapping):
                yield value
                yield from nested(value)


def _origin(value: Value) -> dict[str, str]:
    return {name: said for name in _SAID if (said := getattr(value, name))}


def _values(prop: str, texts: Any, origins: Any) -> tuple[Value, ...]:
    if not isinstance(texts, list):
        raise _wrong(f"properties.{prop}", texts, "a list of strings")
    if not isinstance(origins, list) or len(origins) != len(texts):
        origins = [{}] * len(texts)
    return tuple(
        _value(prop, text, origin if isinstance(origin, Mapping) else {})
        for text, origin in zip(texts, origins, strict=True)
    )


def _value(prop: str, text: Any, origin: Mapping[str, Any]) -> Value:
    if isinstance(text, Mapping):
        text = text.get("id")
    if not isinstance(text, str):
        raise _wrong(f"properties.{prop}", text, "a string")
    return Value(text, **{name: str(origin[name]) for name in _SAID if name in origin})


def _text(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str) or not value.strip():
        raise _wrong(name, value, "a string that is not empty")
    return value


def _texts(given: Mapping[str, Any], name: str) -> tuple[str, ...]:
    values = _field(given, name, list, [])
    if not all(isinstance(value, str) for value in values):
        raise _wrong(name, values, "a list of strings")
    return tuple(values)


def _field(given: Mapping[str, Any], name: str, kind: type, default: Any) -> Any:
    value = given.get(name)
    if value is None:
        return default
    if not isinstance(value, kind):
        raise _wrong(name, value, kind.__name__.lower())
    return value


def _wrong(field: str, got: object, expected: str) -> InputError:
    problem = Problem("entities.field_wrong", field=field, got=repr(got)[:80], expected=expected)
    return InputError(str(problem), (problem,))
