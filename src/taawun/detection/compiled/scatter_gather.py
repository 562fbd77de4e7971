"""Scatter-gather compiled: the paths of two transfers from each account, grouped by where they end.

Linear in transfers times `degree`: an account in between has at most so many to go on with.
"""

from __future__ import annotations

import numpy as np

from taawun.detection.compiled.canonical import Part, assembled
from taawun.detection.compiled.fan import fan_in_per_transfer, fan_out_per_transfer
from taawun.detection.compiled.ranges import shared
from taawun.detection.compiled.walks import (
    Walks,
    ascend,
    first_from,
    more_than,
    room,
    room_for_rows,
    walks,
    ways_out,
)
from taawun.detection.compiled.windows import local_best
from taawun.detection.finding import Found
from taawun.detection.parameters import Parameters
from taawun.jit import I32, I64, kernel
from taawun.ledger.network import Network


def scatter_gather(network: Network, p: Parameters, threads: int = 1) -> Found:
    """One pays another through several: the findings of `reference.scatter_gather`."""
    ways = walks(network)
    middles, window = p["middles"], p["window"]
    # First legs are among so many from one account in a window, second ones among so many to one.
    firsts = ways_out(network, fan_out_per_transfer(network, window, threads) >= middles)
    seconds = ways_out(network, fan_in_per_transfer(network, window, threads) >= middles)

    def work(low: int, high: int) -> Part:
        return _pairs(
            network.at, network.value, network.target, ways, firsts, seconds, low, high, window,
            middles, p["degree"],
        )  # fmt: skip

    return assembled("scatter_gather", shared(work, firsts.out_start, threads), 3)


@kernel
def _second_legs(
    between: int, leaves: int, ways: Walks, seconds: Walks, window: int, degree: int
) -> tuple[int, int]:
    """Places in `seconds.out` of transfers that go on from an account; none from a hub."""
    last = seconds.out_start[between + 1]
    low = first_from(seconds.out_at, seconds.out_start[between], last, leaves)
    if low == last or seconds.out_at[low] > leaves + window:
        return 0, 0
    end = ways.out_start[between + 1]
    way = first_from(ways.out_at, ways.out_start[between], end, leaves)
    if more_than(ways.out_at, way, end, leaves + window, degree):
        return 0, 0
    end = ways.into_start[between + 1]
    way = first_from(ways.into_at, ways.into_start[between], end, leaves)
    if more_than(ways.into_at, way, end, leaves + window, degree):
        return 0, 0
    high = low
    while high < last and seconds.out_at[high] <= leaves + window:
        high += 1
    return low, high


