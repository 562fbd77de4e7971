"""Tables that are worked out from the lexicon once, and kept compiled.

What is kept depends on the data and on the rules of this folder: its own source is part of the
name under which a table is kept, so that no table of older rules is ever read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from importlib import resources
from typing import Any

from taawun.names.compiled import compiled

_DATA = ("meeting.yml", "sounds.yml", "lexicon")
_RULES = ("fold.py", "lexicon.py", "sounds.py")


@cache
def _rules() -> str:
    room = resources.files("taawun.names")
    folder = room.joinpath("meeting")
    own = sorted(each.name for each in folder.iterdir() if each.name.endswith(".py"))
    texts = [folder.joinpath(name).read_bytes() for name in own]
    texts += [room.joinpath(name).read_bytes() for name in _RULES]
    return hashlib.sha256(b"\0".join(texts)).hexdigest()[:16]


def kept(label: str, make: Callable[[], Any]) -> Any:
    """What `make` makes, as JSON values: kept for as long as data and rules stay as they are."""
    return compiled(f"meeting-{label}-{_rules()}", _DATA, lambda files: make())
