"""What ranking looks at: one row of whole numbers for each transfer of a window.

`FEATURES` is the table: name, family (features of one family say the same thing at different widths
and count once), and which direction is remarkable. The columns are computed by kernels, are the
same in any order of rows, and can be exported for anyone's model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from taawun.detection.compiled import around, wedges
from taawun.detection.compiled.around import around_per_transfer
from taawun.detection.compiled.behaviour_features import behaviour_per_transfer
from taawun.detection.compiled.ordinary import ordinary_per_transfer
from taawun.detection.compiled.pairs import pair_around
from taawun.detection.compiled.rounds import rounds_per_transfer
from taawun.detection.compiled.wedges import wedges_per_transfer
from taawun.jit import I32
from taawun.ledger.network import Network

DAY = 86_400
PAIR = 90 * DAY
"""A pair is rare when it dealt no more than `RARE` times within this time around."""
RARE = 2
KNIT = 28 * DAY
ROUND = 28 * DAY
AROUND = (7, 28)
"""Days around a transfer in which others are counted."""

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Features:
    """Columns of a window: `columns[name]` (n) int32."""

    columns: dict[str, I32]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.columns)

    def __getitem__(self, name: str) -> I32:
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

    They are 4 bytes each for every transfer: what is not wanted is let go as soon as may be.
    """
    columns: dict[str, I32] = {}
    kept = frozenset(wanted)

    def keep() -> None:
        for name in [name for name in columns if kept and name not in kept]:
            del columns[name]

    def step(done: int, name: str) -> None:
        if progress is not None:
            progress(name, done, 5)

    step(0, "features.pair")
    columns["pair"] = pair_around(network, PAIR, threads)
    rare = (columns["pair"] <= RARE).view(np.uint8)
    step(1, "features.around")
    for days in AROUND:
        counted = around_per_transfer(network, days * DAY, rare, threads)
        for name, column in zip(around.COLUMNS, counted, strict=True):
            columns[f"{name}_{days}"] = column
        _middle(columns, days)
        keep()
    step(2, "features.knit")
    columns.update(
        zip(wedges.COLUMNS, wedges_per_transfer(network, KNIT, rare, threads=threads), strict=True)
    )
    step(3, "features.rounds")
    columns["rounds"] = rounds_per_transfer(network, ROUND, rare, threads=threads)
    step(4, "features.behaviour")
    columns.update(behaviour_per_transfer(network, threads=threads))
    columns["ordinary"] = ordinary_per_transfer(network, threads=threads).astype(np.int32)
    columns["size"] = _size(network)
    keep()
    step(5, "")
    return Features(columns)


def _middle(columns: dict[str, I32], days: int) -> None:
    """How far both accounts stand in the middle: the fewer of those before and those after them."""
    sent = columns[f"source_sent_before_{days}"] + columns[f"source_sent_after_{days}"]
    came = columns[f"target_received_before_{days}"] + columns[f"target_received_after_{days}"]
    columns[f"source_middle_{days}"] = np.minimum(columns[f"source_received_before_{days}"], sent)
    columns[f"target_middle_{days}"] = np.minimum(columns[f"target_sent_after_{days}"], came)


def _size(network: Network) -> I32:
    """The value of a transfer on a logarithmic scale: thousandths of a power of ten."""
    known = np.maximum(network.value, 1).astype(np.float64)
    return (np.log10(known) * 1_000).astype(np.int32)
