"""The exchange between nodes: messages go out through `place`, come in through `receive`.

What must stay true, whatever is lost, doubled, delayed or killed:

    nothing without a permit     asked when a message is placed, right before each attempt, and by
                                 the recipient when it arrives
    exactly once                 a message's effect, its number and its receipt are kept in one
                                 unit, or none of them
    in order                     each channel takes its numbers one by one
    one bad message              does not take the others of its bundle with it
"""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from datetime import datetime

import orjson
import structlog
from sqlalchemy.exc import DatabaseError, IntegrityError

from taawun.cooperation.exchange import inbox, outbox, reach
from taawun.cooperation.exchange.bundle import Reply, read_bundle, write_answers, write_refusal
from taawun.cooperation.exchange.carrier import (
    CONTROL,
    RECEIPT_TYPE,
    Delivery,
    Outcome,
    read_delivery,
    receipt_for,
)
from taawun.cooperation.exchange.envelope import unseal
from taawun.cooperation.message import Message
from taawun.cooperation.node import Node
from taawun.cooperation.permit import Facts, Permit, Spent, decide, facts, question
from taawun.cooperation.trust import signing
from taawun.cooperation.trust.register import Ring
from taawun.cooperation.wire import CLOCKS_APART
from taawun.errors import Refused, RefusedForNow
from taawun.store import Unit

_log = structlog.get_logger("taawun.exchange")


def place(
    unit: Unit,
    message: Message,
    *,
    at: datetime,
    actor: str,
    count: int = 1,
    spent: Spent | None = None,
) -> Permit:
    """Put a message into the outbox, with the permit to send it.

    It goes as soon as its partner answers and the permit still holds. `count` and `spent` are
    those of a budgeted kind. Raises Refused with the ground on which it may not pass.
    """
    known = facts(unit.connection, spent) if spent else facts(unit.connection)
    if message.sender != known.me:
        raise Refused("permit.not_party")
    permit = decide(question(message, known.me, at, count=count), known)
    outbox.put(unit, message, at=at, actor=actor)
    return permit


def receive(node: Node, raw: bytes, at: datetime) -> bytes:
    """Take a bundle as it came over the line; gives the answers to send back.

    All that arrives for the inbox in one bundle is one unit of work. Raises StoreError or
    Conflict where nothing could be kept: then nothing was, and no answer may be given.
    """
    try:
        envelopes = read_bundle(raw)
    except Refused as refused:
        return write_refusal(refused)
    node.look_at_keys()
    with node.store.reading() as connection:
        ring = node.facts(connection).ring
    opened = _all_opened(node, envelopes, ring, at)
    answers = _taken(node, opened, at)
    if any(isinstance(each, Delivery) for each in opened):
        node.wake.set()
    return write_answers(answers)


def _all_opened(
    node: Node, envelopes: Sequence[str], ring: Ring, at: datetime
) -> list[Delivery | Refused]:
    """What is in the envelopes, in their order. Of a bundle that goes on after its partner has
    brought all it may, the rest is not opened: that would cost most."""
    opened: list[Delivery | Refused] = []
    enough: RefusedForNow | None = None
    for envelope in envelopes:
        found = enough or _opened(node, envelope, ring, at)
        if isinstance(found, Delivery):
            try:
                node.pace.came(found.carrier, len(envelope), at)
            except RefusedForNow as refused:
                enough = enough if found.carrier.channel == CONTROL else refused
                found = refused
        opened.append(found)
    return opened


def _opened(node: Node, envelope: str, ring: Ring, at: datetime) -> Delivery | Refused:
    try:
        signed = unseal(envelope, lambda kid: node.keys.sealed_to(kid, at))
        return read_delivery(signed, node.me, lambda code, kid: ring.signing_key(code, kid, at))
    except Refused as refused:
        return refused


def _taken(node: Node, opened: Sequence[Delivery | Refused], at: datetime) -> list[Reply]:
    if not any(isinstance(each, Delivery) for each in opened):
        return [Reply(refused=each) for each in opened if isinstance(each, Refused)]
    answers = []
    with node.store.begin() as unit:
        for each in opened:
            if isinstance(each, Refused):
                answers.append(Reply(refused=each))
            else:
                answers.append(take(node, unit, each, at))
        for sender in {each.carrier.sender for each in opened if isinstance(each, Delivery)}:
            reach.heard(unit.connection, sender)
    return answers


def take(node: Node, unit: Unit, delivery: Delivery, at: datetime) -> Reply:
    """Take one delivery inside a unit: its number, its effect and its receipt, or none of them."""
    try:
        known = node.facts(unit.connection)
        kept = _kept(known, unit, delivery, at)
        return Reply(receipt=kept or _new(node, known, unit, delivery, at))
    except Refused as refused:
        return Reply(refused=refused)


