"""What may pass, by `permit.json`."""

from __future__ import annotations

from typing import Any

import pytest

from taawun.cooperation import permit
from taawun.cooperation.agreement import Agreement, Category, Purpose, Service
from taawun.cooperation.message import KINDS, Caveats
from taawun.cooperation.permit import Direction, Facts, Known, Question
from taawun.cooperation.trust.party import Card, CooperationField
from taawun.cooperation.trust.register import Entry, Ring, Word
from taawun.cooperation.wire import moment_of
from taawun.errors import Refused
from tests.protocol import independent
from tests.protocol.read import vectors
from tests.protocol.test_standing_vectors import blocs_of, kept

Json = dict[str, Any]
FILE = vectors("permit.json")
CASES = FILE["cases"]


def ring_of(facts: Json) -> Ring:
    words = []
    for each in facts["cards"]:
        card = Card.of(each)
        words.append(Word("card", card.authority, card.made_at, Entry(card, "", "")))
        if card.authority in facts["confirmed"]:
            said = {"digest": card.digest()}
            words.append(Word("confirmed", card.authority, card.made_at, said=said))
    return Ring.of(words)


AGREEMENTS = {
    id: Known(Agreement.of(each["document"]), tuple(kept(each["acts"])))
    for id, each in FILE["facts"]["agreements"].items()
}
RING = ring_of(FILE["facts"])
BLOCS = blocs_of(FILE["facts"]["blocs"])


def question(said: Json) -> Question:
    return Question(
        moment_of(said["at"]),
        Direction(said["direction"]),
        said["partner"],
        said["kind"],
        said.get("agreement"),
        Service(said["service"]) if "service" in said else None,
        CooperationField(said["field"]) if "field" in said else None,
        Purpose(said["purpose"]) if "purpose" in said else None,
        tuple(map(Category, said["categories"])),
        tuple(map(Caveats.of, said["caveats"])),
        said["count"],
    )


def decided(case: Json) -> Json:
    facts = Facts(FILE["facts"]["me"], RING, AGREEMENTS, BLOCS, lambda _: case["spent"])
    try:
        return {"permit": permit.decide(question(case["question"]), facts).ground}
    except Refused as refused:
        return {"refused": refused.ground}


def test_agreements_are_called_by_their_digest() -> None:
    assert {known.agreement.id for known in AGREEMENTS.values()} == set(AGREEMENTS)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_permit_decides_as_the_vectors_say(case: Json) -> None:
    wanted = {key: case[key] for key in ("permit", "refused") if key in case}
    assert decided(case) == wanted


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_independent_reader_decides_the_same(case: Json) -> None:
    try:
        found = {"permit": independent.decide(case["question"], FILE["facts"], case["spent"])}
    except independent.Refusal as refusal:
        found = {"refused": refusal.ground}
    assert found == {key: case[key] for key in ("permit", "refused") if key in case}


def test_its_kinds_are_ours() -> None:
    ours = {kind: {each.value for each in services} for kind, services in KINDS.items()}
    assert ours == independent.KINDS


def test_there_are_enough_cases_and_each_has_a_name_of_its_own() -> None:
    assert len(CASES) >= 60
    assert len({case["name"] for case in CASES}) == len(CASES)
