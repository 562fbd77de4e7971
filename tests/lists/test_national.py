"""An authority's own CSV: every cell is used, or the file is refused with line and column."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taawun.entities.entity import Entity
from taawun.errors import InputError
from taawun.lists.sources.national import COLUMNS, read
from taawun.lists.sources.transcript import Reading


def reading(folder: Path, text: str, encoding: str = "utf-8") -> Reading:
    path = folder / "national.csv"
    path.write_text(text.strip("\n"), encoding=encoding)
    return read(path, "national")


def entries(folder: Path, text: str, encoding: str = "utf-8") -> list[Entity]:
    return [entity for entity in reading(folder, text, encoding).entities if entity.target]


def refused(folder: Path, text: str) -> list[str]:
    with pytest.raises(InputError) as refusal:
        reading(folder, text)
    return [f"{p.line}:{p.field}:{p.code.rpartition('.')[2]}" for p in refusal.value.problems]


PEOPLE = """
id,name,kind,aliases,birth_date,nationality,listed_on,authority,reason,_desk
N-1,Amina Example,person,آمنة مثال; Ameena Example,1970-05,Iraq,2024-01-02,Ministry,Made up,7
N-2,Example Trading,company,,,,2024-03-01,Ministry,,7
"""


def test_a_row_is_an_entry(tmp_path: Path) -> None:
    person, company = entries(tmp_path, PEOPLE)
    assert (person.id, person.schema, person.caption) == ("N-1", "Person", "Amina Example")
    assert person.texts("alias") == ("آمنة مثال", "Ameena Example")
    assert person.texts("birthDate") == ("1970-05",)
    assert person.texts("nationality") == ("iq",)
    assert {value.since for value in person.properties["alias"]} == {"2024-01-02"}
    assert {value.dataset for value in person.properties["alias"]} == {"national"}
    assert person.datasets == ("national",)
    assert company.schema == "Company"


def test_the_listing_stands_beside_the_entry(tmp_path: Path) -> None:
    found = reading(tmp_path, PEOPLE)
    listing = next(e for e in found.entities if e.texts("entity") == ("N-1",))
    assert listing.schema == "Sanction"
    assert (listing.first("authority"), listing.first("reason")) == ("Ministry", "Made up")
    assert listing.first("listingDate") == "2024-01-02"
    assert dict(found.ignored) == {"_desk": 1}


ARABIC = """
المعرف؛الاسم؛النوع؛الجنس؛تاريخ الميلاد؛الجنسية؛رقم الجواز
و-١؛محمد مثال؛شخص؛ذكر؛٢١/٠٥/١٩٧٠؛العراق؛أ١٢٣
"""


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_arabic_headings_words_and_digits(tmp_path: Path, delimiter: str, encoding: str) -> None:
    (entry,) = entries(tmp_path, ARABIC.replace("؛", delimiter), encoding)
    assert (entry.id, entry.caption) == ("و-١", "محمد مثال")
    assert (entry.first("gender"), entry.first("birthDate")) == ("male", "1970-05-21")
    assert entry.first("nationality") == "iq"
    assert entry.properties["passportNumber"][0].text == "أ123"
    assert entry.properties["passportNumber"][0].original == "أ١٢٣"


def test_a_ship_flies_a_flag(tmp_path: Path) -> None:
    (ship,) = entries(tmp_path, "id,name,kind,country,imo\nS-1,Example Star,vessel,Panama,9074729")
    assert (ship.first("flag"), ship.first("imoNumber")) == ("pa", "9074729")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id,name\nN-1,Amina", ["1:kind:column_missing"]),
        ("id,name,kind,nmae\nN-1,A,person,B", ["1:nmae:column_unknown"]),
        ("id,name,kind,kind\nN-1,A,person,person", ["1:kind:column_twice"] * 2),
        ("id,name,kind\n,Amina,person", ["2:id:cell_empty"]),
        ("id,name,kind\nN-1,Amina,ghost", ["2:kind:kind"]),
        ("id,name,kind\nN-1,Amina", ["2::cells"]),
        ("id,name,kind\nN-1,A,person\n\nN-1,B,person", ["4:id:id_duplicate"]),
        ("id,name,kind,birth_date\nN-1,A,person,1970-02-31", ["2:birth_date:date"]),
        ("id,name,kind,birth_date\nN-1,A,company,1970", ["2:birth_date:column_not_for_kind"]),
        ("id,name,kind,country\nN-1,A,person,Atlantis", ["2:country:country"]),
        ("id,name,kind,gender\nN-1,A,person,x", ["2:gender:gender"]),
        ('id,name,kind\nN-1,"A,person', ["2::csv"]),
        ("id,name,kind\nN-1,A\x07B,person", ["2:N-1.name:control_characters"]),
        ("id,name,kind\nN-1,A\u202eB,person", ["2:N-1.name:direction_characters"]),
        (f"id,name,kind\nN-1,{'A' * 5000},person", ["2:N-1.name:text_too_long"]),
        (f"id,name,kind\nN-1,{'A' * 2_000_000},person", ["2::csv"]),
        ("", ["None::file_empty"]),
    ],
)
def test_what_refuses_a_file(tmp_path: Path, text: str, said: list[str]) -> None:
    assert refused(tmp_path, text) == said


def test_every_problem_is_named_not_only_the_first(tmp_path: Path) -> None:
    text = "id,name,kind\n,A,person\nN-2,,person\nN-3,C,ghost"
    assert refused(tmp_path, text) == ["2:id:cell_empty", "3:name:cell_empty", "4:kind:kind"]


def test_another_encoding_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "national.csv"
    path.write_bytes("id,name,kind\nN-1,محمد,person".encode("windows-1256"))
    with pytest.raises(InputError, match=r"national.csv:2: not UTF-8"):
        read(path, "national")


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, raw: bytes
) -> None:
    path = tmp_path_factory.mktemp("any") / "national.csv"
    path.write_bytes(raw)
    with pytest.raises(InputError):
        read(path, "national")


@given(st.lists(st.text(max_size=30), min_size=len(COLUMNS), max_size=len(COLUMNS)))
def test_any_cells_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, cells: list[str]
) -> None:
    import csv

    path = tmp_path_factory.mktemp("any") / "national.csv"
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([[column.name for column in COLUMNS], cells])
    except UnicodeEncodeError:
        return
    try:
        read(path, "national")
    except InputError as refusal:
        said = refusal.problems
        assert said
