"""A region as it is made: week after week, in bounded memory.

world = World.of(plan)
for moves in weeks(world): …        Moves in order of time, planted legs among them
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from taawun.jit import I64, kernel
from taawun.sandbox.calendar import DAY, Calendar, calendar
from taawun.sandbox.chance import F64, stream
from taawun.sandbox.customs import A_MONTH, CUSTOMS, Customs, customs
from taawun.sandbox.habits import Ways, habits
from taawun.sandbox.moves import Money, Moves, Sheet, in_use, written
from taawun.sandbox.plan import Plan
from taawun.sandbox.population import Population, population
from taawun.sandbox.traffic import DRAWS, MONTH, Week

WEEK = 7
EARLY = 12 * 3600
"""Seconds before a day of the calendar at which no country's day has begun."""


@dataclass(frozen=True, slots=True)
class World:
    """Everything that is settled before the first week: who is there and how they live."""

    plan: Plan
    days: Calendar
    money: Money
    there: Population
    habits: Ways
    customs: Customs

    @classmethod
    def of(cls, plan: Plan) -> World:
        """The world of a plan."""
        there = population(plan)
        lived = habits(plan, there)
        known = customs(plan, there, lived.people.rent, lived.people.landlord)
        return cls(plan, calendar(plan), Money.of(plan), there, lived, known)


@dataclass(slots=True)
class Purse:
    """Balances in the reference currency's minor units while weeks go by.

    `lowest` is the lowest that each account has been: what it must have held before the start.
    """

    balance: I64
    lowest: I64
    turnover: I64

    @classmethod
    def of(cls, accounts: int) -> Purse:
        return cls(*(np.zeros(accounts, np.int64) for _ in range(3)))

    def book(self, world: World, moves: Moves) -> None:
        """Book movements in their order."""
        country = world.there.accounts.country[moves.source]
        value = world.money.value(moves.amount, country)
        _book(moves.source, moves.target, value, self.balance, self.lowest, self.turnover)


@kernel
def _book(source: I64, target: I64, value: I64, balance: I64, lowest: I64, turnover: I64) -> None:
    for i in range(len(source)):
        s, t, v = source[i], target[i], value[i]
        balance[s] -= v
        balance[t] += v
        turnover[s] += v
        turnover[t] += v
        if balance[s] < lowest[s]:
            lowest[s] = balance[s]


def weeks(world: World, planted: Moves, purse: Purse) -> Iterator[Moves]:
    """The movements of each week in order of time, ties in an order that says nothing.

    `planted` are the legs of laundering, in order of time. What no reporting bank sees is left
    out. `purse` is booked as weeks go by.
    """
    plan, days = world.plan, world.days
    carried = Moves.none()
    end = days.epoch + plan.days * DAY
    for number, first in enumerate(range(0, plan.days, WEEK)):
        last = min(first + WEEK, plan.days)
        until = end if last == plan.days else days.epoch + last * DAY - EARLY
        drawn = _week(world, purse, number, first, last)
        due = planted.at_places((planted.at < until) & (planted.at >= _since(days, first)))
        both = Moves.joined([carried, drawn, due])
        both = both.at_places(both.at >= days.epoch)
        now = both.at < until
        carried, here = both.at_places(~now), both.at_places(now)
        here = here.at_places(_in_order(world, number, here))
        here = here.at_places(in_use(here, world.there.accounts, days))
        purse.book(world, here)
        yield here.at_places(seen(world.there, here))


def _since(days: Calendar, first: int) -> int:
    return days.epoch + first * DAY - EARLY if first else days.epoch


def _in_order(world: World, number: int, moves: Moves) -> I64:
    """Places in order of time; within a second by lot."""
    lot = stream(world.plan.seed, "order", number).random(len(moves))
    return np.lexsort((lot, moves.at))


def seen(there: Population, moves: Moves) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Whether a bank that reports sent or received each."""
    reports, bank = there.banks.reporting, there.accounts.bank
    found: np.ndarray[tuple[int], np.dtype[np.bool_]] = (
        reports[bank[moves.source]] | reports[bank[moves.target]]
    )
    return found


def _week(world: World, purse: Purse, number: int, first: int, last: int) -> Moves:
    rng = stream(world.plan.seed, "week", number)
    week = Week(
        rng, first, last, world.days, world.there, world.habits, _mood(world, purse), _pace(world)
    )
    sheet = Sheet()
    for draw in DRAWS:
        draw(week, sheet)
    for custom in CUSTOMS:
        custom(week, world.customs, sheet)
    if number:
        _even_out(world, purse, week, sheet)
    return written(rng, sheet, world.days, world.money, world.there.accounts)


def _mood(world: World, purse: Purse) -> F64:
    """How freely people spend: by what they have beyond their lowest, in months of income."""
    people = world.habits.people
    balance = purse.balance[world.there.main[: len(people.income)]] / 100
    mood: F64 = np.clip(1 + balance / (1.5 * np.maximum(people.income, 1)), 0.1, 1.5)
    return mood


def _even_out(world: World, purse: Purse, week: Week, sheet: Sheet) -> None:
    """Who is short borrows of the bank; companies with too much pay loans back and buy abroad."""
    there, firms = world.there, world.habits.firms
    lender = there.lender[there.accounts.bank]
    count = len(world.habits.people.income)
    main = there.main[:count]
    balance, income = purse.balance / 100.0, world.habits.people.income
    short = np.flatnonzero(balance[main] < -2.0 * np.maximum(income, 300))
    lent = -balance[main[short]] * 0.6
    sheet.add(week.some_day(len(short)), lender[main[short]], main[short], lent, "loan")
    month = np.maximum(purse.turnover[firms.account] / 200 / max(week.first / MONTH, 0.25), 2_000)
    held = balance[firms.account]
    low, high = np.flatnonzero(held < -1.5 * month), np.flatnonzero(held > 2.5 * month)
    account = firms.account[low]
    sheet.add(week.some_day(len(low)), lender[account], account, -held[low] * 0.7, "loan")
    account = firms.account[high]
    sheet.add(week.some_day(len(high)), account, lender[account], held[high] * 0.6, "loan")


def _pace(world: World) -> float:
    """How many purchases, dinners and cash are drawn, so that the plan's number comes out."""
    plan, people, firms = world.plan, world.habits.people, world.habits.firms
    months = plan.days / MONTH
    count = len(people.income)
    through = 1 + (people.through >= 0)
    fixed = (
        (people.payer >= 0).sum()
        + (people.landlord >= 0).sum()
        + people.bills.shape[1] * count
        + 0.85 * ((people.relative >= 0) * through).sum()
        + (world.there.savings >= 0).sum() * 1.12
        + (world.there.second >= 0).sum() * 1.08
        + (world.there.abroad >= 0).sum() * 0.47
        + 0.27 * count
        + firms.orders.sum()
        + 4.0 * (firms.takings > 0).sum()
        + 4.0 * (firms.sales > 0).sum()
        + 3.5 * (firms.spare > 0).sum()
        + len(firms.account)
        + 0.1 * count
        + A_MONTH * count
    )
    moving = people.purchases.sum() + 0.28 * len(people.friend_of) + 1.5 * count
    return float(max(0.05, (plan.transfers / months / OPEN - fixed) / moving))


OPEN = 0.9
"""How many of the movements drawn are between accounts that are open, awake and seen."""
