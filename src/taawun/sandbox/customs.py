"""Ordinary life that looks like laundering: what makes a search hard, as it is in earnest.

Savings circles rotate, families marry, agents pass rents on, notaries hold the price of a house for
a week, groups of companies pool cash, foremen pay gangs, collectors collect, tills are emptied just
below what their insurance covers. None of it is laundering, and all of it has the shape.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from taawun.jit import I64
from taawun.sandbox.chance import F64, Rng, spread, stream
from taawun.sandbox.moves import Sheet
from taawun.sandbox.plan import Plan
from taawun.sandbox.population import CHARITY, IMPORTER, OFFICE, TRADER, Population
from taawun.sandbox.region import COUNTRIES, HIGH_RISK, OUTSIDE
from taawun.sandbox.traffic import Week

A_MONTH = 1.0
"""About how many movements of this room a person makes in a month: measured, for sizing."""


@dataclass(frozen=True, slots=True)
class Circles:
    """Groups with a fixed membership: `start[i]:start[i + 1]` of `member` are those of group i."""

    start: I64
    member: I64
    day: I64
    worth: F64

    def __len__(self) -> int:
        return len(self.day)

    @property
    def size(self) -> I64:
        """How many members each group has."""
        return np.diff(self.start)

    @property
    def group(self) -> I64:
        """The group of each member, in the order of `member`."""
        return np.repeat(np.arange(len(self)), self.size)


@dataclass(frozen=True, slots=True)
class Customs:
    """Who takes part in what. Accounts, or places of people where it says so.

    `circles` of people saving in turn; `pools` of companies; `gangs` a foreman with labourers;
    `owners` whom agents pass rent on to; `notaries`; `dealers` who buy and sell crypto-assets from
    strangers; `charities` and the `givers` of each; `importers` with their partners of high risk;
    `tills` shops that pay in just below `limit`.
    """

    circles: Circles
    pools: Circles
    gangs: Circles
    owners: Circles
    notaries: I64
    dealers: I64
    charities: I64
    importers: I64
    partners: I64
    tills: I64
    limit: F64


def customs(plan: Plan, there: Population, rents: F64, landlord: I64) -> Customs:
    """Who takes part in what. `rents` and `landlord` are those of the tenants."""
    rng = stream(plan.seed, "customs")
    holders, count = there.holders, there.holders.people
    firms = np.arange(count, count + holders.companies)
    main, sector = there.main[firms], holders.sector[firms]
    offices = main[sector == OFFICE]
    importers = main[sector == IMPORTER]
    risky = _risky(plan, there)
    shops = main[(holders.size[firms] > 4) & (rng.random(len(firms)) < 0.15)]
    home = there.accounts.country[shops]
    limits = np.array([COUNTRIES[c].threshold * COUNTRIES[c].worth for c in plan.countries])
    trades = np.flatnonzero(holders.standing[:count] == TRADER)
    return Customs(
        circles=_circles(rng, there, count // 45 + 1, (5, 14), 90.0),
        pools=_pools(rng, main, max(1, len(firms) // 30)),
        gangs=_circles(rng, there, count // 260 + 1, (5, 17), 130.0),
        owners=_owners(rng, there, rents, landlord),
        notaries=offices if len(offices) else main[:1],
        dealers=there.main[trades[rng.random(len(trades)) < 0.05]],
        charities=main[sector == CHARITY],
        importers=importers if len(importers) else main[:1],
        partners=risky[rng.integers(0, len(risky), (max(1, len(importers)), 2))],
        tills=shops,
        limit=limits[home],
    )


def _risky(plan: Plan, there: Population) -> I64:
    codes = (*plan.countries, *OUTSIDE)
    places = [place for place, code in enumerate(codes) if code in HIGH_RISK]
    found = there.outsiders[np.isin(there.accounts.country[there.outsiders], places)]
    return found if len(found) else there.outsiders[:1]


def _circles(
    rng: Rng, there: Population, count: int, sizes: tuple[int, int], median: float
) -> Circles:
    """Groups of people who live near each other."""
    people = there.holders.people
    size = rng.integers(*sizes, count)
    first = rng.integers(0, people, count)
    start = np.concatenate([np.zeros(1, np.int64), np.cumsum(size)])
    step = np.arange(start[-1]) - np.repeat(start[:-1], size)
    member = there.main[(np.repeat(first, size) + step * 3) % people]
    return Circles(start, member, rng.integers(1, 29, count), spread(rng, median, 0.7, count))


def _pools(rng: Rng, main: I64, count: int) -> Circles:
    size = rng.integers(3, 7, count)
    start = np.concatenate([np.zeros(1, np.int64), np.cumsum(size)])
    member = main[rng.integers(0, len(main), start[-1])]
    return Circles(start, member, rng.integers(0, 5, count), spread(rng, 2_500, 1.0, count))


def _owners(rng: Rng, there: Population, rents: F64, landlord: I64) -> Circles:
    """Companies that let for others: the first member of a group is the agent."""
    firms = there.holders.people
    let = landlord >= 0
    of_firm = let & (there.accounts.holder[np.maximum(landlord, 0)] >= firms)
    agents, place = np.unique(landlord[of_firm], return_inverse=True)
    total = np.asarray(np.bincount(place, rents[of_firm], len(agents)), np.float64)
    owners = np.maximum(1, np.bincount(place, minlength=len(agents)) // 3)
    size = owners + 1
    start = np.concatenate([np.zeros(1, np.int64), np.cumsum(size)])
    member = there.main[rng.integers(0, firms, start[-1])]
    member[start[:-1]] = agents
    return Circles(start, member, rng.integers(6, 11, len(agents)), total * 0.9 / owners)


# What happens in a week


def savings_circles(week: Week, known: Customs, sheet: Sheet) -> None:
    """Every member pays; each month another takes all."""
    circles = known.circles
    which, day = week.on(circles.day)
    on = np.full(len(circles), -1)
    on[which] = day
    group = circles.group
    turn = week.days.month[np.maximum(on, 0)] % np.maximum(circles.size, 1)
    taker = circles.member[circles.start[:-1] + turn]
    lag = week.rng.integers(0, 3, len(group))
    meets = on[group] >= 0
    sheet.add(
        (on[group] + lag)[meets],
        circles.member[meets],
        taker[group][meets],
        circles.worth[group][meets],
        "club",
    )


def rents_passed_on(week: Week, known: Customs, sheet: Sheet) -> None:
    """Agents who took rent pay the owners some days later, less their commission."""
    owners = known.owners
    which, day = week.on(owners.day)
    on = np.full(len(owners), -1)
    on[which] = day
    group = owners.group
    agent = owners.member[owners.start[:-1]][group]
    pays = (on[group] >= 0) & (owners.member != agent)
    rows = np.flatnonzero(pays)
    sheet.add(on[group][rows], agent[rows], owners.member[rows], owners.worth[group][rows], "rent")


def weddings(week: Week, known: Customs, sheet: Sheet) -> None:
    """Many give to a host within days; the host pays the hall."""
    rng, main = week.rng, week.there.main
    people = len(week.habits.people.income)
    host = rng.integers(0, people, rng.poisson(people * 0.0035 * week.share))
    gifts = rng.integers(8, 70, len(host))
    guest = (np.repeat(host, gifts) + rng.integers(1, 220, int(gifts.sum()))) % people
    day = week.some_day(len(host))
    came = np.repeat(day, gifts) + rng.integers(0, 6, len(guest))
    worth = spread(rng, 45, 0.6, len(guest))
    sheet.add(came, main[guest], main[np.repeat(host, gifts)], worth, "friend")
    hall = _firms(week, len(host))
    paid = np.bincount(np.repeat(np.arange(len(host)), gifts), worth, len(host))
    sheet.add(day + 6, main[host], hall, paid * rng.uniform(0.5, 1.0, len(host)), "purchase")


def collections(week: Week, known: Customs, sheet: Sheet) -> None:
    """Somebody collects small sums for a gift, an outing, a group purchase, and pays for all."""
    rng, main = week.rng, week.there.main
    people = len(week.habits.people.income)
    who = rng.integers(0, people, rng.poisson(people * 0.009 * week.share))
    size = rng.integers(4, 26, len(who))
    giver = (np.repeat(who, size) + rng.integers(1, 150, int(size.sum()))) % people
    day = week.some_day(len(who))
    worth = np.repeat(spread(rng, 14, 0.6, len(who)), size)
    came = np.repeat(day, size) + rng.integers(0, 8, len(giver))
    sheet.add(came, main[giver], main[np.repeat(who, size)], worth, "friend")
    total = np.bincount(np.repeat(np.arange(len(who)), size), worth, len(who)).astype(np.float64)
    sheet.add(day + 8, main[who], _firms(week, len(who)), total, "purchase")


def houses(week: Week, known: Customs, sheet: Sheet) -> None:
    """A large price, lent by the bank, held by a notary, passed on within days."""
    rng, there = week.rng, week.there
    people = len(week.habits.people.income)
    buyer = rng.integers(0, people, rng.poisson(people * 0.006 * week.share))
    seller = rng.integers(0, people, len(buyer))
    price = week.habits.people.income[buyer] * rng.uniform(2, 25, len(buyer))
    notary = known.notaries[rng.integers(0, len(known.notaries), len(buyer))]
    day = week.some_day(len(buyer))
    account = there.main[buyer]
    bank = there.lender[there.accounts.bank[account]]
    sheet.add(day, bank, account, price * 0.9, "loan")
    paid = day + rng.integers(0, 4, len(buyer))
    sheet.add(paid, account, notary, price, "purchase")
    passed = paid + rng.integers(0, 12, len(buyer))
    sheet.add(passed, notary, there.main[seller], price * 0.985, "purchase")
    cleared = passed + rng.integers(1, 20, len(buyer))
    repaid = there.lender[there.accounts.bank[there.main[seller]]]
    sheet.add(cleared, there.main[seller], repaid, price * 0.8, "loan")


def pooling(week: Week, known: Customs, sheet: Sheet) -> None:
    """Companies of a group pay what they have to its head, which funds others of the group."""
    pools, rng = known.pools, week.rng
    group = pools.group
    head = pools.member[pools.start[:-1]][group]
    gives = rng.random(len(group)) < 0.5
    day = week.first + np.minimum(pools.day, week.last - week.first - 1)
    worth = spread(rng, pools.worth[group], 0.5, len(group))
    up, down = np.flatnonzero(gives), np.flatnonzero(~gives & (rng.random(len(group)) < 0.8))
    sheet.add(day[group][up], pools.member[up], head[up], worth[up], "pooling")
    sheet.add(day[group][down] + 1, head[down], pools.member[down], worth[down], "pooling")


def gangs(week: Week, known: Customs, sheet: Sheet) -> None:
    """A company pays a foreman, who pays the gang the same day or the next."""
    bands, rng = known.gangs, week.rng
    works = rng.random(len(bands)) < 0.6
    group = bands.group
    foreman = bands.member[bands.start[:-1]]
    day = week.some_day(len(bands))
    total = bands.worth * (bands.size - 1) * 1.12
    firm = _firms(week, len(bands))
    sheet.add(day[works], firm[works], foreman[works], total[works], "fee")
    paid = np.flatnonzero(works[group] & (bands.member != foreman[group]))
    lag = rng.integers(0, 2, len(paid))
    sheet.add(
        day[group][paid] + lag,
        foreman[group][paid],
        bands.member[paid],
        spread(rng, bands.worth[group][paid], 0.15, len(paid)),
        "friend",
    )


def giving(week: Week, known: Customs, sheet: Sheet) -> None:
    """Gifts to charities, most of them in Ramadan and at the year's end; aid to poor countries."""
    rng, there = week.rng, week.there
    if not len(known.charities):
        return
    count = len(week.habits.people.income)
    days = np.arange(week.first, week.last)
    fast = week.days.fast[days].mean() * week.days.muslim[there.holders.country[:count]]
    who = week.happens(0.05 + 0.35 * fast, count)
    where = (who * 7 + rng.integers(0, 2, len(who))) % len(known.charities)
    worth = spread(rng, 8 + 0.008 * week.habits.people.income[who], 0.7, len(who))
    sheet.add(week.some_day(len(who)), there.main[who], known.charities[where], worth, "donation")
    got = np.bincount(where, worth, len(known.charities))
    pays = np.flatnonzero(got > 0)
    aid = np.repeat(pays, rng.integers(1, 4, len(pays)))
    part = got[aid] * rng.uniform(0.15, 0.5, len(aid))
    target = known.partners.ravel()[rng.integers(0, known.partners.size, len(aid))]
    far = there.outsiders[rng.integers(0, len(there.outsiders), len(aid))]
    target = np.where(rng.random(len(aid)) < 0.5, target, far)
    late = week.some_day(len(aid)) + rng.integers(0, 20, len(aid))
    sheet.add(late, known.charities[aid], target, part, "aid")


