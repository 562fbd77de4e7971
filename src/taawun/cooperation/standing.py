"""How an agreement stands between two authorities at a moment, by its acts alone.

    draft ──sign──▶ proposed ──all have signed──▶ signed ──valid_from──▶ in_force
                       │                                                  │    ▲
                    decline                                       suspend │    │ resume
                       ▼                                                  ▼    │
                     ended ◀──────────── end, valid_until ──────────── suspended

Nothing here reads a clock or a store. `at` is the moment that is asked about; `known_at`, where
it is given, leaves out what this node did not know by then: "was it in force on 14 March at noon,
and what did we know of it then?"
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from taawun.cooperation.act import Act, Deed, KeptAct, Scope
from taawun.cooperation.agreement import Agreement
from taawun.cooperation.bloc import Blocs
from taawun.errors import Refused

WHOLE = Scope()


class State(StrEnum):
    """Where an agreement stands between two authorities."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    SIGNED = "signed"
    IN_FORCE = "in_force"
    SUSPENDED = "suspended"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Suspension:
    """What `by` suspended with its act `number`, since when, and why."""

    by: str
    number: int
    scope: Scope
    since: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands between `one` and `other` at `at`.

    `suspensions` are those between the two that are not lifted, the narrow ones too: with only
    such, the state is still in force. `missing` have not signed. `ended_by` is the party that
    ended it, "" for one that has run out.
    """

    state: State
    one: str
    other: str
    at: datetime
    missing: tuple[str, ...] = ()
    suspensions: tuple[Suspension, ...] = ()
    since: datetime | None = None
    ended_by: str = ""
    outside: bool = False

    def stopped(self, field: str | None, service: str | None) -> Suspension | None:
        """The suspension that stops a field and service between the two; None when none does."""
        for each in self.suspensions:
            partner = self.other if each.by == self.one else self.one
            if each.scope.stops(partner, field, service):
                return each
        return None


@dataclass(slots=True)
class _Row:
    """One party's acts, played so far."""

    signed_at: datetime | None = None
    ended_at: datetime | None = None
    suspensions: tuple[Suspension, ...] = ()


def standing(
    agreement: Agreement,
    acts: Iterable[KeptAct],
    blocs: Blocs,
    one: str,
    other: str,
    at: datetime,
    known_at: datetime | None = None,
) -> Standing:
    """How `agreement` stands between two authorities at `at`. `acts` in the order of recording."""
    rows = _played(acts, at, known_at)
    found = Standing(State.DRAFT, one, other, at)
    if not agreement.meet(one, other, blocs, at):
        # Who left a bloc has an agreement that ended; who never was on another side has none.
        state = State.ENDED if _met(agreement, rows, blocs, one, other) else State.DRAFT
        return replace(found, state=state, outside=True)
    ended = _ended(rows, one, other)
    if ended is not None:
        return replace(found, state=State.ENDED, ended_by=ended[0], since=ended[1])
    needed = dict.fromkeys((*agreement.named, one, other))
    signed = {code: row.signed_at for code, row in rows.items() if row.signed_at is not None}
    missing = tuple(code for code in needed if code not in signed)
    if missing:
        state = State.PROPOSED if signed else State.DRAFT
        return replace(found, state=state, missing=missing)
    since = max(agreement.valid_from, *(signed[code] for code in needed))
    if at < since:
        return replace(found, state=State.SIGNED, since=since)
    if agreement.valid_until is not None and at >= agreement.valid_until:
        return replace(found, state=State.ENDED, since=agreement.valid_until)
    between = _between(rows, one, other)
    whole = [each.since for each in between if not (each.scope.fields or each.scope.services)]
    if whole:
        return replace(found, state=State.SUSPENDED, suspensions=between, since=min(whole))
    return replace(found, state=State.IN_FORCE, suspensions=between, since=since)


