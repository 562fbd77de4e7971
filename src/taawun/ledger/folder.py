"""The ledger's folder: one writer at a time, a place for what is not whole yet."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from taawun.errors import Conflict, StoreError
from taawun.ledger.parts import FOLDER, KINDS_OF_FILE, STAGING, BookFile
from taawun.store.locking import lock


class Folder:
    """`<home>/ledger`. Names of files are paths below it."""

    def __init__(self, home: Path) -> None:
        self.path = home / FOLDER
        self.staging = self.path / STAGING

    def __truediv__(self, name: str) -> Path:
        return self.path / name

    @contextmanager
    def alone(self, patience: float = 600.0) -> Iterator[None]:
        """Hold the ledger's lock; the system lets go of it when the process ends, however.

        Raises Conflict when another process keeps it for `patience` seconds.
        """
        self._make(self.path)
        with (self.path / ".lock").open("a") as file:
            self._wait(file.fileno(), patience)
            yield

    def _wait(self, handle: int, patience: float) -> None:
        until = time.monotonic() + patience
        while not lock(handle, self.path):
            if time.monotonic() > until:
                raise Conflict(f"{self.path}: another process is importing")
            time.sleep(0.05)

    @contextmanager
    def staged(self, counting: Iterable[BookFile]) -> Iterator[None]:
        """An empty staging folder, gone at the end; what a cut-off import left is swept."""
        self.sweep({each.name for each in counting})
        self._make(self.staging)
        try:
            yield
        finally:
            shutil.rmtree(self.staging, ignore_errors=True)

    def sweep(self, counting: set[str]) -> None:
        """Remove files that do not count: nobody reads them, and their names are used again."""
        shutil.rmtree(self.staging, ignore_errors=True)
        for kind in KINDS_OF_FILE:
            for path in (self.path / kind).rglob("*.parquet"):
                if str(path.relative_to(self.path)) not in counting:
                    path.unlink(missing_ok=True)

    def keep(self, files: Iterable[BookFile]) -> None:
        """Rename staged files into place and force their folders to disk."""
        folders = set()
        try:
            for each in files:
                place = self.path / each.name
                place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                (self.staging / each.name).rename(place)
                folders |= {place.parent, place.parent.parent}
            for folder in folders:
                _to_disk(folder)
        except OSError as error:
            raise StoreError(f"{self.path}: cannot be written: {error.strerror}") from error

    def _make(self, path: Path) -> None:
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{path}: cannot be used: {error.strerror}") from error


def _to_disk(folder: Path) -> None:
    held = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(held)
    finally:
        os.close(held)
