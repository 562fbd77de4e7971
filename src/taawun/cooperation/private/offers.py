"""Terms between two authorities: offered by the owner, signed by both, ended by either.

    owner                                        asker
    offer: a key, terms, its signature  ──────▶  held against its own: refused with the field, or
                                                 kept; an officer accepts
    the same bytes, or refused          ◀──────  accept: its signature
    agreed                                       agreed

A new period between the same two for the same purpose ends the one before, once its table has been
handed over. Terms end too when their time is over or their agreement no longer allows matching:
then the owner's key, its table and the asker's copy are gone (`sweep`), and nothing that was
answered before helps anybody.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from taawun.cooperation.agreement import Agreement, Purpose, Service
from taawun.cooperation.agreements import between
from taawun.cooperation.exchange import inbox
from taawun.cooperation.exchange.gate import place
from taawun.cooperation.history import Cooperation, cooperation
from taawun.cooperation.message import Message
from taawun.cooperation.private import keyfile, oprf, table
from taawun.cooperation.private.birth import A_MILLION
from taawun.cooperation.private.bodies import MatchTerms
from taawun.cooperation.private.terms import (
    MOST_TABLE,
    STEP,
    TERMS,
    Terms,
    Vocabulary,
    check,
    differing,
    same,
)
from taawun.cooperation.standing import State
from taawun.cooperation.trust import signing
from taawun.cooperation.trust.keys import OwnKeys
from taawun.cooperation.trust.party import CooperationField
from taawun.cooperation.wire import Document
from taawun.errors import NotFound, Refused, StoreError
from taawun.store import Store, Unit
from taawun.store.tables.private import match_parts, match_segments, match_terms

OWNER, ASKER = "owner", "asker"
OFFERED, AGREED, ENDED = "offered", "agreed", "ended"


@dataclass(frozen=True, slots=True)
class Offer:
    """What an owner offers: to whom, under which agreement, for what, until when.

    `step` and `most` are fingerprints: what the table is filled up to, and how far it may grow.
    `records`: at most so many will be in it (`terms.RECORDS_MOST`).
    """

    partner: str
    agreement: str
    field: CooperationField
    purpose: Purpose
    valid_until: datetime
    step: int = STEP
    most: int = MOST_TABLE
    records: int = A_MILLION


@dataclass(frozen=True, slots=True)
class KeptTerms:
    """Terms as this node keeps them. `role` is what this node is under them: owner or asker.

    `since`: from when they have been here, by this node's clock; None for terms nobody keeps yet.
    """

    digest: str
    role: str
    partner: str
    terms: Terms
    state: str
    ended_why: str = ""
    since: datetime | None = None

    def usable(self, at: datetime) -> KeptTerms:
        """Itself, where questions may be asked now. Raises Refused: `match.terms_ended`,
        `match.terms_unsigned`, `match.period`."""
        if self.state == ENDED:
            raise Refused("match.terms_ended", why=self.ended_why)
        if self.state != AGREED:
            raise Refused("match.terms_unsigned")
        if not self.terms.counts(at):
            raise Refused("match.period", period=str(self.terms.period))
        return self


def offer(
    unit: Unit,
    home: Path,
    keys: OwnKeys,
    wanted: Offer,
    tokens: Vocabulary,
    *,
    at: datetime,
    actor: str,
) -> KeptTerms:
    """Make a key and offer terms under it. Raises NotFound, Refused with the permit's ground."""
    known = cooperation(unit.connection)
    agreement = known.agreement(wanted.agreement)
    period = 1 + _last_period(unit.connection, OWNER, wanted)
    binding = keyfile.Binding(
        agreement=agreement.id,
        owner=known.me,
        asker=wanted.partner,
        field=wanted.field,
        purpose=wanted.purpose,
        period=period,
        scheme=tokens.scheme,
    )
    keyfile.destroy(home, binding)  # of an offer that was never kept
    try:
        terms = _made(keyfile.make(home, binding), binding, wanted, agreement, tokens, at)
        check(terms, agreement, (known.me, wanted.partner), tokens)
        signed = signing.sign(terms.canonical(), keys.signing(at), TERMS)
        kept = _keep(unit, terms, OWNER, signed, at, actor)
        place(unit, _letter(known.me, kept, signed, at), at=at, actor=actor)
    except BaseException:
        keyfile.destroy(home, binding)
        raise
    return kept


