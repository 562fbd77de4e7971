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
        super().__init__(path, columns, "utf-8", size=size, total=total)
        self._read = 0

    def rows(self) -> Iterator[Raw]:
        self._read = 0
        for batch in batches(self.path):
            for cells in _cells(batch):
                self._read += 1
                problem = self._broken(self._read, cells)
                yield Raw(self._read, self._read, cells, problem)

    def fraction(self) -> float:
        return self._read / self.total if self.total else 1.0


def batches(path: Path) -> Iterator[Any]:
    """The record batches of a Parquet file. Raises InputError where it is damaged."""
    with _said_plainly(path), pq.ParquetFile(path) as file:
        yield from file.iter_batches(batch_size=BATCH)


def _cells(batch: pa.RecordBatch) -> list[dict[str, Any]]:
    """The rows of a batch; bytes that are no UTF-8 where text should be stay as surrogates."""
    try:
        return batch.to_pylist()  # type: ignore[no-any-return]
    except UnicodeDecodeError:
        columns = list(map(_values, batch.columns))
        return [
            dict(zip(batch.schema.names, row, strict=True)) for row in zip(*columns, strict=True)
        ]


def _values(column: pa.Array) -> list[Any]:
    if not pa.types.is_string(column.type) and not pa.types.is_large_string(column.type):
        return column.to_pylist()  # type: ignore[no-any-return]
    octets = column.cast(pa.large_binary()).to_pylist()
    return [None if each is None else each.decode("utf-8", "surrogateescape") for each in octets]


@contextmanager
def _said_plainly(path: Path) -> Iterator[None]:
    try:
        yield
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        why = (str(error) or type(error).__name__).splitlines()[0]
        raise InputError(f"{path}: not a Parquet file that can be read: {why}") from error
