"""`taawun ledger`, as people and scripts call it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from taawun.cli.app import main

GOOD = "transfer,at,source,target,amount,currency,act,original\n1,2026-01-01,A,B,1.50,USD,,\n"
BAD = (
    GOOD
    + "2,2026-01-01,A,B,-1,USD,,\n3,2026-01-01,A,=cmd,x,USD,,\n"
    + "r,2026-01-02,A,B,1.50,USD,reversal,1\n"
)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "moves.csv"
    path.write_text(GOOD)
    return path


def run(capfd: pytest.CaptureFixture[str], *args: str, status: int = 0) -> str:
    with pytest.raises(SystemExit) as ended:
        main(["ledger", *args])
    out, err = capfd.readouterr()
    assert (ended.value.code or 0) == status, err
    return out if status != 2 else err


def test_import_and_status(home: Path, file: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(capfd, "status") == "The ledger is empty.\n"
    assert "moves.csv: 1 transfer came in" in run(capfd, "import", str(file))
    done = json.loads(run(capfd, "import", str(file), "--json"))
    assert done["files"][0]["outcome"] == "unchanged"
    told = json.loads(run(capfd, "status", "--json"))
    assert (told["transfers"], told["accounts"], told["reference"]) == (1, 2, "USD")
    assert told["imports"][0]["counts"]["transfers"] == 1


def test_problems(home: Path, file: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file.write_text(BAD)
    out = run(capfd, "import", str(file), "--problems", "wrong.csv", "--json", status=1)
    (done,) = json.loads(out)["files"]
    assert (done["transfers"], done["bad"], done["problems"], done["reversals"]) == (1, 2, 2, 1)
    rows = list(csv.DictReader(Path("wrong.csv").read_text("utf-8").splitlines()))
    assert [(row["line"], row["code"]) for row in rows] == [
        ("3", "ledger.amount.negative"),
        ("4", "ledger.amount.no_number"),
    ]
    assert rows[0]["got"] == "'-1"
    assert "2 problems" in run(capfd, "problems")
    assert "عدد المشكلات ٢" in run(capfd, "problems", "1", "--lang", "ar")
    assert json.loads(run(capfd, "problems", "--json"))["count"] == 2
    run(capfd, "problems", "5", status=1)
    assert "1 reversed" in run(capfd, "status")


def test_preview_changes_nothing(home: Path, file: Path, capfd: pytest.CaptureFixture[str]) -> None:
    told = json.loads(run(capfd, "preview", str(file), "--json"))
    assert (told["format"], told["columns"]["amount"]) == ("csv", "amount")
    assert told["rows"][0]["amount"] == 150
    assert "1.50" in run(capfd, "preview", str(file))
    assert run(capfd, "status", "--lang", "ar") == "الدفتر فارغ.\n"


def test_rates_accounts_and_export(
    home: Path, file: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    run(capfd, "import", str(file), "--reference", "EUR")
    Path("rates.csv").write_text("currency,date,rate\nUSD,2026-01-01,0.5\n")
    assert "transfers with a value: 1" in run(capfd, "rates", "rates.csv")
    told = json.loads(run(capfd, "rates", "--reference", "USD", "--json"))
    assert (told["currency"], told["values"]) == ("USD", 1)
    Path("register.csv").write_text("account,bank,opened\nA,X,\nB,Y,never\n")
    told = json.loads(run(capfd, "accounts", "register.csv", "--json", status=1))
    assert (told["rows"], len(told["problems"])) == (2, 1)
    run(capfd, "export", "all.parquet")
    assert pq.read_table("all.parquet")["value"].to_pylist() == [150]
    told = json.loads(run(capfd, "export", "none.csv", "--from", "2026-01-02", "--json"))
    assert told["transfers"] == 0


def test_labels(home: Path, file: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file.write_text("step,type,amount,nameOrig,nameDest,isSAR\n3,T,1.00,a,b,1\n4,T,1.00,a,b,0\n")
    assert "labels written: 2" in run(capfd, "import", str(file), "--labels", "labels.parquet")
    assert pq.read_table("labels.parquet")["label"].to_pylist() == [1, 0]


@pytest.mark.parametrize(
    "args",
    [
        ["import", "moves.csv", "--format", "xls"],
        ["import", "moves.csv", "--reference", "GAL"],
        ["import", "moves.csv", "moves.csv", "--labels", "l.parquet"],
        ["import", "moves.csv", "--format", "mt103", "--map", "map.yml"],
        ["export", "out.xls"],
    ],
)
def test_wrong_use(
    home: Path, file: Path, capfd: pytest.CaptureFixture[str], args: list[str]
) -> None:
    Path("map.yml").write_text("{}")
    run(capfd, "import", "moves.csv")
    run(capfd, *args, status=2)
