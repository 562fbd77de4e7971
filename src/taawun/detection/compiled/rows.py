"""Four numbers of a transfer written side by side, then taken apart into columns.

A kernel that goes by account meets transfers in no order of theirs, and each place it writes to
costs a wait for memory: one place of four numbers is met four times as fast as four.
"""

from __future__ import annotations

import numpy as np

from taawun.jit import I32, kernel


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
