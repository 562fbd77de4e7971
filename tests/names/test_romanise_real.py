"""Every part of a Cyrillic, Georgian or Greek name on the UK list reads as a part of its Latin."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from anyascii import anyascii
from rapidfuzz.distance import Levenshtein

from taawun.names.romanise import readings, script_of

_BREAKS = re.compile(r"[^\w'’]+")


def people(path: Path) -> Iterator[tuple[set[str], set[str]]]:
    """The Latin parts and the other parts of each person of the list."""
    parts: dict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    with path.open(encoding="utf-8-sig", newline="") as file:
        next(file)
        for row in csv.DictReader(file):
            if row["Designation Type"] != "Individual":
                continue
            latin, other = parts[row["Unique ID"]]
            names = " ".join(row[f"Name {place}"] for place in range(1, 7))
            latin.update(filter(None, _BREAKS.split(anyascii(names).lower())))
            other.update(filter(None, _BREAKS.split(row["Name non-latin script"])))
    return iter(parts.values())


@pytest.mark.parametrize(("script", "share"), [("cyrl", 0.97), ("geor", 1.0)])
def test_parts_on_the_uk_list_are_bridged(real_data: Path, script: str, share: float) -> None:
    asked = met = 0
    for latin, other in people(real_data / "lists" / "uk_sanctions_list_2026-08-22.csv"):
        for part in (one for one in other if len(one) > 2 and script_of(one) == script):
            asked += 1
            met += any(
                Levenshtein.normalized_distance(reading.latin, spelling, score_cutoff=0.25) <= 0.25
                for reading in readings(part, script)
                for spelling in latin
            )
    assert asked >= 20
    assert met >= share * asked, (met, asked)
