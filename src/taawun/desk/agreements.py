"""What an officer does about agreements: draft, sign, decline, suspend, resume, end, look back.

    draft(desk, agreement)                   kept here; nobody else knows
    sign(desk, id)                           signed; every other party is told
    suspend(desk, id, reason, Scope(…))      at once, alone; the whole or a part
    stood(known, at)                         what stood how, between us and whom, at a moment
    record(known, id)                        all that a court needs to check it without us
    recover(desk, record)                    own acts that this node forgot, from a partner's record

What takes effect here takes effect with the unit of work; partners hear of it as soon as their
node answers. A suspension of the whole of an agreement, or of its matching, destroys the keys that
answered the partner's questions: in the same unit, last of all, so that a key is never left behind.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from taawun.cooperation import agreements, recovery
from taawun.cooperation.act import Act, Deed, KeptAct, Scope
from taawun.cooperation.agreement import Agreement, Category, Purpose, Service
from taawun.cooperation.history import Cooperation, cooperation
from taawun.cooperation.permit import Direction, Permit, Question, decide, facts
from taawun.cooperation.private import offers
from taawun.cooperation.private.budget import spent
from taawun.cooperation.recovery import Recovered
from taawun.cooperation.standing import Standing, State
from taawun.cooperation.trust.party import CooperationField
from taawun.cooperation.wire import MOST_TEXT, moment_text
from taawun.desk.desk import Desk
from taawun.desk.post import place_all
from taawun.errors import Conflict, NotFound, UsageError
from taawun.store import Unit


@dataclass(frozen=True, slots=True)
class Done:
    """What was done: the act, who is told of it, how many terms of matching it ended."""

    agreement: Agreement
    act: Act
    told: tuple[str, ...]
    terms_ended: int = 0


@dataclass(frozen=True, slots=True)
class Stood:
    """How an agreement stood between this authority and a partner at a moment."""

    agreement: Agreement
    partner: str
    standing: Standing


@dataclass(frozen=True, slots=True)
class Passing:
    """Something that could pass, for a dry run of the permit."""

    partner: str
    kind: str
    service: Service
    field: CooperationField
    purpose: Purpose
    categories: tuple[Category, ...] = ()
    direction: Direction = Direction.OUT


def draft(desk: Desk, agreement: Agreement) -> tuple[str, bool]:
    """Keep an agreement's text. Returns its id, and whether it is new here."""
    with desk.store.begin() as unit:
        new = agreement.id not in cooperation(unit.connection).agreements
        id = agreements.draft(unit, agreement, at=desk.at, actor=desk.officer)
    return id, new


def sign(desk: Desk, begin: str) -> Done:
    """Sign. Where nobody has yet, this proposes it to the others."""
    return _act(desk, begin, Deed.SIGN)


def decline(desk: Desk, begin: str, reason: str) -> Done:
    """Decline what was proposed."""
    return _act(desk, begin, Deed.DECLINE, reason=_reason(reason))


def suspend(
    desk: Desk, begin: str, reason: str, scope: Scope, effective_at: datetime | None = None
) -> Done:
    """Suspend the whole, or what `scope` says, at once or from `effective_at`.

    Raises UsageError for a scope that the agreement does not have, or a time that is past.
    """
    said = _reason(reason)
    known = desk.known()
    _within(known, known.agreement(begin), scope)
    return _act(
        desk,
        begin,
        Deed.SUSPEND,
        reason=said,
        scope=scope,
        effective_at=_not_past(desk, effective_at),
    )


def resume(desk: Desk, begin: str, number: int | None = None, reason: str = "") -> Done:
    """Lift an own suspension: the one that `number` says, or the only one that there is.

    Raises Conflict where none is in force, or several are and none is said.
    """
    known = desk.known()
    open_ones = own_suspensions(known, known.agreement(begin).id)
    if number is None:
        if not open_ones:
            raise Conflict(f"nothing of ours is suspended: {begin}")
        if len(open_ones) > 1:
            numbers = ", ".join(str(each.number) for each in open_ones)
            raise Conflict(f"several suspensions are in force, say which: {numbers}")
        number = open_ones[0].number
    return _act(desk, begin, Deed.RESUME, lifts=number, reason=reason.strip() or None)


def end(desk: Desk, begin: str, reason: str, effective_at: datetime | None = None) -> Done:
    """End it, for good: this authority cooperates under it no more."""
    said = _reason(reason)
    return _act(desk, begin, Deed.END, reason=said, effective_at=_not_past(desk, effective_at))


def own_suspensions(known: Cooperation, id: str) -> tuple[Act, ...]:
    """The suspensions of this authority that were not lifted, announced ones too."""
    mine = [kept.act for kept in known.acts.get(id, ()) if kept.act.party == known.me]
    lifted = {act.lifts for act in mine if act.deed is Deed.RESUME}
    return tuple(act for act in mine if act.deed is Deed.SUSPEND and act.number not in lifted)


def stood(
    known: Cooperation, at: datetime, known_at: datetime | None = None, begin: str = ""
) -> tuple[Stood, ...]:
    """How every agreement (or the one that `begin` says) stood at a moment, with every partner.

    `known_at` leaves out what this node did not know by then. An agreement that concerns nobody who
    is known here stands alone, with the party or bloc it names.
    """
    chosen = [known.agreement(begin).id] if begin else list(known.agreements)
    return tuple(
        Stood(
            known.agreements[id],
            partner,
            agreements.between(known, id, partner, at, known_at),
        )
        for id in chosen
        if known_at is None or known.recorded[id] <= known_at
        for partner in concerned(known, id, at, known_at)
    )


