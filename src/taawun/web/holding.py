"""What this process serves just now, and how it moves on when the index is rebuilt.

A `Holding` is one build of the index, opened, with what the catalogue says of it. Requests take
the holding that is in force when they begin and keep it to their end; a new build replaces it for
the requests that follow, and the old one is closed when the last that uses it has ended.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from taawun.entities import schemata
from taawun.errors import TaawunError, Unavailable
from taawun.lists.versions import ListVersion
from taawun.screening.book import Book
from taawun.screening.facets import Mask
from taawun.screening.screener import CURRENT, INDEX, Screener
from taawun.web.scopes import Scopes, scopes_of

LOOK_EVERY = 1.0


@dataclass(frozen=True, eq=False)
class Holding:
    """One build of the index, opened. `lists` are the versions in force when it was opened."""

    build: str
    screens: Screener
    lists: tuple[ListVersion, ...]
    scopes: Scopes
    _schemata: dict[str, Mask] = field(default_factory=dict)

    @property
    def book(self) -> Book:
        """The entities."""
        return self.screens.book

    @property
    def etag(self) -> str:
        """Changes when what the catalogue says changes."""
        said = "|".join([self.build, *(f"{each.dataset}={each.version}" for each in self.lists)])
        return f'"{hashlib.sha256(said.encode()).hexdigest()[:20]}"'

    def comparable(self, schema: str) -> Mask:
        """Which entities a query of that schema may be compared with.

        Those of the schema itself, of what inherits from it, and of the matchable schemata that
        it inherits from: a Person may be listed as a LegalEntity.
        """
        mask = self._schemata.get(schema)
        if mask is None:
            facet = self.book.facets["schema"]
            kept = [code for code, value in enumerate(facet.values) if _may_be(value, schema)]
            mask = self._schemata[schema] = facet.having_codes(kept)
        return mask


def _may_be(listed: str, asked: str) -> bool:
    if schemata.is_a(listed, asked):
        return True
    return schemata.is_a(asked, listed) and listed in schemata.matchable()


def hold(build: str, screens: Screener, lists: tuple[ListVersion, ...]) -> Holding:
    """A holding of what is opened already."""
    sources = {each.dataset: each.source for each in lists}
    return Holding(build, screens, lists, scopes_of(screens.book, sources))


class Shop:
    """Holds what is in force and looks for something newer. One for each process."""

    def __init__(self, home: Path, opener: Callable[[str], Holding]) -> None:
        self.home = home
        self._opener = opener
        self._now: Holding | None = None
        self._refused = ""

    def now(self) -> Holding:
        """What is in force. Raises Unavailable while there is no index."""
        if self._now is None:
            raise Unavailable("Index not ready.")
        return self._now

    @property
    def ready(self) -> bool:
        """Whether there is an index to serve from."""
        return self._now is not None

    def build_in_force(self) -> str:
        """The build that the home names now, or ""."""
        try:
            return (self.home / INDEX / CURRENT).read_text("utf-8").strip()
        except OSError:
            return ""

    def look(self) -> bool:
        """Open the build that the home names, when it is another; whether that happened.

        A build that cannot be opened is logged once and the one before is kept.
        """
        build = self.build_in_force()
        if not build or build == self._refused or (self._now and self._now.build == build):
            return False
        log = structlog.get_logger("taawun.web")
        try:
            self._now = self._opener(build)
        except TaawunError as problem:
            self._refused = build
            log.error("index.refused", build=build, problem=str(problem))
            return False
        log.info("index.opened", build=build, entities=self._now.book.count)
        return True

    async def watch(self, also: Callable[[], None]) -> None:
        """Look again and again, in a thread, and call `also` each time."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            await asyncio.to_thread(self.look)
            await asyncio.to_thread(also)
