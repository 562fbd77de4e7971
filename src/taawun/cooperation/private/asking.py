"""The asker's side of a question: what waits is laid out, blinded and placed.

    ask_waiting     a duty: as many as today's budget allows, in questions of at most 1,024

What undoes the blinding lives in this process and its workers. A question of an earlier process
can never be read: its lookups are asked again, with new blinds and out of the budget once more.

Tokens are made by the terms that are asked under, and anew where those of a lookup were made by
others. The controls are due, and take a lookup of the budget, until this process has held an
answer of them against the table as it is; afterwards they take the place of dummies.
"""

from __future__ import annotations

import uuid
from collections import deque
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Future
from dataclasses import dataclass, field
from datetime import UTC, datetime

import sqlalchemy as sa
import structlog
from sqlalchemy.engine import Connection

from taawun.cooperation.exchange.gate import place
from taawun.cooperation.message import Message
from taawun.cooperation.permit import Direction
from taawun.cooperation.private import budget, handover, lookups
from taawun.cooperation.private.answering import allowance_of
from taawun.cooperation.private.bodies import MOST_LOOKUPS, MatchQuestion, packed
from taawun.cooperation.private.lookups import Lookup, LookupState, Under
from taawun.cooperation.private.offers import KeptTerms, letter
from taawun.cooperation.private.sheet import QuestionSheet, due, lay_out, stretches
from taawun.cooperation.private.vocabulary import check_scheme
from taawun.cooperation.private.workers import Workers
from taawun.errors import Refused, StoreError
from taawun.store import Store
from taawun.store.tables.private import match_asked

_log = structlog.get_logger("taawun.matching")
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
    """What the asking side of one process holds: its workers and the questions it can read.

    `controlled`: by the digest of terms, the segments of the table that controls were answered by.
    """

    workers: Workers
    process: str = field(default_factory=lambda: uuid.uuid4().hex)
    opened: dict[str, OpenQuestion] = field(default_factory=dict, repr=False)
    controlled: dict[str, tuple[str, ...]] = field(default_factory=dict)
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
    `match.no_terms`, `match.no_table`, `match.rules_changed` where this installation makes tokens
    by other rules by now."""
    signed = lookups.signed(connection, under, at)
    if not signed:
        raise Refused("match.no_terms", partner=under.partner)
    for each in signed:
        there = handover.segments(connection, each.digest)
        if any(segment.state == handover.IN_PLACE for segment in there):
            check_scheme(each.terms)
            return each
    raise Refused("match.no_table")


def _ask(store: Store, blinds: Blinds, under: Under, at: datetime) -> int:
    """Everything that waits for one partner and purpose, as far as the budget goes."""
    try:
        with store.reading() as connection:
            kept = current(connection, under, at)
            left = budget.left(connection, allowance_of(kept, Direction.OUT), at)
            rows = lookups.oldest(connection, under, min(left, AT_ONCE))
        control = blinds.controlled.get(kept.digest) != handover.opened(store, kept, at).digests
        if left < max(1, due(kept.terms) * control):
            a_day = str(kept.terms.lookups_per_day)
            raise Refused("permit.budget", purpose=under.purpose, a_day=a_day)
    except Refused as refused:
        _note(store, under, refused.ground)
        return 0
    except StoreError as error:  # nothing is spent on what could not be read
        _log.error("lookups wait", partner=under.partner, why=str(error))
        return 0
    rows = lookups.made_for(store, rows, kept.terms, at)
    blinding: deque[_Blinding] = deque()
    asked = 0
    for question in _questions(rows, kept, blinds, left, control=control):
        blinding.append(question)
        if len(blinding) > _AHEAD:
            asked += _place(store, blinds, kept, blinding.popleft(), at)
    while blinding:
        asked += _place(store, blinds, kept, blinding.popleft(), at)
    return asked


def _questions(
    rows: list[Lookup], kept: KeptTerms, blinds: Blinds, left: int, *, control: bool
) -> Iterator[_Blinding]:
    """The lookups in questions, of no more than are left. Where the controls are due and one lookup
    is left, the question is of them alone."""
    taken = due(kept.terms) if control else 0
    while rows and left >= max(1, taken):
        room = min(MOST_LOOKUPS, left) - taken
        some, rows = rows[:room], rows[room:]
        sheet = lay_out([each.tokens for each in some], kept.terms, control=control)
        yield _Blinding(some, *blinded(sheet, kept, blinds.workers))
        left -= sheet.counted


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
        counted = question.open.sheet.counted
        body = MatchQuestion(terms=kept.digest, lookups=counted, points=packed(points))
        _placed(store, blinds, kept, letter(kept, "match_question", body, at), question, at)
    except (Refused, BrokenExecutor) as error:
        ground = error.ground if isinstance(error, Refused) else "match.blinds_lost"
        _note(store, lookups.under_of(kept), ground)
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
    count, allowance = question.open.sheet.counted, allowance_of(kept, Direction.OUT)
    try:
        with store.begin() as unit:
            spent = budget.spent(unit.connection)
            place(unit, message, at=at, actor="node", count=count, spent=spent)
            budget.spend(unit, allowance, message.id, count, at=at, actor="node")
            _keep_asked(unit.connection, kept, message.id, blinds.process, question, at)
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
    asked: _Blinding,
    at: datetime,
) -> None:
    row = {
        "question": question,
        "terms": kept.digest,
        "process": process,
        "lookups": asked.open.sheet.counted,
        "state": ASKED,
        "answer": b"",
        "asked_at": at.astimezone(UTC).isoformat(),
    }
    connection.execute(sa.insert(match_asked), row)
    numbers = [each.number for each in asked.rows]
    lookups.change(connection, numbers, LookupState.ASKED, question=question, ground="")


def _note(store: Store, under: Under, ground: str) -> None:
    """Say at the lookups that wait why they do."""
    with store.reading() as connection:
        rows = lookups.oldest(connection, under, MOST_LOOKUPS)
    numbers = [each.number for each in rows if each.ground != ground]
    if numbers:
        with store.begin() as unit:
            lookups.change(unit.connection, numbers, LookupState.WAITING, ground=ground)
