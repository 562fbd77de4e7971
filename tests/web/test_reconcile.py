"""`/reconcile/{dataset}`, as OpenRefine uses it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient


def post(client: TestClient, field: str, said: Any, status: int = 200) -> Any:
    response = client.post("/reconcile/default", data={field: json.dumps(said)})
    assert response.status_code == status, response.text
    return response.json()


def test_the_manifest_leads_to_what_it_offers(client: TestClient) -> None:
    said = client.get("/reconcile/default").json()
    assert said["versions"] == ["0.2"]
    assert {"id": "Person", "name": "Person"} in said["defaultTypes"]
    for kind, service in said["suggest"].items():
        address = service["service_url"] + service["service_path"]
        found = client.get(address, params={"prefix": "na" if kind != "entity" else "qam"}).json()
        assert found["code"] == "/api/status/ok"
        assert found["prefix"]
    assert client.get("/reconcile/nothing").status_code == 404


def test_cells_are_reconciled(client: TestClient) -> None:
    born = {"pid": "Person:birthDate", "v": "1971-04-02"}
    queries = {
        "a": {"query": "Ziyad Mansur Qamhani", "type": "Person", "properties": [born]},
        "b": {"query": "Qamhani Grain Trading", "type": ["Company"], "limit": 1},
        "c": {"query": "Nobody Of That Name", "limit": 3},
    }
    said = post(client, "queries", queries)
    first = said["a"]["result"][0]
    assert (first["id"], first["match"], first["type"][0]["id"]) == ("MD.1", True, "Person")
    assert [each["id"] for each in said["b"]["result"]] == ["MD.2"]
    assert not any(each["match"] for each in said["c"]["result"])
    again = client.get("/reconcile/default", params={"queries": json.dumps(queries)})
    assert again.json() == said


def test_columns_are_added(client: TestClient) -> None:
    columns = [
        {"id": "nationality"},
        {"id": "nationality", "settings": {"render": "raw"}},
        {"id": "name", "settings": {"limit": 1}},
    ]
    said = post(client, "extend", {"ids": ["OLD.9", "nobody"], "properties": columns[:1]})
    assert said["rows"]["OLD.9"]["nationality"] == [{"str": "Syria"}]
    assert said["rows"]["nobody"] == {"nationality": []}
    raw = post(client, "extend", {"ids": ["MD.1"], "properties": columns[1:]})
    assert raw["rows"]["MD.1"]["nationality"] == [{"str": "sy"}]
    assert raw["rows"]["MD.1"]["name"] == [{"str": "Ziyad Mansur Qamhani"}]
    assert [each["id"] for each in raw["meta"]] == ["nationality", "name"]


def test_suggestions(client: TestClient) -> None:
    def ids(kind: str, prefix: str) -> list[str]:
        address = f"/reconcile/default/suggest/{kind}"
        said = client.get(address, params={"prefix": prefix}).json()
        return [each["id"] for each in said["result"]]

    assert set(ids("entity", "qamhani gr")) == {"MD.2"}
    assert ids("entity", "") == ids("entity", "zzz") == []
    assert ids("type", "comp") == ["Company"]
    assert "birthDate" in ids("property", "birth")
    proposed = client.get("/reconcile/default/extend/property", params={"type": "Vessel"}).json()
    assert "imoNumber" in {each["id"] for each in proposed["properties"]}


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("queries", []),
        ("queries", {"a": {"limit": -1}}),
        ("queries", {"a": {"query": "x", "type": "Wizard"}}),
        ("queries", {str(number): {"query": "x"} for number in range(6)}),
        ("queries", {"a": {"query": "x", "properties": [{"pid": "name", "v": [["x"]]}]}}),
        ("extend", {"ids": 5}),
        ("extend", {"ids": ["a"] * 9, "properties": []}),
        ("nothing", {}),
    ],
)
def test_what_cannot_be_meant_is_refused(client: TestClient, field: str, said: Any) -> None:
    assert "detail" in post(client, field, said, 400)
