"""When an entity was first seen, last seen and last changed, where the publisher does not say.

FollowTheMoney sources say it themselves and are believed. For the others the versions tell: an
entity that a version brings was first seen then; one that reads as before keeps its dates.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from taawun.entities.entity import Entity
from taawun.lists.difference import content


def stamp(at: datetime) -> str:
    """A time as FollowTheMoney data has it: ISO, UTC, to the second, without the zone."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def dated(
    entities: Iterable[Entity], before: Mapping[str, Entity], at: datetime
) -> Iterator[Entity]:
    """The entities of a new version with their dates, given those of the version before by id."""
    now = stamp(at)
    for entity in entities:
        known = before.get(entity.id)
        same = known is not None and content(known) == content(entity)
        yield replace(
            entity,
            first_seen=entity.first_seen or (known.first_seen if known else now),
            last_change=entity.last_change or (known.last_change if known and same else now),
            last_seen=entity.last_seen or now,
        )
