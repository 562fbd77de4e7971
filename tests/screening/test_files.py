"""A file of customers through a small real index: the contract, and what interrupts it."""

from __future__ import annotations

import csv
import errno
import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taawun.errors import Conflict, NotFound, StoreError, UsageError
from taawun.screening import files, judgements, material, portfolio, record, runs
from taawun.screening.files import Done, Job
from taawun.screening.judgements import Pair, Verdict
from taawun.screening.rescreen import Touch, rescreen
from taawun.screening.screener import Screener, folder_in_force
from taawun.screening.subject import Screening, Subject
from taawun.store import Store, open_store
from taawun.store.journal import verify
from tests.conftest import AT
from tests.screening.listing import VERSIONS, home_with_index

CUSTOMERS = """\
id,name,kind,birth_date,country,gender,identifier,branch
17,Zahir Qassem Alwazan,person,1968-05-17,Syria,m,,Aden
18,Mia Vogt,person,1988-08-21,de,,B5372811,Bonn
19,Amber Northern Logistics,company,,ru,,,Kiel
20,Peter Smith,vessel,,,,9187629,Oslo
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return home_with_index(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def store(home: Path) -> Store:
    return open_store(home)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "customers.csv"
    path.write_text(CUSTOMERS, "utf-8")
    return path


def run(job: Job, home: Path, store: Store, *, restart: bool = False) -> Done:
    return files.screen_file(job, home, store, at=AT, actor="ana", restart=restart)


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().split(b"\n")[:-1]]


def many(path: Path, count: int) -> Path:
    """A file of many customers, every seventh of whom is listed."""
    names = ["Zaher al-Wazzan", "Mia Vogt", "", "Ivan Petrov", "Maria Rossi", "Omar", "Li Wei"]
    rows = [f"{number},{names[number % 7]},person" for number in range(count)]
    path.write_text("id,name,kind\n" + "\n".join(rows) + "\n", "utf-8")
    return path


# The contract


def test_a_line_for_each_row_has_exactly_the_keys_of_the_contract(
    source: Path, tmp_path: Path, home: Path, store: Store
) -> None:
    done = run(Job(source, tmp_path / "out.jsonl"), home, store)
    said = lines(tmp_path / "out.jsonl")
    assert [(each["row"], each["id"]) for each in said] == [
        (1, "17"),
        (2, "18"),
        (3, "19"),
        (4, "20"),
    ]
    assert all(list(each) == ["row", "id", "results", "error"] for each in said)
    best = said[0]["results"][0]
    assert list(best) == ["entity", "list", "caption", "score", "match", "reasons"]
    assert (best["entity"], best["list"], best["match"]) == ("M-1", "made_up", True)
    assert all(
        list(reason) == ["code", "points", "query", "candidate", "text"] and reason["text"]
        for reason in best["reasons"]
    )
    assert said[1]["results"] == []
    assert said[2]["results"][0]["entity"] == "M-4"
    assert said[3]["results"][0]["entity"] == "M-5"
    assert all(each["error"] is None for each in said)
    assert (done.counts.rows, done.counts.errors, done.lists) == (4, 0, VERSIONS)


def test_results_are_best_first_and_worded_in_the_language_asked_for(
    source: Path, tmp_path: Path, home: Path, store: Store
) -> None:
    run(Job(source, tmp_path / "out.jsonl", lang="ar", cutoff=0.0, limit=50), home, store)
    for each in lines(tmp_path / "out.jsonl"):
        scores = [result["score"] for result in each["results"]]
        assert scores == sorted(scores, reverse=True)
    texts = [reason["text"] for reason in lines(tmp_path / "out.jsonl")[0]["results"][0]["reasons"]]
    assert all(any("\u0621" <= char <= "\u064a" for char in text) for text in texts)


def test_other_columns_are_kept_where_they_are_wanted(
    source: Path, tmp_path: Path, home: Path, store: Store
) -> None:
    run(Job(source, tmp_path / "out.jsonl", keep_columns=True), home, store)
    said = lines(tmp_path / "out.jsonl")
    assert [each["input"]["branch"] for each in said] == ["Aden", "Bonn", "Kiel", "Oslo"]


def test_what_was_screened_against_what_is_on_record_without_names(
    source: Path, tmp_path: Path, home: Path, store: Store
) -> None:
    run(Job(source, tmp_path / "out.jsonl"), home, store)
    beside = (tmp_path / "out.jsonl.run.json").read_text("utf-8")
    said = json.loads(beside)
    assert said["lists"] == VERSIONS
    assert said["counts"]["rows"] == 4
    assert said["ended_at"] == AT.isoformat()
    with store.reading() as connection:
        assert verify(connection, home).whole
        last = connection.exec_driver_sql(
            "select action, details from journal order by sequence desc limit 1"
        ).one()
    assert last.action == "file.screened"
    assert '"lists":{"made_up":"v1"}' in last.details.replace(" ", "")
    for name in ("Wazan", "Vogt", "Smith"):
        assert name not in beside + last.details


def test_rows_with_an_error_are_written_and_never_a_silent_clear(
    tmp_path: Path, home: Path, store: Store
) -> None:
    source = tmp_path / "c.csv"
    source.write_text("id,name,birth_date\n1,Zaher al-Wazzan,31/31/1968\n2,,\n", "utf-8")
    done = run(Job(source, tmp_path / "out.jsonl"), home, store)
    first, second = lines(tmp_path / "out.jsonl")
    assert first["results"] == second["results"] == []
    assert first["error"].startswith("c.csv:2: birth_date: ")
    assert "31/31/1968" in first["error"]
    assert second["error"] == "c.csv:3: name: no name to screen"
    assert (done.counts.errors, done.counts.clear) == (2, 0)


def test_a_row_is_screened_despite_its_error_where_that_is_asked_for(
    tmp_path: Path, home: Path, store: Store
) -> None:
    source = tmp_path / "c.csv"
    source.write_text("id,name,birth_date\n1,Zaher Qasim al-Wazzan,soon\n", "utf-8")
    run(Job(source, tmp_path / "out.jsonl", despite_errors=True), home, store)
    (said,) = lines(tmp_path / "out.jsonl")
    assert said["results"][0]["entity"] == "M-1"
    assert "birth_date" in said["error"]


# Tables


def test_a_csv_has_the_columns_it_came_with_and_the_results(
    source: Path, tmp_path: Path, home: Path, store: Store
) -> None:
    out = tmp_path / "out.csv"
    run(Job(source, out), home, store)
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    given = list(csv.DictReader(CUSTOMERS.splitlines()))
    assert [{name: row[name] for name in given[0]} for row in rows] == given
    assert [row["taawun_match"] for row in rows] == ["true", "false", "true", "true"]
    assert rows[0]["taawun_entity"] == "M-1"
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "customers.csv",
        "out.csv",
        "out.csv.run.json",
    ]


def test_a_parquet_keeps_the_types_it_came_with(tmp_path: Path, home: Path, store: Store) -> None:
    source, out = tmp_path / "c.parquet", tmp_path / "out.parquet"
    given = pa.table({"id": [7, 8], "name": ["Zaher al-Wazzan", None], "limit": [1.5, None]})
    pq.write_table(given, source)
    run(Job(source, out, keep_columns=True), home, store)
    found = pq.read_table(out)
    assert found.select(given.column_names) == given
    assert found["taawun_entity"].to_pylist() == ["M-1", None]
    assert found["taawun_match"].to_pylist() == [True, None]
    assert "name" in found["taawun_error"][1].as_py()


def test_parquet_in_lines_out_gives_ids_as_they_are(
    tmp_path: Path, home: Path, store: Store
) -> None:
    source = tmp_path / "c.parquet"
    pq.write_table(pa.table({"id": [7], "name": ["Mia Vogt"]}), source)
    run(Job(source, tmp_path / "out.jsonl"), home, store)
    assert lines(tmp_path / "out.jsonl") == [{"row": 1, "id": 7, "results": [], "error": None}]


# Interrupted


def test_a_second_call_finds_everything_done(
    source: Path, tmp_path: Path, home: Path, store: Store
) -> None:
    job = Job(source, tmp_path / "out.jsonl")
    first = run(job, home, store)
    before = (tmp_path / "out.jsonl").read_bytes()
    again = run(job, home, store)
    assert (again.counts, again.resumed) == (first.counts, 4)
    assert (tmp_path / "out.jsonl").read_bytes() == before


@pytest.mark.parametrize("cut", [1, 40, 200, 100_000])
def test_a_half_written_line_is_cut_off_and_the_next_row_follows(
    cut: int, tmp_path: Path, home: Path, store: Store
) -> None:
    job = Job(many(tmp_path / "c.csv", 40), tmp_path / "out.jsonl")
    run(job, home, store)
    whole = job.out.read_bytes()
    job.out.write_bytes(whole[:-cut] if cut < len(whole) else whole[:1])
    unended(job)
    done = run(job, home, store)
    assert job.out.read_bytes() == whole
    assert done.counts.rows == 40


KILLED = """
import sys
from pathlib import Path
from datetime import UTC, datetime
from taawun.screening import files
from taawun.store import open_store
files.BATCH = 3
home, source, out = map(Path, sys.argv[1:])
job = files.Job(source, out)
print("ready", flush=True)
files.screen_file(job, home, open_store(home), at=datetime.now(UTC), actor="ana")
"""


def test_killed_at_random_moments_every_row_is_answered_once(
    tmp_path: Path, home: Path, store: Store
) -> None:
    source = many(tmp_path / "c.csv", 600)
    whole = Job(source, tmp_path / "whole.jsonl")
    run(whole, home, store)
    out, chance, kills = tmp_path / "out.jsonl", random.Random(5), 0
    for _ in range(4):
        process = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(home), str(source), str(out)],
            stdout=subprocess.PIPE,
        )
        assert process.stdout is not None
        process.stdout.readline()
        wanted = (out.stat().st_size if out.exists() else 0) + chance.randint(1, 9000)
        while process.poll() is None and not (out.exists() and out.stat().st_size >= wanted):
            time.sleep(0.002)
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
            kills += 1
        process.wait()
        process.stdout.close()
        if record.read(out) and record.read(out).ended_at:  # type: ignore[union-attr]
            break
    assert kills
    run(replace(whole, out=out), home, store)
    assert out.read_bytes() == whole.out.read_bytes()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"threshold": 0.9}, "other options"),
        ({"lang": "ar"}, "other options"),
        ({"keep_columns": True}, "other options"),
    ],
)
def test_it_does_not_go_on_with_other_options(
    changed: dict[str, Any], said: str, source: Path, tmp_path: Path, home: Path, store: Store
) -> None:
    job = Job(source, tmp_path / "out.jsonl")
    run(job, home, store)
    before = job.out.read_bytes()
    with pytest.raises(Conflict, match=said):
        run(replace(job, **changed), home, store)
    assert job.out.read_bytes() == before
    run(replace(job, **changed), home, store, restart=True)


def test_it_does_not_go_on_with_another_input_or_other_lists(
    source: Path, tmp_path: Path, store: Store, home: Path
) -> None:
    job = Job(source, tmp_path / "out.jsonl")
    run(job, home, store)
    other = home_with_index(tmp_path / "other", {"made_up": "v2"})
    with pytest.raises(Conflict, match="other lists"):
        run(job, other, open_store(other))
    source.write_text(CUSTOMERS + "21,Omar,person,,,,,\n", "utf-8")
    with pytest.raises(Conflict, match="other input"):
        run(job, home, store)
    assert run(job, home, store, restart=True).counts.rows == 5


def test_what_somebody_else_wrote_is_not_written_over(
    source: Path, tmp_path: Path, home: Path, store: Store
) -> None:
    job = Job(source, tmp_path / "out.jsonl")
    job.out.write_text("precious\n", "utf-8")
    with pytest.raises(Conflict, match="is there already"):
        run(job, home, store)
    assert job.out.read_text("utf-8") == "precious\n"
    with pytest.raises(UsageError, match="over the customers"):
        run(replace(job, out=source), home, store)
    assert source.read_text("utf-8") == CUSTOMERS


def test_answers_that_were_tampered_with_are_not_gone_on_with(
    tmp_path: Path, home: Path, store: Store
) -> None:
    job = Job(many(tmp_path / "c.csv", 20), tmp_path / "out.jsonl")
    run(job, home, store)
    told = job.out.read_text("utf-8").splitlines(keepends=True)
    job.out.write_text("".join(told[:4] + told[5:9]), "utf-8")
    unended(job)
    with pytest.raises(Conflict, match="not the answer to row 5"):
        run(job, home, store)


def test_a_full_disk_loses_nothing(
    tmp_path: Path, home: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, told = Job(many(tmp_path / "c.csv", 30), tmp_path / "out.jsonl"), []
    monkeypatch.setattr(files, "BATCH", 10)
    with monkeypatch.context() as full:

        def no_space(number: int) -> None:
            told.append(number)
            if len(told) == 4:
                raise OSError(errno.ENOSPC, "No space left on device")

        full.setattr(files.os, "fsync", no_space)
        with pytest.raises(StoreError, match="No space left"):
            run(job, home, store)
    assert run(job, home, store).counts.rows == 30
    assert [each["row"] for each in lines(job.out)] == list(range(1, 31))


def test_without_an_index_nothing_is_written(source: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    with pytest.raises(NotFound):
        run(Job(source, tmp_path / "out.jsonl"), empty, open_store(empty))
    assert not (tmp_path / "out.jsonl").exists()


# Every row in its place


CELL = st.text(
    st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30
) | st.sampled_from(["Zaher al-Wazzan", "ظاهر الوزان", "1968", "sy", "=1+1", '"', "a\nb", ""])


@settings(max_examples=25, deadline=None)
@given(cells=st.lists(st.tuples(CELL, CELL, CELL), max_size=12))
def test_rows_in_are_rows_out_in_order(
    cells: list[tuple[str, str, str]],
    tmp_path_factory: pytest.TempPathFactory,
    home: Path,
    store: Store,
) -> None:
    folder = tmp_path_factory.mktemp("rows")
    source = folder / "c.csv"
    with source.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "name", "birth_date", "country"])
        writer.writerows([number, *row] for number, row in enumerate(cells))
    run(Job(source, folder / "out.jsonl"), home, store)
    said = lines(folder / "out.jsonl")
    assert [each["row"] for each in said] == list(range(1, len(cells) + 1))
    assert [each["id"] for each in said] == [str(number) for number in range(len(cells))]
    for each, (name, _, _) in zip(said, cells, strict=True):
        assert each["error"] or any(map(str.isalnum, name))


def test_several_processes_answer_as_one_does(tmp_path: Path, home: Path, store: Store) -> None:
    source = many(tmp_path / "c.csv", 600)
    one, two = Job(source, tmp_path / "one.jsonl"), Job(source, tmp_path / "two.jsonl", workers=2)
    assert run(one, home, store).counts == run(two, home, store).counts
    assert one.out.read_bytes() == two.out.read_bytes()


# Portfolios


def test_customers_are_kept_and_what_was_cleared_is_left_out_and_named(
    source: Path, tmp_path: Path
) -> None:
    home = home_with_index(tmp_path / "home")
    store = open_store(home)
    job = Job(source, tmp_path / "out.jsonl", keep="retail")
    run(job, home, store)
    with store.reading() as connection:
        covered = portfolio.coverage(connection, "retail", VERSIONS)
    assert (covered.customers, covered.whole, covered.clear) == (4, True, 1)
    listed = Screener.at(folder_in_force(home)).entity("M-1")
    assert listed is not None
    with store.begin() as unit:
        _, watched = portfolio.the_customer(unit.connection, "17", "retail")
        judgements.judge(
            unit,
            Pair("retail", "17", "M-1"),
            Verdict.DIFFERENT,
            why="another man",
            until=None,
            caption=listed.caption,
            customer=material.of_subject(watched.subject),
            entity=material.of_entity(listed),
            at=AT,
            actor="ana",
        )
    done = run(job, home, store, restart=True)
    first = lines(job.out)[0]
    assert (first["results"], first["cleared"], done.counts.cleared) == ([], ["M-1"], 1)
    run(replace(job, cleared=True), home, store, restart=True)
    assert lines(job.out)[0]["results"][0]["entity"] == "M-1"


def unended(job: Job) -> None:
    """As a kill before the very last step leaves it."""
    said = json.loads(record.beside(job.out).read_text("utf-8"))
    record.beside(job.out).write_text(json.dumps(said | {"ended_at": ""}), "utf-8")


def test_a_portfolio_survives_a_kill_at_its_close(source: Path, tmp_path: Path) -> None:
    home = home_with_index(tmp_path / "home")
    store, job = open_store(home), Job(source, tmp_path / "out.jsonl", keep="retail")
    run(job, home, store)
    unended(job)
    assert run(job, home, store).resumed == 4
    with store.reading() as connection:
        covered = portfolio.coverage(connection, "retail", VERSIONS)
    assert (covered.customers, covered.whole) == (4, True)
    job.out.write_bytes(job.out.read_bytes()[:-5])
    unended(job)
    with pytest.raises(Conflict, match="screened anew since"):
        run(job, home, store)


def test_a_portfolio_does_not_go_on_with_another_file(tmp_path: Path) -> None:
    home = home_with_index(tmp_path / "home")
    store, one, two = open_store(home), tmp_path / "one.csv", tmp_path / "two.csv"
    one.write_text("id,name\n1,Mia Vogt\n2,Omar\n", "utf-8")
    two.write_text("id,name\n1,Maria Rossi\n", "utf-8")
    with store.begin() as unit:
        begun = runs.begin(
            unit,
            "retail",
            "file",
            versions=VERSIONS,
            question=runs.Question(),
            scope="all",
            at=AT,
            actor="ana",
        )
        found = Screening((), 1)
        portfolio.keep(unit, begun, [("2", Subject(("Omar",)), found)], at=AT)
    done = run(Job(two, tmp_path / "out.jsonl", keep="retail"), home, store)
    assert done.counts.errors == 0
    with store.reading() as connection:
        assert [each.customer for each in portfolio.watched(connection, "retail")] == ["1"]


def test_a_customer_whose_row_is_wrong_stays_watched_and_is_not_covered(tmp_path: Path) -> None:
    home = home_with_index(tmp_path / "home")
    store = open_store(home)
    source = tmp_path / "c.csv"
    source.write_text("id,name,birth_date\n1,Mia Vogt,\n2,Omar,soon\n3,,\n,Ivan,\n", "utf-8")
    done = run(Job(source, tmp_path / "out.jsonl", keep="retail"), home, store)
    said = lines(tmp_path / "out.jsonl")
    assert [each["error"] is None for each in said] == [True, False, False, False]
    assert done.counts.errors == 3
    with store.reading() as connection:
        covered = portfolio.coverage(connection, "retail", VERSIONS)
    assert (covered.customers, covered.incomplete, covered.whole) == (3, 2, False)
    again = rescreen(
        store,
        Screener.at(folder_in_force(home)),
        "retail",
        Touch(),
        versions=VERSIONS,
        at=AT,
        actor="ana",
    )
    assert again.looked_at == 2
    assert (again.coverage.incomplete, again.coverage.whole) == (1, False)


def test_a_customer_whose_id_is_in_another_encoding_is_kept_as_it_shows(tmp_path: Path) -> None:
    home = home_with_index(tmp_path / "home")
    source = tmp_path / "c.csv"
    source.write_bytes("id,name\n1,محمد علي\n".encode() + b"n\xb02,Mia\n")
    run(Job(source, tmp_path / "out.jsonl", keep="retail"), home, open_store(home))
    assert [each["id"] for each in lines(tmp_path / "out.jsonl")] == ["1", "n\\xb02"]


def test_a_customer_who_stands_twice_with_different_data_is_an_error(tmp_path: Path) -> None:
    home = home_with_index(tmp_path / "home")
    source = tmp_path / "c.csv"
    source.write_text("id,name\n1,Mia Vogt\n1,Omar\n", "utf-8")
    run(Job(source, tmp_path / "out.jsonl", keep="retail"), home, open_store(home))
    first, second = lines(tmp_path / "out.jsonl")
    assert first["error"] is None
    assert "twice" in second["error"]
