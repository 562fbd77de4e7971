"""The difference of two versions as the operations that existing subscribers apply.

One JSON object a line, in the order of the ids, as OpenSanctions publishes them:

    {"op": "ADD", "entity": {…}}      the entity is new
    {"op": "MOD", "entity": {…}}      it changed; this is all of it now
    {"op": "DEL", "entity": {"id": …}}

As there, being seen again is no change: `last_seen` may run ahead of the deltas.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from taawun.entities.entity import Entity
from taawun.entities.ftm import to_ftm
from taawun.lists.difference import difference

_OPS = {"added": "ADD", "changed": "MOD"}


def delta(before: Iterable[Entity], after: Iterable[Entity]) -> Iterator[dict[str, Any]]:
    """What a subscriber that holds `before` has to do to hold `after`."""
    new = {entity.id: entity for entity in after}
    for change in difference(before, new.values()).changes:
        if change.op == "removed":
            yield {"op": "DEL", "entity": {"id": change.id}}
        else:
            yield {"op": _OPS[change.op], "entity": to_ftm(new[change.id])}
