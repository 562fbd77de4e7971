"""Speed and memory of imports into the ledger, beside DuckDB and a plain twin.

    python -m bench.ledger_import [--json PATH]

Parquet in the ledger's own columns and CSV in the layout of AMLworld, made by numbers
(`import_made`): references are UUIDs, rows are in no order, 200,000 accounts. Every measurement is
a process of its own on two cores. An import is everything from the file to the book: digest,
reading, faults, repeats, accounts, parts by month forced to disk, the journal. Processor seconds
stand beside those of the clock: on a busy machine only they say what the work is.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from bench import import_made
from bench.ground import ROOT, last_words
from bench.report import Outcome, Skip, main

SIZE, WORLD = 2_000_000, 1_000_000
SIZES = (100_000, 1_000_000, 10_000_000)
RATE, BYTES, BEND, AGAIN = 2_000_000, 200, 1.5, 2.0
CORES = 2
MEGA = 1_000_000


@dataclass(frozen=True, slots=True)
class Imported:
    """One process: how many rows, and what `bench.import_run` said."""

    size: int
    said: dict[str, Any]

    @property
    def rate(self) -> float:
        """Rows a second by the clock."""
        return self.size / float(self.said["wall"])

    @property
    def micros(self) -> float:
        """Microseconds of processor for each row."""
        return float(self.said["cpu"]) / self.size * MEGA

    @property
    def added(self) -> float:
        """Bytes of peak memory for each row, beyond the process that has imported a small file."""
        return float(self.said["peak"] - self.said["base"]) / self.size

    @property
    def whole(self) -> float:
        """Bytes of peak memory of the whole process for each row."""
        return float(self.said["peak"]) / self.size


def imported(engine: str, path: Path, size: int) -> Imported:
    """One import. Raises Skip with its last words when it fails."""
    allowed = sorted(os.sched_getaffinity(0))[:CORES] if hasattr(os, "sched_getaffinity") else []
    ran = subprocess.run(
        [sys.executable, "-m", "bench.import_run", engine, str(path), str(size)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        preexec_fn=(lambda: os.sched_setaffinity(0, allowed)) if allowed else None,
    )
    if ran.returncode:
        raise Skip(f"{engine}, {size:,} rows: {last_words(ran.stderr) or ran.returncode}")
    return Imported(size, json.loads(ran.stdout))


def beside_peers(outcome: Outcome, work: Path) -> None:
    """The same Parquet file by all of them, and a CSV file."""
    path, csv = work / "beside.parquet", work / "world.csv"
    import_made.parquet(path, SIZE)
    import_made.world(csv, WORLD)
    ours, world = imported("taawun", path, SIZE), imported("taawun", csv, WORLD)
    rows = [_row("taawun, Parquet", ours), _row("taawun, CSV of AMLworld", world)]
    for engine in ("duckdb", "python"):
        try:
            rows.append(_row(f"{engine}, Parquet", imported(engine, path, SIZE)))
        except Skip as reason:
            outcome.table(engine, ("skipped because",), [(str(reason),)])
    columns = ("import", "rows", "seconds", "rows a second", "processor µs a row", "peak MB")
    note = (
        "`duckdb` inserts under a primary key and writes Parquet by month; `python` keeps a set of"
        " references beside pyarrow. Neither looks for faults, numbers accounts or keeps a journal."
    )
    outcome.table("imports", columns, rows, note)
    claim = "Parquet import, rows a second on two cores"
    outcome.want(claim, f">= {RATE:,}", f"{ours.rate:,.0f}", ours.rate >= RATE)
    again = float(ours.said["again"])
    claim = "the same file once more"
    outcome.want(claim, f"<= {AGAIN:g} s", f"{again:.2f} s", again <= AGAIN)


def _row(name: str, one: Imported) -> tuple[str | int | float, ...]:
    wall, memory = float(one.said["wall"]), float(one.said["peak"]) / MEGA
    return name, one.size, wall, one.rate, one.micros, memory


def growth(outcome: Outcome, work: Path) -> None:
    """Parquet files of three sizes; the window is the whole book as a network."""
    path = work / "growing.parquet"
    runs: list[Imported] = []
    for size in SIZES:
        import_made.parquet(path, size)
        runs.append(imported("taawun", path, size))
        path.unlink()
    rows = [
        (one.size, one.said["wall"], one.micros, one.said["window"], one.added, one.whole)
        for one in runs
    ]
    columns = ("rows", "seconds", "processor µs a row", "window, s", "bytes a row", "with process")
    note = (
        "Bytes a row: peak memory beyond that of the process that has imported a small file"
        " (interpreter, libraries, compiled code). With process: all of it."
    )
    outcome.table("how time and memory grow", columns, rows, note)
    middle, largest = runs[1:]
    bend = largest.micros / middle.micros
    claim = f"processor time a row, {SIZES[2]:,} against {SIZES[1]:,}"
    outcome.want(claim, f"<= {BEND:g} times", f"{bend:.2f}", bend <= BEND)
    claim = f"peak memory of an import of {SIZES[2]:,}, whole process, bytes a row"
    outcome.want(claim, f"< {BYTES}", f"{largest.whole:.0f}", largest.whole < BYTES)


def run(outcome: Outcome) -> None:
    """Measures imports of made files."""
    with tempfile.TemporaryDirectory() as folder:
        parts: dict[str, Callable[[], None]] = {
            "beside the peers": partial(beside_peers, outcome, Path(folder)),
            "growth": partial(growth, outcome, Path(folder)),
        }
        for title, part in parts.items():
            try:
                part()
            except Skip as reason:
                outcome.table(title, ("", "skipped because"), [(title, str(reason))])


if __name__ == "__main__":
    main("ledger_import", run)
