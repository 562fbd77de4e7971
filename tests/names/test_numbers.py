"""Numbers in names: the same number however it is written, and nothing that is only a word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taawun.names.lexicon import folded
from taawun.names.numbers import numbers_in

UNITS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
ARABIC_UNITS = [
    "الحادي",
    "الثاني",
    "الثالث",
    "الرابع",
    "الخامس",
    "السادس",
    "السابع",
    "الثامن",
    "التاسع",
]
ARABIC_TENS = [
    "العشرون",
    "الثلاثون",
    "الأربعون",
    "الخمسون",
    "الستون",
    "السبعون",
    "الثمانون",
    "التسعون",
]
RUSSIAN_UNITS = [
    "первая",
    "вторая",
    "третья",
    "четвёртая",
    "пятая",
    "шестая",
    "седьмая",
    "восьмая",
    "девятая",
]
RUSSIAN_TENS = [
    "двадцать",
    "тридцать",
    "сорок",
    "пятьдесят",
    "шестьдесят",
    "семьдесят",
    "восемьдесят",
    "девяносто",
]


@pytest.mark.parametrize(
    ("text", "number", "words"),
    [
        ("44th brigade", 44, 1),
        ("forty fourth brigade", 44, 2),
        ("forty-fourth brigade", 44, 1),
        ("44 я бригада", 44, 2),
        ("44-я бригада", 44, 1),
        ("٤٤", 44, 1),
        ("۴۴", 44, 1),
        ("الرابع والأربعون", 44, 2),
        ("الرابعة عشرة", 14, 2),
        ("مئة وأربعة وأربعون", 144, 3),
        ("چهل و چهارم", 44, 3),
        ("сорок четвёртая бригада", 44, 2),
        ("сороковая", 40, 1),
        ("п'ята", 5, 1),
        ("quatre vingt dix sept", 97, 4),
        ("soixante et onze", 71, 3),
        ("deux cents", 200, 2),
        ("cuarenta y cuatro", 44, 3),
        ("veintitrés", 23, 1),
        ("cuadragésimo cuarto", 44, 2),
        ("kırk dördüncü tugay", 44, 2),
        ("vierundvierzigste brigade", 44, 1),
        ("two hundred and five", 205, 4),
        ("no 3 plant", 3, 2),
    ],
)
def test_a_number_at_the_beginning(text: str, number: int, words: int) -> None:
    assert numbers_in(text.split())[0] == (number, slice(0, words))


@pytest.mark.parametrize(
    ("text", "number"), [("Victory IV", 4), ("Star II", 2), ("Phoenix V", 5), ("Sky XIX", 19)]
)
def test_roman_numerals_that_stand_alone(text: str, number: int) -> None:
    assert numbers_in(text.split()) == [(number, slice(1, 2))]


@pytest.mark.parametrize(
    "text",
    ["X Corporation", "Xi Shipping", "S A V", "Un Aire", "Nine", "on line", "A7", "الشهداء والرابع",
     "9" * 5_000, "", "دو برادر"],
)  # fmt: skip
def test_what_is_no_number_stays_a_word(text: str) -> None:
    assert numbers_in(text.split(" ")) == []


def test_two_numbers_side_by_side_are_two() -> None:
    assert [n for n, _ in numbers_in(["one", "two", "44", "3"])] == [1, 2, 44, 3]


@given(st.integers(20, 99))
def test_a_number_is_one_number_in_three_languages(number: int) -> None:
    tens, units = divmod(number, 10)
    if not units:
        return
    english = [TENS[tens - 2], UNITS[units - 1]]
    arabic = [ARABIC_UNITS[units - 1], "و" + ARABIC_TENS[tens - 2]]
    russian = [RUSSIAN_TENS[tens - 2], RUSSIAN_UNITS[units - 1]]
    for script, words in (("latn", english), ("arab", arabic), ("cyrl", russian)):
        assert numbers_in(words) == [(number, slice(0, 2))]
        assert numbers_in([folded(script, word) for word in words]) == [(number, slice(0, 2))]


@given(st.lists(st.text(max_size=6), max_size=8))
def test_spans_are_in_order_and_inside(tokens: list[str]) -> None:
    last = 0
    for _, span in numbers_in(tokens):
        assert last <= span.start < span.stop <= len(tokens)
        last = span.stop


@given(st.integers(0, 999_999), st.sampled_from("0٠۰०０"))
def test_figures_of_every_script(number: int, zero: str) -> None:
    written = "".join(chr(ord(zero) + int(digit)) for digit in str(number))
    assert numbers_in([written]) == [(number, slice(0, 1))]
