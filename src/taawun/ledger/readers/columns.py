"""Which column of somebody's table holds what: given as YAML, or guessed from headers and values.

    columns:   {transfer: Reference, at: Booking date, source: From, target: To, amount: Sum}
    constants: {currency: AED, channel: wire}
    times:     {layout: "%d/%m/%Y %H:%M", zone: Asia/Dubai}      or {unit: days, start: 2020-01-01}
    amounts:   {decimal: ",", grouping: ".", unit: major}
    accounts:  {within: bank}      # an account number is its bank's: the id is bank-number
    file:      {separator: ";", encoding: windows-1256}
    words:     {currency: {"US Dollar": USD}, act: {R: reversal}}
    labels:    {column: is_laundering, words: [1]}

What a map says goes before a guess; `guess: false` leaves all guessing out. A guess is made only
where one column fits; where several do, the field is unclear and the map has to say.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from taawun.errors import InputError, NotFound, Problem
from taawun.ledger.money import POINT, Writing, currency_of
from taawun.ledger.schema import BOOKED, CORRECTION, READ, REVERSAL
from taawun.ledger.times import ISO, UNITS

FIELDS = tuple(name for name in READ.names if name != "line")
NEEDED = ("at", "source", "target", "amount", "currency")
"""What a row cannot do without. A reference is made where there is none."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Unit = Literal["", "microseconds", "milliseconds", "seconds", "minutes", "hours", "days"]


@dataclass(frozen=True, slots=True)
class Dating:
    """How times are written: a layout ("" is found), or steps of `unit` since `start`.

    `clock` is a second column that has the time of day.
    """

    layout: str = ""
    zone: str = "UTC"
    unit: str = ""
    start: datetime = EPOCH
    clock: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """How the file itself is written; "" is found."""

    separator: str = ""
    encoding: str = ""


@dataclass(frozen=True, slots=True)
class Labelling:
    """Where a labelled ledger says which transfers are laundering: a column, and the words."""

    column: str = ""
    words: tuple[str, ...] = ("1", "1.0", "true")


@dataclass(frozen=True, slots=True)
class Columns:
    """A column map. `held` says which column a field is in, `constants` what it always is.

    `minor` says that amounts are whole minor units, `within_bank` that account numbers are those of
    a bank, so that an account's id is `bank-number`. `guessed` names fields that nobody said,
    `unclear` the columns that would fit a field where several do.
    """

    held: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    dating: Dating = Dating()
    writing: Writing = POINT
    minor: bool = False
    within_bank: bool = False
    form: Form = Form()
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    labels: Labelling = Labelling()
    guess: bool = True
    guessed: tuple[str, ...] = ()
    unclear: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def lacking(self) -> tuple[str, ...]:
        """Needed fields that nothing is known for."""
        return tuple(each for each in NEEDED if not (each in self.held or each in self.constants))


