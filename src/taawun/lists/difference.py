"""What changed between two versions of a list.

`difference(before, after)` is pure: two sets of entities in, three tuples out. An entity counts as
changed when anything said of it changed: its kind, whether it is itself listed, the ids merged
into it, any value with its language, author and date, or which name comes first. When it was seen
(`first_seen`, `last_seen`, `last_change`) is not said by the list and does not count.

Stored as JSON lines (`lines`, `from_lines`), one line a change, so that a difference can be kept
beside the version it led to and be shown or replayed later.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from taawun.entities.entity import Entity, Value

Op = Literal["added", "changed", "removed"]


@dataclass(frozen=True, slots=True)
class PropertyChange:
    """One property of one entity: the values that are gone and the values that are new.

    `detail` says what else changed where the texts did not: "order" (another value is now first)
    or "source" (language, author, date or original spelling); "" otherwise. The properties
    `schema`, `target`, `referents` and `datasets` stand for the fields of those names.
    """

    prop: str
    gone: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One entity that was added, changed or removed. `caption` is the name it has, or had."""

    op: Op
    id: str
    schema: str
    caption: str
    target: bool
    properties: tuple[PropertyChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything that changed, in the order of the ids; empty where nothing did."""

    changes: tuple[Change, ...] = ()

    def of(self, op: Op) -> tuple[Change, ...]:
        """The changes of one kind."""
        return tuple(change for change in self.changes if change.op == op)

    @property
    def ids(self) -> frozenset[str]:
        """The entities a rescreening has to look at."""
        return frozenset(change.id for change in self.changes)

    def counts(self, *, targets: bool = False) -> dict[str, int]:
        """How many of each kind; with `targets`, only of entities that are themselves listed."""
        counted = {"added": 0, "changed": 0, "removed": 0}
        for change in self.changes:
            counted[change.op] += change.target or not targets
        return counted

    def __bool__(self) -> bool:
        return bool(self.changes)


def difference(before: Iterable[Entity], after: Iterable[Entity]) -> Difference:
    """What has to happen to `before` for it to become `after`. Ids are unique in either."""
    old = {entity.id: entity for entity in before}
    new = {entity.id: entity for entity in after}
    return Difference(tuple(_changes(old, new)))


def content(entity: Entity) -> tuple[object, ...]:
    """What the list says of an entity, comparable: everything but when it was seen."""
    return (
        entity.schema,
        entity.target,
        entity.datasets,
        entity.referents,
        {prop: tuple(values) for prop, values in entity.properties.items() if values},
    )


def lines(found: Difference) -> Iterator[bytes]:
    """One JSON line a change, for keeping."""
    for change in found.changes:
        yield orjson.dumps(change, option=orjson.OPT_APPEND_NEWLINE)


def from_lines(kept: Iterable[bytes]) -> Difference:
    """The difference that `lines` wrote."""
    return Difference(tuple(_change(orjson.loads(line)) for line in kept))


def _changes(old: Mapping[str, Entity], new: Mapping[str, Entity]) -> Iterator[Change]:
    for id_ in sorted(old.keys() | new.keys()):
        before, after = old.get(id_), new.get(id_)
        if before is None and after is not None:
            yield _named("added", after)
        elif after is None and before is not None:
            yield _named("removed", before)
        elif before is not None and after is not None and content(before) != content(after):
            yield _named("changed", after, tuple(_property_changes(before, after)))


def _named(op: Op, entity: Entity, properties: tuple[PropertyChange, ...] = ()) -> Change:
    return Change(op, entity.id, entity.schema, entity.caption, entity.target, properties)


def _property_changes(before: Entity, after: Entity) -> Iterator[PropertyChange]:
    if before.schema != after.schema:
        yield PropertyChange("schema", (before.schema,), (after.schema,))
    if before.target != after.target:
        yield PropertyChange("target", (_yes(before.target),), (_yes(after.target),))
    for field, was, now in (
        ("referents", before.referents, after.referents),
        ("datasets", before.datasets, after.datasets),
    ):
        if was != now:
            yield _text_change(field, was, now)
    for prop in sorted(before.properties.keys() | after.properties.keys()):
        held, holds = before.properties.get(prop, ()), after.properties.get(prop, ())
        if tuple(held) != tuple(holds):
            yield _value_change(prop, held, holds)


def _value_change(prop: str, was: tuple[Value, ...], now: tuple[Value, ...]) -> PropertyChange:
    if Counter(was) != Counter(now):
        texts = _text_change(prop, [v.text for v in was], [v.text for v in now])
        if texts.gone or texts.new:
            return texts
        return PropertyChange(prop, detail="source")
    return PropertyChange(prop, detail="order")


def _text_change(prop: str, was: Iterable[str], now: Iterable[str]) -> PropertyChange:
    held, holds = list(was), list(now)
    gone = tuple((Counter(held) - Counter(holds)).elements())
    new = tuple((Counter(holds) - Counter(held)).elements())
    return PropertyChange(prop, gone, new, "" if gone or new else "order")


def _yes(flag: bool) -> str:
    return "true" if flag else "false"


def _change(kept: Mapping[str, Any]) -> Change:
    properties = tuple(
        PropertyChange(p["prop"], tuple(p["gone"]), tuple(p["new"]), p["detail"])
        for p in kept["properties"]
    )
    return Change(
        kept["op"], kept["id"], kept["schema"], kept["caption"], kept["target"], properties
    )
