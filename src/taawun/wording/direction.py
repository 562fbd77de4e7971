"""Which way a language runs, and how a name of the other direction is kept in one piece.

Unicode Standard Annex 9: text between FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE is laid
out by itself and does not disturb the sentence around it.
"""

from __future__ import annotations

import unicodedata

FSI = "\u2068"
PDI = "\u2069"

_RIGHT_TO_LEFT = frozenset({"ar", "fa", "ur", "he", "ps", "ckb", "ug"})
_STRONG_RTL = frozenset({"R", "AL"})
_CONTROLS = dict.fromkeys(map(ord, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))


def direction(lang: str) -> str:
    """`rtl` or `ltr`, as the `dir` attribute of HTML wants it."""
    return "rtl" if lang.split("-", 1)[0] in _RIGHT_TO_LEFT else "ltr"


def isolate(text: str, lang: str) -> str:
    """`text` as it can stand inside a sentence of `lang`.

    Text that runs the sentence's way is returned as it is. In a right-to-left sentence digits
    are isolated too: after an Arabic letter "1970-01-02" would be laid out "02-01-1970".
    Direction controls inside the text are taken out: a listed name must not turn the officer's
    sentence around.
    """
    plain = text.translate(_CONTROLS)
    return f"{FSI}{plain}{PDI}" if _disturbs(plain, direction(lang)) else plain


def _disturbs(text: str, way: str) -> bool:
    if text.isascii():
        return way == "rtl" and any(map(str.isalnum, text))
    classes = {unicodedata.bidirectional(char) for char in text}
    if way == "rtl":
        return not classes.isdisjoint({"L", "EN", "AN"})
    return not classes.isdisjoint(_STRONG_RTL | {"AN"})
