"""The history of cooperation as it is kept, and everything that is read from it.

    self         whose node this is                                 subject: the authority
    card         an authority's card, as it was signed              subject: the authority
    confirmed    its fingerprint was compared, or carried over      subject: the authority
    revoked      a key counts no more, by this node's own decision  subject: the authority
    agreement    the text of an agreement                           subject: its id
    act          what a party did to one, as it was signed          subject: the agreement's id
    membership   of a bloc of this node's own                       subject: the bloc

`recorded_at` is when this node came to know: that is the second clock of "what was in force on
14 March at noon, and what did we know of it".
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from threading import Lock

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from taawun.cooperation.act import ACT, Act, KeptAct
from taawun.cooperation.agreement import Agreement
from taawun.cooperation.bloc import Blocs, Membership, shipped
from taawun.cooperation.trust import signing
from taawun.cooperation.trust.party import CARD, Card
from taawun.cooperation.trust.register import Entry, Ring, Word
from taawun.cooperation.wire import moment_of, moment_text
from taawun.errors import NotFound
from taawun.store.database import Unit
from taawun.store.tables.cooperation import cooperation_history

_LAST = sa.select(cooperation_history).order_by(cooperation_history.c.number.desc()).limit(1)
_MOST_READ = 64


@dataclass(frozen=True, slots=True)
class Kept:
    """One row of the history."""

    number: int
    what: str
    subject: str
    text: str
    recorded_at: datetime
    actor: str


@dataclass(frozen=True, slots=True)
class Cooperation:
    """The whole history, read: `me`, who is known, the agreements and their acts, the blocs.

    `recorded` is when this node came to know of each agreement; `memberships` are those it recorded
    itself, each with when.
    """

    me: str
    ring: Ring
    agreements: dict[str, Agreement]
    acts: dict[str, tuple[KeptAct, ...]]
    blocs: Blocs
    recorded: dict[str, datetime]
    memberships: tuple[tuple[datetime, Membership], ...] = ()

    def blocs_known(self, known_at: datetime | None) -> Blocs:
        """The memberships as this node knew them then: those that were recorded later are left
        out, and of a member that left later, that it left. Now, where no time is given."""
        if known_at is None:
            return self.blocs
        told = (each for recorded_at, each in self.memberships if recorded_at <= known_at)
        return shipped().with_more(told)

    def agreement(self, id_or_begin: str) -> Agreement:
        """An agreement by its id or enough of its beginning. Raises NotFound."""
        found = [id for id in self.agreements if id.startswith(id_or_begin)]
        if len(id_or_begin) < 4 or len(found) != 1:
            raise NotFound(f"no agreement (or more than one) begins with {id_or_begin!r}")
        return self.agreements[found[0]]


def add(unit: Unit, what: str, subject: str, text: str, *, at: datetime, actor: str) -> None:
    """Add a row. Whoever calls writes the journal's line, which says more."""
    unit.connection.execute(
        sa.insert(cooperation_history).values(
            what=what, subject=subject, text=text, recorded_at=moment_text(at), actor=actor
        )
    )


def rows(connection: Connection) -> Iterator[Kept]:
    """Every row, oldest first."""
    for row in connection.execute(
        sa.select(cooperation_history).order_by(cooperation_history.c.number)
    ):
        yield Kept(row[0], row[1], row[2], row[3], moment_of(row[4]), row[5])


def brought_by(connection: Connection, actor: str) -> set[str]:
    """The agreements that a partner, or an officer, brought in."""
    own = sa.and_(cooperation_history.c.what == "agreement", cooperation_history.c.actor == actor)
    return set(connection.execute(sa.select(cooperation_history.c.subject).where(own)).scalars())


_read: OrderedDict[tuple[str, ...], Cooperation] = OrderedDict()
_reading = Lock()


def cooperation(connection: Connection) -> Cooperation:
    """What this node knows now. Read again when a row was added, by whichever process."""
    stamp = _stamp(connection)
    with _reading:
        found = _read.get(stamp)
        if found is not None:
            _read.move_to_end(stamp)
            return found
    found = replayed(rows(connection))
    with _reading:
        _read[stamp] = found
        while len(_read) > _MOST_READ:
            _read.popitem(last=False)
    return found


def _stamp(connection: Connection) -> tuple[str, ...]:
    """What tells this state from every other: the database, and the last row's whole content.

    The content is part of it because a row that was rolled back leaves its number to another.
    """
    last = connection.execute(_LAST).first()
    return (str(connection.engine.url), *(str(each) for each in last or ()))


def replayed(kept: Iterator[Kept]) -> Cooperation:
    """The state that a history amounts to."""
    me = ""
    words: list[Word] = []
    agreements: dict[str, Agreement] = {}
    recorded: dict[str, datetime] = {}
    acts: dict[str, list[KeptAct]] = {}
    memberships: list[tuple[datetime, Membership]] = []
    for row in kept:
        match row.what:
            case "self":
                me = row.subject
            case "card":
                words.append(Word("card", row.subject, row.recorded_at, card=_card(row.text)))
            case "confirmed" | "revoked":
                said = orjson.loads(row.text)
                words.append(Word(row.what, row.subject, row.recorded_at, said=said))
            case "agreement":
                agreements[row.subject] = _agreement(row.text)
                recorded[row.subject] = row.recorded_at
            case "act":
                act = KeptAct(_act(row.text), row.recorded_at, row.text)
                acts.setdefault(row.subject, []).append(act)
            case "membership":
                memberships.append((row.recorded_at, _membership(orjson.loads(row.text))))
    return Cooperation(
        me,
        Ring.of(words),
        agreements,
        {id: tuple(found) for id, found in acts.items()},
        shipped().with_more(each for _, each in memberships),
        recorded,
        tuple(memberships),
    )


def _membership(said: dict[str, str | None]) -> Membership:
    until = said["until"]
    return Membership(
        str(said["bloc"]),
        str(said["country"]),
        date.fromisoformat(str(said["since"])),
        date.fromisoformat(until) if until else None,
    )


@lru_cache(maxsize=4096)
def _card(signed: str) -> Entry:
    claimed = signing.unverified(signed, CARD)
    return Entry(Card.read(claimed.payload), claimed.kid, signed)


@lru_cache(maxsize=4096)
def _act(signed: str) -> Act:
    return Act.read(signing.unverified(signed, ACT).payload)


@lru_cache(maxsize=1024)
def _agreement(text: str) -> Agreement:
    return Agreement.read(text.encode())
