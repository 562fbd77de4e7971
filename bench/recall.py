"""Cross-script recall: an original-script name asked of an index that holds only Latin names.

    python -m bench.recall [--json PATH]

Every person of the UN, UK and EU files that has a name in the script is asked for by that name,
within the list that names him, because the same man on four lists is four right answers. Every
value with a letter that is not Latin has been taken out of the index. Whoever is left without a
Latin name cannot be found and is counted apart. Misses go to `.bench/recall-misses.tsv`.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import name as character_name

from bench.ground import KEPT, kept_home, list_files, taawun
from bench.report import Outcome, main
from bench.scoring import script

if TYPE_CHECKING:
    from taawun.entities.entity import Entity
    from taawun.screening.screener import Screener

SOURCES = ("un", "uk", "eu")
WANTED = {"Arabic": 0.97, "Cyrillic": 0.99}
NAMES = ("name", "alias", "previousName", "weakAlias")
TOP = 3
MISSES = KEPT / "recall-misses.tsv"


@dataclass(frozen=True, slots=True)
class Query:
    """One person asked for by one original-script name. `first` marks the name listed first."""

    source: str
    entity: str
    name: str
    script: str
    first: bool


@dataclass(frozen=True, slots=True)
class Found:
    """Where the person came in the answer: rank from 1, 0 for not at all; `top` is the best hit."""

    query: Query
    rank: int
    matched: bool
    top: str


def is_latin(text: str) -> bool:
    """Whether every letter of the text is Latin."""
    return all(
        char.isascii() or character_name(char, "").startswith("LATIN")
        for char in text
        if char.isalpha()
    )


def has_latin(text: str) -> bool:
    return any(char.isalpha() and is_latin(char) for char in text)


def stripped(entity: Entity) -> Entity:
    """The entity without any value that has a letter which is not Latin."""
    kept = {
        prop: tuple(value for value in values if is_latin(value.text))
        for prop, values in entity.properties.items()
    }
    return replace(entity, properties={prop: values for prop, values in kept.items() if values})


def read(source: str) -> tuple[Entity, ...]:
    """All entities of one list, as its own reader reads it."""
    from taawun.lists.read import read as read_list

    return read_list(source, list_files(source)[0], dataset(source)).entities


def queries(source: str, entities: tuple[Entity, ...]) -> Iterator[Query]:
    """Every original-script name of every person, the first of each script marked."""
    for entity in entities:
        if entity.schema != "Person":
            continue
        seen: set[str] = set()
        for prop in NAMES:
            for text in entity.texts(prop):
                written = script(text)
                if written in WANTED and not has_latin(text):
                    yield Query(source, entity.id, text, written, written not in seen)
                    seen.add(written)


def latin_home(lists: dict[str, tuple[Entity, ...]]) -> Path:
    """A home whose lists hold only Latin names, one dataset for each source."""
    from taawun.entities.ftm import to_ftm

    def fill(home: Path) -> None:
        for source, entities in lists.items():
            path = home / f"{source}.ftm.json"
            lines = (json.dumps(to_ftm(stripped(e)), ensure_ascii=False) for e in entities)
            path.write_text("\n".join(lines) + "\n", encoding="utf-8")
            taawun("lists", "add", "ftm", str(path), "--name", dataset(source), home=home)

    return kept_home("latin", fill)


def dataset(source: str) -> str:
    return f"{source}_latin"


def ask(screener: Screener, query: Query) -> Found:
    """Screens by the name alone, within the list it comes from."""
    from taawun.screening.subject import Subject

    subject = Subject(names=(query.name,), kind="person")
    within = frozenset({dataset(query.source)})
    hits = screener.screen(subject, datasets=within, limit=10, cutoff=0.0).hits
    for rank, hit in enumerate(hits, 1):
        if hit.entity == query.entity:
            return Found(query, rank, hit.match, hits[0].caption)
    return Found(query, 0, False, hits[0].caption if hits else "")


def run(outcome: Outcome) -> None:
    """Asks for every listed person by original-script name in an index of Latin names."""
    from taawun.screening.screener import Screener

    lists = {source: read(source) for source in SOURCES}
    screener = Screener.open(latin_home(lists))
    asked = [query for source in SOURCES for query in queries(source, lists[source])]
    nameless = {
        entity.id
        for entities in lists.values()
        for entity in entities
        if not any(stripped(entity).texts(prop) for prop in NAMES)
    }
    found = [ask(screener, query) for query in asked if query.entity not in nameless]
    for written, wanted in WANTED.items():
        first = [each for each in found if each.query.script == written and each.query.first]
        share = _share(first)
        claim = f"{written} names of persons at rank 1 to {TOP}, index in Latin"
        outcome.want(claim, f">= {wanted}", f"{share:.4f} of {len(first):,}", share >= wanted)
    _table(outcome, found, sum(query.entity in nameless for query in asked))
    _write_misses(found, lists)


def _share(found: list[Found]) -> float:
    return sum(0 < each.rank <= TOP for each in found) / len(found) if found else 0.0


def _table(outcome: Outcome, found: list[Found], nameless: int) -> None:
    rows: list[tuple[str | int | float, ...]] = []
    for written in WANTED:
        for source in (*SOURCES, "all"):
            for which, only_first in (("first", True), ("every", False)):
                group = [
                    each
                    for each in found
                    if each.query.script == written
                    and source in (each.query.source, "all")
                    and (each.query.first or not only_first)
                ]
                if not group:
                    continue
                ones = sum(each.rank == 1 for each in group) / len(group)
                matched = sum(each.matched for each in group) / len(group)
                rows.append((written, source, which, len(group), ones, _share(group), matched))
    columns = ("script", "list", "names", "asked", "rank 1", f"rank 1 to {TOP}", "match")
    note = (
        f"{nameless:,} names of persons without any Latin name were not asked. "
        "`match`: the person scores at or above the default threshold by the name alone."
    )
    outcome.table("found by original-script name", columns, rows, note)


def _write_misses(found: list[Found], lists: dict[str, tuple[Entity, ...]]) -> None:
    captions = {
        entity.id: stripped(entity).caption for entities in lists.values() for entity in entities
    }
    MISSES.parent.mkdir(exist_ok=True)
    with MISSES.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        writer.writerow(["list", "entity", "first", "rank", "asked", "listed as", "best answer"])
        for each in found:
            if not 0 < each.rank <= TOP:
                q = each.query
                row = [q.source, q.entity, q.first, each.rank, q.name, captions[q.entity], each.top]
                writer.writerow(row)


if __name__ == "__main__":
    main("recall", run)
