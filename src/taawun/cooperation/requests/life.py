"""Requests and their threads, kept: what officers and partners do to them, step by step.

    sending(unit, message, …)    an own message: may it be sent, and the step that it is
    HANDLERS                     the effect of each kind that comes in, in the inbox's unit
    start, close                 what an officer does to a thread without a message
    thread, threads, steps       as they stand, and what happened

What a thread may do next stands in `threads.py`, whether a message fits it in `fitting.py`. Steps
are added and never changed; the state follows from them and from the outbox: a message that is
withheld, or was not taken by the partner's node, did not arrive.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from taawun.cooperation.exchange.outbox import OutboxState
from taawun.cooperation.history import cooperation
from taawun.cooperation.message import Message
from taawun.cooperation.requests import information
from taawun.cooperation.requests.bodies import BODIES, body_of
from taawun.cooperation.requests.bodies.freeze import FreezeRequest
from taawun.cooperation.requests.bodies.onward import ItemReference, OnwardDecision, OnwardRequest
from taawun.cooperation.requests.fitting import (
    asked_by,
    check_information,
    check_opener,
    check_reply,
    side_of,
    step_of,
)
from taawun.cooperation.requests.threads import (
    OPENERS,
    Side,
    Step,
    Thread,
    ThreadState,
    begin,
    may_step,
    next_state,
    replayed,
)
from taawun.cooperation.wire import Document, moment_of, moment_text
from taawun.errors import NotFound, Refused
from taawun.store import Unit
from taawun.store.tables.exchange import outbox
from taawun.store.tables.requests import thread_steps

POSTED = {
    OutboxState.WITHHELD: ThreadState.WITHHELD,
    OutboxState.DELIVERED: ThreadState.SENT,
    OutboxState.REFUSED: ThreadState.NOT_TAKEN,
}
"""Where a thread stands whose opening message is all there is, by the outbox."""
BRINGS = frozenset({Step.OPEN, Step.INTERIM, Step.PARTIAL, Step.FULL, Step.NEGATIVE})
"""Steps whose message brings information, on which there may be feedback."""


@dataclass(frozen=True, slots=True)
class KeptStep:
    """One step of a thread. `message` is "" for what an officer did without one; `posted` is what
    the outbox says of an own message, "" for any other."""

    thread: str
    step: Step
    state: ThreadState
    message: str
    sender: str
    at: datetime
    actor: str
    posted: str

    @property
    def counts(self) -> bool:
        """Whether it happened for both: all but an own message that was not taken."""
        return self.posted != OutboxState.REFUSED


# What goes out and comes in


def sending(unit: Unit, message: Message, *, at: datetime, actor: str) -> Thread:
    """Take the step that an own message is; called in the unit that places it in the outbox.

    Raises Refused with the ground on which it does not fit (`fitting.py`, `information.check`).
    """
    body = body_of(message)
    found = _fitted(unit.connection, message, body)
    information.check(unit.connection, message, body, at)
    if isinstance(body, OnwardDecision):
        information.check_decision(unit.connection, body, at)
    information.gave(unit, message, body, at)
    return _taken(unit, message, body, found, at=at, actor=actor)


def fits(connection: Connection, message: Message, at: datetime) -> None:
    """Whether an own message could be sent now, the permit and the second officer apart.

    Raises Refused as `sending`; changes nothing.
    """
    body = body_of(message)
    _fitted(connection, message, body)
    information.check(connection, message, body, at)
    if isinstance(body, OnwardDecision):
        information.check_decision(connection, body, at)


def received(unit: Unit, message: Message, at: datetime) -> None:
    """The effect of a message that came in: its step, and what it brings. Raises Refused."""
    body = body_of(message)
    found = _fitted(unit.connection, message, body)
    known = cooperation(unit.connection)
    agreement = known.agreements.get(message.agreement or "")
    if agreement is None:
        raise Refused("permit.no_agreement")
    _taken(unit, message, body, found, at=at, actor=message.sender)
    information.take(unit, message, body, agreement, at)
    if isinstance(body, OnwardDecision):
        information.take_decision(unit, message, body, at)


HANDLERS: Mapping[str, Callable[[Unit, Message, datetime], None]] = dict.fromkeys(BODIES, received)
"""Kind of message to its effect at the node that receives it."""


def _fitted(connection: Connection, message: Message, body: Document) -> Thread | None:
    """The thread that a message belongs to; None for one that it opens. Raises Refused."""
    me = cooperation(connection).me
    if connection.execute(_USED, {"id": message.id}).first() is not None:
        raise Refused("request.id", message=message.id)
    check_information(message, body)
    if message.kind in OPENERS:
        check_opener(message, body)
        if _rows(connection, message.thread):
            raise Refused("request.thread")
        _check_references(connection, message, body, me)
        return None
    try:
        found = thread(connection, message.thread)
    except NotFound:
        raise Refused("request.thread") from None
    check_reply(message, body, found, me)
    if step_of(message, body) is Step.FEEDBACK and not _brought(connection, found, message):
        raise Refused("request.replies_to")
    return found


def _check_references(connection: Connection, message: Message, body: Document, me: str) -> None:
    """What an opening message refers to is there, and is between these two."""
    if isinstance(body, FreezeRequest) and body.follows is not None:
        before = _rows(connection, body.follows)
        freeze = before and before[0].kind == "freeze_request"
        if not freeze or before[0].side != side_of(message, me).value:
            raise Refused("request.follows")
        if before[0].partner != (message.recipient if message.sender == me else message.sender):
            raise Refused("request.follows")
    if isinstance(body, OnwardRequest):
        if body.recipient in (message.sender, message.recipient):
            raise Refused("request.recipient")
        check = _was_received if message.sender == me else _was_given
        for each in body.items:
            check(connection, each, message)


def _was_received(connection: Connection, item: ItemReference, message: Message) -> None:
    """This node asks consent of whoever gave it the item, under the agreement it came under."""
    try:
        kept = information.item_of(connection, item.message, item.item)
    except NotFound:
        raise Refused("request.items") from None
    if (kept.giver, kept.agreement) != (message.recipient, message.agreement) or kept.deleted:
        raise Refused("request.items")


def _was_given(connection: Connection, item: ItemReference, message: Message) -> None:
    """A partner asks consent of this node for what this node gave it."""
    own = sa.select(thread_steps.c.number).where(
        thread_steps.c.message == item.message,
        thread_steps.c.sender == message.recipient,
        thread_steps.c.partner == message.sender,
        thread_steps.c.agreement == message.agreement,
    )
    if connection.execute(own).first() is None:
        raise Refused("request.items")


def _brought(connection: Connection, found: Thread, message: Message) -> bool:
    """Whether feedback is on a message that brought its sender information in this thread."""
    return any(
        step.message == message.replies_to and step.sender == message.recipient
        for step in steps(connection, found.id)
        if step.step in BRINGS and step.counts
    )


def _taken(
    unit: Unit,
    message: Message,
    body: Document,
    found: Thread | None,
    *,
    at: datetime,
    actor: str,
) -> Thread:
    """The step that a message is, added to its thread."""
    if found is None:
        me = cooperation(unit.connection).me
        found = _opened(message, body, side_of(message, me), at)
        _add(unit, found, Step.OPEN, message=message, at=at, actor=actor)
        return found
    step = step_of(message, body)
    state = next_state(found.kind, found.side, found.state, step)
    return _add(unit, replace(found, state=state), step, message=message, at=at, actor=actor)


def _opened(message: Message, body: Document, side: Side, at: datetime) -> Thread:
    return Thread(
        id=message.id,
        kind=message.kind,
        side=side,
        partner=message.recipient if side is Side.OURS else message.sender,
        agreement=message.agreement or "",
        service=message.service or "",
        field=message.field or "",
        urgent=message.urgent,
        state=begin(message.kind, side),
        asked=asked_by(body),
        opened_at=at,
    )


# What officers do


def start(unit: Unit, id: str, *, at: datetime, actor: str) -> Thread:
    """An officer begins to work on what came in. Raises NotFound, Refused `request.state`."""
    return _done(unit, id, Step.START, at, actor)


def close(unit: Unit, id: str, *, at: datetime, actor: str) -> Thread:
    """Nothing more is to be done. Raises NotFound, Refused `request.state`."""
    return _done(unit, id, Step.CLOSE, at, actor)


def _done(unit: Unit, id: str, step: Step, at: datetime, actor: str) -> Thread:
    found = thread(unit.connection, id)
    state = next_state(found.kind, found.side, found.state, step)
    return _add(unit, replace(found, state=state), step, message=None, at=at, actor=actor)


def _add(
    unit: Unit, found: Thread, step: Step, *, message: Message | None, at: datetime, actor: str
) -> Thread:
    row = {
        "thread": found.id,
        "kind": found.kind,
        "side": found.side.value,
        "partner": found.partner,
        "agreement": found.agreement,
        "service": found.service,
        "field": found.field,
        "urgent": found.urgent,
        "step": step.value,
        "state": found.state.value,
        "message": message.id if message else "",
        "sender": message.sender if message else "",
        "asked": orjson.dumps(found.asked).decode() if step is Step.OPEN else "",
        "at": moment_text(at),
        "actor": actor,
    }
    unit.connection.execute(_ADD, row)
    told = {name: row[name] for name in ("kind", "side", "partner", "state", "message")}
    unit.journal(f"thread.{step}", found.id, told, at=at, actor=actor)
    return found


# Reading


def thread(connection: Connection, id: str) -> Thread:
    """A thread as it stands. Raises NotFound."""
    rows = _rows(connection, id)
    if not rows:
        raise NotFound(f"no thread {id}")
    return _thread(rows)


def threads(connection: Connection, *, partner: str = "", open_only: bool = False) -> list[Thread]:
    """All threads, the newest first."""
    query = _query().order_by(thread_steps.c.number)
    if partner:
        query = query.where(thread_steps.c.partner == partner)
    by_thread: dict[str, list[Any]] = {}
    for row in connection.execute(query):
        by_thread.setdefault(row.thread, []).append(row)
    found = [_thread(rows) for rows in reversed(by_thread.values())]
    return [each for each in found if each.open] if open_only else found


def steps(connection: Connection, id: str) -> list[KeptStep]:
    """What happened in a thread, oldest first."""
    return [_step(row) for row in _rows(connection, id)]


def _query() -> sa.Select[Any]:
    return sa.select(thread_steps, outbox.c.state.label("posted")).join(
        outbox,
        sa.and_(
            outbox.c.message == thread_steps.c.message,
            thread_steps.c.sender != thread_steps.c.partner,
        ),
        isouter=True,
    )


# Made once: a statement that is put together for each call costs more than its running.
_USED = sa.select(thread_steps.c.number).where(thread_steps.c.message == sa.bindparam("id"))
_ADD = sa.insert(thread_steps)
_OF_THREAD = (
    _query().where(thread_steps.c.thread == sa.bindparam("id")).order_by(thread_steps.c.number)
)


def _rows(connection: Connection, id: str) -> list[Any]:
    return list(connection.execute(_OF_THREAD, {"id": id}))


def _step(row: Any) -> KeptStep:
    return KeptStep(
        row.thread,
        Step(row.step),
        ThreadState(row.state),
        row.message,
        row.sender,
        moment_of(row.at),
        row.actor,
        row.posted or "",
    )


def _thread(rows: list[Any]) -> Thread:
    first, kept = rows[0], [_step(row) for row in rows]
    side = Side(first.side)
    counted = [(each.step, each.state) for each in kept[1:] if each.counts]
    state = replayed(first.kind, side, counted)
    if state is ThreadState.WAITING and kept[0].posted:
        state = POSTED.get(OutboxState(kept[0].posted), state)
    return Thread(
        first.thread,
        first.kind,
        side,
        first.partner,
        first.agreement,
        first.service,
        first.field,
        bool(first.urgent),
        state,
        orjson.loads(first.asked),
        kept[0].at,
    )


def next_steps(found: Thread) -> tuple[Step, ...]:
    """What may happen to a thread now, at this node or by its partner."""
    return tuple(step for step in Step if may_step(found, step))
