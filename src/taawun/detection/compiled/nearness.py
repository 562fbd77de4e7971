"""Nearness to listed or reported accounts, compiled: steps over transfers, linear."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from taawun.detection.compiled.both import Both, both, longest, merged, starts
from taawun.detection.compiled.canonical import Part, assembled
from taawun.detection.compiled.ranges import shared
from taawun.detection.compiled.windows import local_best
from taawun.detection.finding import NOBODY, Found
from taawun.detection.parameters import Parameters
from taawun.detection.reference.nearness import WHOLE
from taawun.jit import I32, I64, U8, kernel
from taawun.ledger.network import Network


class _Told(NamedTuple):
    dwell: int
    degree: int
    window: int
    ties: int
    total: int


def nearness(
    network: Network, p: Parameters, threads: int = 1, seeds: npt.ArrayLike | None = None
) -> Found:
    """The findings of `reference.nearness.nearness`; none without seeds."""
    told = _Told(p["dwell"], p["degree"], p["window"], p["ties"], p["total"])
    listed = np.zeros(network.accounts, np.uint8)
    if seeds is not None:
        listed[np.asarray(seeds, np.int64)] = 1
    if not listed.any():
        return assembled("nearness", [], 3)
    b = both(network)
    back, ahead = np.full((2, network.size), -1, np.int32)
    shared(partial(_from_seeds, b, told, listed, back), b.out_start, threads)
    shared(partial(_to_seeds, b, told, listed, ahead), b.into_start, threads)
    work = partial(_tied, b, told, listed, back, ahead)
    return assembled("nearness", shared(work, starts(network), threads), 3)


@kernel
def _within(at: I64, own: I32, first: int, last: int) -> int:
    """How many of `own` lie between two times, both included."""
    count = 0
    for sign, time in ((1, last + 1), (-1, first)):
        low, high = 0, len(own)
        while low < high:
            middle = (low + high) // 2
            if at[own[middle]] < time:
                low = middle + 1
            else:
                high = middle
        count += sign * low
    return count


@kernel
def _others(b: Both, own: I32) -> I32:
    """Those that are not to oneself."""
    kept = np.empty(len(own), np.int32)
    count = 0
    for each in own:
        if b.source[each] != b.target[each]:
            kept[count] = each
            count += 1
    return kept[:count]


@kernel
def _links(own: I32, party: I32, listed: U8) -> I32:
    """Those of `own` whose party is a seed."""
    kept = np.empty(len(own), np.int32)
    count = 0
    for each in own:
        if listed[party[each]]:
            kept[count] = each
            count += 1
    return kept[:count]


@kernel
def _from_seeds(b: Both, t: _Told, listed: U8, back: I32, low: int, high: int) -> None:
    """For transfers out of low … high - 1, what a seed paid their payer last, in `back`."""
    for account in range(low, high):
        if listed[account]:
            continue
        links = _links(b.into[b.into_start[account] : b.into_start[account + 1]], b.source, listed)
        if not len(links):
            continue
        own = _others(b, b.out[b.out_start[account] : b.out_start[account + 1]])
        last = -1
        for each in own:
            now = b.at[each]
            while last + 1 < len(links) and b.at[links[last + 1]] <= now:
                last += 1
            first = last
            while first > 0 and b.at[links[first - 1]] == b.at[links[first]]:
                first -= 1
            if last < 0 or now - b.at[links[first]] > t.dwell:
                continue
            start = b.at[links[first]]
            if _within(b.at, own, start, start + t.dwell) <= t.degree:
                back[each] = links[first]


@kernel
def _to_seeds(b: Both, t: _Told, listed: U8, ahead: I32, low: int, high: int) -> None:
    """For transfers into low … high - 1, what their payee pays a seed next, in `ahead`."""
    for account in range(low, high):
        if listed[account]:
            continue
        links = _links(b.out[b.out_start[account] : b.out_start[account + 1]], b.target, listed)
        if not len(links):
            continue
        own = _others(b, b.into[b.into_start[account] : b.into_start[account + 1]])
        place = 0
        for each in own:
            while place < len(links) and b.at[links[place]] < b.at[each]:
                place += 1
            if place == len(links):
                break
            end = b.at[links[place]]
            if end - b.at[each] > t.dwell:
                continue
            if _within(b.at, own, end - t.dwell, end) <= t.degree:
                ahead[each] = links[place]


@kernel
def _ties(
    b: Both, listed: U8, back: I32, ahead: I32, account: int, own: I32, ties: I32, links: I32
) -> int:
    """The account's ties and what each hangs on: how many."""
    count = 0
    for each in own:
        source, target = b.source[each], b.target[each]
        if listed[source] or listed[target]:
            link = each
        else:
            link = back[each] if target == account else ahead[each]
        if link >= 0:
            ties[count] = each
            links[count] = link
            count += 1
    return count


