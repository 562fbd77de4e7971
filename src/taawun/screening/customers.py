"""A row of a file as the customer it stands for: the subject to screen, and what is wrong with it.

    read = CustomerReader(columns, "customers.csv")
    customer = read(raw)            customer.subject, customer.problems

| field | read as |
|---|---|
| name, alias | any script; several aliases may stand in one cell, parted by `;` or `|` |
| kind | person, company, vessel, and usual words for them; empty: any |
| birth_date | ISO, as partial as it is known, and usual ways of writing a date; day first |
| country | codes, names and nationalities in many languages |
| gender | male, female, and usual words for them |

What says that nothing is known ("N/A", "-", 0000-00-00) is unknown. What cannot be understood is a
problem; it is never taken for unknown in silence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml

from taawun.entities import dates
from taawun.entities.countries import country_code, says_unknown
from taawun.errors import Problem
from taawun.names.clean import MAX_NAME
from taawun.screening.columns import Columns, filled, is_template, named_in
from taawun.screening.rows import Raw, shown, visible
from taawun.screening.subject import Subject

_WORDS = Path(__file__).with_name("customers.yml")
_PARTED = re.compile(r"\s*[;|؛]\s*")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)")
_YEAR_FIRST = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})(?:[T ].*)?")
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:[T ].*)?")


@dataclass(frozen=True, slots=True)
class Customer:
    """One row. `subject` has what could be read; `problems` say what could not.

    `unusable`: there is no name to screen, or the row could not be read at all.
    """

    row: int
    line: int
    id: str | int | None
    subject: Subject
    problems: tuple[Problem, ...]
    unusable: bool
    cells: Mapping[str, Any]


NOBODY = Subject(())


class CustomerReader:
    """Reads raw rows as customers, by a mapping of columns."""

    def __init__(self, columns: Columns, file: str) -> None:
        self.file = file
        self.columns = columns
        self._plain = tuple(
            {c for held in columns.sources.values() for s in held for c in named_in(s)}
        )
        self._one = {
            name: held[0] for name, held in columns.sources.items() if name not in ("name", "alias")
        }

    def __call__(self, raw: Raw) -> Customer:
        if raw.problem is not None:
            id_ = self._id(raw.cells)
            return Customer(raw.row, raw.line, id_, NOBODY, (raw.problem,), True, raw.cells)
        problems: list[Problem] = []
        cells = raw.cells
        if nested := next((each for each in self._plain if _nested(cells.get(each))), ""):
            self._say(problems, "rows.nested", raw.line, nested, str(cells[nested]), "")
            told = tuple(problems)
            return Customer(raw.row, raw.line, self._id(cells), NOBODY, told, True, cells)
        names = self._names(cells, raw.line, problems)
        unusable = not names
        subject = Subject(
            names=names,
            kind=self._kind(cells, raw.line, problems),
            birth_dates=self._born(cells, raw.line, problems),
            countries=self._countries(cells, raw.line, problems),
            gender=self._gender(cells, raw.line, problems),
            identifiers=self._several("identifier", cells),
            positions=self._several("position", cells),
            addresses=self._several("address", cells),
        )
        told = tuple(problems)
        return Customer(raw.row, raw.line, self._id(cells), subject, told, unusable, cells)

    # The fields

    def _id(self, cells: Mapping[str, Any]) -> str | int | None:
        source = self._one.get("id")
        if source is None:
            return None
        value = cells.get(source)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        return visible(self._text("id", cells)) or None

    def _names(
        self, cells: Mapping[str, Any], line: int, problems: list[Problem]
    ) -> tuple[str, ...]:
        names: dict[str, None] = {}
        for field in ("name", "alias"):
            for source in self.columns.sources.get(field, ()):
                for text in _texts(cells, source, parted=field == "alias"):
                    if len(text) > MAX_NAME:
                        expected = f"at most {MAX_NAME:,}"
                        self._say(problems, "names.too_long", line, source, text, expected)
                        return ()
                    if any(map(str.isalnum, text)) and not _says_unknown(text):
                        names[text] = None
        if not names:
            sources = self.columns.sources
            field = (sources.get("name") or sources.get("alias") or ("name",))[0]
            got = next(iter(_texts(cells, field, parted=False)), "")
            self._say(problems, "rows.no_name", line, field, got, "")
        return tuple(names)

    def _kind(self, cells: Mapping[str, Any], line: int, problems: list[Problem]) -> str:
        text = self._text("kind", cells)
        if not text or (found := _kind(text)) == "":
            return ""
        if found is None:
            source, expected = self._one["kind"], "person, company, vessel"
            self._say(problems, "rows.kind", line, source, text, expected)
            return ""
        return found

    def _gender(self, cells: Mapping[str, Any], line: int, problems: list[Problem]) -> str:
        text = self._text("gender", cells)
        if not text or (found := _gender(text)) == "":
            return ""
        if found is None:
            self._say(problems, "rows.gender", line, self._one["gender"], text, "male, female")
            return ""
        return found

    def _born(
        self, cells: Mapping[str, Any], line: int, problems: list[Problem]
    ) -> tuple[str, ...]:
        text = self._text("birth_date", cells)
        if not text:
            return ()
        found = written_dates(text, self.columns.month_first)
        if found is None:
            source = self._one["birth_date"]
            self._say(problems, "rows.date", line, source, text, "YYYY, YYYY-MM, YYYY-MM-DD")
            return ()
        return found

    def _countries(
        self, cells: Mapping[str, Any], line: int, problems: list[Problem]
    ) -> tuple[str, ...]:
        codes: dict[str, None] = {}
        for source in self._sources("country"):
            for text in self._given("country", source, cells):
                if code := country_code(text):
                    codes[code] = None
                elif not (_says_unknown(text) or says_unknown(text)):
                    self._say(problems, "rows.country", line, source, text, "SY, Syria, سوري")
        return tuple(codes)

    def _several(self, field: str, cells: Mapping[str, Any]) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for source in self._sources(field):
            for text in self._given(field, source, cells):
                if not _says_unknown(text):
                    found[text] = None
        return tuple(found)

    # What they share

    def _sources(self, field: str) -> tuple[str, ...]:
        held = self.columns.sources.get(field)
        return held if held is not None else ("",) if field in self.columns.defaults else ()

    def _given(self, field: str, source: str, cells: Mapping[str, Any]) -> list[str]:
        texts = _texts(cells, source, parted=field != "address")
        if not texts and (default := self.columns.defaults.get(field)):
            return [default]
        return texts

    def _text(self, field: str, cells: Mapping[str, Any]) -> str:
        source = self._one.get(field)
        texts = _texts(cells, source, parted=False) if source is not None else []
        return texts[0] if texts else self.columns.defaults.get(field, "")

    def _say(
        self,
        problems: list[Problem],
        code: str,
        line: int,
        field: str,
        got: str,
        expected: str,
    ) -> None:
        problems.append(Problem(code, self.file, line, field, shown(got), expected))


def _nested(value: Any) -> bool:
    """Whether a cell holds an object, or a list of more than texts and numbers."""
    if isinstance(value, (list, tuple)):
        return any(isinstance(each, (dict, list, tuple)) for each in value)
    return isinstance(value, dict)


def _texts(cells: Mapping[str, Any], source: str, *, parted: bool) -> list[str]:
    """The texts of a cell: none where it is empty, several for a list or a parted cell."""
    value = filled(source, cells) if is_template(source) else cells.get(source)
    if value is None or value == "":
        return []
    if type(value) is str:
        if parted and (";" in value or "|" in value or "؛" in value):
            return [text for text in _PARTED.split(value.strip()) if text]
        text = value.strip()
        return [text] if text else []
    if isinstance(value, (list, tuple)):
        return [text for each in value if each is not None and (text := str(each).strip())]
    if isinstance(value, date):
        return [value.isoformat()[:10]]
    if isinstance(value, float) and value.is_integer():
        return [str(int(value))]
    return [str(value)]


@cache
def _words() -> tuple[Mapping[str, str], Mapping[str, str], frozenset[str]]:
    """Words for kinds, words for genders, and what says that nothing is known."""
    said = yaml.safe_load(_WORDS.read_text("utf-8"))
    kinds, genders = (
        {_word(word): meant for meant, words in said[part].items() for word in words}
        for part in ("kinds", "genders")
    )
    return kinds, genders, frozenset(map(_word, said["unknown"]))


def _word(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold().replace("_", " ")
    return " ".join(plain.split()).rstrip(".") or plain.strip()


@lru_cache(maxsize=4096)
def _kind(text: str) -> str | None:
    """The kind that a word means; "" for unknown, None for a word that is not understood."""
    return _words()[0].get(_word(text), "" if _says_unknown(text) else None)


@lru_cache(maxsize=4096)
def _gender(text: str) -> str | None:
    """The gender that a word means; "" for unknown, None for a word that is not understood."""
    return _words()[1].get(_word(text), "" if _says_unknown(text) else None)


def _says_unknown(text: str) -> bool:
    return len(text) <= 20 and _word(text) in _words()[2]


@lru_cache(maxsize=65_536)
def written_dates(text: str, month_first: bool) -> tuple[str, ...] | None:
    """The ISO form of a written date; () for unknown, None for what is no date."""
    plain = "".join(str(unicodedata.digit(char, -1)) if char.isdigit() else char for char in text)
    if _says_unknown(plain):
        return ()
    if match := _COMPACT.fullmatch(plain) or _YEAR_FIRST.fullmatch(plain):
        plain = "-".join(match.groups())
    elif match := _YEAR_LAST.fullmatch(plain):
        first, second, year = match.groups()
        day, month = (second, first) if month_first else (first, second)
        plain = f"{day}/{month}/{year}"
    found = dates.span(plain)
    if found is None:
        return None
    return (dates.partial(plain) or plain,)
