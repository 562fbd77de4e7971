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
from taawun.names.romanise.scheme import facts, known

_FIRST, _LAST = 0xAC00, 0xD7A3
_VOWELS, _FINALS = 21, 28
_SYSTEMS = ("revised", "everyday", "north", "mccune")
_VOICING = frozenset("aeiouynmgl")


@dataclass(frozen=True, slots=True)
class _System:
    """One way to write syllables: initials, vowels and finals in `parts`, and where it has them
    whole `syllables` by custom and initials that are `voiced` between vowels."""

    step: str
    cost: float
    parts: tuple[list[str], list[str], list[str]]
    syllables: Mapping[str, str]
    voiced: Mapping[str, str]

    def spelled(self, letter: str) -> str:
        """One syllable in Latin letters, "" for anything else."""
        number = ord(letter) - _FIRST
        if letter in self.syllables:
            return self.syllables[letter]
        if not 0 <= number <= _LAST - _FIRST:
            return ""
        initials, vowels, finals = self.parts
        initial, rest = divmod(number, _VOWELS * _FINALS)
        vowel, final = divmod(rest, _FINALS)
        return initials[initial] + vowels[vowel] + finals[final]


def readings(token: str, lang: str = "") -> tuple[Reading, ...]:
    """The readings of a surname, a given name or a whole name; `lang` is not used."""
    word = unicodedata.normalize("NFC", token)
    found = [
        Reading(latin, "hang.surname", min(0.01 * place, 0.05))
        for place, latin in enumerate(known("korean", "hang").get(word, ()))
    ]
    found += (Reading(_written(word, one), one.step, one.cost) for one in _systems())
    if len(word) > 1:
        found += (Reading(_mixed(word), "hang.everyday", 0.03),)
    return best(found)


def split(token: str) -> tuple[str, ...]:
    """Surname and given name of 김정은 or 남궁민; a token of one syllable or over five stays."""
    word = unicodedata.normalize("NFC", token)
    families = known("korean", "hang")
    if not 2 <= len(word) <= 5:
        return (word,)
    if len(word) > 2 and word[:2] in families:
        return word[:2], word[2:]
    return (word[:1], word[1:]) if word[:1] in families and len(word) <= 4 else (word,)


def _written(word: str, system: _System) -> str:
    said = ""
    for letter in word:
        syllable = system.spelled(letter)
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
    return tuple(
        _System(
            step=said[name]["step"],
            cost=said[name]["cost"],
            parts=(said[name]["initials"], said[name]["vowels"], said[name]["finals"]),
            syllables=said["syllables"] if name == "everyday" else {},
            voiced=said["voiced"] if name == "mccune" else {},
        )
        for name in _SYSTEMS
    )
