"""The book: every listed entity on disk, opened by mapping it into memory.

Opening costs a few milliseconds however many entities there are, and worker processes that open
the same folder share its pages. Entities have numbers from 0; a number is good for one book only.
`binding.build` writes a book; nothing changes it afterwards.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from taawun.entities import schemata
from taawun.entities.entity import Entity
from taawun.errors import StoreError
from taawun.screening import binding
from taawun.screening.binding import build
from taawun.screening.facets import Facets, Mask
from taawun.screening.find import Finder
from taawun.screening.shelf import Rows, Shelf, Strings, map_file, open_shelf

__all__ = ["Book", "Tie", "build"]

KEPT_DECODED = 1024
KEPT_NUMBERS = 65_536


@dataclass(frozen=True, slots=True)
class Tie:
    """One relation seen from one end: `other` is a number.

    `prop` is what this end calls the relation: its own property (`addressEntity`), or, where the
    other entity refers to this one (`inward`), the reverse name (`sanctions`, `ownershipOwner`).
    """

    prop: str
    other: int
    inward: bool


class Book:
    """An open book. Safe to read from several threads."""

    def __init__(self, folder: Path, shelf: Shelf) -> None:
        self.folder = folder
        self.shelf = shelf
        self.count = int(shelf.facts["count"])
        self._records = self._blob(binding.RECORDS, int(shelf.facts["records"]))
        self._shown = self._blob(binding.SHOWN, int(shelf.facts["shown"]))
        self._begins = shelf["begins"]
        self._hashes, self._entries = shelf["id_hash"], shelf["id_entry"]
        self._numbers, self._names = shelf["id_number"], Strings.on(shelf, "id")
        self._tie_names: list[str] = shelf.facts["ties"]
        self._out, self._in = Rows.on(shelf, "tie_out"), Rows.on(shelf, "tie_in")
        self._decoded: OrderedDict[int, Entity] = OrderedDict()
        self._asked: dict[str, int] = {}
        self._lock = Lock()

    @classmethod
    def open(cls, folder: Path) -> Book:
        """Open the book in `folder`; StoreError where it is absent, damaged or half-written."""
        shelf = open_shelf(folder / binding.SHELF)
        made = shelf.facts.get("format")
        if made != binding.FORMAT:
            raise StoreError(
                f"{folder}: index format {made}, this version reads {binding.FORMAT}: rebuild it"
            )
        return cls(folder, shelf)

    def _blob(self, name: str, expected: int) -> memoryview:
        mapped = map_file(self.folder / name)
        if len(mapped) != expected:
            raise StoreError(
                f"{self.folder / name}: {len(mapped)} bytes, expected {expected}: "
                "half-written, rebuild the index"
            )
        return mapped

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[Entity]:
        """Every entity in the order of numbers, without keeping them."""
        return (self._decode(number) for number in range(self.count))

    @cached_property
    def facets(self) -> Facets:
        """What to filter and count by."""
        return Facets(self.shelf)

    @cached_property
    def finder(self) -> Finder:
        """Search by words."""
        return Finder(self.shelf, self.facets, self)

    @cached_property
    def datasets(self) -> list[str]:
        """The lists that the entities are from, sorted."""
        return sorted(self.facets["datasets"].values)

    def at(self, number: int) -> Entity:
        """The entity of that number; the last few thousand are kept decoded."""
        with self._lock:
            if (found := self._decoded.get(number)) is not None:
                self._decoded.move_to_end(number)
                return found
        entity = self._decode(number)
        with self._lock:
            self._decoded[number] = entity
            while len(self._decoded) > KEPT_DECODED:
                self._decoded.popitem(last=False)
        return entity

    def _decode(self, number: int) -> Entity:
        raw = self._slice(self._records, number, 0)
        try:
            return binding.unpack(raw)
        except (ValueError, TypeError) as problem:
            raise StoreError(
                f"{self.folder / binding.RECORDS}: entity {number} is damaged, rebuild the index"
            ) from problem

    def mentions(self, number: int, text: bytes) -> bool:
        """Whether the record of an entity holds these bytes: a sieve before decoding it."""
        return text in self._slice(self._records, number, 0)

    def shown(self, number: int) -> bytes:
        """The entity as the API shows it: one JSON object, UTF-8, ready to send."""
        return self._slice(self._shown, number, 1)

    def _slice(self, blob: memoryview, number: int, side: int) -> bytes:
        if not 0 <= number < self.count:
            raise IndexError(f"no entity {number}: the book has {self.count}")
        return bytes(blob[int(self._begins[number, side]) : int(self._begins[number + 1, side])])

    def _entry(self, name: str) -> int | None:
        """The place of a name among ids and referents."""
        wanted = np.uint64(binding.hash_of(name))
        place = int(np.searchsorted(self._hashes, wanted))
        while place < len(self._hashes) and self._hashes[place] == wanted:
            entry = int(self._entries[place])
            if self._names[entry] == name:
                return entry
            place += 1
        return None

    def number(self, name: str) -> int | None:
        """The number of the entity with that id, or of the one it was merged into, or None."""
        known = self._asked.get(name)
        if known is not None:
            return known
        entry = self._entry(name)
        if entry is None:
            return None
        if len(self._asked) >= KEPT_NUMBERS:
            self._asked.clear()
        self._asked[name] = number = int(self._numbers[entry])
        return number

    def numbers(self, names: Iterable[str]) -> np.ndarray[Any, Any]:
        """The numbers of the ids that are here, merged ones included."""
        found = (self.number(name) for name in names)
        return np.array([number for number in found if number is not None], dtype=np.int32)

    def canonical(self, name: str) -> str | None:
        """The id under which an id is found now: itself, the one it was merged into, or None."""
        entry = self._entry(name)
        return None if entry is None else self._names[int(self._numbers[entry])]

    def id_at(self, number: int) -> str:
        """The id of an entity, without decoding it."""
        return self._names[number]

    def entity(self, name: str) -> Entity | None:
        """The entity with that id, or the one it was merged into, or None."""
        number = self.number(name)
        return None if number is None else self.at(number)

    def ties(self, number: int) -> list[Tie]:
        """Every relation of an entity, its own first, in the order of the book."""
        return [*self._side(self._out, number, False), *self._side(self._in, number, True)]

    def _side(self, rows: Rows, number: int, inward: bool) -> Iterator[Tie]:
        pairs = rows[number].reshape(-1, 2).tolist()
        for code, other in pairs:
            prop = self._tie_names[code]
            name = self._reverse(prop, other) if inward else prop
            if name:
                yield Tie(name, other, inward)

    def _reverse(self, prop: str, holder: int) -> str:
        """What the far end of property `prop` of entity `holder` calls it, or "" for nothing."""
        known = schemata.schemata().get(self.schema_at(holder))
        said = known.properties.get(prop) if known is not None else None
        return said.reverse if said is not None else ""

    def schema_at(self, number: int) -> str:
        """The schema name of an entity, without decoding it."""
        facet = self.facets["schema"]
        return facet.values[int(facet.rows[number][0])]

    def adjacent(self, name: str) -> tuple[Entity, ...]:
        """The entities that refer to this one or that it refers to, each once."""
        number = self.number(name)
        if number is None:
            return ()
        others = dict.fromkeys(tie.other for tie in self.ties(number))
        return tuple(self.at(other) for other in others)

    def everything(self) -> Mask:
        """A filter that lets every entity through."""
        return np.ones(self.count, dtype=np.bool_)

    def changed_since(self, seconds: int) -> Mask:
        """Which entities changed after a time in seconds since 1970 (UTC)."""
        return np.asarray(self.shelf["last_change"] > seconds)
