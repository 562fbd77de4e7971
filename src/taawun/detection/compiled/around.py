"""With how many others an account deals just before and just after each of its transfers.

One pass over the accounts: for each of them its sent and received transfers are merged by time, and
four windows slide along (sent before and after, received before and after). Linear, whatever the
degree of an account.
"""

from __future__ import annotations

import numpy as np

from taawun.detection.compiled.ranges import shared
from taawun.detection.compiled.rows import apart, rows_for
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
    bounds = _bounds(network.at, window)
    to = np.where((counts > 0) & (network.source != network.target), network.target, -1)
    by = np.where(to >= 0, network.source, -1)
    of_source, of_target = (rows_for(network.size) for _ in SIDES)

    def work(low: int, high: int) -> None:
        _around(
            bounds, to, by, network.out_start, network.out, network.into_start, network.into,
            low, high, network.accounts, of_source, of_target,
        )  # fmt: skip

    shared(work, network.out_start + network.into_start, threads)
    return [*apart(of_source), *apart(of_target)]


@kernel
def _bounds(at: I64, window: int) -> I32:
    """Of each position the first and last of its time, the first and last within the window."""
    bounds = np.empty((len(at), 4), np.int32)
    first = last = low = high = 0
    for position in range(len(at)):
        now = at[position]
        if now != at[first]:
            first = position
        while last < len(at) and at[last] <= now:
            last += 1
        while at[low] < now - window:
            low += 1
        while high < len(at) and at[high] <= now + window:
            high += 1
        bounds[position, 0] = first
        bounds[position, 1] = last - 1
        bounds[position, 2] = low
        bounds[position, 3] = high - 1
    return bounds


@kernel
def _around(
    bounds: I32, to: I32, by: I32, out_start: I64, out: I32, into_start: I64, into: I32,
    low: int, high: int, accounts: int, of_source: I32, of_target: I32,
) -> None:  # fmt: skip
    seen = np.zeros((accounts, 2), np.int32)
    for account in range(low, high):
        sent = out[out_start[account] : out_start[account + 1]]
        received = into[into_start[account] : into_start[account + 1]]
        _slide(bounds, to, sent, sent, received, 0, seen, of_source, of_target)
        _slide(bounds, by, received, sent, received, 2, seen, of_source, of_target)


@kernel
def _slide(
    bounds: I32, other: I32, own: I32, sent: I32, received: I32, column: int, seen: I32,
    of_source: I32, of_target: I32,
) -> None:  # fmt: skip
    """Different `other`s of `own` around every transfer sent or received by one account.

    Positions are in order of time, so that they are compared instead of times.
    """
    asked_sent = asked_received = 0
    first = last = start = end = 0
    before = after = 0
    while asked_sent < len(sent) or asked_received < len(received):
        is_sent = asked_received == len(received) or (
            asked_sent < len(sent) and sent[asked_sent] <= received[asked_received]
        )
        position = sent[asked_sent] if is_sent else received[asked_received]
        while last < len(own) and own[last] <= bounds[position, 1]:
            each = other[own[last]]
            if each >= 0:
                before += seen[each, 0] == 0
                seen[each, 0] += 1
            last += 1
        while first < last and own[first] < bounds[position, 2]:
            each = other[own[first]]
            if each >= 0:
                seen[each, 0] -= 1
                before -= seen[each, 0] == 0
            first += 1
        while end < len(own) and own[end] <= bounds[position, 3]:
            each = other[own[end]]
            if each >= 0:
                after += seen[each, 1] == 0
                seen[each, 1] += 1
            end += 1
        while start < end and own[start] < bounds[position, 0]:
            each = other[own[start]]
            if each >= 0:
                seen[each, 1] -= 1
                after -= seen[each, 1] == 0
            start += 1
        if is_sent:
            of_source[position, column] = before
            of_source[position, column + 1] = after
            asked_sent += 1
        else:
            of_target[position, column] = before
            of_target[position, column + 1] = after
            asked_received += 1
    for place in range(min(first, start), max(last, end)):
        if other[own[place]] >= 0:
            seen[other[own[place]]] = 0
