"""Who is there: banks, holders (people, companies, institutions) and their accounts, as arrays.

Numbers only; names, account numbers and the like are made in `register.py`. Countries are places in
the plan's list, then the countries outside. Days count from the plan's start; accounts that were
there before have negative ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from taawun.jit import I64
from taawun.ledger.schema import KINDS as USES
from taawun.sandbox.chance import F64, Rng, heavy, spread, stream, weighted
from taawun.sandbox.plan import Plan
from taawun.sandbox.region import COUNTRIES, OUTSIDE

Flags = npt.NDArray[np.bool_]
NEVER = 1 << 20
"""A day that does not come."""
A_MONTH = 17.0
"""Transfers per person and month, all kinds counted: what sizes the population."""
EMPLOYED, RETIRED, STUDENT, TRADER, IDLE = range(5)
STANDING = (0.58, 0.13, 0.10, 0.08, 0.11)
SHOP, MAKER, BUILDER, LANDLORD, OFFICE, IMPORTER, CHARITY = range(7)
SECTORS = (0.42, 0.24, 0.09, 0.07, 0.09, 0.08, 0.01)
USE = {name: place for place, name in enumerate(USES)}
HUBS = (("government", 3), ("bill", 4), ("exchange", 3), ("online", 2), ("crypto", 1))
"""Institutions of each country and how many."""


@dataclass(frozen=True, slots=True)
class Banks:
    """b banks. `reporting`: its ledger is at hand. Those of countries outside never report."""

    name: tuple[str, ...]
    country: I64
    reporting: Flags


@dataclass(frozen=True, slots=True)
class Holders:
    """h holders: `people` persons first, then companies, then institutions, then outsiders.

    `origin`: the country whose names they bear; `household` groups people who live together;
    `standing` and `sector` are the tables above (-1 where they do not apply); `size` of companies.
    """

    people: int
    companies: int
    country: I64
    origin: I64
    town: I64
    household: I64
    standing: I64
    sector: I64
    size: F64


@dataclass(frozen=True, slots=True)
class Accounts:
    """m accounts. `use` is a place in the ledger's KINDS. `hub`: its balance is not kept.

    In use from `opened` (asleep until `wake`) to before `closed`.
    """

    holder: I64
    bank: I64
    country: I64
    use: I64
    opened: I64
    wake: I64
    closed: I64
    hub: Flags


@dataclass(frozen=True, slots=True)
class Population:
    """Everybody. `main` is each holder's first account; the rest are numbers of accounts or -1.

    `savings`, `second` and `abroad` (people); `cash` and `lender`, `acquirer` by bank; `hubs` by
    name and country; `outsiders` accounts outside the region.
    """

    banks: Banks
    holders: Holders
    accounts: Accounts
    main: I64
    savings: I64
    second: I64
    abroad: I64
    cash: I64
    lender: I64
    acquirer: I64
    hubs: dict[str, list[I64]]
    outsiders: I64


def population(plan: Plan) -> Population:
    """Everybody of a plan. Its size follows from the number of transfers and of days."""
    rng = stream(plan.seed, "population")
    people = max(60, int(plan.transfers / (A_MONTH * plan.days / 30.4)))
    banks = _banks(plan, rng)
    holders = _holders(plan, rng, people)
    return _with_accounts(plan, rng, banks, holders)


def _banks(plan: Plan, rng: Rng) -> Banks:
    names: list[str] = []
    country: list[int] = []
    for place, code in enumerate(plan.countries):
        names += COUNTRIES[code].banks
        country += [place] * len(COUNTRIES[code].banks)
    reporting = np.ones(len(names), np.bool_)
    # The smallest bank of every other country does not report: rings have parts in the dark
    for place in range(1, len(plan.countries), 2):
        reporting[np.flatnonzero(np.array(country) == place)[-1]] = False
    for place, code in enumerate(OUTSIDE, len(plan.countries)):
        names += [f"{code} Correspondent {number}" for number in (1, 2)]
        country += [place, place]
    dark = np.zeros(2 * len(OUTSIDE), np.bool_)
    return Banks(tuple(names), np.array(country, np.int64), np.concatenate([reporting, dark]))


def _holders(plan: Plan, rng: Rng, people: int) -> Holders:
    here = len(plan.countries)
    weights = np.array([COUNTRIES[code].weight for code in plan.countries])
    towns = np.array([len(COUNTRIES[code].towns) for code in plan.countries])
    sizes = rng.choice([1, 2, 3, 4, 5], people, p=[0.34, 0.33, 0.16, 0.12, 0.05])
    household = np.repeat(np.arange(people), sizes)[:people]
    home = weighted(rng, weights, people)
    from_where = np.where(rng.random(people) < 0.16, weighted(rng, weights, people), home)
    town = _towns(rng, towns[home])
    member = np.arange(people) - np.searchsorted(household, household)
    standing = weighted(rng, STANDING, people)
    standing[(member > 1) & (rng.random(people) < 0.6)] = STUDENT
    companies = max(24, int(people * 0.085))
    where = weighted(rng, weights, companies)
    where[: 2 * here] = np.tile(np.arange(here), 2)
    sector = weighted(rng, SECTORS, companies)
    sector[:here] = SHOP  # every country has a shop and a charity
    sector[here : 2 * here] = CHARITY
    institutions = np.repeat(np.arange(here), sum(count for _, count in HUBS))
    branches = _branches(plan)
    abroad = max(20, int(people * 0.03))
    outside = here + weighted(rng, [4, 3, 3, 1, 1], abroad)
    outside[: 2 * len(OUTSIDE)] = here + np.tile(np.arange(len(OUTSIDE)), 2)
    country = np.concatenate([home[household], where, institutions, branches, outside])
    rest = len(country) - people
    size = heavy(rng, len(country), 1.15)
    return Holders(
        people=people,
        companies=companies,
        country=country,
        origin=np.concatenate([from_where[household], country[people:]]),
        town=np.concatenate([town[household], _towns(rng, _at(towns, country[people:]))]),
        household=np.concatenate([household, np.arange(people, people + rest)]),
        standing=np.concatenate([standing, np.full(rest, -1)]),
        sector=np.concatenate([np.full(people, -1), sector, np.full(rest - companies, -1)]),
        size=np.minimum(size, 400.0),
    )


def _at(towns: I64, country: I64) -> I64:
    """How many towns a country has; one where it is outside."""
    return np.where(country < len(towns), towns[np.minimum(country, len(towns) - 1)], 1)


def _towns(rng: Rng, count: I64) -> I64:
    """A town of each, the first towns being the largest."""
    return np.minimum((rng.random(len(count)) ** 1.7 * count).astype(np.int64), count - 1)


def _branches(plan: Plan) -> I64:
    """The country of every bank's own holder (cash, loans, cards): one a bank of the region."""
    counts = [len(COUNTRIES[code].banks) for code in plan.countries]
    return np.repeat(np.arange(len(counts)), counts)


