"""What an import writes under staging: parts, problems, labels; and the acts that it brings.

Parts are written by a thread of their own, a slab behind the one that is sifted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from types import TracebackType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from taawun.errors import Problem, StoreError
from taawun.jit import I64, U8, U64
from taawun.ledger import parts, sifting
from taawun.ledger.acts import Acts, Marking, came, digests, new_acts
from taawun.ledger.folder import Folder
from taawun.ledger.parts import ACTS, ACTS_SCHEMA, MARKS, MARKS_SCHEMA, PART, BookFile
from taawun.ledger.reversals import Reversals
from taawun.ledger.schema import REVERSAL
from taawun.ledger.window import in_order, microseconds

AHEAD = 2
"""Parts that may wait to be written."""
LABELS_SCHEMA = pa.schema([("transfer", pa.string()), ("label", pa.int8())])


class Writing:
    """The parts of one import. Their keys stay in memory: later slabs are compared with them."""

    def __init__(self, folder: Folder, number: int) -> None:
        self.files: list[BookFile] = []
        self._folder, self._number = folder, number
        self._keys: list[U64] = []
        self._coming: list[Future[None]] = []
        self._pool = ThreadPoolExecutor(1)

    def __enter__(self) -> Writing:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._pool.shutdown(cancel_futures=kind is not None)
        if kind is None:
            self._wait(0)

    def add(self, rows: pa.Table, value: pa.Array) -> None:
        """Write rows as parts, in order of time and reference."""
        self._coming.append(self._pool.submit(self._write, rows, value))
        self._wait(AHEAD)

    def _write(self, rows: pa.Table, value: pa.Array) -> None:
        order = in_order(rows["at"], rows["transfer"])
        rows = sifting.as_part(rows, value)
        if order is not None:
            rows = pc.take(rows, pa.array(order), boundscheck=False)
        at = microseconds(rows["at"])
        for month, first, end in parts.months(at):
            part = rows.slice(first, end - first)
            name = f"{PART}/{month}/{self._number:06}-{len(self.files):05}.parquet"
            span = int(at[first]), int(at[end - 1])
            self._keys.append(part["key"].to_numpy())
            self.files.append(BookFile(name, PART, self._number, end - first, *span))
            parts.write(part, self._folder.staging / name)

    def _wait(self, left: int) -> None:
        """Until no more than `left` parts wait; raises what writing raised."""
        while len(self._coming) > left:
            self._coming.pop(0).result()

    def written(self) -> list[BookFile]:
        """All parts so far, when the last of them is written."""
        self._wait(0)
        return self.files

    def readers(self) -> Iterator[Callable[[list[str]], pa.Table]]:
        """What reads columns of each part so far; keys need no file."""
        for place in range(len(self.written())):
            yield partial(self.read, place)

    def read(self, place: int, columns: list[str]) -> pa.Table:
        """Columns of one part."""
        if columns == ["key"]:
            return pa.table({"key": self._keys[place]})
        self._wait(0)
        return parts.read(self._folder.staging / self.files[place].name, columns)


class ActsComing:
    """The acts of one import beside all those that came before."""

    def __init__(self, folder: Folder, counting: Iterable[BookFile], number: int) -> None:
        self.came = ACTS_SCHEMA.empty_table()
        self._folder, self._number = folder, number
        self._counting = tuple(counting)
        before = [each for each in self._counting if each.kind == ACTS]
        tables = [parts.read_all(folder / each.name).cast(ACTS_SCHEMA) for each in before]
        self._before = pa.concat_tables([ACTS_SCHEMA.empty_table(), *tables])
        self._order = [
            came(each.number or 0, table["line"].to_numpy())
            for each, table in zip(before, tables, strict=True)
        ]
        self._digests = digests(self._before)

    def add(self, acting: pa.Table) -> tuple[pa.Table, int]:
        """The rows that new corrections bring, and how many acts were there already."""
        if not len(acting):
            return acting, 0
        acts = acting.select(ACTS_SCHEMA.names).cast(ACTS_SCHEMA)
        fresh = new_acts(acts, self._digests)
        mask = pa.array(fresh)
        self.came = pa.concat_tables([self.came, acts.filter(mask)])
        self._digests = np.concatenate([self._digests, digests(acts.filter(mask))])
        return sifting.corrections(acting.filter(mask)), int((~fresh).sum())

    def counts(self) -> dict[str, int]:
        """How many corrections and reversals came."""
        reversals = pc.sum(pc.equal(self.came["act"], REVERSAL)).as_py() or 0
        return {"corrections": len(self.came) - reversals, "reversals": reversals}

    def problems(self, into: Writing, file: str) -> tuple[Problem, ...]:
        """The reversals of other amounts than what they reverse; `file` is being imported."""
        others = [
            partial(parts.read, self._folder / each.name)
            for each in self._counting
            if each.kind == PART
        ]
        found = Reversals(self._before, self.came)
        return tuple(found.problems(into.readers(), others, file))

    def marks(self, into: Writing) -> pa.Table:
        """The marks that this import adds: on its own rows by all acts, on others by its acts."""
        every = pa.concat_tables([self._before, self.came])
        if not len(every):
            return MARKS_SCHEMA.empty_table()
        own = came(self._number, self.came["line"].to_numpy())
        marking = Marking.of(Acts.of(every, np.concatenate([*self._order, own])))
        found = [
            self._of(marking, file, partial(into.read, place))
            for place, file in enumerate(into.written())
        ]
        if len(self.came):
            found += [
                self._of(marking, file, partial(parts.read, self._folder / file.name))
                for file in self._counting
                if file.kind == PART
            ]
        marks = pa.concat_tables([MARKS_SCHEMA.empty_table(), *found])
        return self._fresh(marks.unify_dictionaries().combine_chunks())

    def _of(
        self, marking: Marking, file: BookFile, read: Callable[[list[str]], pa.Table]
    ) -> pa.Table:
        rows = read(["key", "original", "line"])
        order = came(file.number or 0, rows["line"].to_numpy())
        marks = marking.marks(rows["key"].to_numpy(), rows["original"], order)
        places = np.flatnonzero(marks)
        part = pa.DictionaryArray.from_arrays(
            np.zeros(len(places), np.int32), pa.array([named(file.name)])
        )
        columns = {"part": part, "row": places, "mark": marks[places]}
        return pa.table(columns, schema=MARKS_SCHEMA)

    def _fresh(self, marks: pa.Table) -> pa.Table:
        """Those marks that are not in the book already."""
        before = Marks.of(self._folder, self._counting)
        fresh = np.ones(len(marks), bool)
        words, code = marks["part"].combine_chunks(), np.zeros(0, np.int32)
        if len(marks):
            code = words.indices.to_numpy()
        for place, part in enumerate(words.dictionary.to_pylist() if len(marks) else ()):
            rows = np.flatnonzero(code == place)
            held = before.bits(part, marks["row"].to_numpy()[rows])
            fresh[rows] = (marks["mark"].to_numpy()[rows] & ~held) != 0
        return marks.filter(pa.array(fresh))


def named(part: str) -> str:
    """A part's name as marks have it: without what changes when its values do."""
    return part.removesuffix(".parquet").partition(".")[0]


