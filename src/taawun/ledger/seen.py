"""Which references are in the book already, or came earlier in the same import.

The first slabs of an import are compared with the keys of every part, read one part at a time: an
import of a day costs no memory for the years before it. A longer one takes all keys into a set,
as far as memory allows, so that time grows with what is imported and not with its square.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pyarrow as pa

from taawun.jit import I64, U64
from taawun.ledger.keys import Keys, KeySet

Read = Callable[[list[str]], pa.Table]
PATIENT = 8
"""Slabs that are compared with every part before its keys are taken into memory."""
A_KEY = 24
"""Bytes that a key takes in a set, at most."""


class Seen:
    """Keys of the book's parts (`before`) and of this import's (`coming` reads those so far)."""

    def __init__(
        self, before: Sequence[Read], rows: int, coming: Callable[[], Iterator[Read]], memory: int
    ) -> None:
        self._before, self._coming = before, coming
        self._own = KeySet()
        self._old: KeySet | None = None
        self._slabs = 0
        self._fits = rows * A_KEY <= memory

    def met(self, keys: U64) -> list[tuple[Read, I64]] | None:
        """The parts that have some of these keys, and in which rows; then the keys are kept.

        None where every key is new and comes once.
        """
        before = list(self._among(keys, self._known(), self._before))
        if self._own.add(keys) == len(keys):
            return before or None
        return before + list(self._among(keys, None, list(self._coming())))

    def _known(self) -> KeySet | None:
        """The keys of the book as a set, None while parts are read one by one instead."""
        self._slabs += 1
        if self._old is None and self._slabs > PATIENT and self._fits:
            self._old = KeySet()
            for read in self._before:
                self._old.add(_keys(read))
        return self._old

    @staticmethod
    def _among(
        keys: U64, known: KeySet | None, parts: Sequence[Read]
    ) -> Iterator[tuple[Read, I64]]:
        wanted = keys if known is None else keys[known.has(keys)]
        if not len(wanted) or not parts:
            return
        table = Keys(wanted)
        for read in parts:
            places, _ = table.met(_keys(read))
            if len(places):
                yield read, places


def _keys(read: Read) -> U64:
    return np.asarray(read(["key"])["key"].to_numpy())
