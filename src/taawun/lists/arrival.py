"""How one new version of one list comes into force, or does not.

    fetch → read → compare → believe or refuse → write the version → one transaction switches

Each step may raise, and until the last one nothing that anybody reads has changed. The caller
holds the lock of the dataset (`Archive.alone`).
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from taawun import __version__
from taawun.entities.entity import Entity
from taawun.errors import Conflict, InputError, Problem, TaawunError
from taawun.lists import archive
from taawun.lists.archive import Archive, version_id
from taawun.lists.dating import dated, stamp
from taawun.lists.difference import Difference, difference
from taawun.lists.fetch import Fetched, Limits, fetch, joint, shown
from taawun.lists.plausible import Version, doubts, require_plausible, unusual
from taawun.lists.read import read
from taawun.lists.sources.card import card
from taawun.lists.sources.transcript import Reading
from taawun.lists.versions import (
    ListVersion,
    Location,
    confirm,
    one_list,
    put_in_force,
    versions_of,
)
from taawun.store import Store

Outcome = Literal["added", "updated", "unchanged"]


@dataclass(frozen=True, slots=True)
class Update:
    """What became of one list: `outcome` says whether another version is in force now.

    `difference` is to the version before; for a first version it lists nothing. `doubts` are
    those that were accepted; `unusual` is what is worth a look in a first version. `error` is why
    nothing was changed; `version` is then the one still in force.
    """

    dataset: str
    source: str
    outcome: Outcome
    version: str = ""
    previous: str = ""
    published: str = ""
    entries: int = 0
    entities: int = 0
    difference: Difference = field(default_factory=Difference)
    problems: tuple[Problem, ...] = ()
    doubts: tuple[Problem, ...] = ()
    unusual: tuple[Problem, ...] = ()
    error: TaawunError | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for: this list, from there, now, by whom.

    `why` accepts whatever is implausible about it. `anew` reads even what the server says is
    unchanged.
    """

    dataset: str
    source: str
    locations: tuple[Location, ...]
    at: datetime
    actor: str
    why: str = ""
    anew: bool = True

    @property
    def file(self) -> str:
        """What the list came from, fit for the journal."""
        return ", ".join(shown(where.location) for where in self.locations)


def bring(order: Order, store: Store, kept: Archive, limits: Limits) -> Update:
    """Bring the list into force as ordered. Raises what fetching, reading and believing raise."""
    with store.reading() as connection:
        found = one_list(connection, order.dataset)
        known = versions_of(connection, order.dataset)
    kept.sweep(order.dataset, frozenset(row.version for row in known if not row.pruned_at))
    now = found.current if found else None
    if now and now.source != order.source:
        raise Conflict(
            f"{order.dataset} is a list from {now.source!r}, not {order.source!r};"
            " add it under another --name"
        )
    with kept.staging(order.dataset) as staged:
        inbox = staged / "inbox"
        inbox.mkdir()
        files = _fetched(order, inbox, limits, now)
        if now and (files is None or _same(files, now)):
            return _confirmed(order, store, now, files)
        if files is None:
            raise InputError(f"{order.file}: the server says unchanged, but nothing is kept of it")
        return _read_in(order, store, kept, staged, files, known, now)


def _fetched(
    order: Order, inbox: Path, limits: Limits, now: ListVersion | None
) -> list[Fetched] | None:
    """The files, all of them; None when there is one and its server says it did not change.

    A server is asked "changed since?" only when what is in force was read by this same Taawun:
    after an upgrade everything is read anew.
    """
    ask = len(order.locations) == 1 and not order.anew and now and now.reader == __version__
    files = []
    for where in order.locations:
        tags = {"etag": where.etag, "last_modified": where.last_modified} if ask else {}
        got = fetch(where.location, inbox, limits=limits, **tags)
        if got is None:
            return None
        files.append(got)
    return files


def _same(files: Sequence[Fetched], now: ListVersion) -> bool:
    return _hash(files) == now.sha256 and now.reader == __version__


def _hash(files: Sequence[Fetched]) -> str:
    return joint(file.sha256 for file in files)


