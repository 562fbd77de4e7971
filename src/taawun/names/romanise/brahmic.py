"""Scripts of India and Sri Lanka: a consonant has an unwritten a unless a sign says otherwise.

Hindi, Punjabi, Gujarati and Bengali leave that vowel out at the end and between (मनमोहन is
Manmohan), though not always (नरेन्द्र is Narendra); so it is read both ways.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from taawun.names.romanise.reading import Reading, best
from taawun.names.romanise.scheme import facts

STEP = "brahmic.letters"
SCRIPTS = ("deva", "beng", "guru", "gujr", "orya", "taml", "telu", "knda", "mlym", "sinh")


@dataclass(frozen=True, slots=True)
class _Abugida:
    """The letters of one script by what they do; `unwritten` is the vowel nobody writes."""

    consonants: Mapping[str, str]
    vowels: Mapping[str, str]
    signs: Mapping[str, str]
    endings: Mapping[str, str]
    dotted: Mapping[str, str]
    virama: str
    nukta: str
    unwritten: str
    drops: bool
    cost: float


_NASAL = frozenset("nm")

_Unit = tuple[str, str | None]
"""The consonant, and the vowel after it: None where it is not written, "" where there is none."""


def readings(token: str, script: str) -> tuple[Reading, ...]:
    """The readings of `token` of one of `SCRIPTS`."""
    word = unicodedata.normalize("NFC", token)
    return best(reading for letters in _abugidas(script) for reading in _read(word, letters))


def _read(word: str, letters: _Abugida) -> Iterator[Reading]:
    units = _units(word, letters)
    if letters.drops:
        yield Reading(_joined(units, _spoken(units)), STEP, letters.cost)
    later = 0.03 if letters.drops else 0.0
    yield Reading(_joined(units, _written(units, letters.unwritten)), STEP, letters.cost + later)
    if letters.unwritten != "a":
        yield Reading(_joined(units, _written(units, "a")), STEP, letters.cost + 0.05)


def _units(word: str, letters: _Abugida) -> list[_Unit]:
    units: list[_Unit] = []
    before = ""
    for letter in word:
        if letter in letters.consonants:
            units.append((letters.consonants[letter], None))
        elif letter in letters.vowels:
            units.append(("", letters.vowels[letter]))
        elif letter in letters.endings:
            units.append((letters.endings[letter], ""))
        elif units:
            units[-1] = _changed(units[-1], letter, before, letters)
        before = letter
    return units


def _changed(unit: _Unit, sign: str, before: str, letters: _Abugida) -> _Unit:
    """The last unit once the sign on it is known: a vowel, the virama, the dot below."""
    consonant, vowel = unit
    if sign == letters.virama:
        return consonant, ""
    if sign == letters.nukta:
        return letters.dotted.get(before, consonant), vowel
    return consonant, letters.signs.get(sign, vowel)


def _written(units: list[_Unit], unwritten: str) -> list[str]:
    return [unwritten if vowel is None else vowel for _, vowel in units]


def _spoken(units: list[_Unit]) -> list[str]:
    """The vowels as spoken: an unwritten one falls at the end, and between two open syllables;
    it stays after two consonants (Mishra) unless the first is a nasal (Anand)."""
    said = _written(units, "a")
    last = len(units) - 1
    for at in range(last, 0, -1):
        if units[at][1] is not None or (said[at - 1] == "" and units[at - 1][0] not in _NASAL):
            continue
        if at == last or (said[at + 1] and units[at + 1][0]):
            said[at] = ""
    return said


def _joined(units: list[_Unit], vowels: list[str]) -> str:
    return "".join(consonant + vowel for (consonant, _), vowel in zip(units, vowels, strict=True))


@cache
def _abugidas(script: str) -> tuple[_Abugida, ...]:
    """The usual letters of `script`, and its second everyday spelling where it has one."""
    said = facts("brahmic")
    if script == "sinh":
        return (_sinhala(said["sinhala"]),)
    special = said["special"].get(script, {})
    other = said["other"].get(script, {})
    usual = _indian(script, said, special, 0.0)
    return (usual, _indian(script, said, special | other, 0.02)) if other else (usual,)


def _indian(script: str, said: Mapping[str, Any], own: Mapping[int, str], cost: float) -> _Abugida:
    block: int = said["blocks"][script]
    signs: dict[int, str] = said["signs"]

    def letters(table: Mapping[int, str]) -> dict[str, str]:
        return {chr(block + at): latin for at, latin in table.items()}

    return _Abugida(
        consonants=letters(said["consonants"] | {at: own[at] for at in own if at not in signs}),
        vowels=letters(said["vowels"]),
        signs=letters(signs | {at: own[at] for at in own if at in signs}),
        endings=letters(said["endings"] | said["special_endings"].get(script, {})),
        dotted=letters(said["dotted"]),
        virama=chr(block + said["virama"]),
        nukta=chr(block + said["nukta"]),
        unwritten=said["unwritten"].get(script, "a"),
        drops=script in said["drops"],
        cost=cost,
    )


def _sinhala(said: Mapping[str, Any]) -> _Abugida:
    return _Abugida(
        consonants=said["consonants"],
        vowels=said["vowels"],
        signs=said["signs"],
        endings=said["endings"],
        dotted={},
        virama=said["virama"],
        nukta="",
        unwritten="a",
        drops=False,
        cost=0.0,
    )
