"""snapml's GraphFeaturePreprocessor over a ledger, with its published AMLworld parameters.

Reads `{"edges": path of an .npy (n, 5) of id, source, target, seconds, amount, "threads": k,
"seconds": s}` on stdin and writes `{"version", "features", "done", "seconds"}`: it is fed in
batches in order of time until the ledger or the seconds are at an end. Imports nothing of Taawun.

The parameters are those of Altman et al., Realistic Synthetic Financial Transactions for
Anti-Money Laundering Models (2023), appendix on the preprocessor: scatter-gather within six hours,
everything else within a day, cycles of at most ten hops, statistics of time and amount.
"""

from __future__ import annotations

import json
import sys
import time
from importlib.metadata import version
from typing import Any

import numpy as np

BATCH = 2_048
HOUR, DAY = 3_600, 86_400
BINS = [2, 3]
PUBLISHED: dict[str, Any] = {
    "time_window": DAY,
    "vertex_stats": True,
    "vertex_stats_tw": DAY,
    "vertex_stats_cols": [3, 4],
    "vertex_stats_feats": [0, 1, 2, 3, 4, 8, 9, 10],
    "fan": True,
    "fan_tw": DAY,
    "fan_bins": BINS,
    "degree": True,
    "degree_tw": DAY,
    "degree_bins": BINS,
    "scatter-gather": True,
    "scatter-gather_tw": 6 * HOUR,
    "scatter-gather_bins": BINS,
    "temp-cycle": True,
    "temp-cycle_tw": DAY,
    "temp-cycle_bins": BINS,
    "lc-cycle": True,
    "lc-cycle_tw": DAY,
    "lc-cycle_len": 10,
    "lc-cycle_bins": [2, 3, 4, 5, 6, 7, 8, 9, 10],
}


def main() -> None:
    from snapml import GraphFeaturePreprocessor

    asked = json.load(sys.stdin)
    edges = np.load(asked["edges"])
    peer = GraphFeaturePreprocessor()
    peer.set_params({**PUBLISHED, "num_threads": asked["threads"]})
    began = time.perf_counter()
    width = done = 0
    while done < len(edges) and time.perf_counter() - began < asked["seconds"]:
        batch = edges[done : done + BATCH]
        found = (peer.transform if done else peer.fit_transform)(batch)
        width = found.shape[1] - edges.shape[1]
        done += len(batch)
    took = time.perf_counter() - began
    answer = {"version": version("snapml"), "features": width, "done": done, "seconds": took}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
