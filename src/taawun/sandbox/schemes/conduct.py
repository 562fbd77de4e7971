"""Typologies that are conduct: cash below a limit, sleepers, corridors, shared numbers, charity."""

from __future__ import annotations

import numpy as np

from taawun.sandbox.calendar import DAY
from taawun.sandbox.region import COUNTRIES
from taawun.sandbox.schemes.stage import Stage


def limit_of(stage: Stage, account: int) -> tuple[float, int]:
    """What banks must report where the account is: in the reference currency, and minor units."""
    plan = stage.world.plan
    place = min(int(stage.world.there.accounts.country[account]), len(plan.countries) - 1)
    country = COUNTRIES[plan.countries[place]]
    return country.threshold * country.worth, country.threshold * 10**country.decimals


def structuring(stage: Stage) -> None:
    """Cash paid in below what must be reported, by several people, days and places."""
    helpers = stage.people(stage.count(1, 2.6, 7))
    collector = stage.members(1)[0]
    worth, _ = limit_of(stage, helpers[0])
    times = max(3, stage.count(3, 7, 30))
    span = stage.rng.uniform(2, 8) * stage.skill.dwell**0.3
    near = {"naive": (0.86, 0.995), "careful": (0.55, 0.98)}.get(stage.skill.name, (0.25, 0.9))
    got = dict.fromkeys(helpers, 0.0)
    last = dict.fromkeys(helpers, stage.start)
    for _ in range(times):
        helper = helpers[int(stage.rng.integers(len(helpers)))]
        worth, limit = limit_of(stage, helper)
        part = worth * stage.rng.uniform(*near)
        till = stage.till(helper, elsewhere=True)
        at = stage.pay(till, helper, part, stage.within(span), "deposit", limit=limit)
        got[helper] += part
        last[helper] = max(last[helper], at)
    for helper in helpers:
        if got[helper] and stage.rng.random() < 0.8:
            passed = stage.less(got[helper])
            stage.pay(helper, collector, passed, last[helper] + stage.rests(), role="exit")


def funnel(stage: Stage) -> None:
    """Cash paid into one account in many places, taken out far away soon after."""
    account = stage.members(1)[0]
    times = stage.count(4, 9, 30)
    span = stage.rng.uniform(3, 9) * stage.skill.dwell**0.3
    country = stage.world.there.accounts.country[account]
    there = stage.world.there
    tills = there.cash[there.banks.country[: len(there.cash)] == country]
    tills = tills[tills >= 0]
    if not len(tills):
        tills = there.cash[:3]
    far = [each for each in range(len(stage.world.plan.countries)) if each != country]
    place = int(far[stage.rng.integers(len(far))]) if far else int(country)
    away = there.cash[(there.banks.country == place) & (there.cash >= 0)]
    parts = stage.split(stage.worth, times)
    for part in parts:
        till = int(tills[stage.rng.integers(len(tills))])
        at = stage.pay(till, account, part, stage.within(span), "deposit")
        if stage.rng.random() < 0.75:
            out, until = stage.less(part), at + stage.rests(0.7)
            if stage.rng.random() < 0.6:
                exit_ = int(away[stage.rng.integers(len(away))])
                stage.pay(account, exit_, out, until, "withdrawal")
            else:
                stage.pay(account, stage.outsider(), out, until)


