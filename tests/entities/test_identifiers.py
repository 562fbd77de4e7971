"""One form for one identifier, and check digits where a standard has them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taawun.entities.identifiers import KIND_OF_PROPERTY, normal, valid
from taawun.entities.schemata import schemata

FORMS = [
    ("imo", "IMO 9187629", "9187629"),
    ("imo", "Vessel Registration Identification IMO 9187629", "9187629"),
    ("document", "A-333 602", "A333602"),
    ("document", "'060-10276707", "06010276707"),
    ("document", "No34409/129", "34409129"),
    ("document", "٠٣٤٥", "0345"),
    ("", "HRB 26136", "HRB26136"),
    ("", "IMO 9187629", "9187629"),
    ("", "imo9187629", "9187629"),
    ("", "IMO No. 9187629", "9187629"),
    ("", "MMSI: 572469210", "572469210"),
    ("", "LEI 5493001KJTIIGC8Y1R12", "5493001KJTIIGC8Y1R12"),
    ("", "Passport no. A-333 602", "A333602"),
    ("", "passport A333602", "A333602"),
    ("", "National ID card number: 060-10276707", "06010276707"),
    ("", "Reg. No. 12345", "12345"),
    ("", "SWIFT/BIC: NWBKGB2L", "NWBKGB2L"),
    ("", "ИНН 7707083893", "7707083893"),
    ("", "رقم جواز السفر: ٠٣٤٥", "0345"),
    ("", "BIC DEUTDEFF", "DEUTDEFF"),
    ("", "IMO 918", "918"),
    ("", "IDN 77", "IDN77"),
    ("", "TINA 7", "TINA7"),
    ("", "Passport", "PASSPORT"),
    ("iban", "GB29 NWBK 6016 1331 9268 19", "GB29NWBK60161331926819"),
    ("phone", "+44 20 7946 0018", "+442079460018"),
    ("phone", "0044 20 7946 0018", "+442079460018"),
    ("phone", "(98)(21)(66153220)", "982166153220"),
    ("website", "HTTP://www.Example.org/Page/", "example.org/Page"),
    ("email", " Info@Example.ORG. ", "info@example.org"),
    ("wallet", f"0x{'9aBc' * 10}", f"0x{'9abc' * 10}"),
    ("wallet", "K\u00b8", "\u0136"),
    ("wallet", "12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h", "12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h"),
]  # fmt: skip
CHECKED = [
    ("imo", "9187629", "9187628"),
    ("iban", "GB29NWBK60161331926819", "GB28NWBK60161331926819"),
    ("bic", "NWBKGB2L", "NWBKXX"),
    ("lei", "5493001KJTIIGC8Y1R12", "5493001KJTIIGC8Y1R13"),
    ("inn", "7707083893", "7707083894"),
    ("ogrn", "1027700132195", "1027700132196"),
    ("isin", "US0378331005", "US0378331006"),
    ("mmsi", "572469210", "072469210"),
    ("phone", "+442079460018", "+4420"),
]


@pytest.mark.parametrize(("kind", "written", "form"), FORMS)
def test_spellings_of_one_number_become_one(kind: str, written: str, form: str) -> None:
    assert normal(written, kind) == form


@pytest.mark.parametrize(("kind", "right", "wrong"), CHECKED)
def test_check_digits(kind: str, right: str, wrong: str) -> None:
    assert valid(right, kind) is True
    assert valid(wrong, kind) is False


def test_what_cannot_be_checked_says_nothing() -> None:
    assert valid("N900100", "document") is None


def test_every_property_of_the_table_exists() -> None:
    known = {prop for found in schemata().values() for prop in found.properties}
    assert known >= KIND_OF_PROPERTY.keys()


@given(st.text(max_size=80), st.sampled_from(["", *sorted(set(KIND_OF_PROPERTY.values()))]))
def test_a_normal_form_is_its_own(text: str, kind: str) -> None:
    once = normal(text, kind)
    if kind not in ("email", "website", "phone"):
        assert normal(once, kind) == once
    assert valid(text, kind) in (True, False, None)
