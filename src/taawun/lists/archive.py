"""The versions of the lists as files: a kill at any instant leaves a whole version in force.

    <home>/lists/<dataset>/<version>/entities.ftm.json     one entity a line
                                     difference.json       what changed from the version before
                                     problems.json         what the reader could not use
                                     source/<file>.gz      what the publisher sent
    <home>/lists/<dataset>/.staging-…                      a version being made
    <home>/lists/<dataset>/.lock                           held by whoever changes the dataset

A version is made in a staging folder, synced, and appears under its name by one rename; only then
does the database say that it is in force. What a kill leaves behind (staging folders, versions
that the database does not know) is swept away by the next change of the same dataset, under the
lock, which the system releases when its holder dies.
"""

from __future__ import annotations

import gzip
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson

from taawun.entities.entity import Entity
from taawun.entities.ftm import from_ftm, to_ftm
from taawun.errors import Conflict, InputError, Problem, StoreError
from taawun.lists.difference import Difference, from_lines, lines
from taawun.lists.fetch import whole
from taawun.store.locking import lock

ENTITIES = "entities.ftm.json"
DIFFERENCE = "difference.json"
PROBLEMS = "problems.json"
SOURCE = "source"

_STAMP = "%Y%m%d%H%M%S"


def version_id(at: datetime, sha256: str, last: str = "") -> str:
    """`20261124054200-abc`: the time in UTC and three letters of the content, as OpenSanctions
    numbers versions. Always after `last` in alphabetical order, whatever the clock says."""
    moment = at.astimezone(UTC).replace(microsecond=0, tzinfo=None)
    if last:
        moment = max(moment, datetime.strptime(last[:14], _STAMP) + timedelta(seconds=1))
    tag = "".join(chr(ord("a") + int(digit, 16)) for digit in sha256[:3])
    return f"{moment.strftime(_STAMP)}-{tag}"


class Archive:
    """The folder of all versions under one home. Nothing here knows which version is in force."""

    def __init__(self, home: Path) -> None:
        self.root = home / "lists"

    def folder(self, dataset: str, version: str) -> Path:
        """Where a version is, or would be."""
        return self.root / dataset / version

    @contextmanager
    def alone(self, dataset: str, patience: float) -> Iterator[None]:
        """Be the only one who changes this dataset; wait `patience` seconds for another.

        Raises Conflict when the other is still at it then.
        """
        with held(self.root / dataset, dataset, patience):
            yield

    @contextmanager
    def staging(self, dataset: str) -> Iterator[Path]:
        """An empty folder to make a version in; whatever is still there at the end is removed."""
        folder = Path(tempfile.mkdtemp(prefix=".staging-", dir=self.root / dataset))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def keep(self, staged: Path, dataset: str, version: str) -> None:
        """Give a staged folder its name, at once and for good (synced before and after)."""
        for path in staged.rglob("*"):
            _sync(path)
        _sync(staged)
        staged.rename(self.folder(dataset, version))
        _sync(self.root / dataset)

    def entities(self, dataset: str, version: str) -> Iterator[Entity]:
        """The entities of a version in the order of the source.

        Raises StoreError, naming the line, when the file was damaged or is gone.
        """
        path = self.folder(dataset, version) / ENTITIES
        for number, line in enumerate(_lines(path), 1):
            try:
                yield from_ftm(orjson.loads(line))
            except (orjson.JSONDecodeError, InputError) as damaged:
                raise StoreError(f"{path}:{number}: damaged: {damaged}") from damaged

    def difference(self, dataset: str, version: str) -> Difference:
        """What changed from the version before to this one, as it was kept."""
        return from_lines(_lines(self.folder(dataset, version) / DIFFERENCE))

    def problems(self, dataset: str, version: str) -> tuple[Problem, ...]:
        """What the reader could not use of this version."""
        kept = _lines(self.folder(dataset, version) / PROBLEMS)
        return tuple(Problem(**orjson.loads(line)) for line in kept)

    def size_of_all(self, dataset: str) -> int:
        """Bytes that all versions of a list take on disk."""
        return _size(self.root / dataset)

    def remove(self, dataset: str, version: str) -> int:
        """Remove a version's files, whole or (after a kill) at the next sweep; bytes freed."""
        folder = self.folder(dataset, version)
        if not folder.is_dir():
            return 0
        freed = _size(folder)
        gone = folder.with_name(f".gone-{version}")
        folder.rename(gone)
        shutil.rmtree(gone, ignore_errors=True)
        return freed

    def sweep(self, dataset: str, known: frozenset[str]) -> None:
        """Remove what a kill left behind. Only under `alone`: nobody else is making a version."""
        for path in (self.root / dataset).iterdir():
            stray = path.name not in known and not path.name.startswith(".")
            if path.is_dir() and (stray or path.name.startswith((".staging-", ".gone-"))):
                shutil.rmtree(path, ignore_errors=True)


@contextmanager
def held(folder: Path, what: str, patience: float) -> Iterator[None]:
    """Hold the lock of a folder (made if need be); the system lets go when the holder dies.

    Raises Conflict when another process still holds it after `patience` seconds.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / ".lock").open("a") as file:
        _acquire(file.fileno(), folder, what, patience)
        yield


def write_entities(folder: Path, entities: Iterable[Entity]) -> None:
    """The entities as FollowTheMoney lines, in their order."""
    with whole(folder / ENTITIES) as file:
        for entity in entities:
            file.write(orjson.dumps(to_ftm(entity), option=orjson.OPT_APPEND_NEWLINE))


def write_difference(folder: Path, found: Difference) -> None:
    """The difference as JSON lines."""
    with whole(folder / DIFFERENCE) as file:
        file.writelines(lines(found))


def write_problems(folder: Path, problems: Iterable[Problem]) -> None:
    """The problems as JSON lines."""
    with whole(folder / PROBLEMS) as file:
        for problem in problems:
            file.write(orjson.dumps(problem, option=orjson.OPT_APPEND_NEWLINE))


def keep_source(folder: Path, files: Iterable[Path]) -> None:
    """Compress the publisher's files into `folder`; the same bytes always compress the same."""
    (folder / SOURCE).mkdir()
    for path in files:
        with (
            whole(folder / SOURCE / f"{path.name}.gz") as file,
            gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=file, mtime=0) as packed,
            path.open("rb") as source,
        ):
            shutil.copyfileobj(source, packed, 1 << 18)


def dataset_name(text: str) -> str:
    """A name that is safe as a folder, in a URL and in FollowTheMoney: `[a-z0-9]+(_[a-z0-9]+)*`.

    Anything else becomes an underscore; "" when nothing is left.
    """
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:60].strip("_")


def _acquire(descriptor: int, folder: Path, what: str, patience: float) -> None:
    until = time.monotonic() + patience
    while not lock(descriptor, folder):
        if time.monotonic() >= until:
            raise Conflict(
                f"{what}: another process has been changing this for {patience:g} s;"
                " nothing was changed, try again"
            )
        time.sleep(0.05)


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            yield from file
    except FileNotFoundError as gone:
        raise StoreError(f"{path}: gone; was this version pruned?") from gone


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _sync(path: Path) -> None:
    """Ask the disk to keep what was written; folders too, or a rename may be forgotten."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
