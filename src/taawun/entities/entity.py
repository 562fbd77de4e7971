"""A person, company, vessel or account as FollowTheMoney says it.

An `Entity` is what is known about one subject: a schema name and, for each property, the values
said of it. Every `Value` remembers who said it (`dataset`), in which language, what the source
wrote before normalising, and since when it has been said. Nothing here judges or compares.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Value:
    """One thing somebody said about an entity.

    `text` is the value in FollowTheMoney form (ISO dates as partial as their source, ISO 3166
    alpha-2 countries in lower case). `lang` is an ISO 639-3 code or "". `original` is what the
    source wrote where that differs. `dataset` said it; `since` is the ISO date or time from which
    it has been said, or "".
    """

    text: str
    dataset: str = ""
    lang: str = ""
    original: str = ""
    since: str = ""


@dataclass(frozen=True, slots=True)
class Entity:
    """What is known about one subject.

    `properties` maps FollowTheMoney property names to values in the order of the source; the
    first name is the primary one. `weakAlias` holds names of low quality. `referents` are other
    ids that were merged into this one. `first_seen`, `last_seen` and `last_change` are ISO times.
    """

    id: str
    schema: str
    properties: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    datasets: tuple[str, ...] = ()
    referents: tuple[str, ...] = ()
    first_seen: str = ""
    last_seen: str = ""
    last_change: str = ""
    target: bool = True

    def texts(self, prop: str) -> tuple[str, ...]:
        """The values of a property as plain strings, in order."""
        return tuple(value.text for value in self.properties.get(prop, ()))

    def first(self, prop: str) -> str:
        """The first value of a property, or ""."""
        values = self.properties.get(prop, ())
        return values[0].text if values else ""

    @property
    def caption(self) -> str:
        """The name to show: the primary name, else any alias, else the id."""
        for prop in ("name", "alias", "weakAlias"):
            if values := self.properties.get(prop):
                return values[0].text
        return self.id

    def names(self) -> Iterator[tuple[str, Value]]:
        """Every name with the property that holds it: name, alias, previousName, weakAlias."""
        for prop in ("name", "alias", "previousName", "weakAlias"):
            for value in self.properties.get(prop, ()):
                yield prop, value
