"""How money behaves: the compiled engine finds what the reference engine means, in every window."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taawun.detection.catalogue import shipped
from taawun.detection.compiled.nearness import nearness_per_account
from taawun.detection.finding import Shape, found
from taawun.detection.parameters import Parameters, parameters
from taawun.detection.reference import nearness as meaning
from taawun.detection.typologies import TYPOLOGIES
from taawun.ledger.network import Listed, Network, by_account
from tests.detection.behaviour_ledgers import ledgers, part, thorough
from tests.detection.ledgers import network

SPANS = (0, 3, 30, 200)
TOTALS = (0, 100, 1_000)
SHARES = (0, 150, 500, 1_000)
TOLD: dict[str, dict[str, Sequence[int | tuple[str, ...]]]] = {
    "pass_through": {
        "window": SPANS, "dwell": SPANS, "cut": SHARES, "excess": (0, 20, 500), "total": TOTALS,
        "degree": (1, 3, 50),
    },
    "structuring": {
        "window": SPANS, "below": (100, 500, 1_000), "transfers": (1, 2, 3),
        "total": (0, 1_000, 2_500), "places": (0, 1, 2), "above": (0, 300, 1_000),
        "thresholds": (("EUR=1000",), ("*=10000",), ("XA:EUR=1000", "EUR=10000", "USD=100"), ()),
    },
    "funnel": {
        "window": SPANS, "dwell": SPANS, "small": (1_000, 10**16), "payments": (1, 2),
        "places": (0, 1, 2), "emptied": SHARES, "excess": (0, 20, 500), "degree": (3, 50),
    },
    "dormant": {
        "silence": (1, 3, 20, 100), "past": (1, 10, 50, 300), "before": (1, 2), "window": SPANS,
        "transfers": (1, 3), "total": TOTALS, "times": (1, 5),
    },
    "corridor": {
        "past": (1, 3, 20, 100), "before": (0, 1, 2), "window": SPANS, "transfers": (1, 2),
        "counterparties": (1, 2), "total": TOTALS,
        "countries": (("XA",), ("XA", "XB"), ("XC", "ZZ"), ()),
    },
    "cash_round_trip": {
        "hops": (0, 1, 2, 3), "dwell": SPANS, "near": (0, 500, 900), "degree": (1, 3, 50),
    },
    "cash_pool": {
        "window": SPANS, "dwell": SPANS, "near": (0, 500, 900), "pooled": (0, 300, 700),
        "total": TOTALS, "payers": (1, 2), "degree": (1, 3, 50),
    },
    "shared_counterparties": {
        "window": (2, 3, 30, 200), "common": (1, 2, 3), "share": SHARES, "degree": (2, 3, 5, 50),
    },
    "shared_identifiers": {
        "window": SPANS, "members": (1, 2), "total": TOTALS, "degree": (2, 5, 50),
    },
    "donations": {
        "window": SPANS, "dwell": SPANS, "small": (1_000, 10**16), "donors": (1, 2, 3),
        "abroad": SHARES,
    },
    "nearness": {
        "dwell": SPANS, "degree": (1, 3, 50), "window": SPANS, "ties": (1, 2), "total": TOTALS,
    },
}  # fmt: skip
"""What each typology is told, small enough for small ledgers."""
CODES = tuple(TOLD)


@st.composite
def told(draw: st.DrawFn, code: str) -> Parameters:
    values = {name: draw(st.sampled_from(choices)) for name, choices in TOLD[code].items()}
    return parameters(values)


def by_engine(code: str, window: Network, p: Parameters, threads: int) -> list[Shape]:
    typology = TYPOLOGIES[code]
    more = {"seeds": np.array([0], np.int32)} if typology.seeded else {}
    return list(typology.compiled(window, p, threads, **more).shapes())


def by_meaning(code: str, window: Network, p: Parameters) -> list[Shape]:
    typology = TYPOLOGIES[code]
    more = {"seeds": [0]} if typology.seeded else {}
    shapes = typology.reference(window, p, **more)
    return list(found(code, shapes, len(typology.measures)).shapes())


def test_all_parameters_are_told() -> None:
    told_of = {code: set(values) for code, values in TOLD.items()}
    assert told_of == {code: {each.name for each in TYPOLOGIES[code].parameters} for code in TOLD}


@pytest.mark.parametrize("code", CODES)
@thorough
@given(data=st.data())
def test_compiled_is_the_reference(code: str, data: st.DataObject) -> None:
    window, p = data.draw(ledgers()), data.draw(told(code))
    assert by_engine(code, window, p, data.draw(st.integers(1, 2))) == by_meaning(code, window, p)


@pytest.mark.parametrize("code", CODES)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_part_by_part_is_the_whole(code: str, data: st.DataObject) -> None:
    window, p = data.draw(ledgers()), data.draw(told(code))
    if not window.size:
        return
    start = int(window.at[0])
    first, last = sorted(start + data.draw(st.integers(0, 400)) for _ in range(2))
    reach = TYPOLOGIES[code].reach(p)
    margin, before = part(window, first - reach, last + reach)
    inside = [
        Shape(tuple(each + before for each in shape.transfers), *_rest(shape))
        for shape in by_engine(code, margin, p, 1)
    ]
    assert [each for each in inside if first <= window.at[each.transfers[0]] < last] == [
        each
        for each in by_engine(code, window, p, 1)
        if first <= window.at[each.transfers[0]] < last
    ]


def _rest(shape: Shape) -> tuple[int, int, tuple[int, ...]]:
    return shape.centre, shape.other, shape.measures


@thorough
@given(ledgers(), st.lists(st.integers(0, 1), max_size=2), st.integers(0, 4), st.integers(1, 2))
def test_nearness_of_accounts_is_the_reference(
    window: Network, seeds: list[int], hops: int, threads: int
) -> None:
    near = nearness_per_account(window, seeds, hops, threads=threads).tolist()
    assert near == meaning.nearness_per_account(window, seeds, hops)


def test_nearness_fades_with_distance_and_through_hubs() -> None:
    crowd = ", ".join(f"p{number}" for number in range(50))
    window = network(f"seed > a 100 @0\na > b 100 @1d\nseed > hub 100 @0\n{crowd} > hub 100 @1d")
    near = dict(
        zip(
            window.names.accounts(range(window.accounts)),
            nearness_per_account(window, [0]).tolist(),
            strict=True,
        )
    )
    assert near["seed"] == meaning.WHOLE
    assert near["seed"] > near["a"] > near["b"] > 10 * near["p7"] > 0


def hub(transfers: int) -> Network:
    """Half into one account, half out of it, of and to a thousand others, for a hundred days."""
    at = np.arange(transfers, dtype=np.int64) * (100 * 86_400) // transfers
    other = (np.arange(transfers) * 7 % 1_000 + 1).astype(np.int32)
    coming = np.arange(transfers) % 2 == 0
    source, target = np.where(coming, other, 0), np.where(coming, 0, other)
    source, target = source.astype(np.int32), target.astype(np.int32)
    value = np.full(transfers, 9_500, np.int64)
    out_start, out = by_account(source, 1_001)
    into_start, into = by_account(target, 1_001)
    about = np.arange(1_001) % 3
    return Network(
        at, source, target, value, value, np.zeros(transfers, np.int16),
        (np.arange(transfers) % 3 == 0).astype(np.uint8), about.astype(np.int32),
        about.astype(np.int16), np.zeros(1_001, np.uint8),
        (np.arange(1_001) % 50).astype(np.int32), out_start, out, into_start, into, ("EUR",),
        ("", "cash"), ("", "one", "two"), ("", "IR", "XB"), ("",), Listed([], []),
    )  # fmt: skip


@pytest.mark.parametrize("code", CODES)
def test_a_hub_is_searched_in_a_straight_line(code: str) -> None:
    """Any step for each two of its transfers would not end today."""
    window = hub(200_000)
    p = shipped()[code].parameters
    if code == "structuring":
        p = p.but(thresholds=("EUR=10000",))
    shapes = by_engine(code, window, p, 2)
    assert all(shape.transfers for shape in shapes)


def test_without_the_compiler_the_findings_are_the_same() -> None:
    run = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"),
            *(__file__, "-k", "compiled_is_the_reference or accounts_is_the_reference"),
        ],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1", "TAAWUN_TEST_LEDGERS": "12"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
