"""What people and companies do as a rule: income, rent, favourite shops, friends, suppliers.

Made once for a region; `traffic.py` draws every week's movements from it. Money is in whole units
of the reference currency until it is written down.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from taawun.jit import I64
from taawun.sandbox.chance import F64, Rng, heavy, spread, stream, weighted
from taawun.sandbox.plan import Plan
from taawun.sandbox.population import (
    BUILDER,
    CHARITY,
    EMPLOYED,
    IMPORTER,
    LANDLORD,
    MAKER,
    OFFICE,
    RETIRED,
    SHOP,
    STUDENT,
    Population,
    incomes,
)

FAVOURITES = 6
LIKED = np.array([0.36, 0.22, 0.15, 0.11, 0.09, 0.07])
"""How a person's purchases are divided among the favourite shops."""
PAYDAYS = np.array([31, 25, 28, 1, 5])
"""Days of the month on which employers pay; 31 is the last."""


@dataclass(frozen=True, slots=True)
class People:
    """Of each person: accounts (or -1) and what a month looks like."""

    income: F64
    payer: I64
    agency: I64
    payday: I64
    landlord: I64
    rent: F64
    favourites: I64
    purchases: F64
    price: F64
    bills: I64
    cash: F64
    relative: I64
    remits: F64
    through: I64
    saves: F64
    friend_of: I64
    friend_to: I64
    sociable: F64


@dataclass(frozen=True, slots=True)
class Firms:
    """Of each company: its account and what a month looks like; then who buys of whom.

    `sales`: what comes in by card settlement or from abroad; `spare`: what owners and foreign
    suppliers get; both such that accounts neither grow nor sink for ever.
    """

    account: I64
    owner: I64
    takings: F64
    sales: F64
    spare: F64
    customer: I64
    buyer: I64
    seller: I64
    orders: F64
    worth: F64


@dataclass(frozen=True, slots=True)
class Ways:
    """The rules by which the region lives."""

    people: People
    firms: Firms


def habits(plan: Plan, there: Population) -> Ways:
    """How everybody of a region lives."""
    rng = stream(plan.seed, "habits")
    people = _people(plan, rng, there)
    return Ways(people, _firms(rng, there, people))


def _people(plan: Plan, rng: Rng, there: Population) -> People:
    holders, count = there.holders, there.holders.people
    country, standing = holders.country[:count], holders.standing[:count]
    income = incomes(plan, rng, holders)
    payer, payday, agency = _payers(rng, there)
    landlord = np.where(rng.random(count) < 0.5, _landlords(rng, there), -1)
    rent = income * rng.uniform(0.18, 0.38, count)
    relative = _relatives(rng, there)
    remits = income * rng.uniform(0.05, 0.3, count)
    exchange = _hub(rng, there, "exchange", country)
    left = income - np.where(landlord >= 0, rent, 0) - np.where(relative >= 0, remits, 0)
    purchases = spread(rng, np.where(standing == STUDENT, 4.5, 6.0), 0.75, count)
    share = rng.uniform(0.35, 0.7, count)
    friend_of, friend_to = _friends(rng, there)
    return People(
        income=income,
        payer=payer,
        agency=agency,
        payday=payday,
        landlord=landlord,
        rent=rent,
        favourites=_favourites(rng, there),
        purchases=np.minimum(purchases, 90),
        price=np.maximum(left, 20) * share / np.minimum(purchases, 90),
        bills=np.stack([_hub(rng, there, "bill", country) for _ in range(2)], axis=1),
        cash=np.maximum(left, 20) * rng.uniform(0.05, 0.25, count),
        relative=relative,
        remits=remits,
        through=np.where(rng.random(count) < 0.45, exchange, -1),
        saves=np.maximum(left, 20) * rng.uniform(0.02, 0.15, count),
        friend_of=friend_of,
        friend_to=friend_to,
        sociable=heavy(rng, count, 2.2),
    )


