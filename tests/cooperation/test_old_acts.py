"""Keys run out and agreements go on: what was signed long ago reaches who comes late."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from taawun.cooperation import agreements
from taawun.cooperation.standing import State
from taawun.cooperation.trust import parties
from taawun.cooperation.trust.keys import VALID
from tests.cooperation.authorities import START, Office, region, terms

LATE = START + VALID + timedelta(days=100)
PACT = terms("XA-FIU, XB-FIU, XC-FIU: *; *; *; *")


def renews(office: Office) -> None:
    """New keys in time, before the old ones run out."""
    at = START + VALID - timedelta(days=10)
    with office.begin() as unit:
        parties.renew(unit, office.keys, at=at, actor="officer", rotate=True)


def brings(sender: Office, receiver: Office) -> None:
    message = agreements.proposal(sender.known(), PACT.id, receiver.code, LATE, sender.keys)
    with receiver.begin() as unit:
        agreements.HANDLERS[message.kind](unit, message, LATE)


def signers(office: Office) -> list[str]:
    return [kept.act.party for kept in office.known().acts.get(PACT.id, ())]


def test_who_comes_late_takes_an_old_act_from_its_own_party(tmp_path: Path) -> None:
    with region(tmp_path / "first", "XA-FIU", "XB-FIU") as first:
        first.in_force(PACT)
        late = Office(tmp_path / "late", "XC-FIU", at=LATE)
        for office in first:
            renews(office)
            late.meets(office, LATE)
        one, other = first["XA-FIU"], first["XB-FIU"]
        brings(one, late)
        assert signers(late) == ["XA-FIU"], "the other's old key counts no more: it is left to it"
        brings(other, late)
        assert signers(late) == ["XA-FIU", "XB-FIU"]
        late.does(PACT, "sign", at=LATE)
        found = agreements.between(late.known(), PACT.id, "XA-FIU", LATE)
        assert found.state is State.IN_FORCE
        late.store.close()


def test_an_act_that_is_known_is_not_another_for_being_signed_anew(tmp_path: Path) -> None:
    with region(tmp_path, "XA-FIU", "XB-FIU") as two:
        two.in_force(PACT)
        before = two["XB-FIU"].known().acts[PACT.id]
        renews(two["XA-FIU"])
        brings(two["XA-FIU"], two["XB-FIU"])
        assert two["XB-FIU"].known().acts[PACT.id] == before


def test_an_act_is_not_signed_anew_while_its_key_counts(tmp_path: Path) -> None:
    with region(tmp_path, "XA-FIU", "XB-FIU") as two:
        two.in_force(PACT)
        one = two["XA-FIU"]
        renews(one)
        at = START + VALID - timedelta(days=5)
        body = agreements.own_acts(one.known(), PACT.id, "XB-FIU", at, one.keys).body
        own = [kept.signed for kept in one.known().acts[PACT.id] if kept.act.party == "XA-FIU"]
        assert body["acts"] == own