def risky_trade(week: Week, known: Customs, sheet: Sheet) -> None:
    """Importers with partners in countries of high risk, old ones and now and then a new one."""
    rng = week.rng
    which = week.happens(1.6, len(known.partners))
    partner = known.partners[which, rng.integers(0, 2, len(which))]
    new = rng.random(len(which)) < 0.08
    any_partner = known.partners.ravel()[rng.integers(0, known.partners.size, len(which))]
    partner = np.where(new, any_partner, partner)
    payer = known.importers[which % len(known.importers)]
    worth = spread(rng, 3_500, 0.9, len(which))
    sheet.add(week.some_day(len(which)), payer, partner, worth, "trade")


def tills(week: Week, known: Customs, sheet: Sheet) -> None:
    """Shops whose tills are emptied when they hold about what the insurance covers."""
    rng, there = week.rng, week.there
    which = week.happens(1.1, len(known.tills))
    worth = known.limit[which] * np.minimum(rng.uniform(0.35, 1.02, len(which)), 0.995)
    shop = known.tills[which]
    bank = there.accounts.bank[shop]
    day = week.some_day(len(which))
    sheet.add(day, there.cash[bank], shop, worth, "deposit")
    sheet.add(day + 1, shop, there.acquirer[bank], worth * 0.9, "invoice")


