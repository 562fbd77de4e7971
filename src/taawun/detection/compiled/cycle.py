"""Cycles compiled: from each transfer outwards, level by level, until the money is back.

Breadth first: of all walks to an account with so many transfers only the one that arrives first is
gone on with, and only where no shorter walk arrived there as early. What closes first is therefore
the shortest, and simple: a walk that meets an account twice could leave out what lies between.

What cannot lie in a cycle is left out beforehand (`rings`). A walk is not gone on with where its
end can no longer pay home: until when accounts can is found by walking back from the centre, from
the latest transfer to the earliest, once for many transfers that open, as far as that pays.
"""

from __future__ import annotations

import numpy as np

from taawun.detection import ratio
from taawun.detection.compiled.canonical import Part, assembled
from taawun.detection.compiled.places import best_of
from taawun.detection.compiled.ranges import shared
from taawun.detection.compiled.rings import in_rings
from taawun.detection.compiled.walks import (
    Walks,
    ascend,
    first_from,
    more_than,
    room,
    room_for_rows,
    some_of,
    some_walks,
)
from taawun.detection.finding import NOBODY, Found
from taawun.detection.parameters import Parameters
from taawun.jit import I32, I64, kernel
from taawun.ledger.network import Network

_per_mille = kernel(ratio.per_mille)


def cycle(network: Network, p: Parameters, threads: int = 1) -> Found:
    """Money that comes back: the findings of `reference.cycle`."""
    parts = _all(network, p, threads)
    centre, other, length, walked, measures = (
        np.concatenate(each) for each in zip(*parts, strict=True)
    )
    start = np.concatenate([np.zeros(1, np.int64), np.cumsum(length)])
    kept = best_of(measures[:, 0], measures[:, 2], start, walked, network.size)
    transfers = walked[np.repeat(kept, length)]
    _ascending(length[kept], transfers)
    part = (centre[kept], other[kept], length[kept], transfers, measures[kept])
    return assembled("cycle", [part], 3)


def cycle_per_transfer(network: Network, p: Parameters, threads: int = 1) -> I32:
    """For every transfer (n) how many transfers the shortest cycle has that it lies in; 0: none.

    Of all cycles, those too that share most of their transfers with a better one.
    """
    shortest = np.zeros(network.size, np.int32)
    for _, _, length, walked, _ in _all(network, p, threads):
        _shortest(length, walked, shortest)
    return shortest


def _all(network: Network, p: Parameters, threads: int) -> list[Part]:
    """The best cycle of each transfer that opens one, its transfers in the order walked."""
    opens, goes_on = in_rings(network, p["window"], p["degree"], threads)
    opens_start, opening = some_of(network.out_start, network.out, opens)
    crowded, times = _crowded(network, p["degree"])
    ways = some_walks(network, goes_on)

    def work(low: int, high: int) -> Part:
        return _cycles(
            network.at, network.target, network.value, opens_start, opening, crowded, times, ways,
            low, high, p["window"], p["least"], p["most"], p["degree"], p["kept"], p["grown"],
        )  # fmt: skip

    return shared(work, opens_start + ways.into_start, threads)


def _crowded(network: Network, degree: int) -> tuple[I64, I64]:
    """Of accounts that pay more than `degree` times: where each starts (m + 1), and all times.

    Only of these it is asked how many transfers they have within a window.
    """
    real = network.source != network.target
    real &= (np.diff(network.out_start) > degree)[network.source]
    start, out = some_of(network.out_start, network.out, real)
    return start, network.at[out]


@kernel
def _ascending(length: I64, transfers: I32) -> None:
    """Each place's transfers put in order."""
    low = 0
    for each in length:
        ascend(transfers[low : low + each])
        low += each


@kernel
def _shortest(length: I64, walked: I32, shortest: I32) -> None:
    low = 0
    for each in length:
        for transfer in walked[low : low + each]:
            if shortest[transfer] == 0 or each < shortest[transfer]:
                shortest[transfer] = each
        low += each


@kernel
def _like(begun: int, value: int, kept: int, grown: int) -> bool:
    if begun == 0 or value == 0 or (kept == 0 and grown >= 1_000_000):
        return True
    share = _per_mille(value, begun)
    return bool(kept <= share and share <= grown)


NEVER = -(1 << 62)
"""Earlier than all times."""
BACK = 6
"""Steps of walking back for each transfer that opens: about what they spare going forward."""


