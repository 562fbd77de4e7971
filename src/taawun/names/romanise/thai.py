"""Thai: syllables found by rule, then transcribed as the Royal Institute does.

Thai writes some vowels before their consonant and some not at all (สมชาย is Somchai). The rules
here find the syllables of most names; where they cannot, the consonants are still right.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache

from taawun.names.romanise.reading import Reading, best
from taawun.names.romanise.scheme import facts

_LEADING = "เแโไใ"
_SIGN = "ะัาำิีึืุู็ํ"
_SIGNS = frozenset(_SIGN)
_OPENING = frozenset(("อ", *_SIGN))
_CONSONANT = re.compile("[ก-ฃค-รลว-ฮ]")
_TONES = re.compile("[่้๊๋ๆฯ]")
_SILENT = re.compile("(?:(?<=[ก-ฮ])(?:[ทตค](?=ร์)|ษ(?=ณ์)))?[ก-ฮ][ิุ]?์")
_SOFT = frozenset("งญนมยรลว")
_CLUSTER = re.compile("[กขค][รลว]|[ปผพ][รล]|[ตท]ร")


def readings(token: str, lang: str = "") -> tuple[Reading, ...]:
    """The readings of one Thai word; `lang` is not used."""
    word = _TONES.sub("", unicodedata.normalize("NFC", token))
    for irregular, regular in facts("thai")["irregular"].items():
        word = word.replace(irregular, regular)
    for letter, spelled in facts("thai")["vowel_letters"].items():
        word = re.sub(letter, spelled, word)
    word = _SILENT.sub("", word)
    initials: dict[str, str] = facts("thai")["initials"]
    return best(
        [
            Reading(_said(word, initials), "thai.royal", 0.05),
            Reading(_said(word, initials | facts("thai")["everyday"]), "thai.everyday", 0.08),
        ]
    )


def _said(word: str, initials: Mapping[str, str]) -> str:
    said, at = "", 0
    while at < len(word):
        syllable, length = _syllable(word, at, initials)
        said += syllable
        at += length
    return said


def _syllable(word: str, at: int, initials: Mapping[str, str]) -> tuple[str, int]:
    """The syllable that begins at `at`, and how many characters it takes."""
    leading = word[at] if word[at] in _LEADING else ""
    start = at + len(leading)
    onset = _onset(word, start, bool(leading))
    if not onset:
        return "", 1
    sound = "".join(initials[letter] for letter in _sounded(onset))
    end = start + len(onset)
    for signs, vowel in _vowels(leading):
        if word.startswith(signs, end):
            end += len(signs)
            closing = _closing(word, end) if _open(vowel) else ""
            return sound + vowel + _final(closing), end + len(closing) - at
    return _unwritten(word, at, end, sound)


def _onset(word: str, start: int, leading: bool) -> str:
    """One consonant, or two where they are said together."""
    pair = word[start : start + 2]
    if not _CONSONANT.match(pair):
        return ""
    after = word[start + 2 : start + 3]
    if (pair[0] == "ห" and pair[1:] in _SOFT and (after or leading)) or pair == "อย":
        return pair
    if _CLUSTER.fullmatch(pair) and (leading or after in _SIGNS):
        return pair
    return pair[0]


def _sounded(onset: str) -> str:
    """Without the h or mute vowel that only sets the tone, and with s for thr: ทราย is Sai."""
    if len(onset) == 2 and onset[0] in "หอ":
        return onset[1]
    return "ส" if onset == "ทร" else onset


def _unwritten(word: str, at: int, end: int, sound: str) -> tuple[str, int]:
    """A consonant without a vowel sign: o or ua before a closing consonant, otherwise a."""
    if word.startswith("รร", end):
        closing = _closing(word, end + 2, True)
        return sound + "a" + (_final(closing) or "n"), end + 2 + len(closing) - at
    if word.startswith("อ", end):
        closing = _closing(word, end + 1, True)
        return sound + "o" + _final(closing), end + 1 + len(closing) - at
    if word.startswith("ว", end) and (closing := _closing(word, end + 1, True)):
        return sound + "ua" + _final(closing), end + 1 + len(closing) - at
    odd = _bare(word, at) % 2 == 1 and _bare(word, at) > 2
    if not odd and (closing := _closing(word, end, True)):
        return sound + "o" + _final(closing), end + len(closing) - at
    alone = end == len(word) and at > 0
    return ("" if alone else sound + "a"), end - at


def _closing(word: str, at: int, unwritten: bool = False) -> str:
    """The consonant that closes a syllable: one that has no vowel of its own, and does not begin
    the pairs at the end of the word that make syllables themselves (Chula-non)."""
    letter, after = word[at : at + 1], word[at + 1 : at + 2]
    if letter not in facts("thai")["finals"] or after in _OPENING or word.startswith("รร", at + 1):
        return ""
    if letter == "ร" and after:  # Surayut, not Sunyut
        return ""
    paired = _bare(word, at) % 2 == 0 and after not in ("", "ร", "ษ")
    return letter if unwritten or not paired or not _bare(word, at) else ""


def _bare(word: str, at: int) -> int:
    """How many consonants there are from `at` on, when there is nothing else; otherwise 0."""
    rest = word[at:]
    return len(rest) if all(map(_CONSONANT.match, rest)) else 0


def _final(letter: str) -> str:
    finals: dict[str, str] = facts("thai")["finals"]
    return finals.get(letter, "")


def _open(vowel: str) -> bool:
    """Whether a consonant may still close a syllable with this vowel."""
    return vowel not in ("ai", "ao", "am", "io", "ieo", "oei")


@cache
def _vowels(leading: str) -> tuple[tuple[str, str], ...]:
    """The signs after the consonant and the vowel they make, the longest first."""
    rows: list[tuple[str, str, str]] = facts("thai")["vowels"]
    found = [(after, vowel) for before, after, vowel in rows if before == leading]
    return tuple(sorted(found, key=lambda item: -len(item[0])))
