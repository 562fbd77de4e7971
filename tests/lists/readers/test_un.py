"""The UN list: what each element becomes."""

from pathlib import Path

from taawun.lists.read import read
from tests.lists.readers.case import altered, by_id, codes, of, reading


def test_a_person() -> None:
    person = by_id(reading("un", "un.xml"))["QDi.901"]
    assert person.schema == "Person"
    assert person.texts("name") == ("SAMIR YUSUF AL-HARITH AL-MADINI",)
    assert "سمير يوسف الحارث المديني" in person.texts("alias")
    assert person.texts("weakAlias") == ("Abu Rawabi",)
    assert person.texts("previousName") == ("Samir Yusef Haris",)
    assert person.first("firstName") == "SAMIR"
    assert person.first("lastName") == "AL-MADINI"
    assert person.texts("nationality") == ("sy",)
    assert person.first("gender") == "male"
    assert person.first("title") == "Dr."
    assert person.first("position").startswith("Treasurer")
    assert person.first("fatherName") == "Yusuf Qasim al-Harith"
    assert person.first("passportNumber") == "N900100"
    assert person.first("idNumber") == "90-0100"
    assert person.first("program").startswith("ISIL")


def test_a_cell_that_holds_several_names_is_taken_apart() -> None:
    person = by_id(reading("un", "un.xml"))["QDi.901"]
    assert {"Sameer Yousef", "Samir al-Madini", "Самир аль-Мадини"} <= set(person.texts("alias"))
    kept = next(v for v in person.properties["alias"] if v.text == "Samir al-Madini")
    assert kept.original == "Samir al-Madini (original script: Самир аль-Мадини)"


def test_dates_stay_as_partial_as_they_are() -> None:
    person = by_id(reading("un", "un.xml"))["QDi.901"]
    said = {value.text: value.original for value in person.properties["birthDate"]}
    assert said["1960"] == said["1962"] == "1960 to 1962"
    assert said["1963"] == "circa 1963"
    assert said["1964-11"] == "Nov. 1964"
    assert said["1961-02-03"] == ""


def test_death_in_a_fixed_phrase() -> None:
    person = by_id(reading("un", "un.xml"))["QDi.901"]
    assert person.texts("status") == ("reportedly deceased",)
    assert person.texts("deathDate") == ("2017-03",)


def test_somebody_elses_death_is_not_his(tmp_path: Path) -> None:
    path = altered(tmp_path, "un.xml", ("Reportedly deceased in", "Guard of X (deceased) until"))
    assert "status" not in by_id(read("un", path))["QDi.901"].properties


def test_who_said_it_and_since_when() -> None:
    person = by_id(reading("un", "un.xml"))["QDi.901"]
    assert {v.dataset for vs in person.properties.values() for v in vs} == {"un"}
    assert {v.since for vs in person.properties.values() for v in vs} == {"2011-03-09"}


def test_a_listing_is_a_sanction() -> None:
    sanctions = {s.first("entity"): s for s in of(reading("un", "un.xml"), "Sanction")}
    assert sanctions.keys() == {"QDi.901", "QDi.902", "QDe.901"}
    assert sanctions["QDi.901"].first("listingDate") == "2011-03-09"
    assert sanctions["QDi.901"].first("unscId") == "QDi.901"


def test_references_in_comments_become_relations() -> None:
    found = reading("un", "un.xml")
    family, link = of(found, "Family"), of(found, "UnknownLink")
    assert [(f.first("person"), f.first("relative")) for f in family] == [("QDi.901", "QDi.902")]
    assert family[0].first("relationship") == "brother"
    assert [(u.first("subject"), u.first("object")) for u in link] == [("QDi.901", "QDe.901")]


def test_a_reference_to_nobody_is_a_problem() -> None:
    assert codes(reading("un", "un.xml")) == [("readers.reference_unknown", "QDi.902/COMMENTS1")]


