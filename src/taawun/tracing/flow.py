"""One account's money in a window: what came, what went, and what must have been there before.

The balance before the window is not known. The least that explains the window is assumed: as much
as keeps the balance from ever falling below zero, with what comes in at a time there before what
goes out at that time. Money out of it is of unknown origin.

So `opening` + all that came covers all that went, at every moment. First in, first out is then a
matter of two rulers: the units that came, numbered from the opening on, and the units that went,
numbered from 0; unit for unit they are the same money.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from taawun.jit import I32, I64
from taawun.ledger.network import Network

Direction = Literal["forward", "backward"]


@dataclass(frozen=True, slots=True)
class Side:
    """The transfers of one direction, in order of time.

    `at`, `value` and `start` are by transfer: seconds, minor units, and the number of its first
    unit on the account's ruler.
    """

    positions: I32
    at: I64
    value: I64
    start: I64

    @property
    def end(self) -> I64:
        """The number after each transfer's last unit."""
        return self.start + self.value

    def place(self, position: int) -> int:
        """Which of them is at this position of the network."""
        return int(np.searchsorted(self.positions, position))


@dataclass(frozen=True, slots=True)
class Flow:
    """What came into and went out of one account; `opening` in minor units of value.

    Transfers to itself and those of unknown value take no part; the latter are counted.
    """

    came: Side
    went: Side
    opening: int
    unvalued: int

    @property
    def size(self) -> int:
        """How many transfers take part."""
        return len(self.came.positions) + len(self.went.positions)


def flow_of(network: Network, account: int, direction: Direction) -> Flow:
    """The money of one account. `unvalued` counts those of unknown value in the way traced."""
    out = network.out[network.out_start[account] : network.out_start[account + 1]]
    into = network.into[network.into_start[account] : network.into_start[account + 1]]
    came, unknown_came = _taking_part(network, into)
    went, unknown_went = _taking_part(network, out)
    opening = _opening(network, came, went)
    return Flow(
        _side(network, came, opening),
        _side(network, went, 0),
        opening,
        unknown_went if direction == "forward" else unknown_came,
    )


def _taking_part(network: Network, positions: I32) -> tuple[I32, int]:
    """Those that move a known value to somebody else, and how many are of unknown value."""
    others = positions[network.source[positions] != network.target[positions]]
    valued = network.value[others] > 0
    return others[valued], int(len(others) - valued.sum())


def _side(network: Network, positions: I32, start: int) -> Side:
    value = network.value[positions]
    ends = np.cumsum(value) + start
    return Side(positions, network.at[positions], value, ends - value)


def _opening(network: Network, came: I32, went: I32) -> int:
    """The least balance before the window: the deepest that all that went undercuts what came."""
    if not len(went):
        return 0
    there = np.concatenate([np.zeros(1, np.int64), np.cumsum(network.value[came])])
    before = np.searchsorted(network.at[came], network.at[went], side="right")
    return max(0, int((np.cumsum(network.value[went]) - there[before]).max()))
