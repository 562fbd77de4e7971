"""The notation that the cases of detection are written in."""

from __future__ import annotations

from tests.detection.ledgers import DAY, START, network


def test_lines_become_a_window_in_order_of_time() -> None:
    window = network(
        """
        hub > away 290.50 USD @1d12h
        a, b > hub 100 @1d
        hub > x ? @2d via cash
        away: country XB, bank B1, kind exchange, shared 1
        """
    )
    assert window.names.transfers(range(4)) == ["t2", "t3", "t1", "t4"]
    assert window.names.accounts(window.source) == ["a", "b", "hub", "hub"]
    assert window.at.tolist()[0] == START + DAY
    assert window.value.tolist() == [10_000, 10_000, 29_050, 0]
    assert window.channels[window.channel[3]] == "cash"
    away = window.names.accounts(range(window.accounts)).index("away")
    assert window.countries[window.country[away]] == "XB"
    assert window.kinds[window.kind[away]] == "exchange"
    assert window.shared[away] == 1
    hub = window.names.accounts(range(window.accounts)).index("hub")
    assert window.into[window.into_start[hub] : window.into_start[hub + 1]].tolist() == [0, 1]
    assert window.out[window.out_start[hub] : window.out_start[hub + 1]].tolist() == [2, 3]


def test_every_source_pays_every_target() -> None:
    window = network("a, b > c, d 1 @0")
    pairs = zip(
        window.names.accounts(window.source), window.names.accounts(window.target), strict=True
    )
    assert list(pairs) == [("a", "c"), ("a", "d"), ("b", "c"), ("b", "d")]


def test_an_account_may_be_told_of_before_it_moves() -> None:
    window = network("a > b 1 @0\nidle: country XA")
    assert window.accounts == 3
    assert window.out_start[-1] == 1
