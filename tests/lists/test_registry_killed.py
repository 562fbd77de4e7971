"""A kill at any instant leaves a whole version in force, and nothing behind after the next add.

Each test runs the real command's work in a process of its own, which kills itself (SIGKILL: no
`finally` runs) at a chosen system call.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from taawun.store import journal

from .registry_files import AT, ROWS, later, registry, write_csv

SCRIPT = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from taawun.lists.registry import Lists
from taawun.store import open_store

home, file, at, call, countdown = sys.argv[1:]
lists = Lists(open_store(Path(home)), Path(home))
left = int(countdown)

def deadly(real):
    def wrapped(*args, **kwargs):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*args, **kwargs)
    return wrapped

owner, _, name = call.rpartition(".")
if owner == "os":
    os.fsync = deadly(os.fsync)
elif owner == "Path":
    setattr(Path, name, deadly(getattr(Path, name)))
elif owner == "arrival":
    from taawun.lists import arrival
    setattr(arrival, name, deadly(getattr(arrival, name)))
lists.add("csv", file, at=datetime.fromisoformat(at), actor="officer")
"""


def start(home: Path, file: Path, day: int, call: str = "-", n: int = 0) -> subprocess.Popen[str]:
    arguments = [str(home), str(file), later(day).isoformat(), call, str(n)]
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(SCRIPT), *arguments],
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> int:
    _, said = process.communicate(timeout=300)
    assert process.returncode in (0, -signal.SIGKILL), said
    return process.returncode


@pytest.mark.parametrize(
    ("call", "nth"),
    [
        ("arrival.read", 1),
        ("os.fsync", 1),
        ("os.fsync", 3),
        ("os.fsync", 6),
        ("os.fsync", 10),
        ("Path.rename", 1),
        ("arrival.put_in_force", 1),
    ],
)
def test_killed(tmp_path: Path, call: str, nth: int) -> None:
    home = tmp_path / "home"
    file = write_csv(tmp_path / "national.csv", ROWS)
    lists = registry(home)
    first = lists.add("csv", file, at=AT, actor="officer").version
    before = list(lists.entities("national"))
    write_csv(file, ROWS[1:])
    assert ended(start(home, file, 1, call, nth)) == -signal.SIGKILL

    again = registry(home)
    assert [version.version for version in again.current()] == [first]
    assert list(again.entities("national")) == before
    done = again.add("csv", file, at=later(2), actor="officer")
    assert (done.outcome, done.entries) == ("updated", 19)
    left = {path.name for path in (home / "lists" / "national").iterdir()}
    assert left == {first, done.version, ".lock"}
    with again.store.reading() as connection:
        assert journal.verify(connection, home).whole


def test_killed_at_the_very_first_add(tmp_path: Path) -> None:
    home = tmp_path / "home"
    file = write_csv(tmp_path / "national.csv", ROWS)
    assert ended(start(home, file, 0, "arrival.put_in_force", 1)) == -signal.SIGKILL
    lists = registry(home)
    assert lists.current() == []
    assert lists.add("csv", file, at=AT, actor="officer").outcome == "added"


def test_two_processes_at_once(tmp_path: Path) -> None:
    home = tmp_path / "home"
    files = [
        write_csv(tmp_path / folder / "national.csv", rows)
        for folder, rows in (("a", ROWS), ("b", ROWS[1:]), ("c", ROWS[:-1]))
    ]
    assert [ended(p) for p in [start(home, file, 0) for file in files]] == [0, 0, 0]
    lists = registry(home)
    versions = lists.versions("national")
    assert len(versions) == 3
    assert lists.current()[0].version == versions[-1].version
    entities = list(lists.entities("national"))
    assert len(entities) == versions[-1].entities
    with lists.store.reading() as connection:
        report = journal.verify(connection, home)
    assert (report.whole, report.lines) == (True, 3)


def test_killed_after_the_switch(tmp_path: Path) -> None:
    home = tmp_path / "home"
    file = write_csv(tmp_path / "national.csv", ROWS)
    first = registry(home).add("csv", file, at=AT, actor="officer").version
    write_csv(file, ROWS[1:])
    assert ended(start(home, file, 1, "arrival._done", 1)) == -signal.SIGKILL
    lists = registry(home)
    (now,) = lists.current()
    assert (now.version > first, now.entries) == (True, 19)
    assert lists.changes("national").counts(targets=True)["removed"] == 1
    assert lists.add("csv", file, at=later(2), actor="officer").outcome == "unchanged"
