"""Words of company names that carry little: legal forms, generic words by concept, stop words.

Reviewed data in `data/companies/`. Found by the longest run of tokens, each folded.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Any

from taawun.names.compiled import Files, compiled, parsed
from taawun.names.lexicon import folded
from taawun.names.tokens import Token

_SCRIPTS = (
    "latn", "arab", "cyrl", "grek", "hebr", "armn", "geor", "hang", "hani", "deva", "thai",
)  # fmt: skip
LONGEST_RUN = 6
PLACE = 0.5  # a country or city tells half as much as a name of its own
_FILES = tuple(f"companies/{name}.yml" for name in ("forms", "words", "places", "short", "near"))


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
    groups: dict[str, int]

    def near(self, one: str, other: str) -> bool:
        """Whether two concepts stand in for each other in translations."""
        return one in self.groups and self.groups[one] == self.groups.get(other)

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
    composed = unicodedata.normalize("NFC", spelling)
    return "".join(c for c in composed if not unicodedata.combining(c))


def compile_words(files: Files) -> dict[str, Any]:
    """The tables as JSON values."""
    out: dict[str, Any] = {
        "forms": {}, "ends": [], "starts": [], "concepts": {}, "weights": {}, "stops": [],
        "prefixes": [], "groups": {},
    }  # fmt: skip
    content = {name: parsed(text) for name, text in files}
    for item in content["forms"]["forms"]:
        for form in _spelled(item):
            out["forms"].setdefault(form, item.get("family", item["key"]))
    for item in (*content["words"]["words"], *content["places"]["places"]):
        out["weights"].setdefault(item["key"], float(item.get("weight", PLACE)))
        for form in _spelled(item):
            out["concepts"].setdefault(form, item["key"])
    for number, group in enumerate(content["near"]["near"]):
        out["groups"] |= dict.fromkeys(group, number)
    for item in content["short"]["abbreviations"]:
        _abbreviate(item, out)
    for table, spellings in (
        ("ends", content["forms"]["ends"]),
        ("starts", content["forms"]["starts"]),
        ("stops", content["short"]["stop"]),
        ("prefixes", content["short"]["vessel_prefixes"]),
    ):
        for spelling in spellings:
            out[table] += _anywhere(str(spelling))
    return out


def _abbreviate(item: dict[str, Any], out: dict[str, Any]) -> None:
    """A short form is the concept, or the legal form, that its full word is."""
    full = f"latn:{folded('latn', item['key'])}"
    for table in ("concepts", "forms"):
        if full in out[table]:
            for form in _spelled(item):
                if form not in out["forms"]:
                    out[table].setdefault(form, out[table][full])
            return


def _anywhere(spelling: str) -> list[str]:
    from taawun.names.romanise import script_of

    first = next((c for c in spelling if c.isalpha()), "")
    return _spelled({script_of(first): [spelling]}) if first else []


@cache
def company_words() -> CompanyWords:
    """The words that ship with the package."""
    data = compiled("companies", _FILES, compile_words)
    return CompanyWords(
        forms=data["forms"],
        ends=frozenset(data["ends"]),
        starts=frozenset(data["starts"]),
        concepts=data["concepts"],
        weights=data["weights"],
        stops=frozenset(data["stops"]),
        prefixes=frozenset(data["prefixes"]),
        groups=data["groups"],
    )
