"""Romanisation schemes of alphabets, read from `data/scripts/*.yml`.

A scheme says what each group of letters becomes. `^` and `$` inside a group stand for the
beginning and the end of the token, so that "^е" is a word's first letter and "ий$" an ending.
The longest group wins, from left to right. A scheme may start `from` another and name only what
differs.

A language lists its schemes, usual ones first; `tells` are letters by which a token shows its
language. A token that shows none is read in the schemes of `unknown`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from taawun.names.compiled import Files, compiled, parsed, read
from taawun.names.romanise.reading import MOST, Reading, only_letters


@cache
def facts(name: str) -> dict[str, Any]:
    """The content of `data/scripts/<name>.yml`, read when a script first turns up."""
    ((_, text),) = read(f"scripts/{name}.yml")
    content: dict[str, Any] = parsed(text)
    return content


@cache
def known(culture: str, script: str, kind: str = "surname") -> Mapping[str, tuple[str, ...]]:
    """Names of one `kind` in the lexicon file of `culture`: as written in `script`, and their
    Latin spellings, the usual one first. A name written like another has the spellings of both."""

    def made(files: Files) -> dict[str, list[str]]:
        found: dict[str, dict[str, None]] = {}
        for item in (item for _, text in files for item in parsed(text)):
            for written in item.get(script, ()) if item["kind"] == kind else ():
                found.setdefault(written, {}).update(dict.fromkeys(item["latn"]))
        return {written: list(spellings) for written, spellings in found.items()}

    kept = compiled(f"{kind}-{culture}-{script}", (f"lexicon/{culture}.yml",), made)
    return {written: tuple(spellings) for written, spellings in kept.items()}


@dataclass(frozen=True, slots=True)
class Scheme:
    """One way of writing an alphabet in Latin letters: `groups` finds the groups of several
    letters, `said` has what each becomes, `single` translates the letters that stand alone."""

    step: str
    cost: float
    groups: re.Pattern[str]
    said: Mapping[str, str]
    single: Mapping[int, str]

    def latin(self, token: str) -> str:
        """`token` (lower case) in Latin letters; what the scheme does not know is left out."""
        said = self.said
        joined = self.groups.sub(lambda found: said[found[0]], f"^{token}$")
        return only_letters(joined.translate(self.single))


@dataclass(frozen=True, slots=True)
class Alphabet:
    """The schemes of one script, cheapest first: by language, by tell-tale letter, and for want
    of either."""

    languages: Mapping[str, tuple[Scheme, ...]]
    tells: tuple[tuple[frozenset[str], tuple[Scheme, ...]], ...]
    unknown: tuple[Scheme, ...]
    letters: frozenset[str]
    """What the schemes know; a letter outside loses its marks, or is written as anyascii does."""

    def readings(self, token: str, lang: str = "") -> tuple[Reading, ...]:
        """The readings of `token`, best first; empty when the token has no letter at all."""
        word = unicodedata.normalize("NFC", token).lower()
        if not self.letters.issuperset(word):
            word = "".join(self._known(letter) for letter in word)
        found: dict[str, Reading] = {}
        for scheme in self._schemes(word, lang):
            latin = scheme.latin(word)
            if latin and latin not in found:
                found[latin] = Reading(latin, scheme.step, scheme.cost)
                if len(found) == MOST:
                    break
        return tuple(found.values()) or self._rescued(word)

    def _known(self, letter: str) -> str:
        if letter in self.letters or not letter.isalpha():
            return letter
        bare = unicodedata.normalize("NFD", letter)[0]
        return bare if bare in self.letters else _ascii(letter).lower()

    def _schemes(self, word: str, lang: str) -> tuple[Scheme, ...]:
        letters = set(word)
        for signs, schemes in self.tells:
            if not signs.isdisjoint(letters):
                return schemes
        return self.languages.get(lang, self.unknown)

    def _rescued(self, word: str) -> tuple[Reading, ...]:
        latin = only_letters(_ascii(word))
        return (Reading(latin, self.unknown[0].step, 0.15),) if latin else ()


@cache
def alphabet(script: str) -> Alphabet:
    """The alphabet of `script` as its data file says it."""
    said = facts(script)
    schemes = {name: _scheme(name, said["schemes"]) for name in said["schemes"]}
    names: dict[str, list[str]] = said["languages"]
    languages = {lang: _named(schemes, names[lang]) for lang in names}
    for code, lang in said.get("codes", {}).items():
        languages[code] = languages[lang]
    tells = tuple(
        (frozenset(item["letters"]), _merged(schemes, [names[lang] for lang in item["languages"]]))
        for item in said.get("tells", ())
    )
    unknown = _named(schemes, said["unknown"])
    letters = frozenset(map(chr, unknown[0].single)).union(*unknown[0].said)
    return Alphabet(languages, tells, unknown, letters)


def _named(schemes: Mapping[str, Scheme], names: Iterable[str]) -> tuple[Scheme, ...]:
    return tuple(sorted((schemes[name] for name in names), key=lambda scheme: scheme.cost))


def _merged(schemes: Mapping[str, Scheme], lists: list[list[str]]) -> tuple[Scheme, ...]:
    """The schemes of several languages, each language's best before any second best."""
    longest = max(map(len, lists))
    turns = [names[turn] for turn in range(longest) for names in lists if turn < len(names)]
    return _named(schemes, dict.fromkeys(turns))


def _scheme(name: str, said: Mapping[str, Mapping[str, Any]]) -> Scheme:
    letters = _letters(name, said)
    several = sorted((group for group in letters if len(group) > 1), key=lambda group: -len(group))
    return Scheme(
        step=said[name]["step"],
        cost=float(said[name]["cost"]),
        groups=re.compile("|".join(map(re.escape, several)) or r"(?!)"),
        said={group: letters[group] for group in several},
        single=str.maketrans({group: letters[group] for group in letters if len(group) == 1})
        | {ord("^"): "", ord("$"): ""},
    )


def _letters(name: str, said: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """What a scheme says, over what the scheme it starts from says."""
    own = said[name]
    basis = _letters(own["from"], said) if "from" in own else {}
    return basis | {str(group): str(latin or "") for group, latin in own["letters"].items()}


def _ascii(word: str) -> str:
    from anyascii import anyascii

    return anyascii(word)
