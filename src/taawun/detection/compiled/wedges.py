"""How closely each transfer is knit into what is around it: counts of small shapes through it.

The ledger is cut into overlapping tiles of time, and in each tile the different pairs of accounts
that dealt form a graph in which two-step paths are counted, which costs no more than there are
such paths. Accounts that deal with more than `most` others in the tile are not walked through:
what everybody has in common says nothing. A transfer is read in the tile in whose middle it lies,
so at least a quarter of a tile is known on both sides of it.
"""

from __future__ import annotations

import numpy as np

from taawun.detection.compiled.ranges import shared
from taawun.jit import I32, I64, U8, kernel
from taawun.ledger.network import Network, by_account

COLUMNS = ("rectangles", "alike", "split", "joined")


def wedges_per_transfer(
    network: Network, window: int, counts: U8, most: int = 60, threads: int = 1
) -> list[I32]:
    """The columns of `COLUMNS` (n each), in tiles of twice `window` seconds.

    For a transfer from u to w: `rectangles`, how often another source of w also pays another
    target of u; `alike`, how many sources of w do that; `split`, how many other accounts pass
    money of u on to the same third account as w does; `joined`, how many other accounts bring w
    money from the same third account that u has it from. Only transfers with `counts` (n) above 0
    take part.
    """
    columns = [np.zeros(network.size, np.int32) for _ in COLUMNS]
    if not network.size:
        return columns
    first = int(network.at[0]) // window
    for tile in range(first, int(network.at[-1]) // window + 1):
        # The middle of the tile is from tile * window to (tile + 1) * window.
        edges = np.array([2 * tile - 1, 2 * tile, 2 * tile + 2, 2 * tile + 3]) * window // 2
        low, core, end, high = np.searchsorted(network.at, edges).tolist()
        if end > core:
            _tile(network, low, core, end, high, counts, most, threads, columns)
    return columns


def _tile(
    network: Network, low: int, core: int, end: int, high: int,
    counts: U8, most: int, threads: int, columns: list[I32],
) -> None:  # fmt: skip
    """Writes the columns of positions from `core` to `end`, from the graph of `low` to `high`."""
    pair, source, target, first, last = _pairs(
        network.at[low:high], network.source[low:high], network.target[low:high],
        counts[low:high], network.accounts,
    )  # fmt: skip
    out_start, _ = by_account(source, network.accounts)  # pairs are in order of source already
    into_start, into = by_account(target, network.accounts)
    to, by = _ways(source, target, first, last, out_start, into_start, into, most)
    found = np.zeros((len(COLUMNS), len(source)), np.int32)

    def forward(one: int, other: int) -> None:
        _forward(target, first, to, by, out_start, into_start, one, other, most, *found[:3])

    def backward(one: int, other: int) -> None:
        _backward(source, last, by, into_start, into, one, other, most, found[3])

    shared(forward, out_start, threads)
    shared(backward, into_start, threads)
    inner = pair[core - low : end - low]
    for column, values in zip(columns, found, strict=True):
        _spread(inner, values, column[core:end])


@kernel
def _spread(pair: I32, values: I32, column: I32) -> None:
    """The value of its pair for every transfer that is of one."""
    for place in range(len(pair)):
        if pair[place] >= 0:
            column[place] = values[pair[place]]


@kernel
def _pairs(
    at: I64, source: I32, target: I32, counts: U8, accounts: int
) -> tuple[I32, I32, I32, I32, I32]:
    """The different pairs in order of source: of which each transfer is, and first and last time.

    -1 for transfers that take no part. Times are seconds from the first of all.
    """
    start = np.zeros(accounts + 1, np.int64)
    for position in range(len(at)):
        if counts[position] and source[position] != target[position]:
            start[source[position] + 1] += 1
    for account in range(accounts):
        start[account + 1] += start[account]
    order = np.empty(start[accounts], np.int32)
    place = start[:-1].copy()
    for position in range(len(at)):
        if counts[position] and source[position] != target[position]:
            order[place[source[position]]] = position
            place[source[position]] += 1
    pair = np.full(len(at), -1, np.int32)
    met = np.full(accounts, -1, np.int32)
    froms = np.empty(len(order), np.int32)
    tos = np.empty(len(order), np.int32)
    first = np.empty(len(order), np.int32)
    last = np.empty(len(order), np.int32)
    many = 0
    for account in range(accounts):
        own = many
        for each in order[start[account] : start[account + 1]]:
            known = met[target[each]]
            if known < own:
                known = many
                met[target[each]] = many
                froms[many] = account
                tos[many] = target[each]
                first[many] = at[each] - at[0]
                many += 1
            last[known] = at[each] - at[0]
            pair[each] = known
    return pair, froms[:many].copy(), tos[:many].copy(), first[:many].copy(), last[:many].copy()


@kernel
def _ways(
    source: I32, target: I32, first: I32, last: I32, out_start: I64, into_start: I64, into: I32,
    most: int,
) -> tuple[I32, I32]:  # fmt: skip
    """Where each account's pairs lead to and come from, one beside the other.

    By source: the target, -1 where too many pay it, and the last time. By target: the source, -1
    where it pays too many, and the first time.
    """
    to = np.empty((len(source), 2), np.int32)
    by = np.empty((len(source), 2), np.int32)
    for pair in range(len(source)):
        one, other = source[pair], target[pair]
        to[pair, 0] = other if into_start[other + 1] - into_start[other] <= most else -1
        to[pair, 1] = last[pair]
    for place in range(len(into)):
        one = source[into[place]]
        by[place, 0] = one if out_start[one + 1] - out_start[one] <= most else -1
        by[place, 1] = first[into[place]]
    return to, by


@kernel
def _forward(
    target: I32, first: I32, to: I32, by: I32, out_start: I64, into_start: I64,
    low: int, high: int, most: int, rectangles: I32, alike: I32, split: I32,
) -> None:  # fmt: skip
    """Paths that begin at each account from `low` to `high`."""
    times = np.zeros(len(out_start), np.int32)
    for account in range(low, high):
        begin, end = out_start[account], out_start[account + 1]
        if end - begin < 2 or end - begin > most:
            continue
        _common_targets(to, by, into_start, account, begin, end, times, rectangles, alike)
        for one in range(begin, end):
            middle = target[one]
            onward, stop = out_start[middle], out_start[middle + 1]
            if stop - onward <= most:
                for two in range(onward, stop):
                    where = to[two, 0]
                    if where >= 0 and where != account and to[two, 1] >= first[one]:
                        times[where] += 1
        for one in range(begin, end):
            middle = target[one]
            onward, stop = out_start[middle], out_start[middle + 1]
            best = 1
            if stop - onward <= most:
                for two in range(onward, stop):
                    where = to[two, 0]
                    if where >= 0 and where != account and to[two, 1] >= first[one]:
                        best = max(best, times[where])
            split[one] = best - 1
        for one in range(begin, end):
            middle = target[one]
            onward, stop = out_start[middle], out_start[middle + 1]
            if stop - onward <= most:
                for two in range(onward, stop):
                    times[to[two, 0]] = 0


@kernel
def _common_targets(
    to: I32, by: I32, into_start: I64, account: int, begin: int, end: int, times: I32,
    rectangles: I32, alike: I32,
) -> None:  # fmt: skip
    for one in range(begin, end):
        common = to[one, 0]
        if common >= 0:
            for place in range(into_start[common], into_start[common + 1]):
                times[by[place, 0]] += 1
    times[account] = 1
    times[-1] = 1  # what is not walked through
    for one in range(begin, end):
        common = to[one, 0]
        if common >= 0:
            many = different = 0
            for place in range(into_start[common], into_start[common + 1]):
                also = times[by[place, 0]] - 1
                many += also
                different += also > 0
            rectangles[one] = many
            alike[one] = different
    for one in range(begin, end):
        common = to[one, 0]
        if common >= 0:
            for place in range(into_start[common], into_start[common + 1]):
                times[by[place, 0]] = 0
    times[account] = 0
    times[-1] = 0


@kernel
def _backward(
    source: I32, last: I32, by: I32, into_start: I64, into: I32,
    low: int, high: int, most: int, joined: I32,
) -> None:  # fmt: skip
    """Paths that end at each account from `low` to `high`."""
    times = np.zeros(len(into_start), np.int32)
    for account in range(low, high):
        own = into[into_start[account] : into_start[account + 1]]
        if len(own) < 2 or len(own) > most:
            continue
        for two in own:
            begin, end = into_start[source[two]], into_start[source[two] + 1]
            if end - begin <= most:
                for one in range(begin, end):
                    where = by[one, 0]
                    if where >= 0 and where != account and by[one, 1] <= last[two]:
                        times[where] += 1
        for two in own:
            begin, end = into_start[source[two]], into_start[source[two] + 1]
            best = 1
            if end - begin <= most:
                for one in range(begin, end):
                    where = by[one, 0]
                    if where >= 0 and where != account and by[one, 1] <= last[two]:
                        best = max(best, times[where])
            joined[two] = best - 1
        for two in own:
            begin, end = into_start[source[two]], into_start[source[two] + 1]
            if end - begin <= most:
                for one in range(begin, end):
                    times[by[one, 0]] = 0
