"""Sentences in both languages: plural forms, digits, direction."""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taawun.errors import Problem
from taawun.wording import direction, isolate, say
from taawun.wording.figures import in_digits, moment, number, plural_form
from taawun.wording.problem import worded

FSI, PDI = "\u2068", "\u2069"


def test_a_sentence_has_a_plural_form_for_each_count() -> None:
    said = [say("cli.problems.more", "ar", count=count) for count in (1, 2, 3, 11)]
    assert len(set(said)) == 4
    assert "٣" in said[2]
    assert say("cli.problems.more", "en", count=1) == "… and 1 more problem"
    assert say("cli.problems.more", "en", count=1234) == "… and 1,234 more problems"


def test_a_sentence_inside_another_keeps_its_isolates() -> None:
    inner = say("wording.got", "ar", value="Salman")
    outer = say("cli.error", "ar", message=inner)
    assert outer == f"خطأ: الموجود «{FSI}Salman{PDI}»"


def test_a_code_without_a_sentence_is_shown_with_what_it_carries() -> None:
    assert say("nobody.wrote.this", "ar", name="X") == "nobody.wrote.this (name=X)"


def test_a_sentence_that_lacks_a_parameter_is_a_bug() -> None:
    with pytest.raises(KeyError):
        say("cli.error", "en")


@pytest.mark.parametrize(
    ("lang", "expected"), [("en", "12,345.68"), ("ar", "١٢٬٣٤٥٫٦٨"), ("ar-u-nu-latn", "12,345.68")]
)
def test_numbers_are_written_as_the_language_writes_them(lang: str, expected: str) -> None:
    assert number(12345.68, lang) == expected


def test_dates_are_written_as_the_language_writes_them() -> None:
    assert moment(date(2026, 2, 3), "en") == "Feb 3, 2026"
    assert set("٢٠٢٦") <= set(moment(date(2026, 2, 3), "ar"))
    assert "2026" in moment(datetime(2026, 2, 3, 4, 5, tzinfo=UTC), "ar-u-nu-latn")
    assert in_digits("2026", "ar") == "٢٠٢٦"


@pytest.mark.parametrize(
    ("count", "form"),
    [(0, "zero"), (1, "one"), (2, "two"), (7, "few"), (42, "many"), (100, "other")],
)
def test_arabic_has_six_plural_forms(count: int, form: str) -> None:
    assert plural_form(count, "ar") == form


def test_direction_is_that_of_the_language() -> None:
    assert [direction(lang) for lang in ("en", "ar", "ar-u-nu-latn", "fa")] == [
        "ltr",
        "rtl",
        "rtl",
        "rtl",
    ]


@pytest.mark.parametrize(
    ("text", "lang", "isolated"),
    [
        ("Salman", "en", False),
        ("سلمان", "en", True),
        ("سلمان", "ar", False),
        ("Salman", "ar", True),
        ("1970-01-02", "ar", True),
        ("1970-01-02", "en", False),
        ("—", "ar", False),
    ],
)
def test_only_what_runs_the_other_way_is_isolated(text: str, lang: str, isolated: bool) -> None:
    assert isolate(text, lang) == (f"{FSI}{text}{PDI}" if isolated else text)


@given(st.text(), st.sampled_from(["en", "ar"]))
def test_nothing_inside_an_isolate_can_turn_the_sentence_around(text: str, lang: str) -> None:
    inside = isolate(text, lang).removeprefix(FSI).removesuffix(PDI)
    controls = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    assert controls.isdisjoint({unicodedata.bidirectional(char) for char in inside})


def test_a_problem_says_where_and_what() -> None:
    problem = Problem("store.journal.altered", "journal", 7, "hash", got="12ab", expected="ff00")
    assert worded(problem) == (
        "journal:7: hash: this line was altered: its hash does not fit what it says"
        " (got “12ab”, expected ff00)"
    )
    assert FSI + "12ab" + PDI in worded(problem, "ar")
