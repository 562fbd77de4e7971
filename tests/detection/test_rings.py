"""What cannot lie in a cycle falls away before cycles are looked for, and nothing else does."""

from __future__ import annotations

import numpy as np

from taawun.detection.compiled.around import around_in_each, around_per_transfer
from taawun.detection.compiled.rings import in_rings
from taawun.detection.parameters import Parameters
from taawun.detection.reference.cycle import cycle
from taawun.ledger.network import Network
from tests.detection.ledgers import DAY, made, network
from tests.detection.told import told

RING = "a > b 10 @1d\nb > c 10 @2d\nc > a 10 @3d"


def test_a_chain_falls_away_whole() -> None:
    chain = network("a > b 10 @1d\nb > c 10 @2d\nc > d 10 @3d")
    opens, goes_on = in_rings(chain, 10 * DAY, 5, 1)
    assert not opens.any()
    assert not goes_on.any()


def test_of_a_ring_the_first_opens_and_the_others_go_on() -> None:
    opens, goes_on = in_rings(network(RING), 10 * DAY, 5, 1)
    assert opens.tolist() == [True, False, False]
    assert goes_on.tolist() == [False, True, True]


def test_a_ring_slower_than_the_window_falls_away() -> None:
    opens, _ = in_rings(network("a > b 10 @1d\nb > c 10 @20d\nc > a 10 @30d"), 5 * DAY, 5, 1)
    assert not opens.any()


def test_one_who_pays_too_many_before_and_after_does_not_go_on() -> None:
    ring = "a > b 10 @1d\nb > c 10 @3d\nc > a 10 @5d"
    others = "b > d, e, f 10 @2d\nb > d, e, f 10 @4d"
    for degree, stays in ((2, False), (9, True)):
        hub = network(f"{ring}\n{others}")
        _, goes_on = in_rings(hub, 10 * DAY, degree, 1)
        assert bool(goes_on.any()) is stays


def test_every_cycle_is_kept() -> None:
    cycles = 0
    for seed in range(200):
        window, p = made(seed), told("cycle", seed)
        opens, goes_on = in_rings(window, p["window"], p["degree"], 1 + seed % 2)
        for first, *others in _walked(window, p):
            cycles += 1
            assert opens[first]
            assert goes_on[others].all()
    assert cycles > 20


def _walked(window: Network, p: Parameters) -> list[list[int]]:
    """The transfers of each cycle, what opens it first: all its others are not earlier."""
    walks = []
    for shape in cycle(window, p):
        first = next(each for each in shape.transfers if window.source[each] == shape.centre)
        walks.append([first, *(each for each in shape.transfers if each != first)])
    return walks


def test_several_widths_at_once_are_each_alone() -> None:
    window = made(11)
    counts = (np.arange(window.size) % 3 > 0).astype(np.uint8)
    widths = (DAY, 7 * DAY)
    for width, found in zip(widths, around_in_each(window, widths, counts, 2), strict=True):
        for one, other in zip(found, around_per_transfer(window, width, counts), strict=True):
            assert one.tolist() == other.tolist()
