"""The PyPI package yente-client, unchanged, against a real server on the loopback.

Its SDK and its command line (`yente-cli`) are what a user of yente has: they move over by
changing an address, and this is the proof.
"""

from __future__ import annotations

import csv
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from yente_client import BEST_ALGORITHM, Client, Company, Person
from yente_client.exceptions import AuthenticationError, BadRequestError, NotFoundError

from taawun.store import keys, open_store

WAIT = 300.0
"""Seconds until a process that does not answer counts as hung, however busy the machine is."""


def served(home: Path, workers: int) -> Iterator[str]:
    """`taawun serve` in processes of its own; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "taawun.cli.app", "serve", "--home", str(home)]
    command += ["--port", str(port), "--workers", str(workers), "--no-access-log"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE)
    try:
        address = f"http://127.0.0.1:{port}"
        _until_ready(address, process)
        yield address
    finally:
        process.terminate()
        _, said = process.communicate(timeout=WAIT)
    assert b"Traceback" not in said, said.decode()


def _until_ready(address: str, process: subprocess.Popen[bytes]) -> None:
    import httpx

    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        if process.poll() is not None:
            raise AssertionError(f"the server ended: {process.communicate()[1].decode()}")
        try:
            if httpx.get(f"{address}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError("the server did not get ready")


@pytest.fixture(scope="module")
def address(made_home: Path) -> Iterator[str]:
    yield from served(made_home, workers=2)


@pytest.fixture(scope="module")
def sdk(address: str) -> Iterator[Client]:
    with Client(base_url=address) as client:
        yield client


def test_match(sdk: Client) -> None:
    found = sdk.match(
        Person(name=["زياد منصور القمحاني"], birthDate=["1971-04-02"]),
        algorithm=BEST_ALGORITHM,
        datasets=["sanctions", "made"],
        topics=["sanction"],
        limit=3,
        threshold=0.7,
    )
    assert found.top is not None
    assert (found.top.id, found.top.match, found.limit) == ("MD.1", True, 3)
    assert found.query["properties"]["birthDate"] == ["1971-04-02"]
    assert found.top.explanations
    assert found.top.last_change is not None
    assert found.total.value == 1


def test_match_filters(sdk: Client) -> None:
    ziyad = Person(name=["Ziyad Mansur Qamhani"])
    assert sdk.match(ziyad, exclude_entities=["OLD.9"]).results == []
    assert sdk.match(ziyad, exclude_datasets=["made"]).results == []
    assert sdk.match(ziyad, exclude_schemata=["Person"]).results == []
    assert sdk.match(ziyad, changed_since="2026-01-03").results == []
    assert sdk.match(Company(name=["Qamhani Grain Trading"])).top is not None


def test_a_stream_of_matches(sdk: Client) -> None:
    people = [(f"row-{number}", Person(name=["Ziyad Mansur Qamhani"])) for number in range(30)]
    found = dict(sdk.match_iter(people, workers=8))
    assert len(found) == 30
    assert all(answer.top is not None and answer.top.id == "MD.1" for answer in found.values())


def test_search(sdk: Client) -> None:
    found = sdk.search(
        "qamhani", schema="Company", countries=["lb"], facets=["countries"], sort=["caption:asc"]
    )
    assert [each.id for each in found.results] == ["MD.2"]
    assert found.facets["countries"].values[0].label == "Lebanon"
    assert sdk.search("qamhanee", fuzzy=True).total.value == 2
    assert sdk.search("(qam*", simple=True).total.value == 2


def test_fetch_follows_a_merged_id(sdk: Client) -> None:
    found = sdk.fetch("OLD.9")
    assert found.id == "MD.1"
    assert {"sanctions", "ownershipOwner", "addressEntity"} <= found.properties.keys()
    assert sdk.fetch("OLD/10 b", nested=False).id == "MD.1"


def test_adjacent(sdk: Client) -> None:
    assert set(sdk.adjacent("MD.1").adjacent) == {"addressEntity", "sanctions", "ownershipOwner"}
    assert sdk.adjacent("MD.1", prop="sanctions", limit=1).total.value == 1


def test_datasets_are_asked_for_again_by_tag(sdk: Client) -> None:
    first = sdk.datasets()
    again = sdk.datasets()
    assert first == again
    assert {each.name for each in first.datasets if each.load} == {"made", "peps"}


def test_statements_algorithms_and_health(sdk: Client) -> None:
    rows = sdk.statements(canonical_id="MD.1", prop="name").results
    assert [row.value for row in rows] == ["Ziyad Mansur Qamhani", "زياد منصور القمحاني"]
    assert sdk.algorithms().best == "taawun"
    assert (sdk.healthz().status, sdk.readyz().status) == ("ok", "ok")


def test_errors_are_the_clients_own(sdk: Client) -> None:
    with pytest.raises(NotFoundError, match="No such entity"):
        sdk.fetch("nobody")
    with pytest.raises(NotFoundError, match="No such dataset"):
        sdk.match(Person(name=["x"]), datasets=["nothing"])
    with pytest.raises(BadRequestError, match="Invalid algorithm"):
        sdk.match(Person(name=["x"]), algorithm="magic")


def cli(address: str, *args: str, key: str = "") -> subprocess.CompletedProcess[str]:
    """The client's own command line."""
    environment = {**os.environ, "YENTE_BASE_URL": address, "OPENSANCTIONS_API_KEY": key}
    command = [sys.executable, "-c", "from yente_client.cli.main import main; main()", *args]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=WAIT
    )


