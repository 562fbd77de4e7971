"""The labelled ledgers as they are split, searched, and judged by what was planted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from bench import ground, unseen
from bench.explained import covered, crossed, explained, planted_in, within
from bench.judged import judged, parts
from bench.ledger_accounts import ends, truths_of
from bench.ledger_quality import real_ledgers
from bench.ledgers import JUDGE, LEARN, Ledger, amlgentex, amlsim, path_of, sandbox, standing
from bench.region_quality import definitions, groups
from bench.report import Outcome, Skip
from bench.searches import Ask, Named, answer, ledger
from taawun.detection.finding import Shape, found
from taawun.ledger.schema import TRANSFERS
from taawun.ledger.window import network
from taawun.sandbox import Plan, make

START = datetime(2026, 1, 1, tzinfo=UTC)


def ten() -> Ledger:
    """Ten transfers a day apart; the fourth to sixth a fan-in p, the last three a cycle q."""
    ends_of = "ab cd ef gz hz iz jk xy yw wx".split()
    rows = [
        {"transfer": f"t{n}", "at": START + timedelta(days=n), "source": two[0], "target": two[1]}
        | {"amount": 100, "value": 100, "currency": "EUR"}
        for n, two in enumerate(ends_of)
    ]
    made = network(pa.Table.from_pylist(rows, schema=TRANSFERS))
    typology = np.array(["", "", "", *["fan_in"] * 3, "", *["cycle"] * 3], object)
    scheme = np.array(["", "", "", *["p"] * 3, "", *["q"] * 3], object)
    nothing = np.full(10, "", object)
    names = made.names.transfers(np.arange(10))
    return Ledger(made, names, typology != "", typology, scheme, nothing, "EUR")


def alert(typology: str, *transfers: int, compatible: tuple[str, ...] = ()) -> Named:
    return Named(typology, compatible, np.array(transfers, np.int32))


def test_labels_are_those_of_the_first_part_and_leave_typologies_unlabelled() -> None:
    told = ten().labels(LEARN)
    assert told["transfer"].to_pylist() == [f"t{n}" for n in range(6)]
    assert told["label"].to_pylist() == [0, 0, 0, 1, 1, 1]
    assert ten().labels(LEARN, ("fan_in",))["label"].to_pylist() == [0, 0, 0]


def test_transfers_of_one_time_are_in_one_part() -> None:
    rows = [
        {"transfer": f"t{n}", "at": START, "source": "a", "target": "b"}
        | {"amount": 1, "value": 1, "currency": "EUR"}
        for n in range(4)
    ]
    made = network(pa.Table.from_pylist(rows, schema=TRANSFERS))
    nothing = np.full(4, "", object)
    alike = Ledger(made, [], np.zeros(4, bool), nothing, nothing, nothing, "EUR")
    assert (alike.place(0.5), alike.place(1.0)) == (0, 4)


def test_a_pattern_is_hit_by_half_of_the_transfers_or_by_five() -> None:
    known = ten()
    assert planted_in(known, alert("fan_in", 2, 3, 4)) == ("p", "fan_in")
    assert planted_in(known, alert("fan_in", 0, 1, 3)) == ("", "")
    assert planted_in(known, alert("stack", 0, 1, 3, 4, 5, 7, 2, 6)) == ("p", "fan_in")
    assert planted_in(known, alert("cycle", 0, 1)) == ("", "")


def test_a_name_is_right_where_it_was_planted_or_is_compatible() -> None:
    alerts = [
        alert("fan_in", 3, 4, 5),
        alert("pass_through", 7, 8, compatible=("cycle",)),
        alert("fan_out", 7, 8, 9),
        alert("fan_out", 0, 1),
    ]
    told = explained(ten(), alerts)
    assert (told.alerts, told.named, told.patterns, told.exact, told.right) == (4, 4, 3, 1, 2)
    assert told.schemes == 2
    columns, rows = crossed(told)
    assert columns == ["planted", "fan_in", "fan_out", "pass_through", "alerts"]
    assert rows == [("cycle", 0, 1, 1, 2), ("fan_in", 1, 0, 0, 1)]


def test_nothing_explained_is_nothing_right() -> None:
    told = explained(ten(), [])
    assert (told.patterns, told.share(told.right)) == (0, 0.0)


def test_alerts_lie_in_the_last_part_with_half_of_their_transfers() -> None:
    late, half, early = alert("cycle", 8, 9), alert("cycle", 7, 8), alert("cycle", 6, 7, 8)
    assert within([early, half, late], ten().place(JUDGE)) == [half, late]
    assert np.flatnonzero(covered(ten(), [late, early])).tolist() == [6, 7, 8, 9]


def test_other_typologies_are_no_false_alarms() -> None:
    known = ten()
    scores = np.linspace(0.1, 1, 10, dtype=np.float32)
    left = unseen.ranked(known, "cycle", scores, share=1.0)
    assert (left.transfers, left.precision, left.recall) == (2, 1.0, 1.0)
    assert unseen.ranked(known, "fan_in", scores).transfers == 0


def test_findings_of_a_name_hold_what_was_planted_so() -> None:
    three = [Shape((3, 4)), Shape((4, 6))]
    searched = [found("fan_in", three, 0), found("cycle", [Shape((0, 5))], 0)]
    assert unseen.found_as(ten(), searched, "fan_in") == pytest.approx(2 / 3)
    assert unseen.found_as(ten(), searched, "cycle") == 0
    assert unseen.found_as(ten(), searched, "listed") == 0


def test_the_parts_do_not_overlap_and_what_was_learned_from_gives_no_threshold() -> None:
    known = ten()
    scores = np.linspace(0, 1, 10, dtype=np.float32)
    middle, last = parts(known, scores)
    assert (len(middle[0]), len(last[0])) == (2, 2)
    assert judged(known, scores, LEARN)[1] == "1.000"
    assert judged(known, scores, JUDGE)[1] == "not judged"


def test_typologies_are_dealt_out_once_each() -> None:
    named = [f"t{n}" for n in range(17)]
    assert sorted(each for group in groups(named) for each in group) == sorted(named)


def test_without_ledgers_it_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TAAWUN_TEST_DATA", str(tmp_path))
    with pytest.raises(Skip, match="TAAWUN_TEST_DATA"):
        path_of("a.parquet")
    there, why = real_ledgers()
    assert not there
    assert "no ledgers" in why


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("region") / "made"
    make(Plan(seed=3, transfers=4_000, days=60, illicit=300), folder, views="none")
    return str(folder)


def test_a_region_keeps_its_truth_in_the_order_of_the_network(region: str) -> None:
    known = sandbox(Path(region))
    assert known.network.size == len(known.truth) == len(known.references)
    assert known.truth.any()
    assert (known.typology[known.truth] != "").all()
    assert (known.typology[~known.truth] == "").all()
    assert set(known.skill[known.truth]) <= {"naive", "careful", "expert"}


def test_leaving_a_definition_out_is_searching_without_it(region: str) -> None:
    """What is done step by step is what `detect` does."""
    from taawun.detection.catalogue import shipped
    from taawun.detection.detect import detect

    known = ledger(region)
    plain = answer(Ask(region))
    searched = unseen.searched(known)
    alerts = unseen.without_definition(known, searched, ["fan_in"])
    codes = [each.code for each in shipped().live() if each.code != "fan_in"]
    fewer = detect(known.network, only=codes)
    assert sum(map(len, searched)) == plain.findings > 0
    for ours, theirs in ((alerts[""], plain.alerts), (alerts["fan_in"], fewer.alerts)):
        assert [each.typology for each in ours] == [each.typology for each in theirs]
        assert [each.transfers.tolist() for each in ours] == [
            each.transfers.tolist() for each in theirs
        ]


def test_every_row_of_definitions_has_all_its_cells(region: str) -> None:
    known, outcome = ledger(region), Outcome("ledger_quality")
    definitions(outcome, known)
    (table,) = outcome.tables
    assert [row[0] for row in table.rows] == known.typologies()
    assert {len(row) for row in table.rows} == {len(table.columns)}


@pytest.mark.skipif(not real_ledgers()[0], reason=real_ledgers()[1] or "labelled ledgers")
class TestLabelledLedgers:
    """What is known of the two files, as the tables say it."""

    def test_amlgentex_keeps_labels_by_reference(self) -> None:
        known = amlgentex()
        assert (known.network.size, int(known.truth.sum())) == (85_427, 1_539)
        assert len(known.typologies()) == 7
        start = known.place(JUDGE)
        assert int(known.truth[start:].sum()) == 181

    def test_accounts_of_amlsim_that_nothing_tells_from_others(self) -> None:
        known = amlsim()
        usual = standing(known)
        truths = truths_of(known, usual)
        assert [int(truth.sum()) for truth in truths.values()] == [1_799, 1_228]
        assert known.truth[~usual].all()
        assert (ends(known, ~usual) == truths["accounts that take part in a pattern"]).all()


def test_the_ledgers_are_looked_for_where_the_variable_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "ledgers").mkdir()
    monkeypatch.setenv("TAAWUN_TEST_DATA", str(tmp_path))
    assert ground.ledger_folder() == tmp_path / "ledgers"
    with pytest.raises(Skip, match=r"no x\.parquet"):
        ground.ledger_folder("x.parquet")
