"""Tracing as slowly and plainly as can be: every minor unit by itself, every balance anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from taawun.ledger.network import Network


def taking_part(network: Network) -> list[int]:
    return [
        p
        for p in range(network.size)
        if network.value[p] > 0 and network.source[p] != network.target[p]
    ]


def opening(network: Network, account: int) -> int:
    """The least balance at the start that is never undercut, at the end of any moment."""
    least = balance = 0
    for time in sorted(set(network.at.tolist())):
        for p in taking_part(network):
            if network.at[p] == time:
                balance += int(network.value[p]) * (network.target[p] == account)
                balance -= int(network.value[p]) * (network.source[p] == account)
        least = min(least, balance)
    return -least


def fifo(
    network: Network, seeds: Sequence[tuple[int, int]], *, forward: bool, hops: int
) -> tuple[Counter[int], Counter[int]]:
    """Traced units by transfer, and by the account that they rest in (or are stopped in).

    Going backward a unit of -1 is one of an opening balance.
    """
    came: dict[int, list[tuple[int, int]]] = {}
    went: dict[int, list[tuple[int, int]]] = {}
    for account in range(network.accounts):
        came[account] = [(-1, each) for each in range(opening(network, account))]
        went[account] = []
    for p in taking_part(network):
        units = [(p, each) for each in range(int(network.value[p]))]
        came[int(network.target[p])] += units
        went[int(network.source[p])] += units
    enters, leaves = (came, went) if forward else (went, came)
    end = network.target if forward else network.source
    legs, rest = Counter[int](), Counter[int]()
    starts = {p for p, _ in seeds}
    for position, amount in seeds:
        for each in range(amount):
            unit, hop = (position, each), 0
            while True:
                legs[unit[0]] += 1
                account = int(end[unit[0]])
                ruler = enters[account].index(unit)
                onward = leaves[account][ruler] if ruler < len(leaves[account]) else (-1, 0)
                if hop == hops or onward[0] == -1 or onward[0] in starts:
                    rest[account] += 1
                    break
                unit, hop = onward, hop + 1
    return legs, rest


def pool_forward(
    network: Network, account: int, traced: dict[int, int]
) -> tuple[dict[int, int], int]:
    """What each transfer out takes of a pool into which these parts came, and what stays."""
    balance, pool, takes = opening(network, account), 0, {}
    parts = taking_part(network)
    for time in sorted(set(network.at.tolist())):
        now = [p for p in parts if network.at[p] == time]
        for p in now:
            if network.target[p] == account:
                balance += int(network.value[p])
                pool += traced.get(p, 0)
        for p in now:
            if network.source[p] == account:
                takes[p] = pool * int(network.value[p]) // balance
                pool -= takes[p]
                balance -= int(network.value[p])
    return takes, pool


def pool_backward(
    network: Network, account: int, traced: dict[int, int]
) -> tuple[dict[int, int], int]:
    """What each transfer in gave to these parts that went, and what the opening balance gave."""
    parts = taking_part(network)
    balance = opening(network, account)
    balance += sum(int(network.value[p]) for p in parts if network.target[p] == account)
    balance -= sum(int(network.value[p]) for p in parts if network.source[p] == account)
    pool, gives = 0, {}
    for time in sorted(set(network.at.tolist()), reverse=True):
        now = [p for p in reversed(parts) if network.at[p] == time]
        for p in now:
            if network.source[p] == account:
                balance += int(network.value[p])
                pool += traced.get(p, 0)
        for p in now:
            if network.target[p] == account:
                gives[p] = pool * int(network.value[p]) // balance
                pool -= gives[p]
                balance -= int(network.value[p])
    return gives, pool