def answered(address: str, *args: str) -> Any:
    done = cli(address, *args, "-f", "json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_command_line(address: str) -> None:
    status = answered(address, "status")
    assert status["api"]["readiness"]["status"] == "ok"
    assert {each["name"] for each in status["loaded"]} == {"made", "peps"}
    found = answered(address, "match", "-s", "Person", "-p", "name=Ziyad Mansur Qamhani")
    assert found["results"][0]["id"] == "MD.1"
    assert answered(address, "search", "qamhani", "-d", "made")["total"]["value"] == 2
    assert answered(address, "fetch", "OLD.9")["id"] == "MD.1"


def test_the_command_line_screens_a_file(address: str, tmp_path: Path) -> None:
    given = tmp_path / "customers.csv"
    given.write_text("nr,who\n1,Ziyad Mansur Qamhani\n2,Nobody Of That Name\n", encoding="utf-8")
    done = cli(
        address,
        "screen",
        str(given),
        str(tmp_path / "out.csv"),
        *("-s", "Person", "-i", "who=name", "--include-empty", "--explanation"),
    )
    assert done.returncode == 0, done.stderr
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["nr"]: row for row in csv.DictReader(file)}
    assert (rows["1"]["match_id"], rows["1"]["match"].lower()) == ("MD.1", "true")
    assert (rows["2"]["match_id"], rows["2"]["match_error"]) == ("", "")


def test_counters_of_all_processes_are_one(address: str, sdk: Client) -> None:
    import httpx

    before = _answered(httpx.get(f"{address}/metrics").text)
    for _ in range(10):
        httpx.get(f"{address}/algorithms")
    assert _answered(httpx.get(f"{address}/metrics").text) == before + 10


def _answered(text: str) -> float:
    """How often `/algorithms` was answered, by any of the processes."""
    wanted = 'taawun_requests_total{method="GET",route="/algorithms",status="200"}'
    lines = [line for line in text.splitlines() if line.startswith(wanted)]
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines)


def test_with_a_key(own_home: Path) -> None:
    from datetime import UTC, datetime

    with open_store(own_home).begin() as unit:
        key = keys.add(unit, "bank", at=datetime(2026, 1, 1, tzinfo=UTC), actor="officer")
    for address in served(own_home, workers=1):
        with Client(base_url=address) as stranger, pytest.raises(AuthenticationError):
            stranger.match(Person(name=["Ziyad Mansur Qamhani"]))
        with Client(base_url=address, api_key=key) as client:
            assert client.match(Person(name=["Ziyad Mansur Qamhani"])).top is not None
        assert cli(address, "search", "qamhani", key="wrong").returncode == 3
