"""Which days of the week are no business days in a place, since when, and its capital's time zone.

Read from `calendars.yml`, which names a source for each rule. A part of a country (`AE-SH`) without
a rule of its own follows its country; a country without one has the assumed weekend, and whoever
counts with it is told so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

import yaml

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Weekend:
    """Days of the week (0 is Monday) on which nobody works, from `since` until the next rule."""

    since: date
    days: frozenset[int]
    source: str


@dataclass(frozen=True, slots=True)
class Weekends:
    """Every rule, by place, oldest first; the assumed one; the zone of each country."""

    version: str
    rules: Mapping[str, tuple[Weekend, ...]]
    assumed: Weekend
    zones: Mapping[str, str]

    def of(self, place: str, day: date) -> Weekend:
        """The rule that holds in a place on a day."""
        return in_force(self.rules.get(place) or self.rules.get(place[:2]), day) or self.assumed


def in_force(rules: Iterable[Weekend] | None, day: date) -> Weekend | None:
    """The last rule that has begun by a day."""
    begun = [rule for rule in rules or () if rule.since <= day]
    return begun[-1] if begun else None


def days_of_week(names: Iterable[str]) -> frozenset[int]:
    """`fri`, `sat` as numbers. Raises ValueError for another word."""
    return frozenset(WEEKDAYS.index(name) for name in names)


def zone_of(place: str) -> ZoneInfo:
    """The time zone in which a place's day ends: its capital's; UTC for a country unknown here."""
    return ZoneInfo(shipped().zones.get(place[:2], "UTC"))


def is_known(place: str) -> bool:
    """Whether the calendar has a time zone for a place's country."""
    return place[:2] in shipped().zones


@cache
def shipped() -> Weekends:
    """What comes with Taawun."""
    said = yaml.safe_load(files(__package__).joinpath("calendars.yml").read_text("utf-8"))
    return Weekends(
        str(said["version"]),
        {place: tuple(map(_rule, rules)) for place, rules in said["weekends"].items()},
        Weekend(date.min, days_of_week(said["assumed"]), ""),
        said["zones"],
    )


def _rule(said: Mapping[str, Any]) -> Weekend:
    return Weekend(said.get("since", date.min), days_of_week(said["days"]), said["source"])
