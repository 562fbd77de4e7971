"""Every kernel of candidate search against a plain twin over dicts and lists."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from taawun.names.sounds import LONGEST, latin_phones, similarity, tables
from taawun.screening import kernels

quickly = settings(max_examples=70, deadline=None)


def row(text: str) -> Any:
    return np.frombuffer(text.encode(), dtype=np.uint8)


words = st.text(alphabet="abcd", max_size=9)


@quickly
@given(words, words, st.integers(0, 9))
def test_slips_are_optimal_string_alignment(a: str, b: str, most: int) -> None:
    apart = OSA.distance(a, b)
    assert min(kernels.slips(row(a), row(b), most), most + 1) == min(apart, most + 1)


@pytest.mark.parametrize(
    ("a", "b", "slips"),
    [("", "", 0), ("a", "", 1), ("abcd", "abdc", 1), ("ca", "abc", 3), ("kitten", "sitting", 3)],
)
def test_slips_of_known_pairs(a: str, b: str, slips: int) -> None:
    assert kernels.slips(row(a), row(b), 5) == slips


@quickly
@given(
    st.dictionaries(st.integers(0, 12), st.lists(st.integers(0, 15), max_size=5), max_size=8),
    st.lists(st.integers(0, 15), max_size=6, unique=True).map(sorted),
    st.integers(1, 20),
)
def test_rows_of_keys(held: dict[int, list[int]], wanted: list[int], room: int) -> None:
    keys = sorted(held)
    starts = np.cumsum([0, *(len(held[key]) for key in keys)]).astype(np.int64)
    flat = np.array([at for key in keys for at in held[key]], dtype=np.int32)
    seen, out = np.zeros(16, dtype=np.int32), np.full(room, -1, dtype=np.int32)
    expected = list(dict.fromkeys(at for key in wanted for at in held.get(key, ())))
    for stamp in (1, 2):  # the scratch of one call does not disturb the next
        count = kernels.rows_of_keys(
            np.array(wanted, dtype=np.uint64), np.array(keys, dtype=np.uint64), starts, flat,
            seen, stamp, out,
        )  # fmt: skip
        assert out[:count].tolist() == expected[:room]


tokens = st.sampled_from(
    ["qasim", "kassem", "qassim", "kasem", "tasim", "omar", "umar", "x", "jamal", "gamal", "salem"]
)


@quickly
@given(
    st.lists(st.tuples(tokens, st.booleans(), st.booleans()), min_size=1, max_size=6),
    tokens,
    st.booleans(),
    st.booleans(),
    st.sampled_from([0.5, 0.8, 0.95]),
    st.integers(1, 8),
)
def test_sounded(
    held: list[tuple[str, bool, bool]],
    asked: str,
    abjad: bool,
    known: bool,
    least: float,
    room: int,
) -> None:
    """`held` is a vocabulary of (letters, abjad, known), each with one row of sounds."""
    t = tables()
    rows = [latin_phones(token) for token, _, _ in held]
    scratch = np.empty((2, LONGEST + 1), dtype=np.float32)
    letters = [token if not is_abjad else "" for token, is_abjad, _ in held]

    def alike(number: int) -> float:
        their, own = held[number][1], letters[number]
        one, two = latin_phones(asked), rows[number]
        if their and not abjad:
            one, two = two, one
        mode = (2 if abjad else 0) if abjad == their else 1
        found = similarity(one, two, mode, t.near, t.gap, t.edge, t.weight, least, scratch)
        if not abjad and min(len(asked), len(own)) >= 4 and found < 0.97:
            longest = max(len(asked), len(own))
            slips = OSA.distance(asked, own)
            if slips <= (1 if longest < 8 else 2):
                found = max(found, 0.92 if slips <= 1 and slips == 1 else 0.87)
        return float(found)

    expected = [
        (number, alike(number))
        for number, (_, _, is_known) in enumerate(held)
        if not (known and is_known) and alike(number) >= least
    ][:room]
    out_part, out_alike = np.empty(room, dtype=np.int32), np.empty(room, dtype=np.float32)
    count = kernels.sounded(
        latin_phones(asked), row("" if abjad else asked), abjad, known,
        np.arange(len(held), dtype=np.int32), np.arange(len(held), dtype=np.int32),
        np.cumsum([0, *map(len, rows)]).astype(np.int64), np.concatenate(rows),
        np.array([is_abjad for _, is_abjad, _ in held], dtype=np.uint8),
        np.array([is_known for _, _, is_known in held], dtype=np.uint8),
        np.cumsum([0, *map(len, letters)]).astype(np.int64), row("".join(letters)),
        t.near, t.gap, t.edge, t.weight, least, scratch, out_part, out_alike,
    )  # fmt: skip
    assert out_part[:count].tolist() == [number for number, _ in expected]
    assert out_alike[:count] == pytest.approx([how for _, how in expected], abs=1e-5)


NAMES = 6
shares = st.floats(0.25, 1.25).map(lambda x: round(x * 8) / 8)
years = st.sampled_from([(0, 0), (1960, 1960), (1970, 1975), (1962, 1962), (1980, 1980)])


@quickly
@given(
    st.lists(
        st.dictionaries(st.integers(0, NAMES - 1), shares, max_size=4), min_size=3, max_size=6
    ),
    st.lists(
        st.tuples(
            shares,
            st.lists(st.tuples(st.integers(0, 2), st.sampled_from([0.5, 0.75, 1.0])), max_size=4),
        ),
        min_size=1,
        max_size=4,
    ),
    st.lists(st.tuples(st.sampled_from([1, 2, 4, 7]), years), min_size=NAMES, max_size=NAMES),
    st.sampled_from([1, 2, 7]),
    years,
    st.sampled_from([-8.0, -1.0, 0.5]),
    st.integers(1, NAMES),
)
def test_gather(
    held: list[dict[int, float]],
    asked: list[tuple[float, list[tuple[int, float]]]],
    names: list[tuple[int, tuple[int, int]]],
    kinds: int,
    born: tuple[int, int],
    need: float,
    room: int,
) -> None:
    """`held` says for each vocabulary part which names hold it and what it weighs in them."""
    totals = [sum(part.get(name, 0.0) for part in held) + 0.5 for name in range(NAMES)]
    total_asked = sum(weight for weight, _ in asked)
    conflict, telling, common, most, fits, fits_not, other = 1.8, 2.3, 2.0, 1.5, 1.6, 0.9, 0.25

    def odds(name: int) -> float | None:
        agreed, met = 0.0, False
        for weight, meets in asked:
            values = [
                quality * 0.5 * (weight + held[part][name])
                for part, quality in meets
                if name in held[part]
            ]
            met = met or bool(values)
            agreed += max(values, default=0.0)
        if not met or not names[name][0] & kinds:
            return None
        against = min(max(total_asked - agreed, 0.0), max(totals[name] - agreed, 0.0))
        score = 0.97 * agreed / (agreed + conflict * against + 0.001)
        found = math.log(score / (1 - score)) + other
        found -= min(most, common * max(0.0, telling - agreed))
        theirs = names[name][1]
        if born[0] and theirs[0]:
            near = theirs[0] <= born[1] + 1 and born[0] <= theirs[1] + 1
            found += fits if near else -fits_not
        return found

    expected = {name: found for name in range(NAMES) if (found := odds(name)) is not None}
    meets = [pair for _, pairs in asked for pair in pairs]
    acc, best = np.zeros(NAMES, dtype=np.float32), np.zeros(NAMES, dtype=np.float32)
    seen = np.full(NAMES, -1, dtype=np.int32)
    out, score = np.empty(room, dtype=np.int32), np.empty(room, dtype=np.float32)
    count = kernels.gather(
        np.array([part for part, _ in meets], dtype=np.int32),
        np.array([quality for _, quality in meets], dtype=np.float32),
        np.cumsum([0, *(len(pairs) for _, pairs in asked)]).astype(np.int64),
        np.array([weight for weight, _ in asked], dtype=np.float32),
        np.cumsum([0, *map(len, held)]).astype(np.int64),
        np.array([name for part in held for name in part], dtype=np.int32),
        np.array([share for part in held for share in part.values()], dtype=np.float32),
        np.array(totals, dtype=np.float32),
        np.array([group for group, _ in names], dtype=np.uint8),
        np.array([years for _, years in names], dtype=np.int16),
        np.array(
            [
                kinds, total_asked, conflict, telling, common, need,
                *born, fits, fits_not, other, most,
            ],
            dtype=np.float32,
        ),
        acc, best, seen, np.empty(NAMES, dtype=np.int32),
        out, score,
    )  # fmt: skip
    kept = dict(zip(out[:count].tolist(), score[:count].tolist(), strict=True))
    certain = {name for name, value in expected.items() if value > need + 1e-3}
    possible = {name for name, value in expected.items() if value > need - 1e-3}
    assert len(kept) == count
    assert kept.keys() <= possible
    assert certain <= kept.keys() or count == room
    assert all(kept[name] == pytest.approx(expected[name], abs=1e-3) for name in kept)
    assert (seen == -1).all()
    assert (acc == 0).all()
