"""The stage: whom a scheme can use, and the legs that it plays.

    stage.pay(source, target, worth, after, "friend")      the time of the leg, seconds

Legs are movements under a guise: how they are written is the business of their kind alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from taawun.jit import I64
from taawun.sandbox.calendar import DAY
from taawun.sandbox.chance import F64, Rng, weighted
from taawun.sandbox.kinds import KINDS, NUMBER
from taawun.sandbox.making import World
from taawun.sandbox.population import CHARITY, EMPLOYED, IDLE, SHOP, STUDENT, TRADER
from taawun.sandbox.region import HIGH_RISK, OUTSIDE
from taawun.sandbox.schemes.skill import Skill

HOUR = 3_600.0
SCOPES = ("bank", "country", "region")
WAKING = (7.2, 23.4)
"""Hours between which people move money with their own hands."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One movement of a scheme. `limit`: minor units that the amount must stay under, or 0.

    `cash`: the leg goes from hand to hand and is in no ledger.
    """

    at: float
    source: int
    target: int
    worth: float
    kind: int
    role: str
    limit: int = 0
    cash: bool = False


@dataclass(slots=True)
class Pools:
    """Accounts by what launderers use them for."""

    people: I64
    proneness: F64
    shells: I64
    shops: I64
    importers: I64
    charities: I64
    asleep: I64
    risky: I64
    used: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, world: World) -> Pools:
        there = world.there
        holders, accounts = there.holders, there.accounts
        count = holders.people
        people = np.concatenate([there.main[:count], there.second[there.second >= 0]])
        standing = holders.standing[accounts.holder[people]]
        weight = np.array([1.0, 0.4, 3.0, 2.5, 2.0])[standing]
        assert (EMPLOYED, STUDENT, TRADER, IDLE) == (0, 2, 3, 4)
        firms = np.arange(count, count + holders.companies)
        size, sector, main = holders.size[firms], holders.sector[firms], there.main[firms]
        small = (size < np.quantile(size, 0.7)) & (sector != CHARITY)
        codes = (*world.plan.countries, *OUTSIDE)
        risky = [place for place, code in enumerate(codes) if code in HIGH_RISK]
        awake_late = accounts.wake > 0
        return cls(
            people=people,
            proneness=weight,
            shells=main[small & (sector != SHOP)],
            shops=main[(sector == SHOP) & (size < np.quantile(size, 0.9))],
            importers=main[small],
            charities=main[sector == CHARITY],
            asleep=people[awake_late[people] & (accounts.opened[people] < -200)],
            risky=there.outsiders[np.isin(accounts.country[there.outsiders], risky)],
        )


@dataclass(slots=True)
class Stage:
    """One scheme as it plays: its chance, skill, scope, money (`worth`) and the legs so far."""

    world: World
    pools: Pools
    rng: Rng
    skill: Skill
    scope: str
    home: int
    bank: int
    start: float
    worth: float
    legs: list[Leg] = field(default_factory=list)
    cast: set[int] = field(default_factory=set)
    shared: dict[str, dict[int, int]] = field(default_factory=dict)
    listed: list[int] = field(default_factory=list)

    # Whom it uses

    def people(self, count: int) -> list[int]:
        """Helpers: people's accounts, new ones more often where the skill is low."""
        accounts, day = self.world.there.accounts, self.day()
        pool, weight = self.pools.people, self.pools.proneness
        new = (accounts.opened[pool] > day - 120) & (accounts.opened[pool] <= day)
        weight = weight * np.where(new, 1 + 30 * self.skill.fresh, 1.0)
        out = self._drawn(pool, weight, count)
        if self.pools.used and self.rng.random() < 0.2:
            again = self.pools.used[int(self.rng.integers(len(self.pools.used)))]
            if out and again not in self.cast and self._usable(np.array([again]))[0]:
                self.cast.add(again)
                out[int(self.rng.integers(len(out)))] = again
        self.pools.used += out
        return out

    def victims(self, count: int) -> list[int]:
        """People who are deceived: anybody, anywhere in the region."""
        pool = self.world.there.main[: self.world.there.holders.people]
        return self._drawn(pool, np.ones(len(pool)), count, narrow=False)

    def shells(self, count: int) -> list[int]:
        """Small companies."""
        return self._drawn(self.pools.shells, np.ones(len(self.pools.shells)), count)

    def members(self, count: int) -> list[int]:
        """Helpers of any sort: people, and companies the more the better they do it."""
        firms = int(self.rng.binomial(count, self.skill.firms))
        out = self.shells(firms) if firms else []
        out += self.people(count - len(out)) if count > len(out) else []
        return [out[each] for each in self.rng.permutation(len(out))]

    def of(self, pool: I64, count: int = 1) -> list[int]:
        """Some of a pool."""
        return self._drawn(pool, np.ones(len(pool)), count)

    def outsider(self) -> int:
        """An account outside the region."""
        return int(self.world.there.outsiders[self.rng.integers(len(self.world.there.outsiders))])

    def till(self, account: int, *, elsewhere: bool = False) -> int:
        """Where cash is paid in or out for an account: its bank, or another of the country."""
        there = self.world.there
        bank = int(there.accounts.bank[account])
        same = np.flatnonzero(there.banks.country == there.banks.country[bank])
        if elsewhere and len(same) > 1:
            bank = int(same[self.rng.integers(len(same))])
        if bank >= len(there.cash) or there.cash[bank] < 0:
            return int(there.cash[int(self.rng.integers(3))])
        return int(there.cash[bank])

    def _drawn(self, pool: I64, weight: F64, count: int, *, narrow: bool = True) -> list[int]:
        """Distinct accounts, in use at the time, within the scope where that has enough."""
        taken = np.zeros(len(self.world.there.accounts.holder), np.bool_)
        taken[list(self.cast)] = True
        good = self._usable(pool)
        inside = good & self._in_scope(pool) if narrow else good
        for mask in (inside, good):
            free = np.flatnonzero(mask & ~taken[pool])
            if len(free) >= count:
                break
        chosen: list[int] = []
        size = min(count, len(free))
        if size:
            chance = weight[free] / weight[free].sum()
            chosen = [int(pool[each]) for each in self.rng.choice(free, size, False, chance)]
        self.cast.update(chosen)
        return chosen

    def _usable(self, pool: I64) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        accounts, day = self.world.there.accounts, self.day()
        found: np.ndarray[tuple[int], np.dtype[np.bool_]] = (accounts.opened[pool] <= day) & (
            accounts.closed[pool] > day + 45
        )
        return found

    def _in_scope(self, pool: I64) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        accounts = self.world.there.accounts
        if self.scope == "bank":
            return np.asarray(accounts.bank[pool] == self.bank)
        if self.scope == "country":
            return np.asarray(accounts.country[pool] == self.home)
        return np.ones(len(pool), np.bool_)

    # Time and money

    def day(self) -> int:
        """The day on which it starts."""
        return int((self.start - self.world.days.epoch) // DAY)

    def rests(self, times: float = 1.0) -> float:
        """Seconds that money rests with a helper."""
        drawn = self.skill.dwell * times * np.exp(self.skill.varies * self.rng.standard_normal())
        return float(max(drawn, 0.05) * HOUR)

    def within(self, days: float) -> float:
        """A moment of the days that follow the start."""
        return self.start + float(self.rng.random()) * days * DAY

    def split(self, worth: float, count: int) -> list[float]:
        """A sum in parts, as evenly as the skill goes."""
        parts = self.rng.dirichlet(np.full(count, self.skill.even))
        parts = 0.15 / count + 0.85 * parts
        return [float(worth * part) for part in parts]

    def less(self, worth: float) -> float:
        """What is passed on: less the cut, more or less by what is mixed in."""
        kept = self.rng.uniform(*self.skill.cut)
        mixed = np.exp(self.skill.own * 0.5 * self.rng.standard_normal())
        return float(worth * (1 - kept) * min(mixed, 1.6))

    def count(self, least: int, mean: float, most: int) -> int:
        """A number of helpers: geometric above the least."""
        drawn = least + int(self.rng.geometric(1 / max(mean - least + 1, 1.01))) - 1
        return min(drawn, most)

    def guise(self, source: int, target: int) -> str:
        """Under which kind money goes between two accounts, so that it looks right."""
        firms = self.world.there.holders.people
        holder = self.world.there.accounts.holder
        pays, gets = holder[source] >= firms, holder[target] >= firms
        accounts = self.world.there.accounts
        if pays and gets:
            abroad = accounts.country[source] != accounts.country[target]
            return self.some("trade" if abroad else "invoice", "loan", weight=0.85)
        if pays:
            return self.some("salary", "dividend", "loan", weight=0.5)
        if gets:
            return self.some("purchase", "rent", "fee", weight=0.5)
        return self.some("friend", "family", weight=0.75)

    def some(self, *codes: str, weight: float) -> str:
        """The first with its weight, else one of the others."""
        if self.rng.random() < weight or len(codes) == 1:
            return codes[0]
        return codes[1 + int(self.rng.integers(len(codes) - 1))]

    # What it does

    def pay(
        self,
        source: int,
        target: int,
        worth: float,
        after: float,
        kind: str = "",
        role: str = "core",
        limit: int = 0,
    ) -> float:
        """One leg, not before `after`: when it happens."""
        code = kind or self.guise(source, target)
        at = self.moment(after, code, int(self.world.there.accounts.country[source]))
        cash = role == "core" and code in HAND and self.rng.random() < self.skill.dark * 0.35
        self.legs.append(Leg(at, source, target, worth, NUMBER[code], role, limit, cash))
        return at

    def moment(self, after: float, code: str, country: int) -> float:
        """The first moment from `after` on at which such a movement is made."""
        days, kind = self.world.days, KINDS[NUMBER[code]]
        place = min(country, len(days.hours) - 1)
        ahead = float(days.hours[place]) * HOUR
        local = after + ahead - days.epoch
        day, hour = int(local // DAY), local % DAY / HOUR
        last = days.next_open.shape[1] - 1
        if day >= last:
            return after
        is_open = not kind.office or int(days.next_open[place, day]) == day
        span = (9.0, 16.5) if kind.office else WAKING
        if is_open and span[0] <= hour <= span[1]:
            return after
        later = day + (hour > span[1])
        if kind.office:
            later = int(days.next_open[place, min(later, last)])
        drawn = days.at(self.rng, np.array([NUMBER[code]]), np.array([place]), np.array([later]))
        found = float(drawn[0]) + float(self.rng.random())
        return found if found >= after else after + self.rng.random() * 4 * HOUR

    def enter(self, account: int, worth: float, after: float) -> float:
        """Dirty money comes into an account: from victims, in cash, from abroad or a company."""
        way = int(weighted(self.rng, [4, 3, 2, 2], 1)[0])
        if way == 0:
            count = self.count(1, 3, 9)
            ends = [
                self.pay(victim, account, part, self._soon(after, 3), "friend", "entry")
                for victim, part in zip(self.victims(count), self.split(worth, count), strict=False)
            ]
            return max(ends, default=after)
        if way == 1:
            parts = self.split(worth, self.count(1, 2.5, 6))
            till = self.till(account, elsewhere=True)
            return max(
                self.pay(till, account, part, self._soon(after, 4), "deposit", "entry")
                for part in parts
            )
        source = self.outsider() if way == 2 else (self.shells(1) or [self.outsider()])[0]
        return self.pay(source, account, worth, after, role="entry")

    def leave(self, account: int, worth: float, after: float) -> float:
        """Money is taken out or spent: cash, abroad, crypto-assets, a purchase."""
        there = self.world.there
        way = int(weighted(self.rng, [4, 2, 2, 2], 1)[0])
        if way == 0:
            parts = self.split(worth, self.count(1, 3, 8))
            at = after
            for part in parts:
                at = self.pay(
                    account, self.till(account), part, at + self.rests(0.3), "withdrawal", "exit"
                )
            return at
        if way == 1:
            return self.pay(account, self.outsider(), worth, after, role="exit")
        home = min(int(there.accounts.country[account]), len(there.hubs["crypto"]) - 1)
        if way == 2:
            house = int(there.hubs["crypto"][home][0])
            return self.pay(account, house, worth, after, "exchange", "exit")
        shop = self.of(self.pools.importers)
        if not shop:
            return after
        return self.pay(account, shop[0], worth, after, "purchase", "exit")

    def _soon(self, after: float, days: float) -> float:
        return after + float(self.rng.random()) * days * DAY


HAND = frozenset({"friend", "family", "loan"})
"""Guises that may in truth be cash handed over."""
