"""Are these two names one name? With a score that can be ranked, and its reasons.

score   0..1; 0.7 and above is a match. The same letters score above any equivalent spelling,
        a rare name above a common one; nothing but the same rare letters comes near 1.
pairs   which part met which, how well, through which step
only    what one side says and the other does not
"""

from __future__ import annotations

import math
from typing import Protocol

from taawun.errors import UsageError
from taawun.names.align import align
from taawun.names.company import align_companies, company
from taawun.names.person import Name, person
from taawun.names.tally import Alignment, Pairing
from taawun.names.weights import Weigh, shipped

MATCH = 0.7
KINDS = ("person", "company", "vessel")
_TELLING = 0.09  # how much of the score depends on how telling the name is
_EQUIVALENT = 0.97  # the most that names not written alike can reach


class Found(Protocol):
    """How two names met, whatever their kind."""

    @property
    def base(self) -> float:
        """0..1 before rarity."""
        ...

    @property
    def told(self) -> float:
        """What the parts that met weigh, by how well they met."""
        ...

    @property
    def alone(self) -> int:
        """How many parts met nothing."""
        ...

    def shown(self) -> Alignment:
        """Which part met which, in words."""
        ...


class Comparison:
    """What came of comparing two names; `score` 0..1, `kind` what they were compared as.

    `told` is what the parts that met weigh together, `alone` how many met nothing. Which part met
    which (`pairs`), what one side says alone (`only_a`, `only_b`) and `notes` (wording codes: order
    turned, parts joined) are put into words when they are first asked for. Not to be changed.
    """

    __slots__ = (
        "_alignment", "_found", "_mirrored", "a", "alone", "b", "kind", "same_letters", "score",
        "told",
    )  # fmt: skip

    def __init__(
        self,
        score: float,
        kind: str,
        a: str,
        b: str,
        same_letters: bool = False,
        found: Found | None = None,
        mirrored: bool = False,
    ) -> None:
        self.score, self.kind, self.a, self.b = score, kind, a, b
        self.same_letters = same_letters
        self.told = found.told if found is not None else 0.0
        self.alone = found.alone if found is not None else 0
        self._found, self._mirrored = found, mirrored
        self._alignment: Alignment | None = None

    def __repr__(self) -> str:
        return f"Comparison({self.score}, {self.kind!r}, {self.a!r}, {self.b!r})"

    @property
    def match(self) -> bool:
        return self.score >= MATCH

    def _shown(self) -> Alignment:
        if self._alignment is None:
            shown = Alignment() if self._found is None else self._found.shown()
            self._alignment = shown.mirrored() if self._mirrored else shown
        return self._alignment

    @property
    def pairs(self) -> tuple[Pairing, ...]:
        """Which part met which, how well, by which step."""
        return self._shown().pairs

    @property
    def only_a(self) -> tuple[str, ...]:
        """What only the first name says."""
        return self._shown().only_a

    @property
    def only_b(self) -> tuple[str, ...]:
        """What only the second name says."""
        return self._shown().only_b

    @property
    def notes(self) -> tuple[str, ...]:
        """Wording codes of what else was seen."""
        return self._shown().notes


def analyse(text: str, kind: str = "person") -> Name:
    """A name taken apart as that of a person, company or vessel. Cached by its text.

    Raises UsageError for another kind, InputError for text too long to be a name.
    """
    if kind == "person" or kind == "":
        return person(text)
    if kind in ("company", "vessel"):
        return company(text, kind)
    raise UsageError(f"kind: got {kind!r}, expected one of {', '.join(KINDS)}")


def compare_names(a: Name, b: Name, weigh: Weigh = shipped) -> Comparison:
    """Compare two names that have been taken apart. Symmetric."""
    met = align if a.kind == "person" else align_companies
    # one order for both directions, so that neither side is favoured
    turned = b.form < a.form or (b.form == a.form and b.text < a.text)
    found: Found | None = met(b, a, weigh) if turned else met(a, b, weigh)
    if found is None:
        return Comparison(0.0, a.kind, a.text, b.text)
    alike = a.letters == b.letters
    base = 1.0 if alike else min(found.base, 1.0) * _EQUIVALENT
    score = round(base * (1 - _TELLING * math.exp(-found.told / 1.3)), 4)
    return Comparison(score, a.kind, a.text, b.text, alike, found, turned)


def compare(a: str, b: str, kind: str = "person", weigh: Weigh = shipped) -> Comparison:
    """Compare two names of persons, companies or vessels, in any scripts.

    `score` is 0..1 and 0.7 or more is a match; the same two names always give the same score, in
    either order. Raises UsageError for an unknown kind, InputError for text that is no name.

    >>> compare("محمد بن سلمان", "Mohammed bin Salman", kind="person").match
    True
    """
    return compare_names(analyse(a, kind), analyse(b, kind), weigh)
