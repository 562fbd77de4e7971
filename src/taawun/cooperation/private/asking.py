"""The asker's side of a question: what waits is laid out, blinded and placed.

    ask_waiting     a duty: as many as today's budget allows, in questions of at most 1,024

What undoes the blinding lives in this process and its workers. A question of an earlier process
can never be read: its lookups are asked again, with new blinds and out of the budget once more.
"""

from __future__ import annotations

import uuid
from collections import deque
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Future
from dataclasses import dataclass, field
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from taawun.cooperation.exchange.gate import place
from taawun.cooperation.message import Message
from taawun.cooperation.permit import Direction
from taawun.cooperation.private import budget, handover, lookups
from taawun.cooperation.private.answering import allowance_of
from taawun.cooperation.private.bodies import MOST_LOOKUPS, MatchQuestion, packed
from taawun.cooperation.private.lookups import Lookup, LookupState, Under
from taawun.cooperation.private.offers import ASKER, KeptTerms, every, letter
from taawun.cooperation.private.sheet import QuestionSheet, lay_out, stretches
from taawun.cooperation.private.vocabulary import check_scheme
from taawun.cooperation.private.workers import Workers
from taawun.errors import Refused
from taawun.store import Store
from taawun.store.tables.private import match_asked

ASKED = "asked"
AT_ONCE = 16 * MOST_LOOKUPS
"""Lookups that are taken up at a time."""
_AHEAD = 3
"""Questions that are blinded while an earlier one is placed."""


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question that this process can read the answer of: its layout, and its blinds' names."""

    sheet: QuestionSheet
    batches: tuple[str, ...]


@dataclass(slots=True)
class Blinds:
    """What the asking side of one process holds: its workers and the questions it can read."""

    workers: Workers
    process: str = field(default_factory=lambda: uuid.uuid4().hex)
    opened: dict[str, OpenQuestion] = field(default_factory=dict, repr=False)
    followed: int = 0


@dataclass(slots=True)
class _Blinding:
    """A question while its points are made."""

    rows: list[Lookup]
    open: OpenQuestion
    points: list[Future[bytes]]


# Asking


def ask_waiting(store: Store, blinds: Blinds, at: datetime) -> int:
    """Place questions for what waits; how many lookups went. A duty."""
    with store.reading() as connection:
        groups = lookups.waiting(connection)
    return sum(_ask(store, blinds, under, at) for under in groups)


def current(connection: Connection, under: Under, at: datetime) -> KeptTerms:
    """The terms to ask under: the newest signed ones whose table is in place. Raises Refused:
    `match.no_terms`, `match.no_table`, `match.terms` where this installation makes tokens by other
    rules by now."""
    signed = [
        each
        for each in every(connection, open_only=True)
        if each.role == ASKER
        and each.state == "agreed"
        and each.terms.counts(at)
        and _under(each) == under
    ]
    if not signed:
        raise Refused("match.no_terms", partner=under.partner)
    for each in sorted(signed, key=lambda kept: -kept.terms.period):
        there = handover.segments(connection, each.digest)
        if any(segment.state == handover.IN_PLACE for segment in there):
            check_scheme(each.terms)
            return each
    raise Refused("match.no_table")


def _under(kept: KeptTerms) -> Under:
    terms = kept.terms
    return Under(kept.partner, terms.agreement, terms.field, terms.purpose)


def _ask(store: Store, blinds: Blinds, under: Under, at: datetime) -> int:
    """Everything that waits for one partner and purpose, as far as the budget goes."""
    try:
        with store.reading() as connection:
            kept = current(connection, under, at)
            left = budget.left(connection, allowance_of(kept, Direction.OUT), at)
            if not left:
                a_day = str(kept.terms.lookups_per_day)
                raise Refused("permit.budget", purpose=under.purpose, a_day=a_day)
            rows = lookups.oldest(connection, under, min(left, AT_ONCE))
    except Refused as refused:
        _note(store, under, refused.ground)
        return 0
    blinding: deque[_Blinding] = deque()
    asked = 0
    for question in _questions(rows, kept, blinds):
        blinding.append(question)
        if len(blinding) > _AHEAD:
            asked += _place(store, blinds, kept, blinding.popleft(), at)
    while blinding:
        asked += _place(store, blinds, kept, blinding.popleft(), at)
    return asked


