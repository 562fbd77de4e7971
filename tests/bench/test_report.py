"""Outcomes: what is written is what was measured."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench import ground
from bench.__main__ import BENCHES, results
from bench.ground import data_folder
from bench.newsroom import text
from bench.recall import has_latin, is_latin
from bench.report import Outcome, Skip, load, said, show


def outcome() -> Outcome:
    made = Outcome("pairs")
    made.want("F1", ">= 0.93", "0.950", True)
    made.want("speed", ">= 10 times", "8.0 times", False)
    made.table("at 0.7", ("engine", "F1", "pairs"), [("a|b", 0.95, 2000)], "A note.")
    return made


def test_an_outcome_survives_its_file(tmp_path: Path) -> None:
    path = tmp_path / "outcome.json"
    path.write_text(json.dumps(asdict(outcome())), encoding="utf-8")
    assert load(path) == outcome()


def test_results_say_met_missed_and_skipped() -> None:
    skipped = Outcome("recall", skipped="no list data")
    written = results([outcome(), skipped], datetime(2026, 1, 2, 3, 4, tzinfo=UTC))
    assert "| F1 | >= 0.93 | 0.950 | met |" in written
    assert "| speed | >= 10 times | 8.0 times | **missed** |" in written
    assert "| bench.recall |  | no list data | skipped |" in written
    assert "| a\\|b | 0.950 | 2,000 |" in written
    assert "2026-01-02 03:04 UTC" in written
    assert "`python -m bench.pairs`" in written


def test_an_outcome_can_be_shown(capsys: pytest.CaptureFixture[str]) -> None:
    show(outcome())
    assert "missed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("cell", "shown"), [(0.12345, "0.123"), (1234.56, "1,234.6"), (20000, "20,000"), ("x", "x")]
)
def test_cells_are_written_as_people_read_them(cell: str | int | float, shown: str) -> None:
    assert said(cell) == shown


def test_every_benchmark_has_a_module_with_run() -> None:
    from importlib import import_module

    assert [name for name in BENCHES if not callable(import_module(f"bench.{name}").run)] == []


def test_without_data_a_benchmark_is_skipped_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TAAWUN_TEST_DATA", str(tmp_path))
    with pytest.raises(Skip, match="TAAWUN_TEST_DATA"):
        data_folder()


def test_a_home_is_filled_once_and_a_failed_filling_leaves_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(ground, "KEPT", tmp_path)

    def broken(home: Path) -> None:
        (home / "half").write_text("half")
        raise Skip("broken")

    with pytest.raises(Skip):
        ground.kept_home("full", broken)
    home = ground.kept_home("full", lambda folder: (folder / "done").mkdir())
    assert sorted(path.name for path in home.iterdir()) == ["done"]
    assert ground.kept_home("full", broken) == home


def test_the_news_are_the_same_for_a_seed_and_as_long_as_asked() -> None:
    names = {"Arabic": ["محمد علي"], "Latin": ["Maria Rossi"], "Cyrillic": ["Иван Петров"]}
    assert text(3000, names) == text(3000, names)
    assert 3000 <= len(text(3000, names).encode()) < 3600
    assert "محمد علي" in text(3000, names)


def test_what_is_latin_and_what_is_not() -> None:
    assert is_latin("José Ñandú-Đorđe 3")
    assert not is_latin("Ibrahim (إبراهيم)")
    assert has_latin("Ibrahim (إبراهيم)")
    assert not has_latin("إبراهيم 3")
