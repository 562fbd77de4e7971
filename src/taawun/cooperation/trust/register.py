"""Who is known, and whose key is whose: the ring that signatures are checked against.

A card's keys count once the card is confirmed: its fingerprint was compared out of band, or it was
signed by a key that counted already. Keys of older confirmed cards go on counting for as long as
they say, so that old and new overlap; a revoked key counts no more from its revocation, whoever
revoked it first, its owner or this node.

A lost key can sign one thing that is believed at once: that it counts no more. The new keys of
such a card wait until its fingerprint was compared, for a thief may have written it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from taawun.cooperation.trust.party import Card, KeyUse, PublicKey
from taawun.cooperation.wire import moment_of
from taawun.errors import Refused


@dataclass(frozen=True, slots=True)
class Entry:
    """A card, the key that signed it, and the signed text as it came."""

    card: Card
    kid: str
    signed: str


@dataclass(frozen=True, slots=True)
class Word:
    """Something that was recorded of an authority: a `card`, that it was `confirmed` (the card's
    digest), that a key was `revoked` (its kid)."""

    what: str
    authority: str
    recorded_at: datetime
    card: Entry | None = None
    said: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A key of an authority and what became of it. `confirmed_at` is None until it is trusted."""

    key: PublicKey
    confirmed_at: datetime | None
    revoked_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class KnownParty:
    """An authority: its cards as they were brought in, the digests of the confirmed ones, its
    keys by kid.

    `trusted` is the confirmed card with the highest number: what is not confirmed stands in
    nobody's way.
    """

    cards: tuple[Entry, ...] = ()
    confirmed: frozenset[str] = frozenset()
    keys: Mapping[str, KnownKey] = field(default_factory=dict)
    trusted: Card | None = None

    @property
    def card(self) -> Card | None:
        """The newest card that is confirmed, else the last that was brought in."""
        return self.trusted or (self.cards[-1].card if self.cards else None)

    def trusts(self, card: Card) -> bool:
        """Whether this very card is confirmed."""
        return card.digest() in self.confirmed


@dataclass(frozen=True, slots=True)
class Ring:
    """Everybody who is known, this node's own authority too."""

    parties: Mapping[str, KnownParty] = field(default_factory=dict)

    @classmethod
    def of(cls, words: Iterable[Word]) -> Ring:
        """The ring that words amount to, in the order in which they were recorded."""
        parties: dict[str, KnownParty] = {}
        for word in words:
            parties[word.authority] = _heard(parties.get(word.authority, KnownParty()), word)
        return cls(parties)

    @property
    def codes(self) -> tuple[str, ...]:
        """Everybody, in order."""
        return tuple(sorted(self.parties))

    def card(self, code: str) -> Card | None:
        """An authority's card; None for one that is not known."""
        party = self.parties.get(code)
        return party.card if party is not None else None

    def confirmed(self, code: str) -> bool:
        """Whether a card of an authority was confirmed."""
        party = self.parties.get(code)
        return party is not None and bool(party.confirmed)

    def signing_key(self, code: str, kid: str, at: datetime) -> PublicKey:
        """The key to check a signature of `code` with. Raises Refused: `key.unknown`,
        `.unconfirmed`, `.revoked`, `.not_yet`, `.expired`."""
        party = self.parties.get(code)
        known = party.keys.get(kid) if party is not None else None
        if known is None or known.key.use is not KeyUse.SIGN:
            raise Refused("key.unknown", party=code, kid=kid[:43])
        if known.confirmed_at is None:
            raise Refused("key.unconfirmed", party=code, kid=kid)
        if known.revoked_at is not None and at >= known.revoked_at:
            raise Refused("key.revoked", party=code, kid=kid)
        if at < known.key.valid_from:
            raise Refused("key.not_yet", party=code, kid=kid)
        if at >= known.key.valid_until:
            raise Refused("key.expired", party=code, kid=kid)
        return known.key

    def keys_until(self, code: str) -> datetime | None:
        """Until when an authority has a key of each use that counts; None for no authority."""
        party = self.parties.get(code)
        if party is None:
            return None
        ends = [
            [
                known.revoked_at or known.key.valid_until
                for known in party.keys.values()
                if known.key.use is use and known.confirmed_at is not None
            ]
            for use in KeyUse
        ]
        return min(max(each) for each in ends) if all(ends) else None

    def sealing_key(self, code: str, at: datetime) -> PublicKey:
        """The key to seal to: the last on the newest confirmed card that counts. Raises Refused."""
        party = self.parties.get(code)
        card = party.card if party is not None and party.confirmed else None
        if party is None or card is None:
            raise Refused("key.unconfirmed", party=code, kid="")
        for key in reversed(card.keys):
            known = party.keys[key.kid]
            revoked = known.revoked_at is not None and at >= known.revoked_at
            if key.use is KeyUse.SEAL and key.counts(at) and not revoked:
                return key
        raise Refused("key.none_to_seal", party=code)


