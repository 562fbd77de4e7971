"""Whether an alert is called what was planted there.

An alert hits a pattern where half of its transfers, or at least five, were planted. The planted
typology is that of the pattern which most of them belong to. The name is right where it is the
planted one, or one of the names by which the catalogue says such a place may be called too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench.ledgers import Ledger
from bench.searches import Named

ENOUGH = 5
FIRST = 100


@dataclass(frozen=True, slots=True)
class Explained:
    """What is said of some alerts: how many there are and are named, how many patterns they hit.

    `hits` is the typology planted and the one named, for each that hits a pattern; in `exact` of
    them the same, in `right` the same or compatible.
    """

    alerts: int
    named: int
    schemes: int
    hits: tuple[tuple[str, str], ...]
    exact: int
    right: int

    @property
    def patterns(self) -> int:
        return len(self.hits)

    def share(self, count: int) -> float:
        """Of the alerts that hit a pattern."""
        return count / len(self.hits) if self.hits else 0.0


def explained(ledger: Ledger, alerts: Sequence[Named]) -> Explained:
    """Judges some alerts."""
    planted = [(*planted_in(ledger, alert), alert) for alert in alerts]
    hits = [(typology, alert) for _, typology, alert in planted if typology]
    return Explained(
        len(alerts),
        sum(bool(alert.typology) for alert in alerts),
        len({scheme for scheme, typology, _ in planted if typology}),
        tuple((typology, alert.typology) for typology, alert in hits),
        sum(typology == alert.typology for typology, alert in hits),
        sum(alert.fits(typology) for typology, alert in hits),
    )


def planted_in(ledger: Ledger, alert: Named) -> tuple[str, str]:
    """The pattern that an alert hits, and its typology; twice "" where it hits none."""
    at = alert.transfers
    labelled = at[ledger.truth[at]]
    if not len(labelled) or (2 * len(labelled) < len(at) and len(labelled) < ENOUGH):
        return "", ""
    patterns = Counter(zip(ledger.scheme[labelled], ledger.typology[labelled], strict=True))
    scheme, typology = patterns.most_common(1)[0][0]
    return str(scheme), str(typology)


def within(alerts: Sequence[Named], start: int) -> list[Named]:
    """The alerts at least half of whose transfers lie at this position or behind it."""
    return [each for each in alerts if 2 * (each.transfers >= start).sum() >= len(each.transfers)]


def crossed(told: Explained) -> tuple[list[str], list[tuple[str | int, ...]]]:
    """Planted by named: columns, and a row for each planted typology."""
    named = sorted({name for _, name in told.hits})
    rows: list[tuple[str | int, ...]] = []
    for planted in sorted({planted for planted, _ in told.hits}):
        counts = Counter(name for each, name in told.hits if each == planted)
        rows.append((planted, *(counts.get(name, 0) for name in named), sum(counts.values())))
    return ["planted", *named, "alerts"], rows


def covered(ledger: Ledger, alerts: Sequence[Named]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which transfers (n) are in some of these alerts."""
    inside = np.zeros(ledger.network.size, bool)
    for alert in alerts:
        inside[alert.transfers] = True
    return inside
