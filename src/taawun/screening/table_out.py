"""Answers as a table: the input's own columns, row by row, with the best hit beside them.

| column | what |
|---|---|
| `taawun_match` | whether the best hit is a match; empty where the row was not screened |
| `taawun_score`, `taawun_entity`, `taawun_list`, `taawun_caption` | the best hit |
| `taawun_reasons` | what speaks for and against it, in words |
| `taawun_hits` | how many hits there are |
| `taawun_error` | what is wrong with the row |
| `taawun_results` | all hits as JSON |

Written from the lines of answers, in bounded memory, and put in place whole.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from taawun.errors import StoreError
from taawun.screening.rows import JsonTable, Raw, Table, visible

COLUMNS = ("match", "score", "entity", "list", "caption", "reasons", "hits", "error", "results")
PREFIX = "taawun_"
_AT_ONCE = 2_000


def write(table: Table, answers: Path, out: Path) -> None:
    """Write the table of a file's answers, as the name of `out` says: CSV or Parquet."""
    with _in_place(out) as half:
        if out.suffix.lower() == ".parquet":
            _parquet(table, answers, half)
        else:
            _csv(table, answers, half)


def cells(said: dict[str, Any]) -> list[Any]:
    """The result columns of one answer."""
    results, wrong = said["results"], said["error"]
    best = results[0] if results else None
    hit = [best[name] if best else None for name in ("score", "entity", "list", "caption")]
    reasons = "\n".join(each["text"] for each in best["reasons"]) if best else None
    match = bool(best and best["match"]) if best or not wrong else None
    every = orjson.dumps(results).decode() if results else None
    return [match, *hit, reasons, len(results), wrong, every]


def _both(table: Table, answers: Path) -> Iterator[tuple[Raw, list[Any]]]:
    with answers.open("rb") as file:
        for raw, line in zip(table.rows(), file, strict=True):
            yield raw, cells(orjson.loads(line))


def _columns(table: Table) -> list[str]:
    """The input's columns; those of every row where rows are objects."""
    if not isinstance(table, JsonTable):
        return list(table.columns)
    return list(dict.fromkeys(name for raw in table.rows() for name in raw.cells))


def _csv(table: Table, answers: Path, out: Path) -> None:
    columns = _columns(table)
    with out.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=table.delimiter or ",")
        writer.writerow([*columns, *(PREFIX + name for name in COLUMNS)])
        for raw, found in _both(table, answers):
            writer.writerow([_text(each) for each in (*map(raw.cells.get, columns), *found)])


def _text(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, (dict, list)):
        return orjson.dumps(value, default=str).decode()
    return value


def _parquet(table: Table, answers: Path, out: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = [pa.bool_(), pa.float64(), *[pa.string()] * 4, pa.int32(), *[pa.string()] * 2]
    added = [pa.field(PREFIX + name, kind) for name, kind in zip(COLUMNS, types, strict=True)]
    with answers.open("rb") as file:
        writer = None
        for given in _given(table):
            found = [cells(orjson.loads(file.readline())) for _ in range(given.num_rows)]
            columns = list(zip(*found, strict=True))
            for field, values in zip(added, columns, strict=True):
                given = given.append_column(field, pa.array(values, field.type))
            writer = writer or pq.ParquetWriter(out, given.schema)
            writer.write_batch(given)
        if writer is None:
            names = [pa.field(name, pa.string()) for name in table.columns]
            writer = pq.ParquetWriter(out, pa.schema([*names, *added]))
        writer.close()


def _given(table: Table) -> Iterator[Any]:
    """The input's columns as record batches: Parquet keeps its types, other values are text."""
    import pyarrow as pa

    from taawun.screening.parquet import ParquetTable, batches

    if isinstance(table, ParquetTable):
        yield from (batch for batch in batches(table.path) if batch.num_rows)
        return
    columns = _columns(table)
    schema = pa.schema([pa.field(name, pa.string()) for name in columns])
    held: list[Raw] = []
    for raw in table.rows():
        held.append(raw)
        if len(held) == _AT_ONCE:
            yield _batch(held, columns, schema)
            held = []
    if held:
        yield _batch(held, columns, schema)


def _batch(held: list[Raw], columns: list[str], schema: Any) -> Any:
    import pyarrow as pa

    values = [[_string(raw.cells.get(name)) for raw in held] for name in columns]
    return pa.record_batch([pa.array(each, pa.string()) for each in values], schema=schema)


def _string(value: Any) -> str | None:
    if value is None:
        return None
    text = value if isinstance(value, str) else str(_text(value))
    return visible(text)


@contextmanager
def _in_place(out: Path) -> Iterator[Path]:
    """A file to write beside `out` that takes its place when it is whole."""
    half = out.with_name(f"{out.name}.{os.getpid()}.tmp")
    try:
        yield half
        with half.open("rb") as file:
            os.fsync(file.fileno())
        half.replace(out)
    except OSError as error:
        raise StoreError(f"{out}: cannot be written: {error.strerror}") from error
    finally:
        half.unlink(missing_ok=True)
