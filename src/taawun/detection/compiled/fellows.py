"""How much each transfer's accounts have in common with others that deal with the same account.

Two accounts that pay the same three others within a month rarely do so by chance, once shops,
employers and other hubs are left out. See `shared_counterparties` for the typology.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from taawun.detection.compiled.partners import halves
from taawun.detection.compiled.ranges import together
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
        either = partial(
            _either, network.accounts, network.source, network.target, every, degree,
            columns["source_common"], columns["target_common"],
        )  # fmt: skip
        one_way = partial(
            _one_way, network.accounts, network.source, network.target, every, degree,
            columns["both_pay"], columns["both_paid"],
        )  # fmt: skip
        together((either, one_way), every, threads)
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
def _turned(start: I64, party: I32, size: int) -> tuple[I64, I32, I32]:
    """The same pairs by counterparty, each one's in ascending order; where each pair stands now."""
    turned = np.zeros(size + 1, np.int64)
    for each in party:
        turned[each + 1] += 1
    for each in range(size):
        turned[each + 1] += turned[each]
    place = turned[:size].copy()
    back, stands = np.empty(len(party), np.int32), np.empty(len(party), np.int32)
    for each in range(size):
        for at in range(start[each], start[each + 1]):
            other = party[at]
            back[place[other]] = each
            stands[at] = place[other]
            place[other] += 1
    return turned, back, stands


@kernel
def _best(start: I64, party: I32, back_start: I64, back: I32, degree: int) -> I32:
    """For every counterparty and account of it, the most in common with another of that one.

    `back` has of each counterparty its accounts in ascending order. Of two accounts the lower looks
    for both: among those that stand behind it.
    """
    best = np.zeros(len(back), np.int32)
    size = len(start) - 1
    behind = np.zeros((size, 2), np.int32)  # of each counterparty that counts: from where, to where
    for each in range(size):
        if 1 < back_start[each + 1] - back_start[each] <= degree:
            behind[each, 0], behind[each, 1] = back_start[each], back_start[each + 1]
            best[back_start[each] : back_start[each + 1]] = 1
    shares, met = np.zeros(size, np.int32), np.empty(size + 1, np.int32)
    for each in range(size):
        count = 0
        again = False
        for at in range(start[each], start[each + 1]):
            other = party[at]
            low, high = behind[other, 0] + 1, behind[other, 1]
            if low <= high:
                behind[other, 0] = low
                for place in range(low, high):
                    fellow = back[place]
                    many = shares[fellow]
                    shares[fellow] = many + 1
                    met[count] = fellow  # stays where it is the first time
                    count += many == 0
                    again |= many > 0
        if again:
            for at in range(start[each], start[each + 1]):
                low, high = behind[party[at], 0], behind[party[at], 1]
                if low < high:
                    most = best[low - 1]
                    for place in range(low, high):
                        many = shares[back[place]]
                        most = max(most, many)
                        best[place] = max(best[place], many)
                    best[low - 1] = most
        for place in range(count):
            shares[met[place]] = 0
    return best


@kernel
def _raised(most: I32, positions: I32, best: I32, stands: I32) -> None:
    for each in range(len(positions)):
        most[positions[each]] = max(most[positions[each]], best[stands[each]])


@kernel
def _one_way(
    accounts: int, source: I32, target: I32, starts: I64, degree: int, both_pay: I32,
    both_paid: I32, first: int, last: int,
) -> None:  # fmt: skip
    """What the directions have in common, of the transfers of windows first … last - 1."""
    number = np.full(accounts, -1, np.int32)
    for window in range(first, last):
        size, positions, one, other = _ends(
            source, target, starts[window], starts[window + 1], number
        )
        start, party, stands = _lists(one, other, size)
        into_start, into, turned = _turned(start, party, size)
        got = turned[stands]
        _raised(both_pay, positions, _best(start, party, into_start, into, degree), got)
        out_start, out, turned = _turned(into_start, into, size)
        best = _best(into_start, into, out_start, out, degree)
        _raised(both_paid, positions, best, turned[got])


@kernel
def _either(
    accounts: int, source: I32, target: I32, starts: I64, degree: int, source_common: I32,
    target_common: I32, first: int, last: int,
) -> None:  # fmt: skip
    """What accounts have in common in either direction, of the same."""
    number = np.full(accounts, -1, np.int32)
    for window in range(first, last):
        size, positions, one, other = _ends(
            source, target, starts[window], starts[window + 1], number
        )
        count = len(positions)
        start, party, stands = _lists(
            np.concatenate((one, other)), np.concatenate((other, one)), size
        )
        back_start, back, turned = _turned(start, party, size)
        best = _best(start, party, back_start, back, degree)
        stands = turned[stands]
        _raised(source_common, positions, best, stands[:count])
        _raised(target_common, positions, best, stands[count:])
