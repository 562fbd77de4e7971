"""What ranking looks at: one row of whole numbers for each transfer of a window.

`GROUPS` is the table: the columns that a kernel gives together, and the kernel. They are the same
in any order of rows, and can be exported for anyone's model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pyarrow as pa

from taawun.detection.compiled import around, fellows, matching, past, wedges
from taawun.detection.compiled.around import around_in_each
from taawun.detection.compiled.behaviour_features import OUTLOOK
from taawun.detection.compiled.ordinary import ordinary_per_transfer
from taawun.detection.compiled.pairs import pair_around
from taawun.detection.compiled.rounds import rounds_per_transfer
from taawun.detection.compiled.wedges import wedges_per_transfer
from taawun.jit import I16, I32, U8
from taawun.ledger.network import Network

DAY = 86_400
PAIR = 90 * DAY
"""A pair is rare when it dealt no more than `RARE` times within this time around."""
RARE = 2
KNIT = 28 * DAY
ROUND = 28 * DAY
AROUND = (7, 28)
"""Days around a transfer in which others are counted."""
NARROW = np.iinfo(np.int16).max

MIDDLE = ("source_middle", "target_middle")

Progress = Callable[[str, int, int], None]
Columns: TypeAlias = dict[str, I32]
Column: TypeAlias = I32 | I16


@dataclass(frozen=True, slots=True)
class Group:
    """Columns that come together. `kernel(network, rare, threads)`; `rare` (n) marks rare pairs."""

    name: str
    columns: tuple[str, ...]
    kernel: Callable[[Network, U8, int], Columns]


@dataclass(frozen=True, slots=True)
class Features:
    """Columns of a window: `columns[name]` (n), int32, or int16 where they were asked narrow."""

    columns: dict[str, Column]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.columns)

    def __getitem__(self, name: str) -> Column:
        return self.columns[name]

    def table(self, references: list[str] | pa.Array) -> pa.Table:
        """The features as a table, with the reference of each transfer first."""
        return pa.table({"transfer": references, **self.columns})


def features(
    network: Network,
    threads: int = 1,
    *,
    wanted: Iterable[str] = (),
    progress: Progress | None = None,
) -> Features:
    """The features of all transfers of a window: all of them, or those `wanted`.

    All are int32. Those that are wanted come as int16, cut at both ends of it, one group after the
    other, so that a large window needs little memory: only what is wanted is computed.
    """
    some = frozenset(wanted)
    pair = pair_around(network, PAIR, threads)
    rare = (pair <= RARE).view(np.uint8)
    columns: dict[str, Column] = {}
    if not some or "pair" in some:
        columns["pair"] = narrow(pair) if some else pair
    del pair
    groups = [each for each in GROUPS if some.intersection(each.columns)] if some else TOGETHER
    for done, group in enumerate(groups):
        if progress is not None:
            progress(f"features.{group.name}", done, len(groups))
        found = group.kernel(network, rare, threads)
        for name in group.columns:
            column = found.pop(name)
            if not some:
                columns[name] = column
            elif name in some:
                columns[name] = narrow(column)
    if progress is not None:
        progress("", len(groups), len(groups))
    return Features(columns)


def narrow(column: I32) -> I16:
    """The same in half the room: beyond what int16 holds, its ends."""
    return np.clip(column, -NARROW, NARROW).astype(np.int16)


# Groups


def _around(*days: int) -> Group:
    each = [f"_{width}" for width in days]
    columns = [f"{name}{width}" for width in each for name in (*around.COLUMNS, *MIDDLE)]

    def kernel(network: Network, rare: U8, threads: int) -> Columns:
        found: Columns = {}
        windows = [width * DAY for width in days]
        for width, counted in zip(
            each, around_in_each(network, windows, rare, threads), strict=True
        ):
            between = _middle(dict(zip(around.COLUMNS, counted, strict=True)))
            names = [f"{name}{width}" for name in (*around.COLUMNS, *MIDDLE)]
            found |= dict(zip(names, (*counted, *between), strict=True))
        return found

    return Group("around", tuple(columns), kernel)


def _middle(counted: Columns) -> tuple[I32, I32]:
    """How far both accounts stand in the middle: the fewer of those before and those after them."""
    sent = counted["source_sent_before"] + counted["source_sent_after"]
    came = counted["target_received_before"] + counted["target_received_after"]
    return (
        np.minimum(counted["source_received_before"], sent),
        np.minimum(counted["target_sent_after"], came),
    )


def _knit(network: Network, rare: U8, threads: int) -> Columns:
    found = wedges_per_transfer(network, KNIT, rare, threads=threads)
    return dict(zip(wedges.COLUMNS, found, strict=True))


def _rounds(network: Network, rare: U8, threads: int) -> Columns:
    return {"rounds": rounds_per_transfer(network, ROUND, rare, threads=threads)}


def _matching(network: Network, rare: U8, threads: int) -> Columns:
    return matching.matching_per_transfer(network, OUTLOOK.dwell, OUTLOOK.matches, threads)


def _past(network: Network, rare: U8, threads: int) -> Columns:
    o = OUTLOOK
    return past.past_per_transfer(network, o.past, o.earlier, o.rounded, threads)


def _fellows(network: Network, rare: U8, threads: int) -> Columns:
    return fellows.common_per_transfer(network, OUTLOOK.company, OUTLOOK.degree, threads)


def _ordinary(network: Network, rare: U8, threads: int) -> Columns:
    return {"ordinary": ordinary_per_transfer(network, threads=threads).astype(np.int32)}


def _size(network: Network, rare: U8, threads: int) -> Columns:
    """The value of a transfer on a logarithmic scale: thousandths of a power of ten."""
    known = np.maximum(network.value, 1).astype(np.float64)
    return {"size": (np.log10(known) * 1_000).astype(np.int32)}


GROUPS = (
    *map(_around, AROUND),
    Group("knit", wedges.COLUMNS, _knit),
    Group("rounds", ("rounds",), _rounds),
    Group("matching", matching.COLUMNS, _matching),
    Group("past", past.COLUMNS, _past),
    Group("fellows", fellows.COLUMNS, _fellows),
    Group("ordinary", ("ordinary",), _ordinary),
    Group("size", ("size",), _size),
)
"""Columns in this order, after `pair`."""
TOGETHER = (_around(*AROUND), *GROUPS[len(AROUND) :])
"""The same in less time and more room: what is counted around, for all its widths at once."""
