"""Shapes of the network one by one, as an officer would draw them; both engines judge each case."""

from __future__ import annotations

import pytest

from taawun.detection.finding import Shape, found
from taawun.detection.parameters import Parameters
from taawun.detection.typologies import TYPOLOGIES
from taawun.ledger.network import Network
from tests.detection.ledgers import network
from tests.detection.told import week


def places(code: str, window: Network, p: Parameters) -> list[Shape]:
    """What the reference engine finds, after both engines have said the same."""
    typology = TYPOLOGIES[code]
    expected = found(code, typology.reference(window, p), len(typology.measures))
    assert list(typology.compiled(window, p, 2).shapes()) == list(expected.shapes())
    return list(expected.shapes())


def references(window: Network, shape: Shape) -> set[str]:
    return set(window.names.transfers(shape.transfers))


def who(window: Network, number: int) -> str:
    return window.names.accounts([number])[0]


FAN = week("fan_in", counterparties=3, total=0)


def test_the_window_with_most_payers_is_the_finding() -> None:
    window = network(
        """
        a, b, c > hub 10 @1d
        d > hub 10 @5d
        e > hub 10 @10d
        """
    )
    (shape,) = places("fan_in", window, FAN)
    assert references(window, shape) == {"t1", "t2", "t3", "t4"}
    assert (who(window, shape.centre), shape.measures) == ("hub", (4, 4_000))


def test_the_last_second_of_a_window_belongs_to_it_and_the_next_does_not() -> None:
    on_time = network("a, b > hub 10 @0\nc > hub 10 @7d")
    too_late = network("a, b > hub 10 @0\nc > hub 10 @7d1s")
    assert len(places("fan_in", on_time, FAN)) == 1
    assert places("fan_in", too_late, FAN) == []


def test_one_payer_many_times_is_no_fan_in() -> None:
    assert places("fan_in", network("a > hub 10 @0\n" * 5 + "b > hub 5 @1d"), FAN) == []


def test_of_equal_windows_the_earlier_is_the_finding() -> None:
    window = network("a > hub 1 @1d\nb, c > hub 1 @4d\nd > hub 1 @9d")
    (shape,) = places("fan_in", window, FAN)
    assert references(window, shape) == {"t1", "t2", "t3"}


def test_places_more_than_a_window_apart_are_two_findings() -> None:
    window = network("a, b, c > hub 1 @1d\nd, e, f > hub 1 @8d1s")
    assert len(places("fan_in", window, FAN)) == 2


def test_an_unknown_value_takes_part_in_the_shape_and_not_in_the_sum() -> None:
    window = network("a, b > hub 10 @0\nc > hub ? @1d")
    (shape,) = places("fan_in", window, FAN)
    assert shape.measures == (3, 2_000)
    assert places("fan_in", window, FAN.but(total=2_001)) == []


def test_who_pays_many_is_the_centre_of_a_fan_out() -> None:
    window = network("hub > a, b, c 10 @1d")
    (shape,) = places("fan_out", window, FAN)
    assert who(window, shape.centre) == "hub"


def test_gathering_comes_before_scattering() -> None:
    p = week("gather_scatter", counterparties=3)
    forward = network("a, b, c > hub 10 @1d\nhub > x, y, z 9 @2d")
    backward = network("hub > x, y, z 9 @1d\na, b, c > hub 10 @2d")
    (shape,) = places("gather_scatter", forward, p)
    assert (who(forward, shape.centre), shape.measures) == ("hub", (3, 3, 3_000, 2_700))
    assert places("gather_scatter", backward, p) == []


def test_a_ledger_booked_by_the_day_may_gather_and_scatter_on_one() -> None:
    p = week("gather_scatter", counterparties=3)
    assert len(places("gather_scatter", network("h > x, y, z 9 @1d\na, b, c > h 9 @1d"), p)) == 1


WAYS = week("scatter_gather", middles=3, degree=4)


def test_two_accounts_joined_through_several_others() -> None:
    window = network("u > a, b, c 10 @1d\na, b, c > w 9 @3d\nd > w 9 @3d\nu > e 5 @2d")
    (shape,) = places("scatter_gather", window, WAYS)
    assert (who(window, shape.centre), who(window, shape.other)) == ("u", "w")
    assert shape.measures == (3, 3_000, 2_700)
    assert references(window, shape) == {"t1", "t2", "t3", "t4", "t5", "t6"}


def test_money_cannot_be_passed_on_before_it_came() -> None:
    window = network("a, b, c > w 9 @1d\nu > a, b, c 10 @3d")
    assert places("scatter_gather", window, WAYS) == []


def test_a_shop_that_everybody_pays_is_no_way_between_two_accounts() -> None:
    """Three shops that pay the same supplier; each has more customers than is walked through."""
    customers = "u, k, l, m, n > shop1, shop2, shop3 10 @1d"
    window = network(customers + "\nshop1, shop2, shop3 > supplier 40 @2d")
    assert places("scatter_gather", window, WAYS) == []
    assert places("scatter_gather", window, WAYS.but(degree=5)) != []


