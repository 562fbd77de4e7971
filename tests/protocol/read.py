"""Reading `protocol/vectors/` and `protocol/schemas/` as a stranger would: files, by name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs

PROTOCOL = Path(__file__).parents[2] / "protocol"
Json = dict[str, Any]


def vectors(name: str) -> Json:
    """A file of vectors."""
    found: Json = json.loads((PROTOCOL / "vectors" / name).read_text("utf-8"))
    return found


def cases(file: Json, group: str) -> Iterator[Json]:
    """The cases of every part of a file."""
    for part in file[group]:
        yield from part["cases"]


def schema(name: str) -> Json:
    """A schema."""
    found: Json = json.loads((PROTOCOL / "schemas" / f"{name}.json").read_text("utf-8"))
    return found


def registry() -> jsonschema_rs.Registry:
    """Every schema, so that one finds another by its `$id`."""
    names = [path.stem for path in (PROTOCOL / "schemas").glob("*.json")]
    return jsonschema_rs.Registry([(schema(name)["$id"], schema(name)) for name in names])
