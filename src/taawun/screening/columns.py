"""Which column of a file holds what: from a mapping, or guessed from the columns' names.

A mapping is YAML, ours on the left. Braces put a value together, a list gives several columns:

    columns:
      name: "{First name} {Last name}"
      alias: [Name (Arabic), Trade name]
      birth_date: DOB
    defaults:
      kind: person
    dates: month first

Without `columns` the whole file may be the pairs themselves. What the mapping leaves out is
guessed, unless it says `guess: false`. A guess that two columns fit is none: it is shown, and
where it is the name, the file is not read before it is settled.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from taawun.errors import InputError, NotFound
from taawun.screening.fold import fold

FIELDS = (
    "id", "name", "alias", "kind", "birth_date", "country", "gender", "identifier",
    "position", "address",
)  # fmt: skip
SEVERAL = frozenset({"alias", "country", "identifier", "position", "address"})
"""Fields that several columns may hold at once."""
_TEMPLATE = re.compile(r"\{([^{}]+)\}")
_USUAL = Path(__file__).with_name("columns.yml")


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns hold what. `sources` are columns, or templates with columns in braces.

    `guessed` are the fields whose columns no mapping named; `unclear` those that two columns fit.
    """

    sources: Mapping[str, tuple[str, ...]]
    defaults: Mapping[str, str] = field(default_factory=dict)
    month_first: bool = False
    guessed: tuple[str, ...] = ()
    unclear: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def shown(self) -> dict[str, Any]:
        """As a mapping file has it."""
        sources = {name: list(held) for name, held in self.sources.items()}
        dates = "month first" if self.month_first else "day first"
        return {"columns": sources, "defaults": dict(self.defaults), "dates": dates}


NOTHING = Columns({})


def read(path: Path) -> tuple[Columns, bool]:
    """A mapping file, and whether the rest may be guessed. Raises NotFound, InputError."""
    try:
        said = yaml.safe_load(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        raise NotFound(f"{path}: no such file") from None
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        raise InputError(f"{path}: not a mapping that can be read: {error}") from None
    if not isinstance(said, dict):
        raise InputError(f"{path}: expected a mapping of our columns to yours")
    if "columns" in said:
        pairs, rest = said.pop("columns") or {}, said
    else:
        rest = {name: said.pop(name) for name in ("defaults", "dates", "guess") if name in said}
        pairs = said
    if unknown := set(rest) - {"defaults", "dates", "guess"}:
        raise InputError(f"{path}: unknown: {', '.join(sorted(map(str, unknown)))}")
    if not isinstance(pairs, dict):
        raise InputError(f"{path}: expected a mapping of our columns to yours")
    defaults = rest.get("defaults") or {}
    if not isinstance(defaults, dict):
        raise InputError(f"{path}: defaults: expected a value for each of our columns")
    columns = Columns(
        _sources(path, pairs),
        {_ours(path, name): str(value) for name, value in defaults.items()},
        month_first=_month_first(path, rest.get("dates", "day first")),
    )
    return columns, rest.get("guess") is not False


def resolve(mapping: Columns, there: Sequence[str], *, guess: bool = True) -> Columns:
    """The mapping over the columns that are there, completed by guesses.

    Raises InputError where a mapped column is not there, and where no column, or more than one,
    may be the name.
    """
    for name, held in mapping.sources.items():
        if lacking := [each for source in held for each in named_in(source) if each not in there]:
            raise InputError(
                f"{name}: no column {lacking[0]!r} in the file; there are: {', '.join(there)}"
            )
    taken = {each for held in mapping.sources.values() for s in held for each in named_in(s)}
    free = [column for column in there if column not in taken]
    found, unclear = _guessed(free, mapping) if guess else _exact(free, mapping)
    done = replace(
        mapping,
        sources={**mapping.sources, **found},
        guessed=tuple(name for name, held in found.items() if held != (name,)),
        unclear=unclear,
    )
    if "name" in unclear:
        raise InputError(
            f"several columns may be the name ({', '.join(unclear['name'])}): say which with --map"
        )
    if not {"name", "alias"} & set(done.sources):
        raise InputError(
            f"no column with the name; there are: {', '.join(there)}: say which with --map"
        )
    return done


def named_in(source: str) -> list[str]:
    """The columns that a source is made of: itself, or those in its braces."""
    return _TEMPLATE.findall(source) or [source]


def is_template(source: str) -> bool:
    return _TEMPLATE.search(source) is not None


def filled(source: str, cells: Mapping[str, Any]) -> str:
    """A template with a row's values in it."""

    def value(match: re.Match[str]) -> str:
        held = cells.get(match[1])
        return "" if held is None else str(held)

    said = _TEMPLATE.sub(value, source)
    return " ".join(said.split())


# Guessing


_Found = tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]


