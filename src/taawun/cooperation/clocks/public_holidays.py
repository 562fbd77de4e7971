"""Public holidays of a country in a year, as the `holidays` library knows them.

Islamic holidays are kept by the moon: until they are announced the library computes them, and says
so. Such a day is marked `estimated`, also where a country computes its calendar itself (Saudi
Arabia's Umm al-Qura): its Eid is announced all the same.

Some countries exchange days: a Saturday is worked, a Monday is off instead (Russia, China). The
exchanged weekend days are in `worked`.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from importlib.metadata import version
from typing import Any

from holidays import HolidayBase, country_holidays, list_supported_countries

ENGLISH = "en_US"
_ESTIMATED = "estimated)"
"""How a computed day's English name ends: "(estimated)" or "(observed, estimated)"."""


@dataclass(frozen=True, slots=True)
class PublicHoliday:
    """A day off for everybody, by its name in English and, where the library has it, Arabic."""

    day: date
    en: str
    ar: str
    estimated: bool


@dataclass(frozen=True, slots=True)
class HolidayYear:
    """The holidays of one year, and the weekend days that were made working days."""

    off: Mapping[date, PublicHoliday]
    worked: frozenset[date]


@cache
def library() -> str:
    """The library and its version: two nodes with different ones may count differently."""
    return f"holidays {version('holidays')}"


@lru_cache(maxsize=4096)
def holiday_year(place: str, year: int) -> HolidayYear | None:
    """The holidays of a place (ISO 3166-1, or 3166-2 where the library divides the country).

    None where the library does not know the country, or not that year.
    """
    country, _, part = place.partition("-")
    subdivisions = _subdivisions(country)
    if subdivisions is None:
        return None
    english = _named(country, part if part in subdivisions else None, year, ENGLISH)
    if not english.start_year <= year <= english.end_year:
        return None
    arabic = _arabic(country, part if part in subdivisions else None, year)
    found = {
        day: PublicHoliday(day, name, arabic.get(day, ""), _ESTIMATED in name)
        for day, name in english.items()
        if day.year == year
    }
    return HolidayYear(found, frozenset(d for d in english.weekend_workdays if d.year == year))


@cache
def _subdivisions(country: str) -> tuple[str, ...] | None:
    if country not in list_supported_countries():
        return None
    return tuple(country_holidays(country).subdivisions)


def _arabic(country: str, part: str | None, year: int) -> Mapping[date, str]:
    spoken = country_holidays(country).supported_languages
    language = next((each for each in spoken if each.partition("_")[0] == "ar"), None)
    return dict(_named(country, part, year, language).items()) if language else {}


def _named(country: str, part: str | None, year: int, language: str) -> HolidayBase:
    """The library's own object for a year and the next: a New Year may be observed in December."""
    kind = type(country_holidays(country))
    marks = "islamic_show_estimated" in inspect.signature(kind.__init__).parameters
    spoken = language if language in kind.supported_languages else None
    options: dict[str, Any] = {"islamic_show_estimated": True} if marks else {}
    return country_holidays(
        country, subdiv=part, years=(year, year + 1), expand=False, language=spoken, **options
    )
