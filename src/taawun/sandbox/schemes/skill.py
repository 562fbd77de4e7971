"""How well launderers do it."""

from __future__ import annotations

from dataclasses import dataclass

from taawun.sandbox.chance import Rng, weighted


@dataclass(frozen=True, slots=True)
class Skill:
    """One level of skill.

    `dwell` hours that money rests (median) and how much that varies; `even` how evenly sums are
    split (Dirichlet concentration); `cut` what helpers keep (from, to); `own` how much of the
    money passed on is mixed with other money; `fresh` how often newly opened accounts are used;
    `dark` how often a leg leaves the ledger (cash from hand to hand); `decoys` ordinary movements
    made for show, per helper; `firms` how many helpers are companies.
    """

    name: str
    dwell: float
    varies: float
    even: float
    cut: tuple[float, float]
    own: float
    fresh: float
    dark: float
    decoys: float
    firms: float


SKILLS = (
    Skill("naive", 7.0, 0.9, 14.0, (0.02, 0.08), 0.0, 0.45, 0.04, 0.0, 0.1),
    Skill("careful", 40.0, 0.9, 3.5, (0.03, 0.12), 0.12, 0.2, 0.1, 0.8, 0.3),
    Skill("expert", 130.0, 0.8, 1.6, (0.04, 0.2), 0.35, 0.06, 0.18, 2.5, 0.45),
)
SHARES = (0.3, 0.42, 0.28)


def skill(rng: Rng) -> Skill:
    """A level of skill, as often as it is met."""
    return SKILLS[int(weighted(rng, SHARES, 1)[0])]
