"""Tampering with the journal is found, whichever way it is done."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taawun.errors import JournalBroken, StoreError, UsageError
from taawun.store import Store, journal, open_store
from tests.conftest import AT

SHARED_STORE = HealthCheck.function_scoped_fixture
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture
def store(home: Path) -> Iterator[Store]:
    opened = open_store(home)
    yield opened
    opened.close()


def write(store: Store, count: int) -> None:
    for number in range(count):
        with store.begin() as unit:
            unit.journal("judgement.made", f"customer {number}", {"n": number}, at=AT, actor="ana")


def write_and_fail(store: Store) -> None:
    with store.begin() as unit:
        unit.journal("lists.added", "un", {}, at=AT, actor="ana")
        unit.connection.exec_driver_sql("SELECT * FROM nowhere")


def check(store: Store, anchor: journal.Anchor | None = None) -> journal.JournalReport:
    with store.reading() as connection:
        return journal.verify(connection, store.home, anchor)


def codes(store: Store, anchor: journal.Anchor | None = None) -> set[str]:
    return {
        problem.code.removeprefix("store.journal.") for problem in check(store, anchor).problems
    }


def tamper(store: Store, *statements: str) -> None:
    """Write to the database as somebody would who first takes the guards away."""
    database = sqlite3.connect(store.home / "taawun.db", isolation_level=None)
    names = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for (name,) in names:
        database.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        database.execute(statement)
    database.close()


def rewrite(store: Store, change: Callable[[journal.Line], str]) -> None:
    """Write the whole journal anew with other subjects, hashes and head fitting."""
    with store.reading() as connection:
        old = list(journal.lines(connection))
    tamper(store, "DELETE FROM journal", "UPDATE journal_head SET sequence = 0")
    database = sqlite3.connect(store.home / "taawun.db", isolation_level=None)
    previous = journal.GENESIS
    for line in old:
        fields = {name: getattr(line, name) for name in journal.Line.__slots__}
        fields |= {"subject": change(line), "previous": previous}
        previous = fields["hash"] = journal.digest(fields)
        marks = ", ".join("?" * len(fields))
        database.execute(f"INSERT INTO journal VALUES ({marks})", list(fields.values()))
    database.execute("UPDATE journal_head SET sequence = ?, hash = ?", (len(old), previous))
    database.close()


def test_an_untouched_journal_is_whole(store: Store) -> None:
    assert check(store) == journal.JournalReport(0, journal.Anchor(0, journal.GENESIS), ())
    write(store, 3)
    report = check(store)
    assert report.whole
    assert report.lines == report.head.sequence == 3


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        (["UPDATE journal SET details = '{\"n\":9}' WHERE sequence = 3"], {"altered"}),
        (["UPDATE journal SET at = '2020-01-01T00:00:00+00:00' WHERE sequence = 1"], {"altered"}),
        (["UPDATE journal SET actor = 'eve' WHERE sequence = 6"], {"altered"}),
        (["UPDATE journal SET details = x'00' WHERE sequence = 2"], {"altered"}),
        (["UPDATE journal SET hash = 'x' || hash WHERE sequence = 2"], {"altered", "unlinked"}),
        (["DELETE FROM journal WHERE sequence = 1"], {"removed"}),
        (["DELETE FROM journal WHERE sequence IN (3, 4)"], {"removed"}),
        (["DELETE FROM journal WHERE sequence = 6"], {"end", "anchor"}),
        (["DELETE FROM journal"], {"end", "anchor"}),
        (
            [
                "UPDATE journal SET sequence = 99 WHERE sequence = 2",
                "UPDATE journal SET sequence = 2 WHERE sequence = 3",
                "UPDATE journal SET sequence = 3 WHERE sequence = 99",
            ],
            {"altered", "unlinked"},
        ),
        (
            [
                "DELETE FROM journal WHERE sequence = 6",
                "UPDATE journal_head SET sequence = 5,"
                " hash = (SELECT hash FROM journal WHERE sequence = 5)",
            ],
            {"anchor"},
        ),
        (
            [
                "INSERT INTO journal SELECT 7, at, actor, action, subject, details, hash, 'h'"
                " FROM journal WHERE sequence = 6"
            ],
            {"altered", "end"},
        ),
    ],
)
def test_tampering_is_found(store: Store, statements: list[str], found: set[str]) -> None:
    write(store, 6)
    tamper(store, *statements)
    assert codes(store) == found


def test_a_journal_written_anew_is_found_by_the_anchor_beside_it(store: Store) -> None:
    write(store, 4)
    rewrite(store, lambda line: "somebody else")
    assert codes(store) == {"anchor"}


def test_a_journal_and_anchor_file_written_anew_are_found_by_an_anchor_kept_elsewhere(
    store: Store,
) -> None:
    write(store, 4)
    with store.reading() as connection:
        kept = journal.head_of(connection)
    write(store, 2)
    assert codes(store, kept) == set()
    rewrite(store, lambda line: "somebody else" if line.sequence == 2 else line.subject)
    (store.home / journal.ANCHOR).unlink()
    assert codes(store) == set()
    assert codes(store, kept) == {"anchor"}


def test_a_damaged_anchor_file_is_said(store: Store) -> None:
    write(store, 1)
    (store.home / journal.ANCHOR).write_bytes(b"\xff\xfe")
    assert codes(store) == {"anchor_unreadable"}


def test_a_missing_head_record_is_said(store: Store) -> None:
    write(store, 1)
    tamper(store, "DELETE FROM journal_head")
    with pytest.raises(JournalBroken, match="head record"):
        check(store)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal SET actor = 'eve'",
        "DELETE FROM journal WHERE sequence = 2",
        "INSERT OR REPLACE INTO journal SELECT * FROM journal WHERE sequence = 1",
        "INSERT INTO journal SELECT 9, at, actor, action, subject, details, hash, 'h' FROM journal",
        "UPDATE journal_head SET sequence = 1",
        "DELETE FROM journal_head",
    ],
)
def test_the_database_itself_refuses_to_break_the_chain(store: Store, statement: str) -> None:
    write(store, 2)
    with pytest.raises(sa.exc.IntegrityError), store.begin() as unit:
        unit.connection.exec_driver_sql(statement)
    assert check(store).whole


def test_a_unit_that_fails_leaves_no_line(store: Store) -> None:
    write(store, 1)
    with pytest.raises(StoreError, match="no such table"):
        write_and_fail(store)
    assert check(store).lines == 1
    write(store, 1)
    assert check(store).whole


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(details=st.dictionaries(st.text(), JSON, max_size=4), subject=st.text())
def test_whatever_is_written_verifies(
    store: Store, details: dict[str, object], subject: str
) -> None:
    with store.begin() as unit:
        unit.journal("a", subject, {"said": details}, at=AT, actor="ana")
    assert check(store).whole


def test_the_hash_is_what_the_docstring_says() -> None:
    import hashlib
    import json

    fields = {"sequence": 1, "at": "2026-03-01T09:30:00+00:00", "actor": "أنا", "details": "{}"}
    said = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert journal.digest(fields) == hashlib.sha256(said.encode()).hexdigest()


def test_a_time_without_zone_is_a_bug(store: Store) -> None:
    with pytest.raises(ValueError, match="zone"), store.begin() as unit:
        unit.journal("a", "b", {}, at=datetime(2026, 3, 1), actor="ana")


@pytest.mark.parametrize(
    "text", ["", "3", "3:", "x:" + "0" * 64, "3:" + "g" * 64, "-1:" + "0" * 64]
)
def test_what_is_no_anchor_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        journal.parse_anchor(text)
