"""The schemata are data; these are the facts that the rest of the house relies on."""

import pytest

from taawun.entities.schemata import exists, is_a, kind_of, matchable, schema, schemata
from taawun.errors import UsageError


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Person", "person"),
        ("Company", "company"),
        ("Organization", "company"),
        ("LegalEntity", "company"),
        ("PublicBody", "company"),
        ("Vessel", "vessel"),
        ("Airplane", "vessel"),
        ("Sanction", ""),
        ("Address", ""),
        ("Nonsense", ""),
    ],
)
def test_kind_of(name: str, kind: str) -> None:
    assert kind_of(name) == kind


def test_inheritance() -> None:
    assert is_a("Company", "Thing")
    assert is_a("Company", "Asset")
    assert is_a("Company", "LegalEntity")
    assert not is_a("Person", "Company")
    assert not is_a("Nonsense", "Thing")
    assert "birthDate" in schema("Person").properties
    assert "name" in schema("Person").properties
    assert "birthDate" not in schema("Company").properties


def test_what_may_be_screened() -> None:
    assert {"Person", "Company", "Organization", "Vessel", "Airplane"} <= matchable()
    assert not {"Sanction", "Family", "Thing", "Passport"} & matchable()


def test_every_property_has_both_languages_and_every_end_exists() -> None:
    for found in schemata().values():
        assert found.label
        assert found.label_ar
        for prop in found.properties.values():
            assert all((prop.label, prop.label_ar)), (found.name, prop.name)
            assert (prop.type == "entity") == bool(prop.range)
            assert prop.range in ("", "Document") or exists(prop.range)
        assert all(end in found.properties for end in found.edge)


def test_an_unknown_schema_is_wrong_use() -> None:
    with pytest.raises(UsageError, match="Nonsense"):
        schema("Nonsense")
