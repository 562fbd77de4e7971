"""The columns of the ledger: what readers give, what the book keeps, what people script against.

    transfer        its reference: the UETR where there is one, else the bank's own
    at              when it was settled or booked: UTC, microseconds
    source, target  account ids (IBAN, or bank and number), as the source writes them
    *_bank          BIC, or the source's own code where there is no BIC
    *_country       ISO 3166 two letters, or a user-assigned code
    amount          minor units of `currency`, always above zero
    value           minor units of the ledger's reference currency; null where no rate is known
    channel         one of CHANNELS, or the source's own word in lower case
    purpose         ISO 20022 purpose code or remittance text, as written

A reader gives rows in `READ`; the import turns them into `TRANSFERS` (with `value`, without what
is only there to recognise repeats and corrections) and `ACCOUNTS`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa

from taawun.errors import Problem

AT = pa.timestamp("us", "UTC")

TRANSFERS = pa.schema(
    [
        pa.field("transfer", pa.string(), nullable=False),
        pa.field("at", AT, nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("target", pa.string(), nullable=False),
        pa.field("source_bank", pa.string()),
        pa.field("target_bank", pa.string()),
        pa.field("source_country", pa.string()),
        pa.field("target_country", pa.string()),
        pa.field("amount", pa.int64(), nullable=False),
        pa.field("currency", pa.string(), nullable=False),
        pa.field("value", pa.int64()),
        pa.field("channel", pa.string()),
        pa.field("purpose", pa.string()),
    ]
)
"""The contract: what `detect` reads and what an export of the ledger has, in this order."""

ACCOUNTS = pa.schema(
    [
        pa.field("account", pa.string(), nullable=False),
        pa.field("bank", pa.string()),
        pa.field("country", pa.string()),
        pa.field("holder", pa.string()),  # the holder's name, as written
        pa.field("kind", pa.string()),  # one of KINDS, or the source's own word
        pa.field("identifier", pa.string()),  # of the holder: LEI, document, register number
        pa.field("phone", pa.string()),
        pa.field("address", pa.string()),
        pa.field("opened", pa.date32()),
    ]
)
"""What is known of an account, from the transfers themselves or from a register of accounts."""

BOOKED, CORRECTION, REVERSAL = "booked", "correction", "reversal"

READ = pa.schema(
    [
        *(field for field in TRANSFERS if field.name != "value"),
        pa.field("source_holder", pa.string()),
        pa.field("target_holder", pa.string()),
        pa.field("source_identifier", pa.string()),
        pa.field("target_identifier", pa.string()),
        pa.field("act", pa.string(), nullable=False),  # BOOKED | CORRECTION | REVERSAL
        pa.field("original", pa.string()),  # the reference that is corrected or reversed
        pa.field("line", pa.int64(), nullable=False),  # where in the file, from 1
    ]
)
"""What a reader gives."""

KINDS = ("person", "company", "merchant", "employer", "exchange", "charity", "cash", "government")
"""Words for what an account is used as, where a register says it."""

CHANNELS = ("wire", "instant", "card", "cash", "cheque", "direct_debit", "internal", "crypto")
"""Words for the way money moved, where the source says it."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows of a file: the good ones as `READ`, what is wrong with the others.

    `rows` counts rows or messages looked at, good and bad; `read` the bytes of the file behind
    them so far, as they lie on disk, for progress.
    """

    table: pa.Table
    problems: tuple[Problem, ...]
    rows: int
    read: int


class Reader(Protocol):
    """One format: a file, opened by its path, as batches in bounded memory."""

    def __call__(self, path: str) -> Iterator[Batch]: ...
