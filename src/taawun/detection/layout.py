"""Where accounts and transfers stand in a picture: in layers along the flow, nothing overlapping.

After Sugiyama, Tagawa and Toda (1981): links against the flow are turned, accounts get layers,
links run through columns between them, each with a place of its own for its label, crossings are
made few, and each column is moved as near to its neighbours as its order allows. Since a label is
a thing of its own column, no label lies on a box or on another label. Pure geometry: the same
input gives the same places.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

SWEEPS = 8
LEAST_GAP, MOST_GAP = 30.0, 150.0
PORT, PORTS = 8.0, 20.0  # between two links at a box, and between the first and the last
STEEPNESS = 0.32
"""Width of a gap for each unit of the largest rise that a line makes in it."""


@dataclass(frozen=True, slots=True)
class Box:
    """How much room a thing takes: an account, or the label of a link."""

    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Route:
    """The way of one link: pairs of points, each pair a level stretch; curves join the stretches.

    `label` is the middle of the stretch that the label stands on. `back` runs against the flow:
    its arrow is at the first point.
    """

    stretches: tuple[tuple[float, float, float], ...]
    label: tuple[float, float]
    back: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """Middles of the accounts' boxes, the ways of the links, and the room all of it takes."""

    nodes: tuple[tuple[float, float], ...]
    routes: tuple[Route, ...]
    width: float
    height: float


@dataclass(slots=True)
class _Item:
    """Something in a column: an account (`node`), a label, or where a line passes through."""

    column: int
    width: float
    height: float
    y: float = 0.0


def laid_out(
    boxes: Sequence[Box], links: Sequence[tuple[int, int]], labels: Sequence[Box]
) -> Layout:
    """Places for boxes (n) and links between them, with labels of the given sizes.

    The order of the boxes is kept where nothing else decides. A link from a box to itself is a
    bug of the caller.
    """
    turned = _against(len(boxes), links)
    flow = [(b, a) if back else (a, b) for (a, b), back in zip(links, turned, strict=True)]
    layer = _layers(len(boxes), flow)
    items = [_Item(2 * layer[i], box.width, box.height) for i, box in enumerate(boxes)]
    paths = [_path(items, layer, link, label) for link, label in zip(flow, labels, strict=True)]
    columns = _columns(items)
    near = _neighbours(len(items), paths)
    _untangle(columns, near, paths)
    _place(columns, items, near)
    return _drawn(columns, items, paths, len(boxes), turned)


# Layers


def _against(n: int, links: Sequence[tuple[int, int]]) -> list[bool]:
    """Which links close a circle, going by depth from the first box on."""
    after: list[list[tuple[int, int]]] = [[] for _ in range(n)]
    entered = [0] * n
    for number, (a, b) in enumerate(links):
        after[a].append((b, number))
        entered[b] += 1
    back, state = [False] * len(links), [0] * n  # 0 not seen, 1 on the way, 2 done
    for root in sorted(range(n), key=lambda i: (entered[i] > 0, i)):
        if state[root]:
            continue
        state[root] = 1
        way = [(root, iter(after[root]))]
        while way:
            box, rest = way[-1]
            step = next(rest, None)
            if step is None:
                state[box] = 2
                way.pop()
            elif state[step[0]] == 1:
                back[step[1]] = True
            elif state[step[0]] == 0:
                state[step[0]] = 1
                way.append((step[0], iter(after[step[0]])))
    return back


def _layers(n: int, flow: Sequence[tuple[int, int]]) -> list[int]:
    """Layers along the longest way; what nobody pays stands just before those it pays."""
    after: list[list[int]] = [[] for _ in range(n)]
    left = [0] * n
    for a, b in flow:
        after[a].append(b)
        left[b] += 1
    first = [i for i in range(n) if not left[i]]
    layer, ready = [0] * n, list(first)
    while ready:
        box = ready.pop()
        for other in after[box]:
            layer[other] = max(layer[other], layer[box] + 1)
            left[other] -= 1
            if not left[other]:
                ready.append(other)
    for box in first:
        if after[box]:
            layer[box] = min(layer[other] for other in after[box]) - 1
    return layer


# Columns


def _path(items: list[_Item], layer: list[int], link: tuple[int, int], label: Box) -> list[int]:
    """The items a link runs through, from box to box: its label first, then bare places."""
    a, b = link
    path = [a]
    for column in range(2 * layer[a] + 1, 2 * layer[b]):
        named = column == 2 * layer[a] + 1
        items.append(
            _Item(column, label.width, label.height) if named else _Item(column, 0.0, 12.0)
        )
        path.append(len(items) - 1)
    return [*path, b]


def _columns(items: list[_Item]) -> list[list[int]]:
    columns: list[list[int]] = [
        [] for _ in range(max((item.column for item in items), default=0) + 1)
    ]
    for number, item in enumerate(items):
        columns[item.column].append(number)
    return columns


def _neighbours(n: int, paths: list[list[int]]) -> list[tuple[list[int], list[int]]]:
    """Of each item those in the column before and in the column after."""
    near: list[tuple[list[int], list[int]]] = [([], []) for _ in range(n)]
    for path in paths:
        for a, b in pairwise(path):
            near[a][1].append(b)
            near[b][0].append(a)
    return near


def _untangle(
    columns: list[list[int]], near: list[tuple[list[int], list[int]]], paths: list[list[int]]
) -> None:
    """Order each column by the middle of its neighbours, to and fro; the best order is kept."""
    steps = sorted({step for path in paths for step in pairwise(path)})
    best, fewest = [list(column) for column in columns], _crossings(columns, steps)
    for sweep in range(SWEEPS):
        side = sweep % 2
        for column in columns if side == 0 else reversed(columns):
            rank = {item: at for each in columns for at, item in enumerate(each)}
            column.sort(key=lambda item: _middle(near[item][side], rank, rank[item]))
        if (crossed := _crossings(columns, steps)) < fewest:
            best, fewest = [list(column) for column in columns], crossed
    columns[:] = best