class Marks:
    """The marks of a book: which rows of which part no longer count, and why."""

    def __init__(self, table: pa.Table) -> None:
        self._parts: dict[str, tuple[I64, U8]] = {}
        if not len(table):
            return
        words = table["part"].combine_chunks()
        row, mark = table["row"].to_numpy(), table["mark"].to_numpy()
        for place, part in enumerate(words.dictionary.to_pylist()):
            at = np.flatnonzero(words.indices.to_numpy() == place)
            rows, where = np.unique(row[at], return_inverse=True)
            bits = np.zeros(len(rows), np.uint8)
            np.bitwise_or.at(bits, where, mark[at])
            self._parts[part] = rows, bits

    @classmethod
    def of(cls, folder: Folder, counting: Iterable[BookFile]) -> Marks:
        """The marks in the files that count."""
        tables = [parts.read_all(folder / f.name).cast(MARKS_SCHEMA) for f in counting
                  if f.kind == MARKS]  # fmt: skip
        return cls(pa.concat_tables([MARKS_SCHEMA.empty_table(), *tables]).unify_dictionaries())

    def rows(self, part: str) -> tuple[I64, U8]:
        """The marked rows of a part (by its file's name), ascending, and their bits."""
        return self._parts.get(named(part), (np.zeros(0, np.int64), np.zeros(0, np.uint8)))

    def bits(self, part: str, rows: I64) -> U8:
        """The bits of these rows, 0 where there is no mark."""
        marked, bits = self.rows(part)
        if not len(marked):
            return np.zeros(len(rows), np.uint8)
        place = np.minimum(np.searchsorted(marked, rows), len(marked) - 1)
        return np.where(marked[place] == rows, bits[place], 0).astype(np.uint8)

    def count(self, bit: int) -> int:
        """How many rows carry a mark."""
        return sum(int(np.count_nonzero(bits & bit)) for _, bits in self._parts.values())


class Wrong:
    """Problems: the `first` in memory, all of them in a file that is begun with the first."""

    def __init__(self, path: Path, shown: int) -> None:
        self.first: list[Problem] = []
        self.count = 0
        self._path, self._shown = path, shown
        self._writer: pq.ParquetWriter | None = None

    def __enter__(self) -> Wrong:
        return self

    def __exit__(self, *_: object) -> None:
        if self._writer is not None:
            self._writer.close()

    def add(self, problems: tuple[Problem, ...]) -> None:
        """Keep them. Raises StoreError where they cannot be written."""
        if not problems:
            return
        self.first += problems[: max(0, self._shown - len(self.first))]
        self.count += len(problems)
        names = parts.PROBLEMS_SCHEMA.names
        columns = {name: [getattr(each, name) for each in problems] for name in names}
        table = pa.table(columns, schema=parts.PROBLEMS_SCHEMA)
        try:
            if self._writer is None:
                self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._writer = pq.ParquetWriter(self._path, parts.PROBLEMS_SCHEMA)
            self._writer.write_table(table)
        except OSError as error:
            raise StoreError(f"{self._path}: cannot be written: {error}") from error


class Labels:
    """A labelled ledger's labels, written apart: `transfer, label`."""

    def __init__(self, path: Path | None) -> None:
        self.count = 0
        self._path = path
        self._writer: pq.ParquetWriter | None = None

    def __enter__(self) -> Labels:
        if self._path is not None:
            try:
                self._writer = pq.ParquetWriter(self._draft, LABELS_SCHEMA)
            except OSError as error:
                raise StoreError(f"{self._path}: cannot be written: {error}") from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _: object, __: TracebackType | None
    ) -> None:
        if self._writer is not None and self._path is not None:
            self._writer.close()
            if kind is None:
                self._draft.replace(self._path)
            else:
                self._draft.unlink(missing_ok=True)

    @property
    def _draft(self) -> Path:
        assert self._path is not None
        return self._path.with_name(self._path.name + ".draft")

    def add(self, rows: pa.Table) -> None:
        """The labels of rows, where somebody wants them."""
        if self._writer is not None and "label" in rows.column_names:
            table = rows.select(LABELS_SCHEMA.names).cast(LABELS_SCHEMA)
            self._writer.write_table(table)
            self.count += len(table)
