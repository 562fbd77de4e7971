"""The EU files: what each element becomes."""

from pathlib import Path

from taawun.lists.read import read
from tests.lists.readers.case import altered, by_id, codes, of, reading


def test_nothing_is_left_over() -> None:
    assert codes(reading("eu", "eu.xml")) == []


def test_names_with_their_languages_and_strength() -> None:
    person = by_id(reading("eu", "eu.xml"))["EU.9001.10"]
    assert [(v.text, v.lang) for v in person.properties["name"]] == [
        ("Samir Yusuf AL-MADINI", "eng")
    ]
    assert [(v.text, v.lang) for v in person.properties["alias"]] == [("سمير يوسف المديني", "ara")]
    assert person.texts("weakAlias") == ("Abu Rawabi",)
    assert person.first("firstName") == "Samir"
    assert person.first("middleName") == "Yusuf"
    assert person.first("position") == "Treasurer"
    assert person.first("gender") == "male"


def test_each_value_since_the_act_that_said_it() -> None:
    person = by_id(reading("eu", "eu.xml"))["EU.9001.10"]
    assert person.properties["name"][0].since == "2015-03-02"
    assert person.properties["alias"][0].since == "2016-06-07"
    assert person.properties["address"][0].since == "2016-06-07"


def test_birth() -> None:
    person = by_id(reading("eu", "eu.xml"))["EU.9001.10"]
    said = {v.text: v.original for v in person.properties["birthDate"]}
    assert said == {
        "1961": "circa 1961", "1960": "1960 to 1962", "1962": "1960 to 1962", "1961-02-03": "",
    }  # fmt: skip
    assert person.texts("birthPlace") == ("Homs, Syrian Arab Republic",)
    assert person.texts("birthCountry") == ("sy",)
    assert person.texts("citizenship") == ("sy",)
    assert person.first("motherName") == "Layla Darwish"


def test_document_address_contact_and_listing() -> None:
    found = reading("eu", "eu.xml")
    passport = of(found, "Passport")[0]
    assert (passport.first("startDate"), passport.first("endDate")) == ("2003-01-02", "2009-01-01")
    assert "knownExpired" in passport.first("summary")
    person = by_id(found)["EU.9001.10"]
    assert person.first("email") == "samir@example.org"
    address = by_id(found)[person.first("addressEntity")]
    assert address.first("remarks") == "second home; at the time of listing"
    sanction = of(found, "Sanction")[0]
    assert sanction.first("unscId") == "QDi.901"
    assert sanction.first("programId") == "SYR"
    assert sanction.first("startDate") == "2015-03-03"


def test_a_russian_number_is_known_by_its_check_digits() -> None:
    company = by_id(reading("eu", "eu.xml"))["EU.9002.11"]
    assert company.texts("innCode") == ("7707083893",)
    assert company.texts("ogrnCode") == ("1027700132195",)


def test_a_wrong_check_digit_is_no_such_number(tmp_path: Path) -> None:
    path = altered(tmp_path, "eu.xml", ("7707083893", "7707083894"))
    company = by_id(read("eu", path))["EU.9002.11"]
    assert company.texts("taxNumber") == ("7707083894",)
    assert not company.texts("innCode")


def test_new_attributes_types_languages_and_calendars_are_reported(tmp_path: Path) -> None:
    path = altered(
        tmp_path,
        "eu.xml",
        ('nameLanguage="AR"', 'nameLanguage="QQ" nickname="true"'),
        ('code="enterprise"', 'code="spaceship"'),
        ('identificationTypeCode="fiscalcode"', 'identificationTypeCode="librarycard"'),
        ('calendarType="GREGORIAN" birthdate', 'calendarType="HIJRI" birthdate'),
    )
    assert set(codes(read("eu", path))) == {
        ("readers.language_unknown", "sanctionEntity/nameAlias@nameLanguage"),
        ("readers.field_unknown", "sanctionEntity/nameAlias@nickname"),
        ("readers.value_unknown", "sanctionEntity/subjectType@code"),
        ("readers.value_unknown", "sanctionEntity/identification@identificationTypeCode"),
        ("readers.calendar_unknown", "sanctionEntity/birthdate"),
    }
    assert "birthDate: 1961-02-03 (HIJRI)" in by_id(read("eu", path))["EU.9001.10"].texts("notes")
