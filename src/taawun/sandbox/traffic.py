"""Ordinary life, week by week: every function here draws one habit's movements of some days.

for draw in DRAWS: draw(week, sheet)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from taawun.jit import I64
from taawun.sandbox.calendar import Calendar
from taawun.sandbox.chance import F64, Rng, spread, weighted
from taawun.sandbox.habits import FAVOURITES, LIKED, Ways
from taawun.sandbox.moves import Sheet
from taawun.sandbox.population import STUDENT, TRADER, Population

MONTH = 30.4


@dataclass(frozen=True, slots=True)
class Week:
    """The days `first` to before `last`, who lives in them, and how they stand.

    `mood` (people): how freely they spend, from what they have; `pace`: how many purchases the
    plan's number of transfers leaves room for.
    """

    rng: Rng
    first: int
    last: int
    days: Calendar
    there: Population
    habits: Ways
    mood: F64
    pace: float

    @property
    def share(self) -> float:
        """How much of a month this is."""
        return (self.last - self.first) / MONTH

    def some_day(self, size: int) -> I64:
        """A day of the week for each, any."""
        return self.rng.integers(self.first, self.last, size)

    def on(self, month_day: I64) -> tuple[I64, I64]:
        """Who has their day of the month in this week, and on which day; 31 is the last."""
        days = np.arange(self.first, self.last)
        is_day = (self.days.month_day[days][None, :] == month_day[:, None]) | (
            (self.days.left[days][None, :] == 0) & (month_day[:, None] == 31)
        )
        who, which = np.nonzero(is_day)
        return who, days[which]

    def happens(self, rate: F64 | float, size: int) -> I64:
        """Who does something that they do `rate` times a month: each as often as drawn."""
        count = self.rng.poisson(np.broadcast_to(np.asarray(rate) * self.share, size))
        return np.repeat(np.arange(size), count)


def salaries(week: Week, sheet: Sheet) -> None:
    """Wages, pensions and allowances, on the payer's day; some through an agency."""
    people, rng = week.habits.people, week.rng
    main = week.there.main[: len(people.income)]
    who, day = week.on(people.payday)
    kept = people.payer[who] >= 0
    who, day = who[kept], day[kept]
    amount = people.income[who] * np.where(rng.random(len(who)) < 0.75, 1.0, _near(rng, len(who)))
    agency, payer = people.agency[who], people.payer[who]
    public = np.isin(payer, np.concatenate(week.there.hubs["government"]))
    hired = agency >= 0
    direct = ~hired & ~public
    sheet.add(day[public], payer[public], main[who[public]], amount[public], "benefit")
    sheet.add(day[direct], payer[direct], main[who[direct]], amount[direct], "salary")
    sheet.add(day[hired] + 1, agency[hired], main[who[hired]], amount[hired], "salary")
    pairs, place = np.unique(np.stack([payer[hired], agency[hired]]), axis=1, return_inverse=True)
    total = np.asarray(np.bincount(place.ravel(), amount[hired], pairs.shape[1]), np.float64)
    first = np.zeros(pairs.shape[1], np.int64)
    first[place.ravel()] = day[hired]
    sheet.add(first, pairs[0], pairs[1], total * 1.04, "invoice")


def _near(rng: Rng, size: int) -> F64:
    return np.exp(0.05 * rng.standard_normal(size))


def rents(week: Week, sheet: Sheet) -> None:
    """Rent on a tenant's own day early in the month."""
    people = week.habits.people
    due = 1 + np.arange(len(people.rent)) * 7 % 5
    who, day = week.on(due)
    main = week.there.main
    sheet.add(day, main[who], people.landlord[who], people.rent[who], "rent")


def bills(week: Week, sheet: Sheet) -> None:
    """Direct debits of utilities and telephone companies."""
    people, rng = week.habits.people, week.rng
    for place in range(people.bills.shape[1]):
        due = 8 + np.arange(len(people.rent)) * 11 % 15 + place
        who, day = week.on(due)
        amount = spread(rng, 12 + 0.02 * people.income[who], 0.3, len(who))
        sheet.add(day, week.there.main[who], people.bills[who, place], amount, "bill")


