"""How new and how unusual each transfer is against the own past of its two accounts."""

from __future__ import annotations

import numpy as np

from taawun.detection import ratio
from taawun.detection.compiled.ranges import shared
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
    columns = {name: np.zeros(network.size, np.int32) for name in COLUMNS}
    for name in ("pair_seconds", "source_silence", "target_silence"):
        columns[name].fill(-1)
    size = _sizes(network.value)
    _pairs(network, past, columns, threads)

    def sent(low: int, high: int) -> None:
        _own(
            network.at, network.amount, size, network.source, network.target,
            network.out_start, network.out, network.into_start, network.into,
            low, high, past, most, rounded, *(columns[name] for name in COLUMNS[3:7]),
        )  # fmt: skip

    def received(low: int, high: int) -> None:
        _own(
            network.at, network.amount, size, network.source, network.target,
            network.into_start, network.into, network.out_start, network.out,
            low, high, past, most, rounded, *(columns[name] for name in COLUMNS[7:11]),
        )  # fmt: skip

    shared(sent, network.out_start, threads)
    shared(received, network.into_start, threads)
    _zeros(network.amount, network.source, network.target, columns["round_zeros"])
    return columns


def _pairs(network: Network, past: int, columns: dict[str, I32], threads: int) -> None:
    """By the lower number of each two accounts, then the higher, then time."""
    lower = np.minimum(network.source, network.target)
    higher = np.maximum(network.source, network.target)
    _, by_higher = by_account(higher, network.accounts)
    start, place = by_account(lower[by_higher], network.accounts)
    order = by_higher[place]

    def work(low: int, high: int) -> None:
        _pair(
            network.at, network.source, network.target, higher, order,
            start[low], start[high], past, *(columns[name] for name in COLUMNS[:3]),
        )  # fmt: skip

    shared(work, start, threads)


@kernel
def _sizes(value: I64) -> I32:
    size = np.empty(len(value), np.int32)
    for position in range(len(value)):
        size[position] = doublings(value[position])
    return size


@kernel
def _zeros(amount: I64, source: I32, target: I32, zeros: I32) -> None:
    for position in range(len(amount)):
        rest = amount[position]
        while rest > 0 and rest % 10 == 0 and source[position] != target[position]:
            rest //= 10
            zeros[position] += 1


@kernel
def _pair(
    at: I64, source: I32, target: I32, higher: I32, order: I32, low: int, high: int, past: int,
    seconds: I32, before: I32, back: I32,
) -> None:  # fmt: skip
    """Of the two directions of each pair, those that went up in number and those that went down."""
    first = low
    while first < high:
        end = first + 1
        one = min(source[order[first]], target[order[first]])
        other = higher[order[first]]
        while (
            end < high
            and higher[order[end]] == other
            and min(source[order[end]], target[order[end]]) == one
        ):
            end += 1
        if one != other:
            _both_ways(at, source, target, order[first:end], past, seconds, before, back)
        first = end


@kernel
def _both_ways(
    at: I64, source: I32, target: I32, own: I32, past: int, seconds: I32, before: I32, back: I32
) -> None:
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
        before[position] = up if rising else down
        back[position] = down if rising else up
        if before[position] > 0:
            seconds[position] = min(now - (last_up if rising else last_down), 2_147_483_647)


@kernel
def _deviation(size: int, count: int, total: int, squares: int) -> int:
    spread = root(count * squares - total * total) + FLOOR * count
    return max(-MOST, min(MOST, (size * count - total) * 1_000 // spread))


@kernel
def _own(
    at: I64, amount: I64, size: I32, source: I32, target: I32,
    start: I64, order: I32, facing_start: I64, facing_order: I32,
    low: int, high: int, past: int, most: int, rounded: int,
    before: I32, unusual: I32, round_share: I32, silence: I32,
) -> None:  # fmt: skip
    """Each account's transfers in one direction against its earlier ones in the same."""
    for account in range(low, high):
        own = order[start[account] : start[account + 1]]
        facing = facing_order[facing_start[account] : facing_start[account + 1]]
        tail = head = faced = 0
        there = known = rounds = 0
        total = squares = 0
        last = -1
        for position in own:
            now = at[position]
            while at[own[head]] < now:
                each = own[head]
                head += 1
                if source[each] != target[each]:
                    last = max(last, at[each])
                    there += 1
                    rounds += amount[each] % rounded == 0
                    if size[each] > 0:
                        known += 1
                        total += size[each]
                        squares += np.int64(size[each]) * size[each]
            while tail < head and (at[own[tail]] < now - past or there > most):
                each = own[tail]
                tail += 1
                if source[each] != target[each]:
                    there -= 1
                    rounds -= amount[each] % rounded == 0
                    if size[each] > 0:
                        known -= 1
                        total -= size[each]
                        squares -= np.int64(size[each]) * size[each]
            while faced < len(facing) and at[facing[faced]] < now:
                if source[facing[faced]] != target[facing[faced]]:
                    last = max(last, at[facing[faced]])
                faced += 1
            if source[position] == target[position]:
                continue
            before[position] = there
            if there > 0:
                round_share[position] = rounds * 1_000 // there
            if known >= FEW and size[position] > 0:
                unusual[position] = _deviation(size[position], known, total, squares)
            if last >= now - past:
                silence[position] = min(now - last, 2_147_483_647)
