"""Gather-scatter: many pay one account, which pays many on."""

from __future__ import annotations

from taawun.detection.finding import Shape
from taawun.detection.parameters import Parameters
from taawun.detection.reference.windows import local_best, of_accounts
from taawun.ledger.network import Network


def gather_scatter(network: Network, p: Parameters) -> list[Shape]:
    """Around a pivot, which is the time of any transfer of the account: the centre.

    What came in the `window` seconds up to the pivot was gathered, what went in the `window`
    seconds from it on was scattered; the pivot's own second belongs to both. A pivot is scored by
    the fewer of both sides' counterparties, then by their sum; both sides must have
    `counterparties`. Of pivots within a window of each other the best is the finding. Measures:
    sources, targets, value gathered, value scattered.
    """
    paid = of_accounts(network, network.target)
    pays = of_accounts(network, network.source)
    shapes = []
    for account in paid.keys() & pays.keys():
        scores: dict[int, tuple[int, int]] = {}
        places: dict[int, Shape] = {}
        for pivot in {int(network.at[each]) for each in (*paid[account], *pays[account])}:
            came = [e for e in paid[account] if 0 <= pivot - network.at[e] <= p["window"]]
            went = [e for e in pays[account] if 0 <= network.at[e] - pivot <= p["window"]]
            sources = len({int(network.source[each]) for each in came})
            targets = len({int(network.target[each]) for each in went})
            if min(sources, targets) >= p["counterparties"]:
                moved = [sum(int(network.value[each]) for each in side) for side in (came, went)]
                scores[pivot] = (min(sources, targets), sources + targets)
                measures = (sources, targets, *moved)
                places[pivot] = Shape(tuple(sorted(came + went)), account, measures=measures)
        shapes += [places[pivot] for pivot in local_best(scores, p["window"])]
    return shapes
