"""Laundering found in labelled ledgers: ranking, names, calibration, typologies never seen.

    python -m bench.ledger_quality [--json PATH]

Ledgers are split by time: learned from in the first 60 per cent of the transfers, thresholds taken
from the next 20, judged on the last 20. Nothing in the project is chosen by the last part.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from bench.command_line import searched_by_command
from bench.explained import FIRST, Explained, crossed, explained, within
from bench.judged import HOW, JUDGED, Answers, judged, last_part, parts, unseen_row, unseen_table
from bench.ledger_accounts import SIM, accounts
from bench.ledgers import AMLGENTEX, AMLSIM, JUDGE, LEARN, path_of
from bench.peers import ask
from bench.ranking import average_precision, calibration
from bench.region_quality import made_region, region_asks, region_quality
from bench.report import Outcome, Skip, main
from bench.searches import Ask, answers, ledger

GENTEX = "amlgentex"
LABELLED, UNLABELLED, NAMED = 0.45, 0.20, 0.70


def run(outcome: Outcome) -> None:
    """Judges the search on ledgers that nobody here made, and on the made-up region."""
    with tempfile.TemporaryDirectory() as folder:
        region = made_region(Path(folder))
        real, why = real_ledgers()
        found = answers([*(real_asks() if real else ()), *region_asks(region)])
        parts: dict[str, Callable[[], None]] = {
            "AMLGentex": partial(gentex, outcome, found),
            "peers": partial(peers, outcome),
            "command line": partial(command_line, outcome, found, Path(folder)),
            "AMLSim": partial(accounts, outcome, found),
            "names": partial(names, outcome, found),
            "calibration": partial(calibrated, outcome, found),
            "unseen typologies": partial(unseen_typologies, outcome, found),
        }
        if not real:
            rows = [(title, why) for title in parts]
            outcome.table("labelled ledgers", ("", "skipped because"), rows)
            parts = {}
        parts["made-up region"] = partial(region_quality, outcome, found, region)
        for title, part in parts.items():
            try:
                part()
            except Skip as reason:
                outcome.table(title, ("", "skipped because"), [(title, str(reason))])


def real_ledgers() -> tuple[bool, str]:
    """Whether the labelled ledgers are there, and why not."""
    try:
        path_of(AMLGENTEX), path_of(AMLSIM)
    except Skip as reason:
        return False, str(reason)
    return True, ""


def real_asks() -> list[Ask]:
    """All searches of AMLGentex and AMLSim."""
    left = [Ask(GENTEX, LEARN, (typology,)) for typology in ledger(GENTEX).typologies()]
    plain = [Ask(GENTEX), Ask(GENTEX, LEARN), Ask(GENTEX, JUDGE), Ask(SIM), Ask(SIM, LEARN)]
    return [*plain, *left]


def gentex(outcome: Outcome, found: Answers) -> None:
    """How transfers of the last part are ranked, with and without labels."""
    known = ledger(GENTEX)
    asks = [Ask(GENTEX, share) for share in HOW]
    rows = [
        (HOW[each.learn], *judged(known, found[each].transfer, each.learn), found[each].seconds)
        for each in asks
    ]
    start = known.place(JUDGE)
    outcome.table(
        f"AMLGentex, transfers: {last_part(known)}",
        ("taawun", *JUDGED, "seconds"),
        rows,
        "The threshold of F1 is the best one of the middle part; where that was learned from, it "
        "says nothing of later. Ranked by chance, average precision is the share of laundering.",
    )
    for share, wanted in ((LEARN, LABELLED), (0.0, UNLABELLED)):
        got = average_precision(known.truth[start:], found[Ask(GENTEX, share)].transfer[start:])
        claim = f"AMLGentex, last fifth: average precision, {HOW[share]}"
        outcome.want(claim, f">= {wanted:.2f}", f"{got:.3f}", got >= wanted)


def peers(outcome: Outcome) -> None:
    """LightGBM, on raw columns and on IBM's graph features, learned from the first 60 per cent."""
    known = ledger(GENTEX)
    network, learn = known.network, known.place(LEARN)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.npz"
        np.savez(
            path, at=network.at - network.at[0], source=network.source, target=network.target,
            amount=network.amount, source_bank=network.bank[network.source],
            target_bank=network.bank[network.target], label=known.truth.astype(np.int8),
        )  # fmt: skip
        question = {"ledger": str(path), "learn": learn, "judge": known.place(JUDGE)}
        told = ask("graph_features_quality", "snapml", question)
    rows = []
    for key, name in (("raw", "LightGBM, raw columns"), ("graph", "LightGBM, snapml features")):
        one = told[key]
        scores = np.concatenate([np.zeros(learn), one["scores"]]).astype(np.float32)
        setting = ", ".join(f"{name} {value:g}" for name, value in one["setting"].items())
        rows.append((name, *judged(known, scores, LEARN), one["columns"], setting))
    versions = ", ".join(f"{name} {number}" for name, number in told["versions"].items())
    outcome.table(
        f"AMLGentex, transfers: the last fifth, peers ({versions})",
        ("peer", *JUDGED, "columns", "setting"),
        rows,
        "Windows of a month. Settings are the best of those tried on the middle part.",
    )


