"""Caveats travel with information: what may be done with what was received, until when, by whom.

    may_use(item, purpose, at)              for a purpose of one's own
    may_pass_on(item, to, purpose, at)      to another authority
    carried(items, to, purpose, at)         the caveats that go with it there, one for each origin
    own(agreement, …)                       the caveats of one's own information

Each origin of an item has its say, and all of them must allow it: an item that came through two
authorities needs the consent of both. Nothing of this hangs on whether the agreement it came under
is still in force: a suspension, or the end of an agreement, frees no information. No new consent
can be asked for then; what was consented to stays consented to, until the day it names.

Source: FATF, interpretive note to Recommendation 40 (use for the purpose it was sought or provided
for; prior authorisation of any other use or passing on); Egmont Group, Principles for Information
Exchange.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from taawun.cooperation.agreement import Agreement, Onward, Purpose
from taawun.cooperation.message import Caveats
from taawun.cooperation.permit import Permit
from taawun.cooperation.requests.bodies.information import Origin
from taawun.errors import Refused

STRICTNESS = {Onward.NONE: 0, Onward.CONSENT: 1, Onward.NAMED: 2}
"""What travels may become stricter on its way, never looser."""


@dataclass(frozen=True, slots=True)
class OnwardConsent:
    """That an origin consented to an item's going to a recipient, for some purposes, until a day
    (None: as long as the item may be kept). `decision` is the message that says so."""

    origin: str
    recipient: str
    purposes: frozenset[Purpose]
    until: date | None
    decision: str

    def stands(self, day: date) -> bool:
        """Whether its last day is not over."""
        return self.until is None or day <= self.until

    def holds(self, recipient: str, purpose: Purpose, day: date) -> bool:
        """Whether it covers this recipient and purpose on this day."""
        return self.recipient == recipient and purpose in self.purposes and self.stands(day)


@dataclass(frozen=True, slots=True)
class KeptItem:
    """A piece of information as it was received: item `item` of `message`, given by `giver`.

    `kind` is the message's; `claims` are the caveats of everybody whose it is, this node apart;
    `delete_by` is the last day on which it may be kept; `deleted` says that its content is gone.
    """

    message: str
    item: int
    thread: str
    giver: str
    agreement: str
    category: str
    received_at: datetime
    delete_by: date
    sha256: str
    claims: tuple[Caveats, ...]
    consents: tuple[OnwardConsent, ...] = ()
    deleted: bool = False
    kind: str = ""

    @property
    def origins(self) -> tuple[Origin, ...]:
        """How an own item that holds this one names whose information it is."""
        return tuple(
            Origin(authority=each.origin, message=self.message, item=self.item)
            for each in self.claims
        )


def own(
    agreement: Agreement,
    origin: str,
    purposes: Iterable[Purpose],
    at: datetime,
    *,
    named: Iterable[str] = (),
    onward: Onward | None = None,
) -> Caveats:
    """The caveats of one's own information, by the agreement's terms or stricter.

    `named` are the recipients that a request named: consent is assumed for them where the agreement
    says so, and nowhere else.
    """
    rule = agreement.onward if onward is None else onward
    return Caveats(
        origin=origin,
        purposes=tuple(purposes),
        onward=rule,
        consented=tuple(sorted(set(named))) if rule is Onward.NAMED else (),
        delete_by=at.date() + timedelta(days=agreement.retention_days),
    )


def may_use(item: KeptItem, purpose: Purpose, at: datetime) -> Permit:
    """The permit to use an item for a purpose. Raises Refused: `permit.caveat_purpose`,
    `permit.caveat_retention`."""
    _still_kept(item, at)
    for claim in item.claims:
        if purpose not in claim.purposes:
            raise Refused("permit.caveat_purpose", origin=claim.origin, purpose=purpose)
    return Permit("caveats", item.agreement, item.giver, at)


def may_pass_on(item: KeptItem, to: str, purpose: Purpose, at: datetime) -> Permit:
    """The permit to pass an item on. Raises Refused as `may_use`, and `permit.caveat_onward`.

    Back to an origin it may go without that origin's consent, not without the others'; back to
    whoever gave it without any.
    """
    may_use(item, purpose, at)
    for claim in item.claims:
        if not _consented(item, claim, to, purpose, at):
            raise Refused("permit.caveat_onward", origin=claim.origin, recipient=to)
    return Permit("caveats", item.agreement, to, at)


def lacking_consent(item: KeptItem, to: str, purpose: Purpose, at: datetime) -> tuple[Caveats, ...]:
    """The claims whose origins have not consented to it; one that says never is among them."""
    return tuple(claim for claim in item.claims if not _consented(item, claim, to, purpose, at))


def _still_kept(item: KeptItem, at: datetime) -> None:
    if item.deleted or at.date() > item.delete_by:
        raise Refused("permit.caveat_retention", origin=item.giver)


def _consented(item: KeptItem, claim: Caveats, to: str, purpose: Purpose, at: datetime) -> bool:
    if to in (claim.origin, item.giver):
        return True
    if claim.onward is Onward.NONE:
        return False
    return to in claim.consented or any(
        each.origin == claim.origin and each.holds(to, purpose, at.date()) for each in item.consents
    )


def carried(
    items: Sequence[KeptItem], to: str, purpose: Purpose, at: datetime
) -> tuple[Caveats, ...]:
    """The caveats that go with these items, one for each origin: what each of its items allows.

    Raises Refused as `may_pass_on`, and `caveat.apart` where an origin's items allow no purpose
    together: they cannot go in one message.
    """
    found: dict[str, Caveats] = {}
    for item in items:
        may_pass_on(item, to, purpose, at)
        for claim in item.claims:
            going = for_recipient(item, claim, to, at.date())
            met = found.get(claim.origin)
            found[claim.origin] = going if met is None else together(met, going)
    return tuple(found.values())


def for_recipient(item: KeptItem, claim: Caveats, to: str, day: date) -> Caveats:
    """An origin's caveats as they go to a recipient: the widest that may be said there.

    Where the recipient has it by a consent of its own, for the purposes of that consent alone.
    """
    purposes, consented = claim.purposes, claim.consented
    if to == item.giver:
        consented = tuple(sorted({*consented, to} - {claim.origin}))
    elif to != claim.origin and to not in consented:
        covered: set[Purpose] = set()
        for each in item.consents:
            if each.origin == claim.origin and each.recipient == to and each.stands(day):
                covered |= each.purposes
        purposes = tuple(each for each in purposes if each in covered)
        consented = tuple(sorted({*consented, to}))
    return Caveats(
        origin=claim.origin,
        purposes=purposes,
        onward=claim.onward,
        consented=consented,
        delete_by=item.delete_by
        if claim.delete_by is None
        else min(claim.delete_by, item.delete_by),
    )


def together(one: Caveats, other: Caveats) -> Caveats:
    """What both of an origin's caveats allow."""
    purposes = tuple(each for each in one.purposes if each in other.purposes)
    if not purposes:
        raise Refused("caveat.apart", origin=one.origin)
    days = [each for each in (one.delete_by, other.delete_by) if each is not None]
    return Caveats(
        origin=one.origin,
        purposes=purposes,
        onward=min(one.onward, other.onward, key=STRICTNESS.__getitem__),
        consented=tuple(sorted({*one.consented} & {*other.consented})),
        delete_by=min(days) if days else None,
    )


def looser(said: Caveats, widest: Caveats) -> bool:
    """Whether `said` of an origin allows more than the widest that may be said."""
    return (
        not set(said.purposes) <= set(widest.purposes)
        or STRICTNESS[said.onward] > STRICTNESS[widest.onward]
        or not set(said.consented) <= set(widest.consented)
        or (widest.delete_by is not None and (said.delete_by or date.max) > widest.delete_by)
    )


def kept_until(claims: Iterable[Caveats], agreement: Agreement, received_at: datetime) -> date:
    """The last day on which an item may be kept: the earliest that anybody says."""
    days = [each.delete_by for each in claims if each.delete_by is not None]
    return min([received_at.date() + timedelta(days=agreement.retention_days), *days])
