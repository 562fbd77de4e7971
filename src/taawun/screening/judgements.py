"""What officers decided about a customer and a listed entity, and whether it still holds.

    same        the customer is the listed entity
    different   it is not: the hit is cleared
    unsure      looked at and left open

A judgement is never edited: a later one on the same pair takes its place, and the earlier stays in
the history. Whether the latest one holds now is worked out, not stored (`standing`):

    none            nobody judged this pair
    holds           nothing material changed since
    expired         its last day has passed
    customer        the customer's material fields changed since
    listing         the listing's material fields changed since

When entries are merged, a judgement on one of them is found under the entry they became. If
several of the merged entries were judged alike, what was known of all of them counts as known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from taawun.errors import UsageError
from taawun.screening.material import Material, changed
from taawun.screening.material import read as read_material
from taawun.screening.material import written as written_material
from taawun.store import Unit
from taawun.store.tables.screening import judgements

MOST_WORDS = 2000
"""Characters of a reason; more belongs into a case."""


class Verdict(StrEnum):
    """What the officer says of the pair."""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Judgement:
    """One decision. `until` is its last day (ISO) or ""; `at` is ISO, UTC; `caption` is the
    listed name the officer saw. `customer_material` and `entity_material` are what was known."""

    number: int
    portfolio: str
    customer: str
    entity: str
    caption: str
    verdict: Verdict
    why: str
    until: str
    at: str
    actor: str
    customer_material: Material
    entity_material: Material

    @property
    def pair(self) -> Pair:
        return Pair(self.portfolio, self.customer, self.entity)


@dataclass(frozen=True, slots=True)
class Pair:
    """A customer of a portfolio, and a listed entity."""

    portfolio: str
    customer: str
    entity: str


class State(StrEnum):
    """Whether a judgement holds, and if not, why."""

    NONE = "none"
    HOLDS = "holds"
    EXPIRED = "expired"
    CUSTOMER = "customer"
    LISTING = "listing"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a pair stands now: the latest judgement, whether it holds, which fields changed."""

    state: State
    judgement: Judgement | None = None
    fields: tuple[str, ...] = ()

    @property
    def cleared(self) -> bool:
        """Judged different, and it holds: not a hit that an officer has to see."""
        return self.holds(Verdict.DIFFERENT)

    @property
    def reopened(self) -> bool:
        """Judged, but it no longer holds: to be looked at again."""
        return self.state not in (State.NONE, State.HOLDS)

    def holds(self, verdict: Verdict) -> bool:
        """Whether the pair was judged so, and the judgement holds."""
        judged = self.judgement
        return self.state is State.HOLDS and judged is not None and judged.verdict is verdict


NOT_JUDGED = Standing(State.NONE)


def judge(
    unit: Unit,
    pair: Pair,
    verdict: Verdict,
    *,
    why: str,
    until: date | None,
    caption: str,
    customer: Material,
    entity: Material,
    at: datetime,
    actor: str,
) -> Judgement:
    """Add a judgement, and say it in the journal.

    Raises UsageError without a reason, with one of more than 2,000 characters, or when the last
    day is over already.
    """
    reason = why.strip()
    if not reason:
        raise UsageError("a judgement needs a reason")
    if len(reason) > MOST_WORDS:
        raise UsageError(f"a reason has at most {MOST_WORDS} characters, got {len(reason)}")
    if until is not None and until < at.astimezone(UTC).date():
        raise UsageError(f"the last day of a judgement cannot be over: {until.isoformat()}")
    row = {
        "portfolio": pair.portfolio,
        "customer": pair.customer,
        "entity": pair.entity,
        "caption": caption,
        "verdict": verdict.value,
        "why": reason,
        "until": until.isoformat() if until else "",
        "at": at.astimezone(UTC).isoformat(),
        "actor": actor,
        "customer_material": written_material(customer),
        "entity_material": written_material(entity),
    }
    added = unit.connection.execute(sa.insert(judgements).returning(judgements), row).one()
    told = {"number": added.number, "entity": pair.entity, "verdict": verdict.value}
    told |= {"portfolio": pair.portfolio, "why": reason, "until": row["until"]}
    unit.journal("judgement.made", f"customer {pair.customer}", told, at=at, actor=actor)
    return _judgement(added)


def history(
    connection: Connection,
    *,
    portfolio: str | None = None,
    customer: str | None = None,
    entity: str | None = None,
) -> list[Judgement]:
    """Every judgement ever made that fits, oldest first."""
    query = sa.select(judgements).order_by(judgements.c.number)
    wanted = {"portfolio": portfolio, "customer": customer, "entity": entity}
    for column, value in wanted.items():
        if value is not None:
            query = query.where(judgements.c[column] == value)
    return [_judgement(row) for row in connection.execute(query)]


@dataclass(frozen=True)
class Judged:
    """The latest judgement on each pair of one portfolio, by customer: made to be asked often.

    `canonical` says under which id an entity is found now (None: it is on no list any more).
    """

    latest: Mapping[str, Sequence[Judgement]] = field(default_factory=dict)
    canonical: Callable[[str], str | None] = lambda entity: entity

    @classmethod
    def of(
        cls, every: Iterable[Judgement], canonical: Callable[[str], str | None] | None = None
    ) -> Judged:
        """From a history, oldest first."""
        last = {judgement.pair: judgement for judgement in every}
        by_customer: dict[str, list[Judgement]] = defaultdict(list)
        for judgement in sorted(last.values(), key=lambda each: each.number):
            by_customer[judgement.customer].append(judgement)
        return cls(by_customer, canonical or (lambda entity: entity))

    def standing(
        self, customer: str, known: Material, entity: str, listed: Material, at: datetime
    ) -> Standing:
        """Where the pair stands at `at`: `known` of the customer, `listed` of the entity."""
        now = self.canonical(entity) or entity
        on_pair = [
            judgement
            for judgement in self.latest.get(customer, ())
            if (self.canonical(judgement.entity) or judgement.entity) == now
        ]
        return standing(on_pair, known, listed, at)


def standing(
    on_pair: Sequence[Judgement], customer: Material, listed: Material, at: datetime
) -> Standing:
    """Where a pair stands, from the latest judgement on each entry that the entity is made of.

    The newest decides; older ones on other merged entries count only where they say the same.
    """
    if not on_pair:
        return NOT_JUDGED
    newest = max(on_pair, key=lambda each: each.number)
    today = at.astimezone(UTC).date().isoformat()
    if newest.until and newest.until < today:
        return Standing(State.EXPIRED, newest)
    if fields := changed(newest.customer_material, customer):
        return Standing(State.CUSTOMER, newest, fields)
    alike = [
        each
        for each in on_pair
        if each.verdict is newest.verdict
        and not (each.until and each.until < today)
        and not changed(each.customer_material, customer)
    ]
    if not changed(newest.entity_material, listed):
        return Standing(State.HOLDS, newest)
    judged = Material()
    for each in alike:
        judged |= each.entity_material
    if fields := changed(judged, listed):
        return Standing(State.LISTING, newest, fields)
    return Standing(State.HOLDS, newest)


def _judgement(row: Any) -> Judgement:
    said = dict(row._mapping)
    said["verdict"] = Verdict(said["verdict"])
    for side in ("customer_material", "entity_material"):
        said[side] = read_material(said[side])
    return Judgement(**said)
