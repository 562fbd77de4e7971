"""What waits to be sent, in which order, and what became of it.

    waiting ──number given──▶ trying ──receipt──▶ delivered | refused
       ▲  │                     │
       │  └──no permit──▶ withheld ◀──number settled as empty, no permit──┘
       └──────permit again──────┘

A number is given when a message is first tried and stays with it until a receipt says what became
of it. Nothing is given up: what cannot be delivered goes on waiting.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from taawun.cooperation.exchange import reach
from taawun.cooperation.exchange.carrier import CONTROL, MOST_MESSAGE, params_of
from taawun.cooperation.message import Message
from taawun.cooperation.wire import canonical, digest, moment_text
from taawun.errors import NotFound, Refused
from taawun.store import Unit
from taawun.store.tables.exchange import channels, outbox

OUT = "out"
OPEN = ("waiting", "trying")


class OutboxState(StrEnum):
    """Where a message stands on its way out."""

    WAITING = "waiting"
    TRYING = "trying"
    WITHHELD = "withheld"
    DELIVERED = "delivered"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Placed:
    """A message in the outbox. `sequence` is None while it has no number; `doubted` says that the
    recipient holds something else under its number; `size` are the bytes of `body`."""

    number: int
    message: str
    kind: str
    recipient: str
    channel: str
    rank: int
    asked: str
    size: int
    digest: str
    state: OutboxState
    sequence: int | None
    doubted: bool
    attempts: int
    ground: str
    params: str
    placed_at: str
    placed_by: str
    tried_at: str
    settled_at: str


_SHOWN = (
    *(outbox.c[name] for name in ("number", "message", "kind", "recipient", "channel", "rank")),
    outbox.c.asked,
    outbox.c.size,
    *(outbox.c[name] for name in ("digest", "state", "sequence", "doubted", "attempts", "ground")),
    *(outbox.c[name] for name in ("params", "placed_at", "placed_by", "tried_at", "settled_at")),
)

# Made once: a statement that is put together for each call costs more than its running.
_USED = sa.select(outbox.c.number).where(outbox.c.message == sa.bindparam("id"))
_ADD = sa.insert(outbox)


def put(unit: Unit, message: Message, *, at: datetime, actor: str) -> None:
    """Put a message that has its permit into the outbox, with its line in the journal.

    Raises Refused: `envelope.too_large`, or `exchange.id_reused` where its id was used before.
    """
    body = message.canonical()
    if len(body) > MOST_MESSAGE:
        raise Refused("envelope.too_large", expected=f"at most {MOST_MESSAGE} bytes")
    if unit.connection.execute(_USED, {"id": message.id}).first() is not None:
        raise Refused("exchange.id_reused", message=message.id)
    row = {
        "message": message.id,
        "kind": message.kind,
        "recipient": message.recipient,
        "channel": message.channel,
        "rank": rank(message),
        "asked": asked_by(message),
        "body": body,
        "size": len(body),
        "digest": digest(body),
        "placed_at": moment_text(at),
        "placed_by": actor,
        "state": OutboxState.WAITING.value,
    }
    unit.connection.execute(_ADD, row)
    reach.placed(unit.connection, message.recipient, control=message.control)
    told = {name: row[name] for name in ("kind", "recipient", "channel", "digest")}
    unit.journal("message.placed", message.id, told, at=at, actor=actor)


def rank(message: Message) -> int:
    """Who goes first: 0 control, 1 urgent, 2 the others."""
    return 0 if message.control else 1 if message.urgent else 2


def asked_by(message: Message) -> str:
    """What the permit looks at in a message, as one text: equal texts, one decision."""
    said = message.plain()
    names = ("kind", "agreement", "service", "field", "purpose", "categories", "caveats")
    return canonical({name: said[name] for name in names if name in said}).decode()


def open_for(connection: Connection, partner: str, most: int) -> list[Placed]:
    """What may be tried with a partner now, at most about `most`, in the order in which it goes.

    Control first, then what was tried before (each channel by its numbers), then the others by
    rank and age. A channel whose first message was turned away unsettled shows that one alone.
    """
    own = sa.and_(outbox.c.recipient == partner, outbox.c.state.in_(OPEN))
    rows = connection.execute(sa.select(outbox.c.channel).where(own).distinct()).scalars()
    tried: list[Placed] = []
    fresh: list[Placed] = []
    for channel in sorted(rows, key=lambda each: each != CONTROL):
        found = _open_in(connection, partner, channel, most)
        if channel == CONTROL:
            tried += found
            continue
        tried += [each for each in found if each.sequence is not None]
        fresh += [each for each in found if each.sequence is None]
    fresh.sort(key=lambda each: (each.rank, each.number))
    return [*tried, *fresh][:most]


def _open_in(connection: Connection, partner: str, channel: str, most: int) -> list[Placed]:
    own = sa.and_(outbox.c.recipient == partner, outbox.c.channel == channel)
    tried = _placed(
        connection,
        sa.and_(own, outbox.c.state == OutboxState.TRYING),
        (outbox.c.sequence,),
        most,
    )
    if tried and tried[0].ground:
        return tried[:1]
    waiting = sa.and_(own, outbox.c.state == OutboxState.WAITING)
    order = (outbox.c.rank, outbox.c.number)
    return [*tried, *_placed(connection, waiting, order, most - len(tried))]


def _placed(
    connection: Connection, where: sa.ColumnElement[bool], order: Sequence[Any], most: int
) -> list[Placed]:
    query = sa.select(*_SHOWN).where(where).order_by(*order).limit(most)
    return [_of(row) for row in connection.execute(query)]


def _of(row: Any) -> Placed:
    said = row._asdict()
    return Placed(**{**said, "state": OutboxState(said["state"])})


def bodies(connection: Connection, placed: Iterable[Placed]) -> dict[int, bytes]:
    """The canonical bytes of messages, by their number in the outbox."""
    numbers = [each.number for each in placed]
    query = sa.select(outbox.c.number, outbox.c.body).where(outbox.c.number.in_(numbers))
    return {row.number: row.body for row in connection.execute(query)}


def give_numbers(
    connection: Connection, partner: str, placed: Sequence[Placed], at: datetime
) -> list[int]:
    """Give those that have none the next numbers of their channels, and mark all as tried.

    Returns the number of each, in the given order.
    """
    last = _last(connection, partner)
    before = dict(last)
    given = []
    for each in placed:
        if each.sequence is None:
            last[each.channel] = last.get(each.channel, 0) + 1
        given.append(each.sequence or last[each.channel])
    _keep_last(connection, partner, last, before)
    tried = [
        {"b_number": each.number, "b_sequence": sequence}
        for each, sequence in zip(placed, given, strict=True)
    ]
    if tried:
        change = sa.update(outbox).where(outbox.c.number == sa.bindparam("b_number"))
        change = change.values(
            state=OutboxState.TRYING.value,
            sequence=sa.bindparam("b_sequence"),
            attempts=outbox.c.attempts + 1,
            tried_at=moment_text(at),
        )
        connection.execute(change, tried)
    return given


def _last(connection: Connection, partner: str) -> dict[str, int]:
    own = sa.and_(channels.c.partner == partner, channels.c.direction == OUT)
    query = sa.select(channels.c.channel, channels.c.last).where(own)
    return {row.channel: row.last for row in connection.execute(query)}


def _keep_last(
    connection: Connection, partner: str, last: dict[str, int], before: dict[str, int]
) -> None:
    for channel, number in last.items():
        if channel not in before:
            row = {"partner": partner, "channel": channel, "direction": OUT, "last": number}
            connection.execute(sa.insert(channels), row)
        elif number != before[channel]:
            own = sa.and_(
                channels.c.partner == partner,
                channels.c.channel == channel,
                channels.c.direction == OUT,
            )
            connection.execute(sa.update(channels).where(own).values(last=number))


def withhold(connection: Connection, partner: str, asked: str, refused: Refused) -> None:
    """What asks for the same permit and has no number yet waits for it to come back."""
    own = _alike(partner, asked, OutboxState.WAITING)
    values = {"state": OutboxState.WITHHELD.value, **_why(refused)}
    connection.execute(sa.update(outbox).where(own).values(values))


def withheld(connection: Connection) -> list[tuple[str, str, int]]:
    """What is withheld: partner, what the permit looks at, and one message's number."""
    query = (
        sa.select(outbox.c.recipient, outbox.c.asked, sa.func.min(outbox.c.number))
        .where(outbox.c.state == OutboxState.WITHHELD)
        .group_by(outbox.c.recipient, outbox.c.asked)
    )
    return [(row[0], row[1], row[2]) for row in connection.execute(query)]


