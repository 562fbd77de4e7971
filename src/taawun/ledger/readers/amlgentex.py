"""AMLGentex (AI Sweden, Handelsbanken, Swedbank): its ledger of mobile payments.

Two layouts: the simulator's own log (`nameOrig`, `bankOrig`, `step` in days), and the labelled
ledgers made of it (`src`, `bank_src`, `ts` in seconds). Amounts are crowns as binary fractions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from taawun.ledger.readers.columns import Columns, Dating, Labelling, completed, settled
from taawun.ledger.readers.layouts import laid_out
from taawun.ledger.schema import Batch

START = datetime(2020, 1, 1, tzinfo=UTC)
"""The simulator counts from nothing; a map may say from when."""
LOG = frozenset("step nameOrig nameDest amount bankOrig bankDest".split())
LABELLED = frozenset("tx ts src dst amount bank_src bank_dst".split())


def fits(headers: Sequence[str]) -> bool:
    """Whether a file with these headers is one of the two."""
    return set(headers) >= LOG or set(headers) >= LABELLED


def layout(told: Columns, headers: Sequence[str]) -> Columns:
    """The column map of the layout; what `told` says goes before it."""
    if set(headers) >= LABELLED:
        own = Columns(
            held={
                "transfer": "tx",
                "at": "ts",
                "source": "src",
                "target": "dst",
                "source_bank": "bank_src",
                "target_bank": "bank_dst",
                "amount": "amount",
            },
            dating=Dating(unit="seconds", start=START),
            labels=Labelling("label" if "label" in headers else ""),
        )
    else:
        own = Columns(
            held={
                "at": "step",
                "source": "nameOrig",
                "target": "nameDest",
                "amount": "amount",
                "source_bank": "bankOrig",
                "target_bank": "bankDest",
                **({"channel": "type"} if "type" in headers else {}),
            },
            dating=Dating(unit="days", start=START),
            labels=Labelling("isSAR" if "isSAR" in headers else ""),
        )
    return settled(completed(told, own, currency="SEK"), headers)


def read(path: str, columns: Columns | None = None) -> Iterator[Batch]:
    """The file's rows as batches, CSV or Parquet."""
    return laid_out(path, columns, layout)