@kernel
def _homewards(
    ways: Walks, target: I32, home: int, opens: int, until: int, steps: int, latest: I64,
    marked: I32, queue: I64,
) -> tuple[int, int, I32, I64]:  # fmt: skip
    """Until when accounts can pay home, by and by, into `latest` (m): which, and since when known.

    All transfers between `opens` and `until` that lead home are met, the latest first: an account
    is met first by the last that it can pay. Of every account that was met the last transfer to it
    that was not looked at yet waits in `queue`, by position, its place in `ways.into` below. Given
    up after so many `steps`: what `latest` says is then known of later times only.
    """
    many = size = 0
    last = first_from(ways.into_at, ways.into_start[home], ways.into_start[home + 1], until + 1) - 1
    if last >= ways.into_start[home]:
        queue[0] = np.int64(ways.into[last]) << 32 | last
        size = 1
    while size:
        way = queue[0] & 0xFFFFFFFF
        now = ways.into_at[way]
        if now < opens:
            size = _out_of(queue, size)
            continue
        if steps == 0:
            return many, now, marked, queue
        steps -= 1
        before = way - 1
        if before >= ways.into_start[target[ways.into[way]]]:
            queue[0] = np.int64(ways.into[before]) << 32 | before
            _settle(queue, size)
        else:
            size = _out_of(queue, size)
        payer = ways.payer[way]
        if latest[payer] != NEVER or payer == home:
            continue
        latest[payer] = now
        marked = room(marked, many + 1)
        marked[many] = payer
        many += 1
        low = ways.into_start[payer]
        last = first_from(ways.into_at, low, ways.into_start[payer + 1], now + 1) - 1
        if last >= low and ways.into_at[last] >= opens:
            queue = room(queue, size + 1)
            queue[size] = np.int64(ways.into[last]) << 32 | last
            _rise(queue, size)
            size += 1
    return many, NEVER, marked, queue


@kernel
def _out_of(queue: I64, size: int) -> int:
    """Takes the first out of a heap; how many are left."""
    queue[0] = queue[size - 1]
    _settle(queue, size - 1)
    return size - 1


@kernel
def _settle(queue: I64, size: int) -> None:
    """The first of a heap, largest first, put where it belongs."""
    place = 0
    below = 1
    while below < size:
        if below + 1 < size and queue[below + 1] > queue[below]:
            below += 1
        if queue[below] <= queue[place]:
            break
        queue[place], queue[below] = queue[below], queue[place]
        place = below
        below = 2 * place + 1


@kernel
def _rise(queue: I64, place: int) -> None:
    """The last of a heap put where it belongs."""
    while place and queue[(place - 1) >> 1] < queue[place]:
        above = (place - 1) >> 1
        queue[place], queue[above] = queue[above], queue[place]
        place = above


@kernel
def _is_crowded(start: I64, times: I64, account: int, opens: int, until: int, degree: int) -> bool:
    """Whether an account pays more than `degree` times from `opens` to `until`."""
    low, high = start[account], start[account + 1]
    if high - low <= degree:
        return False
    return more_than(times, first_from(times, low, high, opens), high, until, degree)