def dormant(stage: Stage) -> None:
    """An account that slept wakes, takes much in, pays it out and falls silent."""
    days = stage.world.days
    stage.start = max(stage.start, days.epoch + stage.rng.uniform(0.3, 0.6) * days.days * DAY)
    asleep = stage.pools.asleep
    still = asleep[stage.world.there.accounts.wake[asleep] > stage.day()]
    account = (stage.of(still) or stage.people(1))[0]
    times = stage.count(2, 4, 12)
    got, ready = 0.0, stage.start
    for part in stage.split(stage.worth, times):
        source = stage.members(1) if stage.rng.random() < 0.7 else [stage.outsider()]
        ready = max(ready, stage.pay(source[0], account, part, stage.within(9)))
        got += part
    outs = stage.count(2, 4, 12)
    targets = stage.members(max(1, outs // 2))
    for part in stage.split(stage.less(got), outs):
        target = targets[int(stage.rng.integers(len(targets)))]
        stage.pay(account, target, part, ready + stage.rests())


def corridor(stage: Stage) -> None:
    """Payments begin, suddenly, to new counterparties in countries of high risk."""
    account = stage.members(1)[0]
    ready = stage.enter(account, stage.worth * 0.7, stage.start)
    risky = stage.pools.risky
    count = stage.count(2, 4, 9)
    targets = [int(risky[each]) for each in stage.rng.integers(0, len(risky), count)]
    times = count + stage.count(1, 4, 14)
    at = ready
    for number, part in enumerate(stage.split(stage.worth, times)):
        at += stage.rng.exponential(1.2) * DAY + stage.rests(0.1)
        stage.pay(account, targets[number % count], part, at)


def cash_round_trip(stage: Stage) -> None:
    """Cash is taken out, paid in elsewhere, and comes back as a loan or an invoice."""
    origin = stage.shells(1) or stage.people(1)
    helpers = stage.people(stage.count(1, 2.4, 5))
    at, taken = stage.start, stage.worth
    for part in stage.split(taken, stage.count(2, 4, 10)):
        at = stage.pay(origin[0], stage.till(origin[0]), part, at + stage.rests(0.3), "withdrawal")
    share = stage.less(taken)
    for helper, portion in zip(helpers, stage.split(share, len(helpers)), strict=True):
        when = at
        for part in stage.split(portion, stage.count(1, 3, 8)):
            till = stage.till(helper, elsewhere=True)
            when = stage.pay(till, helper, part, when + stage.rests(0.6), "deposit")
        back = "loan" if stage.rng.random() < 0.5 else "fee"
        stage.pay(helper, origin[0], stage.less(portion), when + stage.rests(), back)


def shared_counterparties(stage: Stage) -> None:
    """People who do not know each other deal with the same few accounts."""
    count, few = stage.count(3, 5, 14), int(stage.rng.integers(2, 5))
    helpers, targets = stage.people(count), stage.members(few)
    span = stage.rng.uniform(4, 12) * stage.skill.dwell**0.35
    for helper, portion in zip(helpers, stage.split(stage.worth, len(helpers)), strict=True):
        if stage.rng.random() < 0.5:
            stage.enter(helper, portion, stage.start)
        for target, part in zip(targets, stage.split(portion, len(targets)), strict=True):
            if stage.rng.random() < 0.85:
                stage.pay(helper, target, part, stage.within(span))


def shared_identifiers(stage: Stage) -> None:
    """A herd of accounts opened with one telephone or address, used by one hand."""
    herd = stage.people(stage.count(3, 5, 12))
    column = ("phone", "address", "phone")[int(stage.rng.integers(3))]
    kept = herd if stage.skill.name == "naive" else herd[: max(2, (2 * len(herd) + 2) // 3)]
    stage.shared.setdefault(column, {}).update(dict.fromkeys(kept[1:], kept[0]))
    sink = stage.members(1)[0]
    for account, part in zip(herd, stage.split(stage.worth, len(herd)), strict=True):
        at = stage.enter(account, part, stage.within(20))
        passed = stage.less(part)
        if account == herd[0] or stage.rng.random() < 0.7:
            stage.pay(account, sink, passed, at + stage.rests())
        else:
            stage.leave(account, passed, at + stage.rests())


def donations(stage: Stage) -> None:
    """Many small gifts to one collector, gathered and sent abroad (terrorist financing)."""
    charity = stage.of(stage.pools.charities) if stage.rng.random() < 0.45 else []
    collector = (charity or stage.people(1))[0]
    givers = stage.victims(stage.count(8, 22, 90))
    small = np.exp(stage.rng.normal(3.4, 0.7, 3 * len(givers)))
    span, got, number = stage.rng.uniform(10, 45), 0.0, 0
    for giver in givers:
        for _ in range(1 + int(stage.rng.random() < 0.3)):
            stage.pay(giver, collector, float(small[number]), stage.within(span), "donation")
            got += float(small[number])
            number += 1
    at = stage.start + span * DAY * stage.rng.uniform(0.4, 1)
    for part in stage.split(stage.less(got), stage.count(1, 2, 5)):
        at += stage.rests(0.7)
        if stage.rng.random() < 0.7:
            risky = stage.pools.risky
            target = int(risky[stage.rng.integers(len(risky))])
            stage.pay(collector, target, part, at, "aid" if charity else "family")
        else:
            stage.pay(collector, stage.till(collector), part, at, "withdrawal")


def listed(stage: Stage) -> None:
    """A listed person lives behind relatives and companies: they are paid, and pay for him."""
    there = stage.world.there
    principal = stage.people(1)[0]
    person = int(there.accounts.holder[principal])
    home = there.holders.household
    kin = np.flatnonzero(home[: there.holders.people] == home[person])
    relatives = [int(there.main[each]) for each in kin if each != person]
    relatives = relatives[:3] or stage.people(1)
    companies = stage.shells(int(stage.rng.integers(1, 3))) or stage.people(1)
    stage.listed = [principal, *relatives, *companies]
    stage.cast.update(stage.listed)
    turns = stage.count(3, 6, 18)
    at = stage.start
    for part in stage.split(stage.worth, turns):
        company = companies[int(stage.rng.integers(len(companies)))]
        source = stage.outsider() if stage.rng.random() < 0.6 else stage.members(1)[0]
        came = stage.pay(source, company, part, at + stage.rng.exponential(6) * DAY)
        relative = relatives[int(stage.rng.integers(len(relatives)))]
        kind = stage.some("salary", "dividend", "loan", weight=0.5)
        paid = stage.pay(company, relative, stage.less(part), came + stage.rests(), kind)
        if stage.rng.random() < 0.5:
            stage.leave(relative, stage.less(part) * 0.6, paid + stage.rests())
        at = came
