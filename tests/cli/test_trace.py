"""`taawun trace`: seeds, directions, methods, what it refuses, and what it writes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from taawun.cli import app
from taawun.ledger.arrival import Order, bring
from taawun.store import open_store
from tests.conftest import AT

LEDGER = """transfer,at,source,target,amount,currency
t1,2026-01-02T00:00:00Z,first,b,1000,EUR
t2,2026-01-01T00:00:00Z,x,b,50,EUR
t3,2026-01-03T00:00:00Z,b,c,600,EUR
t4,2026-01-03T12:00:00Z,b,d,300,EUR
t5,2026-01-04T00:00:00Z,c,e,580,EUR
t5b,2026-01-04T00:00:00Z,t1,e,1,EUR
"""
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(home: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Run:
    """The command line over a ledger of a few transfers."""
    (tmp_path / "ledger.csv").write_text(LEDGER, "utf-8")
    store = open_store(home)
    bring(Order(tmp_path / "ledger.csv", AT, "t"), store, home)
    store.close()
    return runner(capfd)


def runner(capfd: pytest.CaptureFixture[str]) -> Run:
    def call(*args: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ending:
            app.main(list(args))
        out, err = capfd.readouterr()
        return int(ending.value.code or 0), out, err

    return call


def traced(run: Run, *args: str) -> dict[str, object]:
    status, out, _ = run("trace", *args, "--json")
    assert status == 0
    document: dict[str, object] = json.loads(out)
    return document


def by_transfer(document: dict[str, object]) -> dict[str, int]:
    return {leg["transfer"]: leg["attributed"] for leg in document["transfers"]}  # type: ignore[attr-defined]


def test_forward_from_a_transfer(run: Run) -> None:
    found = traced(run, "t4", "--as", "transfer")
    assert (found["direction"], found["method"], found["total"]) == ("forward", "fifo", 30_000)
    found = traced(run, "t1", "--as", "transfer")
    assert by_transfer(found) == {"t1": 100_000, "t3": 55_000, "t4": 30_000, "t5": 53_000}
    assert found["stayed"] == 100_000
    assert found["currency"] == "EUR"


def test_backward_pro_rata_from_an_account(run: Run) -> None:
    found = traced(run, "c", "--backward", "--method", "pro-rata")
    assert by_transfer(found) == {"t3": 60_000, "t2": 2_858, "t1": 57_142}
    assert found["unknown_origin"] == 60_000


def test_an_account_in_a_time_and_up_to_an_amount(run: Run) -> None:
    assert by_transfer(traced(run, "b", "--hops", "0")) == {"t3": 60_000, "t4": 30_000}
    day = traced(run, "b", "--hops", "0", "--during", "2026-01-03T06:00/")
    assert by_transfer(day) == {"t4": 30_000}
    some = traced(run, "b", "--hops", "0", "--amount", "650.5")
    assert by_transfer(some) == {"t3": 60_000, "t4": 5_050}
    assert some["cuts"] == [{"reason": "hops", "times": 2, "amount": 65_050}]


def test_the_window_is_cut_by_day(run: Run) -> None:
    found = traced(run, "t3", "--until", "2026-01-03")
    assert by_transfer(found) == {"t3": 60_000}
    assert run("trace", "t5", "--until", "2026-01-03")[0] == 1


def test_it_is_told_in_both_languages(run: Run) -> None:
    status, out, _ = run("trace", "t4")
    assert status == 0
    assert "300.00 EUR followed forward from t4" in out
    status, out, _ = run("trace", "t4", "--backward", "--lang", "ar")
    assert status == 0
    assert "مجهول المصدر" in out
    assert "tracing." not in out


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_it_is_drawn(run: Run, tmp_path: Path, lang: str) -> None:
    path = tmp_path / "trail.svg"
    status, out, _ = run("trace", "t3", "--svg", str(path), "--lang", lang)
    assert status == 0
    assert "trail.svg" in out
    root = etree.parse(str(path)).getroot()
    assert root.get("direction") == {"en": "ltr", "ar": "rtl"}[lang]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["t1"], "a transfer and an account"),
        (["t3", "--method", "lifo"], "fifo or pro-rata"),
        (["t3", "--amount", "5"], "for an account"),
        (["b", "--amount", "five"], "expected an amount"),
        (["b", "--amount", "0.001"], "expected an amount"),
        (["b", "--during", "2026"], "expected FROM/TO"),
        (["t3", "--since", "yesterday"], "expected YYYY-MM-DD"),
        (["t3", "--since", "9999-12-31", "--until", "9999-12-31"], "expected YYYY-MM-DD"),
        (["t3", "--since", "2026-01-04", "--until", "2026-01-02"], "is not after"),
        (["t3", "--as", "ghost"], "expected transfer or account"),
    ],
)
def test_wrong_use_ends_with_2(run: Run, args: list[str], said: str) -> None:
    status, out, err = run("trace", *args)
    assert (status, out) == (2, "")
    assert said in err


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["nobody"], "no transfer and no account"),
        (["t3", "--since", "2027-01-01"], "the ledger has 2026-01-01 to 2026-01-04"),
        (["e"], "sent nothing"),
        (["t3", "--svg", "/nowhere/at/all.svg"], "cannot be written"),
    ],
)
def test_what_cannot_be_done_ends_with_1(run: Run, args: list[str], said: str) -> None:
    status, out, err = run("trace", *args)
    assert (status, out) == (1, "")
    assert said in err


def test_without_a_ledger_it_says_how_to_get_one(
    home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    run = runner(capfd)
    assert "is this the right home" in run("trace", "t1")[2]
    open_store(home).close()
    status, _, err = run("trace", "t1")
    assert status == 1
    assert "taawun ledger import" in err
