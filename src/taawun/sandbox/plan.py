"""What is asked of the sandbox, and the typologies that it plants."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from taawun.errors import UsageError
from taawun.sandbox.region import COUNTRIES

TYPOLOGIES = (
    "fan_in",
    "fan_out",
    "gather_scatter",
    "scatter_gather",
    "cycle",
    "bipartite",
    "stack",
    "pass_through",
    "structuring",
    "funnel",
    "dormant",
    "corridor",
    "cash_round_trip",
    "shared_counterparties",
    "shared_identifiers",
    "donations",
    "listed",
)
"""What can be planted; `listed` is a listed person behind relatives and companies."""

FEWEST, MOST = 2_000, 100_000_000


@dataclass(frozen=True, slots=True)
class Plan:
    """One region. The same plan gives the same bytes, with the same versions of the libraries.

    `transfers` is about how many come out (within a few per cent), over `days` from `start`;
    `illicit` how many in ten thousand of them are laundering (at least one scheme of every
    typology in `only`, or of all, is planted however few that is).
    """

    seed: int = 1
    transfers: int = 200_000
    countries: tuple[str, ...] = ("XA", "XB", "XC", "XD")
    days: int = 120
    start: date = date(2026, 1, 1)
    illicit: int = 35
    only: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if unknown := [code for code in self.countries if code not in COUNTRIES]:
            known = ", ".join(COUNTRIES)
            raise UsageError(f"--countries: expected some of {known}, got {unknown[0]!r}")
        if not self.countries or len(set(self.countries)) < len(self.countries):
            raise UsageError("--countries: expected each country once")
        if unknown := [code for code in self.only if code not in TYPOLOGIES]:
            raise UsageError(f"--only: expected some of the typologies, got {unknown[0]!r}")
        if not FEWEST <= self.transfers <= MOST:
            raise UsageError(f"--transfers: expected {FEWEST} to {MOST}, got {self.transfers}")
        if not 28 <= self.days <= 3_660:
            raise UsageError(f"--days: expected 28 to 3660, got {self.days}")
        if not 0 <= self.seed < 2**63:
            raise UsageError(f"--seed: expected a number from 0 to 2^63, got {self.seed}")
        if not 0 <= self.illicit <= 1_000:
            raise UsageError(f"--illicit: expected 0 to 1000 in ten thousand, got {self.illicit}")

    @property
    def planted(self) -> tuple[str, ...]:
        """The typologies that this plan plants."""
        return self.only or TYPOLOGIES
