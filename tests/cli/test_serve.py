"""`taawun keys` and `taawun serve` as a person or a script uses them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from taawun.cli import app
from taawun.web import running


def run(capfd: pytest.CaptureFixture[str], *args: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ending:
        app.main(list(args))
    out, err = capfd.readouterr()
    return int(ending.value.code or 0), out, err


def test_a_key_is_made_listed_and_revoked(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capfd, "keys", "list")
    assert (status, "no keys" in out) == (0, True)
    status, key, err = run(capfd, "keys", "add", "bank")
    assert (status, key.startswith("twn_"), "once" in err) == (0, True, True)
    status, out, _ = run(capfd, "keys", "list", "--json")
    (row,) = json.loads(out)["keys"]
    assert (row["name"], row["revoked_at"]) == ("bank", "")
    assert key.strip().rsplit("_", 1)[1] not in out
    assert run(capfd, "keys", "add", "bank")[0] == 1
    status, out, _ = run(capfd, "keys", "revoke", row["id"], "--lang", "ar")
    assert (status, row["id"] in out) == (0, True)
    assert run(capfd, "keys", "revoke", "bank")[0] == 1
    assert "bank" in run(capfd, "keys", "list")[1]


def test_a_key_as_json(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capfd, "keys", "add", "bank", "--json")
    assert (status, err) == (0, "")
    assert set(json.loads(out)) == {"name", "id", "key"}


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the service was started with, instead of starting it."""
    calls: list[dict[str, Any]] = []
    monkeypatch.setattr(running, "run", lambda home, **said: calls.append({"home": home, **said}))
    return calls


def test_serve_takes_its_defaults_from_the_settings(
    home: Path,
    served: list[dict[str, Any]],
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    status, out, err = run(capfd, "serve")
    assert (status, out) == (0, "")
    assert "http://127.0.0.1:8000/" in err
    monkeypatch.setenv("TAAWUN_PORT", "8100")
    monkeypatch.setenv("TAAWUN_WORKERS", "3")
    run(capfd, "serve", "--no-access-log")
    run(capfd, "serve", "--port", "8200", "--workers", "1", "--host", "::1")
    said = [(each["host"], each["port"], each["workers"], each["log"]) for each in served]
    assert said == [
        ("127.0.0.1", 8000, running.cores(), "info"),
        ("127.0.0.1", 8100, 3, "warning"),
        ("::1", 8200, 1, "info"),
    ]


def test_serving_others_without_a_key_is_said(
    home: Path, served: list[dict[str, Any]], capfd: pytest.CaptureFixture[str]
) -> None:
    assert "no API key" in run(capfd, "serve", "--host", "0.0.0.0")[2]
    assert "no API key" not in run(capfd, "serve")[2]
    run(capfd, "keys", "add", "bank")
    assert "no API key" not in run(capfd, "serve", "--host", "0.0.0.0")[2]
