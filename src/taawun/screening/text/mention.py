"""A place in a document where a listed name may stand."""

from __future__ import annotations

from dataclasses import dataclass

from taawun.screening.subject import Feature

MOST_EACH = 5  # entities that are given for one place


@dataclass(frozen=True, slots=True)
class Asked:
    """What the caller wants: a kind or "", the score of a match, and what is not shown."""

    kind: str
    threshold: float
    cutoff: float


@dataclass(frozen=True, slots=True)
class Mention:
    """`text` is what stands in the document from `start` to `end` (str indices).

    `entity` may be meant, by `score` 0..1; `match` is score >= threshold. Several mentions with
    the same place are namesakes on the lists, best first.
    """

    start: int
    end: int
    text: str
    entity: str
    dataset: str
    schema: str
    caption: str
    score: float
    match: bool
    features: tuple[Feature, ...] = ()


Row = tuple[int, int, list[tuple[float, Mention]]]
"""A place in a block and who may be meant there, best first, with the scores."""


def with_feature(made: Mention, feature: Feature, first: bool = False) -> Mention:
    """The same with one more piece of evidence."""
    features = (feature, *made.features) if first else (*made.features, feature)
    return Mention(
        made.start, made.end, made.text, made.entity, made.dataset, made.schema, made.caption,
        made.score, made.match, features,
    )  # fmt: skip


def placed(
    made: Mention, start: int, end: int, text: str, score: float, threshold: float
) -> Mention:
    """The same at its place in the document."""
    return Mention(
        start, end, text, made.entity, made.dataset, made.schema, made.caption, score,
        score >= threshold, made.features,
    )  # fmt: skip


def longest(taken: list[Row]) -> list[Row]:
    """Of mentions that overlap, one: that which scores more, and of equals the longer.

    The same place found in two ways is one place with all that was found.
    """
    merged: dict[tuple[int, int], dict[str, tuple[float, Mention]]] = {}
    for start, end, mentions in taken:
        held = merged.setdefault((start, end), {})
        for score, made in mentions:
            if made.entity not in held or score > held[made.entity][0]:
                held[made.entity] = (score, made)
    rows = [
        (start, end, sorted(held.values(), key=lambda row: (-row[0], row[1].entity))[:MOST_EACH])
        for (start, end), held in merged.items()
    ]
    rows.sort(key=lambda row: (-(row[2][0][0] + 0.004 * (row[1] - row[0])), row[0]))
    out: list[Row] = []
    cells: dict[int, list[tuple[int, int]]] = {}
    for start, end, mentions in rows:
        own = range(start // 64, (end - 1) // 64 + 1)
        if any(s < end and start < e for cell in own for s, e in cells.get(cell, ())):
            continue
        for cell in own:
            cells.setdefault(cell, []).append((start, end))
        out.append((start, end, mentions))
    return out
