"""How a ranking is judged: average precision, the best F1, precision at the top, calibration.

All of them take the truth (n, 0 or 1) and scores (n) as arrays. Equal scores are one step: nothing
is gained by the order in which they happen to lie.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Truth = npt.NDArray[np.bool_]
Scores = npt.NDArray[np.floating]
Counts = npt.NDArray[np.int64]
BOUNDS = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1.0)


@dataclass(frozen=True, slots=True)
class Steps:
    """From the highest score down, one step for each score that there is.

    `score`, `looked` (how many are at or above it), `hits` (how many of these are cases).
    """

    score: Scores
    looked: Counts
    hits: Counts
    cases: int

    @property
    def precision(self) -> Scores:
        return self.hits / self.looked

    @property
    def recall(self) -> Scores:
        return self.hits / max(self.cases, 1)

    @property
    def f1(self) -> Scores:
        return 2 * self.hits / (self.looked + self.cases)


def steps(truth: Truth, scores: Scores) -> Steps:
    """The steps of a ranking."""
    order = np.argsort(-scores, kind="stable")
    ranked = scores[order]
    ends = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], np.ones(min(len(ranked), 1), bool)))
    hits = np.cumsum(truth[order], dtype=np.int64)
    return Steps(ranked[ends], ends + 1, hits[ends], int(truth.sum()))


def average_precision(truth: Truth, scores: Scores) -> float:
    """The precision at every step, weighted by the recall that the step gains."""
    down = steps(truth, scores)
    if not down.cases:
        return 0.0
    gained = np.diff(down.hits, prepend=0)
    return float((gained * down.precision).sum() / down.cases)


def best_threshold(truth: Truth, scores: Scores) -> float:
    """The score from which on calling everything a case has the best F1."""
    down = steps(truth, scores)
    return float(down.score[int(np.argmax(down.f1))])


def f1_at(truth: Truth, scores: Scores, threshold: float) -> float:
    """F1 of calling everything from the threshold on a case."""
    called = scores >= threshold
    both = int(truth.sum() + called.sum())
    return 2 * int((truth & called).sum()) / both if both else 0.0


def recall_at(truth: Truth, scores: Scores, precision: float) -> float:
    """The highest recall that a threshold reaches with at least this precision."""
    down = steps(truth, scores)
    good = down.precision >= precision
    return float(down.recall[good].max()) if good.any() else 0.0


def among_first(truth: Truth, scores: Scores, first: int) -> tuple[float, float]:
    """Precision and recall of the first so many; what is equal at the edge counts by its share."""
    down = steps(truth, scores)
    if not len(down.looked) or first <= 0:
        return 0.0, 0.0
    first = min(first, int(down.looked[-1]))
    hits = float(np.interp(first, np.append(0, down.looked), np.append(0, down.hits)))
    return hits / first, hits / max(down.cases, 1)


def calibration(
    truth: Truth, scores: Scores, bounds: Sequence[float] = BOUNDS
) -> list[tuple[str, int, float, float]]:
    """Between two bounds each: how many, the mean of what was predicted, the share of cases."""
    table = []
    for low, high in pairwise(bounds):
        inside = (scores >= low) & ((scores < high) | (high == bounds[-1]))
        count = int(inside.sum())
        means = (float(scores[inside].mean()), float(truth[inside].mean())) if count else (0.0, 0.0)
        table.append((f"{low:g} to {high:g}", count, *means))
    return table
