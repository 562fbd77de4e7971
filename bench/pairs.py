"""The labelled pairs: is this one name? Taawun and nomenklatura's logic-v2 in the same run.

    python -m bench.pairs [--json PATH]

F1 at 0.7 on the half that rules are tuned on (`dev`) and on the half that they are not (`held`),
per script and culture, mean score per tier, calibration, and seconds per pair. The errors on `dev`
go to `.bench/pairs-dev-errors.tsv`; those on `held` are never written down.
"""

from __future__ import annotations

import csv
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from bench.ground import KEPT
from bench.names.split import Pair, half, read_pairs
from bench.peers import ask
from bench.report import Outcome, Skip, main
from bench.scoring import (
    THRESHOLD,
    best_threshold,
    calibration,
    ranking_power,
    script_pair,
    verdict,
)

F1_WANTED = 0.93
TIMES_FASTER = 10
PASSES = 5
SMALLEST_GROUP = 12
ERRORS = KEPT / "pairs-dev-errors.tsv"
TIERS = ("strong", "medium", "weak", "hard", "easy")


@dataclass(frozen=True, slots=True)
class Engine:
    """One matcher's answers: a score for each pair, seconds for each timed pair."""

    name: str
    scores: list[float]
    times: dict[str, list[float]]

    def micros(self, how: str) -> float:
        return statistics.median(self.times[how]) * 1e6


def distinct(pairs: Sequence[Pair]) -> list[int]:
    """Indices of pairs in which neither name was seen before, so that no cache can help."""
    seen: set[str] = set()
    chosen = []
    for index, pair in enumerate(pairs):
        if pair.a not in seen and pair.b not in seen:
            chosen.append(index)
            seen.update((pair.a, pair.b))
    return chosen


def taawun(pairs: Sequence[Pair], timed: Sequence[int]) -> Engine:
    """Taawun's own answers, in this process."""
    from taawun.names import analyse, compare, compare_names

    for kind in ("person", "company", "vessel"):
        compare("Warm Up", "Warmer Upper", kind=kind)
    chosen = [pairs[index] for index in timed]
    calls = [partial(compare, pair.a, pair.b, kind=pair.kind) for pair in chosen]
    cold = [_seconds(call) for call in calls]
    warm = _medians(calls)
    names = [(analyse(pair.a, pair.kind), analyse(pair.b, pair.kind)) for pair in chosen]
    ready = _medians([partial(compare_names, *two) for two in names])
    scores = [float(compare(pair.a, pair.b, kind=pair.kind).score) for pair in pairs]
    return Engine("taawun", scores, {"cold": cold, "warm": warm, "analysed": ready})


