"""Scores can be ranked: equal above equivalent above similar, rare above common, never quite 1."""

from __future__ import annotations

import pytest

from taawun.names import MATCH, compare
from taawun.names.part import part
from taawun.names.weights import LEAST, MOST, from_counts, shipped

LADDERS = """
person: Qasim Zubaydi | Qasim Zubaydi > Qassim Al-Zubaidi > Qasim Zubaydan > Nadim Zubaydi
person: محمد بن سلمان | محمد بن سلمان > Mohammed bin Salman > محمد بن سليمان
person: Сергей Щербаков | Сергей Щербаков > Sergei Shcherbakov > Sergei Shcherbakin
person: Jörg Müller-Lüdecke | Jörg Müller-Lüdecke > Joerg Mueller Luedecke > Jörg Lüdecke
person: Alejandro Villanueva | Alejandro Villanueva > Alejandro Vilanueva > Alejandra Villanueva
person: Tariq Hassan Darwish | Tariq Hassan Darwish > Tariq Darwish > Tariq Mustafa Darwish
person: 王小明 | 王小明 > Wang Xiaoming > Wang Xiaohong
company: Nordwind Handels GmbH | Nordwind Handels GmbH > Nordwind Handels AG > Nordwind Handels Nord
company: Al Noor Trading LLC | Al Noor Trading LLC > شركة النور للتجارة > Al Manar Trading LLC
company: Brigade 44 | Brigade 44 > Forty-fourth Brigade > Brigade 45
vessel: Victory 3 | Victory 3 > Victory III > Victory
"""


def ladders() -> list[tuple[str, str, list[str]]]:
    out = []
    for line in LADDERS.strip().splitlines():
        kind, _, rest = line.partition(": ")
        name, _, steps = rest.partition(" | ")
        out.append((kind, name, steps.split(" > ")))
    return out


@pytest.mark.parametrize(("kind", "name", "steps"), ladders())
def test_equal_above_equivalent_above_similar(kind: str, name: str, steps: list[str]) -> None:
    scores = [compare(name, step, kind).score for step in steps]
    assert scores == sorted(set(scores), reverse=True), dict(zip(steps, scores, strict=True))


@pytest.mark.parametrize(
    ("rare", "common"),
    [
        ("Zubayr Qamhani", "Muhammad Ali"),
        ("Zubayr Qamhani", "Zubayr Ali"),
        ("قتيبة القمحاني", "محمد علي"),
        ("Ermenegildo Tancredi", "Maria Ivanova"),
        ("Tancredi", "Muhammad"),
        ("欧阳建国", "王伟"),
    ],
)
def test_rare_above_common(rare: str, common: str) -> None:
    assert compare(rare, rare).score > compare(common, common).score


def test_more_that_agrees_is_more() -> None:
    two, three = "Qasim Zubaydi", "Qasim Hatim Zubaydi"
    assert compare(three, three).score > compare(two, two).score
    assert compare(two, two).score > compare("Zubaydi", "Zubaydi").score


@pytest.mark.parametrize(
    ("name", "twin"),
    [
        (
            "Ermenegildo Tancredi Qamhani Zubaydi Ouyang",
            "Ermenegildo Tancredi Qamhani Zubaydi Ouyang",
        ),
        ("A", "A"),
        ("محمد", "محمد"),
        ("Muhammad", "Mohammed"),
    ],
)
def test_nothing_is_certain(name: str, twin: str) -> None:
    assert 0.8 < compare(name, twin).score < 1.0


def test_weights_of_the_lists_tell_rare_from_common_where_the_lexicon_cannot() -> None:
    weigh = from_counts({"latn:qamhani": 400, "latn:tancredi": 1}, 1000)
    common, rare = part("latn", "Qamhani"), part("latn", "Tancredi")
    assert shipped(common) == shipped(rare)
    assert weigh(common) < weigh(rare)
    often = compare("Qamhani", "Qamhani", weigh=weigh).score
    assert often < compare("Tancredi", "Tancredi", weigh=weigh).score


@pytest.mark.parametrize("names", [0, 1, 9, 10, 1000, 10**7])
@pytest.mark.parametrize("seen", [0, 1, 5, 10**7])
def test_weights_stay_in_bounds_whatever_was_counted(names: int, seen: int) -> None:
    own = part("latn", "Qamhani")
    weight = from_counts({own.key: seen}, names)(own)
    assert (LEAST + shipped(own)) / 2 <= weight <= (MOST + shipped(own)) / 2


def test_no_agreement_is_nothing() -> None:
    assert compare("Qasim Zubaydi", "Ermenegildo Tancredi").score == 0.0
    assert compare("", "Qasim").score == compare("", "").score == 0.0


def test_match_is_at_seven_tenths() -> None:
    assert MATCH == 0.7
    assert compare("Qasim Zubaydi", "قاسم الزبيدي").match
