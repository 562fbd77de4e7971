"""Deliveries that come one after the other, at a node with its store: `envelope/numbers.json`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from taawun.cooperation.exchange.bundle import read_answers, write_bundle
from taawun.cooperation.exchange.carrier import read_receipt
from taawun.cooperation.exchange.gate import receive
from taawun.cooperation.node import ROOMS, Node, furnish
from taawun.cooperation.trust import parties
from taawun.cooperation.trust.keys import Own, OwnKeys
from taawun.cooperation.trust.party import CARD, Card, CooperationField, KeyUse, Kind
from taawun.cooperation.wire import moment_of
from taawun.store import open_store
from tests.protocol.read import vectors
from tests.protocol.vectors.authorities import key, keys, signed

Json = dict[str, Any]
FILE = vectors("envelope/numbers.json")
PARTNER = Card.of(FILE["partner"])


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Node]:
    """A node with test keys, which trusts a card with test keys: no other would."""
    monkeypatch.setattr(parties, "published", lambda kid: False)
    me, at = FILE["me"], PARTNER.made_at
    private = {key(me, use).thumbprint(): key(me, use) for use in KeyUse}
    own = OwnKeys(tmp_path, Own(authority=me, keys=keys(me)), None, private)
    store = open_store(tmp_path)
    said: Json = {"kind": Kind.FIU, "name": {"en": me}, "address": "", "at": at, "actor": "officer"}
    with store.begin() as unit:
        parties.found(unit, own, competences=tuple(CooperationField), **said)
        text = signed(PARTNER.canonical(), PARTNER.authority, CARD)
        parties.introduce(unit, text, at=at, actor="officer")
        parties.confirm(unit, PARTNER.authority, PARTNER.fingerprint, at=at, actor="officer")
    made = Node(store, own)
    for room in ROOMS:
        furnish(made, room)
    yield made
    store.close()


def answered(node: Node, step: Json) -> tuple[Json, str]:
    """What comes back for a step: as the vectors tell it, and the receipt as it is."""
    at = moment_of(step["at"])
    answer = read_answers(receive(node, write_bundle([step["envelope"]]), at), 1)[0]
    if answer.refused is not None:
        return {"refused": answer.refused.ground}, ""
    with node.store.reading() as connection:
        ring = node.facts(connection).ring
    receipt = read_receipt(
        answer.receipt,
        node.me,
        PARTNER.authority,
        lambda code, kid: ring.signing_key(code, kid, at),
    )
    told = {"outcome": receipt.outcome.value}
    return {
        "receipt": told | ({"ground": receipt.ground} if receipt.ground else {})
    }, answer.receipt


def test_deliveries_are_answered_as_the_vectors_say(node: Node) -> None:
    receipts = [""]
    for step in FILE["steps"]:
        found, receipt = answered(node, step)
        receipts.append(receipt)
        if "same_as" in step:
            assert receipt == receipts[step["same_as"]], step["name"]
        else:
            wanted = {name: step[name] for name in ("refused", "receipt") if name in step}
            assert found == wanted, step["name"]