# As YAML


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Times(_Strict):
    layout: str = ""
    zone: str = "UTC"
    unit: Unit = ""
    start: datetime | date = EPOCH
    clock: str = ""

    @field_validator("zone")
    @classmethod
    def _known(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (ValueError, OSError, KeyError):
            raise ValueError(f"unknown time zone {zone!r}") from None
        return zone


class _Amounts(_Strict):
    decimal: Literal[".", ","] = "."
    grouping: Literal["", ",", ".", " ", "'", "_"] = ""
    unit: Literal["major", "minor"] = "major"


class _Accounts(_Strict):
    within: Literal["", "bank"] = ""


class _File(_Strict):
    separator: str = Field(default="", max_length=1)
    encoding: str = ""


class _Labels(_Strict):
    column: str = ""
    words: tuple[str | int | bool, ...] = ("1", "1.0", "true")


class _Map(_Strict):
    columns: dict[str, str] = {}
    constants: dict[str, str] = {}
    times: _Times = _Times()
    amounts: _Amounts = _Amounts()
    accounts: _Accounts = _Accounts()
    file: _File = _File()
    words: dict[str, dict[str, str]] = {}
    labels: _Labels = _Labels()
    guess: bool = True

    @field_validator("columns", "constants", "words")
    @classmethod
    def _ours(cls, value: dict[str, object]) -> dict[str, object]:
        if unknown := [each for each in value if each not in FIELDS]:
            raise ValueError(f"no field {unknown[0]!r} of ours; known: {', '.join(FIELDS)}")
        return value


def read_map(path: Path) -> Columns:
    """The column map of a YAML file. Raises NotFound, InputError naming what cannot be meant."""
    try:
        said = yaml.safe_load(path.read_text("utf-8"))
        told = _Map.model_validate(said or {})
    except FileNotFoundError:
        raise NotFound(f"{path}: there is no such file") from None
    except ValidationError as error:
        raise InputError(f"{path}: is no column map", _faults(path, error)) from None
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        raise InputError(f"{path}: cannot be read as YAML: {error}") from None
    return _columns(told)


def _faults(path: Path, error: ValidationError) -> tuple[Problem, ...]:
    return tuple(
        Problem(
            "ledger.map.wrong",
            path.name,
            field=".".join(map(str, each["loc"])),
            got=str(each["input"])[:80],
            expected=each["msg"],
        )
        for each in error.errors()
    )


def _columns(told: _Map) -> Columns:
    return Columns(
        held=told.columns,
        constants=told.constants,
        dating=_dating(told.times),
        writing=Writing(told.amounts.decimal, told.amounts.grouping),
        minor=told.amounts.unit == "minor",
        within_bank=told.accounts.within == "bank",
        form=Form(told.file.separator, told.file.encoding),
        words=told.words,
        labels=Labelling(told.labels.column, tuple(str(w).lower() for w in told.labels.words)),
        guess=told.guess,
    )


def _dating(told: _Times) -> Dating:
    start = told.start
    if not isinstance(start, datetime):
        start = datetime.combine(start, time())
    zoned = start if start.tzinfo else start.replace(tzinfo=ZoneInfo(told.zone))
    return Dating(told.layout, told.zone, told.unit, zoned.astimezone(UTC), told.clock)


# Guessing


def settled(told: Columns, headers: Sequence[str]) -> Columns:
    """`told` completed from the headers of a file.

    Raises InputError for a column that the file has not, or for a needed field that is nowhere.
    """
    named = [*told.held.values(), *filter(None, (told.dating.clock, told.labels.column))]
    if absent := [each for each in named if each not in headers]:
        raise InputError(
            f"there is no column {absent[0]!r}; the file has: {', '.join(headers) or 'none'}"
        )
    found = _guessed(told, headers) if told.guess else told
    if found.lacking:
        raise InputError(
            f"no column is known for {', '.join(found.lacking)}; say which in a map (--map)",
            tuple(
                Problem("ledger.map.unclear", field=name, got=", ".join(columns))
                for name, columns in found.unclear.items()
            ),
        )
    return found


def _guessed(told: Columns, headers: Sequence[str]) -> Columns:
    known = {*told.held, *told.constants}
    taken = set(told.held.values())
    fits: dict[str, list[str]] = {}
    for header in headers:
        name = _headings().get(plain(header))
        if name is not None and name not in known and header not in taken:
            fits.setdefault(name, []).append(header)
    dating = told.dating
    if clock := _clock(fits.get("at", [])):
        fits["at"].remove(clock)
        dating = replace(dating, clock=dating.clock or clock)
    held = {name: columns[0] for name, columns in fits.items() if len(columns) == 1}
    return replace(
        told,
        dating=dating,
        held={**told.held, **held},
        guessed=tuple(held),
        unclear={name: tuple(columns) for name, columns in fits.items() if len(columns) > 1},
    )


def completed(told: Columns, own: Columns, currency: str) -> Columns:
    """`told` with what a known layout says of itself; nothing else is guessed then.

    `currency` is the one that the layout's amounts are in where it has no column for it.
    """
    held = {name: column for name, column in own.held.items() if name not in told.constants}
    constants = {} if "currency" in {**told.held, **own.held} else {"currency": currency}
    dating = own.dating if told.dating == Dating() else told.dating
    if not dating.unit and own.dating.unit and not dating.layout:
        dating = replace(dating, unit=own.dating.unit)
    return replace(
        told,
        held={**held, **told.held},
        constants={**constants, **told.constants},
        dating=dating,
        labels=told.labels if told.labels.column else own.labels,
        guess=False,
    )


def _clock(columns: Sequence[str]) -> str:
    """Of two columns of time, the one of the time of day beside one of the date; else ""."""
    of_day = [each for each in columns if plain(each) in _OF_DAY]
    return of_day[0] if len(columns) == 2 and len(of_day) == 1 else ""


_OF_DAY = ("time", "الوقت")


def plain(header: str) -> str:
    """A heading as it is compared: small letters and digits, one space between words.

    `fromAcct`, `From_Acct` and `from acct` are one heading; so are those that differ in the
    vowel marks and in the forms of alif, ya and ta marbuta.
    """
    spaced = re.sub(r"(?<=[a-z\d])(?=[A-Z])", " ", header.lstrip("\ufeff"))
    bare = unicodedata.normalize("NFKD", spaced.casefold())
    bare = "".join(each for each in bare if not unicodedata.combining(each) and each != "ـ")
    return " ".join(re.findall(r"[^\W_]+", bare.translate(_ALIKE)))


_ALIKE = str.maketrans("أإآٱىةكيی", "اااايهكيي")


@cache
def _headings() -> dict[str, str]:
    text = (files("taawun.ledger") / "data" / "headings.yml").read_text("utf-8")
    known: dict[str, str] = {}
    for name, headings in yaml.safe_load(text).items():
        for heading in [name, *headings]:
            known[plain(heading)] = name
    return known


# Words in cells


def acts(words: Iterable[str], told: Mapping[str, str]) -> dict[str, str]:
    """Words for booked, correction, reversal; "" for what stands for none of them."""
    return {word: told.get(word) or _acts().get(word.casefold(), "") for word in words}


def currencies(words: Iterable[str], told: Mapping[str, str]) -> dict[str, str]:
    """Words for currencies as codes; "" for what is none."""
    return {word: currency_of(told.get(word, word)) for word in words}


@cache
def _acts() -> dict[str, str]:
    several = {
        BOOKED: "booked book normal new original bookg c d cr dr cred debit credit",
        CORRECTION: "correction corrected correct amendment amend amended تصحيح تعديل",
        REVERSAL: "reversal reversed reverse cancel cancelled cancellation "
        "return returned عكس إلغاء",
    }
    return {word: act for act, words in several.items() for word in words.split()}


ISO_LAYOUT = ISO
STEPS = tuple(UNITS)
