"""What a partner lost is sent to it again: its node was brought back from a copy.

Such a node expects numbers that were settled long ago, and takes nothing new (`exchange.order`)
until it has them. An officer of each side knows of it; then, channel by channel, `control` first:

    asked       a void for a number that is never reached: the answer names the expected one
    from there  each number in order, the message as it was, under the number that it had
    empty       a void, where the number was left empty or the text was deleted here
    stopped     where a message has no permit now: it and what follows wait for the next time

Each is settled by a receipt like the first time, and each is in the journal. What the partner has
after all changes nothing there.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

import sqlalchemy as sa
from joserfc.jwk import OKPKey
from sqlalchemy.engine import Connection

from taawun.cooperation.exchange import reach
from taawun.cooperation.exchange.bundle import (
    MOST_BYTES,
    MOST_ENVELOPES,
    Reply,
)
from taawun.cooperation.exchange.carrier import (
    CONTROL,
    LAST_NUMBER,
    MESSAGE_TYPE,
    Carrier,
    Outcome,
    Void,
    delivery_payload,
    read_receipt,
    void_payload,
)
from taawun.cooperation.exchange.delivery import SEALED, Transport, asked, signing_kids
from taawun.cooperation.exchange.envelope import seal
from taawun.cooperation.exchange.outbox import OUT, OutboxState
from taawun.cooperation.message import Message
from taawun.cooperation.node import Node
from taawun.cooperation.permit import Facts, decide, question
from taawun.cooperation.trust import signing
from taawun.cooperation.wire import digest
from taawun.errors import NotFound, Refused
from taawun.store import Unit
from taawun.store.tables.exchange import channels, outbox


@dataclass(frozen=True, slots=True)
class Lost:
    """A number that the partner lost. `body` is empty where nothing can go under it but a void."""

    channel: str
    sequence: int
    message: str
    digest: str
    body: bytes = b""


@dataclass(slots=True)
class SentAgain:
    """How many messages went again, how many numbers were left empty, how many of the messages
    the partner refused this time, and in which channels it stopped, each with its ground."""

    messages: int = 0
    empty: int = 0
    refused: int = 0
    stopped: dict[str, Refused] = field(default_factory=dict)


def send_again(
    node: Node, partner: str, transport: Transport, clock: Callable[[], datetime], actor: str
) -> SentAgain:
    """Send a partner everything that it lost, in this thread.

    Raises NotFound where nothing was ever sent to it, Unavailable where it does not answer, Refused
    where it turns this node away.
    """
    with node.store.reading() as connection:
        known = node.facts(connection)
        settled = _settled(connection, partner)
    if not settled:
        raise NotFound(f"nothing was ever sent to {partner}")
    sent = SentAgain()
    for channel in sorted(settled, key=lambda each: each != CONTROL):
        line = _Line(node, known, partner, channel, transport, clock, actor)
        try:
            lost = line.lost(range(line.expected(), settled[channel] + 1))
            while batch := _fitting(lost):
                line.send(batch, sent)
            if line.stopped is not None:
                raise line.stopped
        except Refused as refused:
            sent.stopped[channel] = refused
    with node.store.begin() as unit:
        reach.heard(unit.connection, partner)
    return sent


def _settled(connection: Connection, partner: str) -> dict[str, int]:
    """The last number of each channel that has a receipt, with all before it."""
    own = sa.and_(channels.c.partner == partner, channels.c.direction == OUT)
    last = dict(connection.execute(sa.select(channels.c.channel, channels.c.last).where(own)).all())
    trying = sa.and_(outbox.c.recipient == partner, outbox.c.state == OutboxState.TRYING.value)
    query = sa.select(outbox.c.channel, sa.func.min(outbox.c.sequence)).where(trying)
    for channel, sequence in connection.execute(query.group_by(outbox.c.channel)):
        last[channel] = sequence - 1
    return last


def _fitting(lost: Iterator[Lost]) -> list[Lost]:
    """As many as surely fit into one bundle: at least one, and then small ones alone."""
    found: list[Lost] = []
    room = MOST_BYTES
    for each in islice(lost, MOST_ENVELOPES):
        found.append(each)
        room -= len(each.body) * 16 // 9 + SEALED
        if room < MOST_BYTES // 2:
            break
    return found


@dataclass(slots=True)
class _Line:
    """One channel to a partner, and the ground on which it stopped before its end.

    `known` is read anew before each message.
    """

    node: Node
    known: Facts
    partner: str
    channel: str
    transport: Transport
    clock: Callable[[], datetime]
    actor: str
    key: OKPKey | None = None
    stopped: Refused | None = None

    def expected(self) -> int:
        """The number that the partner expects. Raises Refused with what else it says.

        The newest key is tried first: what the partner lost may be the card that brought it.
        """
        nothing = Lost(self.channel, LAST_NUMBER, str(uuid.uuid4()), digest(b""))
        at = self.clock()
        self.node.keys.signing(at)  # refuses where none counts
        for kid in signing_kids(self.node, at):
            self.key = self.node.keys.private(kid)
            [answer] = self._asked([nothing])
            refused = answer.refused or Refused("exchange.receipt", field="refused")
            if refused.ground == "exchange.order":
                return _number(refused)
            if not refused.ground.startswith("key."):
                break
        raise refused

    def lost(self, numbers: range) -> Iterator[Lost]:
        """What belongs under the numbers, one by one, up to what has no permit now."""
        for sequence in numbers:
            with self.node.store.reading() as connection:
                row = connection.execute(_row(self.partner, self.channel, sequence)).first()
                self.known = self.node.facts(connection)  # somebody may have suspended meanwhile
            if row is None:
                yield Lost(self.channel, sequence, str(uuid.uuid4()), digest(b""))
                continue
            if row.body:
                message = Message.model_validate_json(row.body)
                try:
                    decide(question(message, self.known.me, self.clock(), count=0), self.known)
                except Refused as refused:
                    self.stopped = refused
                    return
            yield Lost(self.channel, sequence, row.message, row.digest, row.body)

    def send(self, lost: Sequence[Lost], sent: SentAgain) -> None:
        """Send them, and write down what became of each. Raises Refused where one of them was not
        settled; those before it were."""
        answers = self._asked(lost)
        at = self.clock()
        with self.node.store.begin() as unit:
            for each, answer in zip(lost, answers, strict=True):
                if answer.refused is not None:
                    break
                self._settle(unit, each, answer.receipt, sent, at)
        if answer.refused is not None:
            raise answer.refused

    def _settle(self, unit: Unit, lost: Lost, signed: str, sent: SentAgain, at: datetime) -> None:
        ring = self.node.facts(unit.connection).ring
        receipt = read_receipt(
            signed, self.partner, self.known.me, lambda code, kid: ring.signing_key(code, kid, at)
        )
        if (receipt.channel, receipt.sequence) != (lost.channel, lost.sequence):
            raise Refused("exchange.receipt", field="channel, sequence")
        told = {
            "recipient": self.partner,
            "channel": lost.channel,
            "sequence": lost.sequence,
            "digest": lost.digest,
            "outcome": receipt.outcome.value,
            "ground": receipt.ground or "",
        }
        unit.journal("message.sent_again", lost.message, told, at=at, actor=self.actor)
        sent.messages += bool(lost.body)
        sent.empty += not lost.body
        sent.refused += receipt.outcome is Outcome.REFUSED

    def _asked(self, lost: Sequence[Lost]) -> list[Reply]:
        at = self.clock()
        key = self.key or self.node.keys.signing(at)
        seal_to = self.known.ring.sealing_key(self.partner, at).jwk()
        envelopes = [
            seal(signing.sign(self._payload(each, at), key, MESSAGE_TYPE), seal_to) for each in lost
        ]
        return asked(self.known, self.partner, envelopes, self.transport)

    def _payload(self, lost: Lost, at: datetime) -> bytes:
        carrier = Carrier(
            v=1,
            sender=self.known.me,
            recipient=self.partner,
            channel=lost.channel,
            sequence=lost.sequence,
            sent_at=at,
        )
        if lost.body:
            return delivery_payload(carrier, lost.body)
        return void_payload(carrier, Void(message=lost.message, sha256=lost.digest))


def _number(refused: Refused) -> int:
    """The number that a refusal says is expected. It is not signed: receipts settle what it leads
    to."""
    said = refused.params.get("expected", "")
    if not said.isascii() or not said.isdigit() or len(said) > 16:
        raise Refused("exchange.receipt", field="expected")
    return max(1, int(said))


def _row(partner: str, channel: str, sequence: int) -> sa.Select[tuple[str, str, bytes]]:
    return sa.select(outbox.c.message, outbox.c.digest, outbox.c.body).where(
        outbox.c.recipient == partner,
        outbox.c.channel == channel,
        outbox.c.sequence == sequence,
    )
