"""After a list update: look again at the customers whom the change may touch, and prove coverage.

A customer is looked at again when

    an entity that was added or changed is among its candidates
    an entity that it hit was changed, removed or merged
    its last screening was not complete, or it has none
    a judgement on it ran out since

Everybody else would get the same answer, since the entities they met are as they were. (Weights
of name parts come from the lists and move a little with every update; `everyone=True` screens all
anew.) Where a list is new, is no longer there, or has too old a version to compare with,
everybody is looked at again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Protocol

from taawun.entities.entity import Entity
from taawun.entities.schemata import exists, matchable, schema
from taawun.errors import Conflict, NotFound
from taawun.lists.registry import Lists
from taawun.screening import portfolio as kept
from taawun.screening import runs
from taawun.screening.judgements import Judged, Standing, history
from taawun.screening.material import Material, of_entity, of_subject
from taawun.screening.portfolio import Coverage, KeptHit, Watched
from taawun.screening.runs import Run
from taawun.screening.subject import CUTOFF, MATCH_THRESHOLD, Screening, Subject
from taawun.store import Store
from taawun.store.locking import lock

BATCH = 250
"""Customers between two commits: what a kill can cost."""


class Screens(Protocol):
    """What rescreening asks of a `Screener`."""

    def screen(
        self,
        subject: Subject,
        *,
        datasets: frozenset[str] | None = None,
        limit: int = 5,
        threshold: float = MATCH_THRESHOLD,
        cutoff: float = CUTOFF,
        allow: Callable[[Entity], bool] | None = None,
    ) -> Screening: ...

    def entity(self, id: str) -> Entity | None: ...

    def canonical(self, id: str) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Touch:
    """What a list update touches: entities by id, and whole lists where no difference is known."""

    ids: frozenset[str] = frozenset()
    lists: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.ids or self.lists)


@dataclass(frozen=True, slots=True)
class Finding:
    """What became different for one customer: `what` is new, gone or reopened.

    `fields` are the material fields whose change reopened a judged pair.
    """

    what: str
    customer: str
    hit: KeptHit
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rescreening:
    """What a rescreening did: whom it looked at, what became different, what is covered now."""

    run: Run
    looked_at: int
    findings: tuple[Finding, ...]
    coverage: Coverage

    def of(self, what: str) -> tuple[Finding, ...]:
        """The findings of one kind."""
        return tuple(finding for finding in self.findings if finding.what == what)


def touched(lists: Lists, before: Mapping[str, str], now: Mapping[str, str]) -> Touch:
    """What changed between two sets of list versions (name of the list to version)."""
    ids: set[str] = set()
    whole = []
    for name in sorted({*before, *now}):
        old, new = before.get(name), now.get(name)
        if old == new:
            continue
        try:
            found = None if old is None or new is None else lists.changes(name, old)
        except NotFound:
            found = None
        if found is None or old is None:
            whole.append(name)
        else:
            ids |= found.ids | _held_by(lists, name, (old, ""), found.ids)
    return Touch(frozenset(ids), tuple(whole))


def rescreen(
    store: Store,
    screener: Screens,
    portfolio: str,
    touch: Touch,
    *,
    versions: Mapping[str, str],
    in_force: Mapping[str, str] | None = None,
    everyone: bool = False,
    at: datetime,
    actor: str,
    tick: Callable[[int], None] = lambda done: None,
) -> Rescreening:
    """Look again at whom `touch` may touch, keep what is found, and say what became different.

    `versions` are those the screener's index was built from, `in_force` those that coverage is
    held against where they differ (the index could not be made anew). `tick` is called with the
    number of customers gone through since its last call. Killed and called again, it goes on
    where it was. Raises NotFound for a portfolio that was never screened, Conflict while another
    process is rescreening.
    """
    with _alone(store.home):
        with store.reading() as reading:
            base = runs.last_covered(reading, portfolio)
            judged = Judged.of(history(reading, portfolio=portfolio), screener.canonical)
        whole = everyone or bool(touch.lists)
        with store.begin() as unit:
            run = runs.begin(
                unit,
                portfolio,
                "rescreening",
                versions=versions,
                question=base.question,
                scope="all" if whole else "touched",
                at=at,
                actor=actor,
            )
        look = _Look(screener, run, None if whole else _under_new_ids(screener, touch), judged, at)
        _go_through(store, run, look, at, tick)
        with store.begin() as unit:
            run = kept.close(unit, run, at=at, actor=actor)
    return report(store, screener, run, versions if in_force is None else in_force, at=at)


def report(
    store: Store, screener: Screens, run: Run, in_force: Mapping[str, str], *, at: datetime
) -> Rescreening:
    """What a run did, worked out from what was kept; judgements as they stand at `at`."""
    with store.reading() as reading:
        judged = Judged.of(history(reading, portfolio=run.portfolio), screener.canonical)
        compare = _Compare(screener, judged, at)
        results = kept.kept_in(reading, run)
        before = kept.watched(reading, run.portfolio, before=run.number)
        looked_at, findings = 0, list[Finding]()
        for was, now in _side_by_side(before, results):
            looked_at += 1
            findings += compare(was, now)
        covered = kept.coverage(reading, run.portfolio, in_force)
    order = {"new": 0, "reopened": 1, "gone": 2}
    findings.sort(key=lambda each: (order[each.what], -each.hit.score, each.customer))
    return Rescreening(run, looked_at, tuple(findings), covered)


def _go_through(
    store: Store, run: Run, look: _Look, at: datetime, tick: Callable[[int], None]
) -> None:
    """Look at everybody who was not looked at in this run, and keep what is found by batches."""
    with store.reading() as reading:
        everybody = kept.watched(reading, run.portfolio)
        for batch in iter(lambda: list(islice(everybody, BATCH)), []):
            waiting = (each for each in batch if each.run != run.number)
            answers = ((each, look(each)) for each in waiting)
            found = [
                (each.customer, each.subject, answer)
                for each, answer in answers
                if answer is not None
            ]
            if found:
                with store.begin() as unit:
                    kept.keep(unit, run, found, at=at)
            tick(len(batch))


@dataclass(frozen=True, slots=True)
class _Look:
    """Decides whether a customer is looked at again, and does. `ids` None: everybody is."""

    screener: Screens
    run: Run
    ids: frozenset[str] | None
    judged: Judged
    at: datetime

    def __call__(self, customer: Watched) -> Screening | None:
        return self._screen(customer.subject) if self._may_differ(customer) else None

    def _may_differ(self, customer: Watched) -> bool:
        if self.ids is None or not customer.complete:
            return True
        if any(map(self._moved, customer.hits)) or self._ran_out(customer):
            return True
        return bool(self.ids) and self._meets_a_change(customer.subject, self.ids)

    def _moved(self, hit: KeptHit) -> bool:
        """Whether a listed entity was changed, removed or merged."""
        assert self.ids is not None
        return hit.entity in self.ids or self.screener.canonical(hit.entity) != hit.entity

    def _ran_out(self, customer: Watched) -> bool:
        today = self.at.astimezone(UTC).date().isoformat()
        return any(
            customer.at[:10] <= judgement.until < today
            for judgement in self.judged.latest.get(customer.customer, ())
        )

    def _meets_a_change(self, subject: Subject, ids: frozenset[str]) -> bool:
        found = self._screen(subject, limit=1, allow=lambda entity: entity.id in ids)
        return bool(found.hits) or not found.complete

    def _screen(
        self,
        subject: Subject,
        limit: int | None = None,
        allow: Callable[[Entity], bool] | None = None,
    ) -> Screening:
        if not subject.names:  # its row had no name that could be read: nothing was compared
            return Screening((), 0, complete=False)
        asked = self.run.question
        return self.screener.screen(
            subject,
            datasets=frozenset(asked.datasets) or None,
            limit=limit or asked.limit,
            threshold=asked.threshold,
            cutoff=asked.cutoff,
            allow=allow,
        )


@dataclass(frozen=True, slots=True)
class _Compare:
    """Says what became different between two screenings of one customer."""

    screener: Screens
    judged: Judged
    at: datetime

    def __call__(self, was: Watched, now: Iterable[KeptHit]) -> Iterator[Finding]:
        before = {self._now_called(hit): hit for hit in was.hits if hit.match}
        after = {self._now_called(hit): hit for hit in now if hit.match}
        for entity, hit in after.items():
            standing = self._standing(was, entity)
            if standing.reopened:
                yield Finding("reopened", was.customer, hit, standing.fields)
            elif entity not in before and not standing.cleared:
                yield Finding("new", was.customer, hit)
        for entity, hit in before.items():
            if entity not in after:
                yield Finding("gone", was.customer, hit)

    def _now_called(self, hit: KeptHit) -> str:
        return self.screener.canonical(hit.entity) or hit.entity

    def _standing(self, customer: Watched, entity: str) -> Standing:
        listed = self.screener.entity(entity)
        known = of_entity(listed) if listed is not None else Material()
        return self.judged.standing(
            customer.customer, of_subject(customer.subject), entity, known, self.at
        )


def _side_by_side(
    before: Iterator[Watched], results: Iterator[tuple[str, tuple[KeptHit, ...]]]
) -> Iterator[tuple[Watched, tuple[KeptHit, ...]]]:
    """Join two streams that are both in the order of customers; who left is passed over."""
    was = next(before, None)
    for customer, hits in results:
        while was is not None and was.customer < customer:
            was = next(before, None)
        if was is not None and was.customer == customer:
            yield was, hits


def _under_new_ids(screener: Screens, touch: Touch) -> frozenset[str]:
    """The touched ids, and those that they are found under now."""
    return touch.ids | {screener.canonical(id_) or id_ for id_ in touch.ids}


def _held_by(lists: Lists, name: str, versions: Iterable[str], ids: frozenset[str]) -> set[str]:
    """Whose papers, addresses and relations these are: a new passport touches its holder."""
    holders: set[str] = set()
    for version in versions:
        for entity in lists.entities(name, version):
            if entity.id in ids and entity.schema not in matchable() and exists(entity.schema):
                known = schema(entity.schema).properties
                for prop, values in entity.properties.items():
                    if prop in known and known[prop].type == "entity":
                        holders.update(value.text for value in values)
    return holders


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """One rescreening at a time under one home; the system lets go when the process ends."""
    with (home / "rescreening.lock").open("a") as file:
        if not lock(file.fileno(), home):
            raise Conflict("another process is rescreening; nothing was changed")
        yield
