"""How much each transfer's accounts have in common with others that deal with the same account.

Two accounts that pay the same three others within a month rarely do so by chance, once shops,
employers and other hubs are left out. See `shared_counterparties` for the typology.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from taawun.detection.compiled.partners import halves
from taawun.detection.compiled.ranges import shared
from taawun.jit import I32, I64, kernel
from taawun.ledger.network import Network

COLUMNS = ("source_common", "target_common", "both_pay", "both_paid")


def common_per_transfer(
    network: Network, window: int, degree: int, threads: int = 1
) -> dict[str, I32]:
    """The columns of `COLUMNS` (n each): the most in any window that the transfer lies in.

    `source_common`: of the other accounts that deal with the target, in either direction, the one
    that has the most counterparties in common with the source; how many, the target among them.
    `target_common`: the same from the target's side. `both_pay`: of the other accounts that pay
    the target, the one that pays the most of what the source pays. `both_paid`: of the other
    accounts that the source pays, the one that is paid by the most that pay the target.
    Only counterparties with at most `degree` others of their own are counted. 0 where there is
    nobody. Windows are those of `shared_counterparties`.
    """
    half = max(1, window // 2)
    starts = halves(network.at, half)
    columns = {name: np.zeros(network.size, np.int32) for name in COLUMNS}
    ends = network.source, network.target
    for parity in (0, 1):
        # Windows of one parity do not overlap: no two threads write to one place.
        every = np.append(starts[parity:-1:2], starts[-1])
        _most(network.accounts, *ends, every, degree, threads, True, columns["source_common"])
        _most(network.accounts, *ends[::-1], every, degree, threads, True, columns["target_common"])
        _most(network.accounts, *ends, every, degree, threads, False, columns["both_pay"])
        _most(network.accounts, *ends[::-1], every, degree, threads, False, columns["both_paid"])
    return columns


def _most(
    accounts: int, own: I32, party: I32, starts: I64, degree: int, threads: int, either: bool,
    most: I32,
) -> None:  # fmt: skip
    work = partial(_fellows, accounts, own, party, starts, degree, either, most)
    shared(work, starts, threads)


@kernel
def _numbered(account: I32, low: int, high: int, number: I32, known: I32) -> int:
    """Accounts of low … high - 1 by number as they come, in `known`: how many."""
    size = 0
    for each in account[low:high]:
        if number[each] < 0:
            number[each] = size
            known[size] = each
            size += 1
    return size


@kernel
def _lists(of: I32, to: I32, size: int) -> tuple[I64, I32]:
    """For each of `of` the different ones of `to`, each once."""
    start = np.zeros(size + 1, np.int64)
    for each in of:
        start[each + 1] += 1
    for each in range(size):
        start[each + 1] += start[each]
    place = start[:size].copy()
    party = np.empty(len(of), np.int32)
    for each in range(len(of)):
        party[place[of[each]]] = to[each]
        place[of[each]] += 1
    different = np.zeros(size + 1, np.int64)
    seen = np.full(max(1, to.max() + 1 if len(to) else 1), -1, np.int32)
    count = 0
    for each in range(size):
        different[each] = count
        for at in range(start[each], start[each + 1]):
            if seen[party[at]] != each:
                seen[party[at]] = each
                party[count] = party[at]
                count += 1
    different[size] = count
    return different, party[:count]


@kernel
def _edges(
    own: I32, party: I32, low: int, high: int, either: bool, number: I32, other: I32
) -> tuple[I32, I32]:
    """Both ends of transfers low … high - 1 as numbers; in both directions where `either`."""
    size = (high - low) * (2 if either else 1)
    of, to = np.empty((2, size), np.int32)
    count = 0
    for position in range(low, high):
        if own[position] != party[position]:
            of[count], to[count] = number[own[position]], other[party[position]]
            count += 1
            if either:
                of[count], to[count] = number[party[position]], other[own[position]]
                count += 1
    return of[:count], to[:count]


@kernel
def _fellows(
    accounts: int, own: I32, party: I32, starts: I64, degree: int, either: bool, most: I32,
    first: int, last: int,
) -> None:  # fmt: skip
    """`most` of the transfers of windows first … last - 1."""
    number, other = np.full((2, accounts), -1, np.int32)
    for window in range(first, last):
        low, high = starts[window], starts[window + 1]
        if low == high:
            continue
        ids, others = np.empty((2, 2 * (high - low)), np.int32)
        size = _numbered(own, low, high, number, ids)
        across = _numbered(party, low, high, other, others)
        if either:
            # One numbering, of all accounts.
            for each in others[:across]:
                other[each] = -1
                if number[each] < 0:
                    number[each] = size
                    ids[size] = each
                    size += 1
            of, to = _edges(own, party, low, high, either, number, number)
            across = size
        else:
            of, to = _edges(own, party, low, high, either, number, other)
        start, parties = _lists(of, to, size)
        back_start, back = _lists(to, of, across)
        best = _best(start, parties, back_start, back, degree)
        number_to = number if either else other
        _written(own, party, low, high, number, number_to, start, parties, best, most)
        for position in range(low, high):
            number[own[position]] = number[party[position]] = -1
            other[own[position]] = other[party[position]] = -1


@kernel
def _best(start: I64, parties: I32, back_start: I64, back: I32, degree: int) -> I32:
    """For every account and counterparty of it, the most in common with another of that one."""
    best = np.zeros(len(parties), np.int32)
    size = len(start) - 1
    shares, met = np.zeros(size, np.int32), np.empty(size, np.int32)
    for each in range(size):
        count = 0
        for at in range(start[each], start[each + 1]):
            party = parties[at]
            if back_start[party + 1] - back_start[party] > degree:
                continue
            for fellow in back[back_start[party] : back_start[party + 1]]:
                if shares[fellow] == 0:
                    met[count] = fellow
                    count += 1
                shares[fellow] += 1
        for at in range(start[each], start[each + 1]):
            party = parties[at]
            if back_start[party + 1] - back_start[party] > degree:
                continue
            for fellow in back[back_start[party] : back_start[party + 1]]:
                if fellow != each:
                    best[at] = max(best[at], shares[fellow])
        for fellow in met[:count]:
            shares[fellow] = 0
    return best


@kernel
def _written(
    own: I32, party: I32, low: int, high: int, number: I32, other: I32,
    start: I64, parties: I32, best: I32, most: I32,
) -> None:  # fmt: skip
    """From accounts and counterparties to transfers."""
    size = len(start) - 1
    order_start = np.zeros(size + 1, np.int64)
    for position in range(low, high):
        if own[position] != party[position]:
            order_start[number[own[position]] + 1] += 1
    for each in range(size):
        order_start[each + 1] += order_start[each]
    order = np.empty(order_start[size], np.int32)
    place = order_start[:size].copy()
    for position in range(low, high):
        if own[position] != party[position]:
            order[place[number[own[position]]]] = position
            place[number[own[position]]] += 1
    of = np.zeros(max(1, parties.max() + 1 if len(parties) else 1), np.int32)
    for each in range(size):
        for at in range(start[each], start[each + 1]):
            of[parties[at]] = best[at]
        for position in order[order_start[each] : order_start[each + 1]]:
            most[position] = max(most[position], of[other[party[position]]])
