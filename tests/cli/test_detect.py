"""`taawun detect`: what is found, written, kept and refused."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from lxml import etree

from taawun.cli import app
from taawun.detection.told import FINDINGS
from taawun.ledger.arrival import Order, bring
from taawun.store import journal, open_store
from tests.conftest import AT

Run = Callable[..., tuple[int, str, str]]


def rows() -> Iterator[tuple[str, str, str, str, str]]:
    """Ordinary payments, and money that comes round again."""
    chance = random.Random(7)
    for number in range(300):
        day = f"2025-{10 + number % 3:02}-{1 + number % 28:02}"
        yield (
            f"r{number:03}",
            f"{day}T{number % 24:02}:00:00Z",
            f"p{chance.randrange(40)}",
            (f"shop{chance.randrange(8)}"),
            f"{chance.randrange(500, 30_000) / 100:.2f}",
        )
    ring = ("c1", "c2", "c3", "c4", "c1")
    for number, (source, target) in enumerate(itertools.pairwise(ring)):
        yield f"ring{number}", f"2025-12-1{number}T08:00:00Z", source, target, f"{9000 - number}.00"
    for number in range(9):
        yield f"in{number}", f"2026-01-0{1 + number % 4}T08:00:00Z", f"m{number}", "hub", "950.00"


def ledger(path: Path) -> Path:
    lines = [
        "transfer,at,source,target,amount,currency",
        *(",".join((*row, "EUR")) for row in rows()),
    ]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a ledger. Not to be changed: see `run`."""
    folder = tmp_path_factory.mktemp("detect")
    store = open_store(folder / "home")
    bring(Order(ledger(folder / "ledger.csv"), AT, "t"), store, folder / "home")
    store.close()
    return folder / "home"


@pytest.fixture
def run(home: Path, filled: Path, capfd: pytest.CaptureFixture[str]) -> Run:
    """The command line over a copy of it."""
    import shutil

    shutil.copytree(filled, home)
    return runner(capfd)


