"""The first sieve: nothing that would match is left behind, and what it remembers is bounded."""

from __future__ import annotations

from pathlib import Path

import pytest

from taawun.names import analyse, compare
from taawun.names.part import part
from taawun.screening import candidates as module
from taawun.screening import matcher
from taawun.screening.candidates import ANY, Candidates, kinds_of
from taawun.screening.index import Index, Listed, build
from taawun.screening.subject import CUTOFF, Subject
from tests.names.test_compare import ROWS

PERSONS = sorted({name for kind, a, b, _ in ROWS if kind == "person" for name in (a, b)})
COMPANIES = sorted({name for kind, a, b, _ in ROWS if kind == "company" for name in (a, b)})
NOBODY = matcher.reach(Subject(("Z",)))


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder = tmp_path_factory.mktemp("index") / "names"
    listed = [Listed(at, text, "person") for at, text in enumerate(PERSONS)]
    listed += [Listed(at, text, "company") for at, text in enumerate(COMPANIES, len(listed))]
    build(listed, folder)
    return Index(folder)


def found(sieve: Candidates, text: str, kind: str, cutoff: float = CUTOFF) -> list[str]:
    """The names that leave the sieve, best first."""
    names = sieve.names(analyse(text, kind), kinds_of(kind), NOBODY, cutoff)
    return [sieve.index.text(number) for number, _ in names]


# Pairs that match when they are compared, and that the sieve leaves behind today: readings beyond
# the third, words that are particles or concepts on one side, letters for a whole name.
KNOWN_LEFT = """
Юлия Царёва = Julia Zarjowa
Дзмітрый Кавалёў = Дмитрий Ковалёв
Щерю Щерев = Shteryo Shterev
Sean MacAllister = Sean Mac Allister
IRISL = Islamic Republic of Iran Shipping Lines
NIOC = National Iranian Oil Company
AQIM = Al-Qaida in the Islamic Maghreb
A.B.C. Shipping = ABC Shipping
Mary-Ann Kowalski = Maryann Kowalski
"""


def test_every_pair_of_the_table_that_is_a_hit_leaves_the_sieve(index: Index) -> None:
    sieve, left = Candidates(index), set()
    for kind, a, b, same in ROWS:
        if kind == "vessel" or not same:
            continue
        comparison = compare(a, b, kind, sieve.weigh)
        common = matcher.commonness(comparison)
        if matcher.moved(comparison.score, [common] if common else []) >= CUTOFF:
            for asked, listed in ((a, b), (b, a)):
                if listed not in found(sieve, asked, kind):
                    left.add(f"{a} = {b}")
    assert left == set(KNOWN_LEFT.strip().splitlines())


def test_a_sieve_gives_the_same_answer_every_time(index: Index) -> None:
    sieve = Candidates(index)
    first = [found(sieve, text, "person") for text in PERSONS[:40]]
    assert [found(sieve, text, "person") for text in reversed(PERSONS[:40])] == first[::-1]
    fresh = Candidates(index)
    assert [found(fresh, text, "person") for text in PERSONS[:40]] == first


def test_kinds_are_kept_apart(index: Index) -> None:
    sieve = Candidates(index)
    assert found(sieve, "Al Noor Trading LLC", "company")
    assert not set(found(sieve, "Al Noor Trading LLC", "company")) & set(PERSONS)
    assert [kinds_of(kind) for kind in ("person", "company", "vessel", "", "x")] == [
        1, 2, 4, ANY, ANY,
    ]  # fmt: skip


def test_a_higher_cutoff_keeps_a_part_of_what_a_lower_one_keeps(index: Index) -> None:
    sieve = Candidates(index)
    for text in PERSONS[::10]:
        kept = [set(found(sieve, text, "person", cutoff)) for cutoff in (0.0, 0.35, 0.7, 1.0)]
        assert kept[0] >= kept[1] >= kept[2] >= kept[3]


def test_another_year_of_birth_is_left_earlier(tmp_path: Path) -> None:
    build([Listed(0, "Zubayr Qamhan", "person", born=(1950, 1950))], tmp_path / "names")
    sieve = Candidates(Index(tmp_path / "names"))
    name = analyse("Zubayr Qamhani")

    def odds(*born: str) -> float:
        reach = matcher.reach(Subject(("Z",), "person", birth_dates=born))
        ((_, odds),) = sieve.names(name, 1, reach, 0.0)
        return odds

    assert odds("1990") < odds() < odds("1950-03-01")


@pytest.mark.parametrize("text", ["", "J.", "J. K.", "()", "💀"])
def test_what_is_no_name_finds_nothing(index: Index, text: str) -> None:
    assert found(Candidates(index), text, "person") == []


def test_no_more_names_leave_than_may(index: Index) -> None:
    def odds(most: int) -> list[float]:
        name = analyse("Mohammed Salem Ali")
        return [odds for _, odds in Candidates(index).names(name, 1, NOBODY, 0.0, most)]

    every = odds(400)
    assert every == sorted(every, reverse=True)
    assert odds(5) == every[:5]


def test_what_is_remembered_is_bounded_and_the_latest_is_kept(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_KEPT_PARTS", 7)
    sieve = Candidates(index)
    for text in PERSONS[:60]:
        found(sieve, text, "person")
        assert len(sieve._met) <= 7
        assert len(sieve._weights) <= 15
    assert found(sieve, PERSONS[3], "person") == found(Candidates(index), PERSONS[3], "person")


def test_a_part_that_no_list_has_tells_most(index: Index) -> None:
    sieve = Candidates(index)
    unknown, often = part("latn", "Zyxomurd"), part("latn", "Salem")
    assert sieve.weigh(unknown) > sieve.weigh(often)
    assert sieve.weigh(unknown) == sieve.weigh(unknown)


def test_an_index_of_nothing_is_searched(tmp_path: Path) -> None:
    build([], tmp_path / "names")
    assert found(Candidates(Index(tmp_path / "names")), "Zubayr Qamhani", "person") == []
