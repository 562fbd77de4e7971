"""A region as a folder: the ledger as each authority sees it, and the truth apart from it.

    OUT/README.md              that all of it is made up; seed and versions
    OUT/whole, OUT/XA, …       transfers and register of accounts, whole and as each country sees it
    OUT/rates.csv, countries.csv
    OUT/truth/                 transfers.parquet, accounts.parquet, schemes.jsonl, listed.jsonl

The folder is made beside its place and renamed: it is whole or not there.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
import orjson
import pyarrow.parquet as pq

from taawun.errors import Conflict, StoreError
from taawun.sandbox.made import TRUTH, Making, Piece
from taawun.sandbox.plan import Plan
from taawun.sandbox.readme import readme
from taawun.sandbox.region import COUNTRIES, HIGH_RISK, OUTSIDE, REFERENCE
from taawun.sandbox.schemes.planting import SHOW
from taawun.sandbox.views import ParquetWriter, View, closed, opened

Tick = Callable[[int, float], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was made: how many of what, for whoever asked."""

    transfers: int
    accounts: int
    people: int
    companies: int
    laundering: int
    schemes: dict[str, int]
    unseen: int
    views: dict[str, int]


def make(
    plan: Plan,
    out: Path,
    *,
    form: str = "parquet",
    views: str = "countries",
    tick: Tick = lambda rows, fraction: None,
) -> Outcome:
    """Make a region under `out`, which must not exist (or be empty).

    `tick` hears of transfers made and the fraction of days behind them. Raises UsageError for a
    form or views that there are not, Conflict where `out` has something in it, StoreError where it
    cannot be written.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise Conflict(f"{out}: is there already; a region is made in an empty folder")
    beside = out.with_name(f".{out.name}.making-{os.getpid()}")
    try:
        beside.mkdir(parents=True)
        outcome = _made(plan, beside, form, views, tick)
        if out.exists():
            out.rmdir()
        beside.rename(out)
    except OSError as error:
        raise StoreError(f"{out}: cannot be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return outcome


def _made(plan: Plan, out: Path, form: str, views: str, tick: Tick) -> Outcome:
    making = Making.of(plan)
    accounts = making.accounts()
    parts = opened(out, making.world, making.register, accounts, form, views)
    (out / "truth").mkdir()
    truth = ParquetWriter(out / "truth", TRUTH)
    laundering = 0
    total = -(-plan.days // 7)
    for number, piece in enumerate(making.pieces(), 1):
        laundering += _written(piece, parts, truth)
        tick(parts[0].size, number / total)
    closed(parts)
    truth.close()
    pq.write_table(making.holdings(), out / "truth" / "accounts.parquet", compression="zstd")
    schemes = making.schemes()
    _lines(out / "truth" / "schemes.jsonl", schemes)
    _lines(out / "truth" / "listed.jsonl", making.listed())
    _tables(plan, out)
    outcome = _outcome(making, parts, laundering, out, accounts.num_rows)
    (out / "README.md").write_text(readme(plan, outcome), "utf-8")
    return outcome


def _written(piece: Piece, parts: list[View], truth: ParquetWriter) -> int:
    for part in parts:
        part.write(piece.transfers)
    truth.write(piece.truth)
    return int(np.sum(piece.truth["label"].to_numpy()))


def _outcome(
    making: Making, parts: list[View], laundering: int, out: Path, accounts: int
) -> Outcome:
    planted, holders = making.planted, making.world.there.holders
    return Outcome(
        transfers=parts[0].size,
        accounts=accounts,
        people=holders.people,
        companies=holders.companies,
        laundering=laundering,
        schemes=dict(sorted(Counter(play.typology for play in planted.schemes).items())),
        unseen=sum(
            leg.role != SHOW and number not in making.booked
            for number, leg in enumerate(planted.legs)
        ),
        views={part.folder.relative_to(out).as_posix(): part.size for part in parts},
    )


def _lines(path: Path, objects: Iterable[dict[str, object]]) -> None:
    with path.open("wb") as file:
        for each in objects:
            file.write(orjson.dumps(each, option=orjson.OPT_APPEND_NEWLINE))


def _tables(plan: Plan, out: Path) -> None:
    """Rates for every week, and what is to be known of the countries."""
    places = [COUNTRIES[code] for code in plan.countries]
    worth = {place.currency: place.worth for place in places} | {REFERENCE: 1}
    days = [plan.start + timedelta(days=day) for day in range(-7, plan.days + 7, 7)]
    rates = [f"{currency},{day},{worth[currency]}" for currency in sorted(worth) for day in days]
    (out / "rates.csv").write_text("\n".join(["currency,date,rate", *rates, ""]), "utf-8")
    rows = [
        f"{place.code},{place.currency},{place.threshold},{''.join(map(str, place.weekend))},no"
        for place in places
    ]
    rows += [f"{code},{REFERENCE},,,{'yes' if code in HIGH_RISK else 'no'}" for code in OUTSIDE]
    head = "country,currency,cash_reported_from,weekend,high_risk"
    (out / "countries.csv").write_text("\n".join([head, *rows, ""]), "utf-8")