@kernel
def _pairs(
    at: I64, value: I64, target: I32, ways: Walks, leaving: Walks, going_on: Walks, low: int,
    high: int, window: int, middles: int, degree: int,
) -> Part:  # fmt: skip
    """The findings that leave from accounts low … high - 1."""
    accounts = len(ways.out_start) - 1
    count = np.zeros(accounts, np.int32)  # paths that end at an account
    place = np.zeros(accounts, np.int64)  # where its paths begin
    seen = np.zeros(accounts, np.int32)
    ends = np.empty(64, np.int32)
    centre = np.empty(64, np.int32)
    other = np.empty(64, np.int32)
    length = np.empty(64, np.int64)
    measures = np.empty((64, 3), np.int64)
    transfers = np.empty(1024, np.int32)
    firsts = np.empty(1024, np.int32)
    seconds = np.empty(1024, np.int32)
    found = 0
    written = 0
    for account in range(low, high):
        begin, end = leaving.out_start[account], leaving.out_start[account + 1]
        if end - begin < middles:
            continue
        reached = 0
        for step in range(begin, end):
            one, last = _second_legs(
                leaving.payee[step], leaving.out_at[step], ways, going_on, window, degree
            )
            for way in range(one, last):
                taker = going_on.payee[way]
                if taker != account:
                    if count[taker] == 0:
                        ends = room(ends, reached + 1)
                        ends[reached] = taker
                        reached += 1
                    count[taker] += 1
        total = 0
        for taker in ends[:reached]:
            if count[taker] < middles:
                place[taker] = -1
            else:
                place[taker] = total
                total += count[taker]
        if total:
            firsts = room(firsts, total)
            seconds = room(seconds, total)
            for step in range(begin, end):
                one, last = _second_legs(
                    leaving.payee[step], leaving.out_at[step], ways, going_on, window, degree
                )
                for way in range(one, last):
                    taker = going_on.payee[way]
                    if taker != account and place[taker] >= 0:
                        firsts[place[taker]] = leaving.out[step]
                        seconds[place[taker]] = going_on.out[way]
                        place[taker] += 1
        for taker in ends[:reached]:
            if place[taker] >= 0:
                own = slice(place[taker] - count[taker], place[taker])
                opens, scores = _scored(at, target, firsts[own], seconds[own], window, seen)
                for each in range(len(scores)):
                    if scores[each] < middles:
                        scores[each] = 0
                best = np.empty(len(opens), np.int64)
                kept = local_best(opens, scores, window, best)
                for each in best[:kept]:
                    legs = _legs(at, firsts[own], seconds[own], opens[each], window)
                    transfers = room(transfers, written + len(legs))
                    transfers[written : written + len(legs)] = legs
                    written += len(legs)
                    centre = room(centre, found + 1)
                    other = room(other, found + 1)
                    length = room(length, found + 1)
                    measures = room_for_rows(measures, found + 1)
                    centre[found] = account
                    other[found] = taker
                    length[found] = len(legs)
                    measures[found, 0] = scores[each]
                    measures[found, 1] = 0
                    measures[found, 2] = 0
                    for leg in legs:
                        measures[found, 2 if target[leg] == taker else 1] += value[leg]
                    found += 1
            count[taker] = 0
    return (
        centre[:found].copy(), other[:found].copy(), length[:found].copy(),
        transfers[:written].copy(), measures[:found].copy(),
    )  # fmt: skip


@kernel
def _scored(
    at: I64, target: I32, firsts: I32, seconds: I32, window: int, seen: I32
) -> tuple[I64, I64]:
    """Windows of the paths of one pair: when they open, and through how many accounts they go.

    `firsts` ascend. A path enters the window when its second leg is in it and leaves it when its
    first is not; it enters before it leaves. `seen` (m) is all zeros, before and after.
    """
    order = np.empty(len(firsts), np.int64)  # paths by their second leg: that, then the path
    for path in range(len(firsts)):
        order[path] = (np.int64(seconds[path]) << 32) + path
    ascend(order)
    opens = np.empty(len(firsts), np.int64)
    scores = np.empty(len(firsts), np.int64)
    windows = 0
    entered = 0
    distinct = 0
    for path in range(len(firsts)):
        time = at[firsts[path]]
        if path == 0 or at[firsts[path - 1]] != time:
            while entered < len(order) and at[order[entered] >> 32] <= time + window:
                between = target[firsts[order[entered] & 0xFFFFFFFF]]
                distinct += seen[between] == 0
                seen[between] += 1
                entered += 1
            opens[windows] = time
            scores[windows] = distinct
            windows += 1
        seen[target[firsts[path]]] -= 1
        distinct -= seen[target[firsts[path]]] == 0
    return opens[:windows], scores[:windows]


@kernel
def _legs(at: I64, firsts: I32, seconds: I32, opens: int, window: int) -> I32:
    """The transfers of the paths in a window, ascending, each once."""
    low = 0
    high = len(firsts)
    while low < high:
        middle = (low + high) >> 1
        if at[firsts[middle]] < opens:
            low = middle + 1
        else:
            high = middle
    while high < len(firsts) and at[firsts[high]] <= opens + window:
        high += 1
    legs = np.empty(2 * (high - low), np.int32)
    count = 0
    for path in range(low, high):
        if at[seconds[path]] <= opens + window:
            legs[count] = firsts[path]
            legs[count + 1] = seconds[path]
            count += 2
    ascend(legs[:count])
    once = 0
    for place in range(count):
        if place == 0 or legs[place] != legs[place - 1]:
            legs[once] = legs[place]
            once += 1
    return legs[:once]
