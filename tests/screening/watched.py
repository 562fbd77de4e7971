"""A made-up list and portfolio in the notation of the tests, and a screener slow enough to trust.

A list is lines of `id: name; name | 1970-01-01 | xx | identifier < merged ids`; customers are
lines of `id: name | date | country`. Everything after the names may be left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from taawun.entities.entity import Entity, Value
from taawun.lists.difference import difference
from taawun.screening import portfolio, runs
from taawun.screening.rescreen import Rescreening, Touch, rescreen
from taawun.screening.runs import Question, Run
from taawun.screening.subject import CUTOFF, MATCH_THRESHOLD, Hit, Screening, Subject
from taawun.store import Store
from tests.conftest import AT


def listed(text: str, dataset: str = "un") -> list[Entity]:
    """The entities of a list written as in the module's docstring."""
    return [_entity(line, dataset) for line in text.strip().splitlines() if line.strip()]


def _entity(line: str, dataset: str) -> Entity:
    said, _, merged = line.partition("<")
    id_, _, rest = said.partition(":")
    names, *others = (cell.strip() for cell in rest.split("|"))
    properties = {"name": [name.strip() for name in names.split(";")]}
    for prop, cell in zip(("birthDate", "nationality", "passportNumber"), others, strict=False):
        if cell:
            properties[prop] = [each.strip() for each in cell.split(",")]
    values = {
        prop: tuple(Value(text, dataset) for text in texts) for prop, texts in properties.items()
    }
    return Entity(id_.strip(), "Person", values, (dataset,), tuple(merged.split()))


def customers(text: str) -> list[tuple[str, Subject]]:
    """The customers of a portfolio written as in the module's docstring."""
    return [_customer(line) for line in text.strip().splitlines() if line.strip()]


def _customer(line: str) -> tuple[str, Subject]:
    id_, _, rest = line.partition(":")
    name, *others = (cell.strip() for cell in rest.split("|"))
    dates, countries = (*others, "", "")[:2]
    return id_.strip(), Subject((name,), "person", tuple(dates.split()), tuple(countries.split()))


class Plain:
    """Screens by the share of words that two names have in common, one entity after another."""

    def __init__(self, entities: Iterable[Entity]) -> None:
        self.entities = list(entities)
        self.asked = 0
        self.complete = True

    def entity(self, id: str) -> Entity | None:
        return next((e for e in self.entities if id == e.id or id in e.referents), None)

    def canonical(self, id: str) -> str | None:
        found = self.entity(id)
        return None if found is None else found.id

    def screen(
        self,
        subject: Subject,
        *,
        datasets: frozenset[str] | None = None,
        limit: int = 5,
        threshold: float = MATCH_THRESHOLD,
        cutoff: float = CUTOFF,
        allow: Callable[[Entity], bool] | None = None,
    ) -> Screening:
        if allow is None:
            self.asked += 1
        wanted = [
            entity
            for entity in self.entities
            if (allow is None or allow(entity))
            and (datasets is None or datasets & set(entity.datasets))
        ]
        scored = [(self._score(subject, entity), entity) for entity in wanted]
        hits = [
            Hit(e.id, e.datasets[0], e.schema, e.caption, score, score >= threshold)
            for score, e in sorted(scored, key=lambda each: (-each[0], each[1].id))
            if score >= cutoff
        ]
        return Screening(tuple(hits[:limit]), len(wanted), self.complete)

    @staticmethod
    def _score(subject: Subject, entity: Entity) -> float:
        def shared(one: str, other: str) -> float:
            a, b = set(one.lower().split()), set(other.lower().split())
            return len(a & b) / max(len(a | b), 1)

        return max(shared(one, other) for one in subject.names for other in entity.texts("name"))


def keep_file(
    store: Store,
    screener: Plain,
    given: Iterable[tuple[str, Subject]],
    *,
    name: str = "retail",
    version: str = "1",
    question: Question | None = None,
    at: datetime = AT,
) -> Run:
    """What `screen-file --keep` does."""
    asked = question or Question()
    with store.begin() as unit:
        run = runs.begin(
            unit,
            name,
            "file",
            versions={"un": version},
            question=asked,
            scope="all",
            at=at,
            actor="ana",
        )
        bounds = {"threshold": asked.threshold, "cutoff": asked.cutoff}
        found = [
            (id_, subject, screener.screen(subject, limit=asked.limit, **bounds))
            for id_, subject in given
        ]
        assert portfolio.keep(unit, run, found, at=at) == ()
        return portfolio.close(unit, run, at=at, actor="ana")


def updated(
    store: Store,
    before: Plain,
    after: Plain,
    *,
    name: str = "retail",
    version: str = "2",
    everyone: bool = False,
    days: int = 1,
) -> Rescreening:
    """What `rescreen` does after the list went from one state to another."""
    touch = Touch(difference(before.entities, after.entities).ids)
    return rescreen(
        store,
        after,
        name,
        touch,
        versions={"un": version},
        everyone=everyone,
        at=AT + timedelta(days=days),
        actor="ana",
    )
