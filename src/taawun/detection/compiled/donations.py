"""Donations compiled: one pass over what each account takes and sends abroad, linear."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numpy as np

from taawun.detection import ratio
from taawun.detection.compiled.canonical import Part, assembled
from taawun.detection.compiled.ranges import shared
from taawun.detection.compiled.windows import local_best
from taawun.detection.finding import NOBODY, Found
from taawun.detection.parameters import Parameters
from taawun.jit import I16, I32, I64, kernel
from taawun.ledger.network import Network

per_mille = kernel(ratio.per_mille)


class _Told(NamedTuple):
    window: int
    dwell: int
    small: int
    donors: int
    abroad: int


class _Moves(NamedTuple):
    at: I64
    value: I64
    source: I32
    target: I32
    country: I16
    into_start: I64
    into: I32
    out_start: I64
    out: I32


def donations(network: Network, p: Parameters, threads: int = 1) -> Found:
    """The findings of `reference.donations.donations`."""
    told = _Told(p["window"], p["dwell"], p["small"], p["donors"], max(1, p["abroad"]))
    moves = _Moves(
        network.at, network.value, network.source, network.target, network.country,
        network.into_start, network.into, network.out_start, network.out,
    )  # fmt: skip
    return assembled(
        "donations", shared(partial(_collected, moves, told), network.into_start, threads), 4
    )


@kernel
def _taken(m: _Moves, account: int, small: int, into: I32) -> int:
    count = 0
    for each in m.into[m.into_start[account] : m.into_start[account + 1]]:
        if m.source[each] != account and 0 < m.value[each] <= small:
            into[count] = each
            count += 1
    return count


@kernel
def _abroad(m: _Moves, account: int, out: I32) -> int:
    count = 0
    here = m.country[account]
    for each in m.out[m.out_start[account] : m.out_start[account + 1]]:
        there = m.country[m.target[each]]
        if here > 0 and there > 0 and here != there and m.value[each] > 0:
            out[count] = each
            count += 1
    return count


@kernel
def _collected(m: _Moves, t: _Told, low: int, high: int) -> Part:
    most_in = most_out = 0
    for account in range(low, high):
        most_in = max(most_in, m.into_start[account + 1] - m.into_start[account])
        most_out = max(most_out, m.out_start[account + 1] - m.out_start[account])
    size = m.into_start[high] - m.into_start[low]
    own_in, own_out = np.empty(most_in, np.int32), np.empty(most_out, np.int32)
    spans = np.empty((most_in, 4), np.int64)
    sums = np.empty((most_in, 3), np.int64)
    times, scores, best = np.empty((3, most_in), np.int64)
    seen = np.zeros(len(m.country), np.int32)
    first_seen = np.zeros(len(m.country), np.int32)
    centre, length = np.empty(size, np.int32), np.empty(size, np.int64)
    measures = np.empty((size, 4), np.int64)
    transfers = np.empty(size + m.out_start[high] - m.out_start[low], np.int32)
    found = written = 0
    for account in range(low, high):
        out = own_out[: _abroad(m, account, own_out)]
        if not len(out):
            continue
        into = own_in[: _taken(m, account, t.small, own_in)]
        windows = _spans(m, t, into, out, seen, first_seen, spans, sums)
        for each in range(windows):
            times[each] = m.at[into[spans[each, 0]]]
            good = sums[each, 0] >= t.donors
            good &= per_mille(sums[each, 2], sums[each, 1]) >= t.abroad
            scores[each] = sums[each, 1] if good else 0
        kept = local_best(times[:windows], scores[:windows], t.window + t.dwell, best)
        for each in best[:kept]:
            a, b, c, d = spans[each]
            count = _merged(into[a:b], out[c:d], transfers[written:])
            centre[found] = account
            length[found] = count
            measures[found, :3] = sums[each]
            measures[found, 3] = per_mille(sums[each, 2], sums[each, 1])
            written += count
            found += 1
    nobody = np.full(found, NOBODY, np.int32)
    return (
        centre[:found].copy(), nobody, length[:found].copy(), transfers[:written].copy(),
        measures[:found].copy(),
    )  # fmt: skip


@kernel
def _spans(
    m: _Moves, t: _Told, into: I32, out: I32, seen: I32, first_seen: I32, spans: I64, sums: I64
) -> int:
    """Windows at each different time: how many.

    `spans`: the place in `into` where each opens and the place after its last, the same in `out`
    of what leaves once there are enough donors. `sums`: donors (0 where too few), what came, what
    went. `seen` and `first_seen` (m) are all zeros, before and after.
    """
    windows = end = enough = first = last = donors = among = 0
    came = went = 0
    for place in range(len(into)):
        opens = m.at[into[place]]
        if place == 0 or m.at[into[place - 1]] != opens:
            while end < len(into) and m.at[into[end]] <= opens + t.window:
                donors += seen[m.source[into[end]]] == 0
                seen[m.source[into[end]]] += 1
                came += m.value[into[end]]
                end += 1
            while enough < end and among < t.donors:
                among += first_seen[m.source[into[enough]]] == 0
                first_seen[m.source[into[enough]]] += 1
                enough += 1
            if among >= t.donors:
                while last < len(out) and m.at[out[last]] <= opens + t.window + t.dwell:
                    went += m.value[out[last]]
                    last += 1
                while first < len(out) and m.at[out[first]] < m.at[into[enough - 1]]:
                    if first < last:
                        went -= m.value[out[first]]
                    else:
                        last = first + 1
                    first += 1
            spans[windows] = place, end, first, last
            sums[windows] = donors if among >= t.donors else 0, came, went
            windows += 1
        seen[m.source[into[place]]] -= 1
        donors -= seen[m.source[into[place]]] == 0
        came -= m.value[into[place]]
        if place < enough:
            first_seen[m.source[into[place]]] -= 1
            among -= first_seen[m.source[into[place]]] == 0
        else:
            enough = place + 1
    return windows


@kernel
def _merged(into: I32, out: I32, to: I32) -> int:
    count = one = other = 0
    while one < len(into) or other < len(out):
        if other >= len(out) or (one < len(into) and into[one] < out[other]):
            to[count] = into[one]
            one += 1
        else:
            to[count] = out[other]
            other += 1
        count += 1
    return count