def test_an_entity_with_its_acronym_and_former_name() -> None:
    entity = by_id(reading("un", "un.xml"))["QDe.901"]
    assert entity.schema == "Organization"
    assert entity.texts("name") == ("RAWABI FRONT FOR RELIEF",)
    assert entity.texts("weakAlias") == ("RFR",)
    assert entity.texts("previousName") == ("Rawabi Charity House",)


def test_documents_and_addresses_are_entities_too() -> None:
    found = reading("un", "un.xml")
    passport = of(found, "Passport")[0]
    assert passport.first("holder") == "QDi.901"
    assert passport.first("startDate") == "2003-01-02"
    address = by_id(found)[by_id(found)["QDi.901"].first("addressEntity")]
    assert address.first("city") == "Homs"
    assert address.first("remarks") == "previous address"
    assert not passport.target
    assert not address.target


def test_not_known_is_not_namibia() -> None:
    assert "nationality" not in by_id(reading("un", "un.xml"))["QDi.902"].properties


def test_published() -> None:
    assert reading("un", "un.xml").published == "2026-01-15T00:00:00.000Z"


def test_a_new_field_is_reported_with_its_line(tmp_path: Path) -> None:
    path = altered(tmp_path, "un.xml", ("<SORT_KEY/>", "<SHOE_SIZE>44</SHOE_SIZE>"))
    found = [p for p in read("un", path).problems if p.code == "readers.field_unknown"]
    assert {p.field for p in found} == {"INDIVIDUAL/SHOE_SIZE", "ENTITY/SHOE_SIZE"}
    assert found[0].got == "44"
    assert found[0].line
    assert found[0].file == "un.xml"


def test_a_new_attribute_and_a_new_block_are_reported(tmp_path: Path) -> None:
    path = altered(
        tmp_path,
        "un.xml",
        ("<INDIVIDUAL_DOCUMENT/>", '<INDIVIDUAL_DOCUMENT colour="red"/>'),
        ("<ENTITIES>", "<VESSELS><VESSEL>Polar Dawn</VESSEL></VESSELS><ENTITIES>"),
    )
    fields = [field for _, field in codes(read("un", path))]
    assert "INDIVIDUAL/INDIVIDUAL_DOCUMENT@colour" in fields
    assert "VESSELS/VESSEL" in fields


def test_the_same_reference_twice_keeps_both(tmp_path: Path) -> None:
    path = altered(tmp_path, "un.xml", ("QDi.902</REF", "QDi.901</REF"))
    found = read("un", path)
    assert ("readers.id_duplicate", "id") in codes(found)
    assert {"QDi.901", "QDi.901#2"} <= by_id(found).keys()


def test_values_that_cannot_be_used_stay_in_the_notes(tmp_path: Path) -> None:
    path = altered(
        tmp_path,
        "un.xml",
        ("<VALUE>Syrian Arab Republic</VALUE>", "<VALUE>Atlantis</VALUE>"),
        ("<DATE>1970-08-21</DATE>", "<DATE>1970-02-31</DATE>"),
        ("<GENDER>Male", "<GENDER>Mal"),
    )
    found = read("un", path)
    said = {code for code, _ in codes(found)}
    assert {
        "readers.country_unknown",
        "readers.date_unreadable",
        "readers.value_unknown",
    } <= said
    people = by_id(found)
    assert "nationality: Atlantis" in people["QDi.901"].texts("notes")
    assert "gender: Mal" in people["QDi.901"].texts("notes")
    assert "birthDate: 1970-02-31" in people["QDi.902"].texts("notes")


def test_an_unknown_quality_is_reported_and_the_name_kept(tmp_path: Path) -> None:
    path = altered(tmp_path, "un.xml", ("<QUALITY>Low", "<QUALITY>Doubtful"))
    found = read("un", path)
    assert "Abu Rawabi" in by_id(found)["QDi.901"].texts("alias")
    assert ("readers.value_unknown", "INDIVIDUAL/INDIVIDUAL_ALIAS/QUALITY") in codes(found)
