"""Named arrays in one file, opened by mapping it into memory.

A shelf is written once and never changed. Opening one costs a header; pages are read when they
are touched, and processes that open the same file share them through the page cache.

    magic 8 bytes | header length u64 | header JSON | arrays, each at a multiple of 64 | magic

The header says how long the file must be, so a file that was cut short is found when it is
opened, and carries its own checksum. Numbers are little-endian.
"""

from __future__ import annotations

import mmap
import os
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from taawun.errors import StoreError

MAGIC = b"TAAWUN\x00\x01"
_ALIGN = 64
_PREFIX = struct.Struct("<8sQI")


@dataclass(frozen=True, slots=True)
class Shelf:
    """The arrays of one file by name (read-only views of the mapping) and its `facts`."""

    arrays: Mapping[str, np.ndarray[Any, Any]]
    facts: Mapping[str, Any]

    def __getitem__(self, name: str) -> np.ndarray[Any, Any]:
        try:
            return self.arrays[name]
        except KeyError:
            raise StoreError(f"the index on disk has no column {name!r}: rebuild it") from None


def write(path: Path, arrays: Mapping[str, np.ndarray[Any, Any]], facts: Mapping[str, Any]) -> None:
    """Write arrays and JSON-able facts to `path`, complete and on disk before this returns.

    Written beside the target and moved into place, so `path` is either the old or the new whole.
    """
    laid, body_length = _lay_out(arrays)
    header = orjson.dumps({"facts": dict(facts), "arrays": laid, "body": body_length})
    start = _aligned(_PREFIX.size + len(header))
    beside = path.with_name(path.name + ".part")
    with beside.open("wb") as out:
        out.write(_PREFIX.pack(MAGIC, len(header), zlib.crc32(header)))
        out.write(header)
        for name, place in laid.items():
            out.write(b"\0" * (start + place["at"] - out.tell()))
            out.write(np.ascontiguousarray(arrays[name]).data)
        out.write(b"\0" * (start + body_length - out.tell()))
        out.write(MAGIC)
        out.flush()
        os.fsync(out.fileno())
    beside.replace(path)


def _lay_out(arrays: Mapping[str, np.ndarray[Any, Any]]) -> tuple[dict[str, Any], int]:
    """Where each array goes, counted from the start of the body, and the body's length."""
    laid: dict[str, Any] = {}
    at = 0
    for name, array in arrays.items():
        laid[name] = {"at": at, "dtype": array.dtype.str, "shape": list(array.shape)}
        at = _aligned(at + array.nbytes)
    return laid, at


def _aligned(length: int) -> int:
    return -(-length // _ALIGN) * _ALIGN


def open_shelf(path: Path) -> Shelf:
    """Map the file at `path`. Raises StoreError where it is absent, cut short or not a shelf."""
    mapped = map_file(path)
    header, start = _header(mapped, path)
    expected = start + int(header["body"]) + len(MAGIC)
    if len(mapped) != expected:
        raise StoreError(
            f"{path}: {len(mapped)} bytes, expected {expected}: half-written, rebuild the index"
        )
    arrays = {name: _view(mapped, start, place, path) for name, place in header["arrays"].items()}
    return Shelf(arrays=arrays, facts=header["facts"])


def map_file(path: Path) -> memoryview:
    """The bytes of a file, mapped read-only; an empty file is an empty view."""
    try:
        with path.open("rb") as source:
            size = os.fstat(source.fileno()).st_size
            if not size:
                return memoryview(b"")
            return memoryview(mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ))
    except OSError as problem:
        raise StoreError(f"{path}: cannot be opened ({problem.strerror})") from problem


