"""The index of the lists in force, built beside the one in use and put in its place at once.

Whatever fails while building, the index in force stays. Old builds are removed once a new one is
in force, the last one excepted: a process that has it open goes on undisturbed.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

import orjson

from taawun.entities.entity import Entity
from taawun.entities.schemata import kind_of
from taawun.lists.registry import Lists
from taawun.screening import binding, index, matcher
from taawun.screening.book import Book
from taawun.screening.index import Listed
from taawun.screening.record import VERSIONS
from taawun.screening.screener import CURRENT, INDEX
from taawun.store import Store

KEEP_BUILDS = 2
LONGEST_NAME = 500  # of a longer one, the beginning is indexed


def rebuild(store: Store, home: Path, at: datetime) -> Path:
    """Build the index of the lists in force under `home` and put it in force; its folder."""
    lists = Lists(store, home)
    versions = {version.dataset: version.version for version in lists.current()}
    entities = (
        entity for name, version in versions.items() for entity in lists.entities(name, version)
    )
    return build(entities, home, at, versions)


def edition() -> str:
    """What an index depends on besides the lists; one of another edition is not opened."""
    return f"{binding.FORMAT}-{index.edition()}"


def build(
    entities: Iterable[Entity], home: Path, at: datetime, versions: Mapping[str, str] | None = None
) -> Path:
    """Build an index of these entities under `home` and put it in force; its folder."""
    base = home / INDEX
    base.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = f"{at:%Y%m%dT%H%M%S%f}-{os.getpid()}-{secrets.token_hex(3)}"
    folder, half = base / name, base / f"{CURRENT}.{name}.tmp"
    try:
        binding.build(entities, folder)
        index.build(_listed(Book.open(folder)), folder / "names")
        (folder / VERSIONS).write_bytes(orjson.dumps(dict(versions or {})))
        _put_in_force(base, half, name)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        half.unlink(missing_ok=True)
        raise
    _remove_old(base, name)
    return folder


def _listed(book: Book) -> Iterator[Listed]:
    """Every name of every matchable entity, each spelling once."""
    for number, entity in enumerate(book):
        # A LegalEntity may be a person or a company: it is compared with both.
        kind = "" if entity.schema == "LegalEntity" else kind_of(entity.schema)
        if not kind and entity.schema not in ("LegalEntity", "Thing"):
            continue
        born = matcher.birth_years(entity)
        seen: set[str] = set()
        for prop, value in entity.names():
            text = " ".join(value.text.split())
            text = text[:LONGEST_NAME]
            if text and text.casefold() not in seen:
                seen.add(text.casefold())
                yield Listed(number, text, kind, prop == "weakAlias", prop == "previousName", born)


def _put_in_force(base: Path, half: Path, name: str) -> None:
    with half.open("w", encoding="utf-8") as file:
        file.write(name)
        file.flush()
        os.fsync(file.fileno())
    half.replace(base / CURRENT)


def _remove_old(base: Path, name: str) -> None:
    builds = sorted(path for path in base.iterdir() if path.is_dir())
    for old in builds[:-KEEP_BUILDS]:
        if old.name != name:
            shutil.rmtree(old, ignore_errors=True)
