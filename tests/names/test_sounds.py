"""The compiled distance of sounds against a plain one, and what its costs must keep to."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taawun.names import sounds
from taawun.names.sounds import (
    BOTH_ABJAD,
    LONGEST,
    ONE_ABJAD,
    SPOKEN,
    arabic_phones,
    latin_phones,
    similarity,
    tables,
)

MODES = (SPOKEN, ONE_ABJAD, BOTH_ABJAD)


def plainly(a: list[int], b: list[int], mode: int) -> float:
    """Similarity as its definition has it: the cheapest way, by recursion."""
    t = tables()

    def alone(side: int, row: list[int], at: int) -> float:
        cost = float(t.gap[mode, side, row[at]])
        if at == 0:
            cost = float(t.edge[0, mode, side, row[at]])
        if at == len(row) - 1:
            cost = max(cost, float(t.edge[1, mode, side, row[at]]))
        return cost

    @cache
    def cheapest(i: int, j: int) -> float:
        if i == 0 and j == 0:
            return 0.0
        ways = []
        if i:
            ways.append(cheapest(i - 1, j) + alone(0, a, i - 1))
        if j:
            ways.append(cheapest(i, j - 1) + alone(1, b, j - 1))
        if i and j:
            ways.append(cheapest(i - 1, j - 1) + float(t.near[a[i - 1], b[j - 1]]))
        return min(ways)

    longer = max(sum(float(t.weight[mode, p]) for p in row) for row in (a, b))
    return max(0.0, 1.0 - cheapest(len(a), len(b)) / longer) if longer > 0 else 0.0


def heard(a: list[int], b: list[int], mode: int, least: float = 0.0) -> float:
    """The same by the kernel."""
    t = tables()
    one, other = np.array(a, dtype=np.uint8), np.array(b, dtype=np.uint8)
    scratch = np.full((2, LONGEST + 1), 7.0, dtype=np.float32)  # whatever was there before
    return float(similarity(one, other, mode, t.near, t.gap, t.edge, t.weight, least, scratch))


phones = st.integers(0, len(tables().codes) - 1)
rows = st.one_of(
    st.lists(phones, max_size=9),
    st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=9).map(
        lambda token: latin_phones(token).tolist()
    ),
    st.text(alphabet="ابتثجحخدذرزسشصضطظعغفقكلمنهويىةءؤئ", min_size=1, max_size=9).map(
        lambda token: arabic_phones(token).tolist()
    ),
)


@settings(max_examples=200, deadline=None)
@given(rows, rows, st.sampled_from(MODES))
def test_the_kernel_is_the_plain_distance(a: list[int], b: list[int], mode: int) -> None:
    assert heard(a, b, mode) == pytest.approx(plainly(a, b, mode), abs=1e-5)


@settings(max_examples=150, deadline=None)
@given(rows, rows, st.sampled_from(MODES), st.floats(0.05, 0.95))
def test_giving_up_early_never_changes_what_is_enough(
    a: list[int], b: list[int], mode: int, least: float
) -> None:
    whole, cut = heard(a, b, mode), heard(a, b, mode, least)
    assert cut in (0.0, whole)
    if whole > least + 1e-5:
        assert cut == whole


@settings(max_examples=100, deadline=None)
@given(rows, rows, st.sampled_from((SPOKEN, BOTH_ABJAD)))
def test_two_rows_of_one_kind_are_heard_alike_from_either_side(
    a: list[int], b: list[int], mode: int
) -> None:
    assert heard(a, b, mode) == pytest.approx(heard(b, a, mode), abs=1e-5)


@settings(max_examples=200, deadline=None)
@given(rows.filter(bool), st.sampled_from(MODES))
def test_a_row_sounds_like_itself(a: list[int], mode: int) -> None:
    if any(tables().weight[mode, phone] > 0 for phone in a):
        assert heard(a, a, mode) == 1.0


def test_rows_as_long_as_can_be_are_heard() -> None:
    long = latin_phones("badakshi" * 30).tolist()
    assert len(long) == LONGEST
    assert heard(long, long, SPOKEN) == 1.0
    assert heard(long, [], SPOKEN) == heard([], [], SPOKEN) == 0.0


def test_costs_are_costs() -> None:
    t = tables()
    assert (t.near == t.near.T).all()
    assert (t.near.diagonal() == 0).all()
    for array in (t.near, t.gap, t.edge, t.weight):
        assert ((array >= 0) & (array <= 1.5)).all()


@pytest.mark.parametrize(
    ("nearer", "further"),
    [
        (("qasim", "kasem"), ("qasim", "tasim")),
        (("shahin", "chahine"), ("shahin", "shahab")),
        (("jamal", "gamal"), ("jamal", "kamal")),
        (("khoury", "khouri"), ("khoury", "khoja")),
    ],
)
def test_what_sounds_nearer_is_nearer(nearer: tuple[str, str], further: tuple[str, str]) -> None:
    def alike(pair: tuple[str, str]) -> float:
        one, other = (latin_phones(token).tolist() for token in pair)
        return heard(one, other, SPOKEN)

    assert alike(nearer) > alike(further)


def test_doubled_consonants_count_once() -> None:
    assert latin_phones("hassan").tolist() == latin_phones("hasan").tolist()
    assert sounds.article().tolist() == [tables().codes["lart"]]


SAMPLE = """
import numpy as np
from taawun.names import compare
from taawun.names.sounds import latin_phones, arabic_phones, similarity, tables
from taawun.screening.kernels import slips

t, scratch = tables(), np.empty((2, 64), dtype=np.float32)
tokens = ["qasim", "kassem", "shcherbakov", "chtcherbakov", "zulfiqar", "x", "jeongeun"]
rows = [*map(latin_phones, tokens), arabic_phones("قاسم"), arabic_phones("ذوالفقار")]
for a in rows:
    for b in rows:
        for mode in (0, 1, 2):
            for least in (0.0, 0.7):
                print(similarity(a, b, mode, t.near, t.gap, t.edge, t.weight, least, scratch))
for a in tokens:
    for b in tokens:
        one, other = (np.frombuffer(token.encode(), dtype=np.uint8) for token in (a, b))
        print(int(slips(one, other, 2)))
for a, b, kind in (
    ("محمد بن سلمان", "Mohammed bin Salman", "person"),
    ("Сергей Щербаков", "Serguei Chtcherbakov", "person"),
    ("شركة النور للتجارة", "Al-Nour Trading", "company"),
):
    print(compare(a, b, kind).score)
"""


def test_compiling_changes_nothing() -> None:
    # plain Python adds up in single precision what the compiled code adds up in double
    compiled, plain = _said(jit=True), _said(jit=False)
    assert len(compiled) > 500
    assert compiled == pytest.approx(plain, abs=1e-6)


def _said(jit: bool) -> list[float]:
    source = Path(sounds.__file__).parents[2]
    env = {**os.environ, "NUMBA_DISABLE_JIT": "0" if jit else "1", "PYTHONPATH": str(source)}
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SAMPLE], env=env, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    return [float(line) for line in run.stdout.split()]
