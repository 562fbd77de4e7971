"""FollowTheMoney JSON and back."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taawun.entities.entity import Entity, Value
from taawun.entities.ftm import from_ftm, nested, to_ftm
from taawun.errors import InputError

texts = st.text(min_size=1, max_size=20)
values = st.builds(Value, texts, st.text(max_size=5), st.text(max_size=3), texts, texts)
entities = st.builds(
    Entity,
    id=texts.filter(str.strip),
    schema=st.sampled_from(["Person", "Company", "Vessel"]),
    properties=st.dictionaries(
        st.sampled_from(["name", "alias", "country", "birthDate"]),
        st.lists(values, min_size=1, max_size=3).map(tuple),
    ),
    datasets=st.lists(texts, max_size=2).map(tuple),
    referents=st.lists(texts, max_size=2).map(tuple),
    last_change=st.sampled_from(["", "2026-01-01T00:00:00"]),
    target=st.booleans(),
)


@given(entities)
def test_there_and_back(entity: Entity) -> None:
    written = json.loads(json.dumps(to_ftm(entity)))
    assert from_ftm(written) == entity
    assert written["caption"] == entity.caption


def test_other_readers_find_plain_strings() -> None:
    entity = Entity("x", "Person", {"name": (Value("سمير", "un", "ara", "", "2011"),)}, ("un",))
    written = to_ftm(entity)
    assert written["properties"] == {"name": ["سمير"]}
    assert set(written) >= {"id", "caption", "schema", "properties", "datasets", "referents"}


@pytest.mark.parametrize(
    ("given_", "field"),
    [
        ({}, "id"),
        ({"id": "x"}, "schema"),
        ({"id": " ", "schema": "Person"}, "id"),
        ({"id": 7, "schema": "Person"}, "id"),
        ({"id": "x", "schema": "Person", "properties": []}, "properties"),
        ({"id": "x", "schema": "Person", "properties": {"name": "Samir"}}, "properties.name"),
        ({"id": "x", "schema": "Person", "properties": {"name": [7]}}, "properties.name"),
        ({"id": "x", "schema": "Person", "datasets": "un"}, "datasets"),
        ({"id": "x", "schema": "Person", "referents": [None]}, "referents"),
    ],
)
def test_what_is_wrong_is_named(given_: dict[str, object], field: str) -> None:
    with pytest.raises(InputError) as raised:
        from_ftm(given_)
    assert raised.value.problems[0].field == field


def test_entities_inside_entities() -> None:
    inner = {"id": "a", "schema": "Address", "properties": {"full": ["12 Cedar Road"]}}
    outer = {"id": "x", "schema": "Person", "properties": {"addressEntity": [inner]}}
    assert from_ftm(outer).texts("addressEntity") == ("a",)
    assert [found["id"] for found in nested(outer)] == ["a"]
