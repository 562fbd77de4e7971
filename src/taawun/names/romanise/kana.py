"""Japanese kana in Hepburn, as passports write it; and foreign names written in katakana."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from taawun.names.romanise.reading import Reading, best
from taawun.names.romanise.scheme import facts

_KATAKANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}
_SEPARATORS = re.compile("[\u30fb\uff65\u00b7=\uff1d\u30a0]+")
_DOUBLING = "っ"
_STROKE = "ー"


def readings(token: str, lang: str = "") -> tuple[Reading, ...]:
    """The readings of a name in hiragana or katakana; `lang` is not used."""
    word = unicodedata.normalize("NFKC", token).translate(_KATAKANA)
    spelled = _spelled(word)
    found = [
        Reading(_shortened(spelled), "kana.hepburn", 0.0),
        Reading(spelled, "kana.letters", 0.03),
    ]
    if unicodedata.normalize("NFKC", token)[:1] >= "ァ":
        loan = _loan(_shortened(spelled))
        found += (
            Reading(loan, "kana.loan", 0.06),
            Reading(loan.replace("r", "l"), "kana.loan", 0.1),
        )
    return best(found)


def split(token: str) -> tuple[str, ...]:
    """The parts of a foreign name in katakana: ジョン・スミス is ジョン and スミス."""
    return tuple(_SEPARATORS.split(token))


def _spelled(word: str) -> str:
    said = ""
    doubled = False
    at = 0
    while at < len(word):
        if word[at] == _DOUBLING:
            doubled, at = True, at + 1
            continue
        syllable, length = _syllable(word, at)
        if doubled and syllable[:1] not in ("", *"aeioun"):
            said += "t" if syllable.startswith("ch") else syllable[0]
        said += syllable
        doubled, at = False, at + length
    return said


def _syllable(word: str, at: int) -> tuple[str, int]:
    """The syllable that begins at `at`, and how many characters it takes."""
    said = facts("kana")
    letter, small = word[at], word[at + 1 : at + 2]
    if letter in said["contracted"] and small in said["small_y"]:
        return said["contracted"][letter] + said["small_y"][small], 2
    if letter in said["foreign"] and small in said["small_vowels"]:
        return said["foreign"][letter] + said["small_vowels"][small], 2
    return said["syllables"].get(letter, ""), 1


def _shortened(spelled: str) -> str:
    """Without the second half of long vowels, and with m before b, m, p as passports write."""
    for long, short in facts("kana")["long"].items():
        spelled = spelled.replace(long, short)
    return re.sub("n(?=[bmp])", "m", spelled)


def _loan(spelled: str) -> str:
    """Without the vowels that only carry a consonant."""
    said = facts("kana")
    pattern = _carriers()
    return pattern.sub(lambda found: (said["endings"] | said["inside"])[found[0]], spelled)


@cache
def _carriers() -> re.Pattern[str]:
    ends, inside = ("|".join(facts("kana")[key]) for key in ("endings", "inside"))
    return re.compile(f"(?<=[a-z])(?:(?:{ends})$|(?:{inside})(?=[bcdfghjklmnpqrstvwz]))")
