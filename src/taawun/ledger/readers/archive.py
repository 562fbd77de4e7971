"""Files as streams of UTF-8, whether they lie bare or inside a ZIP.

    for source in sources("week.zip"):
        while piece := source.read(1 << 20): …

Nothing is extracted to disk, and names inside an archive are used for naming problems only. An
archive inside an archive is not opened. What a member says of its size is not believed: it may
give at most LARGEST bytes, and at most RATIO times what it takes in the archive.

Whatever encoding a file declares or marks with its first bytes, `read` gives UTF-8.
"""

from __future__ import annotations

import codecs
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import IO

from taawun.errors import InputError

LARGEST = 64 << 30
RATIO = 2000
"""Deflate cannot do much better than a thousand to one."""
MOST_MEMBERS = 5_000_000
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]{1,40})["']""")


class Source:
    """One file of payments, read once from its beginning.

    `name` is what problems say, `encoding` what its bytes are in; `broken` says why it ended
    before its end, or "". `place` is how far the file on disk has been read.
    """

    def __init__(self, name: str, file: IO[bytes], disk: IO[bytes], most: int = LARGEST) -> None:
        self.name = name
        self.encoding = "utf-8"
        self.broken = ""
        self.begins = b""
        self._file = file
        self._disk = disk
        self._left = most
        self._decoder: codecs.IncrementalDecoder | None = None
        self._head: bytes | None = None
        self._ready = b""
        self._recognise()

    @property
    def place(self) -> int:
        """Bytes of the file on disk that are behind."""
        return self._disk.tell()

    def read(self, size: int) -> bytes:
        """The next bytes, at most `size`; b"" at the end."""
        if not self._ready:
            self._ready = self._next(size)
        piece, self._ready = self._ready[:size], self._ready[size:]
        return piece

    def _next(self, size: int) -> bytes:
        while not self.broken:
            piece = self._raw(size)
            if self._decoder is None:
                return piece
            try:
                text = self._decoder.decode(piece, not piece)
            except UnicodeDecodeError as error:
                self.broken = f"not {self.encoding}: {error.reason}"
                return b""
            if text or not piece:
                return text.encode("utf-8", "surrogatepass")
        return b""

    def _recognise(self) -> None:
        head = self._raw(4096)
        self.begins = head
        for mark, encoding in _MARKS:
            if head.startswith(mark):
                self._decode(encoding)
                head = head[len(mark) :]
                break
        else:
            self._declared(head)
        self._head = head or None

    def _declared(self, head: bytes) -> None:
        if head[:4] == b"<\0?\0":
            return self._decode("utf-16-le")
        if head[:4] == b"\0<\0?":
            return self._decode("utf-16-be")
        found = _DECLARED.match(head.removeprefix(codecs.BOM_UTF8))
        if found is None:
            return None
        try:
            said = codecs.lookup(found[1].decode()).name
            plain = b"<?xml".decode(said) == "<?xml"
        except (LookupError, UnicodeError):
            return None  # the parser says so, with its place
        if said not in {"utf-8", "ascii"} and plain:
            self._decode(said)
        return None

    def _decode(self, encoding: str) -> None:
        self.encoding = encoding
        self._decoder = codecs.getincrementaldecoder(encoding)("strict")

    def _raw(self, size: int) -> bytes:
        if self._head is not None:
            piece, self._head = self._head, None
            return piece
        try:
            piece = self._file.read(size)
        except (OSError, zipfile.BadZipFile, zlib.error, EOFError) as error:
            self.broken = str(error) or "not readable"
            return b""
        self._left -= len(piece)
        if self._left < 0:
            self.broken = "more bytes than an archive of this size can hold"
            return b""
        return piece


def is_named(encoding: str, said: str) -> bool:
    """Whether a document may say so of bytes in this encoding: the order of bytes is left out."""
    plain = codecs.lookup(encoding).name
    return said == plain or (said in ("utf-16", "utf-32") and plain.startswith(said))


def sources(path: str) -> Iterator[Source]:
    """The file, or the files inside it where it is a ZIP, in their order.

    Raises InputError where it cannot be opened, or is an archive that cannot be read.
    """
    name = Path(path).name
    try:
        file = Path(path).open("rb")  # noqa: SIM115
    except OSError as error:
        raise InputError(f"{path}: cannot be opened: {error.strerror}") from None
    with closing(file):
        if file.read(4) not in (b"PK\x03\x04", b"PK\x05\x06"):
            file.seek(0)
            yield Source(name, file, file)
            return
        yield from _members(name, file)


def _members(name: str, file: IO[bytes]) -> Iterator[Source]:
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise InputError(f"{name}: not readable as zip: {error}") from None
    with archive:
        if len(archive.infolist()) > MOST_MEMBERS:
            raise InputError(f"{name}: not readable as zip: more than {MOST_MEMBERS} files")
        for member in archive.infolist():
            if member.is_dir() or _of_a_desktop(member.filename):
                continue
            yield from _member(name, archive, member, file)


def _member(
    name: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo, file: IO[bytes]
) -> Iterator[Source]:
    shown = f"{name}/{member.filename}"
    most = min(LARGEST, max(member.compress_size, 64) * RATIO)
    try:
        opened = archive.open(member)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError) as error:
        broken = Source(shown, _nothing(), file)
        broken.broken = str(error)
        yield broken
        return
    with opened:
        yield Source(shown, opened, file, most)


def _nothing() -> IO[bytes]:
    from io import BytesIO

    return BytesIO()


def _of_a_desktop(name: str) -> bool:
    """What desktops put into archives beside the files."""
    return name.startswith("__MACOSX/") or Path(name).name in {".DS_Store", "Thumbs.db"}
