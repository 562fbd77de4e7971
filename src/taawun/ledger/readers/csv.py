"""CSV under a column map, in bounded memory: strict about bytes, quotes and numbers of fields.

UTF-8 unless the file has a mark of UTF-16 or the map names an encoding. A line with a byte that
is not of it, or with too few or too many fields, is a problem of that line; the others are read.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from taawun.errors import InputError, NotFound, Problem
from taawun.jit import I64, U8
from taawun.ledger.readers.columns import Columns, settled
from taawun.ledger.readers.parquet import Layout, needed
from taawun.ledger.readers.reading import CODED, WORDS, Reading
from taawun.ledger.readers.records import BROKEN, records
from taawun.ledger.schema import TRANSFERS, Batch

BLOCK = 1 << 24
"""Bytes read at a time."""
LONGEST = 1 << 26
"""Bytes of one record at most."""
SEPARATORS = ",;\t|"
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read(path: str, columns: Columns | None = None, layout: Layout = settled) -> Iterator[Batch]:
    """The file's rows as batches. `layout` settles the map from the file's headers.

    Raises NotFound, InputError for what is no such text, ends inside quotes, or lacks columns.
    """
    told = columns or Columns()
    with _opened(path) as file:
        text = _Text(file, path, _encoding(file, told))
        head = _head(text, told.form.separator)
        held = settle(told, head.names, layout)
        parsing = _Parsing(text, head, held, Reading(held, text.name))
        yield from parsing.batches()


def settle(told: Columns, headers: Sequence[str], layout: Layout = settled) -> Columns:
    """The map for a CSV file with these headers: our own export needs none."""
    from dataclasses import replace

    if told == Columns() and set(TRANSFERS.names) <= set(headers):
        told = replace(told, minor=True)
    return layout(told, headers)


def headers(path: str, told: Columns | None = None) -> list[str]:
    """The names of a file's columns; one that comes twice is numbered (`Account.1`)."""
    told = told or Columns()
    with _opened(path) as file:
        return list(_head(_Text(file, path, _encoding(file, told)), told.form.separator).names)


def _opened(path: str) -> IO[bytes]:
    try:
        return Path(path).open("rb")
    except FileNotFoundError:
        raise NotFound(f"{path}: there is no such file") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None


def _encoding(file: IO[bytes], told: Columns) -> str:
    first = file.read(4)
    file.seek(0)
    if told.form.encoding:
        try:
            return codecs.lookup(told.form.encoding).name
        except LookupError:
            raise InputError(f"unknown encoding {told.form.encoding!r}") from None
    return next((name for mark, name in MARKS if first.startswith(mark)), "utf-8")


class _Text:
    """The file as UTF-8, block by block; a block ends where `take` was told that it does."""

    def __init__(self, file: IO[bytes], path: str, encoding: str) -> None:
        self.path, self.name = path, Path(path).name
        self.line = 1
        self.at_end = False
        self._file = file
        self._plain = encoding in ("utf-8", "utf-8-sig")
        self._skip = 3 if encoding == "utf-8-sig" else 0
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._left = b""

    @property
    def read(self) -> int:
        return self._file.tell()

    def block(self) -> bytes:
        """What is there and not taken yet, a block more of it."""
        got = self._file.read(BLOCK)
        self.at_end = len(got) < BLOCK
        if not self._plain:
            got = self._decoded(got)
        self._left += got[self._skip :]
        self._skip = 0
        return self._left

    def take(self, end: int, lines: int) -> None:
        """The block was used as far as `end`, which is so many lines."""
        self._left = self._left[end:]
        self.line += lines

    def _decoded(self, got: bytes) -> bytes:
        try:
            return self._decoder.decode(got, self.at_end).encode()
        except UnicodeDecodeError as error:
            line = self.line + self._left.count(b"\n") + got[: error.start].count(b"\n")
            raise InputError(
                f"{self.path}: line {line}: not in the encoding {error.encoding}"
            ) from None


# The header


@dataclass(frozen=True, slots=True)
class _Head:
    separator: str
    names: tuple[str, ...]


def _head(text: _Text, separator: str) -> _Head:
    block = text.block()
    first = block[: block.find(b"\n") + 1] or block
    if not first.strip():
        raise InputError(f"{text.path}: there is no header line")
    try:
        said = first.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise InputError(
            f"{text.path}: line 1: not UTF-8; say the encoding in a map (--map)"
        ) from None
    chosen = separator or max(SEPARATORS, key=said.count)
    text.take(len(first), 1)
    return _Head(chosen, _numbered(_cells(said, chosen, text.path)))


