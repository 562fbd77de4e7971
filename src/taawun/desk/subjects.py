"""Whom a table is made of, and whom one asks about: lists in force, a portfolio, a file.

of_lists(store, ("un",))       the entities of lists, as they are in force (all of them: ())
of_portfolio(store, "retail")  customers
of_file(path)                  rows, as `screen-file` reads them, with what is wrong in them
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from taawun.cooperation.private.subject import Identifier, Subject, SubjectKind, subject_of
from taawun.entities.identifiers import valid
from taawun.entities.schemata import kind_of
from taawun.errors import InputError, NotFound, Problem
from taawun.lists.archive import Archive
from taawun.lists.versions import ListVersion, every_list, kept_version
from taawun.screening import portfolio, rows
from taawun.screening.columns import NOTHING, resolve
from taawun.screening.customers import CustomerReader
from taawun.screening.subject import Subject as Customer
from taawun.store import Store

CHECKED = {"person": ("iban",), "company": ("iban", "lei"), "vessel": ("imo",)}
"""Kinds of number of a subject that tell themselves by their check digits; else it is a document.
Seven digits of a passport may well be an IMO number's."""
PEOPLE_AND_COMPANIES = ("person", "company", "vessel")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a file: its id, its subject (None where there is none), what is wrong in it."""

    id: str
    subject: Subject | None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Records:
    """Whom a table is made of, each with an id; `total` is about how many, for whoever waits."""

    total: int
    subjects: Iterable[tuple[str, Subject]]


def of_lists(store: Store, wanted: tuple[str, ...] = ()) -> Records:
    """Everybody on the lists in force, or on some of them. Raises NotFound."""
    with store.reading() as connection:
        if wanted:
            versions = [kept_version(connection, name) for name in wanted]
        else:
            versions = [row.current for row in every_list(connection)]
    if not versions:
        raise NotFound("there is no list yet: `taawun lists add`")
    return Records(sum(each.entries for each in versions), _listed(store, versions))


def _listed(store: Store, versions: Iterable[ListVersion]) -> Iterator[tuple[str, Subject]]:
    archive = Archive(store.home)
    for version in versions:
        for entity in archive.entities(version.dataset, version.version):
            if entity.schema == "LegalEntity" or kind_of(entity.schema) in PEOPLE_AND_COMPANIES:
                yield entity.id, subject_of(entity)


def of_portfolio(store: Store, name: str) -> Records:
    """The customers of a portfolio. Raises NotFound where it is empty."""
    with store.reading() as connection:
        size = portfolio.size(connection, name)
    if not size:
        raise NotFound(f"no portfolio {name!r}: `taawun screen-file --keep` makes one")
    return Records(size, _customers(store, name))


def _customers(store: Store, name: str) -> Iterator[tuple[str, Subject]]:
    with store.reading() as connection:
        for each in portfolio.watched(connection, name):
            for subject in _subjects(each.subject):
                yield each.customer, subject


def of_file(path: Path) -> Iterator[Row]:
    """The rows of a CSV, JSONL or Parquet file. Raises NotFound, InputError."""
    table = rows.table(path)
    reader = CustomerReader(resolve(NOTHING, table.columns), path.name)
    for raw in table.rows():
        customer = reader(raw)
        id = str(customer.id if customer.id is not None else customer.row)
        found = [] if customer.unusable else list(_subjects(customer.subject))
        if not found:
            yield Row(id, None, customer.problems)
        for each in found:
            yield Row(id, each, customer.problems)


def usable(path: Path) -> Records:
    """The subjects of a file, all of which must be readable: a table with holes would be taken for
    a whole one. Raises InputError with every problem, up to a hundred."""
    problems: list[Problem] = []
    total = 0
    for row in of_file(path):
        total += 1
        problems.extend(row.problems)
        if row.subject is None and not row.problems:
            problems.append(Problem("desk.paper.wrong", path.name, field=row.id))
        if len(problems) >= 100:
            break
    if problems:
        raise InputError(f"{path}: cannot be taken as it is", tuple(problems))
    found = ((row.id, row.subject) for row in of_file(path) if row.subject is not None)
    return Records(total, found)


def given(
    names: tuple[str, ...],
    kind: str,
    born: tuple[str, ...],
    countries: tuple[str, ...],
    numbers: tuple[tuple[str, str], ...],
) -> Subject:
    """A subject as options say it. `numbers` are pairs of kind and number."""
    country = countries[0].lower() if countries else ""
    return Subject(
        SubjectKind(kind),
        names,
        born,
        tuple(Identifier(kind_of_it, text, country) for kind_of_it, text in numbers),
        tuple(each.lower() for each in countries),
    )


def _subjects(customer: Customer) -> Iterator[Subject]:
    """A customer whose kind is not known may be a person or a company: both are kept."""
    kinds = (customer.kind,) if customer.kind else ("person", "company")
    country = customer.countries[0] if customer.countries else ""
    for kind in kinds:
        yield Subject(
            SubjectKind(kind),
            customer.names,
            customer.birth_dates if kind == "person" else (),
            tuple(Identifier(_kind(each, kind), each, country) for each in customer.identifiers),
            customer.countries,
        )


def _kind(number: str, of: str) -> str:
    return next((kind for kind in CHECKED[of] if valid(number, kind)), "document")
