"""Bodies and addresses that nobody means: each gets an answer below 500, and the next is served."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

DEEP = b'{"queries":' * 50_000
NAME = b'{"queries":{"q":{"schema":"Person","properties":{"name":["%s"]}}}}'
BODIES: dict[str, bytes] = {
    "nothing": b"",
    "not json": b"<xml/>",
    "cut short": b'{"queries": {"q": {"schema": "Per',
    "deep objects": DEEP,
    "deep lists": b'{"queries":{"q":{"schema":"Person","properties":{"name":'
    + b"[" * 100_000
    + b"]" * 100_000
    + b"}}}}",
    "nan": b'{"queries":{"q":{"schema":"Person","properties":{"height":[NaN, Infinity]}}}}',
    "nan weight": b'{"weights":{"a":NaN},"queries":{"q":{"schema":"Person","properties":{}}}}',
    "huge number": b'{"queries":{"q":{"schema":"Person","properties":{"height":[1e99999]}}}}',
    "long number": b'{"queries":{"q":{"schema":"Person","properties":{"height":[%s]}}}}'
    % (b"9" * 9000),
    "nulls": b'{"queries":{"q":{"schema":"Person","properties":{"name":[null,null]}}}}',
    "null properties": b'{"queries":{"q":{"schema":"Person","properties":{"name":null}}}}',
    "controls": NAME % b"\\u0000\\u0001\\u001b[31m\\u202e\\u2066",
    "lone surrogate": NAME % b"\\ud800",
    "surrogate name": b'{"queries":{"\\ud800":{"schema":"Person","properties":{"name":["a"]}}}}',
    "surrogate id": b'{"queries":{"q":{"id":"\\ud800","schema":"Person","properties":{}}}}',
    "surrogate schema": b'{"queries":{"q":{"schema":"\\ud800","properties":{}}}}',
    "surrogate excluded": b'{"exclude_entity_ids":["\\ud800"],' + (NAME % b"a")[1:],
    "not utf-8": NAME % b"\xff\xfe\xc3",
    "utf-16": '{"queries":{}}'.encode("utf-16"),
    "a name of a megabyte": NAME % (b"a" * 1_000_000),
    "combining marks": NAME % ("e" + "\u0301" * 900).encode(),
    "the same key twice": b'{"queries":{},"queries":{"q":{"schema":"Person","properties":{}}}}',
    "too large": NAME % (b"a" * 5_000_000),
    "many queries": json.dumps(
        {"queries": {str(n): {"schema": "Person", "properties": {}} for n in range(20_000)}}
    ).encode(),
    "many unknown properties": json.dumps(
        {
            "queries": {
                "q": {"schema": "Person", "properties": {f"p{n}": ["x"] for n in range(9999)}}
            }
        }
    ).encode(),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_hostile_body_gets_an_answer(client: TestClient, name: str) -> None:
    headers = {"content-type": "application/json"}
    response = client.post("/match/default", content=BODIES[name], headers=headers)
    assert response.status_code in (200, 400, 413, 422), response.text
    if name == "too large":
        assert response.status_code == 413
    response.json()
    assert client.get("/readyz").status_code == 200


def test_a_body_without_a_length_is_stopped_too(client: TestClient) -> None:
    response = client.post("/match/default", content=(b"x" * 100_000 for _ in range(100)))
    assert response.status_code == 413


def test_a_long_address_is_refused(client: TestClient) -> None:
    assert client.get("/search/default", params={"q": "x" * 3_000}).status_code == 422
    assert client.get("/entities/" + "x" * 60_001).status_code == 414


@pytest.mark.parametrize(
    "path",
    [
        "/match/default",
        "/nothing",
        "/entities/",
        "/entities/%00",
        "/entities/%ff",
        "/static/../app.py",
    ],
)
def test_odd_addresses(client: TestClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code in (404, 405)
    assert "detail" in response.json()


names = st.text(max_size=40)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | names,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=12,
)
examples = st.fixed_dictionaries(
    {"schema": st.sampled_from(["Person", "Company", "Thing", "Vessel", ""]) | anything},
    optional={
        "id": anything,
        "properties": anything
        | st.dictionaries(
            st.sampled_from(["name", "birthDate", "nationality", "idNumber", "gender", "address"]),
            st.lists(names | anything, max_size=4),
        ),
    },
)


@settings(max_examples=150)
@given(queries=st.dictionaries(names, examples, max_size=3), rest=anything)
def test_any_json_gets_an_answer(client: TestClient, queries: Any, rest: Any) -> None:
    body = json.dumps({"queries": queries, "weights": rest})
    headers = {"content-type": "application/json"}
    response = client.post("/match/default", content=body.encode(), headers=headers)
    assert response.status_code in (200, 400, 422), response.text
    response.json()


@settings(max_examples=100)
@given(q=st.text(max_size=80), sort=names, flt=names, simple=st.booleans())
def test_any_search_gets_an_answer(
    client: TestClient, q: str, sort: str, flt: str, simple: bool
) -> None:
    params = {"q": q, "sort": sort, "filter": flt, "simple": simple}
    response = client.get("/search/default", params=params)
    assert response.status_code in (200, 400), response.text
