"""Whether the money of a transfer comes round again: the shortest time-respecting cycle through it.

From every transfer, paths are walked forward in time, depth first, within `window` seconds and
`length` transfers. Which accounts can still pay home in a few steps is marked beforehand, walking
back from home, so that a path which cannot close is left early. Accounts with more than `most`
transfers in the time at hand are not walked through, and at most `steps` are looked at from one
start: bounds of the work, which make this a feature, not a proof. Cycles as findings are `cycle`'s.
"""

from __future__ import annotations

import numpy as np

from taawun.detection.compiled.ranges import shared
from taawun.jit import I32, I64, U8, kernel
from taawun.ledger.network import Network

LONGEST = 16
BACK = 2
"""How many steps back from home accounts are marked."""


def rounds_per_transfer(
    network: Network, window: int, counts: U8, *,
    length: int = 6, most: int = 40, steps: int = 2_000, threads: int = 1,
) -> I32:  # fmt: skip
    """For each transfer (n) how many transfers the shortest cycle found through it has; 0 none.

    At least 3 and at most `length` (up to 15). Only transfers with `counts` (n) above 0 are walked.
    """
    shortest = np.zeros((threads, network.size), np.uint8)
    free = list(range(threads))

    def work(low: int, high: int) -> None:
        own = free.pop()
        _rounds(
            network.at, network.source, network.target, counts,
            network.out_start, network.out, network.into_start, network.into,
            low, high, window, length, most, steps, network.accounts, shortest[own],
        )  # fmt: skip
        free.append(own)

    shared(work, network.out_start, threads)
    shortest[shortest == 0] = LONGEST
    found = shortest.min(axis=0).astype(np.int32)
    found[found == LONGEST] = 0
    return found


@kernel
def _rounds(
    at: I64, source: I32, target: I32, counts: U8,
    out_start: I64, out: I32, into_start: I64, into: I32,
    low: int, high: int, window: int, length: int, most: int, steps: int, accounts: int,
    shortest: U8,
) -> None:  # fmt: skip
    marked = np.full(accounts, -1, np.int64)
    hops = np.zeros(accounts, np.int8)
    queue = np.empty(accounts, np.int32)
    on = np.zeros(accounts, np.bool_)
    mark = 0
    for home in range(low, high):
        first, end = out_start[home], out_start[home + 1]
        if into_start[home] == into_start[home + 1]:
            continue
        while first < end:
            since = at[out[first]] // window * window
            stop = first
            while stop < end and at[out[stop]] < since + window:
                stop += 1
            mark += 1
            if _mark(at, source, target, counts, into_start, into, home, since,
                     since + 2 * window, most, mark, marked, hops, queue):  # fmt: skip
                for place in range(first, stop):
                    if counts[out[place]] and target[out[place]] != home:
                        _walk(at, target, counts, out_start, out, home, out[place], window, length,
                              most, steps, mark, marked, hops, on, shortest)  # fmt: skip
            first = stop


@kernel
def _mark(
    at: I64, source: I32, target: I32, counts: U8, into_start: I64, into: I32, home: int,
    since: int, until: int, most: int, mark: int, marked: I64, hops: I32, queue: I32,
) -> int:  # fmt: skip
    """Marks who can pay `home` in `BACK` steps or fewer, with how many; how many were found."""
    marked[home] = mark
    hops[home] = 0
    queue[0] = home
    head = 0
    tail = 1
    while head < tail:
        account = queue[head]
        head += 1
        if hops[account] == BACK:
            break
        begin, end = _within(at, into_start[account], into_start[account + 1], into, since, until)
        if end - begin > 2 * most:
            continue
        for place in range(begin, end):
            payer = source[into[place]]
            if counts[into[place]] and marked[payer] != mark:
                marked[payer] = mark
                hops[payer] = hops[account] + 1
                queue[tail] = payer
                tail += 1
    return tail - 1


@kernel
def _walk(
    at: I64, target: I32, counts: U8, out_start: I64, out: I32, home: int, start: int,
    window: int, length: int, most: int, steps: int,
    mark: int, marked: I64, hops: I32, on: U8, shortest: U8,
) -> None:  # fmt: skip
    """Every cycle from `start` that the bounds allow is noted at all its transfers."""
    path = np.zeros(LONGEST, np.int64)
    place = np.zeros(LONGEST, np.int64)
    stop = np.zeros(LONGEST, np.int64)
    until = at[start] + window
    account = target[start]
    path[0] = start
    on[home] = True
    on[account] = True
    place[0], stop[0] = _onward(at, out_start, out, account, at[start], until, most)
    depth = 1
    left = steps
    while depth > 0:
        if place[depth - 1] == stop[depth - 1] or left == 0:
            depth -= 1
            on[target[path[depth]]] = False
            continue
        left -= 1
        step = out[place[depth - 1]]
        place[depth - 1] += 1
        if not counts[step]:
            continue
        where = target[step]
        rest = length - depth - 1
        if where == home:
            if depth > 1:
                path[depth] = step
                for each in path[: depth + 1]:
                    if shortest[each] == 0 or depth + 1 < shortest[each]:
                        shortest[each] = depth + 1
        elif not on[where] and (
            rest > BACK or (rest > 0 and marked[where] == mark and hops[where] <= rest)
        ):
            path[depth] = step
            on[where] = True
            place[depth], stop[depth] = _onward(at, out_start, out, where, at[step], until, most)
            depth += 1
    on[home] = False


@kernel
def _onward(
    at: I64, out_start: I64, out: I32, account: int, since: int, until: int, most: int
) -> tuple[int, int]:
    """The places in `out` of what the account sent in this time; none where they are too many."""
    begin, end = _within(at, out_start[account], out_start[account + 1], out, since, until)
    return (begin, end) if end - begin <= most else (begin, begin)


@kernel
def _within(
    at: I64, low: int, high: int, order: I32, since: int, until: int
) -> tuple[int, int]:
    """Of the places `low` to `high` in `order`, those of times from `since` to `until`."""
    end = high
    while low < high:
        middle = (low + high) >> 1
        if at[order[middle]] < since:
            low = middle + 1
        else:
            high = middle
    begin = low
    high = end
    while low < high:
        middle = (low + high) >> 1
        if at[order[middle]] <= until:
            low = middle + 1
        else:
            high = middle
    return begin, low
