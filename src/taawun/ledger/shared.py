"""Which accounts have an identifier, a phone or an address in common.

Accounts are joined through any of the three, and through each other: groups are connected
components. A value that very many accounts have is a placeholder ("unknown", a switchboard, a
service address); it joins nobody and is counted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from taawun.jit import I32, I64, kernel
from taawun.ledger.coding import dictionary, numbers

FIELDS = ("identifier", "phone", "address")
PLACEHOLDER = 50
"""A value of more accounts than this says nothing of who they are."""


@dataclass(frozen=True, slots=True)
class Shared:
    """`group` (m) of each account, 0 where it shares nothing; `placeholders` values left out."""

    group: I32
    placeholders: int


def shared(accounts: pa.Table, most: int = PLACEHOLDER) -> Shared:
    """Groups of a table of accounts, one row each. Numbers from 1, by their first account."""
    parent = np.arange(accounts.num_rows, dtype=np.int32)
    left_out = 0
    for field in FIELDS:
        if field in accounts.column_names and len(accounts) > accounts[field].null_count:
            value, account = _values(accounts[field])
            left_out += _join(value, account, parent, most)
    return Shared(_groups(parent), left_out)


def _values(column: pa.ChunkedArray) -> tuple[I64, I64]:
    """Values as numbers in ascending order, with the rows that have them; blanks left out."""
    spaced = pc.utf8_trim_whitespace(pc.utf8_lower(column.cast(pa.string())))
    plain = pc.replace_substring_regex(spaced, r"[\s\-./]+", " ")
    encoded = dictionary(plain)
    value = numbers(encoded.indices).astype(np.int64)
    said = pc.not_equal(plain, "").fill_null(False)
    rows = np.flatnonzero(said.to_numpy()).astype(np.int64)
    order = np.argsort(value[rows], kind="stable")
    return value[rows][order], rows[order]


@kernel
def _root(parent: I32, account: int) -> int:
    while parent[account] != account:
        parent[account] = parent[parent[account]]
        account = parent[account]
    return account


@kernel
def _join(value: I64, account: I64, parent: I32, most: int) -> int:
    """Join the accounts of each value (ascending) in `parent`; how many values were too many's."""
    left_out = 0
    start = 0
    for end in range(1, len(value) + 1):
        if end < len(value) and value[end] == value[start]:
            continue
        if end - start > most:
            left_out += 1
        else:
            for each in range(start + 1, end):
                one = _root(parent, account[start])
                other = _root(parent, account[each])
                parent[max(one, other)] = min(one, other)
        start = end
    return left_out


@kernel
def _groups(parent: I32) -> I32:
    size = np.zeros(len(parent), np.int32)
    for account in range(len(parent)):
        size[_root(parent, account)] += 1
    group = np.zeros(len(parent), np.int32)
    last = 0
    for account in range(len(parent)):
        root = _root(parent, account)
        if size[root] < 2:
            continue
        if root == account:
            last += 1
            group[account] = last
        else:
            group[account] = group[root]
    return group
