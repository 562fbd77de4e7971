"""Positions of references: in memory, in the book, in a part of a network; hashes that meet."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taawun.detection.stream import part_of
from taawun.ledger import whereabouts
from taawun.ledger.network import Listed
from taawun.ledger.whereabouts import Whereabouts
from taawun.ledger.window import network

from .books import START, Ledger
from .test_window import row, table

references = st.lists(st.text("abض", max_size=3), max_size=12)


def twin(kept: list[str], wanted: list[str]) -> list[int]:
    return [kept.index(each) if each in kept else -1 for each in wanted]


@given(references, references, st.integers(0, 12))
def test_the_first_position_of_each(kept: list[str], wanted: list[str], cut: int) -> None:
    assert Listed(kept, []).positions(pa.array(wanted, pa.string())).tolist() == twin(kept, wanted)
    pieces = Whereabouts(pa.chunked_array([wanted], pa.string()))
    pieces.look(pa.array(kept[cut:], pa.string()), np.arange(min(cut, len(kept)), len(kept)))
    pieces.look(pa.array(kept[:cut], pa.string()), np.arange(len(kept[:cut])))
    assert pieces.positions().tolist() == twin(kept, wanted)


@given(references, references)
def test_references_whose_hashes_meet_are_told_apart(kept: list[str], wanted: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(whereabouts, "hashes", lambda column: np.zeros(len(column), np.uint64))
        found = Listed(kept, []).positions(pa.array(wanted, pa.string()))
    assert found.tolist() == twin(kept, wanted)


def test_null_is_nobodys_reference() -> None:
    assert Listed(["a"], []).positions(pa.array([None, "a"])).tolist() == [-1, 0]


@pytest.mark.parametrize("order", [[0, 1, 2, 3], [3, 1, 0, 2]])
def test_a_network_of_rows_in_any_order(order: list[int]) -> None:
    these = [row("d", 4), row("b", 2), row("a", 2), row("c", 9)]
    net = network(table([these[place] for place in order]))
    wanted = ["a", "x", "b", "c", "d"]
    positions = net.names.positions(pa.array(wanted))
    assert positions.tolist() == [0, -1, 1, 3, 2]
    assert net.names.transfers(positions[positions >= 0]) == ["a", "b", "c", "d"]
    assert part_of(net, 1, 3).names.positions(pa.array(wanted)).tolist() == [-1, -1, 0, -1, 1]


def test_a_window_of_the_book(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "home")
    ledger.take("1 0 A>B 100\n2 40 B>C 200\n3 1 C>D 5\nr 2 C>D 5 reversal 3")
    ledger.take("4 0.5 A>B 100\n5 80 B>C 200")
    wanted = pa.array(["1", "2", "3", "4", "5", "r"])
    assert ledger.book.window().names.positions(wanted).tolist() == [0, 2, -1, 1, 3, -1]
    later = ledger.book.window(START.replace(month=2), None)
    assert later.names.positions(wanted).tolist() == [-1, 0, -1, -1, 1, -1]
    assert ledger.book.window(withdrawn=True).names.positions(wanted).tolist() == [
        0,
        3,
        2,
        1,
        4,
        -1,
    ]
