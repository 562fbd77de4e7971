"""Slavic personal names by their endings: father's name, men's form of a surname, its shape.

Women's surnames of Lithuania and Greece have endings of the same kind and are here too.

| asked | of | answered |
|---|---|---|
| `patronymic_of` | petrovych, Ивановна | petro, иван |
| `masculine` | ivanova, достоевская, papadopoulou | ivanov, достоевский, papadopoulos |
| `is_surname_shaped` | shevchenko, ivanova | True |

Every call takes one token, lower case, in Latin letters a-z, Cyrillic or Greek. The endings are
data (`data/scripts/slavic.yml`).
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from functools import cache

from taawun.names.lexicon import lexicon
from taawun.names.romanise.scheme import facts
from taawun.names.romanise.script import script_of

_VOWELS = frozenset("aeiouyаеёиоуыэюяіїєў")
_LONGEST = 8
_SHORTEST_STEM = 2


@dataclass(frozen=True, slots=True)
class _Endings:
    """The tables, as sets and maps from ending to what takes its place."""

    hard: frozenset[str]
    soft: frozenset[str]
    soft_stems: frozenset[str]
    fathers: dict[str, str]
    feminine: dict[str, tuple[str, ...]]
    not_feminine: frozenset[str]
    surname: frozenset[str]


def patronymic_of(token: str) -> str:
    """The father's name that a patronymic is made of, "" when `token` is no patronymic.

    `ivanovich` gives `ivan`, `serhiivna` gives `serhii`, `ilyinichna` gives `ilya`. Surnames in
    -ovich (Abramovich) look the same: where the token stands in the name decides, not this.
    """
    endings = _endings()
    if token in endings.fathers:
        return endings.fathers[token]
    if _is_given(token):
        return ""
    ending = _ending(token, endings.hard | endings.soft)
    stem = token[: len(token) - len(ending)]
    if not ending or len(stem) < _SHORTEST_STEM:
        return ""
    return stem if ending in endings.hard else _softened(stem, ending)


def masculine(token: str) -> str:
    """The man's form of a woman's surname: `ivanova` gives `ivanov`; any other token itself."""
    forms = masculine_forms(token)
    return forms[0] if forms else token


def masculine_forms(token: str) -> tuple[str, ...]:
    """Every man's surname a woman's may stand beside, likeliest first; empty when it is none.

    `novakova` gives `novakov` (Bulgarian, Russian) and `novak` (Czech, Slovak).
    """
    endings = _endings()
    if token in endings.not_feminine or _is_given(token):
        return ()
    ending = _ending(token, endings.feminine)
    stem = token[: len(token) - len(ending)]
    if not ending or len(stem) < _SHORTEST_STEM:
        return ()
    return tuple(stem + other for other in endings.feminine[ending])


def is_surname_shaped(token: str) -> bool:
    """Whether `token` ends as surnames do and given names hardly ever: -ov, -enko, -sky, -dze."""
    ending = _ending(token, _endings().surname)
    return bool(ending) and len(token) - len(ending) >= _SHORTEST_STEM


def _is_given(token: str) -> bool:
    """Whether the lexicon has `token` as a given name: Katerina is no Katerin's wife."""
    book = lexicon()
    script = "latn" if token.isascii() else script_of(token)
    return any(book.classes[number].kind == "given" for number in book.of(script, token))


def _softened(stem: str, ending: str) -> str:
    """The father's name behind a soft ending: nikola-yevich, yur-yevich and alekse-evna."""
    latin = stem.isascii()
    glide = ending[0] in "aeiyаеиійьї" and ending not in ("evich", "evych", "evna", "евич", "евна")
    if ending[0] in "aeае" and len(ending) > 4 and ending[1] in "eiyеиійї":
        stem += ending[0]
    if stem[-1] in _VOWELS:
        return stem + ("i" if latin else "й")
    if not glide and stem not in _endings().soft_stems:
        return stem
    return stem + ("i" if latin else "ий" if ending[0] in "ьи" else "ій")


def _ending(token: str, known: Container[str]) -> str:
    """The longest ending of `token` that is `known`, "" when there is none."""
    for length in range(min(_LONGEST, len(token) - 1), 0, -1):
        if token[-length:] in known:
            return token[-length:]
    return ""


@cache
def _endings() -> _Endings:
    said = facts("slavic")
    made = said["patronymic"]
    return _Endings(
        hard=frozenset(made["hard"] + made["cyrl_hard"]),
        soft=frozenset(made["soft"] + made["cyrl_soft"]),
        soft_stems=frozenset(said["soft_stems"]),
        fathers=said["fathers"],
        feminine={ending: tuple(others) for ending, others in said["feminine"].items()},
        not_feminine=frozenset(said["not_feminine"]),
        surname=frozenset(said["surname"]),
    )
