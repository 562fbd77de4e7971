"""What is signed around a message on its way, and the receipt that comes back.

    {"carrier": {…}, "message": {…}}      a delivery
    {"carrier": {…}, "void": {…}}         "I do not know what became of this number: if it never
                                           reached you, it stays empty"

A receipt is signed and final: it says what became of a number. A refusal without a receipt is not
signed: the number is still open, and the sender tries again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

import orjson
from pydantic import Field, StringConstraints

from taawun.cooperation.trust.party import PublicKey
from taawun.cooperation.trust.signing import unverified, verify
from taawun.cooperation.wire import (
    AuthorityCode,
    Digest,
    Document,
    Line,
    MessageId,
    Moment,
    Word,
    digest,
    read_json,
)
from taawun.errors import Refused

VERSION = 1
"""The version that every agreement of `taawun/1` asks for; an older one is a downgrade."""
CONTROL = "control"
LAST_NUMBER = 2**53 - 1
"""No channel comes so far."""
MESSAGE_TYPE = "taawun-message+jws"
RECEIPT_TYPE = "taawun-receipt+jws"
MOST_PARAMS = 1000
"""Bytes of all parameters that go with a ground."""
MOST_MESSAGE = 2_200_000
"""Bytes of a message's canonical JSON: signed and sealed it stays under 4 MiB."""

Channel = Annotated[
    str, StringConstraints(pattern=r"^(control|[0-9a-f]{64})$", max_length=64, strict=True)
]
"""`control`, or the digest of the agreement under which the message passes."""
Sequence = Annotated[int, Field(ge=1, le=LAST_NUMBER)]
Ground = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$", max_length=80)
]
Params = Annotated[dict[Word, Line], Field(max_length=8)]
KeyOf = Callable[[str, str], PublicKey]
"""The public key of a sender by its thumbprint; raises Refused."""


class Outcome(StrEnum):
    """What became of a number."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    VOID = "void"


class Carrier(Document):
    """From whom, to whom, in which channel, which number, and when it was sent this time."""

    v: Literal[1]
    sender: AuthorityCode
    recipient: AuthorityCode
    channel: Channel
    sequence: Sequence
    sent_at: Moment


class Void(Document):
    """The message that the number was given to."""

    message: MessageId
    sha256: Digest


class Receipt(Document):
    """What `recipient`'s number came to at `sender`. `sha256` is that of the message's bytes."""

    v: Literal[1]
    sender: AuthorityCode
    recipient: AuthorityCode
    channel: Channel
    sequence: Sequence
    message: MessageId | None = None
    sha256: Digest
    outcome: Outcome
    ground: Ground | None = None
    params: Params | None = None
    at: Moment


class RefusalNote(Document):
    """A refusal without a receipt: on what ground. The number stays open."""

    ground: Ground
    params: Params | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery as it came out of its envelope, its signature checked.

    `message` are the message's bytes, empty for a void, and `said` the JSON values that they are;
    `digest` is theirs, or the void's.
    """

    carrier: Carrier
    message: bytes
    said: object
    void: Void | None
    digest: str
    signed: str
    kid: str


def delivery_payload(carrier: Carrier, message: bytes) -> bytes:
    """The bytes to be signed around a message's canonical bytes."""
    return b'{"carrier":%b,"message":%b}' % (carrier.canonical(), message)


def void_payload(carrier: Carrier, void: Void) -> bytes:
    """The bytes to be signed for a number that may stay empty."""
    return b'{"carrier":%b,"void":%b}' % (carrier.canonical(), void.canonical())


def read_delivery(signed: str, me: str, key_of: KeyOf) -> Delivery:
    """The delivery in a JWS that is meant for `me`.

    Raises Refused: `signature.…`, `wire.…`, the ground of `key_of`, `exchange.downgrade`,
    `exchange.version`, `exchange.recipient`.
    """
    sender = _claimed_sender(signed)
    held = verify(signed, MESSAGE_TYPE, lambda kid: key_of(sender, kid))
    value = read_json(held.payload)
    if not isinstance(value, dict) or set(value) not in (
        {"carrier", "message"},
        {"carrier", "void"},
    ):
        raise Refused("wire.field", document="Delivery", field="(all)", expected="carrier, message")
    carrier = _carrier(value["carrier"])
    if carrier.recipient != me:
        raise Refused("exchange.recipient", expected=me)
    if "void" in value:
        void = Void.of(value["void"])
        return Delivery(carrier, b"", None, void, void.sha256, signed, held.kid)
    message = held.payload[len(delivery_payload(carrier, b"")) - 1 : -1]
    return Delivery(carrier, message, value["message"], None, digest(message), signed, held.kid)


def _claimed_sender(signed: str) -> str:
    """Who a delivery says it is from: only to learn whose key to check it with."""
    try:
        read = orjson.loads(unverified(signed, MESSAGE_TYPE).payload)
        sender = read["carrier"]["sender"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        raise Refused("wire.not_json") from None
    if not isinstance(sender, str):
        raise Refused("wire.field", document="Carrier", field="sender", expected="an authority")
    return sender


def _carrier(value: object) -> Carrier:
    said = value.get("v") if isinstance(value, dict) else None
    if type(said) is int and said < VERSION:
        raise Refused("exchange.downgrade", got=str(said), expected=str(VERSION))
    if type(said) is int and said > VERSION:
        raise Refused("exchange.version", got=str(said)[:20], expected=str(VERSION))
    return Carrier.of(value)


def read_receipt(signed: str, sender: str, me: str, key_of: KeyOf) -> Receipt:
    """The receipt in a JWS that `sender` gave to `me`. Raises Refused."""
    held = verify(signed, RECEIPT_TYPE, lambda kid: key_of(sender, kid))
    receipt = Receipt.read(held.payload)
    if (receipt.sender, receipt.recipient) != (sender, me):
        raise Refused("exchange.receipt", field="sender, recipient")
    return receipt


def receipt_for(
    delivery: Delivery,
    outcome: Outcome,
    at: datetime,
    *,
    message: str | None,
    refused: Refused | None = None,
) -> Receipt:
    """The receipt for a delivery, not signed yet."""
    carrier = delivery.carrier
    return Receipt(
        v=1,
        sender=carrier.recipient,
        recipient=carrier.sender,
        channel=carrier.channel,
        sequence=carrier.sequence,
        message=message,
        sha256=delivery.digest,
        outcome=outcome,
        ground=refused.ground if refused else None,
        params=(params_of(refused) or None) if refused else None,
        at=at,
    )


def note_of(refused: Refused) -> RefusalNote:
    """A refusal as it goes out without a receipt."""
    return RefusalNote(ground=refused.ground, params=params_of(refused) or None)


def params_of(refused: Refused) -> dict[str, str]:
    """A refusal's parameters as lines that may go out: few and short, so that what holds them is
    never longer than its reader takes."""
    found: dict[str, str] = {}
    left = MOST_PARAMS
    for name, value in list(refused.params.items())[:8]:
        line = "".join(char for char in value if char.isprintable())[:200] or "-"
        left -= len(name.encode()) + len(line.encode())
        if left < 0:
            break
        found[name] = line
    return found
