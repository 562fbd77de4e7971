"""Cycles: money that comes back to where it started, each transfer not earlier than the last."""

from __future__ import annotations

from collections.abc import Iterator

from taawun.detection.finding import Shape
from taawun.detection.parameters import Parameters
from taawun.detection.ratio import per_mille
from taawun.detection.reference.windows import Rank, best_of, of_accounts, within
from taawun.ledger.network import Network


def cycle(network: Network, p: Parameters) -> list[Shape]:
    """From an account (`centre`) through different others and back to it.

    A cycle has from `least` to `most` transfers, none earlier than the one before, all within
    `window` seconds of the first; each moves from `kept` to `grown` thousandths of what the first
    moved. An account with more than `degree` transfers out in the window is not walked through. Of
    the cycles that open with one transfer the one with the fewest transfers is meant, of these the
    one that closes first (then whose last transfer but one is the first, and so on). Of cycles
    that share transfers (`windows.best_of`) the shorter, then the quicker is better. Measures:
    transfers, the least value that one moved, seconds.
    """
    pays = of_accounts(network, network.source)
    places: list[tuple[Rank, Shape]] = []
    for opens in (each for own in pays.values() for each in own):
        walks = [walk for walk in _closed(network, p, pays, [opens]) if len(walk) >= p["least"]]
        shortest = min(map(len, walks), default=0)
        walks = [walk for walk in walks if len(walk) == shortest]
        if walks:
            places.append(_place(network, min(walks, key=lambda walk: walk[::-1])))
    return best_of(places)


def _place(network: Network, walk: list[int]) -> tuple[Rank, Shape]:
    took = int(network.at[walk[-1]] - network.at[walk[0]])
    least = min(int(network.value[each]) for each in walk)
    shape = Shape(
        tuple(sorted(walk)), int(network.source[walk[0]]), measures=(len(walk), least, took)
    )
    return (len(walk), took, tuple(walk)), shape


def _closed(
    network: Network, p: Parameters, pays: dict[int, list[int]], walk: list[int]
) -> Iterator[list[int]]:
    """Every way to go on from the end of a walk and close it."""
    opens, here = int(network.at[walk[0]]), int(network.target[walk[-1]])
    own = within(network, pays.get(here, []), opens, p["window"])
    if len(walk) == p["most"] or len(own) > p["degree"]:
        return
    visited = {int(network.target[each]) for each in walk}
    for each in own:
        if network.at[each] < network.at[walk[-1]] or not _like(network, p, walk[0], each):
            continue
        if network.target[each] == network.source[walk[0]]:
            yield [*walk, each]
        elif int(network.target[each]) not in visited:
            yield from _closed(network, p, pays, [*walk, each])


def _like(network: Network, p: Parameters, first: int, each: int) -> bool:
    """Whether a transfer moves about what the first did; unknown values are not judged."""
    value, begun = int(network.value[each]), int(network.value[first])
    return not value or not begun or p["kept"] <= per_mille(value, begun) <= p["grown"]
