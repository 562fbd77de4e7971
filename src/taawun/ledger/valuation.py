"""Another reference currency or other rates: every value is worked out anew.

Parts are written again beside the old ones, with the same rows in the same order, and take their
place in one step; a part whose values stay is left alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from taawun.errors import UsageError
from taawun.ledger import parts
from taawun.ledger.folder import Folder
from taawun.ledger.money import currency_of
from taawun.ledger.parts import PART, PART_SCHEMA, BookFile
from taawun.ledger.rates import Worth
from taawun.ledger.registered import files, put_files, put_worth, worth
from taawun.ledger.window import microseconds
from taawun.ledger.writing import named
from taawun.store import Store


@dataclass(frozen=True, slots=True)
class Valued:
    """What came of it: the reference currency, rows with and without a value, parts written."""

    currency: str
    rates: int
    values: int
    unvalued: int
    written: int


def revalue(
    held: Worth,
    store: Store,
    home: Path,
    *,
    at: datetime,
    actor: str,
    tick: Callable[[int, float], None] = lambda rows, fraction: None,
) -> Valued:
    """Put `held` in force. Raises UsageError where no reference currency is known."""
    folder = Folder(home)
    with folder.alone():
        with store.reading() as connection:
            counting = files(connection)
            held = _settled(held, worth(connection))
        work = _Revaluing(folder, held, [each for each in counting if each.kind == PART])
        with folder.staged(counting):
            work.run(tick)
            folder.keep(work.came)
            told = {"reference": held.currency, "rates": len(held.rates), "values": work.values}
            with store.begin() as unit:
                put_files(unit, work.came, work.gone)
                put_worth(unit, held)
                unit.journal("ledger.valued", held.currency, told, at=at, actor=actor)
    return Valued(held.currency, len(held.rates), work.values, work.unvalued, len(work.came))


def _settled(held: Worth, before: Worth) -> Worth:
    code = held.currency or before.currency
    if not code:
        raise UsageError("no reference currency is set; say which with --reference")
    if not currency_of(code):
        raise UsageError(f"unknown currency {code!r}; expected a code of ISO 4217")
    return Worth(currency_of(code), held.rates, held.oldest)


class _Revaluing:
    """Every part, one after the other."""

    def __init__(self, folder: Folder, held: Worth, these: list[BookFile]) -> None:
        self.folder, self.worth, self.parts = folder, held, these
        self.came: list[BookFile] = []
        self.gone: list[str] = []
        self.values = self.unvalued = 0

    def run(self, tick: Callable[[int, float], None]) -> None:
        every, done = sum(part.rows for part in self.parts), 0
        for part in self.parts:
            self._one(part)
            done += part.rows
            tick(done, done / every)

    def _one(self, part: BookFile) -> None:
        table = parts.read(self.folder / part.name, PART_SCHEMA.names)
        at, amount = microseconds(table["at"]), table["amount"].to_numpy()
        value = self.worth.of(amount, table["currency"], at)
        self.unvalued += value.null_count
        self.values += len(value) - value.null_count
        if value.equals(table["value"].combine_chunks()):
            return
        place = table.column_names.index("value")
        name = _next(part.name)
        self.gone.append(part.name)
        self.came.append(BookFile(name, PART, part.number, part.rows, part.first_at, part.last_at))
        changed = table.set_column(place, "value", pa.chunked_array([value]))
        parts.write(changed, self.folder.staging / name)


def _next(name: str) -> str:
    """The part's name with its next edition: `…-00001.parquet`, `…-00001.2.parquet`, …"""
    edition = name.removesuffix(".parquet").removeprefix(named(name)).lstrip(".")
    return f"{named(name)}.{int(edition or 1) + 1}.parquet"
