"""Ordinary traffic: wages, standing payments, a shop; near misses; both engines alike."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from taawun.detection.compiled import ordinary
from taawun.detection.habits import DAY, KEEPERS, ORDINARY, Habits
from taawun.detection.reference import ordinary as meaning
from taawun.ledger.network import Network
from tests.detection.behaviour_ledgers import ledgers, thorough
from tests.detection.ledgers import network

habits = st.builds(
    Habits,
    paces=st.sampled_from((((2, 4),), ((1, 3), (8, 20)), ((30, 90),))),
    steady=st.sampled_from((0, 500, 900)),
    looked=st.sampled_from((1, 2, 8)),
    payees=st.integers(1, 3),
    run=st.sampled_from((0, 5, 100)),
    around=st.sampled_from((0, 10, 500)),
    takings=st.integers(0, 5),
    customers=st.integers(0, 3),
    days=st.integers(0, 1),
    paid_on=st.sampled_from((0, 300, 600, 1_000)),
    large=st.sampled_from((500, 2_000)),
)


@thorough
@given(ledgers(), habits, st.integers(1, 2))
def test_compiled_is_the_reference(window: Network, p: Habits, threads: int) -> None:
    reasons = ordinary.ordinary_per_transfer(window, p, threads)
    assert reasons.tolist() == meaning.ordinary_per_transfer(window, p)
    assert ordinary.keepers(window, reasons).tolist() == meaning.keepers(window, reasons.tolist())


@thorough
@given(ledgers(accounts=4, step=DAY // 2), habits, st.integers(0, 4))
def test_days_are_counted_alike(window: Network, p: Habits, days: int) -> None:
    p = replace(p, around=p.around * DAY // 10, days=days, takings=2, paid_on=900)
    reasons = ordinary.ordinary_per_transfer(window, p)
    assert reasons.tolist() == meaning.ordinary_per_transfer(window, p)


def reasons(text: str, p: Habits | None = None) -> list[str]:
    found = ordinary.ordinary_per_transfer(network(text), p or Habits())
    return [ORDINARY[each] for each in found]


WAGES = "\n".join(f"firm > a, b, c, d, e 2000 @{day}d" for day in (0, 30, 61))


def test_the_same_sum_to_many_every_month_is_wages() -> None:
    assert set(reasons(WAGES)) == {"payroll"}
    kept = ordinary.keepers(network(WAGES), ordinary.ordinary_per_transfer(network(WAGES)))
    assert [KEEPERS[each] for each in kept] == ["employer", "", "", "", "", ""]


def test_to_four_it_is_a_standing_payment() -> None:
    assert set(reasons(WAGES.replace(", e", ""))) == {"standing"}


def test_two_months_are_no_pace() -> None:
    assert set(reasons("a > b 900 @0\na > b 900 @30d")) == {""}


def test_a_month_missed_breaks_the_pace() -> None:
    assert set(reasons("a > b 900 @0\na > b 900 @30d\na > b 900 @90d")) == {""}


def test_other_amounts_break_the_pace() -> None:
    assert reasons("a > b 900 @0\na > b 500 @30d\na > b 900 @60d") == ["", "", ""]


def test_a_shop_takes_little_from_many_on_many_days_and_pays_few() -> None:
    customers = "\n".join(
        f"p{number}, q{number} > shop {20 + number} @{number}d1h" for number in range(20)
    )
    text = f"{customers}\nshop > supplier 300 @18d\nx > shop 9000 @19d2h"
    p = Habits(around=40 * DAY)
    assert reasons(text, p) == [*["takings"] * 36, "settlement", *["takings"] * 4, ""]
    assert ordinary.keepers(network(text), ordinary.ordinary_per_transfer(network(text), p)).any()
    in_one_day = text.replace("d1h", "m")
    assert set(reasons(in_one_day, p)) == {""}
