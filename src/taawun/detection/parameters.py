"""The numbers of a definition: what a typology may be told, in which unit, and the values told.

In the catalogue times are ISO 8601 durations of days, hours, minutes, seconds (`P7D`, `PT36H`),
money is minor units of the ledger's reference currency, ratios are per mille. Inside, all are whole
numbers (times in seconds), or words where a parameter is a list of codes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

UNITS = ("time", "count", "money", "permille", "words")
"""What a parameter may be counted in; `words` is a list of codes."""

_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_SECONDS = (86_400, 3_600, 60, 1)
_LETTERS = "DHMS"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One thing that a typology is told: its name, unit, and the least and most it may be."""

    name: str
    unit: str = "count"
    least: int = 0
    most: int = 2**53


@dataclass(frozen=True, slots=True)
class Parameters:
    """Values by name, read with `p["window"]` and `p.words("countries")`. Hashable."""

    numbers: tuple[tuple[str, int], ...] = ()
    lists: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def __getitem__(self, name: str) -> int:
        for known, value in self.numbers:
            if known == name:
                return value
        raise KeyError(name)

    def words(self, name: str) -> tuple[str, ...]:
        """A parameter that is a list of codes."""
        for known, value in self.lists:
            if known == name:
                return value
        raise KeyError(name)

    def asdict(self) -> Mapping[str, int | tuple[str, ...]]:
        """All of them, to look through."""
        return MappingProxyType({**dict(self.numbers), **dict(self.lists)})

    def but(self, **changes: int | tuple[str, ...]) -> Parameters:
        """The same with some values changed; KeyError for a name that is not there."""
        if unknown := changes.keys() - self.asdict().keys():
            raise KeyError(min(unknown))
        return parameters({**self.asdict(), **changes})


def parameters(values: Mapping[str, int | tuple[str, ...]]) -> Parameters:
    """Values as they are kept, in order of name."""
    ordered = sorted(values.items())
    return Parameters(
        tuple((name, value) for name, value in ordered if isinstance(value, int)),
        tuple((name, value) for name, value in ordered if isinstance(value, tuple)),
    )


def value_of(parameter: Parameter, said: object) -> int | tuple[str, ...] | None:
    """What was said in the catalogue as a value; None where it cannot be one of this parameter."""
    if parameter.unit == "words":
        good = isinstance(said, list) and all(isinstance(each, str) for each in said)
        return tuple(said) if good and isinstance(said, list) else None
    value = duration(said) if parameter.unit == "time" else said
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if parameter.least <= value <= parameter.most else None


def duration(said: object) -> int | None:
    """`P7D`, `PT36H`, `P1DT12H` as seconds; None for anything else."""
    match = _DURATION.fullmatch(said) if isinstance(said, str) else None
    if match is None or not any(match.groups()):
        return None
    return sum(int(part or 0) * each for part, each in zip(match.groups(), _SECONDS, strict=True))


def written(parameter: Parameter, value: int | tuple[str, ...]) -> object:
    """A value as the catalogue says it: the inverse of `value_of`."""
    if isinstance(value, tuple):
        return list(value)
    return _as_duration(value) if parameter.unit == "time" else value


def _as_duration(value: int) -> str:
    days, rest = divmod(value, _SECONDS[0])
    said = f"P{days}D" if days or not rest else "P"
    parts = []
    for each, letter in zip(_SECONDS[1:], _LETTERS[1:], strict=True):
        count, rest = divmod(rest, each)
        parts += [f"{count}{letter}"] if count else []
    return said + ("T" + "".join(parts) if parts else "")
