"""One round with one partner: what is due is numbered, sealed, sent, and settled by its receipts.

    1  a unit: permits are asked again, numbers given, everything marked as tried
    2  sealed, outside any unit
    3  sent, an answer awaited
    4  receipts checked, outside any unit
    5  a unit: what the receipts say

Killed between any two of these, the next round begins at 1 with the numbers that were given.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from joserfc.jwk import OKPKey

from taawun.cooperation.exchange import outbox, reach
from taawun.cooperation.exchange.bundle import (
    MOST_BYTES,
    MOST_ENVELOPES,
    Reply,
    read_answers,
    write_bundle,
)
from taawun.cooperation.exchange.carrier import (
    CONTROL,
    LAST_NUMBER,
    MESSAGE_TYPE,
    Carrier,
    Outcome,
    Receipt,
    Void,
    delivery_payload,
    read_receipt,
    void_payload,
)
from taawun.cooperation.exchange.envelope import seal
from taawun.cooperation.exchange.outbox import Placed
from taawun.cooperation.exchange.reach import Jitter
from taawun.cooperation.message import Message
from taawun.cooperation.node import Node
from taawun.cooperation.permit import Facts, decide, question
from taawun.cooperation.trust import signing
from taawun.cooperation.trust.party import KeyUse
from taawun.cooperation.wire import digest
from taawun.errors import Refused, StoreError, Unavailable
from taawun.store import Unit

SEALED = 2048
"""Bytes that carrier, signature and seal add to a message, beside 16/9 for writing it twice in
base64."""


AT_ONCE = 8
"""How often a message may be given a new number without a pause: a partner that leaves every
number empty is not asked for ever without one."""
PASSED = 10_000
"""The same where each number is another message's already: this node was set back, and passes
the numbers that it gave and forgot, two attempts for each."""


class Transport(Protocol):
    """How bytes reach a partner's node."""

    def send(self, partner: str, address: str, body: bytes) -> bytes:
        """The answer to a bundle. Raises Unavailable where none came, whole and in time."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What goes under one number this time: the message, or the question what became of it."""

    placed: Placed
    sequence: int
    body: bytes
    void: bool


@dataclass(frozen=True, slots=True)
class Round:
    """What one round came to: how many parcels went, how many of them were settled."""

    sent: int = 0
    settled: int = 0

    @property
    def moved(self) -> bool:
        """Whether another round at once may bring more."""
        return self.settled > 0


def deliver(
    node: Node, partner: str, transport: Transport, clock: Callable[[], datetime], jitter: Jitter
) -> Round:
    """One round with a partner. What went wrong with the line is kept (`reach`), not raised."""
    at = clock()
    node.look_at_keys()
    with node.store.begin() as unit:
        parcels, known = _claimed(node, unit, partner, at)
    if not parcels:
        return Round()
    try:
        answers = _sent(node, known, partner, parcels, transport, at)
    except (Refused, Unavailable) as error:
        down = isinstance(error, Unavailable) or error.ground.startswith("bundle.")
        ground = "exchange.unreachable" if isinstance(error, Unavailable) else error.ground
        with node.store.begin() as unit:
            reach.failed(unit.connection, partner, ground, clock(), jitter, down=down)
        return Round(len(parcels))
    return _settled(node, partner, parcels, answers, clock(), jitter)


def greet(node: Node, partner: str, transport: Transport, clock: Callable[[], datetime]) -> bool:
    """Tell a partner that this node is here: whoever waits for it need not wait longer.

    It is a void for a number that is never reached, which changes nothing anywhere but is signed:
    the partner turns it away (`exchange.order`) and knows who called. Returns whether it answered;
    then it is due at this node as well.
    """
    at = clock()
    node.look_at_keys()
    with node.store.reading() as connection:
        known = node.facts(connection)
    kids = signing_kids(node, at)
    for kid in kids:
        try:
            key = node.keys.private(kid)
            [answer] = asked(known, partner, [_greeting(known, partner, key, at)], transport)
        except (Refused, Unavailable):
            return False
        if answer.refused is None or not answer.refused.ground.startswith("key."):
            break
    if not kids:
        return False
    with node.store.begin() as unit:
        reach.heard(unit.connection, partner)
    return True


