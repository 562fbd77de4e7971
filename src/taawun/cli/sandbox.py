"""`taawun sandbox`: a made-up region whose truth is known, to show and measure on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from taawun.cli import show
from taawun.cli.options import options
from taawun.cli.progress import progress
from taawun.errors import UsageError

if TYPE_CHECKING:
    from datetime import date

    from taawun.sandbox.make import Outcome

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="A made-up region whose truth is known, to show and measure on.",
)


@app.callback()
def _group() -> None:
    """A made-up region whose truth is known, to show and measure on."""


@app.command()
def make(
    out: Annotated[Path, typer.Argument(help="The folder that is made.")],
    seed: Annotated[int, typer.Option(help="Which region: the same seed, the same bytes.")] = 1,
    transfers: Annotated[int, typer.Option(help="About how many transfers.")] = 200_000,
    countries: Annotated[
        str, typer.Option(help="Which countries, of XA, XB, XC, XD, XE, XF.")
    ] = "XA,XB,XC,XD",
    days: Annotated[int, typer.Option(help="Over how many days.")] = 120,
    start: Annotated[str, typer.Option(metavar="YYYY-MM-DD", help="From which day.")] = (
        "2026-01-01"
    ),
    illicit: Annotated[
        int, typer.Option(help="How many transfers in ten thousand are laundering.")
    ] = 35,
    only: Annotated[
        list[str] | None,
        typer.Option(help="Plant only this typology (repeatable).", show_default=False),
    ] = None,
    form: Annotated[
        str, typer.Option("--format", help="parquet, csv or iso20022 (pacs.008).")
    ] = "parquet",
    views: Annotated[
        str, typer.Option(help="Who has a folder beside the whole: none, countries, banks, both.")
    ] = "countries",
) -> None:
    """Make a region: banks, people, transfers, laundering, and the truth apart from them.

    Everything in it is synthetic. Nothing under the home of Taawun is read or changed.
    """
    from taawun.sandbox.make import make as made
    from taawun.sandbox.plan import Plan

    wanted = tuple(code.strip().upper() for code in countries.split(",") if code.strip())
    plan = Plan(seed, transfers, wanted, days, _day(start), illicit, tuple(only or ()))
    with progress(show.worded("sandbox.making")) as tick:
        outcome = made(plan, out, form=form, views=views, tick=tick)
    if options().json:
        from dataclasses import asdict

        show.document({"out": str(out), "seed": seed, "synthetic": True, **asdict(outcome)})
    else:
        _show(out, outcome)


def _day(text: str) -> date:
    from datetime import date

    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--start: expected YYYY-MM-DD, got {text!r}") from None


def _show(out: Path, outcome: Outcome) -> None:
    show.say("sandbox.synthetic", out=str(out))
    show.say("sandbox.size", transfers=outcome.transfers, accounts=outcome.accounts)
    show.say("sandbox.who", people=outcome.people, companies=outcome.companies)
    show.say(
        "sandbox.laundering",
        count=sum(outcome.schemes.values()),
        transfers=outcome.laundering,
        unseen=outcome.unseen,
    )
    headings = ["sandbox.column.typology", "sandbox.column.schemes"]
    show.table(headings, [(name, f"{count:,}") for name, count in outcome.schemes.items()])
    show.say("sandbox.truth", place=str(out / "truth"))
