"""Four numbers of a transfer written side by side, then taken apart into columns.

A kernel that goes by account meets transfers in no order of theirs, and each place it writes to
costs a wait for memory: one place of four numbers is met four times as fast as four.
"""

from __future__ import annotations

import numpy as np

from taawun.jit import I32, I64, kernel


def rows_for(size: int) -> I32:
    """Room for four numbers of each transfer (n, 4), not set to anything."""
    return np.empty((size, 4), np.int32)


@kernel
def apart(rows: I32) -> tuple[I32, I32, I32, I32]:
    """The columns (n each) of `rows` (n, 4), each an array of its own."""
    size = len(rows)
    one, two, three, four = (
        np.empty(size, np.int32),
        np.empty(size, np.int32),
        np.empty(size, np.int32),
        np.empty(size, np.int32),
    )
    for place in range(size):
        one[place] = rows[place, 0]
        two[place] = rows[place, 1]
        three[place] = rows[place, 2]
        four[place] = rows[place, 3]
    return one, two, three, four


@kernel
def most_of(start: I64, low: int, high: int) -> int:
    """The most transfers that an account from `low` to `high` has."""
    most = 0
    for account in range(low, high):
        most = max(most, start[account + 1] - start[account])
    return most


@kernel
def gathered(told: I64, own: I32, room: I64) -> I64:
    """The rows of `told` (n, 2) at the positions `own`, one after the other in `room`.

    Fetched in one go, they are waited for together rather than each in its turn.
    """
    for place in range(len(own)):
        room[place, 0] = told[own[place], 0]
        room[place, 1] = told[own[place], 1]
    return room[: len(own)]
