"""The tests' own footing: the same examples each time, whatever else is imported."""

import sys
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st


def examples() -> list[int]:
    """What a property of ours is tried with."""
    seen = []

    @settings(settings.get_profile("same"), max_examples=400)
    @given(st.integers(10**9, 10**10))
    def looks(number: int) -> None:
        seen.append(number)

    looks()
    return seen


def test_the_examples_do_not_hang_on_what_is_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if settings.get_current_profile_name() != "same":
        pytest.skip("only the profile `same` promises the same examples")
    before = examples()
    module = ModuleType("imported_later")
    module.__file__ = str(tmp_path / "imported_later.py")
    Path(module.__file__).write_text("A, B = 7_340_033_021, 8_340_033_021\n")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    assert examples() == before
