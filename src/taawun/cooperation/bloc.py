"""Blocs of states and who was a member when: `EU`, `GCC`, `CIS`, `SCO`, `BRICS`, and one's own.

Membership is history: a state that left was a member before. The shipped blocs are data
(`blocs.yml`, each with its source); a node may add its own, kept in the store.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from importlib import resources
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Membership:
    """A state's membership: from the start of `since` to the start of `until`, UTC."""

    bloc: str
    country: str
    since: date
    until: date | None = None

    def holds(self, at: datetime) -> bool:
        """Whether it holds at a time."""
        if at < _start(self.since):
            return False
        return self.until is None or at < _start(self.until)


@dataclass(frozen=True, slots=True)
class Blocs:
    """Every membership that is known, of every bloc."""

    memberships: tuple[Membership, ...] = ()

    @property
    def codes(self) -> tuple[str, ...]:
        """The blocs, in order."""
        return tuple(sorted({each.bloc for each in self.memberships}))

    def member(self, bloc: str, country: str, at: datetime) -> bool:
        """Whether a state is a member of a bloc at a time."""
        return any(
            each.bloc == bloc and each.country == country and each.holds(at)
            for each in self.memberships
        )

    def members(self, bloc: str, at: datetime) -> tuple[str, ...]:
        """The members of a bloc at a time, in order."""
        found = {m.country for m in self.memberships if m.bloc == bloc and m.holds(at)}
        return tuple(sorted(found))

    def with_more(self, more: Iterable[Membership]) -> Blocs:
        """These and others. What is said again of a bloc, state and first day replaces what was
        said: so a member leaves."""
        told = {(m.bloc, m.country, m.since): m for m in (*self.memberships, *more)}
        return Blocs(tuple(told.values()))


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


@cache
def shipped() -> Blocs:
    """The blocs of `blocs.yml`."""
    source = resources.files("taawun.cooperation").joinpath("blocs.yml").read_text("utf-8")
    said: dict[str, Any] = yaml.load(source, Loader=yaml.CSafeLoader)
    found = [
        Membership(bloc, country, since, until)
        for bloc, card in said.items()
        for country, periods in card["members"].items()
        for since, until in periods
    ]
    return Blocs(tuple(found))


@cache
def called(bloc: str) -> dict[str, str]:
    """What a shipped bloc is called, by language; its code alone for another."""
    source = resources.files("taawun.cooperation").joinpath("blocs.yml").read_text("utf-8")
    said: dict[str, Any] = yaml.load(source, Loader=yaml.CSafeLoader)
    return dict(said.get(bloc, {}).get("name", {"en": bloc}))