def release(connection: Connection, partner: str, asked: str) -> None:
    """What was withheld and has its permit again waits for its turn."""
    own = _alike(partner, asked, OutboxState.WITHHELD)
    values = {"state": OutboxState.WAITING.value, **_NO_GROUND}
    connection.execute(sa.update(outbox).where(own).values(values))


def _alike(partner: str, asked: str, state: OutboxState) -> sa.ColumnElement[bool]:
    return sa.and_(
        outbox.c.recipient == partner, outbox.c.asked == asked, outbox.c.state == state.value
    )


_NO_GROUND = {"ground": "", "params": "{}"}


def turned_away(
    connection: Connection, number: int, sequence: int, refused: Refused, *, doubted: bool
) -> bool:
    """No receipt came, but a ground: the number stays, and it is tried again."""
    return _change(connection, _TURNED_AWAY, number, sequence, doubted=doubted, **_why(refused))


def unnumbered(connection: Connection, number: int, sequence: int) -> bool:
    """Its number is used up and empty, or another's: it waits for a new one."""
    waiting = OutboxState.WAITING.value
    values = {"state": waiting, "sequence": None, "doubted": False, **_NO_GROUND}
    return _change(connection, _UNNUMBERED, number, sequence, **values)


def settled(
    connection: Connection,
    number: int,
    sequence: int,
    refused: Refused | None,
    receipt: str,
    at: datetime,
) -> bool:
    """A receipt says what became of it: delivered, or refused on a ground."""
    state = OutboxState.DELIVERED if refused is None else OutboxState.REFUSED
    why = _why(refused) if refused else _NO_GROUND
    values = {"state": state.value, "receipt": receipt, "settled_at": moment_text(at), **why}
    return _change(connection, _SETTLED, number, sequence, doubted=False, **values)


