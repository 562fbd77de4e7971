"""Where the transfers of a window stand in the book, to say what they are called.

References are the bulk of a ledger; they are read from the parts only for those that are asked.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from taawun.jit import I64
from taawun.ledger import parts
from taawun.ledger.coding import Column
from taawun.ledger.folder import Folder
from taawun.ledger.whereabouts import Whereabouts


@dataclass(frozen=True, slots=True)
class Stored:
    """n rows taken from parts: `start` (p + 1) says where those of each part begin, `rows` which
    rows of the part they are (None: all of them), `order` which of the n stands at a position
    (None: that of the same number). `account` are the ids of the window's accounts.
    """

    folder: Folder
    names: Sequence[str]
    start: I64
    rows: Sequence[I64 | None]
    order: I64 | None = None
    account: pa.ChunkedArray | None = None

    def ordered(self, order: I64) -> Stored:
        """The same rows in another order."""
        return replace(self, order=order)

    def named(self, account: pa.ChunkedArray) -> Stored:
        """With the ids of accounts."""
        return replace(self, account=account)

    def overlap(self, time: I64) -> bool:
        """Whether a part begins before another one ends, times being given by taken row."""
        begins = [(int(time[a]), int(time[b - 1])) for a, b in self._spans() if b > a]
        return any(one[1] >= other[0] for one, other in itertools.pairwise(begins))

    def _spans(self) -> list[tuple[int, int]]:
        ends = self.start.tolist()
        return list(itertools.pairwise(ends))

    def part_of(self, taken: I64) -> I64:
        """Which part each taken row is of."""
        return np.searchsorted(self.start, taken, side="right") - 1

    def transfers(self, positions: npt.ArrayLike) -> list[str]:
        """References of transfers, given as positions in the network."""
        asked = np.asarray(positions, np.int64).reshape(-1)
        taken = asked if self.order is None else self.order[asked]
        return self.references(taken).to_pylist()  # type: ignore[no-any-return]

    def accounts(self, numbers: npt.ArrayLike) -> list[str]:
        """Ids of accounts, given as numbers."""
        assert self.account is not None
        asked = np.asarray(numbers, np.int64).reshape(-1)
        return self.account.take(pa.array(asked)).to_pylist()  # type: ignore[no-any-return]

    def positions(self, references: Column) -> I64:
        """Where transfers stand, given their references; a part is in memory at a time."""
        found = Whereabouts(references)
        stands = placed(self.order, int(self.start[-1]))
        for part, (first, end) in enumerate(self._spans()):
            if end > first:
                column = parts.read(self.folder / self.names[part], ["transfer"])["transfer"]
                kept = self.rows[part]
                column = column if kept is None else column.take(pa.array(kept))
                found.look(column, stands[first:end])
        return found.positions()

    def references(self, taken: I64) -> pa.Array:
        """References of taken rows: strings, in the order asked."""
        of = self.part_of(taken)
        chunks, places = [pa.array([], pa.string())], np.zeros(len(taken), np.int64)
        count = 0
        for part in np.unique(of).tolist():
            asked = np.flatnonzero(of == part)
            rows, kept = taken[asked] - self.start[part], self.rows[part]
            rows = rows if kept is None else kept[rows]
            column = parts.read(self.folder / self.names[part], ["transfer"])["transfer"]
            chunks.append(column.take(pa.array(rows)).combine_chunks())
            places[asked] = count + np.arange(len(asked))
            count += len(asked)
        return pa.concat_arrays(chunks).take(pa.array(places))


def placed(order: I64 | None, n: int) -> I64:
    """At which position each of n rows stands, `order` being which row stands at a position."""
    if order is None:
        return np.arange(n, dtype=np.int64)
    stands = np.empty(n, np.int64)
    stands[order] = np.arange(n)
    return stands
