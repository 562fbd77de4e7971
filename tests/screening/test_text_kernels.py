"""The compiled passes over text do what the same plain Python, and a naive twin, do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import defaultdict
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from taawun.names.fold import fold_arabic, fold_latin
from taawun.screening.text import kernels, passes
from taawun.screening.text.alphabet import NUMBER, UNSPACED, alphabet
from taawun.screening.text.phrasebook import Words
from taawun.screening.text.wordbook import Table, hashes

LETTERS = "abcÀşßœИйЁї محمدةىأؤءلله" + "\u064e\u200d’'-.\n,،؛ 3٣中文金"
SAMPLE = "Иван d'Arc, al-Wazzan. ولظاهر الوزّان (1968)\n\n中国 Kim Jong-un’s"


def words_of(text: str) -> list[tuple[int, int, str]]:
    """The words of a text, slowly: places and the letters that count."""
    letters = alphabet()
    found: list[tuple[int, int, str]] = []
    words = Words(text)
    for at in range(words.count):
        start, end = int(words.starts[at]), int(words.ends[at])
        raw = text[start:end]
        found.append((start, end, "".join(c for c in raw if letters.kind[ord(c)] == 1)))
    return found


@given(text=st.text(LETTERS, max_size=60))
def test_words_cover_every_letter_once_and_nothing_else_at_their_edges(text: str) -> None:
    kind = alphabet().kind
    covered = [False] * len(text)
    last = 0
    for start, end, inside in words_of(text):
        assert last <= start < end <= len(text)
        assert kind[ord(text[start])] == kind[ord(text[end - 1])] == 1
        assert inside
        covered[start:end] = [True] * (end - start)
        last = end
    letters = [kind[ord(c)] == 1 for c in text]
    assert all(inside or not letter for inside, letter in zip(covered, letters, strict=True))


@given(word=st.text("abcdéşßœĞİ", min_size=1, max_size=12))
def test_latin_words_hash_as_their_folded_form(word: str) -> None:
    _same_hash(word, "latn", fold_latin(word))


@given(word=st.text("محمدةىأؤئإآلكهگیکەۆ" + "\u064e\u0651ـ", min_size=1, max_size=12))
def test_arabic_words_hash_as_their_folded_form(word: str) -> None:
    _same_hash(word, "arab", fold_arabic(word))


def _same_hash(word: str, script: str, folded: str) -> None:
    words = Words(word)
    if words.count != 1 or not folded or words.scripts[0] != NUMBER[script]:
        return
    assert int(words.hashes[0]) == int(hashes([(NUMBER[script], folded)])[0])


@given(keys=st.lists(st.integers(1, 2**64 - 1), unique=True, max_size=200))
def test_the_table_is_a_dictionary(keys: list[int]) -> None:
    table = Table(4)
    table.grown(len(keys))
    for number, key in enumerate(keys):
        kernels.insert(table.keys, table.numbers, np.uint64(key), number)
    table.grown(4 * len(keys) + 40)
    naive = {key: number for number, key in enumerate(keys)}
    for key in [*keys, 12345]:
        assert kernels.number_of(table.keys, table.numbers, np.uint64(key)) == naive.get(key, -1)


Posting = list[tuple[int, float]]


@settings(deadline=None)
@given(
    postings=st.lists(
        st.lists(
            st.tuples(st.integers(0, 7), st.floats(0.4, 1.3)), max_size=4, unique_by=lambda p: p[0]
        ),
        min_size=1, max_size=6,
    ),
    slots=st.lists(st.lists(st.integers(0, 5), max_size=3, unique=True), min_size=1, max_size=4),
)  # fmt: skip
def test_gathering_is_adding_up(postings: list[Posting], slots: list[list[int]]) -> None:
    slots = [[part for part in slot if part < len(postings)] for slot in slots]
    total = np.full(8, 2.0, np.float32)
    best: dict[int, dict[int, float]] = defaultdict(dict)
    for slot, parts in enumerate(slots):
        for part in parts:
            for name, share in postings[part]:
                value = 0.9 * min(share, 1.1)
                best[name][slot] = max(best[name].get(slot, 0.0), value)
    wanted = {
        name: sum(held.values())
        for name, held in best.items()
        if len(held) >= 2 or sum(held.values()) >= 0.72 * 2.0
    }
    assert _gathered(postings, slots, total) == {
        name: round(value, 3) for name, value in wanted.items()
    }


def _gathered(postings: list[Posting], slots: list[list[int]], total: Any) -> dict[int, float]:
    starts = np.concatenate([[0], np.cumsum([len(held) for held in postings])]).astype(np.int64)
    names = np.array([name for held in postings for name, _ in held], np.int32)
    shares = np.array([share for held in postings for _, share in held], np.float32)
    first = np.concatenate([[0], np.cumsum([len(slot) for slot in slots])]).astype(np.int64)
    parts = np.array([part for slot in slots for part in slot], np.int32)
    acc, best = np.zeros(8, np.float32), np.zeros(8, np.float32)
    seen, hits = np.full(8, -1, np.int32), np.zeros(8, np.int32)
    touched, out, score = np.empty(8, np.int32), np.empty(8, np.int32), np.empty(8, np.float32)
    count = passes.gather(
        np.arange(len(slots), dtype=np.int32), np.full(len(slots), 1.1, np.float32), first, parts,
        np.full(len(parts), 0.9, np.float32), np.zeros(len(parts), np.uint8), starts, names, shares,
        total, 0.72, acc, best, seen, hits, touched, out, score,
    )  # fmt: skip
    assert (seen == -1).all()
    assert (acc == 0).all()
    found = {}
    for name, value in zip(out[:count].tolist(), score[:count].tolist(), strict=True):
        # value = acc - 0.12 * max(total - acc, 0)
        acc_ = (value + 0.12 * 2.0) / 1.12
        found[name] = round(acc_ if acc_ <= 2.0 else value, 3)
    return found


def _columns(text: str) -> list[list[int]]:
    words = Words(text)
    columns = (
        words.starts,
        words.ends,
        words.hashes,
        words.idents,
        words.scripts,
        words.written,
        words.gaps,
    )
    return [[int(value) for value in column[: words.count]] for column in columns]


PROGRAM = """
import json, sys, warnings
warnings.simplefilter("ignore")
from tests.screening.test_text_kernels import SAMPLE, _columns
print(json.dumps(_columns(SAMPLE)))
"""


def test_compiling_changes_nothing() -> None:
    env = {
        **os.environ,
        "NUMBA_DISABLE_JIT": "1",
        "PYTHONPATH": os.pathsep.join(p for p in sys.path if p),
    }
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=env, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout) == _columns(SAMPLE)


def test_scripts_without_spaces_are_words_by_themselves() -> None:
    words = Words("在Rosneft公司")
    assert [int(s) in UNSPACED for s in words.scripts[: words.count]] == [True, False, True]
