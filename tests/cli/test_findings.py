"""`taawun findings`: searches that were kept, listed and shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from taawun.cli import app
from taawun.detection.archive import findings_of
from taawun.detection.told import FINDINGS, table
from taawun.store import open_store
from tests.detection.kept import EVIL, keep

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Run:
    def call(*args: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ending:
            app.main(list(args))
        out, err = capfd.readouterr()
        return int(ending.value.code or 0), out, err

    return call


def test_searches_are_listed(home: Path, run: Run) -> None:
    keep(home, 1)
    keep(home, 2)
    status, out, _ = run("findings", "searches", "--json")
    assert status == 0
    assert [each["number"] for each in json.loads(out)["searches"]] == [2, 1]
    status, out, _ = run("findings", "searches")
    assert "2026-03-01 09:30" in out


def test_findings_are_listed_with_their_reasons(home: Path, run: Run) -> None:
    keep(home, 5)
    status, out, _ = run("findings", "list", "--top", "2")
    assert status == 0
    assert "1. gather-scatter, score 0.91" in out
    assert "gathered 4,000.00 EUR from 4 accounts" in out
    assert "Joined from 2 overlapping findings" in out
    assert "4 times the account's usual" in out
    assert "3 more" in out
    status, out, _ = run("findings", "list", "--lang", "ar")
    assert "تجميع ثم توزيع" in out
    assert "detection." not in out


def test_what_could_steer_a_terminal_is_shown(home: Path, run: Run) -> None:
    keep(home, 1)
    for args in (["list"], ["show", "1"]):
        _, out, _ = run("findings", *args)
        assert "\x07" not in out
        assert "\u202e" not in out


def test_one_is_shown_with_its_transfers(home: Path, run: Run, tmp_path: Path) -> None:
    keep(home, 2, account="hub")
    path = tmp_path / "one.svg"
    status, out, _ = run("findings", "show", "2", "--svg", str(path))
    assert status == 0
    assert "3,900.00 USD" in out
    assert "one.svg" in out
    assert etree.parse(str(path)).getroot().get("role") == "img"
    status, out, _ = run("findings", "show", "1", "--json")
    told = json.loads(out)
    assert told["reason"].startswith("hub gathered")
    assert told["measures"]["senders"] == 4
    assert [row["transfer"] for row in told["evidence"]] == ["t1", "t2", "t3", "t4", "t5"]
    assert told["factors"][0]["text"]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["show", "9"], "has no finding 9"),
        (["show", "1", "--search", "9"], "no search 9"),
        (["list", "--search", "9"], "no search 9"),
        (["show", "1", "--svg", "/nowhere/at/all.svg"], "cannot be written"),
    ],
)
def test_what_is_not_there_ends_with_1(home: Path, run: Run, args: list[str], said: str) -> None:
    keep(home, 1)
    status, out, err = run("findings", *args)
    assert (status, out) == (1, "")
    assert said in err


def test_nothing_searched_yet_is_said(home: Path, run: Run) -> None:
    assert run("findings", "list")[0] == 1
    open_store(home).close()
    status, _, err = run("findings", "list", "--lang", "ar")
    assert status == 1
    assert "لم يُجرَ بحث بعد" in err
    assert "Nothing was searched" in run("findings", "searches")[1]


def test_an_empty_search_is_said(home: Path, run: Run) -> None:
    keep(home, 0)
    status, out, _ = run("findings", "list")
    assert (status, out) == (0, "Nothing was found.\n")


def test_the_table_to_script_against(home: Path) -> None:
    search = keep(home, 2)
    rows = table(findings_of(home, search), "en")
    assert rows.schema == FINDINGS
    assert rows.column_names == [
        *("finding", "typology", "score", "first_at", "last_at"),
        *("accounts", "transfers", "value", "reason"),
    ]
    first = rows.to_pylist()[0]
    assert (first["finding"], first["typology"], first["value"]) == (
        "F-1",
        "gather_scatter",
        790_000,
    )
    assert EVIL in first["accounts"]
    assert "Joined from 2" in first["reason"]
