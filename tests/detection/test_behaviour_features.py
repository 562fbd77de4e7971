"""Columns of behaviour: what they say of small ledgers, and both engines alike."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from taawun.detection.compiled.behaviour_features import (
    COLUMNS,
    Outlook,
    behaviour_per_transfer,
)
from taawun.detection.ratio import closeness, doublings, per_mille, root
from taawun.detection.reference.behaviour_features import behaviour_per_transfer as meaning
from taawun.ledger.network import Network
from tests.detection.behaviour_ledgers import ledgers, thorough
from tests.detection.ledgers import DAY, network

outlooks = st.builds(
    Outlook,
    dwell=st.sampled_from((0, 3, 30, 200)),
    past=st.sampled_from((1, 10, 300)),
    matches=st.sampled_from((1, 3, 32)),
    earlier=st.sampled_from((1, 4, 1_000)),
    company=st.sampled_from((0, 3, 30, 200)),
    degree=st.sampled_from((1, 2, 5, 25)),
)


@thorough
@given(ledgers(), outlooks, st.integers(1, 2))
def test_compiled_is_the_reference(window: Network, p: Outlook, threads: int) -> None:
    columns = behaviour_per_transfer(window, p, threads)
    assert {name: column.tolist() for name, column in columns.items()} == meaning(window, p)
    assert tuple(columns) == COLUMNS


def of(window: Network, column: str) -> list[int]:
    return behaviour_per_transfer(window)[column].tolist()


CONDUIT = """
    a > mule 1000 @1d
    b > mule 50 @1d2h
    mule > c 950 @2d
    mule > d 400 @9d
"""


def test_what_goes_on_matches_what_came() -> None:
    window = network(CONDUIT)
    assert of(window, "target_match") == [950, 52, 0, 0]
    assert of(window, "target_match_seconds")[0] == DAY
    assert of(window, "source_match") == [0, 0, 950, 0]
    assert of(window, "source_received") == [0, 0, 1_105, 0]
    assert of(window, "target_sent") == [950, 19_000, 0, 0]
    assert of(window, "source_through")[2] == 904


def test_an_account_is_held_against_its_own_past() -> None:
    window = network(
        """
        a > b 100 @0
        a > b 100 @30d
        a > c 100 @60d
        a > b 1600 @90d
        b > a 1 @91d
        a > b 100 @400d
        """
    )
    assert of(window, "pair_before") == [0, 1, 0, 2, 0, 0]
    assert of(window, "pair_back") == [0, 0, 0, 0, 3, 0]
    assert of(window, "pair_seconds") == [-1, 30 * DAY, -1, 60 * DAY, -1, -1]
    # sixteen times the usual is four doublings; the spread is at least an eighth of one
    assert of(window, "source_amount") == [0, 0, 0, 32_000, 0, 0]
    assert of(window, "source_silence") == [-1, 30 * DAY, 30 * DAY, 30 * DAY, DAY, -1]
    assert of(window, "round_zeros") == [4, 4, 4, 4, 2, 4]
    assert of(window, "source_round")[3] == 1_000


def test_two_that_pay_the_same_three_are_fellows() -> None:
    window = network("a, b > x, y, z 10 @1d\nc > x 10 @2d\nx > shop 1 @3d")
    assert of(window, "both_pay") == [3, 3, 3, 3, 3, 3, 1, 0]
    assert of(window, "both_paid") == [2, 2, 2, 2, 2, 2, 0, 0]
    assert of(window, "source_common")[:6] == [3] * 6
    assert of(window, "target_common")[0] == 2


def test_what_a_hub_is_paid_is_nothing_in_common() -> None:
    crowd = ", ".join(f"p{number}" for number in range(26))
    window = network(f"{crowd} > shop 10 @1d\np0, p1 > x 10 @2d")
    assert of(window, "both_pay") == [*[0] * 26, 1, 1]


def test_a_transfer_to_oneself_says_nothing() -> None:
    columns = behaviour_per_transfer(network("a > a 100 @0\na > b 5 @1d"))
    assert {column.tolist()[0] for column in columns.values()} == {0, -1}
    assert columns["source_silence"].tolist() == [-1, -1]


@given(st.integers(0, 2**63 - 1), st.integers(0, 2**63 - 1))
def test_ratios_are_whole_and_near(one: int, other: int) -> None:
    assert 0 <= closeness(one, other) <= 1_000
    if 0 < other < 2**53 and one < 2**53:
        assert per_mille(one, other) == one * 1_000 // other


@given(st.integers(0, 2**62 - 1))
def test_roots_and_logarithms_are_whole(number: int) -> None:
    assert root(number) ** 2 <= number < (root(number) + 1) ** 2
    assert doublings(number) <= doublings(number + 1) < 16_384
    assert abs(doublings(number) / 256 - np.log2(max(number, 1))) < 0.09
