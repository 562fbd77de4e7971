"""How often a pair dealt, in a window around: the kernel and its twin."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from taawun.detection.compiled.pairs import pair_around
from taawun.ledger.network import Network
from tests.detection import feature_twins
from tests.detection.behaviour_ledgers import ledgers, thorough
from tests.detection.ledgers import DAY, network


@thorough
@given(ledgers(), st.sampled_from((0, 3, 30, 500)), st.integers(1, 3))
def test_kernel_is_its_twin(window: Network, width: int, threads: int) -> None:
    assert pair_around(window, width, threads).tolist() == feature_twins.pair_around(window, width)


def test_the_other_direction_is_another_pair() -> None:
    ledger = network("a > b 1 @0\nb > a 1 @1d\na > b 1 @2d\na > b 1 @9d\na > a 1 @9d")
    assert pair_around(ledger, 2 * DAY).tolist() == [2, 1, 2, 1, 1]
    assert pair_around(network(""), DAY).tolist() == []
