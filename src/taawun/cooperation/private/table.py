"""The table of fingerprints: made from records by the owner, searched by the asker.

    file and message   fingerprints of eight bytes (least significant first), ascending, each once
    segment            one such file: the first is the table, later ones add new records; the
                       number of fingerprints in each is a multiple of the terms' step
    part               a MiB of a segment on its way; the last one may be shorter

    <home>/private/tables/<name>/<number>.table       a segment, put there by renaming
    <home>/private/making/<name>/<digest>.run         what was evaluated so far: a table that was
                                                      interrupted is made again without these

Without the key nothing can be looked up in it: a fingerprint is a hash of a value that only the
key's owner can compute. Random numbers fill it up to the step; owner and asker cannot tell them
from fingerprints afterwards. Records that leave the owner's books stay in the table until the next
period: taking one fingerprint out would show which it was.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from io import BufferedReader
from itertools import islice
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, TypeVar

import numpy as np
from numpy.typing import NDArray

from taawun.cooperation.private import oprf
from taawun.cooperation.private.oprf import U64, WIRE
from taawun.cooperation.private.unmatched import TOO_LONG, TableTally, WhyNot
from taawun.cooperation.private.workers import Workers
from taawun.errors import InputError, Refused, StoreError

PART = 1024 * 1024
BATCH = 1024
"""Records that a worker takes at a time."""
_AHEAD = 3
_DIGEST = 32
R = TypeVar("R")
_checked: dict[Path, tuple[object, ...]] = {}
"""Files whose bytes were held against their digest by this process, and how they looked then."""
TokensOf = Callable[[R], Sequence[bytes]]
"""A record's tokens; importable by name, since other processes call it."""
Progress = Callable[[int], None]
"""Is told how many records are done."""


@dataclass(frozen=True, slots=True)
class TableKey:
    """What a fingerprint is made with: the seed, and what the key is bound to."""

    seed: bytes
    info: bytes