@kernel
def _cycles(
    at: I64, target: I32, value: I64, opens_start: I64, opening: I32, crowded: I64, times: I64,
    ways: Walks, low: int, high: int, window: int, least: int, most: int, degree: int, kept: int,
    grown: int,
) -> Part:  # fmt: skip
    """The best cycle of every transfer of accounts low … high - 1.

    A node is an arrival at an account: by which transfer, from which node. `slot` (m) is the latest
    node of an account, which has the earliest arrival; nodes of one start are numbered from 0, and
    `mine` (m) says for which start the slot was written.
    """
    accounts = len(ways.out_start) - 1
    pays_back = np.zeros(accounts, np.int32)  # transfers to the centre in the window
    slot = np.zeros(accounts, np.int32)
    mine = np.full(accounts, -1, np.int32)
    latest = np.full(accounts, NEVER, np.int64)
    marked = np.empty(1024, np.int32)
    queue = np.empty(1024, np.int64)
    node = np.empty(1024, np.int32)  # its transfer
    end_at = np.empty(1024, np.int32)  # its account
    parent = np.empty(1024, np.int32)
    centre = np.empty(64, np.int32)
    length = np.empty(64, np.int64)
    measures = np.empty((64, 3), np.int64)
    walked = np.empty(1024, np.int32)
    found = 0
    written = 0
    any_value = kept == 0 and grown >= 1_000_000
    for account in range(low, high):
        entered = ways.into_start[account]
        left = entered
        into_end = ways.into_start[account + 1]
        if entered == into_end:
            continue
        many = 0
        known_since = NEVER
        segment_ends = NEVER
        starts_end = opens_start[account + 1]
        for step in range(opens_start[account], starts_end):
            first = opening[step]
            opens = at[first]
            until = opens + window
            while entered < into_end and ways.into_at[entered] <= until:
                pays_back[ways.payer[entered]] += 1
                entered += 1
            while left < entered and ways.into_at[left] < opens:
                pays_back[ways.payer[left]] -= 1
                left += 1
            if left == entered:
                continue
            if segment_ends == NEVER or opens > segment_ends:
                segment_ends = opens + window
                starts = 1
                while step + starts < starts_end and at[opening[step + starts]] <= segment_ends:
                    starts += 1
                for each in marked[:many]:
                    latest[each] = NEVER
                many, known_since, marked, queue = _homewards(
                    ways, target, account, opens, segment_ends + window, BACK * (starts + 1),
                    latest, marked, queue,
                )  # fmt: skip
            here = target[first]
            if latest[here] < opens and opens > known_since:
                continue
            second = here
            node[0] = first
            end_at[0] = here
            parent[0] = -1
            slot[here] = 0
            mine[here] = first
            begin = 0  # the nodes of this level: begin … end - 1
            end = 1
            closes = -1
            closes_from = -1
            level = 1
            while level < most and begin < end:
                if level + 1 >= least:
                    for each in range(begin, end):
                        here = end_at[each]
                        if pays_back[here] == 0:
                            continue
                        if _is_crowded(crowded, times, here, opens, until, degree):
                            continue
                        arrived = at[node[each]]
                        stop = ways.out_start[here + 1]
                        way = first_from(ways.out_at, ways.out_start[here], stop, arrived)
                        while way < stop and ways.out_at[way] <= until:
                            if ways.payee[way] == account:
                                on = ways.out[way]
                                if (closes < 0 or on < closes) and (
                                    any_value or _like(value[first], value[on], kept, grown)
                                ):
                                    closes = on
                                    closes_from = each
                            way += 1
                    if closes >= 0:
                        break
                level += 1
                if level == most:
                    break
                size = end
                for each in range(begin, end):
                    here = end_at[each]
                    if _is_crowded(crowded, times, here, opens, until, degree):
                        continue
                    stop = ways.out_start[here + 1]
                    way = first_from(ways.out_at, ways.out_start[here], stop, at[node[each]])
                    while way < stop and ways.out_at[way] <= until:
                        there = ways.payee[way]
                        step_on = way
                        way += 1
                        now = ways.out_at[step_on]
                        if there == account or (latest[there] < now and now > known_since):
                            continue  # home, or can no longer pay home
                        if there == second:
                            continue
                        if level == most - 1 and pays_back[there] == 0:
                            continue
                        on = ways.out[step_on]
                        if not any_value and not _like(value[first], value[on], kept, grown):
                            continue
                        if mine[there] == first and node[slot[there]] <= on:
                            continue
                        if mine[there] != first or slot[there] < end:
                            node = room(node, size + 1)
                            end_at = room(end_at, size + 1)
                            parent = room(parent, size + 1)
                            slot[there] = size
                            mine[there] = first
                            size += 1
                        node[slot[there]] = on
                        end_at[slot[there]] = there
                        parent[slot[there]] = each
                begin = end
                end = size
            if closes < 0:
                continue
            walked = room(walked, written + level + 1)
            centre = room(centre, found + 1)
            length = room(length, found + 1)
            measures = room_for_rows(measures, found + 1)
            place = written + level
            walked[place] = closes
            smallest = value[closes]
            each = closes_from
            while each >= 0:
                place -= 1
                walked[place] = node[each]
                smallest = min(smallest, value[node[each]])
                each = parent[each]
            centre[found] = account
            length[found] = level + 1
            measures[found, 0] = level + 1
            measures[found, 1] = smallest
            measures[found, 2] = at[closes] - opens
            written += level + 1
            found += 1
        for place in range(left, entered):
            pays_back[ways.payer[place]] = 0
        for each in marked[:many]:
            latest[each] = NEVER
    nobody = np.full(found, NOBODY, np.int32)
    return (
        centre[:found].copy(), nobody, length[:found].copy(), walked[:written].copy(),
        measures[:found].copy(),
    )  # fmt: skip
