"""The real lists: how many entries, and that every field of them is accounted for."""

from pathlib import Path

import pytest

from taawun.lists.read import Reading, read
from tests.lists.readers.case import of

UNEXPLAINED = {
    "readers.field_unknown",
    "readers.column_missing",
    "readers.value_unknown",
    "readers.field_repeated",
    "readers.row_width",
    "readers.language_unknown",
    "readers.date_unreadable",
    "readers.rows_disagree",
    "readers.id_duplicate",
    "readers.name_missing",
}


@pytest.fixture(scope="module")
def lists(real_data: Path) -> dict[str, Reading]:
    folder = real_data / "lists"
    names = {
        "un": "un_consolidated_2026-02-27.xml",
        "eu": "eu_fsf_2026-05-01.part.xml",
        "uk": "uk_sanctions_list_2026-08-22.csv",
        "ofac": "ofac_sdn.csv",
    }
    missing = [name for name in names.values() if not (folder / name).is_file()]
    if missing:
        pytest.skip(f"real lists are not here: {', '.join(missing)}")
    return {source: read(source, folder / name) for source, name in names.items()}


@pytest.mark.parametrize(
    ("source", "entries"), [("un", 1003), ("eu", 1818), ("uk", 6349), ("ofac", 8976)]
)
def test_every_entry_and_no_unexplained_field(
    source: str, entries: int, lists: dict[str, Reading]
) -> None:
    found = lists[source]
    assert len(found.targets) == entries
    assert [p for p in found.problems if p.code in UNEXPLAINED] == []
    assert all(next(entity.names(), None) for entity in found.targets)


def test_kinds(lists: dict[str, Reading]) -> None:
    assert len(of(lists["un"], "Person")) == 730
    assert len(of(lists["un"], "Organization")) == 273
    assert len(of(lists["uk"], "Vessel")) == 666
    assert len(of(lists["ofac"], "Vessel")) == 406
    assert len(of(lists["ofac"], "Airplane")) == 277


def test_what_the_un_lost_is_reported(lists: dict[str, Reading]) -> None:
    assert [p.field for p in lists["un"].problems if p.code == "readers.characters_lost"] == [
        "TAi.068.alias"
    ]


def test_the_advanced_sample(real_data: Path) -> None:
    path = real_data / "lists" / "ofac_sdn_advanced.sample.xml"
    if not path.is_file():
        pytest.skip("the sample of SDN_ADVANCED is not here")
    found = read("ofac", path)
    assert [(e.id, e.caption) for e in found.targets] == [("27307", "Lazarus Group")]
    assert of(found, "CryptoWallet")[0].first("currencySymbol") == "ETH"
    assert {p.code for p in found.problems} == {"readers.reference_unknown"}
