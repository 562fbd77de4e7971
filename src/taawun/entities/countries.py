"""The ISO 3166 code of a country from its name, adjective or code, in the languages of the lists.

Names come from CLDR (through babel) in some sixty languages and from `data/countries.yml`: official
and former names, publishers' spellings, adjectives such as "Iraqi" or عراقي. A name that two
countries share ("Congolese", "Guinea" in some languages) is answered only where the file decides;
what is not known is "", never a guess.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import yaml

_CODE = re.compile(r"[a-z]{2}")
_ARTICLES = re.compile(r"^(?:the|la|le|les|el|die|der) ")
# "Unknown region", outlying Oceania, the euro area, and the test locales of CLDR.
_NO_COUNTRY = frozenset({"ZZ", "QO", "EZ", "XA", "XB"})
_BRACKETED = re.compile(r"\s*\([^()]*\)\s*$")
_ARABIC = str.maketrans("أإآٱىةكيی", "اااايهكيي") | str.maketrans("ک", "ك")


@lru_cache(maxsize=20_000)
def country_code(text: str) -> str:
    """Alpha-2 in lower case (longer codes for states that are no more, as FollowTheMoney), or "".

    >>> country_code("Syrian Arab Republic"), country_code("عراقي"), country_code("Atlantis")
    ('sy', 'iq', '')
    """
    key = folded(text)
    if not key:
        return ""
    if key in _codes() and len(text.strip()) <= 7:
        return key
    for book in (_reviewed, _aliases, _english, _everywhere):
        if found := book().get(key):
            return found
    head, comma, tail = text.partition(", ")
    if comma and "," not in tail and (found := country_code(f"{tail} {head}")):
        return found  # "Man, Isle of"
    bare = _BRACKETED.sub("", text)
    return country_code(bare) if bare and bare != text else ""


@lru_cache(maxsize=256)
def says_unknown(text: str) -> bool:
    """Whether a source's text for a country means that it does not know."""
    return folded(text) in {folded(said) for said in _file()["unknown"]} or not folded(text)


@cache
def _codes() -> frozenset[str]:
    territories = (code.lower() for code in _territories("en") if code not in _NO_COUNTRY)
    return frozenset(code for code in territories if _CODE.fullmatch(code)) | frozenset(
        _file()["former"]
    )


@cache
def _aliases() -> dict[str, str]:
    """Alpha-3, numeric and withdrawn codes that stand for exactly one territory of today."""
    from babel.core import get_global

    return {
        alias.lower(): codes[0].lower()
        for alias, codes in get_global("territory_aliases").items()
        if len(codes) == 1 and len(codes[0]) == 2
    }


@cache
def _reviewed() -> dict[str, str]:
    said = _file()
    book: dict[str, str] = {}
    for part in ("people_other", "people", "former", "countries"):
        for code, names in said[part].items():
            book.update((folded(name), code) for name in names)
    for code, names in said["people_ar"].items():
        for name in (*names, *(f"{name}ة" for name in names)):
            book |= {folded(name): code, folded(f"ال{name}"): code}
    return book


@cache
def _english() -> dict[str, str]:
    return _agreed(_named("en"))


@cache
def _everywhere() -> dict[str, str]:
    return _agreed(pair for lang in _file()["languages"] for pair in _named(lang))


@cache
def names_in(languages: tuple[str, ...]) -> dict[str, str]:
    """Names and adjectives of countries in these languages, folded, and their codes.

    For running text, where a word is asked whether it is a country and most are not.
    """
    book = _agreed(pair for lang in languages for pair in _named(lang))
    return {name: code for name, code in (book | _english() | _reviewed()).items() if code}


def _agreed(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Names by their one code; a name that stands for two countries is left out."""
    book: dict[str, str] = {}
    for name, code in pairs:
        book[name] = code if book.get(name, code) == code else ""
    return book


def _named(lang: str) -> Iterator[tuple[str, str]]:
    for code, name in _territories(lang).items():
        if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRY:
            yield folded(name), code.lower()


def _territories(lang: str) -> dict[str, str]:
    from babel import Locale

    return dict(Locale.parse(lang).territories)


@cache
def _file() -> dict[str, Any]:
    text = files(__package__).joinpath("data/countries.yml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return loaded


def folded(text: str) -> str:
    """What spellings of one name share: no case, marks, punctuation or article."""
    if len(text) > 120:
        return ""
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_ARABIC))
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    bare = bare.translate(_ARABIC).replace("&", " and ").replace("'", "").replace("’", "")
    words = "".join(char if char.isalnum() or not char.isascii() else " " for char in bare).split()
    return _ARTICLES.sub("", " ".join(word.strip("،؛«»“”–—") for word in words))