def _greeting(known: Facts, partner: str, key: OKPKey, at: datetime) -> str:
    """The envelope of a greeting."""
    carrier = Carrier(
        v=1,
        sender=known.me,
        recipient=partner,
        channel=CONTROL,
        sequence=LAST_NUMBER,
        sent_at=at,
    )
    void = Void(message=str(uuid.uuid4()), sha256=digest(b""))
    signed = signing.sign(void_payload(carrier, void), key, MESSAGE_TYPE)
    return seal(signed, known.ring.sealing_key(partner, at).jwk())


def reconsider(node: Node, at: datetime) -> None:
    """Let go on what was withheld and has its permit again."""
    with node.store.reading() as connection:
        held = outbox.withheld(connection)
        known = node.facts(connection)
        free = [
            (partner, asked)
            for partner, asked, number in held
            if _refusal(outbox.message_of(connection, number), known, at) is None
        ]
    if free:
        with node.store.begin() as unit:
            for partner, asked in free:
                outbox.release(unit.connection, partner, asked)


def _refusal(message: Message, known: Facts, at: datetime) -> Refused | None:
    """The ground on which a placed message may not go now. It was counted when it was placed."""
    try:
        decide(question(message, known.me, at, count=0), known)
    except Refused as refused:
        return refused
    return None


def _claimed(node: Node, unit: Unit, partner: str, at: datetime) -> tuple[list[Parcel], Facts]:
    """What goes in this round. What has no permit and no number yet is withheld instead."""
    connection = unit.connection
    known = node.facts(connection)
    while True:
        found = _fitting(outbox.open_for(connection, partner, MOST_ENVELOPES))
        if not found:
            return [], known
        bodies = outbox.bodies(connection, found)
        decided: dict[str, Refused | None] = {}
        going: list[tuple[Placed, bool]] = []
        for placed in found:
            if placed.asked not in decided:
                message = Message.model_validate_json(bodies[placed.number])
                decided[placed.asked] = _refusal(message, known, at)
            refused = decided[placed.asked]
            if refused is not None and placed.sequence is None:
                outbox.withhold(connection, partner, placed.asked, refused)
            else:
                going.append((placed, refused is not None or placed.doubted))
        if going:
            given = outbox.give_numbers(connection, partner, [each for each, _ in going], at)
            parcels = [
                Parcel(placed, sequence, bodies[placed.number], void)
                for (placed, void), sequence in zip(going, given, strict=True)
            ]
            return parcels, known


def _fitting(placed: Sequence[Placed]) -> list[Placed]:
    """As many, from the first, as one bundle holds."""
    found: list[Placed] = []
    left = MOST_BYTES
    for each in placed:
        left -= each.size * 16 // 9 + SEALED
        if left < 0 and found:
            break
        found.append(each)
    return found


def _sent(
    node: Node,
    known: Facts,
    partner: str,
    parcels: Sequence[Parcel],
    transport: Transport,
    at: datetime,
) -> list[Reply]:
    key = known.ring.sealing_key(partner, at).jwk()
    envelopes = [_sealed(node, known, parcel, key, at) for parcel in parcels]
    return asked(known, partner, envelopes, transport)


def asked(
    known: Facts, partner: str, envelopes: Sequence[str], transport: Transport
) -> list[Reply]:
    """The partner's answers to a bundle. Raises Refused, Unavailable."""
    card = known.ring.card(partner)
    try:
        answer = transport.send(partner, card.address if card else "", write_bundle(envelopes))
    except StoreError:  # a file of ours for this line is unreadable: the other partners go on
        raise Refused("exchange.certificate", partner=partner) from None
    return read_answers(answer, len(envelopes))


def _sealed(node: Node, known: Facts, parcel: Parcel, key: OKPKey, at: datetime) -> str:
    placed = parcel.placed
    carrier = Carrier(
        v=1,
        sender=known.me,
        recipient=placed.recipient,
        channel=placed.channel,
        sequence=parcel.sequence,
        sent_at=at,
    )
    if parcel.void:
        payload = void_payload(carrier, Void(message=placed.message, sha256=placed.digest))
    else:
        payload = delivery_payload(carrier, parcel.body)
    return seal(signing.sign(payload, _signing_key(node, placed, at), MESSAGE_TYPE), key)


