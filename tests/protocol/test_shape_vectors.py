"""Documents of the wire against their vectors and their schemas."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest

from taawun.cooperation.schemas import BODY, DOCUMENTS
from taawun.cooperation.trust.party import Card
from taawun.cooperation.wire import Document, canonical, digest, read_json
from taawun.errors import Refused
from tests.protocol import independent
from tests.protocol.read import registry, schema, vectors

Json = dict[str, Any]
FILES = {
    "card": "card.json",
    "agreement": "agreement.json",
    "act": "act.json",
    "message": "message/message.json",
}
BODIES = "message/bodies.json"
REGISTRY = registry()
VALIDATORS = {
    name: jsonschema_rs.validator_for(schema(name), registry=REGISTRY) for name in DOCUMENTS
}


def listed(group: str) -> list[Any]:
    """Every case of every kind of document, with the name of its schema."""
    found = [(name, case) for name, file in FILES.items() for case in vectors(file)[group]]
    found += [(f"body.{case['kind']}", case) for case in vectors(BODIES)[group]]
    return [pytest.param(name, case, id=f"{name}: {case['name']}") for name, case in found]


VALID, REFUSED = listed("valid"), listed("refused")
CANONICAL = vectors("canonical.json")
SPELLING = {"wire.not_json", "wire.not_canonical"}


@pytest.mark.parametrize(("name", "case"), VALID)
def test_a_good_document_is_read_and_fits_its_schema(name: str, case: Json) -> None:
    data = bytes.fromhex(case["canonical_hex"])
    read: Document = DOCUMENTS[name].read(data)
    assert (read.plain(), read.canonical(), read.digest()) == (
        case["document"],
        data,
        case["digest"],
    )
    VALIDATORS[name].validate(case["document"])
    if isinstance(read, Card):
        assert read.fingerprint == case["fingerprint"]


@pytest.mark.parametrize(("name", "case"), REFUSED)
def test_a_document_with_one_thing_wrong_is_refused(name: str, case: Json) -> None:
    with pytest.raises(Refused) as refused:
        DOCUMENTS[name].read(canonical(case["document"]))
    assert refused.value.ground == case["ground"]
    assert VALIDATORS[name].is_valid(case["document"]) == (case["by"] == "rule")


def test_every_kind_has_a_good_body_and_a_wrong_one() -> None:
    for group in ("valid", "refused"):
        found = {case["kind"] for case in vectors(BODIES)[group]}
        assert found == set(BODY) - (set() if group == "valid" else {"acknowledgement"})


@pytest.mark.parametrize("case", CANONICAL["valid"], ids=lambda case: case["name"])
def test_a_value_has_one_spelling(case: Json) -> None:
    data = bytes.fromhex(case["canonical_hex"])
    for written in (canonical(case["value"]), independent.canonical(case["value"])):
        assert written == data
    assert digest(data) == case["digest"]
    assert read_json(data) == independent.read(data) == case["value"]


@pytest.mark.parametrize("case", CANONICAL["refused"], ids=lambda case: case["name"])
def test_another_spelling_is_refused(case: Json) -> None:
    data = bytes.fromhex(case["bytes_hex"])
    with pytest.raises(Refused) as refused:
        read_json(data)
    assert refused.value.ground == case["ground"]
    with pytest.raises(independent.Refusal) as other:
        independent.read(data)
    same = SPELLING if case["ground"] in SPELLING else {case["ground"]}
    assert other.value.ground in same
