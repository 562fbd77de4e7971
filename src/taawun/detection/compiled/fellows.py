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
    for parity in (0, 1):
        # Windows of one parity do not overlap: no two threads write to one place.
        every = np.append(starts[parity:-1:2], starts[-1])
        work = partial(
            _fellows, network.accounts, network.source, network.target, every, degree,
            columns["source_common"], columns["target_common"],
            columns["both_pay"], columns["both_paid"],
        )  # fmt: skip
        shared(work, every, threads)
    return columns


@kernel
def _ends(source: I32, target: I32, low: int, high: int, number: I32) -> tuple[int, I32, I32, I32]:
    """Of the window's transfers that are not to oneself: how many accounts, positions, both ends.

    Ends are numbered as they come. `number` (m) is all -1, before and after.
    """
    positions, one, other = np.empty((3, high - low), np.int32)
    ids = np.empty(2 * (high - low), np.int32)
    size = count = 0
    for position in range(low, high):
        if source[position] == target[position]:
            continue
        for account in (source[position], target[position]):
            if number[account] < 0:
                number[account] = size
                ids[size] = account
                size += 1
        positions[count] = position
        one[count], other[count] = number[source[position]], number[target[position]]
        count += 1
    for each in ids[:size]:
        number[each] = -1
    return size, positions[:count], one[:count], other[:count]


@kernel
def _lists(of: I32, to: I32, size: int) -> tuple[I64, I32, I32]:
    """For each of `of` the different ones of `to`, each once; and where each pair stands there."""
    start = np.zeros(size + 1, np.int64)
    for each in of:
        start[each + 1] += 1
    for each in range(size):
        start[each + 1] += start[each]
    place = start[:size].copy()
    order = np.empty(len(of), np.int32)
    for pair in range(len(of)):
        order[place[of[pair]]] = pair
        place[of[pair]] += 1
    party, stands = np.empty(len(of), np.int32), np.empty(len(of), np.int32)
    seen, where = np.full(size, -1, np.int32), np.empty(size, np.int32)
    count = 0
    for each in range(size):
        low, high = start[each], start[each + 1]
        start[each] = count
        for pair in order[low:high]:
            other = to[pair]
            if seen[other] != each:
                seen[other] = each
                where[other] = count
                party[count] = other
                count += 1
            stands[pair] = where[other]
    start[size] = count
    return start, party[:count], stands


@kernel
def _best(start: I64, party: I32, back_start: I64, back: I32, degree: int) -> I32:
    """For every account and counterparty of it, the most in common with another of that one."""
    best = np.zeros(len(party), np.int32)
    size = len(start) - 1
    shares, met = np.zeros(size, np.int32), np.empty(size, np.int32)
    for each in range(size):
        shared_parties, alone = 0, -1
        for at in range(start[each], start[each + 1]):
            if 1 < back_start[party[at] + 1] - back_start[party[at]] <= degree:
                shared_parties += 1
                alone = at
        if shared_parties <= 1:
            # With one counterparty that others deal with too, that is all they have in common.
            if shared_parties:
                best[alone] = 1
            continue
        count = 0
        for at in range(start[each], start[each + 1]):
            low, high = back_start[party[at]], back_start[party[at] + 1]
            if 1 < high - low <= degree:
                for fellow in back[low:high]:
                    if shares[fellow] == 0:
                        met[count] = fellow
                        count += 1
                    shares[fellow] += 1
        shares[each] = 0
        for at in range(start[each], start[each + 1]):
            low, high = back_start[party[at]], back_start[party[at] + 1]
            if 1 < high - low <= degree:
                for fellow in back[low:high]:
                    best[at] = max(best[at], shares[fellow])
        for fellow in met[:count]:
            shares[fellow] = 0
    return best


@kernel
def _raised(most: I32, positions: I32, best: I32, stands: I32) -> None:
    for each in range(len(positions)):
        most[positions[each]] = max(most[positions[each]], best[stands[each]])


@kernel
def _fellows(
    accounts: int, source: I32, target: I32, starts: I64, degree: int,
    source_common: I32, target_common: I32, both_pay: I32, both_paid: I32, first: int, last: int,
) -> None:  # fmt: skip
    """The columns of the transfers of windows first … last - 1."""
    number = np.full(accounts, -1, np.int32)
    for window in range(first, last):
        size, positions, one, other = _ends(
            source, target, starts[window], starts[window + 1], number
        )
        count = len(positions)
        if count == 0:
            continue
        out_start, out, paid = _lists(one, other, size)
        into_start, into, got = _lists(other, one, size)
        _raised(both_pay, positions, _best(out_start, out, into_start, into, degree), paid)
        _raised(both_paid, positions, _best(into_start, into, out_start, out, degree), got)
        start, party, stands = _lists(
            np.concatenate((one, other)), np.concatenate((other, one)), size
        )
        best = _best(start, party, start, party, degree)
        _raised(source_common, positions, best, stands[:count])
        _raised(target_common, positions, best, stands[count:])
