"""A home is brought back from a copy: what its partner sends again, what it takes back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from taawun.cooperation.act import Scope
from taawun.cooperation.exchange import outbox, reach
from taawun.cooperation.exchange.again import SentAgain, send_again
from taawun.cooperation.history import cooperation
from taawun.cooperation.recovery import recover
from taawun.cooperation.trust import parties
from taawun.cooperation.trust.keys import make_keys, open_keys
from taawun.cooperation.trust.party import CooperationField, Kind
from taawun.desk.agreements import record
from taawun.errors import InputError, NotFound, Refused
from taawun.store import journal, open_store
from tests.cooperation.exchanging import ONE, OTHER, Town, node_of


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path / "homes")
    yield made
    made.close()


def copied(town: Town, code: str) -> Path:
    """A copy of a home as it is now."""
    office = town.region[code]
    office.store.close()
    copy = office.home.parent / f"{code}.copy"
    shutil.copytree(office.home, copy)
    _open(town, code)
    return copy


def set_back(town: Town, code: str, copy: Path) -> None:
    """Put a copy in the place of a home."""
    office = town.region[code]
    office.store.close()
    shutil.rmtree(office.home)
    shutil.copytree(copy, office.home)
    _open(town, code)


def _open(town: Town, code: str) -> None:
    office = town.region[code]
    office.keys, office.store = open_keys(office.home), open_store(office.home)
    town.nodes[code] = node_of(office)


def again(town: Town, sender: str = ONE, recipient: str = OTHER) -> SentAgain:
    return send_again(town.nodes[sender], recipient, town.post, town.clock, "salma")


def taken_back(town: Town, code: str, said: dict[str, Any]) -> Any:
    with town.region[code].begin() as unit:
        return recover(unit, said, at=town.now, actor="salma")


def test_what_a_partner_lost_has_its_effect_there_again_and_new_ones_follow(town: Town) -> None:
    before = town.asks(2)
    town.carry()
    copy = copied(town, OTHER)
    lost = town.asks(70)  # more than a bundle
    town.carry()
    set_back(town, OTHER, copy)
    new = town.asks(1)
    town.carry()
    assert town.effects() == before
    assert town.grounds()[-1] == "exchange.order"
    sent = again(town)
    assert (sent.messages, sent.empty, sent.refused, sent.stopped) == (70, 0, 0, {})
    town.carry()
    assert town.effects() == [*before, *lost, *new]
    assert again(town) == SentAgain()
    town.check()


def test_an_empty_number_and_a_deleted_text_are_left_empty(town: Town) -> None:
    copy = copied(town, OTHER)
    [deleted, kept] = town.asks(2)
    town.post.down.add(OTHER)
    town.carry()
    town.does(ONE, "suspend", scope=Scope(), reason="A court ordered it.")
    town.post.down.clear()
    town.carry()  # the two were under way: their numbers are settled as empty
    town.later(hours=1)
    town.does(ONE, "resume", lifts=2)
    town.carry()
    assert town.effects() == [deleted, kept]
    with town.region[ONE].begin() as unit:
        outbox.forget(unit, deleted)
    set_back(town, OTHER, copy)
    sent = again(town)
    assert (sent.messages, sent.empty, sent.stopped) == (3, 3, {})
    assert town.effects() == [kept]
    new = town.asks(1)
    town.carry()
    assert town.effects() == [kept, *new]


def test_what_has_no_permit_now_stops_its_channel_and_no_other(town: Town) -> None:
    copy = copied(town, OTHER)
    lost = town.asks(2)
    town.carry()
    town.later(hours=1)
    town.does(ONE, "suspend", scope=Scope(), reason="A court ordered it.")
    town.carry()
    set_back(town, OTHER, copy)
    sent = again(town)
    assert sent.messages == 1, "the act itself"
    assert [refused.ground for refused in sent.stopped.values()] == ["permit.suspended"]
    assert len(town.region[OTHER].known().acts[town.mou.id]) == 3
    assert town.effects() == []
    town.later(hours=1)
    town.does(ONE, "resume", lifts=2)
    town.carry()
    assert again(town).messages == 2
    assert town.effects() == lost


def test_a_suspension_stops_what_is_under_way(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = copied(town, OTHER)
    town.asks(3)
    town.carry()
    set_back(town, OTHER, copy)
    monkeypatch.setattr("taawun.cooperation.exchange.again.MOST_ENVELOPES", 1)
    bundles = []

    class Line:
        """Somebody suspends once the first message has gone."""

        def send(self, partner: str, address: str, bundle: bytes) -> bytes:
            bundles.append(bundle)
            answer = town.post.send(partner, address, bundle)
            if len(bundles) == 3:  # before that it was asked where it stands in each channel
                town.does(ONE, "suspend", scope=Scope(), reason="A court ordered it.")
            return answer

    sent = send_again(town.nodes[ONE], OTHER, Line(), town.clock, "salma")
    assert [refused.ground for refused in sent.stopped.values()] == ["permit.suspended"]
    assert sent.messages < 3
    assert len(town.effects()) < 3


def test_it_begins_where_the_partner_says_and_ends_where_it_does_not_go_on(town: Town) -> None:
    with pytest.raises(NotFound):
        again(town, recipient="XC-FIU")
    copy = copied(town, OTHER)
    town.asks(1)
    town.carry()
    set_back(town, OTHER, copy)
    town.nodes[OTHER].handlers["request"] = _broken
    [refused] = again(town).stopped.values()
    assert refused.ground == "exchange.failed"
    assert town.effects() == []


def _broken(*_: object) -> None:
    raise RuntimeError


def test_what_it_sends_passes_the_numbers_that_it_forgot_without_waiting_longer(town: Town) -> None:
    copy = copied(town, ONE)
    lost = town.asks(20)
    town.carry()
    set_back(town, ONE, copy)
    new = town.asks(1)
    for _ in range(21):
        town.carry()
        with town.nodes[ONE].store.reading() as connection:
            assert reach.of(connection, OTHER).failures <= 1
    assert town.effects() == [*lost, *new]


def test_own_acts_come_back_from_a_partners_record(town: Town) -> None:
    copy = copied(town, ONE)
    town.later(hours=1)
    town.does(ONE, "suspend", scope=Scope(), reason="A court ordered it.")
    town.carry()
    said = record(town.region[OTHER].known(), town.mou.id)
    set_back(town, ONE, copy)
    assert town.region[ONE].may(town.mou, OTHER, town.now)
    found = taken_back(town, ONE, said)
    assert [act.deed for act in found.acts] == ["suspend"]
    with pytest.raises(Refused, match=r"permit\.suspended"):
        town.region[ONE].may(town.mou, OTHER, town.now)
    assert taken_back(town, ONE, said).acts == ()
    town.later(hours=1)
    town.does(ONE, "resume", lifts=2)
    for _ in range(3):  # the number, whose it is, the next number
        town.carry()
    assert town.states()[-1] == "delivered", "the next act follows what the partner knows"
    assert town.region[OTHER].may(town.mou, ONE, town.now)
    with town.region[ONE].store.reading() as connection:
        assert journal.verify(connection, town.region[ONE].home).whole


def test_a_card_made_after_the_copy_comes_back_and_its_key_signs_again(town: Town) -> None:
    copy = copied(town, ONE)
    town.later(hours=1)
    with town.region[ONE].begin() as unit:
        card = parties.renew(unit, town.nodes[ONE].keys, at=town.now, actor="salma", rotate=True)
    with town.region[OTHER].begin() as unit:
        parties.introduce(unit, town.region[ONE].entry().signed, at=town.now, actor="bruno")
    said = record(town.region[OTHER].known(), town.mou.id)
    keys = copy.parent / "keys"
    shutil.copytree(town.region[ONE].home / "keys", keys)
    set_back(town, ONE, copy)
    shutil.copytree(keys, town.region[ONE].home / "keys", dirs_exist_ok=True)
    _open(town, ONE)
    assert taken_back(town, ONE, said).cards == 1
    assert town.region[ONE].entry().card == card
    town.asks(1)
    town.carry()
    assert town.states()[-1] == "delivered"


def test_an_authority_that_lost_its_keys_is_trusted_anew_under_the_next_number(town: Town) -> None:
    for number, refused in ((1, True), (2, False)):
        keys = make_keys(town.region[ONE].home.parent / f"new{number}", ONE, town.now)
        store = open_store(town.region[ONE].home.parent / f"new{number}")
        with store.begin() as unit:
            said = {"kind": Kind.FIU, "name": {"en": "X"}, "competences": tuple(CooperationField)}
            parties.found(unit, keys, **said, address="", at=town.now, actor="o", number=number)
            signed = cooperation(unit.connection).ring.parties[ONE].cards[-1].signed
        store.close()
        with town.region[OTHER].begin() as unit:
            if refused:
                with pytest.raises(Refused, match=r"card\.other"):
                    parties.introduce(unit, signed, at=town.now, actor="bruno")
                continue
            card, trusted = parties.introduce(unit, signed, at=town.now, actor="bruno")
            assert not trusted
            parties.confirm(unit, ONE, card.fingerprint, at=town.now, actor="bruno")
        ring = town.region[OTHER].known().ring
        assert ring.sealing_key(ONE, town.now) in card.keys


def test_nobody_elses_act_passes_for_our_own(town: Town) -> None:
    copy = copied(town, ONE)
    town.later(hours=1)
    town.does(ONE, "suspend", scope=Scope(), reason="A court ordered it.")
    town.carry()
    said: Any = record(town.region[OTHER].known(), town.mou.id)
    set_back(town, ONE, copy)
    head, body, signature = said["acts"][-1]["signed"].split(".")
    said["acts"][-1]["signed"] = f"{head}.{body}.{signature[:-8]}AAAAAAAA"
    with pytest.raises(Refused, match="signature"):
        taken_back(town, ONE, said)
    assert town.region[ONE].may(town.mou, OTHER, town.now)
    town.does(ONE, "end", reason="Another act took the number.")
    said = record(town.region[OTHER].known(), town.mou.id)
    with pytest.raises(Refused, match=r"act\.other"):
        taken_back(town, ONE, said)
    for wrong in ({}, {"acts": 3, "cards": []}, {**said, "acts": [{"signed": 1}]}):
        with pytest.raises(InputError):
            taken_back(town, ONE, wrong)
