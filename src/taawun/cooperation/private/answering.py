"""The owner's side of a question: it is counted and kept as it arrives, and answered afterwards.

    came_question   in the unit that takes the message: terms, sizes, points, budget
    answer          a duty: the points are evaluated with proofs in other processes, and the answer
                    is placed in the unit that marks the question as answered

A node that dies in between answers when it is up again. What is kept of a question is its number
of lookups; its points go when it is answered.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from taawun.cooperation.exchange.gate import place
from taawun.cooperation.message import Message
from taawun.cooperation.permit import Direction
from taawun.cooperation.private import budget, keyfile, oprf, watch
from taawun.cooperation.private.bodies import MatchAnswer, MatchQuestion, packed, unpacked
from taawun.cooperation.private.budget import Allowance
from taawun.cooperation.private.offers import OWNER, KeptTerms, letter, terms_of
from taawun.cooperation.private.oprf import POINT, PROOF
from taawun.cooperation.private.sheet import check_sizes, stretches
from taawun.cooperation.private.terms import differing
from taawun.cooperation.private.workers import Workers
from taawun.errors import Refused
from taawun.store import Store, Unit
from taawun.store.tables.private import match_received

WAITING, ANSWERED, REFUSED = "waiting", "answered", "refused"
_AT_ONCE = 8
"""Questions that are evaluated at the same time."""


@dataclass(frozen=True, slots=True)
class WaitingQuestion:
    """A question that waits for its answer."""

    question: str
    terms: str
    lookups: int
    points: bytes


def came_question(unit: Unit, message: Message, at: datetime) -> None:
    """Take a question: count it and keep it. Raises Refused before any key is touched."""
    body = MatchQuestion.of(message.body)
    kept = terms_of(unit.connection, body.terms)
    if kept.role != OWNER or kept.partner != message.sender:
        raise Refused("match.terms_unknown", terms=body.terms)
    kept.usable(at)
    for name in ("agreement", "field", "purpose"):
        if getattr(message, name) != getattr(kept.terms, name):
            raise differing(name, getattr(message, name), getattr(kept.terms, name))
    points = unpacked(body.points)
    check_sizes(kept.terms, body.lookups, points)
    oprf.check_points(points)
    allowance = allowance_of(kept, Direction.IN)
    budget.spend(unit, allowance, message.id, body.lookups, at=at, actor=message.sender)
    row = {
        "question": message.id,
        "terms": kept.digest,
        "lookups": body.lookups,
        "points": points,
        "state": WAITING,
        "arrived_at": at.astimezone(UTC).isoformat(),
    }
    unit.connection.execute(sa.insert(match_received), row)
    watch.counted(unit, allowance, at)


def answer(store: Store, workers: Workers, at: datetime) -> int:
    """Answer what waits, oldest first; how many answers were placed. A duty."""
    placed = 0
    while batch := _waiting(store):
        begun = [(each, _begin(store, workers, each, at)) for each in batch]
        placed += sum(_place(store, each, futures, at) for each, futures in begun)
    return placed


def evaluated(
    kept: KeptTerms, seed: bytes, points: bytes, workers: Workers
) -> Iterator[Future[bytes]]:
    """The stretches of a question being evaluated: each a proof, then its points."""
    for stretch in stretches(len(points) // POINT, kept.terms):
        part = points[stretch.start * POINT : stretch.stop * POINT]
        yield workers.do(oprf.evaluate, seed, kept.terms.binding.info, part)


def answer_body(kept: KeptTerms, question: str, stretches: list[bytes]) -> MatchAnswer:
    """The answer to a question, of its evaluated stretches."""
    return MatchAnswer(
        terms=kept.digest,
        question=question,
        proofs=packed(b"".join(each[:PROOF] for each in stretches)),
        points=packed(b"".join(each[PROOF:] for each in stretches)),
    )


def allowance_of(kept: KeptTerms, direction: Direction) -> Allowance:
    """Whose lookups are counted under terms, and how many there may be."""
    terms = kept.terms
    return Allowance(direction, kept.partner, terms.agreement, terms.purpose, terms.lookups_per_day)


def _waiting(store: Store) -> list[WaitingQuestion]:
    columns = (match_received.c[name] for name in ("question", "terms", "lookups", "points"))
    query = (
        sa.select(*columns)
        .where(match_received.c.state == WAITING)
        .order_by(match_received.c.arrived_at)
        .limit(_AT_ONCE)
    )
    with store.reading() as connection:
        return [WaitingQuestion(*row) for row in connection.execute(query)]


def _begin(
    store: Store, workers: Workers, each: WaitingQuestion, at: datetime
) -> list[Future[bytes]] | Refused:
    try:
        with store.reading() as connection:
            kept = terms_of(connection, each.terms).usable(at)
        seed = keyfile.seed_of(store.home, kept.terms.binding)
        return list(evaluated(kept, seed, each.points, workers))
    except Refused as refused:
        return refused


def _place(
    store: Store, each: WaitingQuestion, begun: list[Future[bytes]] | Refused, at: datetime
) -> bool:
    """Place an answer, or note the ground on which there is none (suspended meanwhile)."""
    try:
        if isinstance(begun, Refused):
            raise begun
        done = [future.result() for future in begun]
        with store.begin() as unit:
            kept = terms_of(unit.connection, each.terms).usable(at)
            body = answer_body(kept, each.question, done)
            message = letter(kept, "match_answer", body, at, answers=each.question)
            if _mark(unit.connection, each, ANSWERED, "", at):
                place(unit, message, at=at, actor="node")
        return True
    except Refused as refused:
        with store.begin() as unit:
            _mark(unit.connection, each, REFUSED, refused.ground, at)
            told = {"ground": refused.ground, "lookups": each.lookups}
            unit.journal("match.not_answered", each.question, told, at=at, actor="node")
        return False


def _mark(
    connection: Connection, each: WaitingQuestion, state: str, ground: str, at: datetime
) -> bool:
    change = (
        sa.update(match_received)
        .where(match_received.c.question == each.question, match_received.c.state == WAITING)
        .values(state=state, ground=ground, points=b"", answered_at=at.astimezone(UTC).isoformat())
    )
    return bool(connection.execute(change).rowcount)
