"""Payment messages as texts, and a file of them read both ways."""

from __future__ import annotations

from io import BytesIO

import pyarrow as pa

from taawun.errors import Problem
from taawun.ledger.readers.archive import Source
from taawun.ledger.readers.iso20022.reading import Reading

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pacs.008.001.08"


def transaction(number: int, more: str = "", amount: str = "12.50", name: str = "A &amp; B") -> str:
    return (
        f"<CdtTrfTxInf><PmtId><EndToEndId>E{number}</EndToEndId>"
        f"<UETR>00000000-0000-4000-8000-{number:012d}</UETR></PmtId>\n"
        f'<IntrBkSttlmAmt Ccy="USD">{amount}</IntrBkSttlmAmt>'
        f"<IntrBkSttlmDt>2026-03-01</IntrBkSttlmDt><ChrgBr>SHAR</ChrgBr>{more}\n"
        f"<Dbtr><Nm>{name}</Nm><PstlAdr><Ctry>XA</Ctry></PstlAdr></Dbtr>"
        "<DbtrAcct><Id><IBAN>XA11BANK0000000001</IBAN></Id></DbtrAcct>"
        "<DbtrAgt><FinInstnId><BICFI>BANKXAXX</BICFI></FinInstnId></DbtrAgt>"
        "<CdtrAgt><FinInstnId><BICFI>BNKBXBXXXXX</BICFI></FinInstnId></CdtrAgt>"
        "<Cdtr><Nm>محمد علي</Nm></Cdtr>"
        "<CdtrAcct><Id><Othr><Id>12345</Id></Othr></Id></CdtrAcct>"
        "<RmtInf><Ustrd>rent</Ustrd></RmtInf></CdtTrfTxInf>"
    )


def document(*transactions: str, count: int | None = None) -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{NAMESPACE}">'
        "<FIToFICstmrCdtTrf><GrpHdr><MsgId>M</MsgId><CreDtTm>2026-03-01T10:00:00Z</CreDtTm>"
        f"<NbOfTxs>{len(transactions) if count is None else count}</NbOfTxs>"
        "<SttlmInf><SttlmMtd>CLRG</SttlmMtd></SttlmInf></GrpHdr>"
        f"{''.join(transactions)}</FIToFICstmrCdtTrf></Document>\n"
    )


def read(file: str | bytes, **how: int) -> tuple[pa.Table, list[Problem], int]:
    """Rows, problems, and how many transactions were looked at."""
    octets = file if isinstance(file, bytes) else file.encode()
    source = Source("f.xml", BytesIO(octets), BytesIO(octets))
    batches = list(Reading(**how).batches([source]))  # type: ignore[arg-type]
    tables = [each.table for each in batches]
    problems = [problem for each in batches for problem in each.problems]
    rows = sum(each.rows for each in batches)
    return (pa.concat_tables(tables) if tables else None), problems, rows
