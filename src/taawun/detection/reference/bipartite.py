"""Bipartite: a group of accounts each of which pays most of the same other accounts."""

from __future__ import annotations

from taawun.detection.finding import NOBODY, Shape
from taawun.detection.parameters import Parameters
from taawun.detection.reference.windows import (
    Own,
    Rank,
    best_of,
    hub,
    local_best,
    of_accounts,
    within,
)
from taawun.ledger.network import Network


def bipartite(network: Network, p: Parameters) -> list[Shape]:
    """Sources that each pay most of the same targets, which most of the sources pay.

    A window opens with a transfer of one source and lasts `window` seconds. Its targets are whom
    this source pays in it, its other sources whoever pays these. Accounts with more than `degree`
    transfers out (sources) or in (targets) in the window take no part. Sources that pay fewer than
    `targets` of the targets, and targets that fewer than `sources` of the sources pay, are left
    out until nobody is. What is left is a place if the source's first transfer is in it, scored by
    its pairs of payer and payee. The local best of each source, then of all that share transfers
    (`windows.best_of`: more pairs are better), are the findings. Nobody is the centre. Measures:
    sources, targets, pairs, value moved.
    """
    pays = of_accounts(network, network.source)
    paid = of_accounts(network, network.target)
    places: dict[Shape, Rank] = {}
    for source, own in pays.items():
        scores: dict[int, int] = {}
        found: dict[int, Shape] = {}
        for opens in {int(network.at[each]) for each in own}:
            kept = _core(network, p, pays, paid, source, opens)
            if any(network.source[e] == source and network.at[e] == opens for e in kept):
                found[opens] = _shape(network, kept)
                scores[opens] = found[opens].measures[2]
        for opens in local_best(scores, p["window"]):
            shape = found[opens]
            places[shape] = (-shape.measures[2], 0, shape.transfers)
    return best_of((rank, shape) for shape, rank in places.items())


def _core(
    network: Network, p: Parameters, pays: Own, paid: Own, source: int, opens: int
) -> list[int]:
    """The transfers that are left when nobody has to be left out any more; none, maybe."""
    window, degree = p["window"], p["degree"]
    if hub(network, pays[source], opens, window, degree):
        return []
    targets = {int(network.target[e]) for e in within(network, pays[source], opens, window)}
    inside = [
        each
        for target in targets
        if not hub(network, paid[target], opens, window, degree)
        for each in within(network, paid[target], opens, window)
        if not hub(network, pays[int(network.source[each])], opens, window, degree)
    ]
    while True:
        pairs = {(int(network.source[each]), int(network.target[each])) for each in inside}
        payees = [payer for payer, _ in pairs]
        payers = [payee for _, payee in pairs]
        kept = [
            each
            for each in inside
            if payees.count(int(network.source[each])) >= p["targets"]
            and payers.count(int(network.target[each])) >= p["sources"]
        ]
        if len(kept) == len(inside):
            return inside
        inside = kept


def _shape(network: Network, kept: list[int]) -> Shape:
    pairs = {(int(network.source[each]), int(network.target[each])) for each in kept}
    value = sum(int(network.value[each]) for each in kept)
    sources, targets = ({pair[side] for pair in pairs} for side in (0, 1))
    measures = (len(sources), len(targets), len(pairs), value)
    return Shape(tuple(sorted(kept)), NOBODY, NOBODY, measures)