@kernel
def _tied(b: Both, t: _Told, listed: U8, back: I32, ahead: I32, low: int, high: int) -> Part:
    most = longest(b, low, high)
    own, ties, links = np.empty((3, most), np.int32)
    times, scores, best = np.empty((3, most), np.int64)
    spans, sums = np.empty((most, 2), np.int64), np.empty((most, 2), np.int64)
    size = b.out_start[high] - b.out_start[low] + b.into_start[high] - b.into_start[low]
    centre, length = np.empty(size, np.int32), np.empty(size, np.int64)
    measures, transfers = np.empty((size, 3), np.int64), np.empty(2 * size, np.int32)
    found = written = 0
    for account in range(low, high):
        if listed[account]:
            continue
        count = merged(b, account, own)
        count = _ties(b, listed, back, ahead, account, own[:count], ties, links)
        windows = _windows(b, t, ties[:count], links[:count], times, scores, spans, sums)
        kept = local_best(times[:windows], scores[:windows], t.window, best)
        for each in best[:kept]:
            opens, end = spans[each]
            centre[found] = account
            measures[found] = sums[each, 0], end - opens - sums[each, 0], sums[each, 1]
            length[found] = _together(ties[opens:end], links[opens:end], transfers[written:])
            written += length[found]
            found += 1
    nobody = np.full(found, NOBODY, np.int32)
    return (
        centre[:found].copy(), nobody, length[:found].copy(), transfers[:written].copy(),
        measures[:found].copy(),
    )  # fmt: skip


@kernel
def _windows(
    b: Both, t: _Told, ties: I32, links: I32, times: I64, scores: I64, spans: I64, sums: I64
) -> int:
    """Windows at each different time: how many. `sums`: direct ties, value."""
    windows = end = direct = 0
    value = 0
    for place in range(len(ties)):
        now = b.at[ties[place]]
        if place == 0 or b.at[ties[place - 1]] != now:
            while end < len(ties) and b.at[ties[end]] <= now + t.window:
                direct += ties[end] == links[end]
                value += b.value[ties[end]]
                end += 1
            times[windows] = now
            spans[windows] = place, end
            sums[windows] = direct, value
            good = end - place >= t.ties and value >= t.total
            scores[windows] = 1 + value if good else 0
            windows += 1
        direct -= ties[place] == links[place]
        value -= b.value[ties[place]]
    return windows


@kernel
def _together(ties: I32, links: I32, to: I32) -> int:
    """Ties and what they hang on, each once, ascending, into `to`: how many."""
    both_of = np.concatenate((ties, links))
    both_of.sort()
    count = 0
    for each in both_of:
        if count == 0 or to[count - 1] != each:
            to[count] = each
            count += 1
    return count


def nearness_per_account(
    network: Network, seeds: npt.ArrayLike, hops: int = 3, passed: int = 500, threads: int = 1
) -> I64:
    """For every account (m) what `reference.nearness.nearness_per_account` gives."""
    b = both(network)
    share = starts(network)
    weight = _weights(network.value)
    dealt = np.zeros(network.accounts, np.int64)
    shared(partial(_dealt, b, weight, dealt), share, threads)
    has = np.zeros(network.accounts, np.int64)
    has[np.asarray(seeds, np.int64)] = WHOLE
    total = has.copy()
    for _ in range(hops):
        passing = np.zeros(network.accounts, np.int64)
        shared(partial(_passed, b, weight, dealt, has, passed, passing), share, threads)
        has = passing
        total += has
    return np.minimum(total, WHOLE)


@kernel
def _weights(value: I64) -> U8:
    weight = np.empty(len(value), np.uint8)
    for position in range(len(value)):
        digits = 1
        while value[position] >> (digits - 1) > 0:
            digits += 1
        weight[position] = digits
    return weight


@kernel
def _dealt(b: Both, weight: U8, dealt: I64, low: int, high: int) -> None:
    for account in range(low, high):
        for each in b.out[b.out_start[account] : b.out_start[account + 1]]:
            dealt[account] += weight[each] if b.target[each] != account else 0
        for each in b.into[b.into_start[account] : b.into_start[account + 1]]:
            dealt[account] += weight[each] if b.source[each] != account else 0


@kernel
def _passed(
    b: Both, weight: U8, dealt: I64, has: I64, passed: int, passing: I64, low: int, high: int
) -> None:
    for account in range(low, high):
        for each in b.out[b.out_start[account] : b.out_start[account + 1]]:
            other = b.target[each]
            if other != account and has[other] > 0:
                passing[account] += has[other] * passed // 1_000 * weight[each] // dealt[other]
        for each in b.into[b.into_start[account] : b.into_start[account + 1]]:
            other = b.source[each]
            if other != account and has[other] > 0:
                passing[account] += has[other] * passed // 1_000 * weight[each] // dealt[other]
