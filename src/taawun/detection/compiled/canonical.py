"""Findings of several threads put together, in the one canonical order of `finding.found`."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from taawun.detection.finding import Found
from taawun.jit import I32, I64, kernel

Part = tuple[I32, I32, I64, I32, I64]
"""What a kernel gives: centre (f), other (f), length (f), transfers (sum), measures (f, k)."""


def assembled(typology: str, parts: Iterable[Part], measures: int) -> Found:
    """All parts as one, ordered by transfers, then centre, other, measures."""
    nothing = np.zeros(0, np.int32)
    each = [
        (nothing, nothing, np.zeros(0, np.int64), nothing, np.zeros((0, measures), np.int64)),
        *parts,
    ]
    centre = np.concatenate([part[0] for part in each])
    other = np.concatenate([part[1] for part in each])
    length = np.concatenate([part[2] for part in each])
    transfers = np.concatenate([part[3] for part in each])
    numbers = np.concatenate([part[4] for part in each])
    start = np.concatenate([np.zeros(1, np.int64), np.cumsum(length)])
    order = np.argsort(transfers[start[:-1]], kind="stable")
    _settle(order, centre, other, start, transfers, numbers)
    moved, placed = _gathered(order, start, transfers)
    return Found(typology, centre[order], other[order], moved, placed, numbers[order])


@kernel
def _settle(order: I64, centre: I32, other: I32, start: I64, transfers: I32, numbers: I64) -> None:
    """Findings with the same first transfer, put in order among themselves: a merge sort."""
    count = len(order)
    spare = np.empty(count, np.int64)
    low = 0
    while low < count:
        high = low + 1
        first = transfers[start[order[low]]]
        while high < count and transfers[start[order[high]]] == first:
            high += 1
        width = 1
        while width < high - low:
            left = low
            while left < high:
                middle = min(left + width, high)
                right = min(left + 2 * width, high)
                a, b = left, middle
                for place in range(left, right):
                    if b >= right or (
                        a < middle
                        and _not_after(order[a], order[b], centre, other, start, transfers, numbers)
                    ):
                        spare[place] = order[a]
                        a += 1
                    else:
                        spare[place] = order[b]
                        b += 1
                left = right
            order[low:high] = spare[low:high]
            width *= 2
        low = high


@kernel
def _not_after(
    a: int, b: int, centre: I32, other: I32, start: I64, transfers: I32, numbers: I64
) -> bool:
    i, j = start[a], start[b]
    while i < start[a + 1] and j < start[b + 1]:
        if transfers[i] != transfers[j]:
            return bool(transfers[i] < transfers[j])
        i += 1
        j += 1
    if (i < start[a + 1]) != (j < start[b + 1]):
        return bool(j < start[b + 1])
    if centre[a] != centre[b]:
        return bool(centre[a] < centre[b])
    if other[a] != other[b]:
        return bool(other[a] < other[b])
    for k in range(numbers.shape[1]):
        if numbers[a, k] != numbers[b, k]:
            return bool(numbers[a, k] < numbers[b, k])
    return True


@kernel
def _gathered(order: I64, start: I64, transfers: I32) -> tuple[I64, I32]:
    moved = np.zeros(len(order) + 1, np.int64)
    placed = np.empty(len(transfers), np.int32)
    for place in range(len(order)):
        low, high = start[order[place]], start[order[place] + 1]
        at = moved[place]
        moved[place + 1] = at + high - low
        placed[at : moved[place + 1]] = transfers[low:high]
    return moved, placed
