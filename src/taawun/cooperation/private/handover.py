"""The table on its way from owner to asker: made, sent in parts, put together, in place.

    make         owner   evaluate records into a segment of the table under terms
    send         owner   a duty: one message for each MiB, each part placed exactly once
    came_table   asker   a part arrives; what cannot be a part of what was announced is refused
    assemble     asker   a duty: all parts are there; the segment is put in place, or refused whole
    tidy         owner   a duty: parts that were all delivered, or whose terms are over, need not
                         stay in the outbox too

A partner's table is not believed: its order, size and digest are checked, and it can be no larger
than the terms say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from taawun.cooperation.exchange import outbox
from taawun.cooperation.exchange.gate import place
from taawun.cooperation.exchange.outbox import OutboxState
from taawun.cooperation.message import Message
from taawun.cooperation.private import keyfile, table, watch
from taawun.cooperation.private.bodies import MatchTable, packed, unpacked
from taawun.cooperation.private.offers import (
    AGREED,
    ASKER,
    ENDED,
    OWNER,
    KeptTerms,
    destroy,
    every,
    forget_parts,
    letter,
    terms_of,
)
from taawun.cooperation.private.table import (
    Progress,
    Segment,
    Table,
    TableFolder,
    TableKey,
    TokensOf,
)
from taawun.cooperation.private.unmatched import TableTally, WhyNot
from taawun.cooperation.private.workers import Workers
from taawun.cooperation.wire import canonical
from taawun.errors import Refused
from taawun.store import Store, Unit
from taawun.store.tables.exchange import outbox as outbox_rows
from taawun.store.tables.private import match_parts, match_segments

MADE, SENT, HANDED_OVER = "made", "sent", "handed_over"
ARRIVING, IN_PLACE, REFUSED = "arriving", "in_place", "refused"
CHANGED = "match.table_changed"
"""The ground of a segment that was in place, and is not any more what was put there."""
_SETTLED = (OutboxState.DELIVERED.value, OutboxState.REFUSED.value)
UNDER_WAY = 8
"""Parts that wait in the outbox at a time: requests that come later need not wait for a table."""
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class KeptSegment:
    """A segment as this node keeps it. `sent` counts parts: sent by the owner, or arrived."""

    terms: str
    segment: Segment
    state: str
    sent: int
    ground: str = ""


def make(
    store: Store,
    kept: KeptTerms,
    records: Iterable[R],
    tokens_of: TokensOf[R],
    workers: Workers,
    *,
    at: datetime,
    actor: str,
    canaries: Sequence[tuple[str, R]] = (),
    progress: Progress | None = None,
    tally: TableTally | None = None,
    why_not: WhyNot[R] | None = None,
) -> KeptSegment | None:
    """Make a segment of records under terms of this owner; `canaries` are names and records.

    The first call makes the table, later ones add what is new; None when nothing is. Whoever has no
    token is in `tally`, and in numbers in the journal; `why_not` gives the reasons. Raises Refused
    `match.key_gone`, `match.table_full`, `match.table_changed`, `match.records`, and
    `match.terms_ended` where they did meanwhile.
    """
    tally = tally or TableTally()
    terms, home = kept.terms, store.home
    key = TableKey(keyfile.seed_of(home, terms.binding), terms.binding.info)
    making = TableFolder(home, terms.binding.name, terms.table_step, terms.table_most)
    with store.reading() as connection:
        earlier = [each.segment for each in segments(connection, kept.digest)]
    planted = _planted(canaries, tokens_of, why_not, tally)
    others = [token for tokens in planted.values() for token in tokens]
    made = table.make(
        _at_most(records, terms.records_most),
        tokens_of,
        key,
        making,
        workers,
        others=[*others, *(() if earlier else (terms.check_tokens[0],))],
        earlier=earlier,
        progress=progress,
        tally=tally,
        why_not=why_not,
    )
    with store.begin() as unit:
        now = terms_of(unit.connection, kept.digest)
        if made is None:
            unit.journal("match.table_same", kept.digest, tally.told(), at=at, actor=actor)
            return None
        if now.state != ENDED:
            for name, tokens in planted.items():
                watch.plant(unit, kept.digest, name, tokens, at=at, actor=actor)
            return _keep(unit, kept, made, tally, at, actor)
    destroy(home, now)  # they ended while it was made
    raise Refused("match.terms_ended", why=now.ended_why)


def _planted(
    canaries: Sequence[tuple[str, R]],
    tokens_of: TokensOf[R],
    why_not: WhyNot[R] | None,
    tally: TableTally,
) -> dict[str, list[bytes]]:
    """The tokens of each canary; whichever has none is in the tally."""
    found: dict[str, list[bytes]] = {}
    for name, record in canaries:  # one of unknown kind comes as a person and as a company
        tokens = tokens_of(record)
        found.setdefault(name, []).extend(tokens)
        if not tokens:
            tally.canaries[name] = tuple(why_not(record)) if why_not is not None else ()
    for name, known in found.items():
        if known:
            tally.canaries.pop(name, None)
    return {name: known for name, known in found.items() if known}


def _at_most(records: Iterable[R], most: int) -> Iterator[R]:
    """The records, while they are no more than the terms say. Raises Refused `match.records`."""
    for number, record in enumerate(records, 1):
        if number > most:
            raise Refused("match.records", expected=str(most))
        yield record


def send(store: Store, at: datetime) -> int:
    """Place the parts of every table that was made and agreed on; how many. A duty.

    Parts are placed one by one, each in its own unit with the count of those before it, and no
    more at a time than UNDER_WAY.
    """
    with store.reading() as connection:
        waiting = [
            (kept, each)
            for kept in every(connection, open_only=True)
            if kept.role == OWNER and kept.state == AGREED
            for each in segments(connection, kept.digest)
            if each.state == MADE
        ]
    return sum(_send(store, kept, each, at) for kept, each in waiting)


def _send(store: Store, kept: KeptTerms, made: KeptSegment, at: datetime) -> int:
    folder, placed = table.folder_of(store.home, kept.terms.binding.name), 0
    with store.reading() as connection:
        open_before = _under_way(connection, kept.partner)
    for number, content in enumerate(table.parts(folder, made.segment), 1):
        if number <= made.sent:
            continue
        if placed + open_before >= UNDER_WAY:
            return placed
        body = MatchTable(
            terms=kept.digest,
            segment=made.segment.number,
            size=made.segment.size,
            sha256=made.segment.digest,
            part=number,
            content=packed(content),
        )
        try:
            with store.begin() as unit:
                place(unit, letter(kept, "match_table", body, at), at=at, actor="node")
                done = number == made.segment.parts
                _change(unit.connection, made, sent=number, state=SENT if done else MADE)
        except Refused:  # suspended meanwhile: the key goes with the next sweep
            return placed
        placed += 1
    return placed


def send_again(unit: Unit, made: KeptSegment, *, at: datetime, actor: str) -> None:
    """Send a segment that the asker refused once more, from its first part."""
    _change(unit.connection, made, state=MADE, sent=0, ground="")
    told = {"segment": made.segment.number, "ground": made.ground}
    unit.journal("match.table_again", made.terms, told, at=at, actor=actor)


def _under_way(connection: Connection, partner: str) -> int:
    query = sa.select(sa.func.count()).where(
        outbox_rows.c.kind == "match_table",
        outbox_rows.c.recipient == partner,
        outbox_rows.c.state.not_in(_SETTLED),
    )
    return int(connection.execute(query).scalar_one())


def tidy(store: Store) -> int:
    """Settle the tables whose parts were all delivered, and empty what the outbox keeps of them;
    how many. A duty. A part that the asker refused is the segment's `ground`. Parts under terms
    that are over are emptied as soon as they are settled."""
    with store.reading() as connection:
        owned = [each for each in every(connection, open_only=True) if each.role == OWNER]
        sent = [
            (kept, each)
            for kept in owned
            for each in segments(connection, kept.digest)
            if each.state == SENT
        ]
        over = _of_ended(connection, owned)
    if over:
        with store.begin() as unit:
            for message in over:
                outbox.forget(unit, message)
    return sum(_settled(store, kept, each) for kept, each in sent)


def _of_ended(connection: Connection, owned: Sequence[KeptTerms]) -> list[str]:
    """Settled parts in the outbox that belong to none of these terms."""
    query = sa.select(outbox_rows.c.message).where(
        outbox_rows.c.kind == "match_table",
        outbox_rows.c.state.in_(_SETTLED),
        outbox_rows.c.body != b"",
    )
    for kept in owned:
        query = query.where(~_says(terms=kept.digest))
    return list(connection.execute(query).scalars())


def _says(**said: object) -> sa.ColumnElement[bool]:
    """Whether a part has this in its text: fields that follow each other in canonical form."""
    return sa.func.instr(outbox_rows.c.body, canonical(said)[1:-1]) > 0


def _settled(store: Store, kept: KeptTerms, made: KeptSegment) -> bool:
    with store.begin() as unit:
        rows = unit.connection.execute(
            sa.select(outbox_rows.c.message, outbox_rows.c.state, outbox_rows.c.ground).where(
                outbox_rows.c.kind == "match_table",
                outbox_rows.c.recipient == kept.partner,
                outbox_rows.c.body != b"",
                _says(
                    segment=made.segment.number,
                    sha256=made.segment.digest,
                    size=made.segment.size,
                    terms=kept.digest,
                ),
            )
        ).all()
        if any(row.state not in _SETTLED for row in rows):
            return False
        for row in rows:
            outbox.forget(unit, row.message)
        grounds = [row.ground for row in rows if row.state == OutboxState.REFUSED.value]
        state, ground = (REFUSED, grounds[0]) if grounds else (HANDED_OVER, "")
        _change(unit.connection, made, state=state, ground=ground)
    return True


def came_table(unit: Unit, message: Message, at: datetime) -> None:
    """A part arrives. Raises Refused `match.table_…` for what does not belong to what was said."""
    body = MatchTable.of(message.body)
    kept = terms_of(unit.connection, body.terms).usable(at)
    if kept.role != ASKER or kept.partner != message.sender:
        raise Refused("match.terms_unknown", terms=body.terms)
    segment = Segment(body.segment, body.size, body.sha256)
    _fits(unit.connection, kept, segment)
    content = unpacked(body.content)
    table.check_part(content, segment, body.part)
    row = {"terms": kept.digest, "segment": body.segment, "part": body.part}
    row |= {"message": message.id, "content": content}
    added = sa.insert(match_parts).prefix_with("OR IGNORE")
    new = unit.connection.execute(added, row).rowcount
    if new:
        change = sa.update(match_segments).where(*_own(kept.digest, body.segment))
        unit.connection.execute(change.values(sent=match_segments.c.sent + 1))


def _fits(connection: Connection, kept: KeptTerms, said: Segment) -> None:
    """Whether a segment is the one announced before, or may be the next one."""
    before = segments(connection, kept.digest)
    for each in before:
        if each.segment == said and each.state == ARRIVING:
            return
    numbers = [each.segment.number for each in before if each.state != REFUSED]
    lacking = [each.segment.number for each in before if each.state == REFUSED]
    if said.number not in (max(numbers, default=0) + 1, *lacking):
        raise Refused("match.table_segment", got=str(said.number))
    whole = said.size + sum(each.segment.size for each in before if each.state == IN_PLACE)
    if said.size % kept.terms.table_step or whole > kept.terms.table_most:
        raise Refused("match.table_size", got=str(whole), expected=str(kept.terms.table_most))
    again = [each.ground for each in before if each.segment.number == said.number]
    ground = CHANGED if CHANGED in again else ""  # until it is whole, nothing is asked
    connection.execute(sa.delete(match_segments).where(*_own(kept.digest, said.number)))
    connection.execute(
        sa.insert(match_segments), {**_row(kept, said, ARRIVING, 0, ""), "ground": ground}
    )


def assemble(store: Store, at: datetime) -> int:
    """Put every segment together whose parts are all here; how many are in place. A duty."""
    with store.reading() as connection:
        whole = [
            (kept, each)
            for kept in every(connection, open_only=True)
            if kept.role == ASKER
            for each in segments(connection, kept.digest)
            if each.state == ARRIVING and each.sent == each.segment.parts
        ]
    return sum(_assemble(store, kept, each, at) for kept, each in whole)


def _assemble(store: Store, kept: KeptTerms, arrived: KeptSegment, at: datetime) -> bool:
    folder = table.folder_of(store.home, kept.terms.binding.name)
    refused: Refused | None = None
    try:
        with store.reading() as connection:
            table.join(_pieces(connection, arrived), arrived.segment, folder)
    except Refused as ground:
        refused = ground
    with store.begin() as unit:
        forget_parts(unit, kept, arrived.segment.number)
        told = {"segment": arrived.segment.number, "size": arrived.segment.size}
        if refused is None:
            _change(unit.connection, arrived, state=IN_PLACE, ground="")
            unit.journal("match.table_in_place", kept.digest, told, at=at, actor="node")
            return True
        _change(unit.connection, arrived, state=REFUSED, ground=refused.ground)
        concern = watch.Concern(kept.partner, kept.terms.agreement, kept.terms.purpose)
        params = {"ground": refused.ground, **told}
        watch.alarm(unit, "alarm.match.table", concern, params, at=at)
        return False


def _pieces(connection: Connection, arrived: KeptSegment) -> Iterator[bytes]:
    query = (
        sa.select(match_parts.c.content)
        .where(
            match_parts.c.terms == arrived.terms, match_parts.c.segment == arrived.segment.number
        )
        .order_by(match_parts.c.part)
    )
    for (content,) in connection.execute(query.execution_options(yield_per=4)):
        yield content


def opened(store: Store, kept: KeptTerms, at: datetime) -> Table:
    """The table in place under terms. Raises Refused: `match.no_table`, `match.table_changed`
    where one of its files is not what was put there (an alarm, once); StoreError."""
    with store.reading() as connection:
        known = segments(connection, kept.digest)
    for each in known:
        if each.ground == CHANGED:
            raise Refused(CHANGED, segment=str(each.segment.number))
    there = [each for each in known if each.state == IN_PLACE]
    if not there:
        raise Refused("match.no_table")
    folder = table.folder_of(store.home, kept.terms.binding.name)
    try:
        return Table.at(folder, [each.segment for each in there])
    except Refused as refused:
        _changed(store, kept, next(e for e in there if _is(e, refused)), at)
        raise


def _is(each: KeptSegment, refused: Refused) -> bool:
    return str(each.segment.number) == refused.params["segment"]


def _changed(store: Store, kept: KeptTerms, damaged: KeptSegment, at: datetime) -> None:
    """Nothing is asked of a table or read from it until its owner has sent the segment again."""
    with store.begin() as unit:
        _change(unit.connection, damaged, state=REFUSED, ground=CHANGED, sent=0)
        concern = watch.Concern(kept.partner, kept.terms.agreement, kept.terms.purpose)
        params = {"segment": damaged.segment.number, "terms": kept.digest[:12]}
        watch.alarm(unit, "alarm.match.table_changed", concern, params, at=at)


def segments(connection: Connection, terms: str) -> list[KeptSegment]:
    """The segments under terms, in their order."""
    query = (
        sa.select(match_segments)
        .where(match_segments.c.terms == terms)
        .order_by(match_segments.c.number)
    )
    return [
        KeptSegment(
            row.terms, Segment(row.number, row.size, row.sha256), row.state, row.sent, row.ground
        )
        for row in connection.execute(query)
    ]


def _keep(
    unit: Unit, kept: KeptTerms, made: Segment, tally: TableTally, at: datetime, actor: str
) -> KeptSegment:
    row = _row(kept, made, MADE, 0, at.astimezone(UTC).isoformat())
    unit.connection.execute(sa.insert(match_segments), row)
    told = {"segment": made.number, "size": made.size, "digest": made.digest, **tally.told()}
    unit.journal("match.table_made", kept.digest, told, at=at, actor=actor)
    return KeptSegment(kept.digest, made, MADE, 0)


def _row(kept: KeptTerms, said: Segment, state: str, sent: int, at: str) -> dict[str, object]:
    return {
        "terms": kept.digest,
        "number": said.number,
        "size": said.size,
        "sha256": said.digest,
        "state": state,
        "sent": sent,
        "at": at,
    }


def _change(connection: Connection, of: KeptSegment, **values: object) -> None:
    change = sa.update(match_segments).where(*_own(of.terms, of.segment.number))
    connection.execute(change.values(**values))


def _own(terms: str, number: int) -> tuple[sa.ColumnElement[bool], ...]:
    return match_segments.c.terms == terms, match_segments.c.number == number
