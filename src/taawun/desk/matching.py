"""What an officer does about private matching: terms, tables, questions, hits.

    offer(desk, …)         terms under which a partner may ask us: a key is made for it
    accept(desk, terms)    terms that a partner offered
    make_table(desk, …)    our records, under the key of the terms; the node hands them over
    ask(desk, …)           do they know these subjects? the node asks with its next question
    request_of(desk, n)    a hit, as a request that is filled in as far as it goes

Questions are asked, answered and read by the node (`taawun node serve`): only its process can
read the answers to what it asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.engine import Connection

from taawun.cooperation.agreement import Agreement, Purpose, Service
from taawun.cooperation.history import Cooperation
from taawun.cooperation.permit import Direction
from taawun.cooperation.private import following, handover, lookups, offers, watch
from taawun.cooperation.private.answering import allowance_of
from taawun.cooperation.private.birth import A_MILLION
from taawun.cooperation.private.budget import left
from taawun.cooperation.private.handover import KeptSegment
from taawun.cooperation.private.lookups import Lookup, LookupState, Under
from taawun.cooperation.private.offers import KeptTerms, Offer
from taawun.cooperation.private.subject import Subject
from taawun.cooperation.private.terms import RECORDS_MOST
from taawun.cooperation.private.tokens import tokens_of_record
from taawun.cooperation.private.unmatched import TableTally, why_not
from taawun.cooperation.private.vocabulary import check_scheme, vocabulary
from taawun.cooperation.private.watch import Alarm
from taawun.cooperation.private.workers import Workers
from taawun.cooperation.trust.party import CooperationField
from taawun.desk.agreements import fitting
from taawun.desk.desk import Desk
from taawun.errors import Refused, UsageError

NOT_ASKED = "match.no_tokens"
Named = tuple[str, Subject]
"""A subject with its id, or a canary with its name."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """With whom and for what one matches. What is left out is the only one that there is."""

    partner: str
    agreement: str = ""
    field: CooperationField | None = None
    purpose: Purpose | None = None


@dataclass(frozen=True, slots=True)
class AskedFor:
    """One subject that was to be asked for: its lookup, or the ground on which it was not."""

    id: str
    lookup: Lookup | None
    refused: Refused | None = None


@dataclass(frozen=True, slots=True)
class TableMade:
    """A table that was made: its segment (None where nothing is new), of how many records, whom it
    does not hold and why, and how many canaries stand in it."""

    kept: KeptTerms
    segment: KeptSegment | None
    tally: TableTally
    canaries: int = 0


@dataclass(frozen=True, slots=True)
class TermsPage:
    """Terms with what became of them: the table's segments, and lookups that are left today."""

    kept: KeptTerms
    segments: tuple[KeptSegment, ...]
    left: int


@dataclass(frozen=True, slots=True)
class MatchStatus:
    """How matching stands at this node."""

    terms: tuple[TermsPage, ...]
    lookups: dict[LookupState, int]
    alarms: tuple[Alarm, ...]


def offer(desk: Desk, wanted: Wanted, valid_until: datetime, records: int = A_MILLION) -> KeptTerms:
    """Offer terms: a key is made, and the partner is told of the terms that it is bound to.

    `records`: at most so many will be in the table; the terms say the next power of ten. Raises
    UsageError for a time that is past, and for more records than terms can say; Refused with the
    permit's ground.
    """
    most = next((each for each in RECORDS_MOST if each >= records), 0)
    if records < 1 or not most:
        raise UsageError(f"--records: expected 1 to {RECORDS_MOST[-1]}, got {records}")
    if valid_until <= desk.at:
        said = valid_until.isoformat(timespec="minutes")
        raise UsageError(f"--until: {said} is past")
    under = _under(desk.known(), wanted, desk.at)
    offered = Offer(
        under.partner, under.agreement, under.field, under.purpose, valid_until, records=most
    )
    with desk.store.begin() as unit:
        return offers.offer(
            unit, desk.home, desk.keys, offered, vocabulary(), at=desk.at, actor=desk.officer
        )


def accept(desk: Desk, begin: str) -> KeptTerms:
    """Sign the terms that a partner offered; it is told."""
    with desk.store.begin() as unit:
        digest = offers.found(unit.connection, begin).digest
        return offers.accept(unit, desk.keys, digest, at=desk.at, actor=desk.officer)


def make_table(
    desk: Desk,
    begin: str,
    records: Iterable[Named],
    *,
    workers: int,
    canaries: Sequence[Named] = (),
    progress: Callable[[int], None] | None = None,
    unmatched: Callable[[str, tuple[str, ...]], None] | None = None,
) -> TableMade:
    """Make the table of records under terms of this owner, or add to it what is new.

    The node hands it over once the terms are signed by both. Records come with their ids,
    `canaries` (made-up records) with their names. `unmatched` is told each record that the table
    cannot hold, with the wording codes of the reasons. Raises Refused `match.rules_changed` where
    this installation makes tokens by other rules by now, `match.records` for more than the terms
    allow.
    """
    with desk.store.reading() as connection:
        kept = offers.found(connection, begin)
    if kept.role != offers.OWNER or kept.state == offers.ENDED:
        raise UsageError(f"{begin}: a table is made by whoever offered the terms, while they hold")
    check_scheme(kept.terms)
    ids: list[str] = []
    tally = TableTally()
    if unmatched is not None:
        tally.each = lambda place, why: unmatched(ids[place], why)
    among = kept.terms.records_most
    with Workers(workers) as row:
        made = handover.make(
            desk.store,
            kept,
            _noted(records, ids),
            partial(tokens_of_record, records=among),
            row,
            at=desk.at,
            actor=desk.officer,
            canaries=canaries,
            progress=progress,
            tally=tally,
            why_not=partial(why_not, records=among),
        )
    planted = len({name for name, _ in canaries} - set(tally.canaries))
    return TableMade(kept, made, tally, planted)


