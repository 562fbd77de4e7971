"""Cards and trust: what is believed, from when, and what a thief of a key can do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from taawun.cooperation import agreements
from taawun.cooperation.bloc import shipped
from taawun.cooperation.standing import State
from taawun.cooperation.trust import keys as own_keys
from taawun.cooperation.trust import parties, signing
from taawun.cooperation.trust.party import CARD, Card, KeyUse, Revocation
from taawun.errors import Conflict, NotFound, Refused, StoreError, UsageError
from tests.cooperation.authorities import HOUR, NOON, START, Office, Region, region, terms

DAY = timedelta(days=1)


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Region]:
    with region(tmp_path, "XA-FIU", "XB-FIU") as made:
        yield made


def refused(ground: str) -> pytest.RaisesContext[Refused]:
    return pytest.raises(Refused, match=ground.replace(".", r"\."))


def brings(office: Office, signed: str, at=START) -> tuple[Card, bool]:  # type: ignore[no-untyped-def]
    with office.begin() as unit:
        return parties.introduce(unit, signed, at=at, actor="officer")


def renewed(office: Office, at=NOON, **said) -> Card:  # type: ignore[no-untyped-def]
    with office.begin() as unit:
        return parties.renew(unit, office.keys, at=at, actor="officer", **said)


def test_a_card_that_nobody_confirmed_is_known_and_not_trusted(tmp_path: Path) -> None:
    one, other = Office(tmp_path / "a", "XA-FIU"), Office(tmp_path / "b", "XB-FIU")
    card, trusted = brings(one, other.entry().signed)
    ring = one.known().ring
    assert not trusted
    assert not ring.confirmed("XB-FIU")
    with refused("key.unconfirmed"):
        ring.signing_key("XB-FIU", other.entry().kid, NOON)
    with one.begin() as unit, refused("card.fingerprint"):
        parties.confirm(unit, "XB-FIU", "0" * 40, at=NOON, actor="officer")
    with one.begin() as unit:
        said = card.fingerprint.upper().replace(" ", "")
        parties.confirm(unit, "XB-FIU", said, at=NOON, actor="officer")
    assert one.known().ring.signing_key("XB-FIU", other.entry().kid, NOON)
    one.store.close()
    other.store.close()


def test_new_keys_are_trusted_because_an_old_one_signed_for_them(two: Region) -> None:
    old = two["XB-FIU"].entry().kid
    card = renewed(two["XB-FIU"], rotate=True)
    assert brings(two["XA-FIU"], two["XB-FIU"].entry().signed, NOON) == (card, True)
    ring = two["XA-FIU"].known().ring
    new = [key.kid for key in card.keys if key.use is KeyUse.SIGN][-1]
    assert new != old
    assert ring.signing_key("XB-FIU", new, NOON)
    assert ring.signing_key("XB-FIU", old, NOON), "both count while they overlap"
    assert ring.sealing_key("XB-FIU", NOON) == card.keys[-1]


def test_an_expired_key_and_one_that_does_not_count_yet_say_so(two: Region) -> None:
    kid = two["XB-FIU"].entry().kid
    ring = two["XA-FIU"].known().ring
    with refused("key.not_yet"):
        ring.signing_key("XB-FIU", kid, START - DAY)
    with refused("key.expired"):
        ring.signing_key("XB-FIU", kid, START + own_keys.VALID)
    with refused("key.none_to_seal"):
        ring.sealing_key("XB-FIU", START + own_keys.VALID)
    with refused("key.unknown"):
        ring.signing_key("XB-FIU", two["XA-FIU"].entry().kid, NOON)


def test_a_revoked_key_says_its_own_end_and_its_new_card_waits(two: Region) -> None:
    old = two["XB-FIU"].entry().kid
    gone = (Revocation(kid=old, at=NOON, reason="laptop stolen"),)
    renewed(two["XB-FIU"], rotate=True, revoked=gone)
    card, trusted = brings(two["XA-FIU"], two["XB-FIU"].entry().signed, NOON)
    ring = two["XA-FIU"].known().ring
    assert not trusted
    with refused("key.revoked"):
        ring.signing_key("XB-FIU", old, NOON)
    new = [key.kid for key in card.keys if key.use is KeyUse.SIGN][-1]
    with refused("key.unconfirmed"):
        ring.signing_key("XB-FIU", new, NOON)
    with two["XA-FIU"].begin() as unit:
        parties.confirm(unit, "XB-FIU", card.fingerprint, at=NOON, actor="officer")
    assert two["XA-FIU"].known().ring.signing_key("XB-FIU", new, NOON)


def test_a_thief_cannot_bring_back_a_key_that_was_revoked(two: Region) -> None:
    thief = two["XB-FIU"].keys
    kid = two["XB-FIU"].entry().kid
    with two["XA-FIU"].begin() as unit:
        parties.revoke(unit, "XB-FIU", kid, "told by telephone", at=NOON, actor="officer")
    card = two["XB-FIU"].entry().card.model_copy(update={"number": 2, "made_at": NOON})
    signed = signing.sign(card.canonical(), thief.private(kid), CARD)
    _, trusted = brings(two["XA-FIU"], signed, NOON + HOUR)
    assert not trusted
    with refused("key.revoked"):
        two["XA-FIU"].known().ring.signing_key("XB-FIU", kid, NOON + HOUR)


def test_another_text_under_the_same_number_and_an_older_card_are_refused(two: Region) -> None:
    office = two["XB-FIU"]
    first = office.entry()
    other = first.card.model_copy(update={"address": "https://evil.example"})
    with refused("card.other"):
        brings(two["XA-FIU"], signing.sign(other.canonical(), office.keys.private(first.kid), CARD))
    renewed(office)
    brings(two["XA-FIU"], office.entry().signed, NOON)
    with refused("card.older"):
        brings(two["XA-FIU"], signing.sign(other.canonical(), office.keys.private(first.kid), CARD))
    assert brings(two["XA-FIU"], first.signed, NOON)[1], "the same card again changes nothing"


def test_a_card_from_the_future_and_ones_own_are_refused(two: Region) -> None:
    renewed(two["XB-FIU"], at=NOON)
    with refused("card.time"):
        brings(two["XA-FIU"], two["XB-FIU"].entry().signed, NOON - HOUR)
    with refused("card.own"):
        brings(two["XB-FIU"], two["XB-FIU"].entry().signed, NOON)


def test_a_card_signed_by_a_stranger_is_refused(two: Region) -> None:
    card = two["XB-FIU"].entry().card.model_copy(update={"number": 2})
    signed = signing.sign(card.canonical(), two["XA-FIU"].keys.signing(NOON), CARD)
    with refused("key.unknown"):
        brings(two["XA-FIU"], signed, NOON)


def test_keys_are_made_once_and_sealed_with_a_passphrase(tmp_path: Path) -> None:
    own_keys.make_keys(tmp_path, "XA-FIU", START, passphrase=b"long enough")
    with pytest.raises(Conflict):
        own_keys.make_keys(tmp_path, "XA-FIU", START)
    assert own_keys.open_keys(tmp_path, passphrase=b"long enough").signing(NOON)
    with pytest.raises(UsageError, match="TAAWUN_KEY_PASSPHRASE"):
        own_keys.open_keys(tmp_path).signing(NOON)
    with pytest.raises(StoreError, match="damaged, or another passphrase"):
        own_keys.open_keys(tmp_path, passphrase=b"another").signing(NOON)
    with pytest.raises(NotFound):
        own_keys.open_keys(tmp_path / "elsewhere")
    for path in (tmp_path / "keys").iterdir():
        assert path.stat().st_mode & 0o077 == 0, path
        assert b"PRIVATE KEY" not in path.read_bytes() or b"ENCRYPTED" in path.read_bytes()


def test_a_key_of_ones_own_that_has_run_out_signs_nothing(two: Region) -> None:
    with refused("key.own_expired"):
        two["XA-FIU"].keys.signing(START + own_keys.VALID)
    with refused("key.not_ours"):
        two["XA-FIU"].keys.sealed_to("A" * 43, NOON)


def test_a_card_that_nobody_confirmed_stands_in_nobodys_way(two: Region) -> None:
    """A thief's card with a high number waits for ever; the true next card still carries."""
    office, own = two["XB-FIU"], two["XB-FIU"].entry()
    strange = Office(two["XA-FIU"].home / "strange", "XB-FIU")
    thief = strange.entry().card.model_copy(update={"number": 99})
    signed = signing.sign(thief.canonical(), strange.keys.signing(NOON), CARD)
    assert not brings(two["XA-FIU"], signed, NOON)[1]
    card = renewed(office)
    assert brings(two["XA-FIU"], office.entry().signed, NOON) == (card, True)
    ring = two["XA-FIU"].known().ring
    assert ring.card("XB-FIU") == card
    assert ring.signing_key("XB-FIU", own.kid, NOON)
    with refused("card.fingerprint"), two["XA-FIU"].begin() as unit:
        parties.confirm(unit, "XB-FIU", "0" * 40, at=NOON, actor="officer")
    strange.store.close()


