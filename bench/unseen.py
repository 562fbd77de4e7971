"""What is found of a typology that nobody has labelled, or that the catalogue does not define.

labels(ledger, typology, answer)        transfers of one typology among the ordinary ones
without_definition(ledger, found, …)    alerts with one definition taken out of the catalogue
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from bench.explained import covered
from bench.ledgers import JUDGE, Ledger
from bench.ranking import Truth, among_first, average_precision
from bench.searches import Named
from taawun.detection.finding import Found
from taawun.jit import F32

SHARE = 0.05
"""The part of the transfers, highest scores first, among which a typology is looked for."""


@dataclass(frozen=True, slots=True)
class Left:
    """How one typology ranks in the last part: its transfers, average precision, recall."""

    transfers: int
    precision: float
    recall: float


def ranked(ledger: Ledger, typology: str, scores: F32, share: float = SHARE) -> Left:
    """The transfers of a typology in the last part against ordinary ones.

    Those of others are left out: they are neither found nor false alarms. Recall is among the
    first `share` of all transfers of that part.
    """
    start = ledger.place(JUDGE)
    truth, scores = ledger.truth[start:], scores[start:]
    own = (ledger.typology[start:] == typology) & truth
    kept = own | ~truth
    _, recall = among_first(own, scores, int(share * len(scores)))
    return Left(int(own.sum()), average_precision(own[kept], scores[kept]), recall)


def searched(ledger: Ledger) -> list[Found]:
    """What the catalogue finds, before anything is ranked."""
    from taawun.detection.engine import search

    return search(ledger.network)


def found_as(ledger: Ledger, found: Sequence[Found], typology: str) -> float:
    """The share of a typology's planted transfers that are in findings called so, however ranked;
    0 where the catalogue has no definition of that name."""
    own = ledger.truth & (ledger.typology == typology)
    inside = np.zeros(ledger.network.size, bool)
    for each in found:
        if each.typology == typology:
            inside[each.transfers] = True
    return float(inside[own].mean()) if own.any() else 0.0


def without_definition(
    ledger: Ledger, found: Sequence[Found], codes: Iterable[str]
) -> dict[str, tuple[Named, ...]]:
    """The alerts with each definition left out in turn; "" with all of them.

    What `detect` does without labels, step by step, so that what does not change is done once.
    """
    from taawun.detection.alerts import joined
    from taawun.detection.catalogue import shipped
    from taawun.detection.detect import UNUSUAL
    from taawun.detection.features import features
    from taawun.detection.score import COLUMNS, unlabelled

    columns = features(ledger.network, wanted=COLUMNS)
    compatible = {each.code: tuple(each.compatible) for each in shipped()}
    alerts = {}
    for code in ("", *codes):
        kept = [each for each in found if each.typology != code]
        scores = unlabelled(ledger.network, columns, kept).transfer
        left = joined(kept, scores, UNUSUAL).alerts
        alerts[code] = tuple(
            Named(each.typology, compatible[each.typology], each.transfers) for each in left
        )
    return alerts


def reached(ledger: Ledger, which: Truth, alerts: Sequence[Named]) -> float:
    """The share of some planted transfers that these alerts hold."""
    return float(covered(ledger, alerts)[which].mean()) if which.any() else 0.0
