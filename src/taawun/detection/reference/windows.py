"""Windows of one account, and which of overlapping ones is the finding."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

from taawun.detection.finding import Shape
from taawun.jit import I32
from taawun.ledger.network import Network

Score = TypeVar("Score", int, tuple[int, ...])
Own = dict[int, list[int]]
"""Positions by account."""
Rank = tuple[int, int, tuple[int, ...]]
"""What places are compared by: two numbers, then positions. Least is best."""


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


def of_accounts(network: Network, account: I32) -> Own:
    """Positions by account, in order of time; transfers to oneself are nobody's."""
    own: Own = {}
    for position in range(network.size):
        if network.source[position] != network.target[position]:
            own.setdefault(int(account[position]), []).append(position)
    return own


def within(network: Network, own: list[int], opens: int, window: int) -> list[int]:
    """Those of some transfers that lie in a window, its first and last second included."""
    return [each for each in own if 0 <= network.at[each] - opens <= window]


def hub(network: Network, own: list[int], opens: int, window: int, degree: int) -> bool:
    """Whether these transfers of an account are more than `degree` in a window."""
    return len(within(network, own, opens, window)) > degree


def best_of(places: Iterable[tuple[Rank, Shape]]) -> list[Shape]:
    """Of places that share transfers, those that are the best one of most of their transfers.

    A place of the least rank is the best. Ranks differ, so that every transfer has one best place.
    Like `local_best` this asks only for neighbours, and takes nothing away from places that share
    less than half.
    """
    ranked = sorted(places, key=lambda place: place[0])
    best: dict[int, int] = {}
    for number, (_, shape) in enumerate(ranked):
        for each in shape.transfers:
            best.setdefault(each, number)
    return [
        shape
        for number, (_, shape) in enumerate(ranked)
        if 2 * sum(best[each] == number for each in shape.transfers) > len(shape.transfers)
    ]
