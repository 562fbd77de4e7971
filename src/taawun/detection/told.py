"""Kept findings for programs: plain values, and the table that people script against.

document(finding, search, lang)      one finding for JSON, its reason worded
FINDINGS                             the columns of `taawun detect --out`
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

import pyarrow as pa

from taawun.detection.archive import KeptFinding
from taawun.detection.reasons import factor_said, joined, said, typology
from taawun.ledger.schema import AT

FINDINGS = pa.schema(
    [
        pa.field("finding", pa.string(), nullable=False),
        pa.field("typology", pa.string(), nullable=False),
        pa.field("score", pa.float64(), nullable=False),
        pa.field("first_at", AT, nullable=False),
        pa.field("last_at", AT, nullable=False),
        pa.field("accounts", pa.list_(pa.string()), nullable=False),
        pa.field("transfers", pa.list_(pa.string()), nullable=False),
        pa.field("value", pa.int64(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),
    ]
)
"""One row a finding, best first; `reason` is a sentence in the language of the call."""


def document(finding: KeptFinding, lang: str, currency: str, decimals: int) -> dict[str, object]:
    """One finding as plain values; amounts in minor units of `currency`."""
    return {
        "number": finding.number,
        "finding": finding.id,
        "typology": finding.typology,
        "name": typology(finding.typology, lang),
        "score": round(finding.score, 6),
        "first_at": finding.first_at.isoformat(),
        "last_at": finding.last_at.isoformat(),
        "account": finding.centre,
        "other": finding.other,
        "value": finding.value,
        "currency": currency,
        "decimals": decimals,
        "reason": said(finding.reason, lang),
        "measures": dict(finding.reason.params),
        "compatible": list(finding.reason.compatible),
        "factors": [
            {**asdict(each), "text": factor_said(each, lang, currency, decimals)}
            for each in finding.factors
        ],
        "parts": list(finding.parts),
        "accounts": list(finding.accounts),
        "transfers": list(finding.transfers),
    }


def table(found: Iterable[KeptFinding], lang: str) -> pa.Table:
    """Findings in FINDINGS, in the order given."""
    rows = [
        {
            "finding": each.id,
            "typology": each.typology,
            "score": each.score,
            "first_at": each.first_at,
            "last_at": each.last_at,
            "accounts": list(each.accounts),
            "transfers": list(each.transfers),
            "value": each.value,
            "reason": reason(each, lang),
        }
        for each in found
    ]
    return pa.Table.from_pylist(rows, schema=FINDINGS)


def reason(finding: KeptFinding, lang: str) -> str:
    """The reason, and from how many findings it was joined."""
    sentences = [said(finding.reason, lang)]
    if len(finding.parts) > 1:
        sentences.append(joined(finding.parts, lang))
    return " ".join(sentences)
