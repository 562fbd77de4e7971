"""What we know of a list before reading it: publisher, address, expected size, ignored fields.

Cards are YAML files in `lists/cards/`. A field that a reader does not use must stand on the card
under `ignored` with the reason, or reading reports it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from taawun.errors import UsageError


@dataclass(frozen=True, slots=True)
class Card:
    """One source. `expected` bounds the number of entries; `ignored` maps fields to reasons.

    `programmes` maps the source's own programme codes to their names; `starts` are the strings
    that the beginning of such a file holds, by which a file in the wrong place is recognised.
    """

    source: str
    title: str
    title_ar: str
    publisher: str
    publisher_ar: str
    country: str
    page: str
    urls: tuple[str, ...]
    expected: tuple[int, int]
    starts: tuple[str, ...]
    ignored: Mapping[str, str]
    programmes: Mapping[str, str]


SOURCES = ("un", "eu", "uk", "ofac", "ftm", "csv")
_CARDS = ("un", "eu", "uk", "ofac", "ofac_advanced", "ftm", "csv")


@cache
def card(source: str) -> Card:
    """The card of a source; UsageError when there is no such source."""
    if source not in _CARDS:
        raise UsageError(f"unknown source {source!r}; known: {', '.join(SOURCES)}")
    text = files("taawun.lists").joinpath(f"cards/{source}.yml").read_text(encoding="utf-8")
    said = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return Card(
        source=source,
        title=said["title"]["en"],
        title_ar=said["title"]["ar"],
        publisher=said["publisher"]["en"],
        publisher_ar=said["publisher"]["ar"],
        country=said.get("country", ""),
        page=said.get("page", ""),
        urls=tuple(said.get("urls", ())),
        expected=(said["expected"]["least"], said["expected"]["most"]),
        starts=tuple(said["starts"]),
        ignored=said.get("ignored") or {},
        programmes=said.get("programmes") or {},
    )


def looks_like(beginning: bytes) -> str:
    """The source whose file begins like this, or "". Used to say what a misplaced file is."""
    text = beginning[:65_536].decode("utf-8-sig", errors="replace")
    for source in _CARDS:
        if any(start in text for start in card(source).starts):
            return source
    return ""
