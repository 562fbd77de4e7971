"""A share of the random sequences, and proof that they would find what they look for.

The whole: python -m tests.cooperation.proof --sequences 10000 --core 50000
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taawun.cooperation import permit
from taawun.cooperation.agreement import Agreement
from taawun.cooperation.bloc import Blocs
from tests.cooperation.proof import core, mistakes
from tests.cooperation.proof.moves import broken
from tests.cooperation.proof.world import Template, World

MEMORY = Path("/dev/shm")
SEQUENCES = 30
FOUND_BY = {
    "the permit is not asked at arrival": 7020,
    "a suspension of one partner is of all": 7001,
    "what is planned counts at once": 7006,
    "a resumption lifts every suspension": 7123,
    "a message may come twice under two numbers": 7001,
    "the effect is kept before its receipt": 7027,
    "a refusal that nobody signed is final": 7005,
    "caveats may be loosened": 7002,
    "what is passed on need not be named": 7007,
    "consent for one purpose is consent for all": 7048,
    "anybody may consent for anybody": 7002,
    "a second officer is not asked": 7001,
    "one may approve one's own draft": 7006,
    "one may approve one's own lookup": 7008,
    "a name in other letters is another officer's": 7006,
    "an approval never runs out": 7054,
    "an approval is of any text": 7045,
    "the own policy on second officers is not asked": 7039,
    "lookups need no second officer": 7007,
    "the budget is not kept to": 7004,
    "what was suspended for a while keeps its key": 7006,
    "a new member hears of nothing": 7060,
}
"""Which sequence finds a mistake that the first of the others does not: it is tried first."""
OTHERS = range(7000, 7200)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    place = MEMORY if MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(dir=place) as made:
        yield Path(made)


@pytest.fixture(scope="module")
def template(folder: Path) -> Template:
    return Template.make(folder / "template")


@pytest.fixture(scope="module")
def world(folder: Path, template: Template) -> Iterator[World]:
    with template.world(folder / "world") as made:
        yield made


def test_no_sequence_breaks_a_promise(world: World, template: Template) -> None:
    counts: Counter[str] = Counter()
    for seed in range(SEQUENCES):
        said = broken(world, template, seed)
        assert not said, f"{said}; python -m tests.cooperation.proof --only {seed}"
        counts += world.counts
    happened = (
        "act: suspend", "act: resume", "accepted: answer", "accepted: disclosure", "disk full",
        "consent given", "passed on (named): went", "passed on (loosened): stopped", "restarts",
        "same message again, no effect", "sender killed", "withheld, then delivered once",
        "voids sent", "withheld: permit.suspended", "clock jumps", "not placed: permit.suspended",
        "refused at arrival: permit.suspended", "sent with four eyes",
        "send refused: review.needed", "approve refused: review.own_work", "lookups: hit",
        "lookups: no_hit", "lookup not approved: match.own_approval", "terms ended: suspended",
        "members left", "members joined",
    )  # fmt: skip
    assert [name for name in happened if not counts[name]] == []


@pytest.mark.parametrize("mistake", mistakes.MISTAKES)
def test_each_mistake_is_found(world: World, template: Template, mistake: str) -> None:
    first = FOUND_BY.get(mistake, OTHERS[0])
    with mistakes.made(mistake):
        tried = (first, *(seed for seed in OTHERS if seed != first))
        said = (broken(world, template, seed) for seed in tried)
        assert any(each and "Error: " not in each for each in said), "nothing found it"


@settings(max_examples=250, deadline=None)
@given(st.integers(0, 2**40))
def test_the_permit_says_what_the_model_says(seed: int) -> None:
    assert core.play(seed, Counter()) == ""


def _any_side(self: Agreement, one: str, other: str, blocs: Any, at: datetime) -> bool:
    return bool(one != other and self.sides(one, blocs, at) and self.sides(other, blocs, at))


WRONG_RULES: dict[str, tuple[Any, str, Any]] = {
    "suspensions in part": (permit, "_suspensions", mistakes.nothing),
    "caveats": (permit, "_caveats", mistakes.nothing),
    "scope": (permit, "_scope", mistakes.nothing),
    "in force": (permit, "_in_force", mistakes.nothing),
    "kinds": (permit, "_kind", mistakes.nothing),
    "members": (Blocs, "member", lambda *_: True),
    "sides": (Agreement, "meet", _any_side),
}


@pytest.mark.parametrize("rule", WRONG_RULES)
def test_a_rule_left_out_is_found_without_stores(
    rule: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(*WRONG_RULES[rule])
    assert any(core.play(seed, Counter()) for seed in range(300))
