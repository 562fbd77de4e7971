"""Words of company names that carry little: legal forms, generic words by concept, stop words.

Reviewed data in `data/companies/`. Found by the longest run of tokens, each folded.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from taawun.names.compiled import Files, compiled, parsed
from taawun.names.lexicon import folded
from taawun.names.person import Token

_SCRIPTS = (
    "latn", "arab", "cyrl", "grek", "hebr", "armn", "geor", "hang", "hani", "deva", "thai",
)  # fmt: skip
LONGEST_RUN = 6


@dataclass(frozen=True, slots=True)
class CompanyWords:
    """`forms` give the family of a legal form; `ends` and `starts` are forms only there."""

    forms: dict[str, str]
    ends: frozenset[str]
    starts: frozenset[str]
    concepts: dict[str, str]
    weights: dict[str, float]
    stops: frozenset[str]
    prefixes: frozenset[str]

    def form_at(self, tokens: list[Token], at: int, kind: str) -> tuple[int, str]:
        """How many tokens from `at` are a legal form, and its family; (0, "") for none."""
        for size in range(min(LONGEST_RUN, len(tokens) - at), 0, -1):
            key = _key(tokens, at, size)
            if kind == "vessel":
                if at == 0 and key in self.prefixes:
                    return size, ""
                continue
            family = self.forms.get(key)
            if family is None:
                continue
            at_end, at_start = at + size == len(tokens), at == 0
            bare = key in self.ends or key in self.starts
            long = len(key) >= 8  # three letters or more after the script
            if (
                not bare
                or (at_end and (key in self.ends or long))
                or (at_start and (key in self.starts or (long and key not in self.ends)))
            ):
                return size, family
        return 0, ""

    def concept_at(self, tokens: list[Token], at: int) -> tuple[str, int]:
        """The concept of the longest run of tokens from `at`, and its length; ("", 0) for none."""
        for size in range(min(LONGEST_RUN, len(tokens) - at), 0, -1):
            concept = self.concepts.get(_key(tokens, at, size))
            if concept is not None:
                return concept, size
        return "", 0

    def weight(self, concept: str) -> float:
        """How much of a distinctive word a concept weighs, 0..1."""
        return self.weights.get(concept, 0.3)

    def stop(self, token: Token) -> bool:
        """Whether a token joins words and says nothing: of, and, و."""
        return f"{token.script}:{token.form}" in self.stops


def _key(tokens: list[Token], at: int, size: int) -> str:
    if size == 1:
        return f"{tokens[at].script}:{tokens[at].form}"
    return f"{tokens[at].script}:{' '.join(token.form for token in tokens[at : at + size])}"


def _spelled(item: dict[str, Any]) -> list[str]:
    found = []
    for script in _SCRIPTS:
        for spelling in item.get(script, ()):
            spaced = "".join(c if c.isalnum() or c in "'’ʼ" else " " for c in _bare(str(spelling)))
            form = folded(script, spaced)
            if form:
                found.append(f"{script}:{form}")
    return found


def _bare(spelling: str) -> str:
    import unicodedata

    return "".join(c for c in unicodedata.normalize("NFC", spelling) if not unicodedata.combining(c))


def compile_words(files: Files) -> dict[str, Any]:
    """The tables as JSON values, from every file of the folder."""
    out: dict[str, Any] = {
        "forms": {}, "ends": [], "starts": [], "concepts": {}, "weights": {}, "stops": [],
        "prefixes": [],
    }  # fmt: skip
    for _, text in files:
        content = parsed(text)
        for item in content.get("forms", ()):
            for form in _spelled(item):
                out["forms"].setdefault(form, item.get("family", item["key"]))
        for item in (*content.get("words", ()), *content.get("places", ())):
            out["weights"].setdefault(item["key"], float(item.get("weight", 0.5)))
            for form in _spelled(item):
                out["concepts"].setdefault(form, item["key"])
        for table in ("ends", "starts"):
            for spelling in content.get(table, ()):
                out[table] += _anywhere(str(spelling))
        for item in content.get("stop", ()):
            out["stops"] += _spelled(item) if isinstance(item, dict) else _anywhere(str(item))
        for item in content.get("vessel_prefixes", ()):
            out["prefixes"] += _spelled(item) if isinstance(item, dict) else _anywhere(str(item))
    return out


def _anywhere(spelling: str) -> list[str]:
    from taawun.names.romanise import script_of

    return _spelled({script_of(spelling.split()[0]): [spelling]})


@cache
def company_words() -> CompanyWords:
    """The words that ship with the package."""
    data = compiled("companies", ("companies",), compile_words)
    return CompanyWords(
        forms=data["forms"],
        ends=frozenset(data["ends"]),
        starts=frozenset(data["starts"]),
        concepts=data["concepts"],
        weights=data["weights"],
        stops=frozenset(data["stops"]),
        prefixes=frozenset(data["prefixes"]),
    )
