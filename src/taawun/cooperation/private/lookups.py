"""What this node's officers ask: each lookup with its subject, its tokens, and what came of it.

    held ──another officer approves──▶ waiting ──▶ asked ──▶ hit | no_hit | failed
                                          ▲          │
                                          └──────────┘   lost with its process, over budget,
                                                         or its terms ended: asked again

What is asked, and what came of it, stays on this node: a partner sees points.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from taawun.cooperation.agreement import Purpose, Service
from taawun.cooperation.history import cooperation
from taawun.cooperation.permit import Direction, Question, decide, facts
from taawun.cooperation.private.budget import spent
from taawun.cooperation.private.subject import Identifier, Subject, SubjectKind
from taawun.cooperation.private.tokens import Questioned, tokens_of_question
from taawun.cooperation.trust.party import CooperationField
from taawun.errors import Conflict, NotFound, Refused
from taawun.store import Unit
from taawun.store.tables.private import match_lookups


class LookupState(StrEnum):
    """Where a lookup stands."""

    HELD = "held"
    WAITING = "waiting"
    ASKED = "asked"
    HIT = "hit"
    NO_HIT = "no_hit"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Under:
    """With whom, under which agreement and for what is asked."""

    partner: str
    agreement: str
    field: CooperationField
    purpose: Purpose


@dataclass(frozen=True, slots=True)
class Lookup:
    """One lookup. `kinds` are the kinds of token that hit; `ground` says why it waits or failed."""

    number: int
    under: Under
    subject: Subject
    tokens: tuple[bytes, ...]
    stands_for: tuple[str, ...]
    reference: str
    asked_by: str
    asked_at: str
    approved_by: str
    state: LookupState
    question: str
    kinds: tuple[str, ...]
    ground: str
    answered_at: str


def ask(
    unit: Unit, under: Under, subject: Subject, *, reference: str, at: datetime, actor: str
) -> Lookup:
    """Ask whether a partner knows a subject. It goes with the node's next question.

    Where the agreement wants four eyes for matching it is held until another officer approves.
    Raises Refused with the permit's ground, or `match.no_tokens` with the reasons why nothing that
    is known of the subject can be asked alone.
    """
    _permitted(unit.connection, under, at)
    asked = tokens_of_question(subject)
    if not asked.tokens:
        raise Refused("match.no_tokens", reasons=" ".join(asked.refused))
    agreement = cooperation(unit.connection).agreements[under.agreement]
    held = Service.MATCH in agreement.four_eyes
    row = {
        "partner": under.partner,
        "agreement": under.agreement,
        "field": under.field.value,
        "purpose": under.purpose.value,
        "subject": _json(asdict(subject)),
        "tokens": _json(_pairs(asked)),
        "reference": reference,
        "asked_by": actor,
        "asked_at": at.astimezone(UTC).isoformat(),
        "state": (LookupState.HELD if held else LookupState.WAITING).value,
    }
    added = unit.connection.execute(sa.insert(match_lookups).returning(match_lookups), row).one()
    told = {name: row[name] for name in ("partner", "agreement", "purpose", "state")}
    unit.journal("match.lookup", str(added.number), told, at=at, actor=actor)
    return _lookup(added)


def approve(unit: Unit, number: int, *, at: datetime, actor: str) -> Lookup:
    """Let a held lookup go. Raises NotFound, Conflict, Refused `match.own_approval`."""
    lookup = lookup_of(unit.connection, number)
    if lookup.state is not LookupState.HELD:
        raise Conflict(f"lookup {number} is not held any more")
    if lookup.asked_by == actor:
        raise Refused("match.own_approval")
    change = sa.update(match_lookups).where(match_lookups.c.number == number)
    values = {"state": LookupState.WAITING.value, "approved_by": actor}
    unit.connection.execute(change.values(**values))
    unit.journal("match.lookup_approved", str(number), {}, at=at, actor=actor)
    return lookup_of(unit.connection, number)


def lookup_of(connection: Connection, number: int) -> Lookup:
    """A lookup by its number. Raises NotFound."""
    row = connection.execute(
        sa.select(match_lookups).where(match_lookups.c.number == number)
    ).first()
    if row is None:
        raise NotFound(f"no lookup {number}")
    return _lookup(row)


def shown(
    connection: Connection, *, states: Sequence[LookupState] = (), most: int = 100
) -> list[Lookup]:
    """Lookups, the newest first."""
    query = sa.select(match_lookups).order_by(match_lookups.c.number.desc()).limit(most)
    if states:
        query = query.where(match_lookups.c.state.in_([each.value for each in states]))
    return [_lookup(row) for row in connection.execute(query)]


def waiting(connection: Connection) -> list[Under]:
    """For whom and what something waits, each once."""
    columns = tuple(match_lookups.c[n] for n in ("partner", "agreement", "field", "purpose"))
    query = sa.select(*columns).where(match_lookups.c.state == LookupState.WAITING.value)
    return [
        Under(row.partner, row.agreement, CooperationField(row.field), Purpose(row.purpose))
        for row in connection.execute(query.distinct())
    ]


def oldest(connection: Connection, under: Under, most: int) -> list[Lookup]:
    """Those that have waited longest, at most so many."""
    query = (
        sa.select(match_lookups)
        .where(
            match_lookups.c.state == LookupState.WAITING.value,
            match_lookups.c.partner == under.partner,
            match_lookups.c.agreement == under.agreement,
            match_lookups.c.field == under.field.value,
            match_lookups.c.purpose == under.purpose.value,
        )
        .order_by(match_lookups.c.number)
        .limit(most)
    )
    return [_lookup(row) for row in connection.execute(query)]


def in_question(connection: Connection, question: str) -> list[Lookup]:
    """The lookups of one question, in their order."""
    query = (
        sa.select(match_lookups)
        .where(match_lookups.c.question == question)
        .order_by(match_lookups.c.number)
    )
    return [_lookup(row) for row in connection.execute(query)]


def change(
    connection: Connection, numbers: Iterable[int], state: LookupState, **values: str
) -> None:
    """Move lookups to another state."""
    rows = [{"b_number": number} for number in numbers]
    if rows:
        moved = sa.update(match_lookups).where(match_lookups.c.number == sa.bindparam("b_number"))
        connection.execute(moved.values(state=state.value, **values), rows)


def again(connection: Connection, question: str, ground: str) -> None:
    """The lookups of a question wait once more; `ground` says why."""
    moved = sa.update(match_lookups).where(
        match_lookups.c.question == question, match_lookups.c.state == LookupState.ASKED.value
    )
    connection.execute(moved.values(state=LookupState.WAITING.value, question="", ground=ground))


def _permitted(connection: Connection, under: Under, at: datetime) -> None:
    asked = Question(
        at,
        Direction.OUT,
        under.partner,
        "match_question",
        under.agreement,
        Service.MATCH,
        under.field,
        under.purpose,
        count=0,  # what is over today's budget goes tomorrow
    )
    decide(asked, facts(connection, spent(connection)))


def _pairs(asked: Questioned) -> list[tuple[str, str]]:
    hexed = [token.hex() for token in asked.tokens]
    return list(zip(asked.stands_for, hexed, strict=True))


def _lookup(row: Any) -> Lookup:
    tokens = orjson.loads(row.tokens)
    under = Under(row.partner, row.agreement, CooperationField(row.field), Purpose(row.purpose))
    names = ("reference", "asked_by", "asked_at", "approved_by", "question", "ground")
    return Lookup(
        number=row.number,
        under=under,
        subject=read_subject(orjson.loads(row.subject)),
        tokens=tuple(bytes.fromhex(token) for _, token in tokens),
        stands_for=tuple(what for what, _ in tokens),
        state=LookupState(row.state),
        kinds=tuple(orjson.loads(row.kinds)),
        answered_at=row.answered_at,
        **{name: getattr(row, name) for name in names},
    )


def read_subject(said: dict[str, Any]) -> Subject:
    """A subject from its JSON values."""
    return Subject(
        kind=SubjectKind(said["kind"]),
        names=tuple(said["names"]),
        birth_dates=tuple(said["birth_dates"]),
        identifiers=tuple(Identifier(**each) for each in said["identifiers"]),
        countries=tuple(said["countries"]),
    )


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
