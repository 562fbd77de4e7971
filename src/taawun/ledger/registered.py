"""What the store knows of the book: imports, the files that count, what is set."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from taawun.ledger.parts import BookFile
from taawun.ledger.rates import OLDEST, Rate, Worth
from taawun.store import Unit
from taawun.store.tables.ledger import ledger_files, ledger_imports, ledger_settings


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the rows of an import.

    `rows` were read; `transfers` came in, `values` of them with a value; `repeats` were there
    already; `conflicts` have the reference of another transfer; `bad` could not be read and
    `problems` says why, field by field. `to_self` have one account at both ends. `corrections` and
    `reversals` are acts that came in, `accounts` those that were not met before.
    """

    rows: int = 0
    transfers: int = 0
    values: int = 0
    repeats: int = 0
    conflicts: int = 0
    bad: int = 0
    problems: int = 0
    to_self: int = 0
    corrections: int = 0
    reversals: int = 0
    accounts: int = 0


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One import: the file, its digest, who brought it in when (ISO, UTC), what came of it."""

    number: int
    file: str
    sha256: str
    size: int
    format: str
    columns: str
    at: str
    actor: str
    counts: Counts


def imports(connection: Connection) -> list[ImportRow]:
    """Every import, oldest first."""
    rows = connection.execute(sa.select(ledger_imports).order_by(ledger_imports.c.number))
    return [
        ImportRow(**{**row._mapping, "counts": Counts(**json.loads(row.counts))}) for row in rows
    ]


def files(connection: Connection, kind: str = "") -> list[BookFile]:
    """The files that count, in order of their names."""
    query = sa.select(ledger_files).order_by(ledger_files.c.name)
    if kind:
        query = query.where(ledger_files.c.kind == kind)
    return [BookFile(*row) for row in connection.execute(query)]


def put_import(unit: Unit, row: ImportRow) -> None:
    """Keep what an import was."""
    values = asdict(row) | {"counts": json.dumps(asdict(row.counts))}
    unit.connection.execute(sa.insert(ledger_imports).values(**values))


def put_files(unit: Unit, came: Iterable[BookFile], gone: Iterable[str] = ()) -> None:
    """Let files count, and others no more."""
    for name in gone:
        unit.connection.execute(sa.delete(ledger_files).where(ledger_files.c.name == name))
    rows = [asdict(each) for each in came]
    if rows:
        unit.connection.execute(sa.insert(ledger_files), rows)


def settings(connection: Connection) -> dict[str, str]:
    """What is set for the book."""
    return {row.name: row.value for row in connection.execute(sa.select(ledger_settings))}


def put_settings(unit: Unit, said: Mapping[str, str]) -> None:
    """Set, or set anew."""
    for name, value in said.items():
        unit.connection.execute(sa.delete(ledger_settings).where(ledger_settings.c.name == name))
        unit.connection.execute(sa.insert(ledger_settings).values(name=name, value=value))


def worth(connection: Connection) -> Worth:
    """The reference currency and the rates in force."""
    said = settings(connection)
    rates = tuple(
        Rate(code, date.fromisoformat(day), Decimal(rate))
        for code, day, rate in json.loads(said.get("rates", "[]"))
    )
    return Worth(said.get("reference", ""), rates, int(said.get("oldest", OLDEST)))


def put_worth(unit: Unit, held: Worth) -> None:
    """Keep the reference currency and the rates."""
    rates = [(rate.currency, rate.day.isoformat(), str(rate.rate)) for rate in held.rates]
    said = {"reference": held.currency, "oldest": str(held.oldest), "rates": json.dumps(rates)}
    put_settings(unit, said)
