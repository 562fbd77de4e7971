"""A source's text made safe to compare and show, and what had to be taken out for that.

Removed: control characters, the invisible marks of text direction, zero-width space and byte
order mark. Kept: the zero-width (non-)joiner, which is spelling in Persian and in South Asian
scripts. White space of any kind becomes one space; letters are composed (NFC).
"""

from __future__ import annotations

import re
import unicodedata

MOST_IN_NAME = 1_000
MOST_IN_TEXT = 100_000

_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
_INVISIBLE = re.compile("[\u200b\u200e\u200f\u061c\u2060\u2061-\u2064\ufeff\u00ad]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ud800-\udfff]")


def cleaned(raw: str) -> str:
    """The text as people see it, in one spelling of its white space and composed letters."""
    if raw.isascii() and raw.isprintable():
        return " ".join(raw.split())
    bare = _INVISIBLE.sub("", _DIRECTION.sub("", _CONTROL.sub(" ", raw)))
    return unicodedata.normalize("NFC", " ".join(bare.split()))


def faults(raw: str) -> tuple[str, ...]:
    """What is wrong with the characters of a text: codes of the wording catalogue."""
    if raw.isascii() and raw.isprintable():
        return ()
    found = []
    if _CONTROL.search(raw):
        found.append("readers.control_characters")
    if _DIRECTION.search(raw):
        found.append("readers.direction_characters")
    if "\ufffd" in raw:
        found.append("readers.characters_lost")
    return tuple(found)


def script_changes(one: str, other: str) -> bool:
    """Whether one text is in Latin letters and the other in another script."""
    return bool(one and other) and is_latin(one) != is_latin(other)


def is_latin(text: str) -> bool:
    """Whether most letters of a text are Latin; a text without letters counts as Latin."""
    letters = [char for char in text if char.isalpha()]
    latin = sum(char <= "\u024f" or "\u1e00" <= char <= "\u1eff" for char in letters)
    return latin * 2 >= len(letters)
