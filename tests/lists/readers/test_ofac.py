"""OFAC's list in its legacy and its advanced layout."""

import shutil
import zipfile
from pathlib import Path

import pytest

from taawun.errors import InputError
from taawun.lists.read import read
from tests.lists.readers.case import FILES, altered, by_id, codes, of, reading


def test_legacy_person() -> None:
    person = by_id(reading("ofac", "ofac/sdn.csv"))["9001"]
    assert [(v.text, v.original) for v in person.properties["name"]] == [
        ("Samir Yusuf AL-MADINI", "AL-MADINI, Samir Yusuf")
    ]
    assert person.texts("alias") == ("Sameer MADEENI",)
    assert person.texts("weakAlias") == ("ABU RAWABI",)
    assert person.texts("programId") == ("SYRIA", "SDGT")
    assert [(v.text, v.original) for v in person.properties["birthDate"]] == [
        ("1961-02-03", "03 Feb 1961"),
        ("1962", "circa 1962"),
    ]
    assert person.texts("nationality") == ("sy",)
    assert person.texts("citizenship") == ("tr",)
    assert person.texts("passportNumber") == ("N900100", "77")
    assert person.texts("idNumber") == ("900100",)
    assert person.first("birthCountry") == "sy"
    assert person.first("gender") == "male"


def test_what_no_rule_fits_stays_in_the_notes_and_is_counted() -> None:
    found = reading("ofac", "ofac/sdn.csv")
    assert "arrested 23 Apr 2002" in by_id(found)["9001"].texts("notes")
    assert "Linked To: NOBODY LISTED." in by_id(found)["9001"].texts("notes")
    assert found.ignored["sdn.Remarks (kept as notes)"] == 3


def test_legacy_documents_wallets_and_links() -> None:
    found = reading("ofac", "ofac/sdn.csv")
    passport = next(p for p in of(found, "Passport") if p.first("number") == "N900100")
    assert (passport.first("startDate"), passport.first("endDate")) == ("2003-01-02", "2009-01-01")
    wallet = of(found, "CryptoWallet")[0]
    assert wallet.first("holder") == "9002"
    assert wallet.first("currencySymbol") == "XBT"
    link = of(found, "UnknownLink")[0]
    assert (link.first("subject"), link.first("object")) == ("9001", "9002")
    measures = of(found, "Sanction")[0].texts("provisions")
    assert measures == ("Secondary sanctions risk: section 1(b) of Executive Order 13224",)


def test_legacy_ship_and_aircraft() -> None:
    found = by_id(reading("ofac", "ofac/sdn.csv"))
    ship, aircraft = found["9003"], found["9004"]
    assert ship.schema == "Vessel"
    assert ship.first("imoNumber") == "9187629"
    assert ship.first("mmsi") == "572469210"
    assert ship.texts("pastFlags") == ("mt", "tv")
    assert ship.first("deadweightTonnage") == "318000"
    assert ship.first("flag") == "ir"
    assert aircraft.schema == "Airplane"
    assert aircraft.first("serialNumber") == "1023409321"


def test_a_missing_part_is_a_problem(tmp_path: Path) -> None:
    shutil.copy(FILES / "ofac/sdn.csv", tmp_path / "sdn.csv")
    found = read("ofac", tmp_path / "sdn.csv")
    assert codes(found) == [("readers.file_missing", "alt"), ("readers.file_missing", "add")]


def test_a_folder_and_a_zip_are_read_as_the_three_files(tmp_path: Path) -> None:
    packed = tmp_path / "sdn.zip"
    with zipfile.ZipFile(packed, "w") as target:
        for name in ("sdn", "alt", "add"):
            target.write(FILES / f"ofac/{name}.csv", f"inside/{name.upper()}.CSV")
    for path in (FILES / "ofac", packed):
        assert read("ofac", path).entities == reading("ofac", "ofac/sdn.csv").entities


def test_a_name_for_nobody_is_a_problem(tmp_path: Path) -> None:
    for name in ("sdn", "add"):
        shutil.copy(FILES / f"ofac/{name}.csv", tmp_path / f"{name}.csv")
    (tmp_path / "alt.csv").write_text('7777,1,"aka","NOBODY",-0- \r\n')
    assert codes(read("ofac", tmp_path / "sdn.csv")) == [
        ("readers.reference_unknown", "alt.Ent_num")
    ]


def test_advanced() -> None:
    found = reading("ofac", "ofac_advanced.xml")
    assert codes(found) == []
    assert found.published == "2026-05-21"
    person = by_id(found)["9001"]
    assert person.texts("name") == ("Samir AL-MADINI",)
    assert person.texts("alias") == ("سمير المديني",)
    assert person.texts("weakAlias") == ("ABU RAWABI",)
    assert [(v.text, v.original) for v in person.properties["birthDate"]] == [
        ("1961", "circa 1961")
    ]
    assert person.texts("nationality") == ("sy",)
    assert person.first("position") == "Treasurer"
    assert person.texts("address") == ("12 Cedar Road, Homs, Syria",)
    assert person.first("programId") == "SDGT"
    assert person.properties["name"][0].since == "2016-05-04"
    assert "Favourite colour Green" in person.texts("notes")


def test_advanced_relations_documents_and_wallets() -> None:
    found = reading("ofac", "ofac_advanced.xml")
    director, owner = of(found, "Directorship")[0], of(found, "Ownership")[0]
    assert (director.first("director"), director.first("organization")) == ("9001", "9002")
    assert (owner.first("owner"), owner.first("asset")) == ("9002", "9003")
    assert owner.first("status") == "former"
    assert of(found, "Passport")[0].first("summary") == "Fraudulent"
    assert of(found, "CryptoWallet")[0].first("holder") == "9002"
    assert by_id(found)["9003"].first("imoNumber") == "9187629"
    assert by_id(found)["9003"].first("flag") == "ir"


def test_advanced_id_that_is_in_no_set(tmp_path: Path) -> None:
    path = altered(tmp_path, "ofac_advanced.xml", ('FeatureTypeID="10"', 'FeatureTypeID="77"'))
    found = read("ofac", path)
    assert codes(found) == [
        ("readers.reference_unknown", "DistinctParty/Profile/Feature@FeatureTypeID")
    ]


def test_advanced_new_field(tmp_path: Path) -> None:
    path = altered(
        tmp_path, "ofac_advanced.xml", ('<Profile ID="9002"', '<Profile Mood="calm" ID="9002"')
    )
    assert codes(read("ofac", path)) == [("readers.field_unknown", "DistinctParty/Profile@Mood")]


def test_a_folder_without_the_list(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    (tmp_path / "b.txt").write_text("x")
    with pytest.raises(InputError, match=r"sdn\.csv"):
        read("ofac", tmp_path)