def _signing_key(node: Node, placed: Placed, at: datetime) -> OKPKey:
    """The newest key; where the partner did not know that one, each of the older in turn.

    That is how a partner learns of a new key: the card that brings it is under an older one.
    """
    kids = signing_kids(node, at)
    if not (kids and placed.ground.startswith("key.")):
        return node.keys.signing(at)
    return node.keys.private(kids[placed.attempts % len(kids)])


def signing_kids(node: Node, at: datetime) -> list[str]:
    """The own keys that a delivery may be signed with, the newest first."""
    own = [key.kid for key in node.keys.own.keys if key.use is KeyUse.SIGN and key.counts(at)]
    return own[::-1]


Checked = tuple[Parcel, Receipt | None, str, Refused | None]


def _settled(
    node: Node,
    partner: str,
    parcels: Sequence[Parcel],
    answers: Sequence[Reply],
    at: datetime,
    jitter: Jitter,
) -> Round:
    with node.store.reading() as connection:
        known = node.facts(connection)
    checked = [
        _checked(known, parcel, answer, at) for parcel, answer in zip(parcels, answers, strict=True)
    ]
    done = 0
    ground = ""
    with node.store.begin() as unit:
        for parcel, receipt, signed, refused in checked:
            if receipt is not None:
                final = _by_receipt(unit, parcel, receipt, signed, at)
                most = AT_ONCE if receipt.sha256 == parcel.placed.digest else PASSED
                done += final or parcel.placed.attempts < most
            elif refused is not None:
                doubted = refused.ground == "exchange.replayed" and not parcel.void
                number, sequence = parcel.placed.number, parcel.sequence
                outbox.turned_away(unit.connection, number, sequence, refused, doubted=doubted)
                ground = ground or refused.ground
        if done:
            reach.answered(unit.connection, partner, at)
        else:
            reach.failed(unit.connection, partner, ground, at, jitter, answered=True)
    return Round(len(parcels), done)


def _checked(known: Facts, parcel: Parcel, answer: Reply, at: datetime) -> Checked:
    """The receipt for a parcel, when there is one and it holds; else why not."""
    if answer.refused is not None:
        return parcel, None, "", answer.refused
    placed = parcel.placed
    try:
        receipt = read_receipt(
            answer.receipt,
            placed.recipient,
            known.me,
            lambda code, kid: known.ring.signing_key(code, kid, at),
        )
        if (receipt.channel, receipt.sequence) != (placed.channel, parcel.sequence):
            raise Refused("exchange.receipt", field="channel, sequence")
    except Refused as refused:
        return parcel, None, "", refused
    return parcel, receipt, answer.receipt, None


def _by_receipt(unit: Unit, parcel: Parcel, receipt: Receipt, signed: str, at: datetime) -> bool:
    """What a receipt says is final. One that names another message, or says that the number was
    left empty, frees this message for a new number: then False."""
    placed, connection = parcel.placed, unit.connection
    own = (placed.number, parcel.sequence)
    told: dict[str, object] = {
        "recipient": placed.recipient,
        "channel": placed.channel,
        "sequence": parcel.sequence,
        "digest": placed.digest,
    }
    if receipt.sha256 != placed.digest or receipt.outcome is Outcome.VOID:
        changed = outbox.unnumbered(connection, *own)
        action = "message.unnumbered"
    elif receipt.outcome is Outcome.ACCEPTED:
        changed = outbox.settled(connection, *own, None, signed, at)
        action = "message.delivered"
    else:
        refused = Refused(receipt.ground or "exchange.refused")
        refused.params.update(receipt.params or {})
        changed = outbox.settled(connection, *own, refused, signed, at)
        action = "message.turned_down"
        told["ground"] = refused.ground
    if changed:
        unit.journal(action, placed.message, told, at=at, actor=placed.recipient)
    return action != "message.unnumbered"
