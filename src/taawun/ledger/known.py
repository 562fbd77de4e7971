"""What transfers say of accounts: at which bank, in which country, held by whom.

The last transfer that says something counts, whatever order transfers came in; of transfers at the
same instant always the same one. One table for the whole book, its row being the account's number.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from taawun.jit import I32, I64, U64, kernel
from taawun.ledger.coding import Column
from taawun.ledger.strings import Flags

FACTS = ("bank", "country", "holder", "identifier")
NEVER = np.int64(-(2**63))


class _Fact:
    """One fact of all accounts: when it was said last, by which transfer, and what was said."""

    def __init__(self, table: pa.Table | None, name: str) -> None:
        self.at = np.zeros(0, np.int64)
        self.key = np.zeros(0, np.uint64)
        self.pick = np.zeros(0, np.int64)
        self.said: list[pa.Array] = []
        self.count = 0
        if table is not None and table.num_rows:
            self.at = table[f"{name}_at"].to_numpy().copy()
            self.key = table[f"{name}_key"].to_numpy().copy()
            self._add(table[name].combine_chunks())
            self.pick = np.where(self.at == NEVER, -1, np.arange(len(self.at)))

    def _add(self, words: pa.Array) -> int:
        before = self.count
        self.said.append(words.cast(pa.string()))
        self.count += len(words)
        return before

    def learn(self, number: I32, at: I64, key: U64, words: Column) -> None:
        there = words.is_valid().to_numpy(zero_copy_only=False)
        winner = np.full(len(self.at), -1, np.int64)
        _latest(number, at, key, there, self.at, self.key, winner)
        accounts = np.flatnonzero(winner >= 0)
        if len(accounts):
            picked = words.take(pa.array(winner[accounts])).cast(pa.string())
            if isinstance(picked, pa.ChunkedArray):
                picked = picked.combine_chunks()
            self.pick[accounts] = self._add(picked) + np.arange(len(accounts))

    def make_room(self, accounts: int) -> None:
        more = accounts - len(self.at)
        if more > 0:
            self.at = np.concatenate([self.at, np.full(more, NEVER)])
            self.key = np.concatenate([self.key, np.zeros(more, np.uint64)])
            self.pick = np.concatenate([self.pick, np.full(more, -1, np.int64)])

    def words(self) -> pa.Array:
        if not self.said:
            return pa.nulls(len(self.pick), pa.string())
        every = pa.chunked_array(self.said, pa.string())
        return every.take(pa.array(self.pick, mask=self.pick < 0)).combine_chunks()


class Known:
    """What is known of accounts so far; `table` is what an import keeps of it."""

    def __init__(self, table: pa.Table | None = None) -> None:
        self._facts = {name: _Fact(table, name) for name in FACTS}

    def learn(self, rows: pa.Table, accounts: int) -> None:
        """Learn from transfers: source and target as numbers, `at`, `key`, and the facts.

        `accounts` is how many numbers there are. Facts are columns `source_bank` and so on.
        """
        at = rows["at"].cast(pa.int64()).to_numpy()
        key = rows["key"].to_numpy()
        for end in ("source", "target"):
            number = rows[end].to_numpy()
            for name, fact in self._facts.items():
                fact.make_room(accounts)
                column = f"{end}_{name}"
                if column in rows.column_names and rows[column].null_count < len(rows):
                    fact.learn(number, at, key, rows[column])

    def table(self, ids: pa.Array) -> pa.Table:
        """One row an account: its id, and each fact with when and by which transfer it was said."""
        columns = {"account": ids.cast(pa.large_string())}
        for name, fact in self._facts.items():
            fact.make_room(len(ids))
            columns[name] = fact.words()
            columns[f"{name}_at"] = pa.array(fact.at)
            columns[f"{name}_key"] = pa.array(fact.key)
        return pa.table(columns)


@kernel
def _latest(
    number: I32, at: I64, key: U64, there: Flags, best_at: I64, best_key: U64, winner: I64
) -> None:
    for row in range(len(number)):
        if not there[row]:
            continue
        account = number[row]
        if at[row] > best_at[account] or (
            at[row] == best_at[account] and key[row] > best_key[account]
        ):
            best_at[account] = at[row]
            best_key[account] = key[row]
            winner[account] = row
