"""`taawun lists` as a person or a script uses it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from taawun.cli import app

HEADINGS = "id,name,kind,aliases\n"
ROWS = [f"N-{n:02},Example Person {n},person,شخص مثال {n}\n" for n in range(10)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return rewritten(tmp_path / "national.csv", ROWS)


def rewritten(path: Path, rows: list[str]) -> Path:
    path.write_text(HEADINGS + "".join(rows), encoding="utf-8")
    return path


def run(capfd: pytest.CaptureFixture[str], *args: str | Path) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ending:
        app.main(["lists", *map(str, args)])
    out, err = capfd.readouterr()
    return int(ending.value.code or 0), out, err


def answer(capfd: pytest.CaptureFixture[str], *args: str | Path) -> Any:
    status, out, err = run(capfd, *args, "--json")
    assert status == 0, err
    return json.loads(out)


def test_add_status_changes(home: Path, file: Path, capfd: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capfd, "add", "csv", file)
    assert (status, out.split(",")[0]) == (0, "national: added")
    done = answer(capfd, "add", "csv", rewritten(file, ROWS[1:]))
    assert (done["outcome"], done["entries"]) == ("updated", 9)
    assert done["changes"] == {"added": 0, "changed": 0, "removed": 1}
    (listed,) = answer(capfd, "status")["lists"]
    assert (listed["list"], listed["version"]) == ("national", done["version"])
    assert (listed["kept"], listed["failure"]) == (2, "")
    changed = answer(capfd, "changes", "national")
    assert changed["from"] == done["previous"]
    assert {change["id"][:4] for change in changed["changes"]} == {"N-00"}
    said = run(capfd, "changes", "national")[1]
    assert "1 removed" in said
    assert "Example Person 0" in said


def test_the_same_in_arabic(home: Path, file: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run(capfd, "add", "csv", file)
    run(capfd, "add", "csv", rewritten(file, ROWS[1:]))
    assert "حُذف ١" in run(capfd, "changes", "national", "--lang", "ar")[1]
    assert "الإصدار الساري" in run(capfd, "status", "--lang", "ar")[1]


def test_a_change_of_reader_is_said(
    home: Path, file: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    with monkeypatch.context() as older:
        older.setattr("taawun.lists.arrival.__version__", "0.0.9")
        run(capfd, "add", "csv", file)
    assert answer(capfd, "add", "csv", file)["outcome"] == "updated"
    run(capfd, "add", "csv", rewritten(file, ROWS[1:]))
    assert "0.0.9" not in run(capfd, "changes", "national")[1]
    first = sorted((home / "lists" / "national").glob("2*"))[0].name
    assert "Taawun 0.0.9 read the one" in run(capfd, "changes", "national", "--from", first)[1]


def test_an_implausible_change_needs_a_reason(
    home: Path, file: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    run(capfd, "add", "csv", file)
    rewritten(file, ROWS[:2])
    status, out, err = run(capfd, "add", "csv", file)
    assert (status, out) == (1, "")
    assert "8/10 (80%)" in err
    assert "--accept" in err
    assert run(capfd, "add", "csv", file, "--accept")[0] == 2
    assert run(capfd, "add", "csv", file, "--why", "decree 7")[0] == 2
    assert run(capfd, "add", "csv", file, "--accept", "--why", "decree 7")[0] == 0


def test_problems_name_line_and_column(
    home: Path, file: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    status, out, err = run(capfd, "add", "csv", rewritten(file, [*ROWS, "N-77,,person,\n"]))
    assert (status, out) == (1, "")
    assert "national.csv:12: name: this cell must not be empty" in err
    assert answer(capfd, "status") == {"lists": []}


def test_update_goes_on_when_one_list_fails(
    home: Path, file: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    other = rewritten(tmp_path / "other.csv", ROWS)
    run(capfd, "add", "csv", file)
    run(capfd, "add", "csv", other)
    other.unlink()
    rewritten(file, ROWS[1:])
    status, out, err = run(capfd, "update")
    assert status == 1
    assert "national: version" in out
    assert "other: not updated" in err
    assert "Last failure" in run(capfd, "status")[1]


def test_export_and_prune(
    home: Path, file: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    run(capfd, "add", "csv", file)
    run(capfd, "add", "csv", rewritten(file, ROWS[1:]))
    told = answer(capfd, "export", "--out", tmp_path / "out", "--url", "https://lists.example")
    assert told["datasets"][0]["deltas"] == 2
    assert (tmp_path / "out" / "index.json").is_file()
    assert "--url" in run(capfd, "export", "--out", tmp_path / "out")[1]
    assert answer(capfd, "prune", "--keep", "1")["freed"] > 0
    assert answer(capfd, "status")["lists"][0]["kept"] == 1
    assert run(capfd, "drop", "national")[0] == 2
    assert answer(capfd, "drop", "national", "--why", "a mistake")["freed"] > 0
    assert answer(capfd, "status") == {"lists": []}


def test_two_lists_added_at_once_are_both_screened_against(home: Path, tmp_path: Path) -> None:
    files = [rewritten(tmp_path / f"{name}.csv", ROWS) for name in ("one", "two")]
    command = [sys.executable, "-m", "taawun.cli.app", "lists", "add", "csv"]
    running = [
        subprocess.Popen([*command, str(file)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        for file in files
    ]
    for process in running:
        _, said = process.communicate(timeout=300)
        assert process.returncode == 0, said.decode()
    made_of = json.loads((home / "index" / "lists.json").read_bytes())
    assert sorted(made_of["lists"]) == ["one", "two"]


@pytest.mark.parametrize(
    ("args", "status"),
    [
        (("add", "xyz", "a.csv"), 2),
        (("add", "csv"), 2),
        (("add", "csv", "http://lists.example/a.csv"), 2),
        (("add", "csv", "http://127.0.0.1:9/a.csv"), 1),
        (("add", "csv", "absent.csv"), 1),
        (("changes", "nowhere"), 1),
        (("update", "nowhere"), 1),
        (("export", "--out", "x"), 1),
        (("prune", "--keep", "0"), 2),
    ],
)
def test_exit_status(
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    args: tuple[str, ...],
    status: int,
) -> None:
    monkeypatch.chdir(tmp_path)
    ended, out, err = run(capfd, *args)
    assert (ended, out) == (status, "")
    assert err


def test_nothing_yet(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(capfd, "status")[1].startswith("There is no list yet")
    assert run(capfd, "update")[:1] == (0,)
