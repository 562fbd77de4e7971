"""Fan-in and fan-out: many pay one, or one pays many, within a window."""

from __future__ import annotations

from taawun.detection.finding import Shape
from taawun.detection.parameters import Parameters
from taawun.detection.reference.windows import local_best, of_accounts
from taawun.jit import I32
from taawun.ledger.network import Network


def fan_in(network: Network, p: Parameters) -> list[Shape]:
    """The account that is paid is the centre. See `_fan`."""
    return _fan(network, p, network.target, network.source)


def fan_out(network: Network, p: Parameters) -> list[Shape]:
    """The account that pays is the centre. See `_fan`."""
    return _fan(network, p, network.source, network.target)


def _fan(network: Network, p: Parameters, centre: I32, party: I32) -> list[Shape]:
    """Windows that open with a transfer and last `window` seconds, the last second included.

    A window is scored by how many `counterparties` it has, at least so many and with at least
    `total` moved; the local best are the findings. Measures: counterparties, value moved.
    """
    shapes = []
    for account, own in of_accounts(network, centre).items():
        scores: dict[int, int] = {}
        places: dict[int, Shape] = {}
        for opens in {int(network.at[each]) for each in own}:
            inside = [each for each in own if 0 <= network.at[each] - opens <= p["window"]]
            parties = len({int(party[each]) for each in inside})
            value = sum(int(network.value[each]) for each in inside)
            if parties >= p["counterparties"] and value >= p["total"]:
                scores[opens] = parties
                places[opens] = Shape(tuple(inside), account, measures=(parties, value))
        shapes += [places[opens] for opens in local_best(scores, p["window"])]
    return shapes
