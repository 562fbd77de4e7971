"""Stack: two layers of crossing payments, from sources through accounts in between to targets."""

from __future__ import annotations

from dataclasses import dataclass

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


def stack(network: Network, p: Parameters) -> list[Shape]:
    """Sources pay accounts in between, which pay targets, crosswise on both sides.

    A window opens with a transfer of one source and lasts `window` seconds. The accounts in between
    are those that this source pays and that pay in it, the other sources whoever else pays these,
    the targets whom they pay; nobody stands in two layers (an account in between is no source and
    no target, a source is no target). Accounts in between with more than `degree` transfers in or
    out in the window, sources with more than so many out, targets with more than so many in take
    no part. Then are left out,
    until nobody and nothing is: transfers in that nothing follows from where they went, transfers
    out that nothing came before, sources that pay fewer than `shared` accounts in between, targets
    that fewer than `shared` of them pay. What is left is a place if the source's first transfer is
    in it and there are at least `sources`, `middles` and `targets`; it is scored by its accounts.
    The local best of each source, then of all that share transfers (`windows.best_of`: more
    accounts are better), are the findings. Nobody is the centre. Measures: sources, accounts in
    between, targets, value that went in, value that came out.
    """
    pays = of_accounts(network, network.source)
    paid = of_accounts(network, network.target)
    places: dict[Shape, Rank] = {}
    for source, own in pays.items():
        scores: dict[int, int] = {}
        found: dict[int, Shape] = {}
        for opens in {int(network.at[each]) for each in own}:
            kept = _core(network, p, pays, paid, source, opens)
            shape = _shape(network, kept)
            first = any(network.source[e] == source and network.at[e] == opens for e in kept.into)
            enough = zip(shape.measures, ("sources", "middles", "targets"), strict=False)
            if first and all(count >= p[name] for count, name in enough):
                found[opens] = shape
                scores[opens] = sum(shape.measures[:3])
        for opens in local_best(scores, p["window"]):
            shape = found[opens]
            places[shape] = (-sum(shape.measures[:3]), 0, shape.transfers)
    return best_of((rank, shape) for shape, rank in places.items())


@dataclass(frozen=True, slots=True)
class _Layers:
    """Transfers into the accounts in between, and out of them."""

    into: list[int]
    out: list[int]


def _core(
    network: Network, p: Parameters, pays: Own, paid: Own, source: int, opens: int
) -> _Layers:
    layers = _candidates(network, p, pays, paid, source, opens)
    while True:
        fewer = _left(network, p, layers)
        if fewer == layers:
            return layers
        layers = fewer


def _candidates(
    network: Network, p: Parameters, pays: Own, paid: Own, source: int, opens: int
) -> _Layers:
    window, degree = p["window"], p["degree"]
    if hub(network, pays[source], opens, window, degree):
        return _Layers([], [])
    middles = {
        middle
        for middle in (int(network.target[e]) for e in within(network, pays[source], opens, window))
        if within(network, pays.get(middle, []), opens, window)
        and not hub(network, paid[middle], opens, window, degree)
        and not hub(network, pays.get(middle, []), opens, window, degree)
    }
    into = [
        each
        for middle in middles
        for each in within(network, paid[middle], opens, window)
        if int(network.source[each]) not in middles
    ]
    payers = {int(network.source[each]) for each in into}
    out = [
        each
        for middle in middles
        for each in within(network, pays.get(middle, []), opens, window)
        if int(network.target[each]) not in middles | payers
    ]
    big = {who for who in payers if hub(network, pays[who], opens, window, degree)}
    payees = {int(network.target[each]) for each in out}
    big |= {who for who in payees if hub(network, paid[who], opens, window, degree)}
    return _Layers(
        [each for each in into if int(network.source[each]) not in big],
        [each for each in out if int(network.target[each]) not in big],
    )


def _left(network: Network, p: Parameters, layers: _Layers) -> _Layers:
    """One round of leaving out."""
    source, target, at = network.source, network.target, network.at
    given = {(int(source[each]), int(target[each])) for each in layers.into}
    taken = {(int(source[each]), int(target[each])) for each in layers.out}
    gives = [giver for giver, _ in given]
    takes = [taker for _, taker in taken]
    into = [
        each
        for each in layers.into
        if gives.count(int(source[each])) >= p["shared"]
        and any(source[out] == target[each] and at[out] >= at[each] for out in layers.out)
    ]
    out = [
        each
        for each in layers.out
        if takes.count(int(target[each])) >= p["shared"]
        and any(target[come] == source[each] and at[come] <= at[each] for come in layers.into)
    ]
    return _Layers(into, out)


def _shape(network: Network, layers: _Layers) -> Shape:
    sources = {int(network.source[each]) for each in layers.into}
    middles = {int(network.target[each]) for each in layers.into}
    targets = {int(network.target[each]) for each in layers.out}
    moved = [sum(int(network.value[e]) for e in side) for side in (layers.into, layers.out)]
    measures = (len(sources), len(middles), len(targets), *moved)
    return Shape(tuple(sorted(layers.into + layers.out)), NOBODY, NOBODY, measures)
