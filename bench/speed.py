"""Speed and memory with all lists loaded, on one core.

    python -m bench.speed [--json PATH]

Every command is run as a user runs it, in a fresh process that is held to one core; its wall time
counts from pressing enter. Memory is the peak resident set of that process.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench.ground import ROOT, command, full_home, last_words
from bench.names.customers import customers, write
from bench.newsroom import text
from bench.precision import subject
from bench.report import Outcome, Skip, main
from bench.scoring import script

FILE_RATE, SUBJECT_MS, FIRST_S, OPEN_S, MEMORY_MB, TEXT_MBS = 1000, 5.0, 1.5, 1.0, 500, 5.0
SUBJECTS, FIRST_RUNS, OPEN_RUNS = 3000, 7, 5
TEXT_SMALL, TEXT_LARGE = 1_000_000, 41_000_000
MEGA = 1_000_000
QUERIES = ("محمد بن سلمان", "Ivanov Sergey Nikolaevich", "Ocean Maritime Management Company")
OPENING = """
import sys, time
from pathlib import Path
from taawun.screening.screener import Screener
began = time.perf_counter()
Screener.open(Path(sys.argv[1]))
print(time.perf_counter() - began)
"""


@dataclass(frozen=True, slots=True)
class Run:
    """One process: seconds of wall and of processor, peak memory in megabytes."""

    wall: float
    cpu: float
    memory: float


def measured(call: Sequence[str], cores: int = 1) -> Run:
    """Runs a command on so many cores to its end. Raises Skip with its message when it fails."""
    allowed = sorted(os.sched_getaffinity(0))[:cores] if hasattr(os, "sched_getaffinity") else []
    with tempfile.TemporaryFile() as errors:
        began = time.perf_counter()
        process = subprocess.Popen(
            call,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            preexec_fn=(lambda: os.sched_setaffinity(0, allowed)) if allowed else None,
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            errors.seek(0)
            said = last_words(errors.read().decode(errors="replace"))
            raise Skip(f"ended with {process.returncode}: {said}")
    per_megabyte = MEGA if sys.platform == "darwin" else MEGA / 1024
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / per_megabyte)


def screen_file(outcome: Outcome, home: Path, work: Path) -> None:
    """The made-up customers through `screen-file`, start-up counted and not counted."""
    few, many = work / "few.csv", work / "many.csv"
    sizes = {few: write(few, count=100), many: write(many)}
    runs = {path: _screen_file(home, path) for path in sizes}
    rate = (sizes[many] - sizes[few]) / (runs[many].wall - runs[few].wall)
    whole = sizes[many] / runs[many].wall
    outcome.want(
        "screen-file, names a second on one core, start-up counted",
        f">= {FILE_RATE:,}",
        f"{whole:,.0f}",
        whole >= FILE_RATE,
    )
    _memory(outcome, "screen-file", runs[many])
    rows = [(sizes[many], runs[many].wall, whole, rate, runs[many].memory)]
    columns = ("customers", "seconds", "a second", "a second without start-up", "peak MB")
    outcome.table("screen-file", columns, rows)


def _screen_file(home: Path, path: Path) -> Run:
    out = path.with_suffix(".jsonl")
    return measured([*command(), "screen-file", str(path), "--out", str(out), "--home", str(home)])


def one_subject(outcome: Outcome, home: Path) -> None:
    """Single subjects in this process, one after the other."""
    from taawun.screening.screener import Screener

    screener = Screener.open(home)
    everyone = [subject(each, True) for each in customers(SUBJECTS)]
    for each in everyone[:50]:
        screener.screen(each)
    times = []
    for each in everyone[50:]:
        began = time.perf_counter()
        screener.screen(each)
        times.append((time.perf_counter() - began) * 1000)
    middle, slow = statistics.median(times), statistics.quantiles(times, n=20)[-1]
    claim = "one subject in a running process, median"
    outcome.want(claim, f"<= {SUBJECT_MS:g} ms", f"{middle:.2f} ms", middle <= SUBJECT_MS)
    rows = [(len(times), middle, slow, max(times))]
    outcome.table("one subject, milliseconds", ("subjects", "median", "p95", "slowest"), rows)


def first_answer(outcome: Outcome, home: Path) -> None:
    """`taawun screen` from pressing enter to its answer, the index being there."""
    rows: list[tuple[str | float, ...]] = []
    for query in QUERIES:
        call = [*command(), "screen", query, "--json", "--home", str(home)]
        runs = [measured(call) for _ in range(FIRST_RUNS)]
        walls = [run.wall for run in runs]
        rows.append((query, statistics.median(walls), max(walls), runs[-1].memory))
    worst = max(float(row[1]) for row in rows)
    claim = "first answer of `taawun screen`, median of the slowest query"
    outcome.want(claim, f"<= {FIRST_S:g} s", f"{worst:.2f} s", worst <= FIRST_S)
    outcome.table("first answer, seconds", ("query", "median", "slowest", "peak MB"), rows)


def opening(outcome: Outcome, home: Path) -> None:
    """The index opened in fresh processes."""
    times = []
    for _ in range(OPEN_RUNS):
        call = [sys.executable, "-c", OPENING, str(home)]
        ran = subprocess.run(call, capture_output=True, text=True, check=False, cwd=ROOT)
        if ran.returncode:
            raise Skip(f"the index does not open: {last_words(ran.stderr)}")
        times.append(float(ran.stdout))
    middle = statistics.median(times)
    outcome.want("index opened", f"<= {OPEN_S:g} s", f"{middle:.3f} s", middle <= OPEN_S)


def screen_text(outcome: Outcome, home: Path, work: Path) -> None:
    """Made-up news in three languages through `screen-text`; start-up is taken off."""
    names: dict[str, list[str]] = {}
    for customer in customers(2000):
        if customer.kind == "person":
            names.setdefault(script(customer.name), []).append(customer.name)
    for name in _listed(home):
        names.setdefault(script(name), []).append(name)
    small, large = work / "small.txt", work / "large.txt"
    small.write_text(text(TEXT_SMALL, names), encoding="utf-8")
    large.write_text(text(TEXT_LARGE, names), encoding="utf-8")
    calls = {path: [*command(), "screen-text", str(path), "--json"] for path in (small, large)}
    runs = {path: measured([*call, "--home", str(home)]) for path, call in calls.items()}
    size = large.stat().st_size - small.stat().st_size
    rate = size / MEGA / (runs[large].wall - runs[small].wall)
    whole = large.stat().st_size / MEGA / runs[large].wall
    claim = "screen-text, megabytes a second on one core"
    outcome.want(claim, f">= {TEXT_MBS:g}", f"{rate:.1f}", rate >= TEXT_MBS)
    _memory(outcome, "screen-text", runs[large])
    rows = [(size / MEGA, rate, whole, runs[small].wall, runs[large].memory)]
    columns = ("megabytes", "MB a second", "with start-up", "first megabyte, s", "peak MB")
    outcome.table("screen-text", columns, rows)


def _listed(home: Path) -> list[str]:
    """Names that the lists themselves hold, every fiftieth entry's first."""
    names: list[str] = []
    for path in sorted(home.glob("lists/*/*/entities.ftm.json")):
        for line in path.read_bytes().splitlines()[::50]:
            entry = json.loads(line)
            names += entry["properties"].get("name", [])[:1] if entry["schema"] == "Person" else []
    return names


def _memory(outcome: Outcome, what: str, run: Run) -> None:
    got = f"{run.memory:.0f} MB"
    outcome.want(f"peak memory of {what}", f"<= {MEMORY_MB} MB", got, run.memory <= MEMORY_MB)


def run(outcome: Outcome) -> None:
    """Measures the commands with all four lists loaded."""
    home = full_home()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        parts: dict[str, Callable[[], None]] = {
            "opening": partial(opening, outcome, home),
            "first answer": partial(first_answer, outcome, home),
            "one subject": partial(one_subject, outcome, home),
            "screen-file": partial(screen_file, outcome, home, work),
            "screen-text": partial(screen_text, outcome, home, work),
        }
        for title, part in parts.items():
            try:
                part()
            except Skip as reason:
                outcome.table(title, ("", "skipped because"), [(title, str(reason))])


if __name__ == "__main__":
    main("speed", run)