def shopping(week: Week, sheet: Sheet) -> None:
    """Purchases by card; the bulk of a ledger. A few come back as refunds."""
    people, rng, there = week.habits.people, week.rng, week.there
    country = there.holders.country[: len(people.income)]
    days = np.arange(week.first, week.last)
    feast = week.days.feast[days].mean() * week.days.muslim[country]
    rate = people.purchases * np.clip(week.mood, 0.15, 1.3) * (1 + 0.5 * feast) * week.pace
    who = week.happens(rate, len(people.income))
    shop = people.favourites[who, weighted(rng, LIKED, len(who))]
    strays = np.flatnonzero(rng.random(len(who)) < 0.14)
    others = rng.integers(0, len(people.income), len(strays))
    compatriots = country[others] == country[who[strays]]
    shop[strays[compatriots]] = people.favourites[others[compatriots], FAVOURITES - 1]
    online = rng.random(len(who)) < 0.06
    far = np.concatenate(week.there.hubs["online"])
    shop[online] = far[weighted(rng, 1 / (1.0 + np.arange(len(far))), int(online.sum()))]
    price = people.price[who] / week.pace
    amount = spread(rng, price * 0.7, 0.85, len(who))
    day = week.some_day(len(who))
    late = week.days.weekend[country[who], day]
    again = rng.random(len(who)) < 0.5
    day = np.where(late | again, day, week.some_day(len(who)))
    payer = there.main[who]
    second = there.second[who]
    payer = np.where((second >= 0) & (rng.random(len(who)) < 0.35), second, payer)
    sheet.add(day, payer, shop, amount, "shopping")
    back = np.flatnonzero(rng.random(len(who)) < 0.008)
    lag = rng.integers(1, 15, len(back))
    sheet.add(day[back] + lag, shop[back], payer[back], amount[back], "refund")


def friends(week: Week, sheet: Sheet) -> None:
    """Shared dinners, gifts, loans; a transfer sent in error comes back."""
    people, rng = week.habits.people, week.rng
    pairs = len(people.friend_of)
    which = week.happens(0.28 * week.pace, pairs)
    turned = rng.random(len(which)) < 0.4
    one, other = people.friend_of[which], people.friend_to[which]
    source, target = np.where(turned, other, one), np.where(turned, one, other)
    amount = spread(rng, 6 + 0.018 * people.income[source], 0.9, len(which))
    main, day = week.there.main, week.some_day(len(which))
    sheet.add(day, main[source], main[target], amount, "friend")
    wrong = np.flatnonzero(rng.random(len(which)) < 0.006)
    lag = rng.integers(0, 4, len(wrong))
    sheet.add(day[wrong] + lag, main[target[wrong]], main[source[wrong]], amount[wrong], "return")


def remittances(week: Week, sheet: Sheet) -> None:
    """Money sent home after payday, straight or through an exchange house the day after."""
    people, rng = week.habits.people, week.rng
    due = (people.payday + np.arange(len(people.income)) % 4) % 31 + 1
    who, day = week.on(np.minimum(due, 28))
    sends = (people.relative[who] >= 0) & (rng.random(len(who)) < 0.85)
    who, day = who[sends], day[sends]
    feast = week.days.fast[day] & week.days.muslim[week.there.holders.country[who]]
    amount = people.remits[who] * _near(rng, len(who)) * np.where(feast, 1.35, 1.0)
    through = people.through[who]
    straight = through < 0
    main = week.there.main
    sheet.add(
        day[straight], main[who[straight]], people.relative[who[straight]],
        amount[straight], "family",
    )  # fmt: skip
    by = ~straight
    sheet.add(day[by], main[who[by]], through[by], amount[by], "family")
    paid = day[by] + rng.integers(0, 3, int(by.sum()))
    sheet.add(paid, through[by], people.relative[who[by]], amount[by] * 0.985, "family")


def savings(week: Week, sheet: Sheet) -> None:
    """Put aside monthly, taken back now and then; moved between one's own accounts."""
    people, there, rng = week.habits.people, week.there, week.rng
    count = len(people.income)
    main = there.main[:count]
    due = 2 + np.arange(count) * 5 % 24
    who, day = week.on(due)
    sheet.add(day, main[who], there.savings[who], people.saves[who], "savings")
    back = week.happens(0.12, count)
    taken = people.saves[back] * rng.uniform(0.5, 6, len(back))
    sheet.add(week.some_day(len(back)), there.savings[back], main[back], taken, "savings")
    for other, rate, part in ((there.second, 0.8, 0.2), (there.abroad, 0.35, 0.15)):
        moved = week.happens(rate, count)
        amount = people.income[moved] * part * spread(rng, 1, 0.5, len(moved))
        sheet.add(week.some_day(len(moved)), main[moved], other[moved], amount, "savings")
        home = week.happens(rate * 0.35, count)
        amount = people.income[home] * part * spread(rng, 1, 0.5, len(home))
        sheet.add(week.some_day(len(home)), other[home], main[home], amount, "savings")


