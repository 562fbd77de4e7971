"""The book: every transfer that came in, opened as Parquet; a window of it as a network.

    book = open_book(home, store)
    book.window(since, until)               the network of a window
    book.transfers(references)              rows in TRANSFERS
    book.accounts(ids)                      rows in ACCOUNTS
    book.size, book.span

A book is what counted when it was opened; what comes in later is seen by the next one. Rows that
were corrected or reversed are left out unless they are asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from taawun.errors import UsageError
from taawun.jit import I64
from taawun.ledger import parts
from taawun.ledger.folder import Folder
from taawun.ledger.known import FACTS
from taawun.ledger.network import Network
from taawun.ledger.parts import ACCOUNTS_OF, PART, REGISTER, BookFile
from taawun.ledger.rates import Worth
from taawun.ledger.registered import files, worth
from taawun.ledger.schema import ACCOUNTS, TRANSFERS
from taawun.ledger.stored import Stored
from taawun.ledger.window import arranged, microseconds, ties_settled
from taawun.ledger.writing import Marks
from taawun.store import Store

ARRAYS = ("at", "source", "target", "value", "amount", "currency", "channel")
"""The columns of a part that a network is made of."""
ROW = 100
"""Bytes that a transfer of a window takes while it is made."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LONGEST_AGO, FARTHEST = -(2**62), 2**62


def open_book(home: Path, store: Store) -> Book:
    """The book as it is now. An empty one where nothing was imported."""
    with store.reading() as connection:
        return Book(Folder(home), files(connection), worth(connection))


