"""The countries of the made-up region: `data/region.yml`, read once."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Country:
    """One country of the region; what the fields mean stands at the head of `data/region.yml`."""

    code: str
    script: str
    latin: int
    culture: str
    currency: str
    decimals: int
    worth: float
    unit: float
    prices: float
    hours: int
    threshold: int
    weekend: tuple[int, ...]
    weight: float
    muslim: bool
    towns: tuple[str, ...]
    banks: tuple[str, ...]


def _read() -> dict[str, Any]:
    text = (files("taawun.sandbox") / "data" / "region.yml").read_text("utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def _country(code: str, said: dict[str, Any]) -> Country:
    lists = {name: tuple(said[name]) for name in ("weekend", "towns", "banks")}
    return Country(code=code, **{**said, **lists})


_SAID = _read()
REFERENCE: str = _SAID["reference"]
COUNTRIES = {code: _country(code, said) for code, said in _SAID["countries"].items()}
OUTSIDE: tuple[str, ...] = tuple(_SAID["outside"]["codes"])
HIGH_RISK: tuple[str, ...] = tuple(_SAID["outside"]["high_risk"])
