"""Corridors of high risk compiled: only accounts that deal with such a country are looked at."""

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
from taawun.detection.reference.corridor import letters
from taawun.jit import I16, I32, I64, kernel
from taawun.ledger.network import Network


class _Told(NamedTuple):
    past: int
    before: int
    window: int
    transfers: int
    counterparties: int
    total: int


class _Risk(NamedTuple):
    """`country` (m) of accounts; `codes` of countries, 0 for those that are not of high risk."""

    country: I16
    codes: I64


def corridor(network: Network, p: Parameters, threads: int = 1) -> Found:
    """The findings of `reference.corridor.corridor`."""
    told = _Told(
        p["past"], p["before"], p["window"], p["transfers"], p["counterparties"], p["total"]
    )
    listed = set(p.words("countries"))
    codes = np.array(
        [letters(each) if each in listed else 0 for each in network.countries], np.int64
    )
    work = partial(_dealing, both(network), _Risk(network.country, codes), told)
    return assembled("corridor", shared(work, starts(network), threads), 4)


@kernel
def _risky(b: Both, r: _Risk, account: int, position: int) -> int:
    """The country of high risk that the account deals with here, other than its own, or 0."""
    other = b.target[position] if b.source[position] == account else b.source[position]
    there = r.country[other]
    return there if r.codes[there] and there != r.country[account] else 0


@kernel
def _touches(b: Both, r: _Risk, account: int) -> bool:
    for each in b.out[b.out_start[account] : b.out_start[account + 1]]:
        if _risky(b, r, account, each):
            return True
    for each in b.into[b.into_start[account] : b.into_start[account + 1]]:
        if _risky(b, r, account, each):
            return True
    return False


@kernel
def _with(b: Both, r: _Risk, account: int, country: int, own: I32, dealing: I32) -> int:
    """The account's transfers with the country, into `dealing`: how many."""
    count = 0
    for each in own:
        if _risky(b, r, account, each) == country:
            dealing[count] = each
            count += 1
    return count


@kernel
def _earlier(b: Both, own: I32, opens: int, past: int) -> int:
    """How many of `own` lie in the `past` before `opens`."""
    counts = 0
    for sign, time in ((1, opens), (-1, opens - past)):
        low, high = 0, len(own)
        while low < high:
            middle = (low + high) // 2
            if b.at[own[middle]] < time:
                low = middle + 1
            else:
                high = middle
        counts += sign * low
    return counts


@kernel
def _windows(
    b: Both, t: _Told, account: int, own: I32, dealing: I32, seen: I32, spans: I64, sums: I64
) -> int:
    """Windows that open after a past without the country: how many.

    `spans`: the place in `dealing` where each opens, the place after its last; `sums`:
    counterparties, value.
    """
    windows = 0
    for place in range(len(dealing)):
        opens = b.at[dealing[place]]
        if place and b.at[dealing[place - 1]] >= opens - t.past:
            continue  # known, or of the same time
        if _earlier(b, own, opens, t.past) < t.before:
            continue
        end, parties, value = place, 0, 0
        while end < len(dealing) and b.at[dealing[end]] <= opens + t.window:
            each = dealing[end]
            other = b.target[each] if b.source[each] == account else b.source[each]
            parties += seen[other] == 0
            seen[other] = 1
            value += b.value[each]
            end += 1
        for each in dealing[place:end]:
            seen[b.source[each]] = 0
            seen[b.target[each]] = 0
        if end - place >= t.transfers and parties >= t.counterparties and value >= t.total:
            spans[windows] = place, end
            sums[windows] = parties, value
            windows += 1
    return windows


@kernel
def _dealing(b: Both, r: _Risk, t: _Told, low: int, high: int) -> Part:
    most = longest(b, low, high)
    own, dealing = np.empty((2, most), np.int32)
    times, scores, best = np.empty((3, most), np.int64)
    spans, sums = np.empty((most, 2), np.int64), np.empty((most, 2), np.int64)
    seen = np.zeros(len(r.country), np.int32)
    size = b.out_start[high] - b.out_start[low] + b.into_start[high] - b.into_start[low]
    centre, length = np.empty(size, np.int32), np.empty(size, np.int64)
    measures, transfers = np.empty((size, 4), np.int64), np.empty(size, np.int32)
    found = written = 0
    for account in range(low, high):
        if not _touches(b, r, account):
            continue
        all_own = own[: merged(b, account, own)]
        for country in range(1, len(r.codes)):
            if not r.codes[country] or country == r.country[account]:
                continue
            count = _with(b, r, account, country, all_own, dealing)
            windows = _windows(b, t, account, all_own, dealing[:count], seen, spans, sums)
            for each in range(windows):
                times[each] = b.at[dealing[spans[each, 0]]]
                scores[each] = 1 + sums[each, 1]
            kept = local_best(times[:windows], scores[:windows], t.window, best)
            for each in best[:kept]:
                opens, end = spans[each]
                centre[found] = account
                length[found] = end - opens
                measures[found] = r.codes[country], end - opens, sums[each, 0], sums[each, 1]
                transfers[written : written + end - opens] = dealing[opens:end]
                written += end - opens
                found += 1
    nobody = np.full(found, NOBODY, np.int32)
    return (
        centre[:found].copy(), nobody, length[:found].copy(), transfers[:written].copy(),
        measures[:found].copy(),
    )  # fmt: skip