def dealers(week: Week, known: Customs, sheet: Sheet) -> None:
    """People who deal in crypto-assets with strangers: much comes in, and goes out at once."""
    rng, there = week.rng, week.there
    who = week.happens(14.0, len(known.dealers))
    people = len(week.habits.people.income)
    stranger = there.main[rng.integers(0, people, len(who))]
    dealer = known.dealers[who]
    day, worth = week.some_day(len(who)), spread(rng, 160, 0.9, len(who))
    buys = rng.random(len(who)) < 0.5
    sheet.add(day[buys], stranger[buys], dealer[buys], worth[buys], "friend")
    sheet.add(day[~buys], dealer[~buys], stranger[~buys], worth[~buys] * 0.97, "friend")
    home = there.accounts.country[dealer]
    house = np.array([accounts[0] for accounts in there.hubs["crypto"]])[home]
    some = np.flatnonzero(buys & (rng.random(len(who)) < 0.4))
    sheet.add(day[some] + 1, dealer[some], house[some], worth[some] * 2, "exchange")
    sold = np.flatnonzero(~buys & (rng.random(len(who)) < 0.4))
    sheet.add(day[sold], house[sold], dealer[sold], worth[sold] * 2, "exchange")


def windfalls(week: Week, known: Customs, sheet: Sheet) -> None:
    """An account that slept is used again: an inheritance comes, a car is bought."""
    rng, there = week.rng, week.there
    accounts = there.accounts
    wakes = (accounts.wake >= week.first) & (accounts.wake < week.last) & (accounts.opened < 0)
    woken = np.flatnonzero(
        wakes & ~accounts.hub & (accounts.holder < len(week.habits.people.income))
    )
    woken = woken[rng.random(len(woken)) < 0.6]
    worth = spread(rng, week.habits.people.income[accounts.holder[woken]] * 4, 0.8, len(woken))
    day = accounts.wake[woken]
    giver = there.main[rng.integers(0, len(week.habits.people.income), len(woken))]
    lender = there.lender[accounts.bank[giver]]
    sheet.add(day, lender, giver, worth, "loan")
    sheet.add(day + 2, giver, woken, worth, "family")
    parts = rng.integers(1, 5, len(woken))
    spent = np.repeat(np.arange(len(woken)), parts)
    late = day[spent] + 3 + rng.integers(0, 16, len(spent))
    target = _firms(week, len(spent))
    sheet.add(late, woken[spent], target, worth[spent] / parts[spent] * 0.9, "purchase")


def _firms(week: Week, size: int) -> I64:
    """A company for each, any."""
    account = week.habits.firms.account
    return account[week.rng.integers(0, len(account), size)]


CUSTOMS: tuple[Callable[[Week, Customs, Sheet], None], ...] = (
    savings_circles,
    rents_passed_on,
    weddings,
    collections,
    houses,
    pooling,
    gangs,
    giving,
    risky_trade,
    tills,
    dealers,
    windfalls,
)
"""Each is drawn every week."""
