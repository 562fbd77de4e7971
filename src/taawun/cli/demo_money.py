"""`taawun demo`, its second half: a ledger is searched, told as it goes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taawun.cli import show
from taawun.cli.options import options

if TYPE_CHECKING:
    from taawun.demo.money import IntelligenceUnit, Truth, UnitSearch

TOLD = 4
"""Sentences of a trail that are told; `taawun trace` tells all."""


def tell(money: IntelligenceUnit) -> dict[str, Any]:
    """Make, bring, search, draw, follow, judge; gives back what `--json` prints."""
    told = [_made(money), _brought(money), _searched(money), _followed(money), _judged(money)]
    return {key: value for each in told for key, value in each.items()}


def unit_of(home: Path, seed: int) -> IntelligenceUnit:
    """The unit of the demonstration in a home."""
    from dataclasses import replace

    from taawun.demo.money import PLAN, IntelligenceUnit

    call = options()
    plan = replace(PLAN, seed=seed)
    return IntelligenceUnit(call.open_store(), home, call.actor, plan, os.cpu_count() or 1)


def _made(money: IntelligenceUnit) -> dict[str, Any]:
    _heading("demo.step.region")
    with bar("sandbox.making") as tick:
        made = money.make(lambda rows, fraction: tick(fraction))
    if not options().json:
        show.say("demo.region", transfers=made.transfers, countries=list(money.plan.countries))
        show.say("demo.region_parts", own=money.own, folder=str(money.region))
    return {"region": {"seed": money.plan.seed, "transfers": made.transfers}}


def _brought(money: IntelligenceUnit) -> dict[str, Any]:
    _heading("demo.step.import")
    with bar("demo.importing") as tick:
        came = money.bring(options().now(), lambda rows, fraction: tick(fraction))
    counts = {
        "transfers": came.transfers,
        "files": len(came.files),
        "problems": sum(each.counts.problems for each in came.files),
        "accounts": came.register.accounts,
    }
    if not options().json:
        show.say("demo.imported", own=money.own, **counts)
    return {"imported": counts}


def _searched(money: IntelligenceUnit) -> dict[str, Any]:
    from taawun.cli.detect import steps
    from taawun.cli.findings import show_findings
    from taawun.demo.money import SHOWN
    from taawun.detection.told import document

    _heading("demo.step.search")
    with steps() as progress:
        found = money.search(options().now(), progress)
    search, first = found.search, found.findings[:SHOWN]
    if options().json:
        lang, form = options().lang, (search.currency, search.decimals)
        return {"findings": [document(each, lang, *form) for each in first], **_counts(found)}
    since = f"{found.since:%Y-%m-%d}"
    show.say("demo.taught", since=since, taught=found.taught, suspicious=found.suspicious)
    show.say("demo.searched", count=len(found.findings), transfers=search.transfers)
    print()
    show_findings(first, len(first), search.currency, search.decimals)
    return _counts(found)


def _counts(found: UnitSearch) -> dict[str, Any]:
    told = {"transfers": found.search.transfers, "findings": len(found.findings)}
    return {"searched": told | {"since": found.since, "taught": found.taught}}


def _followed(money: IntelligenceUnit) -> dict[str, Any]:
    """The picture of the best finding, and where its money went."""
    from taawun.tracing.shown import document, sentences

    lang = options().lang
    seed, trail = money.follow()
    path = money.draw(money.home / "best-finding.svg", lang)
    if options().json:
        return {"picture": path, "trail": document(trail)}
    print()
    show.say("demo.picture", file=str(path))
    _heading("demo.step.trail")
    for sentence in list(sentences(trail, seed, lang))[:TOLD]:
        print(show.plain(sentence))
    if abroad := money.abroad(trail):
        show.say("demo.abroad", amount=trail.money(abroad, lang), own=money.own)
    return {}


def _judged(money: IntelligenceUnit) -> dict[str, Any]:
    _heading("demo.step.truth")
    truth = money.judged()
    if not options().json:
        names = ("number", "named", "planted", "of_it")
        show.table([f"demo.column.{name}" for name in names], _truth_rows(truth))
        show.say("demo.right", right=truth.right, of=len(truth.judged), untaught=truth.untaught)
        show.say("demo.unseen", schemes=truth.schemes, legs=truth.legs, **_dark(truth))
        show.say("demo.seed", seed=money.plan.seed)
    counts = {"right": truth.right, "right_untaught": truth.untaught, "schemes": truth.schemes}
    return {"truth": counts | {"of": len(truth.judged), "legs": truth.legs} | _dark(truth)}


def _dark(truth: Truth) -> dict[str, int]:
    return {"elsewhere": truth.elsewhere, "dark": truth.dark}


def _truth_rows(truth: Truth) -> Iterator[tuple[str, ...]]:
    from taawun.detection.reasons import typology

    lang = options().lang
    for each in truth.judged:
        planted = show.worded("demo.none")
        if each.planted == "listed":
            planted = show.worded("demo.listed")
        elif each.planted:
            planted = typology(each.planted, lang)
        mark = "✓" if each.right else "–"
        counts = f"{mark} {each.transfers}/{len(each.finding.transfers)}"
        yield str(each.finding.number), typology(each.finding.typology, lang), planted, counts


# How it looks


def _heading(code: str) -> None:
    if not options().json:
        from rich.text import Text

        show.console().print(Text("\n" + show.worded(code), style="bold"))
        sys.stdout.flush()


@contextmanager
def bar(code: str) -> Iterator[Callable[[float], None]]:
    """A bar on stderr, where that is a terminal; hears of the fraction that is done."""
    if not sys.stderr.isatty():
        yield lambda fraction: None
        return
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
    from rich.progress import TimeRemainingColumn as Left

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), Left())
    with Progress(*columns, console=show.console(sys.stderr), transient=True) as shown:
        task = shown.add_task(show.worded(code), total=1.0)
        yield lambda fraction: shown.update(task, completed=fraction)
