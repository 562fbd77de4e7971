"""Tables of transfers read: known layouts, column maps, guesses, hostile files."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taawun.errors import InputError, NotFound
from taawun.ledger.numbering import Numbering
from taawun.ledger.preview import preview
from taawun.ledger.readers import csv as csv_reader
from taawun.ledger.readers import format_of, reader
from taawun.ledger.readers.columns import Columns, acts, read_map, settled
from taawun.ledger.readers.records import records
from taawun.ledger.readers.whole import Whole, whole
from taawun.ledger.strings import hashes

HEADER = "transfer,at,source,target,amount,currency\n"


def read(path: Path, text: str | bytes, map_: str = "", **more: Any) -> Whole:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    columns = None
    if map_:
        (path.parent / "map.yml").write_text(map_)
        columns = read_map(path.parent / "map.yml")
    return whole(str(path), columns, **more)


def told(found: Whole, *names: str) -> list[tuple[Any, ...]]:
    wanted = names or ("transfer", "source", "target", "amount", "currency")
    return list(zip(*(found.table[name].to_pylist() for name in wanted), strict=True))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "file.csv"


def codes(found: Whole) -> list[tuple[str, int | None]]:
    return [(each.code.removeprefix("ledger."), each.line) for each in found.problems]


# Known layouts

AMLWORLD = (
    "Timestamp,From Bank,Account,To Bank,Account,Amount Received,Receiving Currency,Amount Paid,"
    "Payment Currency,Payment Format,Is Laundering\n"
    "2022/09/01 00:20,010,8000EBD30,010,8000EBD30,3697.34,US Dollar,3697.34,US Dollar,"
    "Reinvestment,0\n"
    "2022/09/01 00:25,03208,8000F4580,001,8000F5340,0.000321,Bitcoin,5.01,Euro,ACH,1\n"
)


def test_amlworld(file: Path) -> None:
    found = read(file, AMLWORLD)
    assert format_of(str(file)) == "amlworld"
    assert told(found, "source", "target", "amount", "currency", "channel") == [
        ("010-8000EBD30", "010-8000EBD30", 369734, "USD", "internal"),
        ("03208-8000F4580", "001-8000F5340", 501, "EUR", "wire"),
    ]
    assert found.table["at"].to_pylist()[1] == datetime(2022, 9, 1, 0, 25, tzinfo=UTC)
    (batch,) = reader("amlworld")(str(file))
    assert batch.table["label"].to_pylist() == [0, 1]


@pytest.mark.parametrize(
    ("text", "form", "expected"),
    [
        (
            "tran_id,orig_acct,bene_acct,tx_type,base_amt,tran_timestamp,is_sar,alert_id\n"
            "1,10,20,TRANSFER,171.37,2017-01-02T00:00:00Z,True,-1\n",
            "amlsim",
            ("1", "10", "20", 17137, "USD"),
        ),
        (
            "TX_ID,SENDER_ACCOUNT_ID,RECEIVER_ACCOUNT_ID,TX_TYPE,TX_AMOUNT,TIMESTAMP,IS_FRAUD,ALERT_ID\n"
            "1,10,20,TRANSFER,171.37,1,True,-1\n",
            "amlsim",
            ("1", "10", "20", 17137, "USD"),
        ),
        (
            "step,type,amount,nameOrig,oldbalanceOrig,newbalanceOrig,nameDest,isSAR,alertID\n"
            "1,TRANSFER,171.37,10,0.0,0.0,20,1,-1\n",
            "amlsim",
            (None, "10", "20", 17137, "USD"),
        ),
        (
            "step,type,amount,nameOrig,bankOrig,daysInBankOrig,nameDest,bankDest,isSAR,alertID\n"
            "1,TRANSFER,171.37,10,bank_a,5,20,bank_b,1,-1\n",
            "amlgentex",
            (None, "10", "20", 17137, "SEK"),
        ),
    ],
)
def test_generators(file: Path, text: str, form: str, expected: tuple[Any, ...]) -> None:
    found = read(file, text)
    assert format_of(str(file)) == form
    (row,) = told(found)
    assert row[1:] == expected[1:]
    assert expected[0] is None or row[0] == expected[0]
    (batch,) = reader(form)(str(file))
    assert batch.table["label"].to_pylist() == [1]


def test_a_map_says_when_a_generator_begins(file: Path) -> None:
    text = "step,type,amount,nameOrig,nameDest,isSAR\n3,T,1.00,a,b,0\n"
    found = read(file, text, "times: {start: 2026-01-01}")
    assert found.table["at"].to_pylist() == [datetime(2026, 1, 4, tzinfo=UTC)]


def test_date_and_time_in_two_columns(file: Path) -> None:
    text = "Time,Date,Sender_account,Receiver_account,Amount,Payment_currency\n" \
           "10:35:19,2022-10-07,A,B,1459.15,UK pound\n"  # fmt: skip
    found = read(file, text)
    assert found.table["at"].to_pylist() == [datetime(2022, 10, 7, 10, 35, 19, tzinfo=UTC)]
    assert told(found)[0][1:] == ("A", "B", 145915, "GBP")


# Maps and guesses


def test_a_map_in_full(file: Path) -> None:
    found = read(
        file,
        "ref;day;a;b;sum;kind\nر-1;03/03/2026 09:30;أ;ب;1.250,750;N\n".encode("cp1256"),
        """
        columns: {transfer: ref, at: day, source: a, target: b, amount: sum, act: kind}
        constants: {currency: KWD, channel: wire}
        times: {layout: "%d/%m/%Y %H:%M", zone: Asia/Kuwait}
        amounts: {decimal: ",", grouping: "."}
        file: {separator: ";", encoding: windows-1256}
        words: {act: {N: booked}}
        guess: false
        """,
    )
    assert told(found) == [("ر-1", "أ", "ب", 1250750, "KWD")]
    assert found.table["at"].to_pylist() == [datetime(2026, 3, 3, 6, 30, tzinfo=UTC)]


@pytest.mark.parametrize(
    ("map_", "said"),
    [
        ("columns: {colour: x}", "no field 'colour' of ours"),
        ("times: {zone: Asia/Atlantis}", "unknown time zone"),
        ("times: {unit: fortnights}", "Input should be"),
        ("amounts: {decimal: ';'}", "Input should be"),
        ("colums: {}", "Extra inputs"),
    ],
)
def test_maps_that_cannot_be_meant(tmp_path: Path, map_: str, said: str) -> None:
    path = tmp_path / "map.yml"
    path.write_text(map_)
    with pytest.raises(InputError, match="is no column map") as raised:
        read_map(path)
    assert said in raised.value.problems[0].expected


def test_maps_that_are_not_there_or_no_yaml(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read_map(tmp_path / "none.yml")
    (tmp_path / "map.yml").write_text("{")
    with pytest.raises(InputError, match="cannot be read as YAML"):
        read_map(tmp_path / "map.yml")


def test_a_field_that_several_columns_fit_is_not_guessed() -> None:
    headers = ["Reference", "Ref", "Value Date", "Booking Date", "From", "To", "Sum", "CCY"]
    with pytest.raises(InputError, match="no column is known for at") as raised:
        settled(Columns(), headers)
    assert [(p.field, p.got) for p in raised.value.problems] == [
        ("transfer", "Reference, Ref"),
        ("at", "Value Date, Booking Date"),
    ]


def test_words_for_acts() -> None:
    assert acts(["Reversal", "x", "عكس", "R"], {"R": "reversal"}) == {
        "Reversal": "reversal",
        "x": "",
        "عكس": "reversal",
        "R": "reversal",
    }


def test_preview(file: Path) -> None:
    read(file, AMLWORLD)
    found = preview(file, None, "", 1)
    assert (found.format, found.rows.num_rows, found.seen) == ("amlworld", 1, 2)
    assert found.columns is not None
    assert found.columns.held["amount"] == "Amount Paid"


# References where there are none


def test_rows_without_reference_are_named_after_what_they_say(file: Path) -> None:
    header = "at,source,target,amount,currency\n"
    same, other = "2026-01-01,A,B,1.00,USD\n", "2026-01-01,A,B,1.01,USD\n"
    first = told(read(file, header + same + same + other), "transfer")
    assert len(set(first)) == 3
    assert first == told(read(file, header + same + same + other), "transfer")
    assert told(read(file, header + other + same), "transfer") == [first[2], first[0]]
    assert [name[-8:] for (name,) in first] == ["00000000", "00000001", "00000000"]


def test_the_formula_of_a_reference_does_not_change(file: Path) -> None:
    found = read(file, "at,source,target,amount,currency\n2026-01-01,A,B,1.00,USD\n")
    assert told(found, "transfer") == [("~291dce5eafc155d4651f59674568d3d5-00000000",)]


@given(st.lists(st.text() | st.none(), max_size=20), st.integers(0, 3))
def test_equal_strings_hash_equally_however_they_are_held(words: list[Any], cut: int) -> None:
    array = pa.array(words, pa.string())
    plain = hashes(array)
    assert np.array_equal(plain, hashes(array.dictionary_encode()))
    assert np.array_equal(plain[cut:], hashes(array.slice(cut)))
    assert len(set(plain.tolist())) == len(set(words))


@given(st.lists(st.lists(st.text(max_size=9), max_size=30), max_size=5))
def test_an_account_keeps_its_number(batches: list[list[str]]) -> None:
    numbering, known = Numbering(), dict[str, int]()
    for words in batches:
        found = numbering.of(pa.array(words, pa.string()))
        assert found.tolist() == [known.setdefault(word, len(known)) for word in words]
    assert numbering.ids().to_pylist() == list(known)
    assert Numbering(numbering.ids()).ids().to_pylist() == list(known)


def test_very_many_accounts() -> None:
    numbering = Numbering()
    words = pa.array([f"account {i}" for i in range(20_000)])
    for _ in range(2):
        assert np.array_equal(numbering.of(words), np.arange(20_000))


# Files meant to break things


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (",2026-01-01,A", "row.fields"),
        ("1,2026-01-01,A,B,1.00,USD,more", "row.fields"),
        ("1,soon,A,B,1.00,USD", "row.time"),
        ("1,2026-02-30,A,B,1.00,USD", "row.time"),
        ("1,2026-01-01,,B,1.00,USD", "row.empty"),
        ("1,2026-01-01,A,   ,1.00,USD", "row.empty"),
        ("1,2026-01-01,A,B,,USD", "amount.empty"),
        ("1,2026-01-01,A,B,0.00,USD", "amount.zero"),
        ("1,2026-01-01,A,B,-1.00,USD", "amount.negative"),
        ("1,2026-01-01,A,B,1.005,USD", "amount.too_exact"),
        ("1,2026-01-01,A,B,1.5,JPY", "amount.too_exact"),
        ("1,2026-01-01,A,B,99999999999999999,USD", "amount.too_large"),
        ("1,2026-01-01,A,B,1e3,USD", "amount.no_number"),
        ("1,2026-01-01,A,B,1.00,GAL", "row.currency"),
        ("1,2026-01-01,A,B,1.00,", "row.currency"),
        ("1,2026-01-01,A\udcff,B,1.00,USD", "row.encoding"),
    ],
)
def test_a_bad_row_is_named_and_the_others_are_read(file: Path, row: str, code: str) -> None:
    good = "2,2026-01-01,A,B,1.00,USD\n"
    text = (HEADER + good + row + "\n\n" + good.replace("2,", "3,", 1)).encode(
        "utf-8", "surrogateescape"
    )
    found = read(file, text)
    assert codes(found) == [(code, 3)]
    assert [row[0] for row in told(found)] == ["2", "3"]


def test_lines_are_those_of_the_file_even_where_records_have_several(file: Path) -> None:
    text = HEADER + '1,2026-01-01,"A\nA","B ""b""",1.00,USD\r\n\r\n2,2026-01-01,A,B,x,USD'
    found = read(file, text)
    assert codes(found) == [("amount.no_number", 5)]
    assert told(found)[0][1:3] == ("A\nA", 'B "b"')


