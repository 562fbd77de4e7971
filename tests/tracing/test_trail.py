"""Trails: what is attributed to which transfer, and that nothing is created or lost."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taawun.errors import NotFound, UsageError
from taawun.jit import I64
from taawun.ledger.network import Network
from taawun.tracing.flow import Direction, flow_of
from taawun.tracing.kernels import drawn, fed, share
from taawun.tracing.seed import Seed, account_named, of_account, of_transfer, transfer_named
from taawun.tracing.trail import Extent, Station, Trail, trace
from tests.detection.ledgers import START, Row, network, network_of
from tests.tracing import twin

METHODS, WAYS = ("fifo", "pro-rata"), ("forward", "backward")
EVERYTHING = Extent(hops=6, share=0, accounts=10**6, hub=10**6)


def followed(ledger: Network, name: str, **asked: object) -> dict[str, int]:
    """The trail of one transfer as reference and amount."""
    seeds = of_transfer(ledger, transfer_named(ledger, name) or 0)
    found = trace(ledger, seeds, **{"extent": EVERYTHING, **asked})  # type: ignore[arg-type]
    names = ledger.names.transfers([leg.position for leg in found.legs])
    return dict(zip(names, (leg.amount for leg in found.legs), strict=True))


def station(ledger: Network, trail: Trail, name: str) -> Station:
    return next(s for s in trail.stations if ledger.names.accounts([s.account]) == [name])


MIXED = """
    x > b 50 @1d
    a > b 100 @2d
    b > c 120 @3d
    b > f 30 @4d
