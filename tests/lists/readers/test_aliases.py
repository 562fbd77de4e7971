"""Cells that hold more than one name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taawun.lists.sources.aliases import acronym_of, bracketed, spellings

PERSONS = [
    ("Azim Adhajani; Azim Agha-Jani", ["Azim Adhajani", "Azim Agha-Jani"]),
    ("a) Mohammad Sabet b) M. Javad; M. Jawad", ["Mohammad Sabet", "M. Javad", "M. Jawad"]),
    ("Amir Khazmat (original script: Амир Хазмат)", ["Amir Khazmat", "Амир Хазмат"]),
    ("حسن غول (Hassan Ghul; Hassan Gul)", ["حسن غول", "Hassan Ghul", "Hassan Gul"]),
    ("EL PARA (COMBAT NAME)", ["EL PARA"]),
    ("(Sheikh) Musa Hilal", ["Musa Hilal"]),
    ("Khirullah Khairkhwa, born in Kandahar on 01 Jan.1967", ["Khirullah Khairkhwa"]),
    ("“Chief Kahwa”", ["Chief Kahwa"]),
    (") Samir al-Madini", ["Samir al-Madini"]),
    ("", []),
    (" ; ", []),
]  # fmt: skip
ORGANISATIONS = [
    ("BUTEMBO AIRLINES (BAL)", ["BUTEMBO AIRLINES", "BAL"]),
    ("UGANDA COMMERCIAL IMPEX (UCI) LTD", ["UGANDA COMMERCIAL IMPEX LTD", "UCI"]),
    ("AL-HARAMAIN FOUNDATION (PAKISTAN)", ["AL-HARAMAIN FOUNDATION (PAKISTAN)"]),
    ("Guard Corps of Rawabi (GCR) Base Quds", ["Guard Corps of Rawabi Base Quds"]),
    ("VTB Bank (PJSC)", ["VTB Bank (PJSC)"]),
    ("أنصار (Ansar al Charia in Libya (ASL))", ["أنصار", "Ansar al Charia in Libya", "ASL"]),
    ("SUN MOON STAR (SINGAPORE) LTD.", ["SUN MOON STAR (SINGAPORE) LTD."]),
    ("Radna skupina ,Rusich’", ["Radna skupina ,Rusich’"]),
    ("OCEAN MANAGEMENT COMPANY, LIMITED (OMC)", ["OCEAN MANAGEMENT COMPANY, LIMITED", "OMC"]),
]  # fmt: skip


@pytest.mark.parametrize(("cell", "names"), PERSONS)
def test_cells_of_persons(cell: str, names: list[str]) -> None:
    assert [found.text for found in spellings(cell)] == names


@pytest.mark.parametrize(("cell", "names"), ORGANISATIONS)
def test_names_of_organisations(cell: str, names: list[str]) -> None:
    assert [found.text for found in bracketed(cell, person=False)] == names


def test_an_acronym_is_weak_and_a_former_name_is_previous() -> None:
    assert bracketed("BUTEMBO AIRLINES (BAL)", person=False)[1].prop == "weakAlias"
    former = spellings("Ezatullah Haqqani (previously listed as)")[0]
    assert (former.text, former.prop) == ("Ezatullah Haqqani", "previousName")
    assert former.original == "Ezatullah Haqqani (previously listed as)"


def test_a_note_in_a_named_language() -> None:
    found = spellings("Sayf-Al Adl", "DOB: 11 Apr. 1963. In\nArabic: سيف العدل ")
    assert [(f.text, f.lang) for f in found] == [("Sayf-Al Adl", ""), ("سيف العدل", "ara")]


@pytest.mark.parametrize(
    ("short", "name", "said"),
    [
        ("DTSRC", "Defense Technology and Science Research Center", True),
        ("UTN", "Ummah Tameer e-Nau", True),
        ("PAKISTAN", "Al-Haramain Foundation", False),
        ("HK", "Horsway Tech Co Ltd", False),
        ("martyrs", "Battalion of Shahids", False),
        ("X", "Xylo Yard", False),
    ],
)
def test_what_can_abbreviate_a_name(short: str, name: str, said: bool) -> None:
    assert acronym_of(short, name) is said


@given(st.text(alphabet="ab ()؛;,ا\"'", max_size=30), st.booleans())
def test_whatever_a_cell_holds_nothing_empty_comes_out(cell: str, person: bool) -> None:
    for found in spellings(cell, person=person):
        assert found.text
        assert found.text == found.text.strip()
