"""A file of customers screened: every row answered, in order, however often it is interrupted.

    job = Job(Path("customers.csv"), Path("answers.jsonl"))
    done = screen_file(job, home, store, at=now, actor="ana")      done.counts, done.lists

Answers are appended in whole lines and forced to disk batch by batch. Killed at any moment and
called again, it cuts off a half-written line and goes on at the next row; it refuses to go on when
the input, the lists or the options are not the same. With `keep`, the customers become a portfolio
that is watched (`rescreen.py`), and what officers cleared is left out and named.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING

import orjson

from taawun.errors import Conflict, InputError, Problem, StoreError, UsageError
from taawun.screening import answer, record, rows, table_out
from taawun.screening.answering import Answered, Asking, answers
from taawun.screening.columns import NOTHING, Columns, resolve
from taawun.screening.customers import Customer, CustomerReader
from taawun.screening.record import Counts, Record
from taawun.screening.rows import Table
from taawun.screening.screener import Screener, folder_in_force
from taawun.screening.subject import CUTOFF, MATCH_THRESHOLD
from taawun.store import Store
from taawun.store.locking import lock

if TYPE_CHECKING:
    from taawun.screening.judgements import Judgement
    from taawun.screening.runs import Question, Run
    from taawun.store import Unit

BATCH = 250
"""Rows between two writes: what a kill can cost."""
TABLES = (".csv", ".parquet")
Tick = Callable[[Counts, float], None]


@dataclass(frozen=True, slots=True)
class Job:
    """What is asked for. `out` ending in .csv or .parquet has the input's columns and the results.

    `keep` names the portfolio that the customers become; `cleared` shows what was judged to be
    somebody else all the same. `despite_errors` screens rows whose date, country, gender or kind
    cannot be read, without it; the error stays.
    """

    source: Path
    out: Path
    columns: Columns = NOTHING
    guess: bool = True
    encoding: str = ""
    lang: str = "en"
    datasets: tuple[str, ...] = ()
    limit: int = 5
    threshold: float = MATCH_THRESHOLD
    cutoff: float = CUTOFF
    keep: str = ""
    cleared: bool = False
    keep_columns: bool = False
    despite_errors: bool = False
    workers: int = 1


@dataclass(frozen=True, slots=True)
class Done:
    """What came of it. `resumed` rows were there already; all of them when nothing was left."""

    counts: Counts
    lists: dict[str, str]
    resumed: int


def opened(job: Job) -> tuple[Job, Table]:
    """The input opened, its columns settled: the job as it will be done. Nothing is written.

    Raises NotFound, InputError where the file cannot be read or its columns are not settled,
    UsageError where the output cannot be meant.
    """
    if job.out.absolute() == job.source.absolute() or (
        job.out.exists() and job.source.exists() and job.out.samefile(job.source)
    ):
        raise UsageError(f"{job.out}: the answers cannot be written over the customers")
    if job.out.is_dir() or not job.out.absolute().parent.is_dir():
        raise UsageError(f"{job.out}: no folder to write this file into")
    table = rows.table(job.source, job.encoding)
    columns = resolve(job.columns, table.columns, guess=job.guess)
    return replace(job, columns=columns), table


def screen_file(
    job: Job,
    home: Path,
    store: Store,
    *,
    at: datetime,
    actor: str,
    restart: bool = False,
    tick: Tick = lambda counts, fraction: None,
) -> Done:
    """Screen a file; goes on where an earlier call was interrupted.

    `tick` hears of the rows done and how much of the input that is (0..1). Raises what `opened`
    does, NotFound without an index, Conflict where `out` holds something else, or another process
    is writing it, StoreError where it cannot be written.
    """
    job, table = opened(job)
    folder = folder_in_force(home)
    screener = Screener.at(folder)  # before anything is written: it may not be of this version
    wanted = _record(job, folder, at)
    path = _answers(job.out)
    with _alone(path):
        done = _kept_answers(job.out, path, wanted, restart)
        if done.record.ended_at:
            if path != job.out:
                path.unlink()
            return Done(done.record.counts, dict(done.record.lists), done.record.counts.rows)
        writing = _Writing(job, table, screener, folder, done, store, at, actor)
        counts = writing.run(path, tick)
        if path != job.out:
            table_out.write(table, path, job.out)
        _journal(store, done.record, counts, at, actor)
        record.write(job.out, done.record.ended(_iso(at), counts))
        if path != job.out:
            path.unlink()
    return Done(counts, dict(done.record.lists), done.counts.rows)


# What is there already


@dataclass(frozen=True, slots=True)
class _Kept:
    """The record of this run, the answers that an earlier call left, and where they end."""

    record: Record
    counts: Counts
    end: int


def _answers(out: Path) -> Path:
    """Where lines are written: the output itself, or beside one that is a table."""
    return out.with_name(out.name + ".answers.jsonl") if out.suffix.lower() in TABLES else out


def _record(job: Job, folder: Path, at: datetime) -> Record:
    names = ("datasets", "limit", "threshold", "cutoff", "lang", "keep", "cleared")
    options = {name: getattr(job, name) for name in (*names, "keep_columns", "despite_errors")}
    options["columns"] = job.columns.shown()
    try:
        given = record.digest(job.source)
    except OSError as error:
        raise InputError(f"{job.source}: cannot be read: {error.strerror}") from None
    lists = {
        name: version
        for name, version in record.built_from(folder).items()
        if not job.datasets or name in job.datasets
    }
    if unknown := [name for name in job.datasets if name not in lists]:
        raise UsageError(f"no list {unknown[0]!r} is in force")
    return Record(given, lists, options, _iso(at))


def _kept_answers(out: Path, path: Path, wanted: Record, restart: bool) -> _Kept:
    """Go on with what is there, or begin; the record is on disk before the first answer."""
    if not restart:
        before = record.read(out)
        there = any(each.exists() and each.stat().st_size for each in {out, path})
        if before is None and there:
            raise Conflict(f"{out}: is there already; use --restart to write over it")
        if before is not None and there:
            if differs := before.differs(wanted):
                raise Conflict(
                    f"{out}: was begun with other {differs}; use --restart to begin anew"
                )
            if before.ended_at:
                return _Kept(before, before.counts, 0)
            return _Kept(before, *record.whole_lines(path))
    for old in {out, path}:
        if old.exists():
            os.truncate(old, 0)
    record.write(out, wanted)
    return _Kept(wanted, Counts(), 0)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One process writes an output; the system lets go when it ends, however."""
    try:
        file = path.open("ab")
    except OSError as error:
        raise StoreError(f"{path}: cannot be written: {error.strerror}") from error
    with file:
        if not lock(file.fileno(), path):
            raise Conflict(f"{path}: another process is writing it")
        yield


