"""`POST /match/{dataset}`: the contract of the OpenSanctions matching API, and what we add."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from taawun.web.models import MatchResponse

ZIYAD = {"schema": "Person", "properties": {"name": ["زياد منصور القمحاني"]}}
GRAIN = {"schema": "Company", "properties": {"name": ["Qamhani Grain Trading"]}}
ELENA = {"schema": "Person", "properties": {"name": ["Elena Tarasova"], "birthDate": ["1965"]}}


def ask(client: TestClient, query: Any, dataset: str = "default", **params: Any) -> dict[str, Any]:
    """The answer to one query."""
    body = {"queries": {"q": query}, **params.pop("body", {})}
    response = client.post(f"/match/{dataset}", params=params, json=body)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()["responses"]["q"]
    return answer


def ids(answer: dict[str, Any]) -> list[str]:
    return [result["id"] for result in answer["results"]]


def test_a_listed_person_is_found_with_reasons(client: TestClient) -> None:
    answer = ask(client, ZIYAD)
    first = answer["results"][0]
    assert (first["id"], first["match"], first["schema"]) == ("MD.1", True, "Person")
    assert first["score"] >= 0.7
    assert first["referents"] == ["OLD.9", "OLD/10 b"]
    assert first["properties"]["birthDate"] == ["1971-04-02"]
    assert first["last_change"] == "2026-01-02T10:00:00"
    for explanation in first["explanations"].values():
        assert set(explanation) == {"score", "detail", "query", "candidate"}
        assert explanation["detail"]
    assert first["explanations"]["screening.name"]["score"] > 0.5
    assert (answer["status"], answer["complete"]) == (200, True)
    assert answer["total"] == {"value": 1, "relation": "eq"}


def test_the_answer_is_what_the_description_says(client: TestClient) -> None:
    response = client.post("/match/default", json={"queries": {"a": ZIYAD, "b": GRAIN}})
    MatchResponse.model_validate(response.json())
    assert response.headers["x-batch-size"] == "2"
    assert response.headers["x-algorithm"] == "taawun"
    assert response.headers["x-complete"] == "true"
    assert response.json()["limit"] == 5


def test_the_query_comes_back_cleaned(client: TestClient) -> None:
    query = {
        "id": "cust-1",
        "schema": "Person",
        "properties": {
            "name": "  Ziyad\u0000  Qamhani ",
            "birthDate": ["02/04/1971", "not a date"],
            "nationality": ["Syrian Arab Republic", "Atlantis"],
            "gender": ["M", "unsaid"],
            "passportNumber": [12345, None],
            "noSuchProperty": ["x"],
        },
    }
    assert ask(client, query)["query"] == {
        "id": "cust-1",
        "schema": "Person",
        "properties": {
            "name": ["Ziyad Qamhani"],
            "birthDate": ["1971-04-02"],
            "nationality": ["sy"],
            "gender": ["male"],
            "passportNumber": ["12345"],
        },
    }


def test_a_name_in_parts_becomes_a_name(client: TestClient) -> None:
    parts = {"firstName": ["Ziyad"], "middleName": ["Mansur"], "lastName": ["Qamhani"]}
    answer = ask(client, {"schema": "Person", "properties": parts})
    assert answer["query"]["properties"]["name"] == ["Ziyad Mansur Qamhani"]
    assert ids(answer) == ["MD.1"]


def test_a_nested_entity_as_the_api_gives_it_is_taken_back(client: TestClient) -> None:
    whole = client.get("/entities/MD.1").json()
    answer = ask(client, {"schema": whole["schema"], "properties": whole["properties"]})
    assert ids(answer)[0] == "MD.1"


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({}, ["MD.1"]),
        ({"include_dataset": "made"}, ["MD.1"]),
        ({"include_dataset": "peps"}, []),
        ({"include_dataset": "sanctions"}, ["MD.1"]),
        ({"exclude_dataset": "made"}, []),
        ({"exclude_dataset": ["made", "peps"]}, []),
        ({"include_schema": "Person"}, ["MD.1"]),
        ({"include_schema": "Vessel"}, []),
        ({"exclude_schema": "Person"}, []),
        ({"topics": "sanction"}, ["MD.1"]),
        ({"topics": ["role.pep", "sanction"]}, ["MD.1"]),
        ({"topics": "role.pep"}, []),
        ({"changed_since": "2026-01-01"}, ["MD.1"]),
        ({"changed_since": "2026-01-02T10:00:00"}, []),
        ({"changed_since": "2026-01-02T09:59"}, ["MD.1"]),
        ({"exclude_entity_ids": "MD.1"}, []),
        ({"exclude_entity_ids": "OLD.9"}, []),
        ({"exclude_entity_ids": ["nobody"]}, ["MD.1"]),
        ({"limit": 0}, []),
        ({"threshold": 1.1, "cutoff": 1.1}, []),
    ],
)
def test_filters(client: TestClient, params: dict[str, Any], found: list[str]) -> None:
    assert ids(ask(client, ZIYAD, **params)) == found


def test_excluded_ids_in_the_body_have_no_cap(client: TestClient) -> None:
    many = [f"nobody-{number}" for number in range(5_000)]
    assert ids(ask(client, ZIYAD, body={"exclude_entity_ids": many})) == ["MD.1"]
    assert ids(ask(client, ZIYAD, body={"exclude_entity_ids": [*many, "OLD.9"]})) == []


@pytest.mark.parametrize(
    ("dataset", "found"), [("default", 1), ("sanctions", 0), ("made", 0), ("peps", 1)]
)
def test_scopes(client: TestClient, dataset: str, found: int) -> None:
    assert len(ids(ask(client, ELENA, dataset))) == found


def test_the_threshold_marks_and_the_cutoff_removes(client: TestClient) -> None:
    loose = ask(client, ZIYAD, threshold=0.999, cutoff=0.1)
    assert ids(loose)
    assert not any(result["match"] for result in loose["results"] if result["score"] < 0.999)
    never_above = ask(client, ZIYAD, threshold=0.2, cutoff=0.9)
    assert all(result["match"] for result in never_above["results"])


def test_one_who_may_be_a_person_is_compared_with_persons_and_companies(
    client: TestClient,
) -> None:
    for schema in ("Person", "LegalEntity", "Organization", "Company"):
        found = ids(ask(client, {"schema": schema, "properties": {"name": ["Wasim Haddad"]}}))
        assert found in (["MD.5"], []), schema
    asked = {"schema": "Person", "properties": {"name": ["Wasim Tannous Haddad"]}}
    assert ids(ask(client, asked)) == ["MD.5"]


def test_thing_asks_for_anything(client: TestClient) -> None:
    query = {"schema": "Thing", "properties": {"name": ["Granary Star"]}}
    assert ids(ask(client, query)) == ["MD.4"]
    assert ids(ask(client, {**query, "schema": "Vessel"})) == ["MD.4"]
    assert ids(ask(client, {**query, "schema": "Person"})) == []


def test_another_algorithms_name_is_taken_and_said(client: TestClient) -> None:
    body = {"queries": {"q": ZIYAD}, "weights": {"name_literal": 0.1}, "config": {"nm_x": 0.3}}
    response = client.post("/match/default", params={"algorithm": "logic-v2"}, json=body)
    said = response.json()
    assert said["algorithm"] == {"requested": "logic-v2", "used": "taawun"}
    assert said["unused"] == ["weights", "config"]


def test_explanations_are_worded_in_arabic_for_who_asks(client: TestClient) -> None:
    both = [
        client.post("/match/default", json={"queries": {"q": ZIYAD}}, headers=headers).json()
        for headers in ({"accept-language": "ar-SY, en;q=0.5"}, {"accept-language": "fr"})
    ]
    arabic, english = (said["responses"]["q"]["results"][0]["explanations"] for said in both)
    assert arabic.keys() == english.keys()
    assert any(arabic[code]["detail"] != english[code]["detail"] for code in arabic)


def test_a_spent_time_budget_is_not_a_clear(client: TestClient) -> None:
    nothing = {"schema": "Person", "properties": {"name": ["Nobody Of That Name"]}}
    queries = {f"q{number}": nothing for number in range(5)}
    for _ in range(50):
        response = client.post(
            "/match/default", json={"queries": queries, "time_budget_ms": 1}, params={"limit": 1}
        )
        assert response.status_code == 200
        said = response.json()
        if not said["complete"]:
            break
    assert not said["complete"], "a millisecond was enough for five queries, fifty times over"
    assert response.headers["x-complete"] == "false"
    cut = [each for each in said["responses"].values() if not each["complete"]]
    assert cut
    for each in cut:
        assert (each["status"], each["total"]["relation"]) == (206, "gte")


def test_without_a_budget_everything_is_compared(client: TestClient) -> None:
    assert ask(client, ZIYAD, body={"time_budget_ms": 60_000})["complete"]


def person(**properties: Any) -> dict[str, Any]:
    """A batch with one query."""
    return {"queries": {"q": {"schema": "Person", "properties": properties}}}


REFUSED: list[tuple[dict[str, Any], Any, int, str]] = [
    ({}, {"queries": {}}, 400, "No queries"),
    ({}, {"queries": {str(n): ZIYAD for n in range(6)}}, 400, "Too many queries"),
    ({}, {"queries": {"q": {**ZIYAD, "schema": "Wizard"}}}, 400, "Unknown schema"),
    ({}, {"queries": {"q": {**ZIYAD, "schema": "Sanction"}}}, 400, "Non-matchable"),
    ({"algorithm": "magic"}, {"queries": {"q": ZIYAD}}, 400, "Invalid algorithm"),
    ({"algorithm": "taawun"}, {"queries": {"q": ZIYAD}, "config": {"x": 1}}, 400, "x"),
    (
        {},
        {"queries": {"q": {"schema": "Person", "properties": {"name": ["x" * 2000]}}}},
        400,
        "name",
    ),
    ({}, {"queries": {"q": {"schema": "Person", "properties": {"name": [["x"]]}}}}, 400, "name"),
    (
        {},
        {"queries": {"q": {"schema": "Person", "properties": {"name": ["x"] * 600}}}},
        400,
        "values",
    ),
    ({"limit": 501}, {"queries": {"q": ZIYAD}}, 422, "limit"),
    ({"limit": -1}, {"queries": {"q": ZIYAD}}, 422, "limit"),
    ({"limit": "many"}, {"queries": {"q": ZIYAD}}, 422, "limit"),
    ({"threshold": "nan"}, {"queries": {"q": ZIYAD}}, 422, "threshold"),
    ({"threshold": "inf"}, {"queries": {"q": ZIYAD}}, 422, "threshold"),
    ({"changed_since": "yesterday"}, {"queries": {"q": ZIYAD}}, 422, "changed_since"),
    ({"exclude_entity_ids": ["x"] * 51}, {"queries": {"q": ZIYAD}}, 422, "exclude_entity_ids"),
    ({"time_budget_ms": 0}, {"queries": {"q": ZIYAD}}, 422, "time_budget_ms"),
    ({}, {"queries": {"q": None}}, 422, "q"),
    ({}, {"queries": [ZIYAD]}, 422, "queries"),
    ({}, {"queries": {"q": {"properties": {}}}}, 422, "schema"),
    ({}, {"queries": {"q": {"schema": "Person"}}}, 422, "properties"),
    ({}, person(name=5), 422, "name"),
    ({}, {"queries": {"q": {"schema": None, "properties": {}}}}, 422, "schema"),
    ({}, {"weights": {"a": "heavy"}, "queries": {"q": ZIYAD}}, 422, "weights"),
    ({}, [], 422, "body"),
    ({}, None, 422, "body"),
    ({}, "text", 422, "body"),
]


@pytest.mark.parametrize(("params", "body", "status", "said"), REFUSED)
def test_what_cannot_be_meant_is_refused(
    client: TestClient, params: dict[str, Any], body: Any, status: int, said: str
) -> None:
    response = client.post("/match/default", params=params, json=body)
    assert response.status_code == status
    assert said in response.text
    if status == 422:
        for each in response.json()["detail"]:
            assert set(each) == {"type", "loc", "msg"}


def test_an_unknown_dataset_is_not_found(client: TestClient) -> None:
    response = client.post("/match/nothing", json={"queries": {"q": ZIYAD}})
    assert (response.status_code, response.json()) == (404, {"detail": "No such dataset."})


def test_a_query_without_a_name_finds_nothing_and_says_so(client: TestClient) -> None:
    answer = ask(client, {"schema": "Person", "properties": {"birthDate": ["1971"]}})
    assert (answer["results"], answer["total"]["value"]) == ([], 0)