def test_memberships_are_as_a_node_knew_them(tmp_path: Path) -> None:
    """What was recorded later is left out where it is asked what was known."""
    with region(tmp_path, "XA-FIU", "XB-FIU") as two:
        pact = two.in_force(terms("XA-FIU, GULF: *; *; *; *"), "XA-FIU")
        office = two["XA-FIU"]
        since = START.date()
        for day, until in ((1, None), (5, NOON.date() - timedelta(days=3))):
            with office.begin() as unit:
                at = START + timedelta(days=day)
                parties.join(unit, "GULF", "XB", since, until, at=at, actor="officer")
        known = office.known()

        def members(known_at: datetime | None) -> tuple[str, ...]:
            return known.blocs_known(known_at).members("GULF", NOON)

        assert members(START) == ()
        assert members(START + timedelta(days=2)) == ("XB",)
        assert members(START + timedelta(days=6)) == members(None) == ()
        assert agreements.partners(known, pact.id, NOON) == []
        assert agreements.partners(known, pact.id, NOON, START) == []
        assert agreements.partners(known, pact.id, NOON, START + timedelta(days=2)) == ["XB-FIU"]
        stood = agreements.between(known, pact.id, "XB-FIU", NOON, START + timedelta(days=2))
        assert (stood.state, stood.outside) == (State.PROPOSED, False)
        assert agreements.between(known, pact.id, "XB-FIU", NOON).outside
        assert shipped().members("EU", NOON) == known.blocs_known(START).members("EU", NOON)
