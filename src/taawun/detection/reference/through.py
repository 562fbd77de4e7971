"""Money that goes through an account: pass-through accounts and funnel accounts."""

from __future__ import annotations

from collections.abc import Sequence

from taawun.detection.finding import Shape
from taawun.detection.parameters import Parameters
from taawun.detection.ratio import per_mille
from taawun.detection.reference.windows import local_best, of_accounts
from taawun.ledger.network import Network

Used = dict[int, dict[int, int]]
"""Of each transfer out, how much of which transfers in it carries on."""


def carried(
    network: Network, into: Sequence[int], out: Sequence[int], dwell: int, excess: int
) -> Used:
    """First in, first out, of what came at most `dwell` seconds before.

    A transfer out of which more than `excess` per mille is not covered is of other money: it
    carries nothing on.
    """
    rest = {each: int(network.value[each]) for each in into}
    used: Used = {}
    for each in out:
        now, need = network.at[each], int(network.value[each])
        waiting = [one for one in into if network.at[one] <= now <= network.at[one] + dwell]
        if per_mille(sum(rest[one] for one in waiting), need) < max(1, 1_000 - excess):
            continue
        used[each] = {}
        for one in waiting:
            taken = min(rest[one], need)
            if taken:
                rest[one] -= taken
                need -= taken
                used[each][one] = taken
    return used


def pass_through(network: Network, p: Parameters) -> list[Shape]:
    """What comes in goes out within `dwell`, less a `cut`, to somebody else.

    Windows open with a transfer in and take in what comes for `window` seconds. A transfer in is
    passed on when all but `cut` per mille of it is carried on (`carried`). A window counts when
    the one it opens with is passed on, `total` is, and not all goes back to those who paid; where
    more than `degree` come or go, the account is a hub and not looked at. The score is what is
    passed on. Measures: what of that came in, what was passed on, per mille, seconds from the
    first in to the last out.
    """
    sent = of_accounts(network, network.source)
    shapes = []
    for account, own in of_accounts(network, network.target).items():
        into = [each for each in own if network.value[each] > 0]
        out = [each for each in sent.get(account, []) if network.value[each] > 0]
        places: dict[int, Shape] = {}
        for opens in {int(network.at[each]) for each in into}:
            shape = _passed(network, p, account, opens, into, out)
            if shape is not None:
                places[opens] = shape
        scores = {opens: shape.measures[1] for opens, shape in places.items()}
        shapes += [places[opens] for opens in local_best(scores, p["window"] + p["dwell"])]
    return shapes


def _passed(
    network: Network, p: Parameters, account: int, opens: int, into: list[int], out: list[int]
) -> Shape | None:
    inside = [each for each in into if 0 <= network.at[each] - opens <= p["window"]]
    until = max(network.at[each] for each in inside) + p["dwell"]
    going = [each for each in out if opens <= network.at[each] <= until]
    if max(len(inside), len(going)) > p["degree"]:
        return None
    used = carried(network, inside, going, p["dwell"], p["excess"])
    gone = {each: sum(part.get(each, 0) for part in used.values()) for each in inside}
    passed = [
        each
        for each in inside
        if per_mille(gone[each], int(network.value[each])) >= max(1, 1_000 - p["cut"])
    ]
    carriers = [each for each, part in used.items() if part.keys() & set(passed)]
    went = sum(gone[each] for each in passed)
    payers = {int(network.source[each]) for each in passed}
    if (
        opens not in {int(network.at[each]) for each in passed}
        or went < p["total"]
        or {int(network.target[each]) for each in carriers} <= payers
    ):
        return None
    came = sum(int(network.value[each]) for each in passed)
    seconds = max(int(network.at[each]) for each in carriers) - opens
    measures = (came, went, per_mille(went, came), seconds)
    return Shape(tuple(sorted(passed + carriers)), account, measures=measures)


def funnel(network: Network, p: Parameters) -> list[Shape]:
    """Small payments from many places, soon emptied elsewhere.

    A place is a country and a bank of an account, where either is known. Windows open with a
    payment in of at most `small` and take in all such of `window` seconds: at least `payments`
    from at least `places`. Of their sum at least `emptied` per mille must be carried on (see
    `carried`) within `dwell`, to places other than the account's own. Where more than `degree`
    come or go it is a hub and not looked at. The score is what is carried on. Measures: payments,
    places, what was carried on, per mille of what came.
    """
    sent = of_accounts(network, network.source)
    shapes = []
    for account, own in of_accounts(network, network.target).items():
        into = [each for each in own if 0 < network.value[each] <= p["small"]]
        out = [
            each
            for each in sent.get(account, [])
            if network.value[each] > 0 and _elsewhere(network, account, int(network.target[each]))
        ]
        places: dict[int, Shape] = {}
        for opens in {int(network.at[each]) for each in into}:
            shape = _emptied(network, p, account, opens, into, out)
            if shape is not None:
                places[opens] = shape
        scores = {opens: shape.measures[2] for opens, shape in places.items()}
        shapes += [places[opens] for opens in local_best(scores, p["window"] + p["dwell"])]
    return shapes


def place(network: Network, account: int) -> tuple[int, int]:
    """Country and bank; (0, 0) is unknown."""
    return int(network.country[account]), int(network.bank[account])


def _elsewhere(network: Network, account: int, other: int) -> bool:
    return (0, 0) not in (place(network, account), place(network, other)) and place(
        network, account
    ) != place(network, other)


def _emptied(
    network: Network, p: Parameters, account: int, opens: int, into: list[int], out: list[int]
) -> Shape | None:
    inside = [each for each in into if 0 <= network.at[each] - opens <= p["window"]]
    until = max(network.at[each] for each in inside) + p["dwell"]
    going = [each for each in out if opens <= network.at[each] <= until]
    if max(len(inside), len(going)) > p["degree"]:
        return None
    places = {place(network, int(network.source[each])) for each in inside} - {(0, 0)}
    if len(inside) < p["payments"] or len(places) < p["places"]:
        return None
    used = carried(network, inside, going, p["dwell"], p["excess"])
    went = sum(sum(part.values()) for part in used.values())
    share = per_mille(went, sum(int(network.value[each]) for each in inside))
    if share < max(1, p["emptied"]):
        return None
    measures = (len(inside), len(places), went, share)
    return Shape(tuple(sorted([*inside, *used])), account, measures=measures)