def _confirmed(
    order: Order, store: Store, now: ListVersion, files: Sequence[Fetched] | None
) -> Update:
    locations = _tagged(order, files) if files else order.locations
    with store.begin() as unit:
        confirm(unit, order.dataset, locations, order.at)
    return Update(
        order.dataset,
        order.source,
        "unchanged",
        now.version,
        published=now.published,
        entries=now.entries,
        entities=now.entities,
    )


def _tagged(order: Order, files: Sequence[Fetched]) -> tuple[Location, ...]:
    return tuple(
        Location(where.location, file.etag, file.last_modified)
        for where, file in zip(order.locations, files, strict=True)
    )


@dataclass(frozen=True, slots=True)
class _New:
    """A version that was read and believed, on its way to disk."""

    entities: list[Entity]
    reading: Reading
    difference: Difference
    doubts: tuple[Problem, ...]
    unusual: tuple[Problem, ...]


def _read_in(
    order: Order,
    store: Store,
    kept: Archive,
    staged: Path,
    files: Sequence[Fetched],
    known: Sequence[ListVersion],
    now: ListVersion | None,
) -> Update:
    new = _believed(order, read(order.source, files[0].path, order.dataset), kept, now)
    sha256 = _hash(files)
    version = version_id(order.at, sha256, known[-1].version if known else "")
    _write(staged, new, [path for file in files for path in file.files])
    kept.keep(staged, order.dataset, version)
    row = _row(order, version, sha256, files, new)
    with store.begin() as unit:
        put_in_force(unit, row, _tagged(order, files), now)
        unit.journal(
            "list.updated" if now else "list.added",
            order.dataset,
            _journalled(row, new, now),
            at=order.at,
            actor=order.actor,
        )
    return _done(order, row, new, now)


def _believed(order: Order, reading: Reading, kept: Archive, now: ListVersion | None) -> _New:
    before: dict[str, Entity] = {}
    if now:
        before = {e.id: e for e in kept.entities(order.dataset, now.version)}
    entities = list(dated(reading.entities, before, order.at))
    was = Version.of(before.values(), now.published) if now else None
    new, expected = Version.of(entities, reading.published), card(order.source).expected
    found = doubts(was, new, expected)
    if not order.why:
        require_plausible(found, order.dataset)
    changed = difference(before.values(), entities) if now else Difference()
    return _New(entities, reading, changed, found, () if now else unusual(new, expected))


def _write(staged: Path, new: _New, files: Sequence[Path]) -> None:
    archive.write_entities(staged, new.entities)
    archive.write_difference(staged, new.difference)
    archive.write_problems(staged, new.reading.problems)
    archive.keep_source(staged, files)
    shutil.rmtree(staged / "inbox")


def _row(
    order: Order, version: str, sha256: str, files: Sequence[Fetched], new: _New
) -> ListVersion:
    entries = sum(entity.target for entity in new.entities)
    counts = new.difference.counts(targets=True)
    return ListVersion(
        dataset=order.dataset,
        version=version,
        source=order.source,
        file=order.file,
        sha256=sha256,
        size=sum(file.size for file in files),
        published=new.reading.published,
        fetched_at=stamp(order.at),
        actor=order.actor,
        reader=__version__,
        entries=entries,
        entities=len(new.entities),
        problems=len(new.reading.problems),
        added=counts["added"],
        changed=counts["changed"],
        removed=counts["removed"],
        accepted=order.why if new.doubts else "",
    )


def _journalled(row: ListVersion, new: _New, now: ListVersion | None) -> dict[str, object]:
    names = ("source", "version", "file", "sha256", "size", "published", "entries", "entities")
    told: dict[str, object] = {name: getattr(row, name) for name in names}
    told |= {"problems": row.problems, "previous": now.version if now else ""}
    told |= {"added": row.added, "changed": row.changed, "removed": row.removed}
    if new.doubts:
        told["accepted"] = {"why": row.accepted, "doubts": {d.code: d.got for d in new.doubts}}
    return told


def _done(order: Order, row: ListVersion, new: _New, now: ListVersion | None) -> Update:
    return Update(
        order.dataset,
        order.source,
        "updated" if now else "added",
        row.version,
        previous=now.version if now else "",
        published=row.published,
        entries=row.entries,
        entities=row.entities,
        difference=new.difference,
        problems=tuple(new.reading.problems),
        doubts=new.doubts,
        unusual=new.unusual,
    )
