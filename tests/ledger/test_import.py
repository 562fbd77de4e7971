"""What an import makes of rows, whatever order and files they come in."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taawun.errors import InputError, NotFound, UsageError
from taawun.ledger import arrival
from taawun.ledger.problems import problems_of
from taawun.ledger.readers import parquet as parquet_reader
from taawun.ledger.registered import imports
from taawun.store import journal

from .books import Ledger, Row, parquet, rows


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "home")


def test_rows_come_in(ledger: Ledger) -> None:
    done = ledger.take("1 0 A>B 100\n2 0 B>C 200EUR\n3 31 A>A 5")
    assert (done.counts.transfers, done.counts.values, done.counts.to_self) == (3, 2, 1)
    assert done.counts.accounts == 3
    assert ledger.told() == [
        ("1", 0, "A", "B", 100, "USD", 100),
        ("2", 0, "B", "C", 200, "EUR", None),
        ("3", 31, "A", "A", 5, "USD", 5),
    ]
    with ledger.store.reading() as connection:
        (line,) = journal.last_lines(connection, 5)
    assert (line.action, line.actor) == ("ledger.imported", "officer")
    assert '"transfers":3' in line.details


def test_the_first_import_chooses_the_reference_currency(ledger: Ledger) -> None:
    done = ledger.take("1 0 A>B 100USD\n2 0 A>B 7EUR\n3 0 A>B 8EUR", reference="")
    assert (done.reference, done.chosen) == ("EUR", True)
    later = ledger.take("4 0 A>B 100USD", reference="")
    assert (later.reference, later.chosen) == ("EUR", False)


def test_the_same_file_again_changes_nothing(ledger: Ledger, tmp_path: Path) -> None:
    path = parquet(tmp_path / "a.parquet", rows("1 0 A>B 100\n2 1 B>C 200"))
    first = ledger.bring(path)
    again = ledger.bring(path)
    assert (again.again, again.number, again.counts) == (True, first.number, first.counts)
    with ledger.store.reading() as connection:
        assert len(imports(connection)) == 1
        assert journal.verify(connection, ledger.home).lines == 1


def test_the_same_rows_from_another_file_are_repeats(ledger: Ledger) -> None:
    ledger.take("1 0 A>B 100\n2 1 B>C 200")
    before = ledger.told()
    done = ledger.take("2 3 B>C 200\n1 0 A>B 100\n1 0 A>B 100\n3 9 C>D 5")
    assert (done.counts.repeats, done.counts.transfers, done.counts.problems) == (3, 1, 0)
    assert ledger.told() == [*before, ("3", 9, "C", "D", 5, "USD", 5)]


@pytest.mark.parametrize(
    "second",
    ["1 0 A>B 101", "1 0 A>C 100", "1 0 C>B 100", "1 0 A>B 100EUR", "1 8 A>B 100"],
)
def test_a_reference_of_another_transfer_is_a_conflict(ledger: Ledger, second: str) -> None:
    ledger.take("1 0 A>B 100")
    done = ledger.take(second + "\n2 0 A>B 1")
    assert (done.counts.conflicts, done.counts.transfers) == (1, 1)
    (problem,) = problems_of(ledger.store, ledger.home).first(None)
    assert (problem.code, problem.field, problem.line) == ("ledger.conflict", "1", 1)
    assert problem.expected == "A → B, 1.00 USD, 2026-01-01"
    assert problem.got != problem.expected
    assert ledger.told()[0] == ("1", 0, "A", "B", 100, "USD", 100)


def test_a_conflict_within_one_file_names_both(ledger: Ledger) -> None:
    done = ledger.take("1 0 A>B 100\n1 0 A>B 200\n1 0 A>B 100\n1 0 A>B 300")
    assert (done.counts.transfers, done.counts.repeats, done.counts.conflicts) == (1, 1, 2)
    assert [each.got.split(", ")[1] for each in done.problems] == ["2.00 USD", "3.00 USD"]


@pytest.mark.parametrize("split", [0, 1, 2, 3])
def test_what_is_reversed_or_corrected_no_longer_counts(ledger: Ledger, split: int) -> None:
    every = rows(
        """
        1 0 A>B 100
        2 0 A>B 200
        c 0 A>B 250 correction 2
        r 2 A>B 100 reversal 1
        """
    )
    ledger.take(every[:split])
    ledger.take(every[split:])
    assert ledger.told() == [("c", 0, "A", "B", 250, "USD", 250)]
    assert [row[0] for row in ledger.told(withdrawn=True)] == ["1", "2", "c"]
    window = ledger.book.window()
    assert (window.size, window.names.transfers([0])) == (1, ["c"])
    assert ledger.book.size == 1


def test_the_last_correction_stands(ledger: Ledger) -> None:
    ledger.take("1 0 A>B 100\n1 0 A>B 110 correction 1")
    assert [row[4] for row in ledger.told()] == [110]
    ledger.take("1 0 A>B 120 correction 1")
    assert [row[4] for row in ledger.told()] == [120]
    assert ledger.take("1 0 A>B 120 correction 1\n9 9 A>B 1").counts.repeats == 1
    ledger.take("x 3 A>B 100 reversal 1")
    assert [row[0] for row in ledger.told()] == ["9"]


def test_a_correction_of_a_correction(ledger: Ledger) -> None:
    ledger.take("c2 0 A>B 130 correction c1")
    ledger.take("c1 0 A>B 120 correction 1")
    ledger.take("1 0 A>B 100")
    assert [row[0] for row in ledger.told()] == ["c2"]
    ledger.take("r 0 A>B 100 reversal 1")
    assert ledger.told() == []


REVERSED = "1 0 A>B 100\n2 0 A>B 70\nc 0 A>B 80 correction 2\nd 0 A>B 90 correction c\n"


@pytest.mark.parametrize(
    ("acts", "named"),
    [
        ("r 1 A>B 100 reversal 1", []),
        ("r 1 A>B 60 reversal 1", [("1", "60 USD", "100 USD")]),
        ("r 1 A>B 100EUR reversal 1", [("1", "100 EUR", "100 USD")]),
        ("r 1 A>B 70 reversal 2\ns 1 A>B 80 reversal 2\nt 1 A>B 90 reversal 2", []),
        ("r 1 A>B 71 reversal 2", [("2", "71 USD", "70 USD")]),
        ("r 1 A>B 71 reversal elsewhere", []),
    ],
)
@pytest.mark.parametrize("order", ["together", "after", "before"])
def test_a_reversal_of_another_amount_is_named_once(
    ledger: Ledger, acts: str, named: list[tuple[str, str, str]], order: str
) -> None:
    files = {"together": [REVERSED + acts], "after": [REVERSED, acts], "before": [acts, REVERSED]}
    problems = [each for file in files[order] for each in ledger.take(file).problems]
    assert [(each.field, each.got, each.expected) for each in problems] == named
    assert {each.code for each in problems} <= {"ledger.reversal.amount"}
    assert ledger.take("9 9 A>B 1").problems == ()
    wholly = ledger.told()
    assert ("1" not in [row[0] for row in wholly]) == ("reversal 1" in acts)


def test_acts_that_go_in_a_circle_end(ledger: Ledger) -> None:
    ledger.take("a 0 A>B 1 correction b\nb 0 A>B 2 correction a\nr 0 A>B 2 reversal a")
    assert ledger.told() == []


def test_impossible_times_are_problems_and_the_others_go_in(ledger: Ledger) -> None:
    these = rows("1 0 A>B 100\n2 0 A>B 1\n3 0 A>B 2\n4 0 A>B 3")
    these[1]["at"] = these[1]["at"].replace(year=1969)
    these[2]["at"] = these[2]["at"].replace(year=2199)
    these[3]["amount"] = -5
    done = ledger.take(these)
    assert (done.counts.transfers, done.counts.bad) == (1, 3)
    assert sorted((p.code, p.line) for p in done.problems) == [
        ("ledger.amount.negative", 4),
        ("ledger.row.clock", 2),
        ("ledger.row.clock", 3),
    ]


@pytest.mark.parametrize("cut", [0, 3, 100, -8, -1])
def test_a_truncated_file_changes_nothing(ledger: Ledger, tmp_path: Path, cut: int) -> None:
    ledger.take("1 0 A>B 100")
    before = ledger.told()
    whole = parquet(tmp_path / "a.parquet", rows("2 0 A>B 100")).read_bytes()
    (tmp_path / "b.parquet").write_bytes(whole[:cut])
    with pytest.raises(InputError):
        ledger.bring(tmp_path / "b.parquet", format="parquet")
    assert ledger.told() == before
    assert not (ledger.home / "ledger" / "staging").exists()


def test_a_file_that_breaks_in_the_middle_changes_nothing(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrival, "SLAB", 1)
    monkeypatch.setattr(parquet_reader, "ROWS", 1000)
    ledger.take("1 0 A>B 100")
    path = tmp_path / "a.parquet"
    table = pa.Table.from_pylist(rows("\n".join(f"x{i} 0 A>B 5" for i in range(4000))))
    pq.write_table(table, path, row_group_size=1000, compression="none", use_dictionary=False)
    spoiled = bytearray(path.read_bytes())
    where = pq.read_metadata(path).row_group(3).column(0).data_page_offset
    spoiled[where : where + 12] = b"\xff" * 12
    path.write_bytes(spoiled)
    with pytest.raises(InputError):
        ledger.bring(path)
    assert len(ledger.told()) == 1
    assert {each.name for each in (ledger.home / "ledger" / "transfers").rglob("*.parquet")} == {
        "000001-00000.parquet"
    }


@pytest.mark.parametrize("lacking", ["at", "source", "target", "amount", "currency"])
def test_a_file_without_a_needed_column_is_refused(
    ledger: Ledger, tmp_path: Path, lacking: str
) -> None:
    table = pa.Table.from_pylist(rows("1 0 A>B 100")).drop_columns([lacking])
    pq.write_table(table, tmp_path / "a.parquet")
    with pytest.raises(InputError, match=f"no column is known for {lacking}"):
        ledger.bring(tmp_path / "a.parquet")
    assert ledger.book.size == 0


def test_what_is_not_there_or_not_known(ledger: Ledger, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        ledger.bring(tmp_path / "none.parquet")
    with pytest.raises(UsageError, match="unknown format"):
        ledger.bring(parquet(tmp_path / "a.parquet", []), format="xls")
    with pytest.raises(UsageError, match="is a folder"):
        ledger.bring(tmp_path)


def test_an_empty_file_is_an_import_of_nothing(ledger: Ledger) -> None:
    assert ledger.take([]).counts.rows == 0
    assert ledger.book.window().size == 0
    assert ledger.book.span is None


def test_problems_beyond_the_shown_are_in_the_book(ledger: Ledger) -> None:
    these = [{**row, "amount": 0} for row in rows("\n".join(f"{i} 0 A>B 1" for i in range(300)))]
    done = ledger.take(these)
    assert (len(done.problems), done.counts.problems) == (arrival.SHOWN, 300)
    found = problems_of(ledger.store, ledger.home)
    assert [each.line for each in found.every()] == list(range(1, 301))
    with pytest.raises(NotFound, match="no import 7"):
        problems_of(ledger.store, ledger.home, 7)


def test_several_slabs_of_transfers_of_one_account(ledger: Ledger, tmp_path: Path) -> None:
    n = 2 * arrival.SLAB + 7
    import numpy as np

    at = pa.array(np.arange(n) * 1_000_000).cast(pa.timestamp("us", "UTC"))
    hub = pa.DictionaryArray.from_arrays(pa.array(np.zeros(n, np.int32)), pa.array(["HUB"]))
    one = pa.array([f"{i:07}" for i in range(n)])
    table = {"transfer": one, "at": at, "source": hub.cast(pa.string()), "target": one}
    euro = pa.DictionaryArray.from_arrays(pa.array(np.zeros(n, np.int32)), pa.array(["EUR"]))
    table |= {"amount": np.full(n, 100), "currency": euro.cast(pa.string())}
    pq.write_table(pa.table(table), tmp_path / "hub.parquet")
    done = ledger.bring(tmp_path / "hub.parquet", reference="")
    assert (done.counts.transfers, done.counts.accounts) == (n, n + 1)
    window = ledger.book.window()
    hub_number = int(window.source[0])
    assert window.out_start[hub_number + 1] - window.out_start[hub_number] == n
    assert (window.out[window.out_start[hub_number] :][:n] == np.arange(n)).all()


# Any order, any files: the same ledger. The twin is the rule in plain Python.


@st.composite
def messages(draw: Any) -> list[Row]:
    """Transfers with acts on them and repeats, without contradictions."""
    count = draw(st.integers(1, 8))
    found = []
    for number in range(count):
        ends = draw(st.sampled_from("AB")), draw(st.sampled_from("BCD"))
        day = draw(st.sampled_from([0, 1, 31, 31, 62]))
        amount = draw(st.integers(1, 9))
        found.append(f"{number} {day} {ends[0]}>{ends[1]} {amount}")
        act = draw(st.sampled_from(["", "", "reversal", "correction", "same", "chain"]))
        if act == "reversal":
            found.append(f"r{number} {day + 1} A>B {amount} reversal {number}")
        elif act == "correction":
            found.append(f"c{number} {day} A>B 77 correction {number}")
        elif act == "same":
            found.append(f"{number} {day} A>B 88 correction {number}")
        elif act == "chain":
            found.append(f"d{number} {day} A>B 5 correction {number}")
            found.append(f"e{number} {day} A>B 6 correction d{number}")
            if draw(st.booleans()):
                found.append(f"f{number} {day} A>B {amount} reversal {number}")
    these = rows("\n".join(found))
    for row in these:
        row["source_bank"] = draw(st.none() | st.sampled_from(["X", "Y"]))
    return these + draw(st.lists(st.sampled_from(these), max_size=4))


def twin(these: list[Row]) -> list[tuple[Any, ...]]:
    """Reference, source, target, amount of what counts."""
    acts = [row for row in these if row["act"] != "booked"]
    corrections = {row["original"]: row for row in acts if row["act"] == "correction"}
    gone = {row["original"] for row in acts if row["act"] == "reversal"}
    for _ in these:
        gone |= {row["transfer"] for row in corrections.values() if row["original"] in gone}
    out = set()
    for row in these:
        if row["act"] == "reversal" or {row["transfer"], row["original"]} & gone:
            continue
        by = corrections.get(row["transfer"])
        if by is not None and by["transfer"] != row["transfer"]:
            continue
        if by is not None and row["act"] == "booked":
            continue
        out.add((row["transfer"], row["source"], row["target"], row["amount"]))
    return sorted(out)


@settings(max_examples=40)
@given(
    messages(), st.randoms(use_true_random=False), st.integers(1, 4), st.sampled_from([1, 3, 99])
)
def test_any_order_and_any_files_make_the_same_ledger(
    these: list[Row], chance: Any, files: int, slab: int
) -> None:
    chance.shuffle(these)
    cuts = sorted(chance.randrange(len(these) + 1) for _ in range(files - 1))
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(arrival, "SLAB", slab)
        patch.setattr(parquet_reader, "ROWS", slab)
        ledger = Ledger(Path(folder) / "home")
        counted = 0
        for first, end in zip([0, *cuts], [*cuts, len(these)], strict=True):
            done = ledger.take(these[first:end])
            counted += done.counts.rows
            assert done.counts.problems == 0
        assert counted == len(these)
        got = [(row[0], *row[2:5]) for row in ledger.told()]
        assert got == twin(these)
        assert _banks(ledger) == _banks_of(these)
        window = ledger.book.window()
        assert sorted(window.names.transfers(range(window.size))) == sorted(r[0] for r in got)
        ledger.store.close()


def _banks(ledger: Ledger) -> dict[str, str | None]:
    return {row["account"]: row["bank"] for row in ledger.book.accounts().to_pylist()}


def _banks_of(these: list[Row]) -> dict[str, Any]:
    """The banks said last; where equal times say several, any of them.

    A reversal says who the accounts are, of their banks nothing.
    """
    said: dict[str, Any] = {row[end]: [] for row in these for end in ("source", "target")}
    for row in these:
        if row["source_bank"] and row["act"] != "reversal":
            said[row["source"]].append((row["at"], row["source_bank"]))
    out: dict[str, Any] = {}
    for account, banks in said.items():
        last = max((at for at, _ in banks), default=None)
        names = {bank for at, bank in banks if at == last}
        out[account] = OneOf(names) if names else None
    return out


class OneOf:
    """Equal to any of some names."""

    def __init__(self, names: set[str]) -> None:
        self.names = names

    def __eq__(self, other: object) -> bool:
        return other in self.names

    __hash__ = None  # type: ignore[assignment]
