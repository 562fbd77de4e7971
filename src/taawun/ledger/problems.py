"""The problems of an import, as the book keeps them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from taawun.errors import NotFound, Problem, StoreError
from taawun.ledger.folder import Folder
from taawun.ledger.parts import PROBLEMS
from taawun.ledger.registered import files, imports
from taawun.store import Store


@dataclass(frozen=True, slots=True)
class ProblemsFound:
    """What was wrong in import `number`: `count` problems, read from `path` as they are asked."""

    number: int
    count: int
    path: Path | None

    def every(self) -> Iterator[Problem]:
        """All of them, in order of the file."""
        if self.path is None:
            return
        try:
            with pq.ParquetFile(self.path) as file:
                for batch in file.iter_batches(10_000):
                    yield from (Problem(**row) for row in batch.to_pylist())
        except (OSError, pa.ArrowException) as error:
            raise StoreError(f"{self.path}: cannot be read: {error}") from error

    def first(self, count: int | None) -> list[Problem]:
        """The first ones, or all."""
        return list(islice(self.every(), count))


def problems_of(store: Store, home: Path, number: int = 0) -> ProblemsFound:
    """The problems of an import; 0 is the last one. Raises NotFound for no such import."""
    with store.reading() as connection:
        known = imports(connection)
        held = {each.number: each for each in files(connection, PROBLEMS)}
    if not known:
        raise NotFound("nothing was imported yet: taawun ledger import FILE")
    wanted = number or known[-1].number
    if wanted not in {each.number for each in known}:
        raise NotFound(f"no import {wanted}; there are 1 to {known[-1].number}")
    kept = held.get(wanted)
    if kept is None:
        return ProblemsFound(wanted, 0, None)
    return ProblemsFound(wanted, kept.rows, Folder(home) / kept.name)