def trusted_signer(party: KnownParty | None, entry: Entry, at: datetime) -> PublicKey | None:
    """The key that counts already and signed a card; None where no such key did."""
    known = party.keys.get(entry.kid) if party is not None else None
    if known is None or known.confirmed_at is None or known.key.use is not KeyUse.SIGN:
        return None
    revoked = known.revoked_at is not None and at >= known.revoked_at
    return known.key if known.key.counts(at) and not revoked else None


def ends_its_signer(entry: Entry) -> bool:
    """Whether a card revokes the very key that signed it."""
    return any(each.kid == entry.kid for each in entry.card.revoked)


def _heard(party: KnownParty, word: Word) -> KnownParty:
    match word.what:
        case "card" if word.card is not None:
            return _with_card(party, word.card, word.recorded_at)
        case "confirmed":
            return _with_trust(party, str(word.said["digest"]), word.recorded_at)
        case _:
            kid, at = str(word.said["kid"]), moment_of(str(word.said["at"]))
            return _with_revoked(party, {kid: (at, str(word.said.get("reason", "")))})


def _with_card(party: KnownParty, entry: Entry, at: datetime) -> KnownParty:
    keys = dict(party.keys)
    for key in entry.card.keys:
        keys.setdefault(key.kid, KnownKey(key, None))
    grown = replace(party, cards=(*party.cards, entry), keys=keys)
    if trusted_signer(party, entry, at) is None:
        return grown
    ended = {
        each.kid: (min(each.at, at), each.reason)
        for each in entry.card.revoked
        if each.kid == entry.kid
    }
    return _with_revoked(grown, ended)


def _with_trust(party: KnownParty, digest: str, at: datetime) -> KnownParty:
    entry = next(each for each in party.cards if each.card.digest() == digest)
    keys = dict(party.keys)
    for key in entry.card.keys:
        known = keys[key.kid]
        when = known.confirmed_at or at
        # The card may narrow when its own key counts; it cannot widen a revocation away.
        keys[key.kid] = KnownKey(key, when, known.revoked_at, known.reason)
    newest = party.trusted
    if newest is None or entry.card.number >= newest.number:
        newest = entry.card
    trusted = replace(party, confirmed=party.confirmed | {digest}, keys=keys, trusted=newest)
    said = {each.kid: (each.at, each.reason) for each in entry.card.revoked}
    return _with_revoked(trusted, said)


def _with_revoked(party: KnownParty, revoked: Mapping[str, tuple[datetime, str]]) -> KnownParty:
    keys = dict(party.keys)
    for kid, (at, reason) in revoked.items():
        known = keys.get(kid)
        if known is not None and (known.revoked_at is None or at < known.revoked_at):
            keys[kid] = KnownKey(known.key, known.confirmed_at, at, reason)
    return replace(party, keys=keys)
