"""The consonants of a part as letters of a key: the same from either script.

`chances` gives the keys of a row of phones and how likely each is: the usual one, then those in
which one letter is what another spelling has there (ث is t or s). Vowels, ع ه و ي and doubled
consonants leave no trace.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from taawun.names.sounds import Phones, latin_phones, tables
from taawun.names.words import data

USUAL = 1000
"""How likely the usual key is, of a thousand; the others are reckoned beside it."""
MARKED, WAW = 600, 5
"""How likely what marks say of the sound is where a form without them is read first, and a waw
before alif that is heard as v."""

Choice = tuple[tuple[int, str], ...]
"""What one phone may be: how likely, and the letters; the usual first."""


@cache
def facts() -> dict[str, Any]:
    """The content of `data/meeting.yml`."""
    found: dict[str, Any] = data("meeting.yml")
    return found


@dataclass(frozen=True, slots=True)
class _Letters:
    """By phone, and by two phones in a row, what they may become."""

    single: dict[int, Choice]
    together: dict[tuple[int, int], Choice]
    waw: int
    alif: int


@cache
def _letters(script: str) -> _Letters:
    codes, said = tables().codes, facts()
    column = "arab" if script == "arab" else "latn"
    single: dict[int, list[tuple[int, str]]] = {
        codes[phone]: [(USUAL, letter)] for phone, letter in said["consonants"].items()
    }
    for item in said["otherwise"]:
        if item[column]:
            usual = single.setdefault(codes[item["phone"]], [(USUAL, "")])
            usual.append((item[column], item["letter"]))
    together: dict[tuple[int, int], Choice] = {}
    for item in said["together"]:
        one, other = (codes[phone] for phone in item["phones"])
        apart = "".join(said["consonants"][phone] for phone in item["phones"])
        more = ((item[column], apart),) if item.get(column) else ()
        together[one, other] = ((USUAL, item["letter"]), *more)
    return _Letters({phone: tuple(choice) for phone, choice in single.items()}, together,
                    codes["arw"], codes["aa"])  # fmt: skip


def chances(row: Phones, script: str = "latn") -> Iterator[tuple[int, str]]:
    """The keys of a row of phones, each with its likelihood of a thousand; the usual one first.

    A key may be empty.
    """
    choices = list(_choices(row.tolist(), _letters(script)))
    usual = [choice[0][1] for choice in choices]
    yield USUAL, _joined(usual)
    for at, choice in enumerate(choices):
        for chance, other in choice[1:]:
            yield chance, _joined([*usual[:at], other, *usual[at + 1 :]])


def usual(row: Phones) -> str:
    """The usual key of a row of phones."""
    return next(chances(row))[1]


@cache
def _always() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(habit), said) for habit, said in facts()["habits"]["always"])


@cache
def _perhaps() -> tuple[tuple[re.Pattern[str], str, int], ...]:
    return tuple((re.compile(habit), s, c) for habit, s, c in facts()["habits"]["perhaps"])


def latin_rows(latin: Sequence[str]) -> Iterator[tuple[int, Phones]]:
    """The phones of Latin forms of a part, the likeliest first; then what habits make of that."""
    said = list(dict.fromkeys(_rewritten(form) for form in latin))
    for number, form in enumerate(said):
        yield (MARKED if number else USUAL), latin_phones(form)
    for habit, instead, chance in _perhaps() if said else ():
        other = habit.sub(instead, said[0])
        if other != said[0] and len(other) > 1:
            yield chance, latin_phones(other)


def _rewritten(form: str) -> str:
    for habit, instead in _always():
        form = habit.sub(instead, form)
    return form


def _choices(row: list[int], letters: _Letters) -> Iterator[Choice]:
    at = 0
    while at < len(row):
        pair = letters.together.get((row[at], row[at + 1])) if at + 1 < len(row) else None
        if pair is not None:
            yield pair
            at += 2
            continue
        if row[at] in letters.single:
            yield letters.single[row[at]]
        elif row[at] == letters.waw and row[at + 1 : at + 2] == [letters.alif]:
            yield (USUAL, ""), (WAW, "f")  # وهاب is Wahhab and Vahab
        at += 1


def _joined(letters: list[str]) -> str:
    out = ""
    for several in letters:
        for letter in several:
            if not out.endswith(letter):
                out += letter
    return out
