"""What an account's behaviour says of each transfer, as columns for ranking and for export."""

from __future__ import annotations

from dataclasses import dataclass

from taawun.detection.compiled import fellows, matching, past
from taawun.jit import I32
from taawun.ledger.network import Network

COLUMNS = matching.COLUMNS + past.COLUMNS + fellows.COLUMNS
"""In this order; each module says what its own mean."""
DAY = 86_400


@dataclass(frozen=True, slots=True)
class Outlook:
    """How far around a transfer is looked: seconds, and how many of an account's at most."""

    dwell: int = 3 * DAY
    past: int = 180 * DAY
    matches: int = 32
    earlier: int = 1_000
    rounded: int = 10_000
    company: int = 14 * DAY
    degree: int = 25


OUTLOOK = Outlook()


def behaviour_per_transfer(
    network: Network, p: Outlook = OUTLOOK, threads: int = 1
) -> dict[str, I32]:
    """The columns of `COLUMNS` (n each), whole numbers, equal to the reference engine's."""
    return {
        **matching.matching_per_transfer(network, p.dwell, p.matches, threads),
        **past.past_per_transfer(network, p.past, p.earlier, p.rounded, threads),
        **fellows.common_per_transfer(network, p.company, p.degree, threads),
    }
