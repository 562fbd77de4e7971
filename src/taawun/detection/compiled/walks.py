"""Transfers laid out for walking from account to account, and for looking back.

Transfers to oneself take part in nothing and are left out; times lie beside the positions, so that
a walk reads memory in order.
"""

from __future__ import annotations

from typing import NamedTuple, TypeVar

import numpy as np

from taawun.detection.compiled.fan import widest
from taawun.detection.compiled.places import Bools
from taawun.jit import I32, I64, kernel
from taawun.ledger.network import Network

A = TypeVar("A", I32, I64)


class Walks(NamedTuple):
    """Positions by payer (`out`) and by payee (`into`), with the time and the other side of each.

    Those that account a pays are `out[out_start[a]:out_start[a + 1]]`, in order of time.
    """

    out_start: I64
    out: I32
    out_at: I64
    payee: I32
    into_start: I64
    into: I32
    into_at: I64
    payer: I32


def walks(network: Network) -> Walks:
    """The walks of a network: linear; the network's own arrays where nobody pays himself."""
    itself = network.source == network.target
    return _laid(network, ~itself if itself.any() else None)


def some_walks(network: Network, stays: Bools) -> Walks:
    """The walks of those transfers that a mask (n) keeps."""
    return _laid(network, stays & (network.source != network.target))


def ways_out(network: Network, stays: Bools) -> Walks:
    """The same by payer only: nothing lies in `into`, which saves as much memory again."""
    kept = stays & (network.source != network.target)
    start, out = some_of(network.out_start, network.out, kept)
    none = np.zeros(0, np.int32)
    times = np.zeros(0, np.int64)
    nowhere = np.zeros_like(start)
    return Walks(start, out, network.at[out], network.target[out], nowhere, none, times, none)


def crossing(network: Network, window: int, payees: int, payers: int, threads: int) -> Bools:
    """Transfers that may lie where each payer has so many payees, and each payee so many payers.

    In every such place within a window, each transfer is one of that many from its payer, and of
    that many to its payee. What is not is left out, and what then is not, as long as it pays.
    """
    stays: Bools = network.source != network.target
    left = int(stays.sum())
    while left:
        ways = some_walks(network, stays)
        at, source, target = network.at, network.source, network.target
        stays = widest(at, target, ways.out_start, ways.out, window, threads) >= payees
        stays &= widest(at, source, ways.into_start, ways.into, window, threads) >= payers
        fewer = int(stays.sum())
        if fewer * 10 > left * 9:
            break
        left = fewer
    return stays


def _laid(network: Network, stays: Bools | None) -> Walks:
    sides = [(network.out_start, network.out), (network.into_start, network.into)]
    if stays is not None:
        sides = [some_of(start, order, stays) for start, order in sides]
    (out_start, out), (into_start, into) = sides
    return Walks(
        out_start,
        out,
        network.at[out],
        network.target[out],
        into_start,
        into,
        network.at[into],
        network.source[into],
    )


def some_of(start: I64, order: I32, stays: Bools) -> tuple[I64, I32]:
    """Positions by account (`start`, `order`), of which a mask (n) keeps some."""
    kept = stays[order]
    before = np.concatenate([np.zeros(1, np.int64), np.cumsum(kept)])
    return before[start], order[kept]


@kernel
def first_from(times: I64, low: int, high: int, time: int) -> int:
    """The first place in low … high - 1 whose time is not before `time`; else `high`."""
    while low < high:
        middle = (low + high) >> 1
        if times[middle] < time:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def more_than(times: I64, low: int, high: int, until: int, degree: int) -> bool:
    """Whether more than `degree` of the places from `low` on have a time up to `until`."""
    return bool(low + degree < high and times[low + degree] <= until)


@kernel
def room(array: A, size: int) -> A:
    """The array, or a larger one that begins like it, with room for `size`."""
    if size <= len(array):
        return array
    larger = np.empty(max(size, 2 * len(array)), array.dtype)
    larger[: len(array)] = array
    return larger


@kernel
def room_for_rows(array: I64, size: int) -> I64:
    """The same for rows of measures."""
    if size <= len(array):
        return array
    larger = np.empty((max(size, 2 * len(array)), array.shape[1]), array.dtype)
    larger[: len(array)] = array
    return larger


@kernel
def ascend(numbers: A) -> None:
    """Put numbers in order, in their place: a heap sort, quick to compile and never quadratic."""
    count = len(numbers)
    for begin in range(count // 2 - 1, -1, -1):
        _sink(numbers, begin, count)
    for end in range(count - 1, 0, -1):
        numbers[0], numbers[end] = numbers[end], numbers[0]
        _sink(numbers, 0, end)


@kernel
def _sink(numbers: A, place: int, end: int) -> None:
    number = numbers[place]
    below = 2 * place + 1
    while below < end:
        if below + 1 < end and numbers[below + 1] > numbers[below]:
            below += 1
        if numbers[below] <= number:
            break
        numbers[place] = numbers[below]
        place = below
        below = 2 * place + 1
    numbers[place] = number
