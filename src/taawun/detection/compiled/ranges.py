"""Work on accounts, shared among threads: ranges of accounts with about as many transfers each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TypeVar

import numpy as np

from taawun.jit import I64

T = TypeVar("T")
SHARES = 8
"""Ranges for each thread: one that meets a hub is not waited for by all the others, and what a
kernel sets aside for a range is small."""


def ranges(start: I64, threads: int) -> list[tuple[int, int]]:
    """`(low, high)` ranges of accounts that cover all of them; `start` (m + 1) as in a Network."""
    accounts = len(start) - 1
    shares = threads * SHARES
    # An account without transfers costs a little too.
    weight = start + np.arange(accounts + 1)
    bounds = np.searchsorted(weight, np.linspace(0, weight[-1], shares + 1)[1:-1])
    edges = np.unique(np.concatenate([[0], bounds, [accounts]]))
    return list(pairwise(edges.tolist())) or [(0, 0)]


def together(works: Sequence[Callable[[int, int], T]], start: I64, threads: int) -> list[T]:
    """Several works for every range, at the same time as far as there are threads."""
    shares = [(work, low, high) for low, high in ranges(start, threads) for work in works]
    if threads == 1 or len(shares) == 1:
        return [work(low, high) for work, low, high in shares]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(lambda share: share[0](*share[1:]), shares))


def shared(work: Callable[[int, int], T], start: I64, threads: int) -> list[T]:
    """`work(low, high)` for every range, in order of range. Kernels let go of the GIL."""
    return together((work,), start, threads)
