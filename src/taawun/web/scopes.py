"""What the name in `/match/{dataset}` means: one list, or a collection of lists.

`default` is everything that is indexed; `sanctions` the lists that hold sanctioned entities. A
list of the same name as a collection is the list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from taawun.errors import NotFound
from taawun.screening.book import Book

COLLECTIONS = ("default", "sanctions")
OFFICIAL = frozenset({"un", "eu", "uk", "ofac"})
"""Sources whose every entry is sanctioned, whatever topics it carries."""


@dataclass(frozen=True, slots=True)
class Scopes:
    """Every name that a request may give, and the lists that it stands for."""

    members: Mapping[str, frozenset[str]]

    def lists(self, name: str) -> frozenset[str]:
        """The lists of a scope; NotFound for a name that is none."""
        try:
            return self.members[name]
        except KeyError:
            raise NotFound("No such dataset.") from None

    def narrowed(self, name: str, include: Iterable[str], exclude: Iterable[str]) -> frozenset[str]:
        """The lists of a scope that are in `include` (where it names any) and not in `exclude`.

        Both may name collections too; a name that is nothing here includes and excludes nothing.
        """
        kept = self.lists(name)
        if wanted := list(include):
            kept = kept & self._all(wanted)
        return kept - self._all(exclude)

    def _all(self, names: Iterable[str]) -> frozenset[str]:
        return frozenset().union(*(self.members.get(name, frozenset()) for name in names))


def scopes_of(book: Book, sources: Mapping[str, str]) -> Scopes:
    """The scopes of a book. `sources` maps the lists that are loaded to their sources."""
    lists = frozenset((*book.datasets, *sources))
    members = {"default": lists, "sanctions": _sanctioning(book, sources)}
    members.update({name: frozenset({name}) for name in lists})
    return Scopes(members)


def _sanctioning(book: Book, sources: Mapping[str, str]) -> frozenset[str]:
    """Lists from an official source, and lists with an entity whose topic says sanction."""
    topics = book.facets["topics"]
    sanctioned = topics.having([topic for topic in topics.values if topic.startswith("sanction")])
    counted = book.facets["datasets"].counts(np.flatnonzero(sanctioned), most=10_000)
    official = {name for name, source in sources.items() if source in OFFICIAL}
    return frozenset(name for name, _ in counted) | official
