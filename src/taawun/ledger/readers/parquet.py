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

from taawun.errors import InputError, NotFound, Problem
from taawun.ledger.readers.columns import Columns, settled
from taawun.ledger.readers.reading import Reading
from taawun.ledger.schema import TRANSFERS, Batch
from taawun.ledger.strings import Flags

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
            lines = np.arange(done + 1, done + 1 + len(batch), dtype=np.int64)
            done += len(batch)
            good, wrong = _decoded(batch, done - len(batch), reading.file)
            raw = pa.Table.from_batches([batch])
            if wrong:
                raw, lines = _spelled_out(raw.filter(pa.array(good))), lines[good]
            made = reading.batch(raw, lines, size * done // max(file.metadata.num_rows, 1))
            problems = sorted([*wrong, *made.problems], key=lambda each: each.line or 0)
            yield replace(made, problems=tuple(problems), rows=len(batch))


def settle(told: Columns, schema: pa.Schema, layout: Layout = settled) -> Columns:
    """The map for a Parquet file of this schema."""
    if told == Columns() and is_ours(schema):
        told = replace(told, minor=True)
    held = layout(told, schema.names)
    for name in sorted(needed(held)):
        _plain(name, [field.type for field in schema if field.name == name])
    return held


def _plain(name: str, kinds: list[pa.DataType]) -> None:
    """Raises InputError where a column's name is another's too, or its values are several."""
    if len(kinds) > 1:
        raise InputError(f"{len(kinds)} columns are called {name}")
    for kind in kinds:
        if pa.types.is_nested(kind):
            raise InputError(f"a column of {kind} cannot be read as text")


def is_ours(schema: pa.Schema) -> bool:
    """Whether a schema is that of TRANSFERS as far as it goes: minor units, timestamps."""
    for name in ("transfer", "at", "source", "target", "amount", "currency"):
        if schema.names.count(name) != 1:
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
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as Parquet: {_first(error)}") from None


def _batches(path: str, file: pq.ParquetFile, names: list[str]) -> Iterator[pa.RecordBatch]:
    try:
        yield from file.iter_batches(ROWS, columns=names)
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{path}: cannot be read as Parquet: {_first(error)}") from None


def _decoded(batch: pa.RecordBatch, before: int, file: str) -> tuple[Flags, list[Problem]]:
    """Which rows have text in UTF-8, as Parquet says it is (n), and the problems of the others."""
    good = np.ones(len(batch), bool)
    wrong: list[Problem] = []
    try:
        batch.validate(full=True)
        return good, wrong
    except pa.ArrowInvalid:
        pass
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        for row, octets in enumerate(_octets(column)):
            try:
                (octets or b"").decode()
            except UnicodeDecodeError as error:
                good[row] = False
                got = error.object[error.start : error.start + 8].hex(" ")
                line = before + row + 1
                wrong.append(Problem("ledger.row.encoding", file, line, name, got, "UTF-8"))
    return good, wrong


def _octets(column: pa.Array) -> list[bytes | None]:
    """The values of a column of text, not decoded; nothing of any other."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary.cast(pa.binary()).take(column.indices)
    elif not pa.types.is_string(column.type):
        return []
    return column.cast(pa.binary()).to_pylist()  # type: ignore[no-any-return]


def _spelled_out(raw: pa.Table) -> pa.Table:
    """Without dictionaries: one of them may hold a word that no row has any more."""
    spelled = [
        each.with_type(each.type.value_type) if pa.types.is_dictionary(each.type) else each
        for each in raw.schema
    ]
    return raw.cast(pa.schema(spelled))


def _first(error: Exception) -> str:
    return str(error).splitlines()[0][:200] if str(error) else type(error).__name__
