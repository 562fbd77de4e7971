"""How well each transfer fits what its two accounts do around it: money that comes and goes on."""

from __future__ import annotations

import numpy as np

from taawun.detection import ratio
from taawun.detection.compiled.ranges import shared
from taawun.detection.compiled.rows import apart, gathered, most_of, rows_for
from taawun.jit import I32, I64, kernel
from taawun.ledger.network import Network

MOST = 1_000_000
"""Where ratios end: a thousand times the transfer's own value."""
SAFE = 1 << 53
"""A thousand times less than this is within int64."""
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


@kernel
def _farther(one: int, other: int, best: int) -> bool:
    """Whether two amounts are certainly no nearer than `best`: without a division."""
    less, more = (one, other) if one < other else (other, one)
    return bool(more < ratio.EXACT and less * 1_000 < (best + 1) * more)


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
    told = _told(network.at, network.value, network.source, network.target)
    of_source, of_target = (rows_for(network.size) for _ in range(2))

    def work(low: int, high: int) -> None:
        _match(
            told, network.out_start, network.out, network.into_start, network.into,
            low, high, dwell, most, of_source, of_target,
        )  # fmt: skip

    shared(work, network.out_start + network.into_start, threads)
    both = (*apart(of_source), *apart(of_target))
    return dict(zip(COLUMNS, both, strict=True))


@kernel
def _told(at: I64, value: I64, source: I32, target: I32) -> I64:
    """Time and value of each transfer side by side; -1 for one to oneself."""
    told = np.empty((len(at), 2), np.int64)
    for position in range(len(at)):
        told[position, 0] = at[position]
        told[position, 1] = value[position] if source[position] != target[position] else -1
    return told


@kernel
def _match(
    told: I64, out_start: I64, out: I32, into_start: I64, into: I32,
    low: int, high: int, dwell: int, most: int, of_source: I32, of_target: I32,
) -> None:  # fmt: skip
    room = np.empty((most_of(out_start, low, high), 2), np.int64)
    facing_room = np.empty((most_of(into_start, low, high), 2), np.int64)
    for account in range(low, high):
        sent = out[out_start[account] : out_start[account + 1]]
        received = into[into_start[account] : into_start[account + 1]]
        gave, took = gathered(told, sent, room), gathered(told, received, facing_room)
        _both_sides(gave, took, sent, dwell, of_source)
        _before(gave, took, sent, dwell, most, of_source)
        _both_sides(took, gave, received, dwell, of_target)
        _after(took, gave, received, dwell, most, of_target)


@kernel
def _both_sides(mine: I64, theirs: I64, own: I32, dwell: int, found: I32) -> None:
    """Column 3 of the account's transfers `own`, against those in the other direction."""
    gave = took = 0
    own_tail = own_head = tail = head = 0
    for number in range(len(own)):
        now = mine[number, 0]
        while own_head < len(own) and mine[own_head, 0] <= now + dwell:
            gave += max(mine[own_head, 1], 0)
            own_head += 1
        while mine[own_tail, 0] < now - dwell:
            gave -= max(mine[own_tail, 1], 0)
            own_tail += 1
        while head < len(theirs) and theirs[head, 0] <= now + dwell:
            took += max(theirs[head, 1], 0)
            head += 1
        while tail < head and theirs[tail, 0] < now - dwell:
            took -= max(theirs[tail, 1], 0)
            tail += 1
        found[own[number], 3] = _closeness(took, gave) if mine[number, 1] > 0 else 0


@kernel
def _nearer(value: int, other: int, match: int) -> bool:
    """Whether `_closeness` is above `match`: without dividing, where that is safe."""
    smaller, larger = min(value, other), max(value, other)
    if larger < SAFE:
        return bool(smaller * 1_000 >= (match + 1) * larger)
    return bool(_closeness(smaller, larger) > match)


@kernel
def _before(mine: I64, theirs: I64, own: I32, dwell: int, most: int, found: I32) -> None:
    tail = head = 0
    came = 0
    for number in range(len(own)):
        now, value = mine[number, 0], mine[number, 1]
        while head < len(theirs) and theirs[head, 0] <= now:
            came += max(theirs[head, 1], 0)
            head += 1
        while tail < head and theirs[tail, 0] < now - dwell:
            came -= max(theirs[tail, 1], 0)
            tail += 1
        match, waited = 0, -1
        if value > 0:
            place, looked = head - 1, 0
            while place >= tail and looked < most:
                each, other = place, theirs[place, 1]
                place -= 1
                looked += other >= 0
                if other > 0 and (waited < 0 or _nearer(other, value, match)):
                    match = _closeness(other, value)
                    waited = now - theirs[each, 0]
        found[own[number], 0] = min(per_mille(came, value), MOST) if value > 0 else 0
        found[own[number], 1] = match
        found[own[number], 2] = waited


@kernel
def _after(mine: I64, theirs: I64, own: I32, dwell: int, most: int, found: I32) -> None:
    tail = head = 0
    goes = 0
    for number in range(len(own)):
        now, value = mine[number, 0], mine[number, 1]
        while head < len(theirs) and theirs[head, 0] <= now + dwell:
            goes += max(theirs[head, 1], 0)
            head += 1
        while tail < head and theirs[tail, 0] < now:
            goes -= max(theirs[tail, 1], 0)
            tail += 1
        match, waits = 0, -1
        if value > 0:
            place, looked = tail, 0
            while place < head and looked < most:
                each, other = place, theirs[place, 1]
                place += 1
                looked += other >= 0
                if other > 0 and (waits < 0 or _nearer(other, value, match)):
                    match = _closeness(other, value)
                    waits = theirs[each, 0] - now
        found[own[number], 0] = min(per_mille(goes, value), MOST) if value > 0 else 0
        found[own[number], 1] = match
        found[own[number], 2] = waits
