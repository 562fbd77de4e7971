"""Deadlines, by `deadlines.json`: ours and the independent reading of the page."""

from __future__ import annotations

from typing import Any

import pytest

from taawun.cooperation.clocks.deadlines import ClockName, ClockState
from tests.protocol import independent_clocks
from tests.protocol.read import vectors
from tests.protocol.vectors import clocks

FILE = vectors("deadlines.json")


@pytest.mark.parametrize("case", FILE["cases"], ids=lambda case: case["name"])
def test_the_independent_reader_comes_to_the_same_dates(case: dict[str, Any]) -> None:
    assert independent_clocks.clocks(case, FILE["calendars"]) == case["clocks"]


def test_what_is_kept_is_what_the_code_makes() -> None:
    assert clocks.files()["deadlines.json"] == FILE


def test_every_clock_and_state_is_among_the_vectors() -> None:
    told = [each for case in FILE["cases"] for each in case["clocks"]]
    assert {each["name"] for each in told} == set(ClockName)
    assert {each["state"] for each in told} == set(ClockState)
