"""Nearness to listed or reported accounts: who deals with them, directly or through one other."""

from __future__ import annotations

from collections.abc import Sequence

from taawun.detection.finding import Shape
from taawun.detection.parameters import Parameters
from taawun.detection.reference.windows import local_best, of_accounts
from taawun.ledger.network import Network

WHOLE = 1_000_000_000
"""The nearness of a seed to itself; nearness is counted in its parts."""

Tie = tuple[int, int]
"""A transfer of an account, and the one with a seed that it hangs on (itself when direct)."""


def nearness(network: Network, p: Parameters, seeds: Sequence[int] = ()) -> list[Shape]:
    """Accounts that deal with a seed, or pay on what a seed paid, or pay what is paid on to one.

    A tie of an account that is no seed is a transfer between it and a seed; or one from an
    account (no seed) that a seed paid at most `dwell` before; or one to an account (no seed) that
    pays a seed at most `dwell` after. The account between is no hub: no more than `degree`
    transfers out (in) within `dwell` after (before) its transfer with the seed. Of several such
    transfers with a seed the nearest in time counts, of equal ones the first. Windows open with a
    tie and last `window`: at least `ties` of them, `total` in value. The score is the value.
    The transfers are the ties and what they hang on. Measures: direct ties, ties through another,
    their value.
    """
    listed = {int(each) for each in seeds}
    shapes = []
    for account, ties in _ties(network, p, listed).items():
        scores: dict[int, int] = {}
        places: dict[int, Shape] = {}
        for opens in {int(network.at[tie]) for tie, _ in ties}:
            inside = [each for each in ties if 0 <= network.at[each[0]] - opens <= p["window"]]
            value = sum(int(network.value[tie]) for tie, _ in inside)
            if len(inside) >= p["ties"] and value >= p["total"]:
                direct = sum(tie == link for tie, link in inside)
                transfers = tuple(sorted({each for pair in inside for each in pair}))
                measures = (direct, len(inside) - direct, value)
                scores[opens] = 1 + value
                places[opens] = Shape(transfers, account, measures=measures)
        shapes += [places[opens] for opens in local_best(scores, p["window"])]
    return shapes


def _ties(network: Network, p: Parameters, listed: set[int]) -> dict[int, list[Tie]]:
    sent, received = of_accounts(network, network.source), of_accounts(network, network.target)
    ties: dict[int, list[Tie]] = {}
    for position in range(network.size):
        source, target = int(network.source[position]), int(network.target[position])
        if source == target or (source in listed and target in listed):
            continue
        if source in listed or target in listed:
            account = target if source in listed else source
            ties.setdefault(account, []).append((position, position))
            continue
        before = _from_seed(network, p, position, listed, sent, received)
        if before is not None:
            ties.setdefault(target, []).append((position, before))
        after = _to_seed(network, p, position, listed, sent, received)
        if after is not None:
            ties.setdefault(source, []).append((position, after))
    return ties


def _from_seed(
    network: Network, p: Parameters, position: int, listed: set[int],
    sent: dict[int, list[int]], received: dict[int, list[int]],
) -> int | None:  # fmt: skip
    """The transfer from a seed to the payer, that this one may pay on."""
    between, now, dwell = int(network.source[position]), network.at[position], p["dwell"]
    links = [
        each
        for each in received.get(between, [])
        if int(network.source[each]) in listed and 0 <= now - network.at[each] <= dwell
    ]
    links.sort(key=lambda each: (now - network.at[each], each))
    if not links:
        return None
    start = network.at[links[0]]
    busy = sum(0 <= network.at[each] - start <= dwell for each in sent.get(between, []))
    return links[0] if busy <= p["degree"] else None


def _to_seed(
    network: Network, p: Parameters, position: int, listed: set[int],
    sent: dict[int, list[int]], received: dict[int, list[int]],
) -> int | None:  # fmt: skip
    """The transfer from the payee to a seed, that may pay this one on."""
    between, now, dwell = int(network.target[position]), network.at[position], p["dwell"]
    links = [
        each
        for each in sent.get(between, [])
        if int(network.target[each]) in listed and 0 <= network.at[each] - now <= dwell
    ]
    if not links:
        return None
    end = network.at[links[0]]
    busy = sum(0 <= end - network.at[each] <= dwell for each in received.get(between, []))
    return links[0] if busy <= p["degree"] else None


def nearness_per_account(
    network: Network, seeds: Sequence[int], hops: int = 3, passed: int = 500
) -> list[int]:
    """How much of a seed's weight reaches every account, up to `WHOLE`.

    Every seed has `WHOLE`. In each of `hops` rounds an account passes `passed` per mille of what
    it was passed to those it has dealt with in either direction, divided by the weight of each
    transfer: how many binary digits its value has, and one. What reached an account in any round
    is added up. Through a hub next to nothing passes.
    """
    weight = [1 + int(each).bit_length() for each in network.value]
    around: list[list[tuple[int, int]]] = [[] for _ in range(network.accounts)]
    for position in range(network.size):
        source, target = int(network.source[position]), int(network.target[position])
        if source != target:
            around[source].append((target, weight[position]))
            around[target].append((source, weight[position]))
    dealt = [sum(each for _, each in own) for own in around]
    has = [0] * network.accounts
    for seed in seeds:
        has[int(seed)] = WHOLE
    total = list(has)
    for _ in range(hops):
        has = [
            sum(has[other] * passed // 1_000 * each // dealt[other] for other, each in own)
            for own in around
        ]
        total = [one + other for one, other in zip(total, has, strict=True)]
    return [min(each, WHOLE) for each in total]
