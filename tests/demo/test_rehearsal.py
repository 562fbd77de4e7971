"""Whatever the demonstration runs compiled was compiled by the rehearsal, for the same arrays."""

from __future__ import annotations

import gc
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numba
import pytest
from numba.core.dispatcher import Dispatcher

from taawun.demo.money import PLAN, IntelligenceUnit
from taawun.demo.rehearsal import SCENES, rehearse
from taawun.demo.story import Story
from taawun.store import open_store

AT = datetime(2026, 10, 2, 8, tzinfo=UTC)


def kernels() -> dict[str, Dispatcher]:
    found = [each for each in gc.get_objects() if isinstance(each, Dispatcher)]
    ours = [each.py_func for each in found]
    named = [f"{each.__module__}.{each.__qualname__}" for each in ours]
    return {
        name: each for name, each in zip(named, found, strict=True) if name.startswith("taawun.")
    }


def met() -> dict[str, set[str]]:
    """The kinds of arguments that each kernel has been called with from Python."""
    return {name: set(map(str, each.signatures)) for name, each in kernels().items()}


@pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="nothing is compiled with the JIT off")
def test_the_demonstration_compiles_nothing_after_it(tmp_path: Path) -> None:
    for scene in SCENES:
        assert rehearse(scene) == scene
    before = met()
    story = Story(open_store(tmp_path / "who"), tmp_path / "who", "officer")
    list(story.bring(AT))
    story.index(AT)
    story.screen(AT)
    story.read("ar")
    story.update(AT)
    home = tmp_path / "money"
    money = IntelligenceUnit(
        open_store(home), home, "officer", replace(PLAN, transfers=6_000, illicit=400), threads=2
    )
    money.make()
    money.bring(AT)
    money.search(AT)
    money.follow()
    new = {name: kinds - before.get(name, set()) for name, kinds in met().items()}
    assert {name: kinds for name, kinds in new.items() if kinds} == {}


def test_every_definition_has_its_scene() -> None:
    from taawun.detection.catalogue import shipped

    assert {f"search.{each.code}" for each in shipped()} <= set(SCENES)
