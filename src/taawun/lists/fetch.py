"""Bring a publisher's file into a folder of ours, whole or not at all.

A location is a path or an `https` URL (`http` only on loopback, for a mirror on the same machine).
The bytes are written to a temporary name and renamed when they are complete, so that a file with
its proper name in the folder is a complete file. Nothing outside the folder is written.

Bounded on every side by `Limits`: size as received and as unpacked, seconds in all (a server that
trickles header bytes for ever included), redirects. A server's answer that is short of its
`Content-Length`, an error status, a redirect away from https: `Unavailable`, and nothing of it is
left. A zip or gzip file is unpacked on arrival, whatever folders the zip has inside laid flat.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import ipaddress
import os
import re
import shutil
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Protocol
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

from taawun.errors import InputError, Unavailable, UsageError

if TYPE_CHECKING:
    import httpx

CHUNK = 1 << 18
AGENT = "taawun (sanctions list reader)"
MEMBERS = 20


@dataclass(frozen=True, slots=True)
class Limits:
    """What one fetch may take. `received` and `unpacked` in bytes; times in seconds."""

    received: int = 2 << 30
    unpacked: int = 8 << 30
    ratio: int = 400
    seconds: float = 900.0
    silence: float = 60.0
    redirects: int = 5


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was at one location: one complete file, or several where it was a zip of several.

    `path` is the file, or the folder where several are. `sha256` is of the bytes as they lie there
    (unpacked), hex; of several files, of their hashes in the order of their names. `etag` and
    `last_modified` are the server's, to be handed back at the next fetch; "" for a local file or
    where the server gave none.
    """

    path: Path
    files: tuple[Path, ...]
    sha256: str
    size: int
    etag: str = ""
    last_modified: str = ""


def is_url(location: str) -> bool:
    """Does the location name a server? (`C:\\…` and plain paths do not.)"""
    return "://" in location


def shown(location: str) -> str:
    """A location fit for a journal: no directories, user, password or query of it."""
    if not is_url(location):
        return Path(location).name
    parts = urlsplit(location)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    netloc = f"{host}:{parts.port}" if parts.port else host
    return urlunsplit((parts.scheme, netloc, parts.path, "", ""))


def fetch(
    location: str,
    folder: Path,
    *,
    etag: str = "",
    last_modified: str = "",
    limits: Limits | None = None,
) -> Fetched | None:
    """The file at `location`, complete, in `folder`; None when the server says it did not change.

    Raises `UsageError` for a location that cannot be meant, `InputError` for a file that is not
    there or an archive that cannot be unpacked, `Unavailable` when a server fails.
    """
    bounds = limits or Limits()
    if is_url(location):
        got = _download(location, folder, etag, last_modified, bounds)
        if got is None:
            return None
        path, tag, modified = got
    else:
        path, tag, modified = _copied(Path(location), folder, bounds), "", ""
    files = _unpacked(path, bounds)
    size = sum(file.stat().st_size for file in files)
    where = files[0] if len(files) == 1 else folder
    return Fetched(where, files, joint(map(sha256_of, files)), size, tag, modified)


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def joint(hashes: Iterable[str]) -> str:
    """One hash for several files, in their order; the hash itself where there is one."""
    every = list(hashes)
    return every[0] if len(every) == 1 else hashlib.sha256("".join(every).encode()).hexdigest()


# Writing whole or not at all


@contextmanager
def whole(path: Path) -> Iterator[IO[bytes]]:
    """A file that appears under its name only when it was written to the end and synced."""
    partial = path.with_name(f".{path.name}.part")
    try:
        with partial.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


# A file on this machine


def _copied(source: Path, folder: Path, limits: Limits) -> Path:
    """Copied, not read in place: what is hashed, read and kept must be the same bytes."""
    if not source.is_file():
        raise InputError(f"{source}: no such file")
    if source.stat().st_size > limits.received:
        raise InputError(f"{source}: {source.stat().st_size} bytes, at most {limits.received}")
    path = _free(folder, source.name)
    try:
        with source.open("rb") as file, whole(path) as copy:
            shutil.copyfileobj(file, copy, CHUNK)
    except PermissionError as refused:
        raise InputError(f"{source}: cannot be read: {refused.strerror}") from refused
    return path


def _free(folder: Path, name: str) -> Path:
    """Where a file of this name goes; two of one name would overwrite each other."""
    path = folder / _safe_name(name)
    if path.exists():
        raise InputError(f"{path.name}: two files of one name; give them different names")
    return path


def _safe_name(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "_", name).lstrip("._-")[-100:] or "list"


# A file on a server


def _download(
    url: str, folder: Path, etag: str, last_modified: str, limits: Limits
) -> tuple[Path, str, str] | None:
    _require_allowed(url, asked=True)
    headers = {"User-Agent": AGENT, "Accept-Encoding": "gzip"}
    asked = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    headers |= {name: value for name, value in asked.items() if value}
    import httpx  # here: nothing that only screens should pay for loading it

    try:
        return asyncio.run(_bounded(url, folder, headers, limits))
    except TimeoutError as late:
        raise Unavailable(f"{shown(url)}: not complete in {limits.seconds:g} s") from late
    except httpx.TimeoutException as late:
        raise Unavailable(f"{shown(url)}: silent for {limits.silence:g} s") from late
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as failed:
        raise Unavailable(f"{shown(url)}: cannot be fetched: {_reason(failed)}") from failed


def _reason(failed: Exception) -> str:
    """httpx leaves some messages empty; then the kind of failure has to say it."""
    return str(failed) or type(failed).__name__


