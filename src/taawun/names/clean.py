"""A name as it was meant: without what the eye does not see, and without look-alike letters.

`clean` takes away bidi controls, zero-width and other invisible characters, variation selectors
and tatweel; folds exotic spaces, dashes, apostrophes and quotes, and (NFKC) full-width letters,
ligatures, Arabic presentation forms and mathematical letters. It never changes which letters are
there. `fold_lookalikes` does, within one token that mixes Latin with Cyrillic or Greek letters.

Must stay true: `clean(clean(x)) == clean(x)`, and invisible noise anywhere changes nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from taawun.errors import InputError, Problem
from taawun.names.romanise.scheme import facts
from taawun.names.romanise.script import script_of

MAX_NAME = 1_000
"""No name is longer, in characters; what is longer is something else and is refused."""

_SPACES = "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u2028\u2029\u2800"
_DASHES = (
    "\u058a\u05be\u1806\u2010\u2011\u2012\u2013\u2014\u2015"
    "\u2043\u2212\u2e3a\u2e3b\ufe58\ufe63\uff0d"
)
_APOSTROPHES = (
    "`\u00b4\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u02ca\u02cb\u0374\u0384\u055a\u055b\u05f3"
    "\u07f4\u07f5\u1fbd\u1fbf\u1fef\u1ffd\u1ffe\u2018\u2019\u201a\u201b\u2032\u2035\ua78b\ua78c\uff07\uff40"
)
_QUOTES = (
    "\u00ab\u00bb\u02ba\u02dd\u02ee\u05f4\u201c\u201d\u201e\u201f"
    "\u2033\u2036\u300c\u300d\u300e\u300f\uff02"
)
_DOTS = "\u2022\u2027\u2219\u22c5\u30fb\uff65\u0387"
# Spacing marks that NFKC would turn into a space and a mark, and honorific ligatures that it
# would spell out as words of the name (God bless him, exalted be He, in the name of God).
_DROPPED = "\u00a8\u00af\u00b8\u02d8\u02d9\u02da\u02db\u02dc\u0640\u2017\u203e\ufdfa\ufdfb\ufdfd"
_VISIBLE = str.maketrans(
    dict.fromkeys(_SPACES, " ")
    | dict.fromkeys(_DASHES, "-")
    | dict.fromkeys(_APOSTROPHES, "'")
    | dict.fromkeys(_QUOTES, '"')
    | dict.fromkeys(_DOTS, "\u00b7")
    | dict.fromkeys(_DROPPED, "")
)
# Controls, format characters, lone surrogates, private use, and Unicode's default ignorables.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891"
    "\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ud800-\udfff\ue000-\uf8ff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
# Presentation forms that are a mark alone, written over a space or tatweel.
_LONE_MARKS = re.compile("[\ufc5e-\ufc63\ufcf2-\ufcf4\ufe70-\ufe7f]")
_PLAIN = re.compile(r"[!-_a-~]+(?: [!-_a-~]+)*")


def clean(text: str) -> str:
    """`text` without invisible characters and with one form for each visible one.

    Case, accents and word order stay. Raises InputError when it is longer than `MAX_NAME`.
    """
    if len(text) > MAX_NAME:
        raise InputError(
            f"a name of {len(text):,} characters, expected at most {MAX_NAME:,}",
            (Problem("names.too_long", got=text[:80], expected=f"at most {MAX_NAME} characters"),),
        )
    if _PLAIN.fullmatch(text):
        return text
    while (folded := _folded(text)) != text:
        text = folded
    return text


def fold_lookalikes(token: str) -> str:
    """`token` in one script, when it mixes Latin with Cyrillic or Greek look-alike letters.

    The script whose unmistakable letters are more wins, then the one with more letters. A token
    of one script stays as it is, however Latin its letters look.
    """
    if token.isascii() or script_of(token) != "mixed":
        return token
    counts = _counted(token)
    if len(counts) != 2 or "latn" not in counts:
        return token
    other = next(script for script in counts if script != "latn")
    if other not in ("cyrl", "grek"):
        return token
    twins = _twins(other)
    wanted = max(("latn", other), key=lambda script: (twins.decided(script, token), counts[script]))
    return token.translate(twins.to_latin if wanted == "latn" else twins.from_latin)


def _folded(text: str) -> str:
    bare = _LONE_MARKS.sub("", _INVISIBLE.sub("", text.translate(_VISIBLE)))
    return " ".join(unicodedata.normalize("NFKC", bare).split())


def _counted(token: str) -> dict[str, int]:
    counts: dict[str, int] = {}
    for letter in token:
        script = script_of(letter)
        if script != "zyyy":
            counts[script] = counts.get(script, 0) + 1
    return counts


@dataclass(frozen=True, slots=True)
class _Twins:
    """Latin letters and their twins in one other script, both ways, in both cases."""

    to_latin: Mapping[int, str]
    from_latin: Mapping[int, str]
    decisive: Mapping[str, frozenset[str]]

    def decided(self, script: str, token: str) -> int:
        """How many letters of `token` can only be of `script`."""
        letters = self.decisive[script]
        return sum(letter in letters for letter in token.lower())


@cache
def _twins(other: str) -> _Twins:
    said = facts("lookalikes")
    pairs: dict[str, str] = said["twins"][other]
    return _Twins(
        to_latin=str.maketrans({twin: latin for latin, twins in pairs.items() for twin in twins}),
        from_latin=str.maketrans(
            {latin: twins[0] for latin, twins in pairs.items()} | said["back"][other]
        ),
        decisive={script: frozenset(letters) for script, letters in said["decisive"].items()},
    )
