"""The Parquet files of the book: what is in each kind, how one is written and read.

    transfers/<first month>/…  a part: transfers in order of time and reference
    accounts/…                 what transfers say of every account; the row is the account's number
    acts/…                     corrections and reversals, as they came
    marks/…                    rows of parts that were corrected or reversed
    register/…                 what a register says of accounts
    problems/…                 what could not be read, row by row

A file is written beside its place (`staging`), forced to disk, and renamed; it counts from when
its name is in the store. Parts are never edited; a change of rates writes them again under
another name, with the same rows in the same order, so that a row's number stays its address.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from taawun.errors import StoreError
from taawun.ledger.schema import AT

FOLDER = "ledger"
STAGING = "staging"
PART, ACCOUNTS_OF, ACTS, MARKS, REGISTER, PROBLEMS = KINDS_OF_FILE = (
    *("transfers", "accounts", "acts", "marks", "register", "problems"),
)
ROW_GROUP = 1 << 18
SAMPLE = 1_000
"""References that are looked at to see whether compressing them is worth while."""
SMALL = 50_000
"""Rows: neighbouring months with fewer than these together lie in one part."""

CORRECTED, REVERSED = 1, 2
"""Bits of a mark."""

_WORD = pa.dictionary(pa.int32(), pa.string())
PART_SCHEMA = pa.schema(
    [
        pa.field("transfer", pa.string(), nullable=False),
        pa.field("at", AT, nullable=False),
        pa.field("source", pa.int32(), nullable=False),
        pa.field("target", pa.int32(), nullable=False),
        *(pa.field(f"{end}_bank", _WORD) for end in ("source", "target")),
        *(pa.field(f"{end}_country", _WORD) for end in ("source", "target")),
        pa.field("amount", pa.int64(), nullable=False),
        pa.field("currency", _WORD, nullable=False),
        pa.field("value", pa.int64()),
        pa.field("channel", _WORD),
        pa.field("purpose", pa.string()),
        pa.field("key", pa.uint64(), nullable=False),  # the hash of the reference
        pa.field("original", pa.string()),  # of a correction: the reference that it corrects
        pa.field("line", pa.int64(), nullable=False),  # where it stood in the imported file
    ]
)
WORDED = tuple(each.name for each in PART_SCHEMA if each.type == _WORD)

ACTS_SCHEMA = pa.schema(
    [
        pa.field("act", pa.string(), nullable=False),
        pa.field("transfer", pa.string(), nullable=False),
        pa.field("original", pa.string(), nullable=False),
        pa.field("at", AT, nullable=False),
        pa.field("source", pa.int32(), nullable=False),
        pa.field("target", pa.int32(), nullable=False),
        pa.field("amount", pa.int64(), nullable=False),
        pa.field("currency", pa.string(), nullable=False),
        pa.field("line", pa.int64(), nullable=False),
    ]
)
MARKS_SCHEMA = pa.schema([("part", _WORD), ("row", pa.int64()), ("mark", pa.uint8())])
PROBLEMS_SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("code", "file")),
        ("line", pa.int64()),
        *((name, pa.string()) for name in ("field", "got", "expected")),
    ]
)


@dataclass(frozen=True, slots=True)
class BookFile:
    """One file of the book. `name` is its path under the ledger's folder; times in microseconds.

    `number` is the import that made it, None for what no import did (a register).
    """

    name: str
    kind: str
    number: int | None
    rows: int
    first_at: int = 0
    last_at: int = 0


def write(table: pa.Table, path: Path) -> None:
    """Write one file and force it to disk. Raises StoreError where it cannot be written."""
    worded = [name for name in table.column_names if pa.types.is_dictionary(table[name].type)]
    encodings = _encodings(table)
    options = {"column_encoding": encodings} if encodings else {}
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with path.open("xb") as file:
            pq.write_table(
                table,
                file,
                row_group_size=ROW_GROUP,
                use_dictionary=worded or False,
                compression={name: _compression(table, name) for name in table.column_names},
                store_schema=False,
                write_statistics=["at"] if "at" in table.column_names else False,
                **options,
            )
            file.flush()
            os.fsync(file.fileno())
    except (OSError, pa.ArrowException) as error:
        raise StoreError(f"{path}: cannot be written: {error}") from error


def _encodings(table: pa.Table) -> dict[str, str]:
    """Times rise, and lines in a file that is in order: their differences are small."""
    if "at" not in table.column_names:
        return {}
    rising = ["at"]
    if "line" in table.column_names and (np.diff(table["line"].to_numpy()) > 0).all():
        rising.append("line")
    return dict.fromkeys(rising, "DELTA_BINARY_PACKED")


def _compression(table: pa.Table, name: str) -> str:
    """Hashes have nothing to compress; random references have hardly anything."""
    if name == "key" or (name == "transfer" and not _repetitive(table["transfer"])):
        return "none"
    return "lz4"


def _repetitive(references: pa.ChunkedArray) -> bool:
    """Whether compression takes a tenth off the first references at least."""
    first = "".join(references[:SAMPLE].to_pylist()).encode()
    return 10 * len(pa.compress(first, "lz4", asbytes=True)) < 9 * len(first)


def read(path: Path, columns: Sequence[str]) -> pa.Table:
    """Columns of one file; words stay dictionaries. Raises StoreError where it is not whole."""
    try:
        worded = [name for name in columns if name in WORDED]
        with pq.ParquetFile(path, read_dictionary=worded, memory_map=True) as file:
            return file.read(list(columns))
    except (OSError, pa.ArrowException) as error:
        raise StoreError(f"{path}: cannot be read: {error}") from error


def read_all(path: Path) -> pa.Table:
    """All columns of one file as they are. Raises StoreError where it is not whole."""
    try:
        return pq.read_table(path, memory_map=True)
    except (OSError, pa.ArrowException) as error:
        raise StoreError(f"{path}: cannot be read: {error}") from error


def months(at: np.ndarray[tuple[int], np.dtype[np.int64]]) -> list[tuple[str, int, int]]:
    """Where parts begin and end in times (microseconds, ascending): first month, from, to.

    Months are whole unless neighbouring ones are small.
    """
    if not len(at):
        return []
    month = at.astype("M8[us]").astype("M8[M]")
    starts = [0, *(np.flatnonzero(month[1:] != month[:-1]) + 1).tolist()]
    cuts: list[int] = []
    for start in starts:
        if not cuts or start - cuts[-1] >= SMALL:
            cuts.append(start)
    ends = [*cuts[1:], len(at)]
    return [(str(month[start]), start, end) for start, end in zip(cuts, ends, strict=True)]
