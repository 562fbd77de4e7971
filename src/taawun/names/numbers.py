"""Numbers in a name, however they are written: 44, ٤٤, 44th, forty-fourth, الرابع والأربعون, IV.

The words are data (`data/companies/numbers.yml`); what composes them is here. Numbers tell
brigades and ships apart ("Victory" is not "Victory 3"), so a number is found in any language or
not at all: what is not certainly a number stays a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from taawun.names.compiled import Files, compiled, parsed
from taawun.names.fold import fold_arabic, fold_latin

_ARABIC_LETTER = re.compile(r"[\u0600-\u06ff]")
_LATIN_LETTER = re.compile(r"[a-z]")
_ROMAN = re.compile(r"x{0,3}(?:ix|iv|v?i{0,3})")
_FIGURE = re.compile(
    r"(\d{1,18})"
    r"(?:st|nd|rd|th|er|re|ere|eme|ieme|e|o|a|ro|do|to|mo|vo|no|te|ter|inci|"
    r"й|ый|ий|ой|я|ая|ья|е|ое|го|ого|а|ша|га|та|м|م|مين|ام)?"
)
_ORDINAL_ENDS = frozenset(["й", "я", "ый", "ий", "ой", "ая", "ья", "ое", "го", "ого"])
_WHOLE_TENS = range(20, 100, 10)


@dataclass(frozen=True, slots=True)
class _Word:
    """A number word: its value, whether "and" is glued to it, whether it needs company."""

    value: int
    glued: bool = False
    weak: bool = False
    arabic: bool = False


@dataclass(frozen=True, slots=True)
class _Words:
    numbers: Mapping[str, _Word]
    joins: frozenset[str]
    marks: frozenset[str]


def numbers_in(tokens: Sequence[str]) -> list[tuple[int, slice]]:
    """Every number in a list of words, with the words that write it, in order.

    Words may be folded (`lexicon.folded`) or as written; case does not matter. "forty", "fourth"
    is 44 over two words; "no", "3" is 3 over both. Roman numerals count as a word of their own
    (II to XXXIX anywhere but first; I, V and X only at the end).
    """
    low = [token.casefold().replace("-", "") for token in tokens]
    found: list[tuple[int, slice]] = []
    at = 0
    while at < len(low):
        value, stop = _number_at(low, at)
        if value is None:
            at += 1
            continue
        start = at - 1 if at and low[at - 1] in _words().marks and low[at][:1].isdigit() else at
        found.append((value, slice(start, stop)))
        at = stop
    return found


def _number_at(low: Sequence[str], at: int) -> tuple[int | None, int]:
    """The number that begins at a word, and where it ends; None where none begins."""
    token = low[at]
    if token[:1].isdigit():
        return _figure(low, at)
    if token in _words().numbers:
        return _spelled(low, at)
    return _roman(low, at)


def _figure(low: Sequence[str], at: int) -> tuple[int | None, int]:
    """44, ٤٤, 44th; a Russian ending split off by its hyphen (44-я) belongs to the figure."""
    match = _FIGURE.fullmatch(low[at])
    if match is None:
        return None, at
    stop = at + 1
    if stop < len(low) and low[stop] in _ORDINAL_ENDS:
        stop += 1
    return int(match.group(1)), stop


def _roman(low: Sequence[str], at: int) -> tuple[int | None, int]:
    token = low[at]
    if at == 0 or not token or not _ROMAN.fullmatch(token):
        return None, at
    # one letter is an initial or an abbreviation unless it closes the name: Victory V
    if len(token) == 1 and (at + 1 < len(low) or len(low[at - 1]) == 1):
        return None, at
    return _roman_value(token), at + 1


def _roman_value(token: str) -> int:
    worth = {"i": 1, "v": 5, "x": 10}
    values = [worth[letter] for letter in token]
    following = [*values[1:], 0]
    return sum(-v if v < after else v for v, after in zip(values, following, strict=True))


def _spelled(low: Sequence[str], at: int) -> tuple[int | None, int]:
    """The longest number that words write from here."""
    words = _words()
    first = words.numbers[low[at]]
    if first.glued and not _number_before(low, at):
        return None, at  # والرابع begins nothing by itself: "and the fourth"
    total, stop, counted = first.value, at + 1, 1
    strong = not first.weak
    while True:
        grown = _next(low, stop, total)
        if grown is None:
            break
        total, stop = grown
        counted += 1
        strong = True
    if not strong and counted == 1:
        return None, at
    return total, stop


def _number_before(low: Sequence[str], at: int) -> bool:
    return at > 0 and low[at - 1] in _words().numbers


def _next(low: Sequence[str], at: int, total: int) -> tuple[int, int] | None:
    """The total after the next number word, where that word continues the number."""
    words = _words()
    if at >= len(low):
        return None
    join = low[at] if low[at] in words.joins else ""
    place = at + 1 if join else at
    word = words.numbers.get(low[place]) if place < len(low) else None
    if word is None:
        return None
    units_first = word.glued or join in ("و", "und")
    grown = _sum(total, word, units_first)
    return None if grown is None else (grown, place + 1)


def _sum(total: int, word: _Word, units_first: bool) -> int | None:
    """`total` with the next word: 40 then 4, 4 then (and) 40, 2 then 100, 4 then 20 (80)."""
    value = word.value
    if 0 < value < _room(total):
        return total + value
    units = total % 100
    if value == 100 and 2 <= total <= 9 and not word.arabic:
        return total * 100
    if value == 20 and units == 4 and not word.arabic and not units_first:
        return total + 76  # quatre-vingt
    if 1 <= units <= 9 and value == 10 and word.arabic and not word.glued:
        return total + 10  # الرابع عشر
    if 1 <= units <= 9 and value in _WHOLE_TENS and units_first:
        return total + value
    return None


def _room(total: int) -> int:
    """The value below which a further word can be added."""
    if total and total % 100 == 0:
        return 100
    tens = total % 100
    if tens in (60, 80):
        return 20  # soixante-dix, quatre-vingt-dix
    return 10 if tens in _WHOLE_TENS else 0


@cache
def _words() -> _Words:
    data = compiled("numbers", ("companies/numbers.yml",), _tables)
    numbers = {form: _Word(*row) for form, row in data["numbers"].items()}
    return _Words(numbers, frozenset(data["joins"]), frozenset(data["marks"]))


def _tables(files: Files) -> dict[str, Any]:
    data = parsed(files[0][1])
    weak = {form for word in data["weak"] for form in _written(word)}
    numbers: dict[str, _Word] = {}
    for language, spelling, value in _spellings(data):
        arabic = language == "ar"
        for form in _written(spelling):
            numbers.setdefault(form, _Word(value, weak=form in weak, arabic=arabic))
        if arabic:
            _enter_arabic(numbers, spelling, value)
    for form, value in _compounds(data):
        numbers.setdefault(form, _Word(value))
    rows = {form: [w.value, w.glued, w.weak, w.arabic] for form, w in numbers.items()}
    return {"numbers": rows, "joins": data["joins"], "marks": data["marks"]}


def _spellings(data: Mapping[str, Any]) -> Iterator[tuple[str, str, int]]:
    for language, table in data["words"].items():
        for value, spellings in table.items():
            yield from ((language, spelling, value) for spelling in spellings)
    for language, table in data["stems"].items():
        for value, stem in table["ordinals"].items():
            yield from ((language, stem + ending, value) for ending in table["endings"])


def _written(spelling: str) -> set[str]:
    """The forms of a spelling that a caller may hold: as written, and folded."""
    low = spelling.casefold()
    forms = {low, low.replace("'", "").replace("\u200c", "").replace("-", "")}
    if _ARABIC_LETTER.search(low):
        forms.add(fold_arabic(low))
    elif _LATIN_LETTER.search(low):
        forms.add(fold_latin(low))
    else:
        forms.add(low.replace("ё", "е"))
        forms |= {form.replace("четверт", "четвёрт") for form in forms}
    return forms - {""}


def _enter_arabic(numbers: dict[str, _Word], spelling: str, value: int) -> None:
    """With the article (الرابع), and with "and" glued on (وأربعون, والأربعون)."""
    for head, glued in (("ال", False), ("و", True), ("وال", True)):
        for form in _written(head + spelling):
            numbers.setdefault(form, _Word(value, glued=glued, arabic=True))


def _compounds(data: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """fortyfourth, kırkdört, vierundvierzig: tens and units in one word."""
    for language, pattern in data["compounds"].items():
        table = data["words"][language]
        for tens in _WHOLE_TENS:
            for unit in range(1, 10):
                for tens_word in table[tens]:
                    for unit_word in table[unit]:
                        whole = pattern.format(tens=tens_word, unit=unit_word)
                        yield from ((form, tens + unit) for form in _written(whole))
