"""An authority's own list, kept in a spreadsheet and saved as CSV (source `csv`).

One row an entry, the first row names the columns in English or Arabic, in any order; UTF-8, or the
UTF-16 that spreadsheets call "Unicode text"; comma, semicolon or tab between cells. `id`, `name`
and `kind` are required, everything else may be absent or empty. Several values in one cell are
parted by a semicolon (so cells that hold one are quoted, as spreadsheets do by themselves).

`kind` is person, company, organization, entity (not known which), vessel or aircraft. Dates are
as partial as they are known: 1970, 1970-05, 1970-05-21, or day first: 21/05/1970. Countries are
codes or names in any language. A heading that begins with an underscore is the authority's own
column, and is ignored.

The table `COLUMNS` is the whole layout. Reading is stricter than for other publishers' lists: the
authority can mend its own file, so anything that cannot be used refuses the file, with every
problem's line and column.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from taawun.entities import dates, schemata
from taawun.errors import InputError, Problem
from taawun.lists.sources.card import card
from taawun.lists.sources.transcript import Draft, Reading, Transcript, empty


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its headings, what it is read as, and the properties it may fill.

    Of `props`, the first that the entry's schema has takes the value; none: the column does not
    go with that kind, which is a problem. `form` is text, date, country, gender or number.
    """

    name: str
    arabic: str
    form: str
    props: tuple[str, ...]
    on_listing: bool = False


COLUMNS = (
    Column("id", "المعرف", "text", ()),
    Column("name", "الاسم", "text", ("name",)),
    Column("kind", "النوع", "text", ()),
    Column("aliases", "أسماء أخرى", "text", ("alias",)),
    Column("weak_aliases", "كنى وألقاب", "text", ("weakAlias",)),
    Column("previous_names", "أسماء سابقة", "text", ("previousName",)),
    Column("birth_date", "تاريخ الميلاد", "date", ("birthDate",)),
    Column("birth_place", "مكان الميلاد", "text", ("birthPlace",)),
    Column("death_date", "تاريخ الوفاة", "date", ("deathDate",)),
    Column("gender", "الجنس", "gender", ("gender",)),
    Column("nationality", "الجنسية", "country", ("nationality",)),
    Column("country", "البلد", "country", ("flag", "country")),
    Column("father", "اسم الأب", "text", ("fatherName",)),
    Column("mother", "اسم الأم", "text", ("motherName",)),
    Column("position", "المنصب", "text", ("position",)),
    Column("passport", "رقم الجواز", "number", ("passportNumber",)),
    Column("identifier", "رقم الهوية", "number", ("idNumber",)),
    Column("registration", "رقم السجل", "number", ("registrationNumber",)),
    Column("tax_number", "الرقم الضريبي", "number", ("taxNumber",)),
    Column("imo", "رقم IMO", "number", ("imoNumber",)),
    Column("address", "العنوان", "text", ("address",)),
    Column("phone", "الهاتف", "number", ("phone",)),
    Column("email", "البريد الإلكتروني", "text", ("email",)),
    Column("website", "الموقع الإلكتروني", "text", ("website", "sourceUrl")),
    Column("topics", "المواضيع", "text", ("topics",)),
    Column("notes", "ملاحظات", "text", ("notes",)),
    Column("authority", "الجهة", "text", ("authority",), on_listing=True),
    Column("programme", "البرنامج", "text", ("program",), on_listing=True),
    Column("reason", "السبب", "text", ("reason",), on_listing=True),
    Column("listed_on", "تاريخ الإدراج", "date", ("listingDate",), on_listing=True),
    Column("valid_until", "ساري حتى", "date", ("endDate",), on_listing=True),
    Column("source_url", "رابط المصدر", "text", ("sourceUrl",), on_listing=True),
)

KINDS = {
    "person": "Person",
    "company": "Company",
    "organization": "Organization",
    "organisation": "Organization",
    "entity": "LegalEntity",
    "vessel": "Vessel",
    "aircraft": "Airplane",
    "شخص": "Person",
    "فرد": "Person",
    "شركة": "Company",
    "منظمة": "Organization",
    "كيان": "LegalEntity",
    "سفينة": "Vessel",
    "طائرة": "Airplane",
}

GENDERS = {"male": "male", "female": "female", "m": "male", "f": "female"}
GENDERS |= {"ذكر": "male", "أنثى": "female", "انثى": "female"}

REQUIRED = ("id", "name", "kind")

# Other readers keep such a value in the notes and say so; here the file is refused.
_OWN = {
    "readers.date_unreadable": "lists.national.date",
    "readers.country_unknown": "lists.national.country",
}
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
_MOST_CELL = 1 << 20


def read(path: Path, dataset: str = "") -> Reading:
    """The list in the file, every value said by `dataset`.

    Raises InputError, whose problems name line and column, unless every cell can be used.
    """
    transcript = Transcript(card("csv"), path.name, dataset)
    rows = _rows(path)
    columns = _columns(transcript, next(rows, (1, []))[1])
    if not transcript.problems:
        for line, cells in rows:
            _read_row(transcript, columns, line, cells)
    if transcript.problems:
        found = tuple(replace(p, code=_OWN.get(p.code, p.code)) for p in transcript.problems)
        first = f"line {found[0].line} {found[0].field}".strip()
        raise InputError(
            f"{path.name}: nothing was taken, {len(found)} problem(s), the first at {first}", found
        )
    return transcript.reading()


