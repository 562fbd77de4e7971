"""What the kernels of ranking mean, in plain Python: slow, and obviously right.

Each takes a network and which positions count, and answers as its kernel does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from taawun.ledger.network import Network

Step = tuple[int, int, int, int]
"""Position, time, source, target."""


def steps_of(network: Network, counts: list[int]) -> list[Step]:
    """The transfers that take part: counted, and not to oneself."""
    rows = zip(
        network.at.tolist(), network.source.tolist(), network.target.tolist(), counts, strict=True
    )
    return [
        (position, at, source, target)
        for position, (at, source, target, counted) in enumerate(rows)
        if counted and source != target
    ]


def pair_around(network: Network, window: int) -> list[int]:
    at, source, target = (x.tolist() for x in (network.at, network.source, network.target))
    return [
        sum(
            source[other] == source[one]
            and target[other] == target[one]
            and abs(at[other] - at[one]) <= window
            for other in range(network.size)
        )
        for one in range(network.size)
    ]


def around(network: Network, window: int, counts: list[int]) -> list[list[int]]:
    steps = steps_of(network, counts)
    columns: list[list[int]] = []
    for side in (network.source.tolist(), network.target.tolist()):
        for own, other in ((2, 3), (3, 2)):
            for low, high in ((-window, 0), (0, window)):
                column = []
                for now, account in zip(network.at.tolist(), side, strict=True):
                    near = (s for s in steps if s[own] == account and low <= s[1] - now <= high)
                    column.append(len({s[other] for s in near}))
                columns.append(column)
    return columns


def rounds(network: Network, window: int, counts: list[int], length: int, most: int) -> list[int]:
    """The shortest cycle through each transfer, found by trying every path, without `steps`."""
    shortest: dict[int, int] = {}
    steps = steps_of(network, counts)
    for tile in {at // window for _, at, _, _ in steps}:
        inside = [s for s in steps if tile <= s[1] // window <= tile + 1]
        sent, came = defaultdict(list), defaultdict(list)
        for step in inside:
            sent[step[2]].append(step)
            came[step[3]].append(step)
        busy = {account for account, own in sent.items() if len(own) > most}
        busy |= {account for account, own in came.items() if len(own) > 2 * most}
        for start in inside:
            if start[1] // window == tile:
                for cycle in _cycles([start], sent, busy, start[1] + window, length):
                    for position, *_ in cycle:
                        shortest[position] = min(len(cycle), shortest.get(position, length))
    return [shortest.get(position, 0) for position in range(network.size)]


def _cycles(
    path: list[Step], sent: dict[int, list[Step]], busy: set[int], until: int, length: int
) -> Iterator[list[Step]]:
    account, home = path[-1][3], path[0][2]
    if account in busy or len(path) == length:
        return
    for step in sent[account]:
        if not path[-1][1] <= step[1] <= until:
            continue
        if step[3] == home:
            if len(path) > 1:
                yield [*path, step]
        elif all(step[3] != each[3] for each in path):
            yield from _cycles([*path, step], sent, busy, until, length)


def wedges(network: Network, window: int, counts: list[int], most: int) -> list[list[int]]:
    columns = [[0] * network.size for _ in range(4)]
    at = network.at.tolist()
    for tile in {time // window for time in at}:
        # Twice the window, of which half a window lies on each side of the middle.
        low, high = (2 * tile - 1) * window // 2, (2 * tile + 3) * window // 2
        inside = [s for s in steps_of(network, counts) if low <= s[1] < high]
        times: dict[tuple[int, int], list[int]] = defaultdict(list)
        for _, time, source, target in inside:
            times[source, target].append(time)
        knit = _Knit(times, most)
        for position, _, source, target in inside:
            if at[position] // window == tile:
                for column, value in zip(columns, knit.counts(source, target), strict=True):
                    column[position] = value
    return columns


class _Knit:
    """The graph of one tile: who dealt with whom, and when first and last."""

    def __init__(self, times: dict[tuple[int, int], list[int]], most: int) -> None:
        self.first = {pair: min(each) for pair, each in times.items()}
        self.last = {pair: max(each) for pair, each in times.items()}
        self.to: dict[int, set[int]] = defaultdict(set)
        self.by: dict[int, set[int]] = defaultdict(set)
        for source, target in times:
            self.to[source].add(target)
            self.by[target].add(source)
        self.most = most

    def free(self, way: dict[int, set[int]], account: int) -> bool:
        return len(way[account]) <= self.most

    def counts(self, u: int, w: int) -> tuple[int, int, int, int]:
        return *self.rectangles(u, w), self.split(u, w), self.joined(u, w)

    def rectangles(self, u: int, w: int) -> tuple[int, int]:
        if not 2 <= len(self.to[u]) <= self.most or not self.free(self.by, w):
            return 0, 0
        shared = [
            sum(self.free(self.by, x) for x in self.to[u] & self.to[peer] - {w})
            for peer in self.by[w] - {u}
            if self.free(self.to, peer)
        ]
        return sum(shared), sum(each > 0 for each in shared)

    def onward(self, u: int, w: int) -> set[int]:
        """Third accounts that w passes money of u on to."""
        if not self.free(self.to, w):
            return set()
        return {
            x
            for x in self.to[w] - {u}
            if self.last[w, x] >= self.first[u, w] and self.free(self.by, x)
        }

    def split(self, u: int, w: int) -> int:
        if not 2 <= len(self.to[u]) <= self.most:
            return 0
        also = [self.onward(u, other) for other in self.to[u]]
        return max((sum(x in each for each in also) - 1 for x in self.onward(u, w)), default=0)

    def origin(self, u: int, w: int) -> set[int]:
        """Third accounts whose money u brings to w."""
        if not self.free(self.by, u):
            return set()
        return {
            x
            for x in self.by[u] - {w}
            if self.first[x, u] <= self.last[u, w] and self.free(self.to, x)
        }

    def joined(self, u: int, w: int) -> int:
        if not 2 <= len(self.by[w]) <= self.most:
            return 0
        also = [self.origin(other, w) for other in self.by[w]]
        return max((sum(x in each for each in also) - 1 for x in self.origin(u, w)), default=0)