def _exact(free: Sequence[str], mapping: Columns) -> _Found:
    """Columns that are called as ours are; no guess at all."""
    wanted = [name for name in FIELDS if name not in mapping.sources]
    return {name: (name,) for name in wanted if name in free}, {}


def _guessed(free: Sequence[str], mapping: Columns) -> _Found:
    found, unclear = _exact(free, mapping)
    usual = _usual()
    fits: dict[str, list[str]] = {}
    for column in free:
        if column not in FIELDS and (name := usual.get(folded(column))):
            fits.setdefault(name, []).append(column)
    for name in FIELDS:
        columns = fits.get(name, [])
        if not columns or name in mapping.sources:
            continue
        if name in SEVERAL:
            found[name] = (*found.get(name, ()), *columns)
        elif name not in found:
            if len(columns) == 1:
                found[name] = tuple(columns)
            else:
                unclear[name] = tuple(columns)
    if "name" not in {*found, *unclear, *mapping.sources} and (made := _put_together(fits)):
        found["name"] = (made,)
    return found, unclear


def _put_together(fits: Mapping[str, list[str]]) -> str:
    """A template of given, middle and family name, where each is one column."""
    if not (fits.get("given") and fits.get("family")):
        return ""
    parts = [fits[name] for name in ("given", "middle", "family") if fits.get(name)]
    if any(len(columns) > 1 for columns in parts):
        return ""
    return " ".join(f"{{{columns[0]}}}" for columns in parts)


def folded(column: str) -> str:
    """What spellings of one column's name share."""
    return "".join(filter(str.isalnum, fold(column)))


@cache
def _usual() -> dict[str, str]:
    """Folded names to our fields."""
    said: dict[str, list[str]] = yaml.safe_load(_USUAL.read_text("utf-8"))
    usual = {folded(each): name for name, names in said.items() for each in names}
    return usual | {folded(name): name for name in FIELDS}


# Reading a mapping


def _sources(path: Path, pairs: Mapping[Any, Any]) -> dict[str, tuple[str, ...]]:
    """Ours to theirs; a file that has them the other way round is understood."""
    turned = pairs and not set(pairs) & set(FIELDS) and _all_ours(pairs.values())
    out: dict[str, tuple[str, ...]] = {}
    for left, right in pairs.items():
        ours, theirs = (right, left) if turned else (left, right)
        name = _ours(path, ours)
        held = tuple(map(str, theirs)) if isinstance(theirs, list) else (str(theirs),)
        out[name] = (*out.get(name, ()), *held)
        if len(out[name]) > 1 and name not in SEVERAL | {"name"}:
            raise InputError(f"{path}: {name}: one column, or braces that put several together")
    return out


def _all_ours(values: Iterable[Any]) -> bool:
    return all(isinstance(value, str) and value in FIELDS for value in values)


def _ours(path: Path, name: Any) -> str:
    if name not in FIELDS:
        raise InputError(f"{path}: no column of ours: {name}; expected {', '.join(FIELDS)}")
    return str(name)


def _month_first(path: Path, said: Any) -> bool:
    if said not in ("day first", "month first"):
        raise InputError(f"{path}: dates: expected day first or month first, got {said}")
    return bool(said == "month first")
