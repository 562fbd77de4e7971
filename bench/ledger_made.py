"""Ledgers for measuring speed, made by numbers alone and the same for the same seed.

`world` has the outward form of the AMLworld ledgers: 18 days of which the first ten are full, ten
transfers an account with a heavy tail of senders, one of whom sends three in a hundred of all, most
payments to a small circle, one in eight to oneself, times by the minute.
"""

from __future__ import annotations

import numpy as np

from taawun.jit import I32, I64
from taawun.ledger.network import Listed, Network, by_account

DAY = 86_400
START = 1_661_990_400
"""2022-09-01 UTC."""
DAYS, FULL = 18, 10
HUB, TO_SELF, TO_CIRCLE, CIRCLE = 0.03, 0.12, 0.58, 6


def world(size: int, seed: int = 0) -> Network:
    """An AMLworld-like ledger of so many transfers."""
    dice = np.random.default_rng(seed)
    accounts = max(size // 10, 10)
    days = np.where(dice.random(size) < 0.1, DAYS, FULL) * DAY
    at = np.sort((dice.random(size) * days).astype(np.int64) // 60 * 60) + START
    weight = np.minimum(dice.pareto(1.3, accounts) + 0.3, 300)
    small = weight < 20
    small[0] = False
    weight[0] = HUB * weight.sum()
    source = _drawn(dice, weight, size)
    anyone = _drawn(dice, dice.lognormal(0, 0.8, accounts), size)
    circle = (source * 7_919 + dice.integers(0, CIRCLE, size) * 104_729 + 1) % accounts
    kind = dice.random(size)
    near = (kind < TO_SELF + TO_CIRCLE) & small[source]
    target = np.where(kind < TO_SELF, source, np.where(near, circle, anyone))
    amount = (np.exp(dice.normal(6, 1.5, size)) * 100).astype(np.int64) + 1
    return network_of(at, source.astype(np.int32), target.astype(np.int32), amount, accounts)


def _drawn(dice: np.random.Generator, weight: np.ndarray, size: int) -> I64:
    """Accounts drawn as often as they weigh."""
    edges = np.cumsum(weight / weight.sum())
    return np.minimum(np.searchsorted(edges, dice.random(size)), len(weight) - 1).astype(np.int64)


def hub(size: int, seed: int = 0) -> Network:
    """A ledger of `size` transfers all of which one account sends or receives, turn about."""
    dice = np.random.default_rng(seed)
    accounts = max(size // 10, 10)
    at = np.sort(dice.integers(0, DAYS * DAY, size)) + START
    other = dice.integers(1, accounts, size).astype(np.int32)
    sends = np.arange(size) % 2 == 0
    source = np.where(sends, 0, other).astype(np.int32)
    target = np.where(sends, other, 0).astype(np.int32)
    return network_of(at, source, target, dice.integers(1, 10**7, size), accounts)


def network_of(at: I64, source: I32, target: I32, amount: I64, accounts: int) -> Network:
    """The arrays in order of time already; one currency, nothing known of the accounts."""
    out_start, out = by_account(source, accounts)
    into_start, into = by_account(target, accounts)
    size = len(at)
    return Network(
        at=at,
        source=source,
        target=target,
        value=amount,
        amount=amount,
        currency=np.zeros(size, np.int16),
        channel=np.zeros(size, np.uint8),
        bank=np.zeros(accounts, np.int32),
        country=np.zeros(accounts, np.int16),
        kind=np.zeros(accounts, np.uint8),
        shared=np.zeros(accounts, np.int32),
        out_start=out_start,
        out=out,
        into_start=into_start,
        into=into,
        currencies=("EUR",),
        channels=("",),
        banks=("",),
        countries=("",),
        kinds=("",),
        names=Listed([], []),
    )
