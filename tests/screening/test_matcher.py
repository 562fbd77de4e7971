"""Evidence, row by row: what is said for, what against, what is unknown; and what it moves."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taawun.names import compare
from taawun.screening import matcher
from taawun.screening.matcher import commonness, features, moved, of_name, reach
from taawun.screening.subject import Feature, Subject
from tests.screening.listing import entity

# what is asked | what is listed → code, and whether it speaks for (+), against (-) or not (0)
TABLE = """
born 1971-04-02 | birthDate=1971-04-02 → birth.exact +
born 1971 | birthDate=1971-04-02 → birth.compatible +
born 1971-04 | birthDate=1971 → birth.compatible +
born 1971-02-04 | birthDate=1971-04-02 → birth.swapped +
born 1971-04-02 | birthDate=1971-09-20 → birth.day_apart -
born 1971-04-02 | birthDate=1973-01-01 → birth.years_apart -
born 1971-04-02 | birthDate=1990-01-01 → birth.conflict -
born 1971 | birthDate=1990 → birth.conflict -
born 1971-04-02 | birthDate=1990, 1971-04-02 → birth.exact +
born 1971-04-02 | nothing → birth.unknown 0
nothing | birthDate=1971 → birth.unknown 0
born soon | birthDate=1971 → birth.unknown 0
country sy | nationality=sy → country.shared +
country SY | nationality=lb, sy → country.shared +
country sy | country=lb → country.apart -
country sy | nothing → country.unknown 0
nothing | nationality=sy → country.unknown 0
gender male | gender=male → gender.same +
gender male | gender=female → gender.apart -
gender male | gender=other → gender.unknown 0
gender male | nothing → gender.unknown 0
nothing | gender=female → gender.unknown 0
id X123456 | passportNumber=X 123-456 → identifier.same +
id X123456 | passportNumber=Y 999 → identifier.apart 0
id X123456 | nothing → identifier.unknown 0
position Minister of Granaries | position=Former minister of granaries → position.shared +
position Baker | position=Minister of Granaries → position.apart 0
position Baker | nothing → position.unknown 0
"""
_FIELDS = {
    "born": "birth_dates",
    "country": "countries",
    "id": "identifiers",
    "position": "positions",
}


def subject(said: str) -> Subject:
    if said == "nothing":
        return Subject(("Zubayr Qamhani",), "person")
    word, _, value = said.partition(" ")
    if word == "gender":
        return Subject(("Zubayr Qamhani",), "person", gender=value)
    return Subject(("Zubayr Qamhani",), "person", **{_FIELDS[word]: (value,)})  # type: ignore[arg-type]


def table() -> list[tuple[str, str, str, str]]:
    out = []
    for line in TABLE.strip().splitlines():
        pair, _, verdict = line.partition(" → ")
        asked, _, listed = pair.partition(" | ")
        code, _, sign = verdict.partition(" ")
        out.append((asked, listed, f"screening.{code}", sign))
    return out


@pytest.mark.parametrize(("asked", "listed", "code", "sign"), table())
def test_one_row_of_evidence(asked: str, listed: str, code: str, sign: str) -> None:
    told = "" if listed == "nothing" else f" | {listed}"
    (found,) = features(subject(asked), entity(f"P: Person: Zubayr Qamhani{told}"))
    assert found.code == code
    assert {"+": found.points > 0, "-": found.points < 0, "0": found.points == 0}[sign]
    before, after = 0.8, moved(0.8, [found])
    assert {"+": after > before, "-": after < before, "0": after == before}[sign]
    assert found.query or found.candidate


def test_what_neither_side_says_is_not_looked_at() -> None:
    assert features(subject("nothing"), entity("P: Person: Zubayr Qamhani")) == []


def test_the_nearer_date_speaks_louder() -> None:
    points = [
        features(subject("born 1971-04-02"), entity(f"P: Person: Z | birthDate={date}"))[0].points
        for date in ("1971-04-02", "1971", "1971-12-30", "1973", "1999")
    ]
    assert points == sorted(points, reverse=True)
    assert len(set(points)) == len(points)


RARE = "Ermenegildo Tancredi Qamhani"
scores = st.floats(0.0, 1.0)
points = st.floats(-8.0, 8.0).map(lambda each: round(each, 3))


def evidence(*found: float) -> list[Feature]:
    return [Feature("screening.made", each) for each in found]


@given(scores, st.lists(points, max_size=5))
def test_a_moved_score_is_a_score_and_never_certain(score: float, found: list[float]) -> None:
    assert 0.0 <= moved(score, evidence(*found)) < 1.0 or score == 0.0


@given(st.lists(scores, min_size=2, max_size=6), points)
def test_moving_keeps_the_order_of_names(names: list[float], each: float) -> None:
    after = [moved(name, evidence(each)) for name in sorted(names)]
    assert all(one <= other for one, other in pairwise(after))


@given(scores, st.lists(points, min_size=2, max_size=6))
def test_more_for_is_never_less(score: float, found: list[float]) -> None:
    after = [moved(score, evidence(each)) for each in sorted([0.0, *found])]
    assert all(one <= other for one, other in pairwise(after))


@given(scores, st.permutations([0.5, -0.9, 1.6, 0.1]))
def test_the_order_of_evidence_is_nothing(score: float, found: list[float]) -> None:
    assert moved(score, evidence(*found)) == moved(score, evidence(0.5, -0.9, 1.6, 0.1))


@given(scores, st.lists(points, max_size=4), st.integers(0, 4))
def test_the_unknown_moves_nothing(score: float, found: list[float], unknown: int) -> None:
    known = evidence(*found)
    assert moved(score, known) == moved(score, [*known, *evidence(*[0.0] * unknown)])


def test_no_name_is_saved_by_no_evidence() -> None:
    assert moved(0.0, evidence(5.0)) == 0.0
    assert moved(0.7, []) == 0.7


@settings(max_examples=60)
@given(
    st.sampled_from(["", "1971", "1971-04", "1971-04-02", "soon", "0000"]),
    st.sampled_from(["", "sy", "SY", "lb"]),
    st.sampled_from(["", "male", "female"]),
    st.sampled_from(["", "X123456", "?"]),
    st.sampled_from(["", "Minister of Granaries", "x"]),
    st.lists(
        st.sampled_from(
            [
                "birthDate=1971-04-02", "birthDate=1980", "birthDate=?", "nationality=sy",
                "gender=male", "gender=other", "passportNumber=X 123-456", "position=Minister",
            ]
        ),
        max_size=4,
        unique_by=lambda cell: cell.partition("=")[0],
    ),
)  # fmt: skip
def test_each_look_is_taken_once_and_unknown_counts_nothing(
    born: str, country: str, gender: str, identifier: str, position: str, told: list[str]
) -> None:
    asked = Subject(
        ("Z",), "person", (born,) * bool(born), (country,) * bool(country), gender,
        (identifier,) * bool(identifier), (position,) * bool(position),
    )  # fmt: skip
    found = features(asked, entity(" | ".join(["P: Person: Z", *told])))
    looks = [feature.code.split(".")[1] for feature in found]
    assert len(looks) == len(set(looks))
    assert all(f.points == 0 for f in found if f.code.endswith(".unknown"))


def test_a_weak_alias_is_less_than_a_former_name_and_that_less_than_a_name() -> None:
    weak, former = of_name("weakAlias"), of_name("previousName")
    assert weak is not None
    assert former is not None
    assert weak.points < former.points < 0
    assert of_name("name") is of_name("") is None


def test_a_name_that_half_the_world_has_counts_against() -> None:
    common = commonness(compare("Muhammad Ali", "Mohammed Aly"))
    assert common is not None
    assert common.points < 0
    assert commonness(compare(RARE, RARE)) is None


def test_the_same_letters_are_charged_less_for_being_common() -> None:
    same = commonness(compare("Ali", "Ali"))
    spelled = commonness(compare("Ali", "Aly"))
    assert same is not None
    assert spelled is not None
    assert same.points >= spelled.points


def test_no_evidence_reaches_further_than_reach_says() -> None:
    """Candidates that even the best evidence cannot save are left; so it must be the best."""
    asked = Subject(("Z",), "person", ("1971-04-02",), ("sy",), "male", (), ("Minister",))
    best = entity(
        "P: Person: Z | birthDate=1971-04-02 | nationality=sy | gender=male | position=Minister"
    )
    total = sum(found.points for found in features(asked, best))
    possible = reach(asked)
    assert total <= possible.fits + possible.other
    assert possible.born == (1971, 1971)
    assert reach(Subject(("Z",))).other < possible.other


@pytest.mark.parametrize(
    ("told", "years"),
    [
        ("birthDate=1971-04-02", (1971, 1971)),
        ("birthDate=1971, 1974-02", (1971, 1974)),
        ("incorporationDate=2001", (2001, 2001)),
        ("birthDate=soon", (0, 0)),
        ("nationality=sy", (0, 0)),
    ],
)
def test_the_years_in_which_somebody_may_be_born(told: str, years: tuple[int, int]) -> None:
    assert matcher.birth_years(entity(f"P: Person: Z | {told}")) == years