def _made(
    seed: bytes,
    binding: keyfile.Binding,
    wanted: Offer,
    agreement: Agreement,
    tokens: Vocabulary,
    at: datetime,
) -> Terms:
    """The terms that go with a key."""
    return Terms(
        **{name: value for name, value in binding.model_dump().items() if name != "scheme"},
        **tokens.model_dump(),
        valid_from=at,
        valid_until=wanted.valid_until,
        lookups_per_day=max(1, agreement.budget(Service.MATCH, wanted.purpose)),
        public_key=oprf.public_key(seed, binding.info).hex(),
        control_hit=secrets.token_hex(32),
        control_miss=secrets.token_hex(32),
        table_step=wanted.step,
        table_most=wanted.most,
        records_most=wanted.records,
        made_at=at,
    )


def accept(unit: Unit, keys: OwnKeys, digest: str, *, at: datetime, actor: str) -> KeptTerms:
    """Sign the terms that an owner offered. Raises NotFound, Refused."""
    kept = terms_of(unit.connection, digest)
    if kept.role != ASKER or kept.state != OFFERED:
        raise Refused("match.terms_not_offered")
    signed = signing.sign(kept.terms.canonical(), keys.signing(at), TERMS)
    me = cooperation(unit.connection).me
    place(unit, _letter(me, kept, signed, at), at=at, actor=actor)
    return _agree(unit, kept, signed, at, actor)


def came_terms(unit: Unit, message: Message, at: datetime) -> None:
    """An offer, or an offer of ours signed by the asker. Raises Refused `match.terms` with the
    field that differs."""
    signed = MatchTerms.of(message.body).terms
    known = cooperation(unit.connection)
    payload = signing.verify(
        signed, TERMS, lambda kid: known.ring.signing_key(message.sender, kid, at)
    ).payload
    terms = Terms.read(payload)
    for name in ("agreement", "field", "purpose"):
        if getattr(terms, name) != getattr(message, name):
            raise differing(name, getattr(terms, name), getattr(message, name))
    if message.sender == terms.owner:
        _offered(unit, known, terms, signed, at)
    elif message.sender == terms.asker:
        _countersigned(unit, known, terms, signed, at)
    else:
        raise differing("owner", terms.owner, message.sender)


def terms_of(connection: Connection, digest: str) -> KeptTerms:
    """Terms by their digest. Raises Refused `match.terms_unknown`."""
    row = connection.execute(sa.select(match_terms).where(match_terms.c.digest == digest)).first()
    if row is None:
        raise Refused("match.terms_unknown", terms=digest)
    return _kept(row)


def every(connection: Connection, *, open_only: bool = False) -> list[KeptTerms]:
    """All terms, the newest last."""
    query = sa.select(match_terms).order_by(match_terms.c.offered_at, match_terms.c.digest)
    if open_only:
        query = query.where(match_terms.c.state != ENDED)
    return [_kept(row) for row in connection.execute(query)]


def found(connection: Connection, beginning: str) -> KeptTerms:
    """Terms by enough of the beginning of their digest. Raises NotFound."""
    fitting = [each for each in every(connection) if each.digest.startswith(beginning)]
    if len(beginning) < 4 or len(fitting) != 1:
        raise NotFound(f"no terms of matching (or more than one) begin with {beginning!r}")
    return fitting[0]


def sweep(store: Store, at: datetime) -> list[KeptTerms]:
    """End the terms that may not be used any more, and destroy what belongs to them. A duty.

    Files go first: a node killed in between destroys them again. Raises StoreError where files of
    some cannot be destroyed, once all others are.
    """
    with store.reading() as connection:
        known = cooperation(connection)
        kept_open = every(connection, open_only=True)
        ready = [each for each in kept_open if _handed_over(connection, each)]
        over = [
            (kept, why)
            for kept in kept_open
            if (why := reason_to_end(known, kept, at) or _rotated(kept, ready))
        ]
    broken: StoreError | None = None
    for kept, why in over:
        try:
            destroy(store.home, kept)
            with store.begin() as unit:
                destroy(store.home, kept)  # a table may have been put there meanwhile
                end(unit, kept, why, at=at, actor="node")
        except StoreError as error:
            broken = error
    if broken is not None:
        raise broken
    return [kept for kept, _ in over]


