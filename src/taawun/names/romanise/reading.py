"""What a romanisation gives: one Latin spelling, the step that made it, and how usual it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

MOST = 6
"""A token has at most this many readings: more would cost time and blur what is equal."""

_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")


@dataclass(frozen=True, slots=True)
class Reading:
    """One Latin spelling of a token. `latin` is a-z only; `step` is a code of the wording
    catalogue (`cyrl.passport`); `cost` runs from 0.0, the usual spelling, to 0.15, a rare one.
    """

    latin: str
    step: str
    cost: float


def best(readings: Iterable[Reading]) -> tuple[Reading, ...]:
    """At most `MOST` readings, cheapest first, each spelling once and none empty."""
    seen: set[str] = set()
    kept: list[Reading] = []
    for reading in sorted(readings, key=_cost):
        if reading.latin and reading.latin not in seen:
            seen.add(reading.latin)
            kept.append(reading)
            if len(kept) == MOST:
                break
    return tuple(kept)


def only_letters(text: str) -> str:
    """`text` without anything but a-z."""
    if text.isascii() and text.isalpha() and text.islower():
        return text
    return "".join(letter for letter in text.lower() if letter in _LETTERS)


def _cost(reading: Reading) -> float:
    return reading.cost
