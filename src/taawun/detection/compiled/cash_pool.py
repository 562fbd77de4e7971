"""Cash that is pooled again, compiled: payments are backed once, then each holder's windows."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numpy as np

from taawun.detection import ratio
from taawun.detection.compiled.canonical import Part, assembled
from taawun.detection.compiled.cash import CashBook, book, from_time
from taawun.detection.compiled.partners import grown
from taawun.detection.compiled.ranges import shared
from taawun.detection.compiled.windows import local_best
from taawun.detection.finding import NOBODY, Found
from taawun.detection.parameters import Parameters
from taawun.jit import I32, I64, kernel
from taawun.ledger.network import Network, by_account

per_mille = kernel(ratio.per_mille)


class _Told(NamedTuple):
    window: int
    dwell: int
    near: int
    pooled: int
    total: int
    payers: int
    degree: int


class _Backed(NamedTuple):
    """Backed payments by holder, in order of time: `position`; and places in the book's `paid`.

    `first` and `last`: of the deposits that a payment is paid from, the first and one past the
    last.
    """

    start: I64
    position: I32
    first: I64
    last: I64


def cash_pool(network: Network, p: Parameters, threads: int = 1) -> Found:
    """The findings of `reference.cash_pool.cash_pool`."""
    told = _Told(
        p["window"], p["dwell"], max(1, p["near"]), max(1, p["pooled"]), p["total"],
        max(1, p["payers"]), p["degree"],
    )  # fmt: skip
    cash = book(network)
    backed = _backed(network, cash, told)
    work = partial(_pools, cash, backed, told)
    return assembled("cash_pool", shared(work, cash.drawn_start, threads), 4)


def _backed(network: Network, cash: CashBook, told: _Told) -> _Backed:
    outside = cash.holder[network.source] != cash.holder[network.target]
    payments = np.flatnonzero((cash.cash == 0) & (network.value > 0) & outside).astype(np.int32)
    first, last = _deposits(cash, told, payments)
    kept = np.flatnonzero(last > first)
    payments = payments[kept]
    start, place = by_account(cash.holder[network.target[payments]], network.accounts)
    return _Backed(start, payments[place], first[kept][place], last[kept][place])


@kernel
def _deposits(b: CashBook, t: _Told, payments: I32) -> tuple[I64, I64]:
    """Where the deposits that back each payment lie in `paid`; nowhere when it is not backed."""
    first, last = np.zeros((2, len(payments)), np.int64)
    for each in range(len(payments)):
        payer, now = b.source[payments[each]], b.at[payments[each]]
        start = b.paid_start[payer]
        own = b.paid[start : b.paid_start[payer + 1]]
        if not len(own):
            continue
        low = from_time(b.at, own, now - t.dwell)
        high = from_time(b.at, own, now + 1)
        if not 0 < high - low <= t.degree:
            continue
        if per_mille(b.value[own[low:high]].sum(), b.value[payments[each]]) >= t.near:
            first[each], last[each] = start + low, start + high
    return first, last


@kernel
def _sums(
    b: CashBook, k: _Backed, t: _Told, opens: int, low: int, high: int, seen: I32
) -> tuple[int, int]:
    """Payers, and what came back, of backed payments low … high - 1 with no deposit before.

    `seen` (m) is all zeros, before and after.
    """
    payers = 0
    came = 0
    for each in range(low, high):
        if b.at[b.paid[k.first[each]]] >= opens:
            payers += seen[b.source[k.position[each]]] == 0
            seen[b.source[k.position[each]]] = 1
            came += b.value[k.position[each]]
    for each in range(low, high):
        seen[b.source[k.position[each]]] = 0
    return payers, came


@kernel
def _windows(
    b: CashBook, k: _Backed, t: _Told, holder: int, seen: I32, spans: I64, times: I64, sums: I64
) -> int:
    """Windows at each different time of a withdrawal: how many.

    `spans`: the first withdrawal and one past the last, the same of backed payments; `sums`: what
    was withdrawn, what came back, payers, score.
    """
    own = b.drawn[b.drawn_start[holder] : b.drawn_start[holder + 1]]
    windows = end = 0
    went = 0
    low = high = k.start[holder]
    for place in range(len(own)):
        opens = b.at[own[place]]
        if place == 0 or b.at[own[place - 1]] != opens:
            while end < len(own) and b.at[own[end]] <= opens + t.window:
                went += b.value[own[end]]
                end += 1
            while low < k.start[holder + 1] and b.at[k.position[low]] < opens:
                low += 1
            high = max(low, high)
            until = opens + t.window + t.dwell
            while high < k.start[holder + 1] and b.at[k.position[high]] <= until:
                high += 1
            spans[windows] = place, end, low, high
            times[windows] = opens
            sums[windows] = went, 0, 0, 0
            if end - place <= t.degree and 0 < high - low <= t.degree and went >= t.total:
                payers, came = _sums(b, k, t, opens, low, high, seen)
                less, more = min(went, came), max(went, came)
                good = payers >= t.payers and per_mille(less, more) >= t.pooled
                sums[windows] = went, came, payers, less if good else 0
            windows += 1
        went -= b.value[own[place]]
    return windows


@kernel
def _together(b: CashBook, k: _Backed, opens: int, drawn: I32, low: int, high: int) -> I32:
    """Withdrawals, payments and what backs them, each once, ascending."""
    size = len(drawn) + high - low
    for each in range(low, high):
        size += k.last[each] - k.first[each]
    all_of = np.empty(size, np.int32)
    all_of[: len(drawn)] = drawn
    count = len(drawn)
    for each in range(low, high):
        if b.at[b.paid[k.first[each]]] >= opens:
            all_of[count] = k.position[each]
            count += 1
            for one in range(k.first[each], k.last[each]):
                all_of[count] = b.paid[one]
                count += 1
    all_of = all_of[:count]
    all_of.sort()
    kept = 0
    for position in all_of:
        if kept == 0 or all_of[kept - 1] != position:
            all_of[kept] = position
            kept += 1
    return all_of[:kept]


@kernel
def _pools(b: CashBook, k: _Backed, t: _Told, low: int, high: int) -> Part:
    longest = 0
    for holder in range(low, high):
        longest = max(longest, b.drawn_start[holder + 1] - b.drawn_start[holder])
    size = b.drawn_start[high] - b.drawn_start[low]
    spans, sums = np.empty((longest, 4), np.int64), np.empty((longest, 4), np.int64)
    times, scores, best = np.empty((3, longest), np.int64)
    seen = np.zeros(len(b.holder), np.int32)
    centre, length = np.empty(size, np.int32), np.empty(size, np.int64)
    measures, transfers = np.empty((size, 4), np.int64), np.empty(1_024, np.int32)
    found = written = 0
    for holder in range(low, high):
        if k.start[holder] == k.start[holder + 1]:
            continue
        own = b.drawn[b.drawn_start[holder] : b.drawn_start[holder + 1]]
        windows = _windows(b, k, t, holder, seen, spans, times, sums)
        for each in range(windows):
            scores[each] = sums[each, 3]
        kept = local_best(times[:windows], scores[:windows], t.window + t.dwell, best)
        for each in best[:kept]:
            opens, end, first, last = spans[each]
            trip = _together(b, k, times[each], own[opens:end], first, last)
            transfers = grown(transfers, written + len(trip))
            transfers[written : written + len(trip)] = trip
            centre[found] = b.source[own[opens]]
            length[found] = len(trip)
            went, came = sums[each, 0], sums[each, 1]
            measures[found] = went, came, per_mille(came, went), sums[each, 2]
            written += len(trip)
            found += 1
    nobody = np.full(found, NOBODY, np.int32)
    return (
        centre[:found].copy(), nobody, length[:found].copy(), transfers[:written].copy(),
        measures[:found].copy(),
    )  # fmt: skip
