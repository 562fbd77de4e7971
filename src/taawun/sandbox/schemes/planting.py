"""Planting: how many schemes of which typology, when, where, how well; their legs as movements."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from taawun.jit import I64
from taawun.sandbox.calendar import DAY
from taawun.sandbox.chance import Rng, spread, stream, weighted
from taawun.sandbox.making import World
from taawun.sandbox.moves import HABIT, Moves
from taawun.sandbox.region import COUNTRIES
from taawun.sandbox.schemes import conduct, networks
from taawun.sandbox.schemes.skill import skill
from taawun.sandbox.schemes.stage import SCOPES, Leg, Pools, Stage

PLAYS: dict[str, Callable[[Stage], None]] = {
    "fan_in": networks.fan_in,
    "fan_out": networks.fan_out,
    "gather_scatter": networks.gather_scatter,
    "scatter_gather": networks.scatter_gather,
    "cycle": networks.cycle,
    "bipartite": networks.bipartite,
    "stack": networks.stack,
    "pass_through": networks.pass_through,
    "structuring": conduct.structuring,
    "funnel": conduct.funnel,
    "dormant": conduct.dormant,
    "corridor": conduct.corridor,
    "cash_round_trip": conduct.cash_round_trip,
    "shared_counterparties": conduct.shared_counterparties,
    "shared_identifiers": conduct.shared_identifiers,
    "donations": conduct.donations,
    "listed": conduct.listed,
}
"""How each typology is played."""
SHOW = "camouflage"
"""The role of ordinary movements that helpers make for show; they are not laundering."""


@dataclass(frozen=True, slots=True)
class LaunderingScheme:
    """One planted scheme: `legs` are places in the planted legs."""

    id: str
    typology: str
    skill: str
    scope: str
    worth: int
    legs: range
    accounts: tuple[int, ...]
    listed: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Planted:
    """All schemes of a region and their legs.

    `moves` in order of time, their `leg` a place in `legs`; `cash` legs are in no ledger and not in
    `moves`. `amount` (minor units) by leg. `shared`: accounts that carry another one's phone or
    address.
    """

    schemes: tuple[LaunderingScheme, ...]
    legs: tuple[Leg, ...]
    scheme_of: I64
    amount: I64
    moves: Moves
    shared: dict[str, dict[int, int]]


def plant(world: World) -> Planted:
    """Plan and play all schemes of a region."""
    plan, pools = world.plan, Pools.of(world)
    wanted = plan.transfers * plan.illicit / 10_000
    schemes: list[LaunderingScheme] = []
    legs: list[Leg] = []
    of: list[int] = []
    shared: dict[str, dict[int, int]] = {}
    number = done = 0
    while plan.illicit and (number < len(plan.planted) or done < wanted):
        rng = stream(plan.seed, "scheme", number)
        typology = _typology(plan.planted, rng, number)
        stage = _stage(world, pools, rng)
        PLAYS[typology](stage)
        _for_show(stage)
        legs_of = range(len(legs), len(legs) + len(stage.legs))
        legs += stage.legs
        of += [number] * len(stage.legs)
        done += sum(leg.role != SHOW and not leg.cash for leg in stage.legs)
        for column, pairs in stage.shared.items():
            shared.setdefault(column, {}).update(pairs)
        schemes.append(_scheme(number, typology, stage, legs_of))
        number += 1
    amount = _amounts(world, legs)
    moves = _moves(legs, amount)
    return Planted(tuple(schemes), tuple(legs), np.array(of, np.int64), amount, moves, shared)


def _typology(planted: tuple[str, ...], rng: Rng, number: int) -> str:
    """Each once, then by lot."""
    if number < len(planted):
        return planted[number]
    return planted[int(rng.integers(len(planted)))]


def _stage(world: World, pools: Pools, rng: Rng) -> Stage:
    plan = world.plan
    weights = [COUNTRIES[code].weight for code in plan.countries]
    home = int(weighted(rng, weights, 1)[0])
    banks = np.flatnonzero(world.there.banks.country == home)
    bank = int(banks[weighted(rng, 1 / (1.0 + np.arange(len(banks))), 1)[0]])
    scope = SCOPES[int(weighted(rng, [0.2, 0.4, 0.4], 1)[0])]
    # Some begin before the window or run beyond its end
    start = world.days.epoch + rng.uniform(-0.04, 0.86) * plan.days * DAY
    prices = COUNTRIES[plan.countries[home]].prices
    worth = float(np.clip(spread(rng, 24_000 * prices, 1.15, 1)[0], 900, 4_000_000))
    return Stage(world, pools, rng, skill(rng), scope, home, bank, start, worth)


def _for_show(stage: Stage) -> None:
    """Small ordinary movements by helpers, so that their accounts look alive."""
    world, rng = stage.world, stage.rng
    if not stage.skill.decoys:
        return
    people = world.habits.people
    holders = world.there.holders
    for account in sorted(stage.cast):
        person = int(world.there.accounts.holder[account])
        if person >= holders.people:
            continue
        for _ in range(rng.poisson(stage.skill.decoys)):
            shop = int(people.favourites[person, int(rng.integers(people.favourites.shape[1]))])
            worth = float(people.price[person]) * np.exp(0.8 * rng.standard_normal())
            begins = stage.within(40)
            stage.pay(account, shop, worth, begins, "shopping", SHOW)


def _scheme(number: int, typology: str, stage: Stage, legs: range) -> LaunderingScheme:
    accounts = {leg.source for leg in stage.legs if leg.role != SHOW}
    accounts |= {leg.target for leg in stage.legs if leg.role != SHOW}
    return LaunderingScheme(
        id=f"S{number:05d}",
        typology=typology,
        skill=stage.skill.name,
        scope=stage.scope,
        worth=round(stage.worth * 100),
        legs=legs,
        accounts=tuple(sorted(accounts)),
        listed=tuple(stage.listed),
    )


def _amounts(world: World, legs: list[Leg]) -> I64:
    """Amounts written by the habit of each leg's guise; kept under its limit where it has one."""
    if not legs:
        return np.zeros(0, np.int64)
    source = np.array([leg.source for leg in legs])
    kind = np.array([leg.kind for leg in legs])
    country = world.there.accounts.country[source]
    worth = np.maximum([leg.worth for leg in legs], 0.5)
    rng = stream(world.plan.seed, "legs")
    amount = world.money.amounts(rng, worth, country, HABIT[kind])
    limit = np.array([leg.limit for leg in legs])
    over = (limit > 0) & (amount >= limit)
    lower = (limit * rng.uniform(0.88, 0.97, len(legs))).astype(np.int64)
    place = world.money.place(country)
    step = np.maximum((10 * world.money.unit * world.money.minor)[place].astype(np.int64), 1)
    return np.where(over, np.maximum(lower // step, 1) * step, amount)


def _moves(legs: list[Leg], amount: I64) -> Moves:
    """The legs that are booked at all, in order of time."""
    kept = np.flatnonzero([not leg.cash for leg in legs]) if legs else np.zeros(0, np.int64)
    at = np.array([int(legs[each].at) for each in kept], np.int64)
    order = kept[np.argsort(at, kind="stable")]
    return Moves(
        at=np.sort(at, kind="stable"),
        source=np.array([legs[each].source for each in order], np.int64),
        target=np.array([legs[each].target for each in order], np.int64),
        amount=amount[order],
        kind=np.array([legs[each].kind for each in order], np.int64),
        leg=order.astype(np.int64),
    )
