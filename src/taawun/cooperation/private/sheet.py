"""One question as it is laid out: lookups filled up with dummies, two controls, and all shuffled.

    tokens   what is blinded, in the order of the message
    places   for each lookup where its own tokens are among them

Each lookup takes the terms' number of points, whether its subject has one token or all of them.
The controls are lookups like any other. The order is drawn anew by the system's generator for the
whole message, so that nothing in it tells which points belong together.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from taawun.cooperation.private.bodies import CONTROLS, MOST_LOOKUPS
from taawun.cooperation.private.oprf import POINT, PROOF
from taawun.cooperation.private.terms import Terms
from taawun.errors import Refused

DUMMY = 32
"""Random bytes of a token that stands for nothing."""


@dataclass(frozen=True, slots=True)
class QuestionSheet:
    """What only the asker knows of a question. `hit` and `miss` are the controls' places."""

    tokens: tuple[bytes, ...]
    places: tuple[tuple[int, ...], ...]
    hit: int
    miss: int


def lay_out(lookups: Sequence[Sequence[bytes]], terms: Terms) -> QuestionSheet:
    """Lay out a question. Raises Refused `match.tokens` for a lookup with more tokens than the
    terms have, or with none; ValueError for none or too many lookups."""
    if not 1 <= len(lookups) <= MOST_LOOKUPS:
        raise ValueError(f"{len(lookups)} lookups; expected 1 to {MOST_LOOKUPS}")
    for tokens in lookups:
        if not 1 <= len(tokens) <= terms.tokens_per_lookup:
            raise Refused("match.tokens", got=str(len(tokens)), most=str(terms.tokens_per_lookup))
    hit, miss = terms.check_tokens
    every = [*lookups, [hit], [miss]]
    laid = [(row, token) for row, tokens in enumerate(every) for token in tokens]
    dummies = len(every) * terms.tokens_per_lookup - len(laid)
    laid += [(-1, secrets.token_bytes(DUMMY)) for _ in range(dummies)]
    secrets.SystemRandom().shuffle(laid)
    places: list[list[int]] = [[] for _ in every]
    order: dict[tuple[int, bytes], int] = {}
    for place, each in enumerate(laid):
        order.setdefault(each, place)
    for row, tokens in enumerate(every):
        places[row] = [order[row, token] for token in tokens]
    return QuestionSheet(
        tuple(token for _, token in laid),
        tuple(tuple(row) for row in places[:-CONTROLS]),
        places[-2][0],
        places[-1][0],
    )


def read_off(sheet: QuestionSheet, found: NDArray[np.bool_]) -> list[list[int]]:
    """For each lookup which of its tokens hit, by their place in it. `found` is in the order of
    the message.

    Raises Refused `match.control_hit` where the positive control did not, `match.control_miss`
    where the negative one did: then none of the answers means anything.
    """
    if not found[sheet.hit]:
        raise Refused("match.control_hit")
    if found[sheet.miss]:
        raise Refused("match.control_miss")
    return [[at for at, place in enumerate(row) if found[place]] for row in sheet.places]


def stretches(points: int, terms: Terms) -> Iterator[slice]:
    """The points of a message, cut where a new proof begins."""
    for begin in range(0, points, terms.points_per_proof):
        yield slice(begin, min(points, begin + terms.points_per_proof))


def points_in(lookups: int, terms: Terms) -> int:
    """How many points a question of so many lookups has."""
    return (lookups + CONTROLS) * terms.tokens_per_lookup


def check_sizes(terms: Terms, lookups: int, points: bytes, proofs: bytes | None = None) -> None:
    """Whether a question or an answer has the bytes that its lookups take. Raises Refused
    `match.size`."""
    count = points_in(lookups, terms)
    if len(points) != count * POINT:
        raise Refused("match.size", got=str(len(points)), expected=str(count * POINT))
    wanted = len(range(0, count, terms.points_per_proof)) * PROOF
    if proofs is not None and len(proofs) != wanted:
        raise Refused("match.size", got=str(len(proofs)), expected=str(wanted))
