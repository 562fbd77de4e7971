"""Cycles compiled: from each transfer outwards, level by level, until the money is back.

Breadth first: of all walks to an account with so many transfers only the one that arrives first is
gone on with, and only where no shorter walk arrived there as early. What closes first is therefore
the shortest, and simple: a walk that meets an account twice could leave out what lies between.

A walk is not gone on with where its end is too far from home: how far accounts are, time left
aside, is found by walking back from the centre, once for many transfers, as far as that pays.
"""

from __future__ import annotations

import numpy as np

from taawun.detection import ratio
from taawun.detection.compiled.canonical import Part, assembled
from taawun.detection.compiled.places import best_of
from taawun.detection.compiled.ranges import shared
from taawun.detection.compiled.walks import (
    Walks,
    ascend,
    first_from,
    more_than,
    room,
    room_for_rows,
    walks,
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
    ways = walks(network)

    def work(low: int, high: int) -> Part:
        return _cycles(
            network.at, network.value, ways, low, high, p["window"], p["least"],
            p["most"], p["degree"], p["kept"], p["grown"],
        )  # fmt: skip

    return shared(work, ways.out_start, threads)


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


FAR = 1 << 8
"""`near` is a segment's number times this, and how many transfers from home an account is."""
BACK = 16
"""Steps of walking back for each transfer of a segment: about what they spare going forward."""


@kernel
def _homewards(
    ways: Walks, account: int, opens: int, until: int, steps: int, most: int, segment: int,
    near: I64, queue: I32,
) -> tuple[int, I32]:  # fmt: skip
    """How many transfers from the centre accounts are at least, into `near` (m).

    Returns the distance up to which all are known, given up after so many `steps`.
    """
    begin = 0
    end = 1
    queue[0] = account
    near[account] = segment * FAR
    distance = 1
    while begin < end and distance < most:
        size = end
        for each in range(begin, end):
            stop = ways.into_start[queue[each] + 1]
            way = first_from(ways.into_at, ways.into_start[queue[each]], stop, opens)
            while way < stop and ways.into_at[way] <= until:
                if steps == 0:
                    return distance - 1, queue
                steps -= 1
                there = ways.payer[way]
                if near[there] < segment * FAR:
                    near[there] = segment * FAR + distance
                    queue = room(queue, size + 1)
                    queue[size] = there
                    size += 1
                way += 1
        begin = end
        end = size
        distance += 1
    return most, queue


@kernel
def _cycles(
    at: I64, value: I64, ways: Walks, low: int, high: int, window: int, least: int, most: int,
    degree: int, kept: int, grown: int,
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
    near = np.zeros(accounts, np.int64)
    queue = np.empty(1024, np.int32)
    node = np.empty(1024, np.int32)  # its transfer
    end_at = np.empty(1024, np.int32)  # its account
    parent = np.empty(1024, np.int32)
    centre = np.empty(64, np.int32)
    length = np.empty(64, np.int64)
    measures = np.empty((64, 3), np.int64)
    walked = np.empty(1024, np.int32)
    found = 0
    written = 0
    segment = 0
    any_value = kept == 0 and grown >= 1_000_000
    for account in range(low, high):
        entered = ways.into_start[account]
        left = entered
        into_end = ways.into_start[account + 1]
        if entered == into_end:
            continue
        known = 0
        segment_ends = np.int64(-1)
        starts_end = ways.out_start[account + 1]
        for step in range(ways.out_start[account], starts_end):
            opens = ways.out_at[step]
            until = opens + window
            while entered < into_end and ways.into_at[entered] <= until:
                pays_back[ways.payer[entered]] += 1
                entered += 1
            while left < entered and ways.into_at[left] < opens:
                pays_back[ways.payer[left]] -= 1
                left += 1
            if left == entered:
                continue
            if opens > segment_ends:
                segment += 1
                segment_ends = opens + window
                starts = first_from(ways.out_at, step, starts_end, segment_ends + 1) - step
                known, queue = _homewards(
                    ways, account, opens, segment_ends + window, BACK * (starts + 1), most,
                    segment, near, queue,
                )  # fmt: skip
            here = ways.payee[step]
            far = near[here] - segment * FAR if near[here] >= segment * FAR else known + 1
            if far > most - 1:
                continue
            first = ways.out[step]
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
                        stop = ways.out_start[here + 1]
                        way = first_from(ways.out_at, ways.out_start[here], stop, opens)
                        if more_than(ways.out_at, way, stop, until, degree):
                            continue
                        arrived = at[node[each]]
                        while way < stop and ways.out_at[way] <= until:
                            if ways.payee[way] == account and ways.out_at[way] >= arrived:
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
                    stop = ways.out_start[here + 1]
                    way = first_from(ways.out_at, ways.out_start[here], stop, opens)
                    if more_than(ways.out_at, way, stop, until, degree):
                        continue
                    arrived = at[node[each]]
                    while way < stop and ways.out_at[way] <= until:
                        there = ways.payee[way]
                        step_on = way
                        way += 1
                        if near[there] >= segment * FAR:
                            far = near[there] - segment * FAR
                        else:
                            far = known + 1
                        if far > most - level or far == 0:
                            continue  # too far from home, or there
                        if ways.out_at[step_on] < arrived or there == second:
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
    nobody = np.full(found, NOBODY, np.int32)
    return (
        centre[:found].copy(), nobody, length[:found].copy(), walked[:written].copy(),
        measures[:found].copy(),
    )  # fmt: skip
