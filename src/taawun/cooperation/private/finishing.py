"""The asker's side of an answer: kept when it comes, read afterwards.

    came_answer     in the unit that takes the message: kept, if it answers an open question
    finish          a duty: proofs checked, blinding undone, fingerprints looked up, controls held
    settle          a duty: questions that were refused, or lost with the process that blinded them

An answer that cannot be read answers nothing: its lookups fail with the ground, or wait to be asked
again where nobody is to blame.
"""

from __future__ import annotations

from concurrent.futures import BrokenExecutor, Future
from datetime import UTC, datetime
from typing import Any

import numpy as np
import orjson
import sqlalchemy as sa
import structlog
from sqlalchemy.engine import Connection

from taawun.cooperation.exchange import outbox
from taawun.cooperation.message import Message
from taawun.cooperation.private import handover, lookups, watch
from taawun.cooperation.private.asking import ASKED, Blinds, forget
from taawun.cooperation.private.bodies import MatchAnswer, unpacked
from taawun.cooperation.private.lookups import LookupState
from taawun.cooperation.private.offers import ENDED, KeptTerms, destroy, end, terms_of
from taawun.cooperation.private.oprf import POINT, PROOF, WIRE
from taawun.cooperation.private.sheet import QuestionSheet, check_sizes, read_off, stretches
from taawun.cooperation.private.table import Table
from taawun.errors import Refused, StoreError
from taawun.store import Store, Unit
from taawun.store.tables.exchange import outbox as outbox_rows
from taawun.store.tables.private import match_asked

_log = structlog.get_logger("taawun.matching")
ARRIVED, ANSWERED, LOST, FAILED = "arrived", "answered", "lost", "failed"
OVER = "match.terms_ended"
ASK_AGAIN = frozenset({"permit.budget", OVER, "match.period", "match.blinds_lost"})
"""Grounds on which a refused question's lookups wait for another one, rather than fail."""

BLAMED = {
    "match.proof": "alarm.match.proof",
    "match.point_identity": "alarm.match.proof",
    "match.point_invalid": "alarm.match.proof",
    "match.control_hit": "alarm.match.control",
    "match.control_miss": "alarm.match.control",
}
"""Grounds for which the partner answers, and the alarm that each of them is."""


def came_answer(unit: Unit, message: Message, at: datetime) -> None:
    """Keep an answer to an open question. Raises Refused: `match.question_unknown`,
    `match.question_twice`, `match.size`, `match.terms_…`."""
    body = MatchAnswer.of(message.body)
    row = _asked(unit.connection, body.question)
    kept = terms_of(unit.connection, body.terms).usable(at)
    if row is None or row.terms != body.terms or kept.partner != message.sender:
        raise Refused("match.question_unknown", question=body.question)
    if message.replies_to != body.question:
        raise Refused("match.question_unknown", question=message.replies_to or "")
    if row.state in (ARRIVED, ANSWERED, FAILED):
        raise Refused("match.question_twice", question=body.question)
    points, proofs = unpacked(body.points), unpacked(body.proofs)
    check_sizes(kept.terms, row.lookups, points, proofs)
    if row.state == ASKED:  # nobody can read what answers a lost one
        _change(unit.connection, body.question, ARRIVED, answer=proofs + points)


def finish(store: Store, blinds: Blinds, at: datetime) -> int:
    """Read the answers that have arrived; how many lookups they answered. A duty."""
    with store.reading() as connection:
        arrived = connection.execute(
            sa.select(match_asked)
            .where(match_asked.c.state == ARRIVED, match_asked.c.process == blinds.process)
            .order_by(match_asked.c.asked_at)
        ).all()
        kept = {row.terms: terms_of(connection, row.terms) for row in arrived}
    arrived = [row for row in arrived if kept[row.terms].state != ENDED]  # `settle` closes these
    arrived = [row for row in arrived if _openable(store, kept[row.terms], at)]
    begun = [(row, finalised(kept[row.terms], blinds, row.question, row.answer)) for row in arrived]
    return sum(_finish(store, blinds, kept[row.terms], row, futures, at) for row, futures in begun)


def _openable(store: Store, kept: KeptTerms, at: datetime) -> bool:
    """Whether the table can be opened, and is what it was: until then answers wait, and nothing is
    asked twice."""
    try:
        handover.opened(store, kept, at)
    except (StoreError, Refused) as error:
        _log.error("an answer cannot be read yet", why=str(error))
        return False
    return True


def finalised(kept: KeptTerms, blinds: Blinds, question: str, answer: bytes) -> list[Future[bytes]]:
    """The fingerprints of an answer being made, stretch by stretch. `answer`: proofs, points."""
    opened = blinds.opened.get(question)
    if opened is None:
        return []
    key = bytes.fromhex(kept.terms.public_key)
    proofs = len(opened.batches) * PROOF
    futures = []
    cut = stretches(len(opened.sheet.tokens), kept.terms)
    for number, (batch, stretch) in enumerate(zip(opened.batches, cut, strict=True)):
        proof = answer[number * PROOF : (number + 1) * PROOF]
        points = answer[proofs + stretch.start * POINT : proofs + stretch.stop * POINT]
        futures.append(blinds.workers.finalise(batch, key, proof + points))
    return futures


