"""A file as one table, without a book: for a look, for tests, for a benchmark's ledger."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from taawun.errors import Problem
from taawun.ledger.readers import format_of, reader
from taawun.ledger.readers.columns import Columns
from taawun.ledger.schema import BOOKED, READ, TRANSFERS


@dataclass(frozen=True, slots=True)
class Whole:
    """All rows of a file: `table` in TRANSFERS, and what was wrong with the others."""

    table: pa.Table
    problems: tuple[Problem, ...]


def whole(path: str, columns: Columns | None = None, format: str = "") -> Whole:
    """The booked rows of a file, all in memory. `format` is told from the file where it is "".

    `value` is the amount where the currency is the most frequent one, else null. Repeats,
    corrections and reversals are not looked for: that is the import's work.
    """
    batches = list(reader(format or format_of(path), columns)(path))
    tables = [batch.table.select(READ.names).cast(READ) for batch in batches]
    read = pa.concat_tables(tables) if tables else READ.empty_table()
    read = read.filter(pc.equal(read["act"], BOOKED))
    problems = tuple(problem for batch in batches for problem in batch.problems)
    return Whole(valued(read), problems)


def valued(read: pa.Table) -> pa.Table:
    """Rows in READ as TRANSFERS, valued in their most frequent currency (of equals, the first)."""
    counts = pc.value_counts(read["currency"]).to_pylist()
    often = min(counts, key=lambda each: (-each["counts"], each["values"]), default=None)
    same = pc.equal(read["currency"], often["values"] if often else "")
    mask = np.logical_not(same.to_numpy(zero_copy_only=False))
    amount = read["amount"].to_numpy()
    value = pa.array(np.where(mask, 0, amount), mask=mask)
    named = [*TRANSFERS.names[: TRANSFERS.get_field_index("value")], "channel", "purpose"]
    table = read.select(named)
    return table.add_column(table.num_columns - 2, "value", value).cast(TRANSFERS)