def _questions(rows: list[Lookup], kept: KeptTerms, blinds: Blinds) -> Iterator[_Blinding]:
    for begin in range(0, len(rows), MOST_LOOKUPS):
        some = rows[begin : begin + MOST_LOOKUPS]
        sheet = lay_out([each.tokens for each in some], kept.terms)
        yield _Blinding(some, *blinded(sheet, kept, blinds.workers))


def blinded(
    sheet: QuestionSheet, kept: KeptTerms, workers: Workers
) -> tuple[OpenQuestion, list[Future[bytes]]]:
    """The points of a question being made, stretch by stretch, each where it can be undone."""
    name = uuid.uuid4().hex
    futures, names = [], []
    for number, stretch in enumerate(stretches(len(sheet.tokens), kept.terms)):
        names.append(f"{name}/{number}")
        futures.append(workers.blind(names[-1], list(sheet.tokens[stretch])))
    return OpenQuestion(sheet, tuple(names)), futures


def _place(store: Store, blinds: Blinds, kept: KeptTerms, question: _Blinding, at: datetime) -> int:
    """Place one question; how many lookups went. On a refusal they wait, and say on what ground."""
    try:
        points = b"".join(future.result() for future in question.points)
        body = MatchQuestion(terms=kept.digest, lookups=len(question.rows), points=packed(points))
        _placed(store, blinds, kept, letter(kept, "match_question", body, at), question, at)
    except (Refused, BrokenExecutor) as error:
        ground = error.ground if isinstance(error, Refused) else "match.blinds_lost"
        _note(store, _under(kept), ground)
        return 0
    return len(question.rows)


def _placed(
    store: Store,
    blinds: Blinds,
    kept: KeptTerms,
    message: Message,
    question: _Blinding,
    at: datetime,
) -> None:
    """The message, its count and its lookups' state in one unit, or none of them."""
    # Before the unit: an answer may come while its transaction is being closed.
    blinds.opened[message.id] = question.open
    count, allowance = len(question.rows), allowance_of(kept, Direction.OUT)
    try:
        with store.begin() as unit:
            spent = budget.spent(unit.connection)
            place(unit, message, at=at, actor="node", count=count, spent=spent)
            budget.spend(unit, allowance, message.id, count, at=at, actor="node")
            _keep_asked(unit.connection, kept, message.id, blinds.process, question.rows, at)
    except BaseException:
        forget(blinds, message.id)
        raise


def forget(blinds: Blinds, question: str) -> None:
    """Drop what could read the answer of a question."""
    opened = blinds.opened.pop(question, None)
    for batch in opened.batches if opened is not None else ():
        blinds.workers.forget(batch)


def _keep_asked(
    connection: Connection,
    kept: KeptTerms,
    question: str,
    process: str,
    rows: list[Lookup],
    at: datetime,
) -> None:
    row = {
        "question": question,
        "terms": kept.digest,
        "process": process,
        "lookups": len(rows),
        "state": ASKED,
        "answer": b"",
        "asked_at": at.astimezone(UTC).isoformat(),
    }
    connection.execute(sa.insert(match_asked), row)
    numbers = [each.number for each in rows]
    lookups.change(connection, numbers, LookupState.ASKED, question=question, ground="")


def _note(store: Store, under: Under, ground: str) -> None:
    """Say at the lookups that wait why they do."""
    with store.reading() as connection:
        rows = lookups.oldest(connection, under, MOST_LOOKUPS)
    numbers = [each.number for each in rows if each.ground != ground]
    if numbers:
        with store.begin() as unit:
            lookups.change(unit.connection, numbers, LookupState.WAITING, ground=ground)
