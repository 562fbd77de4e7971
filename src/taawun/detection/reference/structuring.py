"""Structuring: several amounts just below a threshold that together exceed it."""

from __future__ import annotations

from taawun.detection.finding import Shape
from taawun.detection.parameters import Parameters
from taawun.detection.ratio import per_mille
from taawun.detection.reference.windows import local_best
from taawun.detection.thresholds import limits
from taawun.ledger.network import Network


def holders(network: Network) -> list[int]:
    """Of every account the first that is shared with it, itself where none is."""
    first: dict[int, int] = {}
    return [
        first.setdefault(int(group), account) if group > 0 else account
        for account, group in enumerate(network.shared)
    ]


def structuring(network: Network, p: Parameters) -> list[Shape]:
    """Many just below the threshold, few just above, of one holder, in or out.

    The threshold is that of the transfer's currency in the country of the account looked at.
    Just below is less than the threshold and at most `below` per mille of it away; just above is
    from the threshold to as far over it. Accounts that are shared are one holder; transfers among
    them do not count. A window opens with a transfer just below and lasts `window`: at least
    `transfers` just below, of at least `total` per mille of the threshold together, from or to at
    least `places` (the other account's country and bank, and the channel), and at most `above`
    per mille as many just above. The score is the sum in per mille of the threshold. The centre
    is the account of the first one. Measures: 1 where the transfers came in, 0 where they went
    out; how many; their value; their sum in per mille of the threshold; places; counterparties;
    how many lay just above.
    """
    limit, holder = limits(network, p.words("thresholds")), holders(network)
    shapes = []
    for inward in (0, 1):
        owns: dict[int, list[int]] = {}
        for position in range(network.size):
            source, target = int(network.source[position]), int(network.target[position])
            if holder[source] != holder[target]:
                owns.setdefault(holder[target if inward else source], []).append(position)
        for own in owns.values():
            shapes += _of_holder(network, p, own, limit.tolist(), inward)
    return shapes


def _of_holder(
    network: Network, p: Parameters, own: list[int], limit: list[list[int]], inward: int
) -> list[Shape]:
    account = network.target if inward else network.source
    under: dict[int, int] = {}
    over: list[int] = []
    for each in own:
        most = limit[int(network.country[account[each]])][int(network.currency[each])]
        amount, band = int(network.amount[each]), most * p["below"] // 1_000
        if most - band <= amount < most:
            under[each] = per_mille(amount, most)
        elif most and most <= amount <= most + band:
            over.append(each)
    scores: dict[int, int] = {}
    places: dict[int, Shape] = {}
    for opens in {int(network.at[each]) for each in under}:
        inside = [each for each in under if 0 <= network.at[each] - opens <= p["window"]]
        above = sum(0 <= network.at[each] - opens <= p["window"] for each in over)
        shape = _shape(network, inside, inward, sum(under[each] for each in inside), above)
        _, count, _, total, where, _, _ = shape.measures
        if (
            count >= p["transfers"]
            and total >= max(1, p["total"])
            and where >= p["places"]
            and above * 1_000 <= p["above"] * count
        ):
            scores[opens] = total
            places[opens] = shape
    return [places[opens] for opens in local_best(scores, p["window"])]


def _shape(network: Network, inside: list[int], inward: int, total: int, above: int) -> Shape:
    own, other = (network.target, network.source) if inward else (network.source, network.target)
    parties = {int(other[each]) for each in inside}
    where = {
        (
            int(network.country[other[each]]),
            int(network.bank[other[each]]),
            int(network.channel[each]),
        )
        for each in inside
    }
    value = sum(int(network.value[each]) for each in inside)
    measures = (inward, len(inside), value, total, len(where), len(parties), above)
    return Shape(tuple(inside), int(own[inside[0]]), measures=measures)
