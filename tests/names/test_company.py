"""A company's name taken apart: legal forms off, generic words as concepts, numbers as numbers."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from taawun.names import analyse, compare
from taawun.names.clean import clean
from taawun.names.company_words import company_words
from taawun.names.tokens import Token, tokens_of
from taawun.names.words import person_words
from tests.names.strange import AROUND, BUSINESS, names

# text → its parts (~ a concept, # a number) | families of legal forms
PARTS = """
Nordwind Handels GmbH → Nordwind ~Handels | limited
Al Noor Trading LLC → Noor ~Trading | limited
شركة النور للتجارة → النور ~للتجارة | company
ООО «Северный Ветер» → ~Северный Ветер | limited
Brigade 44 → ~Brigade #44
Forty-fourth Brigade → #Forty fourth ~Brigade
Plant No. 7 → ~Plant #No 7
Daedong Credit Bank (DCB) → Daedong ~Credit ~Bank
Meridian & Sons → Meridian ~Sons
GmbH → GmbH
"""


def cases() -> list[tuple[str, str]]:
    return [tuple(line.split(" → ")) for line in PARTS.strip().splitlines()]  # type: ignore[misc]


@pytest.mark.parametrize(("text", "expected"), cases())
def test_a_company_name_taken_apart(text: str, expected: str) -> None:
    name = analyse(text, "company")
    mark = {"concept": "~", "number": "#"}
    parts = " ".join(mark.get(said.part.script, "") + said.text for said in name.parts)
    forms = " | " + " ".join(name.notes) if name.notes else ""
    assert parts + forms == expected


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Brigade 44", (44,)),
        ("Forty-fourth Brigade", (44,)),
        ("لواء ٤٤", (44,)),
        ("Victory III", (3,)),
        ("Unit 7 Block 2", (2, 7)),
        ("Meridian", ()),
    ],
)
def test_numbers_however_they_are_written(text: str, numbers: tuple[int, ...]) -> None:
    assert analyse(text, "company").numbers == numbers


def test_a_ship_keeps_what_a_company_would_drop() -> None:
    assert [s.text for s in analyse("M/V Victory", "vessel").parts] == ["Victory"]
    assert [s.text for s in analyse("Victory Co", "vessel").parts] == ["Victory", "Co"]


@pytest.mark.parametrize(
    ("one", "other", "less"),
    [
        ("Orion Trading LLC", "Orion Trading Ltd", "Orion Shipping LLC"),
        ("Orion Trading", "Orion Trading Group", "Orion Vega Trading"),
        ("Unit 7 Metals", "Unit Seven Metals", "Unit 8 Metals"),
    ],
)
def test_what_says_little_costs_little(one: str, other: str, less: str) -> None:
    assert compare(one, other, "company").score > compare(one, less, "company").score


def letters(text: str) -> str:
    return "".join(token.form for token in tokens_of(clean(text), brackets=True))


def lost(text: str, kind: str) -> list[Token]:
    """The words that are in no part, no legal form, and are neither an article nor a stop word."""
    words, articles = company_words(), person_words().articles
    tokens = tokens_of(clean(text), brackets=True)
    forms: set[int] = set()
    at = 0
    while at < len(tokens):
        size, _ = words.form_at(tokens, at, kind)
        forms.update(range(at, at + size))
        at += max(size, 1)
    kept = "".join(letters(said.text) for said in analyse(text, kind).parts)
    joining = ("e", "i", "o", "ol", "wal", "wa", "va", "و")

    def found(at: int, token: Token) -> bool:
        key = f"{token.script}:{token.form}"
        if token.form in kept or at in forms or words.stop(token) or key in articles:
            return True
        concept = words.concepts.get(key)
        return token.form in joining or (concept is not None and words.weight(concept) == 0)

    return [token for at, token in enumerate(tokens) if not found(at, token)]


# letters in brackets are taken for the name's own initials, and dropped
plain = names(tuple(word for word in AROUND[:8] + BUSINESS if not word.startswith("(")))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(plain.filter(lambda text: "(" not in clean(text)))
def test_no_word_of_a_company_is_lost(text: str) -> None:
    assert lost(text, "company") == []
    assert lost(text, "vessel") == []
