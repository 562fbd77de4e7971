"""A table as a network, against a twin in plain Python, in any order of rows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taawun.errors import InputError
from taawun.ledger.network import Network
from taawun.ledger.schema import ACCOUNTS, TRANSFERS
from taawun.ledger.shared import shared
from taawun.ledger.window import by_time, bytes_of, network

START = datetime(2026, 1, 1, tzinfo=UTC)
Row = dict[str, Any]


def table(rows: list[Row]) -> pa.Table:
    return pa.Table.from_pylist(rows, TRANSFERS)


def row(reference: str, second: float = 0, **said: Any) -> Row:
    base = {"source": "A", "target": "B", "amount": 100, "currency": "EUR", "value": 100}
    return {"transfer": reference, "at": START + timedelta(seconds=second), **base, **said}


words = st.none() | st.sampled_from(["", "x", "ب", "zz"])
rows_of = st.lists(
    st.builds(
        row,
        st.from_regex(r"[a-cب]{1,4}", fullmatch=True),
        st.sampled_from([-0.5, 0, 0.000001, 1, 1, 5]),
        source=st.sampled_from("ABCض"),
        target=st.sampled_from("ABCض"),
        amount=st.integers(1, 10**15),
        value=st.none() | st.integers(1, 10**15),
        currency=st.sampled_from(["EUR", "KWD"]),
        channel=words,
        source_bank=words,
        target_country=words,
    ),
    max_size=12,
    unique_by=lambda each: each["transfer"],
)


def told(net: Network) -> list[tuple[Any, ...]]:
    """Every transfer with words for numbers, in the network's order."""
    where = range(net.size)
    return list(
        zip(
            net.names.transfers(where),
            net.at.tolist(),
            net.names.accounts(net.source),
            net.names.accounts(net.target),
            net.value.tolist(),
            net.amount.tolist(),
            [net.currencies[each] for each in net.currency],
            [net.channels[each] for each in net.channel],
            strict=True,
        )
    )


def twin(rows: list[Row]) -> list[tuple[Any, ...]]:
    ordered = sorted(rows, key=lambda each: (each["at"], each["transfer"].encode()))
    names = ("source", "target", "value", "amount", "currency", "channel")
    return [
        (
            each["transfer"],
            int((each["at"] - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)),
            *(each[name] or (0 if name == "value" else "") for name in names),
        )
        for each in ordered
    ]


@given(rows_of, st.randoms(use_true_random=False))
def test_the_network_says_what_the_rows_say(rows: list[Row], chance: Any) -> None:
    net = network(table(rows))
    assert told(net) == twin(rows)
    ids = net.names.accounts(range(net.accounts))
    assert ids == sorted({each[end] for each in rows for end in ("source", "target")})
    for number in range(net.accounts):
        out = net.out[net.out_start[number] : net.out_start[number + 1]]
        into = net.into[net.into_start[number] : net.into_start[number + 1]]
        assert out.tolist() == [p for p in range(net.size) if net.source[p] == number]
        assert into.tolist() == [p for p in range(net.size) if net.target[p] == number]

    chance.shuffle(rows)
    again = network(table(rows))
    for name in ("at", "source", "target", "value", "currency", "channel", "bank", "country"):
        assert np.array_equal(getattr(net, name), getattr(again, name))


@given(rows_of)
def test_an_account_is_at_the_bank_that_was_named_last(rows: list[Row]) -> None:
    net = network(table(rows))
    bank = {}
    for each in sorted(rows, key=lambda each: (each["at"], each["transfer"].encode())):
        if each.get("source_bank") is not None:
            bank[each["source"]] = each["source_bank"]
    ids = net.names.accounts(range(net.accounts))
    assert [net.banks[each] for each in net.bank] == [bank.get(each, "") for each in ids]


