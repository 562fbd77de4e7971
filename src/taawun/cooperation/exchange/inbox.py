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

from taawun.cooperation.exchange.carrier import Delivery, Outcome, params_of
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


_SHOWN = tuple(column for column in inbox.c if column.name not in ("signed", "size"))

# Made once: a statement that is put together for each call costs more than its running.
_CHANNEL = sa.and_(
    channels.c.partner == sa.bindparam("of"),
    channels.c.channel == sa.bindparam("under"),
    channels.c.direction == IN,
)
_LAST = sa.select(channels.c.last).where(_CHANNEL)
_FURTHER = sa.update(channels).where(_CHANNEL).values(last=sa.bindparam("reached"))
_FIRST = sa.insert(channels)
_AT_NUMBER = sa.select(*_SHOWN).where(
    inbox.c.sender == sa.bindparam("of"),
    inbox.c.channel == sa.bindparam("under"),
    inbox.c.sequence == sa.bindparam("at"),
)
_EARLIER = (
    sa.select(*_SHOWN)
    .where(
        inbox.c.sender == sa.bindparam("of"),
        inbox.c.message == sa.bindparam("id"),
        inbox.c.outcome != Outcome.VOID.value,
    )
    .order_by(inbox.c.number)
    .limit(1)
)
_ADD = sa.insert(inbox)


def last(connection: Connection, sender: str, channel: str) -> int:
    """The last number that was taken in a channel; 0 before the first."""
    return connection.execute(_LAST, {"of": sender, "under": channel}).scalar() or 0


def at_number(connection: Connection, sender: str, channel: str, sequence: int) -> Received | None:
    """What was taken under a number."""
    said = {"of": sender, "under": channel, "at": sequence}
    return _of(connection.execute(_AT_NUMBER, said).first())


def earlier(connection: Connection, sender: str, message: str) -> Received | None:
    """The first arrival of a message by its id, under whichever number."""
    return _of(connection.execute(_EARLIER, {"of": sender, "id": message}).first())


def _of(row: Any) -> Received | None:
    if row is None:
        return None
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
    """Take a number: its row, how far the channel has come, and a line in the journal.

    What was signed is kept of what was accepted alone: nobody fills a disk, or leaves information
    here, with messages that are refused.
    """
    carrier = delivery.carrier
    kept = delivery.signed if outcome is Outcome.ACCEPTED else ""
    row = {
        "sender": carrier.sender,
        "channel": carrier.channel,
        "sequence": carrier.sequence,
        "message": message,
        "kind": kind,
        "digest": delivery.digest,
        "signed": kept,
        "size": len(kept),
        "outcome": outcome.value,
        "ground": refused.ground if refused else "",
        "params": orjson.dumps(params_of(refused)).decode() if refused else "{}",
        "receipt": receipt,
        "at": moment_text(at),
    }
    unit.connection.execute(_ADD, row)
    _advance(unit.connection, carrier.sender, carrier.channel, carrier.sequence)
    told = {name: row[name] for name in ("kind", "channel", "sequence", "digest", "ground")}
    subject = message or f"{carrier.channel}:{carrier.sequence}"
    unit.journal(f"message.{outcome}", subject, told, at=at, actor=carrier.sender)


def _advance(connection: Connection, sender: str, channel: str, sequence: int) -> None:
    if sequence == 1:
        row = {"partner": sender, "channel": channel, "direction": IN, "last": 1}
        connection.execute(_FIRST, row)
    else:
        said = {"of": sender, "under": channel, "reached": sequence}
        connection.execute(_FURTHER, said)


def shown(connection: Connection, *, sender: str = "", most: int = 100) -> list[Received]:
    """What arrived, the newest first."""
    query = sa.select(*_SHOWN).order_by(inbox.c.number.desc()).limit(most)
    if sender:
        query = query.where(inbox.c.sender == sender)
    rows = connection.execute(query)
    return [found for row in rows if (found := _of(row)) is not None]


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
