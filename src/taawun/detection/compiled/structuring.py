"""Structuring compiled: one pass over each holder's transfers near a threshold."""

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
from taawun.detection.thresholds import limits
from taawun.jit import I16, I32, I64, U8, kernel
from taawun.ledger.network import Network, by_account

per_mille = kernel(ratio.per_mille)
UNDER, OVER = 1, 2


class _Told(NamedTuple):
    window: int
    transfers: int
    total: int
    places: int
    above: int


class _Near(NamedTuple):
    """Transfers near a threshold: `side` (n) UNDER or OVER, `share` (n) per mille of it.

    `own` and `other` (n) are the account looked at and the one across, `place` (n) where the
    other is and how the money moved, as one of `spread` numbers.
    """

    at: I64
    value: I64
    own: I32
    other: I32
    place: I32
    side: U8
    share: I32
    start: I64
    order: I32
    spread: int


def holders(network: Network) -> I32:
    """Of every account (m) the first that is shared with it, itself where none is."""
    own = np.arange(network.accounts, dtype=np.int32)
    grouped = np.flatnonzero(network.shared > 0)
    _, first, group = np.unique(network.shared[grouped], return_index=True, return_inverse=True)
    own[grouped] = grouped[first][group]
    return own


def structuring(network: Network, p: Parameters, threads: int = 1) -> Found:
    """The findings of `reference.structuring.structuring`."""
    told = _Told(p["window"], p["transfers"], max(1, p["total"]), p["places"], p["above"])
    limit, holder = limits(network, p.words("thresholds")), holders(network)
    parts: list[Part] = []
    for inward in (0, 1):
        near = _near(network, limit, holder, p["below"], inward)
        parts += shared(partial(_structured, near, told, inward), near.start, threads)
    return assembled("structuring", parts, 7)


def _near(network: Network, limit: I64, holder: I32, below: int, inward: int) -> _Near:
    own, other = (network.target, network.source) if inward else (network.source, network.target)
    side, share = _sides(
        network.amount, network.currency, network.country, own, other, holder, limit, below
    )
    chosen = np.flatnonzero(side).astype(np.int32)
    start, place = by_account(holder[own[chosen]], network.accounts)
    where = network.country.astype(np.int64) << 40 | network.bank.astype(np.int64) << 8
    known, number = np.unique(where[other[chosen]] | network.channel[chosen], return_inverse=True)
    places = np.zeros(network.size, np.int32)
    places[chosen] = number
    return _Near(
        network.at, network.value, own, other, places, side, share, start, chosen[place], len(known)
    )


@kernel
def _sides(
    amount: I64, currency: I16, country: I16, own: I32, other: I32, holder: I32, limit: I64,
    below: int,
) -> tuple[U8, I32]:  # fmt: skip
    side = np.zeros(len(amount), np.uint8)
    share = np.zeros(len(amount), np.int32)
    for each in range(len(amount)):
        if holder[own[each]] == holder[other[each]]:
            continue
        most = limit[country[own[each]], currency[each]]
        band = most * below // 1_000
        if most - band <= amount[each] < most:
            side[each] = UNDER
            share[each] = per_mille(amount[each], most)
        elif most > 0 and most <= amount[each] <= most + band:
            side[each] = OVER
    return side, share


@kernel
def _window(n: _Near, own: I32, opens: int, end: int, places: I32, parties: I32) -> tuple[int, int]:
    """How many different places and counterparties those just below have in a window."""
    count = 0
    for each in own[opens:end]:
        if n.side[each] == UNDER:
            places[count] = n.place[each]
            parties[count] = n.other[each]
            count += 1
    return _different(places[:count]), _different(parties[:count])


@kernel
def _different(numbers: I32) -> int:
    numbers.sort()
    count = min(1, len(numbers))
    for place in range(1, len(numbers)):
        count += numbers[place] != numbers[place - 1]
    return count


@kernel
def _structured(n: _Near, t: _Told, inward: int, low: int, high: int) -> Part:
    longest = 0
    for account in range(low, high):
        longest = max(longest, n.start[account + 1] - n.start[account])
    size = n.start[high] - n.start[low]
    opens, ends, overs, times, scores, best = np.empty((6, longest), np.int64)
    places, parties = np.empty((2, longest), np.int32)
    seen = np.zeros(n.spread, np.int32)
    centre = np.empty(size, np.int32)
    length = np.empty(size, np.int64)
    measures = np.empty((size, 7), np.int64)
    transfers = np.empty(size, np.int32)
    found = written = 0
    for account in range(low, high):
        own = n.order[n.start[account] : n.start[account + 1]]
        windows = end = under = over = spread = 0
        total = 0
        for place in range(len(own)):
            now = n.at[own[place]]
            while end < len(own) and n.at[own[end]] <= now + t.window:
                if n.side[own[end]] == UNDER:
                    under += 1
                    spread += seen[n.place[own[end]]] == 0
                    seen[n.place[own[end]]] += 1
                over += n.side[own[end]] == OVER
                total += n.share[own[end]]
                end += 1
            first = n.side[own[place]] == UNDER
            if first and (windows == 0 or times[windows - 1] != now):
                # Of the same time some just above may lie before this one.
                level = over
                before = place - 1
                while before >= 0 and n.at[own[before]] == now:
                    level += n.side[own[before]] == OVER
                    before -= 1
                opens[windows], ends[windows], times[windows] = place, end, now
                overs[windows] = level
                good = (
                    under >= t.transfers
                    and total >= t.total
                    and spread >= t.places
                    and level * 1_000 <= t.above * under
                )
                scores[windows] = total if good else 0
                windows += 1
            if first:
                under -= 1
                seen[n.place[own[place]]] -= 1
                spread -= seen[n.place[own[place]]] == 0
            over -= n.side[own[place]] == OVER
            total -= n.share[own[place]]
        kept = local_best(times[:windows], scores[:windows], t.window, best)
        for each in best[:kept]:
            where, whom = _window(n, own, opens[each], ends[each], places, parties)
            centre[found] = n.own[own[opens[each]]]
            count = 0
            value = 0
            for position in own[opens[each] : ends[each]]:
                if n.side[position] == UNDER:
                    transfers[written + count] = position
                    value += n.value[position]
                    count += 1
            length[found] = count
            measures[found] = inward, count, value, scores[each], where, whom, overs[each]
            written += count
            found += 1
    nobody = np.full(found, NOBODY, np.int32)
    return (
        centre[:found].copy(), nobody, length[:found].copy(), transfers[:written].copy(),
        measures[:found].copy(),
    )  # fmt: skip
