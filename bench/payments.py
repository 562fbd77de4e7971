"""Payment messages read: messages a second on one core, against a tree and paths for each message.

    python -m bench.payments [--json PATH]

Made-up pacs.008 messages of about a kilobyte, one transaction each, and the same in bulk: read, and
brought into an empty ledger. The twin takes nine texts of each and makes no rows of them. What the
compiled scanner leaves to the strict parser (statements) is timed beside it, and so are prefixes.
A second is one of processor time: of all threads, so that it is a core's.
"""

from __future__ import annotations

import re
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
    from taawun.sandbox.register import check_digits

    begin = datetime(2026, 1, 1, tzinfo=UTC)
    bodies = [f"BANK{each:014}" for each in range(50_000)]
    accounts = [f"XA{check_digits('XA', each)}{each}" for each in bodies]
    rows = [
        {
            "transfer": str(UUID(int=each * 2**80 + 2**40, version=4)),
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


def imported(path: Path) -> tuple[float, float]:
    """Seconds of this process, and of the clock, to bring a file into an empty ledger."""
    from taawun.ledger.arrival import Order, bring
    from taawun.store import open_store

    with TemporaryDirectory() as home:
        store = open_store(Path(home))
        began, clock = time.process_time(), time.perf_counter()
        arrived = bring(Order(path, datetime.now(UTC), "bench"), store, Path(home))
        took = time.process_time() - began, time.perf_counter() - clock
        store.close()
    assert arrived.counts.transfers > 0
    assert arrived.counts.problems == 0
    return took


def prefixed(path: Path, into: Path) -> None:
    """The same documents with a prefix before every name."""
    text = re.sub("<(?=[A-Z])", "<p:", path.read_text()).replace("</", "</p:")
    into.write_text(text.replace("xmlns=", "xmlns:p="))


def statement(path: Path, count: int) -> None:
    """Statements of a hundred entries each."""
    entry = (
        '<Ntry><NtryRef>{0}</NtryRef><Amt Ccy="EUR">12.50</Amt><CdtDbtInd>CRDT</CdtDbtInd>'
        "<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-03-03</Dt></BookgDt><BkTxCd><Domn><Cd>PMNT</Cd>"
        "<Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls><TxDtls>"
        "<Refs><EndToEndId>E{0}</EndToEndId><TxId>T{0}</TxId></Refs><RltdPties><Dbtr><Pty>"
        "<Nm>Party {0}</Nm></Pty></Dbtr><DbtrAcct><Id><Othr><Id>{0}</Id></Othr></Id></DbtrAcct>"
        "</RltdPties><RltdAgts><DbtrAgt><FinInstnId><BICFI>BNKBXBXX</BICFI></FinInstnId></DbtrAgt>"
        "</RltdAgts><RmtInf><Ustrd>invoice {0}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>\n"
    )
    with path.open("w") as file:
        for start in range(0, count, 100):
            file.write(
                '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>'
                f"<Stmt><Id>S{start}</Id><Acct><Id><Othr><Id>1</Id></Othr></Id><Svcr><FinInstnId>"
                "<BICFI>BANKXAXX</BICFI></FinInstnId></Svcr></Acct>"
            )
            file.write("".join(entry.format(start + each) for each in range(100)))
            file.write("</Stmt></BkToCstmrStmt></Document>\n")


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
    rows, brought = [], []
    with TemporaryDirectory() as folder:
        for kind, per_message in (("single", 1), ("bulk", 10_000)):
            small, large = Path(folder) / "small.xml", Path(folder) / "large.xml"
            made(small, TWIN, min(per_message, TWIN))
            made(large, MESSAGES, per_message)
            ours(small)  # compiled
            rate, slow = MESSAGES / ours(large), TWIN / twin(small)
            rows.append((kind, large.stat().st_size // MESSAGES, rate, slow, rate / slow))
            claim = f"pacs.008, {kind}: messages read a second on one core"
            outcome.want(claim, f">= {WANTED:,}", f"{rate:,.0f}", rate >= WANTED)
            imported(small)
            took, clock = imported(large)
            rate = MESSAGES / took
            claim = f"pacs.008, {kind}: messages imported a second for each core in use"
            outcome.want(claim, f">= {WANTED:,}", f"{rate:,.0f}", rate >= WANTED)
            brought.append((kind, rate, MESSAGES / clock))
        other = Path(folder) / "other.xml"
        prefixed(Path(folder) / "small.xml", other)
        others = [("pacs.008 with prefixes, bulk", TWIN / ours(other))]
        statement(other, 4 * TWIN)
        others.append(("camt.053, entries", 4 * TWIN / ours(other)))
    columns = ("messages", "bytes each", "a second", "tree and paths a second", "times")
    outcome.table("pacs.008 read", columns, rows)
    outcome.table("pacs.008 imported", ("messages", "a second a core", "by the clock"), brought)
    outcome.table("other documents read", ("messages", "a second"), others)


if __name__ == "__main__":
    main("payments", run)
