"""Shared counterparties compiled: windows of the ledger, accounts that are no hubs, their partners.

A window costs as many steps as its transfers times the degree of a hub.
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numpy as np

from taawun.detection import ratio
from taawun.detection.compiled.canonical import Part, assembled
from taawun.detection.compiled.ranges import shared
from taawun.detection.finding import Found
from taawun.detection.parameters import Parameters
from taawun.jit import I32, I64, kernel
from taawun.ledger.network import Network

per_mille = kernel(ratio.per_mille)


class _Told(NamedTuple):
    common: int
    share: int
    degree: int


class _Place(NamedTuple):
    """A window's accounts, numbered as they come: `ids` (k) of the network.

    Transfers of k: `position` and `party` from `start[k]` to `start[k + 1]`, in order of time;
    `parties` different ones, at the places where `first` is set; `known` that are no hubs.
    """

    ids: I32
    start: I64
    position: I32
    party: I32
    first: I32
    parties: I32
    known: I32


Pairs = tuple[I64, I64, I64, I64, I32, I64]
"""Lower and higher number (p), window (p), length (p), transfers (sum), measures (p, 3)."""


def shared_counterparties(network: Network, p: Parameters, threads: int = 1) -> Found:
    """The findings of `reference.in_common.shared_counterparties`."""
    told = _Told(max(1, p["common"]), p["share"], p["degree"])
    half = max(1, p["window"] // 2)
    starts = halves(network.at, half)
    ends = network.source, network.target
    pairs = shared(partial(_partners, *ends, network.accounts, starts, told), starts[:-1], threads)
    return assembled("shared_counterparties", [_kept(ends[0], ends[1], pairs)], 3)


def halves(at: I64, half: int) -> I64:
    """The first position of each half window, one before the first transfer and one after all."""
    if not len(at):
        return np.zeros(2, np.int64)
    bounds = np.arange(at[0] // half - 1, at[-1] // half + 3, dtype=np.int64) * half
    return np.searchsorted(at, bounds).astype(np.int64)


def _kept(source: I32, target: I32, pairs: list[Pairs]) -> Part:
    """Of a pair in one window and the next, the better: more in common, else the earlier."""
    one, other, window, length, transfers, measures = (
        np.concatenate([part[each] for part in pairs]) for each in range(6)
    )
    order = np.lexsort((window, other, one))
    common, number = measures[order, 0], window[order]
    following = (np.diff(one[order]) == 0) & (np.diff(other[order]) == 0) & (np.diff(number) == 1)
    beaten = np.zeros(len(order), np.bool_)
    beaten[1:] |= following & (common[:-1] >= common[1:])
    beaten[:-1] |= following & (common[1:] > common[:-1])
    kept = np.sort(order[~beaten])
    starts = (np.cumsum(length) - length)[kept]
    lengths = length[kept]
    ahead = np.cumsum(lengths) - lengths
    moved = transfers[np.repeat(starts - ahead, lengths) + np.arange(lengths.sum())]
    first = moved[ahead]
    low, high = one[kept], other[kept]
    opens_low = (source[first] == low) | (target[first] == low)
    return (
        np.where(opens_low, low, high).astype(np.int32),
        np.where(opens_low, high, low).astype(np.int32), lengths, moved, measures[kept],
    )  # fmt: skip


@kernel
def _placed(source: I32, target: I32, low: int, high: int, number: I32, degree: int) -> _Place:
    """Transfers low … high - 1 as a place. `number` (m) is all -1, before and after."""
    ids = np.empty(2 * (high - low), np.int32)
    size = 0
    start = np.zeros(2 * (high - low) + 1, np.int64)
    for position in range(low, high):
        if source[position] == target[position]:
            continue
        for account in (source[position], target[position]):
            if number[account] < 0:
                number[account] = size
                ids[size] = account
                size += 1
            start[number[account] + 1] += 1
    for each in range(size):
        start[each + 1] += start[each]
    place = start[:size].copy()
    position_of = np.empty(start[size], np.int32)
    party = np.empty(start[size], np.int32)
    for position in range(low, high):
        if source[position] == target[position]:
            continue
        one, other = number[source[position]], number[target[position]]
        position_of[place[one]] = position_of[place[other]] = position
        party[place[one]], party[place[other]] = other, one
        place[one] += 1
        place[other] += 1
    first, parties = np.zeros(len(party), np.int32), np.zeros(size, np.int32)
    seen = np.full(size, -1, np.int32)
    for each in range(size):
        number[ids[each]] = -1
        for at in range(start[each], start[each + 1]):
            if seen[party[at]] != each:
                seen[party[at]] = each
                first[at] = 1
                parties[each] += 1
    known = np.zeros(size, np.int32)
    for each in range(size):
        for at in range(start[each], start[each + 1]):
            known[each] += first[at] and parties[party[at]] <= degree
    return _Place(ids[:size], start[: size + 1], position_of, party, first, parties, known)


@kernel
def _nearest(w: _Place, t: _Told, each: int, shares: I32, met: I32) -> tuple[int, int, int]:
    """The partner with the most in common, how many, per mille; -1 for none.

    `shares` (k) is all zeros, before and after; `met` is room for numbers.
    """
    count = 0
    for at in range(w.start[each], w.start[each + 1]):
        party = w.party[at]
        if not w.first[at] or w.parties[party] > t.degree:
            continue
        for across in range(w.start[party], w.start[party + 1]):
            other = w.party[across]
            if w.first[across] and other != each and w.parties[other] <= t.degree:
                if shares[other] == 0:
                    met[count] = other
                    count += 1
                shares[other] += 1
    best, most, best_share = -1, 0, 0
    for other in met[:count]:
        common = shares[other]
        shares[other] = 0
        share = per_mille(common, min(w.known[each], w.known[other]))
        better = common > most or (common == most and w.ids[other] < w.ids[best])
        if common >= t.common and share >= t.share and better:
            best, most, best_share = other, common, share
    return best, most, best_share


@kernel
def _dealings(w: _Place, t: _Told, one: int, other: int, mark: I32, to: I32) -> int:
    """Positions of transfers between either and what both deal with, into `to`: how many.

    `mark` (k) is all zeros, before and after.
    """
    for each in (one, other):
        for at in range(w.start[each], w.start[each + 1]):
            if w.first[at] and w.parties[w.party[at]] <= t.degree:
                mark[w.party[at]] += 1
    count = 0
    a, b = w.start[one], w.start[other]
    while a < w.start[one + 1] or b < w.start[other + 1]:
        if b >= w.start[other + 1] or (a < w.start[one + 1] and w.position[a] < w.position[b]):
            at = a
            a += 1
        else:
            at = b
            b += 1
        if mark[w.party[at]] == 2:
            to[count] = w.position[at]
            count += 1
    for each in (one, other):
        for at in range(w.start[each], w.start[each + 1]):
            mark[w.party[at]] = 0
    return count


@kernel
def grown(array: I32, least: int) -> I32:
    if len(array) >= least:
        return array
    larger = np.empty(max(least, 2 * len(array)), np.int32)
    larger[: len(array)] = array
    return larger


@kernel
def _partners(
    source: I32, target: I32, accounts: int, starts: I64, t: _Told, low: int, high: int
) -> Pairs:
    """Pairs of the windows that open with halves low … high - 1."""
    number = np.full(accounts, -1, np.int32)
    ends = np.empty((0, 2), np.int64)
    sizes = np.empty((0, 2), np.int64)
    measures = np.empty((0, 3), np.int64)
    transfers = np.empty(1_024, np.int32)
    found = written = 0
    for half in range(low, high):
        until = starts[min(half + 2, len(starts) - 1)]
        if until == starts[half]:
            continue
        w = _placed(source, target, starts[half], until, number, t.degree)
        size = len(w.ids)
        nearest = np.full((size, 3), -1, np.int64)
        shares = np.zeros(size, np.int32)
        met = np.empty(size, np.int32)
        for each in range(size):
            if w.parties[each] <= t.degree and w.known[each] >= t.common:
                nearest[each] = _nearest(w, t, each, shares, met)
        room = found + size
        ends, sizes, measures = _room(ends, room), _room(sizes, room), _room(measures, room)
        for each in range(size):
            other = nearest[each, 0]
            if other < 0 or (nearest[other, 0] == each and w.ids[other] < w.ids[each]):
                continue
            both = w.start[each + 1] - w.start[each] + w.start[other + 1] - w.start[other]
            transfers = grown(transfers, written + both)
            count = _dealings(w, t, each, other, shares, transfers[written:])
            ends[found, 0] = min(w.ids[each], w.ids[other])
            ends[found, 1] = max(w.ids[each], w.ids[other])
            sizes[found] = half, count
            measures[found] = nearest[each, 1], nearest[each, 2], count
            written += count
            found += 1
    return (
        ends[:found, 0].copy(), ends[:found, 1].copy(), sizes[:found, 0].copy(),
        sizes[:found, 1].copy(), transfers[:written].copy(), measures[:found].copy(),
    )  # fmt: skip


@kernel
def _room(rows: I64, least: int) -> I64:
    if len(rows) >= least:
        return rows
    larger = np.empty((max(least, 2 * len(rows)), rows.shape[1]), rows.dtype)
    larger[: len(rows)] = rows
    return larger
