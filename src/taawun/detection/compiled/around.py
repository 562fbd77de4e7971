"""With how many others an account deals just before and just after each of its transfers.

One pass over the accounts: for each of them its sent and received transfers are merged by time, and
four windows slide along (sent before and after, received before and after). Linear, whatever the
degree of an account.
"""

from __future__ import annotations

import numpy as np

from taawun.detection.compiled.ranges import shared
from taawun.jit import I32, I64, U8, kernel
from taawun.ledger.network import Network

SIDES = ("source", "target")
WINDOWS = ("sent_before", "sent_after", "received_before", "received_after")
COLUMNS = tuple(f"{side}_{window}" for side in SIDES for window in WINDOWS)


def around_per_transfer(network: Network, window: int, counts: U8, threads: int = 1) -> list[I32]:
    """The columns of `COLUMNS` (n each): how many different others, within `window` seconds.

    Of the transfer's source, then of its target: the others that it sent to at most `window`
    before (the transfer itself and those of the same second included) and after, and those that
    it received from. Only transfers with `counts` (n) above 0 are counted.
    """
    columns = [np.zeros(network.size, np.int32) for _ in COLUMNS]

    def work(low: int, high: int) -> None:
        _around(
            network.at, network.source, network.target, counts,
            network.out_start, network.out, network.into_start, network.into,
            low, high, window, network.accounts, *columns,
        )  # fmt: skip

    shared(work, network.out_start + network.into_start, threads)
    return columns


@kernel
def _around(
    at: I64, source: I32, target: I32, counts: U8,
    out_start: I64, out: I32, into_start: I64, into: I32,
    low: int, high: int, window: int, accounts: int,
    ssb: I32, ssa: I32, srb: I32, sra: I32, tsb: I32, tsa: I32, trb: I32, tra: I32,
) -> None:  # fmt: skip
    seen = np.zeros((4, accounts), np.int32)
    for account in range(low, high):
        sent = out[out_start[account] : out_start[account + 1]]
        received = into[into_start[account] : into_start[account + 1]]
        _slide(at, source, target, counts, target, sent, sent, received, window, seen[0], seen[1],
               ssb, ssa, tsb, tsa)  # fmt: skip
        _slide(at, source, target, counts, source, received, sent, received, window, seen[2],
               seen[3], srb, sra, trb, tra)  # fmt: skip


@kernel
def _slide(
    at: I64, source: I32, target: I32, counts: U8, other: I32, own: I32, sent: I32, received: I32,
    window: int, behind: I32, ahead: I32,
    source_before: I32, source_after: I32, target_before: I32, target_after: I32,
) -> None:  # fmt: skip
    """Different `other`s of `own` around every transfer sent or received by one account."""
    asked_sent = asked_received = 0
    first = last = start = end = 0
    before = after = 0
    while asked_sent < len(sent) or asked_received < len(received):
        is_sent = asked_received == len(received) or (
            asked_sent < len(sent) and at[sent[asked_sent]] <= at[received[asked_received]]
        )
        position = sent[asked_sent] if is_sent else received[asked_received]
        now = at[position]
        while last < len(own) and at[own[last]] <= now:
            each = own[last]
            if counts[each] and source[each] != target[each]:
                before += behind[other[each]] == 0
                behind[other[each]] += 1
            last += 1
        while first < last and at[own[first]] < now - window:
            each = own[first]
            if counts[each] and source[each] != target[each]:
                behind[other[each]] -= 1
                before -= behind[other[each]] == 0
            first += 1
        while end < len(own) and at[own[end]] <= now + window:
            each = own[end]
            if counts[each] and source[each] != target[each]:
                after += ahead[other[each]] == 0
                ahead[other[each]] += 1
            end += 1
        while start < end and at[own[start]] < now:
            each = own[start]
            if counts[each] and source[each] != target[each]:
                ahead[other[each]] -= 1
                after -= ahead[other[each]] == 0
            start += 1
        if is_sent:
            source_before[position] = before
            source_after[position] = after
            asked_sent += 1
        else:
            target_before[position] = before
            target_after[position] = after
            asked_received += 1
    for place in range(first, last):
        behind[other[own[place]]] = 0
    for place in range(start, end):
        ahead[other[own[place]]] = 0
