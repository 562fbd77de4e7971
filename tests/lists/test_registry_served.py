"""Lists that come from a server, and lists that come in several files."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from zipfile import ZipFile

import pytest

from taawun.errors import InputError, NotFound, Unavailable, UsageError
from taawun.lists.registry import Lists

from .registry_files import AT, ROWS, later, registry, write_csv
from .server import Server, sends, serving


@pytest.fixture
def lists(tmp_path: Path) -> Lists:
    return registry(tmp_path / "home")


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


def body(tmp_path: Path, rows: list[tuple[str, ...]]) -> bytes:
    return write_csv(tmp_path / "made" / "x.csv", rows).read_bytes()


def test_an_update_asks_whether_anything_changed(
    lists: Lists, server: Server, tmp_path: Path
) -> None:
    asked: list[str | None] = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        asked.append(handler.headers["If-None-Match"])
        if handler.headers["If-None-Match"] == '"one"':
            handler.send_response(304)
            handler.end_headers()
        else:
            sends(body(tmp_path, ROWS), ETag='"one"')(handler)

    server.answers["/national.csv"] = answer
    url = f"{server.url}/national.csv"
    first = lists.add("csv", url, at=AT, actor="officer")
    (again,) = lists.update(at=later(1), actor="timer")
    assert (again.outcome, again.version, again.error) == ("unchanged", first.version, None)
    assert lists.add("csv", url, at=later(2), actor="officer").outcome == "unchanged"
    assert asked == [None, '"one"', None]
    assert lists.status()[0].checked_at == "2026-11-26T05:00:00"


def test_the_list_stays_whatever_the_server_does(
    lists: Lists, server: Server, tmp_path: Path
) -> None:
    whole = body(tmp_path, ROWS)
    server.answers["/national.csv"] = sends(whole)
    lists.add("csv", f"{server.url}/national.csv", at=AT, actor="officer")
    before = list(lists.entities("national"))
    failures = [
        sends(whole, Content_Length="99999"),
        lambda handler: handler.send_error(503),
        sends(b"<html>Sign in to continue</html>"),
        sends(b""),
        sends(whole[: len(whole) // 3]),
        sends(body(tmp_path, ROWS[:8])),
    ]
    for day, failure in enumerate(failures, 1):
        server.answers["/national.csv"] = failure
        (done,) = lists.update(at=later(day), actor="timer")
        assert isinstance(done.error, (Unavailable, InputError))
        assert list(lists.entities("national")) == before
        status = lists.status()[0]
        assert (status.failed_at[8:10], status.checked_at[8:10]) == (f"{24 + day}", "24")
    server.answers["/national.csv"] = sends(body(tmp_path, ROWS[1:]))
    (done,) = lists.update(at=later(9), actor="timer")
    assert (done.outcome, lists.status()[0].failure) == ("updated", "")


def test_a_name_is_made_from_an_address(lists: Lists, server: Server, tmp_path: Path) -> None:
    server.answers["/files/Moi-Freeze.csv?token=secret"] = sends(body(tmp_path, ROWS))
    url = f"{server.url}/files/Moi-Freeze.csv?token=secret"
    assert lists.add("csv", url, at=AT, actor="officer").dataset == "moi_freeze"
    (now,) = lists.current()
    assert now.file == f"{server.url}/files/Moi-Freeze.csv"


SDN = """\
101,"EXAMPLE, Amina","individual","SDGT",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"DOB 1970."
102,"EXAMPLE TRADING",-0- ,"SDGT",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0-
"""
ALT = '101,1,"aka","SAMPLE, Ameena",-0-\n'
ADD = '102,1,"1 Example Street","Examplia","Iraq",-0-\n'


@pytest.fixture
def three(tmp_path: Path) -> Path:
    folder = tmp_path / "ofac"
    folder.mkdir()
    for name, text in (("sdn.csv", SDN), ("alt.csv", ALT), ("add.csv", ADD)):
        (folder / name).write_text(text)
    return folder


@pytest.mark.parametrize("way", ["main", "each", "folder", "zip"])
def test_a_list_in_three_files(lists: Lists, three: Path, tmp_path: Path, way: str) -> None:
    packed = tmp_path / "ofac.zip"
    with ZipFile(packed, "w") as archive:
        for file in three.iterdir():
            archive.write(file, file.name)
    location = {
        "main": three / "sdn.csv",
        "each": [three / name for name in ("sdn.csv", "alt.csv", "add.csv")],
        "folder": three,
        "zip": packed,
    }[way]
    done = lists.add("ofac", location, at=AT, actor="officer")
    assert (done.entries, done.problems) == (2, ())
    entities = {entity.id: entity for entity in lists.entities("ofac")}
    assert entities["101"].texts("alias")
    (now,) = lists.current()
    kept = {path.name for path in (now.path.parent / "source").iterdir()}
    assert kept == {"sdn.csv.gz", "alt.csv.gz", "add.csv.gz"}
    (three / "alt.csv").write_text(ALT.replace("Ameena", "Amna"))
    if way != "zip":
        (done,) = lists.update(at=later(1), actor="timer")
        changed = {change.id for change in done.difference.changes if change.target}
        assert (done.outcome, changed) == ("updated", {"101"})


def test_wrong_sets_of_files(lists: Lists, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(InputError, match="0 files in this folder"):
        lists.add("ofac", empty, at=AT, actor="officer")
    with pytest.raises(UsageError, match="at least one"):
        lists.add("ofac", [], at=AT, actor="officer")
    with pytest.raises(NotFound, match="no list"):
        lists.entities("ofac")


def test_a_real_update_of_the_un_list(lists: Lists, real_data: Path) -> None:
    folder = real_data / "lists"
    old, new = (folder / f"un_consolidated_{day}.xml" for day in ("2025-11-20", "2026-02-27"))
    first = lists.add("un", old, at=AT, actor="officer")
    assert 900 < first.entries < 1100
    done = lists.add("un", new, at=later(1), actor="officer")
    assert done.difference.counts(targets=True) == {"added": 4, "changed": 2, "removed": 1}
    assert {c.id for c in done.difference.of("removed") if c.target} == {"IQi.074"}
    with pytest.raises(InputError, match="older 2025-11-20"):
        lists.add("un", old, at=later(2), actor="officer")
    half = lists.archive.root.parent / "half.xml"
    half.write_bytes(new.read_bytes()[:1_000_000])
    with pytest.raises(InputError, match="not readable as XML"):
        lists.add("un", half, at=later(3), actor="officer")
    assert lists.current()[0].version == done.version


PLAIN = """\
{"id": "N-1", "schema": "Person", "properties": {"name": ["Amina Example"], "addressEntity": ["A"]}}
{"id": "N-2", "schema": "Company", "properties": {"name": ["Example Trading"]}}
{"id": "A", "schema": "Address", "properties": {"full": ["1 Example Street"]}}
"""


def test_a_national_list_written_by_hand_as_followthemoney(lists: Lists, tmp_path: Path) -> None:
    """Without `target` and topics, whoever may be screened is listed."""
    file = tmp_path / "by-hand.json"
    file.write_text(PLAIN)
    done = lists.add("ftm", file, name="national", at=AT, actor="officer")
    assert (done.entries, done.entities, done.problems) == (2, 3, ())
    assert {e.id for e in lists.entities("national") if e.target} == {"N-1", "N-2"}
    assert {e.datasets for e in lists.entities("national")} == {("national",)}
