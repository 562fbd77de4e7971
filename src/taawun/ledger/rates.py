"""What an amount is worth in the ledger's reference currency.

A table of rates is a CSV file with the columns `currency, date, rate`: one unit of `currency` in
units of the reference currency, from that day on. The latest on or before the day of the transfer
counts, when it is not older than `Worth.oldest` days; without one the value is null. Exact: the
rate is a decimal, the product is rounded half away from zero to the minor unit.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation, localcontext
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from taawun.errors import InputError, NotFound, Problem
from taawun.jit import I64
from taawun.ledger.coding import Column, dictionary, numbers
from taawun.ledger.money import LARGEST, currency_of, decimals

OLDEST = 7
"""Days for which a rate is good where nobody says otherwise: over a week-end and a feast."""
DAY = 86_400_000_000
DIGITS = 15
"""Digits of a rate, before and after its sign, that are looked at."""


@dataclass(frozen=True, slots=True, order=True)
class Rate:
    """From `day` on, one unit of `currency` is `rate` units of the reference currency."""

    currency: str
    day: date
    rate: Decimal


@dataclass(frozen=True, slots=True)
class Worth:
    """The reference currency ("" while none is set), the rates into it, how old one may be."""

    currency: str = ""
    rates: tuple[Rate, ...] = ()
    oldest: int = OLDEST
    _days: dict[str, tuple[I64, pa.Array]] = field(default_factory=dict, compare=False, repr=False)

    def of(self, amount: I64, currency: Column, at: I64) -> pa.Array:
        """Values in minor units of the reference currency: int64 (n), null where no rate is.

        `amount` in minor units of `currency`; `at` microseconds UTC.
        """
        encoded = dictionary(currency)
        places = numbers(encoded.indices)
        value, known = np.zeros(len(amount), np.int64), np.zeros(len(amount), bool)
        for place, code in enumerate(encoded.dictionary.to_pylist()):
            rows = np.flatnonzero(places == place)
            if code == self.currency:
                value[rows], known[rows] = amount[rows], True
            elif len(rows) and code in self._tables():
                value[rows], known[rows] = self._converted(code, amount[rows], at[rows])
        return pa.array(value, mask=~known)

    def _converted(self, code: str, amount: I64, at: I64) -> tuple[I64, np.ndarray]:
        days, rates = self._tables()[code]
        day = at // DAY
        place = np.searchsorted(days, day, side="right") - 1
        known = place >= 0
        known[known] = day[known] - days[place[known]] <= self.oldest
        rate = rates.take(pa.array(np.maximum(place, 0)))
        exact = pa.array(amount).cast(pa.decimal128(19, 0)).cast(pa.decimal128(16, 0))
        product = pc.multiply(exact, rate)
        rounded = pc.round(product, 0, "half_towards_infinity").cast(pa.decimal128(38, 0))
        fits = pc.less_equal(rounded, pa.scalar(Decimal(LARGEST))).to_numpy(zero_copy_only=False)
        whole = pc.if_else(pa.array(fits), rounded, pa.scalar(Decimal(0), pa.decimal128(38, 0)))
        return whole.cast(pa.int64()).to_numpy(), known & fits

    def _tables(self) -> dict[str, tuple[I64, pa.Array]]:
        """Of each currency: its days since 1970, ascending, and minor units for a minor unit."""
        if not self._days and self.rates:
            for code in sorted({rate.currency for rate in self.rates}):
                held = sorted(each for each in self.rates if each.currency == code)
                scale = (decimals(self.currency) or 0) - (decimals(code) or 0)
                days = np.array([(each.day - date(1970, 1, 1)).days for each in held], np.int64)
                scaled = [_scaled(each.rate, scale) for each in held]
                self._days[code] = days, pa.array(scaled, pa.decimal128(21, 12))
        return self._days


def _scaled(rate: Decimal, scale: int) -> Decimal:
    with localcontext(prec=40):
        return rate.scaleb(scale).quantize(Decimal(1).scaleb(-12), ROUND_HALF_UP)


def read_rates(path: Path) -> tuple[Rate, ...]:
    """A table of rates, in order. Raises NotFound, InputError naming every line that is wrong.

    Of a table that is wrong anywhere nothing is used: values would be silently others.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise NotFound(f"{path}: there is no such file") from None
    except (OSError, UnicodeError) as error:
        raise InputError(f"{path}: cannot be read: {error}") from None
    try:
        header, *rows = csv.reader(io.StringIO(text, newline="")) if text else [[]]
    except csv.Error as error:
        raise InputError(f"{path}: cannot be read: {error}") from None
    header = [cell.strip().lower() for cell in header]
    if header != ["currency", "date", "rate"]:
        raise InputError(
            f"{path}: expected the columns currency, date, rate, got {', '.join(header) or 'none'}"
        )
    found, problems = _read(path, rows)
    problems += list(_twice(path, found))
    if problems:
        raise InputError(f"{path}: is no table of rates", tuple(problems))
    return tuple(sorted(found))


def _read(path: Path, rows: Iterable[list[str]]) -> tuple[list[Rate], list[Problem]]:
    found, problems = [], []
    for line, cells in enumerate(rows, 2):
        if not any(map(str.strip, cells)):
            continue
        try:
            found.append(_rate([cell.strip() for cell in cells]))
        except ValueError as error:
            name, expected = error.args
            got = ",".join(cells)[:80]
            problems.append(Problem("ledger.rates.wrong", path.name, line, name, got, expected))
    return found, problems


def _rate(cells: list[str]) -> Rate:
    """One line. Raises ValueError(field, what was expected)."""
    if len(cells) != 3:
        raise ValueError("", "currency, date, rate")
    code, said, number = cells
    if not (currency := currency_of(code)):
        raise ValueError("currency", "ISO 4217")
    try:
        day = date.fromisoformat(said)
    except ValueError:
        raise ValueError("date", "YYYY-MM-DD") from None
    try:
        rate = Decimal(number)
    except InvalidOperation:
        raise ValueError("rate", "a decimal") from None
    if not rate.is_finite() or not Decimal("1e-9") <= rate < Decimal("1e6"):
        raise ValueError("rate", "above 0, below 1000000")
    return Rate(currency, day, rate)


def _twice(path: Path, found: list[Rate]) -> Iterator[Problem]:
    """Two rates of a currency for the same day."""
    met: dict[tuple[str, date], Decimal] = {}
    for rate in found:
        before = met.setdefault((rate.currency, rate.day), rate.rate)
        if before != rate.rate:
            yield Problem(
                "ledger.rates.twice",
                path.name,
                field=f"{rate.currency} {rate.day}",
                got=str(rate.rate),
                expected=str(before),
            )
