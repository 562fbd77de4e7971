"""A home with two made-up lists, indexed, and the service over it."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from taawun.lists.registry import Lists
from taawun.screening.build import rebuild
from taawun.store import open_store
from taawun.web.app import application, serving_at
from taawun.web.bounds import Bounds
from taawun.web.serving import Serving
from tests.conftest import AT

with warnings.catch_warnings():
    # Starlette would rather have another httpx, which yente-client does not use.
    warnings.simplefilter("ignore", DeprecationWarning)
    warnings.simplefilter("ignore", UserWarning)
    from starlette.testclient import TestClient


MADE: list[dict[str, Any]] = [
    {
        "id": "MD.1",
        "schema": "Person",
        "properties": {
            "name": ["Ziyad Mansur Qamhani", "زياد منصور القمحاني"],
            "birthDate": ["1971-04-02"],
            "nationality": ["sy"],
            "topics": ["sanction"],
            "passportNumber": ["N0012345"],
            "addressEntity": ["MD.1.addr"],
        },
        "referents": ["OLD.9", "OLD/10 b"],
        "first_seen": "2020-05-01T00:00:00",
        "last_change": "2026-01-02T10:00:00",
    },
    {
        "id": "MD.1.addr",
        "schema": "Address",
        "properties": {"full": ["12 Granary Street, Latakia"], "country": ["sy"]},
    },
    {
        "id": "MD.1.listing",
        "schema": "Sanction",
        "properties": {"entity": ["MD.1"], "authority": ["Made-up Council"], "program": ["GRAIN"]},
    },
    {
        "id": "MD.2",
        "schema": "Company",
        "properties": {
            "name": ["Qamhani Grain Trading LLC"],
            "jurisdiction": ["lb"],
            "topics": ["sanction"],
            "registrationNumber": ["LB-77120"],
        },
        "last_change": "2025-01-02T00:00:00",
    },
    {
        "id": "MD.3",
        "schema": "Ownership",
        "properties": {"owner": ["MD.1"], "asset": ["MD.2"], "percentage": ["60"]},
    },
    {
        "id": "MD.4",
        "schema": "Vessel",
        "properties": {
            "name": ["Granary Star"],
            "imoNumber": ["9000003"],
            "flag": ["pa"],
            "topics": ["sanction"],
        },
        "last_change": "2024-06-01T00:00:00",
    },
    {
        "id": "MD.5",
        "schema": "LegalEntity",
        "properties": {"name": ["Wasim Tannous Haddad"], "topics": ["sanction"]},
        "last_change": "2024-06-01T00:00:00",
    },
]
PEPS: list[dict[str, Any]] = [
    {
        "id": "PP.1",
        "schema": "Person",
        "properties": {
            "name": ["Elena Borisovna Tarasova", "Елена Борисовна Тарасова"],
            "birthDate": ["1965"],
            "nationality": ["ru"],
            "position": ["Minister of Grain"],
            "topics": ["role.pep"],
        },
        "last_change": "2026-02-01T00:00:00",
    },
]


def write_list(path: Path, entities: list[dict[str, Any]]) -> Path:
    """A FollowTheMoney file of these entities."""
    lines = [
        orjson.dumps({**each, "datasets": [path.stem], "target": "name" in each["properties"]})
        for each in entities
    ]
    path.write_bytes(b"\n".join(lines) + b"\n")
    return path


@pytest.fixture(scope="session")
def made_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The lists `made` and `peps`, in force and indexed. Not to be changed: see `own_home`."""
    folder = tmp_path_factory.mktemp("web")
    home = folder / "home"
    store = open_store(home)
    lists = Lists(store, home)
    for name, entities in (("made", MADE), ("peps", PEPS)):
        lists.add("ftm", write_list(folder / f"{name}.json", entities), name=name, at=AT, actor="t")
    rebuild(store, home, AT)
    store.engine.dispose()
    return home


@pytest.fixture
def own_home(made_home: Path, tmp_path: Path) -> Path:
    """A copy of the made-up home that a test may change."""
    home = tmp_path / "home"
    shutil.copytree(made_home, home)
    return home


def here(serving: Serving, **more: Any) -> TestClient:
    """A client on this machine."""
    return TestClient(
        application(serving),
        base_url="http://127.0.0.1",
        client=("127.0.0.1", 50_000),
        follow_redirects=False,
        **more,
    )


@pytest.fixture(scope="session")
def client(made_home: Path) -> Iterator[TestClient]:
    """The service over the made-up lists, asked from this machine, without keys."""
    with here(serving_at(made_home, bounds=Bounds(batch=5))) as opened:
        yield opened


@pytest.fixture(scope="session")
def serve() -> Any:
    """`serve(serving)`: a client for a service that a test puts together."""
    return here
