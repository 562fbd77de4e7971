"""How scored pairs are judged."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.scoring import best_threshold, calibration, ranking_power, script_pair, verdict

SCORED = st.lists(st.tuples(st.booleans(), st.floats(0, 1)), min_size=1, max_size=40)


def test_a_verdict_counts_hits_false_alarms_and_misses() -> None:
    found = verdict([True, True, True, False, False], [0.9, 0.7, 0.69, 0.7, 0.1])
    assert (found.hits, found.false_alarms, found.misses) == (2, 1, 1)
    assert found.precision == found.recall == found.f1 == pytest.approx(2 / 3)


def test_without_a_hit_everything_is_zero() -> None:
    found = verdict([True, False], [0.1, 0.9])
    assert (found.precision, found.recall, found.f1) == (0, 0, 0)


@pytest.mark.parametrize(
    ("scores", "power"),
    [([0.9, 0.8, 0.2, 0.1], 1.0), ([0.1, 0.2, 0.8, 0.9], 0.0), ([0.5] * 4, 0.5)],
)
def test_ranking_power_is_one_for_perfect_and_a_half_for_none(
    scores: list[float], power: float
) -> None:
    assert ranking_power([True, True, False, False], scores) == power


@given(SCORED)
def test_ranking_power_agrees_with_counting_every_two(scored: list[tuple[bool, float]]) -> None:
    same = [score for label, score in scored if label]
    other = [score for label, score in scored if not label]
    wins = sum((a > b) + (a == b) / 2 for a in same for b in other)
    expected = wins / (len(same) * len(other)) if same and other else 0.0
    labels, scores = zip(*scored, strict=True)
    assert ranking_power(labels, scores) == pytest.approx(expected)


@given(SCORED)
def test_calibration_loses_no_pair(scored: list[tuple[bool, float]]) -> None:
    labels, scores = zip(*scored, strict=True)
    table = calibration(labels, scores)
    assert sum(count for _, count, _ in table) == len(scored)
    assert round(sum(count * share for _, count, share in table)) == sum(labels)


@given(SCORED)
def test_no_other_threshold_beats_the_best(scored: list[tuple[bool, float]]) -> None:
    labels, scores = zip(*scored, strict=True)
    _, best = best_threshold(labels, scores)
    assert best >= verdict(labels, scores, 0.7).f1


def test_scripts_of_a_pair_are_named_whichever_way_round() -> None:
    assert script_pair("محمد", "Mohammed") == script_pair("Mohammed", "محمد") == "Arabic to Latin"
    assert script_pair("José", "Иван") == "Cyrillic to Latin"
    assert script_pair("王伟", "김정은") == "Han to Hangul"
