"""AMLworld (IBM): `Timestamp,From Bank,Account,To Bank,Account,…,Payment Format,Is Laundering`.

The header names `Account` twice; the second is the one of the target (tools that read the file
first write it again as `Account.1`). Account numbers are the bank's, so an account is
`bank-number`. The amount is what was paid, in the currency it was paid in. Rows have no reference.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from taawun.ledger.readers.columns import Columns, Labelling, completed, settled
from taawun.ledger.readers.layouts import laid_out
from taawun.ledger.schema import Batch

HEADER = (
    *("Timestamp", "From Bank", "Account", "To Bank", "Account.1", "Amount Received"),
    *("Receiving Currency", "Amount Paid", "Payment Currency", "Payment Format"),
)
HELD = {
    "at": "Timestamp",
    "source": "Account",
    "target": "Account.1",
    "source_bank": "From Bank",
    "target_bank": "To Bank",
    "amount": "Amount Paid",
    "currency": "Payment Currency",
    "channel": "Payment Format",
}
CHANNELS = {
    "ACH": "wire",
    "Wire": "wire",
    "Cheque": "cheque",
    "Cash": "cash",
    "Credit Card": "card",
    "Bitcoin": "crypto",
    "Reinvestment": "internal",
}


def fits(headers: Sequence[str]) -> bool:
    """Whether a file with these headers (the second `Account` numbered) is one."""
    return set(headers) >= set(HEADER)


def layout(told: Columns, headers: Sequence[str]) -> Columns:
    """The column map of the layout; what `told` says goes before it."""
    own = Columns(
        held=HELD, labels=Labelling("Is Laundering" if "Is Laundering" in headers else "")
    )
    mapped = completed(told, own, currency="USD")
    words = {"channel": CHANNELS, **mapped.words}
    return settled(replace(mapped, words=words, within_bank=True), headers)


def read(path: str, columns: Columns | None = None) -> Iterator[Batch]:
    """The file's rows as batches, CSV or Parquet."""
    return laid_out(path, columns, layout)
