"""Days and hours: weekends, month ends, Ramadan, bank days, and the hour of a movement.

Days count from the plan's start; times are seconds since 1970, UTC. Countries are places in the
plan's list; a place beyond it (outside the region) keeps Monday to Friday and UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

from taawun.jit import I64
from taawun.sandbox.chance import F64, Rng
from taawun.sandbox.kinds import KINDS
from taawun.sandbox.plan import Plan
from taawun.sandbox.region import COUNTRIES

DAY = 86_400
RAMADAN_YEAR = 354.367
"""Days of a lunar year; the made-up region reckons by the mean moon, not by sighting."""
RAMADAN_KNOWN = datetime(2026, 2, 18, tzinfo=UTC)
RAMADAN, EID = 29.5, 4.0


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days of a plan and some beyond it. Arrays have one row per day.

    `month_day` from 1, `left` days to the month's end, `fast` during Ramadan, `feast` the days
    after it; `open` and `next_open`, `weekend` by country and day.
    """

    epoch: int
    days: int
    month_day: I64
    left: I64
    month: I64
    fast: npt.NDArray[np.bool_]
    feast: npt.NDArray[np.bool_]
    weekend: npt.NDArray[np.bool_]
    next_open: I64
    hours: I64
    muslim: npt.NDArray[np.bool_]

    def office(self, country: I64, day: I64) -> I64:
        """The first bank day of the country that is not before the day."""
        found: I64 = self.next_open[country, np.minimum(day, self.next_open.shape[1] - 1)]
        return found

    def at(self, rng: Rng, kind: I64, country: I64, day: I64) -> I64:
        """A time on the day for each movement, in the hours of its kind, as UTC seconds."""
        hour = np.zeros(len(kind))
        for number in np.unique(kind):
            rows = np.flatnonzero(kind == number)
            hour[rows] = _hours(rng, KINDS[number].hours, len(rows))
            if KINDS[number].office:
                day[rows] = self.office(country[rows], day[rows])
            else:
                night = self.fast[day[rows]] & self.muslim[country[rows]]
                hour[rows] += np.where(night & (hour[rows] > 14), 3.2, 0.0)
        second = np.clip(hour * 3600, 60, DAY - 60).astype(np.int64)
        return self.epoch + day * DAY + second - self.hours[country] * 3600


def _hours(rng: Rng, mixture: tuple[tuple[float, float, float], ...], size: int) -> F64:
    if not size:
        return np.zeros(0)
    means, widths, weights = map(np.array, zip(*mixture, strict=True))
    drawn = np.searchsorted(np.cumsum(weights), rng.random(size) * weights.sum())
    drawn = np.minimum(drawn, len(means) - 1)
    found: F64 = means[drawn] + widths[drawn] * rng.standard_normal(size)
    return np.abs(found)


def calendar(plan: Plan) -> Calendar:
    """The calendar of a plan, with a margin of sixty days behind its end."""
    count = plan.days + 60
    start = datetime(plan.start.year, plan.start.month, plan.start.day, tzinfo=UTC)
    days = [start + timedelta(days=number) for number in range(count)]
    following = [day + timedelta(days=1) for day in days]
    month_day = np.array([day.day for day in days], np.int64)
    ends = np.array([a.month != b.month for a, b in zip(days, following, strict=True)])
    moon = np.array([_moon(day) for day in days])
    places = [COUNTRIES[code] for code in plan.countries]
    weekday = np.array([day.weekday() for day in days])
    rests = [place.weekend for place in places] + [(5, 6)]
    feast = (moon >= RAMADAN) & (moon < RAMADAN + EID)
    weekend = np.array([np.isin(weekday, rest) for rest in rests])
    muslim = np.array([*(place.muslim for place in places), False])
    closed = weekend | (muslim[:, None] & feast[None, :])
    return Calendar(
        epoch=int(start.timestamp()),
        days=plan.days,
        month_day=month_day,
        left=_left(ends),
        month=np.array([day.year * 12 + day.month for day in days], np.int64),
        fast=moon < RAMADAN,
        feast=feast,
        weekend=weekend,
        next_open=np.array([_next_open(row) for row in closed]),
        hours=np.array([*(place.hours for place in places), 0], np.int64),
        muslim=muslim,
    )


def _moon(day: datetime) -> float:
    """Days since Ramadan began, within its lunar year."""
    return float(((day - RAMADAN_KNOWN) / timedelta(days=1)) % RAMADAN_YEAR)


def _left(ends: npt.NDArray[np.bool_]) -> I64:
    left = np.zeros(len(ends), np.int64)
    for day in range(len(ends) - 2, -1, -1):
        left[day] = 0 if ends[day] else left[day + 1] + 1
    return left


def _next_open(closed: npt.NDArray[np.bool_]) -> I64:
    found = np.arange(len(closed), dtype=np.int64)
    for day in range(len(closed) - 2, -1, -1):
        if closed[day]:
            found[day] = found[day + 1]
    return found
