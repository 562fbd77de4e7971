"""Gather-scatter compiled: linear in each account's transfers, both directions walked once."""

from __future__ import annotations

import numpy as np

from taawun.detection.compiled.canonical import Part, assembled
from taawun.detection.compiled.ranges import shared
from taawun.detection.compiled.windows import (
    best_ahead,
    best_behind,
    local_best,
    longest_of,
    others,
)
from taawun.detection.finding import NOBODY, Found
from taawun.detection.parameters import Parameters
from taawun.jit import I32, I64, kernel
from taawun.ledger.network import Network


def gather_scatter(network: Network, p: Parameters, threads: int = 1) -> Found:
    """Many pay one who pays many: the findings of `reference.gather_scatter`."""

    def work(low: int, high: int) -> Part:
        return _places(
            network.at, network.value, network.source, network.target, network.into_start,
            network.into, network.out_start, network.out, low, high, p["window"],
            p["counterparties"],
        )  # fmt: skip

    return assembled("gather_scatter", shared(work, _both(network), threads), 4)


def gather_scatter_per_transfer(network: Network, window: int, threads: int = 1) -> tuple[I32, I32]:
    """For every transfer (n) the best place that it lies in: the fewer of its two sides.

    First as what its target gathers, then as what its source scatters.
    """
    gathered = np.zeros(network.size, np.int32)
    scattered = np.zeros(network.size, np.int32)

    def work(low: int, high: int) -> None:
        _most(
            network.at, network.source, network.target, network.into_start, network.into,
            network.out_start, network.out, low, high, window, gathered, scattered,
        )  # fmt: skip

    shared(work, _both(network), threads)
    return gathered, scattered


def _both(network: Network) -> I64:
    return network.into_start + network.out_start


@kernel
def _pivots(at: I64, came: I32, went: I32, times: I64) -> int:
    """The different times of both sides, in order, into `times`: how many."""
    count = 0
    i = 0
    j = 0
    while i < len(came) or j < len(went):
        if j >= len(went) or (i < len(came) and at[came[i]] <= at[went[j]]):
            time = at[came[i]]
            i += 1
        else:
            time = at[went[j]]
            j += 1
        if count == 0 or times[count - 1] != time:
            times[count] = time
            count += 1
    return count


@kernel
def _around(
    at: I64, party: I32, own: I32, times: I64, behind: int, ahead: int, seen: I32, distinct: I64
) -> None:
    """Different counterparties from `behind` before each time to `ahead` after it.

    `seen` (m) is all zeros, before and after.
    """
    low = 0
    high = 0
    count = 0
    for place in range(len(times)):
        while high < len(own) and at[own[high]] <= times[place] + ahead:
            count += seen[party[own[high]]] == 0
            seen[party[own[high]]] += 1
            high += 1
        while low < high and at[own[low]] < times[place] - behind:
            seen[party[own[low]]] -= 1
            count -= seen[party[own[low]]] == 0
            low += 1
        distinct[place] = count
    for place in range(low, high):
        seen[party[own[place]]] = 0


@kernel
def _places(
    at: I64, value: I64, source: I32, target: I32, into_start: I64, into: I32, out_start: I64,
    out: I32, low: int, high: int, window: int, least: int,
) -> Part:  # fmt: skip
    came = np.empty(longest_of(into_start, low, high), np.int32)
    went = np.empty(longest_of(out_start, low, high), np.int32)
    size = len(came) + len(went)
    times = np.empty(size, np.int64)
    sources = np.empty(size, np.int64)
    targets = np.empty(size, np.int64)
    scores = np.empty(size, np.int64)
    best = np.empty(size, np.int64)
    seen = np.zeros(len(out_start), np.int32)
    most = into_start[high] - into_start[low] + out_start[high] - out_start[low]
    few = most // (2 * least) + 1  # windows of one account share no transfer
    centre = np.empty(few, np.int32)
    length = np.empty(few, np.int64)
    measures = np.empty((few, 4), np.int64)
    transfers = np.empty(most, np.int32)
    found = 0
    written = 0
    for account in range(low, high):
        if (
            into_start[account + 1] - into_start[account] < least
            or out_start[account + 1] - out_start[account] < least
        ):
            continue
        ins = others(account, source, into_start, into, came)
        outs = others(account, target, out_start, out, went)
        pivots = _pivots(at, came[:ins], went[:outs], times)
        _around(at, source, came[:ins], times[:pivots], window, 0, seen, sources)
        _around(at, target, went[:outs], times[:pivots], 0, window, seen, targets)
        for each in range(pivots):
            fewer = min(sources[each], targets[each])
            enough = fewer >= least
            scores[each] = (fewer << 32) + sources[each] + targets[each] if enough else 0
        kept = local_best(times[:pivots], scores[:pivots], window, best)
        i = 0
        j = 0
        for each in best[:kept]:
            begun = written
            gathered = np.int64(0)
            scattered = np.int64(0)
            while i < ins and at[came[i]] < times[each] - window:
                i += 1
            while j < outs and at[went[j]] < times[each]:
                j += 1
            # Both sides by position: the earlier of the next two, until both have left the window.
            while True:
                gathers = i < ins and at[came[i]] <= times[each]
                scatters = j < outs and at[went[j]] <= times[each] + window
                if gathers and (not scatters or came[i] < went[j]):
                    transfers[written] = came[i]
                    gathered += value[came[i]]
                    i += 1
                elif scatters:
                    transfers[written] = went[j]
                    scattered += value[went[j]]
                    j += 1
                else:
                    break
                written += 1
            centre[found] = account
            length[found] = written - begun
            measures[found, 0] = sources[each]
            measures[found, 1] = targets[each]
            measures[found, 2] = gathered
            measures[found, 3] = scattered
            found += 1
    nobody = np.full(found, NOBODY, np.int32)
    return (
        centre[:found].copy(), nobody, length[:found].copy(), transfers[:written].copy(),
        measures[:found].copy(),
    )  # fmt: skip


@kernel
def _most(
    at: I64, source: I32, target: I32, into_start: I64, into: I32, out_start: I64, out: I32,
    low: int, high: int, window: int, gathered: I32, scattered: I32,
) -> None:  # fmt: skip
    came = np.empty(longest_of(into_start, low, high), np.int32)
    went = np.empty(longest_of(out_start, low, high), np.int32)
    size = len(came) + len(went)
    times = np.empty(size, np.int64)
    sources = np.empty(size, np.int64)
    targets = np.empty(size, np.int64)
    best = np.empty(size, np.int32)
    seen = np.zeros(len(out_start), np.int32)
    for account in range(low, high):
        ins = others(account, source, into_start, into, came)
        outs = others(account, target, out_start, out, went)
        if ins == 0 or outs == 0:
            continue
        pivots = _pivots(at, came[:ins], went[:outs], times)
        _around(at, source, came[:ins], times[:pivots], window, 0, seen, sources)
        _around(at, target, went[:outs], times[:pivots], 0, window, seen, targets)
        for each in range(pivots):
            sources[each] = min(sources[each], targets[each])
        best_ahead(times[:pivots], sources[:pivots], window, best)
        _spread(at, came[:ins], times[:pivots], best, gathered)
        best_behind(times[:pivots], sources[:pivots], window, best)
        _spread(at, went[:outs], times[:pivots], best, scattered)


@kernel
def _spread(at: I64, own: I32, times: I64, best: I32, into: I32) -> None:
    """The number of each time, given to the transfers of that time."""
    place = 0
    for each in own:
        while times[place] < at[each]:
            place += 1
        into[each] = best[place]
