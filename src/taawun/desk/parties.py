"""What an officer does about who is known: the own authority, partners, their keys, blocs.

found(home, Founding(…))     make this the node of an authority
renew(desk, …)               a new card; partners are told
introduce(desk, signed)      a partner's card comes in
confirm(desk, code, print)   its fingerprint was compared; it hears of what we signed
distrust(desk, code, kid)    this node trusts a partner's key no more
join(desk, bloc, country)    a state joins a bloc of this node's own
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from taawun.cooperation import agreements
from taawun.cooperation.history import Cooperation, cooperation
from taawun.cooperation.message import Message
from taawun.cooperation.trust import parties
from taawun.cooperation.trust.keys import OwnKeys, make_keys, open_keys
from taawun.cooperation.trust.party import Address, Card, CooperationField, Kind, Revocation
from taawun.cooperation.trust.register import KnownKey, KnownParty
from taawun.cooperation.wire import AuthorityCode, BlocCode, CountryCode, Document, Language, Line
from taawun.desk.desk import Desk, named
from taawun.desk.post import place_all
from taawun.errors import NotFound, UsageError
from taawun.store import Store, Unit, open_store


class Founding(Document):
    """What an authority says of itself when its node is made; it goes on its card."""

    authority: AuthorityCode
    kind: Kind
    name: Annotated[dict[Language, Line], Field(min_length=1, max_length=12)]
    competences: Annotated[tuple[CooperationField, ...], Field(min_length=1, max_length=6)]
    address: Address = ""
    number: Annotated[int, Field(ge=1, le=2**53 - 1)] = 1


class OwnMembership(Document):
    """A state's membership of a bloc, as an officer gives it."""

    bloc: BlocCode
    country: CountryCode


@dataclass(frozen=True, slots=True)
class Brought:
    """A card that came in: whose, and whether it is trusted already."""

    card: Card
    trusted: bool


@dataclass(frozen=True, slots=True)
class Acquaintance:
    """An authority as this node knows it: the card that counts, and what waits for an officer.

    `waiting` is a newer card whose fingerprint was not compared yet.
    """

    code: str
    card: Card
    confirmed: bool
    own: bool
    keys: tuple[KnownKey, ...]
    waiting: Card | None = None


def found(
    home: Path,
    founding: Founding,
    *,
    officer: str,
    at: datetime,
    passphrase: bytes | None = None,
    busy_timeout: float = 15.0,
) -> Card:
    """Make `home` the node of an authority: its keys, its first card.

    Raises Conflict where it is one already. Keys of a first attempt that was interrupted are used.
    """
    named(officer)
    store = open_store(home, busy_timeout=busy_timeout)
    try:
        with store.begin() as unit:
            keys = _first_keys(unit, home, founding.authority, at, passphrase)
            return parties.found(
                unit,
                keys,
                kind=founding.kind,
                name=founding.name,
                competences=founding.competences,
                address=founding.address,
                at=at,
                actor=officer,
                number=founding.number,
            )
    finally:
        store.close()


def _first_keys(
    unit: Unit, home: Path, authority: str, at: datetime, passphrase: bytes | None
) -> OwnKeys:
    """New keys; those of an attempt that never came to a card where they are of this authority."""
    try:
        left = open_keys(home, passphrase=passphrase)
    except NotFound:
        return make_keys(home, authority, at, passphrase=passphrase)
    if left.authority == authority and not cooperation(unit.connection).me:
        return left
    return make_keys(home, authority, at, passphrase=passphrase)  # says that there are keys


def own_card(store: Store) -> str:
    """This authority's newest card, signed, as partners bring it in. Raises NotFound."""
    with store.reading() as connection:
        known = cooperation(connection)
    if not known.me:
        raise NotFound(f"{store.home}: no authority yet: `taawun authority init` makes one")
    return known.ring.parties[known.me].cards[-1].signed


def renew(
    desk: Desk,
    *,
    rotate: bool = False,
    address: str | None = None,
    revoke: str = "",
    reason: str = "",
) -> tuple[Card, tuple[str, ...]]:
    """A new card of this authority. Returns it and the partners who are told.

    `revoke` is one of its own keys (or how it begins) that counts no more, with a reason; new keys
    are made then too. Partners trust the card because a key that they know signed it; where that is
    the revoked one, they compare the fingerprint again.
    """
    with desk.store.begin() as unit:
        revoked: tuple[Revocation, ...] = ()
        if revoke:
            kid = _own_kid(desk, revoke)
            revoked = (_revocation(kid, desk.at, reason),)
        card = parties.renew(
            unit,
            desk.keys,
            at=desk.at,
            actor=desk.officer,
            address=address,
            rotate=rotate or bool(revoked),
            revoked=revoked,
        )
        known = cooperation(unit.connection)
        told = place_all(
            unit,
            desk,
            [agreements.card(known, code, desk.at) for code in _confirmed(known)],
        )
    return card, told


