"""Times in text, against Python's own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taawun.errors import UsageError
from taawun.ledger.times import LAYOUTS, layout_of, read, stepped, typed

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
zones = st.integers(-18 * 60, 18 * 60).map(lambda m: timezone(timedelta(minutes=m)))
moments = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.none() | zones)


def one(text: str | None, layout: str = "iso", zone: str = "UTC") -> datetime | None:
    found = read(pa.array([text], pa.string()), layout, zone)
    return EPOCH + timedelta(microseconds=int(found.at[0])) if found.good[0] else None


@given(moments, st.sampled_from("T "))
def test_iso(at: datetime, between: str) -> None:
    meant = at if at.tzinfo else at.replace(tzinfo=UTC)
    assert one(at.isoformat(between)) == meant


@given(st.text(max_size=20))
def test_what_is_no_time_is_not_read(text: str) -> None:
    if (found := one(text)) is not None:
        western = "".join(str(int(c)) if c.isdigit() else c for c in text)
        assert str(found.year) in western or found.utcoffset() is not None


@given(st.datetimes(datetime(1970, 1, 1), datetime(2068, 12, 31)), st.sampled_from(LAYOUTS[1:]))
def test_layouts(at: datetime, layout: str) -> None:
    text = at.strftime(layout)
    assert one(text, layout) == datetime.strptime(text, layout).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["2026-13-01", "2026-02-29", "2026-1-1", "2026-03-01T09", "2026-03-01T24:00", "20260301",
     "2026-03-01T09:30:00+25:00", "2026-03-01x", "", "  ", None],
)  # fmt: skip
def test_refused(text: str | None) -> None:
    assert one(text) is None


def test_arabic_digits() -> None:
    assert one("٢٠٢٤-٠١-٠٢") == datetime(2024, 1, 2, tzinfo=UTC)
    assert one("٢/١/٢٠٢٤", "%d/%m/%Y") == datetime(2024, 1, 2, tzinfo=UTC)


def test_local_times_are_those_of_the_zone() -> None:
    assert one("2026-07-01T12:00", zone="Asia/Riyadh") == datetime(2026, 7, 1, 9, tzinfo=UTC)
    assert one("2026-07-01T12:00Z", zone="Asia/Riyadh") == datetime(2026, 7, 1, 12, tzinfo=UTC)
    with pytest.raises(UsageError, match="unknown time zone"):
        one("2026-07-01T12:00", zone="Asia/Atlantis")


def test_the_layout_is_found_in_the_values() -> None:
    assert layout_of(pa.array(["01/02/2026", "21/02/2026"])) == "%d/%m/%Y"
    assert layout_of(pa.array(["01/02/2026", "02/21/2026", None])) == "%m/%d/%Y"
    assert layout_of(pa.array(["2022/09/01 00:20"])) == "%Y/%m/%d %H:%M"
    assert layout_of(pa.array(["soon"])) == ""


@pytest.mark.parametrize("layout", ["%d %Q", "%Y-%m", "now"])
def test_layouts_that_cannot_be_meant(layout: str) -> None:
    with pytest.raises(UsageError, match="a layout of times"):
        one("2026", layout)


def test_steps() -> None:
    found = stepped(np.array([0, 454, 2**62]), datetime(2020, 1, 1, tzinfo=UTC), "seconds")
    assert found.good.tolist() == [True, True, False]
    assert EPOCH + timedelta(microseconds=int(found.at[1])) == datetime(
        2020, 1, 1, 0, 7, 34, tzinfo=UTC
    )


def test_typed_columns() -> None:
    days = pa.array([datetime(2026, 3, 1).date(), None])
    found = typed(days, "Asia/Riyadh")
    assert found.good.tolist() == [True, False]
    assert EPOCH + timedelta(microseconds=int(found.at[0])) == datetime(2026, 2, 28, 21, tzinfo=UTC)
