"""States that join the league and leave it; each node hears of it for itself."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import TYPE_CHECKING

from taawun.cooperation import agreements
from taawun.cooperation.agreement import Agreement
from taawun.errors import Refused
from tests.cooperation.proof.model import CODES, Json

if TYPE_CHECKING:
    from tests.cooperation.proof.world import World


def joins(world: World, rng: random.Random) -> None:
    """A state becomes a member; its officer brings the text in and signs."""
    code = rng.choice(CODES)
    since = _day(world, rng)
    _tell(world, rng, code[:2], since, None)
    for id, text in _of_the_league(world).items():
        if rng.random() < 0.8:
            bring(world, code, id, text)
            if id in world.views[code].texts:
                world.act(code, id, "sign")


def bring(world: World, code: str, id: str, text: Json) -> None:
    """An officer brings an agreement's text, as a file."""
    at = world.clock(code)
    try:
        with world.nodes[code].store.begin() as unit:
            agreements.draft(unit, Agreement.of(text), at=at, actor="officer")
    except Refused as refused:
        world.counts[f"text not kept: {refused.ground}"] += 1
        return
    world.views[code].learn_text(id, text)


def leaves(world: World, rng: random.Random) -> None:
    """A state's membership is given an end."""
    state, since = rng.choice(
        sorted({key[1:] for view in world.views.values() for key in view.members})
    )
    until = max(_day(world, rng), since + timedelta(days=1))
    _tell(world, rng, state, since, until)


def _tell(world: World, rng: random.Random, state: str, since: date, until: date | None) -> None:
    """All nodes hear of it, or some only."""
    those = CODES if rng.random() < 0.8 else rng.sample(CODES, rng.randint(1, 2))
    for code in those:
        world.member(code, state, since, until)
    world.counts["members left" if until else "members joined"] += 1


def _day(world: World, rng: random.Random) -> date:
    return world.told.now.date() + timedelta(days=rng.choice((-3, 0, 0, 1, 2)))


def _of_the_league(world: World) -> dict[str, Json]:
    return {
        id: text
        for view in world.views.values()
        for id, text in view.texts.items()
        if is_of_a_bloc(text)
    }


def is_of_a_bloc(text: Json) -> bool:
    return any(party.get("bloc") for party in text["parties"])
