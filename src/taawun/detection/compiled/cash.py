"""Round trips through cash compiled: bounded chains from each deposit, the shortest first."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from taawun.detection import ratio
from taawun.detection.compiled.canonical import Part, assembled
from taawun.detection.compiled.ranges import shared
from taawun.detection.compiled.structuring import holders
from taawun.detection.finding import NOBODY, Found
from taawun.detection.parameters import Parameters
from taawun.detection.reference.cash import CASH
from taawun.jit import I32, I64, U8, kernel
from taawun.ledger.network import Network, by_account

per_mille = kernel(ratio.per_mille)
HOPS = 6
"""The longest chain that there is room for."""


class _Told(NamedTuple):
    hops: int
    dwell: int
    near: int
    degree: int


class CashBook(NamedTuple):
    """The network; `cash` (n) 1 for transfers in cash; withdrawals by holder, deposits by account.

    Lists hold positions. Transfers out are without those to oneself.
    """

    at: I64
    value: I64
    source: I32
    target: I32
    holder: I32
    cash: U8
    sent_start: I64
    sent: I32
    drawn_start: I64
    drawn: I32
    paid_start: I64
    paid: I32


def cash_round_trip(network: Network, p: Parameters, threads: int = 1) -> Found:
    """The findings of `reference.cash.cash_round_trip`."""
    told = _Told(p["hops"], p["dwell"], p["near"], p["degree"])
    cash = book(network)
    trips = shared(partial(_trips, cash, told), cash.paid_start, threads)
    return assembled("cash_round_trip", [_best(network.value, trips)], 5)


def book(network: Network) -> CashBook:
    """Cash, withdrawals and deposits of a network."""
    real = network.source != network.target
    by_channel = np.array([each == CASH for each in network.channels])
    by_kind = np.array([each == CASH for each in network.kinds])
    out, into = by_kind[network.kind[network.source]], by_kind[network.kind[network.target]]
    cash = real & (by_channel[network.channel] | out | into)
    known = cash & (network.value > 0)
    holder = holders(network)

    def listed(chosen: npt.NDArray[np.bool_], account: I32) -> tuple[I64, I32]:
        positions = np.flatnonzero(chosen).astype(np.int32)
        start, place = by_account(account[positions], network.accounts)
        return start, positions[place]

    return CashBook(
        network.at, network.value, network.source, network.target, holder,
        cash.astype(np.uint8),
        *listed(real, network.source),
        *listed(known & ~out, holder[network.source]),
        *listed(known & ~into, network.target),
    )  # fmt: skip


def _best(value: I64, trips: list[tuple[I32, I64]]) -> Part:
    """Of the trips of one withdrawal that of the greatest deposit, then of the earliest.

    A trip is a row: withdrawal, deposit, centre, other, how many transfers, measures (5); then as
    many positions as the longest has.
    """
    rows = np.concatenate([each[1] for each in trips])
    chains = np.concatenate([each[0] for each in trips])
    order = np.lexsort((rows[:, 1], -value[rows[:, 1]], rows[:, 0]))
    first = np.ones(len(order), np.bool_)
    first[1:] = np.diff(rows[order, 0]) != 0
    kept = order[first]
    length = rows[kept, 4]
    transfers = chains[kept][np.arange(chains.shape[1]) < length[:, None]]
    return (
        rows[kept, 2].astype(np.int32), rows[kept, 3].astype(np.int32), length, transfers,
        rows[kept, 5:],
    )  # fmt: skip


@kernel
def _near(b: CashBook, t: _Told, position: int, deposit: int) -> bool:
    one, other = b.value[position], b.value[deposit]
    if one <= 0:
        return False
    return bool((per_mille(one, other) if one < other else per_mille(other, one)) >= t.near)


@kernel
def from_time(at: I64, own: I32, time: int) -> int:
    """The first place in `own` that is not earlier."""
    low, high = 0, len(own)
    while low < high:
        middle = (low + high) // 2
        if at[own[middle]] < time:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def _withdrawal(
    b: CashBook, t: _Told, holder: int, first: int, last: int, deposit: int, but: int
) -> int:
    """The holder's first withdrawal of that time as near to the deposit, not from `but`, or -1."""
    own = b.drawn[b.drawn_start[holder] : b.drawn_start[holder + 1]]
    low, high = from_time(b.at, own, first), from_time(b.at, own, last + 1)
    if high - low > t.degree:
        return -1
    for each in own[low:high]:
        if b.source[each] != but and _near(b, t, each, deposit):
            return int(each)
    return -1