def _own_kid(desk: Desk, begin: str) -> str:
    found = [key.kid for key in desk.keys.own.keys if key.kid.startswith(begin)]
    if len(found) != 1:
        raise NotFound(f"no own key (or more than one) begins with {begin!r}")
    return found[0]


def _revocation(kid: str, at: datetime, reason: str) -> Revocation:
    if not reason.strip():
        raise UsageError("a revocation has a reason")
    try:
        return Revocation(kid=kid, at=at, reason=reason)
    except ValidationError:
        raise UsageError("a reason is one line of at most 400 characters") from None


def _confirmed(known: Cooperation) -> list[str]:
    return [code for code in known.ring.codes if code != known.me and known.ring.confirmed(code)]


def introduce(desk: Desk, signed: str) -> Brought:
    """A partner's card comes in. Raises Refused where it cannot be believed."""
    with desk.store.begin() as unit:
        card, trusted = parties.introduce(unit, signed.strip(), at=desk.at, actor=desk.officer)
    return Brought(card, trusted)


def confirm(desk: Desk, code: str, fingerprint: str) -> tuple[Card, tuple[str, ...]]:
    """The officer compared the fingerprint by another way. From now on the partner is trusted.

    What this authority signed while the partner was not trusted yet is sent now. Returns the card,
    and the ids of those agreements. Raises NotFound, Refused `card.fingerprint`.
    """
    with desk.store.begin() as unit:
        before = cooperation(unit.connection).ring.confirmed(code)
        card = parties.confirm(unit, code, fingerprint, at=desk.at, actor=desk.officer)
        known = cooperation(unit.connection)
        signed = [] if before else list(_signed_with(known, code, desk.at, desk.keys))
        place_all(unit, desk, [message for _, message in signed])
    return card, tuple(id for id, _ in signed)


def _signed_with(
    known: Cooperation, code: str, at: datetime, keys: OwnKeys
) -> Iterable[tuple[str, Message]]:
    for id, acts in known.acts.items():
        mine = any(kept.act.party == known.me for kept in acts)
        if mine and code in agreements.partners(known, id, at):
            yield id, agreements.proposal(known, id, code, at, keys)


def distrust(desk: Desk, code: str, kid: str, reason: str) -> str:
    """This node trusts a partner's key no more. `kid` may be its beginning; returns all of it."""
    with desk.store.begin() as unit:
        party = cooperation(unit.connection).ring.parties.get(code)
        keys = party.keys if party is not None else {}
        found = [each for each in keys if each.startswith(kid)]
        if len(found) != 1:
            raise NotFound(f"{code}: no key (or more than one) begins with {kid!r}")
        parties.revoke(unit, code, found[0], reason, at=desk.at, actor=desk.officer)
    return found[0]


def join(
    desk: Desk, bloc: str, country: str, since: date, until: date | None = None
) -> OwnMembership:
    """A state joins a bloc of this node's own, or its membership is given an end.

    What this authority signed with the bloc is sent to the new member's authorities that are
    trusted, where it is a member by now.
    """
    if until is not None and until <= since:
        raise UsageError(f"a membership that ends on {until} cannot begin on {since}")
    try:
        said = OwnMembership(bloc=bloc, country=country)
    except ValidationError:
        raise UsageError(
            f"a bloc is two to twelve capital letters, a country two: got {bloc!r}, {country!r}"
        ) from None
    with desk.store.begin() as unit:
        before = cooperation(unit.connection)
        parties.join(unit, bloc, country, since, until, at=desk.at, actor=desk.officer)
        known = cooperation(unit.connection)
        place_all(unit, desk, list(_newly_concerned(before, known, desk)))
    return said


def _newly_concerned(before: Cooperation, known: Cooperation, desk: Desk) -> Iterable[Message]:
    """What this authority signed, for those whom it concerns since a membership was recorded."""
    for code in _confirmed(known):
        for id, message in _signed_with(known, code, desk.at, desk.keys):
            if code not in agreements.partners(before, id, desk.at):
                yield message


def everybody(known: Cooperation) -> tuple[Acquaintance, ...]:
    """Everybody who is known, this authority first."""
    codes = sorted(known.ring.codes, key=lambda code: (code != known.me, code))
    return tuple(_acquaintance(known, code, known.ring.parties[code]) for code in codes)


def _acquaintance(known: Cooperation, code: str, party: KnownParty) -> Acquaintance:
    card, newest = party.card, party.cards[-1].card
    return Acquaintance(
        code,
        card if card is not None else newest,
        bool(party.confirmed),
        code == known.me,
        tuple(party.keys.values()),
        None if party.trusts(newest) else newest,
    )
