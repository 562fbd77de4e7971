"""Where a trail begins: a transfer, or what an account sent or received in a time.

Forward, an account's first so many minor units count; backward, its last.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from taawun.errors import NotFound, UsageError
from taawun.jit import I32
from taawun.ledger.network import Network
from taawun.tracing.flow import Direction


@dataclass(frozen=True, slots=True)
class Seed:
    """A transfer of the window, and how much of it is traced: its first minor units of value."""

    position: int
    amount: int


def of_transfer(network: Network, position: int) -> tuple[Seed, ...]:
    """The whole of one transfer. Raises UsageError where there is nothing to follow."""
    name = network.names.transfers([position])[0]
    if network.source[position] == network.target[position]:
        raise UsageError(f"transfer {name!r} stays in one account: there is nothing to trace")
    if not network.value[position]:
        raise UsageError(f"transfer {name!r} has no known value: there is nothing to trace")
    return (Seed(position, int(network.value[position])),)


def of_account(
    network: Network,
    account: int,
    direction: Direction,
    *,
    since: int | None = None,
    until: int | None = None,
    amount: int | None = None,
) -> tuple[Seed, ...]:
    """What the account sent (forward) or received (backward) from `since` up to before `until`.

    Seconds since 1970; `amount` minor units of value, all of it without. Raises NotFound where
    there is no such transfer.
    """
    if direction == "forward":
        row = network.out[network.out_start[account] : network.out_start[account + 1]]
    else:
        row = network.into[network.into_start[account] : network.into_start[account + 1]]
    fits = (network.value[row] > 0) & (network.source[row] != network.target[row])
    if since is not None:
        fits &= network.at[row] >= since
    if until is not None:
        fits &= network.at[row] < until
    found: I32 = row[fits]
    if not len(found):
        name = network.names.accounts([account])[0]
        if direction == "forward":
            raise NotFound(f"account {name!r} sent nothing of known value in that time")
        raise NotFound(f"account {name!r} received nothing of known value in that time")
    chosen = _first(network, found if direction == "forward" else found[::-1], amount)
    return tuple(sorted(chosen, key=lambda seed: seed.position))


def _first(network: Network, positions: I32, amount: int | None) -> Iterable[Seed]:
    for position in positions.tolist():
        value = int(network.value[position])
        if amount is None:
            yield Seed(position, value)
            continue
        if amount <= 0:
            return
        yield Seed(position, min(value, amount))
        amount -= value


def account_named(network: Network, name: str) -> int | None:
    """The number of an account in the window, by its id."""
    ids = network.names.accounts(np.arange(network.accounts))
    return ids.index(name) if name in ids else None


def transfer_named(network: Network, name: str, at: int | None = None) -> int | None:
    """The position of a transfer in the window, by its reference; fast where its time is known."""
    first, last = 0, network.size
    if at is not None:
        first = int(np.searchsorted(network.at, at, side="left"))
        last = int(np.searchsorted(network.at, at, side="right"))
    for start in range(first, last, _BLOCK):
        block = network.names.transfers(np.arange(start, min(last, start + _BLOCK)))
        if name in block:
            return start + block.index(name)
    return None


_BLOCK = 65_536