@dataclass(frozen=True, slots=True)
class Segment:
    """One file of a table: its number from 1, fingerprints in it, SHA-256 of its bytes."""

    number: int
    size: int
    digest: str

    @property
    def parts(self) -> int:
        """How many messages it takes."""
        return -(-self.size * WIRE.itemsize // PART)


@dataclass(frozen=True, slots=True)
class TableFolder:
    """How a table is made: where its files are, to which step it is filled, how far it may grow."""

    home: Path
    name: str
    step: int
    most: int

    @property
    def folder(self) -> Path:
        """Where the segments are."""
        return folder_of(self.home, self.name)

    @property
    def runs(self) -> Path:
        """Where the evaluations of an unfinished table are."""
        return self.home / "private" / "making" / self.name


@dataclass(frozen=True, slots=True)
class EvaluatedBatch:
    """A batch that was evaluated: its file's name, the places of records in it without a token,
    and why they have none."""

    name: str
    unmatched: tuple[tuple[int, tuple[str, ...]], ...] = ()


class Table:
    """A table opened by mapping its segments into memory, once each is what it was."""

    def __init__(self, segments: Sequence[U64], digests: Sequence[str] = ()) -> None:
        self.segments = tuple(segments)
        self.digests = tuple(digests)

    @classmethod
    def at(cls, folder: Path, segments: Iterable[Segment]) -> Table:
        """These segments. Raises StoreError where one cannot be opened, Refused
        `match.table_changed` where it is not the one that was put there."""
        there = list(segments)
        opened = [_opened(path_of(folder, each.number), each) for each in there]
        return cls(opened, [each.digest for each in there])

    def __len__(self) -> int:
        return sum(map(len, self.segments))

    def has(self, fingerprints: U64) -> NDArray[np.bool_]:
        """For each fingerprint whether it is here."""
        found = np.zeros(len(fingerprints), np.bool_)
        for segment in self.segments:
            place = np.searchsorted(segment, fingerprints)
            inside = place < len(segment)
            found[inside] |= segment[place[inside]] == fingerprints[inside]
        return found


def folder_of(home: Path, name: str) -> Path:
    """Where the segments of a table are."""
    return home / "private" / "tables" / name


def path_of(folder: Path, number: int) -> Path:
    """A segment's file."""
    return folder / f"{number}.table"


# Owner


def make(
    records: Iterable[R],
    tokens_of: TokensOf[R],
    key: TableKey,
    making: TableFolder,
    workers: Workers,
    *,
    others: Sequence[bytes] = (),
    earlier: Sequence[Segment] = (),
    progress: Progress | None = None,
    tally: TableTally | None = None,
    why_not: WhyNot[R] | None = None,
) -> Segment | None:
    """Make a segment of records, and of `others`: tokens that belong to none of them (controls).

    What the `earlier` segments have is left out; None when nothing is new. Eight bytes a token
    are held in memory, twice while sorting. Interrupted and called again with the same records,
    it evaluates only what is missing. `tally` learns of the records that have no token, and with
    `why_not` for what reasons.

    Raises Refused `match.table_full`, `match.table_changed`, StoreError.
    """
    table = Table.at(making.folder, earlier)
    try:
        making.runs.mkdir(mode=0o700, parents=True, exist_ok=True)
        work = partial(run, key, tokens_of, why_not or _silent, folder=making.runs)
        found = _evaluated(records, work, making, workers, progress, tally or TableTally())
        found = np.union1d(found, oprf.fingerprints(oprf.known(key.seed, key.info, others)))
        found = found[~table.has(found)]
        if not len(found):
            return None
        number = 1 + max((each.number for each in earlier), default=0)
        segment = _kept(_filled(found, table, making), making, number)
        for path in making.runs.iterdir():
            path.unlink()
        making.runs.rmdir()
    except OSError as error:
        raise StoreError(f"{making.folder}: cannot be written: {error.strerror}") from error
    return segment


def _evaluated(
    records: Iterable[R],
    work: Callable[[Sequence[R]], EvaluatedBatch],
    making: TableFolder,
    workers: Workers,
    progress: Progress | None,
    tally: TableTally,
) -> U64:
    """The fingerprints of all records, sorted, each once."""
    batches = _batches(records)
    waiting: deque[tuple[Future[EvaluatedBatch], int]] = deque()
    names: list[str] = []
    while True:
        for batch in islice(batches, _AHEAD * max(1, workers.count) - len(waiting)):
            waiting.append((workers.do(work, batch), len(batch)))
        if not waiting:
            break
        future, count = waiting.popleft()
        made = future.result()
        names.append(made.name)
        for place, why in made.unmatched:
            tally.add(tally.records + place, why)
        tally.records += count
        if progress is not None:
            progress(tally.records)
    found = [_run_at(making.runs / name) for name in names]
    return np.unique(np.concatenate([np.empty(0, np.uint64), *_present(found)]))


def run(
    key: TableKey, tokens_of: TokensOf[R], why_not: WhyNot[R], batch: Sequence[R], folder: Path
) -> EvaluatedBatch:
    """Evaluate a batch of records into a file, unless it is there.

    The name is a keyed digest of the tokens: whoever copies the folder learns nothing from it.
    """
    found: dict[bytes, None] = {}
    unmatched: list[tuple[int, tuple[str, ...]]] = []
    for place, record in enumerate(batch):
        try:
            own = tokens_of(record)
        except InputError:
            unmatched.append((place, (TOO_LONG,)))
            continue
        found.update(dict.fromkeys(own))
        if not own:
            unmatched.append((place, tuple(why_not(record))))
    tokens = list(found)
    counted = b"".join(len(token).to_bytes(4, "big") + token for token in tokens)
    name = hmac.digest(key.seed, key.info + counted, "sha256").hex() + ".run"
    if _run_at(folder / name) is None:
        values = oprf.known(key.seed, key.info, tokens)
        packed = oprf.fingerprints(values).astype(WIRE).tobytes()
        with NamedTemporaryFile(dir=folder, prefix=".run-", delete=False) as draft:
            draft.write(hashlib.sha256(packed).digest() + packed)
        Path(draft.name).replace(folder / name)
    return EvaluatedBatch(name, tuple(unmatched))


def _silent(_: object) -> tuple[str, ...]:
    return ()


def _run_at(path: Path) -> U64 | None:
    """A run's fingerprints; None for one that is not there, or not whole."""
    try:
        said = path.read_bytes()
    except FileNotFoundError:
        return None
    digest, packed = said[:_DIGEST], said[_DIGEST:]
    if hashlib.sha256(packed).digest() != digest:
        return None
    return np.frombuffer(packed, WIRE).astype(np.uint64)


def _present(runs: Sequence[U64 | None]) -> Iterator[U64]:
    for one in runs:
        if one is None:
            raise StoreError("a part of the table was taken away while it was made: make it again")
        yield one


def _batches(records: Iterable[R]) -> Iterator[list[R]]:
    left = iter(records)
    while batch := list(islice(left, BATCH)):
        yield batch


def _filled(found: U64, table: Table, making: TableFolder) -> U64:
    """`found` and random numbers, sorted, as many as the next multiple of the step."""
    size = -(-len(found) // making.step) * making.step
    if len(table) + size > making.most:
        raise Refused("match.table_full", got=str(len(table) + size), expected=str(making.most))
    while len(found) < size:
        random = np.frombuffer(secrets.token_bytes(8 * (size - len(found))), WIRE)
        random = random[~table.has(random.astype(np.uint64))]
        found = np.union1d(found, random)
    return found


def _kept(found: U64, making: TableFolder, number: int) -> Segment:
    packed = found.astype(WIRE).tobytes()
    put(packed, making.folder, number)
    return Segment(number, len(found), hashlib.sha256(packed).hexdigest())


def parts(folder: Path, segment: Segment) -> Iterator[bytes]:
    """A segment as it is sent. Raises StoreError where the file is not the one that was made."""
    path = path_of(folder, segment.number)
    try:
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != segment.digest:
                raise StoreError(f"{path}: not the table that was made")
            file.seek(0)
            while part := file.read(PART):
                yield part
    except OSError as error:
        raise StoreError(f"{path}: cannot be read: {error.strerror}") from error


# Asker


def check_part(content: bytes, segment: Segment, part: int) -> None:
    """Whether a part can be one of this segment. Raises Refused: `match.table_part`,
    `match.table_order`."""
    if not 1 <= part <= segment.parts:
        raise Refused("match.table_part", got=str(part), expected=f"1 to {segment.parts}")
    whole = segment.size * WIRE.itemsize
    length = min(PART, whole - (part - 1) * PART)
    if len(content) != length:
        raise Refused("match.table_part", got=str(len(content)), expected=str(length))
    if not _ascending(np.frombuffer(content, WIRE)):
        raise Refused("match.table_order", segment=str(segment.number))


def join(pieces: Iterable[bytes], segment: Segment, folder: Path) -> None:
    """Put parts together and in place, once they are what was announced: one part in memory at a
    time. Raises Refused: `match.table_size`, `match.table_digest`, `match.table_order`; StoreError.
    """
    try:
        with _draft(folder, segment.number) as draft:
            _written(pieces, segment, draft)
    except OSError as error:
        raise StoreError(f"{folder}: cannot be written: {error.strerror}") from error


def _written(pieces: Iterable[bytes], segment: Segment, draft: IO[bytes]) -> None:
    digest, size, last = hashlib.sha256(), 0, -1
    for piece in pieces:
        numbers = np.frombuffer(piece, WIRE)
        if not _ascending(numbers) or int(numbers[0]) <= last:
            raise Refused("match.table_order", segment=str(segment.number))
        draft.write(piece)
        digest.update(piece)
        size, last = size + len(piece), int(numbers[-1])
    expected = segment.size * WIRE.itemsize
    if size != expected:
        raise Refused("match.table_size", got=str(size), expected=str(expected))
    if digest.hexdigest() != segment.digest:
        raise Refused("match.table_digest", segment=str(segment.number))


def _ascending(numbers: NDArray[np.uint64]) -> bool:
    return bool(np.all(numbers[1:] > numbers[:-1]))


# Both


def put(packed: bytes, folder: Path, number: int) -> None:
    """Put a segment in place at once: the old file or the new, never half."""
    with _draft(folder, number) as draft:
        draft.write(packed)


@contextmanager
def _draft(folder: Path, number: int) -> Iterator[IO[bytes]]:
    """A file that becomes the segment when the block ends well, and is gone when it does not."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=folder, prefix=".table-", delete=False) as draft:
        try:
            yield draft
            draft.flush()
            os.fsync(draft.fileno())
            Path(draft.name).replace(path_of(folder, number))
        except BaseException:
            Path(draft.name).unlink(missing_ok=True)
            raise
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def drop(home: Path, name: str) -> None:
    """Remove a table and whatever was made of it so far. Raises StoreError."""
    gone = folder_of(home, name)
    for path in [path for path in list(_checked) if path.parent == gone]:
        _checked.pop(path, None)
    for folder in (folder_of(home, name), home / "private" / "making" / name):
        try:
            for path in folder.iterdir() if folder.is_dir() else ():
                path.unlink(missing_ok=True)
            if folder.is_dir():
                folder.rmdir()
        except OSError as error:
            raise StoreError(f"{folder}: cannot be removed: {error.strerror}") from error


def _opened(path: Path, segment: Segment) -> U64:
    try:
        with path.open("rb") as file:
            _check(file, path, segment)
            return np.memmap(file, WIRE, "r")
    except (OSError, ValueError) as error:
        raise StoreError(f"{path}: cannot be opened: {error}") from error


def _check(file: BufferedReader, path: Path, segment: Segment) -> None:
    """Whether a file is the segment: its bytes are read once, and again when the file is another.

    A damaged one would say "no hit" of whoever stands in it. Raises Refused `match.table_changed`.
    """
    there = os.fstat(file.fileno())
    looks = (segment.digest, there.st_ino, there.st_size, there.st_mtime_ns, there.st_ctime_ns)
    if _checked.get(path) == looks:
        return
    if hashlib.file_digest(file, "sha256").hexdigest() != segment.digest:
        raise Refused("match.table_changed", segment=str(segment.number))
    _checked[path] = looks
