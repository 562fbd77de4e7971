"""The catalogue on disk: one YAML file per room, read when its first code is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import cast

import yaml

Text = Mapping[str, "str | Mapping[str, str]"]
"""Language to template, or to plural form and template."""

FOLDER = Path(__file__).parent / "catalogue"


def text_of(code: str) -> Text | None:
    """The texts of a code: looked for in the file named like its first part, then in all."""
    own = room(code.split(".", 1)[0]).get(code)
    return own if own is not None else everything().get(code)


@cache
def room(name: str) -> Mapping[str, Text]:
    """The catalogue of one room; empty when the room has none."""
    path = FOLDER / f"{name}.yml"
    return read(path) if path.is_file() else {}


@cache
def everything() -> Mapping[str, Text]:
    """All rooms' catalogues together."""
    merged: dict[str, Text] = {}
    for path in sorted(FOLDER.glob("*.yml")):
        merged.update(room(path.stem))
    return merged


def read(path: Path) -> Mapping[str, Text]:
    """One catalogue file, with the compiled parser where PyYAML has it."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return cast("Mapping[str, Text]", yaml.load(path.read_text("utf-8"), Loader=loader) or {})
