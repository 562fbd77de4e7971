"""The exchange: numbers, receipts, voids, permits asked again, and what is told to whom."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from taawun.cooperation import agreements
from taawun.cooperation.act import Scope
from taawun.cooperation.exchange import gate as exchange
from taawun.cooperation.exchange import inbox, outbox, reach
from taawun.cooperation.exchange.bundle import read_answers, write_bundle
from taawun.cooperation.exchange.carrier import (
    MESSAGE_TYPE,
    RECEIPT_TYPE,
    Carrier,
    Outcome,
    Receipt,
    delivery_payload,
    read_receipt,
    receipt_for,
)
from taawun.cooperation.exchange.envelope import seal, unseal
from taawun.cooperation.exchange.gate import place, receive
from taawun.cooperation.message import Message
from taawun.cooperation.trust import parties, signing
from taawun.cooperation.trust.keys import open_keys
from taawun.cooperation.trust.party import CooperationField
from taawun.errors import Refused
from taawun.store.tables.exchange import inbox as inbox_table
from taawun.store.tables.exchange import outbox as outbox_table
from tests.cooperation.authorities import terms
from tests.cooperation.exchanging import ONE, OTHER, Town, noted, request


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path)
    yield made
    made.check()
    made.close()


@pytest.fixture
def three(tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path, ONE, OTHER, "XC-FIU")
    yield made
    made.check()
    made.close()


def refused(ground: str) -> Any:
    return pytest.RaisesExc(Refused, check=lambda error: error.ground == ground)


def by_hand(
    town: Town,
    body: bytes | Message,
    *,
    sender: str = ONE,
    recipient: str = OTHER,
    to: str = OTHER,
    payload: bytes | None = None,
    typ: str = MESSAGE_TYPE,
    key: Any = None,
    **carrier: Any,
) -> str | Receipt:
    """Deliver something put together by hand; gives the ground, or the receipt."""
    said: dict[str, Any] = {
        "v": 1,
        "sender": sender,
        "recipient": recipient,
        "channel": town.mou.id,
        "sequence": 1,
        "sent_at": town.now,
    }
    made = body if isinstance(body, bytes) else body.canonical()
    signer = key or town.nodes[sender].keys.signing(town.now)
    if payload is None:
        payload = delivery_payload(Carrier(**{**said, **carrier}), made)
    known = town.region[sender].known()
    sealed = seal(signing.sign(payload, signer, typ), known.ring.sealing_key(to, town.now).jwk())
    [reply] = read_answers(town.post.send(to, "", write_bundle([sealed])), 1)
    if reply.refused is not None:
        return reply.refused.ground
    return read_receipt(
        reply.receipt, to, sender, lambda code, kid: known.ring.signing_key(code, kid, town.now)
    )


def outcome(found: str | Receipt) -> tuple[str, str | None]:
    assert isinstance(found, Receipt), found
    return found.outcome.value, found.ground


# What goes well


def test_messages_arrive_once_each_in_the_order_in_which_they_were_placed(town: Town) -> None:
    placed = town.asks(150)
    assert town.carry() == 150
    assert town.effects() == placed
    assert set(town.states()) == {"delivered"}
    assert [each.sequence for each in town.outbox()] == list(range(1, 151))


def test_both_directions_have_numbers_of_their_own(town: Town) -> None:
    town.asks(2)
    back = [town.place(request(town.mou, OTHER, ONE), OTHER).id for _ in range(3)]
    town.carry()
    town.carry(OTHER)
    assert town.effects(ONE) == back
    assert [each.sequence for each in town.outbox(OTHER)] == [1, 2, 3]


def test_urgent_messages_go_first_and_control_before_everything(town: Town) -> None:
    plain, urgent = town.asks(3), town.asks(2, urgent=True)
    town.does(ONE, "suspend", reason="a law changed")
    town.does(ONE, "resume", lifts=2, reason="it changed back")
    town.carry()
    assert town.effects() == [*urgent, *plain]
    with town.nodes[OTHER].store.reading() as connection:
        assert [each.kind for each in inbox.shown(connection)[::-1][:2]] == ["act", "act"]


def test_the_signed_bytes_are_kept_as_they_came(town: Town) -> None:
    [id] = town.asks()
    town.carry()
    with town.nodes[OTHER].store.reading() as connection:
        signed = inbox.signed(connection, ONE, id)
    [envelope] = orjson.loads(town.post.sent[-1][1])["sealed"]
    keys = town.nodes[OTHER].keys
    assert unseal(envelope, lambda kid: keys.sealed_to(kid, town.now)) == signed
    assert b'"message"' in signing.unverified(signed, MESSAGE_TYPE).payload


def test_a_receipt_is_kept_and_names_the_message(town: Town) -> None:
    [id] = town.asks()
    town.carry()
    with town.nodes[ONE].store.reading() as connection:
        kept = connection.execute(sa.select(outbox_table.c.receipt)).scalar_one()
    ring = town.region[ONE].known().ring
    read = read_receipt(kept, OTHER, ONE, lambda code, kid: ring.signing_key(code, kid, town.now))
    assert (read.message, read.sequence, read.outcome.value) == (id, 1, "accepted")


# What has no permit


def test_nothing_is_placed_without_a_permit(town: Town) -> None:
    other = terms(f"{ONE}, {OTHER}: ask; sanctions; intelligence; identity")
    with refused("permit.no_agreement"), town.nodes[ONE].store.begin() as unit:
        place(unit, request(other), at=town.now, actor="officer")
    with refused("permit.not_party"), town.nodes[ONE].store.begin() as unit:
        place(unit, request(town.mou, OTHER, ONE), at=town.now, actor="officer")
    assert town.outbox() == []


def test_what_waits_is_withheld_while_suspended_and_goes_on_when_resumed(town: Town) -> None:
    placed = town.asks(3)
    town.does(ONE, "suspend", reason="a law changed")
    town.carry()
    assert town.states() == ["withheld"] * 3 + ["delivered"]
    assert set(town.grounds()) == {"permit.suspended", ""}
    assert town.effects() == []
    town.later(days=3)
    town.does(ONE, "resume", lifts=2, reason="it changed back")
    town.carry()
    assert town.effects() == placed


def test_only_what_is_suspended_is_withheld(town: Town) -> None:
    [mine] = town.asks()
    [other] = town.asks(field="terrorism")
    scope = Scope(fields=(CooperationField(town.mou.fields[0]),))
    town.does(ONE, "suspend", scope=scope, reason="a law changed")
    town.carry()
    assert town.effects() == [other]
    assert mine in [each.message for each in town.outbox() if each.state == "withheld"]


def test_what_still_arrives_after_the_suspension_is_refused_and_others_are_not(
    three: Town,
) -> None:
    three.does(OTHER, "suspend", reason="a court said so", effective_at=three.now)
    [id] = three.asks()
    aside = three.place(request(three.mou, ONE, "XC-FIU")).id
    three.carry()
    assert three.states() == ["refused", "delivered"] or three.states() == ["delivered", "refused"]
    assert "permit.suspended" in three.grounds()
    assert (three.effects(), three.effects("XC-FIU")) == ([], [aside])
    assert id in [each.message for each in three.outbox() if each.state == "refused"]


def test_an_unknown_outcome_is_settled_by_a_void_before_a_message_is_withheld(town: Town) -> None:
    placed = town.asks(2)
    town.post.fail("drop_request")
    town.carry()
    assert town.states() == ["trying", "trying"]
    town.does(ONE, "suspend", reason="a law changed")
    town.carry()
    assert town.states()[:2] == ["withheld", "withheld"]
    assert [each.sequence for each in town.outbox()[:2]] == [None, None]
    town.does(ONE, "resume", lifts=2, reason="it changed back")
    town.carry()
    assert town.effects() == placed
    assert [each.sequence for each in town.outbox()[:2]] == [3, 4]


def test_a_void_finds_out_that_the_message_had_arrived(town: Town) -> None:
    placed = town.asks(2)
    town.post.fail("drop_answer")
    town.carry()
    town.does(ONE, "suspend", reason="a law changed")
    town.carry()
    assert town.effects() == placed
    assert town.states()[:2] == ["delivered", "delivered"]


def test_a_void_whose_answer_is_lost_frees_the_number_all_the_same(town: Town) -> None:
    placed = town.asks(2)
    town.post.fail("drop_request")
    town.carry()
    town.does(ONE, "suspend", reason="a law changed")
    town.post.fail("drop_answer")
    town.carry()
    town.does(ONE, "resume", lifts=2, reason="it changed back")
    town.carry()
    assert town.effects() == placed
    assert set(town.states()) == {"delivered"}


# Numbers


def test_the_same_delivery_again_has_the_same_receipt_and_no_effect(town: Town) -> None:
    message = request(town.mou)
    first = by_hand(town, message)
    town.later(seconds=20)
    assert by_hand(town, message) == first
    assert town.effects() == [message.id]


def test_another_message_under_a_used_number_is_a_replay(town: Town) -> None:
    by_hand(town, request(town.mou))
    assert by_hand(town, request(town.mou)) == "exchange.replayed"
    assert len(town.effects()) == 1


def test_a_number_too_far_is_out_of_order_and_stays_open(town: Town) -> None:
    assert by_hand(town, request(town.mou), sequence=2) == "exchange.order"
    assert town.effects() == []
    assert outcome(by_hand(town, request(town.mou), sequence=1)) == ("accepted", None)
    assert outcome(by_hand(town, request(town.mou), sequence=2)) == ("accepted", None)


def test_the_same_id_under_another_number_has_no_second_effect(town: Town) -> None:
    message = request(town.mou)
    assert outcome(by_hand(town, message, sequence=1)) == ("accepted", None)
    assert outcome(by_hand(town, message, sequence=2)) == ("accepted", None)
    other = request(town.mou, id=message.id, body={"text": "something else"})
    assert outcome(by_hand(town, other, sequence=3)) == ("refused", "exchange.id_reused")
    assert town.effects() == [message.id]


def test_what_was_refused_is_refused_as_before_under_another_number(town: Town) -> None:
    message = request(town.mou)
    town.does(OTHER, "suspend", reason="a law changed")
    first, second = (by_hand(town, message, sequence=number) for number in (1, 2))
    assert isinstance(first, Receipt)
    assert isinstance(second, Receipt)
    assert first.params is not None
    assert first.params["party"] == OTHER
    assert (second.ground, second.params) == (first.ground, first.params)


def test_a_sender_who_lost_its_memory_finds_free_numbers_again(town: Town) -> None:
    """Its home was restored from a copy: numbers that it gives were used already."""
    for sequence in (1, 2):
        by_hand(town, request(town.mou), sequence=sequence)
    placed = town.asks(2)
    for _ in range(6):
        town.carry()
        town.later(minutes=10)
    assert town.effects()[2:] == placed
    assert set(town.states()) == {"delivered"}


# What may not be taken at all


@pytest.mark.parametrize("seconds", [-301, 301, 86_400])
def test_clocks_too_far_apart(town: Town, seconds: int) -> None:
    message = request(town.mou)
    late = town.now + timedelta(seconds=seconds)
    assert by_hand(town, message, sent_at=late) == "exchange.clock"
    assert outcome(by_hand(town, message)) == ("accepted", None)


def test_clocks_a_little_apart_are_borne(town: Town) -> None:
    late = town.now + timedelta(seconds=299)
    assert outcome(by_hand(town, request(town.mou), sent_at=late)) == ("accepted", None)


def test_an_older_version_is_a_downgrade(town: Town) -> None:
    carrier = Carrier(
        v=1, sender=ONE, recipient=OTHER, channel=town.mou.id, sequence=1, sent_at=town.now
    )
    payload = delivery_payload(carrier, request(town.mou).canonical())
    for version, ground in ((b"0", "exchange.downgrade"), (b"2", "exchange.version")):
        # The carrier's is the last in it; the message has one of its own.
        changed = payload.replace(b'"v":1},"message"', b'"v":%b},"message"' % version)
        assert changed != payload
        assert by_hand(town, b"", payload=changed) == ground


def test_a_message_for_somebody_else_is_refused_by_whoever_it_was_sealed_to(three: Town) -> None:
    """Its recipient opens it, and seals it again to another: the signature holds, the name not."""
    message = request(three.mou, ONE, "XC-FIU")
    assert by_hand(three, message, recipient="XC-FIU") == "exchange.recipient"
    found = by_hand(three, message, recipient=OTHER)
    assert outcome(found) == ("refused", "exchange.carrier")


def test_the_carrier_and_the_message_say_the_same(town: Town) -> None:
    message = request(town.mou)
    found = by_hand(town, message, channel="control")
    assert outcome(found) == ("refused", "exchange.carrier")


def test_what_is_signed_as_something_else_is_no_message(town: Town) -> None:
    assert by_hand(town, request(town.mou), typ="taawun-act+jws") == "signature.type"


def test_a_stranger_is_not_heard(three: Town) -> None:
    key = three.nodes["XC-FIU"].keys.signing(three.now)
    assert by_hand(three, request(three.mou), key=key) == "key.unknown"
    payload = b'{"carrier":{"sender":"XZ-NOBODY"},"message":{}}'
    assert by_hand(three, b"", payload=payload) == "key.unknown"


@pytest.mark.parametrize(
    ("payload", "ground"),
    [
        (b"[]", "wire.not_json"),
        (b"{}", "wire.not_json"),
        (b"\xff", "wire.not_json"),
        (b'{"carrier":{"sender":7},"message":{}}', "wire.field"),
        (b'{"carrier":{"sender":"XA-FIU"},"message":{} }', "wire.not_canonical"),
        (b'{"carrier":{"sender":"XA-FIU"},"message":{},"more":1}', "wire.field"),
        (b'{"carrier":{"sender":"XA-FIU"}}', "wire.field"),
        (b'{"carrier":{"sender":"XA-FIU"},"message":{},"void":{}}', "wire.field"),
        (b'{"carrier":{"sender":"XA-FIU"},"message":{}}', "wire.missing_field"),
        (b'{"carrier":{"sender":"XA-FIU","v":true},"message":{}}', "wire.missing_field"),
    ],
)
def test_what_is_no_delivery_leaves_the_number_open(
    town: Town, payload: bytes, ground: str
) -> None:
    assert by_hand(town, b"", payload=payload) == ground


def test_a_message_that_cannot_be_read_is_refused_for_good(town: Town) -> None:
    """Sent again it would be no better: its number is used up, and the next one passes."""
    plain = request(town.mou).canonical()
    odd = plain[:-1] + b',"zzz":1}'
    assert outcome(by_hand(town, odd)) == ("refused", "wire.unknown_field")
    assert outcome(by_hand(town, request(town.mou), sequence=2)) == ("accepted", None)


def test_a_kind_that_nobody_handles_is_refused(town: Town) -> None:
    message = request(town.mou, kind="typology", service="typology")
    assert outcome(by_hand(town, message)) == ("refused", "permit.kind")


# What handlers do


def test_what_a_handler_refuses_leaves_no_trace_but_the_refusal(town: Town) -> None:
    def refusing(unit: Any, message: Message, at: Any) -> None:
        noted(unit, message, at)
        raise Refused("permit.kind", kind="request")

    town.nodes[OTHER].handlers["request"] = refusing
    town.asks(2)
    town.carry()
    assert town.states() == ["refused", "refused"]
    assert town.effects() == []


def test_a_bug_in_a_handler_holds_up_its_message_and_no_other(town: Town) -> None:
    broken: set[str] = set()

    def shaky(unit: Any, message: Message, at: Any) -> None:
        noted(unit, message, at)
        if message.id in broken:
            raise RuntimeError("a bug")

    town.nodes[OTHER].handlers["request"] = shaky
    placed = town.asks(3)
    broken.add(placed[1])
    aside = town.place(request(town.mou, OTHER, ONE), OTHER).id
    town.carry()
    town.carry(OTHER)
    assert town.effects() == placed[:1]
    assert town.states() == ["delivered", "trying", "trying"]
    assert "exchange.failed" in town.grounds()
    assert town.effects(ONE) == [aside]
    broken.clear()
    town.later(minutes=10)
    town.carry()
    assert town.effects() == placed


def test_one_bad_envelope_does_not_take_the_others_with_it(town: Town) -> None:
    messages = [request(town.mou) for _ in range(3)]
    ring = town.region[ONE].known().ring
    key = ring.sealing_key(OTHER, town.now).jwk()
    sealed = []
    for sequence, message in enumerate(messages, 1):
        carrier = Carrier(
            v=1,
            sender=ONE,
            recipient=OTHER,
            channel=town.mou.id,
            sequence=sequence,
            sent_at=town.now,
        )
        payload = delivery_payload(carrier, message.canonical())
        own = town.nodes[ONE].keys.signing(town.now)
        sealed.append(seal(signing.sign(payload, own, MESSAGE_TYPE), key))
    bundle = write_bundle(["rubbish", sealed[0], sealed[1][:-4], sealed[1], sealed[2]])
    replies = read_answers(receive(town.nodes[OTHER], bundle, town.now), 5)
    assert [bool(each.receipt) for each in replies] == [False, True, False, True, True]
    assert town.effects() == [message.id for message in messages]


# Keys


def test_a_revoked_key_counts_no_more_and_the_next_one_does(town: Town) -> None:
    town.asks()
    town.carry()
    old = town.nodes[ONE].keys.signing(town.now)
    with town.nodes[OTHER].store.begin() as unit:
        kid = old.thumbprint()
        parties.revoke(unit, ONE, kid, "stolen", at=town.now, actor="officer")
    assert by_hand(town, request(town.mou), key=old, sequence=2) == "key.revoked"
    assert len(town.effects()) == 1


def test_a_new_key_is_learned_from_a_card_that_comes_under_an_older_one(town: Town) -> None:
    town.asks()
    town.carry()
    office = town.region[ONE]
    old = office.keys.signing(town.now).thumbprint()
    with office.begin() as unit:
        card = parties.renew(unit, office.keys, at=town.now, actor="officer", rotate=True)
    assert office.keys.signing(town.now).thumbprint() != old
    placed = town.asks(2)
    town.place(agreements.card(office.known(), OTHER, town.now))
    for _ in range(4):
        town.carry()
        town.later(minutes=10)
    assert set(town.states()) == {"delivered"}
    assert town.effects()[1:] == placed
    assert town.region[OTHER].known().ring.card(ONE) == card


def test_an_expired_key(town: Town) -> None:
    town.later(days=500)
    with refused("key.own_expired"):
        town.nodes[ONE].keys.signing(town.now)
    town.asks()
    town.carry()
    assert town.states() == ["trying"]
    with town.nodes[ONE].store.reading() as connection:
        assert reach.of(connection, OTHER).ground in ("key.own_expired", "key.none_to_seal")


# What is kept


def test_what_arrived_and_what_was_settled_is_never_rewritten(town: Town) -> None:
    [id] = town.asks()
    town.carry()
    for table in (inbox_table, outbox_table):
        store = town.nodes[OTHER if table is inbox_table else ONE].store
        with pytest.raises(IntegrityError, match="history"), store.begin() as unit:
            unit.connection.execute(sa.delete(table))
    with pytest.raises(IntegrityError, match="emptied"), town.nodes[OTHER].store.begin() as unit:
        unit.connection.execute(sa.update(inbox_table).values(outcome="refused"))
    with pytest.raises(IntegrityError, match="settled"), town.nodes[ONE].store.begin() as unit:
        unit.connection.execute(sa.update(outbox_table).values(state="waiting"))
    with town.nodes[OTHER].store.begin() as unit:
        inbox.forget(unit, ONE, id)
    with town.nodes[ONE].store.begin() as unit:
        outbox.forget(unit, id)
    with town.nodes[OTHER].store.reading() as connection:
        assert inbox.signed(connection, ONE, id) == ""
        assert inbox.shown(connection)[0].message == id


def test_an_id_is_used_once(town: Town) -> None:
    [id] = town.asks()
    with refused("exchange.id_reused"):
        town.asks(id=id)


def test_a_message_too_large_to_be_read_is_not_placed(town: Town) -> None:
    with refused("envelope.too_large"):
        town.asks(body={"text": ["x" * 1000] * 2300})
    [id] = town.asks(body={"text": ["x" * 1000] * 2100})
    town.carry()
    assert town.effects() == [id]


def test_of_what_was_refused_the_content_is_not_kept(town: Town) -> None:
    message = request(town.mou, kind="typology", service="typology")
    found = by_hand(town, message)
    assert isinstance(found, Receipt)
    with town.nodes[OTHER].store.reading() as connection:
        [row] = connection.execute(sa.select(inbox_table)).all()
    assert (row.signed, row.digest, row.message) == ("", found.sha256, message.id)


def test_a_refusal_with_much_to_say_is_cut_so_that_it_can_be_read(town: Town) -> None:
    """A receipt that is too long for its reader would hold up everything after it."""

    def talking(unit: Any, message: Message, at: Any) -> None:
        raise Refused("permit.kind", **{f"p{number}": 'ض"\\\n' * 500 for number in range(20)})

    town.nodes[OTHER].handlers["request"] = talking
    town.asks(3)
    town.carry()
    assert town.states() == ["refused"] * 3


def test_keys_that_another_process_renewed_are_seen_by_a_node_that_runs(town: Town) -> None:
    town.asks()
    town.carry()
    office = town.region[OTHER]
    elsewhere = open_keys(office.home)
    with office.begin() as unit:
        parties.renew(unit, elsewhere, at=town.now, actor="officer", rotate=True)
    town.place(agreements.card(office.known(), ONE, town.now), OTHER)
    town.carry(OTHER)
    town.later(minutes=10)
    town.carry(OTHER)
    kid = town.region[ONE].known().ring.sealing_key(OTHER, town.now).kid
    assert kid == elsewhere.own.keys[-1].kid
    placed = town.asks()
    town.carry()
    assert town.effects()[1:] == placed


def test_a_partner_that_leaves_every_number_empty_is_not_asked_without_a_pause(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each time the message gets another number; that must not spin, nor fill the journal."""

    def empty(node: Any, known: Any, unit: Any, delivery: Any, at: Any) -> str:
        receipt = receipt_for(delivery, Outcome.VOID, at, message=None)
        return signing.sign(receipt.canonical(), node.keys.signing(at), RECEIPT_TYPE)

    monkeypatch.setattr(exchange, "_new", empty)
    monkeypatch.setattr(exchange, "_kept", lambda *given: "")
    town.asks()
    town.carry()
    assert [each.attempts for each in town.outbox()] == [9]
    with town.nodes[ONE].store.reading() as connection:
        assert reach.of(connection, OTHER).failures == 1


