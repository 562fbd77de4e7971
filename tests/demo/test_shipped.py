"""The made-up data: readable to the last field, and about nobody who exists."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from taawun.demo import shipped
from taawun.demo.shipped import CUSTOMERS, LISTS, REPORTS, UPDATE, MadeUpList
from taawun.entities.entity import Entity
from taawun.lists.difference import difference
from taawun.lists.read import read

REAL = {
    "un": "un_consolidated_2026-02-27.xml",
    "eu": "eu_fsf_2026-05-01.part.xml",
    "uk": "uk_sanctions_list_2026-08-22.csv",
    "ofac": "ofac_sdn.csv",
}


def entities(made_up: MadeUpList) -> tuple[Entity, ...]:
    return read(made_up.source, made_up.path).entities


def words(name: str) -> frozenset[str]:
    """The words of a name whatever their order, case and marks; the article is no word."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return frozenset(word for word in re.findall(r"\w+", plain) if word not in ("al", "el"))


def full_names(listed: Iterable[Entity]) -> Iterator[frozenset[str]]:
    for entity in listed:
        if entity.target:
            yield from (words(value.text) for prop, value in entity.names() if prop != "weakAlias")


@pytest.mark.parametrize("made_up", [*LISTS, UPDATE], ids=lambda made_up: made_up.file)
def test_a_made_up_list_is_read_without_a_problem(made_up: MadeUpList) -> None:
    reading = read(made_up.source, made_up.path)
    assert reading.problems == ()
    assert 25 <= sum(entity.target for entity in reading.entities) <= 40


def test_the_update_adds_changes_and_removes() -> None:
    found = difference(entities(LISTS[0]), entities(UPDATE))
    assert found.counts(targets=True) == {"added": 3, "changed": 3, "removed": 1}


def test_names_stand_in_many_scripts_and_strengths() -> None:
    listed = [entity for made_up in LISTS for entity in entities(made_up)]
    letters = "".join(value.text for entity in listed for _, value in entity.names())
    scripts = {unicodedata.name(letter, "").split()[0] for letter in letters}
    assert {"LATIN", "ARABIC", "CYRILLIC", "CJK", "HANGUL"} <= scripts
    assert any(entity.texts("weakAlias") for entity in listed)
    assert {"Person", "Company", "Vessel"} <= {entity.schema for entity in listed}


def test_there_are_three_hundred_customers() -> None:
    everybody = list(shipped.customers())
    assert len(everybody) == 300
    assert len({customer.id for customer in everybody}) == 300
    kinds = {customer.subject.kind for customer in everybody}
    assert kinds == {"person", "company", "vessel"}


@pytest.mark.parametrize("language", REPORTS)
def test_a_report_says_that_it_is_invented(language: str) -> None:
    last = shipped.report(language).strip().splitlines()[-1]
    assert any(word in last for word in ("مختلق", "вымышлено", "invented"))


def test_every_file_is_described() -> None:
    described = (shipped.folder() / "README.md").read_text("utf-8")
    files = {path.name for path in shipped.folder().iterdir()} - {"README.md"}
    assert {file for file in files if f"`{file}`" not in described} == set()
    assert CUSTOMERS in files


def test_no_made_up_name_is_on_a_real_list(real_data: Path) -> None:
    real: set[frozenset[str]] = set()
    for source, file in REAL.items():
        real |= set(full_names(read(source, real_data / "lists" / file).entities))
    invented = {name for made_up in (*LISTS, UPDATE) for name in full_names(entities(made_up))}
    assert {" ".join(sorted(name)) for name in invented & real} == set()
