"""`taawun journal` as a person or a script uses it."""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from taawun.cli import app
from taawun.store import open_store


@pytest.fixture
def written(home: Path, at: datetime) -> Path:
    store = open_store(home)
    for subject in ("un", "الاتحاد الأوروبي", "ofac"):
        with store.begin() as unit:
            unit.journal("lists.added", subject, {"entries": 3}, at=at, actor="ana")
    store.close()
    return home


def run(capfd: pytest.CaptureFixture[str], *args: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ending:
        app.main(["journal", *args])
    out, err = capfd.readouterr()
    return int(ending.value.code or 0), out, err


def test_a_whole_journal_is_said_in_both_languages(
    written: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    status, out, _ = run(capfd, "verify")
    assert status == 0
    assert out.startswith("The journal is whole: 3 lines, head 3:")
    assert run(capfd, "verify", "--lang", "ar")[1].startswith("السجل سليم: ٣ أسطر")


def test_an_anchor_kept_elsewhere_still_fits_later(
    written: Path, capfd: pytest.CaptureFixture[str], at: datetime
) -> None:
    anchor = run(capfd, "head")[1].strip()
    store = open_store(written)
    with store.begin() as unit:
        unit.journal("lists.added", "uk", {}, at=at, actor="ana")
    store.close()
    assert run(capfd, "verify", "--anchor", anchor)[0] == 0
    other = anchor[:-1] + ("0" if anchor[-1] != "0" else "1")
    assert run(capfd, "verify", "--anchor", other)[0] == 1


def test_a_broken_journal_ends_with_1_and_names_the_line(
    written: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    database = sqlite3.connect(written / "taawun.db")
    with database:
        database.execute("DROP TRIGGER journal_never_changed")
        database.execute("UPDATE journal SET actor = 'eve' WHERE sequence = 2")
    database.close()
    status, out, err = run(capfd, "verify")
    assert (status, out) == (1, "")
    assert "journal:2: this line was altered" in err
    status, out, _ = run(capfd, "verify", "--json")
    said = json.loads(out)
    assert status == 1
    assert (said["whole"], said["problems"][0]["line"]) == (False, 2)


def test_lines_are_shown_newest_last(written: Path, capfd: pytest.CaptureFixture[str]) -> None:
    said = json.loads(run(capfd, "show", "--last", "2", "--json")[1])
    assert [line["sequence"] for line in said["lines"]] == [2, 3]
    assert said["lines"][0]["details"] == {"entries": 3}
    assert "الاتحاد الأوروبي" in run(capfd, "show")[1]


def test_an_empty_journal_is_said(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    open_store(home).close()
    assert run(capfd, "show")[1] == "The journal is empty.\n"


def test_the_trace_of_one_thing_and_of_a_time(
    home: Path, capfd: pytest.CaptureFixture[str], at: datetime
) -> None:
    store = open_store(home)
    agreement = "7c60" * 16
    with store.begin() as unit:
        scope = {"fields": [], "services": ["ask", "match"]}
        unit.journal("agreement.suspend", agreement, {"scope": scope, "n": 2}, at=at, actor="ana")
        said = {"channel": agreement, "ground": "permit.suspended"}
        unit.journal("message.refused", "a1b2", said, at=at + timedelta(days=1), actor="XB-FIU")
        unit.journal("lists.added", "un", {}, at=at + timedelta(days=2), actor="ana")
    store.close()
    out = " ".join(run(capfd, "show", "--of", "7c607c60")[1].split())
    assert "n: 2, scope: services: ask match" in out
    assert "channel: 7c607c607c60, ground: permit.suspended" in out
    assert "lists.added" not in out
    day = f"{at + timedelta(days=1):%Y-%m-%d}"
    lines = json.loads(run(capfd, "show", "--from", day, "--to", day, "--json")[1])["lines"]
    assert [line["action"] for line in lines] == ["message.refused"]
    assert run(capfd, "show", "--of", "%")[1] == "The journal has no such line.\n"
