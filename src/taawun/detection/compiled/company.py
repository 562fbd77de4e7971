"""How remarkable the company is that each transfer keeps: the other dealings of its two accounts.

Money that is laundered moves through several remarkable transfers; an odd one alone is mostly
chance. For each account and tile of time the `BEST` highest scores of its transfers are kept, one
for each other account dealt with; what a transfer sees of its account is the mean of the three
highest that are not with its own counterparty. Linear, whatever the degree.
"""

from __future__ import annotations

import numpy as np

from taawun.detection.compiled.ranges import shared
from taawun.jit import F32, I32, I64, kernel
from taawun.ledger.network import Network

BEST = 4
"""One more than are averaged: the own counterparty may be among them."""


def company(network: Network, score: F32, window: int, threads: int = 1) -> tuple[F32, F32]:
    """What the rest of its source's, and of its target's, dealings score (n, n).

    `window` seconds: a transfer sees those from half a window before the tile it lies in to half a
    window after it. Fewer than three others count as zeros.
    """
    columns = (np.zeros(network.size, np.float32), np.zeros(network.size, np.float32))

    def work(low: int, high: int) -> None:
        _company(
            network.at, network.source, network.target, score,
            network.out_start, network.out, network.into_start, network.into,
            low, high, window, *columns,
        )  # fmt: skip

    shared(work, network.out_start + network.into_start, threads)
    return columns


@kernel
def _company(
    at: I64, source: I32, target: I32, score: F32,
    out_start: I64, out: I32, into_start: I64, into: I32,
    low: int, high: int, window: int, of_source: F32, of_target: F32,
) -> None:  # fmt: skip
    best = np.zeros(BEST, np.float32)
    whom = np.full(BEST, -1, np.int32)
    for account in range(low, high):
        sent = out[out_start[account] : out_start[account + 1]]
        received = into[into_start[account] : into_start[account + 1]]
        asked_sent = asked_received = 0
        from_sent = from_received = 0
        while asked_sent < len(sent) or asked_received < len(received):
            now = np.int64(9_223_372_036_854_775_807)
            if asked_sent < len(sent):
                now = at[sent[asked_sent]]
            if asked_received < len(received):
                now = min(now, at[received[asked_received]])
            tile = now // window * window
            since, until = tile - window // 2, tile + window + window // 2
            best[:] = 0.0
            whom[:] = -1
            from_sent = _best_of(at, target, account, score, sent, from_sent, since, until, best,
                                 whom)  # fmt: skip
            from_received = _best_of(at, source, account, score, received, from_received, since,
                                     until, best, whom)  # fmt: skip
            while asked_sent < len(sent) and at[sent[asked_sent]] < tile + window:
                each = sent[asked_sent]
                of_source[each] = _others(best, whom, target[each])
                asked_sent += 1
            while asked_received < len(received) and at[received[asked_received]] < tile + window:
                each = received[asked_received]
                of_target[each] = _others(best, whom, source[each])
                asked_received += 1


@kernel
def _best_of(
    at: I64, other: I32, account: int, score: F32, own: I32, first: int,
    since: np.int64, until: np.int64, best: F32, whom: I32,
) -> int:  # fmt: skip
    """Takes the transfers of this time into `best`; where this time begins in `own`."""
    while first < len(own) and at[own[first]] < since:
        first += 1
    for place in range(first, len(own)):
        each = own[place]
        if at[each] >= until:
            break
        if other[each] != account and score[each] > best[BEST - 1]:
            _take(best, whom, score[each], other[each])
    return first


@kernel
def _take(best: F32, whom: I32, score: float, other: int) -> None:
    """Puts a score in its place, descending; an account that is there already keeps its best."""
    last = BEST - 1
    for place in range(BEST):
        if whom[place] == other:
            if best[place] >= score:
                return
            last = place
            break
    while last > 0 and best[last - 1] < score:
        best[last] = best[last - 1]
        whom[last] = whom[last - 1]
        last -= 1
    best[last] = score
    whom[last] = other


@kernel
def _others(best: F32, whom: I32, own: int) -> float:
    total = 0.0
    taken = 0
    for place in range(BEST):
        if whom[place] != own and taken < BEST - 1:
            total += best[place]
            taken += 1
    return total / (BEST - 1)
