"""A register of accounts: what an institution says of accounts and their holders.

CSV or Parquet with the columns of ACCOUNTS, in English or Arabic; only `account` is needed. A row
replaces what an earlier register said of that account. What a register says goes before what
transfers say.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files as resources
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import yaml

from taawun.errors import InputError, NotFound, Problem
from taawun.ledger import parts, times
from taawun.ledger.folder import Folder
from taawun.ledger.parts import REGISTER, BookFile
from taawun.ledger.readers.columns import plain
from taawun.ledger.readers.reading import bare
from taawun.ledger.registered import files, put_files
from taawun.ledger.schema import ACCOUNTS
from taawun.store import Store


@dataclass(frozen=True, slots=True)
class Registered:
    """What came of a register: `rows` used, how many accounts the register has now, problems.

    `ignored` are columns of the file that nothing is known for.
    """

    rows: int
    accounts: int
    problems: tuple[Problem, ...]
    ignored: tuple[str, ...] = ()


def bring_accounts(path: Path, store: Store, home: Path, *, at: datetime, actor: str) -> Registered:
    """Take a register in. Rows that cannot be used are problems; the others count.

    Raises NotFound, InputError where the file is no table or has no column of accounts.
    """
    raw, ignored = _table(path)
    rows, problems = _read(raw, path.name)
    folder = Folder(home)
    with folder.alone():
        with store.reading() as connection:
            counting = files(connection)
        held = [each for each in counting if each.kind == REGISTER]
        with folder.staged(counting):
            merged = _merged(folder, held, rows)
            number = int(Path(held[-1].name).stem) + 1 if held else 1
            name = f"{REGISTER}/{number:06}.parquet"
            parts.write(merged, folder.staging / name)
            folder.keep([made := BookFile(name, REGISTER, None, merged.num_rows)])
            told = {"rows": rows.num_rows, "accounts": merged.num_rows, "problems": len(problems)}
            with store.begin() as unit:
                put_files(unit, [made], [each.name for each in held])
                unit.journal("ledger.register", path.name, told, at=at, actor=actor)
    return Registered(rows.num_rows, merged.num_rows, problems, ignored)


def _merged(folder: Folder, held: list[BookFile], rows: pa.Table) -> pa.Table:
    """The register with new rows in the place of old ones."""
    if not held:
        return rows
    before = parts.read_all(folder / held[-1].name).cast(ACCOUNTS)
    stays = pc.invert(pc.is_in(before["account"], rows["account"].combine_chunks()))
    return pa.concat_tables([before.filter(stays), rows]).combine_chunks()


# Reading


def _table(path: Path) -> tuple[pa.Table, tuple[str, ...]]:
    """The file's columns under our names, as text; and those that are none of ours."""
    raw = _opened(path)
    ours: dict[str, str] = {}
    for name in raw.column_names:
        known = _headings().get(plain(name))
        if known is not None and known not in ours:
            ours[known] = name
    if "account" not in ours:
        raise InputError(
            f"{path}: there is no column of accounts; the file has: {', '.join(raw.column_names)}"
        )
    columns = {name: _text(raw, theirs) for name, theirs in ours.items()}
    return pa.table(columns), tuple(n for n in raw.column_names if n not in ours.values())


def _opened(path: Path) -> pa.Table:
    try:
        with path.open("rb") as file:
            first = file.read(4)
        if first == b"PAR1":
            return pq.read_table(path)
        types = pacsv.ConvertOptions(
            null_values=[""], strings_can_be_null=True, column_types=_all_text(path)
        )
        return pacsv.read_csv(path, convert_options=types)
    except FileNotFoundError:
        raise NotFound(f"{path}: there is no such file") from None
    except (OSError, pa.ArrowException, UnicodeError) as error:
        said = (str(error) or type(error).__name__).splitlines()[0][:200]
        raise InputError(f"{path}: cannot be read as a register of accounts: {said}") from None


def _all_text(path: Path) -> dict[str, pa.DataType]:
    from taawun.ledger.readers.csv import headers

    return dict.fromkeys(headers(str(path)), pa.string())


def _text(raw: pa.Table, name: str) -> pa.ChunkedArray:
    """The first column of that name, as text; a date as it is."""
    column = raw.column(raw.column_names.index(name))
    if pa.types.is_date(column.type) or pa.types.is_timestamp(column.type):
        return column
    try:
        return column.cast(pa.string())
    except pa.ArrowException:
        raise InputError(f"a column of {column.type} cannot be read as text") from None


@cache
def _headings() -> dict[str, str]:
    text = (resources("taawun.ledger") / "data" / "account_headings.yml").read_text("utf-8")
    known = {}
    for name, headings in yaml.safe_load(text).items():
        for heading in [name, *headings]:
            known[plain(heading)] = name
    return known


def _read(raw: pa.Table, file: str) -> tuple[pa.Table, tuple[Problem, ...]]:
    columns = {}
    for field in ACCOUNTS:
        if field.name not in raw.column_names:
            columns[field.name] = pa.nulls(len(raw), field.type)
        elif field.name != "opened":
            text = bare(raw[field.name].cast(pa.string()).combine_chunks())
            columns[field.name] = _formed(field.name, text)
    problems: list[Problem] = []
    if "opened" in raw.column_names:
        columns["opened"] = _opened_on(raw["opened"], file, problems)
    table = pa.table([columns[f.name] for f in ACCOUNTS], names=ACCOUNTS.names)
    empty = np.flatnonzero(table["account"].is_null().to_numpy())
    problems += [
        Problem("ledger.row.empty", file, line + 2, "account", expected="an account")
        for line in empty.tolist()
    ]
    table = table.filter(table["account"].is_valid())
    return _once(table).cast(ACCOUNTS), tuple(problems)


def _formed(name: str, text: pa.Array) -> pa.Array:
    if name == "country":
        return pc.utf8_upper(text)
    return pc.utf8_lower(text) if name == "kind" else text


def _opened_on(column: pa.ChunkedArray, file: str, problems: list[Problem]) -> pa.Array:
    """Dates; what is none becomes null and a problem."""
    if pa.types.is_date(column.type) or pa.types.is_timestamp(column.type):
        return column.cast(pa.date32())
    text = bare(column.cast(pa.string()).combine_chunks())
    found = times.read(text, times.layout_of(text) or times.ISO)
    wrong = np.flatnonzero(~found.good & text.is_valid().to_numpy(zero_copy_only=False))
    problems.extend(_undated(text, wrong, file))
    days = (found.at // times.UNITS["days"]).astype(np.int32)
    return pa.array(days, mask=~found.good).cast(pa.date32())


def _undated(text: pa.Array, rows: np.ndarray, file: str) -> Iterator[Problem]:
    for row in rows.tolist():
        got = (text[row].as_py() or "")[:80]
        yield Problem("ledger.row.time", file, row + 2, "opened", got, "YYYY-MM-DD")


def _once(table: pa.Table) -> pa.Table:
    """Of several rows of one account the last."""
    encoded = pc.dictionary_encode(table["account"].combine_chunks())
    last = np.full(len(encoded.dictionary), -1, np.int64)
    last[encoded.indices.to_numpy()] = np.arange(len(table))
    return table if len(last) == len(table) else table.take(pa.array(np.sort(last)))
