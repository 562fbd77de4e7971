"""Is this subject on a list? The whole answer, from one open index.

Candidates are found for every name of the subject, compared in full, moved by what else is known,
and ranked. A `Screener` is opened once and used by many threads; the lists in force when it was
opened are the lists it screens against.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from queue import Empty, LifoQueue

import numpy as np

from taawun.entities import identifiers
from taawun.entities.entity import Entity
from taawun.entities.schemata import kind_of
from taawun.errors import NotFound
from taawun.names import Comparison, Name, analyse, compare_names
from taawun.screening import matcher
from taawun.screening.book import Book
from taawun.screening.candidates import ANY, MOST_NAMES, Candidates, kinds_of
from taawun.screening.index import PREVIOUS, WEAK, Index
from taawun.screening.subject import CUTOFF, MATCH_THRESHOLD, Feature, Hit, Screening, Subject

INDEX = "index"
CURRENT = "CURRENT"
MOST_ENTITIES = 8  # entities compared in full for one name, the likeliest first
CLOSE, MOST_NAMESAKES = 0.5, 200  # log-odds within which all are compared; at most so many
MOST_NAMES_EACH = 3  # names of one entity compared in full
_RESCUE = 0.35  # a name below this cannot be saved by evidence, unless an identifier is the same


def folder_in_force(home: Path) -> Path:
    """Where the index in force lies. Raises NotFound where nothing was ever indexed."""
    try:
        name = (home / INDEX / CURRENT).read_text("utf-8").strip()
    except OSError:
        raise NotFound(f"{home}: no list has been added yet: taawun lists add …") from None
    return home / INDEX / name


@dataclass(slots=True)
class _Best:
    """The best comparison of one entity so far."""

    comparison: Comparison
    name: int


@dataclass(frozen=True, slots=True)
class _Width:
    """How far to look: what must be reached, how many names and entities at most, until when."""

    cutoff: float
    names: int
    entities: int
    deadline: float | None


class Screener:
    """Screens subjects against the lists in force. Safe to use from several threads."""

    def __init__(self, book: Book, index: Index) -> None:
        self.book = book
        self.index = index
        self._sieves: LifoQueue[Candidates] = LifoQueue()

    @classmethod
    def open(cls, home: Path) -> Screener:
        """Open the index in force under `home`. Raises NotFound, StoreError."""
        return cls.at(folder_in_force(home))

    @classmethod
    def at(cls, folder: Path) -> Screener:
        """Open one build of the index."""
        return cls(Book.open(folder), Index(folder / "names"))

    def entity(self, id: str) -> Entity | None:
        """The listed entity with this id, merged ids followed."""
        return self.book.entity(id)

    def canonical(self, id: str) -> str | None:
        """The id under which an entity is now listed; None for an unknown one."""
        return self.book.canonical(id)

    @contextmanager
    def _sieve(self) -> Iterator[Candidates]:
        try:
            sieve = self._sieves.get_nowait()
        except Empty:
            sieve = Candidates(self.index)
        try:
            yield sieve
        finally:
            self._sieves.put(sieve)

    def screen(
        self,
        subject: Subject,
        *,
        datasets: frozenset[str] | None = None,
        limit: int = 5,
        threshold: float = MATCH_THRESHOLD,
        cutoff: float = CUTOFF,
        exclude_ids: frozenset[str] = frozenset(),
        allow: Callable[[Entity], bool] | None = None,
        deadline: float | None = None,
    ) -> Screening:
        """Screen one subject.

        `datasets` keeps to these lists, `allow` to the entities it accepts, `exclude_ids` leaves
        out what was judged. `deadline` is a time.monotonic() by which to stop: the answer then
        says that it is not complete. Hits score at least `cutoff`; those at `threshold` match.
        """

        every = datasets is None and allow is None and not exclude_ids

        def wanted(number: int) -> bool:
            if every:
                return True
            entity = self.book.at(number)
            if entity.id in exclude_ids or not exclude_ids.isdisjoint(entity.referents):
                return False
            if datasets is not None and datasets.isdisjoint(entity.datasets):
                return False
            return allow is None or allow(entity)

        # what is filtered away must not use up the places of what is wanted
        names = max(MOST_NAMES, 8 * limit) if every else self.index.names
        width = _Width(cutoff, names, max(MOST_ENTITIES, limit + 3), deadline)
        with self._sieve() as sieve:
            found, compared, complete = self._compared(sieve, subject, wanted, width)
        self._by_identifier(subject, found)
        hits = []
        for number, best in found.items():
            if wanted(number):
                hit = self._hit(subject, self.book.at(number), best, threshold)
                if hit.score >= cutoff:
                    hits.append(hit)
        hits.sort(key=lambda hit: (-hit.score, hit.entity))
        return Screening(tuple(hits[:limit]), compared, complete)

    def _compared(
        self,
        sieve: Candidates,
        subject: Subject,
        wanted: Callable[[int], bool],
        width: _Width,
    ) -> tuple[dict[int, _Best], int, bool]:
        found: dict[int, _Best] = {}
        compared = 0
        reach = matcher.reach(subject)
        asked: dict[tuple[str, str], Name] = {}
        for text in subject.names:
            name = asked.setdefault((text, subject.kind), analyse(text, subject.kind))
            kinds = kinds_of(subject.kind)
            names = sieve.names(name, kinds, reach, width.cutoff, width.names)
            for number, entity in self._worth(names, wanted, width.entities):
                if width.deadline is not None and time.monotonic() > width.deadline:
                    return found, compared, False
                kind = self._kind(number) or subject.kind or "person"
                own = asked.get((text, kind)) or asked.setdefault((text, kind), analyse(text, kind))
                listed = analyse(self.index.text(number), kind)
                comparison = compare_names(own, listed, sieve.weigh)
                compared += 1
                if comparison.score < _RESCUE:
                    continue
                held = found.get(entity)
                if held is None or comparison.score > held.comparison.score:
                    found[entity] = _Best(comparison, number)
        return found, compared, True

    def _worth(
        self, names: list[tuple[int, float]], wanted: Callable[[int], bool], most: int
    ) -> Iterator[tuple[int, int]]:
        """Names to compare in full, with their entities: the best few of each entity."""
        entities = self.index.arrays["name_entity"]
        each: dict[int, int] = {}
        refused: set[int] = set()
        near = names[0][1] - CLOSE if names else 0.0
        for number, odds in names:
            entity = int(entities[number])
            seen = each.get(entity, 0)
            if seen >= MOST_NAMES_EACH or entity in refused:
                continue
            if not seen:
                # namesakes are told apart by what only a full comparison looks at
                if len(each) >= (max(most, MOST_NAMESAKES) if odds >= near else most):
                    continue
                if not wanted(entity):
                    refused.add(entity)
                    continue
            each[entity] = seen + 1
            yield number, entity

    def _kind(self, name: int) -> str:
        """The kind of a listed name, "" where the list does not say what its bearer is."""
        group = int(self.index.arrays["name_group"][name])
        return {1: "person", 2: "company", 4: "vessel"}.get(group, "")

    def _by_identifier(self, subject: Subject, found: dict[int, _Best]) -> None:
        """Entities that share an identifier, whatever their name."""
        for own in subject.identifiers:
            for number in self._with_identifier(own):
                if number not in found:
                    found[number] = _Best(self._whatever_the_name(subject, number), -1)

    def _whatever_the_name(self, subject: Subject, number: int) -> Comparison:
        kind = kind_of(self.book.schema_at(number)) or "person"
        caption = self.book.at(number).caption
        if not subject.names:
            return Comparison(0.0, kind, "", caption)
        return compare_names(analyse(subject.names[0], kind), analyse(caption, kind), _even)

    def _with_identifier(self, text: str) -> list[int]:
        codes = self._identifiers.get(identifiers.normal(text))
        if not codes:
            return []
        held = self.book.facets["identifiers"].having_codes(codes)
        return [int(number) for number in np.flatnonzero(held)]

    @cached_property
    def _identifiers(self) -> dict[str, list[int]]:
        """The codes of the identifiers by their normal form, made when one is first asked for."""
        found: dict[str, list[int]] = {}
        for code, text in enumerate(self.book.facets["identifiers"].values):
            found.setdefault(identifiers.normal(text), []).append(code)
        return found

    def _hit(self, subject: Subject, entity: Entity, best: _Best, threshold: float) -> Hit:
        evidence = [*self._of_name(best), *matcher.features(subject, entity)]
        base = best.comparison.score
        if base < _RESCUE and any(f.code == "screening.identifier.same" for f in evidence):
            base = _RESCUE
        score = matcher.moved(base, evidence)
        return Hit(
            entity=entity.id,
            dataset=entity.datasets[0] if entity.datasets else "",
            schema=entity.schema,
            caption=entity.caption,
            score=score,
            match=score >= threshold,
            features=(_name_feature(best.comparison), *evidence),
        )

    def _of_name(self, best: _Best) -> list[Feature]:
        if best.name < 0:
            return []
        common = matcher.commonness(best.comparison)
        flags = int(self.index.arrays["name_flags"][best.name])
        prop = "weakAlias" if flags & WEAK else "previousName" if flags & PREVIOUS else ""
        return [found for found in (common, matcher.of_name(prop)) if found]


def _even(_: object) -> float:
    return 1.0


def _name_feature(comparison: Comparison) -> Feature:
    """The comparison of the names as the first feature: its score and which part met which."""
    met = "; ".join(
        f"{pair.a} = {pair.b} ({pair.step.removeprefix('names.')}, {pair.quality:.2f})"
        for pair in comparison.pairs
    )
    params = {"score": f"{comparison.score:.3f}", "met": met}
    if comparison.only_a:
        params["only_query"] = " ".join(comparison.only_a)
    if comparison.only_b:
        params["only_listed"] = " ".join(comparison.only_b)
    if comparison.notes:
        params["notes"] = ", ".join(comparison.notes)
    return Feature("screening.name", 0.0, comparison.a, comparison.b, params)


__all__ = ["ANY", "Screener", "folder_in_force"]
