"""What an engine finds: places in a window of the ledger that fit a typology.

`Shape` is one of them, as the reference engine says it; `Found` is all of one typology as arrays,
as the compiled engine says it. Both are in one canonical order, so that engines can be compared
for equality. Positions and numbers are those of the `Network` that was searched.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from taawun.jit import I32, I64

NOBODY = -1


@dataclass(frozen=True, slots=True, order=True)
class Shape:
    """One finding: positions of its transfers (ascending, each once), whom it is about, measures.

    `centre` is the account that it is about, `other` a second one (where the money gathers
    again), or NOBODY. `measures` are whole numbers, named by the typology's `measures`.
    """

    transfers: tuple[int, ...]
    centre: int = NOBODY
    other: int = NOBODY
    measures: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """f findings of one typology. `transfers[start[i]:start[i + 1]]` are those of finding i.

    `centre`, `other` (f), `start` (f + 1), `transfers` (sum), `measures` (f, k).
    """

    typology: str
    centre: I32
    other: I32
    start: I64
    transfers: I32
    measures: I64

    def __len__(self) -> int:
        return len(self.centre)

    def shapes(self) -> Iterator[Shape]:
        """One by one, in order."""
        return map(self.shape, range(len(self)))

    def shape(self, i: int) -> Shape:
        """Finding i."""
        return Shape(
            tuple(self.transfers[self.start[i] : self.start[i + 1]].tolist()),
            int(self.centre[i]),
            int(self.other[i]),
            tuple(self.measures[i].tolist()),
        )


def found(typology: str, shapes: Iterable[Shape], measures: int) -> Found:
    """Shapes as arrays, in canonical order: by transfers, then centre, other, measures."""
    ordered = sorted(shapes)
    lengths = np.array([len(shape.transfers) for shape in ordered], np.int64)
    return Found(
        typology,
        np.array([shape.centre for shape in ordered], np.int32),
        np.array([shape.other for shape in ordered], np.int32),
        np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths, dtype=np.int64)]),
        np.array([each for shape in ordered for each in shape.transfers], np.int32),
        np.array([shape.measures for shape in ordered], np.int64).reshape(len(ordered), measures),
    )