def _middle(near: list[int], rank: dict[int, int], own: int) -> float:
    return sum(rank[each] for each in near) / len(near) if near else own


def _crossings(columns: list[list[int]], steps: list[tuple[int, int]]) -> int:
    rank = {item: at for column in columns for at, item in enumerate(column)}
    column_of = {item: number for number, column in enumerate(columns) for item in column}
    gaps: dict[int, list[tuple[int, int]]] = {}
    for a, b in steps:
        gaps.setdefault(column_of[a], []).append((rank[a], rank[b]))
    return sum(_inversions(sorted(gap)) for gap in gaps.values())


def _inversions(gap: list[tuple[int, int]]) -> int:
    ends = [b for _, b in gap]
    return sum(ends[i] > ends[j] for i in range(len(ends)) for j in range(i + 1, len(ends)))


# Places


def _place(
    columns: list[list[int]], items: list[_Item], near: list[tuple[list[int], list[int]]]
) -> None:
    """Heights: stacked first, then each column as near to its neighbours as its order allows."""
    for column in columns:
        _settle(column, items, [0.0] * len(column))
    for sweep in range(4 * SWEEPS):
        last = sweep >= 2 * SWEEPS
        for column in columns if sweep % 2 == 0 else reversed(columns):
            wanted = [_pull(item, items, near[item], sweep % 2, last) for item in column]
            _settle(column, items, wanted)


def _pull(
    item: int, items: list[_Item], near: tuple[list[int], list[int]], side: int, both: bool
) -> float:
    """Where an item would like to stand: level with its neighbours."""
    among = [*near[0], *near[1]] if both or not near[side] else near[side]
    return sum(items[each].y for each in among) / len(among) if among else items[item].y


def _settle(column: list[int], items: list[_Item], wanted: list[float]) -> None:
    """The places nearest to those wanted (least squares) in which nothing overlaps.

    Pool adjacent violators on what is wanted less the room that those before take.
    """
    offset, above, pools = 0.0, 0.0, []
    offsets = []
    for item, want in zip(column, wanted, strict=True):
        half = items[item].height / 2
        offset += above + half
        above = half
        offsets.append(offset)
        pools.append((want - offset, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (a, m), (b, k) = pools[-2], pools[-1]
            pools[-2:] = [((a * m + b * k) / (m + k), m + k)]
    places = [value for value, count in pools for _ in range(count)]
    for item, start, off in zip(column, places, offsets, strict=True):
        items[item].y = start + off


def _drawn(
    columns: list[list[int]], items: list[_Item], paths: list[list[int]], n: int, turned: list[bool]
) -> Layout:
    """Across: columns as wide as their widest, gaps as wide as their steepest line wants."""
    width = [max((items[i].width for i in column), default=0.0) for column in columns]
    rise = [0.0] * len(columns)
    for path in paths:
        for a, b in pairwise(path):
            at = items[a].column
            rise[at] = max(rise[at], abs(items[a].y - items[b].y))
    left, edge = [], 0.0
    for number in range(len(columns)):
        left.append(edge)
        edge += width[number] + min(MOST_GAP, max(LEAST_GAP, STEEPNESS * rise[number]))
    total = left[-1] + width[-1] if columns else 0.0
    top = min((item.y - item.height / 2 for item in items), default=0.0)
    bottom = max((item.y + item.height / 2 for item in items), default=0.0)
    nodes = tuple(
        (left[items[i].column] + width[items[i].column] / 2, items[i].y - top) for i in range(n)
    )
    ports = _ports(paths, items)
    routes = tuple(
        _route(path, items, left, width, top, back, ends)
        for path, back, ends in zip(paths, turned, ports, strict=True)
    )
    return Layout(nodes, routes, total, bottom - top)


def _ports(paths: list[list[int]], items: list[_Item]) -> list[tuple[float, float]]:
    """How far from the middle of its boxes each link begins and ends: in the order they come in."""
    ports = [(0.0, 0.0)] * len(paths)
    sides: dict[tuple[int, int], list[tuple[float, int]]] = {}
    for number, path in enumerate(paths):
        sides.setdefault((path[0], 0), []).append((items[path[1]].y, number))
        sides.setdefault((path[-1], 1), []).append((items[path[-2]].y, number))
    for (_, side), ends in sides.items():
        step = min(PORT, PORTS / max(1, len(ends) - 1))
        for at, (_, number) in enumerate(sorted(ends)):
            off = (at - (len(ends) - 1) / 2) * step
            start, end = ports[number]
            ports[number] = (off, end) if side == 0 else (start, off)
    return ports


def _route(
    path: list[int],
    items: list[_Item],
    left: list[float],
    width: list[float],
    top: float,
    back: bool,
    ports: tuple[float, float],
) -> Route:
    def level(item: int) -> tuple[float, float, float]:
        column = items[item].column
        return left[column], left[column] + width[column], items[item].y - top

    first, last = level(path[0]), level(path[-1])
    inside = [level(item) for item in path[1:-1]]
    start = (first[0] + first[1] + items[path[0]].width) / 2
    end = (last[0] + last[1] - items[path[-1]].width) / 2
    out, into = (start, first[1], first[2] + ports[0]), (last[0], end, last[2] + ports[1])
    named = inside[0]
    return Route((out, *inside, into), ((named[0] + named[1]) / 2, named[2]), back)
