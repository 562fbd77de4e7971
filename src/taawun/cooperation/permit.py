"""May this pass, now, under which agreement, on what ground? The one place where it is decided.

    the partner       is known, its keys were confirmed
    the kind          is one of this service
    the agreement     is known, both are parties, it is in force at this moment
    the scope         field, service, purpose and categories are among those agreed, and the field
                      is within both authorities' competence
    the caveats       of everything inside allow the purpose, the recipient and the time
    the budget        of questions for this day is not spent

`decide` is pure: the same question and facts give the same answer. It returns a Permit or raises
Refused with the first ground that stands against it, in the order above: RefusedForNow for a
message that comes in before something that may still be on its way to this node.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.engine import Connection

from taawun.cooperation.act import KeptAct
from taawun.cooperation.agreement import Agreement, Category, Onward, Purpose, Service
from taawun.cooperation.bloc import Blocs
from taawun.cooperation.history import cooperation
from taawun.cooperation.message import CONTROL, KINDS, Caveats, Message
from taawun.cooperation.standing import Standing, State, standing
from taawun.cooperation.trust.party import CooperationField
from taawun.cooperation.trust.register import Ring
from taawun.cooperation.wire import CLOCKS_APART
from taawun.errors import Refused, RefusedForNow

WAITS = timedelta(days=30)
"""How long after it was written a message is told "not yet"; then it is refused for good."""
BUDGETED = frozenset({"match_question"})
"""Kinds that are counted against a budget: `Question.count` questions each."""


class Direction(StrEnum):
    """Which way a message goes, seen from this node."""

    OUT = "out"
    IN = "in"


@dataclass(frozen=True, slots=True)
class Question:
    """What would pass between this node and a partner. `count`: how many questions it asks;
    `made_at`: when the message was written, now where there is none yet."""

    at: datetime
    direction: Direction
    partner: str
    kind: str
    agreement: str | None = None
    service: Service | None = None
    field: CooperationField | None = None
    purpose: Purpose | None = None
    categories: tuple[Category, ...] = ()
    caveats: tuple[Caveats, ...] = ()
    count: int = 1
    made_at: datetime | None = None

    @property
    def may_wait(self) -> bool:
        """Whether it comes in, and not too long after it was written."""
        written = self.made_at or self.at
        return self.direction is Direction.IN and self.at - written <= WAITS


@dataclass(frozen=True, slots=True)
class Known:
    """An agreement and its acts, as this node knows them."""

    agreement: Agreement
    acts: tuple[KeptAct, ...]


Spent = Callable[[Question], int]
"""How many questions were asked already: this day, in this direction, of this partner, under this
agreement, by this service and for this purpose."""


def _nothing_spent(_: Question) -> int:
    return 0


@dataclass(frozen=True, slots=True)
class Facts:
    """What `decide` looks at: `me`, who is known, which agreements there are, what was spent."""

    me: str
    ring: Ring
    agreements: Mapping[str, Known]
    blocs: Blocs
    spent: Spent = field(default=_nothing_spent)


@dataclass(frozen=True, slots=True)
class Permit:
    """It may pass. `ground`: `agreement` in force, or `control` between confirmed partners."""

    ground: str
    agreement: str | None
    partner: str
    at: datetime

    def told(self) -> dict[str, str]:
        """What the journal keeps of it."""
        return {"ground": self.ground, "agreement": self.agreement or "", "partner": self.partner}


def facts(connection: Connection, spent: Spent = _nothing_spent) -> Facts:
    """What this node knows now. Cheap: read again only when something was recorded."""
    known = cooperation(connection)
    return Facts(
        known.me,
        known.ring,
        {
            id: Known(agreement, known.acts.get(id, ()))
            for id, agreement in known.agreements.items()
        },
        known.blocs,
        spent,
    )


def question(message: Message, me: str, at: datetime, *, count: int = 1) -> Question:
    """What a message asks of the permit: of its sender's before it goes, of its recipient's when
    it comes. Raises Refused for a message that is neither from nor to this node."""
    if me not in (message.sender, message.recipient):
        raise Refused("permit.not_party")
    out = message.sender == me
    return Question(
        at,
        Direction.OUT if out else Direction.IN,
        message.recipient if out else message.sender,
        message.kind,
        message.agreement,
        message.service,
        message.field,
        message.purpose,
        message.categories,
        message.caveats,
        count,
        message.made_at,
    )


def decide(asked: Question, facts: Facts) -> Permit:
    """The permit for what is asked. Raises Refused with the ground, RefusedForNow where that is
    likely to be over soon."""
    _partner(asked, facts)
    if asked.kind in CONTROL:
        return Permit("control", None, asked.partner, asked.at)
    _kind(asked)
    known = facts.agreements.get(asked.agreement or "")
    if known is None:
        raise Refused("permit.no_agreement")
    stands = standing(known.agreement, known.acts, facts.blocs, facts.me, asked.partner, asked.at)
    _in_force(asked, known.agreement, stands)
    _scope(asked, known.agreement, facts)
    _suspensions(asked, stands)
    _caveats(asked, facts.me)
    _budget(asked, known.agreement, facts)
    return Permit("agreement", asked.agreement, asked.partner, asked.at)


def _partner(asked: Question, facts: Facts) -> None:
    if asked.partner == facts.me or facts.ring.card(asked.partner) is None:
        raise Refused("permit.partner_unknown", partner=asked.partner)
    if not facts.ring.confirmed(asked.partner):
        raise Refused("permit.partner_unconfirmed", partner=asked.partner)


def _kind(asked: Question) -> None:
    services = KINDS.get(asked.kind)
    if services is None or asked.service not in services:
        raise Refused("permit.kind", kind=asked.kind, service=asked.service or "")


def _in_force(asked: Question, agreement: Agreement, stands: Standing) -> None:
    """Refuse whatever stands otherwise than in force (a narrow suspension comes later)."""
    if stands.outside:
        raise Refused("permit.not_party")
    match stands.state:
        case State.DRAFT | State.PROPOSED:
            missing = ", ".join(stands.missing)
            if asked.may_wait and _on_their_way(agreement, stands):
                raise RefusedForNow("permit.unsigned", missing=missing)
            raise Refused("permit.unsigned", missing=missing)
        case State.SIGNED:
            since = _when(stands.since)
            refusal = RefusedForNow if _soon(asked, stands) else Refused
            raise refusal("permit.not_yet", since=since)
        case State.ENDED if stands.ended_by:
            raise Refused("permit.ended", party=stands.ended_by, since=_when(stands.since))
        case State.ENDED:
            raise Refused("permit.expired", since=_when(stands.since))
        case State.SUSPENDED:
            stopped = stands.stopped(None, None)
            by = stopped.by if stopped is not None else ""
            refusal = RefusedForNow if _lifted_by(asked, by) else Refused
            raise refusal("permit.suspended", party=by, since=_when(stands.since))


def _on_their_way(agreement: Agreement, stands: Standing) -> bool:
    """Whether the signatures that are missing may be known to the sender and not here yet: those
    of others than this node (`one`), while the agreement could still be in force."""
    over = agreement.valid_until is not None and stands.at >= agreement.valid_until
    return stands.one not in stands.missing and not over


def _soon(asked: Question, stands: Standing) -> bool:
    """Whether it is in force by its sender's clock, which may be so far ahead of this one."""
    return asked.may_wait and stands.since is not None and stands.since - asked.at <= CLOCKS_APART


