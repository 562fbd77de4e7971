"""Agreements in the store: what parties do reaches the others, and nothing else does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from taawun.cooperation import agreements
from taawun.cooperation.act import ACT, Act, Deed, Scope
from taawun.cooperation.agreement import Agreement
from taawun.cooperation.exchange import outbox
from taawun.cooperation.message import Message
from taawun.cooperation.permit import Direction
from taawun.cooperation.standing import State
from taawun.cooperation.trust import parties, signing
from taawun.desk import parties as desk_parties
from taawun.desk.desk import Desk
from taawun.errors import NotFound, Refused
from taawun.store.journal import verify
from tests.cooperation.authorities import HOUR, NOON, START, Office, Region, region, terms

MOU = terms("XA-FIU, XB-FIU: *; *; *; *")
OTHER = terms("XA-FIU, XC-FIU: *; *; *; *")


@pytest.fixture
def three(tmp_path: Path) -> Iterator[Region]:
    with region(tmp_path, "XA-FIU", "XB-FIU", "XC-FIU") as made:
        yield made
        for office in made:
            with office.store.reading() as connection:
                assert verify(connection, office.home).whole


def refused(ground: str) -> pytest.RaisesContext[Refused]:
    return pytest.raises(Refused, match=ground.replace(".", r"\."))


def comes(office: Office, message, at=NOON) -> None:  # type: ignore[no-untyped-def]
    with office.begin() as unit:
        agreements.HANDLERS[message.kind](unit, message, at)


def forged(signer: Office, agreement: Agreement, **said):  # type: ignore[no-untyped-def]
    """A message with one act of `XB-FIU`, signed by `signer`."""
    act = Act(
        **{
            "agreement": agreement.id,
            "party": "XB-FIU",
            "number": 1,
            "deed": Deed.SIGN,
            "at": START,
            "effective_at": START,
            **said,
        }
    )
    signed = signing.sign(act.canonical(), signer.keys.signing(NOON), ACT)
    body = agreements.ActBody(agreement=agreement.id, acts=(signed,))
    return agreements.control("XB-FIU", "XA-FIU", "act", body, NOON)


def test_signed_by_both_it_is_in_force_on_both_nodes(three: Region) -> None:
    three["XA-FIU"].does(MOU, "sign", at=START)
    three.post(MOU, "XA-FIU", START)
    with refused("permit.unsigned"):
        three["XA-FIU"].may(MOU, "XB-FIU", NOON)
    three["XB-FIU"].does(MOU, "sign", at=START + HOUR)
    three.post(MOU, "XB-FIU", START + HOUR)
    assert three["XA-FIU"].may(MOU, "XB-FIU", NOON).agreement == MOU.id
    assert three["XB-FIU"].may(MOU, "XA-FIU", NOON, direction=Direction.IN).ground == "agreement"


def test_a_suspension_counts_at_home_at_once_and_elsewhere_when_it_arrives(three: Region) -> None:
    three.in_force(MOU, "XA-FIU", "XB-FIU")
    three.in_force(OTHER, "XA-FIU", "XC-FIU")
    three["XB-FIU"].does(MOU, "suspend", at=NOON, reason="a court said so")
    with refused("permit.suspended"):
        three["XB-FIU"].may(MOU, "XA-FIU", NOON)
    assert three["XA-FIU"].may(MOU, "XB-FIU", NOON), "it does not know yet"
    three.post(MOU, "XB-FIU", NOON + HOUR)
    with refused("permit.suspended"):
        three["XA-FIU"].may(MOU, "XB-FIU", NOON + HOUR)
    assert three["XA-FIU"].may(OTHER, "XC-FIU", NOON + HOUR), "the others go on"
    known = three["XA-FIU"].known()
    at = NOON + HOUR / 2
    assert agreements.between(known, MOU.id, "XB-FIU", at).state is State.SUSPENDED
    assert agreements.between(known, MOU.id, "XB-FIU", at, known_at=at).state is State.IN_FORCE


def test_who_missed_acts_gets_them_with_the_next(three: Region) -> None:
    three.in_force(MOU, "XA-FIU", "XB-FIU")
    three["XB-FIU"].does(MOU, "suspend", at=NOON, reason="one")
    three["XB-FIU"].does(MOU, "resume", at=NOON + HOUR, lifts=2)
    three["XB-FIU"].does(MOU, "suspend", at=NOON + 2 * HOUR, reason="two")
    three.post(MOU, "XB-FIU", NOON + 3 * HOUR)
    known = three["XA-FIU"].known()
    assert [kept.act.number for kept in known.acts[MOU.id] if kept.act.party == "XB-FIU"] == [
        1, 2, 3, 4,
    ]  # fmt: skip
    assert len(known.acts[MOU.id]) == 5
    three.post(MOU, "XB-FIU", NOON + 3 * HOUR)
    assert len(three["XA-FIU"].known().acts[MOU.id]) == 5, "the same again changes nothing"


def test_a_suspension_of_one_partner_leaves_the_third(three: Region) -> None:
    pact = terms("XA-FIU, XB-FIU, XC-FIU: *; *; *; *")
    three.in_force(pact)
    three["XA-FIU"].does(pact, "suspend", at=NOON, reason="no", scope=Scope(partners=("XB-FIU",)))
    three.post(pact, "XA-FIU", NOON)
    with refused("permit.suspended"):
        three["XB-FIU"].may(pact, "XA-FIU", NOON)
    assert three["XC-FIU"].may(pact, "XA-FIU", NOON)
    assert three["XB-FIU"].may(pact, "XC-FIU", NOON)


def test_an_act_that_the_party_did_not_sign_is_refused(three: Region) -> None:
    three["XA-FIU"].does(MOU, "sign", at=START)
    with refused("key.unknown"):
        comes(three["XA-FIU"], forged(three["XC-FIU"], MOU))
    assert three["XA-FIU"].known().acts[MOU.id][0].act.party == "XA-FIU"
    assert len(three["XA-FIU"].known().acts[MOU.id]) == 1


def test_acts_out_of_their_row_are_refused(three: Region) -> None:
    three.in_force(MOU, "XA-FIU", "XB-FIU")
    signer = three["XB-FIU"]
    gap = {"deed": Deed.END, "reason": "no", "at": NOON, "effective_at": NOON}
    with refused("act.number"):
        comes(three["XA-FIU"], forged(signer, MOU, number=3, **gap))
    with refused("act.other"):
        comes(three["XA-FIU"], forged(signer, MOU, number=1, at=NOON, effective_at=NOON))
    early = START - HOUR
    with refused("act.time"):
        comes(
            three["XA-FIU"],
            forged(signer, MOU, number=2, deed=Deed.END, reason="no", at=early, effective_at=early),
        )
    with refused("act.agreement"):
        comes(three["XA-FIU"], forged(signer, OTHER))
    with refused("act.already"):
        three["XA-FIU"].does(MOU, "sign", at=NOON)
    with refused("act.unsigned"):
        three["XA-FIU"].does(OTHER, "suspend", at=NOON, reason="before signing")


def test_nobody_records_an_act_in_ones_own_name(three: Region) -> None:
    three.in_force(MOU, "XA-FIU", "XB-FIU")
    own = forged(three["XA-FIU"], MOU, party="XA-FIU", number=2, deed=Deed.END, reason="x",
                 at=NOON, effective_at=NOON)  # fmt: skip
    with refused("act.own"):
        comes(three["XA-FIU"], own)


def test_a_proposal_to_others_is_refused_and_leaves_nothing(three: Region) -> None:
    three["XB-FIU"].does(terms("XB-FIU, XC-FIU: *; *; *; *"), "sign", at=START)
    known = three["XB-FIU"].known()
    id = next(iter(known.agreements))
    message = agreements.proposal(known, id, "XA-FIU", NOON)
    with refused("agreement.not_party"):
        comes(three["XA-FIU"], message)
    assert not three["XA-FIU"].known().agreements


def test_acts_of_a_stranger_are_left_out_and_the_journal_says_so(tmp_path: Path) -> None:
    pact = terms("XA-FIU, XB-FIU, XC-FIU: *; *; *; *")
    with region(tmp_path / "known", "XA-FIU", "XB-FIU") as known:
        stranger = Office(tmp_path / "stranger", "XC-FIU")
        known["XB-FIU"].meets(stranger)
        stranger.meets(known["XB-FIU"])
        stranger.does(pact, "sign", at=START)
        for message in agreements.told(stranger.known(), pact.id, START):
            comes(known[message.recipient], message)
        known["XB-FIU"].does(pact, "sign", at=NOON)
        comes(
            known["XA-FIU"], agreements.proposal(known["XB-FIU"].known(), pact.id, "XA-FIU", NOON)
        )
        signed = {kept.act.party for kept in known["XA-FIU"].known().acts[pact.id]}
        assert signed == {"XB-FIU"}
        with known["XA-FIU"].store.reading() as connection:
            said = connection.exec_driver_sql(
                "SELECT details FROM journal WHERE action = 'agreement.strangers'"
            ).scalars()
            assert list(said) == ['{"parties":["XC-FIU"]}']
        stranger.store.close()


def test_an_unknown_agreement_cannot_be_acted_on(three: Region) -> None:
    office = three["XA-FIU"]
    with pytest.raises(NotFound), office.begin() as unit:
        agreements.act(unit, office.keys, "0" * 64, Deed.SIGN, at=NOON, actor="officer")


def test_a_suspension_without_a_reason_is_no_act(three: Region) -> None:
    three.in_force(MOU, "XA-FIU", "XB-FIU")
    with refused("wire.field"):
        three["XA-FIU"].does(MOU, "suspend", at=NOON)
    assert three["XA-FIU"].may(MOU, "XB-FIU", NOON)


def suspended_in_vain(office: Office) -> None:
    with office.begin() as unit:
        agreements.act(
            unit,
            office.keys,
            MOU.id,
            Deed.SUSPEND,
            at=NOON,
            actor="officer",
            scope=Scope(),
            reason="in the end not",
        )
        assert len(agreements.cooperation(unit.connection).acts[MOU.id]) == 3
        raise RuntimeError


def test_what_was_rolled_back_is_not_remembered(three: Region) -> None:
    """A row that was never kept leaves its number to another: the state must not come from it."""
    office = three["XA-FIU"]
    three.in_force(MOU, "XA-FIU", "XB-FIU")
    with pytest.raises(RuntimeError):
        suspended_in_vain(office)
    assert office.may(MOU, "XB-FIU", NOON)
    with office.begin() as unit:
        parties.join(unit, "GULF", "XA", START.date(), at=NOON, actor="officer")
    assert office.may(MOU, "XB-FIU", NOON + timedelta(seconds=1))


def joins(office: Office, country: str) -> None:
    """An officer takes a membership of GULF down."""
    desk = Desk(office.store, office.keys, "officer", NOON)
    desk_parties.join(desk, "GULF", country, START.date())


def waits(region: Region, sender: str, recipient: str) -> list[Message]:
    """What a node has for another, oldest first."""
    with region[sender].store.reading() as connection:
        shown = outbox.shown(connection, most=100)[::-1]
        return [
            outbox.message_of(connection, each.number)
            for each in shown
            if each.recipient == recipient
        ]


def gulf(three: Region) -> Agreement:
    """An agreement of the members of GULF, signed by two."""
    for office in three:
        for country in ("XA", "XB"):
            joins(office, country)
    mou = terms("GULF: ask; aml_cft; intelligence; identity")
    return three.in_force(mou, "XA-FIU", "XB-FIU")


def test_a_new_member_of_a_bloc_hears_what_was_signed(three: Region) -> None:
    mou = gulf(three)
    assert not waits(three, "XA-FIU", "XC-FIU")
    for office in three:
        joins(office, "XC")
    for code in ("XA-FIU", "XB-FIU"):
        (proposal,) = waits(three, code, "XC-FIU")
        comes(three["XC-FIU"], proposal)
        joins(three[code], "XC")  # said again: nothing new
        assert len(waits(three, code, "XC-FIU")) == 1
    three["XC-FIU"].does(mou, "sign", at=NOON)
    three.post(mou, "XC-FIU", NOON)
    assert three["XC-FIU"].may(mou, "XA-FIU", NOON + HOUR)
    assert three["XB-FIU"].may(mou, "XC-FIU", NOON + HOUR)


def test_who_proposes_without_knowing_that_it_was_signed_is_told(three: Region) -> None:
    """A member that has the text from elsewhere: its own node was the last to know."""
    mou = gulf(three)
    three["XA-FIU"].does(mou, "suspend", at=NOON, reason="a review")
    for office in three:
        joins(office, "XC")
    three["XC-FIU"].does(mou, "sign", at=NOON + HOUR)
    sent = len(waits(three, "XA-FIU", "XC-FIU"))
    three.post(mou, "XC-FIU", NOON + HOUR)
    *_, told = waits(three, "XA-FIU", "XC-FIU")
    assert len(waits(three, "XA-FIU", "XC-FIU")) == sent + 1
    comes(three["XC-FIU"], told)
    with refused("permit.suspended"):
        three["XC-FIU"].may(mou, "XA-FIU", NOON + HOUR)