def test_the_register_goes_before_what_transfers_say() -> None:
    rows = [row("1", source_bank="OLD", source_country="XA"), row("2", 5, target_bank="B2")]
    register = pa.Table.from_pylist(
        [
            {"account": "A", "bank": "NEW", "kind": "charity", "opened": date(2020, 1, 1)},
            {"account": "Z", "bank": "NOBODY"},
        ],
        ACCOUNTS,
    )
    net = network(table(rows), register)
    assert net.names.accounts(range(2)) == ["A", "B"]
    assert [net.banks[each] for each in net.bank] == ["NEW", "B2"]
    assert [net.countries[each] for each in net.country] == ["XA", ""]
    assert [net.kinds[each] for each in net.kind] == ["charity", ""]


def test_no_transfers_at_all() -> None:
    net = network(TRANSFERS.empty_table())
    assert (net.size, net.accounts, net.banks, net.currencies) == (0, 0, ("",), ())


def test_columns_that_may_be_null_may_be_absent() -> None:
    net = network(
        table([row("1")]).select(["transfer", "at", "source", "target", "amount", "currency"])
    )
    assert net.value.tolist() == [0]


def test_a_table_without_amounts_is_refused() -> None:
    with pytest.raises(InputError, match="no column 'amount'"):
        network(table([row("1")]).drop_columns(["amount"]))


def test_of_too_many_channels_the_frequent_ones_are_kept() -> None:
    rows = [row(f"{i:04}", channel=f"word {i % 300}") for i in range(600)]
    rows += [row(f"f{i}", channel="wire") for i in range(9)]
    net = network(table(rows))
    assert len(net.channels) == 255
    assert [net.channels[each] for each in net.channel[-9:]] == ["wire"] * 9
    assert "" in [net.channels[each] for each in net.channel[:600]]


def test_the_arrays_take_less_than_fifty_bytes_a_transfer() -> None:
    net = network(table([row(f"{i}", i) for i in range(2000)]))
    assert bytes_of(net) / net.size < 50


# Shared identifiers


def accounts(*rows: tuple[str | None, str | None, str | None]) -> pa.Table:
    named = [
        {"account": str(at), "identifier": one, "phone": two, "address": three}
        for at, (one, two, three) in enumerate(rows)
    ]
    return pa.Table.from_pylist(named, ACCOUNTS)


def test_accounts_are_joined_through_each_other() -> None:
    found = shared(
        accounts(
            ("ID 1", None, None),
            ("id-1", "555", None),
            (None, "555 ", "5 Main Road"),
            (None, None, "5 main  road"),
            (None, "777", ""),
            (None, None, " "),
        )
    )
    assert found.group.tolist() == [1, 1, 1, 1, 0, 0]


def test_a_placeholder_joins_nobody_and_is_counted() -> None:
    table = accounts(*[("unknown", f"{at // 2}", None) for at in range(6)])
    found = shared(table, most=5)
    assert (found.group.tolist(), found.placeholders) == ([1, 1, 2, 2, 3, 3], 1)


some = st.none() | st.sampled_from("abcdef")


@given(st.lists(st.tuples(some, some, some), max_size=12), st.integers(1, 4))
def test_groups_are_connected_components(rows: list[tuple[str, str, str]], most: int) -> None:
    joined = {at: {at} for at in range(len(rows))}
    for field in range(3):
        for value in "abcdef":
            having = [at for at, each in enumerate(rows) if each[field] == value]
            if len(having) <= most:
                for at in having:
                    whole = joined[at] | joined[having[0]]
                    for each in whole:
                        joined[each] = whole
    group = shared(accounts(*rows), most).group.tolist()
    for one in range(len(rows)):
        assert (group[one] > 0) == (len(joined[one]) > 1)
        same = {at for at in range(len(rows)) if group[at] == group[one] > 0}
        assert same in (set(), joined[one])


@pytest.mark.parametrize("far", [1, 2**61])
def test_times_are_sorted_and_equal_ones_stay(far: int) -> None:
    assert by_time(np.array([far, -far, 0, 0, -far])).tolist() == [1, 4, 2, 3, 0]
    assert by_time(np.zeros(0, np.int64)).tolist() == []
