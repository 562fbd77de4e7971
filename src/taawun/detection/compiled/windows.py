"""Windows of one account in linear time: which are the local best, and the best around a place."""

from __future__ import annotations

import numpy as np

from taawun.jit import I32, I64, kernel


@kernel
def local_best(times: I64, scores: I64, window: int, best: I64) -> int:
    """Places with no better one within `window`: how many, written into `best` (k).

    `times` (k) ascend and differ; a score of 0 is no candidate. Better is greater, of equal ones
    the earlier. A stack of places that nothing later beat: the nearest better one on either side.
    """
    count = len(times)
    stack = np.empty(count, np.int64)
    beaten = np.zeros(count, np.bool_)
    top = 0
    for place in range(count):
        while top and scores[stack[top - 1]] < scores[place]:
            if times[place] - times[stack[top - 1]] <= window:
                beaten[stack[top - 1]] = True
            top -= 1
        if top and times[place] - times[stack[top - 1]] <= window:
            beaten[place] = True
        stack[top] = place
        top += 1
    kept = 0
    for place in range(count):
        if scores[place] > 0 and not beaten[place]:
            best[kept] = place
            kept += 1
    return kept


@kernel
def best_behind(times: I64, scores: I64, window: int, best: I32) -> None:
    """For every place the greatest score of places at most `window` before it, itself included."""
    queue = np.empty(len(times), np.int64)
    head = 0
    tail = 0
    for place in range(len(times)):
        while tail > head and scores[queue[tail - 1]] <= scores[place]:
            tail -= 1
        queue[tail] = place
        tail += 1
        while times[queue[head]] < times[place] - window:
            head += 1
        best[place] = scores[queue[head]]


@kernel
def best_ahead(times: I64, scores: I64, window: int, best: I32) -> None:
    """For every place the greatest score of places at most `window` after it, itself included."""
    queue = np.empty(len(times), np.int64)
    head = 0
    tail = 0
    for place in range(len(times) - 1, -1, -1):
        while tail > head and scores[queue[tail - 1]] <= scores[place]:
            tail -= 1
        queue[tail] = place
        tail += 1
        while times[queue[head]] > times[place] + window:
            head += 1
        best[place] = scores[queue[head]]


@kernel
def others(account: int, party: I32, start: I64, order: I32, own: I32) -> int:
    """The account's transfers that are not to itself, into `own`: how many."""
    count = 0
    for place in range(start[account], start[account + 1]):
        if party[order[place]] != account:
            own[count] = order[place]
            count += 1
    return count


@kernel
def longest_of(start: I64, low: int, high: int) -> int:
    """The most transfers that an account of a range has."""
    longest = 0
    for account in range(low, high):
        longest = max(longest, start[account + 1] - start[account])
    return longest
