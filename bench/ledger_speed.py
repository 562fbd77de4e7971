"""Speed and memory of the search for laundering, on made ledgers, beside IBM's snapml.

    python -m bench.ledger_speed [--json PATH]

All features of 2,000,000 transfers against `GraphFeaturePreprocessor` on the same ledger; each
typology's search; how time grows from 100,000 to 10,000,000; an account of 1,000,000 transfers.
Every measurement is a process of its own. The peer is run with one thread and with two, and the
faster counts: on a busy machine its threads wait for one another.
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

from bench.ground import ROOT, last_words
from bench.peers import ask
from bench.report import Outcome, Skip, main

SIZE, REPEATS = 2_000_000, 3
SIZES = (100_000, 1_000_000, 10_000_000)
HUB = 1_000_000
TIMES_FASTER, BYTES, BEND = 10, 200, 1.5
PEER_SECONDS = 60
THREADS = min(os.cpu_count() or 1, 2)


@dataclass(frozen=True, slots=True)
class Measured:
    """One process: the ledger's size and what `bench.ledger_run` said of it."""

    size: int
    said: dict[str, Any]

    def rate(self, what: str) -> float:
        """Transfers a second."""
        return self.size / float(self.said[what])

    @property
    def search(self) -> float:
        """Seconds of all searches."""
        return float(sum(self.said["search"].values()))

    @property
    def each(self) -> float:
        """Bytes of the process at its peak for each transfer."""
        return float(self.said["peak"]) / self.size


def measured(kind: str, size: int, *wanted: str) -> Measured:
    """Runs one measurement. Raises Skip with its last words when it fails."""
    call = [sys.executable, "-m", "bench.ledger_run", kind, str(size), "--threads", str(THREADS)]
    ran = subprocess.run([*call, *wanted], capture_output=True, text=True, check=False, cwd=ROOT)
    if ran.returncode:
        raise Skip(f"{kind} of {size:,}: {last_words(ran.stderr) or ran.returncode}")
    return Measured(size, json.loads(ran.stdout))


def beside_peer(outcome: Outcome, work: Path) -> None:
    """All features of the same ledger, and then each search."""
    edges = str(work / "edges.npy")
    ours = measured("world", SIZE, "--features", str(REPEATS), "--search", "--edges", edges)
    rate = ours.rate("features")
    rows: list[tuple[str | int | float, ...]] = [
        ("taawun, features", THREADS, ours.said["columns"], SIZE, rate)
    ]
    try:
        peers = [(threads, asked(edges, threads)) for threads in sorted({1, THREADS})]
    except Skip as reason:
        outcome.table("peer", ("skipped because",), [(str(reason),)])
    else:
        for threads, said in peers:
            speed = said["done"] / said["seconds"]
            name = f"snapml {said['version']}, GraphFeaturePreprocessor"
            rows.append((name, threads, said["features"], said["done"], speed))
        best = max(said["done"] / said["seconds"] for _, said in peers)
        claim = "all features against GraphFeaturePreprocessor, times as many transfers a second"
        got = f"{rate / best:.1f}"
        outcome.want(claim, f">= {TIMES_FASTER}", got, rate >= TIMES_FASTER * best)
    columns = ("engine", "threads", "features", "transfers", "transfers a second")
    note = f"The peer is stopped after {PEER_SECONDS} seconds; batches of 2,048."
    outcome.table("features", columns, rows, note)
    found = [(code, took, SIZE / took) for code, took in ours.said["search"].items()]
    found.append(("all", ours.search, SIZE / ours.search))
    titles = ("typology", "seconds", "transfers a second")
    outcome.table(f"search in {SIZE:,} transfers", titles, found)


def asked(edges: str, threads: int) -> dict[str, Any]:
    question = {"edges": edges, "threads": threads, "seconds": PEER_SECONDS}
    return ask("graph_features", "snapml", question)


def growth(outcome: Outcome) -> None:
    """The features that the score looks at, and all searches, in ledgers of three sizes and a hub.

    Whatever grows in a straight line takes as long for each transfer in the largest as in the
    middle one; the smallest fits into the processor's caches.
    """
    runs = [(f"{size:,}", measured("world", size, "--scored", "--search")) for size in SIZES]
    runs.append((f"one account of {HUB:,}", measured("hub", HUB, "--scored", "--search")))
    rows = [(name, one.said["scored"], one.search, _micros(one), one.each) for name, one in runs]
    columns = ("transfers", "features, s", "search, s", "microseconds each", "peak bytes each")
    note = "Peak bytes are of the whole process, the ledger itself and the interpreter included."
    outcome.table("how time and memory grow", columns, rows, note)
    middle, largest, hub = (one for _, one in runs[1:])
    for claim, one in ((f"from {SIZES[1]:,} to {SIZES[2]:,}", largest), ("with a hub", hub)):
        bend = _micros(one) / _micros(middle)
        said = f"time for each transfer {claim}, times that of {SIZES[1]:,}"
        outcome.want(said, f"<= {BEND:g}", f"{bend:.2f}", bend <= BEND)
    claim = f"peak memory of detection in {SIZES[2]:,} transfers, bytes each"
    outcome.want(claim, f"< {BYTES}", f"{largest.each:.0f}", largest.each < BYTES)


def _micros(one: Measured) -> float:
    """Microseconds of features and searches for each transfer."""
    return (float(one.said["scored"]) + one.search) / one.size * 1e6


def run(outcome: Outcome) -> None:
    """Measures features and searches of made ledgers."""
    with tempfile.TemporaryDirectory() as folder:
        parts: dict[str, Callable[[], None]] = {
            "beside the peer": partial(beside_peer, outcome, Path(folder)),
            "growth": partial(growth, outcome),
        }
        for title, part in parts.items():
            try:
                part()
            except Skip as reason:
                outcome.table(title, ("", "skipped because"), [(title, str(reason))])


if __name__ == "__main__":
    main("ledger_speed", run)
