"""Findings become alerts: one ring is one alert, named for what explains it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taawun.detection.alerts import AGAINST, evidence, joined
from taawun.detection.finding import Shape, found


def shapes(*groups):
    return [Shape(tuple(group), measures=(len(group),)) for group in groups]


def of(typology, *groups):
    return found(typology, shapes(*groups), 1)


def scores(size, hot, high=0.95, low=0.01):
    told = np.full(size, low, np.float32)
    told[list(hot)] = high
    return told


def test_evidence_is_for_above_the_level_and_against_below():
    told = evidence(np.array([0, 0.25, 0.5, 0.75, 1], np.float32), 0.5)
    np.testing.assert_allclose(told, [-AGAINST, -AGAINST / 2, 0, 0.25, 1], atol=1e-6)


def test_a_ring_is_named_for_the_shape_that_covers_it():
    ring = range(10, 18)
    told = [
        of("fan_in", (10, 11, 12), (13, 14, 15)),
        of("bipartite", tuple(ring)),
        of("gather_scatter", (*range(8), 10, 11, 12, 13)),
    ]
    ranked = joined(told, scores(40, ring), 0.3)
    first = ranked.alerts[0]
    assert first.typology == "bipartite"
    assert first.transfers.tolist() == list(ring)
    assert {code for code, _ in first.parts} == {"bipartite", "fan_in"}
    assert first.score > 0.5 > ranked.alerts[1].score


def test_two_rings_are_two_alerts():
    told = [of("cycle", (1, 2, 3), (7, 8, 9, 10))]
    ranked = joined(told, scores(20, (1, 2, 3, 7, 8, 9, 10)), 0.3)
    assert [alert.transfers.tolist() for alert in ranked.alerts] == [[7, 8, 9, 10], [1, 2, 3]]


def test_ordinary_places_come_last_and_are_not_lost():
    told = [of("fan_in", (0, 1, 2), (5, 6, 7), (11, 12))]
    ranked = joined(told, scores(20, (5, 6, 7)), 0.3)
    assert ranked.alerts[0].transfers.tolist() == [5, 6, 7]
    assert len(ranked.alerts) == ranked.findings == ranked.looked_at == 3


def test_beyond_the_bound_the_weakest_are_counted():
    told = [of("fan_in", *[(3 * k, 3 * k + 1) for k in range(50)])]
    ranked = joined(told, np.linspace(0, 1, 200, dtype=np.float32), 0.9, most=10)
    assert (ranked.findings, ranked.looked_at, len(ranked.alerts)) == (50, 10, 10)


def test_nothing_found_is_no_alert():
    assert joined([of("cycle")], np.zeros(5, np.float32), 0.3).alerts == ()
    assert joined([], np.zeros(0, np.float32), 0.3).alerts == ()


@given(
    st.lists(st.sets(st.integers(0, 29), min_size=1, max_size=8), max_size=12),
    st.lists(st.floats(0, 1, width=32), min_size=30, max_size=30),
    st.sampled_from((0.2, 0.3, 0.5)),
)
def test_every_finding_is_in_one_alert_and_the_best_come_first(groups, told, level):
    groups = sorted({tuple(sorted(group)) for group in groups})
    halves = [of("cycle", *groups[::2]), of("fan_in", *groups[1::2])]
    ranked = joined(halves, np.array(told, np.float32), level)
    parts = [(code, shape) for alert in ranked.alerts for code, shape in alert.parts]
    assert sorted(shape.transfers for _, shape in parts) == groups
    values = [alert.score for alert in ranked.alerts]
    assert values == sorted(values, reverse=True)
    for alert in ranked.alerts:
        assert 0 <= alert.score <= 1
        assert set(alert.shape.transfers) <= set(alert.transfers.tolist())


@pytest.mark.parametrize("level", [0.25, 0.3])
def test_what_explains_gains_more_than_its_parts(level):
    rng = np.random.default_rng(4)
    told = [of("bipartite", tuple(range(12))), of("fan_in", *[(k, k + 1) for k in range(0, 12, 2)])]
    hot = np.clip(rng.normal(0.8, 0.1, 12), 0, 1)
    ranked = joined(told, np.concatenate([hot, np.zeros(10)]).astype(np.float32), level)
    assert ranked.alerts[0].typology == "bipartite"
    assert len(ranked.alerts) == 1
