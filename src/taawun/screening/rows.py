"""The rows of a file of customers, one by one, as they stand: CSV, JSONL or Parquet.

    table = rows.table(path)        encoding and delimiter found; the header read
    table.columns                   what the header says
    for raw in table.rows(): …      from the first row, in bounded memory

A row that cannot be read is a row all the same: it comes with its `problem`, and the next line is
read as usual. Nothing is skipped but blank lines.
"""

from __future__ import annotations

import csv
import re
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

import orjson

from taawun.errors import InputError, NotFound, Problem
from taawun.screening.encoding import detect, known

MOST_LINE = 4_000_000
"""Characters of one line; what is longer is no line of a table."""
_MOST_LINES_A_ROW = 200
_MOST_SAMPLE = 500
_BATCH = 2_000
_DELIMITERS = ",;\t|"
_BROKEN = re.compile("[\udc80-\udcff\ufffd]")
_BYTE = re.compile("[\udc80-\udcff]")
_NO_CELLS: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Raw:
    """One row as it stands. `row` counts rows from 1, `line` lines of the file (of Parquet, rows).

    `problem` is there when the row could not be read; then `cells` has what could, if anything.
    """

    row: int
    line: int
    cells: Mapping[str, Any]
    problem: Problem | None = None


@dataclass(slots=True)
class Table(ABC):
    """A file of rows. `encoding` and `delimiter` say how it is read; empty where there is none."""

    path: Path
    columns: tuple[str, ...] = ()
    encoding: str = ""
    delimiter: str = ""
    size: int = 0
    total: int | None = None
    _open: TextIO | None = field(default=None, repr=False)

    @abstractmethod
    def rows(self) -> Iterator[Raw]:
        """Every row from the first."""

    def fraction(self) -> float:
        """How much of the file was read, 0..1, as far as is known."""
        if self._open is None:
            return 0.0
        if self._open.closed:
            return 1.0
        return min(self._open.buffer.tell() / self.size, 1.0)

    def _lines(self) -> Iterator[tuple[int, str | None]]:
        """The lines that are not blank, numbered from 1; None for one that is too long."""
        try:
            yield from self._lines_of_text()
        except OSError as error:
            raise InputError(f"{self.path}: cannot be read: {error.strerror}") from error
        except UnicodeError:
            raise InputError(f"{self.path}: cannot be read as {self.encoding}") from None

    def _lines_of_text(self) -> Iterator[tuple[int, str | None]]:
        errors = "replace" if "16" in self.encoding or "32" in self.encoding else "surrogateescape"
        with self.path.open(encoding=self.encoding, errors=errors, newline="") as file:
            self._open = file
            number = 0
            while text := file.readline(MOST_LINE):
                number += 1
                if len(text) == MOST_LINE and text[-1] not in "\r\n":
                    while (rest := file.readline(MOST_LINE)) and rest[-1] not in "\r\n":
                        pass
                    yield number, None
                elif not text.isspace():
                    yield number, text

    def _problem(self, code: str, line: int, got: str = "", expected: str = "") -> Problem:
        return Problem(code, self.path.name, line, got=shown(got), expected=expected)

    def _broken(self, line: int, cells: Mapping[str, Any]) -> Problem | None:
        """The first field whose bytes are not in the encoding of the file."""
        for name, text in cells.items():
            if isinstance(text, str) and not text.isascii() and _BROKEN.search(text):
                place = self.path.name
                return Problem("rows.encoding", place, line, name, shown(text), self.encoding)
        return None


def table(path: Path, encoding: str = "") -> Table:
    """Open a file of customers by what its name and its beginning say it is.

    Raises NotFound, InputError for a file that is empty or none of the three.
    """
    try:
        with path.open("rb") as file:
            head = file.read(8)
        size = path.stat().st_size
    except FileNotFoundError:
        raise NotFound(f"{path}: no such file") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    if not head:
        raise InputError(f"{path}: the file is empty")
    suffix = path.suffix.lower()
    if head[:4] == b"PAR1" or suffix == ".parquet":
        from taawun.screening.parquet import ParquetTable

        return ParquetTable(path, size=size)
    if head[:4] == b"PK\x03\x04" or head == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise InputError(f"{path}: a spreadsheet, expected CSV, JSONL or Parquet: save it as CSV")
    named = known(encoding) if encoding else detect(path)
    if suffix in (".jsonl", ".ndjson", ".json") or head.lstrip(b"\xef\xbb\xbf")[:1] == b"{":
        return JsonTable(path, encoding=named, size=size).sampled()
    return CsvTable(path, encoding=named, size=size).headed()


def shown(text: str) -> str:
    """A value as a problem may show it: short, and without what cannot be printed as UTF-8."""
    return visible(text[:80])


def visible(text: str) -> str:
    """Text as UTF-8 can hold it: bytes that were no text become visible, as \\xe9."""
    if text.isascii():
        return text
    bare = _BYTE.sub(lambda match: f"\\x{ord(match[0]) - 0xDC00:02x}", text)
    return bare.encode("utf-8", "backslashreplace").decode()