def _kept(known: Facts, unit: Unit, delivery: Delivery, at: datetime) -> str:
    """The receipt that was given for this number already, or "" for the number that is expected.

    Raises Refused where the number is open but cannot be taken.
    """
    carrier, connection = delivery.carrier, unit.connection
    # The key counted when the signature was checked; a card that came since may have revoked it.
    known.ring.signing_key(carrier.sender, delivery.kid, at)
    if abs(carrier.sent_at - at) > CLOCKS_APART:
        apart = str(round(abs(carrier.sent_at - at).total_seconds()))
        raise Refused("exchange.clock", seconds=apart)
    expected = inbox.last(connection, carrier.sender, carrier.channel) + 1
    if carrier.sequence > expected:
        raise Refused("exchange.order", got=str(carrier.sequence), expected=str(expected))
    if carrier.sequence == expected:
        return ""
    held = inbox.at_number(connection, carrier.sender, carrier.channel, carrier.sequence)
    if held is None or (delivery.void is None and held.digest != delivery.digest):
        raise Refused("exchange.replayed", got=str(carrier.sequence), expected=str(expected))
    return held.receipt


def _new(node: Node, known: Facts, unit: Unit, delivery: Delivery, at: datetime) -> str:
    """Take the expected number, whatever becomes of the message. Returns the signed receipt."""
    key = node.keys.signing(at)  # first of all: without a receipt nothing may be taken
    if delivery.void is not None:
        id, kind, outcome, refused = delivery.void.message, "", Outcome.VOID, None
    else:
        id, kind, refused = _effect(node, known, unit, delivery, at)
        outcome = Outcome.ACCEPTED if refused is None else Outcome.REFUSED
    receipt = receipt_for(delivery, outcome, at, message=id or None, refused=refused)
    signed = signing.sign(receipt.canonical(), key, RECEIPT_TYPE)
    inbox.keep(unit, delivery, outcome, signed, at, message=id, kind=kind, refused=refused)
    return signed


def _effect(
    node: Node, known: Facts, unit: Unit, delivery: Delivery, at: datetime
) -> tuple[str, str, Refused | None]:
    """What a message does: its id, its kind, and the ground on which it was refused."""
    try:
        message = Message.of(delivery.said, json=delivery.message)
    except Refused as refused:
        return "", "", refused
    before = inbox.earlier(unit.connection, delivery.carrier.sender, message.id)
    if before is not None:
        return message.id, message.kind, _as_before(before, delivery)
    try:
        _permitted(node, known, delivery, message, at)
        if node.unread is not None and message.kind in node.awaited:
            size = len(delivery.signed)
            node.pace.room(unit.connection, node.unread, message.sender, size, at)
        _run(node, unit, message, at)
    except RefusedForNow:
        raise
    except Refused as refused:
        return message.id, message.kind, refused
    return message.id, message.kind, None


def _as_before(before: inbox.Received, delivery: Delivery) -> Refused | None:
    """A message that came under another number: no second effect, and the same outcome."""
    if before.digest != delivery.digest:
        return Refused("exchange.id_reused", message=before.message)
    if before.outcome is Outcome.ACCEPTED:
        return None
    refused = Refused(before.ground)
    refused.params.update(orjson.loads(before.params))
    return refused


def _permitted(
    node: Node, known: Facts, delivery: Delivery, message: Message, at: datetime
) -> None:
    carrier = delivery.carrier
    said = (message.sender, message.recipient, message.channel)
    if said != (carrier.sender, carrier.recipient, carrier.channel):
        raise Refused("exchange.carrier")
    if message.kind not in node.handlers:
        raise Refused("permit.kind", kind=message.kind, service=message.service or "")
    count = node.counts[message.kind](message) if message.kind in node.counts else 1
    decide(question(message, node.me, at, count=count), known)


def _run(node: Node, unit: Unit, message: Message, at: datetime) -> None:
    """The handler's effect, all of it or nothing.

    A bug in it leaves the number open and the rest of the bundle as it is. When the database
    itself fails (disk full), nothing of the bundle may stay.
    """
    line = unit.last_line
    try:
        with unit.connection.begin_nested():
            node.handlers[message.kind](unit, message, at)
    except Refused:
        unit.last_line = line
        raise
    except Exception as bug:
        if isinstance(bug, DatabaseError) and not isinstance(bug, IntegrityError):
            raise
        unit.last_line = line
        _tell(bug, message.kind)
        raise RefusedForNow("exchange.failed") from bug


def _tell(bug: Exception, kind: str) -> None:
    """Log where a bug is, not what it says: that may hold a name."""
    frames = traceback.extract_tb(bug.__traceback__)[-6:]
    where = [f"{frame.filename}:{frame.lineno}:{frame.name}" for frame in frames]
    _log.error("handler failed", message_kind=kind, bug=type(bug).__name__, where=where)
