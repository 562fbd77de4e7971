"""Transactions of one batch as they come in, scanned or read strictly, and the batch they make."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import accumulate

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from taawun.errors import Problem
from taawun.jit import I32, I64, U8
from taawun.ledger.readers.iso20022.gather import column
from taawun.ledger.readers.iso20022.noted import Noted
from taawun.ledger.readers.iso20022.paths import FAMILIES, FIELDS
from taawun.ledger.readers.iso20022.rows import Fault, Said, ledger_rows
from taawun.ledger.readers.iso20022.strict import Told
from taawun.ledger.schema import Batch

CODES = tuple(FAMILIES)


@dataclass(slots=True)
class _Stretch:
    """Rows of one source that follow each other: so many scanned, or some read strictly."""

    noted: Noted
    scanned: int = 0
    told: list[Told] = field(default_factory=list)


@dataclass(slots=True)
class Collected:
    """Rows so far. `spans` (N, F, 2) and `rows` (N, 2: line, family) are the scanner's to fill."""

    spans: I32
    rows: I64
    scanned: int = 0
    strictly: int = 0
    lost: int = 0
    stretches: list[_Stretch] = field(default_factory=list)

    @classmethod
    def room_for(cls, rows: int) -> Collected:
        """An empty one for at most so many scanned rows."""
        spans = np.empty((rows, len(FIELDS), 2), np.int32)
        return cls(spans, np.zeros((rows, 2), np.int64))

    def add_scanned(self, noted: Noted, to: int, families: list[str]) -> None:
        """Rows up to number `to` were scanned; their second column is a number in `families`."""
        if to == self.scanned:
            return
        codes = np.array([CODES.index(each) if each else -1 for each in families])
        self.rows[self.scanned : to, 1] = codes[self.rows[self.scanned : to, 1]]
        self._stretch(noted, scanned=True).scanned += to - self.scanned
        self.scanned = to

    def add(self, noted: Noted, told: Told) -> None:
        """A transaction that was read strictly."""
        if not told.good:
            self.lost += 1
            return
        self._stretch(noted, scanned=False).told.append(told)
        self.strictly += 1

    def of(self, noted: Noted) -> None:
        """A source that may have problems and no rows."""
        self._stretch(noted, scanned=True)

    def _stretch(self, noted: Noted, *, scanned: bool) -> _Stretch:
        last = self.stretches[-1] if self.stretches else None
        if last is None or last.noted is not noted or bool(last.told) == scanned:
            last = _Stretch(noted)
            self.stretches.append(last)
        return last

    def batch(self, data: U8, read: int) -> Batch | None:
        """The rows as a batch, forgotten then; None where nothing was collected."""
        n = self.scanned + self.strictly
        problems: list[Problem] = []
        table, faults = ledger_rows(self._said(data)) if n else (None, [])
        for stretch in self.stretches:
            problems.extend(stretch.noted.taken())
        for fault, noted, line in self._placed(faults):
            noted.place(fault, line, fault.field)
        for stretch in self.stretches:
            problems.extend(stretch.noted.taken())
        looked = n + self.lost
        self.scanned = self.strictly = self.lost = 0
        self.stretches.clear()
        if table is None:
            from taawun.ledger.schema import READ

            table = READ.empty_table()
        return Batch(table, tuple(problems), looked, read) if looked or problems else None

    def _placed(self, faults: list[Fault]) -> list[tuple[Fault, Noted, int]]:
        """Each fault with its source and line, in the order of rows."""
        if not faults:
            return []
        sizes = [each.scanned + len(each.told) for each in self.stretches]
        ends = np.array(list(accumulate(sizes)))
        lines = self._lines()
        placed = []
        for fault in sorted(faults, key=lambda each: each.row):
            stretch = self.stretches[int(np.searchsorted(ends, fault.row, side="right"))]
            placed.append((fault, stretch.noted, int(lines[fault.row])))
        return placed

    # The order of the file

    def _order(self) -> npt.NDArray[np.int64] | None:
        """Where each row lies when scanned ones come first; None where all were read one way."""
        if not self.scanned or not self.strictly:
            return None
        parts, scanned, strictly = [], 0, self.scanned
        for each in self.stretches:
            parts.append(np.arange(scanned, scanned + each.scanned))
            parts.append(np.arange(strictly, strictly + len(each.told)))
            scanned += each.scanned
            strictly += len(each.told)
        return np.concatenate(parts)

    def _told(self) -> list[Told]:
        return [told for each in self.stretches for told in each.told]

    def _lines(self) -> I64:
        told = np.array([each.line for each in self._told()], np.int64)
        lines = np.concatenate([self.rows[: self.scanned, 0], told])
        order = self._order()
        return lines if order is None else lines[order]

    def _said(self, data: U8) -> Said:
        told, order = self._told(), self._order()
        families = [*self.rows[: self.scanned, 1].tolist(), *(CODES.index(t.family) for t in told)]
        family = pa.array(CODES).take(pa.array(families, pa.int64()))
        columns = {}
        for at, name in enumerate(FIELDS):
            scanned = column(data, self.spans, at, self.scanned) if self.scanned else None
            texts = [each.values.get(at) for each in told]
            if scanned is None and not any(texts):
                continue
            if scanned is None:
                scanned = pa.nulls(self.scanned, pa.string())
            whole = pa.concat_arrays([scanned, pa.array(texts, pa.string())]) if told else scanned
            columns[name] = whole if order is None else whole.take(pa.array(order))
        if order is not None:
            family = family.take(pa.array(order))
        return Said(self.scanned + self.strictly, family, columns, self._lines())
