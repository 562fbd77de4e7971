"""Files of transfers for measuring imports: made by numbers alone, the same for the same seed.

Transfers of 90 days by the second, in no order; references are UUIDs without hyphens; a heavy tail
of accounts with ids of 18 characters; three banks, three currencies, four channels. As Parquet in
the ledger's own columns, or as CSV in the layout of AMLworld. Written a piece at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from taawun.jit import I64, U64
from taawun.ledger.schema import AT

PIECE = 500_000
ACCOUNTS = 200_000
START = 1_661_990_400
"""2022-09-01 UTC."""
SPAN = 90 * 86_400
BANKS = ("XABANKAA", "XBBANKBB", "XCBANKCC")
CURRENCIES = ("USD", "EUR", "AED")
CHANNELS = ("wire", "instant", "card", "cash")
WORLD_CURRENCIES = ("US Dollar", "Euro", "UAE Dirham")


def pieces(size: int, seed: int = 0) -> Iterator[dict[str, pa.Array]]:
    """`size` transfers as columns, a piece at a time; `times` in seconds since 1970."""
    dice = np.random.default_rng(seed)
    ids = _ids()
    for first in range(0, size, PIECE):
        yield _piece(dice, ids, min(PIECE, size - first))


def _piece(dice: np.random.Generator, ids: pa.Array, n: int) -> dict[str, pa.Array]:
    ends = {end: _drawn(dice, n) for end in ("source", "target")}
    found = {end: ids.take(pa.array(number)) for end, number in ends.items()}
    found |= {f"{end}_bank": _word(number % 3, BANKS) for end, number in ends.items()}
    found["transfer"] = _references(dice, n)
    found["times"] = pa.array(START + dice.integers(0, SPAN, n))
    found["amount"] = pa.array((np.exp(dice.normal(6, 1.5, n)) * 100).astype(np.int64) + 1)
    found["money"] = pa.array(dice.integers(0, 3, n).astype(np.int32))
    found["channel"] = _word(dice.integers(0, 4, n), CHANNELS)
    return found


def _drawn(dice: np.random.Generator, n: int) -> I64:
    """Accounts with a heavy tail."""
    found: I64 = (ACCOUNTS * dice.random(n) ** 2).astype(np.int64)
    return found


def _word(places: I64, words: tuple[str, ...]) -> pa.Array:
    return pa.array(words).take(pa.array(places))


def _ids() -> pa.Array:
    return pa.array([f"XA{number * 7919 % 10**16:016}" for number in range(ACCOUNTS)])


def _references(dice: np.random.Generator, n: int) -> pa.Array:
    """UUIDs without hyphens: strings of 32 hexadecimal digits."""
    octets = dice.integers(0, 256, (n, 16), np.uint8)
    digits = np.frombuffer(b"0123456789abcdef", np.uint8)
    text = np.stack([digits[octets >> 4], digits[octets & 15]], axis=2).reshape(-1)
    start = np.arange(0, 32 * n + 1, 32, dtype=np.int32)
    return pa.StringArray.from_buffers(n, pa.py_buffer(start), pa.py_buffer(text))


def parquet(path: Path, size: int, seed: int = 0) -> None:
    """A Parquet file in the ledger's own columns, as pyarrow writes it when it is told nothing."""
    writer: pq.ParquetWriter | None = None
    for piece in pieces(size, seed):
        table = pa.table(_ours(piece))
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table)
    if writer is not None:
        writer.close()


def _ours(piece: dict[str, pa.Array]) -> dict[str, pa.Array]:
    micros: U64 = piece["times"].to_numpy() * 1_000_000
    return {
        "transfer": piece["transfer"],
        "at": pa.array(micros).cast(AT),
        **{name: piece[name] for name in ("source", "target", "source_bank", "target_bank")},
        "amount": piece["amount"],
        "currency": pa.array(CURRENCIES).take(piece["money"]),
        "channel": piece["channel"],
    }


def world(path: Path, size: int, seed: int = 0) -> None:
    """A CSV file in the layout of AMLworld: no references, amounts in major units, minutes."""
    head = (
        "Timestamp,From Bank,Account,To Bank,Account,Amount Received,Receiving Currency,"
        "Amount Paid,Payment Currency,Payment Format,Is Laundering\n"
    )
    with path.open("wb") as file:
        file.write(head.encode())
        options = pyarrow.csv.WriteOptions(include_header=False, quoting_style="none")
        for piece in pieces(size, seed):
            pyarrow.csv.write_csv(_theirs(piece), file, options)


def _theirs(piece: dict[str, pa.Array]) -> pa.Table:
    at = piece["times"].cast(pa.timestamp("s"))
    amount = pa.array(piece["amount"].to_numpy() / 100).cast(pa.decimal128(18, 2), safe=False)
    money = pa.array(WORLD_CURRENCIES).take(piece["money"])
    columns = {
        "at": pc.strftime(at, "%Y/%m/%d %H:%M"),
        "from": piece["source_bank"],
        "source": piece["source"],
        "to": piece["target_bank"],
        "target": piece["target"],
        "received": amount,
        "receiving": money,
        "paid": amount,
        "paying": money,
        "channel": piece["channel"],
        "label": pa.array(np.zeros(len(at), np.int8)),
    }
    return pa.table(columns)