def _lifted_by(asked: Question, party: str) -> bool:
    """Whether who suspended is who sends now: that it was lifted may be on its way. A sender that
    suspended meanwhile asks for its number back instead."""
    return asked.may_wait and party == asked.partner


def _suspensions(asked: Question, stands: Standing) -> None:
    stopped = stands.stopped(asked.field, asked.service)
    if stopped is not None:
        refusal = RefusedForNow if _lifted_by(asked, stopped.by) else Refused
        raise refusal(
            "permit.suspended_in_part",
            party=stopped.by,
            since=_when(stopped.since),
            field=asked.field or "",
            service=asked.service or "",
        )


def _scope(asked: Question, agreement: Agreement, facts: Facts) -> None:
    if asked.service not in agreement.services:
        raise Refused("permit.service", service=asked.service or "")
    if asked.field not in agreement.fields:
        raise Refused("permit.field", field=asked.field or "")
    for code in (facts.me, asked.partner):
        card = facts.ring.card(code)
        if card is None or asked.field not in card.competences:
            raise Refused("permit.competence", party=code, field=asked.field or "")
    if asked.purpose not in agreement.purposes:
        raise Refused("permit.purpose", purpose=asked.purpose or "")
    for category in asked.categories:
        if category not in agreement.categories:
            raise Refused("permit.category", category=category)


def _caveats(asked: Question, me: str) -> None:
    sender, recipient = me, asked.partner
    if asked.direction is Direction.IN:
        sender, recipient = recipient, sender
    for each in asked.caveats:
        if asked.purpose not in each.purposes:
            raise Refused("permit.caveat_purpose", origin=each.origin, purpose=asked.purpose or "")
        if each.delete_by is not None and asked.at.date() > each.delete_by:
            raise Refused("permit.caveat_retention", origin=each.origin)
        onward = each.origin not in (sender, recipient)
        if onward and (each.onward is Onward.NONE or recipient not in each.consented):
            raise Refused("permit.caveat_onward", origin=each.origin, recipient=recipient)


def _budget(asked: Question, agreement: Agreement, facts: Facts) -> None:
    if asked.kind not in BUDGETED or asked.service is None or asked.purpose is None:
        return
    a_day = agreement.budget(asked.service, asked.purpose)
    if facts.spent(asked) + asked.count > a_day:
        raise Refused("permit.budget", purpose=asked.purpose, a_day=str(a_day))


def _when(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at is not None else ""
