"""How a file of transfers comes into the book, or does not.

    digest → read, in slabs → sift → write parts → marks, accounts → rename → one unit registers

Until the last step nothing that anybody reads has changed. Memory is bounded by the slab. The
reader, the sifting and the writing of parts run beside one another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
import pyarrow as pa

from taawun.errors import InputError, NotFound, Problem
from taawun.ledger import parts, sifting
from taawun.ledger.coding import coded
from taawun.ledger.folder import Folder
from taawun.ledger.known import Known
from taawun.ledger.numbering import Numbering
from taawun.ledger.parts import ACCOUNTS_OF, ACTS, MARKS, PART, PROBLEMS, BookFile
from taawun.ledger.rates import Worth
from taawun.ledger.readers import format_of, reader
from taawun.ledger.readers.columns import Columns
from taawun.ledger.registered import (
    Counts,
    ImportRow,
    files,
    imports,
    put_files,
    put_import,
    put_worth,
    worth,
)
from taawun.ledger.room import thrifty
from taawun.ledger.schema import Batch
from taawun.ledger.seen import Seen
from taawun.ledger.window import microseconds
from taawun.ledger.writing import ActsComing, Labels, Writing, Wrong
from taawun.store import Store

SLAB = 1 << 17
"""Rows sifted and written at a time, unless memory is short."""
ROW = 600
"""Bytes that a row of a slab takes on its way, with room to spare."""
SHOWN = 100
"""Problems kept in memory; all of them are in a file of the book."""
Tick = Callable[[int, float], None]
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for: this file, so read, now, by whom.

    `format` is told from the file where it is "". `labels` is where a labelled ledger's labels are
    written. `reference` sets the reference currency of a book that has none yet. `memory` is
    in bytes.
    """

    path: Path
    at: datetime
    actor: str
    format: str = ""
    columns: Columns | None = None
    labels: Path | None = None
    reference: str = ""
    memory: int = 1 << 30


@dataclass(frozen=True, slots=True)
class Arrived:
    """What came of an import. `number` is that of the import, `again` whether the same file was
    imported before (nothing was changed then). `problems` are the first ones; `waiting` counts
    acts whose original is not there yet. `reference` is the currency of values, `chosen` whether
    this import chose it.
    """

    number: int
    counts: Counts
    format: str
    problems: tuple[Problem, ...] = ()
    again: bool = False
    reference: str = ""
    chosen: bool = False
    labelled: int = 0


def bring(
    order: Order,
    store: Store,
    home: Path,
    *,
    tick: Tick = lambda rows, fraction: None,
) -> Arrived:
    """Import a file. Raises what reading raises; then nothing was changed.

    `tick` hears of the rows read and how much of the file that is (0..1).
    """
    name = order.format or format_of(str(order.path))
    columns = repr(order.columns) if order.columns is not None else ""
    read = reader(name, order.columns)
    folder = Folder(home)
    with folder.alone(), thrifty(), ThreadPoolExecutor(1) as beside:
        digest, size = beside.submit(_digest, order.path), _size(order.path)
        with store.reading() as connection:
            before, counting, held = imports(connection), files(connection), worth(connection)
        how = f"{name} {columns}".strip()
        same = (each for each in before if each.size == size and each.sha256 == digest.result())
        known = next((each for each in same if each.columns == how), None)
        if known is not None:
            return Arrived(known.number, known.counts, name, again=True, reference=held.currency)
        number = before[-1].number + 1 if before else 1
        with folder.staged(counting):
            work = _Import(order, folder, number, tuple(counting), held)
            work.run(read(str(order.path)), size, tick)
            row = ImportRow(
                number, order.path.name, digest.result(), size, name, how,
                order.at.isoformat(), order.actor, work.counts,
            )  # fmt: skip
            folder.keep(work.files)
            _register(store, order, row, work, counting)
    return work.arrived(name, held)


def _register(
    store: Store, order: Order, row: ImportRow, work: _Import, counting: Iterable[BookFile]
) -> None:
    """The one step that counts: the import, its files, its line in the journal."""
    old = [each.name for each in counting if each.kind == ACCOUNTS_OF]
    told = {name: getattr(row.counts, name) for name in Counts.__slots__}
    told |= {"format": row.format, "sha256": row.sha256, "size": row.size}
    with store.begin() as unit:
        put_import(unit, row)
        put_files(unit, work.files, old)
        if work.worth.currency:
            put_worth(unit, work.worth)
        unit.journal("ledger.imported", row.file, told, at=order.at, actor=order.actor)


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        raise NotFound(f"{path}: there is no such file") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        raise NotFound(f"{path}: there is no such file") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None


