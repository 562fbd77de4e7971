"""What is committed under `protocol/` is what the code makes."""

from __future__ import annotations

import pytest

from taawun.cooperation import schemas
from taawun.cooperation.denied import PUBLISHED
from tests.protocol.read import PROTOCOL, vectors
from tests.protocol.vectors.every import FOLDER, every, written

MADE = every()


@pytest.mark.parametrize("name", MADE)
def test_vectors_are_what_the_code_makes(name: str) -> None:
    assert (FOLDER / name).read_text("utf-8") == written(MADE[name]), "make protocol"


@pytest.mark.parametrize("name", schemas.DOCUMENTS)
def test_schemas_are_what_the_code_makes(name: str) -> None:
    kept = (PROTOCOL / "schemas" / f"{name}.json").read_text("utf-8")
    assert kept == schemas.written(name), "make protocol"


def test_there_is_no_schema_of_nothing() -> None:
    there = {path.stem for path in (PROTOCOL / "schemas").glob("*.json")}
    assert there == set(schemas.DOCUMENTS)


def test_the_test_keys_are_denied() -> None:
    assert {each["kid"] for each in vectors("keys.json")["keys"]} == PUBLISHED
