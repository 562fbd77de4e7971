"""Rows as they stand and as customers: encodings, delimiters, and each way a row can be wrong."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taawun.errors import InputError, NotFound, UsageError
from taawun.screening import rows
from taawun.screening.columns import NOTHING, resolve
from taawun.screening.customers import Customer, CustomerReader, written_dates
from taawun.screening.rows import Raw, table

ARABIC = "id,name,country\n1,ظاهر قاسم الوزان,سوريا\n2,محمد عبد الرحمن الخالدي,العراق\n"
RUSSIAN = "id;name;country\n1;Светлана Подлесная;Беларусь\n2;Сергей Иванов;Россия\n"
FRENCH = "id,name,country\n1,Hélène Lefèvre,France\n2,François Béranger,France\n"


def file(tmp_path: Path, content: bytes | str, name: str = "c.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def raws(path: Path, encoding: str = "") -> list[Raw]:
    return list(table(path, encoding).rows())


def customers(tmp_path: Path, content: bytes | str, name: str = "c.csv") -> list[Customer]:
    path = file(tmp_path, content, name)
    opened = table(path)
    read = CustomerReader(resolve(NOTHING, opened.columns), path.name)
    return [read(raw) for raw in opened.rows()]


def codes(customer: Customer) -> list[str]:
    return [problem.code for problem in customer.problems]


# Encodings and delimiters


@pytest.mark.parametrize(
    ("text", "encoding", "found"),
    [
        (ARABIC, "utf-8", "utf-8"),
        (ARABIC, "utf-8-sig", "utf-8-sig"),
        (ARABIC, "utf-16", "utf-16"),
        (ARABIC, "utf-16-le", "utf-16-le"),
        (ARABIC, "utf-16-be", "utf-16-be"),
        (ARABIC, "cp1256", "cp1256"),
        (RUSSIAN, "cp1251", "cp1251"),
        (RUSSIAN, "utf-8", "utf-8"),
        (FRENCH, "cp1252", "cp1252"),
    ],
)
def test_the_encoding_is_found(text: str, encoding: str, found: str, tmp_path: Path) -> None:
    opened = table(file(tmp_path, text.encode(encoding)))
    assert opened.encoding == found
    delimiter = ";" if ";" in text else ","
    expected = [line.split(delimiter) for line in text.splitlines()]
    assert opened.columns == tuple(expected[0])
    assert [list(raw.cells.values()) for raw in opened.rows()] == expected[1:]
    assert all(raw.problem is None for raw in opened.rows())


def test_a_named_encoding_overrules(tmp_path: Path) -> None:
    path = file(tmp_path, RUSSIAN.encode("cp1251"))
    assert raws(path, "windows-1251")[0].cells["name"] == "Светлана Подлесная"
    assert raws(path, "cp1256")[0].cells["name"] != "Светлана Подлесная"
    with pytest.raises(UsageError, match="--encoding"):
        table(path, "klingon")


def test_bytes_that_are_no_utf8_are_a_problem_of_their_field(tmp_path: Path) -> None:
    content = ARABIC.encode() + b"3,Ren\xe9,fr\n" + "4,ليلى,sy\n".encode()
    found = raws(file(tmp_path, content))
    assert [raw.problem is None for raw in found] == [True, True, False, True]
    problem = found[2].problem
    assert problem is not None
    assert (problem.code, problem.line, problem.field) == ("rows.encoding", 4, "name")
    assert "xe9" in problem.got


def test_parquet_text_that_is_no_utf8_is_a_problem_of_its_field(tmp_path: Path) -> None:
    names = pa.array([b"Omar", b"Ren\xe9", None]).view(pa.string())
    pq.write_table(pa.table({"id": [1, 2, 3], "name": names}), tmp_path / "c.parquet")
    found = list(table(tmp_path / "c.parquet").rows())
    assert [raw.cells["id"] for raw in found] == [1, 2, 3]
    told = [raw.problem and (raw.problem.code, raw.problem.field, raw.problem.got) for raw in found]
    assert told == [None, ("rows.encoding", "name", "Ren\\xe9"), None]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter: str, tmp_path: Path) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerows([["id", "name", "a,b;c"], ["1", f'The "X"{delimiter} Ltd', "two\nlines"]])
    (raw,) = raws(file(tmp_path, out.getvalue()))
    assert raw.cells == {"id": "1", "name": f'The "X"{delimiter} Ltd', "a,b;c": "two\nlines"}


def test_a_spreadsheet_says_its_delimiter_first(tmp_path: Path) -> None:
    (raw,) = raws(file(tmp_path, "sep=;\r\nid;name\r\n1;Omar\r\n"))
    assert (raw.line, raw.cells) == (3, {"id": "1", "name": "Omar"})


ROWS = st.lists(
    st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00\ufffd")), min_size=2, max_size=2),  # noqa: E501
    max_size=8,
)  # fmt: skip


@given(given_rows=ROWS)
def test_what_the_csv_module_writes_is_read_as_it_was(
    given_rows: list[list[str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("csv") / "c.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([["name", "x"], *given_rows])
    found = [list(raw.cells.values()) for raw in table(path, "utf-8").rows()]
    assert found == given_rows


# Rows that are wrong


def test_too_few_and_too_many_fields(tmp_path: Path) -> None:
    found = customers(tmp_path, "id,name,country\n1,Omar\n2,Omar,sy,more\n3,Omar,sy,,\n4,Ali,iq\n")
    assert [codes(each) for each in found] == [["rows.too_few"], ["rows.too_many"], [], []]
    problem = found[0].problems[0]
    assert (problem.file, problem.line, problem.got, problem.expected) == ("c.csv", 2, "2", "3")
    assert found[0].id == "1"


def test_a_quote_that_is_never_closed_costs_one_row(tmp_path: Path) -> None:
    content = 'id,name\n1,"Omar\n2,Ali\n3,"Acme, Ltd"\n4,"two\nlines"\n5,a "b" c\n6,Mia\n'
    found = raws(file(tmp_path, content))
    assert [raw.line for raw in found] == [2, 3, 4, 5, 7, 8]
    assert [raw.problem.code if raw.problem else "" for raw in found] == ["rows.quote", *[""] * 5]
    assert [raw.cells.get("name") for raw in found[1:]] == [
        "Ali",
        "Acme, Ltd",
        "two\nlines",
        'a "b" c',
        "Mia",
    ]


def test_a_quote_left_open_at_the_end(tmp_path: Path) -> None:
    found = raws(file(tmp_path, 'id,name\n1,Omar\n2,"Ali\n3,Mia\n'))
    assert [raw.row for raw in found] == [1, 2, 3]
    assert [raw.problem.code if raw.problem else "" for raw in found] == ["", "rows.quote", ""]


def test_a_line_without_end_is_one_problem_and_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "MOST_LINE", 1000)
    found = raws(file(tmp_path, "id,name\n1," + "x" * 5000 + "\n2,Omar\n"))
    assert [raw.problem.code if raw.problem else "" for raw in found] == ["rows.line_too_long", ""]
    assert found[1].cells["name"] == "Omar"


def test_names_that_are_none(tmp_path: Path) -> None:
    content = "id,name\n1,\n2,   \n3,—\n4,N/A\n5," + "x" * 1001 + "\n6,\u200b\n7,O\n"
    found = customers(tmp_path, content)
    none = ["rows.no_name"]
    assert [codes(each) for each in found] == [none, none, none, none, ["names.too_long"], none, []]
    assert [each.unusable for each in found] == [True] * 6 + [False]
    assert len(found[4].problems[0].got) == 80


def test_fields_that_cannot_be_understood(tmp_path: Path) -> None:
    content = (
        "id,name,kind,birth_date,country,gender\n"
        "1,Omar,spaceship,soon,Atlantis,maybe\n"
        "2,Omar,,n/a,-,unknown\n"
        "3,Omar,person,1968,sy,f\n"
    )
    wrong, unknown, right = customers(tmp_path, content)
    assert codes(wrong) == ["rows.kind", "rows.date", "rows.country", "rows.gender"]
    assert [problem.field for problem in wrong.problems] == [
        "kind",
        "birth_date",
        "country",
        "gender",
    ]
    assert not wrong.unusable
    assert codes(unknown) == []
    assert unknown.subject.birth_dates == unknown.subject.countries == ()
    assert (right.subject.kind, right.subject.gender) == ("person", "female")


def test_lines_of_json_that_are_none(tmp_path: Path) -> None:
    content = (
        '{"id": 1, "name": "Omar", "country": ["sy", "iq"], "alias": ["عمر", null]}\n'
        "\n"
        '{"id": 2, "name": "Om\n'
        '["Omar"]\n'
        '{"name": null}\n'
        '{"id": 5, "name": 7}\n'
        '{"id": 6, "name": {"first": "Omar"}}\n'
        '{"id": 7, "name": "Omar", "other": {"x": 1}}\n'
    )
    found = customers(tmp_path, content, "c.jsonl")
    assert [codes(each) for each in found] == [
        [], ["rows.json"], ["rows.no_object"], ["rows.no_name"], [], ["rows.nested"], [],
    ]  # fmt: skip
    assert [each.line for each in found] == [1, 3, 4, 5, 6, 7, 8]
    assert found[0].subject.names == ("Omar", "عمر")
    assert found[0].subject.countries == ("sy", "iq")
    assert found[4].subject.names == ("7",)


def test_json_in_another_encoding(tmp_path: Path) -> None:
    line = '{"id": 1, "name": "ظاهر الوزان"}\n'
    (found,) = customers(tmp_path, line.encode("utf-16"), "c.jsonl")
    assert found.subject.names == ("ظاهر الوزان",)
    content = '{"name": "عمر خالد"}\n'.encode() + b'{"name": "Ren\xe9"}\n'
    assert [codes(each) for each in customers(tmp_path, content, "d.jsonl")] == [
        [],
        ["rows.encoding"],
    ]


def test_parquet_values_of_many_types(tmp_path: Path) -> None:
    path = tmp_path / "c.parquet"
    columns = {
        "id": [1, 2],
        "name": ["Omar", None],
        "birth_date": [date(1968, 5, 17), None],
        "country": [["sy", "iq"], []],
        "identifier": [123456789, None],
        "opened": [datetime(2020, 1, 2), None],
        "balance": [Decimal("1.50"), None],
    }
    pq.write_table(pa.table(columns), path)
    opened = table(path)
    read = CustomerReader(resolve(NOTHING, opened.columns), path.name)
    one, two = (read(raw) for raw in opened.rows())
    assert one.subject.birth_dates == ("1968-05-17",)
    assert one.subject.countries == ("sy", "iq")
    assert one.subject.identifiers == ("123456789",)
    assert codes(two) == ["rows.no_name"]
    assert opened.total == 2


# Files that are wrong


def test_an_encoding_that_does_not_fit_at_all(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read as idna"):
        raws(file(tmp_path, ARABIC), "idna")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("c.csv", b"", "the file is empty"),
        ("c.csv", b"\n\n", "no header"),
        ("c.xlsx", b"PK\x03\x04rest", "save it as CSV"),
        ("c.parquet", b"PAR1 not really", "not a Parquet file"),
        ("c.parquet", b"id,name\n", "not a Parquet file"),
    ],
)
def test_files_that_cannot_be_read(name: str, content: bytes, said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=said):
        table(file(tmp_path, content, name))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        table(tmp_path / "c.csv")


# Dates


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1968", ("1968",)),
        ("1968-05", ("1968-05",)),
        ("1968-05-17", ("1968-05-17",)),
        ("19680517", ("1968-05-17",)),
        ("1968/5/17", ("1968-05-17",)),
        ("17/05/1968", ("1968-05-17",)),
        ("17-05-1968", ("1968-05-17",)),
        ("17.05.1968", ("1968-05-17",)),
        ("17/05/1968 00:00:00", ("1968-05-17",)),
        ("1968-05-17T00:00:00", ("1968-05-17",)),
        ("١٩٦٨-٠٥-١٧", ("1968-05-17",)),
        ("17 May 1968", ("1968-05-17",)),
        ("circa 1968", ("circa 1968",)),
        ("00/00/0000", ()),
        ("N/A", ()),
        ("05/17/1968", None),
        ("1968-02-30", None),
        ("17/05/68", None),
        ("1387-02-19", None),
    ],
)
def test_dates_as_they_are_written(text: str, found: tuple[str, ...] | None) -> None:
    assert written_dates(text, False) == found


def test_month_first_where_the_mapping_says_so() -> None:
    assert written_dates("05/17/1968", True) == ("1968-05-17",)
    assert written_dates("03/04/1968", True) == ("1968-03-04",)
    assert written_dates("1968-05-17", True) == ("1968-05-17",)
