"""Reviewed data read once, then kept compiled.

Reading the YAML takes longer than an officer should wait at every start. What was compiled from
it is kept in the user's cache folder as JSON, under a name made of the data's own content: data
that changed is compiled anew, and a cache that cannot be written costs time, nothing else.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import orjson
import yaml

FORMAT = "9"

Files = list[tuple[str, str]]  # (name without .yml, YAML text)


def read(pattern: str) -> Files:
    """The files of `names/data` at `pattern`: one file, or every .yml of a folder."""
    place: Traversable = resources.files("taawun.names").joinpath("data").joinpath(pattern)
    if pattern.endswith(".yml"):
        return [(place.name[:-4], place.read_text("utf-8"))]
    found = sorted(item.name for item in place.iterdir() if item.name.endswith(".yml"))
    return [(name[:-4], place.joinpath(name).read_text("utf-8")) for name in found]


def parsed(text: str) -> Any:
    """One YAML document."""
    return yaml.load(text, Loader=yaml.CSafeLoader)


def compiled(label: str, patterns: tuple[str, ...], make: Callable[[Files], Any]) -> Any:
    """What `make` makes of the files, as JSON values; kept under `label` and their content."""
    files = [file for pattern in patterns for file in read(pattern)]
    content = "\0".join([FORMAT, *(part for file in files for part in file)])
    digest = hashlib.sha256(content.encode()).hexdigest()[:32]
    kept = _folder() / f"{label}-{digest}.json"
    try:
        return orjson.loads(kept.read_bytes())
    except (OSError, ValueError):
        pass
    made = orjson.dumps(make(files))
    try:
        kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        half = kept.with_suffix(f".{os.getpid()}.tmp")
        half.write_bytes(made)
        half.replace(kept)
    except OSError:
        pass
    return orjson.loads(made)


def _folder() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "taawun"
