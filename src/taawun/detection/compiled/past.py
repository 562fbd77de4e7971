"""How new and how unusual each transfer is against the own past of its two accounts."""

from __future__ import annotations

import numpy as np

from taawun.detection import ratio
from taawun.detection.compiled.ranges import shared
from taawun.detection.compiled.rows import apart, gathered, most_of, rows_for
from taawun.jit import I32, I64, kernel
from taawun.ledger.network import Network, by_account

FLOOR = 32
"""An eighth of a doubling: the least spread of amounts that a deviation is measured in."""
MOST = 100_000
"""Where deviations end, on both sides."""
FEW = 3
"""Fewer amounts than these are no past to compare with."""
COLUMNS = (
    "pair_seconds",
    "pair_before",
    "pair_back",
    "source_before",
    "source_amount",
    "source_round",
    "source_silence",
    "target_before",
    "target_amount",
    "target_round",
    "target_silence",
    "round_zeros",
)

doublings = kernel(ratio.doublings)
root = kernel(ratio.root)


def past_per_transfer(
    network: Network, past: int, most: int = 1_000, rounded: int = 10_000, threads: int = 1
) -> dict[str, I32]:
    """The columns of `COLUMNS` (n each) from the `past` seconds before each transfer.

    The past is what was strictly earlier. `pair_seconds`: since the source last paid the target,
    -1 never; `pair_before`: how often it did; `pair_back`: how often the target paid the source.
    Of the last `most` that the source sent: `source_before` how many; `source_amount` by how many
    thousandths of their spread this value lies above their mean (in `ratio.doublings`; 0 where
    fewer than `FEW` are known); `source_round` how many per mille were whole multiples of
    `rounded` minor units. `source_silence`: seconds since it last sent or received, -1 never.
    `target_…`: the same of what the target received. `round_zeros`: the zeros that the amount
    ends in. A transfer to oneself has -1 for seconds and 0 for the rest.
    """
    told = _told(network.at, network.value, network.amount, network.source, network.target, rounded)
    of_pair, of_source, of_target = (rows_for(network.size) for _ in range(3))

    def own(low: int, high: int) -> None:
        _both_own(
            told, network.out_start, network.out, network.into_start, network.into,
            low, high, past, most, of_source, of_target,
        )  # fmt: skip

    shared(own, network.out_start + network.into_start, threads)
    _pairs(network, past, of_pair, threads)
    _zeros(network.amount, network.source, network.target, of_pair[:, 3])
    pair = apart(of_pair)
    both = (*apart(of_source), *apart(of_target))
    return dict(zip(COLUMNS, (*pair[:3], *both, pair[3]), strict=True))


def _pairs(network: Network, past: int, found: I32, threads: int) -> None:
    """By the lower number of each two accounts, then the higher, then time."""
    lower = np.minimum(network.source, network.target)
    higher = np.maximum(network.source, network.target)
    _, by_higher = by_account(higher, network.accounts)
    start, place = by_account(lower[by_higher], network.accounts)
    order = by_higher[place]

    def work(low: int, high: int) -> None:
        _pair(network.at, network.source, network.target, order, start[low], start[high], past,
              found)  # fmt: skip

    shared(work, start, threads)


@kernel
def _told(at: I64, value: I64, amount: I64, source: I32, target: I32, rounded: int) -> I64:
    """Time of each transfer, and its size times two, and one more where round; -1 to oneself."""
    told = np.empty((len(at), 2), np.int64)
    for position in range(len(at)):
        told[position, 0] = at[position]
        told[position, 1] = -1
        if source[position] != target[position]:
            whole = amount[position] % rounded == 0
            told[position, 1] = 2 * doublings(value[position]) + whole
    return told


@kernel
def _zeros(amount: I64, source: I32, target: I32, zeros: I32) -> None:
    for position in range(len(amount)):
        rest = amount[position]
        many = 0
        while rest > 0 and rest % 10 == 0 and source[position] != target[position]:
            rest //= 10
            many += 1
        zeros[position] = many


