"""What `/catalog` says: every list that is served, the collections, and how fresh they are."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from taawun.lists.versions import ListVersion
from taawun.screening.words import country
from taawun.web import labels
from taawun.web.holding import Holding
from taawun.web.scopes import COLLECTIONS, OFFICIAL
from taawun.wording import say


def described(holding: Holding, now: Sequence[ListVersion], lang: str) -> dict[str, Any]:
    """The catalogue. `now` are the versions in force: a list that moved on is `outdated`."""
    counts = _counts(holding)
    newest = {each.dataset: each.version for each in now}
    lists = [_list(holding, name, newest, counts, lang) for name in sorted(_names(holding))]
    collections = [
        _collection(holding, name, lang) for name in COLLECTIONS if name not in _names(holding)
    ]
    loaded = [each for each in lists if each["load"]]
    outdated = [each["name"] for each in loaded if not each["index_current"]]
    outdated += sorted(newest.keys() - {each["name"] for each in lists})
    return {
        "datasets": [*collections, *lists],
        "current": [each["name"] for each in loaded if each["index_current"]],
        "outdated": outdated,
        "index_stale": bool(outdated),
    }


def etag(holding: Holding, now: Sequence[ListVersion], lang: str) -> str:
    """Changes when what the catalogue says changes."""
    said = "|".join([holding.etag, lang, *(f"{each.dataset}={each.version}" for each in now)])
    return f'"{hashlib.sha256(said.encode()).hexdigest()[:20]}"'


def _names(holding: Holding) -> frozenset[str]:
    return holding.scopes.lists("default")


def _counts(holding: Holding) -> dict[str, tuple[int, int]]:
    """For each list how many entities it has, and how many of them are things, not relations."""
    facet = holding.book.facets["datasets"]
    things = np.flatnonzero(holding.comparable("Thing"))
    every = dict(facet.counts(np.arange(holding.book.count), most=100_000))
    some = dict(facet.counts(things, most=100_000))
    return {name: (count, some.get(name, 0)) for name, count in every.items()}


def _list(
    holding: Holding,
    name: str,
    newest: dict[str, str],
    counts: dict[str, tuple[int, int]],
    lang: str,
) -> dict[str, Any]:
    held = next((each for each in holding.lists if each.dataset == name), None)
    source = held.source if held else ""
    entities, things = counts.get(name, (0, 0))
    version = held.version if held else None
    return {
        "name": name,
        "title": labels.title(name, source, lang),
        "summary": None,
        "url": _page(source),
        "version": newest.get(name, version),
        "updated_at": held.fetched_at if held else None,
        "last_export": (held.published or None) if held else None,
        "entity_count": entities,
        "thing_count": things,
        "publisher": _publisher(source, lang),
        "children": [],
        "tags": [],
        "load": held is not None,
        "index_version": version,
        "index_current": held is not None and newest.get(name) == version,
    }


def _collection(holding: Holding, name: str, lang: str) -> dict[str, Any]:
    members = holding.scopes.lists(name)
    having = holding.book.facets["datasets"].having(members)
    return {
        "name": name,
        "title": say(f"web.collection.{name}", lang),
        "summary": say(f"web.collection.{name}.summary", lang),
        "url": None,
        "version": holding.build,
        "updated_at": max((each.fetched_at for each in holding.lists), default=None),
        "last_export": None,
        "entity_count": int(having.sum()),
        "thing_count": int((having & holding.comparable("Thing")).sum()),
        "publisher": None,
        "children": sorted(members),
        "tags": [],
        "load": False,
        "index_version": holding.build,
        "index_current": True,
    }


def _page(source: str) -> str | None:
    card = labels.card_of(source)
    return card.page or None if card else None


def _publisher(source: str, lang: str) -> dict[str, Any] | None:
    card = labels.card_of(source)
    if card is None or not card.publisher:
        return None
    return {
        "name": card.publisher_ar if lang == "ar" else card.publisher,
        "url": card.page or None,
        "country": card.country or None,
        "country_label": country(card.country, lang) if card.country else None,
        "official": source in OFFICIAL,
    }
