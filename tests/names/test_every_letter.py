"""No letter of any script is one too many: alone, doubled, after a word that leans on the next."""

import unicodedata
from collections.abc import Iterator

import pytest

from taawun.names import analyse, compare_names
from taawun.names.meeting import meeting_keys

FOUND_BY_RULE = ((0x3400, 0xA000), (0xAC00, 0xD800))
"""Han and Hangul: tens of thousands that one rule reads."""


def letters(first: int, last: int) -> Iterator[str]:
    for code in range(first, last):
        if not any(begin <= code < end for begin, end in FOUND_BY_RULE):
            letter = chr(code)
            if unicodedata.category(letter)[0] in "LMN":
                yield letter


@pytest.mark.parametrize(("first", "last"), [(0x21, 0x1000), (0x1000, 0x20000)], ids=str)
def test_every_letter_can_be_asked_for(first: int, last: int) -> None:
    for letter in letters(first, last):
        for text in (letter, f"abu {letter}{letter}", f"عبد{letter} محمد"):
            found = meeting_keys(text, "person")
            assert all(part.key.bits > 0 for part in found), text
        meeting_keys(letter, "company")


@pytest.mark.parametrize("kind", ["person", "company", "vessel"])
def test_every_letter_meets_itself(kind: str) -> None:
    for letter in letters(0x21, 0x3400):
        name = f"{letter}{letter} Karim"
        own = analyse(name, kind)
        assert compare_names(own, own).score > 0.9, name
