"""One import in a process of its own: seconds, processor seconds, peak memory, as JSON.

    python -m bench.import_run taawun march.parquet 2000000

`bench.ledger_import` calls it. The kernels are compiled on a small file before the clock starts.
The others do the least that an import must: each reference once, the rows by month in Parquet
files; they look for no faults, number no accounts, and keep no history.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bench import import_made
from bench.ledger_run import peak

WARM = 20_000
Import = Callable[[Path, Path], int]


def taawun(path: Path, home: Path) -> int:
    """As `taawun ledger import` does it; how many rows came in."""
    from taawun.ledger.arrival import Order, bring
    from taawun.store import open_store

    store = open_store(home)
    done = bring(Order(path, datetime.now(UTC), "bench"), store, home)
    store.close()
    return done.counts.transfers


def python(path: Path, home: Path) -> int:
    """Row groups by pyarrow, references in a Python set."""
    met: set[str] = set()
    for place, batch in enumerate(pq.ParquetFile(path).iter_batches(1 << 17)):
        keep = []
        for reference in batch["transfer"].to_pylist():
            keep.append(reference not in met)
            met.add(reference)
        table = pa.Table.from_batches([batch]).filter(pa.array(keep))
        month = pc.strftime(table["at"], "%Y-%m")
        for each in pc.unique(month).to_pylist():
            folder = home / each
            folder.mkdir(exist_ok=True)
            rows = table.filter(pc.equal(month, each)).sort_by("at")
            pq.write_table(rows, folder / f"{place:05}.parquet", compression="lz4")
    return len(met)


def duckdb(path: Path, home: Path) -> int:
    """DuckDB: a table with the reference as its key, then Parquet by month."""
    import duckdb as engine

    with engine.connect(home / "book.duckdb") as sql:
        sql.execute("SET threads = 2")
        sql.execute(f"CREATE TABLE book AS SELECT * FROM read_parquet('{path}') LIMIT 0")
        sql.execute("ALTER TABLE book ADD PRIMARY KEY (transfer)")
        sql.execute(f"INSERT INTO book SELECT * FROM read_parquet('{path}') ON CONFLICT DO NOTHING")
        sql.execute(
            "COPY (SELECT *, strftime(make_timestamp(epoch_us(\"at\")), '%Y-%m') AS month"
            ' FROM book ORDER BY "at")'
            f" TO '{home / 'parts'}' (FORMAT parquet, PARTITION_BY (month), COMPRESSION lz4_raw)"
        )
        found = sql.execute("SELECT count(*) FROM book").fetchone()
    return int(found[0]) if found else 0


IMPORTS: dict[str, Import] = {"taawun": taawun, "python": python, "duckdb": duckdb}


def timed(work: Callable[[], Any]) -> tuple[float, float]:
    """Seconds of wall and of processor."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def window(home: Path) -> None:
    """The whole book as a network."""
    from taawun.ledger.book import open_book
    from taawun.store import open_store

    store = open_store(home)
    open_book(home, store).window()
    store.close()


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m bench.import_run")
    asked.add_argument("engine", choices=IMPORTS)
    asked.add_argument("path", type=Path)
    asked.add_argument("rows", type=int)
    given = asked.parse_args()
    bring = IMPORTS[given.engine]
    with tempfile.TemporaryDirectory(dir=given.path.parent) as folder:
        warm, home = Path(folder, "warm"), Path(folder, "home")
        small = Path(folder, f"small{given.path.suffix}")
        made = import_made.parquet if small.suffix == ".parquet" else import_made.world
        made(small, WARM)
        for each in (warm, home):
            each.mkdir()
        bring(small, warm)
        base = peak()
        wall, cpu = timed(lambda: bring(given.path, home))
        answer = {"wall": wall, "cpu": cpu, "base": base, "peak": peak()}
        if given.engine == "taawun":
            answer["again"] = timed(lambda: bring(given.path, home))[0]
            window(warm)
            answer["window"] = timed(lambda: window(home))[0]
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