"""


def test_first_in_is_first_out() -> None:
    assert followed(network(MIXED), "t2") == {"t2": 10_000, "t3": 7_000, "t4": 3_000}


def test_pro_rata_takes_from_everything_alike() -> None:
    by = followed(network(MIXED), "t2", method="pro-rata")
    assert by == {"t2": 10_000, "t3": 8_000, "t4": 2_000}


def test_backward_says_where_it_came_from() -> None:
    assert followed(network(MIXED), "t3", direction="backward") == {
        "t3": 12_000,
        "t1": 5_000,
        "t2": 7_000,
    }
    by = followed(network(MIXED), "t3", direction="backward", method="pro-rata")
    assert by == {"t3": 12_000, "t1": 4_000, "t2": 8_000}


@pytest.mark.parametrize("method", METHODS)
def test_what_was_there_before_the_window_is_of_unknown_origin(method: str) -> None:
    ledger = network("a > b 40 @1d\n b > c 100 @2d")
    seeds = of_transfer(ledger, 1)
    found = trace(ledger, seeds, direction="backward", method=method, extent=EVERYTHING)
    assert station(ledger, found, "b").opening == 6_000
    assert station(ledger, found, "b").rest == 6_000
    assert station(ledger, found, "a").rest == 4_000
    assert found.rest == found.total == 10_000


@pytest.mark.parametrize("method", METHODS)
def test_time_is_respected_and_equal_times_follow_each_other(method: str) -> None:
    ledger = network("b > c 100 @1d\n a > b 100 @2d\n b > d 100 @2d")
    assert followed(ledger, "t2", method=method) == {"t2": 10_000, "t3": 10_000}


@pytest.mark.parametrize("method", METHODS)
def test_unknown_values_and_transfers_to_oneself_carry_nothing(method: str) -> None:
    ledger = network("a > b 100 @1d\n b > c ? @2d\n b > b 70 @3d\n b > d 60 @4d")
    found = trace(ledger, of_transfer(ledger, 0), method=method, extent=EVERYTHING)
    assert [leg.amount for leg in found.legs] == [10_000, 6_000]
    assert station(ledger, found, "b").unvalued == 1
    for name in ("t2", "t3"):
        with pytest.raises(UsageError, match="nothing to trace"):
            of_transfer(ledger, transfer_named(ledger, name) or 0)


@pytest.mark.parametrize("method", METHODS)
def test_conversions_are_said(method: str) -> None:
    ledger = network("a > b 100 USD @1d\n b > c 90 EUR @2d\n b > d 4 USD @3d")
    found = trace(ledger, of_transfer(ledger, 0), method=method, extent=EVERYTHING)
    assert found.converted == 9_000
    assert station(ledger, found, "b").converted == 9_000
    assert found.rest_at_conversions == 600


def test_every_cut_is_counted() -> None:
    chain = network("a > b 100 @1d\n b > c 100 @2d\n c > d 100 @3d")
    cut = trace(chain, of_transfer(chain, 0), extent=Extent(hops=1))
    assert [(each.reason, each.times, each.amount) for each in cut.cuts] == [("hops", 1, 10_000)]
    assert station(chain, cut, "c").stopped == 10_000

    fan = network("a > b 100 @1d\n b > c 98 @2d\n b > d 1.5 @2d\n b > e 0.5 @2d")
    cut = trace(fan, of_transfer(fan, 0), extent=Extent(share=10))
    assert [(each.reason, each.times, each.amount) for each in cut.cuts] == [("share", 1, 50)]
    cut = trace(fan, of_transfer(fan, 0), extent=Extent(share=0, accounts=3))
    assert [(each.reason, each.times, each.amount) for each in cut.cuts] == [("accounts", 2, 200)]
    cut = trace(fan, of_transfer(fan, 0), extent=Extent(hub=3))
    assert [(each.reason, each.times, each.amount) for each in cut.cuts] == [("hub", 1, 10_000)]


def test_money_that_runs_into_a_seed_is_not_counted_twice() -> None:
    ledger = network("a > b 100 @1d\n b > a 100 @2d\n a > c 100 @3d")
    seeds = of_account(ledger, account_named(ledger, "a") or 0, "forward")
    found = trace(ledger, seeds, extent=EVERYTHING)
    assert [leg.amount for leg in found.legs] == [10_000, 10_000, 10_000]
    assert [(each.reason, each.amount) for each in found.cuts] == [("rejoined", 10_000)]


def test_seeds_of_an_account_are_bounded_in_time_and_amount() -> None:
    ledger = network("a > b 10 @1d\n a > c 20 @2d\n d > a 5 @3d\n a > a 7 @3d\n a > e ? @3d")
    a = account_named(ledger, "a") or 0
    day = 86_400
    everything = of_account(ledger, a, "forward")
    assert everything == (Seed(0, 1_000), Seed(1, 2_000))
    assert of_account(ledger, a, "forward", amount=1_500) == (Seed(0, 1_000), Seed(1, 500))
    assert of_account(ledger, a, "forward", since=START + 2 * day) == (Seed(1, 2_000),)
    assert of_account(ledger, a, "backward", amount=300) == (Seed(2, 300),)
    with pytest.raises(NotFound, match="sent nothing"):
        of_account(ledger, a, "forward", until=START)
    with pytest.raises(NotFound, match="received nothing"):
        of_account(ledger, a, "backward", until=START)
    assert account_named(ledger, "nobody") is None
    assert transfer_named(ledger, "nothing") is None
    assert transfer_named(ledger, "t2", START + 2 * day) == 1


def test_there_are_two_methods() -> None:
    with pytest.raises(UsageError, match="fifo or pro-rata"):
        trace(network(MIXED), [Seed(0, 1)], method="lifo")


# Invariants

ROWS = st.lists(
    st.builds(
        Row,
        source=st.sampled_from("abcde"),
        target=st.sampled_from("abcde"),
        value=st.integers(0, 9),
        at=st.integers(0, 6),
        currency=st.sampled_from(["EUR", "USD"]),
    ),
    min_size=1,
    max_size=14,
)


def seeds_in(ledger: Network, data: st.DataObject) -> tuple[Seed, ...]:
    parts = twin.taking_part(ledger)
    if not parts:
        return ()
    chosen = data.draw(st.lists(st.sampled_from(parts), min_size=1, max_size=3, unique=True))
    return tuple(
        Seed(p, data.draw(st.integers(1, int(ledger.value[p])), label="amount"))
        for p in sorted(chosen)
    )


@given(ROWS, st.data(), st.sampled_from(WAYS), st.integers(0, 5))
def test_fifo_is_what_following_every_unit_gives(
    rows: list[Row], data: st.DataObject, way: Direction, hops: int
) -> None:
    ledger = network_of(rows)
    seeds = seeds_in(ledger, data)
    extent = Extent(hops=hops, share=0, accounts=10**6, hub=10**6)
    found = trace(ledger, seeds, direction=way, method="fifo", extent=extent)
    slow = [(seed.position, seed.amount) for seed in seeds]
    legs, rest = twin.fifo(ledger, slow, forward=way == "forward", hops=hops)
    assert {leg.position: leg.amount for leg in found.legs} == dict(legs)
    kept = Counter({s.account: s.rest + s.stopped + s.left for s in found.stations})
    assert +kept == rest


@given(ROWS, st.data())
def test_fifo_backward_is_fifo_forward_turned_round(rows: list[Row], data: st.DataObject) -> None:
    """What one transfer gives to another is what the other got from it."""
    ledger = network_of(rows)
    parts = twin.taking_part(ledger)
    if not parts:
        return
    a, b = (data.draw(st.sampled_from(parts)) for _ in range(2))
    if a == b:
        return
    one_hop = Extent(hops=1, share=0, accounts=10**6, hub=10**6)

    def between(seed: int, other: int, way: Direction) -> int:
        found = trace(ledger, of_transfer(ledger, seed), direction=way, extent=one_hop)
        return sum(leg.amount for leg in found.legs if leg.position == other)

    assert between(a, b, "forward") == between(b, a, "backward")


@given(
    ROWS,
    st.data(),
    st.sampled_from(METHODS),
    st.sampled_from(WAYS),
    st.builds(
        Extent,
        hops=st.integers(0, 8),
        share=st.integers(0, 300),
        accounts=st.integers(1, 6),
        hub=st.integers(1, 9),
    ),
)
def test_nothing_is_created_or_lost(
    rows: list[Row], data: st.DataObject, method: str, way: Direction, extent: Extent
) -> None:
    ledger = network_of(rows)
    found = trace(ledger, seeds_in(ledger, data), direction=way, method=method, extent=extent)
    for s in found.stations:
        begun, ended = (s.came, s.went) if way == "forward" else (s.went, s.came)
        assert s.began + begun == ended + s.rest + s.stopped + s.left
        assert min(s.rest, s.stopped, s.left, s.came, s.went) >= 0
    everything = sum(s.rest + s.stopped + s.left for s in found.stations)
    assert everything == found.total == sum(s.began for s in found.stations)
    assert sum(cut.amount for cut in found.cuts) == sum(s.stopped + s.left for s in found.stations)
    for leg in found.legs:
        assert 0 < leg.amount <= ledger.value[leg.position]
        assert 0 <= leg.converted <= leg.amount


@given(ROWS, st.data())
def test_pools_are_what_their_twin_says(rows: list[Row], data: st.DataObject) -> None:
    ledger = network_of(rows)
    for account in range(ledger.accounts):
        flow = flow_of(ledger, account, "forward")
        assert flow.opening == twin.opening(ledger, account)

        def parts(positions: object, values: I64) -> I64:
            chosen = [data.draw(st.integers(0, int(value))) for value in values]
            return np.array(chosen, np.int64)

        came, went = flow.came, flow.went
        traced = parts(came.positions, came.value)
        takes, stays = drawn(came.at, came.value, traced, went.at, went.value, flow.opening)
        told = dict(zip(came.positions.tolist(), traced.tolist(), strict=True))
        slow, left = twin.pool_forward(ledger, account, told)
        assert (dict(zip(went.positions.tolist(), takes.tolist(), strict=True)), stays) == (
            slow,
            left,
        )
        traced = parts(went.positions, went.value)
        gives, unknown = fed(came.at, came.value, went.at, went.value, traced, flow.opening)
        told = dict(zip(went.positions.tolist(), traced.tolist(), strict=True))
        slow, left = twin.pool_backward(ledger, account, told)
        assert (dict(zip(came.positions.tolist(), gives.tolist(), strict=True)), unknown) == (
            slow,
            left,
        )


WHOLE = st.integers(1, 2**63 - 1)


@given(WHOLE.flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))), WHOLE)
def test_a_share_is_exact(pair: tuple[int, int], of: int) -> None:
    part, whole = pair
    of = min(of, whole)
    for function in (share, getattr(share, "py_func", share)):
        assert int(function(part, of, whole)) == part * of // whole


@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(rows: list[Row], random: object) -> None:
    named = [
        Row(r.source, r.target, r.value, r.at, r.currency, reference=f"r{number:02}")
        for number, r in enumerate(rows)
    ]
    mixed = list(named)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    seen = []
    for each in (named, mixed):
        ledger = network_of(each)
        parts = twin.taking_part(ledger)
        if not parts:
            return
        found = trace(ledger, of_transfer(ledger, parts[0]), method="pro-rata")
        names = ledger.names.transfers([leg.position for leg in found.legs])
        seen.append(sorted(zip(names, (leg.amount for leg in found.legs), strict=True)))
    assert seen[0] == seen[1]
