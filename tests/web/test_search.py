"""`GET /search/{dataset}`."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from taawun.web.models import SearchResponse

Params = dict[str, Any]


def ids(client: TestClient, dataset: str = "default", **params: Any) -> list[str]:
    response = client.get(f"/search/{dataset}", params=params)
    assert response.status_code == 200, response.text
    return [each["id"] for each in response.json()["results"]]


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"q": "qamhani"}, {"MD.1", "MD.2"}),
        ({"q": "qamhani", "schema": "Company"}, {"MD.2"}),
        ({"q": "qamhani", "schema": "LegalEntity"}, {"MD.1", "MD.2"}),
        ({"q": "qamhani", "exclude_schema": "Person"}, {"MD.2"}),
        ({"q": "qamhani", "countries": "lb"}, {"MD.2"}),
        ({"q": "qamhani", "countries": ["lb", "sy"]}, {"MD.1", "MD.2"}),
        ({"q": "qamhani", "countries": ["lb", "sy"], "filter_op": "AND"}, set()),
        ({"q": "qamhani", "changed_since": "2025-06-01"}, {"MD.1"}),
        ({"q": "qamhani", "filter": "properties.birthDate:1971-04-02"}, {"MD.1"}),
        ({"q": "qamhani", "filter": "jurisdiction:lb"}, {"MD.2"}),
        ({"q": "qamhani", "filter": "registrationNumber:lb77120"}, {"MD.2"}),
        ({"q": "qamhani", "filter": "nothing:lb"}, set()),
        ({"q": "", "topics": "role.pep"}, {"PP.1"}),
        ({"q": "", "topics": ["role.pep", "sanction"], "filter_op": "AND"}, set()),
        ({"q": "", "datasets": "peps"}, {"PP.1"}),
        ({"q": "grain", "include_dataset": "peps"}, {"PP.1"}),
        ({"q": "grain", "exclude_dataset": "peps"}, {"MD.2"}),
        ({"q": "qamhanee", "fuzzy": True}, {"MD.1", "MD.2"}),
        ({"q": "qamhanee"}, set()),
        ({"q": "OLD.9"}, {"MD.1"}),
        ({"q": "زياد"}, {"MD.1"}),
        ({"q": '"mansur qamhani"'}, {"MD.1"}),
        ({"q": "(granary", "simple": True}, {"MD.4", "MD.1.addr"}),
        ({"q": "granary", "target": True}, {"MD.4"}),
        ({"q": "granary", "target": False}, {"MD.1.addr"}),
        ({"q": "60", "schema": "Thing"}, set()),
        ({"q": "60", "schema": "Ownership"}, {"MD.3"}),
    ],
)
def test_what_is_found(client: TestClient, params: Params, found: set[str]) -> None:
    assert set(ids(client, **params)) == found


def test_scopes(client: TestClient) -> None:
    assert ids(client, "peps") == ["PP.1"]
    assert "PP.1" not in ids(client, "sanctions")
    assert client.get("/search/nothing").status_code == 404


@pytest.mark.parametrize(
    ("sort", "found"),
    [
        ("last_change:desc", ["MD.1.addr", "PP.1", "MD.1", "MD.2", "MD.4", "MD.5"]),
        ("last_change:asc", ["MD.4", "MD.5", "MD.2", "MD.1", "PP.1", "MD.1.addr"]),
        ("id:desc", ["PP.1", "MD.5", "MD.4", "MD.2", "MD.1.addr", "MD.1"]),
    ],
)
def test_sorting(client: TestClient, sort: str, found: list[str]) -> None:
    assert ids(client, sort=sort) == found


@pytest.mark.parametrize(("way", "first"), [("asc", ["PP.1", "MD.1"]), ("desc", ["MD.1", "PP.1"])])
def test_what_is_missing_comes_last(client: TestClient, way: str, first: list[str]) -> None:
    assert ids(client, sort=f"properties.birthDate:{way}")[:2] == first


def test_captions_are_sorted_as_text(client: TestClient) -> None:
    said = client.get("/search/default", params={"sort": "caption"}).json()
    captions = [each["caption"] for each in said["results"]]
    assert captions == sorted(captions)


def test_pages(client: TestClient) -> None:
    whole = ids(client, sort="id")
    pages = [ids(client, sort="id", limit=2, offset=offset) for offset in (0, 2, 4)]
    assert [each for page in pages for each in page] == whole
    said = client.get("/search/default", params={"limit": 0}).json()
    assert (said["results"], said["total"]) == ([], {"value": 6, "relation": "eq"})


def test_facets_are_counted_and_labelled(client: TestClient) -> None:
    said = client.get("/search/default", params={"q": "qamhani"}).json()
    SearchResponse.model_validate(said)
    assert set(said["facets"]) == {"countries", "topics", "datasets"}
    countries = said["facets"]["countries"]
    assert countries["label"] == "Countries"
    assert {"name": "lb", "label": "Lebanon", "count": 1} in countries["values"]
    assert said["facets"]["topics"]["values"] == [
        {"name": "sanction", "label": "Sanctioned entity", "count": 2}
    ]
    chosen = client.get("/search/default", params={"facets": ["schema"], "lang": "ar"}).json()
    labels = {each["name"]: each["label"] for each in chosen["facets"]["schema"]["values"]}
    assert labels["Vessel"] == "سفينة"


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"schema": "Wizard"}, 400),
        ({"filter": "nocolon"}, 400),
        ({"q": "(open"}, 400),
        ({"sort": "nofield:desc"}, 400),
        ({"limit": 501}, 422),
        ({"offset": 9_500}, 422),
        ({"facets": "colour"}, 422),
        ({"filter_op": "XOR"}, 422),
        ({"changed_since": "2026"}, 422),
    ],
)
def test_what_cannot_be_meant_is_refused(client: TestClient, params: Params, status: int) -> None:
    assert client.get("/search/default", params=params).status_code == status
