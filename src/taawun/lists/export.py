"""Lists written out so that existing tools can subscribe to them.

    <out>/index.json                         every dataset, as OpenSanctions' catalogue
    <out>/<dataset>/index.json               one dataset: version, counts, resources
                    entities.ftm.json        FollowTheMoney, one entity a line
                    names.txt                the names of the entries, one a line
                    targets.simple.csv       one row an entry, for spreadsheets
                    delta.json               version → address of its delta
                    delta/<version>.delta.json

Serve the folder with any web server and say its address (`base`) when exporting: subscribers such
as yente need whole addresses. Without one the catalogue names the files on this machine.

Whatever was exported of older versions stays: a subscriber that missed some versions finds their
deltas as long as `DELTAS` allows. Each file is replaced whole; a dataset's index comes after the
files it names, the catalogue last.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson

from taawun.entities.entity import Entity
from taawun.entities.schemata import is_a
from taawun.errors import InputError, NotFound, UsageError
from taawun.lists.dating import stamp
from taawun.lists.delta import delta
from taawun.lists.fetch import is_url, whole
from taawun.lists.registry import Lists, ListVersion
from taawun.lists.simple_csv import names, rows
from taawun.lists.sources.card import card

DELTAS = 100
"""Deltas that stay in a dataset's delta index, newest last."""

RESOURCES = {
    "entities.ftm.json": ("FollowTheMoney entities", "application/json+ftm"),
    "names.txt": ("Target names text file", "text/plain"),
    "targets.simple.csv": ("Targets as simplified CSV", "text/csv"),
}
MIME_LABELS = {
    "application/json+ftm": "FollowTheMoney Entities",
    "text/plain": "Plain text",
    "text/csv": "Comma-separated values",
}


@dataclass(frozen=True, slots=True)
class Exported:
    """One list as it was written out: `files` with their bytes, `deltas` in the index."""

    dataset: str
    version: str
    entries: int
    entities: int
    files: Mapping[str, int]
    deltas: int


@dataclass(frozen=True, slots=True)
class _Places:
    """Where files lie and under which address others find them."""

    out: Path
    base: str

    def address(self, *parts: str) -> str:
        """The whole address of a file: under `base`, or on this machine."""
        if self.base:
            return "/".join((self.base, *parts))
        return self.out.joinpath(*parts).absolute().as_uri()


def export(
    lists: Lists,
    out: Path,
    *,
    at: datetime,
    actor: str,
    datasets: Sequence[str] | None = None,
    base: str = "",
) -> list[Exported]:
    """Write the versions in force of all lists, or of those named, and journal it.

    Raises NotFound for an unknown list or when there is none, UsageError for a `base` that is no
    web address, InputError when `out` cannot be written.
    """
    if base and (not is_url(base) or urlsplit(base).scheme not in ("http", "https")):
        raise UsageError(f"the address of an export is http(s)://…, got {base!r}")
    chosen = _chosen(lists.current(), datasets)
    places = _Places(out, base.rstrip("/"))
    try:
        written = [_write_dataset(lists, places, version, at) for version in chosen]
        _write_json(out / "index.json", _catalogue([index for _, index in written], at))
    except OSError as failed:
        raise InputError(f"{out}: cannot be written: {failed.strerror}") from failed
    told = {version.dataset: version.version for version in chosen}
    with lists.store.begin() as unit:
        unit.journal("list.exported", ", ".join(told), {"versions": told}, at=at, actor=actor)
    return [exported for exported, _ in written]


def _chosen(current: Sequence[ListVersion], datasets: Sequence[str] | None) -> list[ListVersion]:
    known = {version.dataset: version for version in current}
    if not known:
        raise NotFound("there is no list to export yet")
    for name in datasets or ():
        if name not in known:
            raise NotFound(f"no list {name!r}; there are: {', '.join(known)}")
    return [known[name] for name in dict.fromkeys(datasets or known)]


