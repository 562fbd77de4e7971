"""Windows of one account, and which of overlapping ones is the finding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import numpy.typing as npt

from taawun.ledger.network import Network

Score = TypeVar("Score", int, tuple[int, ...])


def local_best(scores: Mapping[int, Score], window: int) -> list[int]:
    """Of times with a score, those with no better one within `window` seconds.

    Better is a greater score; of equal ones the earlier. A time that another suppresses still
    suppresses: whether one is best depends on its neighbours alone, never on an order of visits.
    """
    return [
        time
        for time, score in scores.items()
        if not any(
            abs(other - time) <= window and (against > score or (against == score and other < time))
            for other, against in scores.items()
        )
    ]


def of_accounts(network: Network, account: npt.NDArray[Any]) -> dict[int, list[int]]:
    """Positions by account, in order of time; transfers to oneself are nobody's."""
    own: dict[int, list[int]] = {}
    for position in range(network.size):
        if network.source[position] != network.target[position]:
            own.setdefault(int(account[position]), []).append(position)
    return own
