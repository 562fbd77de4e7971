"""The acronyms that a company's name can be known by.

IRISL is Islamic Republic of Iran Shipping Lines, NIOC is National Iranian Oil Company, AQIM takes
the article and leaves out "the". Which small words give a letter differs, so a name has several
acronyms; a name that is one of them may be this name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources
from typing import Any

import yaml

SHORTEST, LONGEST = 2, 10
_GENERIC_FAMILIES = frozenset({"company", "group"})
_BETWEEN = re.compile(r"[\W_]+")


def acronyms(words: Sequence[str]) -> set[str]:
    """The acronyms of a name given as words, in capitals; 2 to 10 letters each.

    Made from all words but the small ones (of, the, и, و) and the legal forms, with and without
    the generic words and the word company, and once with the small words' letters. Words that
    start with a figure, and names in a script without capitals, give none.
    """
    parts = [part for word in words for part in _split(word)]
    small = [part.casefold() in _stop() for part in parts]
    forms = [part.casefold() in _forms() for part in parts]
    told = [p for p, s, f in zip(parts, small, forms, strict=True) if not s and not f]
    found = {
        _letters(told),
        _letters([part for part in told if part.casefold() not in _generic()]),
        _letters([p for p, f in zip(parts, forms, strict=True) if not f]),
        _letters([p for p, s in zip(parts, small, strict=True) if not s]),
        _letters([p for p in parts if p.casefold() not in ("the", "of") and not _form_only(p)]),
    }
    return found - {""}


def _split(word: str) -> Iterator[str]:
    yield from _BETWEEN.sub(" ", word).split()


def _letters(parts: Sequence[str]) -> str:
    """The first letters, or "" where they make no acronym."""
    if not SHORTEST <= len(parts) <= LONGEST:
        return ""
    firsts = [unicodedata.normalize("NFKD", part)[0] for part in parts]
    capitals = "".join(firsts).upper()
    return capitals if all(c.isupper() for c in capitals) else ""


def _form_only(part: str) -> bool:
    """A legal form that is no word: Ltd gives no letter, Company does."""
    return part.casefold() in _forms() and part.casefold() not in _company_words()


def _data(name: str) -> Any:
    source = resources.files("taawun.names").joinpath(f"data/companies/{name}.yml")
    return yaml.load(source.read_text("utf-8"), Loader=yaml.CSafeLoader)


@cache
def _stop() -> frozenset[str]:
    return frozenset(word.casefold() for word in _data("short")["stop"])


@cache
def _form_tables() -> tuple[frozenset[str], frozenset[str]]:
    forms, words = set(), set()
    for item in _data("forms")["forms"]:
        for spelling in _single_words(item):
            forms.add(spelling)
            if item["family"] in _GENERIC_FAMILIES and len(spelling) > 3:
                words.add(spelling)
    return frozenset(forms), frozenset(words)


def _forms() -> frozenset[str]:
    return _form_tables()[0]


def _company_words() -> frozenset[str]:
    return _form_tables()[1]


@cache
def _generic() -> frozenset[str]:
    return frozenset(s for item in _data("words")["words"] for s in _single_words(item))


def _single_words(item: dict[str, Any]) -> Iterator[str]:
    for script in ("latn", "cyrl", "grek"):
        yield from (s.casefold() for s in item.get(script, ()) if " " not in s)