def test_without_a_key_to_sign_a_receipt_nothing_is_taken(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(at: Any) -> Any:
        raise Refused("key.own_expired", use="sign")

    placed = town.asks(2)
    with monkeypatch.context() as keyless:
        keyless.setattr(type(town.nodes[OTHER].keys), "signing", lambda keys, at: none(at))
        assert by_hand_receive(town) == ["key.own_expired", "exchange.order"]
    assert town.effects() == []
    town.carry()
    assert town.effects() == placed


def by_hand_receive(town: Town) -> list[str]:
    """What OTHER answers to the two messages of ONE's that wait, sealed beforehand."""
    real = town.nodes[ONE].keys.private(town.nodes[ONE].keys.own.keys[0].kid)
    ring = town.region[ONE].known().ring
    sealed = []
    for sequence, each in enumerate(town.outbox(), 1):
        with town.nodes[ONE].store.reading() as connection:
            body = outbox.message_of(connection, each.number).canonical()
        carrier = Carrier(
            v=1,
            sender=ONE,
            recipient=OTHER,
            channel=each.channel,
            sequence=sequence,
            sent_at=town.now,
        )
        signed = signing.sign(delivery_payload(carrier, body), real, MESSAGE_TYPE)
        sealed.append(seal(signed, ring.sealing_key(OTHER, town.now).jwk()))
    replies = read_answers(receive(town.nodes[OTHER], write_bundle(sealed), town.now), len(sealed))
    return [each.refused.ground if each.refused else "" for each in replies]