def hits(
    blinds: Blinds, kept: KeptTerms, sheet: QuestionSheet, table: Table, done: list[Future[bytes]]
) -> list[list[int]]:
    """For each lookup which of its tokens hit. Raises Refused: `match.proof`, `match.control_…`.

    What has no controls of its own is read only while the last that were asked held.
    """
    fingerprints = np.frombuffer(b"".join(each.result() for each in done), WIRE).astype(np.uint64)
    if sheet.hit is None and kept.digest not in blinds.controlled:
        raise Refused("match.control_hit")
    try:
        found = read_off(sheet, table.has(fingerprints))
    except Refused:
        blinds.controlled.pop(kept.digest, None)
        raise
    if sheet.hit is not None:
        blinds.controlled[kept.digest] = table.digests
    return found


def _finish(
    store: Store,
    blinds: Blinds,
    kept: KeptTerms,
    row: Any,
    futures: list[Future[bytes]],
    at: datetime,
) -> int:
    opened = blinds.opened.pop(row.question, None)
    try:
        if opened is None:
            raise Refused("match.blinds_lost")
        found = hits(blinds, kept, opened.sheet, handover.opened(store, kept, at), futures)
    except (Refused, BrokenExecutor) as error:
        ground = error.ground if isinstance(error, Refused) else "match.blinds_lost"
        with store.begin() as unit:
            _failed(unit, kept, row.question, ground, at)
        return 0
    with store.begin() as unit:
        return _answered(unit, kept, row.question, found, at)


def _answered(
    unit: Unit, kept: KeptTerms, question: str, found: list[list[int]], at: datetime
) -> int:
    connection, said_at = unit.connection, at.astimezone(UTC).isoformat()
    rows = lookups.in_question(connection, question)
    for lookup, places in zip(rows, found, strict=True):
        kinds = list(dict.fromkeys(lookup.stands_for[place] for place in places))
        state = LookupState.HIT if places else LookupState.NO_HIT
        said = orjson.dumps(kinds).decode()
        lookups.change(connection, [lookup.number], state, kinds=said, answered_at=said_at)
    count = sum(map(bool, found))
    _change(connection, question, ANSWERED, answer=b"", answered_at=said_at, hits=count)
    told = {"partner": kept.partner, "purpose": kept.terms.purpose, "lookups": len(rows)}
    unit.journal("match.answered", question, {**told, "hits": count}, at=at, actor="node")
    watch.answered(unit, _concern(kept), at)
    return len(rows)


def _failed(unit: Unit, kept: KeptTerms, question: str, ground: str, at: datetime) -> None:
    """No answer can be read: alarms where the partner is to blame, the lookups fail or wait."""
    if ground in ASK_AGAIN:
        lookups.again(unit.connection, question, ground)
    else:
        numbers = [each.number for each in lookups.in_question(unit.connection, question)]
        lookups.change(unit.connection, numbers, LookupState.FAILED, ground=ground)
    state = LOST if ground == "match.blinds_lost" else FAILED
    _change(unit.connection, question, state, answer=b"", ground=ground)
    told = {"partner": kept.partner, "ground": ground}
    unit.journal("match.not_read", question, told, at=at, actor="node")
    if ground in BLAMED:
        params = {"ground": ground, "question": question}
        watch.alarm(unit, BLAMED[ground], _concern(kept), params, at=at)


# What will not be answered


def settle(store: Store, blinds: Blinds, at: datetime) -> int:
    """Close questions that nobody can answer or read any more; how many. A duty."""
    with store.reading() as connection:
        rows = connection.execute(
            sa.select(
                match_asked,
                outbox_rows.c.state.label("sent"),
                outbox_rows.c.ground.label("why"),
            )
            .join(outbox_rows, outbox_rows.c.message == match_asked.c.question, isouter=True)
            .where(match_asked.c.state.in_((ASKED, ARRIVED)))
        ).all()
        kept = {row.terms: terms_of(connection, row.terms) for row in rows}
    closed = 0
    ended: set[str] = set()
    for row in rows:
        ground = _why_closed(row, kept[row.terms], blinds)
        if ground:
            forget(blinds, row.question)
            over = ground == OVER and kept[row.terms].state != ENDED and row.terms not in ended
            if over:  # the owner ended them, and this node did not see why: suspended and resumed
                ended.add(row.terms)
                destroy(store.home, kept[row.terms])
            with store.begin() as unit:
                _failed(unit, kept[row.terms], row.question, ground, at)
                if over:
                    end(unit, kept[row.terms], "ended", at=at, actor="node")
            closed += 1
    return closed


def _why_closed(row: Any, kept: KeptTerms, blinds: Blinds) -> str:
    if kept.state == ENDED:
        return OVER
    if row.process != blinds.process or row.question not in blinds.opened:
        return "match.blinds_lost"
    if row.sent == outbox.OutboxState.REFUSED.value:
        return str(row.why)
    return ""


def _asked(connection: Connection, question: str) -> Any:
    query = sa.select(match_asked).where(match_asked.c.question == question)
    return connection.execute(query).first()


def _change(connection: Connection, question: str, state: str, **values: object) -> None:
    change = sa.update(match_asked).where(match_asked.c.question == question)
    connection.execute(change.values(state=state, **values))


def _concern(kept: KeptTerms) -> watch.Concern:
    return watch.Concern(kept.partner, kept.terms.agreement, kept.terms.purpose)
