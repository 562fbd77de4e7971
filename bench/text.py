"""Documents read for listed names: speed by language, recall and precision on made-up news.

    python -m bench.text [--json PATH]

News is made up, listed names from the real lists are put into it, and so are made-up customers who
are on no list. A listed name counts as found where a mention of any entry with that name begins in
it; a customer counts as a false alarm where a mention that is a match begins in one.
"""

from __future__ import annotations

import random
import time
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.ground import full_home
from bench.names.customers import customers
from bench.newsroom import SCRIPTS, text
from bench.report import Outcome, main
from bench.scoring import script
from bench.speed import MEGA, TEXT_MBS

SIZE, WARM = 8_000_000, 1_000_000
RECALL, FALSE_ALARMS = 0.97, 0.01
EVERY = 7  # every so many-th listed person is put into the news


@dataclass(frozen=True, slots=True)
class Count:
    """Of so many names put into the news, how many were mentioned."""

    places: int
    found: int

    @property
    def share(self) -> float:
        return self.found / self.places if self.places else 0.0


def listed(home: Path) -> dict[str, list[str]]:
    """Names of persons on the real lists, by script, of two to five words."""
    from taawun.screening.screener import Screener

    names: dict[str, list[str]] = {}
    for entity in Screener.open(home).book:
        if entity.schema == "Person":
            for name in (value.text for prop, value in entity.names() if prop != "weakAlias"):
                if 2 <= len(name.split()) <= 5 and "," not in name:
                    names.setdefault(script(name), []).append(name)
    return {key: some[::EVERY] for key, some in names.items()}


def unlisted(count: int) -> dict[str, list[str]]:
    """Names of made-up customers, by script."""
    names: dict[str, list[str]] = {}
    for each in customers(count):
        if each.kind == "person":
            names.setdefault(script(each.name), []).append(each.name)
    return names


def counted(news: str, names: Sequence[str], starts: Sequence[int]) -> Count:
    """How many places of these names have a mention that begins in them."""
    places = found = 0
    for name in dict.fromkeys(names):
        at = news.find(name)
        while at >= 0:
            places += 1
            near = bisect_left(starts, at)
            found += near < len(starts) and starts[near] < at + len(name)
            at = news.find(name, at + len(name))
    return Count(places, found)


def speed(outcome: Outcome, screener: object, names: Mapping[str, Sequence[str]]) -> None:
    """Megabytes a second in this process, once it is warm, for each language and for all."""
    rows = []
    for lang in ("", *SCRIPTS):
        pool = {key: some for key, some in names.items() if not lang or key == SCRIPTS[lang]}
        news = text(SIZE, pool)
        screener.mentions(text(WARM, pool, seed=5))  # type: ignore[attr-defined]
        began = time.process_time()
        found = screener.mentions(news)  # type: ignore[attr-defined]
        seconds = time.process_time() - began
        rate = len(news.encode()) / MEGA / seconds
        rows.append((lang or "all", len(news.encode()) / MEGA, rate, len(found)))
        if not lang:
            claim = "a document in three languages, megabytes a second on one core"
            outcome.want(claim, f">= {TEXT_MBS:g}", f"{rate:.1f}", rate >= TEXT_MBS)
    columns = ("names in", "megabytes", "MB a second", "mentions")
    outcome.table("speed", columns, rows)


def run(outcome: Outcome) -> None:
    """Measures with all four lists loaded."""
    from taawun.screening.text import TextScreener

    home = full_home()
    screener = TextScreener.open(home)
    known, nobody = listed(home), unlisted(4000)
    rows = []
    for lang, letters in SCRIPTS.items():
        pool = {letters: random.Random(7).sample(known[letters], min(400, len(known[letters])))}
        news = text(3_000_000, pool)
        starts = [each.start for each in screener.mentions(news)]
        count = counted(news, pool[letters], sorted(starts))
        clean = {letters: nobody.get(letters, [])}
        calm = text(3_000_000, clean)
        wrong = sorted(each.start for each in screener.mentions(calm) if each.match)
        alarms = counted(calm, clean[letters], wrong)
        rows.append((lang, count.places, count.share, alarms.places, alarms.share, len(wrong)))
    columns = (
        "language",
        "listed names put in",
        "found",
        "others put in",
        "taken for listed",
        "alarms",
    )
    outcome.table("found in made-up news", columns, rows)
    least = min(float(row[2]) for row in rows)
    outcome.want("listed names found", f">= {RECALL:.0%}", f"{least:.1%}", least >= RECALL)
    speed(
        outcome,
        screener,
        {key: [*known.get(key, []), *nobody.get(key, [])] for key in SCRIPTS.values()},
    )


if __name__ == "__main__":
    main("text", run)
