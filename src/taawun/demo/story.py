"""The demonstration step by step, each step a call that gives back what happened.

    story = Story(store, home, actor="…")
    story.bring(at)                 the made-up lists come into force
    story.index(at)                 what screening searches is built
    story.screen(at)                300 customers are screened and kept as a portfolio
    story.read("ar")                which listed names a report mentions
    story.update(at)                a list changes; whom it touches is screened again
    story.journal()                 the journal of all of it is checked

It takes an empty home: a demonstration never mixes with real lists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path

from taawun.demo import shipped
from taawun.demo.shipped import Customer
from taawun.errors import UsageError
from taawun.lists.registry import Lists, Update
from taawun.screening import portfolio, rescreen, runs
from taawun.screening.build import rebuild
from taawun.screening.rescreen import Rescreening
from taawun.screening.runs import Question
from taawun.screening.screener import Screener
from taawun.screening.subject import MATCH_THRESHOLD, Screening
from taawun.screening.text import Mention, TextScreener
from taawun.store import Store
from taawun.store.journal import JournalReport, verify

PORTFOLIO = "demo"
ENOUGH_HITS = 10  # a person on five lists, and a namesake or two
NEAR = 0.02  # low, so that the namesakes who were told apart are shown too
_BATCH = 100


@dataclass(frozen=True, slots=True)
class Screened:
    """A customer and what the lists say."""

    customer: Customer
    screening: Screening

    @property
    def score(self) -> float:
        """The best hit's score; 0 without one."""
        return self.screening.hits[0].score if self.screening.hits else 0.0

    @property
    def listed(self) -> bool:
        """Whether the best hit is a match."""
        return bool(self.screening.hits) and self.screening.hits[0].match


@dataclass(slots=True)
class Story:
    """A demonstration in an empty home."""

    store: Store
    home: Path
    actor: str
    lists: Lists = field(init=False)

    def __post_init__(self) -> None:
        self.lists = Lists(self.store, self.home)
        if self.lists.current():
            raise UsageError(f"{self.home}: has lists already; a demonstration wants an empty home")

    def bring(self, at: datetime) -> Iterator[Update]:
        """Each made-up list comes into force."""
        for made_up in shipped.LISTS:
            yield self._add(made_up, at)

    def index(self, at: datetime) -> None:
        """Build what screening searches, of the lists in force."""
        rebuild(self.store, self.home, at)

    def screen(
        self, at: datetime, tick: Callable[[int], None] = lambda done: None
    ) -> list[Screened]:
        """Screen every customer and keep the answers; best first. `tick` is told of each."""
        screener = Screener.open(self.home)
        question = Question(threshold=MATCH_THRESHOLD, cutoff=NEAR, limit=ENOUGH_HITS)
        with self.store.begin() as unit:
            run = runs.begin(
                unit,
                PORTFOLIO,
                "file",
                versions=self._in_force(),
                question=question,
                scope="all",
                at=at,
                actor=self.actor,
            )
        done: list[Screened] = []
        everybody = shipped.customers()
        for batch in iter(lambda: list(islice(everybody, _BATCH)), []):
            answers = []
            for customer in batch:
                answers.append(Screened(customer, _asked(screener, customer)))
                tick(1)
            with self.store.begin() as unit:
                found = [(a.customer.id, a.customer.subject, a.screening) for a in answers]
                portfolio.keep(unit, run, found, at=at)
            done += answers
        with self.store.begin() as unit:
            portfolio.close(unit, run, at=at, actor=self.actor)
        return sorted(done, key=lambda each: (-each.score, each.customer.id))

    def read(self, language: str) -> list[tuple[Mention, ...]]:
        """Whom the report in a language mentions: for each place, who it may be, best first."""
        found = TextScreener.open(self.home).mentions(shipped.report(language))
        places: dict[tuple[int, int], list[Mention]] = {}
        for mention in found:
            if mention.match:
                places.setdefault((mention.start, mention.end), []).append(mention)
        return [tuple(mentions) for mentions in places.values()]

    def update(self, at: datetime) -> tuple[Update, Rescreening]:
        """A list changes: its new version comes into force, whom it touches is screened again."""
        before = self._in_force()
        done = self._add(shipped.UPDATE, at)
        self.index(at)
        now = self._in_force()
        touch = rescreen.touched(self.lists, before, now)
        screener = Screener.open(self.home)
        again = rescreen.rescreen(
            self.store, screener, PORTFOLIO, touch, versions=now, at=at, actor=self.actor
        )
        return done, again

    def journal(self) -> JournalReport:
        """Check the journal of everything that was done."""
        with self.store.reading() as connection:
            return verify(connection, self.home)

    def _add(self, made_up: shipped.MadeUpList, at: datetime) -> Update:
        return self.lists.add(made_up.source, made_up.path, at=at, actor=self.actor)

    def _in_force(self) -> dict[str, str]:
        return {version.dataset: version.version for version in self.lists.current()}


def _asked(screener: Screener, customer: Customer) -> Screening:
    return screener.screen(customer.subject, limit=ENOUGH_HITS, cutoff=NEAR)
