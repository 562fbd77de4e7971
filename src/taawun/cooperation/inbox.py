"""What has arrived: each number of each channel once, with the receipt that was given for it.

the expected number                    taken; a receipt is kept, whatever it says
a number that was taken, same digest   the kept receipt again, and nothing else happens
a number that was taken, another       `exchange.replayed`; asked with a void, its receipt
a number beyond the expected one       `exchange.order`
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from taawun.cooperation.carrier import Delivery, Outcome, params_of
from taawun.cooperation.wire import moment_text
from taawun.errors import Refused
from taawun.store import Unit
from taawun.store.tables.exchange import channels, inbox

IN = "in"


@dataclass(frozen=True, slots=True)
class Received:
    """A number that was taken. `message` is "" where the message could not be read as one."""

    number: int
    sender: str
    channel: str
    sequence: int
    message: str
    kind: str
    digest: str
    outcome: Outcome
    ground: str
    params: str
    receipt: str
    at: str


_SHOWN = tuple(column for column in inbox.c if column.name != "signed")


def last(connection: Connection, sender: str, channel: str) -> int:
    """The last number that was taken in a channel; 0 before the first."""
    query = sa.select(channels.c.last).where(_own(sender, channel))
    return connection.execute(query).scalar() or 0


def at_number(connection: Connection, sender: str, channel: str, sequence: int) -> Received | None:
    """What was taken under a number."""
    return _first(
        connection,
        inbox.c.sender == sender,
        inbox.c.channel == channel,
        inbox.c.sequence == sequence,
    )


def earlier(connection: Connection, sender: str, message: str) -> Received | None:
    """The first arrival of a message by its id, under whichever number."""
    return _first(
        connection,
        inbox.c.sender == sender,
        inbox.c.message == message,
        inbox.c.outcome != Outcome.VOID,
    )


def _first(connection: Connection, *where: sa.ColumnElement[bool]) -> Received | None:
    query = sa.select(*_SHOWN).where(*where).order_by(inbox.c.number).limit(1)
    row = connection.execute(query).first()
    return _of(row) if row is not None else None


def _of(row: Any) -> Received:
    said = row._asdict()
    return Received(**{**said, "outcome": Outcome(said["outcome"])})


def keep(
    unit: Unit,
    delivery: Delivery,
    outcome: Outcome,
    receipt: str,
    at: datetime,
    *,
    message: str,
    kind: str,
    refused: Refused | None = None,
) -> None:
    """Take a number: its row, how far the channel has come, and a line in the journal."""
    carrier = delivery.carrier
    row = {
        "sender": carrier.sender,
        "channel": carrier.channel,
        "sequence": carrier.sequence,
        "message": message,
        "kind": kind,
        "digest": delivery.digest,
        "signed": delivery.signed,
        "outcome": outcome.value,
        "ground": refused.ground if refused else "",
        "params": orjson.dumps(params_of(refused)).decode() if refused else "{}",
        "receipt": receipt,
        "at": moment_text(at),
    }
    unit.connection.execute(sa.insert(inbox), row)
    _advance(unit.connection, carrier.sender, carrier.channel, carrier.sequence)
    told = {name: row[name] for name in ("kind", "channel", "sequence", "digest", "ground")}
    subject = message or f"{carrier.channel}:{carrier.sequence}"
    unit.journal(f"message.{outcome}", subject, told, at=at, actor=carrier.sender)


def _advance(connection: Connection, sender: str, channel: str, sequence: int) -> None:
    if sequence == 1:
        row = {"partner": sender, "channel": channel, "direction": IN, "last": 1}
        connection.execute(sa.insert(channels), row)
    else:
        change = sa.update(channels).where(_own(sender, channel)).values(last=sequence)
        connection.execute(change)


def _own(sender: str, channel: str) -> sa.ColumnElement[bool]:
    return sa.and_(
        channels.c.partner == sender, channels.c.channel == channel, channels.c.direction == IN
    )


def shown(connection: Connection, *, sender: str = "", most: int = 100) -> list[Received]:
    """What arrived, the newest first."""
    query = sa.select(*_SHOWN).order_by(inbox.c.number.desc()).limit(most)
    if sender:
        query = query.where(inbox.c.sender == sender)
    return [_of(row) for row in connection.execute(query)]


def signed(connection: Connection, sender: str, message: str) -> str:
    """A message as its sender signed it, the very bytes that came; "" when it was forgotten."""
    query = sa.select(inbox.c.signed).where(
        inbox.c.sender == sender, inbox.c.message == message, inbox.c.outcome == Outcome.ACCEPTED
    )
    return connection.execute(query).scalar() or ""


def forget(unit: Unit, sender: str, message: str) -> None:
    """Empty what was signed, when it may be kept no longer; digest and receipt stay."""
    own = sa.and_(inbox.c.sender == sender, inbox.c.message == message)
    unit.connection.execute(sa.update(inbox).where(own).values(signed=""))
