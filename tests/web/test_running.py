"""A running service: a newer index, too much work at once, a log without names."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import structlog
from structlog.testing import capture_logs

from taawun.lists.registry import Lists
from taawun.screening.build import rebuild
from taawun.store import open_store
from taawun.web import front
from taawun.web.app import serving_at
from taawun.web.bounds import Bounds
from taawun.web.lane import Busy, Lane

LATER = datetime(2026, 3, 2, tzinfo=UTC)


def add_list(home: Path, name: str, listed: str) -> None:
    """Bring a third made-up list into force, and index it."""
    file = home.parent / f"{name}.json"
    file.write_text(
        f'{{"id":"{name}.1","schema":"Person","properties":{{"name":["{listed}"]}},'
        f'"datasets":["{name}"],"target":true}}\n',
        encoding="utf-8",
    )
    store = open_store(home)
    Lists(store, home).add("ftm", file, name=name, at=LATER, actor="t")
    rebuild(store, home, LATER)


def test_a_newer_index_is_taken_up_and_requests_under_way_keep_theirs(
    own_home: Path, serve: Any
) -> None:
    serving = serving_at(own_home)
    with serve(serving) as client:
        assert client.get("/entities/third.1").status_code == 404
        old = serving.shop.now()
        tag = client.get("/catalog").headers["etag"]
        add_list(own_home, "third", "Nadim Barudi")
        stale = client.get("/catalog").json()
        assert (stale["index_stale"], stale["outdated"]) == (True, ["third"])
        serving.look()
        assert client.get("/entities/third.1").status_code == 200
        assert client.get("/catalog").headers["etag"] != tag
        assert client.get("/search/third", params={"q": "barudi"}).json()["total"]["value"] == 1
        assert old.book.entity("MD.1") is not None
        assert old.book.entity("third.1") is None


def test_an_index_that_cannot_be_opened_leaves_the_one_before(own_home: Path, serve: Any) -> None:
    serving = serving_at(own_home)
    with serve(serving) as client:
        before = serving.shop.now().build
        (own_home / "index" / "CURRENT").write_text("no-such-build", "utf-8")
        serving.look()
        assert serving.shop.now().build == before
        assert client.get("/readyz").status_code == 200


def test_the_lane_turns_away_what_would_wait_too_long() -> None:
    async def crowd() -> list[object]:
        lane, release = Lane(threads=1, waiting=2), threading.Event()
        jobs = [asyncio.create_task(lane.run(release.wait)) for _ in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(Busy):
            await lane.run(lambda: True)
        release.set()
        done: list[object] = list(await asyncio.gather(*jobs))
        assert await lane.run(lambda: "again") == "again"
        lane.close()
        return done

    assert asyncio.run(crowd()) == [True, True, True]


def test_too_much_at_once_is_503_with_a_time_to_come_back(made_home: Path, serve: Any) -> None:
    serving = serving_at(made_home, bounds=Bounds(waiting=0, retry_after=3))
    with serve(serving) as client:
        serving.lane.under_way = 1
        response = client.post(
            "/match/default",
            json={"queries": {"q": {"schema": "Person", "properties": {"name": ["a b"]}}}},
        )
        assert (response.status_code, response.headers["retry-after"]) == (503, "3")
        serving.lane.under_way = 0
        assert client.get("/search/default?q=a").status_code == 200


def test_no_name_is_logged(made_home: Path, serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("Qamhani", "%D8%B2", "MD.1", "زياد", "OLD.9")
    with capture_logs() as lines, serve(serving_at(made_home)) as client:
        monkeypatch.setattr(front, "structlog", structlog)
        client.get("/search/default", params={"q": "Qamhani زياد"})
        client.get("/entities/MD.1")
        client.get("/entities/OLD.9")
        client.get("/entities/Qamhani")
        client.post(
            "/match/default",
            json={"queries": {"Qamhani": {"schema": "Qamhani", "properties": {"name": ["زياد"]}}}},
        )
        client.post("/", data={"name": "Ziyad Qamhani"})
        client.get("/Qamhani")
    assert sum(line["event"] == "request" for line in lines) == 7
    for line in lines:
        assert not any(name in str(line) for name in names), line


def test_a_bug_is_a_500_that_tells_and_logs_no_names(made_home: Path, serve: Any) -> None:
    serving = serving_at(made_home)

    def fail() -> Any:
        raise RuntimeError("Ziyad Qamhani")

    with (
        capture_logs() as lines,
        serve(serving, raise_server_exceptions=False) as client,
    ):
        serving.lists_now = fail
        response = client.get("/catalog")
        assert response.status_code == 500
        assert "Qamhani" not in response.text
    assert any(line["event"] == "bug" and line["kind"] == "RuntimeError" for line in lines)
    assert "Qamhani" not in str(lines)


def test_an_update_fetches_the_lists_again_and_is_served(
    own_home: Path, serve: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_list(own_home, "third", "Nadim Barudi")
    monkeypatch.setenv("TAAWUN_UPDATE_TOKEN", "secret")
    with serve(serving_at(own_home)) as client:
        file = own_home.parent / "third.json"
        file.write_text(file.read_text("utf-8").replace("Barudi", "Shihabi"), encoding="utf-8")
        said = client.post("/updatez", params={"token": "secret", "sync": True})
        assert (said.status_code, said.json()) == (200, {"status": "ok"})
        assert client.get("/search/third", params={"q": "shihabi"}).json()["total"]["value"] == 1
        assert client.get("/catalog").json()["index_stale"] is False
        file.unlink()
        failed = client.post("/updatez", params={"token": "secret", "sync": True})
        assert failed.status_code == 503
        assert client.get("/search/third", params={"q": "shihabi"}).json()["total"]["value"] == 1
