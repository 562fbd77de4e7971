"""Odd files that once ended in a bare Python error: each is read or refused by name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from taawun.errors import InputError
from taawun.ledger.accounts import bring_accounts
from taawun.ledger.rates import Rate, read_rates
from taawun.ledger.readers import format_of
from taawun.ledger.readers.columns import read_map
from taawun.ledger.readers.whole import Whole, whole
from taawun.store import Store, open_store
from tests.ledger.iso20022.messages import NAMESPACE, document, transaction
from tests.ledger.iso20022.messages import read as read_payments

ROWS = {
    "transfer": ["1", "2"],
    "at": ["2026-01-01", "2026-01-02"],
    "source": ["A", "B"],
    "target": ["B", "C"],
    "source_bank": ["X", "Y"],
    "amount": ["1", "2"],
    "currency": ["USD", "USD"],
    "channel": ["wire", "wire"],
}
HEAD = "transfer,at,source,target,amount,currency,purpose\n"


def not_utf8() -> pa.Array:
    """Text as some writers leave it: another encoding under the name of UTF-8."""
    return pa.array([b"USD", "محل".encode("cp1256")]).view(pa.string())


def parquet(path: Path, **columns: Any) -> Whole:
    pq.write_table(pa.table({**ROWS, **columns}), path / "a.parquet")
    return whole(str(path / "a.parquet"))


def told(found: Whole) -> list[tuple[str, int | None]]:
    return [(each.code, each.line) for each in found.problems]


@pytest.mark.parametrize("name", sorted(ROWS))
def test_parquet_text_of_another_encoding_costs_its_row(tmp_path: Path, name: str) -> None:
    found = parquet(tmp_path, **{name: not_utf8()})
    assert ("ledger.row.encoding", 2) in told(found)
    assert len(found.table) + len({line for _, line in told(found)}) == 2


@pytest.mark.parametrize("name", ["amount", "at", "currency"])
def test_two_parquet_columns_of_one_name_are_refused(tmp_path: Path, name: str) -> None:
    rows = pa.table(ROWS)
    pq.write_table(rows.append_column(name, rows[name]), tmp_path / "a.parquet")
    with pytest.raises(InputError, match=name):
        whole(str(tmp_path / "a.parquet"))


def test_parquet_with_a_name_of_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({**ROWS, "remark": ["a", "b"]}), path, store_schema=False)
    path.write_bytes(path.read_bytes().replace(b"remark", b"rem\xe4rk"))
    with pytest.raises(InputError, match="cannot be read as Parquet"):
        format_of(str(path))


@pytest.mark.parametrize("held", [[[1], [2]], [{"a": 1}, {"a": 2}], [b"\xff", b"\xfe"]])
@pytest.mark.parametrize("name", ["currency", "source_bank"])
def test_parquet_values_that_are_no_text_are_refused(
    tmp_path: Path, name: str, held: list[Any]
) -> None:
    with pytest.raises(InputError, match="cannot be read as text"):
        parquet(tmp_path, **{name: held})


def test_parquet_times_as_a_dictionary_of_words_are_read(tmp_path: Path) -> None:
    found = parquet(tmp_path, at=pa.array(ROWS["at"]).dictionary_encode())
    assert found.table["at"].to_pylist() == [datetime(2026, 1, day, tzinfo=UTC) for day in (1, 2)]


def test_parquet_times_beyond_any_clock_are_problems(tmp_path: Path) -> None:
    (tmp_path / "map.yml").write_text("times: {unit: seconds}\n")
    pq.write_table(
        pa.table({**ROWS, "at": pa.array([2**64 - 1, 5], pa.uint64())}), tmp_path / "a.parquet"
    )
    found = whole(str(tmp_path / "a.parquet"), read_map(tmp_path / "map.yml"))
    assert told(found) == [("ledger.row.time", 1)]


def test_a_carriage_return_alone_costs_its_row(tmp_path: Path) -> None:
    rows = (
        "1,2026-01-01,A,B,1,USD,\n",
        "2,2026-01-01,A,\r,1,USD,\n",
        "3,2026-01-01,A,B,1,USD,\r\n",
    )
    (tmp_path / "a.csv").write_text(HEAD + "".join(rows), newline="")
    found = whole(str(tmp_path / "a.csv"))
    assert told(found) == [("ledger.row.line_end", 3)]
    assert found.table["transfer"].to_pylist() == ["1", "3"]


def test_a_carriage_return_within_quotes_is_text(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(HEAD + '1,2026-01-01,A,B,1,USD,"one\rtwo"\n', newline="")
    found = whole(str(tmp_path / "a.csv"))
    assert (found.table["purpose"].to_pylist(), told(found)) == (["one\rtwo"], [])


def test_lines_that_end_in_carriage_returns_are_refused(tmp_path: Path) -> None:
    text = HEAD + "1,2026-01-01,A,B,1,USD,\n"
    (tmp_path / "a.csv").write_text(text.replace("\n", "\r"), newline="")
    with pytest.raises(InputError, match="carriage return"):
        whole(str(tmp_path / "a.csv"))


def test_a_header_longer_than_a_cell_may_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a" * 200_000 + "\n1\n")
    with pytest.raises(InputError, match="not readable as CSV"):
        whole(str(tmp_path / "a.csv"))


EMPTY = f'<Document xmlns="{NAMESPACE}"/>'
TWO = document(transaction(1), transaction(2))


@pytest.mark.parametrize(
    ("file", "rows"),
    [
        (EMPTY, 0),
        (EMPTY + TWO, 2),
        (TWO + EMPTY, 2),
        (EMPTY.replace("/>", ' a=">"\n/>') + TWO, 2),
        (f"<W>{EMPTY}</W>{TWO}", 2),
        (f"<W>{EMPTY}{EMPTY}</W>{TWO}{EMPTY}", 2),
    ],
)
def test_a_document_that_is_one_tag_hides_nothing_that_follows(file: str, rows: int) -> None:
    fast, strict = read_payments(file), read_payments(file, fast=False)
    assert fast[0] == strict[0]
    assert (0 if fast[0] is None else len(fast[0])) == rows
    assert not [each for each in fast[1] if each.code != "payments.field_unknown"]


def test_rates_with_any_line_ends(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("currency,date,rate\rEUR,2026-01-01,1.5\r", newline="")
    assert read_rates(tmp_path / "r.csv") == (Rate("EUR", date(2026, 1, 1), 1.5),)


@pytest.mark.parametrize("text", ["currency,date,rate\n" + "E" * 200_000, "", "\n"])
def test_what_is_no_table_of_rates_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "r.csv").write_text(text)
    with pytest.raises(InputError):
        read_rates(tmp_path / "r.csv")


@pytest.mark.parametrize("text", ["amount: 2026-13-45\n", "amount: " + "[" * 5_000])
def test_yaml_that_cannot_be_made_is_no_map(tmp_path: Path, text: str) -> None:
    (tmp_path / "map.yml").write_text(text)
    with pytest.raises(InputError):
        read_map(tmp_path / "map.yml")


@pytest.fixture
def store(home: Path) -> Iterator[Store]:
    opened = open_store(home)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    "columns",
    [
        {"account": [["A"]]},
        {"account": ["A"], "holder": [{"a": 1}]},
        {"account": pa.array([b"\xff\xfe"])},
    ],
)
def test_a_register_whose_values_are_no_text_is_refused(
    store: Store, home: Path, tmp_path: Path, at: datetime, columns: dict[str, Any]
) -> None:
    pq.write_table(pa.table(columns), tmp_path / "r.parquet")
    with pytest.raises(InputError):
        bring_accounts(tmp_path / "r.parquet", store, home, at=at, actor="test")


def test_of_two_columns_of_one_name_a_register_takes_the_first(
    store: Store, home: Path, tmp_path: Path, at: datetime
) -> None:
    (tmp_path / "r.csv").write_text("account,holder,holder\nA,Ali,Omar\n")
    done = bring_accounts(tmp_path / "r.csv", store, home, at=at, actor="test")
    assert (done.rows, done.problems) == (1, ())
