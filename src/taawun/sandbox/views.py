"""Who sees what: the whole, each country's authority, each bank; as folders of files.

A transfer is in a view when a reporting bank of that view sent or received it; the register of a
view has that view's own accounts. Formats differ in how they are written, not in what is in them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from taawun.errors import UsageError
from taawun.ledger.schema import ACCOUNTS, TRANSFERS
from taawun.sandbox.making import World
from taawun.sandbox.region import COUNTRIES, REFERENCE
from taawun.sandbox.register import Register

FORMATS = ("parquet", "csv", "iso20022")
VIEWS = ("none", "countries", "banks", "both")
PER_FILE = 50_000
"""Messages in one file of ISO 20022."""
WHOLE = "whole"


class Writer(Protocol):
    """Where transfers go: pieces in order, then an end."""

    def write(self, rows: pa.Table) -> None: ...
    def close(self) -> None: ...


class ParquetWriter:
    """One Parquet file; references are not worth a dictionary, all else is."""

    def __init__(
        self, folder: Path, schema: pa.Schema = TRANSFERS, name: str = "transfers"
    ) -> None:
        reference = schema.names[0]
        coded = [each for each in schema.names if each != reference]
        self._file = pq.ParquetWriter(
            folder / f"{name}.parquet", schema, compression="zstd", use_dictionary=coded
        )

    def write(self, rows: pa.Table) -> None:
        if rows.num_rows:
            self._file.write_table(rows)

    def close(self) -> None:
        self._file.close()


class CsvWriter:
    """One CSV file, as banks write them: UTF-8, amounts in whole units with decimals."""

    def __init__(self, folder: Path) -> None:
        self._stream = (folder / "transfers.csv").open("wb")
        self._begun = False

    def write(self, rows: pa.Table) -> None:
        from pyarrow import csv

        for column in ("amount", "value"):
            said = _major(rows[column], rows["currency"] if column == "amount" else None)
            rows = rows.set_column(rows.column_names.index(column), column, said)
        at = pc.strftime(rows["at"], "%Y-%m-%dT%H:%M:%SZ")
        seconds = pc.replace_substring_regex(at, r"\.\d+Z$", "Z")
        rows = rows.set_column(rows.column_names.index("at"), "at", seconds)
        options = csv.WriteOptions(include_header=not self._begun, quoting_style="needed")
        csv.write_csv(rows, self._stream, options)
        self._begun = True

    def close(self) -> None:
        self._stream.close()


def _major(minor: pa.ChunkedArray, currency: pa.ChunkedArray | None) -> pa.Array:
    """Minor units as text with the decimals of their currency (the reference's without one)."""
    places = {place.currency: place.decimals for place in COUNTRIES.values()} | {REFERENCE: 2}
    text = pa.array([""] * len(minor))
    code = currency if currency is not None else pa.repeat(REFERENCE, len(minor))
    amount = minor.combine_chunks()
    for each, decimals in places.items():
        unit = 10**decimals
        whole = pc.divide(amount, unit)
        rest = pc.subtract(amount, pc.multiply(whole, unit))
        said = whole.cast(pa.string())
        if decimals:
            padded = pc.utf8_lpad(rest.cast(pa.string()), decimals, "0")
            said = pc.binary_join_element_wise(said, padded, ".")
        text = pc.if_else(pc.equal(code, each), said, text)
    return text.combine_chunks() if isinstance(text, pa.ChunkedArray) else text


class IsoWriter:
    """A folder of pacs.008 files, so many messages in each."""

    def __init__(self, folder: Path, accounts: pa.Table) -> None:
        self._folder, self._accounts, self._number = folder / "pacs008", accounts, 0
        self._folder.mkdir()
        self._held: list[pa.Table] = []

    def write(self, rows: pa.Table) -> None:
        self._held.append(rows)
        if sum(each.num_rows for each in self._held) >= PER_FILE:
            self._flush(whole=False)

    def close(self) -> None:
        self._flush(whole=True)

    def _flush(self, *, whole: bool) -> None:
        from taawun.ledger.writers.pacs008 import write_pacs008

        rows = pa.concat_tables(self._held) if self._held else TRANSFERS.empty_table()
        while rows.num_rows >= PER_FILE or (whole and rows.num_rows):
            self._number += 1
            file = self._folder / f"pacs008-{self._number:06d}.xml"
            write_pacs008(file, rows.slice(0, PER_FILE), self._accounts)
            rows = rows.slice(PER_FILE)
        self._held = [rows]


@dataclass(slots=True)
class View:
    """One authority's or bank's part: its folder, and the banks whose transfers it sees."""

    folder: Path
    banks: pa.Array | None
    writer: Writer
    size: int = field(default=0)

    def write(self, rows: pa.Table) -> None:
        """Its part of a piece."""
        mine = rows
        if self.banks is not None:
            sent = pc.is_in(rows["source_bank"], value_set=self.banks)
            received = pc.is_in(rows["target_bank"], value_set=self.banks)
            mine = rows.filter(pc.or_(sent, received))
        self.size += mine.num_rows
        self.writer.write(mine)


def opened(
    out: Path, world: World, made: Register, accounts: pa.Table, form: str, wanted: str
) -> list[View]:
    """The folders of all views, their registers written, ready to take transfers."""
    if form not in FORMATS:
        raise UsageError(f"--format: expected {', '.join(FORMATS)}, got {form!r}")
    if wanted not in VIEWS:
        raise UsageError(f"--views: expected {', '.join(VIEWS)}, got {wanted!r}")
    return [_view(out / name, banks, accounts, form) for name, banks in _parts(world, made, wanted)]


def _parts(world: World, made: Register, wanted: str) -> Iterator[tuple[str, list[str] | None]]:
    yield WHOLE, None
    banks = world.there.banks
    for place, code in enumerate(world.plan.countries):
        own = np.flatnonzero((banks.country == place) & banks.reporting)
        codes = [made.bic[bank] for bank in own]
        if wanted in ("countries", "both"):
            yield code, codes
        if wanted in ("banks", "both"):
            yield from ((f"{code}/{each}", [each]) for each in codes)


def _view(folder: Path, banks: list[str] | None, accounts: pa.Table, form: str) -> View:
    folder.mkdir(parents=True, exist_ok=True)
    among = None if banks is None else pa.array(banks, pa.string())
    own = accounts
    if among is not None:
        own = accounts.filter(pc.is_in(accounts["bank"], value_set=among))
    _accounts(folder, own, form)
    return View(folder, among, _writer(folder, accounts, form))


def _writer(folder: Path, accounts: pa.Table, form: str) -> Writer:
    if form == "csv":
        return CsvWriter(folder)
    return IsoWriter(folder, accounts) if form == "iso20022" else ParquetWriter(folder)


def _accounts(folder: Path, own: pa.Table, form: str) -> None:
    if form == "csv":
        from pyarrow import csv

        csv.write_csv(own, folder / "accounts.csv")
    else:
        pq.write_table(own.cast(ACCOUNTS), folder / "accounts.parquet", compression="zstd")


def closed(views: Iterable[View]) -> None:
    """End every view's files."""
    for view in views:
        view.writer.close()
