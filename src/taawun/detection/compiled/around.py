"""With how many others an account deals just before and just after each of its transfers.

One pass over the accounts: for each of them its sent and received transfers are merged by time, and
four windows slide along (sent before and after, received before and after), for each width that is
asked for. Linear, whatever the degree of an account. What is needed of an account's transfers is
fetched in one go and lies together, and its counterparties are numbered from 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from taawun.detection.compiled.places import Bools
from taawun.detection.compiled.ranges import shared
from taawun.detection.compiled.rows import apart, most_of
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
    return around_in_each(network, (window,), counts, threads)[0]


def around_in_each(
    network: Network, windows: Sequence[int], counts: U8, threads: int = 1
) -> list[list[I32]]:
    """The same for several windows, in about the time of one: for each its columns."""
    counted = (counts > 0) & (network.source != network.target)
    widths = np.array(windows, np.int64)
    of_source, of_target = (np.empty((network.size, 4 * len(widths)), np.int32) for _ in SIDES)

    def work(low: int, high: int) -> None:
        _around(
            network.at, counted, network.source, network.target, network.out_start, network.out,
            network.into_start, network.into, low, high, widths, of_source, of_target,
        )  # fmt: skip

    shared(work, network.out_start + network.into_start, threads)
    return [
        [*apart(of_source[:, first : first + 4]), *apart(of_target[:, first : first + 4])]
        for first in range(0, 4 * len(widths), 4)
    ]


class _Own(NamedTuple):
    """An account's transfers in one direction: when, and with which other (-1: not counted)."""

    at: I64
    other: I32


@kernel
def _around(
    at: I64, counted: Bools, source: I32, target: I32, out_start: I64, out: I32, into_start: I64,
    into: I32, low: int, high: int, widths: I64, of_source: I32, of_target: I32,
) -> None:  # fmt: skip
    most_out, most_into = most_of(out_start, low, high), most_of(into_start, low, high)
    number = np.full(len(out_start) - 1, -1, np.int32)
    sent_room = _Own(np.empty(most_out, np.int64), np.empty(most_out, np.int32))
    came_room = _Own(np.empty(most_into, np.int64), np.empty(most_into, np.int32))
    seen = np.zeros((max(most_out, most_into), 2), np.int32)
    for account in range(low, high):
        sent = out[out_start[account] : out_start[account + 1]]
        received = into[into_start[account] : into_start[account + 1]]
        gave = _gathered(at, counted, target, sent, sent_room, number)
        took = _gathered(at, counted, source, received, came_room, number)
        for width in range(len(widths)):
            window = widths[width]
            _slide(gave, gave.at, took.at, window, sent, received, 4 * width, seen, of_source,
                   of_target)  # fmt: skip
            _slide(took, gave.at, took.at, window, sent, received, 4 * width + 2, seen, of_source,
                   of_target)  # fmt: skip


@kernel
def _gathered(at: I64, counted: Bools, other: I32, own: I32, room: _Own, number: I32) -> _Own:
    """What is needed of `own`, its others numbered as they come. `number` is all -1 afterwards."""
    for place in range(len(own)):
        position = own[place]
        room.at[place] = at[position]
        room.other[place] = other[position] if counted[position] else -1
    known = 0
    ids = room.other[: len(own)]
    for place in range(len(own)):
        each = ids[place]
        if each >= 0:
            if number[each] < 0:
                number[each] = known
                known += 1
            ids[place] = number[each]
    for position in own:
        number[other[position]] = -1
    return _Own(room.at[: len(own)], ids)


@kernel
def _slide(
    own: _Own, sent_at: I64, received_at: I64, window: int, sent: I32, received: I32, column: int,
    seen: I32, of_source: I32, of_target: I32,
) -> None:  # fmt: skip
    """Different others of `own` around every transfer sent or received by one account."""
    asked_sent = asked_received = 0
    first = last = start = end = 0
    before = after = 0
    count = len(own.at)
    while asked_sent < len(sent) or asked_received < len(received):
        is_sent = asked_received == len(received) or (
            asked_sent < len(sent) and sent_at[asked_sent] <= received_at[asked_received]
        )
        now = sent_at[asked_sent] if is_sent else received_at[asked_received]
        while last < count and own.at[last] <= now:
            each = own.other[last]
            if each >= 0:
                before += seen[each, 0] == 0
                seen[each, 0] += 1
            last += 1
        while first < last and own.at[first] < now - window:
            each = own.other[first]
            if each >= 0:
                seen[each, 0] -= 1
                before -= seen[each, 0] == 0
            first += 1
        while end < count and own.at[end] <= now + window:
            each = own.other[end]
            if each >= 0:
                after += seen[each, 1] == 0
                seen[each, 1] += 1
            end += 1
        while start < end and own.at[start] < now:
            each = own.other[start]
            if each >= 0:
                seen[each, 1] -= 1
                after -= seen[each, 1] == 0
            start += 1
        if is_sent:
            of_source[sent[asked_sent], column] = before
            of_source[sent[asked_sent], column + 1] = after
            asked_sent += 1
        else:
            of_target[received[asked_received], column] = before
            of_target[received[asked_received], column + 1] = after
            asked_received += 1
    seen[:count] = 0
