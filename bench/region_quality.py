"""The made-up region of the sandbox: what is found of what was planted, and of what was not told.

Typologies are left out in two senses: their labels (a third of the typologies at a time, as each
needs a training of its own), and their definition in the catalogue.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from bench import unseen
from bench.explained import explained
from bench.judged import HOW, JUDGED, Answers, judged, last_part, unseen_row, unseen_table
from bench.ledgers import JUDGE, LEARN, Ledger
from bench.ranking import among_first, average_precision
from bench.report import Cell, Outcome
from bench.searches import Ask, ledger

SEED, SIZE, ILLICIT = 7, 150_000, 200
GROUPS = 3
TOO_EASY = 0.9
ALERTS = 300
SKILLS = ("naive", "careful", "expert")
SHARES = (0.01, unseen.SHARE)


def made_region(folder: Path) -> str:
    """Makes the region; where it lies is its name among the ledgers."""
    from taawun.sandbox import Plan, make

    plan = Plan(seed=SEED, transfers=SIZE, illicit=ILLICIT)
    make(plan, folder / "region", views="none")
    return str(folder / "region")


def region_asks(region: str) -> list[Ask]:
    """All its searches."""
    left = [Ask(region, LEARN, group) for group in groups(ledger(region).typologies())]
    return [Ask(region), Ask(region, LEARN), *left]


def groups(typologies: list[str]) -> list[tuple[str, ...]]:
    """The typologies dealt out into groups, each in one."""
    return [tuple(typologies[place::GROUPS]) for place in range(GROUPS)]


def region_quality(outcome: Outcome, found: Answers, region: str) -> None:
    """Overall, by skill, with labels left out, with definitions left out."""
    known = ledger(region)
    asks = (Ask(region), Ask(region, LEARN))
    outcome.table(
        f"made-up region, transfers: {last_part(known)}",
        ("taawun", *JUDGED, "seconds"),
        [
            (HOW[each.learn], *judged(known, found[each].transfer, each.learn), found[each].seconds)
            for each in asks
        ],
        f"Seed {SEED}, {known.network.size:,} transfers, {ILLICIT} in 10,000 laundering.",
    )
    start = known.place(JUDGE)
    truth = known.truth[start:]
    best = max(average_precision(truth, found[each].transfer[start:]) for each in asks)
    claim = "the made-up region is not too easy: average precision, the better of both"
    outcome.want(claim, f"< {TOO_EASY:.2f}", f"{best:.3f}", best < TOO_EASY)
    _skills(outcome, known, found, asks)
    _labels(outcome, known, found, region)
    definitions(outcome, known)


def _skills(outcome: Outcome, known: Ledger, found: Answers, asks: tuple[Ask, ...]) -> None:
    start = known.place(JUDGE)
    rows: list[tuple[Cell, ...]] = []
    for skill in SKILLS:
        own = (known.truth & (known.skill == skill))[start:]
        recalls = [
            among_first(own, found[each].transfer[start:], int(share * len(own)))[1]
            for each in asks
            for share in SHARES
        ]
        rows.append((skill, int(own.sum()), *recalls))
    columns = [f"{HOW[each.learn]}: first {share:.0%}" for each in asks for share in SHARES]
    title = "made-up region: recall by the skill of the launderers, last fifth"
    outcome.table(title, ("skill", "transfers", *columns), rows)


def _labels(outcome: Outcome, known: Ledger, found: Answers, region: str) -> None:
    rows = [
        unseen_row(
            known, found, typology, (Ask(region, LEARN, group), Ask(region, LEARN), Ask(region))
        )
        for group in groups(known.typologies())
        for typology in group
    ]
    title = "made-up region: labels of a third of the typologies left out at a time, last fifth"
    unseen_table(outcome, title, sorted(rows, key=lambda row: str(row[0])))


def definitions(outcome: Outcome, known: Ledger) -> None:
    """Each definition taken out of the catalogue: what the first alerts still hold."""
    typologies = known.typologies()
    found = unseen.searched(known)
    alerts = unseen.without_definition(known, found, typologies)
    rows: list[tuple[Cell, ...]] = []
    for typology in typologies:
        own = known.truth & (known.typology == typology)
        held = [unseen.reached(known, own, alerts[code][:ALERTS]) for code in ("", typology)]
        planted = len(np.unique(known.scheme[own].astype(str)))
        named = unseen.found_as(known, found, typology)
        rows.append((typology, planted, int(own.sum()), named, *held))
    first = alerts[""][:ALERTS]
    everything, told = unseen.reached(known, known.truth, first), explained(known, first)
    outcome.table(
        f"made-up region: planted transfers in the first {ALERTS} alerts, no labels, whole window",
        (
            "typology",
            "schemes",
            "transfers",
            "in any finding of it",
            "in the first alerts",
            "its definition left out",
        ),
        rows,
        f"All typologies together: {everything:.3f} in the first alerts; {told.patterns} of the "
        f"alerts hit a scheme, {told.share(told.exact):.0%} of these are called what was "
        f"planted, {told.share(told.right):.0%} that or a compatible name. `listed` has no "
        "definition of its own: without accounts to start from, nearness finds nothing.",
    )
