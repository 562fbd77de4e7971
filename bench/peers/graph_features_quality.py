"""LightGBM on raw columns, and on the features of IBM's GraphFeaturePreprocessor (snapml).

Reads `{"ledger": path, "learn": n, "judge": m}` on stdin; the path is of a NumPy archive with
`at` (seconds from the start, ascending), `source`, `target`, `source_bank`, `target_bank`,
`amount`, `label`. Learns from the first n transfers, chooses its settings on those from n to m by
average precision, and writes `{"versions", "raw", "graph"}`: for both the scores of all transfers
from n on, the setting that was chosen, how many columns, and seconds.

Windows are of a month, as laundering in these ledgers takes weeks; the published ones (AMLworld)
are of a day. Imports nothing of Taawun, and nothing of its environment.
"""

from __future__ import annotations

import json
import sys
import time
from importlib.metadata import version
from typing import Any

import numpy as np

DAY = 86_400
MONTH = 30 * DAY
BINS = [2, 3, 4, 5, 6, 8, 10, 15]
BATCHES = (128, 2048)
"""Transfers handed over at a time: patterns are looked for among those that came before too."""
PATTERNS = ("fan", "degree", "scatter-gather", "temp-cycle")
SETTINGS: tuple[dict[str, float], ...] = (
    {"learning_rate": 0.03, "num_leaves": 31, "scale_pos_weight": 1.0},
    {"learning_rate": 0.03, "num_leaves": 31, "scale_pos_weight": 10.0},
    {"learning_rate": 0.03, "num_leaves": 15, "scale_pos_weight": 1.0},
)
ROUNDS = (100, 300, 600)


def main() -> None:
    asked = json.load(sys.stdin)
    with np.load(asked["ledger"]) as archive:
        ledger = {name: archive[name] for name in archive.files}
    learn, judge = asked["learn"], asked["judge"]
    plain = raw(ledger)
    both = [(0, plain)]
    answer = {
        "versions": {name: version(name) for name in ("lightgbm", "snapml")},
        "raw": chosen(both, ledger["label"], learn, judge),
    }
    began = time.perf_counter()
    tables = [(batch, np.hstack([plain, graph(ledger, batch)])) for batch in BATCHES]
    seconds = (time.perf_counter() - began) / len(BATCHES)
    answer["graph"] = chosen(tables, ledger["label"], learn, judge) | {"features": seconds}
    json.dump(answer, sys.stdout)


def raw(ledger: dict[str, Any]) -> Any:
    """The columns as they stand (n, 8): who, between which banks, how much, when."""
    at = ledger["at"]
    names = ("source", "target", "source_bank", "target_bank", "amount")
    when = [at // DAY, at % DAY, at // DAY % 7]
    return np.column_stack([*(ledger[name] for name in names), *when]).astype(np.float64)


def graph(ledger: dict[str, Any], batch: int) -> Any:
    """What the preprocessor makes of each transfer (n, k)."""
    from snapml import GraphFeaturePreprocessor

    edges = np.column_stack(
        [np.arange(len(ledger["at"])), *(ledger[n] for n in ("source", "target", "at", "amount"))]
    ).astype(np.float64)
    edges = np.ascontiguousarray(edges)
    made = GraphFeaturePreprocessor()
    made.set_params(parameters())
    parts = [made.transform(edges[low : low + batch]) for low in range(0, len(edges), batch)]
    return np.vstack(parts)[:, edges.shape[1] :]


def parameters() -> dict[str, Any]:
    """All patterns but simple cycles (which explode within a month), and all vertex statistics."""
    told: dict[str, Any] = {"num_threads": 2, "time_window": MONTH, "lc-cycle": False}
    told |= {"vertex_stats": True, "vertex_stats_tw": MONTH, "vertex_stats_cols": [3, 4]}
    told["vertex_stats_feats"] = list(range(11))
    for name in PATTERNS:
        told |= {name: True, f"{name}_tw": MONTH, f"{name}_bins": BINS}
    return told


def chosen(tables: list[tuple[int, Any]], label: Any, learn: int, judge: int) -> dict[str, Any]:
    """The best of all settings on the middle part, and its scores from there on."""
    began, best, kept = time.perf_counter(), -1.0, {}
    for batch, table in tables:
        for setting in SETTINGS:
            model = fitted(table[:learn], label[:learn], setting)
            for rounds in ROUNDS:
                scores = model.predict(table[learn:], num_iteration=rounds)
                found = average_precision(label[learn:judge], scores[: judge - learn])
                if found > best:
                    best = found
                    told = {**setting, "rounds": rounds, **({"batch": batch} if batch else {})}
                    kept = {"scores": scores.tolist(), "setting": told, "columns": table.shape[1]}
    return kept | {"seconds": time.perf_counter() - began}


def fitted(table: Any, label: Any, setting: dict[str, float]) -> Any:
    """A LightGBM model with the most rounds."""
    import lightgbm

    fixed = {"objective": "binary", "verbosity": -1, "num_threads": 1, "seed": 1}
    data = lightgbm.Dataset(table, label=label, params={"verbosity": -1})
    return lightgbm.train({**fixed, **setting}, data, num_boost_round=max(ROUNDS))


def average_precision(label: Any, score: Any) -> float:
    """The mean, over the cases, of the precision at each; the order of equal scores is kept."""
    hits = label[np.argsort(-score, kind="stable")] == 1
    found = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    return float(found[hits].mean()) if hits.any() else 0.0


if __name__ == "__main__":
    main()
