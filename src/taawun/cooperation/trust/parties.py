"""Bringing in who is known: own and partners' cards, what was confirmed, what was revoked.

found(...)      this node's authority, its first keys and its first card
renew(...)      a new card: another address, new keys, revoked ones
introduce(...)  a partner's card comes in: trusted when it carries over, else to be confirmed
confirm(...)    an officer compared the fingerprint
regain(...)     an own card that was forgotten comes back from a partner
revoke(...)     this node trusts a key no more
join(...)       a state joins a bloc of this node's own, or leaves it
"""

from __future__ import annotations

from datetime import date, datetime

import orjson

from taawun.cooperation import history
from taawun.cooperation.trust import signing
from taawun.cooperation.trust.denied import published
from taawun.cooperation.trust.keys import OwnKeys
from taawun.cooperation.trust.party import (
    CARD,
    Card,
    CooperationField,
    KeyUse,
    Kind,
    PublicKey,
    Revocation,
    same_fingerprint,
)
from taawun.cooperation.trust.register import Entry, ends_its_signer, trusted_signer
from taawun.cooperation.wire import CLOCKS_APART, moment_text
from taawun.errors import Conflict, NotFound, Refused, UsageError
from taawun.store.database import Unit


def found(
    unit: Unit,
    keys: OwnKeys,
    *,
    kind: Kind,
    name: dict[str, str],
    competences: tuple[CooperationField, ...],
    address: str,
    at: datetime,
    actor: str,
    number: int = 1,
) -> Card:
    """Make this the node of `keys.authority`: its first card. Raises Conflict for a second time.

    `number` is above 1 where partners know cards of a node whose keys are lost.
    """
    known = history.cooperation(unit.connection)
    if known.me:
        raise Conflict(f"this is the node of {known.me} already")
    code = keys.authority
    history.add(unit, "self", code, code, at=at, actor=actor)
    card = Card(
        authority=code,
        country=code[:2],
        kind=kind,
        name=name,
        competences=competences,
        address=address,
        number=number,
        made_at=at,
        keys=keys.public(at),
    )
    _own(unit, card, signing.sign(card.canonical(), keys.signing(at), CARD), at, actor)
    return card


def renew(
    unit: Unit,
    keys: OwnKeys,
    *,
    at: datetime,
    actor: str,
    address: str | None = None,
    rotate: bool = False,
    revoked: tuple[Revocation, ...] = (),
) -> Card:
    """The next card of this node's own authority.

    `rotate` makes new keys first; the old ones stay on the card for as long as they count. The card
    is signed by a key of the card before, so that partners trust it without comparing anything.
    Where this card revokes the only such key, that key signs its own end: partners believe this at
    once, and the new keys when they have compared the fingerprint. Raises Refused
    `key.own_expired` where no key of the card before counts any more and none of this one does.
    """
    known = history.cooperation(unit.connection)
    before = known.ring.card(known.me)
    if before is None:
        raise NotFound("no node yet: `taawun authority init` makes one")
    gone = {each.kid for each in (*before.revoked, *revoked)}
    if rotate:
        for use in KeyUse:
            keys.add(use, at)
    public = tuple(key for key in keys.public(at) if key.kid not in gone)
    card = before.model_copy(
        update={
            "number": before.number + 1,
            "made_at": at,
            "keys": public,
            "address": before.address if address is None else address,
            "revoked": (*before.revoked, *revoked),
        }
    )
    card = Card.read(card.canonical())
    signer = _signer(before, card, at)
    _own(unit, card, signing.sign(card.canonical(), keys.private(signer), CARD), at, actor)
    return card


def _signer(before: Card, card: Card, at: datetime) -> str:
    """A key of the card before that goes on; else one of it that ends here; else a new one."""
    gone = {each.kid for each in card.revoked}
    gone_before = {each.kid for each in before.revoked}
    old = [k for k in before.keys if k.use is KeyUse.SIGN and k.counts(at)]
    new = [k for k in card.keys if k.use is KeyUse.SIGN and k.counts(at)]
    going_on = [key for key in old if key.kid not in gone]
    ending = [key for key in old if key.kid not in gone_before]
    for key in (*going_on, *ending, *new):
        return key.kid
    raise Refused("key.own_expired", use=KeyUse.SIGN)


def _own(unit: Unit, card: Card, signed: str, at: datetime, actor: str) -> None:
    history.add(unit, "card", card.authority, signed, at=at, actor=actor)
    _trust(unit, card, "own", at, actor)
    unit.journal("node.card", card.authority, _told(card), at=at, actor=actor)


def regain(unit: Unit, signed: str, *, at: datetime, actor: str) -> bool:
    """Bring back an own card that is newer than all that are known: this node was set back.

    Returns whether it is. Raises Refused where no own key signed it.
    """
    entry = read_card(signed)
    own = history.cooperation(unit.connection).ring.parties[entry.card.authority]
    if own.trusted is not None and entry.card.number <= own.trusted.number:
        return False
    signer = trusted_signer(own, entry, at)
    if signer is None:
        raise Refused("key.unknown", party=entry.card.authority, kid=entry.kid)
    signing.verify(signed, CARD, lambda kid: signer)
    _own(unit, entry.card, signed, at, actor)
    return True


