"""Tables: made in pieces, filled up, sent in parts, believed only when they are what was said."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taawun.cooperation.private import oprf, table
from taawun.cooperation.private.table import Segment, Table, TableFolder, TableKey
from taawun.cooperation.private.unmatched import TableTally
from taawun.cooperation.private.workers import Workers
from taawun.errors import InputError, Refused, StoreError

KEY = TableKey(b"s" * 32, b"info")
HERE = Workers(0)


def tokens_of(record: int) -> Sequence[bytes]:
    """Two of its own, and one that it has in common with every tenth record."""
    return [f"{record}".encode(), f"{record}/b".encode(), f"tenth {record % 10}".encode()]


def making(home: Path, step: int = 64, most: int = 16384) -> TableFolder:
    return TableFolder(home, "table", step, most)


def make(home: Path, records: Sequence[int], **more: Any) -> Segment:
    made = table.make(records, tokens_of, KEY, making(home), more.pop("workers", HERE), **more)
    assert made is not None
    return made


def fingerprints(tokens: Sequence[bytes]) -> oprf.U64:
    return oprf.fingerprints(oprf.known(KEY.seed, KEY.info, tokens))


def refused(ground: str) -> Any:
    return pytest.raises(Refused, match=f"^{ground}($|:)")


def there(home: Path, *numbers: int) -> list[Segment]:
    """The segments in place, by what their files are now."""
    folder, found = table.folder_of(home, "table"), []
    for number in numbers:
        held = table.path_of(folder, number).read_bytes()
        found.append(Segment(number, len(held) // 8, hashlib.sha256(held).hexdigest()))
    return found


def opened(home: Path, *numbers: int) -> Table:
    return Table.at(table.folder_of(home, "table"), there(home, *numbers))


def test_a_table_has_every_token_once_and_is_filled_up(tmp_path: Path) -> None:
    made = make(tmp_path, range(30), others=[b"control"])
    (segment,) = opened(tmp_path, 1).segments
    assert (made.size, len(segment)) == (128, 128), "71 tokens, filled up to two steps"
    assert np.all(segment[1:] > segment[:-1])
    assert opened(tmp_path, 1).has(fingerprints([t for r in range(30) for t in tokens_of(r)])).all()
    assert opened(tmp_path, 1).has(fingerprints([b"control"])).all()
    assert not opened(tmp_path, 1).has(fingerprints([b"30", b"", b"control "][::2])).any()


def test_the_filling_is_drawn_anew(tmp_path: Path) -> None:
    one, other = make(tmp_path / "a", range(9)), make(tmp_path / "b", range(9))
    assert one.size == other.size
    assert one.digest != other.digest


def test_progress_is_told_and_nothing_unfinished_stays(tmp_path: Path) -> None:
    told: list[int] = []
    make(tmp_path, range(2500), progress=told.append)
    assert told == [1024, 2048, 2500]
    assert not (tmp_path / "private" / "making" / "table").exists()


def test_what_was_evaluated_before_an_interruption_is_not_evaluated_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(done: int) -> None:
        if done > 1024:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make(tmp_path, range(3000), progress=interrupted)
    assert not list(table.folder_of(tmp_path, "table").glob("*")), "no half of a table in place"
    runs = list((tmp_path / "private" / "making" / "table").iterdir())
    assert len(runs) >= 2
    runs[0].write_bytes(runs[0].read_bytes()[:-1])  # one was cut off by a full disk
    known, evaluated = oprf.known, []

    def counted(seed: bytes, info: bytes, tokens: Sequence[bytes]) -> list[bytes]:
        evaluated.append(len(tokens))
        return known(seed, info, tokens)

    monkeypatch.setattr(oprf, "known", counted)
    make(tmp_path, range(3000))
    batches = -(-3000 // table.BATCH)
    assert len([n for n in evaluated if n]) == batches - (len(runs) - 1)
    assert opened(tmp_path, 1).has(fingerprints([b"0", b"1500", b"2999"])).all()


def test_runs_tell_nothing_without_the_key(tmp_path: Path) -> None:
    names = {
        table.run(TableKey(seed, b""), tokens_of, why, [1], tmp_path).name
        for seed in (b"a" * 32, b"b" * 32)
    }
    assert len(names) == 2


def test_processes_make_the_same_table(tmp_path: Path) -> None:
    with Workers(1) as workers:
        make(tmp_path, range(1200), workers=workers)
    assert opened(tmp_path, 1).has(fingerprints([b"0", b"1199/b", b"tenth 3"])).all()


def test_new_records_are_a_segment_of_their_own(tmp_path: Path) -> None:
    make(tmp_path, range(30))
    before = table.path_of(table.folder_of(tmp_path, "table"), 1).read_bytes()
    added = make(tmp_path, range(28, 33), earlier=there(tmp_path, 1))
    assert (added.number, added.size) == (2, 64)
    assert table.path_of(table.folder_of(tmp_path, "table"), 1).read_bytes() == before
    both = opened(tmp_path, 1, 2)
    assert len(both) == 192
    assert both.has(fingerprints([b"0", b"32", b"32/b"])).all()
    (first, second) = both.segments
    assert not np.intersect1d(first, second).size, "what is known already is not sent again"
    both_there = there(tmp_path, 1, 2)
    same = table.make(range(33), tokens_of, KEY, making(tmp_path), HERE, earlier=both_there)
    assert same is None


def test_a_file_is_held_against_its_digest_once_and_again_when_it_is_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, read = make(tmp_path, range(30)), []
    digest = hashlib.file_digest

    def counted(file: Any, name: str) -> Any:
        read.append(name)
        return digest(file, name)

    monkeypatch.setattr(hashlib, "file_digest", counted)
    folder = table.folder_of(tmp_path, "table")
    for _ in range(3):
        assert len(Table.at(folder, [made])) == 128
    assert len(read) == 1
    path = table.path_of(folder, 1)
    held = path.read_bytes()
    path.write_bytes(held[:-1] + bytes([held[-1] ^ 1]))
    for _ in range(2):
        with refused("match.table_changed"):
            Table.at(folder, [made])
    path.write_bytes(held[:-8])
    with refused("match.table_changed"):
        Table.at(folder, [made])
    path.write_bytes(held)
    assert len(Table.at(folder, [made])) == 128


def few(record: int) -> Sequence[bytes]:
    if record == 5:
        raise InputError("a name too long")
    return [] if record % 3 == 0 else [f"{record}".encode()]


def why(record: int) -> tuple[str, ...]:
    return ("tokens.no_birth",) if record % 2 else ("tokens.no_birth", "tokens.number_short")


@pytest.mark.parametrize("workers", [0, 1])
def test_records_without_tokens_are_counted_with_their_reasons(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    monkeypatch.setattr(table, "BATCH", 4)
    told: dict[int, tuple[str, ...]] = {}
    for again in range(2):  # made again after an interruption, it is counted again
        tally = TableTally(each=told.__setitem__)
        with Workers(workers) as row:
            home = making(tmp_path / str(again))
            table.make(range(10), few, KEY, home, row, tally=tally, why_not=why)
        assert (tally.records, tally.unmatched) == (10, 5)
        assert tally.reasons == {
            "tokens.no_birth": 4,
            "tokens.number_short": 2,
            "tokens.name_long": 1,
        }
        assert {place: len(reasons) for place, reasons in told.items()} == {
            0: 2,
            3: 1,
            5: 1,
            6: 2,
            9: 1,
        }
    assert tally.told() == {
        "records": 10,
        "unmatched": 5,
        "reasons": {"tokens.name_long": 1, "tokens.no_birth": 4, "tokens.number_short": 2},
    }


def test_a_table_does_not_outgrow_its_terms(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"match\.table_full"):
        table.make(range(60), tokens_of, KEY, making(tmp_path, most=128), HERE)


def parts_of(home: Path, segment: Segment) -> list[bytes]:
    return list(table.parts(table.folder_of(home, "table"), segment))


def test_parts_make_the_segment_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "PART", 400)
    made = make(tmp_path / "owner", range(30))
    pieces = parts_of(tmp_path / "owner", made)
    assert [len(each) for each in pieces] == [400, 400, 224]
    assert made.parts == 3
    for number, each in enumerate(pieces, 1):
        table.check_part(each, made, number)
    there = tmp_path / "asker"
    table.join(pieces, made, table.folder_of(there, "table"))
    assert opened(there, 1).segments[0].tolist() == (
        opened(tmp_path / "owner", 1).segments[0].tolist()
    )


def segment_of(numbers: Sequence[int]) -> tuple[Segment, bytes]:
    packed = np.array(numbers, "<u8").tobytes()
    return Segment(1, len(numbers), hashlib.sha256(packed).hexdigest()), packed


@pytest.mark.parametrize("numbers", [[2, 1], [1, 1], [5, 6, 6, 7], [2**64 - 1, 0]])
def test_a_table_out_of_order_is_refused(numbers: list[int], tmp_path: Path) -> None:
    segment, packed = segment_of(numbers)
    with pytest.raises(Refused, match=r"match\.table_order"):
        table.check_part(packed, segment, 1)
    with pytest.raises(Refused, match=r"match\.table_order"):
        table.join([packed], segment, tmp_path)


def test_order_is_looked_at_between_parts_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "PART", 16)
    segment, packed = segment_of([3, 4, 1, 2])
    table.check_part(packed[:16], segment, 1)
    table.check_part(packed[16:], segment, 2)
    with pytest.raises(Refused, match=r"match\.table_order"):
        table.join([packed[:16], packed[16:]], segment, tmp_path)


@pytest.mark.parametrize(("part", "content"), [(0, 16), (2, 16), (1, 8), (1, 24), (1, 15)])
def test_a_part_that_does_not_fit_is_refused(part: int, content: int) -> None:
    segment, packed = segment_of([1, 2])
    with pytest.raises(Refused, match=r"match\.table_part"):
        table.check_part((packed + bytes(32))[:content], segment, part)


def test_a_table_that_is_not_the_one_announced_is_refused(tmp_path: Path) -> None:
    segment, packed = segment_of([1, 2, 3])
    other = np.array([1, 2, 4], "<u8").tobytes()
    with pytest.raises(Refused, match=r"match\.table_digest"):
        table.join([other], segment, tmp_path)
    more = np.array([4], "<u8").tobytes()
    for pieces in ([packed, more], [packed[:8]], []):
        with pytest.raises(Refused, match=r"match\.table_size"):
            table.join(pieces, segment, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_was_touched_is_not_sent(tmp_path: Path) -> None:
    made = make(tmp_path, range(9))
    path = table.path_of(table.folder_of(tmp_path, "table"), 1)
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    with pytest.raises(StoreError, match="not the table that was made"):
        parts_of(tmp_path, made)


def test_dropping_leaves_nothing(tmp_path: Path) -> None:
    made = make(tmp_path, range(9))
    table.drop(tmp_path, "table")
    table.drop(tmp_path, "table")
    assert not table.folder_of(tmp_path, "table").exists()
    with pytest.raises(StoreError, match="cannot be opened"):
        Table.at(table.folder_of(tmp_path, "table"), [made])


@given(
    st.lists(st.sets(st.integers(0, 2**64 - 1), max_size=40), max_size=3),
    st.lists(st.integers(0, 2**64 - 1), max_size=30),
    st.data(),
)
def test_searching_is_membership(
    segments: list[set[int]], asked: list[int], data: st.DataObject
) -> None:
    every = sorted(set().union(*segments))
    if every:
        asked = asked + data.draw(st.lists(st.sampled_from(every), max_size=10))
    held = Table([np.array(sorted(each), np.uint64) for each in segments])
    found = held.has(np.array(asked, np.uint64))
    assert found.tolist() == [each in set(every) for each in asked]
