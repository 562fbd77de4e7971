"""Customers in, lines of answers out: in this process, or in several that share the index.

for answered in answers(batches, asking, workers=2): …       in the order of the batches
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from taawun.errors import InputError, Problem
from taawun.screening import answer
from taawun.screening.customers import Customer
from taawun.screening.record import Counts
from taawun.screening.screener import Screener
from taawun.screening.subject import CUTOFF, MATCH_THRESHOLD, Hit, Screening, Subject

if TYPE_CHECKING:
    from concurrent.futures import Future

    from taawun.screening.judgements import Judged, Judgement

_AHEAD = 3
"""Batches that wait for each worker process."""
NOT_SCREENED = Screening((), 0, complete=False)


@dataclass(frozen=True, slots=True)
class Asking:
    """How customers are asked about: the same for every row, and known to every process.

    `judged` is the history of judgements on these customers, `at` the day on which they count.
    """

    folder: Path
    file: str
    at: datetime
    lang: str = "en"
    datasets: tuple[str, ...] = ()
    limit: int = 5
    threshold: float = MATCH_THRESHOLD
    cutoff: float = CUTOFF
    keep_columns: bool = False
    despite_errors: bool = False
    portfolio: bool = False
    judged: tuple[Judgement, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Answered:
    """One row's answer: its line, what it counts as, and what a portfolio keeps of it."""

    line: bytes
    counts: Counts
    kept: tuple[str, Subject, Screening] | None = None


class Answering:
    """Screens customers and writes their lines."""

    def __init__(self, asking: Asking, screener: Screener | None = None) -> None:
        self.asking = asking
        self.screener = screener or Screener.at(asking.folder)
        self._datasets = frozenset(asking.datasets) or None
        self._judged = self._judgements()

    def __call__(self, batch: Sequence[Customer]) -> list[Answered]:
        """The answers to a batch, in its order."""
        return [self._one(customer) for customer in batch]

    def _one(self, customer: Customer) -> Answered:
        asking = self.asking
        problems = list(customer.problems)
        if asking.portfolio and customer.id is None:
            problems.append(Problem("rows.no_id", asking.file, customer.line, "id"))
        found = NOT_SCREENED
        if not customer.unusable and (not problems or asking.despite_errors):
            found = self._screened(customer, problems)
        cleared = self._cleared(customer, found)
        hits = [hit for hit in found.hits if hit.entity not in cleared]
        line = answer.line(
            customer.row,
            customer.id,
            hits,
            answer.error(problems, asking.lang),
            asking.lang,
            customer.cells if asking.keep_columns else None,
            cleared,
        )
        counts = _counted(hits, problems, cleared)
        kept = None
        if asking.portfolio and customer.id is not None:
            kept = (str(customer.id), customer.subject, _bare(found))
        return Answered(line, counts, kept)

    def _screened(self, customer: Customer, problems: list[Problem]) -> Screening:
        asking = self.asking
        try:
            found = self.screener.screen(
                customer.subject,
                datasets=self._datasets,
                limit=asking.limit,
                threshold=asking.threshold,
                cutoff=asking.cutoff,
            )
        except InputError as error:
            problems += error.problems or (Problem("rows.refused", got=str(error)),)
            return NOT_SCREENED
        if not found.complete:
            problems.append(Problem("rows.incomplete", asking.file, customer.line))
        return found

    def _judgements(self) -> Judged | None:
        if not self.asking.judged:
            return None
        from taawun.screening.judgements import Judged

        return Judged.of(self.asking.judged, self.screener.canonical)

    def _cleared(self, customer: Customer, found: Screening) -> tuple[str, ...]:
        """Hits that an officer judged to be somebody else, where that still holds."""
        judged, id_ = self._judged, str(customer.id)
        if judged is None or id_ not in judged.latest:
            return ()
        return tuple(hit.entity for hit in found.hits if self._is_cleared(judged, customer, hit))

    def _is_cleared(self, judged: Judged, customer: Customer, hit: Hit) -> bool:
        from taawun.screening.material import of_entity, of_subject

        listed = self.screener.entity(hit.entity)
        if listed is None:
            return False
        known = of_subject(customer.subject)
        id_, at = str(customer.id), self.asking.at
        return judged.standing(id_, known, hit.entity, of_entity(listed), at).cleared


def _counted(hits: Sequence[Hit], problems: Sequence[Problem], cleared: Sequence[str]) -> Counts:
    if problems:
        return Counts(rows=1, errors=1, cleared=len(cleared))
    match = any(hit.match for hit in hits)
    near = bool(hits) and not match
    return Counts(rows=1, matches=int(match), near=int(near), cleared=len(cleared))


def _bare(found: Screening) -> Screening:
    """A screening without the evidence, which a portfolio does not keep."""
    hits = tuple(
        Hit(hit.entity, hit.dataset, hit.schema, hit.caption, hit.score, hit.match)
        for hit in found.hits
    )
    return Screening(hits, found.candidates, found.complete)


# Several processes


def answers(
    batches: Iterable[Sequence[Customer]],
    asking: Asking,
    workers: int = 1,
    screener: Screener | None = None,
) -> Iterator[list[Answered]]:
    """The answers to each batch, in the order of the batches, whoever worked on them.

    `screener` is the open index where this process has it already.
    """
    if workers <= 1:
        answering = Answering(asking, screener)
        for batch in batches:
            yield answering(batch)
        return
    yield from _shared_out(batches, asking, workers)


def _shared_out(
    batches: Iterable[Sequence[Customer]], asking: Asking, workers: int
) -> Iterator[list[Answered]]:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    waiting: deque[Future[list[Answered]]] = deque()
    pool = ProcessPoolExecutor(workers, get_context("spawn"), _begin, (asking,))
    try:
        for batch in batches:
            waiting.append(pool.submit(_work, batch))
            if len(waiting) >= _AHEAD * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


_answering: Answering | None = None


def _begin(asking: Asking) -> None:
    """In a worker process: open the index, and end when the process that asks ends."""
    global _answering
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _answering = Answering(asking)


def _end_with_parent() -> None:
    from multiprocessing import parent_process

    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _work(batch: Sequence[Customer]) -> list[Answered]:
    assert _answering is not None
    return _answering(batch)
