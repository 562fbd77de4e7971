"""Where references stand, without a Python object for each of a ledger's transfers.

    found = Whereabouts(references)
    found.look(column, positions)      once for each piece of the ledger, in any order
    found.positions()                  of each reference, -1 where it is nowhere

References are compared by their hashes; where these are equal, by themselves.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from taawun.jit import I64
from taawun.ledger.coding import Column
from taawun.ledger.keys import Keys
from taawun.ledger.strings import hashes

NOWHERE = np.int64(2**62)


class Whereabouts:
    """References that are looked for: strings (r)."""

    def __init__(self, references: Column) -> None:
        self._references = _text(references)
        self._keys = Keys(hashes(self._references))
        self._first = self._keys.first.astype(np.int64)
        same = pc.equal(self._references, self._references.take(pa.array(self._first)))
        alone = np.flatnonzero(~same.fill_null(True).to_numpy(zero_copy_only=False))
        self._first[alone] = alone
        self._alone = alone
        self._found = np.full(len(self._references), NOWHERE)

    def look(self, column: Column, positions: I64) -> None:
        """Look through references (n) that stand at these positions (n)."""
        column = _text(column)
        rows, places = self._keys.met(hashes(column))
        there = self._references.take(pa.array(places))
        same = pc.equal(column.take(pa.array(rows)), there).fill_null(False)
        sure = same.to_numpy(zero_copy_only=False)
        np.minimum.at(self._found, places[sure].astype(np.int64), positions[rows[sure]])
        if len(self._alone):
            self._look_alone(column, positions)

    def _look_alone(self, column: pa.Array, positions: I64) -> None:
        """Those that have their hash in common with another reference."""
        wanted = self._references.take(pa.array(self._alone))
        place = pc.index_in(column, value_set=wanted).fill_null(-1).to_numpy()
        rows = np.flatnonzero(place >= 0)
        np.minimum.at(self._found, self._alone[place[rows]], positions[rows])
        again = pc.index_in(wanted, value_set=wanted).to_numpy()
        self._first[self._alone] = self._alone[again]

    def positions(self) -> I64:
        """The first position of each reference: int64 (r), -1 where it is nowhere."""
        found = self._found[self._first]
        return np.where(found == NOWHERE, -1, found)


def _text(column: Column) -> pa.Array:
    """Strings in one piece."""
    if isinstance(column, pa.ChunkedArray):
        column = column.cast(pa.large_string()).combine_chunks()
        if isinstance(column, pa.ChunkedArray):  # no chunk at all, in some versions of Arrow
            column = pa.concat_arrays(column.chunks)
    return column.cast(pa.large_string())
