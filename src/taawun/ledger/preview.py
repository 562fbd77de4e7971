"""How a file would be read: its format, which column holds what, the first rows, what is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from itertools import islice
from pathlib import Path

import pyarrow as pa

from taawun.errors import Problem
from taawun.ledger.readers import MAPPED, format_of, reader
from taawun.ledger.readers.columns import Columns, settled
from taawun.ledger.readers.layouts import is_parquet
from taawun.ledger.readers.parquet import Layout
from taawun.ledger.schema import READ


@dataclass(frozen=True, slots=True)
class Preview:
    """A look at a file. `columns` is the settled map, None for a format that describes itself;
    `rows` the first ones in READ, `problems` those of as many rows as were looked at (`seen`).
    """

    format: str
    columns: Columns | None
    rows: pa.Table
    problems: tuple[Problem, ...]
    seen: int


def preview(path: Path, columns: Columns | None, format: str, count: int) -> Preview:
    """Read the first batch of a file as an import would, and keep `count` rows of it."""
    name = format or format_of(str(path))
    batches = list(islice(reader(name, columns)(str(path)), 1))
    rows = pa.concat_tables(
        [READ.empty_table(), *(b.table.select(READ.names).cast(READ) for b in batches)]
    )
    problems = tuple(problem for batch in batches for problem in batch.problems)
    seen = sum(batch.rows for batch in batches)
    held = _columns(str(path), name, columns) if name in MAPPED else None
    return Preview(name, held, rows.slice(0, count), problems, seen)


def _columns(path: str, name: str, told: Columns | None) -> Columns:
    """The map as the reader settles it."""
    module = import_module(f"taawun.ledger.readers.{name}")
    layout: Layout = getattr(module, "layout", settled)
    if is_parquet(path):
        from taawun.ledger.readers.parquet import schema_of, settle

        return settle(told or Columns(), schema_of(path), layout)
    from taawun.ledger.readers.csv import headers
    from taawun.ledger.readers.csv import settle as settle_csv

    return settle_csv(told or Columns(), headers(path, told), layout)
