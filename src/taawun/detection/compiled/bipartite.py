"""Bipartite compiled: around each source and window only whom it pays, and who else pays these.

Sources and targets have at most `degree` transfers in the window, so that a window costs at most
`degree` squared, whatever hubs are about.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from taawun.detection.compiled.canonical import Part, assembled
from taawun.detection.compiled.places import Bools, best_of, largest
from taawun.detection.compiled.ranges import shared
from taawun.detection.compiled.walks import (
    Walks,
    ascend,
    crossing,
    first_from,
    more_than,
    room,
    room_for_rows,
    some_walks,
    walks,
)
from taawun.detection.compiled.windows import local_best
from taawun.detection.finding import NOBODY, Found
from taawun.detection.parameters import Parameters
from taawun.jit import I32, I64, kernel
from taawun.ledger.network import Network


def bipartite(network: Network, p: Parameters, threads: int = 1) -> Found:
    """Two groups that pay crosswise: the findings of `reference.bipartite`."""
    ways, window = walks(network), p["window"]
    own = some_walks(network, crossing(network, window, p["targets"], p["sources"], threads))

    def work(low: int, high: int) -> Part:
        return _groups(
            network.at, network.value, network.source, ways, own, low, high, window,
            p["sources"], p["targets"], p["degree"],
        )  # fmt: skip

    return chosen("bipartite", shared(work, own.out_start, threads), 2, network.size)


def bipartite_per_transfer(network: Network, p: Parameters, threads: int = 1) -> I32:
    """For every transfer (n) the most pairs of payer and payee of a finding that it is in."""
    return largest(bipartite(network, p, threads), 2, network.size)


def chosen(code: str, parts: list[Part], scored: int, size: int) -> Found:
    """Of places found around every source those that are the findings: the most of a measure."""
    centre, other, length, transfers, measures = (
        np.concatenate(each) for each in zip(*parts, strict=True)
    )
    start = np.concatenate([np.zeros(1, np.int64), np.cumsum(length)])
    none = np.zeros(len(centre), np.int64)
    kept = best_of(-measures[:, scored], none, start, transfers, size)
    part = (
        centre[kept],
        other[kept],
        length[kept],
        transfers[np.repeat(kept, length)],
        measures[kept],
    )
    return assembled(code, [part], measures.shape[1])


class _Scratch(NamedTuple):
    """What one window is worked out in. Accounts of it get local numbers.

    `known` (m) is the window in which `local` (m) was given. Of sources: their transfers' count of
    `pairs`, the `last` target counted. Of targets: `paid` pairs. Of transfers: `moved` position,
    `giver`, `taker` local numbers, `alive`.
    """

    known: I64
    local: I32
    pairs: I32
    last: I32
    paid: I32
    moved: I32
    giver: I32
    taker: I32
    alive: Bools


@kernel
def _scratch(accounts: int, degree: int) -> _Scratch:
    most = degree * degree + 1
    return _Scratch(
        np.full(accounts, -1, np.int64),
        np.empty(accounts, np.int32),
        np.empty(most, np.int32),
        np.empty(most, np.int32),
        np.empty(degree + 1, np.int32),
        np.empty(most, np.int32),
        np.empty(most, np.int32),
        np.empty(most, np.int32),
        np.empty(most, np.bool_),
    )


@kernel
def _gathered(
    ways: Walks, own: Walks, begin: int, end: int, opens: int, until: int, degree: int,
    window: int, seen: I64, of: _Scratch,
) -> tuple[int, int, int]:  # fmt: skip
    """The transfers of the window, into the scratch: how many, of how many sources, to how many."""
    moved = 0
    givers = 0
    takers = 0
    for step in range(begin, end):
        there = own.payee[step]
        if seen[there] == window:
            continue
        seen[there] = window
        stop = ways.into_start[there + 1]
        way = first_from(ways.into_at, ways.into_start[there], stop, opens)
        if more_than(ways.into_at, way, stop, until, degree):
            continue
        stop = own.into_start[there + 1]
        way = first_from(own.into_at, own.into_start[there], stop, opens)
        while way < stop and own.into_at[way] <= until:
            each = own.into[way]
            who = own.payer[way]
            way += 1
            if of.known[who] != window:
                of.known[who] = window
                of.local[who] = givers
                of.pairs[givers] = 0
                of.last[givers] = -1
                givers += 1
            giver = of.local[who]
            if of.last[giver] != takers:
                of.last[giver] = takers
                of.pairs[giver] += 1
            of.moved[moved] = each
            of.giver[moved] = giver
            of.taker[moved] = takers
            moved += 1
        takers += 1
    return moved, givers, takers


@kernel
def _count(moved: int, givers: int, takers: int, of: _Scratch) -> int:
    """Pairs of the transfers that are left, into `pairs` and `paid`: how many in all."""
    of.pairs[:givers] = 0
    of.last[:givers] = -1
    of.paid[:takers] = 0
    pairs = 0
    for each in range(moved):
        giver = of.giver[each]
        if of.alive[each] and of.last[giver] != of.taker[each]:
            of.last[giver] = of.taker[each]
            of.pairs[giver] += 1
            of.paid[of.taker[each]] += 1
            pairs += 1
    return pairs


@kernel
def _core(
    at: I64, source: I32, ways: Walks, own: Walks, begin: int, end: int, opens: int, until: int,
    sources: int, targets: int, degree: int, window: int, seen: I64, of: _Scratch,
) -> tuple[int, int, int, int]:  # fmt: skip
    """What is left of a window: transfers in the scratch, sources, targets, pairs (0: no place)."""
    moved, givers, takers = _gathered(ways, own, begin, end, opens, until, degree, window, seen, of)
    for each in range(moved):
        of.alive[each] = of.pairs[of.giver[each]] >= targets
    of.last[:givers] = -1
    for each in range(moved):
        # Whether a source is a hub is asked once, of those that may stay.
        if of.alive[each]:
            giver = of.giver[each]
            if of.last[giver] == -1:
                who = source[of.moved[each]]
                stop = ways.out_start[who + 1]
                way = first_from(ways.out_at, ways.out_start[who], stop, opens)
                of.last[giver] = more_than(ways.out_at, way, stop, until, degree)
            of.alive[each] = of.last[giver] == 0
    pairs = _count(moved, givers, takers, of)
    while pairs:
        for each in range(moved):
            of.alive[each] &= (
                of.pairs[of.giver[each]] >= targets and of.paid[of.taker[each]] >= sources
            )
        fewer = _count(moved, givers, takers, of)
        if fewer == pairs:
            break
        pairs = fewer
    opener = source[own.out[begin]]
    first = False
    for each in range(moved):
        position = of.moved[each]
        first |= of.alive[each] and source[position] == opener and at[position] == opens
    if not first:
        return moved, 0, 0, 0
    return moved, (of.pairs[:givers] > 0).sum(), (of.paid[:takers] > 0).sum(), pairs


@kernel
def _groups(
    at: I64, value: I64, source: I32, ways: Walks, own: Walks, low: int, high: int, window: int,
    sources: int, targets: int, degree: int,
) -> Part:  # fmt: skip
    """The local best windows of sources low … high - 1."""
    accounts = len(ways.out_start) - 1
    of = _scratch(accounts, degree)
    seen = np.full(accounts, -1, np.int64)
    opened = 0
    length = np.empty(64, np.int64)
    measures = np.empty((64, 4), np.int64)
    transfers = np.empty(1024, np.int32)
    found = 0
    written = 0
    for account in range(low, high):
        begin, stop = own.out_start[account], own.out_start[account + 1]
        if stop - begin < targets:
            continue
        opens = np.empty(stop - begin, np.int64)
        place = np.empty(stop - begin, np.int64)
        ends = np.empty(stop - begin, np.int64)
        scores = np.empty(stop - begin, np.int64)
        windows = 0
        end = begin
        for step in range(begin, stop):
            time = own.out_at[step]
            if step > begin and own.out_at[step - 1] == time:
                continue
            while end < stop and own.out_at[end] <= time + window:
                end += 1
            opens[windows] = time
            place[windows] = step
            ends[windows] = end
            scores[windows] = 0
            all_end = ways.out_start[account + 1]
            way = first_from(ways.out_at, ways.out_start[account], all_end, time)
            busy = more_than(ways.out_at, way, all_end, time + window, degree)
            if end - step >= targets and not busy:
                opened += 1
                _, _, _, scores[windows] = _core(
                    at, source, ways, own, step, end, time, time + window, sources, targets,
                    degree, opened, seen, of,
                )  # fmt: skip
            windows += 1
        best = np.empty(windows, np.int64)
        kept = local_best(opens[:windows], scores[:windows], window, best)
        for each in best[:kept]:
            opened += 1
            moved, givers, takers, pairs = _core(
                at, source, ways, own, place[each], ends[each], opens[each],
                opens[each] + window, sources, targets, degree, opened, seen, of,
            )  # fmt: skip
            transfers = room(transfers, written + moved)
            length = room(length, found + 1)
            measures = room_for_rows(measures, found + 1)
            begun = written
            total = np.int64(0)
            for one in range(moved):
                if of.alive[one]:
                    transfers[written] = of.moved[one]
                    total += value[of.moved[one]]
                    written += 1
            ascend(transfers[begun:written])
            length[found] = written - begun
            measures[found, 0] = givers
            measures[found, 1] = takers
            measures[found, 2] = pairs
            measures[found, 3] = total
            found += 1
    nobody = np.full(found, NOBODY, np.int32)
    return (
        nobody, nobody.copy(), length[:found].copy(), transfers[:written].copy(),
        measures[:found].copy(),
    )  # fmt: skip
