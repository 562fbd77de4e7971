"""`taawun demo`: the whole story on the command line, in both languages and as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from taawun.cli import app


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
    status, out, _ = run(capfd, "demo", "--no-serve", "--home", str(home), "--json")
    told = json.loads(out)
    assert status == 0
    assert told["lists"] == {"un": 30, "eu": 30, "uk": 29, "ofac": 37, "national": 32}
    assert told["customers"]["customers"] == 300
    assert told["update"] == {"added": 3, "changed": 3, "removed": 1}
    assert told["journal"]["whole"] is True


def test_a_home_in_use_is_refused(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(capfd, "demo", "--no-serve", "--home", str(home), "--json")[0] == 0
    status, _, err = run(capfd, "demo", "--no-serve", "--home", str(home))
    assert status == 2
    assert "empty home" in err
