"""The book given out again: transfers in the ledger's own columns, as Parquet or CSV."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from taawun.errors import StoreError, UsageError
from taawun.ledger.book import Book
from taawun.ledger.schema import TRANSFERS


def export(
    book: Book,
    out: Path,
    since: datetime | None = None,
    until: datetime | None = None,
    *,
    withdrawn: bool = False,
) -> int:
    """Write the transfers of a window to `out`, a part of the book at a time; how many.

    The file is there whole or not at all. An import of it makes the same ledger. Raises
    UsageError for a name that says no format, StoreError where it cannot be written.
    """
    if out.suffix.lower() not in (".parquet", ".csv"):
        raise UsageError(f"{out}: expected a name that ends in .parquet or .csv")
    draft = out.with_name(out.name + ".draft")
    try:
        with _writer(draft, out.suffix.lower()) as writer:
            count = 0
            for table in book.every(since, until, withdrawn=withdrawn):
                writer.write_table(table)
                count += len(table)
        draft.replace(out)
    except (OSError, pa.ArrowException) as error:
        raise StoreError(f"{out}: cannot be written: {error}") from error
    finally:
        draft.unlink(missing_ok=True)
    return count


def _writer(path: Path, suffix: str) -> Any:
    if suffix == ".csv":
        return pacsv.CSVWriter(path, TRANSFERS)
    return pq.ParquetWriter(path, TRANSFERS, compression="zstd")
