"""Dates as partial as their source, and what two of them say about each other.

A `Span` is what is known of a date: the earliest and the latest day it can be. "1954" is the whole
year, "1961 to 1963" three of them, "circa 1965" a year either side. The form in which entities
keep dates is ISO 8601 cut where knowledge ends: YYYY, YYYY-MM or YYYY-MM-DD.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from taawun.entities.entity import Value

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar janvier enero",
            "feb february februar février febrero",
            "mar march märz mars marzo",
            "apr april avril abril",
            "may mai mayo",
            "jun june juni juin junio",
            "jul july juli juillet julio",
            "aug august août agosto",
            "sep sept september septembre septiembre",
            "oct october oktober octobre octubre",
            "nov november novembre noviembre",
            "dec december dezember décembre diciembre",
        ),
        start=1,
    )
    for name in names.split()
}
_CIRCA = re.compile(
    r"^(?:circa|c\.|ca\.|approximately|approx\.?|about|around|environ|vers|تقريبا)\s*", re.I
)
_RANGE = re.compile(
    r"^(?:between|from|entre)?\s*(.+?)\s*(?:\bto\b|\band\b|\s[-–—]\s)\s*(.+)$", re.I
)
_YEARS = re.compile(r"^(\d{4})\s*[-–—]\s*(\d{4})$")
_UNKNOWN = frozenset({"", "00", "0", "dd", "mm", "xx", "--", "??"})
_SHAPES = (
    # 1954-10-07, 1954-10, 1954; a time or a time zone after the day does not matter
    re.compile(
        r"^(?P<y>\d{4})(?:-(?P<m>\d{1,2})(?:-(?P<d>\d{1,2})(?:[T ].*|Z|[+-]\d\d:\d\d)?)?)?$"
    ),
    # 07/10/1954, dd/mm/1954, 00/00/1954, 7.10.1954: day first, as the lists of Europe write
    re.compile(r"^(?P<d>\d{1,2}|dd|xx|\?\?)[/.](?P<m>\d{1,2}|mm|xx|\?\?)[/.](?P<y>\d{4})$", re.I),
    # 07 Oct 1954, 7 October 1954, Oct 1954, Oct. 1954
    re.compile(r"^(?:(?P<d>\d{1,2})(?:st|nd|rd|th)?\s+)?(?P<n>[^\W\d]{3,10})\.?,?\s+(?P<y>\d{4})$"),
    # October 7, 1954
    re.compile(r"^(?P<n>[^\W\d]{3,10})\.?\s+(?P<d>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<y>\d{4})$"),
)
# A year before 1500 in a list is a Hijri year that was not converted (seen: 24/06/1402).
_FIRST_YEAR, _LAST_YEAR = 1500, 2199


class DateFit(StrEnum):
    """What two dates say of each other, from the strongest evidence for to that against."""

    EXACT = "exact"  # the same day
    COMPATIBLE = "compatible"  # as far as both are known, they may be the same day
    SWAPPED = "swapped"  # day and month change places, else the same
    NEAR = "near"  # the years are one apart
    CONFLICT = "conflict"  # cannot be the same day


@dataclass(frozen=True, slots=True)
class Span:
    """The earliest and the latest day that a date can be; `circa` when its source said "about"."""

    first: date
    last: date
    circa: bool = False

    @property
    def exact(self) -> bool:
        """Whether it is one known day."""
        return self.first == self.last and not self.circa

    @property
    def texts(self) -> tuple[str, ...]:
        """ISO forms: one for a day, month or year, two (the ends) for a wider range."""
        whole = _whole(self.first, self.last)
        return (whole,) if whole else (_end(self.first, "01-01"), _end(self.last, "12-31"))


def span(text: str) -> Span | None:
    """What a written date means; None when it is no date that can be.

    Reads ISO, 07 Oct 1954, October 7, 1954, 07/10/1954 (day first), dd/mm/1954, 00/00/1954,
    `circa` and its like, and ranges: 1961 to 1963, between Aug 1977 and Sep 1977, 1961-1963.
    """
    said = " ".join(text.split()).strip(" .,;")
    if len(said) > 80:
        return None
    circa = _CIRCA.match(said) is not None
    said = _CIRCA.sub("", said)
    found = _single(said) or _range(said)
    return Span(*found, circa) if found else None


def span_of(value: Value) -> Span | None:
    """What a value means: the range or the "about" that its source wrote, else its own text.

    Of "1960 to 1962" an entity holds both ends as values; each of them means the whole range.
    """
    return (span(value.original) if value.original else None) or span(value.text)


def partial(text: str) -> str:
    """The ISO form of a single date (day, month or year), or "" when `text` is none."""
    found = _single(" ".join(text.split()).strip(" .,;"))
    return _whole(*found) if found else ""


def compare(one: str, other: str) -> DateFit | None:
    """What two written dates say of each other; None when either cannot be read."""
    first, second = span(one), span(other)
    return agreement(first, second) if first and second else None


def agreement(one: Span, other: Span) -> DateFit:
    """What two dates say of each other. Symmetric; "about" stretches a date by a year."""
    if one.exact and other.exact:
        return _days(one.first, other.first)
    one_first, one_last = _stretched(one)
    other_first, other_last = _stretched(other)
    if one_first <= other_last and other_first <= one_last:
        return DateFit.COMPATIBLE
    gap = min(abs(one_first.year - other_last.year), abs(other_first.year - one_last.year))
    return DateFit.NEAR if gap <= 1 else DateFit.CONFLICT


def _days(one: date, other: date) -> DateFit:
    if one == other:
        return DateFit.EXACT
    if (one.year, one.month, one.day) == (other.year, other.day, other.month):
        return DateFit.SWAPPED
    return DateFit.NEAR if abs(one.year - other.year) <= 1 else DateFit.CONFLICT


def _stretched(value: Span) -> tuple[date, date]:
    if not value.circa:
        return value.first, value.last
    return value.first - timedelta(days=366), value.last + timedelta(days=366)


def _single(said: str) -> tuple[date, date] | None:
    for shape in _SHAPES:
        if match := shape.match(said):
            parts = match.groupdict()
            month = parts.get("m") or ""
            if name := parts.get("n"):
                month = str(_MONTHS.get(name.lower(), 99))
            return _bounds(parts["y"], month, parts.get("d") or "")
    return None


def _bounds(year: str, month: str, day: str) -> tuple[date, date] | None:
    """First and last day of a year, month or day; None for a day that does not exist."""
    number = int(year)
    if not _FIRST_YEAR <= number <= _LAST_YEAR:
        return None
    if month.lower() in _UNKNOWN:
        return date(number, 1, 1), date(number, 12, 31)
    if not 1 <= int(month) <= 12:
        return None
    length = calendar.monthrange(number, int(month))[1]
    if day.lower() in _UNKNOWN:
        return date(number, int(month), 1), date(number, int(month), length)
    if not 1 <= int(day) <= length:
        return None
    return (date(number, int(month), int(day)),) * 2


def _range(said: str) -> tuple[date, date] | None:
    match = _YEARS.match(said) or _RANGE.match(said)
    if not match:
        return None
    first, last = _single(match[1].strip(" .,")), _single(match[2].strip(" .,"))
    if not first or not last or first[0] > last[1]:
        return None
    return first[0], last[1]


def _whole(first: date, last: date) -> str:
    """YYYY, YYYY-MM or YYYY-MM-DD when the two days bound exactly that, else ""."""
    if first == last:
        return first.isoformat()
    month_end = calendar.monthrange(first.year, first.month)[1]
    if first.day == 1 and last == date(first.year, first.month, month_end):
        return f"{first.year:04}-{first.month:02}"
    if (first.month, first.day, last) == (1, 1, date(first.year, 12, 31)):
        return f"{first.year:04}"
    return ""


def _end(day: date, whole_year: str) -> str:
    """One end of a range, as partial as a range of whole years is."""
    iso = day.isoformat()
    return iso[:4] if iso[5:] == whole_year else iso
