"""Records that no table can hold: too little is known of them, or too many are called so.

Nobody hits them, so that whoever made the table must know how many they are, and why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from taawun.cooperation.private.subject import Subject
from taawun.cooperation.private.tokens import tokens_of_question

R = TypeVar("R")
WhyNot = Callable[[R], Sequence[str]]
"""Why a record has no token, in wording codes; importable by name, since other processes call it.
"""
NOTHING, TOO_LONG = "tokens.nothing", "tokens.name_long"


@dataclass(slots=True)
class TableTally:
    """How many records a table was made of, how many of them it does not hold, and why.

    `reasons` counts wording codes; a record may have several. `each` is told every one of them:
    its place among the records, from 0, and its reasons.
    """

    records: int = 0
    unmatched: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    canaries: dict[str, tuple[str, ...]] = field(default_factory=dict)
    each: Callable[[int, tuple[str, ...]], None] | None = None

    def add(self, place: int, why: tuple[str, ...]) -> None:
        """One more that the table does not hold."""
        self.unmatched += 1
        self.reasons.update(why)
        if self.each is not None:
            self.each(place, why)

    def told(self) -> dict[str, object]:
        """What the journal says of it: numbers, and the names of canaries that cannot stand in
        the table."""
        said: dict[str, object] = {"records": self.records, "unmatched": self.unmatched}
        if self.reasons:
            said["reasons"] = dict(sorted(self.reasons.items()))
        if self.canaries:
            said["canaries_unmatched"] = sorted(self.canaries)
        return said


def why_not(subject: Subject, records: int) -> tuple[str, ...]:
    """Why a record has no token among so many records."""
    return tokens_of_question(subject, records).refused or (NOTHING,)
