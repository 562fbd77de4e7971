"""Cycles through a transfer: the kernel and its twin, with bounds and without the compiler."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taawun.detection.compiled.rounds import rounds_per_transfer
from taawun.ledger.network import Network
from tests.detection import feature_twins
from tests.detection.behaviour_ledgers import ledgers, thorough
from tests.detection.ledgers import DAY, Row, network, network_of
from tests.detection.test_around import counts_of

widths = st.sampled_from((4, 33, 1_000))


@thorough
@given(
    ledgers(24),
    widths,
    st.integers(0, 9),
    st.integers(3, 7),
    st.sampled_from((2, 4, 50)),
    st.integers(1, 3),
)
def test_kernel_is_its_twin(
    window: Network, width: int, seed: int, length: int, most: int, threads: int
) -> None:
    counts = counts_of(window, seed)
    found = rounds_per_transfer(
        window, width, np.array(counts, np.uint8),
        length=length, most=most, steps=10**9, threads=threads,
    )  # fmt: skip
    assert found.tolist() == feature_twins.rounds(window, width, counts, length, most)


@thorough
@given(ledgers(24), widths, st.integers(1, 40))
def test_bounded_steps_never_invent_a_cycle(window: Network, width: int, steps: int) -> None:
    counts = np.ones(window.size, np.uint8)
    found = rounds_per_transfer(window, width, counts, steps=steps)
    truth = rounds_per_transfer(window, width, counts, steps=10**9)
    assert np.all((found == 0) | ((truth > 0) & (found >= truth)))
    assert np.array_equal(found, rounds_per_transfer(window, width, counts, steps=steps, threads=2))


def of(ledger: Network) -> list[int]:
    return rounds_per_transfer(ledger, 28 * DAY, np.ones(ledger.size, np.uint8)).tolist()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a > b 1 @1d\nb > c 1 @2d\nc > a 1 @3d", [3, 3, 3]),
        ("a > b 1 @1d\nb > c 1 @1d\nc > a 1 @1d", [3, 3, 3]),
        ("a > b 1 @1d\nb > a 1 @2d", [0, 0]),
        ("a > b 1 @1d\nb > c 1 @2d\nc > a 1 @30d", [0, 0, 0]),
        ("a > b 1 @3d\nc > a 1 @2d\nb > c 1 @1d", [3, 3, 3]),
        ("a > b 1 @0\nc > b 1 @1d\nc > a 1 @2d", [0, 0, 0]),
        ("a > a 1 @1d", [0]),
        ("", []),
    ],
)
def test_rounds_in_lines_of_text(text: str, found: list[int]) -> None:
    assert of(network(text)) == found


def test_from_a_hub_and_back() -> None:
    many = 20_000
    rows = [Row("hub", f"a{each}", 1, each) for each in range(many)]
    rows += [Row(f"b{each}", "hub", 1, each) for each in range(many)]
    rows += [Row("a7", "b9000", 1, 100)]
    assert np.bincount(of(network_of(rows))).tolist() == [2 * many - 2, 0, 0, 3]


SAMPLE = """
import numpy as np
from taawun.detection.compiled.around import around_per_transfer
from taawun.detection.compiled.pairs import pair_around
from taawun.detection.compiled.rounds import rounds_per_transfer
from taawun.detection.compiled.wedges import wedges_per_transfer
from tests.detection.ledgers import made

for seed in range(12):
    ledger = made(seed)
    counts = (np.arange(ledger.size) % 7 > 0).astype(np.uint8)
    columns = around_per_transfer(ledger, 86_400, counts)
    columns += wedges_per_transfer(ledger, 86_400, counts, 4)
    columns += [rounds_per_transfer(ledger, 86_400, counts), pair_around(ledger, 86_400)]
    print([column.tolist() for column in columns])
"""


def test_compiled_or_not_is_the_same() -> None:
    root = Path(__file__).parents[2]
    path = os.pathsep.join((str(root / "src"), str(root)))
    said = [
        subprocess.run(
            [sys.executable, "-c", SAMPLE],
            env={**os.environ, "NUMBA_DISABLE_JIT": off, "PYTHONPATH": path},
            capture_output=True, text=True, check=True,
        ).stdout
        for off in ("0", "1")
    ]  # fmt: skip
    assert said[0] == said[1]
    assert "3" in said[0]
