"""Nothing that a ledger shows beside who, when and how much tells launderers from others.

A classifier that sees only how things are written (characters of references and account numbers,
the second of the minute, the order within the file, the wording of purposes, names, telephones)
must not do better than chance. Each laundering transfer is compared with ordinary ones of the same
kind, country and channel: under which guise launderers move money is theirs to choose.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from taawun.sandbox import Plan, region
from taawun.sandbox.made import Made

PLAN = Plan(seed=11, transfers=40_000, days=60, illicit=400)
OTHERS = 6
"""Ordinary transfers that each laundering one is compared with."""


@pytest.fixture(scope="module")
def made() -> Made:
    return region(PLAN)


def matched(made: Made) -> tuple[list[dict[str, Any]], npt.NDArray[np.bool_]]:
    """Laundering transfers, and ordinary ones that are alike but for who made them."""
    guise = {
        leg["transfer"]: leg["kind"]
        for scheme in made.schemes
        for leg in scheme["legs"]  # type: ignore[attr-defined]
        if leg["transfer"]
    }
    alike: dict[tuple[object, ...], tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    ledger, truth = made.transfers.to_pylist(), made.truth.to_pylist()
    for number, (row, known) in enumerate(zip(ledger, truth, strict=True)):
        row["order"] = number
        if known["scheme"] and not known["label"]:
            continue
        kind = guise.get(row["transfer"], known["role"])
        key = (kind, row["source_country"], row["channel"], row["source_bank"])
        alike[key][known["label"]].append(number)
    rng = np.random.default_rng(0)
    kept: list[int] = []
    for ordinary, laundering in alike.values():
        if laundering and len(ordinary) >= OTHERS * len(laundering):
            size = OTHERS * len(laundering)
            kept += [*laundering, *rng.choice(ordinary, size, replace=False).tolist()]
    label = np.array([truth[number]["label"] == 1 for number in kept])
    return [ledger[number] for number in kept], label


def area(score: npt.NDArray[np.float64], label: npt.NDArray[np.bool_]) -> float:
    """The area under the ROC curve: 0.5 is chance."""
    order = np.argsort(np.argsort(score, kind="stable"), kind="stable") + 1.0
    for value in np.unique(score):
        same = score == value
        order[same] = order[same].mean()
    ones = label.sum()
    return float((order[label].sum() - ones * (ones + 1) / 2) / (ones * (~label).sum()))


def learnt(
    marks: list[list[str]], label: npt.NDArray[np.bool_]
) -> tuple[float, npt.NDArray[np.float64]]:
    """What a naive Bayes classifier of marks reaches on halves that it did not learn from."""
    half = np.random.default_rng(1).random(len(label)) < 0.5
    score = np.zeros(len(label))
    for part in (half, ~half):
        seen: dict[str, list[float]] = defaultdict(lambda: [1.0, 1.0])
        for row in np.flatnonzero(~part):
            for mark in marks[row]:
                seen[mark][int(label[row])] += 1
        share = label[~part].mean()
        for row in np.flatnonzero(part):
            score[row] = sum(
                np.log(seen[mark][1] / share / (seen[mark][0] / (1 - share)))
                for mark in marks[row]
                if mark in seen
            )
    return area(score, label), score


def chance(label: npt.NDArray[np.bool_]) -> float:
    """How far from a half chance alone may go: four standard errors of the area."""
    ones, zeros = int(label.sum()), int((~label).sum())
    return 4 * float(np.sqrt((ones + zeros + 1) / (12 * ones * zeros)))


MARKS = {
    "reference": lambda row: [f"{place}{char}" for place, char in enumerate(row["transfer"][9:])],
    "second": lambda row: [f"s{row['at'].second}", f"u{row['at'].microsecond}"],
    "order": lambda row: [f"o{row['order'] % modulus}-{modulus}" for modulus in (2, 3, 7, 10)],
    "purpose": lambda row: [str(row["purpose"]).rstrip("0123456789")],
    "purpose number": lambda row: list(str(row["purpose"])[-3:]),
}


@pytest.mark.parametrize("name", MARKS)
def test_how_a_transfer_is_written_says_nothing(made: Made, name: str) -> None:
    found, label = matched(made)
    assert label.sum() > 200
    reached, _ = learnt([MARKS[name](row) for row in found], label)
    assert abs(reached - 0.5) < chance(label), f"{name}: {reached:.3f}"


ACCOUNT_MARKS = {
    "number": lambda row: [f"{place}{char}" for place, char in enumerate(row["account"][8:])],
    "check digits": lambda row: [row["account"][2:4]],
    "name": lambda row: [f"w{word}" for word in row["holder"].upper().split()],
    "name's length": lambda row: [f"l{len(row['holder'])}"],
    "telephone": lambda row: [f"{place}{char}" for place, char in enumerate(row["phone"] or "-")],
    "identifier": lambda row: [f"{p}{char}" for p, char in enumerate(row["identifier"] or "-")],
}


@pytest.mark.parametrize("name", ACCOUNT_MARKS)
def test_how_an_account_is_written_says_nothing(made: Made, name: str) -> None:
    """People's accounts that launderers use, against all others."""
    within = {
        account
        for scheme in made.schemes
        if scheme["typology"] != "shared_identifiers"
        for account in scheme["accounts"]  # type: ignore[attr-defined]
    }
    people = [row for row in made.accounts.to_pylist() if row["kind"] == "person"]
    label = np.array([row["account"] in within for row in people])
    assert label.sum() > 100
    reached, _ = learnt([ACCOUNT_MARKS[name](row) for row in people], label)
    assert abs(reached - 0.5) < chance(label), f"{name}: {reached:.3f}"


def test_a_mark_that_does_leak_is_found(made: Made) -> None:
    found, label = matched(made)
    marks = [
        ["x" if known and row["order"] % 3 else "y"]
        for row, known in zip(found, label, strict=True)
    ]
    assert learnt(marks, label)[0] - 0.5 > chance(label)


def test_the_ledger_has_no_column_of_the_truth(made: Made) -> None:
    schemes = {scheme["scheme"] for scheme in made.schemes}
    for column in made.transfers.column_names:
        if column not in ("at", "amount", "value"):
            assert not schemes & set(made.transfers[column].to_pylist())
