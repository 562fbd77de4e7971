"""What a birth date adds to a name, and the dates that a slip makes of one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from taawun.cooperation.private.telling import Need
from taawun.entities.dates import span

NEED = Need(part=370, whole=264)
"""What a name and a birth must tell together, in tenths of a bit."""
DAY, NEW_YEAR, YEAR = 142, 80, 25
"""What a day of birth tells, what the first of January does (many registers write it for a day that
is not known), and what a year does when the one before and the one after count too."""
SLIP = 40
"""What a day tells less when its slips are kept too."""
MOST_BIRTHS = 4


@dataclass(frozen=True, slots=True)
class Birth:
    """A birth year, and the day where it is known."""

    year: int
    day: date | None = None

    def on_the_day(self) -> Need:
        """What a name must tell to go with this day of birth."""
        assert self.day is not None
        return NEED.less(NEW_YEAR if (self.day.month, self.day.day) == (1, 1) else DAY)

    def in_the_year(self) -> Need:
        """What a name must tell to go with this year, the one before or the one after."""
        return NEED.less(YEAR)

    def slips(self) -> tuple[date, ...]:
        """The same day a year before and after, and with day and month changed about."""
        if self.day is None:
            return ()
        return tuple(
            found
            for year, month, day in (
                (self.year - 1, self.day.month, self.day.day),
                (self.year + 1, self.day.month, self.day.day),
                (self.year, self.day.day, self.day.month),
            )
            if (found := _day(year, month, day)) is not None and found != self.day
        )


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def births_of(texts: Iterable[str]) -> tuple[Birth, ...]:
    """What is known of a birth from dates as written; what is no date is passed over.

    A range of years is its first and its last.
    """
    found: dict[Birth, None] = {}
    for text in texts:
        known = span(text)
        if known is None:
            continue
        if known.exact:
            found[Birth(known.first.year, known.first)] = None
        else:
            found[Birth(known.first.year)] = None
            found[Birth(known.last.year)] = None
    return tuple(found)[:MOST_BIRTHS]
