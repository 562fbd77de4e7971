"""Money in minor units: how many decimals a currency has, and text as whole minor units, exactly.

    decimals("KWD")                           3; None for a currency that nobody knows
    minor(column, decimals)                   text such as "1234.50" as 123450, row by row
    rounded(column, decimals)                 binary fractions, to the nearest minor unit

Strict: digits, one decimal sign, grouping only where it is said which. An amount is above zero
and at most LARGEST; whatever else is a fault of its row, named. Decimals beyond the currency's
are a fault unless they are zeros. Digits may be Arabic or Persian ones, with ٫ and ٬.

Source: ISO 4217:2015 and its list one, in `data/currencies.yml`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import yaml

from taawun.jit import I64, U8, kernel
from taawun.ledger.strings import Flags, strings

LARGEST = 10**15
"""Minor units. Above what any transfer moves; sums of nine thousand of them still fit."""

FINE, EMPTY, NO_NUMBER, NEGATIVE, ZERO, TOO_EXACT, TOO_LARGE = range(7)
FAULTS = {
    EMPTY: "ledger.amount.empty",
    NO_NUMBER: "ledger.amount.no_number",
    NEGATIVE: "ledger.amount.negative",
    ZERO: "ledger.amount.zero",
    TOO_EXACT: "ledger.amount.too_exact",
    TOO_LARGE: "ledger.amount.too_large",
}
"""What can be wrong with an amount, and the code of the problem it becomes."""


@dataclass(frozen=True, slots=True)
class Amounts:
    """n amounts: `minor` units, and what is wrong with each (`fault`, FINE where nothing is)."""

    minor: I64
    fault: U8


@dataclass(frozen=True, slots=True)
class Writing:
    """How decimals are written: the sign before the fraction, and between thousands ("": none)."""

    decimal: str = "."
    grouping: str = ""


POINT = Writing()


def decimals(currency: str) -> int | None:
    """How many decimals the currency's minor unit has; None for what is no currency."""
    return _decimals().get(currency)


def spelled(amount: int, currency: str) -> str:
    """Minor units as people write them, with the currency: `1300.00 USD`, `5.250 KWD`."""
    places = decimals(currency) or 0
    whole, part = divmod(amount, 10**places)
    return f"{whole}{f'.{part:0{places}d}' if places else ''} {currency}"


def every_currency() -> list[str]:
    """The codes of all currencies that are known."""
    return sorted(_decimals())


def currency_of(word: str) -> str:
    """The code that a word such as "US Dollar" or "usd" stands for; "" where it is not known."""
    said = " ".join(word.split())
    if said.upper() in _decimals():
        return said.upper()
    return _words().get(said.lower(), "")


def minor(column: pa.ChunkedArray | pa.Array, places: U8, writing: Writing = POINT) -> Amounts:
    """Decimal text as minor units of currencies with `places` (n) decimals."""
    held = strings(column)
    decimal, grouping = ord(writing.decimal), ord(writing.grouping or "\0")
    fault = np.zeros(len(held.there), np.uint8)
    found = _minor(held.start, held.octets, held.there, places, decimal, grouping, fault)
    return Amounts(found, fault)


def rounded(column: npt.NDArray[np.float64], places: U8) -> Amounts:
    """Binary fractions of major units, to the nearest minor unit; NaN is no number.

    What is above zero stays so: less than half a minor unit, which simulators write, counts as
    one. Nothing that moved is left out for being small.
    """
    with np.errstate(invalid="ignore", over="ignore"):
        scaled = np.rint(column * 10.0**places)
        scaled[(column > 0) & (scaled == 0)] = 1
        fault = np.zeros(len(column), np.uint8)
        fault[scaled == 0] = ZERO
        fault[scaled < 0] = NEGATIVE
        fault[scaled > LARGEST] = TOO_LARGE
        fault[~np.isfinite(column)] = NO_NUMBER
        return Amounts(np.where(fault == FINE, scaled, 0).astype(np.int64), fault)


