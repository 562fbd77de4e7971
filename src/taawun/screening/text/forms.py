"""Which words may stand behind a word of running text?

A word in a sentence carries what its language writes onto it: clitics and the article in Arabic,
case endings in Russian and Ukrainian, a suffix behind an apostrophe in Turkish and English. A
`Form` is one way to take that off: the word as a name has it, and how many letters of the text
belong to it no more.

    وبشار        بشار                  cut 1 letter at the start; only where a name begins
    للأسد        أسد
    Путиным      Путин, Путиным
    Erdoğan'ın   Erdoğan               cut 2 letters at the end
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

_CASES = (
    ("ского", ("ский",)), ("скому", ("ский",)), ("ским", ("ский",)), ("ском", ("ский", "ск")),
    ("ской", ("ская",)), ("скую", ("ская",)), ("ського", ("ський",)), ("ському", ("ський",)),
    ("ським", ("ський",)), ("ської", ("ська",)), ("ською", ("ська",)), ("ську", ("ська",)),
    ("цкого", ("цкий",)), ("цкому", ("цкий",)), ("цким", ("цкий",)), ("цкой", ("цкая",)),
    ("ого", ("ой", "ый", "ий")), ("его", ("ий",)), ("ому", ("ой", "ый", "ий")),
    ("ему", ("ий",)), ("ой", ("а", "ая")), ("ої", ("а",)), ("ою", ("а",)), ("ею", ("я",)),
    ("ую", ("ая",)),
    ("ым", ("", "ый", "ой")), ("им", ("", "ий")), ("ом", ("",)), ("ем", ("", "ь", "й")),
    ("ём", ("ь", "й")),
    ("єм", ("й",)), ("ей", ("я", "а")), ("єю", ("я",)), ("ові", ("", "о")), ("еві", ("", "ь")),
    ("єві", ("й",)), ("ией", ("ия",)), ("ии", ("ия",)), ("ию", ("ия",)), ("ії", ("ія",)),
    ("а", ("", "о")), ("я", ("й", "ь")), ("у", ("", "а", "о")), ("ю", ("й", "ь", "я")),
    ("е", ("", "а", "й", "ь", "я")), ("і", ("", "а", "я")), ("и", ("а", "я", "ь")), ("ы", ("а",)),
    ("ї", ("я",)),
)  # fmt: skip
_SHORTEST = 3
_HEBREW = "והבלמשכ"
_MOST_FORMS = 9


@dataclass(frozen=True, slots=True)
class Form:
    """`said` is the word behind; `head` and `tail` letters of the text are not part of the name.

    `bent`: the letters themselves differ (a case ending taken off), so that the text stays whole.
    """

    said: str
    head: int = 0
    tail: int = 0
    bent: bool = False


def forms(word: str, script: str) -> list[Form]:
    """Every word that may stand behind `word`, itself first. `word` has no invisible letters."""
    bare, tail = _without_suffix(word)
    out = [Form(word)] if not tail else [Form(bare, 0, tail), Form(word)]
    elided = _elided(word)
    if elided:
        out.append(elided)
    if script == "arab":
        out += _arabic(word)
    elif script == "cyrl":
        out += (Form(said, 0, tail, True) for said in _cases(bare))
    elif script == "hebr":
        out += _hebrew(word)
    elif script == "latn" and not tail and len(word) > 4 and word[-1] in "sS":
        out.append(Form(word[:-1], 0, 1))
    elif script == "grek":
        out += (Form(said, bent=True) for said in _greek(word))
    return out[:_MOST_FORMS]


_APOSTROPHES = "'’ʼ‘`´ʻʹʾʿ"


def _without_suffix(word: str) -> tuple[str, int]:
    """Erdoğan'ın, Putin's, Putin’e: the word before its last apostrophe, and what is behind it."""
    at = max((word.rfind(mark) for mark in _APOSTROPHES), default=-1)
    behind = len(word) - at - 1
    if at >= 2 and behind <= 5:
        return word[:at], sum(c.isalnum() for c in word[at:])
    return word, 0


def _elided(word: str) -> Form | None:
    """d'Assad, l'Iran: what is behind a letter and an apostrophe."""
    for mark in _APOSTROPHES:
        at = word.find(mark)
        if 1 <= at <= 2 and len(word) - at > _SHORTEST and word[at - 1] in "dlDLuUnN":
            return Form(word[at + 1 :], at)
    return None


def _arabic(word: str) -> Iterator[Form]:
    starts = [0]
    if word[0] in "وف" and len(word) > _SHORTEST:
        starts.append(1)
        yield Form(word[1:], 1)
    for at in starts:
        rest = word[at:]
        if len(rest) > _SHORTEST and rest[0] in "بلك":
            yield Form(rest[1:], at + 1)
            if rest.startswith("لل") and len(rest) > 4:
                yield Form(rest[2:], at + 2)
    if word.endswith(("ای", "وی", "هی", "ئی")) and len(word) > 4:
        yield Form(word[:-1], 0, 1)


def _hebrew(word: str) -> Iterator[Form]:
    for at in (1, 2):
        if len(word) - at >= _SHORTEST and all(letter in _HEBREW for letter in word[:at]):
            yield Form(word[at:], at)


def _cases(word: str) -> list[str]:
    """The nominatives that a Russian or Ukrainian form may be of, longest ending first."""
    low = word.casefold()
    out: list[str] = []
    for ending, replacements in _CASES:
        if low.endswith(ending) and len(word) - len(ending) >= _SHORTEST - 1:
            stem = word[: -len(ending)]
            for other in replacements:
                said = stem + other
                if len(said) >= _SHORTEST and said not in out:
                    out.append(said)
    return out


_GREEK = (("ου", ("ος", "ης", "ας")), ("ο", ("ος",)), ("η", ("ης",)), ("α", ("ας",)), ("ς", ("",)))


def _greek(word: str) -> Iterator[str]:
    for ending, replacements in _GREEK:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
            yield from (word[: -len(ending)] + other for other in replacements)
            return


def bent(word: str, script: str) -> list[str]:
    """The other way round: how a name may stand in running text, for finding it again."""
    if script == "arab":
        heads = ("و", "ف", "ب", "ك", "ل", "وب", "ول", "فل")
        if not (word.startswith("ال") and len(word) > 4):
            return [word, *(f"{head}{word}" for head in heads)]
        # without the article it may be an ordinary word: النور is a family, نور is light
        return [
            word,
            *(f"{head}{word}" for head in heads),
            *(f"{head}لل{word[2:]}" for head in ("", "و", "ف")),
        ]
    if script == "cyrl":
        stem = word[:-2] if word[-2:] in ("ий", "ый", "ой", "ая") else word
        stem = stem[:-1] if stem == word and word[-1] in "аяйьо" else stem
        return [word, *(stem + ending for ending in _ENDINGS)]
    return [word]


_ENDINGS = (
    "а", "у", "ым", "ом", "е", "ой", "ы", "и", "я", "ю", "ем", "ого", "ому",
    "им", "ую", "ою", "ові",
    "і",     "ії", "ию", "ии", "ией", "его", "ему", "ього", "єм", "єві",
)  # fmt: skip
