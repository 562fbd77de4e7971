"""`taawun screen` and `taawun screen-file` as a person and a script use them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from taawun.cli import app
from taawun.screening import judgements, material, portfolio
from taawun.screening.judgements import Pair, Verdict
from taawun.screening.screener import Screener, folder_in_force
from taawun.screening.subject import CUTOFF
from taawun.store import open_store
from tests.conftest import AT
from tests.screening.listing import home_with_index


@pytest.fixture(scope="module")
def at_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return home_with_index(tmp_path_factory.mktemp("home"))


@pytest.fixture
def call(at_home: Path, home: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    def run(*args: object, status: int = 0, where: Path = at_home) -> tuple[str, str]:
        with pytest.raises(SystemExit) as ended:
            app.main([*map(str, args), "--home", str(where)])
        out, err = capsys.readouterr()
        assert ended.value.code == status, err
        return out, err

    return run


def document(out: str) -> Any:
    assert out.count("\n") == 1
    return json.loads(out)


# One subject


def test_json_is_one_document_with_the_results_and_nothing_else(call: Any) -> None:
    out, _ = call("screen", "ظاهر الوزان", "--kind", "person", "--json")
    said = document(out)
    assert list(said) == ["results"]
    best = said["results"][0]
    assert list(best) == ["entity", "list", "caption", "score", "match", "reasons"]
    assert (best["entity"], best["list"]) == ("M-1", "made_up")
    assert document(call("screen", "Mia Vogt", "--json")[0]) == {"results": []}


def test_what_is_known_moves_the_score(call: Any) -> None:
    def score(*more: str) -> float:
        (best, *_) = document(
            call("screen", "Zaher al-Wazzan", "--json", "--cutoff", "0", *more)[0]
        )["results"]
        return float(best["score"])

    alone = score()
    assert score("--born", "1968-05-17", "--country", "Syria") > alone
    assert score("--born", "1999", "--country", "fr", "--gender", "female") < alone
    assert score("--identifier", "N0098123") > alone


def test_a_table_says_what_speaks_for_and_against(call: Any) -> None:
    out, err = call("screen", "ظاهر الوزان", "--born", "1968-05-17", "--country", "iq")
    assert "M-1" in out
    assert "match" in out
    assert "+ date 1968-05-17 is the same" in " ".join(out.split())
    assert "- another country: Iraq, listed Syria" in " ".join(out.split())
    assert "made_up v1" in out
    assert err == ""


def test_no_hit_is_said_with_the_lists_it_was_screened_against(call: Any) -> None:
    out, _ = call("screen", "Mia Vogt")
    assert out == (
        f"No hit: nobody on the lists scores {CUTOFF:.2f} or more.\nScreened against: made_up v1\n"
    )
    arabic, _ = call("screen", "Mia Vogt", "--lang", "ar")
    assert arabic.startswith("لا نتيجة")
    assert "made_up" in arabic


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["—"], "letters or digits"),
        (["Omar", "--kind", "ghost"], "--kind"),
        (["Omar", "--gender", "x"], "--gender"),
        (["Omar", "--born", "soon"], "--born"),
        (["Omar", "--born", "1968-02-30"], "--born"),
        (["Omar", "--country", "Atlantis"], "--country"),
        (["Omar", "--list", "nobody"], "nobody"),
    ],
)
def test_questions_that_cannot_be_meant(args: list[str], said: str, call: Any) -> None:
    out, err = call("screen", *args, status=2)
    assert out == ""
    assert said in err


def test_a_name_that_is_no_name_is_an_error_of_the_input(call: Any) -> None:
    out, err = call("screen", "x" * 2000, "--json", status=1)
    assert out == ""
    assert "longer than a name can be" in err


def test_without_lists_it_says_what_to_do(call: Any, tmp_path: Path) -> None:
    out, err = call("screen", "Omar", status=1, where=tmp_path)
    assert out == ""
    assert "taawun lists add" in err


def test_what_an_officer_cleared_is_left_out_and_said(call: Any, tmp_path: Path) -> None:
    home = home_with_index(tmp_path / "home")
    store, source = open_store(home), tmp_path / "c.csv"
    source.write_text("id,name\n17,Zaher al-Wazzan\n", "utf-8")
    call("screen-file", source, "--out", tmp_path / "o.jsonl", "--keep", "retail", where=home)
    listed = Screener.at(folder_in_force(home)).entity("M-1")
    assert listed is not None
    with store.begin() as unit:
        _, watched = portfolio.the_customer(unit.connection, "17")
        pair = Pair("retail", "17", "M-1")
        known = {
            "customer": material.of_subject(watched.subject),
            "entity": material.of_entity(listed),
        }
        judgements.judge(
            unit,
            pair,
            Verdict.DIFFERENT,
            why="no",
            until=None,
            caption="",
            at=AT,
            actor="a",
            **known,
        )
    asked = ("screen", "Zaher al-Wazzan")
    assert "M-1" in call(*asked, where=home)[0]
    out, _ = call(*asked, "--customer", "17", where=home)
    assert "M-1" not in out
    assert "No hit" in out
    assert "1 hit that an officer cleared is left out" in out
    assert "M-1" in call(*asked, "--customer", "17", "--all", where=home)[0]


# A file


def test_a_file_is_screened_and_summed_up(call: Any, tmp_path: Path) -> None:
    source, out = tmp_path / "c.csv", tmp_path / "out.jsonl"
    source.write_text("Customer No,Full name,DOB\n1,Zahir Alwazzan,1968\n2,Mia Vogt,\n", "utf-8")
    said, noted = call("screen-file", source, "--out", out)
    assert "2 rows: 1 with a match" in said
    assert "made_up v1" in said
    assert "Full name is read as name" in noted
    results = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [each["id"] for each in results] == ["1", "2"]
    again, noted = call("screen-file", source, "--out", out)
    assert again == said
    assert "2 rows had been answered before" in noted


def test_a_row_with_an_error_ends_with_status_1(call: Any, tmp_path: Path) -> None:
    source, out = tmp_path / "c.csv", tmp_path / "out.jsonl"
    source.write_text("id,name\n1,\n2,Mia Vogt\n", "utf-8")
    said, _ = call("screen-file", source, "--out", out, "--json", status=1)
    told = document(said)
    assert (told["rows"], told["errors"], told["clear"]) == (2, 1, 1)
    call("screen-file", source, "--out", out, status=1)
    arabic, _ = call("screen-file", source, "--out", out, "--lang", "ar", "--restart", status=1)
    assert arabic.startswith("صفان")
    assert "لا اسم فيه" in json.loads(out.read_text("utf-8").splitlines()[0])["error"]


def test_a_mapping_file(call: Any, tmp_path: Path) -> None:
    source, out, mapping = tmp_path / "c.csv", tmp_path / "out.jsonl", tmp_path / "map.yml"
    source.write_text("A,B\nZaher,al-Wazzan\n", "utf-8")
    _, err = call("screen-file", source, "--out", out, status=1)
    assert "no column with the name" in err
    assert not out.exists()
    mapping.write_text('name: "{A} {B}"\ndefaults: {kind: person}\n', "utf-8")
    call("screen-file", source, "--out", out, "--map", mapping)
    (said,) = map(json.loads, out.read_text("utf-8").splitlines())
    assert said["results"][0]["entity"] == "M-1"
    assert said["id"] is None


def test_files_that_cannot_be_meant(call: Any, tmp_path: Path) -> None:
    source = tmp_path / "c.csv"
    source.write_text("name\nOmar\n", "utf-8")
    call("screen-file", source, status=2)
    call("screen-file", source, "--out", source, status=2)
    call("screen-file", source, "--out", tmp_path / "no" / "out.jsonl", status=2)
    call("screen-file", source, "--out", tmp_path / "o.jsonl", "--encoding", "klingon", status=2)
    call("screen-file", tmp_path / "nowhere.csv", "--out", tmp_path / "o.jsonl", status=1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["c.csv", "home"] or (
        sorted(path.name for path in tmp_path.iterdir()) == ["c.csv"]
    )


def test_a_first_answer_imports_only_what_it_needs(at_home: Path) -> None:
    program = (
        "import sys\n"
        "from taawun.cli import app\n"
        "try: app.main(['screen', 'Zaher al-Wazzan', '--json', '--home', sys.argv[1]])\n"
        "except SystemExit: pass\n"
        "print(' '.join(sorted({name.partition('.')[0] for name in sys.modules})))\n"
    )
    env = {**os.environ, "TAAWUN_HOME": str(at_home)}
    done = subprocess.run(
        [sys.executable, "-c", program, str(at_home)],
        capture_output=True,
        text=True,
        check=True,
        env=env,
    )
    answer, loaded = done.stdout.splitlines()
    assert json.loads(answer)["results"]
    heavy = {"fastapi", "pandas", "alembic", "sqlalchemy", "pyarrow", "httpx", "lxml", "uvicorn"}
    assert heavy & set(loaded.split()) == set()
