"""The UK list: rows become entries, and disagreements problems."""

from pathlib import Path

import pytest

from taawun.errors import InputError
from taawun.lists.read import read
from taawun.lists.sources.uk_details import listed
from tests.lists.readers.case import FILES, altered, by_id, codes, of, reading


def test_nothing_is_left_over() -> None:
    assert codes(reading("uk", "uk.csv")) == []
    assert reading("uk", "uk.csv").published == "2026-08-22"


def test_rows_of_one_entry_are_one_person() -> None:
    person = by_id(reading("uk", "uk.csv"))["SYR9001"]
    assert person.texts("name") == ("Samir Yusuf AL-MADINI",)
    assert person.texts("alias") == ("سمير يوسف المديني", "Sameer MADEENI")
    assert person.texts("weakAlias") == ("Abu Rawabi",)
    assert person.first("firstName") == "Samir"
    assert person.first("lastName") == "AL-MADINI"
    assert person.texts("birthDate") == ("1961", "1962-02", "1961-02-03")
    assert person.texts("idNumber") == ("900100",)
    assert person.texts("nationality") == ("sy",)
    assert person.first("birthPlace") == "Homs, Syria"
    lang = next(v.lang for v in person.properties["alias"] if v.text.startswith("سمير"))
    assert lang == "ara"


def test_listing() -> None:
    sanction = next(s for s in of(reading("uk", "uk.csv"), "Sanction") if s.texts("unscId"))
    assert sanction.texts("provisions") == ("Asset freeze", "Travel Ban")
    assert sanction.first("listingDate") == "2020-12-31"
    assert sanction.first("recordId") == "OFSI 90001"


def test_ship() -> None:
    ship = by_id(reading("uk", "uk.csv"))["RUS9004"]
    assert ship.schema == "Vessel"
    assert ship.first("imoNumber") == "9187629"
    assert ship.texts("flag") == ("ru",)
    assert ship.texts("pastFlags") == ("pa", "mt")
    assert ship.first("buildDate") == "2004"
    assert ship.first("owner") == "RUS9003"


@pytest.mark.parametrize(
    ("cell", "values"),
    [
        ("(1) Russia (2) Ukraine", ["Russia", "Ukraine"]),
        ("Panama; Malta", ["Panama", "Malta"]),
        ("UN|UK", ["UN", "UK"]),
        ("(98)(21)23803202", ["(98)(21)23803202"]),
        ("+963 (11) 123", ["+963 (11) 123"]),
        ("", []),
    ],
)
def test_cells_with_several_values(cell: str, values: list[str]) -> None:
    assert listed(cell) == values


def test_a_ship_named_by_its_number(tmp_path: Path) -> None:
    path = altered(
        tmp_path, "uk.csv", ("POLAR DAWN", '"IMO 9187629 (""POLAR DAWN"")"'), (",9187629,", ",,")
    )
    ship = by_id(read("uk", path))["RUS9004"]
    assert ship.texts("name") == ("POLAR DAWN",)
    assert ship.texts("imoNumber") == ("9187629",)
    assert ship.properties["name"][0].original == 'IMO 9187629 ("POLAR DAWN")'


def test_parents_and_subsidiaries_that_are_listed_become_ownership() -> None:
    owned = of(reading("uk", "uk.csv"), "Ownership")
    assert [(o.first("owner"), o.first("asset")) for o in owned] == [("RUS9002", "RUS9003")]
    notes = by_id(reading("uk", "uk.csv"))["RUS9002"].texts("notes")
    assert "Subsidiaries: Not Listed Ltd" in notes


def test_rows_that_disagree_are_a_problem_and_the_first_wins(tmp_path: Path) -> None:
    text = (FILES / "uk.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    text[3] = text[3].replace("31/12/2020", "01/01/2021")
    path = tmp_path / "uk.csv"
    path.write_text("".join(text), encoding="utf-8")
    found = read("uk", path)
    assert codes(found) == [("readers.rows_disagree", "SYR9001/Date Designated")]
    assert found.problems[0].line == 4
    assert of(found, "Sanction")[0].first("listingDate") == "2020-12-31"


def test_impossible_dates_and_wrong_check_digits(tmp_path: Path) -> None:
    path = altered(
        tmp_path,
        "uk.csv",
        ("03/02/1961", "31/02/1961"),
        ("9187629", "9187628"),
        ("Syria,", "Atlantis,"),
    )
    assert {code for code, _ in codes(read("uk", path))} >= {
        "readers.date_unreadable",
        "readers.identifier_invalid",
        "readers.country_unknown",
    }


def test_columns_that_are_new_or_gone_are_reported(tmp_path: Path) -> None:
    path = altered(tmp_path, "uk.csv", ("D.O.B", "Date of Birth"))
    found = codes(read("uk", path))
    assert ("readers.column_missing", "D.O.B") in found
    assert found.count(("readers.field_unknown", "Date of Birth")) == 3


def test_a_row_of_the_wrong_width_is_a_problem(tmp_path: Path) -> None:
    text = (FILES / "uk.csv").read_text(encoding="utf-8").splitlines()
    text[3] = text[3].removesuffix(",")
    path = tmp_path / "uk.csv"
    path.write_text("\n".join(text), encoding="utf-8")
    found = read("uk", path)
    assert [p.code for p in found.problems] == ["readers.row_width"]
    assert found.problems[0].line == 4
    assert "Sameer MADEENI" in by_id(found)["SYR9001"].texts("alias")


def test_a_file_that_ends_within_a_row_is_refused(tmp_path: Path) -> None:
    raw = (FILES / "uk.csv").read_bytes()
    path = tmp_path / "uk.csv"
    path.write_bytes(raw[: len(raw) - 70])
    with pytest.raises(InputError, match="cut"):
        read("uk", path)


def test_an_entry_without_a_primary_name_is_a_problem(tmp_path: Path) -> None:
    path = altered(tmp_path, "uk.csv", ("Primary Name,", "Alias,"))
    assert ("readers.name_missing", "Name type") in codes(read("uk", path))
