"""When a number of business days is over, in the countries' own weekends, holidays and clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from babel import Locale, UnknownLocaleError
from hypothesis import assume, given
from hypothesis import strategies as st

from taawun.cooperation.clocks.calendar import (
    LONGEST,
    Due,
    Pause,
    add_business_days,
    business_days_after,
    day_off,
    end_of_day,
    local_day,
)
from taawun.cooperation.clocks.own_calendar import (
    NOTHING_OWN,
    OwnCalendar,
    OwnDay,
    own_calendar,
    read_own_calendar,
)
from taawun.cooperation.clocks.public_holidays import holiday_year, library
from taawun.cooperation.clocks.weekends import WEEKDAYS, Weekend, days_of_week, shipped, zone_of
from taawun.errors import InputError, UsageError
from taawun.wording import known, say

ALL_WEEK = frozenset(range(7))


def reached(place: str, said: str) -> datetime:
    """`2026-05-21 18:00`, as the clock on the wall there shows it."""
    return datetime.fromisoformat(said).replace(tzinfo=zone_of(place))


def due(sentence: str, own: OwnCalendar = NOTHING_OWN) -> Due:
    """`EG 2026-05-21 18:00 +5`: reached Egypt then, five business days allowed."""
    place, day, hour, days = sentence.split()
    return add_business_days(place, reached(place, f"{day} {hour}"), int(days), own=own)


def off(found: Due) -> list[str]:
    return [f"{each.day:%a %d} {each.why}" for each in found.skipped]


@pytest.mark.parametrize(
    ("sentence", "last_day"),
    [
        # What reached Cairo on Thursday at 18:00 is answered in three business days by Tuesday.
        ("EG 2026-09-10 18:00 3", "Tue 2026-09-15"),
        # … and the same in Berlin by Tuesday too: Friday counts there, Saturday and Sunday do not.
        ("DE 2026-09-10 18:00 3", "Tue 2026-09-15"),
        ("EG 2026-09-10 18:00 1", "Sun 2026-09-13"),
        ("DE 2026-09-10 18:00 1", "Fri 2026-09-11"),
        # On a day off or just after midnight: the next business day is day one all the same.
        ("EG 2026-09-11 03:00 1", "Sun 2026-09-13"),
        ("EG 2026-09-13 00:00 1", "Mon 2026-09-14"),
        ("EG 2026-09-12 23:59 1", "Sun 2026-09-13"),
        # Friday alone, Friday and Sunday, Saturday alone, three days in Sharjah.
        ("IR 2026-09-10 10:00 2", "Sun 2026-09-13"),
        ("SO 2026-09-10 10:00 1", "Sat 2026-09-12"),
        ("BN 2026-09-10 10:00 2", "Mon 2026-09-14"),
        ("NP 2026-09-11 10:00 1", "Sun 2026-09-13"),
        ("AE 2026-09-10 10:00 1", "Fri 2026-09-11"),
        ("AE-SH 2026-09-10 10:00 1", "Mon 2026-09-14"),
        ("MY-11 2026-09-10 10:00 1", "Sun 2026-09-13"),
        ("MY 2026-09-10 10:00 1", "Fri 2026-09-11"),
        # The year's end, a leap day, and none.
        ("GB 2026-12-24 10:00 2", "Wed 2026-12-30"),
        ("DE 2026-12-30 10:00 2", "Mon 2027-01-04"),
        ("RU 2026-12-30 10:00 1", "Mon 2027-01-11"),
        ("AE 2028-02-28 10:00 2", "Wed 2028-03-01"),
        ("AE 2027-02-26 10:00 1", "Mon 2027-03-01"),
    ],
)
def test_the_last_day(sentence: str, last_day: str) -> None:
    assert f"{due(sentence).day:%a %Y-%m-%d}" == last_day


@pytest.mark.parametrize(
    ("sentence", "last_day"),
    [
        ("AE 2021-12-30 10:00 1", "2022-01-03"),  # the Sunday was worked no more
        ("AE 2021-12-22 10:00 2", "2021-12-26"),
        ("SA 2013-06-19 10:00 1", "2013-06-22"),  # Thursday and Friday were off
        ("SA 2013-07-03 10:00 2", "2013-07-07"),  # Thursday is worked, Saturday is not
        ("MR 2014-09-24 10:00 2", "2014-09-28"),
        ("MR 2014-10-16 10:00 1", "2014-10-17"),
        ("NP 2022-05-20 10:00 1", "2022-05-23"),
        ("DJ 2016-12-15 10:00 1", "2016-12-17"),
        ("DJ 2017-01-12 10:00 1", "2017-01-15"),
        ("MY-01 2024-12-12 10:00 1", "2024-12-15"),
        ("MY-01 2025-01-16 10:00 1", "2025-01-17"),
    ],
)
def test_weekends_change_and_each_period_is_counted_with_its_own(
    sentence: str, last_day: str
) -> None:
    assert str(due(sentence).day) == last_day


def test_what_was_skipped_is_told_with_its_reason() -> None:
    found = due("EG 2026-09-30 10:00 7")
    assert off(found) == [
        "Fri 02 weekend",
        "Sat 03 weekend",
        "Thu 08 holiday",
        "Fri 09 weekend",
        "Sat 10 weekend",
    ]
    holiday = found.skipped[2]
    assert "Armed Forces Day" in holiday.en
    assert "القوات المسلحة" in holiday.ar
    assert found.doubts == ()
    assert found.basis == f"calendars {shipped().version}, {library()}"


def test_two_weekends_in_one_exchange() -> None:
    """The same request, one copy to Cairo and one to Rome: each by who must act."""
    at = datetime(2026, 9, 10, 12, tzinfo=UTC)
    cairo, rome = add_business_days("EG", at, 30), add_business_days("IT", at, 30)
    assert (cairo.day, rome.day) == (date(2026, 10, 25), date(2026, 10, 22))
    assert {each.day.weekday() for each in rome.skipped} == {5, 6}
    assert date(2026, 10, 8) in {each.day for each in cairo.skipped}


def test_an_estimated_eid_is_skipped_and_the_date_is_in_doubt() -> None:
    found = due("EG 2027-03-07 10:00 2")
    assert found.doubts == ("estimated",)
    assert [each.day.isoformat() for each in found.skipped if each.estimated][:1] == ["2027-03-09"]
    assert "estimated" in found.skipped[0].en


def test_saudi_dates_are_marked_too_although_the_library_does_not_by_itself() -> None:
    year = holiday_year("SA", 2027)
    assert year is not None
    eid = [each for each in year.off.values() if "Eid al-Fitr" in each.en]
    assert eid
    assert all(each.estimated for each in eid)
    assert not year.off[date(2027, 9, 23)].estimated


def test_an_eid_that_just_misses_the_period_is_a_doubt_still() -> None:
    """Estimated for 9 March 2027: announced a day early, it would fall into the period."""
    assert due("EG 2027-03-03 10:00 2").day == date(2027, 3, 7)
    assert due("EG 2027-03-03 10:00 2").doubts == ("estimated",)
    assert due("EG 2027-02-22 10:00 2").doubts == ()


def test_an_announced_eid_replaces_the_estimate() -> None:
    eid = [date(2027, 3, day) for day in range(7, 14)]
    announced = [OwnDay("EG", day, day in eid[3:6], "عيد الفطر كما أُعلن") for day in eid]
    found = due("EG 2027-03-08 10:00 1", own_calendar(announced))
    assert found.day == date(2027, 3, 9)
    assert found.doubts == ()
    assert due("EG 2027-03-08 10:00 1").day > found.day
    later = due("EG 2027-03-09 10:00 1", own_calendar(announced))
    assert [each.why for each in later.skipped[:3]] == ["own", "own", "own"]
    assert later.skipped[0].ar == "عيد الفطر كما أُعلن"


def test_a_worked_saturday_counts_and_the_day_it_was_given_for_does_not() -> None:
    """Russia worked on Saturday, 1 November 2025, and was off on Monday the 3rd."""
    assert day_off("RU", date(2025, 11, 1)) is None
    assert due("RU 2025-10-31 10:00 1").day == date(2025, 11, 1)
    assert due("RU 2025-10-31 10:00 2").day == date(2025, 11, 5)


def test_years_beyond_the_library_are_counted_with_weekends_only_and_it_is_said() -> None:
    found = due("EG 2150-12-20 10:00 10")
    assert found.doubts == ("no_holidays",)
    assert {each.why for each in found.skipped} == {"weekend"}


def test_the_union_and_an_unknown_country_have_deadlines_too() -> None:
    assert due("EU 2026-09-10 10:00 2").doubts == ("no_holidays",)
    nowhere = add_business_days("ZZ", datetime(2026, 9, 10, 23, 30, tzinfo=UTC), 2)
    assert nowhere.day == date(2026, 9, 14)
    assert nowhere.at == datetime(2026, 9, 15, tzinfo=UTC)
    assert nowhere.doubts == ("no_holidays", "weekend_assumed", "unknown_country")


def test_every_doubt_and_reason_has_words() -> None:
    doubts = ("estimated", "no_holidays", "weekend_assumed", "unknown_country")
    assert all(known(f"deadlines.doubt.{each}") for each in doubts)
    assert all(
        known(f"deadlines.why.{each}") for each in ("own", "weekend", "holiday", "suspended")
    )
    assert say("deadlines.skipped", "ar", count=2) == "في هذه المدة يومان لا يُحسبان"


# The end of the day


@pytest.mark.parametrize(
    ("place", "day", "ends"),
    [
        ("EG", "2026-01-14", "2026-01-14 22:00"),
        ("EG", "2026-07-14", "2026-07-14 21:00"),  # daylight saving is back in Egypt
        ("EG", "2026-04-23", "2026-04-23 22:00"),  # midnight does not exist: 00:00 became 01:00
        ("EG", "2026-10-29", "2026-10-29 22:00"),  # the hour before midnight came twice
        ("IR", "2026-07-14", "2026-07-14 20:30"),
        ("NP", "2026-07-14", "2026-07-14 18:15"),
        ("US", "2026-03-08", "2026-03-09 04:00"),  # Washington's zone, on the day of the change
        ("RU", "2026-07-14", "2026-07-14 21:00"),  # Moscow's
        ("CU", "2026-10-31", "2026-11-01 04:00"),  # the hour after midnight comes twice: its first
        ("AE-SH", "2026-07-14", "2026-07-14 20:00"),
    ],
)
def test_the_end_of_a_day_in_the_capitals_time(place: str, day: str, ends: str) -> None:
    assert f"{end_of_day(place, date.fromisoformat(day)):%Y-%m-%d %H:%M}" == ends


def test_the_day_of_arrival_is_the_local_one() -> None:
    """22:30 UTC on Wednesday is Thursday in Cairo, so Sunday is day one there."""
    at = datetime(2026, 9, 9, 22, 30, tzinfo=UTC)
    assert local_day("EG", at) == date(2026, 9, 10)
    assert add_business_days("EG", at, 1).day == date(2026, 9, 13)
    assert add_business_days("GB", at, 1).day == date(2026, 9, 10)


# What cannot be meant


@pytest.mark.parametrize("days", [0, -1, LONGEST + 1])
def test_a_period_has_days(days: int) -> None:
    with pytest.raises(UsageError, match="a period is 1 to 1000 business days"):
        add_business_days("EG", datetime(2026, 9, 10, tzinfo=UTC), days)


# An authority's own file


def test_an_own_calendar_is_read() -> None:
    text = (
        "\ufeffplace,date,change,name\r\n"
        'EG,2027-03-11,off,"Eid, as announced"\r\n'
        "EG,2027-03-09,work,Not yet\r\n"
        "\r\n"
        "IR,2025-03-21,weekend thu fri,Thursdays off\r\n"
    )
    own = read_own_calendar(text, "own.csv")
    assert own.day("EG-C", date(2027, 3, 11)) == OwnDay(
        "EG", date(2027, 3, 11), True, "Eid, as announced"
    )
    assert day_off("EG", date(2027, 3, 9), own) is None
    assert due("IR 2025-04-16 10:00 1", own).day == date(2025, 4, 19)
    assert due("IR 2025-04-16 10:00 1").day == date(2025, 4, 17)
    assert due("IR 2025-02-26 10:00 1", own).day == date(2025, 2, 27)


def test_a_row_for_a_part_comes_before_one_for_the_country() -> None:
    day = date(2026, 9, 14)
    own = own_calendar(
        [OwnDay("AE", day, True, "federal"), OwnDay("AE-SH", day, False, "Sharjah works")]
    )
    assert day_off("AE-SH", day, own) is None
    assert day_off("AE-DU", day, own) is not None


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("ZZ,2027-03-11,off,x", "place"),
        ("Egypt,2027-03-11,off,x", "place"),
        ("EG,11.3.2027,off,x", "date"),
        ("EG,2027-02-29,off,x", "date"),
        ("EG,20270311,off,x", "date"),
        ("EG,2027-03-11,holiday,x", "change"),
        ("EG,2027-03-11,weekend,x", "change"),
        ("EG,2027-03-11,weekend fri caturday,x", "change"),
        ("EG,2027-03-11,weekend mon tue wed thu fri sat sun,x", "change"),
        ("EG,2027-03-11,off,", "name"),
        ("EG,2027-03-11,off", ""),
        ('EG,2027-03-11,off,"x', ""),
    ],
)
def test_a_row_that_cannot_be_meant_is_told_by_line_and_field(row: str, field: str) -> None:
    with pytest.raises(InputError, match=r"own\.csv: not a calendar: own\.csv:3") as caught:
        read_own_calendar(f"place,date,change,name\nEG,2027-03-10,off,Eid\n{row}\n", "own.csv")
    assert [(each.line, each.field) for each in caught.value.problems] == [(3, field)]


@pytest.mark.parametrize("text", ["", "date,place,change,name\n", "EG,2027-03-11,off,x\n"])
def test_a_file_without_its_heading_is_refused(text: str) -> None:
    with pytest.raises(InputError) as caught:
        read_own_calendar(text, "own.csv")
    assert [each.line for each in caught.value.problems] == [1]


# The data


def test_every_rule_is_dated_in_order_and_has_its_source() -> None:
    for place, rules in shipped().rules.items():
        assert place[:2] in shipped().zones
        assert rules[0].since == date.min, place
        assert [rule.since for rule in rules] == sorted({rule.since for rule in rules}), place
        assert all(rule.source.strip() and rule.days and rule.days < ALL_WEEK for rule in rules)


def test_every_zone_exists() -> None:
    assert set(shipped().zones.values()) <= available_timezones()
    assert len(shipped().zones) > 240


def cldr(country: str) -> frozenset[int] | None:
    try:
        locale = Locale.parse(f"und_{country}", resolve_likely_subtags=True)
    except (UnknownLocaleError, ValueError):
        return None
    first, last = locale.weekend_start, locale.weekend_end
    return frozenset((first + n) % 7 for n in range((last - first) % 7 + 1))


def test_where_cldr_says_otherwise_is_listed() -> None:
    """CLDR has one weekend for a country's calendar on the wall; ours are offices' days off."""
    today = date(2026, 11, 24)
    others = {
        country
        for country in shipped().zones
        if cldr(country) not in (None, shipped().of(country, today).days)
    }
    assert others == {"BD", "BN", "DJ", "IN", "MV", "NP", "PS", "SO", "UG"}


def test_weekdays_are_python_s() -> None:
    friday = date(2026, 9, 11)
    assert days_of_week(["fri"]) == {friday.weekday()}
    assert len(WEEKDAYS) == 7


# The slow twin: day by day, hour by hour, nothing cached and nothing skipped over


PLACES = st.sampled_from(
    ["EG", "SA", "IR", "BN", "NP", "AE", "AE-SH", "DE", "GB", "US", "RU", "ZZ"]
)
MOMENTS = st.datetimes(datetime(2005, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))


@st.composite
def pauses(draw: st.DrawFn, start: datetime) -> tuple[Pause, ...]:
    found = []
    for _ in range(draw(st.integers(0, 3))):
        since = start + timedelta(hours=draw(st.integers(-50, 900)))
        found.append(Pause(since, since + timedelta(minutes=draw(st.integers(1, 20_000)))))
    return tuple(found)


@st.composite
def own_calendars(draw: st.DrawFn, place: str, start: datetime) -> OwnCalendar:
    days = [
        OwnDay(place, start.date() + timedelta(days=n), draw(st.booleans()), "own")
        for n in draw(st.sets(st.integers(-3, 60), max_size=6))
    ]
    rules = [
        (
            place[:2],
            Weekend(
                start.date() + timedelta(days=draw(st.integers(-90, 40))),
                draw(st.frozensets(st.integers(0, 6), min_size=1, max_size=6)),
                "own",
            ),
        )
        for _ in range(draw(st.integers(0, 2)))
    ]
    return own_calendar(days, rules)


def works(place: str, day: date, own: OwnCalendar, stops: tuple[Pause, ...]) -> bool:
    """Whether a day is worked, by asking everything anew."""
    zone = zone_of(place)
    minutes = [
        datetime.combine(day, time(), zone).astimezone(UTC),
        datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC),
    ]
    if any(stop.since < minutes[1] and stop.until > minutes[0] for stop in stops):
        return False
    declared = [own.days[key] for key in ((place, day), (place[:2], day)) if key in own.days]
    if declared:
        return not declared[0].off
    rules = [rule for rule in own.weekends.get(place[:2], ()) if rule.since <= day]
    weekend = rules[-1].days if rules else shipped().of(place, day).days
    year = holiday_year(place, day.year)
    if day.weekday() in weekend:
        return year is not None and day in year.worked
    return year is None or day not in year.off


@given(st.data(), PLACES, MOMENTS, st.integers(1, 40))
def test_counting_agrees_with_going_day_by_day(
    data: st.DataObject, place: str, start: datetime, days: int
) -> None:
    stops = data.draw(pauses(start))
    own = data.draw(own_calendars(place, start))
    found = add_business_days(place, start, days, own=own, pauses=stops)
    day, counted = start.astimezone(zone_of(place)).date(), 0
    first = day
    idle = []
    while counted < days:
        day += timedelta(days=1)
        if works(place, day, own, stops):
            counted += 1
        else:
            idle.append(day)
    assert found.day == day
    assert [each.day for each in found.skipped] == idle
    assert local_day(place, found.at - timedelta(seconds=1)) == day
    assert local_day(place, found.at) > day
    assert business_days_after(place, first, found.day, own=own, pauses=stops) == days


@given(PLACES, MOMENTS, st.integers(1, 30), st.integers(1, 30))
def test_periods_add_up(place: str, start: datetime, one: int, other: int) -> None:
    """From the end of the first the second goes on: nothing is lost at the seam."""
    middle = add_business_days(place, start, one)
    assume(middle.day > local_day(place, start))
    noon = datetime.combine(middle.day, time(12), ZoneInfo(zone_of(place).key))
    assert add_business_days(place, noon, other).day == (
        add_business_days(place, start, one + other).day
    )


@given(PLACES, MOMENTS, MOMENTS, st.integers(1, 30))
def test_who_comes_later_is_due_no_earlier(
    place: str, one: datetime, other: datetime, days: int
) -> None:
    first, second = sorted((one, other))
    assert add_business_days(place, first, days).at <= add_business_days(place, second, days).at