def _cells(line: str, separator: str, path: str) -> list[str]:
    import csv

    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=separator))]
    except csv.Error as error:
        if "\r" in line:
            raise InputError(f"{path}: line 1: a carriage return alone ends no line") from None
        raise InputError(f"{path}:1: not readable as CSV: {error}") from None


def _numbered(names: Sequence[str]) -> tuple[str, ...]:
    """Names, each once: the second `Account` is `Account.1`."""
    met: dict[str, int] = {}
    out = []
    for name in names:
        count = met.get(name, 0)
        met[name] = count + 1
        out.append(f"{name}.{count}" if count else name)
    return tuple(out)


# The rows


@dataclass(slots=True)
class _Parsing:
    """One file's rows, block by block."""

    text: _Text
    head: _Head
    columns: Columns
    reading: Reading
    wrong: list[Problem] = field(default_factory=list)

    def batches(self) -> Iterator[Batch]:
        first = True
        while first or not self.text.at_end:
            block = self.text._left if first and self.text.at_end else self.text.block()
            first = False
            if batch := self._batch(block):
                yield batch

    def _batch(self, block: bytes) -> Batch | None:
        octets = np.frombuffer(block, np.uint8)
        found = records(octets, ord(self.head.separator), self.text.at_end)
        if found.open_at >= 0 and (self.text.at_end or len(block) - found.end > LONGEST):
            line = self.text.line + found.open_at
            raise InputError(f"{self.text.path}: line {line}: a quote is opened and never closed")
        lines = found.line + self.text.line
        whole = block[: found.end]
        self.wrong = []
        good = found.fields == len(self.head.names)
        self._uneven(np.flatnonzero(~good), found.fields, lines)
        self._unreadable(whole, found.start, found.stop, lines, good)
        self.text.take(found.end, found.lines)
        if not len(good):
            return None
        if not good.all():
            whole = b"".join(
                whole[a:b] if b and whole[b - 1] == 10 else whole[a:b] + b"\n"
                for a, b in zip(found.start[good], found.stop[good], strict=True)
            )
        return self._read(whole, lines[good], len(good), found.spread)

    def _uneven(self, rows: I64, fields: np.ndarray[tuple[int, ...], np.dtype[np.int32]],
                lines: I64) -> None:  # fmt: skip
        expected = str(len(self.head.names))
        for row in rows.tolist():
            if (got := int(fields[row])) == BROKEN:
                self._problem("ledger.row.line_end", int(lines[row]), "CR", "LF, CR LF")
            else:
                self._problem("ledger.row.fields", int(lines[row]), str(got), expected)

    def _unreadable(
        self, block: bytes, start: I64, stop: I64, lines: I64, good: np.ndarray
    ) -> None:
        """Records with bytes that are not UTF-8, made not good."""
        try:
            block.decode()
            return
        except UnicodeDecodeError:
            pass
        for row in np.flatnonzero(good).tolist():
            record = block[start[row] : stop[row]]
            try:
                record.decode()
            except UnicodeDecodeError as error:
                good[row] = False
                got = record[error.start : error.start + 8].hex(" ")
                self._problem("ledger.row.encoding", int(lines[row]), got, "UTF-8")

    def _problem(self, code: str, line: int, got: str, expected: str) -> None:
        self.wrong.append(Problem(code, self.text.name, line, got=got, expected=expected))

    def _read(self, whole: bytes, lines: I64, rows: int, spread: bool) -> Batch:
        raw = self._parsed(whole, spread) if len(lines) else self._nothing()
        batch = self.reading.batch(raw, lines, self.text.read)
        wrong = sorted([*self.wrong, *batch.problems], key=lambda each: each.line or 0)
        return Batch(batch.table, tuple(wrong), rows, batch.read)

    def _parsed(self, whole: bytes, spread: bool) -> pa.Table:
        names = sorted(needed(self.columns))
        return pacsv.read_csv(
            pa.BufferReader(whole),
            read_options=pacsv.ReadOptions(column_names=self.head.names, block_size=1 << 21),
            parse_options=pacsv.ParseOptions(
                delimiter=self.head.separator, newlines_in_values=spread
            ),
            convert_options=pacsv.ConvertOptions(
                check_utf8=False,
                column_types=self._types(names),
                include_columns=names,
                null_values=[],
                strings_can_be_null=False,
            ),
        )

    def _types(self, names: list[str]) -> dict[str, pa.DataType]:
        worded = {self.columns.held.get(name) for name in (*CODED, "currency", "channel", "act")}
        return {name: WORDS if name in worded else pa.string() for name in names}

    def _nothing(self) -> pa.Table:
        names = sorted(needed(self.columns))
        return pa.table({name: pa.array([], pa.string()) for name in names})


__all__ = ["U8", "headers", "read", "settle"]
