"""Small shapes through a transfer: the kernel and its twin."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from taawun.detection.compiled.wedges import COLUMNS, wedges_per_transfer
from taawun.ledger.network import Network
from tests.detection import feature_twins
from tests.detection.behaviour_ledgers import ledgers, thorough
from tests.detection.ledgers import DAY, Row, network, network_of
from tests.detection.test_around import counts_of


@thorough
@given(
    ledgers(),
    st.sampled_from((4, 33, 1_000)),
    st.integers(0, 9),
    st.sampled_from((2, 3, 60)),
    st.integers(1, 3),
)
def test_kernel_is_its_twin(
    window: Network, width: int, seed: int, most: int, threads: int
) -> None:
    counts = counts_of(window, seed)
    found = wedges_per_transfer(window, width, np.array(counts, np.uint8), most, threads)
    meant = feature_twins.wedges(window, width, counts, most)
    assert [column.tolist() for column in found] == meant


def columns_of(ledger: Network, most: int = 60) -> dict[str, list[int]]:
    found = wedges_per_transfer(ledger, 28 * DAY, np.ones(ledger.size, np.uint8), most)
    return {name: column.tolist() for name, column in zip(COLUMNS, found, strict=True)}


def test_what_splits_and_joins_again() -> None:
    found = columns_of(network("a > b, c, d 1 @1d\nb, c, d > e 1 @2d"))
    assert found["split"] == [2, 2, 2, 0, 0, 0]
    assert found["joined"] == [0, 0, 0, 2, 2, 2]
    assert found["rectangles"] == [0] * 6
    assert columns_of(network("a > b, c 1 @2d\nb, c > e 1 @1d"))["split"] == [0] * 4


def test_crossing_groups() -> None:
    found = columns_of(network("a, b, c > x, y 1 @1d"))
    assert found["rectangles"] == [2] * 6
    assert found["alike"] == [2] * 6


def test_a_hub_is_not_walked_through() -> None:
    rows = [Row(f"a{each % 50}", "hub", 1, each) for each in range(5_000)]
    rows += [Row("hub", f"b{each}", 1, 6_000) for each in range(5_000)]
    assert not any(map(any, columns_of(network_of(rows), most=40).values()))
    assert columns_of(network("")) == {name: [] for name in COLUMNS}
