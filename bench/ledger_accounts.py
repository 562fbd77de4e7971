"""AMLSim's accounts, ranked: which have a part in a planted fan-in or cycle."""

from __future__ import annotations

import numpy as np

from bench.judged import HOW, Answers
from bench.ledgers import JUDGE, LEARN, Ledger, marked_accounts, standing
from bench.ranking import Truth, average_precision, recall_at
from bench.report import Cell, Outcome
from bench.scoring import ranking_power
from bench.searches import Ask, ledger
from taawun.jit import F32

SIM = "amlsim"
WANTED, PRECISION = 0.90, 0.50
NOTE = (
    "{marked:,} accounts are marked, {every:,} of them have a labelled transfer. {hidden:,} of the "
    "marked ones have none but such as pay their sender's standing amount (its opening balance), "
    "as every ordinary transfer of this ledger does: no amount or path of money tells them from "
    "others. All {other:,} transfers of another amount are labelled: accounts that send or receive "
    "one take part in a pattern. Without labels these are ranked above an unmarked account "
    "{part:.0%} of the time, the {left:,} others with a labelled transfer {odds:.0%} (chance: "
    "50%). With labels the rows that judge the whole judge what was learned from too, and most "
    "accounts of the last fifth were labelled before."
)


def accounts(outcome: Outcome, found: Answers) -> None:
    """How accounts are ranked, by two truths, over the whole and over the last part."""
    known = ledger(SIM)
    usual = standing(known)
    truths = truths_of(known, usual)
    rows: list[tuple[Cell, ...]] = []
    for share in (0.0, LEARN):
        answer = found[Ask(SIM, share)]
        for name, truth in truths.items():
            rows.append((HOW[share], "whole", name, *judged(truth, answer.account)))
        scores, here = late(known, answer.transfer)
        for name, truth in truths_of(known, usual, known.place(JUDGE)).items():
            rows.append((HOW[share], "last fifth", name, *judged(truth[here], scores[here])))
    told = _told(truths, usual, found[Ask(SIM)].account)
    columns = ("accounts", f"recall at precision {PRECISION:.2f}", "average precision")
    outcome.table("AMLSim, accounts", ("taawun", "transfers", "truth", *columns), rows, told)
    _wanted(outcome, truths, found[Ask(SIM)].account)


def _told(truths: dict[str, Truth], usual: Truth, scores: F32) -> str:
    """What is to be known of the two truths."""
    every, taking = truths.values()
    marked = marked_accounts()
    part, odds = (
        ranking_power(own[own | ~every].tolist(), scores[own | ~every].tolist())
        for own in (taking, every & ~taking)
    )
    return NOTE.format(
        marked=marked, every=every.sum(), hidden=marked - taking.sum(), other=(~usual).sum(),
        part=part, odds=odds, left=(every & ~taking).sum(),
    )  # fmt: skip


def _wanted(outcome: Outcome, truths: dict[str, Truth], scores: F32) -> None:
    for name, truth in truths.items():
        got = recall_at(truth, scores, PRECISION)
        claim = f"AMLSim, {name}: recall at a precision of {PRECISION:.2f}, no labels"
        outcome.want(claim, f">= {WANTED:.2f}", f"{got:.3f}", got >= WANTED)


def judged(truth: Truth, scores: F32) -> tuple[int, float, float]:
    """How many there are, recall at the precision that is wanted, average precision."""
    return int(truth.sum()), recall_at(truth, scores, PRECISION), average_precision(truth, scores)


def truths_of(known: Ledger, usual: Truth, start: int = 0) -> dict[str, Truth]:
    """Accounts (m) of labelled transfers, and of those that take part in a pattern, from a
    position on. `usual` (n): the transfer pays its sender's standing amount."""
    here = np.arange(known.network.size) >= start
    moved = known.truth & ~usual
    return {
        "labelled accounts": ends(known, known.truth & here),
        "accounts that take part in a pattern": ends(known, moved & here),
    }


def ends(known: Ledger, which: Truth) -> Truth:
    """The accounts (m) that send or receive some transfers."""
    inside = np.zeros(known.network.accounts, bool)
    inside[known.network.source[which]] = True
    inside[known.network.target[which]] = True
    return inside


def late(known: Ledger, transfer: F32) -> tuple[F32, Truth]:
    """Scores of accounts (m) by their transfers of the last part alone, and which have any."""
    from taawun.detection.score import of_accounts

    here = np.arange(known.network.size) >= known.place(JUDGE)
    scores = of_accounts(known.network, np.where(here, transfer, 0).astype(np.float32))
    return scores, ends(known, here)
