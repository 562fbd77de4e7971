"""An isolation forest that scikit-learn has grown, walked by many rows at the speed of arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from taawun.detection.compiled.ranges import shared
from taawun.jit import F32, I8, I32, kernel

EULER = 0.5772156649015329
LEAF = -1
ROWS = 65_536
"""So many rows are laid side by side at a time."""


def walked(forest: Any, table: F32, threads: int = 1) -> F32:
    """What `-forest.score_samples(table)` gives, for `table` (n, k) of float32."""
    trees = [tree.tree_ for tree in forest.estimators_]
    start = np.cumsum([0, *(tree.node_count for tree in trees)]).astype(np.int32)
    feature = np.concatenate([tree.feature for tree in trees]).astype(np.int8)
    cut = np.concatenate([tree.threshold for tree in trees]).astype(np.float32)
    left, right, length = (np.empty(start[-1], kind) for kind in (np.int32, np.int32, np.float32))
    for first, tree in zip(start[:-1].tolist(), trees, strict=True):
        own = slice(first, first + tree.node_count)
        left[own] = tree.children_left + first
        right[own] = tree.children_right + first
        length[own] = _lengths(tree)
        feature[own][tree.children_left == LEAF] = LEAF
    scores = np.empty(len(table), np.float32)
    # A single row is set apart by no cut at all.
    usual = float(_average(max(forest.max_samples_, 2)) * len(trees))

    def work(low: int, high: int) -> None:
        for first in range(low, high, ROWS):
            rows = np.ascontiguousarray(table[first : min(first + ROWS, high)], np.float32)
            _walk(rows, start, feature, cut, left, right, length, usual, scores[first:])

    shared(work, np.arange(len(table) + 1), threads)
    return scores


def _lengths(tree: Any) -> F32:
    """How long the way to each node is, counting what would still have to be cut below a leaf."""
    depth = np.zeros(tree.node_count)
    for node in range(tree.node_count):  # parents come before their children
        for child in (tree.children_left[node], tree.children_right[node]):
            if child != LEAF:
                depth[child] = depth[node] + 1
    lengths: F32 = (depth + _average(tree.n_node_samples)).astype(np.float32)
    return lengths


def _average(count: Any) -> Any:
    """The mean length of a search that fails in a tree of `count` rows (Liu, Ting and Zhou)."""
    many = np.maximum(count, 3)
    long = 2 * (np.log(many - 1) + EULER) - 2 * (many - 1) / many
    return np.where(count <= 1, 0.0, np.where(count == 2, 1.0, long))


@kernel
def _walk(
    rows: F32, start: I32, feature: I8, cut: F32, left: I32, right: I32, length: F32,
    usual: float, scores: F32,
) -> None:  # fmt: skip
    for row in range(len(rows)):
        total = np.float32(0)
        for tree in range(len(start) - 1):
            node = start[tree]
            while feature[node] >= 0:
                below = rows[row, feature[node]] <= cut[node]
                node = left[node] if below else right[node]
            total += length[node]
        scores[row] = 2.0 ** (-total / usual)