# Writing


@dataclass(slots=True)
class _Writing:
    """One call's work: the rows that have no answer yet."""

    job: Job
    table: Table
    screener: Screener
    folder: Path
    done: _Kept
    store: Store
    at: datetime
    actor: str

    def run(self, path: Path, tick: Tick) -> Counts:
        keeping = _Keeping(self) if self.job.keep else None
        counts = self.done.counts
        asking, workers = self._asking(), self.job.workers
        with _at_its_end(path, self.done.end) as file:
            for batch in answers(self._batches(), asking, workers, self.screener):
                answered = keeping(batch) if keeping else batch
                _append(path, file, answered)
                for each in answered:
                    counts += each.counts
                tick(counts, self.table.fraction())
        if keeping:
            keeping.close()
        return counts

    def _batches(self) -> Iterator[list[Customer]]:
        read = CustomerReader(self.job.columns, self.job.source.name)
        left = islice(self.table.rows(), self.done.counts.rows, None)
        yield from iter(lambda: [read(raw) for raw in islice(left, BATCH)], [])

    def _asking(self) -> Asking:
        job = self.job
        return Asking(
            self.folder,
            job.source.name,
            self.at,
            lang=job.lang,
            datasets=job.datasets,
            limit=job.limit,
            threshold=job.threshold,
            cutoff=job.cutoff,
            keep_columns=job.keep_columns,
            despite_errors=job.despite_errors,
            portfolio=bool(job.keep),
            judged=self._judged(),
        )

    def _judged(self) -> tuple[Judgement, ...]:
        if not self.job.keep or self.job.cleared:
            return ()
        from taawun.screening.judgements import history

        with self.store.reading() as connection:
            return tuple(history(connection, portfolio=self.job.keep))