def command_line(outcome: Outcome, found: Answers, work: Path) -> None:
    """The same by `taawun ledger import` and `taawun detect`, in a fresh home."""
    known = ledger(GENTEX)
    labels = work / "labels.parquet"
    pq.write_table(known.labels(LEARN), labels)
    rows = []
    for share, given in ((LEARN, labels), (0.0, None)):
        scores, seconds = searched_by_command(path_of(AMLGENTEX), given, known.references, work)
        apart = float(np.abs(scores - found[Ask(GENTEX, share)].transfer).max())
        rows.append((HOW[share], *judged(known, scores, share), seconds, apart))
    outcome.table(
        "AMLGentex, transfers: the last fifth, by the command line",
        ("taawun detect", *JUDGED, "seconds", "largest difference to the call"),
        rows,
    )


def names(outcome: Outcome, found: Answers) -> None:
    """Whether the first alerts are called what was planted there."""
    known = ledger(GENTEX)
    start = known.place(JUDGE)
    rows, told = [], {}
    for share in (0.0, LEARN):
        alerts = found[Ask(GENTEX, share)].alerts
        for where, some in (("whole window", alerts), ("last fifth", within(alerts, start))):
            one = told[share, where] = explained(known, some[:FIRST])
            rows.append((HOW[share], where, *explained_row(one)))
    outcome.table(
        f"AMLGentex: what the first {FIRST} alerts are called",
        ("taawun", "alerts in the", "alerts", "named", "hit a pattern", "patterns hit",
         "named as planted", "or a compatible name"),
        rows,
        "An alert hits a pattern where half of its transfers or five of them were planted. Alerts "
        "of the last fifth have half of their transfers there or more.",
    )  # fmt: skip
    for share in (0.0, LEARN):
        columns, table = crossed(told[share, "whole window"])
        title = f"AMLGentex: planted and named, first {FIRST} alerts, {HOW[share]}"
        outcome.table(title, columns, table)
        _names_wanted(outcome, told[share, "whole window"], HOW[share])


def explained_row(told: Explained) -> tuple[int, float, int, int, float, float]:
    named, right = told.named / max(told.alerts, 1), told.share(told.right)
    return told.alerts, named, told.patterns, told.schemes, told.share(told.exact), right


def _names_wanted(outcome: Outcome, told: Explained, how: str) -> None:
    all_named = told.named == told.alerts > 0
    got = f"{told.named} of {told.alerts}"
    outcome.want(f"AMLGentex: alerts that name a typology, {how}", "100 %", got, all_named)
    right = told.share(told.right)
    claim = f"AMLGentex: where a pattern is hit, the name is right, {how}"
    outcome.want(claim, f">= {NAMED:.0%}", f"{right:.0%}", right >= NAMED)


def calibrated(outcome: Outcome, found: Answers) -> None:
    """What was predicted against what was there, with labels of the first 60 per cent."""
    known = ledger(GENTEX)
    halves = parts(known, found[Ask(GENTEX, LEARN)].transfer)
    tables = [calibration(*half) for half in halves]
    rows = [(*middle, *last[1:]) for middle, last in zip(*tables, strict=True)]
    said = ("transfers", "predicted", "laundering")
    outcome.table(
        f"AMLGentex: calibration, {HOW[LEARN]}",
        ("score", *(f"{part}: {name}" for part in ("middle", "last") for name in said)),
        rows,
    )


def unseen_typologies(outcome: Outcome, found: Answers) -> None:
    """AMLGentex: the labels of each typology left out in turn."""
    known = ledger(GENTEX)
    both = Ask(GENTEX, LEARN), Ask(GENTEX)
    rows = [
        unseen_row(known, found, typology, (Ask(GENTEX, LEARN, (typology,)), *both))
        for typology in known.typologies()
    ]
    unseen_table(outcome, "AMLGentex: labels of one typology left out, last fifth", rows)


if __name__ == "__main__":
    main("ledger_quality", run)
