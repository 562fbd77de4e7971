"""Different others around a transfer: the kernel and its twin."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from taawun.detection.compiled.around import COLUMNS, around_per_transfer
from taawun.ledger.network import Network
from tests.detection import feature_twins
from tests.detection.behaviour_ledgers import ledgers, thorough
from tests.detection.ledgers import DAY, Row, network, network_of


def counts_of(window: Network, seed: int) -> list[int]:
    """Which transfers count: most of them."""
    return (np.random.default_rng(seed).random(window.size) < 0.8).astype(int).tolist()


@thorough
@given(ledgers(), st.sampled_from((0, 3, 30, 500)), st.integers(0, 9), st.integers(1, 3))
def test_kernel_is_its_twin(window: Network, width: int, seed: int, threads: int) -> None:
    counts = counts_of(window, seed)
    found = around_per_transfer(window, width, np.array(counts, np.uint8), threads)
    assert [column.tolist() for column in found] == feature_twins.around(window, width, counts)
    assert len(found) == len(COLUMNS)


def test_others_are_counted_once_and_oneself_not() -> None:
    ledger = network("a, b > m 1 @1d\na > m 1 @2d\nm > m 1 @2d\nm > c, d 1 @3d\nm > e 1 @9d")
    found = around_per_transfer(ledger, 3 * DAY, np.ones(ledger.size, np.uint8))
    columns = {name: column.tolist() for name, column in zip(COLUMNS, found, strict=True)}
    assert columns["target_received_before"][:3] == [2, 2, 2]
    assert columns["target_sent_after"][:3] == [2, 2, 2]
    assert columns["source_received_before"][4:] == [2, 2, 0]


def test_a_hub_of_many_transfers() -> None:
    many = 20_000
    ledger = network_of(
        [Row("hub", f"a{each}", 1, each) for each in range(many)]
        + [Row(f"b{each}", "hub", 1, each) for each in range(many)]
    )
    found = around_per_transfer(ledger, many, np.ones(ledger.size, np.uint8), 2)
    columns = dict(zip(COLUMNS, found, strict=True))
    assert int(columns["source_sent_before"].max()) == many
    assert int(columns["source_received_before"].max()) == many


def test_nothing_of_nothing() -> None:
    assert [
        len(column) for column in around_per_transfer(network(""), 1, np.empty(0, np.uint8))
    ] == [0] * len(COLUMNS)