@contextmanager
def _at_its_end(path: Path, end: int) -> Iterator[IO[bytes]]:
    """The file of answers, what comes after its last whole line cut off."""
    with path.open("r+b", buffering=0) as file:
        with _unwritable(path):
            file.truncate(end)
            file.seek(end)
            os.fsync(file.fileno())
        yield file


def _append(path: Path, file: IO[bytes], answered: Iterable[Answered]) -> None:
    """Whole lines, on disk before the next batch begins."""
    left = memoryview(b"".join(each.line for each in answered))
    with _unwritable(path):
        while left:
            left = left[file.write(left) :]
        os.fsync(file.fileno())


@contextmanager
def _unwritable(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError(f"{path}: cannot be written: {error.strerror}") from error


class _Keeping:
    """Keeps what is found as a portfolio, a batch before its lines are written.

    A batch that was kept and whose lines a kill lost is kept again when the run goes on, which
    changes nothing.
    """

    def __init__(self, writing: _Writing) -> None:
        from taawun.screening import portfolio

        self._portfolio = portfolio
        self._work = writing
        with writing.store.begin() as unit:
            self._run = self._goes_on(unit) if writing.done.counts.rows else self._begins(unit)

    def _goes_on(self, unit: Unit) -> Run | None:
        """The run that was interrupted; None where it was closed and only its record is missing.

        Another run must not take its place: at its close everybody would leave the portfolio.
        """
        from taawun.screening import runs

        work = self._work
        left = runs.unfinished(unit.connection, work.job.keep, "file")
        same = left is not None and (left.versions, left.question) == (
            record.built_from(work.folder),
            self._question(),
        )
        return left if same else None

    def _begins(self, unit: Unit) -> Run:
        """A new run; what another file left unfinished is not gone on with."""
        from taawun.screening import runs

        work = self._work
        left = runs.unfinished(unit.connection, work.job.keep, "file")
        if left is not None:
            runs.end(unit, left, "abandoned", work.at)
        return runs.begin(
            unit,
            work.job.keep,
            "file",
            versions=record.built_from(work.folder),
            question=self._question(),
            scope="all",
            at=work.at,
            actor=work.actor,
        )

    def _question(self) -> Question:
        from taawun.screening.runs import Question

        job = self._work.job
        return Question(job.datasets, job.limit, job.threshold, job.cutoff)

    def __call__(self, batch: list[Answered]) -> list[Answered]:
        """Keep a batch; a customer that stands twice with different data is an error of its row."""
        if self._run is None:
            raise Conflict(
                f"portfolio {self._work.job.keep!r} was screened anew since; use --restart"
            )
        found = [each.kept for each in batch if each.kept is not None]
        with self._work.store.begin() as unit:
            problems = self._portfolio.keep(unit, self._run, found, at=self._work.at)
        for problem in problems:
            place = max(
                at
                for at, each in enumerate(batch)
                if each.kept and each.kept[0][:80] == problem.got
            )
            batch[place] = self._with_error(batch[place], problem)
        return batch

    def close(self) -> None:
        """Everybody was kept; who was not in the file leaves the portfolio."""
        if self._run is None:
            return
        with self._work.store.begin() as unit:
            self._portfolio.close(unit, self._run, at=self._work.at, actor=self._work.actor)

    def _with_error(self, answered: Answered, problem: Problem) -> Answered:
        said = orjson.loads(answered.line)
        placed = replace(problem, file=self._work.job.source.name, field="id")
        wrong = answer.error([placed], self._work.job.lang)
        said["error"] = "; ".join(filter(None, (said["error"], wrong)))
        line = orjson.dumps(said, option=orjson.OPT_APPEND_NEWLINE)
        return Answered(line, record.of_answer(said))


def _journal(store: Store, done: Record, counts: Counts, at: datetime, actor: str) -> None:
    """What was screened against what, in counts: no names."""
    given = {name: done.input[name] for name in ("bytes", "sha256")}
    told = {**asdict(counts), "clear": counts.clear, "lists": dict(done.lists), "input": given}
    with store.begin() as unit:
        unit.journal("file.screened", str(done.input["file"]), told, at=at, actor=actor)


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