def _seconds(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def _medians(calls: Sequence[Callable[[], object]]) -> list[float]:
    passes = [[_seconds(call) for call in calls] for _ in range(PASSES)]
    return [statistics.median(times) for times in zip(*passes, strict=True)]


def logic_v2(pairs: Sequence[Pair], timed: Sequence[int]) -> Engine:
    """The peer's answers, from its own process and environment."""
    question = {
        "pairs": [[pair.kind, pair.a, pair.b] for pair in pairs],
        "timed": list(timed),
        "passes": PASSES,
    }
    answer = ask("logic_v2", "nomenklatura", question)
    name = f"logic-v2 (nomenklatura {answer['version']})"
    return Engine(name, answer["scores"], {"cold": answer["cold"], "warm": answer["warm"]})


def run(outcome: Outcome) -> None:
    """Judges the labelled pairs with Taawun and with nomenklatura's logic-v2."""
    pairs = read_pairs()
    timed = distinct(pairs)
    ours = taawun(pairs, timed)
    engines = [ours]
    try:
        engines.append(logic_v2(pairs, timed))
    except Skip as reason:
        outcome.table("peer", ("peer", "skipped because"), [("logic-v2", str(reason))])
    _write_errors(pairs, ours)
    _targets(outcome, pairs, engines)
    _overall(outcome, pairs, engines)
    _tiers(outcome, pairs, engines)
    _groups(outcome, "by script", lambda pair: script_pair(pair.a, pair.b), pairs, engines)
    _groups(outcome, "by culture", lambda pair: pair.culture, pairs, engines)
    _groups(outcome, "by kind", lambda pair: pair.kind, pairs, engines)
    _calibration(outcome, pairs, engines)
    _speed(outcome, engines, len(timed))


def _sides(pairs: Sequence[Pair]) -> dict[str, list[int]]:
    return {
        side: [index for index, pair in enumerate(pairs) if half(pair.id) == side]
        for side in ("dev", "held")
    }


def _write_errors(pairs: Sequence[Pair], engine: Engine) -> None:
    ERRORS.parent.mkdir(exist_ok=True)
    with ERRORS.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        writer.writerow(["score", "same", "tier", "kind", "culture", "a", "b", "why"])
        for index in _sides(pairs)["dev"]:
            pair, score = pairs[index], engine.scores[index]
            if pair.same != (score >= THRESHOLD):
                told = [f"{score:.3f}", int(pair.same), pair.tier, pair.kind, pair.culture]
                writer.writerow([*told, pair.a, pair.b, pair.why])


def _labels(pairs: Sequence[Pair], chosen: Sequence[int]) -> list[bool]:
    return [pairs[index].same for index in chosen]


def _scores(engine: Engine, chosen: Sequence[int]) -> list[float]:
    return [engine.scores[index] for index in chosen]


def _targets(outcome: Outcome, pairs: Sequence[Pair], engines: Sequence[Engine]) -> None:
    ours = engines[0]
    held = _sides(pairs)["held"]
    f1 = verdict(_labels(pairs, held), _scores(ours, held)).f1
    outcome.want(
        f"F1 at {THRESHOLD} on the half not tuned on",
        f">= {F1_WANTED}",
        f"{f1:.3f}",
        f1 >= F1_WANTED,
    )
    means = _means(pairs, ours)
    falling = means["strong"] > means["medium"] > means["weak"] > means["hard"]
    got = ", ".join(f"{tier} {means[tier]:.3f}" for tier in TIERS)
    outcome.want("mean score falls with the tier", "strong > medium > weak > hard", got, falling)
    for peer in engines[1:]:
        ratio = peer.micros("cold") / ours.micros("cold")
        wanted = f">= {TIMES_FASTER} times"
        outcome.want(
            "a pair of unseen names against logic-v2",
            wanted,
            f"{ratio:.1f} times",
            ratio >= TIMES_FASTER,
        )
        ratio = peer.micros("warm") / ours.micros("analysed")
        outcome.want(
            "a pair of analysed names against logic-v2 on names it has seen",
            wanted,
            f"{ratio:.1f} times",
            ratio >= TIMES_FASTER,
        )


def _overall(outcome: Outcome, pairs: Sequence[Pair], engines: Sequence[Engine]) -> None:
    rows: list[tuple[str | int | float, ...]] = []
    for engine in engines:
        for side, chosen in _sides(pairs).items():
            labels, scores = _labels(pairs, chosen), _scores(engine, chosen)
            found = verdict(labels, scores)
            best, best_f1 = best_threshold(labels, scores)
            ones = sum(score >= 1.0 for score in scores) / len(scores)
            rows.append(
                (
                    engine.name,
                    side,
                    len(chosen),
                    found.f1,
                    found.precision,
                    found.recall,
                    ranking_power(labels, scores),
                    f"{best_f1:.3f} at {best:.2f}",
                    ones,
                )
            )
    columns = ("engine", "half", "pairs", "F1", "precision", "recall", "ranking power")
    note = (
        "Ranking power: how often a same pair outscores a different one, ties counting half. "
        "The best F1 is what the half itself would choose as threshold."
    )
    outcome.table(f"at {THRESHOLD}", (*columns, "best F1", "share scoring 1.0"), rows, note)


def _means(pairs: Sequence[Pair], engine: Engine) -> dict[str, float]:
    return {
        tier: statistics.fmean(
            score for pair, score in zip(pairs, engine.scores, strict=True) if pair.tier == tier
        )
        for tier in TIERS
    }


def _tiers(outcome: Outcome, pairs: Sequence[Pair], engines: Sequence[Engine]) -> None:
    counts = [sum(pair.tier == tier for pair in pairs) for tier in TIERS]
    rows: list[tuple[str | int | float, ...]] = [("pairs", *counts)]
    rows += [(engine.name, *_means(pairs, engine).values()) for engine in engines]
    outcome.table("mean score by tier", ("", *TIERS), rows)


def _groups(
    outcome: Outcome,
    title: str,
    group: Callable[[Pair], str],
    pairs: Sequence[Pair],
    engines: Sequence[Engine],
) -> None:
    members: dict[str, list[int]] = {}
    for index, pair in enumerate(pairs):
        members.setdefault(group(pair), []).append(index)
    rows = []
    for name, chosen in sorted(members.items(), key=lambda item: -len(item[1])):
        if len(chosen) < SMALLEST_GROUP:
            continue
        row: list[str | int | float] = [name, len(chosen)]
        for engine in engines:
            found = verdict(_labels(pairs, chosen), _scores(engine, chosen))
            row += [found.f1, found.precision, found.recall]
        rows.append(row)
    columns = [title[3:], "pairs"]
    for engine in engines:
        short = engine.name.split(" ")[0]
        columns += [f"{short} F1", f"{short} precision", f"{short} recall"]
    outcome.table(title, columns, rows, "Both halves together.")


def _calibration(outcome: Outcome, pairs: Sequence[Pair], engines: Sequence[Engine]) -> None:
    labels = [pair.same for pair in pairs]
    tables = [calibration(labels, engine.scores) for engine in engines]
    rows = []
    for lines in zip(*tables, strict=True):
        row: list[str | int | float] = [lines[0][0]]
        for _, count, share in lines:
            row += [count, share]
        rows.append(row)
    columns = ["score"]
    for engine in engines:
        short = engine.name.split(" ")[0]
        columns += [f"{short} pairs", f"{short} share same"]
    outcome.table("calibration", columns, rows)


def _speed(outcome: Outcome, engines: Sequence[Engine], count: int) -> None:
    rows = [(e.name, how, e.micros(how)) for e in engines for how in e.times]
    note = (
        f"{count} pairs without a common name. Cold: names never seen. Warm: names seen before. "
        "Analysed: both names taken apart beforehand, as in an index."
    )
    outcome.table("median microseconds a pair", ("engine", "names", "microseconds"), rows, note)


if __name__ == "__main__":
    main("pairs", run)