def _noted(records: Iterable[Named], ids: list[str]) -> Iterator[Subject]:
    for id, subject in records:
        ids.append(id)
        yield subject


def resend_table(desk: Desk, begin: str, segment: int | None = None) -> tuple[KeptTerms, int]:
    """Send again the segments of a table that the partner's node refused, or one that it took and
    lost; how many. Raises UsageError for one that is not there, or still on its way."""
    with desk.store.begin() as unit:
        kept = offers.found(unit.connection, begin)
        if kept.role != offers.OWNER or kept.state == offers.ENDED:
            raise UsageError(
                f"{begin}: a table is sent by whoever offered the terms, while they hold"
            )
        again = [
            each
            for each in handover.segments(unit.connection, kept.digest)
            if each.state == handover.REFUSED
            or (each.segment.number == segment and each.state == handover.HANDED_OVER)
            if segment in (None, each.segment.number)
        ]
        if segment is not None and not again:
            raise UsageError(f"--segment: no segment {segment} was handed over or refused")
        for each in again:
            handover.send_again(unit, each, at=desk.at, actor=desk.officer)
    return kept, len(again)


def ask(
    desk: Desk, wanted: Wanted, subjects: Iterable[tuple[str, Subject]], reference: str
) -> tuple[AskedFor, ...]:
    """Ask whether a partner knows these subjects, each called by an id.

    One of whom too little is known to be asked alone is told apart; any other refusal is raised,
    and then nothing is asked. Held for a second officer where the agreement says so.
    """
    if not reference.strip():
        raise UsageError("--reference: which file is it for? It is kept with the question")
    under = _under(desk.known(), wanted, desk.at)
    asked: list[AskedFor] = []
    with desk.store.begin() as unit:
        for id, subject in subjects:
            try:
                found = lookups.ask(
                    unit, under, subject, reference=reference, at=desk.at, actor=desk.officer
                )
            except Refused as refused:
                if refused.ground != NOT_ASKED:
                    raise
                asked.append(AskedFor(id, None, refused))
            else:
                asked.append(AskedFor(id, found))
    return tuple(asked)


def approve(desk: Desk, numbers: Sequence[int]) -> tuple[Lookup, ...]:
    """Let held lookups of another officer go: all of them, or none."""
    with desk.store.begin() as unit:
        return tuple(
            lookups.approve(unit, number, at=desk.at, actor=desk.officer) for number in numbers
        )


def request_of(connection: Connection, number: int, lang: str) -> dict[str, Any]:
    """What a request after a hit has already, as an officer's file: the rest is left empty.

    Raises NotFound, Refused `match.no_hit`.
    """
    lookup = lookups.lookup_of(connection, number)
    body = following.draft(lookup, lang=lang)
    under = lookup.under
    head = {
        "to": under.partner,
        "agreement": under.agreement[:12],
        "field": under.field.value,
        "purpose": under.purpose.value,
        "language": lang.split("-")[0],
    }
    empty = dict.fromkeys(("offences", "suspicion", "link", "use"))
    return {**head, **{name: value for name, value in body.items() if value != []}, **empty}


def status(connection: Connection, at: datetime, *, most: int = 20) -> MatchStatus:
    """Terms with their tables, how many lookups stand where, the newest alarms."""
    pages = []
    for kept in offers.every(connection):
        direction = Direction.IN if kept.role == offers.OWNER else Direction.OUT
        today = left(connection, allowance_of(kept, direction), at)
        held = tuple(handover.segments(connection, kept.digest))
        pages.append(TermsPage(kept, held, today))
    counted: dict[LookupState, int] = {}
    for each in lookups.shown(connection, most=1_000_000):
        counted[each.state] = counted.get(each.state, 0) + 1
    return MatchStatus(tuple(pages), counted, tuple(watch.alarms(connection, most=most)))


def _under(known: Cooperation, wanted: Wanted, at: datetime) -> Under:
    """With whom, under what and for what: what was left out is the only one that there is."""
    agreement = _agreement(known, wanted, at)
    budgeted = {each.purpose for each in agreement.budgets if each.service is Service.MATCH}
    purposes = [each for each in agreement.purposes if each in budgeted] or agreement.purposes
    return Under(
        wanted.partner,
        agreement.id,
        wanted.field or _only("--field", agreement.fields),
        wanted.purpose or _only("--purpose", purposes),
    )


def _agreement(known: Cooperation, wanted: Wanted, at: datetime) -> Agreement:
    if wanted.agreement:
        return known.agreement(wanted.agreement)
    found = fitting(known, wanted.partner, Service.MATCH, at)
    if len(found) != 1:
        there = ", ".join(each.id[:12] for each in found) or "—"
        raise UsageError(f"--agreement: say which; with {wanted.partner} there are: {there}")
    return found[0]


def _only(option: str, agreed: Sequence[Any]) -> Any:
    if len(agreed) != 1:
        raise UsageError(f"{option}: say which; the agreement has: {', '.join(agreed)}")
    return agreed[0]
