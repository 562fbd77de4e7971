"""Numbers, dates and times as a language writes them (Unicode CLDR, through babel).

babel is imported at the first figure that needs it: small whole numbers in English do not.
"""

from __future__ import annotations

from datetime import date, datetime, time
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel import Locale


def written(value: object, lang: str) -> str:
    """A number, date or time in the words and digits of `lang`; anything else as `str` has it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int) and lang == "en" and -1000 < value < 1000:
        return str(value)
    if isinstance(value, (int, float)):
        return number(value, lang)
    if isinstance(value, (date, time)):
        return moment(value, lang)
    return str(value)


def number(value: int | float, lang: str) -> str:
    """A number with the grouping, decimal sign and digits of `lang`, three decimals at most."""
    from babel.numbers import format_decimal

    said = format_decimal(value, locale=_locale(lang), numbering_system=_numbering(lang))
    return in_digits(said, lang)


def amount(minor: int, decimals: int, lang: str) -> str:
    """Minor units as an amount with that many decimals, exactly, grouped as in `lang`."""
    from decimal import Decimal

    from babel.numbers import format_decimal

    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    value = Decimal(minor).scaleb(-decimals)
    said = format_decimal(value, pattern, locale=_locale(lang), numbering_system=_numbering(lang))
    return in_digits(said, lang)


def moment(value: date | time, lang: str) -> str:
    """A date, time or both in `lang`'s middle length. The calendar is the Gregorian one."""
    from babel.dates import format_date, format_datetime, format_time

    locale = _locale(lang)
    if isinstance(value, datetime):
        said = format_datetime(value, "medium", locale=locale)
    elif isinstance(value, date):
        said = format_date(value, "medium", locale=locale)
    else:
        said = format_time(value, "medium", locale=locale)
    return in_digits(said, lang)


def days(first: date, last: date, lang: str) -> str:
    """A day, or from one day to another, in the shortest form that names the year."""
    from babel.dates import format_interval, format_skeleton

    if first == last:
        return in_digits(format_skeleton("yMMMd", first, locale=_locale(lang)), lang)
    said = format_interval(first, last, "yMMMd", locale=_locale(lang))
    return in_digits(said.replace("\u2009", " "), lang)


def in_digits(text: str, lang: str) -> str:
    """`text` with its ASCII digits replaced by those that `lang` is written with."""
    if _numbering(lang) != "arab":
        return text
    return text.translate(_ARABIC_INDIC)


def plural_form(count: object, lang: str) -> str:
    """The CLDR plural form of a count: zero, one, two, few, many or other."""
    if not isinstance(count, (int, float)):
        raise TypeError(f"a count is a number, got {type(count).__name__}")
    if lang == "en":
        return "one" if count == 1 else "other"
    return _locale(lang).plural_form(count)


_ARABIC_INDIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


@lru_cache(maxsize=16)
def _locale(lang: str) -> Locale:
    from babel import Locale

    return Locale.parse(lang.split("-u-", 1)[0], sep="-")


def _numbering(lang: str) -> str:
    """`arab` or `latn`: what the language tag asks for, else what is usual in the language."""
    if "-nu-" in lang:
        return lang.rsplit("-nu-", 1)[1][:4]
    return "arab" if lang.split("-", 1)[0] == "ar" else "latn"
