"""A list comes into force whole, or the one in force stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from taawun.errors import (
    Conflict,
    ImplausibleChange,
    InputError,
    NotFound,
    StoreError,
    UsageError,
)
from taawun.lists.registry import Lists
from taawun.store import journal

from .registry_files import AT, ROWS, later, registry, write_csv


@pytest.fixture
def lists(tmp_path: Path) -> Lists:
    return registry(tmp_path / "home")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "from" / "national.csv", ROWS)


def add(lists: Lists, file: Path | str, day: int = 0, **options: str) -> str:
    return lists.add("csv", file, at=later(day), actor="officer", **options).version


def journalled(lists: Lists) -> list[journal.Line]:
    with lists.store.reading() as connection:
        assert journal.verify(connection, lists.store.home).whole
        return list(journal.lines(connection))


def folders(lists: Lists, dataset: str = "national") -> set[str]:
    return {path.name for path in (lists.archive.root / dataset).iterdir()} - {".lock"}


def test_a_first_list(lists: Lists, file: Path) -> None:
    done = lists.add("csv", file, at=AT, actor="officer")
    assert (done.dataset, done.outcome, done.entries, done.entities) == (
        "national",
        "added",
        20,
        40,
    )
    (now,) = lists.current()
    assert (now.version, now.file, now.actor) == (done.version, "national.csv", "officer")
    assert now.version.startswith("20261124050000-")
    assert now.path.is_file()
    entities = {entity.id: entity for entity in lists.entities("national")}
    assert entities["N-03"].texts("alias") == ("شخص مثال 3",)
    assert entities["N-03"].datasets == ("national",)
    assert entities["N-03"].first_seen == entities["N-03"].last_change == "2026-11-24T05:00:00"
    assert not lists.changes("national")


def test_the_same_file_again_changes_nothing(lists: Lists, file: Path) -> None:
    first = add(lists, file)
    lines = journalled(lists)
    again = lists.add("csv", file, at=later(1), actor="officer")
    assert (again.outcome, again.version) == ("unchanged", first)
    assert folders(lists) == {first}
    assert journalled(lists) == lines
    (status,) = lists.status()
    assert status.checked_at == "2026-11-25T05:00:00"


def test_an_update_keeps_the_difference_and_the_version_before(
    lists: Lists, file: Path, tmp_path: Path
) -> None:
    first = add(lists, file)
    changed = [*ROWS[1:], ("N-90", "New Example", "person", "", "", "")]
    changed[0] = (*changed[0][:4], "1971", "iq")
    done = lists.add("csv", write_csv(file, changed), at=later(1), actor="officer")
    assert (done.outcome, done.previous) == ("updated", first)
    targets = [change for change in lists.changes("national").changes if change.target]
    assert [(change.op, change.id) for change in targets] == [
        ("removed", "N-00"),
        ("changed", "N-01"),
        ("added", "N-90"),
    ]
    assert targets[1].properties[0].gone == ("1970",)
    assert done.difference == lists.changes("national") == lists.changes("national", first)
    assert len(list(lists.entities("national", first))) == 40
    seen = {entity.id: entity for entity in lists.entities("national")}
    assert [seen[id_].first_seen[8:10] for id_ in ("N-01", "N-02", "N-90")] == ["24", "24", "25"]
    assert [seen[id_].last_change[8:10] for id_ in ("N-01", "N-02", "N-90")] == ["25", "24", "25"]


def test_changes_since_an_older_version_add_up(lists: Lists, file: Path) -> None:
    first = add(lists, file)
    add(lists, write_csv(file, ROWS[1:]), day=1)
    add(lists, write_csv(file, ROWS), day=2)
    assert not lists.changes("national", first)
    assert lists.changes("national").counts(targets=True)["added"] == 1


def test_an_implausible_change_is_refused_and_said(lists: Lists, file: Path) -> None:
    first = add(lists, file)
    with pytest.raises(ImplausibleChange, match=r"10/20 \(50%\)"):
        add(lists, write_csv(file, ROWS[:10]), day=1)
    assert folders(lists) == {first}
    (status,) = lists.status()
    assert (status.current.version, status.failed_at) == (first, "2026-11-25T05:00:00")
    assert "10/20" in status.failure
    line = journalled(lists)[-1]
    assert (line.action, line.subject) == ("list.refused", "national")
    assert "10/20" in line.details


def test_an_officer_may_accept_it_with_a_reason(lists: Lists, file: Path) -> None:
    add(lists, file)
    accepted = add(lists, write_csv(file, ROWS[:10]), day=1, why="ten were delisted by decree 7")
    (status,) = lists.status()
    assert (status.current.version, status.failure) == (accepted, "")
    assert status.current.accepted == "ten were delisted by decree 7"
    assert "decree 7" in journalled(lists)[-1].details


def test_a_reason_without_a_doubt_is_not_kept(lists: Lists, file: Path) -> None:
    add(lists, file, why="just in case")
    assert lists.current()[0].accepted == ""


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"id,name,kind\nN-1,Example", "first at line 2"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"<?xml version='1.0'?><a/>", "first at line 1"),
    ],
)
def test_bad_files_leave_everything_as_it_was(
    lists: Lists, file: Path, content: bytes, said: str
) -> None:
    first = add(lists, file)
    before = list(lists.entities("national"))
    file.write_bytes(content)
    with pytest.raises(InputError, match=said):
        add(lists, file, day=1)
    assert list(lists.entities("national")) == before
    assert folders(lists) == {first}
    assert lists.status()[0].failed_at


def test_a_first_file_that_fails_leaves_no_list(lists: Lists, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        add(lists, tmp_path / "absent.csv")
    assert lists.current() == []
    assert folders(lists, "absent") == set()
    assert journalled(lists)[-1].action == "list.failed"


def test_the_journal_holds_nothing_of_what_entries_say(lists: Lists, file: Path) -> None:
    add(lists, file)
    bad = [*ROWS, ("N-91", "Secret Name", "person", "", "born long ago", "Secretland")]
    with pytest.raises(InputError):
        add(lists, write_csv(file, bad), day=1)
    told = "".join(line.details for line in journalled(lists))
    assert not [
        word for word in ("Example", "مثال", "Secret", "ago", str(file.parent)) if word in told
    ]
    assert "line 22 birth_date" in told


def test_names_of_lists(lists: Lists, file: Path) -> None:
    assert lists.add("csv", file, name="moi_freeze", at=AT, actor="o").dataset == "moi_freeze"
    renamed = file.rename(file.with_name("Ministry of Interior - 2026.v2.csv"))
    assert lists.add("csv", renamed, at=AT, actor="o").dataset == "ministry_of_interior_2026"
    for wrong in ("", "Üb", "a b", "../x", "_a", "a__b", "a/b"):
        with pytest.raises(UsageError, match="small letters"):
            lists.add("csv", file, name=wrong, at=AT, actor="o")
    with pytest.raises(UsageError, match="unknown source 'xyz'"):
        lists.add("xyz", file, at=AT, actor="o")
    arabic = file.with_name("قائمة.csv")
    with pytest.raises(UsageError, match="--name"):
        lists.add("csv", arabic, at=AT, actor="o")


def test_a_name_belongs_to_one_source(lists: Lists, file: Path) -> None:
    add(lists, file)
    with pytest.raises(Conflict, match="another --name"):
        lists.add("ftm", file, name="national", at=AT, actor="o")


def test_update_looks_again_where_each_list_came_from(
    lists: Lists, file: Path, tmp_path: Path
) -> None:
    add(lists, file)
    other = write_csv(tmp_path / "from" / "other.csv", ROWS[:5])
    third = write_csv(tmp_path / "from" / "third.csv", ROWS[:5])
    add(lists, other)
    add(lists, third)
    write_csv(file, ROWS[1:])
    other.unlink()
    done = {update.dataset: update for update in lists.update(at=later(1), actor="timer")}
    assert {name: update.outcome for name, update in done.items()} == {
        "national": "updated",
        "other": "unchanged",
        "third": "unchanged",
    }
    assert isinstance(done["other"].error, InputError)
    assert len(list(lists.entities("other"))) == 10
    with pytest.raises(NotFound, match="no list 'nowhere'"):
        lists.update(at=later(1), actor="timer", datasets=["nowhere"])


def test_old_versions_are_pruned_and_their_rows_stay(tmp_path: Path, file: Path) -> None:
    lists = registry(tmp_path / "home", keep=3)
    versions = [add(lists, write_csv(file, ROWS[: 20 - n]), day=n) for n in range(5)]
    assert folders(lists) == set(versions[2:])
    assert [bool(v.pruned_at) for v in lists.versions("national")] == [True, True, *[False] * 3]
    assert lists.prune(1, at=later(9), actor="officer") > 0
    assert folders(lists) == {versions[-1]}
    assert lists.prune(1, at=later(9), actor="officer") == 0
    with pytest.raises(NotFound, match="is not kept"):
        lists.changes("national", versions[0])
    with pytest.raises(UsageError):
        lists.prune(0, at=later(9), actor="officer")
    assert len(lists.changes("national").changes) == 2


def test_versions_grow_though_the_clock_goes_back(lists: Lists, file: Path) -> None:
    first = add(lists, file, day=5)
    second = add(lists, write_csv(file, ROWS[1:]), day=0)
    third = add(lists, write_csv(file, ROWS), day=5)
    assert first < second < third
    assert lists.current()[0].version == third


def test_damaged_files_are_said(lists: Lists, file: Path) -> None:
    add(lists, file)
    path = lists.current()[0].path
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(StoreError, match=r"entities.ftm.json:40: damaged"):
        list(lists.entities("national"))
    path.unlink()
    with pytest.raises(StoreError, match="gone"):
        list(lists.entities("national"))


def test_another_process_at_the_same_list(tmp_path: Path, file: Path) -> None:
    lists = registry(tmp_path / "home", patience=0.1)
    other = registry(tmp_path / "home")
    with (
        other.archive.alone("national", 0.1),
        pytest.raises(Conflict, match="another process"),
    ):
        add(lists, file)
    add(lists, file)


def test_a_dropped_list_is_out_of_force_and_not_forgotten(lists: Lists, file: Path) -> None:
    first = add(lists, file)
    with pytest.raises(UsageError, match="reason"):
        lists.drop("national", " ", at=later(1), actor="officer")
    with pytest.raises(NotFound, match="nowhere"):
        lists.drop("nowhere", "added by mistake", at=later(1), actor="officer")
    assert lists.drop("national", "added by mistake", at=later(1), actor="officer") > 0
    assert lists.current() == []
    assert folders(lists) == set()
    assert [version.version for version in lists.versions("national")] == [first]
    assert (journalled(lists)[-1].action, "mistake" in journalled(lists)[-1].details) == (
        "list.dropped",
        True,
    )
    again = add(lists, file, day=2)
    assert (again > first, folders(lists)) == (True, {again})


def test_a_disk_that_fails_is_said(
    lists: Lists, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = add(lists, file)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StoreError, match="No space left on device"):
        add(lists, write_csv(file, ROWS[1:]), day=1)
    monkeypatch.undo()
    assert [version.version for version in lists.current()] == [first]
    assert folders(lists) == {first}
    assert add(lists, file, day=2) > first
