"""The two loops of pro rata attribution, compiled. Their slow twin is in the tests.

An account is a pool. What goes out takes from everything in it alike: a transfer of v out of a
balance of b takes, of m traced, m·v/b rounded down; what rounding leaves stays in the pool, so
that nothing is created or lost. The product may have 120 bits: `share` is exact.
"""

from __future__ import annotations

import numpy as np

from taawun.jit import I64, kernel

LARGEST = 2**63 - 1


@kernel
def share(part: int, of: int, whole: int) -> int:
    """part · of / whole, rounded down; 0 <= part <= whole, 0 <= of, whole below 2**63."""
    if part == 0 or of == 0:
        return 0
    if part == whole:
        return of
    if part <= LARGEST // of:
        return part * of // whole
    quotient, rest = np.uint64(0), np.uint64(0)
    adding, by, one = np.uint64(part), np.uint64(whole), np.uint64(1)
    for bit in range(62, -1, -1):
        quotient, rest = quotient << one, rest << one
        if rest >= by:
            rest, quotient = rest - by, quotient + one
        if (of >> bit) & 1:
            rest = rest + adding
            if rest >= by:
                rest, quotient = rest - by, quotient + one
    return np.int64(quotient)  # type: ignore[return-value]


@kernel
def drawn(
    came_at: I64, came: I64, traced: I64, went_at: I64, went: I64, opening: int
) -> tuple[I64, int]:
    """How much traced money each transfer out takes (as `went`), and how much stays.

    `traced` (as `came`) is the traced part of each transfer in.
    """
    takes = np.zeros(len(went), np.int64)
    balance, pool, i = opening, 0, 0
    for j in range(len(went)):
        while i < len(came) and came_at[i] <= went_at[j]:
            balance += came[i]
            pool += traced[i]
            i += 1
        takes[j] = share(pool, went[j], balance)
        pool -= takes[j]
        balance -= went[j]
    for rest in range(i, len(came)):
        pool += traced[rest]
    return takes, pool


@kernel
def fed(
    came_at: I64, came: I64, went_at: I64, went: I64, traced: I64, opening: int
) -> tuple[I64, int]:
    """How much of the traced money out each transfer in gave (as `came`), and how much the opening.

    `traced` (as `went`) is the traced part of each transfer out. The mirror of `drawn`: from the
    end to the beginning, what came gives in the proportion that it has in the pool.
    """
    gives = np.zeros(len(came), np.int64)
    balance, pool, i = opening, 0, len(came) - 1
    for each in came:
        balance += each
    for each in went:
        balance -= each
    for j in range(len(went) - 1, -1, -1):
        while i >= 0 and came_at[i] > went_at[j]:
            gives[i] = share(pool, came[i], balance)
            pool -= gives[i]
            balance -= came[i]
            i -= 1
        balance += went[j]
        pool += traced[j]
    while i >= 0:
        gives[i] = share(pool, came[i], balance)
        pool -= gives[i]
        balance -= came[i]
        i -= 1
    return gives, pool
