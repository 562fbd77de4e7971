"""A kill at any instant leaves the book as it was, and nothing behind after the next import.

Each test runs the real import in a process of its own, which kills itself (SIGKILL: no `finally`
runs) at a chosen call.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from taawun.store import journal

from .books import AT, Ledger, parquet, rows

SCRIPT = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from taawun.ledger import arrival, parts
from taawun.store import open_store

home, file, at, call, countdown = sys.argv[1:]
store = open_store(Path(home))
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
if owner:
    held = {"os": os, "Path": Path, "arrival": arrival, "parts": parts}[owner]
    setattr(held, name, deadly(getattr(held, name)))
order = arrival.Order(Path(file), datetime.fromisoformat(at), "officer", reference="USD")
arrival.bring(order, store, Path(home))
"""


def start(home: Path, file: Path, call: str = "-", n: int = 0) -> subprocess.Popen[str]:
    arguments = [str(home), str(file), AT.isoformat(), call, str(n)]
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(SCRIPT), *arguments],
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> int:
    _, said = process.communicate(timeout=300)
    assert process.returncode in (0, -signal.SIGKILL), said
    return process.returncode


SECOND = "2 0 B>C 7\n3 31 C>D 8\n4 62 D>E 9\nr 1 A>B 100 reversal 1\nc 0 B>C 6 correction 2"


@pytest.mark.parametrize(
    ("call", "nth"),
    [
        ("parts.write", 1),
        ("os.fsync", 1),
        ("os.fsync", 3),
        ("Path.rename", 1),
        ("Path.rename", 3),
        ("arrival.put_import", 1),
        ("arrival.put_worth", 1),
    ],
)
def test_killed(tmp_path: Path, call: str, nth: int) -> None:
    ledger = Ledger(tmp_path / "home")
    ledger.take("1 0 A>B 100")
    before = ledger.told()
    file = parquet(tmp_path / "second.parquet", rows(SECOND))
    assert ended(start(ledger.home, file, call, nth)) == -signal.SIGKILL
    assert ledger.told() == before
    assert ledger.book.window().size == 1

    done = ledger.bring(file)
    assert (done.again, done.counts.transfers) == (False, 4)
    assert [row[0] for row in ledger.told()] == ["3", "4", "c"]
    there = {
        str(path.relative_to(ledger.home / "ledger"))
        for path in (ledger.home / "ledger").rglob("*.parquet")
    }
    counting = {each.name for each in ledger.book.files}
    assert counting <= there
    assert {name.split("/")[0] for name in there - counting} <= {"accounts"}
    with ledger.store.reading() as connection:
        assert journal.verify(connection, ledger.home).whole


def test_killed_at_the_very_first_import(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "home")
    file = parquet(tmp_path / "a.parquet", rows("1 0 A>B 100"))
    assert ended(start(ledger.home, file, "arrival.put_files", 1)) == -signal.SIGKILL
    assert ledger.book.size == 0
    assert ledger.bring(file).counts.transfers == 1


def test_two_processes_at_once(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "home")
    files = [
        parquet(tmp_path / f"{name}.parquet", rows(f"{name} 0 A>B 1\nsame 0 A>B 5"))
        for name in "xyz"
    ]
    assert [ended(each) for each in [start(ledger.home, file) for file in files]] == [0, 0, 0]
    assert [row[0] for row in ledger.told()] == ["same", "x", "y", "z"]