# The file as rows


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line it begins on; rows without any text are skipped."""
    text = _decoded(path)
    if not text.strip():
        raise empty(path)
    before = csv.field_size_limit(_MOST_CELL)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    line = 1
    try:
        for cells in rows:
            if any(cell.strip() for cell in cells):
                yield line, cells
            line = rows.line_num + 1
    except csv.Error as broken:
        found = _problem(path, "csv", line, got=str(broken))
        raise InputError(f"{path.name}:{line}: not readable as CSV: {broken}", (found,)) from broken
    finally:
        csv.field_size_limit(before)


def _decoded(path: Path) -> str:
    raw = path.read_bytes()
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as wrong:
        line = raw.count(b"\n", 0, wrong.start) + 1
        found = _problem(path, "encoding", line, expected="UTF-8")
        raise InputError(
            f"{path.name}:{line}: not UTF-8; save it as CSV UTF-8", (found,)
        ) from wrong


def _delimiter(text: str) -> str:
    """The sign that parts the headings: the one that stands most often in the first line."""
    first = text.lstrip().split("\n", 1)[0]
    return max(",;\t", key=first.count)


def _problem(
    path: Path, code: str, line: int | None, *, got: str = "", expected: str = ""
) -> Problem:
    return Problem(f"lists.national.{code}", path.name, line, got=got[:80], expected=expected)


# The headings


def _columns(transcript: Transcript, headings: list[str]) -> list[Column | None]:
    known = {column.name: column for column in COLUMNS}
    known |= {column.arabic: column for column in COLUMNS}
    columns = [_column(transcript, known, heading) for heading in headings]
    names = [column.name for column in columns if column]
    for name in names:
        if names.count(name) > 1:
            transcript.problem("lists.national.column_twice", line=1, field=name)
    for name in REQUIRED:
        if name not in names:
            transcript.problem("lists.national.column_missing", line=1, field=name)
    return columns


def _column(transcript: Transcript, known: dict[str, Column], heading: str) -> Column | None:
    said = " ".join(heading.split())
    if said.startswith("_"):
        transcript.ignored[said] += 1
        return None
    found = known.get(said) or known.get(said.lower().replace(" ", "_"))
    if found is None:
        transcript.problem("lists.national.column_unknown", line=1, field=said[:80])
    return found


# The rows


def _read_row(
    transcript: Transcript, columns: list[Column | None], line: int, cells: list[str]
) -> None:
    if len(cells) != len(columns):
        got, expected = str(len(cells)), str(len(columns))
        transcript.problem("lists.national.cells", line=line, got=got, expected=expected)
        return
    row = {
        column.name: cell.strip()
        for column, cell in zip(columns, cells, strict=True)
        if column and cell.strip()
    }
    if _complete(transcript, row, line):
        _say(transcript, row, line)


def _complete(transcript: Transcript, row: dict[str, str], line: int) -> bool:
    missing = [name for name in REQUIRED if name not in row]
    for name in missing:
        transcript.problem("lists.national.cell_empty", line=line, field=name)
    if missing:
        return False
    kind = row["kind"].lower()
    if kind not in KINDS:
        expected = ", ".join(kind for kind in KINDS if kind.isascii())
        transcript.problem(
            "lists.national.kind", line=line, field="kind", got=row["kind"], expected=expected
        )
    return kind in KINDS


def _say(transcript: Transcript, row: dict[str, str], line: int) -> None:
    span = dates.span(row.get("listed_on", "").translate(_DIGITS))
    since = span.texts[0] if span and span.texts else ""
    draft = transcript.begin(row["id"], KINDS[row["kind"].lower()], line, since)
    listing = draft.sanction(authority=row.get("authority", ""))
    for column in COLUMNS:
        if column.props and column.name in row:
            _say_cell(listing if column.on_listing else draft, column, row[column.name])
    draft.add_all("program", _parts(row.get("programme", "")))
    if not draft.has("topics"):
        draft.add("topics", "sanction")


def _say_cell(draft: Draft, column: Column, cell: str) -> None:
    known = schemata.schema(draft.schema).properties
    prop = next((prop for prop in column.props if prop in known), None)
    if prop is None:
        draft.transcript.problem(
            "lists.national.column_not_for_kind",
            line=draft.line,
            field=column.name,
            got=draft.schema,
        )
        return
    for part in _parts(cell):
        _SAY[column.form](draft, prop, part, column.name)


def _parts(cell: str) -> list[str]:
    return [part for raw in cell.split(";") if (part := raw.strip())]


def _say_gender(draft: Draft, prop: str, raw: str, field: str) -> None:
    if said := GENDERS.get(raw.lower()):
        draft.add(prop, said)
    else:
        expected = "male, female"
        draft.transcript.problem(
            "lists.national.gender", line=draft.line, field=field, got=raw, expected=expected
        )


def _say_country(draft: Draft, prop: str, raw: str, field: str) -> None:
    draft.country(prop, raw, field=field)


_SAY: dict[str, Callable[[Draft, str, str, str], None]] = {
    "text": lambda draft, prop, raw, field: draft.add(prop, raw),
    "number": lambda draft, prop, raw, field: draft.add(prop, raw.translate(_DIGITS), original=raw),
    "date": lambda draft, prop, raw, field: draft.date(prop, raw.translate(_DIGITS), field=field),
    "gender": _say_gender,
    "country": _say_country,
}
