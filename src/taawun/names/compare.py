"""Are these two names one name? With a score that can be ranked, and its reasons.

    score   0..1; 0.7 and above is a match. The same letters score above any equivalent spelling,
            a rare name above a common one; nothing but the same rare letters comes near 1.
    pairs   which part met which, how well, through which step
    only    what one side says and the other does not
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from taawun.errors import UsageError
from taawun.names.align import Alignment, Pairing, align, mirrored
from taawun.names.clean import clean
from taawun.names.company import align_companies, company
from taawun.names.person import Name, person
from taawun.names.weights import Weigh, shipped

MATCH = 0.7
KINDS = ("person", "company", "vessel")
_TELLING = 0.09  # how much of the score depends on how telling the name is
_EQUIVALENT = 0.97  # the most that names not written alike can reach


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of comparing two names; `score` 0..1, `kind` what they were compared as.

    `notes` are wording codes: order turned, parts joined, a script that cannot be bridged.
    """

    score: float
    kind: str
    a: str
    b: str
    pairs: tuple[Pairing, ...]
    only_a: tuple[str, ...]
    only_b: tuple[str, ...]
    notes: tuple[str, ...]
    same_letters: bool = False

    @property
    def match(self) -> bool:
        return self.score >= MATCH


def analyse(text: str, kind: str = "person") -> Name:
    """A name taken apart as that of a person, company or vessel. Cached by its text.

    Raises UsageError for another kind, InputError for text too long to be a name.
    """
    if kind == "person" or kind == "":
        return person(text)
    if kind in ("company", "vessel"):
        return company(text, kind)
    raise UsageError(f"kind: got {kind!r}, expected one of {', '.join(KINDS)}")


@lru_cache(maxsize=65_536)
def _letters(text: str) -> str:
    """Two names with the same letters in the same order are written alike."""
    return "".join(c for c in clean(text).casefold() if c.isalnum())


def compare_names(a: Name, b: Name, weigh: Weigh = shipped) -> Comparison:
    """Compare two names that have been taken apart. Symmetric."""
    met = align if a.kind == "person" else align_companies
    # one order for both directions, so that neither side is favoured
    if (b.form, b.text) < (a.form, a.text):
        found = mirrored(met(b, a, weigh))
    else:
        found = met(a, b, weigh)
    alike = _letters(a.text) == _letters(b.text)
    return Comparison(
        score=_score(alike, found),
        kind=a.kind,
        a=a.text,
        b=b.text,
        pairs=found.pairs,
        only_a=found.only_a,
        only_b=found.only_b,
        notes=found.notes,
        same_letters=alike,
    )


def _score(alike: bool, found: Alignment) -> float:
    if not found.pairs:
        return 0.0
    telling = 1 - math.exp(-sum(p.weight * p.quality for p in found.pairs) / 1.3)
    base = 1.0 if alike else min(found.base, 1.0) * _EQUIVALENT
    return round(base * (1 - _TELLING * (1 - telling)), 4)


def compare(a: str, b: str, kind: str = "person", weigh: Weigh = shipped) -> Comparison:
    """Compare two names of persons, companies or vessels, in any scripts.

    `score` is 0..1 and 0.7 or more is a match; the same two names always give the same score, in
    either order. Raises UsageError for an unknown kind, InputError for text that is no name.

    >>> compare("محمد بن سلمان", "Mohammed bin Salman", kind="person").match
    True
    """
    return compare_names(analyse(a, kind), analyse(b, kind), weigh)
