"""Parquet under a column map, or in our own columns; streamed, as many columns at once as threads.

Our own columns (`ledger/schema.py`) are told by their names and types: whole numbers of minor
units beside timestamps need no map.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from taawun.errors import InputError, NotFound
from taawun.ledger.readers.columns import Columns, settled
from taawun.ledger.readers.reading import Reading
from taawun.ledger.schema import TRANSFERS, Batch

ROWS = 1 << 17
"""Rows of a batch."""
ONCE = frozenset({"transfer", "purpose", "original", "source", "target"})
"""Fields in which a word rarely comes twice: not worth a dictionary."""

Layout = Callable[[Columns, Sequence[str]], Columns]


def read(path: str, columns: Columns | None = None, layout: Layout = settled) -> Iterator[Batch]:
    """The file's rows as batches. `layout` settles the map from the file's headers.

    Raises NotFound, InputError for what is no Parquet, is cut off, or lacks columns.
    """
    size = _there(path)
    with _opened(path, []) as file:
        held = settle(columns or Columns(), file.schema_arrow, layout)
    with _opened(path, _worded(held)) as file:
        reading, done = Reading(held, Path(path).name), 0
        for batch in _batches(path, file, sorted(needed(held))):
            raw = pa.Table.from_batches([batch])
            lines = np.arange(done + 1, done + 1 + len(raw), dtype=np.int64)
            done += len(raw)
            yield reading.batch(raw, lines, size * done // max(file.metadata.num_rows, 1))


def settle(told: Columns, schema: pa.Schema, layout: Layout = settled) -> Columns:
    """The map for a Parquet file of this schema."""
    if told == Columns() and is_ours(schema):
        told = replace(told, minor=True)
    return layout(told, schema.names)


def is_ours(schema: pa.Schema) -> bool:
    """Whether a schema is that of TRANSFERS as far as it goes: minor units, timestamps."""
    for name in ("transfer", "at", "source", "target", "amount", "currency"):
        if name not in schema.names:
            return False
    whole = schema.field("amount").type == TRANSFERS.field("amount").type
    return bool(whole and pa.types.is_timestamp(schema.field("at").type))


def needed(columns: Columns) -> set[str]:
    """The file's columns that the map names."""
    beside = {columns.dating.clock, columns.labels.column} - {""}
    return set(columns.held.values()) | beside


def schema_of(path: str) -> pa.Schema:
    """The Arrow schema of a Parquet file."""
    _there(path)
    with _opened(path, []) as file:
        return file.schema_arrow


def _worded(columns: Columns) -> list[str]:
    return sorted({held for name, held in columns.held.items() if name not in ONCE})


def _there(path: str) -> int:
    try:
        return Path(path).stat().st_size
    except FileNotFoundError:
        raise NotFound(f"{path}: there is no such file") from None


def _opened(path: str, worded: list[str]) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(path, read_dictionary=worded, buffer_size=1 << 20)
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{path}: cannot be read as Parquet: {_first(error)}") from None


def _batches(path: str, file: pq.ParquetFile, names: list[str]) -> Iterator[pa.RecordBatch]:
    try:
        yield from file.iter_batches(ROWS, columns=names)
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{path}: cannot be read as Parquet: {_first(error)}") from None


def _first(error: Exception) -> str:
    return str(error).splitlines()[0][:200] if str(error) else type(error).__name__
