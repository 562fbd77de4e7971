"""Opening the database and working in it, one transaction at a time.

What must stay true: a writer holds SQLite's write lock from its first statement (BEGIN
IMMEDIATE), so that two processes never build on the same journal line; a unit is kept whole or
not at all, through a kill or a power cut (WAL, synchronous FULL); nobody but the owner can read
the files; what is deleted is overwritten.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DatabaseError, IntegrityError

from taawun.errors import Conflict, NotFound, StoreError
from taawun.store import journal
from taawun.store.locking import lock
from taawun.store.schema import bring_up_to_date

DATABASE = "taawun.db"
WRITERS = "writers.lock"
LOOK = 0.002
"""Seconds after which a waiting writer looks whether its turn has come."""


class Unit:
    """One transaction: `connection` to work with, `journal` to say what was done."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.last_line: journal.Line | None = None

    def journal(
        self,
        action: str,
        subject: str,
        details: Mapping[str, object],
        *,
        at: datetime,
        actor: str,
    ) -> journal.Line:
        """Append one line to the journal, kept or lost together with the rest of this unit."""
        line = journal.append(
            self.connection, action=action, subject=subject, details=details, at=at, actor=actor
        )
        self.last_line = line
        return line


class Store:
    """An open database. Made by `open_store`; safe to share between threads.

    Writers take turns, threads and processes alike, before they ask SQLite for its lock: SQLite
    would let each look again after a sleep that grows, and who sleeps longest would wait longest.
    """

    def __init__(self, home: Path, engine: Engine, patience: float = 15.0) -> None:
        self.home = home
        self.engine = engine
        self.patience = patience
        self._turn = Lock()

    @contextmanager
    def begin(self) -> Iterator[Unit]:
        """A unit of work: committed at the end of the block, rolled back when it raises.

        Raises Conflict when another process kept the write lock for the whole busy timeout, and
        StoreError when the file cannot be written (disk full, read-only, damaged).
        """
        with self._turn_to_write(), _said_plainly(self.home):
            with self.engine.connect() as connection:
                connection = connection.execution_options(taawun_writes=True)
                with connection.begin():
                    unit = Unit(connection)
                    yield unit
            if unit.last_line is not None:
                # The unit is kept already. An anchor file that stays behind is still valid.
                with suppress(OSError):
                    journal.keep_anchor(self.home, unit.last_line.anchor)

    @contextmanager
    def _turn_to_write(self) -> Iterator[None]:
        until = time.monotonic() + self.patience
        if not self._turn.acquire(timeout=self.patience):
            raise self._busy()
        try:
            with self._alone_among_processes(until):
                yield
        finally:
            self._turn.release()

    @contextmanager
    def _alone_among_processes(self, until: float) -> Iterator[None]:
        """Hold the file lock of writers; the system lets go of it when the process ends."""
        try:
            handle = os.open(self.home / WRITERS, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError:  # nothing can be written here: SQLite says why
            yield
            return
        try:
            while not lock(handle, self.home):
                if time.monotonic() >= until:
                    raise self._busy()
                time.sleep(LOOK)
            yield
        finally:
            os.close(handle)

    def _busy(self) -> Conflict:
        path = self.home / DATABASE
        return Conflict(f"{path}: another process is writing; nothing was changed, try again")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent view for reading; does not wait for writers, and cannot write."""
        with _said_plainly(self.home), self.engine.connect() as connection:
            connection = connection.execution_options(taawun_writes=False)
            with connection.begin() as transaction:
                yield connection
                transaction.rollback()

    def watch(self) -> Watch:
        """Whether anything was written meanwhile, by whichever process; for one thread."""
        return Watch(self.home)

    def close(self) -> None:
        """Let go of the file."""
        self.engine.dispose()


class Watch:
    """SQLite's own count of what others have written: asking costs microseconds and reads no page.

    Others are every connection but its own, of this process too. Opened in the thread that asks.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self._connection: sqlite3.Connection | None = None
        self._seen = -1

    def changed(self) -> bool:
        """Whether anything was written since the last call; at first, and after a fault, yes.

        Raises StoreError for a file that cannot be read.
        """
        try:
            if self._connection is None:
                path = (self.home / DATABASE).absolute()
                self._connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
            [now] = self._connection.execute("PRAGMA data_version").fetchone()
        except sqlite3.Error as error:
            self.close()
            raise StoreError(f"{self.home / DATABASE}: cannot be used: {error}") from error
        seen, self._seen = self._seen, now
        return bool(seen != now)

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None
        self._seen = -1


def open_store(home: Path, *, busy_timeout: float = 15.0, create: bool = True) -> Store:
    """Open the database under `home`, making both when they are not there yet.

    An older database is brought up to date first. Raises StoreError when the folder or file
    cannot be used, or was made by a newer Taawun; NotFound without `create` when there is none.
    """
    if not create and not (home / DATABASE).is_file():
        raise NotFound(f"{home}: nothing is kept here; is this the right home?")
    path = _owned_file(home)
    journal.sweep_drafts(home)
    engine = sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": busy_timeout})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    store = Store(home, engine, busy_timeout)
    try:
        with _said_plainly(home):
            bring_up_to_date(engine, home)
    except BaseException:
        store.close()
        raise
    return store


def _owned_file(home: Path) -> Path:
    """The database file, made readable by its owner only."""
    path = home / DATABASE
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise StoreError(f"{path}: cannot be used: {error.strerror}") from error
    return path


def _prepare(dbapi_connection: Any, _record: object) -> None:
    """Let SQLAlchemy say BEGIN itself, and set what must hold for every connection."""
    dbapi_connection.isolation_level = None
    cursor = dbapi_connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA recursive_triggers = ON")
    cursor.execute("PRAGMA trusted_schema = OFF")
    cursor.execute("PRAGMA secure_delete = ON")
    cursor.close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("taawun_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _said_plainly(home: Path) -> Iterator[None]:
    """Turn the driver's errors into ours. A broken constraint stays what it is: a bug, or
    something the caller expected and catches."""
    try:
        yield
    except IntegrityError:
        raise
    except DatabaseError as error:
        said = str(error.orig)
        if "locked" in said or "busy" in said:
            raise Conflict(
                f"{home / DATABASE}: another process is writing; nothing was changed, try again"
            ) from error
        raise StoreError(f"{home / DATABASE}: cannot be used: {said}") from error
