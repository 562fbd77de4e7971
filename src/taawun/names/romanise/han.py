"""Han characters as Chinese names: pinyin, Wade-Giles by rule, Cantonese by character.

Surnames are read as surnames are (单 is Shan, not Dan) and in their overseas spellings; both are
in the lexicon (`data/lexicon/chinese.yml`). Japanese readings cannot be known from the characters,
save for the names in `data/lexicon/japanese.yml`; a token that its source says is Japanese,
Korean or Vietnamese is read in no other way.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache

from taawun.names.romanise.reading import Reading, best, only_letters
from taawun.names.romanise.scheme import facts, known

_NOT_CHINESE = frozenset({"ja", "jpn", "ko", "kor", "vi", "vie"})
_LONGEST_NAME = 4


def readings(token: str, lang: str = "") -> tuple[Reading, ...]:
    """The readings of a surname, a given name or a whole name, as Chinese and, where the lexicon
    knows it, as Japanese; Japanese alone, or none, where `lang` says that it is not Chinese."""
    word = unicodedata.normalize("NFKC", token)
    if lang in _NOT_CHINESE:
        return best(_as_japanese(word)) if lang in ("ja", "jpn") else ()
    return best([*_as_surname(word), *_by_character(word), *_as_japanese(word)])


def split(token: str) -> tuple[str, ...]:
    """Surname and given name: 习近平 is 习, 近平; 欧阳修 is 欧阳, 修; 陈方安生 is 陈, 方, 安生.

    Japanese surnames of two characters and more are known too (安倍晋三 is 安倍, 晋三). A token
    that is too long for a name, or does not begin with a surname, stays whole.
    """
    word = unicodedata.normalize("NFKC", token)
    chinese, japanese = known("chinese", "hani"), known("japanese", "hani")
    for size in (3, 2):
        if size < len(word) <= size + 3 and word[:size] in japanese:
            return word[:size], word[size:]
    if not 2 <= len(word) <= _LONGEST_NAME:
        return (word,)
    if len(word) > 2 and word[:2] in chinese:
        return word[:2], word[2:]
    if word[0] not in chinese:
        return (word,)
    if len(word) < _LONGEST_NAME:
        return word[0], word[1:]
    return (word[0], word[1], word[2:]) if word[1] in chinese else (word,)


def _as_japanese(word: str) -> Iterator[Reading]:
    for kind in ("surname", "given"):
        for latin in known("japanese", "hani", kind).get(word, ()):
            yield Reading(latin, "hani.japanese", 0.03)


def _as_surname(word: str) -> Iterator[Reading]:
    for place, latin in enumerate(known("chinese", "hani").get(word, ())):
        if place == 0:
            yield Reading(latin, "hani.pinyin", 0.0)
        else:
            yield Reading(latin, "hani.surname", min(0.01 + 0.01 * place, 0.08))


def _by_character(word: str) -> Iterator[Reading]:
    syllables = [_pinyin(letter) for letter in word]
    yield Reading("".join(syllables), "hani.pinyin", 0.02 if len(word) == 1 else 0.0)
    yield Reading("".join(map(wade_giles, syllables)), "hani.wade_giles", 0.04)
    cantonese: dict[str, str] = facts("hani")["cantonese"]
    if all(letter in cantonese for letter in word):
        yield Reading("".join(cantonese[letter] for letter in word), "hani.cantonese", 0.05)
    other: dict[str, str] = facts("hani")["other"]
    if any(letter in other for letter in word):
        said = (other.get(letter, _pinyin(letter)) for letter in word)
        yield Reading("".join(said), "hani.pinyin", 0.06)


@cache
def _pinyin(letter: str) -> str:
    """The pinyin syllable of one character, ü written u; other scripts' letters as they sound."""
    from anyascii import anyascii

    said: dict[str, str] = facts("hani")["pinyin"]
    return said.get(letter) or only_letters(anyascii(letter)).replace("lv", "lu").replace(
        "nv", "nu"
    )


@cache
def wade_giles(syllable: str) -> str:
    """One pinyin syllable in Wade-Giles, without marks: zhong is chung, xie is hsieh."""
    rules = facts("hani")["wade_giles"]
    if syllable in rules["whole"]:
        return str(rules["whole"][syllable])
    for initial, written in rules["initials"].items():
        if syllable.startswith(initial):
            final = syllable[len(initial) :]
            return str(written + rules["finals"].get(final, final))
    return syllable
