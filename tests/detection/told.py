"""What the graph typologies are told in tests: numbers for small ledgers, at random."""

from __future__ import annotations

import numpy as np

from taawun.detection.parameters import Parameters, parameters
from tests.detection.ledgers import DAY, HOUR

CODES = (
    *("fan_in", "fan_out", "gather_scatter", "scatter_gather", "cycle", "bipartite"),
    "stack",
)


def told(code: str, seed: int) -> Parameters:
    """Parameters of a graph typology, the same for the same seed."""
    dice = np.random.default_rng(seed)
    few, some = (int(dice.integers(1, most + 1)) for most in (3, 3))
    numbers = {
        "window": int(dice.choice([2, 12, 24, 48])) * HOUR,
        "degree": int(dice.choice([2, 4, 8])),
        "total": int(dice.choice([0, 0, 200])),
        "kept": int(dice.choice([0, 900])),
        "grown": int(dice.choice([1_100, 1_000_000])),
        "least": int(dice.integers(2, 4)),
        "most": int(dice.integers(3, 7)),
        "counterparties": few,
        "middles": few,
        "sources": min(few, 2) if code == "stack" else few,
        "targets": min(some, 2) if code == "stack" else some,
        "shared": int(dice.integers(1, 3)),
    }
    return parameters({name: numbers[name] for name in NAMES[code]})


NAMES = {
    "fan_in": ("window", "counterparties", "total"),
    "fan_out": ("window", "counterparties", "total"),
    "gather_scatter": ("window", "counterparties"),
    "scatter_gather": ("window", "middles", "degree"),
    "cycle": ("window", "least", "most", "degree", "kept", "grown"),
    "bipartite": ("window", "sources", "targets", "degree"),
    "stack": ("window", "sources", "middles", "targets", "shared", "degree"),
}


def week(code: str, **numbers: int) -> Parameters:
    """Parameters of a typology with a window of a week, the other numbers as given."""
    return parameters({"window": 7 * DAY, **numbers})
