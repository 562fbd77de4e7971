"""The words besides names that a reader of documents knows: `data/words.yml`, opened.

What people are (offices), what an office is over (fields), what is named (kinds), countries, words
of birth and age, and words that surround names and are none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from taawun.entities.countries import folded as country_form
from taawun.entities.countries import names_in
from taawun.names.lexicon import folded

_LANGUAGES = ("ar", "en", "ru", "fr", "fa", "uk", "tr", "es", "de")
_SCRIPTS = ("latn", "cyrl", "arab", "hebr", "grek", "hani", "hang")
_LONGEST = 3
_WORDS_TOO = frozenset({"того", "мали", "перу", "jersey", "مالي"})
"""Countries whose names are ordinary words in the same language or another."""


@dataclass(frozen=True, slots=True)
class WordList:
    """`said` gives for a folded word or words (joined by blanks) the marks they are.

    A mark is (what, which): ("office", "minister"), ("field", "defence"), ("country", "sy"),
    ("kind", "vessel"), ("born", ""), ("aged", ""). `opening` are the first words of those of
    several. `ordinary` are `script:form`.
    """

    said: dict[str, tuple[tuple[str, str], ...]]
    opening: frozenset[str]
    ordinary: frozenset[str]
    common_alone: frozenset[str]


def script_named(word: str) -> str:
    """The script of a word, of those that the list is written in."""
    from taawun.names.romanise import script_of

    return script_of(word)


def form(word: str) -> str:
    """A word as the list has it."""
    return folded(script_named(word), word)


@cache
def word_list() -> WordList:
    """The words that ship with the package."""
    text = files(__package__).joinpath("data/words.yml").read_text(encoding="utf-8")
    data: dict[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    said: dict[str, list[tuple[str, str]]] = {}
    for part, what in (("offices", "office"), ("fields", "field"), ("kinds", "kind")):
        for key, spellings in data[part].items():
            for word in (w for script in spellings.values() for w in script):
                _enter(said, word, (what, key))
    for what in ("born", "aged"):
        for word in (w for script in data[what].values() for w in script):
            _enter(said, word, (what, ""))
    for code, words in data["countries"].items():
        for word in words:
            _enter(said, word, ("country", code))
    for name, code in names_in(_LANGUAGES).items():
        if len(name) > 3 and name not in _WORDS_TOO:
            _enter(said, name, ("country", code))
    ordinary = {
        f"{script}:{folded(script, str(word))}"
        for script, words in data["ordinary"].items()
        for word in words
    }
    return WordList(
        said={word: tuple(dict.fromkeys(marks)) for word, marks in said.items()},
        opening=frozenset(word.split(" ", 1)[0] for word in said if " " in word),
        ordinary=frozenset(ordinary),
        common_alone=frozenset(form(str(word)) for word in data["common_alone"]),
    )


def _enter(said: dict[str, list[tuple[str, str]]], word: str, mark: tuple[str, str]) -> None:
    words = [form(piece) for piece in re.split(r"[\s\u200c]+", str(word)) if form(piece)]
    if words and len(words) <= _LONGEST:
        said.setdefault(" ".join(words), []).append(mark)


def marks(words: list[str]) -> list[tuple[int, int, tuple[tuple[str, str], ...]]]:
    """What the words of a sentence (raw) say: (place, how many words, marks), longest first."""
    book = word_list()
    folded_words = [form(word) for word in words]
    out = []
    at = 0
    while at < len(words):
        found: tuple[tuple[str, str], ...] = ()
        size = 1
        for variant in _variants(folded_words[at]):
            if variant in book.opening:
                for length in range(_LONGEST, 1, -1):
                    whole = " ".join([variant, *folded_words[at + 1 : at + length]])
                    if len(folded_words) >= at + length and whole in book.said:
                        found, size = book.said[whole], length
                        break
            if not found:
                found = book.said.get(variant, ())
            if found:
                break
        if found:
            out.append((at, size, found))
        at += size
    return out


def _variants(word: str) -> list[str]:
    """The word, and in Arabic script without what is written onto it."""
    out = [word]
    if word and "\u0620" <= word[0] <= "\u06d3":
        if word[0] in "وف" and len(word) > 3:
            out.append(word[1:])
        for known in tuple(out):
            if known[0] in "بلك" and len(known) > 3:
                out.append(known[1:])
                if known.startswith("لل"):
                    out += [known[2:], f"ال{known[2:]}"]
    return out


__all__ = ["WordList", "country_form", "form", "marks", "word_list"]
