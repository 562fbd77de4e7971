"""What the demonstration says of hits and namesakes, in words.

`reasons` gives the evidence of a hit, strongest first: what met in the names, then what else moved
the score. What counted nothing is left out here; `taawun screen` shows it too.
"""

from __future__ import annotations

import re

from taawun.demo.story import Screened
from taawun.screening.subject import Feature, Hit
from taawun.web.labels import country
from taawun.wording import direction, isolate, say

_HOW = re.compile(r" \([^()]*, \d\.\d\d\)")


def reasons(hit: Hit, lang: str) -> list[str]:
    """Why a hit scores as it does: the names first, then the evidence, strongest first."""
    evidence = [feature for feature in hit.features if feature.points]
    evidence.sort(key=lambda feature: -abs(feature.points))
    return [*_names(hit, lang), *(worded(feature, lang) for feature in evidence)]


def worded(feature: Feature, lang: str) -> str:
    """One piece of evidence in words, with the two values that were compared."""
    query, candidate = feature.query, feature.candidate
    if feature.code.startswith("screening.country."):
        query, candidate = _countries(query, lang), _countries(candidate, lang)
    return say(feature.code, lang, **{"query": query, "candidate": candidate, **feature.params})


def lists_of(screened: Screened) -> list[str]:
    """The lists on which a customer's matches stand, best first."""
    return list(dict.fromkeys(hit.dataset for hit in screened.screening.hits if hit.match))


def who(screened: Screened, lang: str) -> str:
    """A customer in one cell: name, then birth date, country and identifier as they are known."""
    subject = screened.customer.subject
    countries = [_countries(code, lang) for code in subject.countries]
    known = " · ".join([*subject.birth_dates, *countries, *subject.identifiers])
    return f"{isolate(subject.names[0], lang)}\n{known}".strip()


def _names(hit: Hit, lang: str) -> list[str]:
    for feature in hit.features:
        if feature.code == "screening.name" and feature.params.get("met"):
            pairs = _HOW.sub("", feature.params["met"]).split("; ")
            # each side is isolated by itself: a sentence would isolate the pair as a whole
            comma = "، " if direction(lang) == "rtl" else ", "
            return [f"{say('demo.names_met', lang)} {comma.join(_pair(p, lang) for p in pairs)}"]
    return []


def _countries(codes: str, lang: str) -> str:
    comma = "، " if direction(lang) == "rtl" else ", "
    base = lang.partition("-")[0]
    return comma.join(country(code, base) for code in codes.split(", "))


def _pair(text: str, lang: str) -> str:
    own, _, listed = text.partition(" = ")
    return f"{isolate(own, lang)} = {isolate(listed, lang)}"
