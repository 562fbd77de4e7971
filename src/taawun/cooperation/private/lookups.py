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
from taawun.cooperation.permit import Direction, Question, decide, facts
from taawun.cooperation.private.budget import spent
from taawun.cooperation.private.offers import AGREED, ASKER, KeptTerms, every
from taawun.cooperation.private.subject import Identifier, Subject, SubjectKind
from taawun.cooperation.private.terms import RECORDS_MOST, Terms
from taawun.cooperation.private.tokens import Questioned, tokens_of_question
from taawun.cooperation.requests.review import officer, wants_second
from taawun.cooperation.trust.party import CooperationField
from taawun.errors import Conflict, InputError, NotFound, Refused
from taawun.store import Store, Unit
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
    rules: str = ""
    """By what its tokens were made (`rules_of`); "" where an earlier release did not say."""


def rules_of(terms: Terms) -> str:
    """What the tokens of a lookup hang on, of the terms that it is asked under."""
    return f"{terms.scheme} {terms.records_most}"


def under_of(kept: KeptTerms) -> Under:
    """What questions under terms are asked under."""
    terms = kept.terms
    return Under(kept.partner, terms.agreement, terms.field, terms.purpose)


def signed(connection: Connection, under: Under, at: datetime) -> list[KeptTerms]:
    """The terms that both have signed and that count now, the newest first."""
    found = [
        each
        for each in every(connection, open_only=True)
        if each.role == ASKER
        and each.state == AGREED
        and each.terms.counts(at)
        and under_of(each) == under
    ]
    return sorted(found, key=lambda kept: -kept.terms.period)


def ask(
    unit: Unit, under: Under, subject: Subject, *, reference: str, at: datetime, actor: str
) -> Lookup:
    """Ask whether a partner knows a subject. It goes with the node's next question.

    Where the agreement or the own policy wants four eyes for matching it is held until another
    officer approves.
    Raises Refused with the permit's ground, or `match.no_tokens` with the reasons why nothing that
    is known of the subject can be asked alone.
    """
    _permitted(unit.connection, under, at)
    terms = [each.terms for each in signed(unit.connection, under, at)]
    # Without terms what the shortest list would take: it is made anew by those that will hold
    asked = tokens_of_question(subject, terms[0].records_most if terms else RECORDS_MOST[0])
    if not asked.tokens:
        raise Refused("match.no_tokens", reasons=" ".join(asked.refused))
    held = wants_second(unit.connection, under.agreement, Service.MATCH, "match_question")
    row = {
        "partner": under.partner,
        "agreement": under.agreement,
        "field": under.field.value,
        "purpose": under.purpose.value,
        "subject": _json(asdict(subject)),
        "tokens": _made(asked, rules_of(terms[0]) if terms else ""),
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
    if officer(lookup.asked_by) == officer(actor):
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


def made_for(store: Store, rows: Sequence[Lookup], terms: Terms, at: datetime) -> list[Lookup]:
    """Lookups that wait, with tokens as these terms have them: made anew where they were made by
    other rules, or for another number of records. One of whom too little is known for that fails,
    on the ground `match.no_tokens`."""
    rules = rules_of(terms)
    old = {each.number: each for each in rows if each.rules != rules}
    if not old:
        return list(rows)
    anew = {number: _anew(each.subject, terms) for number, each in old.items()}
    with store.begin() as unit:
        for number, asked in anew.items():
            if asked.tokens:
                tokens = _made(asked, rules)
                change(unit.connection, [number], LookupState.WAITING, tokens=tokens)
            else:
                ground = "match.no_tokens"
                change(unit.connection, [number], LookupState.FAILED, ground=ground)
                told = {"ground": ground, "reasons": list(asked.refused)}
                unit.journal("match.lookup_failed", str(number), told, at=at, actor="node")
        made = {number: lookup_of(unit.connection, number) for number in anew}
    found = (made.get(each.number, each) for each in rows)
    return [each for each in found if each.state is LookupState.WAITING]


def _anew(subject: Subject, terms: Terms) -> Questioned:
    try:
        return tokens_of_question(subject, terms.records_most)
    except InputError:  # what was a name to an earlier release is too long for this one
        return Questioned((), ())


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


def _made(asked: Questioned, rules: str) -> str:
    """Tokens as they are kept, with the rules that they were made by."""
    hexed = [token.hex() for token in asked.tokens]
    return _json({"by": rules, "tokens": list(zip(asked.stands_for, hexed, strict=True))})


def _lookup(row: Any) -> Lookup:
    made = orjson.loads(row.tokens)
    if isinstance(made, list):  # as they were kept without the rules
        made = {"by": "", "tokens": made}
    tokens = made["tokens"]
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
        rules=made["by"],
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
