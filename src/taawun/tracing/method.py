"""Through one account: which transfers carry on what came into it, and how much stays.

`Fifo` and `ProRata` answer the same question for one account after the other, forward (from what
came to what went) and backward (from what went to what came). They are told what enters, by
transfer, hop after hop, and say what leaves because of it.

First in, first out keeps the order inside a transfer too: its first units are the first that it
was paid from. Pro rata treats what entered at earlier hops together with what enters now, and says
the difference, so that the parts of one transfer never add up to more than it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from taawun.jit import I64
from taawun.ledger.network import Network
from taawun.tracing.flow import Direction, Flow, Side
from taawun.tracing.kernels import drawn, fed

Stretch = tuple[int, int]
"""Units of a transfer: from, up to."""


@dataclass(slots=True)
class Portion:
    """The traced part of one transfer at one hop. `converted`: drawn from another currency."""

    position: int
    amount: int = 0
    converted: int = 0
    stretches: list[Stretch] = field(default_factory=list)


class Method(Protocol):
    """How money is attributed."""

    def through(
        self, account: int, flow: Flow, parts: Iterable[Portion]
    ) -> tuple[list[Portion], int]:
        """What leaves because these parts entered, and how much of them stays."""
        ...


def methods() -> Mapping[str, Callable[[Network, Direction], Method]]:
    """The methods by name."""
    return {"fifo": Fifo, "pro-rata": ProRata}


def _sides(flow: Flow, direction: Direction) -> tuple[Side, Side]:
    """Where money enters and where it leaves, in the direction of tracing."""
    return (flow.came, flow.went) if direction == "forward" else (flow.went, flow.came)


class Fifo:
    """First in, first out."""

    def __init__(self, network: Network, direction: Direction) -> None:
        self._currency = network.currency
        self._direction: Direction = direction

    def through(
        self, account: int, flow: Flow, parts: Iterable[Portion]
    ) -> tuple[list[Portion], int]:
        enters, leaves = _sides(flow, self._direction)
        ends, left, stays = leaves.end, dict[int, Portion](), 0
        for part in parts:
            begun = int(enters.start[enters.place(part.position)])
            for first, last in part.stretches:
                stays += self._spread(
                    part.position, begun + first, begun + last, leaves, ends, left
                )
        return [left[position] for position in sorted(left)], stays

    def _spread(
        self, entered: int, first: int, last: int, leaves: Side, ends: I64, left: dict[int, Portion]
    ) -> int:
        """Lay units of the ruler on the transfers that they leave by; how many leave by none."""
        at = int(np.searchsorted(ends, first, side="right"))
        unspent = last - first
        while at < len(ends) and leaves.start[at] < last:
            start = int(leaves.start[at])
            a, b = max(first, start), min(last, int(ends[at]))
            if a < b:
                position = int(leaves.positions[at])
                part = left.setdefault(position, Portion(position))
                part.amount += b - a
                part.stretches.append((a - start, b - start))
                if self._currency[position] != self._currency[entered]:
                    part.converted += b - a
                unspent -= b - a
            at += 1
        return unspent


class ProRata:
    """In proportion to what is in the account."""

    def __init__(self, network: Network, direction: Direction) -> None:
        self._currency = network.currency
        self._direction: Direction = direction
        self._known: dict[int, _Pool] = {}

    def through(
        self, account: int, flow: Flow, parts: Iterable[Portion]
    ) -> tuple[list[Portion], int]:
        enters, leaves = _sides(flow, self._direction)
        pool = self._known.get(account) or _Pool(
            np.zeros(len(enters.positions), np.int64), np.zeros(len(leaves.positions), np.int64)
        )
        self._known[account] = pool
        before, amounts = pool.stays, np.zeros(len(leaves.positions), np.int64)
        converted = np.zeros(len(leaves.positions), np.int64)
        for currency, entered in sorted(self._by_currency(parts).items()):
            for part in entered:
                pool.traced[enters.place(part.position)] += part.amount
            takes, pool.stays = self._run(flow, pool.traced)
            more, pool.takes = takes - pool.takes, takes
            amounts += more
            converted += np.where(self._currency[leaves.positions] != currency, more, 0)
        left = [
            Portion(int(leaves.positions[at]), int(amounts[at]), int(converted[at]))
            for at in np.flatnonzero(amounts)
        ]
        return left, pool.stays - before

    def _by_currency(self, parts: Iterable[Portion]) -> dict[int, list[Portion]]:
        by: dict[int, list[Portion]] = {}
        for part in parts:
            by.setdefault(int(self._currency[part.position]), []).append(part)
        return by

    def _run(self, flow: Flow, traced: I64) -> tuple[I64, int]:
        came, went = flow.came, flow.went
        if self._direction == "forward":
            takes, stays = drawn(came.at, came.value, traced, went.at, went.value, flow.opening)
        else:
            takes, stays = fed(came.at, came.value, went.at, went.value, traced, flow.opening)
        return takes, int(stays)


@dataclass(slots=True)
class _Pool:
    """What entered an account so far and what left because of it, by transfer."""

    traced: I64
    takes: I64
    stays: int = 0