def _header(mapped: memoryview, path: Path) -> tuple[dict[str, Any], int]:
    if len(mapped) < _PREFIX.size:
        raise StoreError(f"{path}: {len(mapped)} bytes, no header: rebuild the index")
    magic, length, checksum = _PREFIX.unpack_from(mapped)
    if magic != MAGIC:
        raise StoreError(
            f"{path}: not an index of this version (got {magic!r}, expected {MAGIC!r})"
        )
    raw = bytes(mapped[_PREFIX.size : _PREFIX.size + length])
    if len(raw) != length or zlib.crc32(raw) != checksum:
        raise StoreError(f"{path}: the header is damaged: rebuild the index")
    header: dict[str, Any] = orjson.loads(raw)
    return header, _aligned(_PREFIX.size + length)


def _view(
    mapped: memoryview, start: int, place: Mapping[str, Any], path: Path
) -> np.ndarray[Any, Any]:
    shape = tuple(place["shape"])
    dtype = np.dtype(place["dtype"])
    count = int(np.prod(shape, dtype=np.int64))
    try:
        flat = np.frombuffer(mapped, dtype=dtype, count=count, offset=start + place["at"])
    except ValueError as problem:
        raise StoreError(f"{path}: a column lies outside the file: rebuild the index") from problem
    return flat.reshape(shape)


@dataclass(frozen=True, slots=True)
class Strings:
    """Many strings as one run of UTF-8 bytes and the places where each begins."""

    begins: np.ndarray[Any, Any]
    text: np.ndarray[Any, Any]

    @classmethod
    def pack(cls, strings: list[str]) -> Strings:
        """Pack `strings` in order; n strings need n + 1 begins."""
        encoded = [string.encode("utf-8", "surrogatepass") for string in strings]
        begins = np.zeros(len(encoded) + 1, dtype=np.int64)
        np.cumsum([len(item) for item in encoded], out=begins[1:])
        return cls(begins=begins, text=np.frombuffer(b"".join(encoded), dtype=np.uint8))

    @classmethod
    def on(cls, shelf: Shelf, name: str) -> Strings:
        """The strings kept on a shelf under `name`."""
        return cls(begins=shelf[f"{name}.begins"], text=shelf[f"{name}.text"])

    def columns(self, name: str) -> dict[str, np.ndarray[Any, Any]]:
        """The arrays to write, under the names that `on` reads."""
        return {f"{name}.begins": self.begins, f"{name}.text": self.text}

    def __len__(self) -> int:
        return len(self.begins) - 1

    def __getitem__(self, number: int) -> str:
        begin, end = int(self.begins[number]), int(self.begins[number + 1])
        return self.text[begin:end].tobytes().decode("utf-8", "surrogatepass")

    def all(self) -> list[str]:
        """Every string, decoded."""
        raw, begins = self.text.tobytes(), self.begins.tolist()
        return [raw[begin:end].decode("utf-8", "surrogatepass") for begin, end in pairwise(begins)]


@dataclass(frozen=True, slots=True)
class Rows:
    """A few numbers for each of many rows: row r is `codes[begins[r]:begins[r + 1]]`."""

    begins: np.ndarray[Any, Any]
    codes: np.ndarray[Any, Any]

    @classmethod
    def pack(cls, rows: list[list[int]], dtype: str = "<i4") -> Rows:
        """Pack `rows` in order."""
        begins = np.zeros(len(rows) + 1, dtype=np.int64)
        np.cumsum([len(row) for row in rows], out=begins[1:])
        flat = [code for row in rows for code in row]
        return cls(begins=begins, codes=np.array(flat, dtype=dtype))

    @classmethod
    def on(cls, shelf: Shelf, name: str) -> Rows:
        """The rows kept on a shelf under `name`."""
        return cls(begins=shelf[f"{name}.begins"], codes=shelf[f"{name}.codes"])

    def columns(self, name: str) -> dict[str, np.ndarray[Any, Any]]:
        """The arrays to write, under the names that `on` reads."""
        return {f"{name}.begins": self.begins, f"{name}.codes": self.codes}

    def __len__(self) -> int:
        return len(self.begins) - 1

    def __getitem__(self, row: int) -> np.ndarray[Any, Any]:
        return self.codes[int(self.begins[row]) : int(self.begins[row + 1])]
