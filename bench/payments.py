"""Payment messages read: messages a second on one core, against a tree and paths for each message.

    python -m bench.payments [--json PATH]

Made-up pacs.008 messages of about a kilobyte, one transaction each, and the same in bulk. The twin
takes nine texts of each and makes no rows of them.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import pyarrow as pa
from lxml import etree

from bench.report import Outcome, main

MESSAGES, TWIN, WANTED = 200_000, 5_000, 20_000
PATHS = (
    *("PmtId/x:UETR", "IntrBkSttlmAmt", "AccptncDtTm", "Dbtr/x:Nm", "Cdtr/x:Nm"),
    *("DbtrAcct//x:IBAN", "CdtrAcct//x:IBAN", "DbtrAgt//x:BICFI", "CdtrAgt//x:BICFI"),
)


def made(path: Path, count: int, per_message: int) -> None:
    """A file of so many transfers."""
    from taawun.ledger.schema import ACCOUNTS, TRANSFERS
    from taawun.ledger.writers.pacs008 import write_pacs008

    begin = datetime(2026, 1, 1, tzinfo=UTC)
    accounts = [f"XA{each % 97:02}BANK{each:014}" for each in range(50_000)]
    rows = [
        {
            "transfer": str(UUID(int=each * 2**70 + 2**40, version=4)),
            "at": begin + timedelta(seconds=each),
            "source": accounts[each % 50_000],
            "target": accounts[each * 7 % 50_000],
            "source_bank": "BANKXAXX",
            "target_bank": "BNKBXAXX",
            "amount": each + 1,
            "currency": "EUR",
            "purpose": f"invoice {each}",
        }
        for each in range(count)
    ]
    holders = [{"account": each, "holder": f"محمد & {each}", "country": "XA"} for each in accounts]
    transfers = pa.Table.from_pylist(rows, schema=TRANSFERS)
    known = pa.Table.from_pylist(holders, schema=ACCOUNTS)
    write_pacs008(path, transfers, known, per_message=per_message)


def ours(path: Path) -> float:
    """Seconds of this process to read a file."""
    from taawun.ledger.readers.iso20022 import read

    began = time.process_time()
    assert sum(each.table.num_rows for each in read(str(path))) > 0
    return time.process_time() - began


def twin(path: Path) -> float:
    """Seconds to take the same fields from a tree of each message."""
    began = time.process_time()
    for text in path.read_bytes().split(b'<?xml version="1.0" encoding="UTF-8"?>\n')[1:]:
        root = etree.fromstring(text)
        spaces = {"x": etree.QName(root).namespace}
        for each in root.iterfind(".//x:CdtTrfTxInf", spaces):
            for where in PATHS:
                each.findtext(f"x:{where}", namespaces=spaces)
    return time.process_time() - began


def run(outcome: Outcome) -> None:
    """Measures one transaction a message, and bulk."""
    pa.set_cpu_count(1)
    rows = []
    with TemporaryDirectory() as folder:
        for kind, per_message in (("single", 1), ("bulk", 10_000)):
            small, large = Path(folder) / "small.xml", Path(folder) / "large.xml"
            made(small, TWIN, min(per_message, TWIN))
            made(large, MESSAGES, per_message)
            ours(small)  # compiled
            rate, slow = MESSAGES / ours(large), TWIN / twin(small)
            rows.append((kind, large.stat().st_size // MESSAGES, rate, slow, rate / slow))
            claim = f"pacs.008, {kind}: messages a second on one core"
            outcome.want(claim, f">= {WANTED:,}", f"{rate:,.0f}", rate >= WANTED)
    columns = ("messages", "bytes each", "a second", "tree and paths a second", "times")
    outcome.table("pacs.008 read", columns, rows)


if __name__ == "__main__":
    main("payments", run)
