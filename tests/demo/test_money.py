"""The demonstration's ledger: what a unit sees, is taught and finds; what the truth says of it."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from taawun.demo.money import OWN, PLAN, Brought, HeldToTruth, IntelligenceUnit, Truth, UnitSearch
from taawun.detection.archive import finding_of, findings_of
from taawun.sandbox import Outcome
from taawun.store import open_store

AT = datetime(2026, 10, 2, 8, tzinfo=UTC)


@dataclass
class Told:
    money: IntelligenceUnit
    made: Outcome
    brought: Brought
    found: UnitSearch
    truth: Truth


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Told:
    home: Path = tmp_path_factory.mktemp("unit")
    plan = replace(PLAN, transfers=6_000, days=60, illicit=400)
    money = IntelligenceUnit(open_store(home), home, "officer", plan)
    made, brought = money.make(), money.bring(AT)
    return Told(money, made, brought, money.search(AT), money.judged())


def test_every_message_of_the_unit_and_none_of_others_comes_in(done: Told) -> None:
    assert done.brought.transfers == done.made.views[OWN] < done.made.transfers
    assert all(each.counts.problems == 0 for each in done.brought.files)
    assert all(each.counts.values == each.counts.transfers for each in done.brought.files)


def test_only_the_past_teaches(done: Told) -> None:
    net, found = done.money.network, done.found
    assert found.taught == net.size * 60 // 100
    assert int(net.at[found.taught]) == int(found.since.timestamp())
    past = net.names.transfers(range(found.taught))
    truth = pq.read_table(done.money.region / "truth" / "transfers.parquet")
    known = truth.filter(pc.is_in(truth["transfer"], past_array(past)))
    assert pc.sum(known["label"]).as_py() == found.suspicious > 0


def past_array(names: list[str]) -> object:
    import pyarrow as pa

    return pa.array(names, pa.string())


def test_what_is_found_begins_after_it(done: Told) -> None:
    assert done.found.findings
    assert all(each.first_at >= done.found.since for each in done.found.findings)


def test_findings_are_kept_as_they_were_told(done: Told) -> None:
    home, search = done.money.home, done.found.search
    assert [each.id for each in findings_of(home, search, most=5)] == [
        each.id for each in done.found.findings[:5]
    ]
    assert finding_of(home, search, 1).transfers == done.found.findings[0].transfers


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_the_best_is_drawn(done: Told, lang: str, tmp_path: Path) -> None:
    path = done.money.draw(tmp_path / "best.svg", lang)
    assert ET.parse(path).getroot().tag.endswith("svg")


def test_the_largest_transfer_of_the_best_is_followed(done: Told) -> None:
    seed, shown = done.money.follow()
    assert seed in done.found.findings[0].transfers
    assert shown.trail.total > 0
    assert 0 <= done.money.abroad(shown) <= shown.trail.total


def test_the_truth_counts_what_it_says(done: Told) -> None:
    truth = done.truth
    assert truth.right == sum(
        2 * each.transfers >= len(each.finding.transfers) for each in truth.judged
    )
    assert truth.legs >= truth.elsewhere + truth.dark
    assert all((each.transfers > 0) == bool(each.planted) for each in truth.judged)


def test_half_of_a_finding_is_needed(done: Told) -> None:
    finding = replace(done.found.findings[0], transfers=("a", "b", "c"))
    assert not HeldToTruth(finding, "cycle", 1).right
    assert HeldToTruth(finding, "cycle", 2).right