def concerned(
    known: Cooperation, id: str, at: datetime, known_at: datetime | None = None
) -> tuple[str, ...]:
    """The partners an agreement has for this authority: known ones, and parties by name."""
    agreement = known.agreements[id]
    partners = agreements.partners(known, id, at, known_at)
    named = [code for code in agreement.named if code != known.me]
    return tuple(dict.fromkeys((*partners, *named)))


def fitting(
    known: Cooperation, partner: str, service: Service, at: datetime
) -> tuple[Agreement, ...]:
    """The agreements with a partner that have a service: in force, or where none is, signed or
    suspended (the permit says so when something is to pass)."""
    having = [
        (agreements.between(known, agreement.id, partner, at).state, agreement)
        for agreement in known.agreements.values()
        if service in agreement.services
    ]
    found: tuple[Agreement, ...] = ()
    for states in ((State.IN_FORCE,), (State.SIGNED, State.SUSPENDED)):
        found = found or tuple(agreement for state, agreement in having if state in states)
    return found


def acts_of(known: Cooperation, begin: str) -> tuple[KeptAct, ...]:
    """The history of an agreement: every act on it, in the order in which it became known."""
    return known.acts.get(known.agreement(begin).id, ())


def record(known: Cooperation, begin: str) -> dict[str, object]:
    """What a court needs to check an agreement without this software: the text as it was signed,
    every act as its party signed it, and the parties' signed cards with the keys."""
    agreement = known.agreement(begin)
    acts = known.acts.get(agreement.id, ())
    parties = dict.fromkeys((known.me, *(kept.act.party for kept in acts)))
    return {
        "agreement": agreement.plain(),
        "canonical": agreement.canonical().decode(),
        "sha256": agreement.id,
        "recorded_at": moment_text(known.recorded[agreement.id]),
        "acts": [
            {
                "act": kept.act.plain(),
                "signed": kept.signed,
                "recorded_at": moment_text(kept.recorded_at),
            }
            for kept in acts
        ],
        "cards": [
            {"card": entry.card.plain(), "signed": entry.signed, "signed_by": entry.kid}
            for code in parties
            if code in known.ring.parties
            for entry in known.ring.parties[code].cards
        ],
    }


def recover(desk: Desk, record: dict[str, Any]) -> tuple[Recovered, int]:
    """Take back own acts and cards that this node forgot, from a partner's record of an agreement.

    Returns them, and how many terms of matching ended by what came back.
    """
    with desk.store.begin() as unit:
        found = recovery.recover(unit, record, at=desk.at, actor=desk.officer)
        known = cooperation(unit.connection)
        ended = _end_matching(unit, desk, known, found.agreement.id)
    return found, ended


def may(desk: Desk, begin: str, passing: Passing) -> Permit:
    """Whether something could pass now. Asks only: nothing is placed. Raises Refused."""
    with desk.store.reading() as connection:
        known = cooperation(connection)
        asked = Question(
            desk.at,
            passing.direction,
            passing.partner,
            passing.kind,
            known.agreement(begin).id,
            passing.service,
            passing.field,
            passing.purpose,
            passing.categories,
        )
        return decide(asked, facts(connection, spent(connection)))


def _act(
    desk: Desk,
    begin: str,
    deed: Deed,
    *,
    effective_at: datetime | None = None,
    scope: Scope | None = None,
    lifts: int | None = None,
    reason: str | None = None,
) -> Done:
    with desk.store.begin() as unit:
        id = cooperation(unit.connection).agreement(begin).id
        kept = agreements.act(
            unit,
            desk.keys,
            id,
            deed,
            at=desk.at,
            actor=desk.officer,
            effective_at=effective_at,
            scope=scope,
            lifts=lifts,
            reason=reason,
        )
        known = cooperation(unit.connection)
        told = place_all(unit, desk, agreements.told(known, id, desk.at, desk.keys))
        ended = _end_matching(unit, desk, known, id)
    return Done(known.agreements[id], kept.act, told, ended)


def _end_matching(unit: Unit, desk: Desk, known: Cooperation, id: str) -> int:
    """End the terms of matching that this agreement does not carry any more: this node's keys and
    tables are gone with them. The node's duty does the same for what takes effect later."""
    over = [
        (kept, why)
        for kept in offers.every(unit.connection, open_only=True)
        if kept.terms.agreement == id and (why := offers.reason_to_end(known, kept, desk.at))
    ]
    for kept, why in over:
        offers.end(unit, kept, why, at=desk.at, actor=desk.officer)
    for kept, _ in over:
        offers.destroy(desk.home, kept)
    return len(over)


def _reason(said: str) -> str:
    if not said.strip():
        raise UsageError("say why: --reason, for the partner and for the record")
    if len(said) > MOST_TEXT:
        raise UsageError(f"a reason is needed, of at most {MOST_TEXT} characters")
    return said.strip()


def _not_past(desk: Desk, effective_at: datetime | None) -> datetime | None:
    if effective_at is not None and effective_at < desk.at:
        said = effective_at.isoformat(timespec="minutes")
        raise UsageError(f"--from: {said} is past; history is not rewritten")
    return effective_at


def _within(known: Cooperation, agreement: Agreement, scope: Scope) -> None:
    """A suspension of what was never agreed would stop nothing, and look as if it did."""
    lists: Iterable[tuple[str, Iterable[str], Iterable[str]]] = (
        ("--field", scope.fields, agreement.fields),
        ("--service", scope.services, agreement.services),
    )
    for option, said, agreed in lists:
        for each in said:
            if each not in tuple(agreed):
                raise UsageError(
                    f"{option}: {each!s} is not in this agreement; it has: {', '.join(agreed)}"
                )
    for partner in scope.partners:
        if partner == known.me or partner not in concerned(
            known, agreement.id, agreement.valid_from
        ):
            raise NotFound(f"{partner} is no partner under this agreement")
