"""Whom the officer asks about, and what an answer looks like.

A `Subject` is the question: names and whatever else is known. A `Hit` is one listed entity that
may be the subject, with the `Feature`s that moved its score. A `Screening` is the whole answer,
which says itself whether it is complete. All of them are values; wording happens at the edge.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

MATCH_THRESHOLD = 0.7
CUTOFF = 0.1


@dataclass(frozen=True, slots=True)
class Subject:
    """The question. `kind` is person, company, vessel or "" for any of them.

    Dates are ISO and as partial as they are known; countries ISO 3166 alpha-2 in lower case;
    gender male, female or "". What is empty is unknown and counts neither way.
    """

    names: tuple[str, ...]
    kind: str = ""
    birth_dates: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    gender: str = ""
    identifiers: tuple[str, ...] = ()
    positions: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Feature:
    """One piece of evidence: a wording code, its parameters, and by how much it moved the score.

    `points` is added to the name's score: positive for, negative against, 0 for what was looked
    at and said nothing (an unknown is code `….unknown` with 0 points). `query` and `candidate`
    are the two values that were compared.
    """

    code: str
    points: float
    query: str = ""
    candidate: str = ""
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hit:
    """A listed entity that may be the subject. `score` is 0..1, `match` is score >= threshold."""

    entity: str
    dataset: str
    schema: str
    caption: str
    score: float
    match: bool
    features: tuple[Feature, ...] = ()


@dataclass(frozen=True, slots=True)
class Screening:
    """The answer: hits best first, how many candidates were compared, and whether all were.

    `complete` is False when the time budget ran out before every candidate was compared. An
    incomplete answer without hits is not a clear.
    """

    hits: tuple[Hit, ...]
    candidates: int
    complete: bool = True
