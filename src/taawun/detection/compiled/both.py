"""An account's transfers in either direction, in order of time, without those to itself."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from taawun.jit import I32, I64, kernel
from taawun.ledger.network import Network, by_account


class Both(NamedTuple):
    """The network, as far as kernels that look both ways need it."""

    at: I64
    value: I64
    source: I32
    target: I32
    out_start: I64
    out: I32
    into_start: I64
    into: I32


def both(network: Network) -> Both:
    """Of a network."""
    return Both(
        network.at, network.value, network.source, network.target,
        network.out_start, network.out, network.into_start, network.into,
    )  # fmt: skip


def real(network: Network) -> Both:
    """The same, with transfers to oneself in nobody's list."""
    positions = np.flatnonzero(network.source != network.target).astype(np.int32)
    if len(positions) == network.size:
        return both(network)
    out_start, out = by_account(network.source[positions], network.accounts)
    into_start, into = by_account(network.target[positions], network.accounts)
    return Both(
        network.at, network.value, network.source, network.target,
        out_start, positions[out], into_start, positions[into],
    )  # fmt: skip


def starts(network: Network) -> I64:
    """Where each account's transfers in either direction start, to share work by."""
    return network.out_start + network.into_start


@kernel
def longest(b: Both, low: int, high: int) -> int:
    """The most transfers that an account of low … high - 1 has."""
    most = 0
    for account in range(low, high):
        out = b.out_start[account + 1] - b.out_start[account]
        most = max(most, out + b.into_start[account + 1] - b.into_start[account])
    return most


@kernel
def merged(b: Both, account: int, own: I32) -> int:
    """The account's transfers, into `own`: how many."""
    out = b.out[b.out_start[account] : b.out_start[account + 1]]
    into = b.into[b.into_start[account] : b.into_start[account + 1]]
    count = one = other = 0
    while one < len(out) or other < len(into):
        if other >= len(into) or (one < len(out) and out[one] < into[other]):
            each = out[one]
            one += 1
        else:
            each = into[other]
            other += 1
        if b.source[each] != b.target[each]:
            own[count] = each
            count += 1
    return count
