"""One measurement of the ledger engines in a process of its own: seconds and peak memory as JSON.

    python -m bench.ledger_run world 2000000 --features --search --threads 2

`bench.ledger_speed` calls it. The kernels are compiled on a small ledger before the clock starts.
"""

from __future__ import annotations

import argparse
import gc
import json
import resource
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from bench import ledger_made
from taawun.detection import score
from taawun.detection.catalogue import shipped
from taawun.detection.engine import search
from taawun.detection.features import features
from taawun.ledger.network import Network

STATUS = Path("/proc/self/status")
WARM = 5_000
PER_UNIT = 1 if sys.platform == "darwin" else 1_024


def peak() -> int:
    """The most memory that this process has held, in bytes, since `forget_peak` where it can be."""
    if STATUS.exists():
        lines = (line.split() for line in STATUS.read_text("ascii", "replace").splitlines())
        return next(int(line[1]) * 1_024 for line in lines if line[:1] == ["VmHWM:"])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * PER_UNIT


def forget_peak() -> None:
    """What making the ledger took is not what searching it takes. Linux only; else all counts."""
    try:
        Path("/proc/self/clear_refs").write_text("5", "ascii")
    except OSError:
        return


def timed(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def searched(network: Network, threads: int) -> dict[str, float]:
    """Seconds of the search of each live definition; one that needs seeds gets every thousandth."""
    seeds = np.arange(0, network.accounts, 1_000, dtype=np.int32)
    return {
        each.code: timed(partial(search, network, only=(each.code,), threads=threads, seeds=seeds))
        for each in shipped().live()
    }


def save_edges(network: Network, path: str) -> None:
    """The ledger as the peer reads it: number, source, target, seconds, amount in major units."""
    columns = (np.arange(network.size), network.source, network.target, network.at)
    np.save(path, np.column_stack([*columns, network.value / 100]).astype(np.float64))


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m bench.ledger_run")
    asked.add_argument("kind", choices=("world", "hub"))
    asked.add_argument("size", type=int)
    asked.add_argument("--features", type=int, default=0, help="how often, all of them")
    asked.add_argument("--scored", action="store_true", help="those that the score looks at")
    asked.add_argument("--search", action="store_true")
    asked.add_argument("--threads", type=int, default=2)
    asked.add_argument("--edges", default="", help="also write the ledger here")
    given = asked.parse_args()
    make = getattr(ledger_made, given.kind)
    small = make(WARM)
    features(small, given.threads)
    searched(small, given.threads)
    network = make(given.size)
    answer: dict[str, Any] = {"made": peak()}
    if given.edges:
        save_edges(network, given.edges)
    gc.collect()
    forget_peak()
    answer["held"] = peak()
    if given.features:
        times = [timed(lambda: features(network, given.threads)) for _ in range(given.features)]
        answer |= {"features": statistics.median(times), "columns": len(features(small).names)}
    if given.scored:
        answer["scored"] = timed(lambda: features(network, given.threads, wanted=score.COLUMNS))
    if given.search:
        answer["search"] = searched(network, given.threads)
    json.dump(answer | {"peak": peak()}, sys.stdout)


if __name__ == "__main__":
    main()
