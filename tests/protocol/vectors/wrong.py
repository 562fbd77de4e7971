"""One thing wrong: a good document, changed in one named way.

`by` says who must notice: `schema`, what the JSON Schema refuses too; `rule`, what only the pages
say; `bytes`, what is wrong in the spelling before any field is looked at.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

from taawun.cooperation.wire import canonical

Json = dict[str, Any]
GONE = object()
"""In place of a value: the field is left out."""


def changed(good: Json, path: str, value: Any) -> Any:
    """A copy with another value at `path` (`keys.0.x`); the value itself where it is empty."""
    if not path:
        return copy.deepcopy(value)
    made = copy.deepcopy(good)
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    inside: Any = made
    for step in way:
        inside = inside[step]
    if value is GONE:
        del inside[last]
    elif isinstance(inside, list) and last == len(inside):
        inside.append(value)
    else:
        inside[last] = value
    return made


def case(name: str, good: Json, path: str, value: Any, by: str, ground: str) -> Json:
    """A refused document as it stands in a file of vectors."""
    made = changed(good, path, value)
    return {"name": name, "document": made, "by": by, "ground": ground}


def cases(good: Json, said: Iterable[tuple[str, str, Any, str]]) -> list[Json]:
    """Refused documents from (name, path, value, by); the ground follows from what was done."""
    made = []
    for name, path, value, by in said:
        ground = "wire.field"
        if value is GONE:
            ground = "wire.missing_field"
        elif path.split(".")[-1].startswith("unknown"):
            ground = "wire.unknown_field"
        elif isinstance(value, float):
            ground = "wire.not_canonical"
        made.append(case(name, good, path, value, by, ground))
    return made


def bytes_of(case_: Json) -> bytes:
    """What a reader is given."""
    if "bytes_hex" in case_:
        return bytes.fromhex(case_["bytes_hex"])
    return canonical(case_["document"])
