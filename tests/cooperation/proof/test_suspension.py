"""A suspension on three real nodes over HTTP: both directions refused, nobody else troubled."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from bench.suspension import ONE, OTHER, THIRD, WAITING, course


def test_a_suspension_stops_its_pair_alone_and_loses_nothing(tmp_path: Path) -> None:
    found = course(tmp_path)
    grounds = {pair: set(said) for pair, said in found.grounds.items()}
    assert grounds.pop((ONE, OTHER)) == {"", "permit.suspended"}
    assert grounds.pop((OTHER, ONE)) == {"", "permit.suspended"}
    assert set.union(*grounds.values()) == {""}, "another pair was refused something"
    assert len(found.withheld) >= WAITING
    arrived = sum((Counter(got) for got in found.arrived.values()), Counter[str]())
    assert set(arrived.values()) == {1}, "a message took effect twice"
    placed = {id for ids in found.placed.values() for id in ids}
    assert placed - set(arrived) == set(found.turned_down), "a message was lost"
    assert set(found.withheld) <= set(arrived)
    assert not {id for pair in grounds for id in found.placed[pair]} & set(found.turned_down)
    assert THIRD in found.arrived
    assert found.whole
