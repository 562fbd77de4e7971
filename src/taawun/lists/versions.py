"""The rows of lists and versions, as values, and the transaction that puts a version in force."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.engine.row import Row

from taawun.errors import ImplausibleChange, NotFound, TaawunError, Unavailable
from taawun.lists.dating import stamp
from taawun.store import Store, Unit
from taawun.store.tables.lists import list_versions, lists


@dataclass(frozen=True, slots=True)
class ListVersion:
    """One version of one list. `entries` are listed themselves; `entities` counts relations too.

    `path` holds the entities as FollowTheMoney lines, unless `pruned_at` says that the files are
    gone. `sha256` and `size` (bytes) are of the publisher's file; `published` is the publisher's
    ISO date or time, or "". `fetched_at` and `pruned_at` are ISO times, UTC. `reader` is the
    Taawun that read it. `added`, `changed` and `removed` count entries. `accepted` is why an
    implausible change was taken, or "".
    """

    dataset: str
    version: str
    source: str
    file: str
    sha256: str
    size: int
    published: str
    fetched_at: str
    actor: str
    reader: str
    entries: int
    entities: int
    problems: int
    added: int
    changed: int
    removed: int
    accepted: str = ""
    pruned_at: str = ""
    path: Path = Path()


@dataclass(frozen=True, slots=True)
class Location:
    """Where a file of a list comes from, and what its server said of it the last time."""

    location: str
    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class ListRow:
    """One list: the version in force, where it comes from, and how the last check went."""

    current: ListVersion
    locations: tuple[Location, ...]
    checked_at: str
    failed_at: str
    failure: str
    kept: int


# Asking


def every_list(connection: Connection) -> list[ListRow]:
    """Every list, by name."""
    kept = (
        sa.select(list_versions.c.dataset, sa.func.count().label("kept"))
        .where(list_versions.c.pruned_at == "")
        .group_by(list_versions.c.dataset)
        .subquery()
    )
    in_force = (list_versions.c.dataset == lists.c.dataset) & (
        list_versions.c.version == lists.c.version
    )
    query = (
        sa.select(list_versions, lists.c.locations, lists.c.checked_at)
        .add_columns(lists.c.failed_at, lists.c.failure, kept.c.kept)
        .join(lists, in_force)
        .join(kept, kept.c.dataset == lists.c.dataset)
        .order_by(lists.c.dataset)
    )
    return [_list_row(row) for row in connection.execute(query)]


def one_list(connection: Connection, dataset: str) -> ListRow | None:
    """The list of that name, or None."""
    return next((row for row in every_list(connection) if row.current.dataset == dataset), None)


def versions_of(connection: Connection, dataset: str) -> list[ListVersion]:
    """Every version there ever was of a list, oldest first."""
    query = sa.select(list_versions).where(list_versions.c.dataset == dataset)
    return [_version_row(row) for row in connection.execute(query.order_by("version"))]


def kept_version(connection: Connection, dataset: str, version: str = "") -> ListVersion:
    """The version in force, or the one named; NotFound when it is not here (any more)."""
    rows = versions_of(connection, dataset)
    found = one_list(connection, dataset)
    if found is None:
        names = ", ".join(row.current.dataset for row in every_list(connection))
        raise NotFound(f"no list {dataset!r}; there are: {names or 'none'}")
    wanted = version or found.current.version
    for row in rows:
        if row.version == wanted and not row.pruned_at:
            return row
    known = ", ".join(row.version for row in rows if not row.pruned_at)
    raise NotFound(f"{dataset}: version {wanted!r} is not kept; kept are: {known}")


def _version_row(row: Row[Any]) -> ListVersion:
    return ListVersion(**{column.name: getattr(row, column.name) for column in list_versions.c})


def _list_row(row: Row[Any]) -> ListRow:
    locations = tuple(Location(**said) for said in orjson.loads(row.locations))
    return ListRow(
        _version_row(row), locations, row.checked_at, row.failed_at, row.failure, row.kept
    )


# Writing


def put_in_force(
    unit: Unit, row: ListVersion, locations: tuple[Location, ...], before: ListVersion | None
) -> None:
    """Record a version and make it the one in force, in the caller's transaction."""
    said = {column.name: getattr(row, column.name) for column in list_versions.c}
    unit.connection.execute(sa.insert(list_versions), said)
    state = {"version": row.version, "source": row.source, **_checked(row.fetched_at, locations)}
    if before is None:
        said = {"dataset": row.dataset, "failed_at": "", "failure": "", **state}
        unit.connection.execute(sa.insert(lists), said)
    else:
        state |= {"failed_at": "", "failure": ""}
        unit.connection.execute(_one(row.dataset).values(**state))


def confirm(unit: Unit, dataset: str, locations: tuple[Location, ...], at: datetime) -> None:
    """Record that a list was looked at and is as it was."""
    state = {"failed_at": "", "failure": "", **_checked(stamp(at), locations)}
    unit.connection.execute(_one(dataset).values(**state))


def record_failure(
    store: Store, dataset: str, file: str, error: TaawunError, *, at: datetime, actor: str
) -> None:
    """Keep why a list could not be brought up to date, and say in the journal that it was not."""
    told = {"file": file, "kind": type(error).__name__, **_particulars(error)}
    action = "list.refused" if isinstance(error, ImplausibleChange) else "list.failed"
    with store.begin() as unit:
        state = {"failed_at": stamp(at), "failure": str(error)[:500]}
        unit.connection.execute(_one(dataset).values(**state))
        unit.journal(action, dataset, told, at=at, actor=actor)


def record_pruned(
    unit: Unit, dataset: str, versions: list[str], *, at: datetime, actor: str
) -> None:
    """Say that the files of these versions are gone (before they go)."""
    query = sa.update(list_versions).where(
        list_versions.c.dataset == dataset, list_versions.c.version.in_(versions)
    )
    unit.connection.execute(query.values(pruned_at=stamp(at)))
    unit.journal("list.pruned", dataset, {"versions": versions}, at=at, actor=actor)


def record_dropped(unit: Unit, dataset: str, why: str, *, at: datetime, actor: str) -> None:
    """Take a list out of force (before its files go); its versions' rows stay."""
    unit.connection.execute(sa.delete(lists).where(lists.c.dataset == dataset))
    kept = (list_versions.c.dataset == dataset) & (list_versions.c.pruned_at == "")
    unit.connection.execute(sa.update(list_versions).where(kept).values(pruned_at=stamp(at)))
    unit.journal("list.dropped", dataset, {"why": why}, at=at, actor=actor)


def _one(dataset: str) -> sa.Update:
    return sa.update(lists).where(lists.c.dataset == dataset)


def _checked(moment: str, locations: tuple[Location, ...]) -> dict[str, str]:
    said = orjson.dumps([asdict(location) for location in locations]).decode()
    return {"checked_at": moment, "locations": said}


def _particulars(error: TaawunError) -> dict[str, object]:
    """What may stand in the journal: numbers and places, not what an entry says."""
    problems = getattr(error, "problems", ())[:10]
    if isinstance(error, ImplausibleChange):
        return {"doubts": {problem.code: problem.got for problem in problems}}
    if isinstance(error, Unavailable):
        return {"reason": str(error)[:300]}
    return {"problems": [f"{p.code} line {p.line or '-'} {p.field}".strip() for p in problems]}
