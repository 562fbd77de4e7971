"""Searches kept: whole, unaltered, with their evidence, in the journal."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from taawun.detection.archive import (
    EVIDENCE,
    FINDINGS,
    FOLDER,
    KeptFinding,
    Sought,
    every,
    evidence_of,
    finding_of,
    findings_of,
    keep,
    rows_of,
    search_of,
)
from taawun.detection.finding import Shape
from taawun.detection.reasons import Factor, reason_of
from taawun.errors import NotFound, StoreError
from taawun.ledger.network import Network
from taawun.store import Store, journal, open_store
from taawun.store.tables.detection import searches
from tests.conftest import AT
from tests.detection.ledgers import network

LEDGER = """
    a, b, c > hub 1000 @1d via wire
    hub > away ? USD @3d
    hub: country XA, bank B1
"""
SOUGHT = Sought({"fan_in": {"version": 3, "parameters": {}}}, 4, 5, "EUR", options={"top": 5})


def kept(ledger: Network, number: int = 1) -> KeptFinding:
    shape = Shape((0, 1, 2, 3), 1)
    return KeptFinding(
        number,
        f"F-{number}",
        "fan_in",
        0.9,
        datetime(2026, 1, 2, tzinfo=UTC),
        datetime(2026, 1, 4, tzinfo=UTC),
        "hub",
        "",
        ("a", "b", "c", "hub", "away"),
        ("t1", "t2", "t3", "t4"),
        300_000,
        reason_of(ledger, "fan_in", shape, currency="EUR", compatible=("funnel",)),
        (Factor("x", 12, 1, "own", "transfers", 0.5),),
        ("fan_in", "fan_in"),
    )


@pytest.fixture
def store(home: Path) -> Store:
    return open_store(home)


def test_a_kept_finding_is_read_as_it_was(store: Store) -> None:
    ledger = network(LEDGER)
    found = [kept(ledger), replace(kept(ledger, 2), transfers=("t2",), factors=(), parts=())]
    made = keep(store, SOUGHT, found, rows_of(ledger, np.arange(4)), at=AT, actor="me")
    with store.reading() as connection:
        search = search_of(connection)
        assert search == made == search_of(connection, made.number)
        assert every(connection) == [made]
    assert (search.findings, search.definitions, search.options) == (2, {"fan_in": 3}, {"top": 5})
    assert findings_of(store.home, search) == found
    assert findings_of(store.home, search, first=1, most=5) == found[1:]
    assert finding_of(store.home, search, 2) == found[1]
    assert evidence_of(store.home, search, found[1])["transfer"].to_pylist() == ["t2"]


def test_evidence_has_what_the_window_knows() -> None:
    ledger = network(LEDGER)
    rows = rows_of(ledger, np.array([3, 3, 0], np.int32)).to_pylist()
    assert [row["transfer"] for row in rows] == ["t1", "t4"]
    assert (rows[0]["channel"], rows[0]["target_country"], rows[0]["target_bank"]) == (
        *("wire", "XA"),
        "B1",
    )
    assert (rows[1]["value"], rows[1]["currency"], rows[1]["channel"]) == (None, "USD", None)
    assert rows[1]["at"] == datetime(2026, 1, 4, tzinfo=UTC)


def test_a_search_stands_in_the_journal(store: Store) -> None:
    ledger = network(LEDGER)
    made = keep(store, SOUGHT, [], rows_of(ledger, np.arange(0)), at=AT, actor="me")
    with store.reading() as connection:
        (line,) = journal.last_lines(connection, 1)
        assert (line.action, line.subject, line.actor) == ("detection.search", "1", "me")
        assert made.sha256 in line.details
        assert journal.verify(connection, store.home, None).whole


def test_a_search_is_history(store: Store) -> None:
    keep(store, SOUGHT, [], rows_of(network(LEDGER), np.arange(0)), at=AT, actor="me")
    for statement in (sa.update(searches).values(findings=9), sa.delete(searches)):
        with pytest.raises(IntegrityError, match="history"), store.begin() as unit:
            unit.connection.execute(statement)


@pytest.mark.parametrize("name", [FINDINGS, EVIDENCE])
def test_altered_findings_are_found_out(store: Store, name: str) -> None:
    ledger = network(LEDGER)
    search = keep(store, SOUGHT, [kept(ledger)], rows_of(ledger, np.arange(4)), at=AT, actor="me")
    path = store.home / FOLDER / search.folder / name
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(StoreError, match="not the findings that were kept"):
        findings_of(store.home, search)
    path.unlink()
    with pytest.raises(StoreError, match="cannot be read"):
        findings_of(store.home, search)


def test_what_is_not_there_is_said(store: Store) -> None:
    with store.reading() as connection:
        with pytest.raises(NotFound, match="nothing was searched"):
            search_of(connection)
        with pytest.raises(NotFound, match="no search 7"):
            search_of(connection, 7)
    ledger = network(LEDGER)
    search = keep(store, SOUGHT, [kept(ledger)], rows_of(ledger, np.arange(4)), at=AT, actor="me")
    for number in (-1, 0, 2):
        with pytest.raises(NotFound, match="has no finding"):
            finding_of(store.home, search, number)


def test_two_searches_of_one_second_are_two(store: Store) -> None:
    ledger = network(LEDGER)
    both = [
        keep(store, SOUGHT, [kept(ledger)], rows_of(ledger, np.arange(4)), at=AT, actor="me")
        for _ in range(2)
    ]
    assert both[0].folder != both[1].folder
    assert not list((store.home / FOLDER).glob(".staging-*"))


def test_nothing_counts_that_could_not_be_kept(store: Store) -> None:
    (store.home / FOLDER).write_text("in the way")
    with pytest.raises(StoreError, match="cannot be written"):
        keep(store, SOUGHT, [], rows_of(network(LEDGER), np.arange(0)), at=AT, actor="me")
    with store.reading() as connection:
        assert every(connection) == []
