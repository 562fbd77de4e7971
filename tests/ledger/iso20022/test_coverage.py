"""Every element of the published schemas is used or ignored by name; any other is reported once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from taawun.ledger.readers.iso20022.paths import Step, document
from tests.ledger.iso20022.messages import document as message
from tests.ledger.iso20022.messages import read, transaction

XSD = "{http://www.w3.org/2001/XMLSchema}"
SCHEMAS = (
    "camt.053.001.08",
    "pacs.008.001.08",
    "pacs.008.001.10",
    "pacs.008.001.13",
    "pacs.009.001.08",
)


def unnamed(types: dict[str, etree._Element], kind: str, step: Step, path: str) -> Iterator[str]:
    """The elements and attributes below a step that its table does not name."""
    if types[kind].tag != f"{XSD}complexType":
        return
    for each in types[kind].iter(f"{XSD}element"):
        name = each.get("name", "")
        below = step.below.get(name)
        if below is None:
            yield f"{path}/{name}"
        elif not below.ignored:
            yield from unnamed(types, each.get("type", ""), below, f"{path}/{name}")
    for each in types[kind].iter(f"{XSD}attribute"):
        if each.get("name") != "Ccy" or step.money < 0:
            yield f"{path}@{each.get('name')}"


def schema(real_data: Path, name: str) -> dict[str, etree._Element]:
    root = etree.parse(str(real_data / "iso20022" / f"{name}.xsd")).getroot()
    return {
        each.get("name", ""): each for each in root.iter(f"{XSD}complexType", f"{XSD}simpleType")
    }


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_element_is_used_or_ignored_by_name(name: str, real_data: Path) -> None:
    types = schema(real_data, name)
    assert list(unnamed(types, "Document", document(name[:8]), "")) == []


@pytest.mark.parametrize("name", SCHEMAS)
def test_whatever_has_text_and_is_used_fills_a_field(name: str, real_data: Path) -> None:
    """A step that neither fills a field nor is ignored has elements below it, in the schema too."""
    types = schema(real_data, name)

    def lost(kind: str, step: Step, path: str) -> Iterator[str]:
        inside = list(types[kind].iter(f"{XSD}element"))
        if not inside and step.fills < 0:
            yield path
        for each in inside:
            below = step.below[each.get("name", "")]
            if not below.ignored:
                yield from lost(each.get("type", ""), below, f"{path}/{below.name}")

    assert list(lost("Document", document(name[:8]), "")) == []


def test_the_check_sees_an_element_that_is_not_named(real_data: Path) -> None:
    types = schema(real_data, "pacs.008.001.08")
    bare = Step("Document")
    assert list(unnamed(types, "Document", bare, "")) == ["/FIToFICstmrCdtTrf"]


def test_what_is_neither_is_reported_once_a_file() -> None:
    strange = transaction(1, "<Foo>x</Foo>"), transaction(2, "<Foo>y</Foo>")
    for how in ({}, {"fast": False}):
        table, problems, _ = read(message(*strange), **how)
        assert table.num_rows == 2
        path = "FIToFICstmrCdtTrf/CdtTrfTxInf/Foo"
        assert [(each.code, each.field) for each in problems] == [("payments.field_unknown", path)]
