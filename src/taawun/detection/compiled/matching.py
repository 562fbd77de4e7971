"""How well each transfer fits what its two accounts do around it: money that comes and goes on."""

from __future__ import annotations

import numpy as np

from taawun.detection import ratio
from taawun.detection.compiled.ranges import shared
from taawun.jit import I32, I64, kernel
from taawun.ledger.network import Network

MOST = 1_000_000
"""Where ratios end: a thousand times the transfer's own value."""
COLUMNS = (
    "source_received",
    "source_match",
    "source_match_seconds",
    "source_through",
    "target_sent",
    "target_match",
    "target_match_seconds",
    "target_through",
)

per_mille = kernel(ratio.per_mille)


@kernel
def _closeness(one: int, other: int) -> int:
    return per_mille(one, other) if one < other else per_mille(other, one)


def matching_per_transfer(
    network: Network, dwell: int, most: int = 32, threads: int = 1
) -> dict[str, I32]:
    """The columns of `COLUMNS` (n each) within `dwell` seconds of each transfer.

    `source_received`: what came into the source in the `dwell` before it, per mille of its value
    (up to `MOST`). `source_match`: how near the nearest in value of the last `most` of those is,
    1,000 when equal; `source_match_seconds` how long before it that was, -1 where there is none.
    `source_through`: of what the source took and gave within `dwell` on both sides, the smaller
    per mille of the larger. `target_…`: the same of what leaves the target after it.
    A transfer to oneself or of unknown value has 0, 0, -1, 0.
    """
    columns = {name: np.zeros(network.size, np.int32) for name in COLUMNS}
    for side in ("source", "target"):
        columns[f"{side}_match_seconds"].fill(-1)

    def before(low: int, high: int) -> None:
        _before(
            network.at, network.value, network.source, network.target,
            network.out_start, network.out, network.into_start, network.into,
            low, high, dwell, most,
            *(columns[name] for name in COLUMNS[:4]),
        )  # fmt: skip

    def after(low: int, high: int) -> None:
        _after(
            network.at, network.value, network.source, network.target,
            network.into_start, network.into, network.out_start, network.out,
            low, high, dwell, most,
            *(columns[name] for name in COLUMNS[4:]),
        )  # fmt: skip

    shared(before, network.out_start, threads)
    shared(after, network.into_start, threads)
    return columns


@kernel
def _usable(position: int, value: I64, source: I32, target: I32) -> bool:
    return bool(source[position] != target[position] and value[position] > 0)


@kernel
def _taken(position: int, value: I64, source: I32, target: I32) -> int:
    """What a transfer adds to a sum: nothing when to oneself."""
    return value[position] if source[position] != target[position] else 0


@kernel
def _both_sides(
    at: I64, value: I64, source: I32, target: I32, own: I32, facing: I32, dwell: int, through: I32
) -> None:
    """`through` of the account's transfers `own`, against those in the other direction."""
    gave = took = 0
    own_tail = own_head = tail = head = 0
    for place in range(len(own)):
        now = at[own[place]]
        while own_head < len(own) and at[own[own_head]] <= now + dwell:
            gave += _taken(own[own_head], value, source, target)
            own_head += 1
        while at[own[own_tail]] < now - dwell:
            gave -= _taken(own[own_tail], value, source, target)
            own_tail += 1
        while head < len(facing) and at[facing[head]] <= now + dwell:
            took += _taken(facing[head], value, source, target)
            head += 1
        while tail < head and at[facing[tail]] < now - dwell:
            took -= _taken(facing[tail], value, source, target)
            tail += 1
        if _usable(own[place], value, source, target):
            through[own[place]] = _closeness(took, gave)


@kernel
def _before(
    at: I64, value: I64, source: I32, target: I32,
    start: I64, order: I32, facing_start: I64, facing_order: I32,
    low: int, high: int, dwell: int, most: int,
    received: I32, match: I32, waited: I32, through: I32,
) -> None:  # fmt: skip
    for account in range(low, high):
        own = order[start[account] : start[account + 1]]
        facing = facing_order[facing_start[account] : facing_start[account + 1]]
        _both_sides(at, value, source, target, own, facing, dwell, through)
        tail = head = 0
        came = 0
        for position in own:
            now = at[position]
            while head < len(facing) and at[facing[head]] <= now:
                came += _taken(facing[head], value, source, target)
                head += 1
            while tail < head and at[facing[tail]] < now - dwell:
                came -= _taken(facing[tail], value, source, target)
                tail += 1
            if not _usable(position, value, source, target):
                continue
            received[position] = min(per_mille(came, value[position]), MOST)
            place, looked = head - 1, 0
            while place >= tail and looked < most:
                each = facing[place]
                place -= 1
                looked += source[each] != target[each]
                if _usable(each, value, source, target):
                    close = _closeness(value[each], value[position])
                    if waited[position] < 0 or close > match[position]:
                        match[position] = close
                        waited[position] = now - at[each]


@kernel
def _after(
    at: I64, value: I64, source: I32, target: I32,
    start: I64, order: I32, facing_start: I64, facing_order: I32,
    low: int, high: int, dwell: int, most: int,
    sent: I32, match: I32, waits: I32, through: I32,
) -> None:  # fmt: skip
    for account in range(low, high):
        own = order[start[account] : start[account + 1]]
        facing = facing_order[facing_start[account] : facing_start[account + 1]]
        _both_sides(at, value, source, target, own, facing, dwell, through)
        tail = head = 0
        goes = 0
        for position in own:
            now = at[position]
            while head < len(facing) and at[facing[head]] <= now + dwell:
                goes += _taken(facing[head], value, source, target)
                head += 1
            while tail < head and at[facing[tail]] < now:
                goes -= _taken(facing[tail], value, source, target)
                tail += 1
            if not _usable(position, value, source, target):
                continue
            sent[position] = min(per_mille(goes, value[position]), MOST)
            place, looked = tail, 0
            while place < head and looked < most:
                each = facing[place]
                place += 1
                looked += source[each] != target[each]
                if _usable(each, value, source, target):
                    close = _closeness(value[each], value[position])
                    if waits[position] < 0 or close > match[position]:
                        match[position] = close
                        waits[position] = at[each] - now
