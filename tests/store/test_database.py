"""Opening, writing at once, surviving what goes wrong."""

from __future__ import annotations

import multiprocessing
import os
import pkgutil
import signal
import sqlite3
import stat
from importlib import import_module
from pathlib import Path

import pytest
import sqlalchemy as sa

from taawun.errors import Conflict, NotFound, StoreError
from taawun.store import journal, open_store, tables
from taawun.store.schema import newest
from tests.conftest import AT

SPAWN = multiprocessing.get_context("spawn")


def write_lines(home: Path, actor: str, count: int) -> None:
    store = open_store(home, busy_timeout=60)
    for number in range(count):
        with store.begin() as unit:
            unit.journal("note", str(number), {}, at=AT, actor=actor)
    store.close()


def write_and_die(home: Path) -> None:
    store = open_store(home)
    with store.begin() as unit:
        unit.journal("note", "never kept", {}, at=AT, actor="ana")
        os.kill(os.getpid(), signal.SIGKILL)


def run(*jobs: tuple[object, ...]) -> list[int | None]:
    processes = [SPAWN.Process(target=job[0], args=job[1:]) for job in jobs]  # type: ignore[arg-type]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    return [process.exitcode for process in processes]


def test_processes_writing_at_once_do_not_fork_the_chain(home: Path) -> None:
    assert run((write_lines, home, "ana", 25), (write_lines, home, "ben", 25)) == [0, 0]
    store = open_store(home)
    with store.reading() as connection:
        report = journal.verify(connection, home)
        actors = [line.actor for line in journal.lines(connection)]
    store.close()
    assert report.whole
    assert sorted(actors) == ["ana"] * 25 + ["ben"] * 25


def test_a_killed_writer_leaves_the_state_as_it_was(home: Path) -> None:
    write_lines(home, "ana", 2)
    assert run((write_and_die, home)) == [-signal.SIGKILL]
    store = open_store(home)
    with store.reading() as connection:
        report = journal.verify(connection, home)
    store.close()
    assert (report.lines, report.whole) == (2, True)


def test_nobody_else_can_read_the_files(home: Path) -> None:
    write_lines(home, "ana", 1)
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert stat.S_IMODE((home / "taawun.db").stat().st_mode) == 0o600
    assert stat.S_IMODE((home / "journal.anchor").stat().st_mode) == 0o600


def test_what_is_deleted_is_not_left_in_the_file(home: Path) -> None:
    store = open_store(home)
    secret = "a name that nobody else has"
    with store.begin() as unit:
        unit.connection.exec_driver_sql("CREATE TABLE told (text TEXT)")
        unit.connection.exec_driver_sql("INSERT INTO told VALUES (?)", (secret * 9,))
    with store.begin() as unit:
        unit.connection.exec_driver_sql("UPDATE told SET text = ''")
    with store.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA secure_delete").scalar() == 1
    store.close()
    assert secret.encode() not in (home / "taawun.db").read_bytes()


def test_a_writer_that_waited_too_long_is_told_that_nothing_changed(home: Path) -> None:
    first, second = open_store(home), open_store(home, busy_timeout=0.05)
    with first.begin(), pytest.raises(Conflict, match="nothing was changed"), second.begin():
        pass
    first.close()
    second.close()


def test_a_reader_sees_one_state_and_cannot_keep_a_change(home: Path) -> None:
    store = open_store(home)
    with store.reading() as connection:
        before = journal.head_of(connection)
        write_lines(home, "ana", 1)
        assert journal.head_of(connection) == before
    with store.reading() as connection:
        connection.execute(sa.text("CREATE TABLE x (y)"))
    with store.reading() as connection:
        assert not sa.inspect(connection).has_table("x")
    store.close()


def test_a_file_that_is_no_database_is_said(home: Path) -> None:
    home.mkdir()
    (home / "taawun.db").write_bytes(b"not a database, " * 100)
    with pytest.raises(StoreError, match="not a database"):
        open_store(home)


def test_a_home_that_is_a_file_is_said(home: Path) -> None:
    home.write_text("")
    with pytest.raises(StoreError, match="cannot be used"):
        open_store(home)


def test_a_home_that_is_not_there_is_said_where_none_is_to_be_made(home: Path) -> None:
    with pytest.raises(NotFound, match="right home"):
        open_store(home, create=False)
    assert not home.exists()


def test_an_anchor_that_cannot_be_written_loses_nothing(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_lines(home, "ana", 1)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("taawun.store.journal.os.fsync", full)
        write_lines(home, "ana", 1)
    store = open_store(home)
    with store.reading() as connection:
        report = journal.verify(connection, home)
    store.close()
    assert (report.lines, report.whole) == (2, True)
    assert list(home.glob(".anchor-*")) == []


def test_a_database_from_the_future_is_refused(home: Path) -> None:
    open_store(home).close()
    database = sqlite3.connect(home / "taawun.db")
    with database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    with pytest.raises(StoreError, match="newer Taawun"):
        open_store(home)


def test_migrations_are_one_line_and_end_where_the_file_names_say() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    from taawun.store.schema import MIGRATIONS

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_heads() == [newest()]


def test_migrations_make_the_tables_that_the_code_uses(home: Path) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    for module in pkgutil.iter_modules(tables.__path__, "taawun.store.tables."):
        import_module(module.name)
    store = open_store(home)
    with store.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables.metadata) == []
    store.close()