@dataclass(slots=True)
class _Import:
    """One import's work: everything is written under staging, `files` says what."""

    order: Order
    folder: Folder
    number: int
    counting: tuple[BookFile, ...]
    worth: Worth
    counts: Counts = field(default_factory=Counts)
    files: list[BookFile] = field(default_factory=list)
    shown: list[Problem] = field(default_factory=list)
    labelled: int = 0
    chosen: bool = False

    def run(self, batches: Iterator[Batch], size: int, tick: Tick) -> None:
        accounts = self._accounts()
        numbering = Numbering(accounts["account"].combine_chunks() if accounts else None)
        met, known = numbering.size, Known(accounts)
        acts = ActsComing(self.folder, self.counting, self.number)
        with ExitStack() as open_things:
            reading = open_things.enter_context(ThreadPoolExecutor(1))
            wrong = open_things.enter_context(Wrong(self._place(PROBLEMS), SHOWN))
            labels = open_things.enter_context(Labels(self.order.labels))
            into = open_things.enter_context(Writing(self.folder, self.number))
            seen = self._seen(into)
            for slab in self._slabs(batches, numbering, reading, wrong, size, tick):
                labels.add(slab)
                booked, acting = sifting.divided(slab)
                sifted = sifting.sift(booked, seen, numbering, self.order.path.name)
                wrong.add(sifted.conflicts)
                replaced, repeated = acts.add(acting)
                rows = pa.concat_tables([sifted.rows, replaced])
                known.learn(rows, numbering.size)
                into.add(rows, self._valued(rows))
                self._count(
                    transfers=len(rows),
                    repeats=sifted.repeats + repeated,
                    conflicts=len(sifted.conflicts),
                    to_self=int(np.sum(rows["source"].to_numpy() == rows["target"].to_numpy())),
                )
            wrong.add(acts.problems(into, self.order.path.name))
        self.files += into.files
        self._keep(ACCOUNTS_OF, known.table(numbering.ids()))
        self._finish(wrong, acts, into, labels, numbering.size - met)

    def _finish(
        self, wrong: Wrong, acts: ActsComing, into: Writing, labels: Labels, accounts: int
    ) -> None:
        """What is known only when all rows came: acts, marks, problems."""
        if len(acts.came):
            self._keep(ACTS, acts.came)
        marks = acts.marks(into)
        if len(marks):
            self._keep(MARKS, marks)
        if wrong.count:
            self.files.append(BookFile(self._name(PROBLEMS), PROBLEMS, self.number, wrong.count))
        self.shown, self.labelled = wrong.first, labels.count
        self._count(accounts=accounts, problems=wrong.count, **acts.counts())

    # Reading

    def _slabs(
        self,
        batches: Iterator[Batch],
        numbering: Numbering,
        reading: ThreadPoolExecutor,
        wrong: Wrong,
        size: int,
        tick: Tick,
    ) -> Iterator[pa.Table]:
        """Prepared rows, a slab at a time; the next batch is read and its accounts are numbered
        while this one is used."""
        name, held, rows = self.order.path.name, [], 0
        most = min(SLAB, max(1 << 14, self.order.memory // ROW))
        each = (sifting.prepared(read, numbering, self.order.at, name) for read in batches)
        for batch in _ahead(each, reading):
            wrong.add(batch.problems)
            good = len(batch.table)
            self._count(rows=batch.rows, bad=batch.rows - good)
            tick(self.counts.rows, min(1.0, batch.read / max(size, 1)))
            held.append(batch.table)
            rows += good
            if rows >= most:
                yield _joined(held)
                held, rows = [], 0
        if held:
            yield _joined(held)

    def _seen(self, into: Writing) -> Seen:
        """What is in the book and in this import so far."""
        held = [each for each in self.counting if each.kind == PART]
        before = [partial(parts.read, self.folder / each.name) for each in held]
        rows = sum(each.rows for each in held)
        return Seen(before, rows, into.readers, self.order.memory // 2)

    def _accounts(self) -> pa.Table | None:
        found = [each for each in self.counting if each.kind == ACCOUNTS_OF]
        return parts.read_all(self.folder / found[-1].name) if found else None

    def _count(self, **more: int) -> None:
        now = {name: getattr(self.counts, name) + count for name, count in more.items()}
        self.counts = replace(self.counts, **now)

    def _keep(self, kind: str, table: pa.Table) -> None:
        """Write one file of this import and say that it is there."""
        parts.write(table, self._place(kind))
        self.files.append(BookFile(self._name(kind), kind, self.number, table.num_rows))

    def _name(self, kind: str) -> str:
        return f"{kind}/{self.number:06}.parquet"

    def _place(self, kind: str) -> Path:
        return self.folder.staging / self._name(kind)

    def _valued(self, rows: pa.Table) -> pa.Array:
        """The values of rows; the first rows of a book choose its reference currency."""
        if not self.worth.currency and len(rows):
            self._choose(rows)
        value = self.worth.of(rows["amount"].to_numpy(), rows["currency"], microseconds(rows["at"]))
        self._count(values=len(value) - value.null_count)
        return value

    def _choose(self, rows: pa.Table) -> None:
        found = coded(rows["currency"])
        often = np.bincount(found.places, minlength=len(found.words))
        self.chosen = not self.order.reference
        code = self.order.reference or found.words[int(often.argmax())]
        self.worth = replace(self.worth, currency=code)

    def arrived(self, name: str, held: Worth) -> Arrived:
        return Arrived(
            self.number,
            self.counts,
            name,
            tuple(self.shown),
            reference=self.worth.currency,
            chosen=self.chosen and not held.currency,
            labelled=self.labelled,
        )


def _ahead(items: Iterator[Item], pool: ThreadPoolExecutor) -> Iterator[Item]:
    """The items, the next one being made in another thread."""
    coming: Future[Item | None] = pool.submit(next, items, None)
    while (item := coming.result()) is not None:
        coming = pool.submit(next, items, None)
        yield item


def _joined(tables: list[pa.Table]) -> pa.Table:
    """Tables as one, each column in one piece."""
    if len(tables) == 1:
        return tables[0]
    return pa.concat_tables(tables).unify_dictionaries().combine_chunks()
