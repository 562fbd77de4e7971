"""What every character is to a reader of running text: a letter of some script, a mark, an end.

Tables over code points, made once from the folding rules of `names`, so that the hash of a word
in the text is the hash of the same word's folded form in the index.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from taawun.names.clean import clean
from taawun.names.fold import fold_arabic, fold_latin
from taawun.names.romanise import script_of

LIMIT = 0x1F000
BLANK, LETTER, HIDDEN, APOSTROPHE, HYPHEN, DOT, LINE, QUOTE, COMMA, STOP = range(10)
"""What a character is; from DOT on it is also a gap between words, wider and wider."""
SCRIPTS = (
    "",
    "latn",
    "cyrl",
    "arab",
    "grek",
    "hebr",
    "armn",
    "geor",
    "hani",
    "hang",
    "kana",
    "zzzz",
)
NUMBER = {script: number for number, script in enumerate(SCRIPTS)}
MIXED = len(SCRIPTS)
CASED = frozenset(NUMBER[script] for script in ("latn", "cyrl", "grek", "armn"))
UNSPACED = frozenset(NUMBER[script] for script in ("hani", "hang", "kana"))
_STOPS = "!?;؟؛。！？…।॥۔"
_COMMAS = ",،、，:：/\\|=<>@#*%$€£+~^_{}—–•↑"
_QUOTES = '"“”„«»‹›()[]（）「」『』《》'
_APOSTROPHES = "'’ʼ‘`´ʻʹʾʿ׳"
_HYPHENS = "-\u2010\u2011\u2012\u2212\u05be"
_TABLES = (
    (0x00, 0x24F), (0x1E00, 0x1EFF), (0x2C60, 0x2C7F), (0xA720, 0xA7FF), (0xFB00, 0xFB06),
    (0xFF01, 0xFF5E), (0x250, 0x2FF), (0x370, 0x3FF), (0x400, 0x52F), (0x1C80, 0x1C8F),
    (0x531, 0x58F),
    (0x591, 0x5F4), (0x600, 0x6FF), (0x750, 0x77F), (0x8A0, 0x8FF), (0x1F00, 0x1FFF),
    (0x10A0, 0x10FF), (0x1C90, 0x1CBF), (0x2000, 0x206F), (0xFB07, 0xFDFF), (0xFE00, 0xFEFF),
    (0x300, 0x36F), (0x1D400, 0x1D7FF), (0xA640, 0xA69F), (0x3000, 0x30FF),
)  # fmt: skip
_WIDE = (
    ("hani", 0x3400, 0x4DBF), ("hani", 0x4E00, 0x9FFF), ("hani", 0xF900, 0xFAFF),
    ("hang", 0xAC00, 0xD7A3), ("hang", 0x1100, 0x11FF), ("zzzz", 0x700, 0x74F),
    ("zzzz", 0x780, 0x89F),
    ("zzzz", 0x900, 0x109F), ("zzzz", 0x1200, 0x137F), ("zzzz", 0x1780, 0x17DD),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Alphabet:
    """`kind`, `script` and `upper` (LIMIT,); `fold` (LIMIT, 4) folded code points, 0 for none."""

    kind: npt.NDArray[np.uint8]
    script: npt.NDArray[np.uint8]
    upper: npt.NDArray[np.uint8]
    fold: npt.NDArray[np.uint32]


@cache
def alphabet() -> Alphabet:
    """The tables."""
    made = Alphabet(
        np.zeros(LIMIT, np.uint8), np.zeros(LIMIT, np.uint8), np.zeros(LIMIT, np.uint8),
        np.zeros((LIMIT, 4), np.uint32),
    )  # fmt: skip
    for script, first, last in _WIDE:
        made.kind[first : last + 1] = LETTER
        made.script[first : last + 1] = NUMBER[script]
        made.fold[first : last + 1, 0] = np.arange(first, last + 1)
    for first, last in _TABLES:
        for code in range(first, last + 1):
            _enter(made, code)
    for chars, kind in (
        (_STOPS, STOP), (_COMMAS, COMMA), (_QUOTES, QUOTE), (_APOSTROPHES, APOSTROPHE),
        (_HYPHENS, HYPHEN), (".", DOT), ("\n\u2028\u2029\v\f", LINE),
        ("\r\t &\u3000·・\u2022", BLANK),
    ):  # fmt: skip
        for char in chars:
            made.kind[ord(char)] = kind
    made.kind[[0x64B, 0x670, 0x640]] = HIDDEN
    return made


def _enter(made: Alphabet, code: int) -> None:
    char = chr(code)
    category = unicodedata.category(char)
    if category[0] == "M" or (category != "Zs" and char.strip() and not clean(char)):
        made.kind[code] = HIDDEN
        return
    plain = clean(char)
    letters = "".join(c for c in plain if c.isalnum())
    if not letters:
        made.kind[code] = BLANK if char.isspace() else COMMA
        return
    script = script_of(letters)
    script = "kana" if script == "hira" else script if script in NUMBER else "zzzz"
    if category[0] == "N" or letters.isdigit():
        script = ""
        folded = "".join(str(unicodedata.decimal(c, c)) for c in letters)
    else:
        folded = _folded(letters, script)
    made.kind[code] = LETTER
    made.script[code] = NUMBER[script]
    made.upper[code] = letters[0].isupper() or letters[0].istitle()
    made.fold[code, : len(folded[:4])] = [ord(c) for c in folded[:4]]


def _folded(letters: str, script: str) -> str:
    if script == "latn":
        return fold_latin(letters)
    if script == "arab":
        # what depends on the place in the word is left to the reader
        return "ة" if letters == "ة" else fold_arabic(letters)
    return letters.casefold()


def codes_of(text: str) -> npt.NDArray[np.uint32]:
    """The code points of a text."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
