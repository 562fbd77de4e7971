"""`/entities`, `/adjacent`, `/statements`, `/catalog` and the system's own addresses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from taawun.web.app import serving_at
from taawun.web.models import (
    AdjacentResponse,
    AdjacentResults,
    AlgorithmsResponse,
    CatalogResponse,
    EntityResponse,
    StatementResponse,
)


def get(client: TestClient, path: str, status: int = 200, **params: Any) -> Any:
    response = client.get(path, params=params)
    assert response.status_code == status, response.text
    return response.json()


def test_an_entity_with_what_it_is_related_to(client: TestClient) -> None:
    said = get(client, "/entities/MD.1")
    EntityResponse.model_validate(said)
    properties = said["properties"]
    (address,) = properties["addressEntity"]
    assert address["properties"]["full"] == ["12 Granary Street, Latakia"]
    (listing,) = properties["sanctions"]
    assert listing["properties"]["authority"] == ["Made-up Council"]
    assert "entity" not in listing["properties"], "nothing is shown inside itself"
    (owned,) = properties["ownershipOwner"]
    assert owned["properties"]["asset"][0]["id"] == "MD.2"
    assert "owner" not in owned["properties"]


def test_an_entity_alone(client: TestClient) -> None:
    said = get(client, "/entities/MD.1", nested="false")
    assert said["properties"]["addressEntity"] == ["MD.1.addr"]
    assert "sanctions" not in said["properties"]


@pytest.mark.parametrize(
    ("path", "to"),
    [
        ("/entities/OLD.9", "/entities/MD.1"),
        ("/entities/OLD%2F10%20b", "/entities/MD.1"),
        ("/entities/OLD.9?nested=false", "/entities/MD.1?nested=false"),
        ("/entities/OLD.9/adjacent", "/entities/MD.1/adjacent"),
        ("/entities/OLD.9/adjacent/sanctions?limit=1", "/entities/MD.1/adjacent/sanctions?limit=1"),
    ],
)
def test_a_merged_id_leads_to_the_entity(client: TestClient, path: str, to: str) -> None:
    response = client.get(path)
    assert (response.status_code, response.headers["location"]) == (308, to)


def test_an_unknown_entity_is_not_found(client: TestClient) -> None:
    assert get(client, "/entities/nobody", 404) == {"detail": "No such entity!"}
    assert get(client, "/entities/nobody/adjacent", 404) == {"detail": "No such entity!"}


def test_adjacent(client: TestClient) -> None:
    said = get(client, "/entities/MD.1/adjacent")
    AdjacentResponse.model_validate(said)
    assert set(said["adjacent"]) == {"addressEntity", "sanctions", "ownershipOwner"}
    assert said["entity"]["id"] == "MD.1"
    one = get(client, "/entities/MD.1/adjacent/sanctions")
    AdjacentResults.model_validate(one)
    assert [each["id"] for each in one["results"]] == ["MD.1.listing"]
    assert (one["total"], one["limit"], one["offset"]) == ({"value": 1, "relation": "eq"}, 10, 0)
    beyond = get(client, "/entities/MD.1/adjacent/sanctions", offset=1)
    assert (beyond["results"], beyond["total"]["value"]) == ([], 1)
    assert get(client, "/entities/MD.2/adjacent/ownershipAsset")["total"]["value"] == 1


def test_a_relation_that_could_be_is_empty_and_one_that_could_not_is_not_found(
    client: TestClient,
) -> None:
    assert get(client, "/entities/MD.1/adjacent/familyPerson")["results"] == []
    assert get(client, "/entities/MD.1/adjacent/name", 404) == {"detail": "No such property!"}
    assert get(client, "/entities/MD.4/adjacent/familyPerson", 404)


def test_statements_say_who_said_what(client: TestClient) -> None:
    said = get(client, "/statements", canonical_id="OLD.9")
    StatementResponse.model_validate(said)
    assert {row["canonical_id"] for row in said["results"]} == {"MD.1"}
    assert {row["dataset"] for row in said["results"]} == {"made"}
    props = [row["prop"] for row in said["results"]]
    assert props == sorted(props)
    assert said["total"] == {"value": len(props), "relation": "eq"}
    born = get(client, "/statements", entity_id="MD.1", prop="birthDate")["results"]
    assert [(row["value"], row["prop_type"], row["schema"]) for row in born] == [
        ("1971-04-02", "date", "Person")
    ]
    assert get(client, "/statements", canonical_id="nobody")["results"] == []
    assert get(client, "/statements", canonical_id="MD.1", entity_id="MD.2")["results"] == []


def test_statements_without_an_id_are_walked_in_pages(client: TestClient) -> None:
    whole = get(client, "/statements", limit=5000)
    assert whole["total"]["relation"] == "eq"
    first = get(client, "/statements", limit=4)
    assert first["total"]["relation"] == "gte"
    second = get(client, "/statements", limit=4, offset=4)
    assert first["results"] + second["results"] == whole["results"][:8]
    russians = get(client, "/statements", value="ru", prop_type="country")["results"]
    assert [row["entity_id"] for row in russians] == ["PP.1"]
    assert {row["dataset"] for row in get(client, "/statements", dataset="peps")["results"]} == {
        "peps"
    }
    assert get(client, "/statements", 400, sort="value")
    assert get(client, "/statements", 400, canonical_id="MD.1", sort="colour")
    backwards = get(client, "/statements", canonical_id="MD.1", sort="value:desc")["results"]
    values = [row["value"] for row in backwards]
    assert values == sorted(values, reverse=True)


def test_the_catalogue(client: TestClient) -> None:
    said = get(client, "/catalog")
    CatalogResponse.model_validate(said)
    by_name = {each["name"]: each for each in said["datasets"]}
    assert set(by_name) == {"default", "sanctions", "made", "peps"}
    assert by_name["default"]["children"] == ["made", "peps"]
    assert by_name["sanctions"]["children"] == ["made"]
    assert (by_name["made"]["entity_count"], by_name["made"]["thing_count"]) == (7, 5)
    assert (by_name["made"]["load"], by_name["default"]["load"]) == (True, False)
    assert (said["current"], said["outdated"], said["index_stale"]) == (["made", "peps"], [], False)


def test_the_catalogue_is_sent_again_only_when_it_changed(client: TestClient) -> None:
    tag = client.get("/catalog").headers["etag"]
    same = client.get("/catalog", headers={"if-none-match": f'"other", W/{tag}'})
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
    other = client.get("/catalog", headers={"if-none-match": '"other"'})
    assert other.status_code == 200
    assert client.get("/catalog", headers={"accept-language": "ar"}).headers["etag"] != tag
    assert client.get("/manifest").json() == client.get("/catalog").json()


def test_algorithms(client: TestClient) -> None:
    said = get(client, "/algorithms")
    AlgorithmsResponse.model_validate(said)
    names = [each["name"] for each in said["algorithms"]]
    assert names[0] == said["best"] == "taawun"
    assert {"logic-v1", "logic-v2", "regression-v1", "name-based"} <= set(names)


def test_health_and_metrics(client: TestClient) -> None:
    assert get(client, "/healthz") == {"status": "ok"}
    assert get(client, "/readyz") == {"status": "ok"}
    metrics = client.get("/metrics")
    assert metrics.headers["content-type"].startswith("text/plain")
    assert 'taawun_requests_total{method="GET",route="/healthz",status="200"}' in metrics.text


def test_every_answer_has_a_request_id_and_no_guessing(client: TestClient) -> None:
    given = client.get("/healthz", headers={"x-request-id": "abc-1"})
    assert given.headers["x-request-id"] == "abc-1"
    odd = client.get("/healthz", headers={"x-request-id": "a b/&"})
    assert odd.headers["x-request-id"].isalnum()
    assert given.headers["x-content-type-options"] == "nosniff"


def test_an_empty_home_is_alive_and_not_ready(tmp_path: Path, serve: Any) -> None:
    with serve(serving_at(tmp_path)) as client:
        assert client.get("/healthz").status_code == 200
        for path in ("/readyz", "/catalog", "/search/default", "/entities/x"):
            response = client.get(path)
            assert response.status_code == 503, path
            assert response.headers["retry-after"] == "1"
        assert client.get("/").status_code == 200


def test_update_needs_its_token(client: TestClient) -> None:
    assert client.post("/updatez").status_code == 403
    assert client.post("/updatez", params={"token": "x"}).status_code == 403