def _payers(rng: Rng, there: Population) -> tuple[I64, I64, I64]:
    """Who pays each person's income, on which day, and through which agency (or -1)."""
    holders, count = there.holders, there.holders.people
    standing = holders.standing[:count]
    payer = np.full(count, -1)
    day = np.full(count, 31)
    employed = np.flatnonzero(standing == EMPLOYED)
    payer[employed] = _companies(rng, there, holders.country[employed], None)
    firm_day = PAYDAYS[weighted(rng, [5, 3, 2, 2, 1], len(there.accounts.holder))]
    day[employed] = firm_day[payer[employed]]
    retired = np.flatnonzero((standing == RETIRED) | (standing == STUDENT))
    pays = (standing[retired] == RETIRED) | (rng.random(len(retired)) < 0.3)
    kept = retired[pays]
    payer[kept] = _hub(rng, there, "government", holders.country[kept])
    day[kept] = 1
    hired = np.flatnonzero((standing == EMPLOYED) & (rng.random(count) < 0.08))
    agency = np.full(count, -1)
    agency[hired] = _companies(rng, there, holders.country[hired], OFFICE)
    return payer, day, np.where(agency == payer, -1, agency)


def _companies(rng: Rng, there: Population, country: I64, sector: int | None) -> I64:
    """An account of a company of the country for each, by size; of the sector where one is."""
    holders = there.holders
    found = np.zeros(len(country), np.int64)
    firms = np.arange(holders.people, holders.people + holders.companies)
    for place in np.unique(country):
        rows = np.flatnonzero(country == place)
        pool = firms[(holders.country[firms] == place) & (holders.sector[firms] != CHARITY)]
        chosen = pool if sector is None else pool[holders.sector[pool] == sector]
        pool = chosen if len(chosen) else pool
        found[rows] = there.main[pool[weighted(rng, holders.size[pool], len(rows))]]
    return found


def _landlords(rng: Rng, there: Population) -> I64:
    """Half of the tenants pay a company, half another person."""
    holders, count = there.holders, there.holders.people
    companies = _companies(rng, there, holders.country[:count], LANDLORD)
    private = there.main[_compatriots(rng, holders.country[:count], heavy(rng, count, 1.6))]
    return np.where(rng.random(count) < 0.5, companies, private)


def _compatriots(rng: Rng, country: I64, weight: F64) -> I64:
    """For each person another (or the same) of the same country, by weight."""
    found = np.zeros(len(country), np.int64)
    for place in np.unique(country):
        rows = np.flatnonzero(country == place)
        found[rows] = rows[weighted(rng, weight[rows], len(rows))]
    return found


def _hub(rng: Rng, there: Population, name: str, country: I64) -> I64:
    """One of the country's institutions of that name for each."""
    found = np.zeros(len(country), np.int64)
    for place, accounts in enumerate(there.hubs[name]):
        rows = np.flatnonzero(country == place)
        found[rows] = accounts[weighted(rng, 1 / (1.0 + np.arange(len(accounts))), len(rows))]
    return found


