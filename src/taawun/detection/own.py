"""An authority's own catalogue, laid over the shipped one: kept as files that people can read.

<home>/detection/live.yml       what it put in force: numbers changed, variants of its own
<home>/detection/drafts.yml     what it tries

catalogue(home)                 all together
draft(home, text, name)         take entries as drafts
put_live(home, store, code, at=…, actor=…)    a draft comes into force; the journal says so
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import yaml

from taawun.detection.catalogue import Catalogue, Definition, laid_over, read_over, shipped
from taawun.errors import StoreError
from taawun.store import Store

LIVE, DRAFTS = "live.yml", "drafts.yml"


def catalogue(home: Path) -> Catalogue:
    """What is in force and what is tried. Raises InputError where a file was edited wrongly."""
    found = shipped()
    for name in (LIVE, DRAFTS):
        path = _folder(home) / name
        if path.exists():
            found = laid_over(found, _text(path), name)
    return found


def draft(home: Path, text: str, name: str) -> tuple[Definition, ...]:
    """Take every entry of a catalogue as a draft; a draft of its code that was there is replaced.

    Raises InputError, with the line of all that is wrong, and takes nothing then.
    """
    known = catalogue(home)
    coming = read_over(known, text, name, drafts=True)
    codes = {each.code for each in coming}
    kept = [each for each in known.drafts() if each.code not in codes]
    _write(_folder(home) / DRAFTS, (*kept, *coming))
    return coming


def put_live(home: Path, store: Store, code: str, *, at: datetime, actor: str) -> Definition:
    """Put a draft in force. Raises NotFound where there is none of this code."""
    known = catalogue(home)
    coming = known.draft(code)
    before = {each.code: each.version for each in known.live()}.get(code)
    own = shipped()
    changed = [each for each in known.with_live(code).live() if each not in own.definitions]
    with store.begin() as unit:
        told = {"version": coming.version, "before": before, "entry": coming.exported()}
        unit.journal("typology.live", code, told, at=at, actor=actor)
        _write(_folder(home) / LIVE, tuple(changed))
        _write(_folder(home) / DRAFTS, tuple(each for each in known.drafts() if each.code != code))
    return coming


def in_yaml(entries: dict[str, object]) -> str:
    """Entries of a catalogue as YAML that people can read and change."""
    return yaml.safe_dump(entries, allow_unicode=True, sort_keys=False, width=100)


def _folder(home: Path) -> Path:
    return home / "detection"


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise StoreError(f"{path}: cannot be used: {error.strerror}") from None


def _write(path: Path, definitions: tuple[Definition, ...]) -> None:
    """Whole or not at all: written beside its place and renamed."""
    text = in_yaml({each.code: each.exported() for each in definitions})
    beside = path.with_name(path.name + ".new")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with beside.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise StoreError(f"{path}: cannot be written: {error.strerror}") from error