def read_card(signed: str) -> Entry:
    """A card from its signed text: the signature holds, by a key on the card or one that the
    receiver has to know. Raises Refused."""
    claimed = signing.unverified(signed, CARD)
    return Entry(Card.read(claimed.payload), claimed.kid, signed)


def introduce(unit: Unit, signed: str, *, at: datetime, actor: str) -> tuple[Card, bool]:
    """Bring in a partner's card. Returns it, and whether it is trusted already.

    The same card again changes nothing. Raises Refused: `card.own`, `card.older` (a number below
    that of the last confirmed card), `card.other` (its number, another text), `card.time` (from the
    future), `key.published` (a test key), and the grounds of a signature that does not hold.
    """
    entry = read_card(signed)
    card = entry.card
    known = history.cooperation(unit.connection)
    party = known.ring.parties.get(card.authority)
    if card.authority == known.me:
        raise Refused("card.own")
    if card.made_at > at + CLOCKS_APART:
        raise Refused("card.time", party=card.authority)
    for each in card.keys:
        if published(each.kid):
            raise Refused("key.published", party=card.authority, kid=each.kid)
    if party is not None and any(each.card == card for each in party.cards):
        return card, party.trusts(card)
    last = party.trusted if party is not None else None
    if last is not None and card.number <= last.number:
        ground = "card.other" if card.number == last.number else "card.older"
        raise Refused(ground, party=card.authority, number=str(card.number))
    signer = trusted_signer(party, entry, at)
    trusted = signer is not None and not ends_its_signer(entry)
    by = signer or _on_card(entry)
    signing.verify(signed, CARD, lambda kid: by)
    history.add(unit, "card", card.authority, signed, at=at, actor=actor)
    unit.journal("party.card", card.authority, _told(card), at=at, actor=actor)
    if trusted:
        _trust(unit, card, "carried", at, actor)
    return card, trusted


def _on_card(entry: Entry) -> PublicKey:
    """The key on a card that signed it. Raises Refused where it is none of them."""
    for key in entry.card.keys:
        if key.kid == entry.kid and key.use is KeyUse.SIGN:
            return key
    raise Refused("key.unknown", party=entry.card.authority, kid=entry.kid)


def confirm(unit: Unit, code: str, fingerprint: str, *, at: datetime, actor: str) -> Card:
    """An officer compared the fingerprint of an authority's card by another way.

    Of cards with this fingerprint the last that was brought in is confirmed. Raises NotFound for an
    unknown authority, Refused `card.fingerprint` where no card has it.
    """
    party = history.cooperation(unit.connection).ring.parties.get(code)
    if party is None:
        raise NotFound(f"no authority {code} is known: bring in its card first")
    found = [e.card for e in party.cards if same_fingerprint(e.card.fingerprint, fingerprint)]
    if not found:
        raise Refused("card.fingerprint", party=code)
    card = found[-1]
    if not party.trusts(card):
        _trust(unit, card, card.fingerprint, at, actor)
        said = {"number": card.number, "fingerprint": card.fingerprint}
        unit.journal("party.confirmed", code, said, at=at, actor=actor)
    return card


def revoke(unit: Unit, code: str, kid: str, reason: str, *, at: datetime, actor: str) -> None:
    """Trust a partner's key no more, from now on. Raises NotFound, UsageError without a reason."""
    if not reason.strip():
        raise UsageError("a revocation has a reason")
    known = history.cooperation(unit.connection)
    party = known.ring.parties.get(code)
    if party is None or kid not in party.keys:
        raise NotFound(f"{code} has no key {kid}")
    said = {"kid": kid, "at": moment_text(at), "reason": reason}
    history.add(unit, "revoked", code, orjson.dumps(said).decode(), at=at, actor=actor)
    unit.journal("party.key_revoked", code, {"kid": kid}, at=at, actor=actor)


def join(
    unit: Unit,
    bloc: str,
    country: str,
    since: date,
    until: date | None = None,
    *,
    at: datetime,
    actor: str,
) -> None:
    """Record a state's membership of a bloc of this node's own."""
    said = {
        "bloc": bloc,
        "country": country,
        "since": since.isoformat(),
        "until": until.isoformat() if until else None,
    }
    history.add(unit, "membership", bloc, orjson.dumps(said).decode(), at=at, actor=actor)
    unit.journal("bloc.membership", bloc, said, at=at, actor=actor)


def _trust(unit: Unit, card: Card, by: str, at: datetime, actor: str) -> None:
    said = orjson.dumps({"digest": card.digest(), "by": by}).decode()
    history.add(unit, "confirmed", card.authority, said, at=at, actor=actor)


def _told(card: Card) -> dict[str, object]:
    """What the journal keeps of a card."""
    digest = card.digest()
    return {"number": card.number, "digest": digest, "keys": [key.kid for key in card.keys]}
