"""`taawun sandbox make` as a person or a script uses it."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from taawun.cli import app
from taawun.ledger.readers.iso20022 import read as read_iso

SMALL = ("--transfers", "2000", "--days", "28", "--only", "fan_in", "--countries", "XA,XB")


def run(capfd: pytest.CaptureFixture[str], *args: str | Path) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ending:
        app.main(["sandbox", "make", *map(str, args)])
    out, err = capfd.readouterr()
    return int(ending.value.code or 0), out, err


def test_a_region_is_made_and_says_that_it_is_synthetic(
    home: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "region"
    status, said, _ = run(capfd, out, *SMALL)
    assert status == 0
    assert "synthetic region" in said
    assert "synthetic" in (out / "README.md").read_text("utf-8")
    assert {path.name for path in out.iterdir()} == {
        "README.md", "XA", "XB", "countries.csv", "rates.csv", "truth", "whole",
    }  # fmt: skip
    assert not home.exists()


def test_views_hold_what_a_country_sent_or_received(
    tmp_path: Path, home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "region"
    status, said, _ = run(capfd, out, *SMALL, "--views", "both", "--json")
    told = json.loads(said)
    assert status == 0
    whole = pq.read_table(out / "whole" / "transfers.parquet").to_pylist()
    for name, size in told["views"].items():
        seen = pq.read_table(out / name / "transfers.parquet").to_pylist()
        banks = set(pq.read_table(out / name / "accounts.parquet")["bank"].to_pylist())
        assert len(seen) == size
        ends = [row for row in whole if {row["source_bank"], row["target_bank"]} & banks]
        assert seen == ends


@pytest.mark.parametrize("form", ["csv", "iso20022"])
def test_other_formats_hold_the_same_transfers(
    form: str, tmp_path: Path, home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for name, each in (("one", "parquet"), ("other", form)):
        assert run(capfd, tmp_path / name, *SMALL, "--format", each, "--views", "none")[0] == 0
    wanted = pq.read_table(tmp_path / "one" / "whole" / "transfers.parquet")
    folder = tmp_path / "other" / "whole"
    if form == "csv":
        read = pyarrow.csv.read_csv(folder / "transfers.csv")
        assert read["transfer"].to_pylist() == wanted["transfer"].to_pylist()
        first, amount = wanted.slice(0, 1).to_pylist()[0], read["amount"].to_pylist()[0]
        decimals = {"BHD": 3, "EUR": 2, "USD": 2}[first["currency"]]
        assert round(amount * 10**decimals) == first["amount"]
    else:
        rows = [
            row
            for file in sorted((folder / "pacs008").iterdir())
            for batch in read_iso(str(file))
            for row in batch.table.select(["transfer", "source", "target", "amount"]).to_pylist()
        ]
        assert rows == wanted.select(["transfer", "source", "target", "amount"]).to_pylist()


def test_what_cannot_be_meant_is_refused(
    tmp_path: Path, home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    full = tmp_path / "full"
    full.mkdir()
    (full / "mine.txt").write_text("mine", "utf-8")
    assert run(capfd, full, *SMALL)[0] == 1
    assert (full / "mine.txt").read_text("utf-8") == "mine"
    for wrong in (("--format", "xml"), ("--views", "all"), ("--start", "1.2.26")):
        status, _, err = run(capfd, tmp_path / "x", *SMALL, *wrong)
        assert (status, wrong[0] in err) == (2, True)
        assert not (tmp_path / "x").exists()


def test_it_speaks_arabic(tmp_path: Path, home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    _, said, _ = run(capfd, tmp_path / "region", *SMALL, "--lang", "ar")
    assert "منطقة مصطنعة" in said
