"""What is committed under `protocol/` is what the code makes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from taawun.cooperation import schemas
from taawun.cooperation.message import CONTROL, KINDS
from taawun.cooperation.trust.denied import PUBLISHED
from tests.protocol.read import PROTOCOL, schema, vectors
from tests.protocol.vectors.every import FOLDER, every, written

MADE = every()


@pytest.mark.parametrize("name", MADE)
def test_vectors_are_what_the_code_makes(name: str) -> None:
    assert (FOLDER / name).read_text("utf-8") == written(MADE[name]), "make protocol"


@pytest.mark.parametrize("name", schemas.NAMES)
def test_schemas_are_what_the_code_makes(name: str) -> None:
    kept = (PROTOCOL / "schemas" / f"{name}.json").read_text("utf-8")
    assert kept == schemas.written(name), "make protocol"


def test_there_is_no_schema_of_nothing() -> None:
    there = {path.stem for path in (PROTOCOL / "schemas").glob("*.json")}
    assert there == set(schemas.NAMES)


def test_the_test_keys_are_denied() -> None:
    assert {each["kid"] for each in vectors("keys.json")["keys"]} == PUBLISHED


def test_every_kind_of_message_has_its_body() -> None:
    assert set(schemas.BODY) == {*KINDS, *CONTROL}
    for kind, services in KINDS.items():
        assert services, kind


@pytest.mark.parametrize("name", schemas.NAMES)
def test_nothing_that_a_schema_does_not_name_passes(name: str) -> None:
    """Every object says that it has no other fields; only a message's body is left to its kind."""
    for place, each in objects(schema(name), name):
        left_to_its_kind = place == "message.properties.body"
        assert each.get("additionalProperties") is False or left_to_its_kind, place


def objects(value: Any, place: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, list):
        for number, each in enumerate(value):
            yield from objects(each, f"{place}.{number}")
    if isinstance(value, dict):
        if value.get("type") == "object":
            yield place, value
        for key, each in value.items():
            yield from objects(each, f"{place}.{key}")
