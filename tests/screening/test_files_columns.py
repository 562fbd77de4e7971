"""Which column holds what: our names, guesses, mappings."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from taawun.errors import InputError, NotFound
from taawun.screening import columns
from taawun.screening.columns import FIELDS, NOTHING, Columns, read, resolve
from taawun.screening.customers import CustomerReader
from taawun.screening.rows import Raw


def mapping(tmp_path: Path, text: str) -> tuple[Columns, bool]:
    path = tmp_path / "map.yml"
    path.write_text(text, "utf-8")
    return read(path)


def test_our_own_names_are_no_guess() -> None:
    found = resolve(NOTHING, ["branch", *FIELDS])
    assert found.sources == {name: (name,) for name in FIELDS}
    assert found.guessed == ()


@pytest.mark.parametrize(
    ("there", "expected"),
    [
        (["Full name", "DOB"], {"name": "Full name", "birth_date": "DOB"}),
        (["الاسم", "تاريخ الميلاد", "الجنسية"],
         {"name": "الاسم", "birth_date": "تاريخ الميلاد", "country": "الجنسية"}),
        (["ФИО", "Дата рождения", "Гражданство"],
         {"name": "ФИО", "birth_date": "Дата рождения", "country": "Гражданство"}),
        (["CUSTOMER_NO", "Customer Name", "Sex", "Passport No."],
         {"id": "CUSTOMER_NO", "name": "Customer Name", "gender": "Sex",
          "identifier": "Passport No."}),
        (["Nom complet", "Nationalité"], {"name": "Nom complet", "country": "Nationalité"}),
        (["Name"], {"name": "Name"}),
    ],
)  # fmt: skip
def test_usual_names_are_guessed_and_said(there: list[str], expected: dict[str, str]) -> None:
    found = resolve(NOTHING, there)
    assert found.sources == {name: (column,) for name, column in expected.items()}
    assert set(found.guessed) == set(expected)


def test_given_and_family_name_are_put_together() -> None:
    found = resolve(NOTHING, ["Surname", "First Name", "Middle name"])
    assert found.sources["name"] == ("{First Name} {Middle name} {Surname}",)
    cells = {"First Name": "Zaher", "Middle name": None, "Surname": "al-Wazzan"}
    customer = CustomerReader(found, "c.csv")(Raw(1, 2, cells))
    assert customer.subject.names == ("Zaher al-Wazzan",)


def test_several_columns_may_hold_what_one_may_have_several_of() -> None:
    found = resolve(NOTHING, ["name", "country", "Nationality", "Name (Arabic)", "Passport", "TIN"])
    assert found.sources["country"] == ("country", "Nationality")
    cells = {"name": "Zaher", "Name (Arabic)": "ظاهر | أبو قاسم", "Passport": "N1; N2", "TIN": "N1"}
    customer = CustomerReader(found, "c.csv")(Raw(1, 2, cells))
    assert customer.subject.names == ("Zaher", "ظاهر", "أبو قاسم")
    assert customer.subject.identifiers == ("N1", "N2")


def test_what_two_columns_fit_is_not_guessed() -> None:
    found = resolve(NOTHING, ["name", "DOB", "Date of birth"])
    assert "birth_date" not in found.sources
    assert found.unclear == {"birth_date": ("DOB", "Date of birth")}
    with pytest.raises(InputError, match="several columns may be the name"):
        resolve(NOTHING, ["Full name", "Customer name"])
    with pytest.raises(InputError, match="no column with the name"):
        resolve(NOTHING, ["id", "amount"])


def test_a_mapping_renames_and_sets_defaults(tmp_path: Path) -> None:
    told, guess = mapping(
        tmp_path,
        """
        columns:
          name: "{First} {Last}"
          alias: [Arabic, Trade]
          birth_date: Born on
        defaults: {kind: person, country: ae}
        dates: month first
        """,
    )
    found = resolve(told, ["First", "Last", "Arabic", "Trade", "Born on", "country"], guess=guess)
    cells = {"First": "Omar", "Last": "Said", "Trade": "Omar & Sons", "Born on": "05/17/1968"}
    customer = CustomerReader(found, "c.csv")(Raw(1, 2, cells))
    assert customer.subject.names == ("Omar Said", "Omar & Sons")
    assert customer.subject.birth_dates == ("1968-05-17",)
    assert (customer.subject.kind, customer.subject.countries) == ("person", ("ae",))
    given = CustomerReader(found, "c.csv")(Raw(1, 2, {**cells, "country": "Iraq"}))
    assert given.subject.countries == ("iq",)


@pytest.mark.parametrize("text", ["name: Client", "columns: {name: Client}", "Client: name"])
def test_the_plain_forms_of_a_mapping(text: str, tmp_path: Path) -> None:
    told, _ = mapping(tmp_path, text)
    assert resolve(told, ["Client", "name"]).sources["name"] == ("Client",)


def test_without_guesses_only_our_names_count(tmp_path: Path) -> None:
    told, guess = mapping(tmp_path, "columns: {name: Client}\nguess: false")
    found = resolve(told, ["Client", "DOB", "country"], guess=guess)
    assert set(found.sources) == {"name", "country"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- a\n- b", "expected a mapping"),
        ("columns: [name]", "expected a mapping"),
        ("name: [", "not a mapping that can be read"),
        ("columns: {nom: Client}", "no column of ours: nom"),
        ("columns: {id: [A, B]}", "one column"),
        ("columns: {name: A}\ncolour: red", "unknown: colour"),
        ("columns: {name: A}\ndates: sometimes", "day first or month first"),
        ("columns: {name: A}\ndefaults: [x]", "defaults"),
    ],
)
def test_mappings_that_cannot_be_meant(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=said):
        mapping(tmp_path, text)


def test_a_mapped_column_must_be_there(tmp_path: Path) -> None:
    told, _ = mapping(tmp_path, "name: '{First} {Last}'")
    with pytest.raises(InputError, match="no column 'Last'"):
        resolve(told, ["First", "Lsat"])
    with pytest.raises(NotFound):
        read(tmp_path / "nowhere.yml")


def test_no_usual_name_stands_for_two_fields() -> None:
    said = yaml.safe_load(Path(columns.__file__).with_name("columns.yml").read_text("utf-8"))
    seen: dict[str, str] = {}
    twice = []
    for field, names in said.items():
        for name in names:
            folded = columns.folded(name)
            if seen.setdefault(folded, field) != field:
                twice.append(f"{name}: {seen[folded]}, {field}")
    assert twice == []