@kernel
def _pair(
    at: I64, source: I32, target: I32, order: I32, low: int, high: int, past: int, found: I32
) -> None:
    """Of the two directions of each pair, those that went up in number and those that went down."""
    first = low
    while first < high:
        own, facing = source[order[first]], target[order[first]]
        end = first + 1
        while end < high and (
            (source[order[end]] == own and target[order[end]] == facing)
            or (source[order[end]] == facing and target[order[end]] == own)
        ):
            end += 1
        if own == facing:
            for position in order[first:end]:
                _say(found, position, -1, 0, 0)
        elif end == first + 1:
            _say(found, order[first], -1, 0, 0)
        else:
            _both_ways(at, source, target, order[first:end], past, found)
        first = end


@kernel
def _say(found: I32, position: int, seconds: int, before: int, back: int) -> None:
    found[position, 0] = seconds
    found[position, 1] = before
    found[position, 2] = back


@kernel
def _both_ways(at: I64, source: I32, target: I32, own: I32, past: int, found: I32) -> None:
    up = down = tail = head = 0
    last_up = last_down = -1
    for position in own:
        now = at[position]
        while at[own[head]] < now:
            if source[own[head]] < target[own[head]]:
                up += 1
                last_up = at[own[head]]
            else:
                down += 1
                last_down = at[own[head]]
            head += 1
        while tail < head and at[own[tail]] < now - past:
            if source[own[tail]] < target[own[tail]]:
                up -= 1
            else:
                down -= 1
            tail += 1
        rising = source[position] < target[position]
        before, back = (up, down) if rising else (down, up)
        since = min(now - (last_up if rising else last_down), 2_147_483_647)
        _say(found, position, since if before > 0 else -1, before, back)


@kernel
def _deviation(size: int, count: int, total: int, squares: int) -> int:
    spread = root(count * squares - total * total) + FLOOR * count
    return max(-MOST, min(MOST, (size * count - total) * 1_000 // spread))


@kernel
def _both_own(
    told: I64, out_start: I64, out: I32, into_start: I64, into: I32,
    low: int, high: int, past: int, most: int, of_source: I32, of_target: I32,
) -> None:  # fmt: skip
    room = np.empty((most_of(out_start, low, high), 2), np.int64)
    facing_room = np.empty((most_of(into_start, low, high), 2), np.int64)
    for account in range(low, high):
        sent = out[out_start[account] : out_start[account + 1]]
        received = into[into_start[account] : into_start[account + 1]]
        gave, took = gathered(told, sent, room), gathered(told, received, facing_room)
        _own(gave, took, sent, past, most, of_source)
        _own(took, gave, received, past, most, of_target)


@kernel
def _own(mine: I64, theirs: I64, own: I32, past: int, most: int, found: I32) -> None:
    """An account's transfers in one direction against its earlier ones in the same."""
    tail = head = faced = 0
    there = known = rounds = 0
    total = squares = 0
    last = -1
    for number in range(len(own)):
        now = mine[number, 0]
        while mine[head, 0] < now:
            about = mine[head, 1]
            if about >= 0:
                size = about >> 1
                last = max(last, mine[head, 0])
                there += 1
                rounds += about & 1
                known += size > 0
                total += size
                squares += size * size
            head += 1
        while tail < head and (mine[tail, 0] < now - past or there > most):
            about = mine[tail, 1]
            if about >= 0:
                size = about >> 1
                there -= 1
                rounds -= about & 1
                known -= size > 0
                total -= size
                squares -= size * size
            tail += 1
        while faced < len(theirs) and theirs[faced, 0] < now:
            if theirs[faced, 1] >= 0:
                last = max(last, theirs[faced, 0])
            faced += 1
        about = mine[number, 1]
        size = about >> 1
        compared = about >= 0 and known >= FEW and size > 0
        found[own[number], 0] = there if about >= 0 else 0
        found[own[number], 1] = _deviation(size, known, total, squares) if compared else 0
        found[own[number], 2] = rounds * 1_000 // there if about >= 0 and there > 0 else 0
        silent = about >= 0 and last >= now - past
        found[own[number], 3] = min(now - last, 2_147_483_647) if silent else -1
