"""Whether the money of a transfer comes round again: the shortest time-respecting cycle through it.

The ledger is cut into overlapping tiles of time, two windows long, and cycles are looked for from
the transfers of the first half of each. Of every account the transfers that take part lie together
in order of time. For each home it is known beforehand, walking back from home, until when an
account can still pay home in one, two or three transfers; from each of its transfers paths are
then walked forward, depth first, and left as soon as they cannot close.

Accounts that send more than `most` transfers in a tile or receive more than twice as many are not
walked through (they can be where a cycle starts and ends), and at most `steps` transfers are looked
at from one start: bounds of the work, which make this a feature, not a proof. Cycles as findings
are `cycle`'s.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from taawun.detection.compiled.ranges import shared
from taawun.jit import I32, I64, U8, kernel
from taawun.ledger.network import Network

LONGEST = 16
BACK = 3
"""For how many transfers before home it is known until when they can be made."""


def rounds_per_transfer(
    network: Network, window: int, counts: U8, *,
    length: int = 6, most: int = 50, steps: int = 2_000, threads: int = 1,
) -> I32:  # fmt: skip
    """For each transfer (n) how many transfers the shortest cycle found through it has; 0 none.

    At least 3 and at most `length` (up to 15), within `window` seconds, between different accounts.
    Only transfers with `counts` (n) above 0 are walked, and in tiles from k to k + 2 windows.
    """
    shortest = np.full((threads, network.size), LONGEST, np.uint8)
    if not network.size:
        return np.zeros(0, np.int32)
    rank, until = _order(network.at, window)
    sent = _packed(rank, network.source, network.target, counts, network.accounts)
    came = _packed(rank, network.target, network.source, counts, network.accounts)
    free = list(range(threads))
    for low, core, high in _tiles(network.at, window):
        tile = np.array([low, core, high])
        ahead, back = _walkable(*sent[:2], *came[:2], tile, most)
        bounds: tuple[Any, ...] = (*sent, *came[:2], until, ahead, back, tile, length, steps)

        def work(one: int, other: int, bounds: tuple[Any, ...] = bounds) -> None:
            own = free.pop()
            _rounds(one, other, shortest[own], *bounds)
            free.append(own)

        shared(work, sent[0], threads)
    found: I32 = shortest.min(axis=0).astype(np.int32)
    found[found == LONGEST] = 0
    return found


def _tiles(at: I64, window: int) -> list[tuple[int, int, int]]:
    """First position of each tile that starts anything, of its second half, and after its end."""
    starts = np.unique(at // window) * window
    return list(
        zip(
            np.searchsorted(at, starts).tolist(),
            np.searchsorted(at, starts + window).tolist(),
            np.searchsorted(at, starts + 2 * window).tolist(),
            strict=True,
        )
    )


@kernel
def _order(at: I64, window: int) -> tuple[I32, I32]:
    """Of each position the first of the same time, and the last at most `window` later."""
    rank = np.empty(len(at), np.int32)
    until = np.empty(len(at), np.int32)
    first = last = 0
    for position in range(len(at)):
        if at[position] != at[first]:
            first = position
        while last < len(at) and at[last] <= at[position] + window:
            last += 1
        rank[position] = first
        until[position] = last - 1
    return rank, until


@kernel
def _packed(rank: I32, own: I32, other: I32, counts: U8, accounts: int) -> tuple[I64, I32, I32]:
    """What takes part, by account, then time: where each starts; (rank, other); positions."""
    start = np.zeros(accounts + 1, np.int64)
    for position in range(len(rank)):
        if counts[position] and own[position] != other[position]:
            start[own[position] + 1] += 1
    for account in range(accounts):
        start[account + 1] += start[account]
    steps = np.empty((start[accounts], 2), np.int32)
    positions = np.empty(start[accounts], np.int32)
    place = start[:-1].copy()
    for position in range(len(rank)):
        if counts[position] and own[position] != other[position]:
            here = place[own[position]]
            place[own[position]] += 1
            steps[here, 0] = rank[position]
            steps[here, 1] = other[position]
            positions[here] = position
    return start, steps, positions


@kernel
def _first(steps: I32, low: int, high: int, rank: int) -> int:
    """The first place from `low` to `high` whose time is not before `rank`."""
    while low < high:
        middle = (low + high) >> 1
        if steps[middle, 0] < rank:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def _walkable(
    start: I64, sent: I32, into_start: I64, came: I32, tile: I64, most: int
) -> tuple[I32, I32]:
    """Of each account (m) its places in the tile, sent and received; none where too many."""
    ahead = np.zeros((len(start) - 1, 2), np.int32)
    back = np.zeros((len(start) - 1, 2), np.int32)
    for account in range(len(start) - 1):
        begin = _first(sent, start[account], start[account + 1], tile[0])
        end = _first(sent, begin, start[account + 1], tile[2])
        first = _first(came, into_start[account], into_start[account + 1], tile[0])
        last = _first(came, first, into_start[account + 1], tile[2])
        if end - begin <= most and last - first <= 2 * most:
            ahead[account, 0], ahead[account, 1] = begin, end
            back[account, 0], back[account, 1] = first, last
    return ahead, back


@kernel
def _rounds(
    one: int, other: int, shortest: U8,
    start: I64, sent: I32, positions: I32, into_start: I64, came: I32, until: I32,
    ahead: I32, back: I32, tile: I64, length: int, steps: int,
) -> None:  # fmt: skip
    accounts = len(start) - 1
    latest = np.full((accounts, 4), -1, np.int32)
    marked = np.empty(accounts, np.int32)
    path = np.empty(LONGEST, np.int64)
    places = np.empty(LONGEST, np.int64)
    for home in range(one, other):
        first = _first(sent, start[home], start[home + 1], tile[0])
        end = _first(sent, first, start[home + 1], tile[1])
        begin = _first(came, into_start[home], into_start[home + 1], tile[0])
        stop = _first(came, begin, into_start[home + 1], tile[2])
        if first == end or begin == stop or came[stop - 1, 0] < sent[first, 0]:
            continue
        many = _mark(came, back, home, begin, stop, sent[first, 0], latest, marked)
        for place in range(first, end):
            if came[stop - 1, 0] < sent[place, 0]:
                break
            _walk(sent, positions, until[positions[place]], ahead, home, place, length, steps,
                  latest, path, places, shortest)  # fmt: skip
        for each in marked[:many]:
            for hops in range(1, BACK + 1):
                latest[each, hops] = -1


@kernel
def _mark(
    came: I32, back: I32, home: int, begin: int, stop: int, since: int, latest: I32, marked: I32
) -> int:
    """Until when accounts can pay `home` in 1, 2, 3 transfers or fewer; how many are `marked`."""
    many = 0
    for place in range(stop - 1, begin - 1, -1):
        payer = came[place, 1]
        if came[place, 0] < since:
            break
        if latest[payer, 1] < 0:
            for hops in range(1, BACK + 1):
                latest[payer, hops] = came[place, 0]
            marked[many] = payer
            many += 1
    for hops in range(2, BACK + 1):
        known = many
        for each in marked[:known]:
            time = latest[each, hops - 1]
            if hops > 2 and time == latest[each, hops - 2]:
                continue
            for place in range(back[each, 1] - 1, back[each, 0] - 1, -1):
                now = came[place, 0]
                if now < since:
                    break
                payer = came[place, 1]
                if now <= time and now > latest[payer, hops] and payer != home:
                    if latest[payer, BACK] < 0:
                        marked[many] = payer
                        many += 1
                    for further in range(hops, BACK + 1):
                        latest[payer, further] = now
    return many


@kernel
def _walk(
    sent: I32, positions: I32, until: int, ahead: I32, home: int, start: int, length: int,
    steps: int, latest: I32, path: I64, place: I64, shortest: U8,
) -> None:  # fmt: skip
    """Every cycle from the place `start` that the bounds allow is noted at all its transfers."""
    path[0] = start
    place[0] = ahead[sent[start, 1], 1]
    depth = 1
    left = steps
    while depth > 0:
        before = path[depth - 1]
        account = sent[before, 1]
        place[depth - 1] -= 1
        step = place[depth - 1]
        if left == 0 or step < ahead[account, 0] or sent[step, 0] < sent[before, 0]:
            depth -= 1
            continue
        left -= 1
        if sent[step, 0] > until:
            continue
        where = sent[step, 1]
        if where == home:
            if depth > 1:
                path[depth] = step
                for each in path[: depth + 1]:
                    shortest[positions[each]] = min(shortest[positions[each]], depth + 1)
            continue
        rest = min(length - depth - 1, BACK)
        if latest[where, rest] < sent[step, 0] and (rest < BACK or length - depth - 1 == BACK):
            continue
        fresh = True
        for each in path[:depth]:
            fresh = fresh and sent[each, 1] != where
        if fresh:
            path[depth] = step
            place[depth] = ahead[where, 1]
            depth += 1