@kernel
def _closed(b: CashBook, t: _Told, deposit: int, end: int, hops: int) -> tuple[int, int]:
    """The withdrawal that a chain ending with `end` closes with, or -1; 1 for out and in again."""
    last = b.target[end]
    holder = b.holder[last]
    start = b.at[deposit]
    but = last if hops == 0 else NOBODY
    drawn = _withdrawal(b, t, holder, start - t.dwell, start, deposit, but)
    if drawn >= 0:
        return drawn, 1
    if hops == 0 or holder != b.holder[b.target[deposit]]:
        return -1, 0
    now = b.at[end]
    return _withdrawal(b, t, holder, now, now + t.dwell, deposit, NOBODY), 0


@kernel
def _opened(b: CashBook, t: _Told, end: int, going: I64) -> None:
    """Where in `sent` that lies what the target of `end` sends in time: nothing of a hub."""
    account, now = b.target[end], b.at[end]
    start = b.sent_start[account]
    own = b.sent[start : b.sent_start[account + 1]]
    low, high = from_time(b.at, own, now), from_time(b.at, own, now + t.dwell + 1)
    if high - low > t.degree:
        high = low
    going[0] = start + low
    going[1] = start + high


@kernel
def _trip(b: CashBook, t: _Told, deposit: int, chain: I32, going: I64) -> tuple[int, int, int]:
    """The deposit's trip: withdrawal or -1, transfers between (in `chain`), 1 for out and in."""
    drawn, out_first = _closed(b, t, deposit, deposit, 0)
    if drawn >= 0:
        return drawn, 0, out_first
    for hops in range(1, t.hops + 1):
        level = 0
        reached = False
        _opened(b, t, deposit, going[0])
        while level >= 0:
            if going[level, 0] >= going[level, 1]:
                level -= 1
                continue
            each = b.sent[going[level, 0]]
            going[level, 0] += 1
            if b.cash[each] or not _near(b, t, each, deposit):
                continue
            chain[level] = each
            if level + 1 < hops:
                level += 1
                _opened(b, t, each, going[level])
                continue
            reached = True
            drawn, out_first = _closed(b, t, deposit, each, hops)
            if drawn >= 0:
                return drawn, hops, out_first
        if not reached:
            break
    return -1, 0, 0


@kernel
def _together(deposit: int, chain: I32, withdrawal: int, to: I32) -> int:
    """The trip's positions, each once, ascending, into `to`: how many."""
    to[0] = deposit
    count = 1
    for each in chain:
        to[count] = each
        count += 1
    if withdrawal != deposit:
        to[count] = withdrawal
        count += 1
    to[:count].sort()
    return count


@kernel
def _trips(b: CashBook, t: _Told, low: int, high: int) -> tuple[I32, I64]:
    """All trips of deposits into accounts low … high - 1, as `_best` takes them."""
    paid = b.paid[b.paid_start[low] : b.paid_start[high]]
    chain = np.empty(HOPS, np.int32)
    going = np.empty((HOPS, 2), np.int64)
    rows = np.empty((len(paid), 10), np.int64)
    chains = np.empty((len(paid), HOPS + 2), np.int32)
    found = 0
    for deposit in paid:
        drawn, hops, out_first = _trip(b, t, deposit, chain, going)
        if drawn < 0:
            continue
        count = _together(deposit, chain[:hops], drawn, chains[found])
        closes = b.target[chain[hops - 1]] if hops else b.target[deposit]
        centre = b.source[drawn] if out_first else b.target[deposit]
        seconds = b.at[chains[found, count - 1]] - b.at[chains[found, 0]]
        rows[found, 0] = drawn
        rows[found, 1] = deposit
        rows[found, 2] = centre
        rows[found, 3] = NOBODY if closes == centre else closes
        rows[found, 4] = count
        rows[found, 5] = out_first
        rows[found, 6] = hops
        rows[found, 7] = b.value[deposit]
        rows[found, 8] = b.value[drawn]
        rows[found, 9] = seconds
        found += 1
    return chains[:found].copy(), rows[:found].copy()
