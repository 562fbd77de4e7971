"""Places that share transfers: which of them are the findings (`reference.windows.best_of`)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from taawun.detection.finding import Found
from taawun.jit import I32, I64, kernel

Bools = npt.NDArray[np.bool_]


def largest(found: Found, measure: int, transfers: int) -> I32:
    """For every transfer (n) the largest value of a measure among the findings that it is in; 0."""
    most = np.zeros(transfers, np.int32)
    _largest(found.start, found.transfers, found.measures[:, measure], most)
    return most


@kernel
def _largest(start: I64, transfers: I32, measure: I64, most: I32) -> None:
    for each in range(len(measure)):
        for place in range(start[each], start[each + 1]):
            most[transfers[place]] = max(most[transfers[place]], measure[each])


@kernel
def best_of(first: I64, second: I64, start: I64, walk: I32, size: int) -> Bools:
    """Which of f places are the best one of more than half of their transfers (f).

    A place's rank is `first`, `second`, then its own of `walk` (`start`, f + 1), which are its
    transfers, in any order of its own. The least is best; of places of one rank the first stays.
    """
    best = np.full(size, -1, np.int32)
    for each in range(len(first)):
        for place in range(start[each], start[each + 1]):
            rival = best[walk[place]]
            if rival < 0 or _better(each, rival, first, second, start, walk):
                best[walk[place]] = each
    kept = np.zeros(len(first), np.bool_)
    for each in range(len(first)):
        own = 0
        for place in range(start[each], start[each + 1]):
            own += best[walk[place]] == each
        kept[each] = 2 * own > start[each + 1] - start[each]
    return kept


@kernel
def _better(a: int, b: int, first: I64, second: I64, start: I64, walk: I32) -> bool:
    if first[a] != first[b]:
        return bool(first[a] < first[b])
    if second[a] != second[b]:
        return bool(second[a] < second[b])
    i, j = start[a], start[b]
    while i < start[a + 1] and j < start[b + 1]:
        if walk[i] != walk[j]:
            return bool(walk[i] < walk[j])
        i += 1
        j += 1
    return bool(i == start[a + 1] and j < start[b + 1])