def _favourites(rng: Rng, there: Population) -> I64:
    """Shops of each person: of the town where it has some, the last one of the whole country."""
    holders, count = there.holders, there.holders.people
    firms = np.arange(holders.people, holders.people + holders.companies)
    shops = firms[holders.sector[firms] == SHOP]
    found = np.zeros((count, FAVOURITES), np.int64)
    place = holders.country * 100 + holders.town
    for town in np.unique(place[:count]):
        rows = np.flatnonzero(place[:count] == town)
        national = shops[holders.country[shops] == town // 100]
        local = shops[place[shops] == town]
        local = local if len(local) > 2 else national
        drawn = local[weighted(rng, holders.size[local], len(rows) * (FAVOURITES - 1))]
        found[rows, :-1] = there.main[drawn].reshape(len(rows), -1)
        drawn = national[weighted(rng, holders.size[national] ** 1.2, len(rows))]
        found[rows, -1] = there.main[drawn]
    return found


def _relatives(rng: Rng, there: Population) -> I64:
    """Whom migrants (and some others) send money to: a person where they come from."""
    holders, count = there.holders, there.holders.people
    country, origin = holders.country[:count], holders.origin[:count]
    found = np.full(count, -1)
    sends = (rng.random(count) < np.where(origin != country, 0.75, 0.05)) & (
        holders.standing[:count] != STUDENT
    )
    for place in np.unique(origin):
        rows = np.flatnonzero(sends & (origin == place))
        pool = np.flatnonzero(country == place)
        if len(pool):
            found[rows] = there.main[pool[rng.integers(0, len(pool), len(rows))]]
    out = np.flatnonzero(sends & (rng.random(count) < 0.1))
    found[out] = there.outsiders[rng.integers(0, len(there.outsiders), len(out))]
    return np.where(found == there.main[:count], -1, found)


def _friends(rng: Rng, there: Population) -> tuple[I64, I64]:
    """Pairs of people who send each other money; a few have very many."""
    holders, count = there.holders, there.holders.people
    size = int(count * 2.6)
    one = weighted(rng, heavy(rng, count, 2.0), size)
    country = holders.country[one].copy()
    away = rng.random(size) < 0.04
    country[away] = holders.country[rng.integers(0, count, int(away.sum()))]
    order = np.argsort(holders.country[:count], kind="stable")
    start = np.searchsorted(holders.country[order], np.arange(country.max() + 2))
    room = start[country + 1] - start[country]
    far = order[start[country] + (rng.random(size) * room).astype(np.int64)]
    # Friends live near: neighbours in the order of households
    near = (one + rng.integers(1, 40, size)) % count
    is_near = (holders.country[near] == country) & (rng.random(size) < 0.55)
    other = np.where(is_near, near, far)
    different = one != other
    return one[different], other[different]


def _firms(rng: Rng, there: Population, people: People) -> Firms:
    holders, first = there.holders, there.holders.people
    firms = np.arange(first, first + holders.companies)
    account, total = there.main[firms], len(there.accounts.holder)
    buyer, seller, orders, worth = _orders(rng, there, firms)
    flows = orders * worth
    out = np.bincount(account[buyer], flows, total)
    income = np.bincount(account[seller], flows, total)
    paid = people.payer >= 0
    out += np.bincount(people.payer[paid], people.income[paid], total)
    for place in range(FAVOURITES):
        bought = people.purchases * people.price * LIKED[place]
        income += np.bincount(people.favourites[:, place], bought, total)
    rented = people.landlord >= 0
    income += np.bincount(people.landlord[rented], people.rent[rented], total)
    sector = holders.sector[firms]
    takings = np.where(sector == SHOP, income[account] * rng.uniform(0.05, 0.5, len(firms)), 0.0)
    gap = out[account] * 1.06 + 150 - income[account] - takings
    owner = there.main[rng.integers(0, first, len(firms))]
    owner = np.where(holders.country[there.accounts.holder[owner]] >= 0, owner, -1)
    abroad = rng.random(len(firms)) < np.where(sector == IMPORTER, 0.9, 0.12)
    customer = there.acquirer[there.accounts.bank[account]]
    far = there.outsiders[rng.integers(0, len(there.outsiders), len(firms))]
    return Firms(
        account=account,
        owner=owner,
        takings=takings,
        sales=np.maximum(gap, 0.0),
        spare=np.maximum(-gap, 0.0) * 0.92,
        customer=np.where(abroad, far, customer),
        buyer=account[buyer],
        seller=account[seller],
        orders=orders,
        worth=worth,
    )


def _orders(rng: Rng, there: Population, firms: I64) -> tuple[I64, I64, F64, F64]:
    """Who buys of whom (places in `firms`), how often a month, and for how much."""
    holders = there.holders
    size, country = holders.size[firms], holders.country[firms]
    count = np.minimum(rng.poisson(1.5 + 2.0 * size**0.45), 60)
    buyer = np.repeat(np.arange(len(firms)), count)
    sells = np.isin(holders.sector[firms], (MAKER, BUILDER, OFFICE, IMPORTER))
    weight = size * np.where(sells, 1.0, 0.12)
    seller = weighted(rng, weight, len(buyer))
    stays = rng.random(len(buyer)) < 0.86
    for place in np.unique(country):
        rows = np.flatnonzero(stays & (country[buyer] == place))
        pool = np.flatnonzero(country == place)
        seller[rows] = pool[weighted(rng, weight[pool], len(rows))]
    good = buyer != seller
    buyer, seller = buyer[good], seller[good]
    orders = spread(rng, 0.8, 0.8, len(buyer))
    smaller = np.minimum(size[buyer], size[seller])
    return buyer, seller, np.minimum(orders, 12), spread(rng, 420 * smaller**0.6, 0.9, len(buyer))
