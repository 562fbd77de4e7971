"""Hangul: each syllable taken into its letters, and written by each system.

Surnames are written by custom rather than by rule (이 is Lee, Yi or Ri); their spellings are in
the lexicon (`data/lexicon/korean.yml`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from taawun.names.romanise.reading import Reading, best
from taawun.names.romanise.scheme import facts, surnames

_FIRST, _LAST = 0xAC00, 0xD7A3
_VOWELS, _FINALS = 21, 28
_SYSTEMS = ("revised", "everyday", "north", "mccune")
_VOICING = frozenset("aeiouynmgl")


@dataclass(frozen=True, slots=True)
class _System:
    """One way to write syllables; `voiced` and `syllables` are empty where it has none."""

    step: str
    cost: float
    syllable: Mapping[str, str]
    voiced: Mapping[str, str]


def readings(token: str, lang: str = "") -> tuple[Reading, ...]:
    """The readings of a surname, a given name or a whole name; `lang` is not used."""
    word = unicodedata.normalize("NFC", token)
    found = [
        Reading(latin, "hang.surname", min(0.01 * place, 0.05))
        for place, latin in enumerate(surnames("korean", "hang").get(word, ()))
    ]
    found += (Reading(_written(word, one), one.step, one.cost) for one in _systems())
    if len(word) > 1:
        found += (Reading(_mixed(word), "hang.everyday", 0.03),)
    return best(found)


def split(token: str) -> tuple[str, ...]:
    """Surname and given name of 김정은 or 남궁민; a token of one syllable or over five stays."""
    word = unicodedata.normalize("NFC", token)
    known = surnames("korean", "hang")
    if not 2 <= len(word) <= 5:
        return (word,)
    if len(word) > 2 and word[:2] in known:
        return word[:2], word[2:]
    return (word[:1], word[1:]) if word[:1] in known and len(word) <= 4 else (word,)


def _written(word: str, system: _System) -> str:
    said = ""
    for letter in word:
        syllable = system.syllable.get(letter, "")
        if system.voiced and said and said[-1] in _VOICING:
            syllable = _softened(syllable, system.voiced)
        said += syllable
    return said.lower()


def _softened(syllable: str, voiced: Mapping[str, str]) -> str:
    for hard, soft in voiced.items():
        if syllable.startswith(hard) and not syllable.startswith(hard * 2):
            return soft + syllable[len(hard) :]
    return syllable


def _mixed(word: str) -> str:
    """The first syllable as custom has it, the others by the revised system: Kyungjae."""
    revised, everyday = _systems()[:2]
    return _written(word[:1], everyday) + _written(word[1:], revised)


@cache
def _systems() -> tuple[_System, ...]:
    said = facts("hang")
    made = []
    for name in _SYSTEMS:
        one = said[name]
        syllable = {chr(code): _spelled(code - _FIRST, one) for code in range(_FIRST, _LAST + 1)}
        if name == "everyday":
            syllable |= said["syllables"]
        voiced = said["voiced"] if name == "mccune" else {}
        made.append(_System(one["step"], one["cost"], syllable, voiced))
    return tuple(made)


def _spelled(number: int, system: Mapping[str, list[str]]) -> str:
    initial, rest = divmod(number, _VOWELS * _FINALS)
    vowel, final = divmod(rest, _FINALS)
    return system["initials"][initial] + system["vowels"][vowel] + system["finals"][final]
