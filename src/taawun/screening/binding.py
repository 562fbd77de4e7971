"""Binding a book: entities written to disk so that `Book` can open them without reading them.

    entities.bin   one JSON record an entity, everything that is known and who said it
    shown.bin      the same entity as the API shows it (FollowTheMoney JSON), ready to send
    book.shelf     where each record begins, ids, relations, facets and the words to find it by

Entities are numbered in the order in which their ids are first met. An id that comes again, from
another list, is merged into the first: values are united, each keeps who said it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import orjson

from taawun.entities import schemata
from taawun.entities.entity import Entity, Value
from taawun.errors import InputError
from taawun.screening import shelf
from taawun.screening.facets import FacetWriter, moment, type_of
from taawun.screening.find import WordWriter
from taawun.screening.shelf import Rows, Strings

FORMAT = 1
SHELF = "book.shelf"
RECORDS = "entities.bin"
SHOWN = "shown.bin"
_TIMES = ("first_seen", "last_seen", "last_change")


def build(entities: Iterable[Entity], folder: Path) -> int:
    """Write the book of `entities` into `folder` (made if absent); the number of entities.

    One pass over `entities`, which are not kept in memory. Raises InputError for an entity
    without an id.
    """
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / "entities.part"
    with kept.open("w+b") as records:
        ids, begins = _write_records(entities, records)
        records.flush()
        arrays, facts = _derive(kept, ids, begins, folder)
    kept.unlink()
    shelf.write(folder / SHELF, arrays, facts)
    return len(ids)


def _write_records(
    entities: Iterable[Entity], records: BinaryIO
) -> tuple[dict[str, int], list[tuple[int, int]]]:
    """Every entity's record; ids in order of first appearance, and where the last record lies."""
    ids: dict[str, int] = {}
    places: list[tuple[int, int]] = []
    end = 0
    for entity in entities:
        if not entity.id:
            raise InputError(f"an entity without an id (schema {entity.schema}) cannot be indexed")
        number = ids.get(entity.id)
        if number is not None:
            records.seek(places[number][0])
            entity = merged(unpack(records.read(places[number][1])), entity)
            records.seek(end)
        raw = pack(entity)
        records.write(raw)
        if number is None:
            ids[entity.id] = len(places)
            places.append((end, len(raw)))
        else:
            places[number] = (end, len(raw))
        end += len(raw)
    return ids, places


