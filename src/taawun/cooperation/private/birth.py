"""What a birth date adds to a name, and the dates that a slip makes of one."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from taawun.cooperation.private.telling import Need
from taawun.entities.dates import span

NEED = Need(part=370, whole=264)
"""What a name and a birth must tell together, in tenths of a bit, to be alone in a million."""
A_MILLION = 1_000_000
"""For how many records that holds, and what is taken where nobody says another number."""
DECADE = 33
"""What must be told more among ten times as many records, and less among a tenth of them."""
DAY, NEW_YEAR, YEAR = 142, 80, 15
"""What a day of birth tells, what the first of January does (many registers write it for a day that
is not known), and what a year does when the one before and the one after count too."""
SLIP = 60
"""What a day tells less when its slips are kept too."""
MOST_BIRTHS = 4
NO_DAY = "-00-00"
"""What stands after a year for "and no day is known", in a token."""


def need_among(records: int) -> Need:
    """What must be told where there are at most so many records: a power of ten."""
    return NEED.less(-DECADE * round(math.log10(records / A_MILLION)))


@dataclass(frozen=True, slots=True)
class Birth:
    """A birth year, and the day where it is known."""

    year: int
    day: date | None = None

    @property
    def sure(self) -> bool:
        """Whether a day is known that no register writes for one that is not known."""
        return self.day is not None and (self.day.month, self.day.day) != (1, 1)

    def on_the_day(self, need: Need) -> Need:
        """What a name must tell to go with this day of birth, of what is needed in all."""
        return need.less(DAY if self.sure else NEW_YEAR)

    def in_the_year(self, need: Need) -> Need:
        """What a name must tell to go with this year, the one before or the one after."""
        return need.less(YEAR)

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
