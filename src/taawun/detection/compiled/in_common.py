"""Accounts with something in common, compiled: an identifier, or their counterparties."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numpy as np

from taawun.detection import ratio
from taawun.detection.compiled.both import Both, real
from taawun.detection.compiled.canonical import Part, assembled
from taawun.detection.compiled.partners import shared_counterparties
from taawun.detection.compiled.ranges import shared
from taawun.detection.compiled.structuring import holders
from taawun.detection.compiled.windows import local_best
from taawun.detection.finding import Found
from taawun.detection.parameters import Parameters
from taawun.jit import I32, I64, kernel
from taawun.ledger.network import Network, by_account

__all__ = ["shared_counterparties", "shared_identifiers"]

per_mille = kernel(ratio.per_mille)


class _Told(NamedTuple):
    window: int
    members: int
    total: int
    degree: int


class _Deals(NamedTuple):
    """Transfers (n) of groups with accounts outside, by group, outside account, time.

    `group` is of an account (m), `ours` and `outside` of a transfer.
    """

    ours: I32
    outside: I32
    group: I32
    start: I64
    order: I32


def shared_identifiers(network: Network, p: Parameters, threads: int = 1) -> Found:
    """The findings of `reference.in_common.shared_identifiers`."""
    told = _Told(p["window"], p["members"], p["total"], p["degree"])
    group, b = holders(network), real(network)
    parts: list[Part] = []
    for inward in (0, 1):
        deals = _deals(network, group, inward)
        work = partial(_grouped, b, deals, told, inward)
        parts += shared(work, deals.start, threads)
    return assembled("shared_identifiers", parts, 4)


def _deals(network: Network, group: I32, inward: int) -> _Deals:
    ours, outside = (network.target, network.source) if inward else (network.source, network.target)
    chosen = np.flatnonzero((network.shared[ours] > 0) & (group[ours] != group[outside]))
    _, place = by_account(outside[chosen], network.accounts)
    by_outside = chosen[place].astype(np.int32)
    start, place = by_account(group[ours[by_outside]], network.accounts)
    return _Deals(ours, outside, group, start, by_outside[place])


@kernel
def _before(at: I64, own: I32, time: int) -> int:
    """How many of `own` are earlier."""
    low, high = 0, len(own)
    while low < high:
        middle = (low + high) // 2
        if at[own[middle]] < time:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def _busy(b: Both, account: int, opens: int, window: int) -> int:
    """Transfers of the account in a window, in either direction."""
    count = 0
    out = b.out[b.out_start[account] : b.out_start[account + 1]]
    into = b.into[b.into_start[account] : b.into_start[account + 1]]
    for own in (out, into):
        count += _before(b.at, own, opens + window + 1) - _before(b.at, own, opens)
    return count


@kernel
def _as_one(
    b: Both, d: _Deals, t: _Told, own: I32, seen: I32, spans: I64, times: I64, sums: I64
) -> int:
    """Windows at each different time: how many.

    `spans`: the place where each opens, the place after its last; `sums`: members, value, score.
    `seen` (m) is all zeros, before and after.
    """
    windows = end = members = 0
    value = 0
    for place in range(len(own)):
        now = b.at[own[place]]
        if place == 0 or b.at[own[place - 1]] != now:
            while end < len(own) and b.at[own[end]] <= now + t.window:
                members += seen[d.ours[own[end]]] == 0
                seen[d.ours[own[end]]] += 1
                value += b.value[own[end]]
                end += 1
            good = members >= t.members and value >= t.total
            spans[windows] = place, end
            times[windows] = now
            sums[windows] = members, value, 1 + value if good else 0
            windows += 1
        seen[d.ours[own[place]]] -= 1
        members -= seen[d.ours[own[place]]] == 0
        value -= b.value[own[place]]
    return windows


@kernel
def _grouped(b: Both, d: _Deals, t: _Told, inward: int, low: int, high: int) -> Part:
    first, last = d.start[low], d.start[high]
    size = last - first
    seen = np.zeros(len(d.group), np.int32)
    spans, sums = np.empty((size, 2), np.int64), np.empty((size, 3), np.int64)
    times, scores, best = np.empty((3, size), np.int64)
    centre, other = np.empty((2, size), np.int32)
    length, measures = np.empty(size, np.int64), np.empty((size, 4), np.int64)
    transfers = np.empty(size, np.int32)
    found = written = 0
    while first < last:
        end = first + 1
        group, outside = d.group[d.ours[d.order[first]]], d.outside[d.order[first]]
        while (
            end < last
            and d.outside[d.order[end]] == outside
            and d.group[d.ours[d.order[end]]] == group
        ):
            end += 1
        own = d.order[first:end]
        windows = _as_one(b, d, t, own, seen, spans, times, sums)
        for each in range(windows):
            scores[each] = sums[each, 2]
            if scores[each] > 0 and _busy(b, outside, times[each], t.window) > t.degree:
                scores[each] = 0
        kept = local_best(times[:windows], scores[:windows], t.window, best)
        for each in best[:kept]:
            opens, ends = spans[each]
            centre[found], other[found] = d.ours[own[opens]], outside
            length[found] = ends - opens
            measures[found] = inward, sums[each, 0], ends - opens, sums[each, 1]
            transfers[written : written + ends - opens] = own[opens:ends]
            written += ends - opens
            found += 1
        first = end
    return (
        centre[:found].copy(), other[:found].copy(), length[:found].copy(),
        transfers[:written].copy(), measures[:found].copy(),
    )  # fmt: skip
