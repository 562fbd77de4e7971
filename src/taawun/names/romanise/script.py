"""Which script a token is written in (ISO 15924, lower case).

`zyyy` is a token without letters; `mixed` is one that mixes scripts. Hiragana and katakana
together are `kana`; marks, digits and punctuation belong to no script.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right

# First code point of a run, and its script; a run ends where the next begins.
_RUNS: tuple[tuple[int, str], ...] = (
    (0x0000, "latn"),
    (0x0370, "grek"),
    (0x0400, "cyrl"),
    (0x0530, "armn"),
    (0x0590, "hebr"),
    (0x0600, "arab"),
    (0x0700, "syrc"),
    (0x0750, "arab"),
    (0x0780, "thaa"),
    (0x07C0, "nkoo"),
    (0x0800, "samr"),
    (0x0840, "mand"),
    (0x0860, "syrc"),
    (0x0870, "arab"),
    (0x0900, "deva"),
    (0x0980, "beng"),
    (0x0A00, "guru"),
    (0x0A80, "gujr"),
    (0x0B00, "orya"),
    (0x0B80, "taml"),
    (0x0C00, "telu"),
    (0x0C80, "knda"),
    (0x0D00, "mlym"),
    (0x0D80, "sinh"),
    (0x0E00, "thai"),
    (0x0E80, "laoo"),
    (0x0F00, "tibt"),
    (0x1000, "mymr"),
    (0x10A0, "geor"),
    (0x1100, "hang"),
    (0x1200, "ethi"),
    (0x13A0, "cher"),
    (0x1400, "cans"),
    (0x1680, "ogam"),
    (0x16A0, "runr"),
    (0x1700, "zzzz"),
    (0x1780, "khmr"),
    (0x1800, "mong"),
    (0x18B0, "zzzz"),
    (0x1C80, "cyrl"),
    (0x1C90, "geor"),
    (0x1CC0, "zzzz"),
    (0x1D00, "latn"),
    (0x1F00, "grek"),
    (0x2000, "latn"),
    (0x2C00, "zzzz"),
    (0x2C60, "latn"),
    (0x2C80, "copt"),
    (0x2D00, "geor"),
    (0x2D30, "tfng"),
    (0x2D80, "ethi"),
    (0x2DE0, "cyrl"),
    (0x2E00, "zzzz"),
    (0x2E80, "hani"),
    (0x3040, "hira"),
    (0x30A0, "kana"),
    (0x3100, "bopo"),
    (0x3130, "hang"),
    (0x3190, "hani"),
    (0x31F0, "kana"),
    (0x3200, "hani"),
    (0xA000, "yiii"),
    (0xA4D0, "zzzz"),
    (0xA640, "cyrl"),
    (0xA6A0, "zzzz"),
    (0xA720, "latn"),
    (0xA800, "zzzz"),
    (0xA960, "hang"),
    (0xA980, "zzzz"),
    (0xAB00, "ethi"),
    (0xAB30, "latn"),
    (0xAB70, "cher"),
    (0xABC0, "zzzz"),
    (0xAC00, "hang"),
    (0xD800, "zzzz"),
    (0xF900, "hani"),
    (0xFB00, "latn"),
    (0xFB13, "armn"),
    (0xFB1D, "hebr"),
    (0xFB50, "arab"),
    (0xFE00, "zzzz"),
    (0xFE70, "arab"),
    (0xFF00, "latn"),
    (0xFF66, "kana"),
    (0xFFA0, "hang"),
    (0xFFE0, "zzzz"),
    (0x1EE00, "arab"),
    (0x1EF00, "zzzz"),
    (0x20000, "hani"),
    (0x32000, "zzzz"),
)
_STARTS = [start for start, _ in _RUNS]
_LONG_MARK = "ー"
_known: dict[str, str] = {}


def script_of(token: str) -> str:
    """The script of `token`: `latn`, `cyrl`, `hani` …, `mixed`, or `zyyy` without letters."""
    if token.isascii():
        return "latn" if any(map(str.isalpha, token)) else "zyyy"
    found = {_known[letter] if letter in _known else _letter_script(letter) for letter in token}
    found.discard("")
    if len(found) == 1:
        return found.pop()
    if not found:
        return "zyyy"
    return "kana" if found == {"hira", "kana"} else "mixed"


def _letter_script(letter: str) -> str:
    """The script of one character, "" when it belongs to all; remembered for the next time."""
    script = ""
    if letter != _LONG_MARK and unicodedata.category(letter)[0] == "L":
        script = _RUNS[bisect_right(_STARTS, ord(letter)) - 1][1]
    if len(_known) < 100_000:
        _known[letter] = script
    return script
