"""Text as minor units, against Python's own decimals."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taawun.ledger.money import (
    EMPTY,
    FAULTS,
    FINE,
    LARGEST,
    NEGATIVE,
    NO_NUMBER,
    POINT,
    TOO_EXACT,
    TOO_LARGE,
    ZERO,
    Writing,
    currency_of,
    decimals,
    every_currency,
    minor,
    rounded,
    spelled,
    whole,
)
from taawun.wording import known


def read(text: str | None, places: int = 2, writing: Writing = POINT) -> tuple[int, int]:
    found = minor(pa.array([text], pa.string()), np.array([places], np.uint8), writing)
    return int(found.minor[0]), int(found.fault[0])


@pytest.mark.parametrize(
    ("text", "places", "expected"),
    [
        ("1234.50", 2, 123450),
        ("+7", 2, 700),
        (" 8 ", 0, 8),
        ("1.000", 0, 1),
        ("0.001", 3, 1),
        ("٣٫٥٠", 3, 3500),
        ("۱۲", 2, 1200),
        ("10000000000000", 2, LARGEST),
        ("0.00000001", 8, 1),
    ],
)
def test_read(text: str, places: int, expected: int) -> None:
    assert read(text, places) == (expected, FINE)


@pytest.mark.parametrize(
    ("text", "places", "fault"),
    [
        (None, 2, EMPTY),
        ("", 2, EMPTY),
        ("   ", 2, EMPTY),
        ("1e5", 2, NO_NUMBER),
        ("1,5", 2, NO_NUMBER),
        ("1.5.0", 2, NO_NUMBER),
        (".5", 2, NO_NUMBER),
        ("5.", 2, NO_NUMBER),
        ("-", 2, NO_NUMBER),
        ("0x10", 2, NO_NUMBER),
        ("1 000", 2, NO_NUMBER),
        ("NaN", 2, NO_NUMBER),
        ("-5", 2, NEGATIVE),
        ("-0.001", 2, NEGATIVE),
        ("0", 2, ZERO),
        ("-0.00", 2, ZERO),
        ("1.005", 2, TOO_EXACT),
        ("0.5", 0, TOO_EXACT),
        ("10000000000000.01", 2, TOO_LARGE),
        ("9" * 40, 2, TOO_LARGE),
    ],
)
def test_refused(text: str | None, places: int, fault: int) -> None:
    assert read(text, places) == (0, fault)


def test_every_fault_has_a_sentence() -> None:
    assert [code for code in FAULTS.values() if not known(code)] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.234.567,89", 123456789),
        ("1234567,89", 123456789),
        ("12.34,5", None),
        ("1234.567", None),
        ("1.23", None),
        ("1.234", 123400),
    ],
)
def test_grouping_only_where_it_is_said_and_in_threes(text: str, expected: int | None) -> None:
    value, fault = read(text, 2, Writing(",", "."))
    assert (value if fault == FINE else None) == expected


@given(st.decimals("-1e17", "1e17", places=4), st.integers(0, 4))
def test_as_decimals_have_it(amount: Decimal, places: int) -> None:
    text = f"{amount:f}"
    scaled = amount.scaleb(places)
    value, fault = read(text, places)
    if amount < 0:
        assert fault == NEGATIVE
    elif int(scaled) > LARGEST:
        assert fault == TOO_LARGE
    elif scaled != int(scaled):
        assert fault == TOO_EXACT
    else:
        assert (value, fault) == ((int(scaled), FINE) if scaled else (0, ZERO))


@given(st.text(max_size=12))
def test_nothing_that_is_no_number_is_read(text: str) -> None:
    value, fault = read(text)
    if fault == FINE:
        western = "".join(str(int(c)) if c.isdigit() else c for c in text).replace("٫", ".")
        assert Decimal(western.strip()) * 100 == value


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True)))
def test_binary_fractions_are_rounded(amounts: list[float]) -> None:
    found = rounded(np.array(amounts, float), np.full(len(amounts), 2, np.uint8))
    for amount, value, fault in zip(amounts, found.minor, found.fault, strict=True):
        if fault == FINE:
            assert 1 <= value <= LARGEST
            assert abs(value - amount * 100) <= max(1.0, amount * 1e-12)


def test_what_moved_is_not_lost_for_being_small() -> None:
    found = rounded(np.array([0.0003, 0.0, -0.0003]), np.full(3, 2, np.uint8))
    assert found.minor.tolist() == [1, 0, 0]
    assert found.fault.tolist() == [FINE, ZERO, ZERO]


@given(st.lists(st.integers(-(2**62), 2**62)), st.integers(0, 4))
def test_whole_numbers(amounts: list[int], places: int) -> None:
    found = whole(np.array(amounts, np.int64), np.full(len(amounts), places, np.uint8))
    for amount, value, fault in zip(amounts, found.minor, found.fault, strict=True):
        fits = 0 < amount * 10**places <= LARGEST
        assert (fault == FINE) == fits
        assert value == (amount * 10**places if fits else 0)


@pytest.mark.parametrize(
    ("code", "places"),
    [("JPY", 0), ("USD", 2), ("KWD", 3), ("BHD", 3), ("TND", 3), ("CLF", 4), ("XYZ", None)],
)
def test_decimals_of_currencies(code: str, places: int | None) -> None:
    assert decimals(code) == places


def test_currencies_are_known_by_their_words() -> None:
    assert currency_of(" us  Dollar ") == "USD"
    assert currency_of("دينار كويتي") == "KWD"
    assert currency_of("kwd") == "KWD"
    assert currency_of("Galleon") == ""
    assert len(every_currency()) > 150


@pytest.mark.parametrize(
    ("amount", "currency", "said"),
    [
        (130_000, "USD", "1300.00 USD"),
        (5_250, "KWD", "5.250 KWD"),
        (7, "JPY", "7 JPY"),
        (5, "EUR", "0.05 EUR"),
    ],
)
def test_amounts_are_spelled_in_major_units(amount: int, currency: str, said: str) -> None:
    assert spelled(amount, currency) == said