def whole(column: I64, places: U8 | None = None) -> Amounts:
    """Whole numbers: minor units already, or major units of currencies with `places` decimals."""
    scale = np.int64(10) ** (places if places is not None else np.zeros(1, np.uint8))
    fault = np.zeros(len(column), np.uint8)
    fault[column == 0] = ZERO
    fault[column < 0] = NEGATIVE
    fault[column > LARGEST // scale] = TOO_LARGE
    return Amounts(np.where(fault == FINE, column, 0) * scale, fault)


@cache
def _decimals() -> dict[str, int]:
    known = {}
    for group in ("others", "former", "decimals"):
        for places, codes in _file()[group].items():
            known.update(dict.fromkeys(codes.split(), int(places)))
    return known


@cache
def _words() -> dict[str, str]:
    return {str(word): str(code) for word, code in _file()["words"].items()}


@cache
def _file() -> dict[str, dict[str, str]]:
    text = (files("taawun.ledger") / "data" / "currencies.yml").read_text("utf-8")
    return yaml.safe_load(text)  # type: ignore[no-any-return]


# Reading text

_NOTHING = -1
_POINT = 10
_GROUP = 11
_OTHER = 12


@kernel
def _minor(
    start: I64, octets: U8, there: Flags, places: U8, decimal: int, grouping: int, fault: U8
) -> I64:
    found = np.zeros(len(there), np.int64)
    for row in range(len(there)):
        first, last = start[row], start[row + 1]
        while first < last and octets[first] == 32:
            first += 1
        while last > first and octets[last - 1] == 32:
            last -= 1
        if not there[row] or first == last:
            fault[row] = EMPTY
            continue
        found[row], fault[row] = _one(octets, first, last, int(places[row]), decimal, grouping)
    return found


@kernel
def _one(
    octets: U8, first: int, last: int, places: int, decimal: int, grouping: int
) -> tuple[int, int]:
    """One amount. Zeros beyond the currency's decimals are no fault, other digits are."""
    negative = octets[first] == 45
    if negative or octets[first] == 43:
        first += 1
    value, digits, after = 0, 0, _NOTHING
    group = _NOTHING  # digits since the last grouping sign
    large, exact = False, False
    place = first
    while place < last:
        sign, wide = _sign(octets, place, last, decimal, grouping)
        place += wide
        if sign < 10:
            digits += 1
            if after >= 0:
                after += 1
            elif group >= 0:
                group += 1
            if after > places:
                exact = exact or sign > 0
            elif value > LARGEST:
                large = True
            else:
                value = value * 10 + sign
        elif sign == _POINT and after < 0 and digits > 0 and group in (_NOTHING, 3):
            after = 0
        elif sign == _GROUP and after < 0 and digits > 0 and group in (_NOTHING, 3):
            if group < 0 and digits > 3:
                return 0, NO_NUMBER
            group = 0
        else:
            return 0, NO_NUMBER
    if digits == 0 or after == 0 or (after < 0 and group not in (_NOTHING, 3)):
        return 0, NO_NUMBER
    for _ in range(max(0, places - max(after, 0))):
        large = large or value > LARGEST
        value = value * 10 if not large else value
    return _judged(value, negative, large, exact)


@kernel
def _judged(value: int, negative: bool, large: bool, exact: bool) -> tuple[int, int]:
    if negative and (value > 0 or exact):
        return 0, NEGATIVE
    if large or value > LARGEST:
        return 0, TOO_LARGE
    if exact:
        return 0, TOO_EXACT
    if value == 0:
        return 0, ZERO
    return value, FINE


@kernel
def _sign(octets: U8, place: int, last: int, decimal: int, grouping: int) -> tuple[int, int]:
    """What stands at `place` (a digit's value, _POINT, _GROUP, _OTHER) and its length in bytes."""
    octet = int(octets[place])
    if 48 <= octet <= 57:
        return octet - 48, 1
    if octet == decimal:
        return _POINT, 1
    if octet == grouping and grouping > 0:
        return _GROUP, 1
    if place + 1 < last:
        after = int(octets[place + 1])
        if octet == 0xD9 and 0xA0 <= after <= 0xA9:  # ٠ … ٩
            return after - 0xA0, 2
        if octet == 0xDB and 0xB0 <= after <= 0xB9:  # ۰ … ۹
            return after - 0xB0, 2
        if octet == 0xD9 and after == 0xAB:  # ٫
            return _POINT, 2
        if octet == 0xD9 and after == 0xAC:  # ٬
            return _GROUP, 2
    return _OTHER, 1