def reason_to_end(known: Cooperation, kept: KeptTerms, at: datetime) -> str:
    """Why terms may not be used any more: `suspended`, `ended`, `expired`; "" while they may."""
    terms = kept.terms
    if at >= terms.valid_until:
        return "expired"
    if terms.agreement not in known.agreements:
        return "ended"
    found = (_stopped(known, kept, moment) for moment in _moments(known, kept, at))
    return next(filter(None, found), "")


def _moments(known: Cooperation, kept: KeptTerms, at: datetime) -> list[datetime]:
    """Now, and whenever an act on the agreement began to count since the terms came: what was
    suspended and resumed while this node was down was suspended. Acts count by this node's clock,
    so it is not the owner's that is asked for when the terms came."""
    since = kept.since or kept.terms.valid_from
    counting = {act.counts_from for act in known.acts.get(kept.terms.agreement, ())}
    return [*sorted(each for each in counting if since < each < at), at]


def _stopped(known: Cooperation, kept: KeptTerms, at: datetime) -> str:
    """Why nothing was asked under terms at a moment: `suspended`, `ended`; "" while it was."""
    stands = between(known, kept.terms.agreement, kept.partner, at)
    if stands.state is State.ENDED or stands.outside:
        return "ended"
    if stands.state is State.SUSPENDED or stands.stopped(kept.terms.field, Service.MATCH):
        return "suspended"
    return ""


def destroy(home: Path, kept: KeptTerms) -> None:
    """The owner's key and table, or the asker's copy of the table. Raises StoreError."""
    if kept.role == OWNER:
        keyfile.destroy(home, kept.terms.binding)
    table.drop(home, kept.terms.binding.name)


def end(unit: Unit, kept: KeptTerms, why: str, *, at: datetime, actor: str) -> None:
    """Record that terms are over; their files are gone already, or go with the next sweep."""
    connection = unit.connection
    connection.execute(
        sa.update(match_terms)
        .where(match_terms.c.digest == kept.digest)
        .values(state=ENDED, ended_at=at.astimezone(UTC).isoformat(), ended_why=why)
    )
    forget_parts(unit, kept)
    connection.execute(
        sa.update(match_segments).where(match_segments.c.terms == kept.digest).values(state="gone")
    )
    told = {**_told(kept.terms), "role": kept.role, "why": why}
    unit.journal("match.terms_ended", kept.digest, told, at=at, actor=actor)


def forget_parts(unit: Unit, kept: KeptTerms, segment: int | None = None) -> None:
    """Remove the parts of a table that have arrived, and what the inbox keeps of them."""
    own = [match_parts.c.terms == kept.digest]
    own += [] if segment is None else [match_parts.c.segment == segment]
    for message in unit.connection.execute(sa.select(match_parts.c.message).where(*own)).scalars():
        inbox.forget(unit, kept.partner, message)
    unit.connection.execute(sa.delete(match_parts).where(*own))


def letter(
    kept: KeptTerms, kind: str, body: Document, at: datetime, *, answers: str | None = None
) -> Message:
    """A message under terms, from this node to its partner. `answers` is the question's id."""
    terms = kept.terms
    sender = terms.owner if kept.role == OWNER else terms.asker
    return _message(sender, kept, kind, body, at, answers)


def _letter(me: str, kept: KeptTerms, signed: str, at: datetime) -> Message:
    return _message(me, kept, "match_terms", MatchTerms(terms=signed), at, None)


def _message(
    sender: str, kept: KeptTerms, kind: str, body: Document, at: datetime, answers: str | None
) -> Message:
    id, terms = str(uuid.uuid4()), kept.terms
    return Message(
        id=id,
        kind=kind,
        sender=sender,
        recipient=kept.partner,
        agreement=terms.agreement,
        service=Service.MATCH,
        field=terms.field,
        purpose=terms.purpose,
        thread=answers or id,
        replies_to=answers,
        made_at=at,
        body=body.plain(),
    )