def test_a_quote_that_is_never_closed_is_named_by_its_line(file: Path) -> None:
    with pytest.raises(InputError, match="line 3: a quote is opened and never closed"):
        read(file, HEADER + '1,2026-01-01,A,B,1.00,USD\n2,2026-01-01,"A,B,1.00,USD\n3,4\n')


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_marks_and_utf16(file: Path, mark: bytes) -> None:
    row = "1,2026-01-01,أ,B,1.00,USD\n"
    assert told(read(file, mark + (HEADER + row).encode()))[0][1] == "أ"
    assert told(read(file, (HEADER + row).encode("utf-16"), format="csv"))[0][1] == "أ"


@pytest.mark.parametrize("text", [b"", b"\n", b"\xff\xfe\xfd,x\n1\n"])
def test_what_has_no_header(file: Path, text: bytes) -> None:
    with pytest.raises(InputError):
        read(file, text, format="csv")


def test_an_unknown_encoding_and_bytes_that_are_not_of_it(file: Path) -> None:
    with pytest.raises(InputError, match="unknown encoding"):
        read(file, HEADER, "file: {encoding: klingon}", format="csv")
    with pytest.raises(InputError, match="line 2: not in the encoding"):
        read(file, HEADER.encode() + b"1,\xff\n", "file: {encoding: ascii}", format="csv")