class Book:
    """An open book. `files` are those that count; nothing here writes them."""

    def __init__(self, folder: Folder, held: Sequence[BookFile], valued: Worth) -> None:
        self.folder = folder
        self.files = tuple(held)
        self.worth = valued
        self.parts = tuple(
            sorted((f for f in held if f.kind == PART), key=lambda f: (f.first_at, f.name))
        )
        self.marks = Marks.of(folder, held)

    # What there is

    @property
    def size(self) -> int:
        """How many transfers count: those that were corrected or reversed do not."""
        marked = sum(len(self.marks.rows(part.name)[0]) for part in self.parts)
        return sum(part.rows for part in self.parts) - marked

    @property
    def span(self) -> tuple[datetime, datetime] | None:
        """When the first and the last transfer were; None for an empty book."""
        if not self.parts:
            return None
        first = min(part.first_at for part in self.parts)
        last = max(part.last_at for part in self.parts)
        return _moment(first), _moment(last)

    def count(self, mark: int) -> int:
        """How many rows are CORRECTED, or REVERSED."""
        return self.marks.count(mark)

    # A window

    def window(
        self,
        since: datetime | None = None,
        until: datetime | None = None,
        *,
        memory: int | None = None,
        withdrawn: bool = False,
    ) -> Network:
        """The network of transfers from `since` on and before `until`.

        Accounts are those of the window, numbered from 0 in the book's order. With `withdrawn`
        also what was corrected or reversed. Raises UsageError where the window would take more
        than `memory` bytes.
        """
        begin, end = _bounds(since, until)
        held = [part for part in self.parts if part.first_at < end and part.last_at >= begin]
        rows = sum(part.rows for part in held)
        if memory is not None and rows * ROW > memory:
            raise UsageError(
                f"the window has {rows} transfers and would take {rows * ROW // 2**20} MB;"
                f" {memory // 2**20} MB are allowed: narrow it, or allow more"
            )
        tables, places = self._read(held, begin, end, withdrawn)
        light = pa.concat_tables(tables).unify_dictionaries().combine_chunks()
        stored = Stored(self.folder, [part.name for part in held], *places)
        order = _order(light, stored)
        if order is not None:
            light = light.take(pa.array(order))
            stored = stored.ordered(order)
        return self._network(light, stored)

    def _read(
        self, held: Sequence[BookFile], begin: int, end: int, withdrawn: bool
    ) -> tuple[list[pa.Table], tuple[I64, list[I64 | None]]]:
        """The arrays' columns of each part; how many rows were taken of each, and which."""
        tables, counts = [_nothing()], [0]
        rows: list[I64 | None] = []
        for part in held:
            table = parts.read(self.folder / part.name, ARRAYS)
            keep = self._kept(part, table, begin, end, withdrawn)
            rows.append(keep)
            tables.append(table if keep is None else table.take(pa.array(keep)))
            counts.append(len(tables[-1]))
        return tables, (np.cumsum(counts), rows)

    def _kept(
        self, part: BookFile, table: pa.Table, begin: int, end: int, withdrawn: bool
    ) -> I64 | None:
        """The rows of a part that are in the window; None for all."""
        marked = self.marks.rows(part.name)[0] if not withdrawn else np.zeros(0, np.int64)
        if part.first_at >= begin and part.last_at < end and not len(marked):
            return None
        at = microseconds(table["at"])
        first, last = np.searchsorted(at, [begin, end])
        return np.setdiff1d(np.arange(first, last), marked, assume_unique=True)

    def _network(self, light: pa.Table, stored: Stored) -> Network:
        known = self._known()
        used = np.zeros(known.num_rows, bool)
        source, target = light["source"].to_numpy(), light["target"].to_numpy()
        used[source] = used[target] = True
        numbers = np.flatnonzero(used)
        if len(numbers) < len(used):
            dense = np.cumsum(used, dtype=np.int32) - np.int32(1)
            source, target = dense[source], dense[target]
            known = known.take(pa.array(numbers))
        return arranged(light, source, target, known, stored.named(known["account"]))

    # Accounts

    def _known(self) -> pa.Table:
        """What is known of all accounts, in order of their numbers; the register goes first."""
        held = [each for each in self.files if each.kind == ACCOUNTS_OF]
        if not held:
            return ACCOUNTS.empty_table()
        table = parts.read_all(self.folder / held[-1].name)
        said = {name: table[name] for name in ("account", *FACTS)}
        register = self.register()
        if not register.num_rows:
            return pa.table(said)
        ids = table["account"].cast(pa.string())
        place = pc.index_in(ids, value_set=register["account"].combine_chunks())
        for name in register.column_names[1:]:
            told = register[name].take(place)
            said[name] = pc.coalesce(told, said[name].cast(told.type)) if name in said else told
        return pa.table(said)

    def register(self) -> pa.Table:
        """What registers say of accounts (ACCOUNTS); also of those that never moved anything."""
        held = [each for each in self.files if each.kind == REGISTER]
        if not held:
            return ACCOUNTS.empty_table()
        return parts.read_all(self.folder / held[-1].name).cast(ACCOUNTS)

    def accounts(self, ids: Iterable[str] | None = None) -> pa.Table:
        """What is known of these accounts, or of all: rows in ACCOUNTS, in no given order."""
        known = self._known()
        columns = [
            known[f.name].cast(f.type) if f.name in known.column_names
            else pa.nulls(known.num_rows, f.type)
            for f in ACCOUNTS
        ]  # fmt: skip
        table = pa.table(columns, schema=ACCOUNTS)
        register = self.register()
        unmoved = pc.invert(pc.is_in(register["account"], table["account"].combine_chunks()))
        table = pa.concat_tables([table, register.filter(unmoved)])
        if ids is None:
            return table
        return table.filter(pc.is_in(table["account"], pa.array(list(ids), pa.string())))

    # Transfers

    def transfers(self, references: Iterable[str], *, withdrawn: bool = False) -> pa.Table:
        """The transfers of these references: rows in TRANSFERS, in order of time.

        A reference that is not there has no row.
        """
        wanted = pa.array(sorted(set(references)), pa.string())
        if not len(wanted):
            return TRANSFERS.empty_table()
        found = []
        for part in self.parts:
            rows = parts.read(self.folder / part.name, ["transfer"])
            met = pc.is_in(rows["transfer"], wanted).to_numpy(zero_copy_only=False)
            places = np.flatnonzero(met)
            if not withdrawn:
                places = np.setdiff1d(places, self.marks.rows(part.name)[0])
            if len(places):
                found.append(self._told(part, places))
        return pa.concat_tables([TRANSFERS.empty_table(), *found]).sort_by("at")

    def _told(self, part: BookFile, places: I64 | None) -> pa.Table:
        """Rows of a part in TRANSFERS, accounts by their ids."""
        table = parts.read(self.folder / part.name, TRANSFERS.names)
        if places is not None:
            table = table.take(pa.array(places))
        for end in ("source", "target"):
            ids = self._ids().take(table[end])
            table = table.set_column(table.column_names.index(end), end, ids)
        return table.cast(TRANSFERS)

    def _ids(self) -> pa.ChunkedArray:
        held = [each for each in self.files if each.kind == ACCOUNTS_OF]
        return parts.read(self.folder / held[-1].name, ["account"])["account"]

    def every(
        self,
        since: datetime | None = None,
        until: datetime | None = None,
        *,
        withdrawn: bool = False,
    ) -> Iterator[pa.Table]:
        """All transfers of a window as tables in TRANSFERS, a part at a time."""
        begin, end = _bounds(since, until)
        for part in self.parts:
            if part.first_at < end and part.last_at >= begin:
                at = parts.read(self.folder / part.name, ["at"])
                yield self._told(part, self._kept(part, at, begin, end, withdrawn))


def _bounds(since: datetime | None, until: datetime | None) -> tuple[int, int]:
    begin = _microseconds(since) if since is not None else LONGEST_AGO
    end = _microseconds(until) if until is not None else FARTHEST
    if begin >= end:
        raise UsageError(f"a window ends after it begins: from {since} to {until}")
    return begin, end


def _microseconds(at: datetime) -> int:
    if at.tzinfo is None:
        raise ValueError("a window is given by times with their zone")
    return (at - EPOCH) // timedelta(microseconds=1)


def _moment(microseconds: int) -> datetime:
    return EPOCH + timedelta(microseconds=microseconds)


def _nothing() -> pa.Table:
    schema = pa.schema([parts.PART_SCHEMA.field(name) for name in ARRAYS])
    return schema.empty_table()


def _order(light: pa.Table, stored: Stored) -> I64 | None:
    """Positions in order of time, ties by reference; None where they are already.

    Each part is in order already, so that references are looked at only where parts overlap.
    """
    if not stored.overlap(microseconds(light["at"])):
        return None
    time = microseconds(light["at"])
    order = np.argsort(time, kind="stable")
    return ties_settled(time[order], order, stored)
