"""`taawun node` as a person or a script uses it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from taawun.cli import app
from taawun.cli.options import Options
from taawun.cooperation.exchange.gate import receive
from tests.cooperation.exchanging import ONE, OTHER, Town


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    made = Town(tmp_path / "town")
    monkeypatch.setenv("TAAWUN_HOME", str(made.nodes[ONE].store.home))
    yield made
    made.close()


def run(capfd: pytest.CaptureFixture[str], *args: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ending:
        app.main(["node", *args])
    out, err = capfd.readouterr()
    return int(ending.value.code or 0), out, err


def told(capfd: pytest.CaptureFixture[str], *args: str) -> Any:
    return json.loads(run(capfd, *args, "--json")[1])


def test_since_when_a_partner_is_down_and_what_waits_for_it(
    town: Town, capfd: pytest.CaptureFixture[str]
) -> None:
    town.asks(2)
    town.carry()
    town.post.down.add(OTHER)
    town.asks(3)
    town.carry()
    [partner] = told(capfd, "status")["partners"]
    assert (partner["partner"], partner["confirmed"]) == (OTHER, True)
    assert (partner["delivered"], partner["trying"], partner["withheld"]) == (2, 3, 0)
    assert partner["ground"] == "exchange.unreachable"
    assert partner["down_since"] == "2026-03-14T12:00:00.000000Z"
    status, out, _ = run(capfd, "status")
    assert (status, "2026-03-14 12:00" in out) == (0, True)
    assert "does not answer" in out
    assert "لا تجيب" in run(capfd, "status", "--lang", "ar")[1]


def test_what_belongs_to_a_ground_is_told_and_when_own_keys_run_out(
    town: Town, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(raw: bytes) -> bytes:
        return receive(town.nodes[OTHER], raw, town.now + timedelta(minutes=10))

    town.post.at(OTHER, late)
    town.asks(1)
    town.carry()
    _, out, err = run(capfd, "status")
    assert "are 600 seconds apart" in " ".join(out.split())
    assert err == ""
    until = datetime.fromisoformat(told(capfd, "status")["keys_until"])
    for days, said in ((61, False), (59, True)):
        moment = until - timedelta(days=days)
        monkeypatch.setattr(Options, "now", staticmethod(lambda moment=moment: moment))
        assert (f"{until:%Y}" in run(capfd, "status")[2]) is said


def test_the_outbox_says_on_what_ground_a_message_stays(
    town: Town, capfd: pytest.CaptureFixture[str]
) -> None:
    assert "outbox" in run(capfd, "outbox")[1]
    town.asks(1)
    town.does(ONE, "suspend", reason="a law changed")
    town.carry()
    found = told(capfd, "outbox", "--state", "withheld")["outbox"]
    assert [(each["state"], each["ground"]) for each in found] == [("withheld", "permit.suspended")]
    assert len(told(capfd, "outbox", "--partner", OTHER)["outbox"]) == 2
    assert told(capfd, "outbox", "--partner", "XZ-FIU")["outbox"] == []
    shown = run(capfd, "outbox")[1]
    assert ("withheld" in shown, f"{ONE} suspended" in " ".join(shown.split())) == (True, True)
    assert run(capfd, "outbox", "--state", "lost")[0] == 2


def test_what_could_not_be_sent_ends_with_1(town: Town, capfd: pytest.CaptureFixture[str]) -> None:
    """The partner's card says no address: nothing is lost, and the ground is told."""
    assert run(capfd, "send")[0] == 0
    town.asks(1)
    status, _, err = run(capfd, "send")
    assert (status, OTHER in err) == (1, True)
    [partner] = told(capfd, "status")["partners"]
    assert partner["ground"] in ("exchange.no_address", "key.none_to_seal", "key.own_expired")
    assert partner["answered_at"] == ""


@pytest.mark.parametrize(
    "args", [("--host", "0.0.0.0"), ("--client-ca", "ca.pem"), ("--cert", "none.pem")]
)
def test_what_cannot_be_served(
    town: Town, capfd: pytest.CaptureFixture[str], args: tuple[str, ...]
) -> None:
    status, _, err = run(capfd, "serve", *args)
    assert (status, bool(err)) == (2, True)


def test_no_node_yet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TAAWUN_HOME", str(tmp_path / "nobody"))
    for words in (("serve",), ("send",), ("status",), ("outbox",)):
        status, _, err = run(capfd, *words)
        assert (status, bool(err)) == (1, True)
