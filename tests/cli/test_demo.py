"""`taawun demo`: the whole story on the command line, in both languages and as JSON."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from taawun.cli import app, demo_cooperation
from taawun.demo import money
from taawun.demo.story import Story
from taawun.store import open_store


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A smaller region than is shown to people; the four processes are in tests/demo."""
    plan = replace(money.PLAN, transfers=6_000, days=60, illicit=400)
    monkeypatch.setattr(money, "PLAN", plan)
    monkeypatch.setattr(demo_cooperation, "tell", lambda home: {"cooperation": {"home": home}})


def run(capfd: pytest.CaptureFixture[str], *args: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ending:
        app.main(list(args))
    out, err = capfd.readouterr()
    return int(ending.value.code or 0), out, err


def test_the_demonstration_is_told_in_arabic(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capfd, "demo", "--no-serve", "--home", str(home), "--lang", "ar")
    assert status == 0
    for told in ("ظاهر الوزان", "WAZZAN", "السجل سليم", "taawun lists changes un", str(home)):
        assert told in out


def test_as_json_it_is_one_document(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capfd, "demo", "--no-serve", "--home", str(home), "--seed", "2", "--json")
    told = json.loads(out)
    assert status == 0
    assert told["lists"] == {"un": 30, "eu": 30, "uk": 29, "ofac": 37, "national": 32}
    assert told["customers"]["customers"] == 300
    assert told["update"] == {"added": 3, "changed": 3, "removed": 1}
    assert told["journal"]["whole"] is True
    assert told["region"]["seed"] == 2
    assert told["imported"]["transfers"] == told["searched"]["transfers"]
    assert 0 < len(told["findings"]) == told["truth"]["of"] <= 10
    assert 0 < told["truth"]["right"] <= told["truth"]["of"]
    assert Path(told["picture"]).read_text("utf-8").startswith("<svg")
    assert told["trail"]["total"] > 0
    assert told["cooperation"] == {"home": str(home)}


def test_a_home_in_use_is_refused(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    story = Story(open_store(home), home, "officer")
    next(story.bring(datetime(2026, 10, 2, tzinfo=UTC)))
    status, _, err = run(capfd, "demo", "--no-serve", "--home", str(home))
    assert status == 2
    assert "empty home" in err
