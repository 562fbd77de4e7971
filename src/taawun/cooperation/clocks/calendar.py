"""Business days: which day is one in a place, and when a number of them is over.

    add_business_days(place, start, days)  the Due: last day, the moment it ends, what was skipped
    day_off(place, day)                    why a day is none, or None
    business_days_after(place, day, last)  how many lie between

The day on which something arrives does not count, whatever its hour; the first business day after
it is day one; the period ends with the last day's last moment, in the time of the country's
capital (Regulation 1182/71, article 3, counts so). A day is none, in this order of reasons:

    own        the authority's own calendar says so (and `work` there overrides everything below)
    weekend    `calendars.yml`, unless the country exchanged that day for another
    holiday    the `holidays` library
    suspended  the agreement was suspended during any part of it

Nothing here reads a clock. A place is ISO 3166-1 (`EG`), or 3166-2 where a part differs (`AE-SH`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from taawun.cooperation.clocks.own_calendar import NOTHING_OWN, OwnCalendar
from taawun.cooperation.clocks.public_holidays import holiday_year, library
from taawun.cooperation.clocks.weekends import is_known, shipped, zone_of
from taawun.errors import UsageError

LONGEST = 1000
"""Business days of the longest period: a treaty's longest are some hundred."""
MOON = timedelta(days=2)
"""How far an announced Islamic holiday may lie from its estimate."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Pause:
    """A time that does not count, from `since` up to, not with, `until`."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class DayOff:
    """A day that does not count: `why` is own, weekend, holiday or suspended.

    `en` and `ar` name a holiday or say the authority's own reason; `estimated` is a computed
    Islamic holiday that may yet move.
    """

    day: date
    why: str
    en: str = ""
    ar: str = ""
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    """When a period of business days is over.

    `day` is its last day in `place`, `at` (UTC) the moment at which that day has ended: what is
    not done before `at` is late. `skipped` are the days between that did not count, in order.
    `doubts` are codes of what may change the date:

        estimated         an Islamic holiday within reach is computed, not announced yet
        no_holidays       the library knows no holidays here: weekends only
        weekend_assumed   the weekend of this country is assumed, not looked up
        unknown_country   the calendar does not know the country: its day ends as in UTC

    `basis` names the data it was counted with.
    """

    place: str
    start: datetime
    days: int
    day: date
    at: datetime
    skipped: tuple[DayOff, ...]
    doubts: tuple[str, ...]
    basis: str


def add_business_days(
    place: str,
    start: datetime,
    days: int,
    *,
    own: OwnCalendar = NOTHING_OWN,
    pauses: Sequence[Pause] = (),
) -> Due:
    """The end of `days` business days (1 to 1000) after `start`, which knows its zone.

    UsageError for a number out of that range. A country that the calendar does not know is counted
    in UTC with the assumed weekend, and the doubts say so: a request from there has a deadline too.
    """
    if not 1 <= days <= LONGEST:
        raise UsageError(f"a period is 1 to {LONGEST} business days, got {days}")
    first = local_day(place, start)
    skipped: list[DayOff] = []
    last, left = first, days
    while left:
        last += _DAY
        off = not_counted(place, last, own, pauses)
        if off is None:
            left -= 1
        else:
            skipped.append(off)
    doubts = tuple(_doubts(place, first, last, own))
    at = end_of_day(place, last)
    return Due(place, start.astimezone(UTC), days, last, at, tuple(skipped), doubts, basis())


def day_off(place: str, day: date, own: OwnCalendar = NOTHING_OWN) -> DayOff | None:
    """Why a day is no business day in a place; None when it is one."""
    said = own.day(place, day)
    if said is not None:
        return DayOff(day, "own", said.name, said.name) if said.off else None
    weekend = own.weekend(place, day) if own.weekends else None
    return _shipped_day_off(place, day) if weekend is None else _day_off(place, day, weekend.days)


@lru_cache(maxsize=2**16)
def _shipped_day_off(place: str, day: date) -> DayOff | None:
    """Kept, because every clock of every request asks for the same days again."""
    return _day_off(place, day, shipped().of(place, day).days)


def _day_off(place: str, day: date, weekend: frozenset[int]) -> DayOff | None:
    year = holiday_year(place, day.year)
    if day.weekday() in weekend and not (year and day in year.worked):
        return DayOff(day, "weekend")
    holiday = year.off.get(day) if year else None
    if holiday is None:
        return None
    return DayOff(day, "holiday", holiday.en, holiday.ar, holiday.estimated)


def not_counted(
    place: str, day: date, own: OwnCalendar = NOTHING_OWN, pauses: Sequence[Pause] = ()
) -> DayOff | None:
    """As `day_off`, and a day that any pause touches does not count either."""
    off = day_off(place, day, own)
    if off is not None or not pauses:
        return off
    begins, ends = end_of_day(place, day - _DAY), end_of_day(place, day)
    touched = any(pause.since < ends and begins < pause.until for pause in pauses)
    return DayOff(day, "suspended") if touched else None


def business_days_after(
    place: str,
    day: date,
    last: date,
    *,
    own: OwnCalendar = NOTHING_OWN,
    pauses: Sequence[Pause] = (),
) -> int:
    """How many business days come after `day`, up to and with `last`; 0 when it is not later."""
    between = (day + timedelta(days=n) for n in range(1, (last - day).days + 1))
    return sum(not_counted(place, each, own, pauses) is None for each in between)


def local_day(place: str, at: datetime) -> date:
    """The date in a place at a moment."""
    return at.astimezone(zone_of(place)).date()


def end_of_day(place: str, day: date) -> datetime:
    """The moment (UTC) at which a day has ended in a place.

    Where clocks change at midnight: the first moment that bears the next day's date.
    """
    midnight = datetime.combine(day + _DAY, time(), zone_of(place))
    return midnight.astimezone(UTC)


def basis() -> str:
    """What dates are counted with: two nodes with the same count the same."""
    return f"calendars {shipped().version}, {library()}"


def _doubts(place: str, first: date, last: date, own: OwnCalendar) -> Iterator[str]:
    reach = (first - MOON + timedelta(days=n) for n in range((last - first + 2 * MOON).days + 1))
    # What the authority has said of a day is no estimate any more.
    if any(_is_estimate(place, day) and own.day(place, day) is None for day in reach):
        yield "estimated"
    if any(holiday_year(place, year) is None for year in range(first.year, last.year + 1)):
        yield "no_holidays"
    if own.weekend(place, last) is None and shipped().of(place, last) is shipped().assumed:
        yield "weekend_assumed"
    if not is_known(place):
        yield "unknown_country"


@lru_cache(maxsize=2**16)
def _is_estimate(place: str, day: date) -> bool:
    """Whether a day has a computed holiday, be it on a weekend."""
    year = holiday_year(place, day.year)
    holiday = year.off.get(day) if year else None
    return holiday is not None and holiday.estimated
