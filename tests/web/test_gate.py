"""Who is served: keys, the loopback, and nobody else."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from taawun.errors import Conflict, NotFound, UsageError
from taawun.store import journal, keys, open_store
from taawun.web.app import application, serving_at
from taawun.web.gate import Gate
from taawun.web.refusals import Refusal

AT = datetime(2026, 3, 1, tzinfo=UTC)
HERE = ("127.0.0.1", 5000)
LOCAL = [(b"host", b"127.0.0.1:8000")]


def scope(client: Any = HERE, headers: Any = LOCAL, path: str = "/catalog") -> dict[str, Any]:
    return {"path": path, "client": client, "headers": headers}


def row(key: str, name: str = "bank", revoked: str = "") -> keys.KeyRow:
    return keys.KeyRow(keys.id_of(key), name, keys.digest_of(key), "", "", revoked, "")


KEY = "twn_0123abcd_" + "s" * 43
OTHER = "twn_0123abcd_" + "t" * 43


def with_key(key: str, scheme: str = "ApiKey") -> list[tuple[bytes, bytes]]:
    return [*LOCAL, (b"authorization", f"{scheme} {key}".encode())]


@pytest.mark.parametrize(
    ("client", "headers", "served"),
    [
        (HERE, LOCAL, True),
        (("::1", 5000), [(b"host", b"[::1]:8000")], True),
        (HERE, [(b"host", b"localhost")], True),
        (HERE, [(b"host", b"[::1]")], True),
        (("10.0.0.7", 5000), LOCAL, False),
        (HERE, [(b"host", b"evil.example:8000")], False),
        (HERE, [(b"host", b"127.0.0.1.evil.example")], False),
        (HERE, [], False),
        (HERE, [*LOCAL, (b"x-forwarded-for", b"10.0.0.7")], False),
        (HERE, [*LOCAL, (b"forwarded", b"for=10.0.0.7")], False),
        (None, LOCAL, False),
        (("testclient", 5000), LOCAL, False),
    ],
)
def test_without_keys_only_this_machine_is_served(client: Any, headers: Any, served: bool) -> None:
    gate = Gate()
    if served:
        assert gate.admit(scope(client, headers)) == ""
    else:
        with pytest.raises(Refusal) as refusal:
            gate.admit(scope(client, headers))
        assert refusal.value.status == 401


@pytest.mark.parametrize(
    ("headers", "name"),
    [
        (with_key(KEY), "bank"),
        (with_key(KEY, "apikey"), "bank"),
        (with_key(KEY, "Bearer"), "bank"),
        (with_key(OTHER), None),
        (with_key(KEY, "Basic"), None),
        (with_key(""), None),
        (with_key("x" * 10_000), None),
        (LOCAL, None),
        ([*LOCAL, (b"authorization", b"\xff\xfe")], None),
    ],
)
def test_with_a_key_everybody_needs_one(headers: Any, name: str | None) -> None:
    gate = Gate()
    gate.know([row(KEY)])
    if name is not None:
        assert gate.admit(scope(headers=headers)) == name
    else:
        with pytest.raises(Refusal) as refusal:
            gate.admit(scope(headers=headers))
        assert refusal.value.headers["WWW-Authenticate"] == "ApiKey"


def test_revoking_the_last_key_does_not_open_the_door() -> None:
    gate = Gate()
    gate.know([row(KEY, revoked="2026-01-01")])
    for headers in (LOCAL, with_key(KEY)):
        with pytest.raises(Refusal):
            gate.admit(scope(headers=headers))


def test_keys_of_the_settings_are_always_good() -> None:
    gate = Gate(["fixed-secret"])
    gate.know([])
    assert gate.admit(scope(headers=with_key("fixed-secret"))) == "settings-1"
    with pytest.raises(Refusal):
        gate.admit(scope())


@given(st.text(max_size=80))
def test_no_other_text_is_a_key(text: str) -> None:
    gate = Gate()
    gate.know([row(KEY)])
    if text != KEY:
        with pytest.raises(Refusal):
            gate.admit_with(text, HERE, LOCAL)


def test_keys_are_kept_as_digests_and_journalled(home: Path) -> None:
    store = open_store(home)
    with store.begin() as unit:
        key = keys.add(unit, "bank", at=AT, actor="officer")
    with store.begin() as unit, pytest.raises(Conflict):
        keys.add(unit, "bank", at=AT, actor="officer")
    with store.begin() as unit, pytest.raises(UsageError):
        keys.add(unit, " ", at=AT, actor="officer")
    with store.reading() as connection:
        (kept,) = keys.every(connection)
        assert (kept.name, kept.digest) == ("bank", keys.digest_of(key))
        assert [line.action for line in journal.lines(connection)] == ["key.added"]
    secret = key.rsplit("_", 1)[1].encode()
    for path in home.rglob("*"):
        assert not path.is_file() or secret not in path.read_bytes(), path
    with store.begin() as unit:
        assert keys.revoke(unit, "bank", at=AT, actor="officer").id == keys.id_of(key)
    with store.begin() as unit, pytest.raises(NotFound):
        keys.revoke(unit, "bank", at=AT, actor="officer")
    with store.begin() as unit:
        assert keys.add(unit, "bank", at=AT, actor="officer") != key


def test_a_running_service_learns_of_keys(own_home: Path, serve: Any) -> None:
    serving = serving_at(own_home)
    with serve(serving) as client:
        assert client.get("/catalog").status_code == 200
        store = open_store(own_home)
        with store.begin() as unit:
            key = keys.add(unit, "bank", at=AT, actor="officer")
        serving.look()
        assert client.get("/catalog").status_code == 401
        headers = {"authorization": f"ApiKey {key}"}
        assert client.get("/catalog", headers=headers).status_code == 200
        assert client.get("/healthz").status_code == 200
        with store.begin() as unit:
            keys.revoke(unit, "bank", at=AT, actor="officer")
        serving.look()
        assert client.get("/catalog", headers=headers).status_code == 401


def test_a_stranger_is_told_nothing(made_home: Path) -> None:
    stranger = TestClient(
        application(serving_at(made_home)), base_url="http://10.0.0.1", client=("10.0.0.7", 1)
    )
    with stranger:
        for path in ("/catalog", "/search/default?q=a", "/entities/MD.1", "/metrics", "/nothing"):
            response = stranger.get(path)
            assert response.status_code == 401, path
            assert "Qamhani" not in response.text
        assert stranger.post("/match/default", json={}).status_code == 401
        form = {"name": "Ziyad Qamhani"}
        page = stranger.post("/", data=form)
        assert page.status_code == 401
        assert "MD.1" not in page.text
