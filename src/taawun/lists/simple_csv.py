"""The entries of a list for people with a spreadsheet: names one a line, and one row an entry.

The columns are those of OpenSanctions' `targets.simple.csv`, so that whoever reads that file reads
this one. Several values in a cell are sorted and parted by semicolons.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from taawun.entities.entity import Entity
from taawun.entities.schemata import is_a, schemata

COLUMNS = (
    "id",
    "schema",
    "name",
    "aliases",
    "birth_date",
    "countries",
    "addresses",
    "identifiers",
    "sanctions",
    "phones",
    "emails",
    "dataset",
    "first_seen",
    "last_seen",
    "last_change",
)

# Identifiers of something else than the entry.
_NOT_ITS_OWN = frozenset({"programId", "wikidataId"})
_SANCTION = ("program", "reason", "status", "startDate", "endDate")


def names(entities: Iterable[Entity]) -> list[str]:
    """Every name of every entry once, sorted; each on one line whatever was in it."""
    said = {" ".join(v.text.split()) for e in entities if e.target for _, v in e.names()}
    return sorted(said - {""})


def rows(entities: Sequence[Entity], title: str) -> Iterator[str]:
    """The heading and one row for each entry, as lines of CSV with every cell quoted."""
    yield _line(COLUMNS)
    beside = _beside(entities)
    for entity in entities:
        if entity.target:
            yield _line(_row(entity, beside.get(entity.id, []), title))


def _beside(entities: Iterable[Entity]) -> dict[str, list[Entity]]:
    """For each entity its sanctions, documents and addresses."""
    by_id = {entity.id: entity for entity in entities}
    found: dict[str, list[Entity]] = defaultdict(list)
    for entity in by_id.values():
        for owner in (*entity.texts("entity"), *entity.texts("holder")):
            found[owner].append(entity)
        for address in entity.texts("addressEntity"):
            if address in by_id:
                found[entity.id].append(by_id[address])
    return found


def _row(entity: Entity, beside: Sequence[Entity], title: str) -> list[str]:
    countries, identifiers = set(_of_type(entity, "country")), set(_of_type(entity, "identifier"))
    addresses, sanctions = set(entity.texts("address")), set()
    for other in beside:
        if is_a(other.schema, "Sanction"):
            sanctions.add(" - ".join(t for prop in _SANCTION for t in other.texts(prop)))
        elif is_a(other.schema, "Address"):
            addresses.add(other.first("full") or other.caption)
        elif is_a(other.schema, "Identification"):
            identifiers.update(other.texts("number"))
            countries.update(other.texts("country"))
    return [
        entity.id,
        entity.schema,
        entity.caption,
        _cell({value.text for _, value in entity.names()} - {entity.caption}),
        _cell(entity.texts("birthDate")),
        _cell(countries),
        _cell(addresses),
        _cell(identifiers),
        _cell(sanctions - {""}),
        _cell(_of_type(entity, "phone")),
        _cell(_of_type(entity, "email")),
        title,
        entity.first_seen,
        entity.last_seen,
        entity.last_change,
    ]


def _of_type(entity: Entity, kind: str) -> Iterator[str]:
    found = schemata().get(entity.schema)
    for prop, values in entity.properties.items():
        if prop in _NOT_ITS_OWN:
            continue
        if found and prop in found.properties and found.properties[prop].type == kind:
            yield from (value.text for value in values)


def _cell(values: Iterable[str]) -> str:
    held = io.StringIO()
    csv.writer(held, delimiter=";", lineterminator="").writerow(sorted(set(values)))
    text = held.getvalue()
    return text if text != '""' else ""


def _line(cells: Sequence[str]) -> str:
    held = io.StringIO()
    csv.writer(held, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow(cells)
    return held.getvalue()
