"""The book in SQL: its parts opened by DuckDB as `transfers` and `accounts`.

    with connected(book, memory=1 << 30) as sql:
        sql.execute("SELECT sum(value) FROM transfers WHERE source = ?", ["…"])

`transfers` has the columns of TRANSFERS (`at` is UTC, without saying so) and `mark` (0 where the
row counts); `accounts` those that transfers tell of. Memory is bounded; what does not fit spills
into the ledger's folder. Nothing is written to the book.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pyarrow as pa

from taawun.errors import StoreError
from taawun.ledger.parts import ACCOUNTS_OF, PART, STAGING
from taawun.ledger.schema import TRANSFERS
from taawun.ledger.writing import named

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from taawun.ledger.book import Book

MEMORY = 1 << 30
ENDS = ("source", "target")


@contextmanager
def connected(
    book: Book, *, memory: int = MEMORY, threads: int = 2
) -> Iterator[DuckDBPyConnection]:
    """A connection with the views of this book. Raises StoreError for what DuckDB cannot read."""
    import duckdb

    spill = book.folder.path / STAGING / "spill"
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": f"{max(memory >> 20, 64)}MB",
        "threads": threads,
        "temp_directory": str(spill),
        "enable_external_access": True,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    try:
        with duckdb.connect(":memory:", config=settings) as connection:
            _views(connection, book)
            yield connection
    except duckdb.IOException as error:
        raise StoreError(f"{book.folder.path}: cannot be read: {error}") from error


def _views(connection: DuckDBPyConnection, book: Book) -> None:
    names = {kind: [str(book.folder / each.name) for each in book.files if each.kind == kind]
             for kind in (PART, ACCOUNTS_OF)}  # fmt: skip
    if not names[PART]:
        connection.register("transfers", _empty())
        return
    connection.register("marks", _marks(book))
    _stored(connection, "parts", names[PART], numbered=True)
    _stored(connection, "accounts", names[ACCOUNTS_OF][-1:], numbered=True)
    chosen = ", ".join(_column(name) for name in TRANSFERS.names)
    connection.execute(
        f"""CREATE VIEW transfers AS SELECT {chosen}, coalesce(marks.mark, 0) AS mark FROM parts
        JOIN accounts AS source ON source.file_row_number = parts.source
        JOIN accounts AS target ON target.file_row_number = parts.target
        LEFT JOIN marks ON marks.file = parts.filename AND marks.row = parts.file_row_number"""
    )


def _column(name: str) -> str:
    if name == "at":
        return "make_timestamp(epoch_us(parts.at)) AS at"
    return f"{name}.account AS {name}" if name in ENDS else f"parts.{name}"


def _stored(connection: DuckDBPyConnection, view: str, paths: list[str], *, numbered: bool) -> None:
    """A view over files; their names are ours, and quoted."""
    listed = ", ".join("'" + path.replace("'", "''") + "'" for path in paths)
    connection.execute(
        f"CREATE VIEW {view} AS SELECT * FROM read_parquet([{listed}], filename = true,"
        f" file_row_number = {str(numbered).lower()})"
    )


def _marks(book: Book) -> pa.Table:
    """Marks by the path of their part's file."""
    tables = []
    for part in book.parts:
        rows, bits = book.marks.rows(named(part.name))
        path = pa.array([str(book.folder / part.name)] * len(rows), pa.string())
        tables.append(pa.table({"file": path, "row": rows, "mark": bits}))
    return pa.concat_tables(tables)


def _empty() -> pa.Table:
    table = TRANSFERS.empty_table()
    return table.append_column("mark", pa.array([], pa.uint8()))
