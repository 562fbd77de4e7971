"""Locks between processes, and file systems that have none."""

from __future__ import annotations

import errno
import fcntl
from datetime import UTC, datetime
from pathlib import Path

import pytest

from taawun.errors import StoreError
from taawun.store import Store, open_store
from taawun.store.database import Watch
from taawun.store.locking import lock

AT = datetime(2026, 3, 14, tzinfo=UTC)


def test_one_holds_it_and_another_does_not(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with path.open("a") as one, path.open("a") as other:
        assert lock(one.fileno(), path)
        assert not lock(other.fileno(), path)
    with path.open("a") as other:
        assert lock(other.fileno(), path, wait=True)


@pytest.mark.parametrize("fault", [errno.ENOLCK, errno.EOPNOTSUPP])
def test_a_file_system_without_locks_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: int
) -> None:
    store = open_store(tmp_path / "there")

    def none(handle: object, how: int) -> None:
        raise OSError(fault, "no locks available")

    monkeypatch.setattr(fcntl, "flock", none)
    with pytest.raises(StoreError, match="cannot lock files"):
        open_store(tmp_path / "new")
    with pytest.raises(StoreError, match="cannot lock files"), store.begin():
        raise AssertionError("nobody may write without a lock")
    store.close()


def write_in_vain(store: Store) -> None:
    with store.begin() as unit:
        unit.journal("made", "two", {}, at=AT, actor="officer")
        raise RuntimeError


def test_a_watch_sees_what_others_write_and_nothing_else(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    watch = store.watch()
    assert [watch.changed(), watch.changed()] == [True, False]
    with store.reading() as connection:
        connection.exec_driver_sql("SELECT count(*) FROM journal")
    assert not watch.changed()
    with store.begin() as unit:
        unit.journal("made", "one", {}, at=AT, actor="officer")
        assert not watch.changed(), "not kept yet"
    assert [watch.changed(), watch.changed()] == [True, False]
    with pytest.raises(RuntimeError):
        write_in_vain(store)
    assert not watch.changed(), "rolled back"
    watch.close()
    assert watch.changed(), "it begins anew"
    watch.close()
    store.close()


def test_a_database_that_is_not_there_cannot_be_watched(tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        Watch(tmp_path).changed()
