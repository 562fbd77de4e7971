"""The made-up files that ship with the package, and how they are read.

| file | what |
|---|---|
| `LISTS` | one list in each official layout, and a national one |
| `UPDATE` | a later version of the first of them |
| `CUSTOMERS` | customers in the columns of `screen-file` |
| `REPORTS` | one news report for each language |
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from taawun.screening.subject import Subject


@dataclass(frozen=True, slots=True)
class MadeUpList:
    """A made-up list: whose layout it has, and in which file it is."""

    source: str
    file: str

    @property
    def path(self) -> Path:
        """Where the file lies."""
        return folder() / self.file


@dataclass(frozen=True, slots=True)
class Customer:
    """A made-up customer: its number in the file and what is known of it."""

    id: str
    subject: Subject


LISTS = (
    MadeUpList("un", "un_2026-09.xml"),
    MadeUpList("eu", "eu.xml"),
    MadeUpList("uk", "uk.csv"),
    MadeUpList("ofac", "ofac_sdn.csv"),
    MadeUpList("ftm", "national.ftm.json"),
)
UPDATE = MadeUpList("un", "un_2026-10.xml")
CUSTOMERS = "customers.csv"
REPORTS = {"ar": "news.ar.txt", "ru": "news.ru.txt", "en": "news.en.txt"}


def folder() -> Path:
    """Where the made-up files lie in the installed package."""
    return Path(str(resources.files("taawun.demo"))) / "data"


def customers() -> Iterator[Customer]:
    """The made-up customers, in the order of their file."""
    with (folder() / CUSTOMERS).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield Customer(row["id"], _subject(row))


def report(language: str) -> str:
    """The made-up news report in a language of `REPORTS`."""
    return (folder() / REPORTS[language]).read_text("utf-8")


def _subject(row: dict[str, str]) -> Subject:
    def given(column: str) -> tuple[str, ...]:
        return (row[column],) if row[column] else ()

    return Subject(
        names=(row["name"],),
        kind=row["kind"],
        birth_dates=given("birth_date"),
        countries=given("country"),
        gender=row["gender"],
        identifiers=given("identifier"),
    )