def runner(capfd: pytest.CaptureFixture[str]) -> Run:
    def call(*args: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ending:
            app.main(list(args))
        out, err = capfd.readouterr()
        return int(ending.value.code or 0), out, err

    return call


def test_it_names_the_typology_and_the_reason(run: Run, home: Path) -> None:
    status, out, _ = run("detect", "--typology", "cycle", "--typology", "fan_in")
    assert status == 0
    assert "circular transfers" in out
    assert "Money came back to c1 through 4 transfers" in out
    assert "Kept as search 1." in out
    store = open_store(home)
    with store.reading() as connection:
        (line,) = journal.last_lines(connection, 1)
    store.close()
    assert (line.action, line.subject) == ("detection.search", "1")


def test_what_is_kept_is_what_was_shown(run: Run) -> None:
    first = json.loads(run("detect", "--json", "--top", "3")[1])
    again = json.loads(run("findings", "list", "--json", "--top", "3")[1])
    assert again["findings"] == first["findings"]
    assert again["search"] == first["search"]
    assert first["search"]["transfers"] == 313
    assert first["search"]["definitions"]["cycle"] >= 1
    assert "تحويلات" in run("findings", "show", "1", "--lang", "ar")[1]


def test_findings_and_scores_are_written_as_the_contract_says(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "found.parquet"
    status, _, _ = run("detect", "--out", str(out))
    assert status == 0
    found = pq.read_table(out)
    assert found.schema.equals(FINDINGS)
    scores = found["score"].to_pylist()
    assert scores == sorted(scores, reverse=True)
    transfers = pq.read_table(tmp_path / "found.transfers.parquet")
    assert transfers.column_names == ["transfer", "score"]
    assert len(transfers) == 313
    assert set(found["transfers"].combine_chunks().flatten().to_pylist()) <= set(
        transfers["transfer"].to_pylist()
    )
    accounts = pq.read_table(tmp_path / "found.accounts.parquet")
    assert accounts.column_names == ["account", "score"]
    assert {"c1", "hub"} <= set(accounts["account"].to_pylist())
    assert not list(tmp_path.glob(".*partial"))


def test_features_are_written_for_anyones_model(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "features.parquet"
    assert run("detect", "--typology", "cycle", "--features", str(out))[0] == 0
    table = pq.read_table(out)
    assert table.column_names[0] == "transfer"
    assert len(table) == 313
    assert "rounds" in table.column_names
    by = dict(zip(table["transfer"].to_pylist(), table["rounds"].to_pylist(), strict=True))
    assert by["ring0"] == 4


def test_pictures_are_drawn_of_what_is_shown(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "pictures"
    args = ("--typology", "cycle", "--typology", "fan_in", "--top", "2", "--lang", "ar")
    assert run("detect", *args, "--svg", str(folder))[0] == 0
    drawn = sorted(folder.iterdir())
    assert [path.name[:5] for path in drawn] == ["0001-", "0002-"]
    for path in drawn:
        assert etree.parse(str(path)).getroot().get("direction") == "rtl"


def test_the_same_ledger_gives_the_same_findings(run: Run) -> None:
    told = [json.loads(run("detect", "--json", "--threads", n)[1])["findings"] for n in "12"]
    assert told[0] == told[1]


def test_a_window_is_searched_alone(run: Run) -> None:
    args = ("--typology", "cycle", "--json")
    found = json.loads(run("detect", *args, "--from", "2026-01-01")[1])
    assert found["findings"] == []
    assert found["search"]["since"] == "2026-01-01T00:00:00+00:00"
    found = json.loads(run("detect", *args, "--from", "2025-12-10", "--to", "2025-12-13")[1])
    assert [each["typology"] for each in found["findings"]] == ["cycle"]


def test_nothing_found_is_said(run: Run) -> None:
    status, out, _ = run("detect", "--typology", "cycle", "--from", "2026-01-01", "--lang", "en")
    assert status == 0
    assert "Nothing was found." in out


def test_an_own_catalogue_is_laid_over(run: Run, tmp_path: Path) -> None:
    own = tmp_path / "own.yml"
    own.write_text(
        "fan_in:\n  version: 90\n  live: true\n  parameters:\n"
        "    counterparties: {value: 500, why: {en: so many, ar: هكذا}}\n",
        "utf-8",
    )
    args = ("--typology", "fan_in", "--json")
    assert json.loads(run("detect", *args)[1])["findings"]
    found = json.loads(run("detect", *args, "--catalogue", str(own))[1])
    assert found["findings"] == []
    assert found["search"]["definitions"] == {"fan_in": 90}
    own.write_text("fan_in: {version: x}\n", "utf-8")
    status, _, err = run("detect", "--catalogue", str(own))
    assert status == 1
    assert "own.yml" in err


def test_seeds_are_accounts_one_a_line(run: Run, tmp_path: Path) -> None:
    seeds = tmp_path / "seeds.txt"
    seeds.write_text("# reported\nhub\nnobody\n", "utf-8")
    status, _out, err = run("detect", "--typology", "nearness", "--seeds", str(seeds))
    assert status == 0
    assert "1" in err
    seeds.write_text("# nobody\n", "utf-8")
    status, _, err = run("detect", "--seeds", str(seeds))
    assert status == 1
    assert "names no account" in err


def test_labels_that_nothing_can_be_learned_from_are_refused(run: Run, tmp_path: Path) -> None:
    labels = tmp_path / "labels.parquet"
    pq.write_table(pa.table({"reference": ["ring0"], "label": [1]}), labels)
    status, _, err = run("detect", "--labels", str(labels))
    assert status == 1
    assert "no column 'transfer'" in err
    (tmp_path / "labels.csv").write_text("transfer,label\nring0,2\n", "utf-8")
    status, _, err = run("detect", "--labels", str(tmp_path / "labels.csv"))
    assert status == 1
    assert "expected 0" in err
    labels.write_bytes(b"no parquet")
    assert "no table of labels" in run("detect", "--labels", str(labels))[2]
    assert "cannot be opened" in run("detect", "--labels", str(tmp_path / "none.parquet"))[2]


@pytest.mark.parametrize(
    ("args", "status", "said"),
    [
        (["--typology", "teleport"], 1, "no typology"),
        (["--from", "soon"], 2, "expected YYYY-MM-DD"),
        (["--from", "2026-02-01", "--to", "2026-01-01"], 2, "is not after"),
        (["--from", "2030-01-01"], 1, "no transfer is in that window"),
        (["--out", "/nowhere/at/all.parquet", "--typology", "cycle"], 1, "cannot be written"),
        (["--features", "/nowhere/all.parquet", "--typology", "cycle"], 1, "cannot be written"),
        (["--svg", "/dev/null/x", "--typology", "cycle"], 1, "cannot be written"),
        (["--catalogue", "/nowhere.yml"], 1, "cannot be opened"),
        (["--seeds", "/nowhere.txt"], 1, "cannot be opened"),
    ],
)
def test_what_cannot_be_done_is_said(run: Run, args: list[str], status: int, said: str) -> None:
    ended, out, err = run("detect", *args)
    assert (ended, out) == (status, "")
    assert said in err
    ended, _, err = run("detect", *args, "--lang", "ar")
    assert ended == status
    assert said not in err


def test_without_a_ledger_it_says_how_to_get_one(
    home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    run = runner(capfd)
    assert "is this the right home" in run("detect")[2]
    open_store(home).close()
    status, _, err = run("detect")
    assert status == 1
    assert "taawun ledger import" in err
