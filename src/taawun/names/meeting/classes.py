"""Which name a spelling is of, where it may be of several: names that share a spelling, as one.

The lexicon says that Salem is سالم or سليم. Two parties who write it in two scripts meet only under
one name for both, so classes with a spelling in common are one family here. A spelling that the
lexicon does not have belongs to the family that has it but for vowels that Latin spellings
interchange (Hoosain), or for letters that Persian and Urdu sound alike (ذکی).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

from taawun.names.lexicon import MUSLIM_WORLD, Lexicon, lexicon
from taawun.names.meeting.kept import kept

SYLLABIC = frozenset({"chinese", "korean", "japanese"})
"""Cultures whose names are single syllables in Latin script: one spelling, hundreds of names."""
ARABIC = frozenset({"arabic", "arabic_compounds", "arabic_families"})


@cache
def families() -> tuple[str, ...]:
    """For each class of the lexicon the key of its family; "" where consonants must do.

    They must where a name is a syllable, and where the lexicon has no Arabic spelling of it.
    """
    return tuple(kept("families", _made_families))


def _made_families() -> tuple[str, ...]:
    book = lexicon()
    above = list(range(len(book.classes)))

    def top(number: int) -> int:
        while above[number] != number:
            above[number] = above[above[number]]
            number = above[number]
        return number

    for number, *others in _together(book):
        for other in others:
            above[top(other)] = top(number)
    return _named(book, [top(number) for number in range(len(above))])


def _together(book: Lexicon) -> Iterable[list[int]]:
    """Numbers of classes that are one name: they share a spelling, or are kin."""
    for numbers in book.spelled.values():
        if found := [number for number in numbers if _written(book, number)]:
            yield found
    for spelling, numbers in book.kin.items():
        own = [n for n in numbers if book.classes[n].culture in MUSLIM_WORLD]
        spelled = [n for n in book.spelled.get(spelling, ()) if _adopted(book, n)]
        if len(own) == 1 and spelled:
            yield [*own, *spelled]


def _adopted(book: Lexicon, number: int) -> bool:
    """A name that another people made of an Arabic one: Mehmet, Magomed, Mamadou."""
    return book.classes[number].culture in MUSLIM_WORLD - ARABIC


def _written(book: Lexicon, number: int) -> bool:
    return book.classes[number].culture not in SYLLABIC


def _named(book: Lexicon, tops: Sequence[int]) -> tuple[str, ...]:
    """Each family under the name of its commonest class, which no numbering can change."""
    best: dict[int, tuple[int, bool, str]] = {}
    for number, top in enumerate(tops):
        known = book.classes[number]
        foreign = known.culture not in ARABIC
        best[top] = min(best.get(top, (9, True, "")), (-known.common, foreign, known.key))
    bridged = {tops[n] for n in _in_arabic(book)}
    return tuple(best[top][2] if top in bridged else "" for top in tops)


def _in_arabic(book: Lexicon) -> Iterable[int]:
    """Numbers of the classes that have an Arabic spelling: the others could not be met from it."""
    for table in (book.spelled, book.kin):
        for spelling, numbers in table.items():
            if spelling.startswith("arab:"):
                yield from (number for number in numbers if _written(book, number))


@cache
def commonness() -> dict[str, int]:
    """Family to how common its commonest name is, 0..5."""
    book = lexicon()
    found: dict[str, int] = {}
    for number, family in enumerate(families()):
        found[family] = max(found.get(family, 0), book.classes[number].common)
    return found


def family_of(numbers: Iterable[int]) -> str:
    """The family of these classes, the commonest first; "" for none."""
    keys = families()
    known = {keys[number] for number in numbers} - {""}
    return min(known, key=lambda key: (-commonness()[key], key), default="")


_DIGRAPHS = (
    ("sch", "c"), ("tch", "c"), ("kh", "x"), ("gh", "g"), ("sh", "c"), ("ch", "c"), ("th", "t"),
    ("dh", "d"), ("ph", "f"), ("dj", "j"), ("ck", "k"), ("ou", "u"), ("oo", "u"), ("ow", "au"),
    ("ee", "i"), ("ei", "ai"), ("ey", "ai"), ("ay", "ai"), ("ie", "i"), ("ii", "i"), ("uu", "u"),
    ("q", "k"), ("w", "u"), ("o", "u"), ("y", "i"),
)  # fmt: skip
_TWICE = re.compile(r"(.)\1+")
_HEARD_ALIKE = str.maketrans("ذضظثصطحغ", "زززسستهق")


def loose_latin(form: str, e: str) -> str:
    """A Latin form in which vowels that spellings interchange are one; `e` is read as a or i.

    At the end it is a: Fatime is Fatima, and Fadile no Fadili.
    """
    if form.endswith("e") and form[-2:-1] not in "aeiouy":
        form = form[:-1] + "a"
    for several, one in _DIGRAPHS:
        form = form.replace(several, one)
    form = _TWICE.sub(r"\1", form.replace("e", e))
    return form.rstrip("h") if len(form) > 3 else form


def loose_arabic(form: str) -> str:
    """A folded Arabic form without inner alif, letters that Persian and Urdu sound alike as one."""
    plain = form.translate(_HEARD_ALIKE)
    return plain[:1] + plain[1:].replace("ا", "").removesuffix("ه")


@cache
def _loosely() -> dict[str, str]:
    """`script:loose form` to the family that has it, the commonest where several have."""
    found: dict[str, str] = kept("loosely", _made_loose)
    return found


def _made_loose() -> dict[str, str]:
    """Spellings as they are first; those with a letter said otherwise only where none is so."""
    keys = families()
    found: dict[str, tuple[int, str]] = {}
    others: dict[str, tuple[int, str]] = {}
    said = _said_otherwise()
    for spelling, numbers in lexicon().spelled.items():
        script, _, form = spelling.partition(":")
        for loose in _loose_forms(script, form.replace(" ", "")):
            for number in numbers:
                if not keys[number]:
                    continue
                known = (-commonness()[keys[number]], keys[number])
                found[loose] = min(found.get(loose, known), known)
                own = script == "latn" and len(loose) >= _LEAST_OTHERWISE
                for one, other in said.get(number, ()) if own else ():
                    instead = f"latn:{loose[5:].replace(one, other)}"
                    others[instead] = min(others.get(instead, known), known)
    return {loose: key for loose, (_, key) in (others | found).items()}


_LEAST_OTHERWISE = len("latn:") + 5
_OTHERWISE = (("ضظذ", "z", "d"), ("ضظذ", "d", "z"), ("ث", "s", "t"), ("ث", "t", "s"),
              ("ق", "k", "g"), ("ج", "j", "g"))  # fmt: skip
"""Letters of Arabic that countries say otherwise, and so write in Latin: Fazeli and Fadili."""


def _said_otherwise() -> dict[int, list[tuple[str, str]]]:
    """For each class the letters of its Latin spellings that others have otherwise."""
    found: dict[int, list[tuple[str, str]]] = {}
    for spelling, numbers in lexicon().spelled.items():
        if spelling.startswith("arab:"):
            said = [
                (one, other) for letters, one, other in _OTHERWISE if set(letters) & set(spelling)
            ]
            for number in numbers:
                found[number] = list(dict.fromkeys([*found.get(number, ()), *said]))
    return found


def _loose_forms(script: str, form: str) -> tuple[str, ...]:
    if script == "latn":
        return tuple(dict.fromkeys(f"latn:{loose_latin(form, e)}" for e in "ai"))
    return (f"arab:{loose_arabic(form)}",) if script == "arab" else ()


def family_near(script: str, form: str) -> str:
    """The family of a spelling that the lexicon does not have as it stands; "" for none."""
    if len(form) < 4:
        return ""
    table = _loosely()
    return next((table[loose] for loose in _loose_forms(script, form) if loose in table), "")