class _Opening:
    """Accounts as they are opened, block by block; a block's numbers run on."""

    def __init__(self, plan: Plan, rng: Rng, banks: Banks, country: I64) -> None:
        self._plan, self._rng, self._banks, self._country = plan, rng, banks, country
        self._blocks: list[tuple[npt.NDArray[np.generic], ...]] = []
        self._count = 0

    def open(self, holder: I64, use: int | I64, bank: I64, *, hub: bool = False) -> I64:
        """One account for each holder at each bank."""
        size, rng, days = len(holder), self._rng, self._plan.days
        opened = -np.ceil(rng.exponential(1_900, size)).astype(np.int64)
        closed = np.full(size, NEVER)
        if not hub:
            new = rng.random(size) < 0.05
            opened[new] = rng.integers(0, days, int(new.sum()))
            ends = rng.random(size) < 0.025
            closed[ends] = rng.integers(days // 5, days + 1, int(ends.sum()))
            closed = np.where(closed <= opened + 7, NEVER, closed)
        asleep = (rng.random(size) < 0.03) & (opened < -200) & (not hub)
        wake = np.where(asleep, rng.integers(0, int(days * 1.3), size), opened)
        uses = np.broadcast_to(np.asarray(use, np.int64), size)
        hubs = np.full(size, hub)
        self._blocks.append(
            (holder, bank, self._banks.country[bank], uses, opened, wake, closed, hubs)
        )
        self._count += size
        return np.arange(self._count - size, self._count)

    def bank(self, country: I64) -> I64:
        """A bank of the country for each, the first ones being the largest."""
        found = np.zeros(len(country), np.int64)
        for place in np.unique(country):
            rows = np.flatnonzero(country == place)
            there = np.flatnonzero(self._banks.country == place)
            found[rows] = there[weighted(self._rng, 1 / (1.0 + np.arange(len(there))), len(rows))]
        return found

    def accounts(self) -> Accounts:
        """All that were opened."""
        columns = [np.concatenate(column) for column in zip(*self._blocks, strict=True)]
        return Accounts(*columns)


def _with_accounts(plan: Plan, rng: Rng, banks: Banks, holders: Holders) -> Population:
    people, firms = holders.people, holders.companies
    desk = _Opening(plan, rng, banks, holders.country)
    one = np.arange(people)
    bank = desk.bank(holders.country[:people])
    main = [desk.open(one, USE["person"], bank)]
    savings = _some(rng, desk, one, bank, 0.34)
    second = _some(rng, desk, one, desk.bank(holders.country[:people]), 0.09)
    elsewhere = holders.origin[:people].copy()
    stays = elsewhere == holders.country[:people]
    elsewhere[stays] = rng.integers(0, len(plan.countries), int(stays.sum()))
    chance = np.where(stays, 0.025, 0.35) * (elsewhere != holders.country[:people])
    abroad = _some(rng, desk, one, desk.bank(elsewhere), chance)
    company = np.arange(people, people + firms)
    main.append(desk.open(company, _uses(holders), desk.bank(holders.country[company])))
    number = people + firms
    hubs: dict[str, list[I64]] = {name: [] for name, _ in HUBS}
    for place in range(len(plan.countries)):
        for name, count in HUBS:
            which = np.arange(number, number + count)
            use = {"bill": "company", "online": "merchant", "crypto": "exchange"}.get(name, name)
            there = desk.bank(np.full(count, place))
            hubs[name].append(desk.open(which, USE[use], there, hub=True))
            main.append(hubs[name][-1])
            number += count
    inside = np.flatnonzero(banks.country < len(plan.countries))
    own = np.arange(number, number + len(inside))
    cash = desk.open(own, USE["cash"], inside, hub=True)
    lender = desk.open(own, USE["company"], inside, hub=True)
    acquirer = desk.open(own, USE["company"], inside, hub=True)
    number += len(inside)
    others = np.arange(number, len(holders.country))
    outsiders = desk.open(others, USE["company"], desk.bank(holders.country[others]), hub=True)
    return Population(
        banks=banks,
        holders=holders,
        accounts=desk.accounts(),
        main=np.concatenate([*main, cash, outsiders]),
        savings=savings,
        second=second,
        abroad=abroad,
        cash=_by_bank(cash, banks),
        lender=_by_bank(lender, banks),
        acquirer=_by_bank(acquirer, banks),
        hubs=hubs,
        outsiders=outsiders,
    )


def _by_bank(account: I64, banks: Banks) -> I64:
    """The account of each bank's own: -1 for those outside, which come last."""
    return np.concatenate([account, np.full(len(banks.name) - len(account), -1)])


def _some(rng: Rng, desk: _Opening, holder: I64, bank: I64, chance: float | F64) -> I64:
    """One more account for some of them: its number, or -1."""
    has = np.flatnonzero(rng.random(len(holder)) < chance)
    found = np.full(len(holder), -1)
    found[has] = desk.open(holder[has], USE["person"], bank[has])
    return found


def _uses(holders: Holders) -> I64:
    first = holders.people
    sector = holders.sector[first : first + holders.companies]
    large = holders.size[first : first + holders.companies] > 25
    use = np.where(sector == SHOP, USE["merchant"], USE["company"])
    use = np.where(large & (sector != SHOP), USE["employer"], use)
    return np.where(sector == CHARITY, USE["charity"], use)


def incomes(plan: Plan, rng: Rng, holders: Holders) -> F64:
    """What a month brings to each person, in whole units of the reference currency."""
    prices = np.array([COUNTRIES[code].prices for code in plan.countries])
    level = np.array([1_900.0, 900.0, 350.0, 1_500.0, 420.0])[holders.standing[: holders.people]]
    median = level * prices[holders.country[: holders.people]]
    return spread(rng, median, 0.5, holders.people)
