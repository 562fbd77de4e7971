"""Partial dates: how they are read, and what two of them say of each other."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taawun.entities.dates import DateFit, Span, agreement, compare, partial, span, span_of
from taawun.entities.entity import Value

READ = """
1954-10-07                      1954-10-07
1954-10                         1954-10
1954                            1954
07 Oct 1954                     1954-10-07
7 October 1954                  1954-10-07
October 7, 1954                 1954-10-07
Oct. 1954                       1954-10
07/10/1954                      1954-10-07
7.10.1954                       1954-10-07
dd/mm/1970                      1970
00/00/1970                      1970
dd/04/1963                      1963-04
00/02/1962                      1962-02
2015-04-07-04:00                2015-04-07
2026-02-27T00:00:09.554Z        2026-02-27
1961 to 1963                    1961 1963
1961-1963                       1961 1963
between 1961 and 1963           1961 1963
Between Aug. 1977 and Sep. 1977 1977-08-01 1977-09-30
circa 1965                      1965
approximately 1965              1965
"""
UNREADABLE = (
    "", "unknown", "30-35 years old", "31/02/1980", "29/02/1981", "13/13/1980", "1980-13", "0000",
    "24/06/1402", "1963 to 1961", "19 1980", "x" * 5000, "１９８０年", "1980-02-30",
)  # fmt: skip


@pytest.mark.parametrize("line", READ.strip().splitlines())
def test_dates_as_lists_write_them(line: str) -> None:
    written, texts = line[:32].strip(), tuple(line[32:].split())
    found = span(written)
    assert found is not None
    assert found.texts == texts


@pytest.mark.parametrize("written", UNREADABLE)
def test_what_is_no_date_is_none(written: str) -> None:
    assert span(written) is None
    assert partial(written) == ""


def test_circa_is_remembered_and_stretches() -> None:
    about = span("circa 1965")
    assert about is not None
    assert about.circa
    assert not about.exact
    assert compare("circa 1965", "1966-05-01") is DateFit.COMPATIBLE
    assert compare("1965", "1966-05-01") is DateFit.NEAR


def test_a_value_means_what_its_source_wrote() -> None:
    end = span_of(Value("1960", original="1960 to 1962"))
    assert end is not None
    assert end.texts == ("1960", "1962")
    about = span_of(Value("1963", original="circa 1963"))
    assert about is not None
    assert about.circa
    assert span_of(Value("1964", original="no date")) == span("1964")


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ("1954-10-07", "07 Oct 1954", DateFit.EXACT),
        ("1954-10-07", "1954", DateFit.COMPATIBLE),
        ("1954-10", "1954-10-31", DateFit.COMPATIBLE),
        ("1954-10", "1954-11-01", DateFit.NEAR),
        ("1954-10-07", "1954-07-10", DateFit.SWAPPED),
        ("1954-10-07", "1955-01-01", DateFit.NEAR),
        ("1954-10-07", "1956-10-07", DateFit.CONFLICT),
        ("1962", "1961 to 1963", DateFit.COMPATIBLE),
        ("1964", "1961 to 1963", DateFit.NEAR),
        ("1965", "1961 to 1963", DateFit.CONFLICT),
        ("1954-10-13", "1954-13-10", None),
    ],
)
def test_what_two_dates_say(one: str, other: str, said: DateFit | None) -> None:
    assert compare(one, other) == said
    assert compare(other, one) == said


days = st.dates(date(1900, 1, 1), date(2030, 12, 31))


@given(days)
def test_a_day_survives_being_written(day: date) -> None:
    for written in (day.isoformat(), f"{day:%d/%m/%Y}", f"{day.day} {day:%b} {day.year}"):
        assert partial(written) == day.isoformat()


@given(days, days, st.booleans())
def test_agreement_is_symmetric_and_a_date_agrees_with_itself(a: date, b: date, c: bool) -> None:
    one, other = Span(a, a), Span(min(a, b), max(a, b), c)
    assert agreement(one, other) is agreement(other, one)
    assert agreement(one, one) is DateFit.EXACT
    assert agreement(other, other) in (DateFit.EXACT, DateFit.COMPATIBLE)


@given(days)
def test_less_known_is_never_against(day: date) -> None:
    for shorter in (day.isoformat()[:7], day.isoformat()[:4]):
        assert compare(day.isoformat(), shorter) is DateFit.COMPATIBLE


@given(st.text(max_size=60))
def test_no_text_breaks_reading(text: str) -> None:
    found = span(text)
    assert found is None or found.first <= found.last
