"""Reading a known layout out of whichever of CSV and Parquet a file is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from taawun.errors import NotFound
from taawun.ledger.readers.columns import Columns
from taawun.ledger.readers.parquet import Layout
from taawun.ledger.schema import Batch


def laid_out(path: str, columns: Columns | None, layout: Layout) -> Iterator[Batch]:
    """The rows of a table that is in a known layout."""
    if is_parquet(path):
        from taawun.ledger.readers.parquet import read as read_parquet

        return read_parquet(path, columns, layout)
    from taawun.ledger.readers.csv import read as read_csv

    return read_csv(path, columns, layout)


def is_parquet(path: str) -> bool:
    """Whether a file begins as Parquet does. Raises NotFound."""
    try:
        with Path(path).open("rb") as file:
            return file.read(4) == b"PAR1"
    except FileNotFoundError:
        raise NotFound(f"{path}: there is no such file") from None
