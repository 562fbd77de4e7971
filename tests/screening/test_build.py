"""An index is put in force at once or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from taawun import screening
from taawun.entities.entity import Entity, Value
from taawun.errors import InputError, StoreError
from taawun.screening import build as module
from taawun.screening import index
from taawun.screening.build import KEEP_BUILDS, build
from taawun.screening.record import VERSIONS, built_from
from taawun.screening.screener import CURRENT, INDEX, Screener, folder_in_force
from taawun.screening.subject import Subject
from tests.conftest import AT
from tests.screening.listing import entities, entity, next_at

ONE = [entity("P1: Person: Zubayr Qamhani")]
TWO = [entity("P2: Person: Ermenegildo Tancredi")]


def broken() -> Iterator[Entity]:
    yield from TWO
    raise OSError("the disk is full")


def folders(home: Path) -> list[str]:
    return sorted(path.name for path in (home / INDEX).iterdir() if path.is_dir())


def finds(home: Path, name: str) -> list[str]:
    found = Screener.open(home).screen(Subject((name,), "person"))
    return [hit.entity for hit in found.hits]


def test_what_was_built_is_in_force(tmp_path: Path) -> None:
    folder = build(ONE, tmp_path, next_at(), {"made": "v1"})
    assert folder_in_force(tmp_path) == folder
    assert built_from(folder) == {"made": "v1"}
    assert finds(tmp_path, "Zubayr Qamhani") == ["P1"]
    assert (tmp_path / INDEX).stat().st_mode & 0o077 == 0


def test_a_new_build_takes_the_place_of_the_old(tmp_path: Path) -> None:
    build(ONE, tmp_path, next_at())
    held = Screener.open(tmp_path)
    build(TWO, tmp_path, next_at())
    assert finds(tmp_path, "Zubayr Qamhani") == []
    assert finds(tmp_path, "Ermenegildo Tancredi") == ["P2"]
    assert held.screen(Subject(("Zubayr Qamhani",), "person")).hits


def test_old_builds_are_removed_and_open_ones_go_on(tmp_path: Path) -> None:
    build(ONE, tmp_path, next_at())
    held = Screener.open(tmp_path)
    for _ in range(4):
        build(TWO, tmp_path, next_at())
    assert len(folders(tmp_path)) == KEEP_BUILDS
    assert held.screen(Subject(("Zubayr Qamhani",), "person")).hits
    assert held.entity("P1") == ONE[0]


def test_a_build_that_fails_leaves_the_index_in_force(tmp_path: Path) -> None:
    build(ONE, tmp_path, next_at())
    before = folders(tmp_path), folder_in_force(tmp_path)
    with pytest.raises(OSError, match="the disk is full"):
        build(broken(), tmp_path, next_at())
    with pytest.raises(InputError):
        build([Entity("", "Person")], tmp_path, next_at())
    assert (folders(tmp_path), folder_in_force(tmp_path)) == before
    assert finds(tmp_path, "Zubayr Qamhani") == ["P1"]


@pytest.mark.parametrize("step", ["index.build", "_put_in_force"])
@pytest.mark.parametrize("error", [OSError("full"), KeyboardInterrupt()])
def test_a_build_that_fails_late_leaves_the_index_in_force(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, error: BaseException
) -> None:
    build(ONE, tmp_path, next_at())
    before = folder_in_force(tmp_path)

    def fail(*_: object) -> None:
        raise error

    holder, name = (index, "build") if "." in step else (module, step)
    monkeypatch.setattr(holder, name, fail)
    with pytest.raises(type(error)):
        build(TWO, tmp_path, next_at())
    monkeypatch.undo()
    assert folder_in_force(tmp_path) == before
    assert finds(tmp_path, "Zubayr Qamhani") == ["P1"]
    build(TWO, tmp_path, next_at())
    assert finds(tmp_path, "Ermenegildo Tancredi") == ["P2"]


def test_a_failed_build_at_the_same_time_leaves_the_index_in_force(tmp_path: Path) -> None:
    build(ONE, tmp_path, AT)
    with pytest.raises(OSError, match="full"):
        build(broken(), tmp_path, AT)
    assert finds(tmp_path, "Zubayr Qamhani") == ["P1"]


KILLED = """
import os, sys
from datetime import datetime
from pathlib import Path
from taawun.entities.entity import Entity, Value
from taawun.screening import build, index

