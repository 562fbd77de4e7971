"""Movements of money as arrays: gathered while they are drawn, then timed and written down.

`Sheet` gathers what was drawn (day, from, to, how much in the reference currency, kind);
`written` turns it into `Moves`: times in UTC, amounts in minor units of the payer's currency.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from fractions import Fraction
from typing import Self

import numpy as np
import numpy.typing as npt

from taawun.jit import I64
from taawun.sandbox.calendar import Calendar
from taawun.sandbox.chance import F64, Rng
from taawun.sandbox.kinds import HUMAN, INVOICE, KINDS, NUMBER, PRICE, ROUND
from taawun.sandbox.plan import Plan
from taawun.sandbox.population import Accounts
from taawun.sandbox.region import COUNTRIES

NOT_A_LEG = -1
LARGEST = 10**13
"""Minor units: no movement of the region is larger."""


@dataclass(frozen=True, slots=True)
class Moves:
    """n movements: `at` seconds UTC, `amount` minor units of the payer's currency, `kind` a place
    in KINDS, `leg` the number of a planted leg or NOT_A_LEG."""

    at: I64
    source: I64
    target: I64
    amount: I64
    kind: I64
    leg: I64

    def __len__(self) -> int:
        return len(self.at)

    def at_places(self, places: npt.NDArray[np.generic]) -> Self:
        """Those at places, or where a mask is true."""
        return type(self)(*(getattr(self, field.name)[places] for field in fields(self)))

    @classmethod
    def joined(cls, parts: list[Moves]) -> Moves:
        """Parts, one after the other."""
        columns = [[getattr(part, field.name) for part in parts] for field in fields(cls)]
        return Moves(*map(np.concatenate, columns))

    @classmethod
    def none(cls) -> Moves:
        """No movement."""
        return Moves(*(np.zeros(0, np.int64) for _ in range(6)))


class Sheet:
    """Movements as they are drawn."""

    def __init__(self) -> None:
        self._blocks: list[tuple[npt.NDArray[np.generic], ...]] = []

    def add(self, day: I64, source: I64, target: I64, worth: F64, kind: str) -> None:
        """Some movements of one kind; those to oneself, to nobody or of nothing are left out."""
        good = (source != target) & (source >= 0) & (target >= 0) & (worth > 0) & (day >= 0)
        if good.any():
            kinds = np.full(int(good.sum()), NUMBER[kind])
            self._blocks.append((day[good], source[good], target[good], worth[good], kinds))

    def columns(self) -> tuple[I64, I64, I64, F64, I64]:
        """Day, source, target, worth, kind of all."""
        if not self._blocks:
            none = np.zeros(0, np.int64)
            return none, none, none, np.zeros(0), none
        day, source, target, worth, kind = map(np.concatenate, zip(*self._blocks, strict=True))
        return day, source, target, worth, kind


@dataclass(frozen=True, slots=True)
class Money:
    """Currencies by country: one outside the region has the reference currency.

    `over` / `under`: minor units of the reference currency for one minor unit, exactly.
    """

    worth: F64
    unit: F64
    minor: F64
    over: I64
    under: I64

    @classmethod
    def of(cls, plan: Plan) -> Money:
        places = [COUNTRIES[code] for code in plan.countries]
        exact = [Fraction(str(place.worth)) * 100 / 10**place.decimals for place in places] + [
            Fraction(1)
        ]
        return cls(
            np.array([*(place.worth for place in places), 1.0]),
            np.array([*(place.unit for place in places), 1.0]),
            np.array([*(10.0**place.decimals for place in places), 100.0]),
            np.array([each.numerator for each in exact], np.int64),
            np.array([each.denominator for each in exact], np.int64),
        )

    def place(self, country: I64) -> I64:
        """The row of a country in these arrays."""
        return np.minimum(country, len(self.worth) - 1)

    def value(self, amount: I64, country: I64) -> I64:
        """Minor units of the reference currency for minor units of the country's.

        Exact, rounded half up, as the ledger does it with the same rates.
        """
        place = self.place(country)
        over, under = self.over[place], self.under[place]
        return np.asarray((2 * amount * over + under) // (2 * under), np.int64)

    def amounts(self, rng: Rng, worth: F64, country: I64, habit: I64) -> I64:
        """What people write for `worth` of the reference currency, by their habit of writing."""
        place = self.place(country)
        unit, minor = self.unit[place], self.minor[place]
        local = worth / self.worth[place]
        chance = rng.random(len(local))
        exact = np.rint(local * minor)
        whole = np.maximum(np.rint(local / unit), 1) * unit * minor
        step = _step(local / unit) * unit
        stepped = np.maximum(np.rint(local / step), 1) * step * minor
        tenth = np.maximum(np.rint(exact / 10), 1) * 10
        choice = np.select(
            [habit == PRICE, habit == ROUND, habit == HUMAN, habit == INVOICE],
            [
                np.where(chance < 0.35, tenth, np.where(chance < 0.5, whole, exact)),
                stepped,
                np.where(chance < 0.55, stepped, np.where(chance < 0.8, whole, exact)),
                np.where(chance < 0.12, stepped, np.where(chance < 0.25, whole, exact)),
            ],
            whole,
        )
        return np.asarray(np.clip(choice, 1, LARGEST), np.int64)


def _step(units: F64) -> F64:
    """How coarsely a round sum of this size is written: 5, 10, 50, 100, 500, …"""
    power = 10.0 ** np.floor(np.log10(np.maximum(units, 1.0)))
    return np.maximum(np.where(units / power > 4, power / 2, power / 10), 5.0)


HABIT = np.array([kind.amounts for kind in KINDS])


def written(rng: Rng, sheet: Sheet, days: Calendar, money: Money, accounts: Accounts) -> Moves:
    """What was drawn, with times and amounts."""
    day, source, target, worth, kind = sheet.columns()
    country = money.place(accounts.country[source])
    at = days.at(rng, kind, country, day)
    amount = money.amounts(rng, worth, country, HABIT[kind])
    return Moves(at, source, target, amount, kind, np.full(len(at), NOT_A_LEG))


def in_use(moves: Moves, accounts: Accounts, days: Calendar) -> npt.NDArray[np.bool_]:
    """Which movements are between accounts that are open and awake.

    Planted legs may wake an account that was asleep; nobody uses one that is not open.
    """
    day = (moves.at - days.epoch) // 86_400
    planted = moves.leg >= 0
    good = np.ones(len(moves), np.bool_)
    for side in (moves.source, moves.target):
        awake = (day >= accounts.wake[side]) | planted
        good &= awake & (day >= accounts.opened[side]) & (day < accounts.closed[side])
    return good
