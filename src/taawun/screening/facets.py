"""What entities are filtered by and counted by: schema, list, country, topic, gender, identifier.

Each facet is a vocabulary of values and, for each entity, the numbers of its values. Filters are
boolean arrays with one place for each entity, so that they are combined without a loop.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, cached_property
from typing import Any

import numpy as np

from taawun.entities import schemata
from taawun.entities.entity import Entity
from taawun.screening.shelf import Rows, Shelf, Strings

FIELDS = ("schema", "datasets", "countries", "topics", "genders", "identifiers")
_OF_TYPE = {
    "country": "countries",
    "topic": "topics",
    "gender": "genders",
    "identifier": "identifiers",
}
UNKNOWN_TIME = -(2**62)

Mask = np.ndarray[Any, np.dtype[np.bool_]]


def moment(text: str) -> int:
    """An ISO date or time as seconds since 1970 (UTC); UNKNOWN_TIME for what is not whole."""
    if len(text) < 10:
        return UNKNOWN_TIME
    try:
        said = datetime.fromisoformat(text if len(text) != 13 else f"{text}:00")
    except ValueError:
        return UNKNOWN_TIME
    return int((said if said.tzinfo else said.replace(tzinfo=UTC)).timestamp())


@cache
def _types() -> dict[str, str]:
    """The type of each property name, over all schemata: for schemata that we do not know."""
    found: dict[str, str] = {}
    for schema in schemata.schemata().values():
        for name, prop in schema.properties.items():
            found.setdefault(name, prop.type)
    return found


@cache
def type_of(schema: str, prop: str) -> str:
    """The FollowTheMoney type of a property ("string" where nothing says it)."""
    known = schemata.schemata().get(schema)
    if known is not None and prop in known.properties:
        return known.properties[prop].type
    return _types().get(prop, "string")


class FacetWriter:
    """Gathers the facets of entities in order."""

    def __init__(self) -> None:
        self._codes: dict[str, dict[str, int]] = {field: {} for field in FIELDS}
        self._rows: dict[str, list[list[int]]] = {field: [] for field in FIELDS}
        self._counts: list[int] = []

    def add(self, entity: Entity) -> None:
        """The facets of the next entity."""
        found: dict[str, list[str]] = {field: [] for field in FIELDS}
        found["schema"] = [entity.schema]
        found["datasets"] = list(entity.datasets)
        for prop, values in entity.properties.items():
            field = _OF_TYPE.get(type_of(entity.schema, prop))
            if field is not None:
                found[field].extend(value.text for value in values)
        for field, texts in found.items():
            codes = self._codes[field]
            row = [codes.setdefault(text, len(codes)) for text in dict.fromkeys(texts)]
            self._rows[field].append(row)
        self._counts.append(sum(map(len, entity.properties.values())))

    def columns(self) -> dict[str, Any]:
        """The arrays to write."""
        columns: dict[str, Any] = {"values_count": np.array(self._counts, dtype=np.int32)}
        for field in FIELDS:
            columns.update(Rows.pack(self._rows[field]).columns(f"facet.{field}"))
            columns.update(Strings.pack(list(self._codes[field])).columns(f"facet.{field}.value"))
        return columns


@dataclass(frozen=True)
class Facet:
    """One facet: `values` by code, and the codes of each entity."""

    rows: Rows
    strings: Strings

    @cached_property
    def values(self) -> list[str]:
        """The vocabulary, in the order of codes."""
        return self.strings.all()

    @cached_property
    def codes(self) -> dict[str, int]:
        """The code of each value."""
        return {value: code for code, value in enumerate(self.values)}

    @cached_property
    def _row_of(self) -> np.ndarray[Any, Any]:
        """The entity that each place in `rows.codes` belongs to."""
        return np.repeat(
            np.arange(len(self.rows), dtype=np.int32), np.diff(np.asarray(self.rows.begins))
        )

    def having(self, wanted: Iterable[str]) -> Mask:
        """Which entities have at least one of the values."""
        return self.having_codes([self.codes[value] for value in wanted if value in self.codes])

    def having_codes(self, codes: list[int]) -> Mask:
        """Which entities have at least one of the codes."""
        mask = np.zeros(len(self.rows), dtype=np.bool_)
        if len(codes) == 1:
            mask[self._row_of[self.rows.codes == codes[0]]] = True
        elif codes:
            chosen = np.zeros(len(self.values), dtype=np.bool_)
            chosen[codes] = True
            mask[self._row_of[chosen[self.rows.codes]]] = True
        return mask

    def counts(self, numbers: np.ndarray[Any, Any], most: int = 1000) -> list[tuple[str, int]]:
        """How many of the entities `numbers` have each value: the most frequent first."""
        chosen = np.zeros(len(self.rows), dtype=np.bool_)
        chosen[numbers] = True
        found = np.bincount(self.rows.codes[chosen[self._row_of]], minlength=len(self.values))
        there = np.flatnonzero(found)
        ranked = sorted((-int(found[code]), self.values[code]) for code in there)[:most]
        return [(value, -count) for count, value in ranked]


class Facets:
    """The facets of an open book."""

    def __init__(self, shelf: Shelf) -> None:
        self._fields = {
            field: Facet(
                rows=Rows.on(shelf, f"facet.{field}"),
                strings=Strings.on(shelf, f"facet.{field}.value"),
            )
            for field in FIELDS
        }

    def __getitem__(self, field: str) -> Facet:
        return self._fields[field]

    def __contains__(self, field: object) -> bool:
        return field in self._fields