async def _bounded(
    url: str, folder: Path, headers: dict[str, str], limits: Limits
) -> tuple[Path, str, str] | None:
    """The whole exchange within `limits.seconds`: cancelling works between any two bytes."""
    import httpx

    # A mirror on this machine is asked directly, whatever proxy the environment names.
    proxied = not _loopback(urlsplit(url).hostname or "")
    client_ = httpx.AsyncClient(timeout=limits.silence, trust_env=proxied)
    async with asyncio.timeout(limits.seconds), client_ as client:
        for _ in range(limits.redirects + 1):
            async with client.stream("GET", url, headers=headers) as response:
                if response.status_code == httpx.codes.NOT_MODIFIED:
                    return None
                if not response.has_redirect_location:
                    return await _received(response, url, folder, limits)
                url = urljoin(url, response.headers["location"])
            _require_allowed(url, asked=False)
    raise Unavailable(f"{shown(url)}: more than {limits.redirects} redirects")


async def _received(
    response: httpx.Response, url: str, folder: Path, limits: Limits
) -> tuple[Path, str, str]:
    if response.status_code != 200:
        raise Unavailable(f"{shown(url)}: the server answered {response.status_code}")
    path = _free(folder, unquote(urlsplit(url).path).rsplit("/", 1)[-1])
    with whole(path) as file:
        written = 0
        async for chunk in response.aiter_raw(CHUNK):
            written += len(chunk)
            if written > limits.received:
                raise Unavailable(f"{shown(url)}: more than {limits.received} bytes")
            file.write(chunk)
        _require_complete(response, url)
    headers = response.headers
    _decode(path, headers.get("content-encoding", "identity"), url, limits)
    return path, headers.get("etag", ""), headers.get("last-modified", "")


def _decode(path: Path, encoding: str, url: str, limits: Limits) -> None:
    """Undo the transfer's compression ourselves: httpx takes a gzip stream that ends early."""
    if encoding == "identity":
        return
    encoded = path.replace(path.with_name(f"{path.name}.transfer"))
    try:
        if encoding not in ("gzip", "x-gzip"):
            raise Unavailable(
                f"{shown(url)}: sent in an encoding that was not asked for: {encoding}"
            )
        with gzip.open(encoded) as file:
            _expand(file, path, encoded, path.name, limits)
    except (gzip.BadGzipFile, zlib.error, EOFError, InputError) as broken:
        raise Unavailable(f"{shown(url)}: cannot be unpacked: {broken}") from broken
    finally:
        encoded.unlink()


def _require_complete(response: httpx.Response, url: str) -> None:
    """HTTP/1.0 servers close early without a protocol error; only the count tells."""
    promised = response.headers.get("content-length", "")
    got = response.num_bytes_downloaded
    if promised.isdigit() and got != int(promised):
        raise Unavailable(f"{shown(url)}: cut off after {got} of {promised} bytes")


def _require_allowed(url: str, *, asked: bool) -> None:
    """https anywhere, http on loopback. A redirect is held to the same as what was asked for."""
    parts = urlsplit(url)
    if parts.hostname and (
        parts.scheme == "https" or (parts.scheme == "http" and _loopback(parts.hostname))
    ):
        return
    said = f"{shown(url)}: only https (or http on this machine) is fetched"
    raise UsageError(said) if asked else Unavailable(f"redirected to {said}")


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


# Archives


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def _unpacked(path: Path, limits: Limits) -> tuple[Path, ...]:
    with path.open("rb") as file:
        magic = file.read(4)
    if magic == b"PK\x03\x04":
        return _unzipped(path, limits)
    if magic[:2] == b"\x1f\x8b":
        return (_gunzipped(path, limits),)
    return (path,)


def _unzipped(path: Path, limits: Limits) -> tuple[Path, ...]:
    packed = path.replace(path.with_name(f".{path.name}.packed"))
    try:
        with zipfile.ZipFile(packed) as archive:
            members = _members(archive, path.name)
            targets = []
            for member in members:
                targets.append(_free(path.parent, _last_part(member.filename)))
                with archive.open(member) as file:
                    _expand(file, targets[-1], packed, path.name, limits)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError) as broken:
        raise InputError(f"{path.name}: cannot be unpacked: {broken}") from broken
    finally:
        packed.unlink()
    return tuple(sorted(targets))


def _members(archive: zipfile.ZipFile, name: str) -> list[zipfile.ZipInfo]:
    members = [m for m in archive.infolist() if not m.is_dir() and "__MACOSX/" not in m.filename]
    if any(m.filename == "[Content_Types].xml" for m in members):
        raise InputError(f"{name}: an office document; save it as CSV (UTF-8) first")
    if not 0 < len(members) <= MEMBERS:
        raise InputError(f"{name}: {len(members)} files in the archive, expected 1 to {MEMBERS}")
    return members


def _gunzipped(path: Path, limits: Limits) -> Path:
    packed = path.replace(path.with_name(f".{path.name}.packed"))
    target = _free(path.parent, path.name.removesuffix(".gz"))
    try:
        with gzip.open(packed) as file:
            _expand(file, target, packed, path.name, limits)
    except (gzip.BadGzipFile, zlib.error, EOFError) as broken:
        raise InputError(f"{path.name}: cannot be unpacked: {broken}") from broken
    finally:
        packed.unlink()
    return target


def _last_part(name: str) -> str:
    return name.replace("\\", "/").rsplit("/", 1)[-1]


def _expand(file: _Readable, target: Path, packed: Path, name: str, limits: Limits) -> None:
    """Stops at the limit while unpacking: the size that the archive states is not believed."""
    most = min(limits.unpacked, packed.stat().st_size * limits.ratio + CHUNK)
    written = 0
    with whole(target) as unpacked:
        while chunk := file.read(CHUNK):
            written += len(chunk)
            if written > most:
                raise InputError(f"{name}: unpacks to more than {most} bytes")
            unpacked.write(chunk)
