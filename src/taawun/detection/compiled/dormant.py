"""Dormant accounts compiled: one pass over each account's transfers."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numpy as np

from taawun.detection.compiled.both import Both, both, longest, merged, starts
from taawun.detection.compiled.canonical import Part, assembled
from taawun.detection.compiled.ranges import shared
from taawun.detection.compiled.windows import local_best
from taawun.detection.finding import NOBODY, Found
from taawun.detection.parameters import Parameters
from taawun.jit import I32, I64, kernel
from taawun.ledger.network import Network

HOUR = 3_600


class _Told(NamedTuple):
    silence: int
    past: int
    before: int
    window: int
    transfers: int
    total: int
    times: int


def dormant(network: Network, p: Parameters, threads: int = 1) -> Found:
    """The findings of `reference.dormant.dormant`."""
    told = _Told(
        p["silence"], p["past"], max(1, p["before"]), p["window"], p["transfers"], p["total"],
        max(1, p["times"]),
    )  # fmt: skip
    work = partial(_woken, both(network), told)
    return assembled("dormant", shared(work, starts(network), threads), 4)


@kernel
def _windows(b: Both, t: _Told, own: I32, spans: I64, sums: I64) -> int:
    """Busy windows after a silence: how many.

    `spans`: the place where each opens, the place after its last; `sums`: how long it was silent,
    the value, what was usual.
    """
    windows = tail = end = 0
    moved = value = 0
    for place in range(len(own)):
        opens = b.at[own[place]]
        while end < len(own) and b.at[own[end]] <= opens + t.window:
            value += b.value[own[end]]
            end += 1
        while b.at[own[tail]] < opens - t.past:
            moved -= b.value[own[tail]]
            tail += 1
        silent = opens - b.at[own[place - 1]] if place > tail else 0
        if silent > t.silence and place - tail >= t.before:
            usual = moved // max(1, (t.past - t.silence) // HOUR) * (t.window // HOUR)
            if end - place >= t.transfers and value >= t.total and value // t.times >= usual:
                spans[windows] = place, end
                sums[windows] = silent, value, usual
                windows += 1
        value -= b.value[own[place]]
        moved += b.value[own[place]]
    return windows


@kernel
def _woken(b: Both, t: _Told, low: int, high: int) -> Part:
    most = longest(b, low, high)
    own = np.empty(most, np.int32)
    spans = np.empty((most, 2), np.int64)
    sums = np.empty((most, 3), np.int64)
    times, scores, best = np.empty((3, most), np.int64)
    size = b.out_start[high] - b.out_start[low] + b.into_start[high] - b.into_start[low]
    centre, length = np.empty(size, np.int32), np.empty(size, np.int64)
    measures, transfers = np.empty((size, 4), np.int64), np.empty(size, np.int32)
    found = written = 0
    for account in range(low, high):
        count = merged(b, account, own)
        windows = _windows(b, t, own[:count], spans, sums)
        for each in range(windows):
            times[each] = b.at[own[spans[each, 0]]]
            scores[each] = 1 + sums[each, 1]
        kept = local_best(times[:windows], scores[:windows], t.window, best)
        for each in best[:kept]:
            opens, end = spans[each]
            centre[found] = account
            length[found] = end - opens
            measures[found] = sums[each, 0], end - opens, sums[each, 1], sums[each, 2]
            transfers[written : written + end - opens] = own[opens:end]
            written += end - opens
            found += 1
    nobody = np.full(found, NOBODY, np.int32)
    return (
        centre[:found].copy(), nobody, length[:found].copy(), transfers[:written].copy(),
        measures[:found].copy(),
    )  # fmt: skip