def _why(refused: Refused) -> dict[str, str]:
    return {"ground": refused.ground, "params": orjson.dumps(params_of(refused)).decode()}


_TRIED = sa.and_(
    outbox.c.number == sa.bindparam("of"),
    outbox.c.state == OutboxState.TRYING.value,
    outbox.c.sequence == sa.bindparam("under"),
)
_TURNED_AWAY, _UNNUMBERED, _SETTLED = (
    sa.update(outbox).where(_TRIED).values({name: sa.bindparam(f"to_{name}") for name in names})
    for names in (
        ("doubted", "ground", "params"),
        ("state", "sequence", "doubted", "ground", "params"),
        ("state", "receipt", "settled_at", "doubted", "ground", "params"),
    )
)


def _change(
    connection: Connection, change: sa.Update, number: int, tried: int, **values: object
) -> bool:
    """Change a message that is still tried under the number `tried`. Another process may have
    settled it meanwhile: then nothing changes, and False says so."""
    said = {f"to_{name}": value for name, value in values.items()}
    return bool(connection.execute(change, {"of": number, "under": tried, **said}).rowcount)


def partners(connection: Connection) -> list[str]:
    """For whom there is something to try."""
    query = sa.select(outbox.c.recipient).where(outbox.c.state.in_(OPEN)).distinct()
    return sorted(connection.execute(query).scalars())


def tally(connection: Connection) -> dict[str, dict[OutboxState, int]]:
    """How many messages stand where, by partner."""
    query = sa.select(outbox.c.recipient, outbox.c.state, sa.func.count()).group_by(
        outbox.c.recipient, outbox.c.state
    )
    found: dict[str, dict[OutboxState, int]] = {}
    for partner, state, count in connection.execute(query):
        found.setdefault(partner, {})[OutboxState(state)] = count
    return found


def shown(
    connection: Connection,
    *,
    partner: str = "",
    states: Sequence[OutboxState] = (),
    most: int = 100,
) -> list[Placed]:
    """What is in the outbox, the newest first."""
    where: list[sa.ColumnElement[bool]] = [sa.true()]
    if partner:
        where.append(outbox.c.recipient == partner)
    if states:
        where.append(outbox.c.state.in_([state.value for state in states]))
    return _placed(connection, sa.and_(*where), (outbox.c.number.desc(),), most)


def message_of(connection: Connection, number: int) -> Message:
    """The message itself. Raises NotFound where there is none, or its text was forgotten."""
    query = sa.select(outbox.c.body).where(outbox.c.number == number)
    body = connection.execute(query).scalar()
    if not body:
        raise NotFound(f"the outbox has no message number {number}")
    return Message.model_validate_json(body)


def forget(unit: Unit, message: str) -> None:
    """Empty the text of a settled message; that it was sent, and its receipt, stay."""
    done = outbox.c.state.in_((OutboxState.DELIVERED.value, OutboxState.REFUSED.value))
    own = sa.and_(outbox.c.message == message, done)
    unit.connection.execute(sa.update(outbox).where(own).values(body=b"", asked=""))
