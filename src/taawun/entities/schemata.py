"""What kinds of things there are, which properties each has, and which may be screened.

The schemata are those of FollowTheMoney (followthemoney.tech) that lists and screening need, held
as data in `data/schemata.yml`: adding one is a change of that file. Nothing here knows a value.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from taawun.errors import UsageError

# What the names room calls a schema: how its names are built. Order matters: the first ancestor
# that is in this table decides, so Company (also an Asset) is a company.
_KINDS = (
    ("Person", "person"),
    ("LegalEntity", "company"),
    ("Vessel", "vessel"),
    ("Airplane", "vessel"),
)


@dataclass(frozen=True, slots=True)
class Property:
    """One property: its FollowTheMoney type, labels, and for relations the schema at the far end.

    `reverse` is what the entity at the far end calls the relation (a Sanction's `entity` is one
    of the `sanctions` of that entity); both are "" unless `type` is "entity".
    """

    name: str
    type: str
    label: str
    label_ar: str
    range: str = ""
    reverse: str = ""


@dataclass(frozen=True, slots=True)
class Schema:
    """One schema with everything it inherits. `edge` names the two ends of a relation, or ()."""

    name: str
    label: str
    label_ar: str
    matchable: bool
    edge: tuple[str, ...]
    ancestors: frozenset[str]
    properties: dict[str, Property]


def schema(name: str) -> Schema:
    """The schema of that name; UsageError when there is none."""
    found = schemata().get(name)
    if found is None:
        raise UsageError(f"unknown schema {name!r}; known: {', '.join(sorted(schemata()))}")
    return found


def exists(name: str) -> bool:
    """Whether there is a schema of that name."""
    return name in schemata()


def is_a(name: str, ancestor: str) -> bool:
    """Whether schema `name` is `ancestor` or inherits from it. An unknown name is nothing."""
    found = schemata().get(name)
    return found is not None and ancestor in found.ancestors


@cache
def matchable() -> frozenset[str]:
    """The schemata that may be compared with a subject of screening."""
    return frozenset(name for name, found in schemata().items() if found.matchable)


@cache
def kind_of(name: str) -> str:
    """What the names room calls it: person, company, vessel (aircraft too), or "" for neither."""
    return next((kind for ancestor, kind in _KINDS if is_a(name, ancestor)), "")


@cache
def schemata() -> dict[str, Schema]:
    """Every schema by name, read once from the data file."""
    text = files(__package__).joinpath("data/schemata.yml").read_text(encoding="utf-8")
    # The C loader when it is there: a command's first answer waits for this.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    raw: dict[str, dict[str, Any]] = yaml.load(text, Loader=loader)
    built: dict[str, Schema] = {}
    for name in raw:
        _build(name, raw, built)
    return built


def _build(name: str, raw: dict[str, dict[str, Any]], built: dict[str, Schema]) -> Schema:
    if name in built:
        return built[name]
    said = raw[name]
    parents = [_build(parent, raw, built) for parent in said.get("extends", ())]
    properties: dict[str, Property] = {}
    for parent in parents:
        properties.update(parent.properties)
    for prop, row in said.get("properties", {}).items():
        properties[prop] = Property(prop, *row)
    built[name] = Schema(
        name=name,
        label=said["label"][0],
        label_ar=said["label"][1],
        matchable=said.get("matchable", False),
        edge=tuple(said.get("edge", ())),
        ancestors=frozenset({name}).union(*(parent.ancestors for parent in parents)),
        properties=properties,
    )
    return built[name]