RING = week("cycle", least=3, most=5, degree=10, kept=0, grown=1_000_000)


def test_money_that_comes_back_through_others() -> None:
    window = network("a > b 100 @1d\nb > c 95 @2d\nc > d 90 @3d\nd > a 85 @4d\nd > e 5 @4d")
    (shape,) = places("cycle", window, RING)
    assert who(window, shape.centre) == "a"
    assert shape.measures == (4, 8_500, 3 * 86_400)
    assert references(window, shape) == {"t1", "t2", "t3", "t4"}


@pytest.mark.parametrize(
    "told",
    [
        "a > b 1 @3d\nb > c 1 @2d\nc > a 1 @1d",  # against time
        "a > b 1 @0\nb > c 1 @1d\nc > a 1 @7d1s",  # too late
        "a > b 1 @0\nb > a 1 @1d",  # too short
        "a > b 1 @0\nb > c 1 @1d\nc > d 1 @2d\nd > e 1 @3d\ne > f 1 @4d\nf > a 1 @5d",  # too long
        "a > a 1 @0\na > b 1 @1d\nb > b 1 @2d",  # transfers to oneself
    ],
)
def test_what_is_no_cycle(told: str) -> None:
    assert places("cycle", network(told), RING) == []


def test_of_two_ways_home_the_shorter_counts_then_the_one_that_closes_first() -> None:
    window = network(
        """
        a > b 1 @1d
        b > c 1 @2d
        c > a 1 @4d
        b > d 1 @2d
        d > a 1 @3d
        d > e 1 @2d
        e > a 1 @2d
        """
    )
    assert references(window, places("cycle", window, RING)[0]) == {"t1", "t4", "t5"}


def test_many_payments_into_one_ring_are_one_finding() -> None:
    window = network("a > b 1 @1d\na > b 1 @2d\na > b 1 @3d\nb > c 1 @4d\nc > a 1 @5d")
    (shape,) = places("cycle", window, RING)
    assert references(window, shape) == {"t3", "t4", "t5"}, "the quickest"


def test_a_ring_is_not_walked_through_a_hub() -> None:
    ring = "a > hub 1 @1d\nhub > b 1 @2d\nb > a 1 @3d\n"
    assert len(places("cycle", network(ring), RING.but(degree=3))) == 1
    busy = network(ring + "hub > k, l, m 1 @2d")
    assert places("cycle", busy, RING.but(degree=3)) == []


def test_alike_amounts_can_be_asked_for() -> None:
    p = RING.but(kept=800, grown=1_000)
    assert len(places("cycle", network("a > b 100 @0\nb > c 90 @1d\nc > a 80 @2d"), p)) == 1
    assert places("cycle", network("a > b 100 @0\nb > c 90 @1d\nc > a 79 @2d"), p) == []
    assert len(places("cycle", network("a > b 100 @0\nb > c ? @1d\nc > a 80 @2d"), p)) == 1


GROUPS = week("bipartite", sources=2, targets=3, degree=6)


def test_a_group_that_pays_the_same_others() -> None:
    window = network("a, b, c > x, y, z 10 @1d\na > shop 5 @2d\nd > x 5 @2d")
    (shape,) = places("bipartite", window, GROUPS)
    assert shape.measures == (3, 3, 9, 9_000)
    assert shape.centre == -1


def test_one_payment_may_be_missing_from_a_group() -> None:
    window = network("a, b > x, y, z 10 @1d\nc > x, y 10 @2d\nc > w 10 @2d\na > w 10 @3d")
    (shape,) = places("bipartite", window, GROUPS)
    assert shape.measures[:3] == (3, 4, 10)


def test_what_everybody_pays_makes_no_group() -> None:
    shops = "shop1, shop2, shop3"
    assert places("bipartite", network(f"a, b, c, d, e, f, g > {shops} 10 @1d"), GROUPS) == []
    assert len(places("bipartite", network(f"a, b > {shops} 10 @1d"), GROUPS)) == 1


LAYERS = week("stack", sources=2, middles=2, targets=2, shared=2, degree=6)


def test_two_layers_of_crossing_payments() -> None:
    window = network("a, b > m, n, o 10 @1d\nm, n, o > x, y 9 @3d\nm > z 1 @3d\nc > m 1 @1d")
    (shape,) = places("stack", window, LAYERS)
    assert shape.measures == (2, 3, 2, 6_000, 5_400)
    assert len(shape.transfers) == 12


def test_a_stack_runs_with_time() -> None:
    assert places("stack", network("m, n > x, y 9 @1d\na, b > m, n 10 @3d"), LAYERS) == []


def test_one_tier_alone_is_no_stack() -> None:
    assert places("stack", network("a, b > m, n 10 @1d"), LAYERS) == []