def test_blocks_end_where_records_do(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [f'{i},2026-01-0{i % 9 + 1},"A,{i}\n",B{i},{i + 1}.00,USD\n' for i in range(200)]
    expected = told(read(file, HEADER + "".join(rows)))
    for block in (97, 1000, 4096):
        monkeypatch.setattr(csv_reader, "BLOCK", block)
        assert told(read(file, HEADER + "".join(rows))) == expected
        assert told(read(file, HEADER + "".join(rows).rstrip())) == expected


@given(st.lists(st.lists(st.text(st.sampled_from('ab,"\n ;é')), min_size=2, max_size=4)))
def test_records_are_those_of_the_csv_module(lines: list[list[str]]) -> None:
    import csv
    import io

    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(lines)
    octets = np.frombuffer(text.getvalue().encode(), np.uint8)
    found = records(octets, ord(","), True)
    assert found.fields.tolist() == [len(line) for line in lines]
    assert found.end == len(octets)
    whole_text = octets.tobytes()
    for line, start, stop in zip(lines, found.start, found.stop, strict=True):
        one = whole_text[start:stop].decode()
        assert next(csv.reader(io.StringIO(one, newline=""))) == line


def test_parquet_types_of_all_kinds(tmp_path: Path) -> None:
    from decimal import Decimal

    table = pa.table(
        {
            "tx": pa.array([1, 2], pa.uint32()),
            "date": pa.array([datetime(2026, 1, 1).date()] * 2),
            "from": pa.array(["A", "B"], pa.large_string()),
            "to": pa.array([7, 8]),
            "amount": pa.array([Decimal("1.50"), Decimal("2.25")], pa.decimal128(9, 2)),
            "ccy": pa.array(["USD", "KWD"]).dictionary_encode(),
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    found = whole(str(tmp_path / "a.parquet"))
    assert told(found) == [("1", "A", "7", 150, "USD"), ("2", "B", "8", 2250, "KWD")]


def test_a_column_that_is_no_text_is_refused(tmp_path: Path) -> None:
    table = {"at": ["2026-01-01"], "source": [["A"]], "target": ["B"], "amount": ["1"]}
    pq.write_table(pa.table({**table, "currency": ["USD"]}), tmp_path / "a.parquet")
    with pytest.raises(InputError, match="cannot be read as text"):
        whole(str(tmp_path / "a.parquet"))