def _write_dataset(
    lists: Lists, places: _Places, version: ListVersion, at: datetime
) -> tuple[Exported, dict[str, Any]]:
    folder = places.out / version.dataset
    (folder / "delta").mkdir(parents=True, exist_ok=True)
    entities = list(lists.entities(version.dataset, version.version))
    with whole(folder / "entities.ftm.json") as copy, version.path.open("rb") as kept:
        shutil.copyfileobj(kept, copy)
    with whole(folder / "names.txt") as file:
        file.writelines(f"{name}\n".encode() for name in names(entities))
    with whole(folder / "targets.simple.csv") as file:
        file.writelines(row.encode() for row in rows(entities, _title(version)))
    deltas = _write_deltas(lists, places, version)
    index = _index(places, version, entities, at)
    _write_json(folder / "index.json", index)
    sizes = {name: (folder / name).stat().st_size for name in RESOURCES}
    exported = Exported(
        version.dataset, version.version, version.entries, len(entities), sizes, len(deltas)
    )
    return exported, index


# Deltas


def _write_deltas(lists: Lists, places: _Places, version: ListVersion) -> dict[str, str]:
    """Write the deltas that are not there yet; the index of all that are, newest last."""
    folder = places.out / version.dataset / "delta"
    known = lists.versions(version.dataset)
    for before, after in pairwise([None, *known]):
        assert after is not None
        path = folder / f"{after.version}.delta.json"
        if not path.exists() and not after.pruned_at and not (before and before.pruned_at):
            held = lists.entities(version.dataset, before.version) if before else ()
            _write_lines(path, delta(held, lists.entities(version.dataset, after.version)))
    there = [v.version for v in known if _has_text(folder / f"{v.version}.delta.json")][-DELTAS:]
    index = {name: places.address(version.dataset, "delta", f"{name}.delta.json") for name in there}
    _write_json(places.out / version.dataset / "delta.json", {"versions": index})
    return index


def _has_text(path: Path) -> bool:
    """A version that changed nothing has an empty delta, which no index names."""
    return path.is_file() and path.stat().st_size > 0


# Indexes


def _title(version: ListVersion) -> str:
    said = card(version.source)
    return said.title if version.dataset == version.source else version.dataset


def _index(
    places: _Places, version: ListVersion, entities: Sequence[Entity], at: datetime
) -> dict[str, Any]:
    """One dataset as OpenSanctions' `index.json` has it. Times are UTC, to the second."""
    changed = max((entity.last_change for entity in entities), default="")
    index: dict[str, Any] = {
        "name": version.dataset,
        "title": _title(version),
        "type": "source",
        "hidden": False,
        "disabled": False,
        "version": version.version,
        "updated_at": version.fetched_at,
        "last_export": stamp(at),
        "last_change": changed or version.fetched_at,
        "entity_count": len(entities),
        "thing_count": sum(is_a(entity.schema, "Thing") for entity in entities),
        "target_count": version.entries,
        "issue_count": version.problems,
        "issue_levels": {"warning": version.problems} if version.problems else {},
        "result": "success",
        "children": [],
        "resources": [_resource(places, version, name) for name in RESOURCES],
    }
    if places.base:
        index["index_url"] = places.address(version.dataset, "index.json")
        index["delta_url"] = places.address(version.dataset, "delta.json")
    else:
        index["entities_url"] = places.address(version.dataset, "entities.ftm.json")
    if version.published:
        index["published"] = version.published
    return index


def _resource(places: _Places, version: ListVersion, name: str) -> dict[str, Any]:
    title, mime = RESOURCES[name]
    path = places.out / version.dataset / name
    with path.open("rb") as file:
        checksum = hashlib.file_digest(file, "sha1").hexdigest()
    resource: dict[str, Any] = {
        "name": name,
        "path": name,
        "title": title,
        "mime_type": mime,
        "mime_type_label": MIME_LABELS[mime],
        "size": path.stat().st_size,
        "checksum": checksum,
        "timestamp": version.fetched_at,
    }
    if places.base:
        resource["url"] = places.address(version.dataset, name)
    return resource


def _catalogue(indexes: Sequence[Mapping[str, Any]], at: datetime) -> dict[str, Any]:
    return {"datasets": list(indexes), "updated_at": stamp(at), "run_time": stamp(at)}


def _write_lines(path: Path, objects: Iterable[Mapping[str, Any]]) -> None:
    with whole(path) as file:
        file.writelines(_lines(objects))


def _lines(objects: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    return (orjson.dumps(each, option=orjson.OPT_APPEND_NEWLINE) for each in objects)


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    with whole(path) as file:
        file.write(orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
