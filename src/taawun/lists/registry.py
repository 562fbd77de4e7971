"""Which lists there are, and which version of each is in force.

`Lists` is what the rooms above use. How a version comes into force is `arrival.py`, its files are
`archive.py`, its rows `versions.py`. Whatever fails on the way raises, is kept as the list's last
failure, and leaves the version in force as it was.

Nothing personal goes into the journal: it says the list, the file's name, hash and counts, never
what an entry says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from taawun.entities.entity import Entity
from taawun.errors import InputError, NotFound, Problem, StoreError, TaawunError, UsageError
from taawun.lists.archive import ENTITIES, Archive, dataset_name
from taawun.lists.arrival import Order, Update, bring
from taawun.lists.difference import Difference, difference
from taawun.lists.fetch import MEMBERS, Limits, is_url
from taawun.lists.sources.card import SOURCES
from taawun.lists.sources.ofac import sibling
from taawun.lists.versions import (
    ListRow,
    ListVersion,
    Location,
    every_list,
    kept_version,
    record_dropped,
    record_failure,
    record_pruned,
    versions_of,
)
from taawun.store import Store

NAMED_BY_FILE = frozenset({"ftm", "csv"})
"""Sources that many lists may come from; they are named after their file unless told otherwise."""

KEEP = 30
"""Versions of a list whose files are kept; older ones are pruned as new ones come."""

__all__ = ["KEEP", "ListStatus", "ListVersion", "Lists", "Update"]


@dataclass(frozen=True, slots=True)
class ListStatus:
    """One list: the version in force, where it comes from, how the last check went.

    `failure` is why the last check failed, "" when it did not; `kept` counts versions on disk and
    `disk` the bytes they take. Times are ISO, UTC.
    """

    current: ListVersion
    locations: tuple[str, ...]
    checked_at: str
    failed_at: str
    failure: str
    kept: int
    disk: int


class Lists:
    """The lists under one home.

    `patience` is how many seconds to wait for another process that changes the same list; `keep`
    how many versions of a list stay on disk.
    """

    def __init__(
        self,
        store: Store,
        home: Path,
        *,
        limits: Limits | None = None,
        patience: float = 600.0,
        keep: int = KEEP,
    ) -> None:
        self.store = store
        self.archive = Archive(home)
        self.limits = limits or Limits()
        self.patience = patience
        self.keep = keep

    # Changing

    def add(
        self,
        source: str,
        location: str | Path | Sequence[str | Path],
        *,
        name: str | None = None,
        at: datetime,
        actor: str,
        why: str = "",
    ) -> Update:
        """Put what is at `location` (a path or URL; several for a list in several files) in force.

        The list is called `name`, else like its source, else (ftm, csv) like its file. Adding the
        file that is in force already changes nothing and says so. `why` accepts an implausible
        change, and is journalled. Raises what fetching and reading raise, ImplausibleChange, and
        Conflict when another process keeps at it or the name belongs to another source's list.
        """
        if source not in SOURCES:
            raise UsageError(f"unknown source {source!r}; known: {', '.join(SOURCES)}")
        places = _places(source, location)
        dataset = _dataset(source, name, places[0])
        order = Order(dataset, source, tuple(map(Location, places)), at, actor, why.strip())
        return self._ordered(order)

    def update(
        self, *, at: datetime, actor: str, datasets: Sequence[str] | None = None
    ) -> list[Update]:
        """Fetch every list (or those named) again from where it came from.

        One list's failure is that Update's `error`; the others go on.
        """
        with self.store.reading() as connection:
            known = {row.current.dataset: row for row in every_list(connection)}
        for dataset in datasets or ():
            if dataset not in known:
                raise NotFound(f"no list {dataset!r}; there are: {', '.join(known) or 'none'}")
        return [self._again(known[dataset], at, actor) for dataset in datasets or known]

    def prune(self, keep: int, *, at: datetime, actor: str) -> int:
        """Remove the files of all but the newest `keep` versions of each list; bytes freed.

        The version in force stays, and so do the rows of all versions.
        """
        if keep < 1:
            raise UsageError(f"at least one version is kept, got {keep}")
        freed = 0
        for version in self.current():
            with self._alone(version.dataset):
                freed += self._pruned(version.dataset, keep, at, actor)
        return freed

    def drop(self, dataset: str, why: str, *, at: datetime, actor: str) -> int:
        """Take a list out of screening and remove its files; bytes freed. The why is journalled.

        That it was in force, when, and where it came from stays in the database. Raises NotFound
        for no such list, UsageError without a reason.
        """
        if not why.strip():
            raise UsageError("a list is dropped with a reason, which goes into the journal")
        self._kept(dataset, "")
        with self._alone(dataset):
            self._kept(dataset, "")
            gone = [version.version for version in self.versions(dataset)]
            with self.store.begin() as unit:
                record_dropped(unit, dataset, why.strip(), at=at, actor=actor)
            return sum(self.archive.remove(dataset, version) for version in gone)

    # Asking

    def status(self) -> list[ListStatus]:
        """Every list, by name."""
        with self.store.reading() as connection:
            rows = every_list(connection)
        return [self._status(row) for row in rows]

    def current(self) -> list[ListVersion]:
        """The versions in force, by name."""
        with self.store.reading() as connection:
            return [self._placed(row.current) for row in every_list(connection)]

    def versions(self, dataset: str) -> list[ListVersion]:
        """Every version there ever was of a list, oldest first; empty for no such list."""
        with self.store.reading() as connection:
            return [self._placed(row) for row in versions_of(connection, dataset)]

    def entities(self, dataset: str, version: str = "") -> Iterator[Entity]:
        """The entities of the version in force, or of a named version that is still kept.

        Raises NotFound for an unknown list or version, StoreError for damaged files.
        """
        return self.archive.entities(dataset, self._kept(dataset, version))

    def problems(self, dataset: str, version: str = "") -> tuple[Problem, ...]:
        """What the reader could not use."""
        return self.archive.problems(dataset, self._kept(dataset, version))

    def changes(self, dataset: str, since: str = "") -> Difference:
        """What changed up to the version in force: since the version before, or since that named.

        Raises NotFound for an unknown list or version, or one whose files were pruned.
        """
        now = self._kept(dataset, "")
        if not since:
            return self.archive.difference(dataset, now)
        before = self.archive.entities(dataset, self._kept(dataset, since))
        return difference(before, self.archive.entities(dataset, now))

    # Within

    @contextmanager
    def _alone(self, dataset: str) -> Iterator[None]:
        """Nobody else changes the list meanwhile; a disk that fails is said plainly."""
        try:
            with self.archive.alone(dataset, self.patience):
                yield
        except OSError as failed:
            raise StoreError(
                f"{self.archive.root / dataset}: {failed.strerror or failed}; the version in force"
                " stays"
            ) from failed

    def _ordered(self, order: Order) -> Update:
        with self._alone(order.dataset):
            try:
                done = bring(order, self.store, self.archive, self.limits)
            except TaawunError as error:
                record_failure(
                    self.store, order.dataset, order.file, error, at=order.at, actor=order.actor
                )
                raise
            if done.outcome == "updated":
                self._pruned(order.dataset, self.keep, order.at, order.actor)
            return done

    def _again(self, row: ListRow, at: datetime, actor: str) -> Update:
        now = row.current
        order = Order(now.dataset, now.source, row.locations, at, actor, anew=False)
        try:
            return self._ordered(order)
        except TaawunError as error:
            return Update(now.dataset, now.source, "unchanged", now.version, error=error)

    def _pruned(self, dataset: str, keep: int, at: datetime, actor: str) -> int:
        with self.store.reading() as connection:
            kept = [row.version for row in versions_of(connection, dataset) if not row.pruned_at]
        current = self._kept(dataset, "")
        gone = [version for version in kept[:-keep] if version != current]
        if not gone:
            return 0
        with self.store.begin() as unit:
            record_pruned(unit, dataset, gone, at=at, actor=actor)
        return sum(self.archive.remove(dataset, version) for version in gone)

    def _kept(self, dataset: str, version: str) -> str:
        with self.store.reading() as connection:
            return kept_version(connection, dataset, version).version

    def _placed(self, row: ListVersion) -> ListVersion:
        return replace(row, path=self.archive.folder(row.dataset, row.version) / ENTITIES)

    def _status(self, row: ListRow) -> ListStatus:
        return ListStatus(
            current=self._placed(row.current),
            locations=tuple(where.location for where in row.locations),
            checked_at=row.checked_at,
            failed_at=row.failed_at,
            failure=row.failure,
            kept=row.kept,
            disk=self.archive.size_of_all(row.current.dataset),
        )


def _places(source: str, location: str | Path | Sequence[str | Path]) -> list[str]:
    """Locations as text; paths made absolute, so that an update finds them from anywhere.

    A folder stands for the files in it, and OFAC's sdn.csv for alt.csv and add.csv beside it too.
    """
    given = [location] if isinstance(location, (str, Path)) else list(location)
    if not given:
        raise UsageError("a list comes from at least one file or URL")
    if len(given) > 1 or is_url(str(given[0])):
        return [str(g) if is_url(str(g)) else str(_absolute(g)) for g in given]
    return [str(path) for path in _set_of_files(source, _absolute(given[0]))]


def _absolute(path: str | Path) -> Path:
    return Path(path).expanduser().absolute()


def _set_of_files(source: str, path: Path) -> list[Path]:
    if path.is_dir():
        files = [file for file in path.iterdir() if file.is_file() and file.name[0] != "."]
        if not 0 < len(files) <= MEMBERS:
            raise InputError(f"{path}: {len(files)} files in this folder, expected 1 to {MEMBERS}")
        return sorted(files, key=lambda file: ("sdn" not in file.name.lower(), file.name))
    beside = [sibling(path, part) for part in ("alt", "add")] if source == "ofac" else []
    return [path, *(file for file in beside if file)]


def _dataset(source: str, name: str | None, place: str) -> str:
    if name is not None:
        if dataset_name(name) != name or not name:
            raise UsageError(f"a list's name is small letters, digits and single _, got {name!r}")
        return name
    if source not in NAMED_BY_FILE:
        return source
    stem = place.split("?", 1)[0].rstrip("/").rsplit("/", 1)[-1].split(".", 1)[0]
    if not dataset_name(stem):
        raise UsageError(f"no name for the list can be made from {stem!r}: say --name")
    return dataset_name(stem)
