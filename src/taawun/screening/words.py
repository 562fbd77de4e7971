"""Evidence in words: one feature of a hit as a sentence, in Arabic or English.

    said(feature, "ar")         what one feature says
    met(feature, "ar")          of the names alone: which part met which, and how
    strongest(features)         the order in which a person wants to read them

Used wherever evidence is shown: the command line, files of answers, the pages of the web.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from taawun.screening.subject import Feature
from taawun.wording import Worded, direction, isolate, known, say

NAME = "screening.name"
_PAIR = re.compile(r"(.*?) = (.*?) \(([a-z_.]+), \d\.\d\d\)(?:; |$)", re.DOTALL)
_COUNTRY = "screening.country."
_GENDER = "screening.gender."
_PLAIN_STEP = "same"


def said(feature: Feature, lang: str = "en") -> str:
    """What a feature says, with the two values that were compared where its sentence has them."""
    if feature.code == NAME:
        return _names(feature, lang)
    if feature.code.startswith("screening.text."):
        from taawun.screening.text.worded import said as said_of_text

        return said_of_text(feature, lang)
    query, candidate = feature.query, feature.candidate
    if feature.code.startswith(_COUNTRY):
        query, candidate = _countries(query, lang), _countries(candidate, lang)
    elif feature.code.startswith(_GENDER):
        query, candidate = _gender(query, lang), _gender(candidate, lang)
    return say(feature.code, lang, **{**feature.params, "query": query, "candidate": candidate})


def met(feature: Feature, lang: str = "en") -> list[Worded]:
    """Which part of the name met which, each pair with its step where the letters differ."""
    pairs = _PAIR.finditer(feature.params.get("met", ""))
    return [_pair(pair[1], pair[2], pair[3], lang) for pair in pairs]


def strongest(features: Iterable[Feature]) -> list[Feature]:
    """The names first, then what moved the score most, then what was looked at and said nothing."""
    return sorted(features, key=lambda each: (each.code != NAME, -abs(each.points)))


@lru_cache(maxsize=2048)
def country(code: str, lang: str) -> str:
    """A country's name in `lang`, or its code where it has none."""
    from babel import Locale

    name = Locale.parse(lang.partition("-")[0]).territories.get(code.upper())
    return str(name or code)


def comma(lang: str) -> str:
    """What stands between the members of a list."""
    return "، " if direction(lang) == "rtl" else ", "


def _names(feature: Feature, lang: str) -> str:
    params = feature.params
    score = f"{float(params.get('score', 0)):.2f}"
    pairs = met(feature, lang)
    parts = [
        say(NAME, lang, score=score, met=Worded(comma(lang).join(pairs)))
        if pairs
        else say(f"{NAME}.nothing_met", lang, query=feature.query, candidate=feature.candidate)
    ]
    for side in ("only_query", "only_listed"):
        if alone := params.get(side):
            parts.append(say(f"{NAME}.{side}", lang, names=alone))
    parts += [say(note, lang) for note in params.get("notes", "").split(", ") if note]
    return ("؛ " if direction(lang) == "rtl" else "; ").join(parts)


def _pair(own: str, listed: str, step: str, lang: str) -> Worded:
    sides = {"a": _aside(own, lang), "b": _aside(listed, lang)}
    if step == _PLAIN_STEP:
        return say("screening.name.pair_same", lang, **sides)
    return say("screening.name.pair", lang, **sides, step=_step(step, lang))


def _aside(text: str, lang: str) -> Worded:
    """One side of a pair, isolated by itself: a sentence would isolate the two together."""
    return Worded(isolate(text, lang))


@lru_cache(maxsize=512)
def _step(step: str, lang: str) -> Worded:
    return say(step if "." in step and known(step) else f"names.{step}", lang)


def _countries(codes: str, lang: str) -> Worded:
    found = (country(code, lang) for code in codes.split(", ") if code)
    return Worded(comma(lang).join(isolate(name, lang) for name in found))


def _gender(genders: str, lang: str) -> Worded:
    found = (say(f"screening.gender.{each}", lang) for each in genders.split(", ") if each)
    return Worded(comma(lang).join(found))
