"""The description at /openapi.json, and every operation held against it with generated requests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import checks
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from taawun.web.app import application, serving_at

OPERATIONS = {
    ("post", "/match/{dataset}"),
    ("get", "/search/{dataset}"),
    ("get", "/entities/{entity_id}"),
    ("get", "/entities/{entity_id}/adjacent"),
    ("get", "/entities/{entity_id}/adjacent/{property_name}"),
    ("get", "/statements"),
    ("get", "/catalog"),
    ("get", "/algorithms"),
    ("get", "/healthz"),
    ("get", "/readyz"),
    ("post", "/updatez"),
    ("get", "/reconcile/{dataset}"),
    ("post", "/reconcile/{dataset}"),
}


def test_every_operation_of_the_matching_api_is_described(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    found = {(method, path) for path, methods in paths.items() for method in methods}
    assert found >= OPERATIONS


def test_parameters_are_those_of_the_matching_api(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    said = {each["name"] for each in paths["/match/{dataset}"]["post"]["parameters"]}
    assert said >= {
        *("dataset", "limit", "threshold", "cutoff", "algorithm", "include_dataset"),
        *("exclude_dataset", "exclude_schema", "topics", "changed_since", "exclude_entity_ids"),
    }
    said = {each["name"] for each in paths["/search/{dataset}"]["get"]["parameters"]}
    assert said >= {
        *("q", "schema", "include_dataset", "exclude_dataset", "exclude_schema", "changed_since"),
        *("countries", "topics", "datasets", "filter", "limit", "offset", "sort", "target"),
        *("fuzzy", "simple", "facets", "filter_op"),
    }


class WithoutFront:
    """The application as a caller on this machine meets it, whatever the test client says."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            headers = [pair for pair in scope["headers"] if pair[0] != b"host"]
            local = [*headers, (b"host", b"127.0.0.1")]
            scope = {**scope, "client": ("127.0.0.1", 50_000), "headers": local}
        await self.app(scope, receive, send)


CHECKS: list[Callable[..., Any]] = [
    checks.response_schema_conformance,
    checks.content_type_conformance,
    checks.status_code_conformance,
]


@pytest.fixture(scope="module")
def described(made_home: Path) -> Any:
    serving = serving_at(made_home)
    serving.look()
    app = WithoutFront(application(serving))
    return schemathesis.openapi.from_asgi("/openapi.json", app)


@pytest.mark.parametrize(("method", "path"), sorted(OPERATIONS - {("post", "/updatez")}))
def test_generated_requests_get_described_answers(described: Any, method: str, path: str) -> None:
    @settings(max_examples=25, suppress_health_check=list(HealthCheck), deadline=None)
    @given(case=described[path][method].as_strategy())
    def ask(case: schemathesis.Case) -> None:
        response = case.call()
        assert response.status_code < 500, response.text
        case.validate_response(response, checks=CHECKS)

    ask()
