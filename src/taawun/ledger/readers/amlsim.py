"""AMLSim (IBM): what its conversion writes, its raw log, and the sample ledgers made of it.

`tran_id, orig_acct, bene_acct, tx_type, base_amt, tran_timestamp, is_sar` is the converted form;
`step, type, amount, nameOrig, nameDest, isSAR` the raw log; `TX_ID, SENDER_ACCOUNT_ID, …` the form
of the published samples; `tx, src, dst, amount, step` a labelled ledger. Steps are days.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from taawun.ledger.readers.columns import Columns, Dating, Labelling, completed, settled
from taawun.ledger.readers.layouts import laid_out
from taawun.ledger.schema import Batch

START = datetime(2020, 1, 1, tzinfo=UTC)
"""The simulator counts from nothing; a map may say from when."""

CONVERTED = {
    "transfer": "tran_id",
    "at": "tran_timestamp",
    "source": "orig_acct",
    "target": "bene_acct",
    "amount": "base_amt",
    "channel": "tx_type",
}
RAW = {
    "at": "step",
    "source": "nameOrig",
    "target": "nameDest",
    "amount": "amount",
    "channel": "type",
}
SAMPLE = {
    "transfer": "TX_ID",
    "at": "TIMESTAMP",
    "source": "SENDER_ACCOUNT_ID",
    "target": "RECEIVER_ACCOUNT_ID",
    "amount": "TX_AMOUNT",
    "channel": "TX_TYPE",
}
LABELLED = {"transfer": "tx", "at": "step", "source": "src", "target": "dst", "amount": "amount"}

LAYOUTS = (
    (CONVERTED, "", ("is_sar",)),
    (RAW, "days", ("isSAR",)),
    (SAMPLE, "days", ("IS_FRAUD",)),
    (LABELLED, "days", ("ff", "label", "isSAR")),
)
"""Each: which column holds what, the unit of its times ("": written out), its labels' column."""


def fits(headers: Sequence[str]) -> bool:
    """Whether a file with these headers is one of them."""
    return any(set(headers) >= set(held.values()) for held, _, _ in LAYOUTS)


def layout(told: Columns, headers: Sequence[str]) -> Columns:
    """The column map of the layout; what `told` says goes before it."""
    for held, unit, labels in LAYOUTS:
        if set(headers) >= set(held.values()):
            label = next((name for name in labels if name in headers), "")
            own = Columns(
                held=held,
                dating=Dating(unit=unit, start=START) if unit else Dating(),
                labels=Labelling(label),
            )
            return settled(completed(told, own, currency="USD"), headers)
    return settled(told, headers)


def read(path: str, columns: Columns | None = None) -> Iterator[Batch]:
    """The file's rows as batches, CSV or Parquet."""
    return laid_out(path, columns, layout)
