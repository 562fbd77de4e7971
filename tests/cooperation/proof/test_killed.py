"""Nodes killed at random instants while messages flow, and a disk that is full: nothing is lost.

TAAWUN_KILLS=300 pytest tests/cooperation/proof/test_killed.py     more of them
"""

from __future__ import annotations

import base64
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cryptography.hazmat.primitives import serialization as pem

from bench.three_nodes import Office, Three, effects, three
from taawun.cooperation.exchange.outbox import OutboxState
from taawun.store import journal, open_store

KILLS = int(os.environ.get("TAAWUN_KILLS", "30"))
PATIENCE = 300.0
ONE, OTHER = "XA-FIU", "XB-FIU"


class Nursery:
    """Starts nodes and kills them."""

    def __init__(self) -> None:
        self.parent = subprocess.Popen(
            [sys.executable, "-m", "tests.cooperation.proof.nursery"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.alive: dict[str, int] = {}

    def start(self, office: Office, *, pages: int = 0) -> None:
        assert self.parent.stdin is not None
        assert self.parent.stdout is not None
        print(office.home, office.port, pages, file=self.parent.stdin, flush=True)
        self.alive[office.code] = int(self.parent.stdout.readline())

    def kill(self, code: str) -> None:
        """As a power cut does: no handler of it runs."""
        pid = self.alive.pop(code)
        os.kill(pid, signal.SIGKILL)
        with suppress(ProcessLookupError):
            while True:
                os.kill(pid, 0)
                time.sleep(0.001)

    def close(self) -> None:
        for code in tuple(self.alive):
            self.kill(code)
        assert self.parent.stdin is not None
        self.parent.stdin.close()
        self.parent.wait(30)
        assert self.parent.stdout is not None
        self.parent.stdout.close()


@contextmanager
def nursery() -> Iterator[Nursery]:
    made = Nursery()
    try:
        yield made
    finally:
        made.close()


def until(is_so: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end, f"{what}: never"
        time.sleep(0.02)


def ask_both_ways(nodes: Three, number: int, placed: dict[str, str]) -> None:
    for one, other in ((ONE, OTHER), (OTHER, ONE)):
        for _ in range(3):
            id, ground = nodes[one].asks(other, nodes.between(one, other), number)
            assert not ground
            placed[id] = other


def settled(nodes: Three, placed: dict[str, str]) -> bool:
    states = nodes[ONE].outbox() | nodes[OTHER].outbox()
    return all(states[id].state is OutboxState.DELIVERED for id in placed)


def check(nodes: Three, placed: dict[str, str]) -> None:
    got = {office.code: effects(office) for office in nodes}
    assert {id: got[code].get(id) for id, code in placed.items()} == dict.fromkeys(placed, 1)
    assert sum(map(len, got.values())) == len(placed)
    for office in nodes:
        with office.store.reading() as connection:
            report = journal.verify(connection, office.home)
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        assert report.whole, report.problems
        check_files(office)


def check_files(office: Office) -> None:
    """Nothing temporary is left once the store was opened again, and no private key stands
    anywhere but in its own file."""
    open_store(office.home).close()
    files = [path for path in office.home.rglob("*") if path.is_file()]
    database = {"taawun.db", "taawun.db-wal", "taawun.db-shm", "writers.lock"}
    expected = database | {"journal.anchor", "said.log"}
    expected.add("migration.lock")
    keys = {path for path in files if path.parent.name == "keys"}
    assert {path.name for path in set(files) - keys} <= expected
    assert {path.suffix for path in keys} == {".pem", ".json"}
    for key in keys:
        assert key.stat().st_mode & 0o077 == 0
    secrets = [spelling for key in keys if key.suffix == ".pem" for spelling in spellings(key)]
    for path in set(files) - {key for key in keys if key.suffix == ".pem"}:
        held = path.read_bytes()
        assert not any(secret in held for secret in secrets), path


def spellings(key: Path) -> list[bytes]:
    private = pem.load_pem_private_key(key.read_bytes(), None)
    raw = private.private_bytes(pem.Encoding.Raw, pem.PrivateFormat.Raw, pem.NoEncryption())
    body = b"".join(key.read_bytes().split(b"\n")[1:-2])
    return [
        raw,
        raw.hex().encode(),
        base64.b64encode(raw).rstrip(b"="),
        base64.urlsafe_b64encode(raw).rstrip(b"="),
        body,
    ]


def test_killed_at_any_instant_every_message_takes_effect_once(tmp_path: Path) -> None:
    rng = random.Random(20261124)
    placed: dict[str, str] = {}
    with three(tmp_path, (ONE, OTHER)) as nodes, nursery() as born:
        for office in nodes:
            born.start(office)
        for kill in range(KILLS):
            ask_both_ways(nodes, kill, placed)
            time.sleep(rng.uniform(0.0, 0.6))
            code = rng.choice((ONE, OTHER))
            born.kill(code)
            if rng.random() < 0.3:
                other = OTHER if code == ONE else ONE
                born.kill(other)
                born.start(nodes[other])
            born.start(nodes[code])
        until(lambda: settled(nodes, placed), "all delivered")
        born.close()
        check(nodes, placed)
        attempts = [each.attempts for office in nodes for each in office.outbox().values()]
    assert max(attempts) > 1, "no kill ever met a message on its way"


def test_a_full_disk_takes_nothing_and_loses_nothing(tmp_path: Path) -> None:
    placed: dict[str, str] = {}
    with three(tmp_path, (ONE, OTHER)) as nodes, nursery() as born:
        born.start(nodes[ONE])
        born.start(nodes[OTHER], pages=3)
        for number in range(20):
            ask_both_ways(nodes, number, placed)
        sent = [id for id, code in placed.items() if code == OTHER]

        def stuck() -> bool:
            out = nodes[ONE].outbox()
            left = [out[id] for id in sent if out[id].state is not OutboxState.DELIVERED]
            return bool(left) and any(each.attempts > 1 for each in left)

        until(stuck, "the disk is full")
        arrived = effects(nodes[OTHER])
        assert len(arrived) < len(sent)
        born.kill(OTHER)
        born.start(nodes[OTHER])
        until(lambda: settled(nodes, placed), "all delivered")
        born.close()
        check(nodes, placed)