def cash(week: Week, sheet: Sheet) -> None:
    """Cash machines; shops' takings paid in; traders and others who bring cash."""
    people, firms, there, rng = week.habits.people, week.habits.firms, week.there, week.rng
    count = len(people.income)
    main = there.main[:count]
    who = week.happens(1.5 * week.pace, count)
    amount = people.cash[who] * np.clip(week.mood[who], 0.1, 1.2) / (1.5 * week.pace)
    amount = spread(rng, amount, 0.45, len(who))
    bank = there.accounts.bank[main[who]]
    sheet.add(week.some_day(len(who)), main[who], there.cash[bank], amount, "withdrawal")
    standing = there.holders.standing[:count]
    rate = np.where(standing == TRADER, 2.2, np.where(standing == STUDENT, 0.05, 0.12))
    brings = week.happens(rate, count)
    amount = spread(rng, people.income[brings] * 0.33, 0.7, len(brings))
    bank = there.accounts.bank[main[brings]]
    sheet.add(week.some_day(len(brings)), there.cash[bank], main[brings], amount, "deposit")
    shop = week.happens(np.where(firms.takings > 0, 4.0, 0.0), len(firms.account))
    amount = spread(rng, firms.takings[shop] / 4, 0.35, len(shop))
    bank = there.accounts.bank[firms.account[shop]]
    sheet.add(week.some_day(len(shop)), there.cash[bank], firms.account[shop], amount, "deposit")


def supplies(week: Week, sheet: Sheet) -> None:
    """Companies pay suppliers, more at the month's end; across borders it is trade."""
    firms, rng, there = week.habits.firms, week.rng, week.there
    days = np.arange(week.first, week.last)
    late = np.where(week.days.left[days] < 3, 2.4, 1.0)
    which = week.happens(firms.orders * late.mean() / 1.14, len(firms.buyer))
    amount = spread(rng, firms.worth[which] * 0.9, 0.45, len(which))
    day = days[weighted(rng, late, len(which))]
    buyer, seller = firms.buyer[which], firms.seller[which]
    far = there.accounts.country[buyer] != there.accounts.country[seller]
    for rows, kind in ((far, "trade"), (~far, "invoice")):
        sheet.add(day[rows], buyer[rows], seller[rows], amount[rows], kind)


def sales(week: Week, sheet: Sheet) -> None:
    """What else companies earn and spend: settlements, exports; owners, imports, taxes."""
    firms, rng, there = week.habits.firms, week.rng, week.there
    count = len(firms.account)
    which = week.happens(np.where(firms.sales > 0, 4.0, 0.0), count)
    amount = spread(rng, firms.sales[which] / 4, 0.4, len(which))
    customer = firms.customer[which]
    far = there.accounts.country[customer] >= len(there.hubs["bill"])
    day = week.some_day(len(which))
    for rows, kind in ((far, "trade"), (~far, "settlement")):
        sheet.add(day[rows], customer[rows], firms.account[which[rows]], amount[rows], kind)
    owner = week.happens(np.where(firms.spare > 0, 1.0, 0.05), count)
    amount = spread(rng, np.maximum(firms.spare[owner] * 0.45, 300), 0.3, len(owner))
    day = week.some_day(len(owner))
    sheet.add(day, firms.account[owner], firms.owner[owner], amount, "dividend")
    buys = week.happens(np.where(firms.spare > 0, 2.0, 0.1), count)
    amount = spread(rng, np.maximum(firms.spare[buys] * 0.2, 500), 0.4, len(buys))
    far_off = there.outsiders[rng.integers(0, len(there.outsiders), len(buys))]
    sheet.add(week.some_day(len(buys)), firms.account[buys], far_off, amount, "trade")
    who, day = week.on(np.full(count, 15))
    home = there.accounts.country[firms.account[who]]
    public = np.array([accounts[0] for accounts in there.hubs["government"]])[home]
    turnover = firms.sales + firms.spare + firms.takings
    tax = spread(rng, 80 + 0.03 * turnover[who], 0.2, len(who))
    sheet.add(day, firms.account[who], public, tax, "tax")


def exchanges(week: Week, sheet: Sheet) -> None:
    """A few people buy and sell crypto-assets, often and in clusters."""
    people, there, rng = week.habits.people, week.there, week.rng
    count = len(people.income)
    keen = np.arange(count) % 23 == 5
    who = week.happens(np.where(keen, 2.2, 0.01), count)
    home = there.holders.country[who]
    house = np.array([accounts[0] for accounts in there.hubs["crypto"]])[home]
    amount = spread(rng, people.income[who] * 0.08, 0.9, len(who))
    sells = rng.random(len(who)) < 0.42
    source, target = (
        np.where(sells, house, there.main[who]),
        np.where(sells, there.main[who], house),
    )
    sheet.add(week.some_day(len(who)), source, target, amount, "exchange")


DRAWS: tuple[Callable[[Week, Sheet], None], ...] = (
    salaries,
    rents,
    bills,
    shopping,
    friends,
    remittances,
    savings,
    cash,
    supplies,
    sales,
    exchanges,
)
"""Ordinary habits. What looks like laundering and is not stands in `customs.py`."""
