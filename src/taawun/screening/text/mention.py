"""A place in a document where a listed name may stand."""

from __future__ import annotations

from dataclasses import dataclass

from taawun.screening.subject import Feature


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
