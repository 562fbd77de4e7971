"""How rankings are judged."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.ranking import (
    Scores,
    Truth,
    among_first,
    average_precision,
    best_threshold,
    calibration,
    f1_at,
    recall_at,
)

RANKED = st.lists(st.tuples(st.booleans(), st.integers(0, 8)), min_size=1, max_size=40)
Pairs = list[tuple[bool, int]]


def arrays(pairs: Pairs) -> tuple[Truth, Scores]:
    truth, scores = zip(*pairs, strict=True)
    return np.array(truth, bool), np.array(scores, np.float64) / 8


def test_a_ranking_known_by_hand() -> None:
    truth = np.array([True, False, True, False])
    scores = np.array([0.9, 0.8, 0.7, 0.1])
    assert average_precision(truth, scores) == pytest.approx((1 + 2 / 3) / 2)
    assert best_threshold(truth, scores) == 0.7
    assert f1_at(truth, scores, 0.7) == pytest.approx(0.8)
    assert among_first(truth, scores, 2) == (0.5, 0.5)
    assert recall_at(truth, scores, 0.9) == 0.5
    assert recall_at(truth, scores, 0.6) == 1.0


def test_equal_scores_gain_nothing_by_their_order() -> None:
    scores = np.full(4, 0.5)
    for place in range(4):
        truth = np.arange(4) == place
        assert average_precision(truth, scores) == 0.25
        assert among_first(truth, scores, 2) == (0.25, 0.5)


def test_without_a_case_everything_is_zero() -> None:
    truth, scores = np.zeros(3, bool), np.array([0.1, 0.2, 0.3])
    assert average_precision(truth, scores) == 0
    assert among_first(truth, scores, 2) == (0, 0)
    assert recall_at(truth, scores, 0.5) == 0
    assert f1_at(truth, scores, 0.9) == 0
    assert among_first(truth[:0], scores[:0], 5) == (0, 0)


def by_thresholds(truth: Truth, scores: Scores) -> list[tuple[float, float, float]]:
    """Precision, recall and F1 at every score that there is, counted one by one."""
    found = []
    for threshold in sorted(set(scores.tolist()), reverse=True):
        hits = sum(t and s >= threshold for t, s in zip(truth, scores, strict=True))
        called = sum(s >= threshold for s in scores)
        cases = int(truth.sum())
        found.append((hits / called, hits / max(cases, 1), 2 * hits / (called + cases)))
    return found


@given(RANKED)
def test_average_precision_agrees_with_counting(pairs: Pairs) -> None:
    truth, scores = arrays(pairs)
    area, before = 0.0, 0.0
    for precision, recall, _ in by_thresholds(truth, scores):
        area, before = area + precision * (recall - before), recall
    assert average_precision(truth, scores) == pytest.approx(area)


@given(RANKED, st.floats(0, 1))
def test_recall_at_a_precision_agrees_with_counting(pairs: Pairs, wanted: float) -> None:
    truth, scores = arrays(pairs)
    good = [r for p, r, _ in by_thresholds(truth, scores) if p >= wanted]
    assert recall_at(truth, scores, wanted) == pytest.approx(max(good, default=0.0))


@given(RANKED)
def test_no_threshold_beats_the_best(pairs: Pairs) -> None:
    truth, scores = arrays(pairs)
    best = f1_at(truth, scores, best_threshold(truth, scores))
    assert best == pytest.approx(max(f1 for _, _, f1 in by_thresholds(truth, scores)))


@given(RANKED)
def test_calibration_loses_nothing(pairs: Pairs) -> None:
    truth, scores = arrays(pairs)
    table = calibration(truth, scores)
    assert sum(count for _, count, _, _ in table) == len(truth)
    assert sum(count * there for _, count, _, there in table) == pytest.approx(truth.sum())
    assert sum(count * said for _, count, said, _ in table) == pytest.approx(scores.sum())


@given(RANKED, st.integers(1, 50))
def test_all_of_them_hold_all_cases(pairs: Pairs, first: int) -> None:
    truth, scores = arrays(pairs)
    precision, recall = among_first(truth, scores, first)
    assert 0 <= precision <= 1
    assert 0 <= recall <= 1
    if first >= len(truth) and truth.any():
        assert recall == 1