def end(*_):
    os._exit(9)

index.build = end
one = Entity("P3", "Person", {"name": (Value("Ermenegildo Tancredi", "made"),)}, ("made",))
build.build([one], Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2]))
"""


def test_a_build_that_was_killed_leaves_the_index_in_force(tmp_path: Path) -> None:
    build(ONE, tmp_path, AT)
    source = Path(screening.__file__).parents[2]
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path), (AT + timedelta(hours=1)).isoformat()],
        env={**os.environ, "PYTHONPATH": str(source)},
        check=False,
    )
    assert killed.returncode == 9
    assert len(folders(tmp_path)) == 2
    assert finds(tmp_path, "Zubayr Qamhani") == ["P1"]
    for hour in (2, 3):
        build(TWO, tmp_path, AT + timedelta(hours=hour))
    assert len(folders(tmp_path)) == KEEP_BUILDS
    assert finds(tmp_path, "Ermenegildo Tancredi") == ["P2"]


def test_a_clock_that_went_back_keeps_what_is_in_force(tmp_path: Path) -> None:
    for days in (9, 8, 7, 1):
        build(ONE, tmp_path, AT + timedelta(days=days))
        assert finds(tmp_path, "Zubayr Qamhani") == ["P1"]


def test_current_is_replaced_at_once(tmp_path: Path) -> None:
    build(ONE, tmp_path, next_at())
    held = (tmp_path / INDEX / CURRENT).open()
    build(TWO, tmp_path, next_at())
    assert held.read() != (tmp_path / INDEX / CURRENT).read_text()
    assert sorted(path.name for path in (tmp_path / INDEX).iterdir() if path.is_file()) == [CURRENT]
    held.close()


@pytest.mark.parametrize("said", [None, b"", b"{"])
def test_what_an_index_was_built_from_must_be_said(tmp_path: Path, said: bytes | None) -> None:
    folder = build(ONE, tmp_path, next_at())
    if said is None:
        (folder / VERSIONS).unlink()
    else:
        (folder / VERSIONS).write_bytes(said)
    with pytest.raises(StoreError, match="what the index was built from"):
        built_from(folder)


def test_every_spelling_of_an_entity_is_indexed_once(tmp_path: Path) -> None:
    twice = Entity(
        "P1",
        "Person",
        {
            "name": (Value("Zubayr  Qamhani", "a"), Value("ZUBAYR QAMHANI", "b")),
            "alias": (Value("زبير القمحاني", "a"), Value("  ", "a"), Value("", "a")),
            "weakAlias": (Value("Zubayr Qamhani", "a"),),
        },
        ("a", "b"),
    )
    build([twice], tmp_path, next_at())
    held = Screener.open(tmp_path).index
    assert [held.text(at) for at in range(held.names)] == ["Zubayr Qamhani", "زبير القمحاني"]


def test_what_is_no_person_company_or_vessel_is_kept_but_not_matched(tmp_path: Path) -> None:
    build(entities(), tmp_path, next_at())
    screener = Screener.open(tmp_path)
    assert screener.entity("A1") is not None
    assert {len(entities()) - 1} == {len(set(screener.index.arrays["name_entity"].tolist()))}


def test_a_very_long_listed_name_is_not_passed_over(tmp_path: Path) -> None:
    long = "Zubayr Qamhani " + "Ermenegildo " * 45
    build([entity(f"P1: Person: {long}")], tmp_path, next_at())
    assert finds(tmp_path, long.strip()) == ["P1"]
