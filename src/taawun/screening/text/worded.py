"""What a sentence of a document says for or against a mention, in words."""

from __future__ import annotations

from taawun.screening.subject import Feature
from taawun.wording import direction, say

_COUNTRY = "screening.text.country."
_POSITION = "screening.text.position."
_KIND = "screening.text.kind."


def said(feature: Feature, lang: str = "en") -> str:
    """One feature of a mention as a sentence; countries, offices and kinds by their names."""
    query, candidate = feature.query, feature.candidate
    if feature.code.startswith(_COUNTRY):
        query, candidate = _countries(query, lang), _countries(candidate, lang)
    elif feature.code.startswith(_POSITION):
        query = _listed(query, "text.office.", lang)
    elif feature.code.startswith(_KIND) and query in ("company", "vessel"):
        query = say(f"text.kind.{query}", lang)
        candidate = say(f"text.kind.{candidate}", lang) if candidate else ""
    return say(feature.code, lang, **{**feature.params, "query": query, "candidate": candidate})


def _countries(codes: str, lang: str) -> str:
    from taawun.screening.words import comma, country

    return comma(lang).join(country(code, lang) for code in codes.split(", ") if code)


def _listed(keys: str, code: str, lang: str) -> str:
    comma = "، " if direction(lang) == "rtl" else ", "
    return comma.join(say(f"{code}{key}", lang) for key in keys.split(", ") if key)