class CsvTable(Table):
    """A table of delimited lines with a header."""

    __slots__ = ("_first",)

    def headed(self) -> CsvTable:
        """With its delimiter and columns. Raises InputError where there is no header."""
        lines = self._lines()
        _, text = next(lines, (0, None))
        self._first = 1
        if text is not None and (told := re.fullmatch(r"\ufeff?sep=(.)\s*", text)):
            self.delimiter, self._first = told[1], 2
            _, text = next(lines, (0, None))
        if text is None:
            raise InputError(f"{self.path}: no header: expected a line with the columns' names")
        if _BROKEN.search(text):
            raise InputError(
                f"{self.path}:{self._first}: the header is not {self.encoding}: see --encoding"
            )
        self.delimiter = self.delimiter or _delimiter(text)
        cells, _ = self._cells(text.lstrip("\ufeff"))
        self.columns = _distinct([cell.strip() for cell in cells or []])
        return self

    def rows(self) -> Iterator[Raw]:
        width, columns = len(self.columns), self.columns
        for row, (line, cells, problem) in enumerate(self._records(), 1):
            if cells is None:
                yield Raw(row, line, _NO_CELLS, problem)
                continue
            named = dict(zip(columns, cells, strict=False))
            if len(cells) < width or any(cells[width:]):
                code = "rows.too_few" if len(cells) < width else "rows.too_many"
                problem = self._problem(code, line, str(len(cells)), str(width))
            yield Raw(row, line, named, problem or self._broken(line, named))

    def _records(self) -> Iterator[tuple[int, list[str] | None, Problem | None]]:
        """Rows as cells, each with its first line; a quote may hold several lines together."""
        lines = self._lines()
        for _ in range(self._first):
            next(lines, None)
        waiting: deque[tuple[int, str | None]] = deque()
        while True:
            line, text = waiting.popleft() if waiting else next(lines, (0, ""))
            if text is None:
                problem = self._problem("rows.line_too_long", line, expected=f"{MOST_LINE:,}")
                yield line, None, problem
                continue
            if not text:
                return
            cells, whole = self._cells(text)
            if not whole:
                cells = self._continued(text, lines, waiting)
                if cells is None:
                    yield line, None, self._problem("rows.quote", line, text.strip())
                    continue
            yield line, cells, None

    def _cells(self, text: str) -> tuple[list[str] | None, bool]:
        """The cells of a line, and whether its quotes are closed."""
        if '"' not in text:
            return text.rstrip("\r\n").split(self.delimiter), True
        try:
            return next(csv.reader([text], delimiter=self.delimiter, strict=True)), True
        except csv.Error as error:
            if "unexpected end" in str(error):
                return None, False
        try:  # "Acme" Ltd: a quote that ends before its cell does
            return next(csv.reader([text], delimiter=self.delimiter)), True
        except csv.Error:
            return None, False

    def _continued(
        self,
        text: str,
        lines: Iterator[tuple[int, str | None]],
        waiting: deque[tuple[int, str | None]],
    ) -> list[str] | None:
        """The cells of a row that goes on in the next lines.

        None where its quote is never closed: the lines that were tried are read again, each for
        itself, so that one forgotten quote costs one row and not the rest of the file.
        """
        tried: list[tuple[int, str | None]] = []
        while len(tried) < _MOST_LINES_A_ROW and len(text) < MOST_LINE:
            following = waiting.popleft() if waiting else next(lines, None)
            if following is None:
                break
            tried.append(following)
            if following[1] is None:
                break
            text += following[1]
            if '"' not in following[1]:
                continue
            try:
                cells = next(csv.reader([text], delimiter=self.delimiter, strict=True))
            except csv.Error as error:
                if "unexpected end" in str(error):
                    continue
                break
            if len(cells) != len(self.columns):
                break
            return cells
        waiting.extendleft(reversed(tried))
        return None


class JsonTable(Table):
    """A table of JSON objects, one a line."""

    __slots__ = ()

    def sampled(self) -> JsonTable:
        """With the columns that its first rows have."""
        seen: dict[str, None] = {}
        for raw in self.rows():
            seen.update(dict.fromkeys(raw.cells))
            if raw.row >= _MOST_SAMPLE:
                break
        self.columns = tuple(seen)
        return self

    def rows(self) -> Iterator[Raw]:
        for row, (line, text) in enumerate(self._lines(), 1):
            if text is None:
                problem = self._problem("rows.line_too_long", line, expected=f"{MOST_LINE:,}")
                yield Raw(row, line, _NO_CELLS, problem)
                continue
            yield self._object(row, line, text.lstrip("\ufeff"))

    def _object(self, row: int, line: int, text: str) -> Raw:
        if not text.isascii() and _BROKEN.search(text):
            expected = self.encoding
            problem = self._problem("rows.encoding", line, text.strip(), expected)
            return Raw(row, line, _NO_CELLS, problem)
        try:
            read = orjson.loads(text)
        except ValueError as error:
            problem = self._problem("rows.json", line, text.strip(), str(error))
            return Raw(row, line, _NO_CELLS, problem)
        if not isinstance(read, dict):
            return Raw(row, line, _NO_CELLS, self._problem("rows.no_object", line, text.strip()))
        return Raw(row, line, read)


def _delimiter(header: str) -> str:
    """The delimiter that stands most often in the header, outside of quotes."""
    bare = re.sub(r'"[^"]*"', "", header)
    return max(_DELIMITERS, key=bare.count)


def _distinct(names: list[str]) -> tuple[str, ...]:
    """Column names without an empty or repeated one, so that no column hides another."""
    out: list[str] = []
    for place, name in enumerate(names, 1):
        base = name or f"column {place}"
        name, again = base, 2
        while name in out:
            name, again = f"{base} ({again})", again + 1
        out.append(name)
    return tuple(out)
