"""What a picture shows: accounts and the transfers between them, joined and bounded.

    moves = moves_of(network, positions)           transfers as columns, with ids
    sketch = sketched(moves, roles={"A": CENTRE})  accounts and links, as many as can be read

Transfers between one pair are one link. Of more accounts than can be read the others stand as one
box ("and 214 others"), and of more links the smallest are left out; both are counted.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from taawun.ledger.network import Network

ACCOUNTS, LINKS = 30, 40
PLAIN, CENTRE, OTHER, SEED, REST = "plain", "centre", "other", "seed", "rest"


@dataclass(frozen=True, slots=True)
class Moves:
    """Transfers as columns: ids, seconds since 1970, minor units; `value` 0 where unknown.

    `value` is what the picture counts: the value in the reference currency or, in a trail, the
    part of it that is traced. `amount` is in `currency` and tells more where all are in one.
    """

    source: Sequence[str]
    target: Sequence[str]
    at: Sequence[int]
    value: Sequence[int]
    amount: Sequence[int]
    currency: Sequence[str]


@dataclass(frozen=True, slots=True)
class Node:
    """An account of the picture; with `accounts` above one, that many others together."""

    id: str
    role: str = PLAIN
    note: str = ""
    accounts: int = 1


@dataclass(frozen=True, slots=True)
class Link:
    """All transfers from one account (a place in the nodes) to another.

    `amount` is minor units of `currency` where all are in one, else 0 and "".
    """

    source: int
    target: int
    transfers: int
    value: int
    first: int
    last: int
    amount: int = 0
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Sketch:
    """Accounts and links, and how much of them is not shown."""

    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    accounts: int
    transfers: int
    hidden_links: int = 0
    hidden_transfers: int = 0


def moves_of(network: Network, positions: npt.ArrayLike) -> Moves:
    """Transfers of a window, given as positions."""
    at = np.asarray(positions, np.int64)
    return Moves(
        network.names.accounts(network.source[at]),
        network.names.accounts(network.target[at]),
        network.at[at].tolist(),
        network.value[at].tolist(),
        network.amount[at].tolist(),
        [network.currencies[each] for each in network.currency[at].tolist()],
    )


def sketched(
    moves: Moves,
    *,
    roles: Mapping[str, str] | None = None,
    notes: Mapping[str, str] | None = None,
    accounts: int = ACCOUNTS,
    links: int = LINKS,
) -> Sketch:
    """The picture's accounts and links, at most about so many.

    `roles` say who is who; those are always shown. Transfers to oneself are not drawn.
    """
    roles, notes = roles or {}, notes or {}
    pairs = _pairs(moves)
    ids = _in_order(pairs, roles)
    place = {name: number for number, name in enumerate(ids)}
    nodes = tuple(Node(name, roles.get(name, PLAIN), notes.get(name, "")) for name in ids)
    drawn = [replace(link, source=place[a], target=place[b]) for (a, b), link in pairs.items()]
    shown, joined = _bounded(nodes, drawn, accounts)
    return _thinned(shown, joined, len(nodes), sum(each.transfers for each in drawn), links)


def _pairs(moves: Moves) -> dict[tuple[str, str], Link]:
    """One link a pair, in the order of their first transfer."""
    pairs: dict[tuple[str, str], Link] = {}
    columns = (moves.source, moves.target, moves.at, moves.value, moves.amount, moves.currency)
    for a, b, at, value, amount, currency in zip(*columns, strict=True):
        if a != b:
            one = Link(-1, -1, 1, value, at, at, amount, currency)
            known = pairs.get((a, b))
            pairs[a, b] = one if known is None else _together(known, one)
    return dict(sorted(pairs.items(), key=lambda each: (each[1].first, each[0])))


def _together(a: Link, b: Link) -> Link:
    same = a.currency == b.currency
    return Link(
        a.source,
        a.target,
        a.transfers + b.transfers,
        a.value + b.value,
        min(a.first, b.first),
        max(a.last, b.last),
        a.amount + b.amount if same else 0,
        a.currency if same else "",
    )


def _in_order(pairs: Iterable[tuple[str, str]], roles: Mapping[str, str]) -> list[str]:
    """Accounts: first whom it is about, then as they first appear."""
    seen = dict.fromkeys(name for pair in pairs for name in pair)
    rank = {SEED: 0, CENTRE: 0, OTHER: 2}
    return sorted(seen, key=lambda name: rank.get(roles.get(name, PLAIN), 1))


# Bounds


def _bounded(
    nodes: tuple[Node, ...], links: list[Link], most: int
) -> tuple[tuple[Node, ...], list[Link]]:
    """At most `most` accounts one by one; the others joined by whom they deal with."""
    if len(nodes) <= most:
        return nodes, links
    weight: Counter[int] = Counter()
    for link in links:
        weight[link.source] += link.value + link.transfers
        weight[link.target] += link.value + link.transfers
    named = [i for i, node in enumerate(nodes) if node.role != PLAIN][:most]
    others = (i for i in sorted(weight, key=lambda i: (-weight[i], i)) if i not in set(named))
    kept = sorted({*named, *(i for i, _ in zip(others, range(most - len(named)), strict=False))})
    group = _groups(len(nodes), set(kept), links)
    place = {old: new for new, old in enumerate(kept)}
    sizes = Counter(group.values())
    rest = {name: len(kept) + at for at, name in enumerate(sorted(sizes))}
    boxes = [Node("", REST, accounts=sizes[name]) for name in sorted(sizes)]
    to = [place[i] if i in place else rest[group[i]] for i in range(len(nodes))]
    return (*(nodes[i] for i in kept), *boxes), _joined(links, to)


def _groups(n: int, kept: set[int], links: list[Link]) -> dict[int, str]:
    """A name for the group of each account that is not kept: pays, is paid, or both.

    Those that deal only with other hidden ones are a group too.
    """
    pays, paid = defaultdict(bool), defaultdict(bool)
    for link in links:
        if link.target in kept:
            pays[link.source] = True
        if link.source in kept:
            paid[link.target] = True
    return {i: f"{pays[i]:d}{paid[i]:d}" for i in range(n) if i not in kept}


def _joined(links: list[Link], to: list[int]) -> list[Link]:
    """Links between the new places, those of one pair together; those inside a box left out."""
    pairs: dict[tuple[int, int], Link] = {}
    for link in links:
        a, b = to[link.source], to[link.target]
        if a != b:
            moved = replace(link, source=a, target=b)
            known = pairs.get((a, b))
            pairs[a, b] = moved if known is None else _together(known, moved)
    return list(pairs.values())


def _thinned(
    nodes: tuple[Node, ...], links: list[Link], accounts: int, transfers: int, most: int
) -> Sketch:
    """At most `most` links: the smallest go, but none that is an account's last."""
    degree: Counter[int] = Counter()
    for link in links:
        degree.update((link.source, link.target))
    kept, over = set(range(len(links))), len(links) - most
    for number in sorted(kept, key=lambda i: (links[i].value, links[i].transfers, -i)):
        if over <= 0:
            break
        ends = (links[number].source, links[number].target)
        if min(degree[end] for end in ends) > 1:
            kept.discard(number)
            degree.subtract(ends)
            over -= 1
    shown = tuple(links[i] for i in sorted(kept))
    hidden = transfers - sum(link.transfers for link in shown)
    return Sketch(nodes, shown, accounts, transfers, len(links) - len(shown), hidden)
