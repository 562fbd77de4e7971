"""The consonants of a part as letters of a key: the same from either script.

`readings` gives the likeliest key first, then those in which one letter is what another spelling
has there (ث is t or s). Vowels, ع ه و ي and doubled consonants leave no trace.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from taawun.names.sounds import Phones, latin_phones, tables
from taawun.names.words import data

MOST = 3
"""How many readings of one part are kept."""


@cache
def facts() -> dict[str, Any]:
    """The content of `data/meeting.yml`."""
    found: dict[str, Any] = data("meeting.yml")
    return found


@dataclass(frozen=True, slots=True)
class _Letters:
    """By phone: the letters it may become, likeliest first. `together`: of two phones in a row."""

    single: dict[int, tuple[str, ...]]
    together: dict[tuple[int, int], tuple[str, ...]]
    waw: int
    alif: int


@cache
def _letters() -> _Letters:
    codes = tables().codes
    said = facts()
    return _Letters(
        {codes[phone]: tuple(letters) for phone, letters in said["consonants"].items()},
        {(codes[a], codes[b]): (item["letter"],) for item in said["together"] for a, b in
         [item["phones"]]},
        codes["arw"],
        codes["aa"],
    )  # fmt: skip


def readings(row: Phones) -> tuple[str, ...]:
    """The keys of a row of phones, the likeliest first; never empty, but a key may be."""
    choices = _choices(row.tolist())
    usual = [letters[0] for letters in choices]
    found = {_joined(usual): None}
    for at, letters in enumerate(choices):
        for other in letters[1:]:
            found[_joined([*usual[:at], other, *usual[at + 1 :]])] = None
    return tuple(found)[:MOST]


@cache
def _habits(which: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(habit), said) for habit, said in facts()["habits"][which])


def latin_rows(latin: Sequence[str]) -> tuple[Phones, ...]:
    """The phones of Latin forms of a part, the likeliest first; then what habits make of that."""
    said = [_rewritten(form, "always") for form in latin]
    perhaps = []
    for habit, instead in _habits("perhaps"):
        other = habit.sub(instead, said[0])
        if other != said[0] and len(other) > 1:
            perhaps.append(other)
    return tuple(latin_phones(form) for form in dict.fromkeys([*said, *perhaps]))


def _rewritten(form: str, which: str) -> str:
    for habit, instead in _habits(which):
        form = habit.sub(instead, form)
    return form


def _choices(row: list[int]) -> list[tuple[str, ...]]:
    letters = _letters()
    out = []
    at = 0
    while at < len(row):
        pair = letters.together.get((row[at], row[at + 1])) if at + 1 < len(row) else None
        if pair is not None:
            out.append(pair)
            at += 2
            continue
        if row[at] in letters.single:
            out.append(letters.single[row[at]])
        elif row[at] == letters.waw and row[at + 1 : at + 2] == [letters.alif]:
            out.append(("", "f"))  # وهاب is Wahhab and Vahab
        at += 1
    return out


def _joined(letters: list[str]) -> str:
    out = ""
    for several in letters:
        for letter in several:
            if not out.endswith(letter):
                out += letter
    return out
