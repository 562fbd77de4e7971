"""A Parquet file of customers, read in batches."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from taawun.errors import InputError
from taawun.screening.rows import Raw, Table

BATCH = 2_000


class ParquetTable(Table):
    """A table in Parquet. Its rows have no lines: a row's number stands for it."""

    __slots__ = ("_read",)

    def __init__(self, path: Path, *, size: int) -> None:
        with _said_plainly(path), pq.ParquetFile(path) as file:
            columns, total = tuple(file.schema_arrow.names), file.metadata.num_rows
        super().__init__(path, columns, size=size, total=total)
        self._read = 0

    def rows(self) -> Iterator[Raw]:
        self._read = 0
        for batch in batches(self.path):
            for cells in batch.to_pylist():
                self._read += 1
                yield Raw(self._read, self._read, cells)

    def fraction(self) -> float:
        return self._read / self.total if self.total else 1.0


def batches(path: Path) -> Iterator[Any]:
    """The record batches of a Parquet file. Raises InputError where it is damaged."""
    with _said_plainly(path), pq.ParquetFile(path) as file:
        yield from file.iter_batches(batch_size=BATCH)


@contextmanager
def _said_plainly(path: Path) -> Iterator[None]:
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        why = str(error).splitlines()[0]
        raise InputError(f"{path}: not a Parquet file that can be read: {why}") from error
