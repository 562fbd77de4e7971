"""Scatter-gather: one pays another through several accounts in between."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from taawun.detection.finding import Shape
from taawun.detection.parameters import Parameters
from taawun.detection.reference.windows import hub, local_best, of_accounts
from taawun.ledger.network import Network


@dataclass(frozen=True, slots=True)
class _Path:
    """Two transfers: to an account in between at `leaves`, on from it at `arrives`."""

    first: int
    second: int
    between: int
    leaves: int
    arrives: int


def scatter_gather(network: Network, p: Parameters) -> list[Shape]:
    """From the account that scatters (`centre`) to the one that gathers (`other`).

    A path is a transfer to an account in between and one on from there, not earlier. Accounts in
    between with more than `degree` transfers out, or as many in, in the window from the first leg
    on are not walked through. A window opens with a first leg and lasts `window` seconds; the
    paths that lie in it whole are its own. It is scored by how many accounts they go through, at
    least `middles`; of one pair the local best are the findings. Measures: accounts in between,
    value that left, value that arrived.
    """
    shapes = []
    for (giver, taker), paths in _paths(network, p).items():
        scores: dict[int, int] = {}
        places: dict[int, Shape] = {}
        for opens in {path.leaves for path in paths}:
            own = [e for e in paths if e.leaves >= opens and e.arrives - opens <= p["window"]]
            between = len({path.between for path in own})
            if any(path.leaves == opens for path in own) and between >= p["middles"]:
                left, arrived = {path.first for path in own}, {path.second for path in own}
                moved = [sum(int(network.value[e]) for e in side) for side in (left, arrived)]
                scores[opens] = between
                transfers = tuple(sorted(left | arrived))
                places[opens] = Shape(transfers, giver, taker, (between, *moved))
        shapes += [places[opens] for opens in local_best(scores, p["window"])]
    return shapes


def _paths(network: Network, p: Parameters) -> dict[tuple[int, int], list[_Path]]:
    paid = of_accounts(network, network.target)
    pays = of_accounts(network, network.source)
    paths: dict[tuple[int, int], list[_Path]] = defaultdict(list)
    for first in (each for own in pays.values() for each in own):
        giver, between = int(network.source[first]), int(network.target[first])
        leaves = int(network.at[first])
        if any(
            hub(network, own.get(between, []), leaves, p["window"], p["degree"])
            for own in (paid, pays)
        ):
            continue
        for second in pays.get(between, []):
            taker, arrives = int(network.target[second]), int(network.at[second])
            if taker != giver and 0 <= arrives - leaves <= p["window"]:
                paths[giver, taker].append(_Path(first, second, between, leaves, arrives))
    return paths