def _offered(unit: Unit, known: Cooperation, terms: Terms, signed: str, at: datetime) -> None:
    from taawun.cooperation.private.vocabulary import vocabulary

    agreement = known.agreements[terms.agreement]
    check(terms, agreement, (terms.owner, known.me), vocabulary())
    last = _last_period(unit.connection, ASKER, terms)
    if terms.period <= last:
        raise differing("period", terms.period, last + 1)
    _keep(unit, terms, ASKER, signed, at, terms.owner)


def _countersigned(unit: Unit, known: Cooperation, terms: Terms, signed: str, at: datetime) -> None:
    row = unit.connection.execute(
        sa.select(match_terms).where(*_pair(OWNER, terms), match_terms.c.period == terms.period)
    ).first()
    if row is None or terms.owner != known.me:
        raise Refused("match.terms_unknown", terms=terms.digest())
    kept = _kept(row)
    same(terms, kept.terms)
    if kept.state == ENDED:
        raise Refused("match.terms_ended", why=kept.ended_why)
    _agree(unit, kept, signed, at, terms.asker)


def _keep(unit: Unit, terms: Terms, role: str, signed: str, at: datetime, actor: str) -> KeptTerms:
    partner = terms.asker if role == OWNER else terms.owner
    row = {
        "digest": terms.digest(),
        "role": role,
        "partner": partner,
        "agreement": terms.agreement,
        "field": terms.field.value,
        "purpose": terms.purpose.value,
        "period": terms.period,
        "document": terms.canonical(),
        "owner_signature": signed,
        "state": OFFERED,
        "offered_at": at.astimezone(UTC).isoformat(),
    }
    unit.connection.execute(sa.insert(match_terms), row)
    unit.journal("match.terms_offered", terms.digest(), _told(terms), at=at, actor=actor)
    return KeptTerms(terms.digest(), role, partner, terms, OFFERED, since=at)


def _agree(unit: Unit, kept: KeptTerms, signed: str, at: datetime, actor: str) -> KeptTerms:
    """Both have signed."""
    unit.connection.execute(
        sa.update(match_terms)
        .where(match_terms.c.digest == kept.digest)
        .values(state=AGREED, asker_signature=signed, agreed_at=at.astimezone(UTC).isoformat())
    )
    unit.journal("match.terms_agreed", kept.digest, _told(kept.terms), at=at, actor=actor)
    return replace(kept, state=AGREED)


def _handed_over(connection: Connection, kept: KeptTerms) -> bool:
    """Whether the table under terms is with the asker, as far as this node knows."""
    there = match_segments.c.state == ("handed_over" if kept.role == OWNER else "in_place")
    first = sa.select(match_segments.c.number).where(match_segments.c.terms == kept.digest, there)
    return connection.execute(first.limit(1)).first() is not None


def _rotated(old: KeptTerms, ready: Sequence[KeptTerms]) -> str:
    """`rotated` where a later period took its place, and has its table."""
    for new in ready:
        same_pair = (new.role, *_purpose_of(new)) == (old.role, *_purpose_of(old))
        if same_pair and new.terms.period > old.terms.period:
            return "rotated"
    return ""


def _purpose_of(kept: KeptTerms) -> tuple[str, str, str, str]:
    return kept.partner, kept.terms.agreement, kept.terms.field, kept.terms.purpose


def _last_period(connection: Connection, role: str, of: Offer | Terms) -> int:
    query = sa.select(sa.func.max(match_terms.c.period)).where(*_pair(role, of))
    return connection.execute(query).scalar() or 0


def _pair(role: str, of: Offer | Terms) -> tuple[sa.ColumnElement[bool], ...]:
    partner = of.partner if isinstance(of, Offer) else of.asker if role == OWNER else of.owner
    return (
        match_terms.c.role == role,
        match_terms.c.partner == partner,
        match_terms.c.agreement == of.agreement,
        match_terms.c.field == of.field.value,
        match_terms.c.purpose == of.purpose.value,
    )


def _kept(row: Any) -> KeptTerms:
    terms = _read(row.document)
    since = datetime.fromisoformat(row.offered_at)
    return KeptTerms(row.digest, row.role, row.partner, terms, row.state, row.ended_why, since)


@lru_cache(maxsize=256)
def _read(document: bytes) -> Terms:
    return Terms.read(document)


def _told(terms: Terms) -> dict[str, object]:
    names = ("agreement", "owner", "asker", "field", "purpose", "period")
    return {name: str(getattr(terms, name)) for name in names}
