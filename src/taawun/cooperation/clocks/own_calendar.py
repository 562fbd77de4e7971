"""An authority's own calendar, laid over the shipped one: an Eid that was moved, a day given off.

A CSV file with a heading, one change a row; `place` is ISO 3166 (`EG`, `AE-SH`; `XA` to `XZ` are
nobody's, for trials):

    place,date,change,name
    EG,2027-03-11,off,Eid al-Fitr as announced
    EG,2027-03-09,work,Not yet Eid
    IR,2025-03-21,weekend thu fri,Thursdays off in our ministry

`off` and `work` are for the one day; a weekend holds from its date until the place's next one.
A row for a part of a country comes before one for the whole. A node's is kept as `calendar.csv` in
its home.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from io import StringIO
from pathlib import Path

from taawun.cooperation.clocks.weekends import WEEKDAYS, Weekend, days_of_week, in_force, is_known
from taawun.errors import InputError, Problem, StoreError

FILE = "calendar.csv"
HEADING = ("place", "date", "change", "name")
CHANGES = "off, work, weekend thu fri"
_PLACE = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")


@dataclass(frozen=True, slots=True)
class OwnDay:
    """A day that an authority declares `off` or worked, and why."""

    place: str
    day: date
    off: bool
    name: str


@dataclass(frozen=True, slots=True)
class OwnCalendar:
    """The rows of one authority. Without rows it changes nothing."""

    days: Mapping[tuple[str, date], OwnDay] = field(default_factory=dict)
    weekends: Mapping[str, tuple[Weekend, ...]] = field(default_factory=dict)

    def day(self, place: str, day: date) -> OwnDay | None:
        """What is said of one day."""
        return self.days.get((place, day)) or self.days.get((place[:2], day))

    def weekend(self, place: str, day: date) -> Weekend | None:
        """The own rule that holds on a day, if there is one by then."""
        return in_force(self.weekends.get(place), day) or in_force(
            self.weekends.get(place[:2]), day
        )


NOTHING_OWN = OwnCalendar()


def own_calendar(
    days: Iterable[OwnDay], weekends: Iterable[tuple[str, Weekend]] = ()
) -> OwnCalendar:
    """A calendar from rows, the later one of two for the same day or rule."""
    rules: dict[str, dict[date, Weekend]] = {}
    for place, rule in weekends:
        rules.setdefault(place, {})[rule.since] = rule
    return OwnCalendar(
        {(each.place, each.day): each for each in days},
        {place: tuple(said[since] for since in sorted(said)) for place, said in rules.items()},
    )


def read_own_calendar(text: str, file: str) -> OwnCalendar:
    """Read a file's text. Raises InputError with every problem: half a calendar is none."""
    problems: list[Problem] = []
    days: list[OwnDay] = []
    weekends: list[tuple[str, Weekend]] = []
    for line, cells in _rows(text, file, problems):
        row = _row(cells, file, line, problems)
        if isinstance(row, OwnDay):
            days.append(row)
        elif row is not None:
            weekends.append(row)
    if problems:
        raise InputError(f"{file}: not a calendar: {problems[0]}", tuple(problems))
    return own_calendar(days, weekends)


def keep_own_calendar(home: Path, text: str, file: str) -> OwnCalendar:
    """Read a calendar and, when all of it can be read, put it in place of the node's last one.

    Raises InputError as `read_own_calendar`, StoreError when it cannot be written; the last one
    stays then.
    """
    own = read_own_calendar(text, file)
    path = home / FILE
    draft = path.with_name(f".{FILE}.new")
    try:
        draft.write_text(text, "utf-8")
        draft.chmod(0o600)
        draft.replace(path)
    except OSError as error:
        raise StoreError(f"{path}: cannot be written: {error.strerror}") from error
    return own


def kept_calendar(home: Path) -> OwnCalendar:
    """The node's own calendar; one that changes nothing when there is none.

    Raises InputError when somebody wrote it by hand so that it cannot be read.
    """
    path = home / FILE
    try:
        return read_own_calendar(path.read_text("utf-8"), str(path))
    except FileNotFoundError:
        return NOTHING_OWN
    except (OSError, UnicodeError) as error:
        raise InputError(f"{path}: cannot be read: {error}") from error


def _rows(text: str, file: str, problems: list[Problem]) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(StringIO(text.removeprefix("\ufeff")), strict=True)
    try:
        heading = next(reader, [])
        if tuple(map(str.strip, heading)) != HEADING:
            problems.append(_wrong(file, 1, "", ",".join(heading), ",".join(HEADING)))
            return
        for cells in reader:
            if any(map(str.strip, cells)):
                yield reader.line_num, [cell.strip() for cell in cells]
    except csv.Error as error:
        problems.append(_wrong(file, reader.line_num, "", str(error), "CSV"))


def _row(
    cells: Sequence[str], file: str, line: int, problems: list[Problem]
) -> OwnDay | tuple[str, Weekend] | None:
    if len(cells) != len(HEADING):
        problems.append(_wrong(file, line, "", ",".join(cells), ",".join(HEADING)))
        return None
    place, said, change, name = cells
    found = len(problems)
    if not _PLACE.fullmatch(place) or not (is_known(place) or place.startswith("X")):
        problems.append(_wrong(file, line, "place", place, "EG, AE-SH, …"))
    day = _date(said)
    if day is None:
        problems.append(_wrong(file, line, "date", said, "YYYY-MM-DD"))
    weekend = _weekend(change)
    if change not in ("off", "work") and weekend is None:
        problems.append(_wrong(file, line, "change", change, CHANGES))
    if not name:
        problems.append(_wrong(file, line, "name", name, "a reason"))
    if day is None or len(problems) > found:
        return None
    if weekend is not None:
        return place, Weekend(day, weekend, name)
    return OwnDay(place, day, change == "off", name)


def _date(said: str) -> date | None:
    try:
        return date.fromisoformat(said) if len(said) == 10 else None
    except ValueError:
        return None


def _weekend(change: str) -> frozenset[int] | None:
    """The days of `weekend thu fri`; at least one day of a week is worked."""
    word, *names = change.split()
    if word != "weekend" or not 1 <= len(set(names)) < len(WEEKDAYS):
        return None
    return days_of_week(names) if set(names) <= set(WEEKDAYS) else None


def _wrong(file: str, line: int, field_: str, got: str, expected: str) -> Problem:
    return Problem("deadlines.calendar.wrong", file, line, field_, got[:80], expected)
