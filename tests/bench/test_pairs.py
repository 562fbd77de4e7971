"""The labelled pairs: enough of them, balanced, each once, and the file is what its sources say."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from bench.names.build import build, key, read_blocks
from bench.names.split import COLUMNS, half, read_pairs

ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]")
TIERS = {True: {"strong", "medium", "weak"}, False: {"hard", "easy"}}
PAIRS = read_pairs()


def test_the_file_is_what_its_sources_say() -> None:
    built = [tuple(row[name] for name in COLUMNS) for row in build()]
    stored = [
        (p.id, p.kind, p.a, p.b, "1" if p.same else "0", p.tier, p.culture, p.why, p.source)
        for p in PAIRS
    ]
    assert stored == built, "run python -m bench.names.build"


def test_there_are_enough_pairs_and_a_third_has_arabic_script() -> None:
    arabic = sum(bool(ARABIC.search(pair.a + pair.b)) for pair in PAIRS)
    assert len(PAIRS) >= 1800
    assert arabic / len(PAIRS) >= 1 / 3


@pytest.mark.parametrize("side", ["dev", "held"])
def test_each_half_is_large_and_balanced(side: str) -> None:
    pairs = [pair for pair in PAIRS if half(pair.id) == side]
    assert len(pairs) >= 0.4 * len(PAIRS)
    assert 0.45 <= sum(pair.same for pair in pairs) / len(pairs) <= 0.55


def test_no_pair_twice_and_no_id_twice() -> None:
    keys = Counter(key({"kind": p.kind, "a": p.a, "b": p.b}) for p in PAIRS)
    assert [pair for pair, count in keys.items() if count > 1] == []
    assert len({pair.id for pair in PAIRS}) == len(PAIRS)


def test_tiers_agree_with_labels_and_every_kind_has_both() -> None:
    assert [pair.id for pair in PAIRS if pair.tier not in TIERS[pair.same]] == []
    kinds = {(pair.kind, pair.same) for pair in PAIRS}
    assert kinds == {(k, s) for k in ("person", "company", "vessel") for s in (True, False)}


def test_every_pair_says_why_and_where_from() -> None:
    assert [p.id for p in PAIRS if not (p.why and p.culture and p.source and p.a and p.b)] == []
    sources = {pair.source.split()[0] for pair in PAIRS}
    assert sources == {"written", "UN", "EU", "UK", "OFAC"}


def test_pairs_of_one_head_stay_in_one_half() -> None:
    heads: dict[str, set[str]] = {}
    for pair in PAIRS:
        if pair.source == "written":
            heads.setdefault(pair.a, set()).add(half(pair.id))
    assert [block.head for block in read_blocks() if len(heads[block.head]) > 1] == []
