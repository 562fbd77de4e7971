"""A search with findings about made-up transfers, kept under a home."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from taawun.detection import archive
from taawun.detection.archive import KeptFinding, Search, Sought
from taawun.detection.finding import Shape
from taawun.detection.reasons import Factor, reason_of
from taawun.store import open_store
from tests.conftest import AT
from tests.detection.ledgers import Row, network_of

EVIL = "<script>alert('x')</script>\u202e\x07"
"""An account id that somebody wrote to do harm."""


def keep(home: Path, findings: int = 3, account: str = EVIL) -> Search:
    """Findings about an account that gathers from four and sends on: the same one again."""
    rows = [Row(name, account, 100_000, at) for at, name in enumerate("abcd")]
    ledger = network_of([*rows, Row(account, "out", 390_000, 9, "USD")])
    shape = Shape((0, 1, 2, 3, 4), 1)
    one = KeptFinding(
        1,
        "F-1",
        "gather_scatter",
        0.91,
        datetime(2026, 1, 1, tzinfo=UTC),
        datetime(2026, 1, 1, 0, 0, 9, tzinfo=UTC),
        account,
        "",
        ("a", "b", "c", "d", account, "out"),
        tuple(ledger.names.transfers(range(5))),
        790_000,
        reason_of(ledger, "gather_scatter", shape, currency="EUR", compatible=("funnel",)),
        (Factor("source_received_before_28", 4, 1, "own", "accounts"),),
        ("fan_in", "gather_scatter"),
    )
    store = open_store(home)
    found = [replace(one, number=number) for number in range(1, findings + 1)]
    sought = Sought({"fan_in": {"version": 1}}, ledger.size, ledger.accounts, "EUR")
    evidence = archive.rows_of(ledger, np.arange(5))
    search = archive.keep(store, sought, found, evidence, at=AT, actor="t")
    store.close()
    return search
