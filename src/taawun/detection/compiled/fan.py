"""Fan-in and fan-out compiled: one pass over each account's transfers, linear, hubs included."""

from __future__ import annotations

import numpy as np

from taawun.detection.compiled.canonical import Part, assembled
from taawun.detection.compiled.ranges import shared
from taawun.detection.compiled.windows import best_behind, local_best, longest_of, others
from taawun.detection.finding import NOBODY, Found
from taawun.detection.parameters import Parameters
from taawun.jit import I32, I64, kernel
from taawun.ledger.network import Network


def fan_in(network: Network, p: Parameters, threads: int = 1) -> Found:
    """Many pay one: the findings of `reference.fan.fan_in`."""
    return _fan("fan_in", network, p, threads, network.source, network.into_start, network.into)


def fan_out(network: Network, p: Parameters, threads: int = 1) -> Found:
    """One pays many: the findings of `reference.fan.fan_out`."""
    return _fan("fan_out", network, p, threads, network.target, network.out_start, network.out)


def fan_in_per_transfer(network: Network, window: int, threads: int = 1) -> I32:
    """For every transfer (n) the most sources in any window of its target that it lies in."""
    return widest(network.at, network.source, network.into_start, network.into, window, threads)


def fan_out_per_transfer(network: Network, window: int, threads: int = 1) -> I32:
    """For every transfer (n) the most targets in any window of its source that it lies in."""
    return widest(network.at, network.target, network.out_start, network.out, window, threads)


def _fan(
    code: str, network: Network, p: Parameters, threads: int, party: I32, start: I64, order: I32
) -> Found:
    def work(low: int, high: int) -> Part:
        return _fans(
            network.at, network.value, party, start, order, low, high,
            p["window"], p["counterparties"], p["total"],
        )  # fmt: skip

    return assembled(code, shared(work, start, threads), 2)


def widest(at: I64, party: I32, start: I64, order: I32, window: int, threads: int) -> I32:
    """For every transfer the most of `party` in a window that it lies in; 0 for those left out.

    `order` may leave transfers out; `start` says where each account's begin in it.
    """
    most = np.zeros(len(at), np.int32)

    def work(low: int, high: int) -> None:
        _most(at, party, start, order, low, high, window, most)

    shared(work, start, threads)
    return most


@kernel
def _count(
    at: I64, party: I32, own: I32, window: int, seen: I32, opens: I64, ends: I64, parties: I64
) -> int:
    """Windows that open at each different time: how many.

    `opens` gets the place in `own` where each begins, `ends` the place after its last, `parties`
    how many counterparties. `seen` (m) is all zeros, before and after.
    """
    windows = 0
    end = 0
    distinct = 0
    for place in range(len(own)):
        time = at[own[place]]
        if place == 0 or at[own[place - 1]] != time:
            while end < len(own) and at[own[end]] <= time + window:
                distinct += seen[party[own[end]]] == 0
                seen[party[own[end]]] += 1
                end += 1
            opens[windows] = place
            ends[windows] = end
            parties[windows] = distinct
            windows += 1
        seen[party[own[place]]] -= 1
        distinct -= seen[party[own[place]]] == 0
    return windows


@kernel
def _fans(
    at: I64, value: I64, party: I32, start: I64, order: I32, low: int, high: int,
    window: int, least: int, total: int,
) -> Part:  # fmt: skip
    """The findings of accounts low … high - 1."""
    longest = longest_of(start, low, high)
    seen = np.zeros(len(start), np.int32)
    own = np.empty(longest, np.int32)
    opens = np.empty(longest, np.int64)
    ends = np.empty(longest, np.int64)
    parties = np.empty(longest, np.int64)
    times = np.empty(longest, np.int64)
    best = np.empty(longest, np.int64)
    few = (start[high] - start[low]) // least + 1  # findings of one account share no transfer
    centre = np.empty(few, np.int32)
    length = np.empty(few, np.int64)
    measures = np.empty((few, 2), np.int64)
    transfers = np.empty(start[high] - start[low], np.int32)
    found = 0
    written = 0
    for account in range(low, high):
        if start[account + 1] - start[account] < least:
            continue
        count = others(account, party, start, order, own)
        windows = _count(at, party, own[:count], window, seen, opens, ends, parties)
        moved = np.int64(0)
        done = 0
        for each in range(windows):
            times[each] = at[own[opens[each]]]
            if total > 0:
                for place in range(opens[each - 1] if each else 0, opens[each]):
                    moved -= value[own[place]]
                for place in range(done, ends[each]):
                    moved += value[own[place]]
                done = ends[each]
            if parties[each] < least or (total > 0 and moved < total):
                parties[each] = 0
        kept = local_best(times[:windows], parties[:windows], window, best)
        for each in best[:kept]:
            centre[found] = account
            length[found] = ends[each] - opens[each]
            moved = np.int64(0)
            for place in range(opens[each], ends[each]):
                transfers[written] = own[place]
                moved += value[own[place]]
                written += 1
            measures[found, 0] = parties[each]
            measures[found, 1] = moved
            found += 1
    nobody = np.full(found, NOBODY, np.int32)
    return (
        centre[:found].copy(), nobody, length[:found].copy(), transfers[:written].copy(),
        measures[:found].copy(),
    )  # fmt: skip


@kernel
def _most(
    at: I64, party: I32, start: I64, order: I32, low: int, high: int, window: int, most: I32
) -> None:
    longest = longest_of(start, low, high)
    seen = np.zeros(len(start), np.int32)
    own = np.empty(longest, np.int32)
    opens = np.empty(longest, np.int64)
    ends = np.empty(longest, np.int64)
    parties = np.empty(longest, np.int64)
    times = np.empty(longest, np.int64)
    best = np.empty(longest, np.int32)
    for account in range(low, high):
        count = others(account, party, start, order, own)
        windows = _count(at, party, own[:count], window, seen, opens, ends, parties)
        for each in range(windows):
            times[each] = at[own[opens[each]]]
        best_behind(times[:windows], parties[:windows], window, best)
        for each in range(windows):
            following = opens[each + 1] if each + 1 < windows else count
            for place in range(opens[each], following):
                most[own[place]] = best[each]
