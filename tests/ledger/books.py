"""Ledgers as lines of text, and what an import makes of them."""

from __future__ import annotations

import atexit
import shutil
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from taawun.ledger.arrival import Arrived, Order, bring
from taawun.ledger.book import Book, open_book
from taawun.store import open_store
from taawun.store.database import DATABASE

AT = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)
START = datetime(2026, 1, 1, tzinfo=UTC)
Row = dict[str, Any]

SCHEMA = pa.schema(
    [
        ("transfer", pa.string()),
        ("at", pa.timestamp("us", "UTC")),
        ("source", pa.string()),
        ("target", pa.string()),
        ("source_bank", pa.string()),
        ("amount", pa.int64()),
        ("currency", pa.string()),
        ("channel", pa.string()),
        ("act", pa.string()),
        ("original", pa.string()),
        ("source_holder", pa.string()),
    ]
)


def rows(text: str) -> list[Row]:
    """`reference day source>target amount[currency] [act original]`, one a line."""
    found = []
    for line in text.strip().splitlines():
        reference, day, ends, amount, *act = line.split()
        source, target = ends.split(">")
        digits = "".join(filter(str.isdigit, amount))
        found.append(
            {
                "transfer": reference,
                "at": START + timedelta(days=float(day)),
                "source": source,
                "target": target,
                "amount": int(digits),
                "currency": amount.removeprefix(digits) or "USD",
                "act": act[0] if act else "booked",
                "original": act[1] if act else None,
            }
        )
    return found


def parquet(path: Path, these: Iterable[Mapping[str, Any]]) -> Path:
    pq.write_table(pa.Table.from_pylist(list(these), SCHEMA), path)
    return path


@cache
def _migrated() -> Path:
    """A database with its tables, made once."""
    folder = Path(mkdtemp())
    atexit.register(shutil.rmtree, folder)
    store = open_store(folder)
    with store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
    return folder / DATABASE


class Ledger:
    """A home with a ledger in it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        home.mkdir()
        shutil.copy(_migrated(), home / DATABASE)
        self.store = open_store(home)
        self._files = 0

    def bring(self, path: Path, **asked: Any) -> Arrived:
        asked.setdefault("reference", "USD")
        return bring(Order(path, AT, "officer", **asked), self.store, self.home)

    def take(self, these: str | Sequence[Row], **asked: Any) -> Arrived:
        """Import rows from a Parquet file of their own."""
        self._files += 1
        found = rows(these) if isinstance(these, str) else these
        folder = self.home.parent / f"{self.home.name}-files"
        folder.mkdir(exist_ok=True)
        return self.bring(parquet(folder / f"{self._files}.parquet", found), **asked)

    @property
    def book(self) -> Book:
        return open_book(self.home, self.store)

    def told(self, *, withdrawn: bool = False) -> list[tuple[Any, ...]]:
        """Every transfer that counts: reference, day, source, target, amount, currency, value."""
        found = []
        for table in self.book.every(withdrawn=withdrawn):
            for row in table.to_pylist():
                day = (row["at"] - START) / timedelta(days=1)
                found.append(
                    (row["transfer"], day, row["source"], row["target"], row["amount"],
                     row["currency"], row["value"])
                )  # fmt: skip
        return sorted(found, key=repr)
