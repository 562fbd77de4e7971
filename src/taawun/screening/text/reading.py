"""A document as text, a piece at a time: its encoding found, what is no text refused.

UTF-8 (with or without its mark), UTF-16 by its mark or its zeros; else windows-1256 or
windows-1251, whichever makes words of it. What has zeros or is a known binary format is refused
and the message says what it looks like. Nothing is stripped: HTML stays as it is.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import BinaryIO

from taawun.errors import InputError, UsageError

PIECE = 1 << 20
LARGEST = 4 << 30
_LOOKED_AT = 65_536
_FORMATS = (
    (b"%PDF", "PDF"), (b"PK\x03\x04", "ZIP (docx, xlsx, odt)"),
    (b"\xd0\xcf\x11\xe0", "Microsoft Office"),
    (b"\x1f\x8b", "gzip"), (b"\x89PNG", "PNG"), (b"\xff\xd8\xff", "JPEG"), (b"GIF8", "GIF"),
    (b"BZh", "bzip2"), (b"\xfd7zXZ", "xz"), (b"7z\xbc\xaf", "7-Zip"), (b"Rar!", "RAR"),
    (b"SQLite format 3", "SQLite"), (b"\x7fELF", "a program"), (b"MZ", "a program"),
    (b"{\\rtf", "RTF"),
    (b"PAR1", "Parquet"), (b"\x28\xb5\x2f\xfd", "Zstandard"),
)  # fmt: skip
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip


def pieces(source: BinaryIO, name: str, encoding: str = "") -> Iterator[str]:
    """The text of a document in pieces; together they are its whole text, without a byte mark.

    Raises UsageError for an encoding that does not exist, InputError for what is no text in it.
    """
    head = source.read(_LOOKED_AT)
    mark = next((len(mark) for mark, _ in _MARKS if head.startswith(mark)), 0)
    found = _checked(encoding) if encoding else _encoding(head, name)
    if encoding and mark and not found.startswith("utf"):
        mark = 0
    decoder = codecs.getincrementaldecoder(found)("strict")
    raw, read = head[mark:], len(head)
    while True:
        try:
            text = decoder.decode(raw, final=not raw)
        except UnicodeDecodeError as error:
            raise _undecodable(name, found, read - len(raw) + error.start) from None
        if "\0" in text:
            raise _no_text(name, "binary data")
        if text:
            yield text
        if not raw:
            return
        raw = source.read(PIECE)
        read += len(raw)
        if read > LARGEST:
            raise InputError(f"{name}: more than {LARGEST >> 30} GB, expected a document of text")


def _checked(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        raise UsageError(
            f"--encoding: got {encoding!r}, expected utf-8, windows-1256 or the like"
        ) from None


def _encoding(head: bytes, name: str) -> str:
    """The encoding that the beginning of a document is in. Raises InputError for no text."""
    for magic, format_ in _FORMATS:
        if head.startswith(magic) and not (magic == b"MZ" and b"\0" not in head):
            raise _no_text(name, format_)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    if b"\0" in head:
        return _without_mark(head, name)
    try:
        codecs.getincrementaldecoder("utf-8")("strict").decode(head)
    except UnicodeDecodeError:
        return _eight_bits(head, name)
    return "utf-8"


def _without_mark(head: bytes, name: str) -> str:
    """UTF-16 without its mark has zeros at every other place, where the letters are Latin."""
    for encoding, zeros in (("utf-16-le", head[1::2]), ("utf-16-be", head[::2])):
        if zeros.count(0) > 0.3 * len(zeros) and head.count(0) < 0.55 * len(head):
            return encoding
    raise _no_text(name, "binary data")


_LETTERS = {"windows-1256": ("\u0621", "\u064a"), "windows-1251": ("\u0410", "\u044f")}
_USUAL = {"windows-1256": "ال", "windows-1251": "оеаинт"}


def _eight_bits(head: bytes, name: str) -> str:
    """Arabic or Cyrillic in one byte a letter: the one in which letters stand beside letters."""
    high = sum(byte >= 0x80 for byte in head)
    if sum(byte < 9 or 13 < byte < 32 for byte in head) > 0.02 * len(head):
        raise _no_text(name, "binary data")
    best, found = 0.0, ""
    for encoding, (first, last) in _LETTERS.items():
        text = head.decode(encoding, "replace")
        letters = sum(first <= char <= last for char in text)
        usual = sum(text.count(each) for each in _USUAL[encoding])
        score = letters / max(high, 1) + 2 * usual / max(high, 1)
        if letters > 0.7 * high and score > best:
            best, found = score, encoding
    if not found:
        raise InputError(
            f"{name}: not UTF-8, and neither windows-1256 nor windows-1251: "
            "say which with --encoding"
        )
    return found


def _undecodable(name: str, encoding: str, at: int) -> InputError:
    return InputError(f"{name}: byte {at:,} cannot be read as {encoding}")


def _no_text(name: str, format_: str) -> InputError:
    return InputError(f"{name}: looks like {format_}, expected plain text")