def _derive(
    kept: Path, ids: dict[str, int], places: list[tuple[int, int]], folder: Path
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The final records and everything that is looked up beside them, in the order of numbers."""
    book = _Pages(ids)
    source = shelf.map_file(kept)
    with (folder / RECORDS).open("wb") as records, (folder / SHOWN).open("wb") as shown:
        for begin, length in places:
            raw = bytes(source[begin : begin + length])
            entity = unpack(raw)
            face = orjson.dumps(face_of(entity))
            records.write(raw)
            shown.write(face)
            book.add(entity, len(raw), len(face))
        for out in (records, shown):
            out.flush()
            os.fsync(out.fileno())
    return book.arrays(), book.facts()


class _Pages:
    """What is gathered while every entity passes by once."""

    def __init__(self, ids: dict[str, int]) -> None:
        self.ids = ids
        self.referents: dict[str, int] = {}
        self.lengths: list[tuple[int, int]] = []
        self.ties: list[tuple[int, str, str]] = []
        self.captions: list[str] = []
        self.times: dict[str, list[int]] = {name: [] for name in _TIMES}
        self.targets: list[bool] = []
        self.facets = FacetWriter()
        self.words = WordWriter()

    def add(self, entity: Entity, record: int, face: int) -> None:
        number = len(self.lengths)
        self.lengths.append((record, face))
        self.captions.append(entity.caption)
        self.targets.append(entity.target)
        for name in _TIMES:
            self.times[name].append(moment(getattr(entity, name)))
        for other in entity.referents:
            if other not in self.ids:
                self.referents.setdefault(other, number)
        for prop, values in entity.properties.items():
            if type_of(entity.schema, prop) == "entity":
                self.ties.extend((number, prop, value.text) for value in values)
        self.facets.add(entity)
        self.words.add(entity)

    def arrays(self) -> dict[str, Any]:
        begins = np.zeros((len(self.lengths) + 1, 2), dtype=np.int64)
        if self.lengths:
            np.cumsum(np.array(self.lengths, dtype=np.int64), axis=0, out=begins[1:])
        order = np.argsort(np.array(self.captions, dtype=object), kind="stable")
        rank = np.empty(len(order), dtype=np.int32)
        rank[order] = np.arange(len(order), dtype=np.int32)
        return {
            "begins": begins,
            "caption_rank": rank,
            "target": np.array(self.targets, dtype=np.bool_),
            **{name: np.array(said, dtype=np.int64) for name, said in self.times.items()},
            **self._name_columns(),
            **self._tie_columns(),
            **self.facets.columns(),
            **self.words.columns(),
        }

    def facts(self) -> dict[str, Any]:
        totals = [sum(pair[side] for pair in self.lengths) for side in (0, 1)]
        return {
            "format": FORMAT,
            "count": len(self.lengths),
            "records": totals[0],
            "shown": totals[1],
            "ties": self._tie_names(),
            **self.words.facts(),
        }

    def _name_columns(self) -> dict[str, Any]:
        """Every id and every id that was merged away, findable by a hash."""
        names = [*self.ids, *self.referents]
        numbers = np.array([*self.ids.values(), *self.referents.values()], dtype=np.int32)
        hashes = np.array([hash_of(name) for name in names], dtype=np.uint64)
        order = np.argsort(hashes, kind="stable")
        strings = Strings.pack(names)
        return {
            "id_hash": hashes[order],
            "id_entry": order.astype(np.int32),
            "id_number": numbers,
            **strings.columns("id"),
        }

    def _tie_names(self) -> list[str]:
        return sorted({prop for _, prop, _ in self.ties})

    def _tie_columns(self) -> dict[str, Any]:
        """Relations both ways: rows of [property code, entity number] flattened in pairs."""
        code = {prop: number for number, prop in enumerate(self._tie_names())}
        out: list[list[int]] = [[] for _ in self.lengths]
        into: list[list[int]] = [[] for _ in self.lengths]
        for number, prop, text in self.ties:
            other = self.ids.get(text, self.referents.get(text))
            if other is not None:
                out[number] += [code[prop], other]
                into[other] += [code[prop], number]
        return {**Rows.pack(out).columns("tie_out"), **Rows.pack(into).columns("tie_in")}


def hash_of(name: str) -> int:
    """The 64-bit hash under which an id is looked up."""
    said = hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(said, "little")


def pack(entity: Entity) -> bytes:
    """One entity as a record. What a value shares with the whole entity is not repeated."""
    said = entity.datasets[0] if entity.datasets else ""
    return orjson.dumps(
        [
            entity.id,
            entity.schema,
            {
                prop: [_packed(value, said) for value in values]
                for prop, values in entity.properties.items()
            },
            entity.datasets,
            entity.referents,
            entity.first_seen,
            entity.last_seen,
            entity.last_change,
            entity.target,
        ]
    )


def _packed(value: Value, said: str) -> str | list[str]:
    if value.dataset == said and not (value.lang or value.original or value.since):
        return value.text
    return [value.text, value.dataset, value.lang, value.original, value.since]


def unpack(raw: bytes) -> Entity:
    """The entity of a record. Raises ValueError or TypeError where the record is damaged."""
    name, schema, properties, datasets, referents, first, last, change, target = orjson.loads(raw)
    said = datasets[0] if datasets else ""
    return Entity(
        id=name,
        schema=schema,
        properties={
            prop: tuple(
                Value(value, said) if type(value) is str else Value(*value) for value in values
            )
            for prop, values in properties.items()
        },
        datasets=tuple(datasets),
        referents=tuple(referents),
        first_seen=first,
        last_seen=last,
        last_change=change,
        target=target,
    )


def merged(first: Entity, second: Entity) -> Entity:
    """Two things said under one id as one entity: values united, the narrower schema kept."""
    properties = {prop: list(values) for prop, values in first.properties.items()}
    for prop, values in second.properties.items():
        there = properties.setdefault(prop, [])
        known = {(value.text, value.dataset) for value in there}
        there.extend(value for value in values if (value.text, value.dataset) not in known)
    seen = sorted(filter(None, (first.first_seen, second.first_seen)))
    return replace(
        first,
        schema=second.schema if schemata.is_a(second.schema, first.schema) else first.schema,
        properties={prop: tuple(values) for prop, values in properties.items()},
        datasets=tuple(dict.fromkeys((*first.datasets, *second.datasets))),
        referents=tuple(dict.fromkeys((*first.referents, *second.referents))),
        first_seen=seen[0] if seen else "",
        last_seen=max(first.last_seen, second.last_seen),
        last_change=max(first.last_change, second.last_change),
        target=first.target or second.target,
    )


def face_of(entity: Entity) -> dict[str, Any]:
    """The entity as the matching API shows it: FollowTheMoney JSON, each text once."""
    return {
        "id": entity.id,
        "caption": entity.caption,
        "schema": entity.schema,
        "properties": {
            prop: list(dict.fromkeys(value.text for value in values))
            for prop, values in entity.properties.items()
            if values
        },
        "datasets": entity.datasets,
        "referents": entity.referents,
        "target": entity.target,
        **{name: _shown_time(getattr(entity, name)) for name in _TIMES},
    }


def _shown_time(text: str) -> str | None:
    """A time as `YYYY-MM-DDThh:mm:ss` (UTC), or None for what is not a whole date."""
    seconds = moment(text)
    return str(np.datetime64(seconds, "s")) if seconds != moment("") else None
