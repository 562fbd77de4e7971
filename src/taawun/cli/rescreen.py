"""`taawun rescreen` and `taawun coverage`: keep watch over customers, and show that we do."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from taawun.cli import show
from taawun.cli.judge import fields_in_words
from taawun.cli.options import options
from taawun.errors import NotFound

if TYPE_CHECKING:
    from taawun.lists.registry import Lists
    from taawun.screening.portfolio import Coverage
    from taawun.screening.rescreen import Finding, Rescreening
    from taawun.store import Store

rescreen = typer.Typer(add_completion=False)
coverage = typer.Typer(add_completion=False)


@rescreen.command()
def _rescreen(
    portfolio: Annotated[
        str, typer.Argument(metavar="[PORTFOLIO]", help="Which one; all of them by default.")
    ] = "",
    everyone: Annotated[
        bool, typer.Option("--all", help="Everybody, not only whom the lists' changes touch.")
    ] = False,
) -> None:
    """Screen again whom a list update may touch. Exit status 1 when coverage is not whole."""
    from taawun.lists.registry import Lists
    from taawun.screening import portfolio as kept
    from taawun.screening import rescreen as again
    from taawun.screening import runs
    from taawun.screening.record import built_from
    from taawun.screening.screener import Screener, folder_in_force

    call = options()
    store = call.open_store(create=False)
    names = _portfolios(store, portfolio)
    folder = folder_in_force(call.home)
    screener, lists, now = Screener.at(folder), Lists(store, call.home), built_from(folder)
    done = []
    for name in names:
        with store.reading() as connection:
            base = runs.last_covered(connection, name)
            customers = kept.size(connection, name)
        touch = again.touched(lists, base.concerning(base.versions), base.concerning(now))
        with _progress(name, customers) as tick:
            done.append(
                again.rescreen(
                    store,
                    screener,
                    name,
                    touch,
                    versions=now,
                    in_force=_in_force(lists),
                    everyone=everyone,
                    at=call.now(),
                    actor=call.actor,
                    tick=tick,
                )
            )
    if call.json:
        show.document({"portfolios": [_rescreening_as_json(each) for each in done]})
    else:
        for each in done:
            _show_rescreening(each)
    if not all(each.coverage.whole for each in done):
        raise typer.Exit(1)


@coverage.command()
def _coverage(
    portfolio: Annotated[
        str, typer.Argument(metavar="[PORTFOLIO]", help="Which one; all of them by default.")
    ] = "",
) -> None:
    """Show that everybody was screened, and against which lists. Exit status 1 when not."""
    from taawun.lists.registry import Lists
    from taawun.screening import portfolio as kept

    call = options()
    store = call.open_store(create=False)
    now = _in_force(Lists(store, call.home))
    with store.reading() as connection:
        found = [kept.coverage(connection, name, now) for name in _portfolios(store, portfolio)]
    if call.json:
        show.document({"portfolios": [_coverage_as_json(each) for each in found]})
    else:
        for each in found:
            _show_coverage(each)
    if not all(each.whole for each in found):
        raise typer.Exit(1)


def _in_force(lists: Lists) -> dict[str, str]:
    return {version.dataset: version.version for version in lists.current()}


def _portfolios(store: Store, portfolio: str) -> list[str]:
    from taawun.screening import runs

    if portfolio:
        return [portfolio]
    with store.reading() as connection:
        names = runs.portfolios(connection)
    if not names:
        raise NotFound(show.worded("rescreening.no_portfolio"))
    return names


@contextmanager
def _progress(portfolio: str, customers: int) -> Iterator[Callable[[int], None]]:
    """A progress bar on stderr, where that is a terminal."""
    from rich.progress import Progress

    if not sys.stderr.isatty():
        yield lambda done: None
        return
    with Progress(console=show.console(sys.stderr), transient=True) as bar:
        task = bar.add_task(portfolio, total=customers)
        yield lambda done: bar.advance(task, done)


# Showing


def _show_rescreening(done: Rescreening) -> None:
    covered = done.coverage
    told = {"portfolio": covered.portfolio, "customers": covered.customers}
    show.say("rescreening.looked_at", looked_at=done.looked_at, **told)
    if done.findings:
        names = ("what", "customer", "entity", "list", "caption", "score", "fields")
        headings = [f"rescreening.column.{name}" for name in names]
        show.table(headings, [_finding_row(finding) for finding in done.findings])
    else:
        show.say("rescreening.nothing_new")
    _show_coverage(covered)


def _finding_row(finding: Finding) -> tuple[str, ...]:
    hit = finding.hit
    return (
        show.worded(f"rescreening.what.{finding.what}"),
        finding.customer,
        hit.entity,
        hit.dataset,
        hit.caption,
        f"{hit.score:.2f}",
        ", ".join(fields_in_words(finding.fields)),
    )


def _show_coverage(covered: Coverage) -> None:
    if covered.whole:
        lists = [
            show.worded("rescreening.list", list=name, version=version)
            for name, version in covered.versions.items()
        ]
        counts = {"customers": covered.customers, "clear": covered.clear}
        show.say("rescreening.covered", lists=lists, **counts)
    else:
        counts = {"customers": covered.customers, "screened": covered.screened}
        behind = list(covered.behind) or show.worded("rescreening.none")
        show.note("rescreening.not_covered", incomplete=covered.incomplete, behind=behind, **counts)


def _rescreening_as_json(done: Rescreening) -> dict[str, Any]:
    run = {"portfolio": done.run.portfolio, "run": done.run.number, "scope": done.run.scope}
    found = {
        what: [_finding_as_json(finding) for finding in done.of(what)]
        for what in ("new", "reopened", "gone")
    }
    return {
        **run,
        "looked_at": done.looked_at,
        **found,
        "coverage": _coverage_as_json(done.coverage),
    }


def _finding_as_json(finding: Finding) -> dict[str, Any]:
    hit = asdict(finding.hit)
    hit["list"] = hit.pop("dataset")
    return {"customer": finding.customer, **hit, "fields": list(finding.fields)}


def _coverage_as_json(covered: Coverage) -> dict[str, Any]:
    return {**asdict(covered), "whole": covered.whole}
