"""The acronyms that a company's name can be known by.

IRISL is Islamic Republic of Iran Shipping Lines, NIOC is National Iranian Oil Company, AQIM takes
the article and leaves out "the". Which small words give a letter differs, so a name has several
acronyms; a name that is one of them may be this name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from taawun.names.compiled import Files, compiled, parsed

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
    small = [part.casefold() in _words().stop for part in parts]
    forms = [part.casefold() in _words().forms for part in parts]
    told = [p for p, s, f in zip(parts, small, forms, strict=True) if not s and not f]
    found = {
        _letters(told),
        _letters([part for part in told if part.casefold() not in _words().generic]),
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
    return part.casefold() in _words().forms and part.casefold() not in _words().companies


@dataclass(frozen=True, slots=True)
class _Words:
    stop: frozenset[str]
    forms: frozenset[str]
    companies: frozenset[str]  # the words company and group: forms that do give a letter
    generic: frozenset[str]


@cache
def _words() -> _Words:
    data = compiled("acronyms", ("companies",), _tables)
    return _Words(**{name: frozenset(words) for name, words in data.items()})


def _tables(files: Files) -> dict[str, list[str]]:
    content = {name: parsed(text) for name, text in files}
    forms = content["forms"]["forms"]
    companies = [item for item in forms if item["family"] in _GENERIC_FAMILIES]
    return {
        "stop": [word.casefold() for word in content["short"]["stop"]],
        "forms": [word for item in forms for word in _single_words(item)],
        "companies": [w for item in companies for w in _single_words(item) if len(w) > 3],
        "generic": [word for item in content["words"]["words"] for word in _single_words(item)],
    }


def _single_words(item: dict[str, Any]) -> Iterator[str]:
    for script in ("latn", "cyrl", "grek"):
        yield from (s.casefold() for s in item.get(script, ()) if " " not in s)
