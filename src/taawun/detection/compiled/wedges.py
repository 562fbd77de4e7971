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
    found = [np.zeros(len(source), np.int32) for _ in COLUMNS]

    def forward(one: int, other: int) -> None:
        _forward(source, target, first, last, out_start, into_start, into, one, other,
                 most, found[0], found[1], found[2])  # fmt: skip

    def backward(one: int, other: int) -> None:
        _backward(source, first, last, out_start, into_start, into, one, other, most, found[3])

    shared(forward, out_start, threads)
    shared(backward, into_start, threads)
    inner = pair[core - low : end - low]
    there = inner >= 0
    for column, values in zip(columns, found, strict=True):
        column[core:end][there] = values[inner[there]]


@kernel
def _pairs(
    at: I64, source: I32, target: I32, counts: U8, accounts: int
) -> tuple[I32, I32, I32, I64, I64]:
    """The different pairs in order of source: of which each transfer is, and first and last time.

    -1 for transfers that take no part.
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
    first = np.empty(len(order), np.int64)
    last = np.empty(len(order), np.int64)
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
                first[many] = at[each]
                many += 1
            last[known] = at[each]
            pair[each] = known
    return pair, froms[:many].copy(), tos[:many].copy(), first[:many].copy(), last[:many].copy()


@kernel
def _forward(
    source: I32, target: I32, first: I64, last: I64, out_start: I64, into_start: I64, into: I32,
    low: int, high: int, most: int, rectangles: I32, alike: I32, split: I32,
) -> None:  # fmt: skip
    """Paths that begin at each account from `low` to `high`."""
    times = np.zeros(len(out_start), np.int32)
    for account in range(low, high):
        begin, end = out_start[account], out_start[account + 1]
        if end - begin < 2 or end - begin > most:
            continue
        _common_targets(source, target, out_start, into_start, into, account, most, times,
                        rectangles, alike)  # fmt: skip
        for add in (1, 0):  # count the ends of two-step paths; read; forget
            for one in range(begin, end):
                middle = target[one]
                onward, stop = out_start[middle], out_start[middle + 1]
                if stop - onward > most:
                    continue
                best = 1
                for two in range(onward, stop):
                    where = target[two]
                    if (
                        where != account
                        and last[two] >= first[one]
                        and into_start[where + 1] - into_start[where] <= most
                    ):
                        if add:
                            times[where] += 1
                        else:
                            best = max(best, times[where])
                if not add:
                    split[one] = best - 1
        for one in range(begin, end):
            middle = target[one]
            for two in range(out_start[middle], out_start[middle + 1]):
                if out_start[middle + 1] - out_start[middle] <= most:
                    times[target[two]] = 0


@kernel
def _common_targets(
    source: I32, target: I32, out_start: I64, into_start: I64, into: I32, account: int, most: int,
    times: I32, rectangles: I32, alike: I32,
) -> None:  # fmt: skip
    begin, end = out_start[account], out_start[account + 1]
    for one in range(begin, end):
        shared_target = target[one]
        if into_start[shared_target + 1] - into_start[shared_target] <= most:
            for place in range(into_start[shared_target], into_start[shared_target + 1]):
                times[source[into[place]]] += 1
    for one in range(begin, end):
        shared_target = target[one]
        if into_start[shared_target + 1] - into_start[shared_target] <= most:
            for place in range(into_start[shared_target], into_start[shared_target + 1]):
                peer = source[into[place]]
                if peer != account and out_start[peer + 1] - out_start[peer] <= most:
                    rectangles[one] += times[peer] - 1
                    alike[one] += times[peer] > 1
    for one in range(begin, end):
        for place in range(into_start[target[one]], into_start[target[one] + 1]):
            if into_start[target[one] + 1] - into_start[target[one]] > most:
                break
            times[source[into[place]]] = 0


@kernel
def _backward(
    source: I32, first: I64, last: I64, out_start: I64, into_start: I64, into: I32,
    low: int, high: int, most: int, joined: I32,
) -> None:  # fmt: skip
    """Paths that end at each account from `low` to `high`."""
    times = np.zeros(len(out_start), np.int32)
    for account in range(low, high):
        own = into[into_start[account] : into_start[account + 1]]
        if len(own) < 2 or len(own) > most:
            continue
        for add in (1, 0):
            for two in own:
                middle = source[two]
                if into_start[middle + 1] - into_start[middle] > most:
                    continue
                best = 1
                for one in into[into_start[middle] : into_start[middle + 1]]:
                    where = source[one]
                    if (
                        where != account
                        and first[one] <= last[two]
                        and out_start[where + 1] - out_start[where] <= most
                    ):
                        if add:
                            times[where] += 1
                        else:
                            best = max(best, times[where])
                if not add:
                    joined[two] = best - 1
        for two in own:
            middle = source[two]
            if into_start[middle + 1] - into_start[middle] <= most:
                for one in into[into_start[middle] : into_start[middle + 1]]:
                    times[source[one]] = 0