def _met(agreement: Agreement, rows: dict[str, _Row], blocs: Blocs, one: str, other: str) -> bool:
    """Whether it was one between these two when the second of them signed."""
    signed = [rows[code].signed_at for code in (one, other) if code in rows]
    times = [at for at in signed if at is not None]
    return len(times) == 2 and agreement.meet(one, other, blocs, max(times))


def _ended(rows: dict[str, _Row], one: str, other: str) -> tuple[str, datetime] | None:
    """Who ended it first between these two, and when."""
    ends = [(row.ended_at, code) for code in (one, other) if (row := rows.get(code)) is not None]
    first = min(((at, code) for at, code in ends if at is not None), default=None)
    return None if first is None else (first[1], first[0])


def _between(rows: dict[str, _Row], one: str, other: str) -> tuple[Suspension, ...]:
    """The suspensions of either that touch the other."""
    return tuple(
        each
        for code, partner in ((one, other), (other, one))
        for each in rows[code].suspensions
        if each.scope.touches(partner)
    )


def _played(acts: Iterable[KeptAct], at: datetime, known_at: datetime | None) -> dict[str, _Row]:
    rows: dict[str, _Row] = {}
    for kept in acts:
        if known_at is not None and kept.recorded_at > known_at:
            continue
        if kept.counts_from > at:
            continue
        _play(rows.setdefault(kept.act.party, _Row()), kept)
    return rows


def _play(row: _Row, kept: KeptAct) -> None:
    act = kept.act
    match act.deed:
        case Deed.SIGN:
            row.signed_at = kept.counts_from
        case Deed.DECLINE | Deed.END:
            row.ended_at = min(kept.counts_from, row.ended_at or kept.counts_from)
        case Deed.SUSPEND:
            said = Suspension(
                act.party, act.number, act.scope or WHOLE, kept.counts_from, act.reason or ""
            )
            row.suspensions = (*row.suspensions, said)
        case Deed.RESUME:
            row.suspensions = tuple(s for s in row.suspensions if s.number != act.lifts)


def check_act(agreement: Agreement, earlier: Sequence[Act], act: Act, blocs: Blocs) -> None:
    """Whether a party may do this now. `earlier` are all acts of that party, in their order.

    Raises Refused with a ground of `act.…`: the wrong agreement or number, no party, a time before
    an earlier act's, nothing signed yet or signed already, ended, no such suspension to lift.
    """
    if act.agreement != agreement.id:
        raise Refused("act.agreement")
    if act.number != len(earlier) + 1:
        raise Refused("act.number", got=str(act.number), expected=str(len(earlier) + 1))
    joins = not earlier or act.deed in (Deed.SIGN, Deed.DECLINE)
    if joins and not agreement.sides(act.party, blocs, act.at):
        raise Refused("act.not_party", party=act.party)
    if earlier and act.at < earlier[-1].at:
        raise Refused("act.time", party=act.party)
    deeds = [each.deed for each in earlier]
    if Deed.DECLINE in deeds or any(_ended_by(each, act.at) for each in earlier):
        raise Refused("act.ended", party=act.party)
    opening = act.deed in (Deed.SIGN, Deed.DECLINE)
    if opening and deeds:
        raise Refused("act.already", party=act.party)
    if not opening and not deeds:
        raise Refused("act.unsigned", party=act.party)
    if act.deed is Deed.RESUME:
        _check_lift(earlier, act)


def _ended_by(earlier: Act, at: datetime) -> bool:
    """Whether a notice has run out: until then its party may still suspend, or end it sooner."""
    return earlier.deed is Deed.END and earlier.effective_at <= at


def _check_lift(earlier: Sequence[Act], act: Act) -> None:
    lifted = {each.lifts for each in earlier if each.deed is Deed.RESUME}
    own = {each.number: each for each in earlier if each.deed is Deed.SUSPEND}
    if act.lifts not in own or act.lifts in lifted:
        raise Refused("act.lifts", party=act.party, number=str(act.lifts))
    if act.effective_at < own[act.lifts].effective_at:
        raise Refused("act.time", party=act.party)
