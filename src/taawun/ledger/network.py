"""A window of the ledger as plain arrays: transfers by time, and by account in both directions.

Positions are int32 (a window has fewer than 2**31 transfers), sorted by time, ties by reference.
Accounts are dense numbers from 0. Kernels take the arrays; people get ids back through `names`.
Time-respecting means that the later transfer is not earlier: equal times are allowed, because
ledgers booked by the day do not say which came first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from taawun.jit import I16, I32, I64, U8, kernel
from taawun.ledger.coding import Column
from taawun.ledger.whereabouts import Whereabouts


class Names(Protocol):
    """From positions and numbers back to what people call them."""

    def transfers(self, positions: npt.ArrayLike) -> list[str]:
        """References of transfers, given as positions in the network."""
        ...

    def accounts(self, numbers: npt.ArrayLike) -> list[str]:
        """Ids of accounts, given as numbers."""
        ...

    def positions(self, references: Column) -> I64:
        """Where transfers stand, given their references: the first position of each, -1 where
        the network has none."""
        ...


@dataclass(frozen=True, slots=True)
class Network:
    """The arrays. n transfers, m accounts.

    Of a transfer (n): `at` seconds since 1970 UTC; `source`, `target` account numbers; `value`
    minor units of the reference currency (0 where unknown); `amount` minor units of `currency`
    (a place in `currencies`); `channel` (a place in `channels`, 0 is unknown).
    Of an account (m): `bank` and `country` (places in `banks`, `countries`; 0 is unknown),
    `kind` (a place in `kinds`), `shared` (accounts with one number above 0 have one identifier,
    phone or address in common; 0: none known).
    `out` (n): positions ordered by source, then time; those of account a are
    `out[out_start[a]:out_start[a + 1]]`. `into` and `into_start`: the same by target.
    """

    at: I64
    source: I32
    target: I32
    value: I64
    amount: I64
    currency: I16
    channel: U8
    bank: I32
    country: I16
    kind: U8
    shared: I32
    out_start: I64
    out: I32
    into_start: I64
    into: I32
    currencies: tuple[str, ...]
    channels: tuple[str, ...]
    banks: tuple[str, ...]
    countries: tuple[str, ...]
    kinds: tuple[str, ...]
    names: Names

    @property
    def size(self) -> int:
        """How many transfers."""
        return len(self.at)

    @property
    def accounts(self) -> int:
        """How many accounts."""
        return len(self.bank)


@dataclass(frozen=True, slots=True)
class Listed:
    """Names kept in memory: references by position, ids by number."""

    transfer: Sequence[str]
    account: Sequence[str]

    def transfers(self, positions: npt.ArrayLike) -> list[str]:
        return [self.transfer[int(each)] for each in np.asarray(positions)]

    def accounts(self, numbers: npt.ArrayLike) -> list[str]:
        return [self.account[int(each)] for each in np.asarray(numbers)]

    def positions(self, references: Column) -> I64:
        found = Whereabouts(references)
        found.look(pa.array(self.transfer, pa.string()), np.arange(len(self.transfer)))
        return found.positions()


def by_account(account: I32, accounts: int) -> tuple[I64, I32]:
    """Where each account's transfers start, and their positions in order of account, then time.

    `account` holds numbers by position, positions being in order of time already. A counting
    sort: linear, stable.
    """
    return _by_account(account, accounts)


@kernel
def _by_account(account: I32, accounts: int) -> tuple[I64, I32]:
    start = np.zeros(accounts + 1, np.int64)
    for each in account:
        start[each + 1] += 1
    for number in range(accounts):
        start[number + 1] += start[number]
    place = start[:-1].copy()
    order = np.empty(len(account), np.int32)
    for position in range(len(account)):
        number = account[position]
        order[place[number]] = position
        place[number] += 1
    return start, order
