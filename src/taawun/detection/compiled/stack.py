"""Stack compiled: around each source and window two layers of crossing payments.

As in `bipartite`, everybody has at most `degree` transfers in the window, so that a window costs at
most twice `degree` squared.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from taawun.detection.compiled.bipartite import chosen
from taawun.detection.compiled.canonical import Part
from taawun.detection.compiled.places import Bools, largest
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
from taawun.detection.compiled.windows import local_best
from taawun.detection.finding import NOBODY, Found
from taawun.detection.parameters import Parameters
from taawun.jit import I32, I64, kernel
from taawun.ledger.network import Network


def stack(network: Network, p: Parameters, threads: int = 1) -> Found:
    """Layer upon layer: the findings of `reference.stack`."""
    ways = walks(network)

    def work(low: int, high: int) -> Part:
        return _stacks(
            network.at, network.value, network.source, ways, low, high,
            p["window"], p["sources"], p["middles"], p["targets"], p["shared"], p["degree"],
        )  # fmt: skip

    parts = [_with_accounts(part) for part in shared(work, ways.out_start, threads)]
    found = chosen("stack", parts, 5, network.size)
    return Found(
        found.typology,
        found.centre,
        found.other,
        found.start,
        found.transfers,
        np.ascontiguousarray(found.measures[:, :5]),
    )


def stack_per_transfer(network: Network, p: Parameters, threads: int = 1) -> I32:
    """For every transfer (n) the most accounts in between of a finding that it is in."""
    return largest(stack(network, p, threads), 1, network.size)


def _with_accounts(part: Part) -> Part:
    """A part with the number of accounts as last measure: what places are compared by."""
    centre, other, length, transfers, measures = part
    accounts = measures[:, :3].sum(axis=1, keepdims=True)
    return centre, other, length, transfers, np.concatenate([measures, accounts], axis=1)


class _Side(NamedTuple):
    """The transfers of one side of a window: `moved` position, `party` (source or target) and
    `middle` as local numbers, `alive`; of each party its different `middles`, the `last` counted.
    """

    moved: I32
    party: I32
    middle: I32
    alive: Bools
    middles: I32
    last: I32


class _Scratch(NamedTuple):
    """What one window is worked out in. `known` (m) is the window in which an account was met.

    It gets a `local` number (m) and a `role` (m). Of middles: whether one is still paid (`earliest`
    time) and pays (`latest` time). `met` (m) is the window in which an account was paid by a
    middle, the `previous` one (m), and of how many it was `paid_by` (m).
    """

    known: I64
    local: I32
    role: I32
    middle: I32
    earliest: I64
    latest: I64
    into: _Side
    out: _Side
    met: I64
    previous: I32
    paid_by: I32


MIDDLE, PAYER, BIG, PAYEE = 0, 1, 2, 3
NEVER = 2**62


@kernel
def _side(degree: int) -> _Side:
    most = degree * degree + 1
    return _Side(
        np.empty(most, np.int32),
        np.empty(most, np.int32),
        np.empty(most, np.int32),
        np.empty(most, np.bool_),
        np.empty(most, np.int32),
        np.empty(most, np.int32),
    )


@kernel
def _scratch(accounts: int, degree: int) -> _Scratch:
    return _Scratch(
        np.full(accounts, -1, np.int64),
        np.empty(accounts, np.int32),
        np.empty(accounts, np.int32),
        np.empty(degree + 1, np.int32),
        np.empty(degree + 1, np.int64),
        np.empty(degree + 1, np.int64),
        _side(degree),
        _side(degree),
        np.full(accounts, -1, np.int64),
        np.empty(accounts, np.int32),
        np.empty(accounts, np.int32),
    )


@kernel
def _middles(
    ways: Walks, begin: int, end: int, opens: int, until: int, degree: int, window: int,
    of: _Scratch,
) -> int:  # fmt: skip
    """The accounts in between, into `middle`: how many."""
    count = 0
    for step in range(begin, end):
        there = ways.payee[step]
        if of.known[there] == window:
            continue
        stop_in, stop = ways.into_start[there + 1], ways.out_start[there + 1]
        way_in = first_from(ways.into_at, ways.into_start[there], stop_in, opens)
        way = first_from(ways.out_at, ways.out_start[there], stop, opens)
        if (
            way == stop
            or ways.out_at[way] > until
            or more_than(ways.into_at, way_in, stop_in, until, degree)
            or more_than(ways.out_at, way, stop, until, degree)
        ):
            continue
        of.known[there] = window
        of.role[there] = MIDDLE
        of.local[there] = count
        of.middle[count] = there
        count += 1
    return count


@kernel
def _crossed(
    ways: Walks, middles: int, opens: int, until: int, shared_by: int, window: int, of: _Scratch
) -> int:
    """How many accounts outside are paid by so many middles: a bound that is quickly found."""
    crossed = 0
    for middle in range(middles):
        stop = ways.out_start[of.middle[middle] + 1]
        way = first_from(ways.out_at, ways.out_start[of.middle[middle]], stop, opens)
        while way < stop and ways.out_at[way] <= until:
            who = ways.payee[way]
            way += 1
            if of.known[who] == window:
                continue
            if of.met[who] != window:
                of.met[who] = window
                of.paid_by[who] = 1
            elif of.previous[who] != middle:
                of.paid_by[who] += 1
            else:
                continue
            of.previous[who] = middle
            crossed += of.paid_by[who] == shared_by
    return crossed


@kernel
def _layers(
    ways: Walks, middles: int, opens: int, until: int, degree: int,
    window: int, of: _Scratch,
) -> tuple[int, int, int, int]:  # fmt: skip
    """Transfers in and out of the middles: how many in, of how many, how many out, to how many."""
    ins = 0
    payers = 0
    for middle in range(middles):
        stop = ways.into_start[of.middle[middle] + 1]
        way = first_from(ways.into_at, ways.into_start[of.middle[middle]], stop, opens)
        while way < stop and ways.into_at[way] <= until:
            who = ways.payer[way]
            if of.known[who] != window:
                of.known[who] = window
                begin, end = ways.out_start[who], ways.out_start[who + 1]
                own = first_from(ways.out_at, begin, end, opens)
                of.role[who] = BIG if more_than(ways.out_at, own, end, until, degree) else PAYER
                of.local[who] = payers
                payers += 1
            if of.role[who] == PAYER:
                of.into.moved[ins] = ways.into[way]
                of.into.party[ins] = of.local[who]
                of.into.middle[ins] = middle
                of.into.alive[ins] = True
                ins += 1
            way += 1
    outs = 0
    payees = 0
    for middle in range(middles):
        stop = ways.out_start[of.middle[middle] + 1]
        way = first_from(ways.out_at, ways.out_start[of.middle[middle]], stop, opens)
        while way < stop and ways.out_at[way] <= until:
            who = ways.payee[way]
            if of.known[who] != window:
                of.known[who] = window
                begin, end = ways.into_start[who], ways.into_start[who + 1]
                own = first_from(ways.into_at, begin, end, opens)
                of.role[who] = BIG if more_than(ways.into_at, own, end, until, degree) else PAYEE
                of.local[who] = payees
                payees += 1
            if of.role[who] == PAYEE:
                of.out.moved[outs] = ways.out[way]
                of.out.party[outs] = of.local[who]
                of.out.middle[outs] = middle
                of.out.alive[outs] = True
                outs += 1
            way += 1
    return ins, payers, outs, payees


@kernel
def _count(moved: int, parties: int, side: _Side) -> int:
    """Different middles of each party, of the transfers that are left: how many are left."""
    side.middles[:parties] = 0
    side.last[:parties] = -1
    left = 0
    for each in range(moved):
        if side.alive[each]:
            party = side.party[each]
            if side.last[party] != side.middle[each]:
                side.last[party] = side.middle[each]
                side.middles[party] += 1
            left += 1
    return left


@kernel
def _core(
    at: I64, source: I32, ways: Walks, begin: int, end: int, opens: int, until: int,
    sources: int, middles: int, targets: int, shared_by: int, degree: int, window: int,
    of: _Scratch,
) -> tuple[int, int, int, int, int]:  # fmt: skip
    """What is left of a window: transfers in, out (in the scratch), sources, middles, targets.

    All of the last three are 0 where it is no place.
    """
    own = source[ways.out[begin]]
    between = _middles(ways, begin, end, opens, until, degree, window, of)
    if between < middles or targets > _crossed(ways, between, opens, until, shared_by, window, of):
        return 0, 0, 0, 0, 0
    ins, payers, outs, payees = _layers(ways, between, opens, until, degree, window, of)
    left = -1
    while True:
        now = _count(ins, payers, of.into) + _count(outs, payees, of.out)
        if now == left:
            break
        left = now
        of.earliest[:between] = NEVER
        of.latest[:between] = -NEVER
        for each in range(ins):
            if of.into.alive[each]:
                middle = of.into.middle[each]
                of.earliest[middle] = min(of.earliest[middle], at[of.into.moved[each]])
        for each in range(outs):
            if of.out.alive[each]:
                middle = of.out.middle[each]
                of.latest[middle] = max(of.latest[middle], at[of.out.moved[each]])
        for each in range(ins):
            of.into.alive[each] &= (
                of.into.middles[of.into.party[each]] >= shared_by
                and at[of.into.moved[each]] <= of.latest[of.into.middle[each]]
            )
        for each in range(outs):
            of.out.alive[each] &= (
                of.out.middles[of.out.party[each]] >= shared_by
                and at[of.out.moved[each]] >= of.earliest[of.out.middle[each]]
            )
    givers = (of.into.middles[:payers] > 0).sum()
    takers = (of.out.middles[:payees] > 0).sum()
    crossed = 0
    first = False
    of.latest[:between] = -NEVER
    for each in range(ins):
        if of.into.alive[each]:
            position = of.into.moved[each]
            first |= source[position] == own and at[position] == opens
            crossed += of.latest[of.into.middle[each]] != NEVER
            of.latest[of.into.middle[each]] = NEVER
    if not first or givers < sources or crossed < middles or takers < targets:
        return ins, outs, 0, 0, 0
    return ins, outs, givers, crossed, takers


@kernel
def _stacks(
    at: I64, value: I64, source: I32, ways: Walks, low: int, high: int, window: int,
    sources: int, middles: int, targets: int, shared_by: int, degree: int,
) -> Part:  # fmt: skip
    """The local best windows of sources low … high - 1."""
    of = _scratch(len(ways.out_start) - 1, degree)
    opened = 0
    length = np.empty(64, np.int64)
    measures = np.empty((64, 5), np.int64)
    transfers = np.empty(1024, np.int32)
    found = 0
    written = 0
    for account in range(low, high):
        begin, stop = ways.out_start[account], ways.out_start[account + 1]
        if stop - begin < middles:
            continue
        opens = np.empty(stop - begin, np.int64)
        place = np.empty(stop - begin, np.int64)
        ends = np.empty(stop - begin, np.int64)
        scores = np.empty(stop - begin, np.int64)
        windows = 0
        end = begin
        for step in range(begin, stop):
            time = ways.out_at[step]
            if step > begin and ways.out_at[step - 1] == time:
                continue
            while end < stop and ways.out_at[end] <= time + window:
                end += 1
            opens[windows] = time
            place[windows] = step
            ends[windows] = end
            scores[windows] = 0
            if end - step <= degree:
                opened += 1
                _, _, givers, crossed, takers = _core(
                    at, source, ways, step, end, time, time + window, sources, middles,
                    targets, shared_by, degree, opened, of,
                )  # fmt: skip
                scores[windows] = givers + crossed + takers
            windows += 1
        best = np.empty(windows, np.int64)
        kept = local_best(opens[:windows], scores[:windows], window, best)
        for each in best[:kept]:
            opened += 1
            ins, outs, givers, crossed, takers = _core(
                at, source, ways, place[each], ends[each], opens[each],
                opens[each] + window, sources, middles, targets, shared_by, degree, opened, of,
            )  # fmt: skip
            transfers = room(transfers, written + ins + outs)
            length = room(length, found + 1)
            measures = room_for_rows(measures, found + 1)
            begun = written
            measures[found, 0] = givers
            measures[found, 1] = crossed
            measures[found, 2] = takers
            measures[found, 3] = 0
            measures[found, 4] = 0
            for one in range(ins):
                if of.into.alive[one]:
                    transfers[written] = of.into.moved[one]
                    measures[found, 3] += value[of.into.moved[one]]
                    written += 1
            for one in range(outs):
                if of.out.alive[one]:
                    transfers[written] = of.out.moved[one]
                    measures[found, 4] += value[of.out.moved[one]]
                    written += 1
            ascend(transfers[begun:written])
            length[found] = written - begun
            found += 1
    nobody = np.full(found, NOBODY, np.int32)
    return (
        nobody, nobody.copy(), length[:found].copy(), transfers[:written].copy(),
        measures[:found].copy(),
    )  # fmt: skip
