"""Long silence, then busy: an account against its own past."""

from __future__ import annotations

from taawun.detection.finding import Shape
from taawun.detection.parameters import Parameters
from taawun.detection.reference.windows import local_best, of_accounts
from taawun.ledger.network import Network

HOUR = 3_600


def of_both(network: Network) -> dict[int, list[int]]:
    """Positions by account, in either direction, in order of time."""
    own: dict[int, list[int]] = {}
    for side in (network.source, network.target):
        for account, positions in of_accounts(network, side).items():
            own.setdefault(account, []).extend(positions)
    return {account: sorted(positions) for account, positions in own.items()}


def dormant(network: Network, p: Parameters) -> list[Shape]:
    """No transfer in or out for `silence`, then many.

    Windows of `window` open with a transfer that nothing came before in `silence`, where there
    were at least `before` transfers in the rest of the `past`: without any, an account is new,
    not dormant. Busy is at least `transfers`, `total` in value, and `times` what the account
    moved in as long a time on the average of that past (in whole hours). The score is the value.
    Measures: how long it was silent, transfers, their value, what was usual.
    """
    shapes = []
    for account, own in of_both(network).items():
        scores: dict[int, int] = {}
        places: dict[int, Shape] = {}
        for opens in {int(network.at[each]) for each in own}:
            shape = _busy(network, p, account, own, opens)
            if shape is not None:
                scores[opens], places[opens] = 1 + shape.measures[2], shape
        shapes += [places[opens] for opens in local_best(scores, p["window"])]
    return shapes


def usual_value(past: int, moved: int, window: int) -> int:
    """What is moved in `window` seconds on the average of `past` seconds with `moved`."""
    return moved // max(1, past // HOUR) * (window // HOUR)


def _busy(
    network: Network, p: Parameters, account: int, own: list[int], opens: int
) -> Shape | None:
    past = [each for each in own if opens - p["past"] <= network.at[each] < opens]
    inside = [each for each in own if 0 <= network.at[each] - opens <= p["window"]]
    silent = min((opens - int(network.at[each]) for each in past), default=0)
    if silent <= p["silence"] or len(past) < p["before"]:
        return None
    moved = sum(int(network.value[each]) for each in past)
    usual = usual_value(p["past"] - p["silence"], moved, p["window"])
    value = sum(int(network.value[each]) for each in inside)
    if len(inside) < p["transfers"] or value < p["total"] or value // max(1, p["times"]) < usual:
        return None
    return Shape(tuple(inside), account, measures=(silent, len(inside), value, usual))
