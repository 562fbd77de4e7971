"""A table of transfers as a network: sorted by time, accounts numbered, words as places.

    network(transfers)                     from an Arrow table in TRANSFERS
    network(transfers, accounts)           with what a register says of accounts (ACCOUNTS)

The book loads its windows through the same steps (`book.py`). Everything is done by column; the
same rows in any order give the same arrays.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from taawun.errors import InputError
from taawun.jit import I32, I64
from taawun.ledger.coding import Coded, Column, Numbered, coded, dictionary, numbered
from taawun.ledger.network import Names, Network, by_account
from taawun.ledger.schema import AT, TRANSFERS
from taawun.ledger.shared import shared
from taawun.ledger.stored import Stored, placed
from taawun.ledger.whereabouts import Whereabouts

MICROSECONDS = 1_000_000
MANY_CHANNELS = 255
WORDS = (
    *("source_bank", "target_bank", "source_country", "target_country"),
    *("currency", "channel"),
)
Text: TypeAlias = pa.ChunkedArray


def network(transfers: pa.Table, accounts: pa.Table | None = None) -> Network:
    """The network of all rows of `transfers`; accounts are those that appear in them.

    `transfers` has the columns of TRANSFERS (others are not looked at; those that may be null may
    be left out), `accounts` those of ACCOUNTS, one row an account; what it says of bank and
    country goes before what transfers say. Raises InputError where a column is missing.
    """
    rows = _columns(transfers)
    order = in_order(rows["at"], rows["transfer"])
    ends = numbered(rows["source"], rows["target"])
    light = _light(rows, ends)
    if order is not None:
        light = light.take(pa.array(order))
    source, target = light["source"].to_numpy(), light["target"].to_numpy()
    known = of_accounts(light, source, target, ends.ids, accounts)
    return arranged(light, source, target, known, _Columns(rows["transfer"], order, ends.ids))


def _light(rows: pa.Table, ends: Numbered) -> pa.Table:
    """The rows without their references, accounts as numbers and words as places of words."""
    columns = {"source": ends.source, "target": ends.target}
    for name in ("at", "value", "amount"):
        columns[name] = rows[name]
    for name in WORDS:
        columns[name] = dictionary(rows[name])
    return pa.table(columns)


def _columns(transfers: pa.Table) -> pa.Table:
    """The columns of TRANSFERS in their types; those that may be null may be absent."""
    columns = []
    for field in TRANSFERS:
        if field.name in transfers.column_names:
            columns.append(transfers[field.name].cast(field.type))
        elif field.nullable:
            columns.append(pa.nulls(len(transfers), field.type))
        else:
            raise InputError(f"the table of transfers has no column {field.name!r}")
    return pa.table(columns, schema=TRANSFERS)


# Order


def microseconds(at: pa.ChunkedArray) -> I64:
    """Times as whole microseconds since 1970 UTC."""
    return at.cast(AT).cast(pa.int64()).to_numpy()  # type: ignore[no-any-return]


def in_order(at: pa.ChunkedArray, reference: Text) -> I64 | None:
    """Positions in order of time, ties by reference (UTF-8 bytes); None where they are already."""
    time = microseconds(at)
    order = None
    if (np.diff(time) < 0).any():
        order = by_time(time)
        time = time[order]
    tied = np.flatnonzero(np.diff(time) == 0)
    if not len(tied):
        return order
    if order is None:
        order = np.arange(len(time), dtype=np.int64)
        if _rising(reference, tied):
            return None
    return _settled(time, tied, order, lambda places: reference.take(pa.array(order[places])))


def by_time(time: I64) -> I64:
    """Positions in order of time (n), equal times in order of their positions.

    Time and position go into one number where they fit, which is sorted several times as fast as
    positions by their times.
    """
    if not len(time):
        return np.zeros(0, np.int64)
    first, bits = int(time.min()), (len(time) - 1).bit_length()
    if (int(time.max()) - first).bit_length() + bits > 62:
        return np.argsort(time, kind="stable")
    packed: I64 = (time - first) << bits
    packed |= np.arange(len(time), dtype=np.int64)
    packed.sort()
    packed &= (1 << bits) - 1
    return packed


def _rising(reference: Text, tied: I64) -> bool:
    """Whether the references at `tied` are each not above the next one."""
    first, second = reference.take(pa.array(tied)), reference.take(pa.array(tied + 1))
    return bool(pc.all(pc.less_equal(first, second)).as_py())


def ties_settled(time: I64, order: I64, stored: Stored) -> I64:
    """`order` (of `time`, ascending) with rows of equal times in order of their references.

    Rows of one part are in order; only where equal times are of several parts is there a look.
    """
    tied = np.flatnonzero(np.diff(time) == 0)
    part = stored.part_of(order)
    run = np.cumsum(np.concatenate([[0], np.diff(time) != 0]))
    mixed = np.unique(run[tied[part[tied] != part[tied + 1]]])
    tied = tied[np.isin(run[tied], mixed)]
    if not len(tied):
        return order
    return _settled(time, tied, order, lambda places: stored.references(order[places]))


def _settled(time: I64, tied: I64, order: I64, referred: Callable[[I64], Column]) -> I64:
    """`order` with the rows of equal times (`tied` to the next one) in order of references."""
    inside = np.zeros(len(time), bool)
    inside[tied] = inside[tied + 1] = True
    places = np.flatnonzero(inside)
    table = pa.table({"at": time[places], "reference": referred(places)})
    by = [("at", "ascending"), ("reference", "ascending")]
    settled = order.copy()
    settled[places] = order[places[pc.sort_indices(table, sort_keys=by).to_numpy()]]
    return settled


# Accounts


class _Columns:
    """Names out of Arrow columns, made into text when they are asked for.

    `order` says which row stands at a position; None: that of the same number.
    """

    __slots__ = ("_account", "_order", "_transfer")

    def __init__(self, transfer: Text, order: I64 | None, account: pa.Array) -> None:
        self._transfer = transfer
        self._order = order
        self._account = account

    def transfers(self, positions: npt.ArrayLike) -> list[str]:
        places = _asked(positions)
        rows = places if self._order is None else self._order[places]
        return self._transfer.take(pa.array(rows)).to_pylist()  # type: ignore[no-any-return]

    def accounts(self, numbers: npt.ArrayLike) -> list[str]:
        return self._account.take(pa.array(_asked(numbers))).to_pylist()  # type: ignore[no-any-return]

    def positions(self, references: Column) -> I64:
        found, done = Whereabouts(references), 0
        stands = placed(self._order, len(self._transfer))
        for chunk in self._transfer.chunks:
            found.look(chunk, stands[done : done + len(chunk)])
            done += len(chunk)
        return found.positions()


def _asked(places: npt.ArrayLike) -> I64:
    return np.asarray(places, np.int64).reshape(-1)


def of_accounts(
    rows: pa.Table, source: I32, target: I32, ids: pa.Array, register: pa.Table | None
) -> pa.Table:
    """What is known of the accounts `ids` (m), in that order: ACCOUNTS as far as anybody says.

    `rows` are transfers in order of time; the last one that names an account's bank or country
    counts, and what the register says goes before.
    """
    said = {
        field: last_said(rows, field, source, target, len(ids)) for field in ("bank", "country")
    }
    if register is None or not register.num_rows:
        return pa.table({"account": ids, **said})
    place = pc.index_in(ids, value_set=register["account"].cast(pa.string()).combine_chunks())
    known = {"account": ids}
    for field in register.column_names:
        if field != "account":
            told = register[field].take(place)
            known[field] = pc.coalesce(told, said[field]) if field in said else told
    return pa.table(said | known)


def last_said(rows: pa.Table, field: str, source: I32, target: I32, accounts: int) -> pa.Array:
    """For each account the word of the last row that has one: strings (m), null where none."""
    last = np.full(accounts, -1, np.int64)
    for end, (side, number) in enumerate((("source", source), ("target", target))):
        column = rows[f"{side}_{field}"]
        if column.null_count == len(rows):
            continue
        at = np.flatnonzero(column.is_valid().to_numpy())
        latest = np.full(accounts, -1, np.int64)
        latest[number[at]] = 2 * at + end  # of equal numbers the last one stays: rows are in order
        last = np.maximum(last, latest)
    picked = [
        rows[f"{side}_{field}"].take(pa.array(last >> 1, mask=(last < 0) | ((last & 1) != end)))
        for end, side in enumerate(("source", "target"))
    ]
    return pc.coalesce(*(each.cast(pa.string()) for each in picked)).combine_chunks()


# Arrays


def arranged(rows: pa.Table, source: I32, target: I32, accounts: pa.Table, names: Names) -> Network:
    """The network of rows that are in order, with numbered accounts (m rows of ACCOUNTS).

    `rows` has at, value, amount, currency, channel; text may be dictionary-encoded.
    """
    m = accounts.num_rows
    out_start, out = by_account(source, m)
    into_start, into = by_account(target, m)
    currency, channel = coded(rows["currency"], unknown=False), _channels(rows["channel"])
    bank, country, kind = (_words(accounts, field) for field in ("bank", "country", "kind"))
    return Network(
        at=microseconds(rows["at"]) // MICROSECONDS,
        source=source,
        target=target,
        value=rows["value"].fill_null(0).to_numpy(),
        amount=rows["amount"].to_numpy(),
        currency=currency.places.astype(np.int16),
        channel=channel.places.astype(np.uint8),
        bank=bank.places,
        country=country.places.astype(np.int16),
        kind=kind.places.astype(np.uint8),
        shared=shared(accounts).group,
        out_start=out_start,
        out=out,
        into_start=into_start,
        into=into,
        currencies=currency.words,
        channels=channel.words,
        banks=bank.words,
        countries=country.words,
        kinds=kind.words,
        names=names,
    )


def _words(accounts: pa.Table, field: str) -> Coded:
    if field not in accounts.column_names:
        return Coded(np.zeros(accounts.num_rows, np.int32), ("",))
    return _few(coded(accounts[field])) if field == "kind" else coded(accounts[field])


def _channels(column: pa.ChunkedArray) -> Coded:
    return _few(coded(column))


def _few(words: Coded) -> Coded:
    """Words whose places fit a byte: the most frequent ones, the others become unknown.

    A source that writes free text where the channel belongs has thousands of them.
    """
    if len(words.words) <= MANY_CHANNELS:
        return words
    often = np.bincount(words.places, minlength=len(words.words))
    often[0] = 0
    kept = np.sort(np.argsort(-often, kind="stable")[: MANY_CHANNELS - 1])
    place = np.zeros(len(words.words), np.int32)
    place[kept] = np.arange(1, len(kept) + 1, dtype=np.int32)
    return Coded(place[words.places], ("", *(words.words[each] for each in kept)))


def bytes_of(network: Network) -> int:
    """How much memory the arrays of a network take."""
    arrays: list[npt.NDArray[np.generic]] = [
        each for name in Network.__slots__ if isinstance(each := getattr(network, name), np.ndarray)
    ]
    return sum(each.nbytes for each in arrays)


__all__ = ["arranged", "by_time", "bytes_of", "in_order", "last_said", "network", "of_accounts"]
