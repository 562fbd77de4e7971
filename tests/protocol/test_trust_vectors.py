"""Signatures, cards and acts as they come in: by `signatures.json`, `trust.json`, `acts.json`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from taawun.cooperation.act import ACT, Act
from taawun.cooperation.agreement import Agreement
from taawun.cooperation.standing import check_act
from taawun.cooperation.trust import parties, signing
from taawun.cooperation.trust.party import Card, PublicKey
from taawun.cooperation.trust.register import KnownKey, KnownParty, Ring
from taawun.cooperation.wire import moment_of
from taawun.errors import Refused
from taawun.store import Unit, open_store
from tests.protocol import independent
from tests.protocol.read import vectors
from tests.protocol.test_standing_vectors import blocs_of

Json = dict[str, Any]
SIGNATURES, TRUST, ACTS = (vectors(f"{name}.json") for name in ("signatures", "trust", "acts"))


def ring_of(told: list[Json]) -> Ring:
    found: dict[str, dict[str, KnownKey]] = {}
    for each in told:
        said = {name: each[name] for name in PublicKey.model_fields}
        revoked = moment_of(each["revoked_at"]) if "revoked_at" in each else None
        confirmed = moment_of(each["valid_from"]) if each["confirmed"] else None
        key = KnownKey(PublicKey.of(said), confirmed, revoked)
        found.setdefault(each["authority"], {})[each["kid"]] = key
    return Ring({code: KnownParty(keys=keys) for code, keys in found.items()})


def ground_of(does: Callable[[], object]) -> str:
    try:
        does()
    except (Refused, independent.Refusal) as refused:
        return refused.ground
    return ""


@pytest.mark.parametrize("case", SIGNATURES["cases"], ids=lambda case: case["name"])
def test_a_signature_is_taken_or_refused(case: Json) -> None:
    ring, at = ring_of(SIGNATURES["ring"]), moment_of(case["at"])

    def key_of(kid: str) -> PublicKey:
        return ring.signing_key(case["sender"], kid, at)

    if "refused" in case:
        found = ground_of(lambda: signing.verify(case["signed"], case["typ"], key_of))
        assert found == case["refused"]
    else:
        held = signing.verify(case["signed"], case["typ"], key_of)
        assert held.payload == independent.binary(case["payload"])


@pytest.mark.parametrize("case", SIGNATURES["cases"], ids=lambda case: case["name"])
def test_the_independent_reader_says_the_same_of_a_signature(case: Json) -> None:
    keys = independent.ring(SIGNATURES["ring"], case["sender"])
    said = (case["signed"], case["typ"], keys, case["at"])
    if "refused" in case:
        assert ground_of(lambda: independent.verify(*said)) == case["refused"]
    else:
        assert independent.verify(*said) == independent.binary(case["payload"])


def step(unit: Unit, said: Json) -> None:
    at = moment_of(said["at"])
    if "confirm" in said:
        known = parties.history.cooperation(unit.connection).ring.card(said["confirm"])
        assert known is not None
        parties.confirm(unit, said["confirm"], known.fingerprint, at=at, actor="officer")
        return
    assert came_in(unit, said["card"], at) == said["outcome"]


def came_in(unit: Unit, signed: str, at: datetime) -> str:
    try:
        _, trusted = parties.introduce(unit, signed, at=at, actor="officer")
    except Refused as refused:
        return refused.ground
    return "trusted" if trusted else "unconfirmed"


@pytest.mark.parametrize("story", TRUST["stories"], ids=lambda story: story["name"])
def test_cards_come_in(story: Json, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parties, "published", lambda kid: False)
    store = open_store(tmp_path)
    for said in story["steps"]:
        with store.begin() as unit:
            step(unit, said)
    store.close()


def test_a_card_with_a_test_key_is_refused(tmp_path: Path) -> None:
    signed = TRUST["stories"][0]["steps"][0]["card"]
    store = open_store(tmp_path)
    at = moment_of("2026-01-10T00:00:00.000000Z")
    with store.begin() as unit, pytest.raises(Refused, match=r"key\.published"):
        parties.introduce(unit, signed, at=at, actor="officer")
    store.close()


def taken(case: Json) -> str:
    """Whether the last act is taken, as `agreements` takes it."""
    ring, blocs, at = ring_of(ACTS["ring"]), blocs_of(ACTS["blocs"]), moment_of(case["at"])
    known = [Act.read(signing.unverified(each, ACT).payload) for each in case["known"]]
    act = Act.read(signing.unverified(case["act"], ACT).payload)
    signing.verify(case["act"], ACT, lambda kid: ring.signing_key(act.party, kid, at))
    check_act(Agreement.of(case["agreement"]), known, act, blocs)
    return "taken"


@pytest.mark.parametrize("case", ACTS["cases"], ids=lambda case: case["name"])
def test_an_act_is_taken_or_refused(case: Json) -> None:
    found = ground_of(lambda: taken(case)) or "taken"
    assert found == case["outcome"]


@pytest.mark.parametrize("case", ACTS["cases"], ids=lambda case: case["name"])
def test_the_independent_reader_says_the_same_of_an_act(case: Json) -> None:
    found = ground_of(lambda: independent.take(case, ACTS["ring"], ACTS["blocs"])) or "taken"
    assert found == case["outcome"]


def test_the_independent_reader_verifies_cards() -> None:
    for case in vectors("card.json")["valid"]:
        _, payload = independent.claimed(case["signed"], "taawun-card+jws")
        card = independent.read(payload)
        assert independent.verify(
            case["signed"], "taawun-card+jws", independent.keys_of(card), card["made_at"]
        )
        read = Card.read(payload)
        assert independent.fingerprint(card) == read.fingerprint.replace(" ", "")
