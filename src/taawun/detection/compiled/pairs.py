"""How often the source of each transfer pays its target, in a window around it."""

from __future__ import annotations

import numpy as np

from taawun.detection.compiled.ranges import shared
from taawun.jit import I32, I64, kernel
from taawun.ledger.network import Network, by_account


def pair_around(network: Network, window: int, threads: int = 1) -> I32:
    """For each transfer (n) how many of the same source and target are at most `window` away.

    Itself included: at least 1. Seconds.
    """
    _, by_target = by_account(network.target, network.accounts)
    start, place = by_account(network.source[by_target], network.accounts)
    order = by_target[place]
    around = np.empty(network.size, np.int32)

    def work(low: int, high: int) -> None:
        _around(network.at, network.target, order, start, low, high, window, around)

    shared(work, start, threads)
    return around


@kernel
def _around(
    at: I64, target: I32, order: I32, start: I64, low: int, high: int, window: int, around: I32
) -> None:
    for account in range(low, high):
        first = start[account]
        while first < start[account + 1]:
            end = first + 1
            while end < start[account + 1] and target[order[end]] == target[order[first]]:
                end += 1
            tail = head = first
            for place in range(first, end):
                now = at[order[place]]
                while head < end and at[order[head]] <= now + window:
                    head += 1
                while at[order[tail]] < now - window:
                    tail += 1
                around[order[place]] = head - tail
            first = end
