"""One question as it is laid out: lookups filled up with dummies, two controls, and all shuffled.

    tokens   what is blinded, in the order of the message
    places   for each lookup where its own tokens are among them
    counted  how many lookups the message counts for

Each lookup takes the terms' number of points, whether its subject has one token or all of them; a
message has no point that is not counted. The controls take a lookup of their own where they are
due, and else the place of dummies, if there are any. The order is drawn anew by the system's
generator for the whole message, so that nothing in it tells which points belong together.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from taawun.cooperation.private.bodies import MOST_LOOKUPS
from taawun.cooperation.private.oprf import POINT, PROOF
from taawun.cooperation.private.terms import Terms
from taawun.errors import Refused

DUMMY = 32
"""Random bytes of a token that stands for nothing."""
CONTROLS = 2
"""The positive and the negative one."""


@dataclass(frozen=True, slots=True)
class QuestionSheet:
    """What only the asker knows of a question. `hit` and `miss` are the controls' places, None
    where the question has none."""

    tokens: tuple[bytes, ...]
    places: tuple[tuple[int, ...], ...]
    counted: int
    hit: int | None = None
    miss: int | None = None


def due(terms: Terms) -> int:
    """How many lookups the controls take where they are due."""
    return -(-CONTROLS // terms.tokens_per_lookup)


def lay_out(
    lookups: Sequence[Sequence[bytes]], terms: Terms, *, control: bool = True
) -> QuestionSheet:
    """Lay out a question. `control`: the controls are due.

    Raises Refused `match.tokens` for a lookup with more tokens than the terms have, or with none;
    ValueError for a message of no lookup or of too many.
    """
    counted = len(lookups) + (due(terms) if control else 0)
    if not 1 <= counted <= MOST_LOOKUPS:
        raise ValueError(f"{counted} lookups; expected 1 to {MOST_LOOKUPS}")
    for tokens in lookups:
        if not 1 <= len(tokens) <= terms.tokens_per_lookup:
            raise Refused("match.tokens", got=str(len(tokens)), most=str(terms.tokens_per_lookup))
    room = counted * terms.tokens_per_lookup - sum(map(len, lookups))
    controls = [[token] for token in terms.check_tokens] if room >= CONTROLS else []
    every = [*lookups, *controls]
    laid = [(row, token) for row, tokens in enumerate(every) for token in tokens]
    dummies = counted * terms.tokens_per_lookup - len(laid)
    laid += [(-1, secrets.token_bytes(DUMMY)) for _ in range(dummies)]
    secrets.SystemRandom().shuffle(laid)
    places: list[list[int]] = [[] for _ in every]
    order: dict[tuple[int, bytes], int] = {}
    for place, each in enumerate(laid):
        order.setdefault(each, place)
    for row, tokens in enumerate(every):
        places[row] = [order[row, token] for token in tokens]
    hit, miss = (row[0] for row in places[-CONTROLS:]) if controls else (None, None)
    return QuestionSheet(
        tuple(token for _, token in laid),
        tuple(tuple(row) for row in places[: len(lookups)]),
        counted,
        hit,
        miss,
    )


def read_off(sheet: QuestionSheet, found: NDArray[np.bool_]) -> list[list[int]]:
    """For each lookup which of its tokens hit, by their place in it. `found` is in the order of
    the message.

    Raises Refused `match.control_hit` where the positive control did not, `match.control_miss`
    where the negative one did: then none of the answers means anything.
    """
    if sheet.hit is not None and not found[sheet.hit]:
        raise Refused("match.control_hit")
    if sheet.miss is not None and found[sheet.miss]:
        raise Refused("match.control_miss")
    return [[at for at, place in enumerate(row) if found[place]] for row in sheet.places]


def stretches(points: int, terms: Terms) -> Iterator[slice]:
    """The points of a message, cut where a new proof begins."""
    for begin in range(0, points, terms.points_per_proof):
        yield slice(begin, min(points, begin + terms.points_per_proof))


def points_in(lookups: int, terms: Terms) -> int:
    """How many points a question of so many lookups has."""
    return lookups * terms.tokens_per_lookup


def check_sizes(terms: Terms, lookups: int, points: bytes, proofs: bytes | None = None) -> None:
    """Whether a question or an answer has the bytes that its lookups take. Raises Refused
    `match.size`."""
    count = points_in(lookups, terms)
    if len(points) != count * POINT:
        raise Refused("match.size", got=str(len(points)), expected=str(count * POINT))
    wanted = len(range(0, count, terms.points_per_proof)) * PROOF
    if proofs is not None and len(proofs) != wanted:
        raise Refused("match.size", got=str(len(proofs)), expected=str(wanted))
