"""One module per format; each reads a file as batches of rows (`schema.Reader`).

FORMATS names them. Those in MAPPED take a column map, `reader(name, columns)`; the others are
self-describing. `format_of` tells a file's format from its first bytes and its headers.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from taawun.errors import NotFound, UsageError
from taawun.ledger.schema import Reader

if TYPE_CHECKING:
    from taawun.ledger.readers.columns import Columns

FORMATS = {
    "csv": "taawun.ledger.readers.csv:read",
    "parquet": "taawun.ledger.readers.parquet:read",
    "amlworld": "taawun.ledger.readers.amlworld:read",
    "amlsim": "taawun.ledger.readers.amlsim:read",
    "amlgentex": "taawun.ledger.readers.amlgentex:read",
    "iso20022": "taawun.ledger.readers.iso20022:read",
    "mt103": "taawun.ledger.readers.mt103:read",
}
"""Format -> its reader, imported when it is asked for."""

MAPPED = ("csv", "parquet", "amlworld", "amlsim", "amlgentex")
"""Tables: their readers take a column map."""


def reader(name: str, columns: Columns | None = None) -> Reader:
    """The reader of a format, under a column map where there is one.

    Raises UsageError for an unknown format, or a map for a format that describes itself.
    """
    if name not in FORMATS:
        raise UsageError(f"unknown format {name!r}; known: {', '.join(FORMATS)}")
    module, _, function = FORMATS[name].partition(":")
    read = cast(Callable[..., Any], getattr(import_module(module), function))
    if name in MAPPED:
        return partial(read, columns=columns)
    if columns is not None:
        raise UsageError(f"a column map is of no use for {name}, which describes itself")
    return cast(Reader, read)


def format_of(path: str) -> str:
    """The format of a file, told from what is in it. Raises NotFound; UsageError where unclear."""
    try:
        with Path(path).open("rb") as file:
            first = file.read(4096)
    except FileNotFoundError:
        raise NotFound(f"{path}: there is no such file") from None
    except IsADirectoryError:
        raise UsageError(f"{path}: is a folder; name the files in it") from None
    return _described(first) or table_format(_headers(path, first), first[:4] == b"PAR1")


def _described(first: bytes) -> str:
    """The format of what says so itself: ISO 20022 (also in a ZIP) and MT103; else ""."""
    bare = first.lstrip(b"\xef\xbb\xbf \t\r\n")
    if first[:2] == b"PK" or bare[:1] == b"<" or first[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "" if first[:2] in (b"\xff\xfe", b"\xfe\xff") and b"<\0" not in first else "iso20022"
    return "mt103" if bare[:3] in (b"{1:", b"{2:", b"{4:") or bare[:4] == b":20:" else ""


def _headers(path: str, first: bytes) -> list[str]:
    if first[:4] == b"PAR1":
        from taawun.ledger.readers.parquet import schema_of

        return list(schema_of(path).names)
    from taawun.ledger.readers.csv import headers

    return headers(path)


def table_format(headers: list[str], is_parquet: bool) -> str:
    """The known layout that has these headers, else the plain format."""
    for name in ("amlworld", "amlgentex", "amlsim"):
        if import_module(f"taawun.ledger.readers.{name}").fits(headers):
            return name
    return "parquet" if is_parquet else "csv"
