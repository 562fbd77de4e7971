"""Accounts that have something in common: an identifier, or their counterparties."""

from __future__ import annotations

from collections.abc import Iterator

from taawun.detection.finding import Shape
from taawun.detection.parameters import Parameters
from taawun.detection.ratio import per_mille
from taawun.detection.reference.dormant import of_both
from taawun.detection.reference.structuring import holders
from taawun.detection.reference.windows import local_best
from taawun.ledger.network import Network

Pair = tuple[int, int]


def shared_identifiers(network: Network, p: Parameters) -> list[Shape]:
    """Accounts with an identifier, phone or address in common that deal with one account as one.

    Windows open with a transfer between a member of the group and an account outside, and take in
    all of the group and that account, in that direction, for `window` seconds: at least `members`
    of the group, `total` in value. An account with more than `degree` transfers in the window is
    a hub, which everybody deals with. The score is the value. The centre is the member of the
    first transfer, the other is the account outside. Measures: 1 where the group was paid, 0 where
    it paid; members; transfers; value.
    """
    group = holders(network)
    deals: dict[tuple[int, int, int], list[int]] = {}
    for position in range(network.size):
        source, target = int(network.source[position]), int(network.target[position])
        if group[source] != group[target]:
            for inward, member, outside in ((0, source, target), (1, target, source)):
                if network.shared[member] > 0:
                    deals.setdefault((group[member], outside, inward), []).append(position)
    around = of_both(network)
    shapes = []
    for (_, outside, inward), own in deals.items():
        places: dict[int, Shape] = {}
        for opens in {int(network.at[each]) for each in own}:
            shape = _as_one(network, p, own, opens, outside, inward)
            busy = _within(network, around[outside], opens, p["window"])
            if shape is not None and len(busy) <= p["degree"]:
                places[opens] = shape
        scores = {opens: 1 + shape.measures[3] for opens, shape in places.items()}
        shapes += [places[opens] for opens in local_best(scores, p["window"])]
    return shapes


def _within(network: Network, own: list[int], opens: int, window: int) -> list[int]:
    return [each for each in own if 0 <= network.at[each] - opens <= window]


def _as_one(
    network: Network, p: Parameters, own: list[int], opens: int, outside: int, inward: int
) -> Shape | None:
    inside = _within(network, own, opens, p["window"])
    ours = network.target if inward else network.source
    members = {int(ours[each]) for each in inside}
    value = sum(int(network.value[each]) for each in inside)
    if len(members) < p["members"] or value < p["total"]:
        return None
    measures = (inward, len(members), len(inside), value)
    return Shape(tuple(inside), int(ours[inside[0]]), outside, measures)


def shared_counterparties(network: Network, p: Parameters) -> list[Shape]:
    """Two accounts with unusually many counterparties in common.

    The time is cut in windows of twice half a `window` (whole seconds), one from each half on, as
    counted from 1970. In
    each, an account with more than `degree` counterparties is a hub and nobody's in common. Two
    have at least `common` in common, and of those of the one that has fewer (hubs left out) at
    least `share` per mille. Of an account's partners the one with the most in common counts (of
    equal ones the lower number); a pair is found where it is that of either. A pair's window gives
    way to the one before or after where that has more, or as many and is earlier. The transfers
    are those between either and what they have in common; the centre is the account of the first.
    Measures: counterparties in common, per mille of the fewer, transfers.
    """
    half = max(1, p["window"] // 2)
    windows: dict[int, list[int]] = {}
    for position in range(network.size):
        if network.source[position] != network.target[position]:
            last = int(network.at[position]) // half
            for number in (last - 1, last):
                windows.setdefault(number, []).append(position)
    scored: dict[Pair, dict[int, tuple[int, int]]] = {}
    for number, inside in windows.items():
        for pair, score in _pairs(network, p, inside):
            scored.setdefault(pair, {})[number] = score
    return [
        _together(network, p, pair, windows[number], scores[number])
        for pair, scores in scored.items()
        for number in local_best({each: score[0] for each, score in scores.items()}, 1)
    ]


def _parties(network: Network, inside: list[int]) -> dict[int, set[int]]:
    parties: dict[int, set[int]] = {}
    for each in inside:
        source, target = int(network.source[each]), int(network.target[each])
        parties.setdefault(source, set()).add(target)
        parties.setdefault(target, set()).add(source)
    return parties


def _known(parties: dict[int, set[int]], degree: int) -> dict[int, set[int]]:
    """Of accounts that are no hubs, the counterparties that are none."""
    return {
        account: {each for each in own if len(parties[each]) <= degree}
        for account, own in parties.items()
        if len(own) <= degree
    }


def _pairs(
    network: Network, p: Parameters, inside: list[int]
) -> Iterator[tuple[Pair, tuple[int, int]]]:
    known = _known(_parties(network, inside), p["degree"])
    partners: dict[int, list[tuple[int, int]]] = {}
    shares: dict[Pair, tuple[int, int]] = {}
    for one, own in known.items():
        for other, others in known.items():
            common = len(own & others)
            share = per_mille(common, min(len(own), len(others)))
            if one < other and common >= max(1, p["common"]) and share >= p["share"]:
                shares[one, other] = common, share
                partners.setdefault(one, []).append((-common, other))
                partners.setdefault(other, []).append((-common, one))
    nearest = {tuple(sorted((one, min(each)[1]))) for one, each in partners.items()}
    return ((pair, share) for pair, share in shares.items() if pair in nearest)


def _together(
    network: Network, p: Parameters, pair: Pair, inside: list[int], score: tuple[int, int]
) -> Shape:
    known = _known(_parties(network, inside), p["degree"])
    common = known[pair[0]] & known[pair[1]]
    transfers, centre = [], -1
    for each in inside:
        ends = int(network.source[each]), int(network.target[each])
        for own, other in (ends, ends[::-1]):
            if own in pair and other in common:
                transfers.append(each)
                centre = own if centre < 0 else centre
    other = pair[0] if centre == pair[1] else pair[1]
    return Shape(tuple(transfers), centre, other, (*score, len(transfers)))
