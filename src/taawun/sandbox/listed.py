"""The list of the made-up region: whom its authorities have listed, as FollowTheMoney says it.

Some of them stand behind planted schemes, through relatives and companies that the list names only
in part; most have no account at all, as on any real list.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from taawun.entities.entity import Entity, Value
from taawun.entities.ftm import to_ftm
from taawun.sandbox.chance import Rng, stream
from taawun.sandbox.making import World
from taawun.sandbox.register import Identity, Register, drawn_identity, spellings
from taawun.sandbox.schemes.planting import Planted

DATASET = "taawun_sandbox"
OTHERS = 4
"""How many listed persons without an account there are for each who has one, and ten besides."""


def listed(world: World, planted: Planted, made: Register) -> list[dict[str, object]]:
    """Everybody on the list and what it says of their ties, as FollowTheMoney objects."""
    rng = stream(world.plan.seed, "listed")
    entities: list[Entity] = []
    plays = [play for play in planted.schemes if play.listed]
    for number, play in enumerate(plays):
        entities += _behind(world, made, rng, number, play.listed)
    for number in range(len(plays), len(plays) * (OTHERS + 1) + 10):
        culture = made.identity[int(rng.integers(len(made.identity)))].culture
        who = drawn_identity(rng, culture)
        entities.append(_person(world, rng, f"XL-{number:05d}", who, ""))
    return [to_ftm(entity) for entity in entities]


def _behind(
    world: World, made: Register, rng: Rng, number: int, accounts: tuple[int, ...]
) -> Iterator[Entity]:
    """A listed person, the relatives and companies that the list knows of, and the ties."""
    there = world.there
    holders, people = there.accounts.holder, there.holders.people
    codes = made.country
    principal, *others = accounts
    name = f"XL-{number:05d}"
    person = int(holders[principal])
    country = codes[there.holders.origin[person]]
    yield _person(world, rng, name, made.identity[person], country)
    for place, account in enumerate(others):
        if rng.random() < 0.45:
            continue  # hidden: the list does not know
        other, tie = f"{name}-{place}", int(holders[account])
        if tie < people:
            yield _person(world, rng, other, made.identity[tie], "", target=False)
            ends = {"person": name, "relative": other, "relationship": "family"}
            yield _tie(f"{other}-tie", "Family", ends)
        else:
            home = codes[there.holders.country[tie]].lower()
            said: dict[str, tuple[str, ...]] = {
                "name": (made.holder_name[account],),
                "jurisdiction": (home,),
            }
            yield _entity(other, "Company", said, target=rng.random() < 0.5)
            yield _tie(f"{other}-tie", "Ownership", {"owner": name, "asset": other})


def _person(
    world: World, rng: Rng, name: str, who: Identity, country: str, *, target: bool = True
) -> Entity:
    """What a list says of a person: not all names, a date that may be a year."""
    first, *more = spellings(who)
    kept = [other for other in more if rng.random() < 0.5]
    born = who.born if rng.random() < 0.6 else who.born[:4]
    said: dict[str, tuple[str, ...]] = {
        "name": (first,),
        "alias": tuple(dict.fromkeys(kept)),
        "birthDate": (born,),
        "gender": ("female" if who.female else "male",),
    }
    if country:
        said["nationality"] = (country.lower(),)
    if target:
        since = world.plan.start - timedelta(days=int(rng.integers(30, 2_500)))
        said["topics"] = ("sanction",)
        said["notes"] = (f"Made-up listing of {since.isoformat()}",)
    return _entity(name, "Person", said, target=target)


def _tie(name: str, schema: str, ends: dict[str, str]) -> Entity:
    return _entity(name, schema, {prop: (text,) for prop, text in ends.items()}, target=False)


def _entity(name: str, schema: str, said: dict[str, tuple[str, ...]], *, target: bool) -> Entity:
    values = {
        prop: tuple(Value(text, DATASET) for text in texts) for prop, texts in said.items() if texts
    }
    return Entity(name, schema, values, datasets=(DATASET,), target=target)
