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

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from taawun.cooperation.agreement import Agreement, Purpose, Service
from taawun.cooperation.history import Cooperation
from taawun.cooperation.permit import Direction
from taawun.cooperation.private import following, handover, lookups, offers, watch
from taawun.cooperation.private.answering import allowance_of
from taawun.cooperation.private.budget import left
from taawun.cooperation.private.handover import KeptSegment
from taawun.cooperation.private.lookups import Lookup, LookupState, Under
from taawun.cooperation.private.offers import KeptTerms, Offer
from taawun.cooperation.private.subject import Subject
from taawun.cooperation.private.tokens import tokens_of_record
from taawun.cooperation.private.vocabulary import check_scheme, vocabulary
from taawun.cooperation.private.watch import Alarm
from taawun.cooperation.private.workers import Workers
from taawun.cooperation.trust.party import CooperationField
from taawun.desk.agreements import fitting
from taawun.desk.desk import Desk
from taawun.errors import Refused, UsageError

NOT_ASKED = "match.no_tokens"


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


def offer(desk: Desk, wanted: Wanted, valid_until: datetime) -> KeptTerms:
    """Offer terms: a key is made, and the partner is told of the terms that it is bound to.

    Raises UsageError for a time that is past; Refused with the permit's ground.
    """
    if valid_until <= desk.at:
        said = valid_until.isoformat(timespec="minutes")
        raise UsageError(f"--until: {said} is past")
    under = _under(desk.known(), wanted, desk.at)
    offered = Offer(under.partner, under.agreement, under.field, under.purpose, valid_until)
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
    records: Iterable[Subject],
    *,
    workers: int,
    canaries: Sequence[tuple[str, Subject]] = (),
    progress: Callable[[int], None] | None = None,
) -> tuple[KeptTerms, KeptSegment | None]:
    """Make the table of records under terms of this owner, or add to it what is new.

    None for the segment where nothing is new. The node hands it over once the terms are signed by
    both. `canaries` are made-up records with their names. Raises Refused `match.terms` where this
    installation makes tokens by other rules by now.
    """
    with desk.store.reading() as connection:
        kept = offers.found(connection, begin)
    if kept.role != offers.OWNER or kept.state == offers.ENDED:
        raise UsageError(f"{begin}: a table is made by whoever offered the terms, while they hold")
    check_scheme(kept.terms)
    with Workers(workers) as row:
        made = handover.make(
            desk.store,
            kept,
            records,
            tokens_of_record,
            row,
            at=desk.at,
            actor=desk.officer,
            canaries=canaries,
            progress=progress,
        )
    return kept, made


def resend_table(desk: Desk, begin: str) -> tuple[KeptTerms, int]:
    """Send again the segments of a table that the partner's node refused; how many."""
    with desk.store.begin() as unit:
        kept = offers.found(unit.connection, begin)
        refused = [
            each
            for each in handover.segments(unit.connection, kept.digest)
            if kept.role == offers.OWNER and each.state == handover.REFUSED
        ]
        for each in refused:
            handover.send_again(unit, each, at=desk.at, actor=desk.officer)
    return kept, len(refused)


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
