"""Many small payments to one collector, then abroad."""

from __future__ import annotations

from taawun.detection.finding import Shape
from taawun.detection.parameters import Parameters
from taawun.detection.ratio import per_mille
from taawun.detection.reference.windows import local_best, of_accounts
from taawun.ledger.network import Network


def donations(network: Network, p: Parameters) -> list[Shape]:
    """Small payments of many donors, most of which then leaves the country.

    Windows open with a payment in of at most `small` and take in all such of `window` seconds,
    from at least `donors`. What goes to accounts of other countries after the last of so many
    donors first paid, until `dwell` after the window, is at least `abroad` per mille of what came.
    Both countries must be known. The score is what came. Measures: donors, what came, what went
    abroad, per mille.
    """
    sent = of_accounts(network, network.source)
    shapes = []
    for account, own in of_accounts(network, network.target).items():
        into = [each for each in own if 0 < network.value[each] <= p["small"]]
        out = [
            each
            for each in sent.get(account, [])
            if network.value[each] > 0 and _abroad(network, account, int(network.target[each]))
        ]
        scores: dict[int, int] = {}
        places: dict[int, Shape] = {}
        for opens in {int(network.at[each]) for each in into}:
            inside = [each for each in into if 0 <= network.at[each] - opens <= p["window"]]
            shape = _sent_on(network, p, account, inside, out)
            if shape is not None:
                scores[opens], places[opens] = shape.measures[1], shape
        shapes += [places[opens] for opens in local_best(scores, p["window"] + p["dwell"])]
    return shapes


def _abroad(network: Network, account: int, other: int) -> bool:
    here, there = network.country[account], network.country[other]
    return bool(here > 0 and there > 0 and here != there)


def _sent_on(
    network: Network, p: Parameters, account: int, inside: list[int], out: list[int]
) -> Shape | None:
    donors: set[int] = set()
    enough = None
    for each in inside:
        donors.add(int(network.source[each]))
        if len(donors) >= p["donors"] and enough is None:
            enough = network.at[each]
    if enough is None:
        return None
    until = network.at[inside[0]] + p["window"] + p["dwell"]
    leaving = [each for each in out if enough <= network.at[each] <= until]
    came = sum(int(network.value[each]) for each in inside)
    went = sum(int(network.value[each]) for each in leaving)
    share = per_mille(went, came)
    if share < max(1, p["abroad"]):
        return None
    measures = (len(donors), came, went, share)
    return Shape(tuple(sorted(inside + leaving)), account, measures=measures)
