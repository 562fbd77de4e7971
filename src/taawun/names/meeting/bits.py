"""How much a key tells, in tenths of a bit: minus ten times the binary logarithm of its share.

A pure function of the key and of the lexicon, so that both sides reckon alike.
"""

from __future__ import annotations

import math
from functools import cache, lru_cache

from taawun.names.lexicon import lexicon
from taawun.names.meeting.classes import commonness, families
from taawun.names.meeting.consonants import facts, latin_rows, usual
from taawun.names.meeting.kept import kept

PATRONYMIC = ("fc", "fn")
"""How -ovich and -ovna end in consonants: the father's name, and no more telling than that."""


def family_bits(family: str) -> int:
    """What a name that the lexicon knows tells, in tenths of a bit."""
    bits = facts()["bits"]
    named: int = bits["named"].get(family) or bits["common"][commonness()[family]]
    return named


@lru_cache(maxsize=200_000)
def consonant_bits(text: str) -> int:
    """What consonants tell, in tenths of a bit: by their number, and by the names that have them.

    A pure function of the key, so that both sides reckon alike.
    """
    bits = facts()["bits"]
    if text.endswith(PATRONYMIC) and len(text) > 2:
        return int(bits["patronymic"])
    alone = int(min(bits["most"], bits["first_letter"] + bits["each_letter"] * (len(text) - 1)))
    borne = borne_by().get(text, 0.0)
    return round(-10 * math.log2(2 ** (-alone / 10) + borne)) if borne else alone


@cache
def borne_by() -> dict[str, float]:
    """Consonant key to the share of people with a name of the lexicon that could be keyed so."""
    found: dict[str, float] = kept("borne", _made_borne)
    return found


def _made_borne() -> dict[str, float]:
    book = lexicon()
    common = facts()["bits"]["common"]
    found: dict[str, set[int]] = {}
    for spelling, numbers in book.spelled.items():
        script, _, form = spelling.partition(":")
        if script == "latn" and " " not in form:
            text = usual(next(latin_rows((form,)))[1])
            found.setdefault(text, set()).update(n for n in numbers if not _too_common(n))
    return {
        text: sum(2 ** (-common[book.classes[n].common] / 10) for n in sorted(numbers))
        for text, numbers in found.items()
    }


def _too_common(number: int) -> bool:
    """Whether the lexicon knows so many spellings of a name that it needs no other way."""
    family = families()[number]
    return bool(family) and family_bits(family) < int(facts()["bits"]["plain_from"])
