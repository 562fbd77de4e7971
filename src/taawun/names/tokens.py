"""The words of a name, each with its script and the form that decides whether two are alike."""

from __future__ import annotations

import re
from dataclasses import dataclass
from unicodedata import category

from taawun.names.clean import fold_lookalikes
from taawun.names.fold import fold_arabic, fold_latin
from taawun.names.romanise import script_of

MOST_PARTS = 14
"""How many parts a name may have; three times as many words are read."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the text, its script and folded form; `glued` to the one before by a hyphen."""

    text: str
    script: str
    form: str
    glued: bool = False


_SEPARATORS = re.compile(r"[\s.\u00b7\u30fb\u2022/\\_|+*=:;,،؛()\[\]{}<>\"“”«»]+")
_HYPHENS = re.compile(r"[-\u2010-\u2015\u2212\uff0d\u0640]")
BRACKETS = re.compile(r"[(\[{][^)\]}]*[)\]}]")


def tokens_of(text: str, brackets: bool = False) -> list[Token]:
    """The words of a cleaned text. `brackets`: keep what stands in brackets."""
    if not brackets:
        text = BRACKETS.sub(" ", text)
    out: list[Token] = []
    for word in _SEPARATORS.split(text):
        for at, piece in enumerate(_HYPHENS.split(word)):
            token = fold_lookalikes(piece)
            script = script_of(token)
            form = _form(token, script)
            if form:
                out.append(Token(token, script, form, glued=at > 0))
    return out[: 3 * MOST_PARTS]


def _form(token: str, script: str) -> str:
    if script == "arab":
        return fold_arabic(token)
    if script == "latn":
        return fold_latin(token)
    return "".join(c for c in token.casefold() if c.isalnum() or category(c)[0] == "M")


def letters_of(cleaned: str) -> str:
    """The letters and digits of a cleaned text, case folded: what it is written with.

    The vowel signs of Indic scripts and Thai (U+0900 to U+109F) are letters here.
    """
    return "".join(c for c in cleaned.casefold() if c.isalnum() or "\u0900" <= c <= "\u109f")
