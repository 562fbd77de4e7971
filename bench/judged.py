"""What the tables of ranked ledgers have in common: splits, columns, how a ranking is said."""

from __future__ import annotations

from collections.abc import Sequence

from bench import unseen
from bench.explained import FIRST
from bench.ledgers import JUDGE, LEARN, Ledger
from bench.ranking import Truth, among_first, average_precision, best_threshold, f1_at
from bench.report import Cell, Outcome
from bench.searches import Answer, Ask
from taawun.jit import F32

Answers = dict[Ask, Answer]
HOW = {0.0: "no labels", LEARN: "labels of the first 60 %", JUDGE: "labels of the first 80 %"}
"""What is told, by the share of the transfers whose labels are."""
JUDGED = ("average precision", "F1", f"precision of first {FIRST}", "recall of first 1 %")


def judged(of: Ledger, scores: F32, learned: float) -> list[Cell]:
    """What is said of one ranking of the last part, in the order of `JUDGED`."""
    middle, last = parts(of, scores)
    best = f"{f1_at(*last, best_threshold(*middle)):.3f}" if learned <= LEARN else "not judged"
    first, _ = among_first(*last, FIRST)
    _, recall = among_first(*last, len(last[0]) // 100)
    return [average_precision(*last), best, first, recall]


def parts(of: Ledger, scores: F32) -> tuple[tuple[Truth, F32], tuple[Truth, F32]]:
    """Truth and scores of the middle part, and of the last."""
    learn, judge = of.place(LEARN), of.place(JUDGE)
    middle, last = slice(learn, judge), slice(judge, None)
    return (of.truth[middle], scores[middle]), (of.truth[last], scores[last])


def last_part(of: Ledger) -> str:
    """The last part and how much of it is laundering, for a title."""
    truth = of.truth[of.place(JUDGE) :]
    return f"the last fifth ({truth.sum()} of {len(truth):,} are laundering)"


def unseen_row(of: Ledger, found: Answers, typology: str, asks: Sequence[Ask]) -> list[Cell]:
    """One typology of the last part, as each search ranks it."""
    ranked = [unseen.ranked(of, typology, found[each].transfer) for each in asks]
    row: list[Cell] = [typology, ranked[0].transfers]
    for one in ranked:
        row += [one.precision, one.recall]
    return row


def unseen_table(outcome: Outcome, title: str, rows: Sequence[Sequence[Cell]]) -> None:
    """Rows of `unseen_row`: its labels left out, all labels, none."""
    what = ("left out", "all labels", "no labels")
    outcome.table(
        title,
        ("typology", "transfers", *(f"{how}: {x}" for how in what for x in ("AP", "recall"))),
        rows,
        "AP: average precision of its transfers among ordinary ones. Recall: the share of them "
        f"among the first {unseen.SHARE:.0%} of all transfers.",
    )
