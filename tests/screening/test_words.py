"""Every piece of evidence has its words, in both languages."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from taawun.entities.dates import DateFit
from taawun.names import compare
from taawun.names.company import CONCEPT, NUMBER
from taawun.screening import matcher
from taawun.screening.screener import _name_feature
from taawun.screening.subject import Feature, Subject
from taawun.screening.words import country, met, said, strongest
from taawun.wording import LANGUAGES, known
from tests.screening.listing import entity

SOURCE = Path(matcher.__file__).parents[1]
CODE = re.compile(r"(?:names|arab|latn|screening)(?:\.[a-z_]+)+")
ROOMS = [
    *sorted((SOURCE / "names").rglob("*.py")),
    *(SOURCE / "screening" / f"{name}.py" for name in ("matcher", "screener")),
]


def codes(path: Path) -> set[str]:
    """Every string of a module that is a code of evidence, whole."""
    return {
        node.value
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and CODE.fullmatch(node.value)
    }


MADE = {
    *(f"screening.birth.{each.value}" for each in DateFit),
    *(f"screening.birth.{each}" for each in ("day_apart", "years_apart", "unknown")),
    *(f"screening.identifier.{each}" for each in ("same", "apart", "unknown")),
    *(f"names.{each}" for each in (CONCEPT, NUMBER)),
}
"""Codes that the sources put together."""


def test_every_code_in_the_sources_has_a_sentence() -> None:
    found = set().union(*map(codes, ROOMS))
    assert {"names.same", "arab.consonants", "screening.country.shared"} <= found
    assert sorted(code for code in found | MADE if not known(code)) == []


def test_codes_that_are_put_together_are_known_to_this_test() -> None:
    """A new f"screening.….{code}" or f"names.{…}" wants a line in MADE."""
    heads = {
        match
        for path in ROOMS
        for match in re.findall(r'f"((?:screening|names)\.[a-z_.]*)\{', path.read_text("utf-8"))
    }
    assert heads <= {"screening.birth.", "screening.identifier.", "names."}


def arabic(text: str) -> bool:
    return any("\u0621" <= char <= "\u064a" for char in text)


LISTED = entity(
    "M-1: Person: Zaher al-Wazzan | birthDate=1968-05-17 | nationality=sy | gender=male"
    " | passportNumber=N1 | position=Minister of Transport"
)
ASKED = Subject(
    ("Zaher",),
    birth_dates=("1968-05-18",),
    countries=("iq", "sy"),
    gender="female",
    identifiers=("N1",),
    positions=("Minister of Transport",),
)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("asked", [ASKED, Subject(("Zaher",), identifiers=("N9",))])
def test_every_feature_is_said(asked: Subject, lang: str) -> None:
    for feature in matcher.features(asked, LISTED):
        told = said(feature, lang)
        assert feature.code not in told
        assert arabic(told) == (lang == "ar")


def test_countries_and_genders_are_said_by_name() -> None:
    shared = Feature("screening.country.shared", 0.5, "iq, sy", "sy")
    assert said(shared) == "country in common: Iraq, Syria, listed Syria"
    assert "سوريا" in said(shared, "ar")
    assert said(Feature("screening.gender.apart", -2.5, "male", "female")).endswith("listed female")
    assert country("xx", "en") == "xx"


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        ("محمد بن سلمان", "Mohammed bin Salman", "person"),
        ("Сергей Иванов", "Ivanov, Sergei", "person"),
        ("Zaher Q. al-Wazzan", "ظاهر الوزان", "person"),
        ("Northern Amber Logistics", "Amber Northern Logistics Ltd", "company"),
        ("44th Brigade", "Brigade 44", "company"),
        ("习近平", "Xi Jinping", "person"),
    ],
)
def test_names_say_which_part_met_which(one: str, other: str, kind: str, lang: str) -> None:
    comparison = compare(one, other, kind)
    feature = _name_feature(comparison)
    pairs = met(feature, lang)
    assert len(pairs) == len(comparison.pairs) > 0
    for pair, shown in zip(comparison.pairs, pairs, strict=True):
        assert pair.a in shown
        assert pair.b in shown
        assert pair.step not in shown
    assert all(pair in said(feature, lang) for pair in pairs)


def test_what_stands_on_one_side_only_is_said() -> None:
    params = {
        "score": "0.81",
        "met": "a = b (typing, 0.82)",
        "only_query": "Omar",
        "notes": "names.turned",
    }
    told = said(Feature("screening.name", 0.0, "a Omar", "b", params))
    assert told == (
        "names alike to 0.81: a = b (apart by a slip of the keyboard); only asked for: Omar; "
        "the order of the names differs"
    )
    nothing = said(Feature("screening.name", 0.0, "Omar", "Ali", {"score": "0.0", "met": ""}))
    assert nothing == "no part of Omar meets a part of Ali"


def test_an_arabic_name_in_an_english_sentence_stays_in_one_piece() -> None:
    params = {"score": "0.9", "met": "عمر = Omar (lexicon, 0.96)"}
    assert "\u2068عمر\u2069 = Omar (" in said(Feature("screening.name", 0.0, "عمر", "Omar", params))


def test_the_names_come_first_then_the_strongest() -> None:
    features = [
        Feature("x", 0.1),
        Feature("y", -3.0),
        Feature("screening.name", 0.0),
        Feature("z", 0),
    ]
    assert [each.code for each in strongest(features)] == ["screening.name", "y", "x", "z"]
