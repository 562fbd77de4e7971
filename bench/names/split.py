"""Which half of the labelled pairs a pair belongs to.

`dev` may be looked at while rules are made; `held` may not. The half depends on the stem of the
pair's id, so that all pairs of one head name stay on one side and nothing leaks across.
"""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Half = Literal["dev", "held"]

PAIRS = Path(__file__).with_name("pairs.csv")
COLUMNS = ("id", "kind", "a", "b", "same", "tier", "culture", "why", "source")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two names and what a careful officer says of them, looking at the names alone.

    `tier` is strong, medium or weak where they are the same name, hard or easy where not.
    """

    id: str
    kind: str
    a: str
    b: str
    same: bool
    tier: str
    culture: str
    why: str
    source: str


def half(pair_id: str) -> Half:
    """The half that the pair with this id belongs to."""
    stem = pair_id.partition("-")[0]
    return "dev" if hashlib.blake2b(stem.encode(), digest_size=1).digest()[0] % 2 else "held"


def read_pairs(path: Path = PAIRS) -> list[Pair]:
    """All labelled pairs, in the order of the file."""
    with path.open(encoding="utf-8", newline="") as file:
        return [_pair(row) for row in csv.DictReader(file)]


def _pair(row: dict[str, str]) -> Pair:
    fields = {name: row[name] for name in COLUMNS if name != "same"}
    return Pair(same=row["same"] == "1", **fields)
