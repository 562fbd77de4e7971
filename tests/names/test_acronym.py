"""A company and the letters it is known by."""

from __future__ import annotations

import pytest

from taawun.names.acronym import LONGEST, SHORTEST, acronyms


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Islamic Republic of Iran Shipping Lines", "IRISL"),
        ("National Iranian Oil Company", "NIOC"),
        ("Islamic Revolutionary Guard Corps", "IRGC"),
        ("Al-Qaida in the Islamic Maghreb", "AQIM"),
        ("Bank of Blue Sea Commerce Ltd", "BBSC"),
        ("Научно-производственное объединение", "НПО"),
    ],
)
def test_letters_a_name_is_known_by(name: str, letters: str) -> None:
    assert letters in acronyms(name.split())


def test_legal_forms_give_no_letter_without_a_word() -> None:
    assert acronyms(["Orion", "Delta", "GmbH"]) == {"OD", "ODG"}
    assert "NTC" in acronyms(["Nova", "Trading", "Company", "LLC"])


@pytest.mark.parametrize("name", ["Bank", "3M Company 4U", "شركة النور للتجارة", ""])
def test_names_that_make_no_acronym(name: str) -> None:
    assert acronyms(name.split()) == set()


def test_acronyms_keep_to_their_length() -> None:
    assert all(SHORTEST <= len(each) <= LONGEST for each in acronyms(["Word"] * 12))
