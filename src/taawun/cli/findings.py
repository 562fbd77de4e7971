"""`taawun findings`: what was searched for and found, as it was kept."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from taawun.cli import show
from taawun.cli.options import options

if TYPE_CHECKING:
    from taawun.detection.archive import KeptFinding, Search

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="What was found in the ledger, as it was kept."
)
WhichSearch = Annotated[
    int, typer.Option("--search", min=0, help="The number of a search; 0: the newest.")
]
ROWS = 40


@app.command()
def searches() -> None:
    """The searches that were kept, the newest first."""
    from taawun.detection import archive

    with options().open_store(create=False).reading() as connection:
        found = archive.every(connection)
    if options().json:
        show.document({"searches": [asdict(each) for each in found]})
    elif not found:
        show.say("detection.searches.none")
    else:
        names = ("search", "at", "by", "window", "transfers", "findings")
        show.table([f"detection.column.{name}" for name in names], map(_search_row, found))


def _search_row(search: Search) -> tuple[str, ...]:
    window = f"{search.since[:16] or '…'} – {search.until[:16] or '…'}"
    if not (search.since or search.until):
        window = show.worded("detection.searches.whole")
    counts = (str(search.transfers), str(search.findings))
    return str(search.number), search.at[:16].replace("T", " "), search.actor, window, *counts


@app.command("list")
def list_findings(
    search: WhichSearch = 0,
    top: Annotated[int, typer.Option(min=1, max=100_000, help="How many.")] = 20,
) -> None:
    """The findings of a search, best first, each with its reason."""
    from taawun.detection import archive
    from taawun.detection.told import document

    home, chosen = _chosen(search)
    found = archive.findings_of(home, chosen, most=top)
    if options().json:
        lang = options().lang
        told = [document(each, lang, chosen.currency, chosen.decimals) for each in found]
        show.document({"search": asdict(chosen), "findings": told})
    else:
        show_findings(found, chosen.findings, chosen.currency, chosen.decimals)


@app.command("show")
def show_finding(
    number: Annotated[int, typer.Argument(help="Which one, from 1.", show_default=False)],
    search: WhichSearch = 0,
    svg: Annotated[Path | None, typer.Option(help="Draw it there.", show_default=False)] = None,
) -> None:
    """One finding: its reason, what moved its score, its transfers, its picture."""
    from taawun.cli.trace import write
    from taawun.detection import archive
    from taawun.detection.picture import picture
    from taawun.detection.told import document

    home, chosen = _chosen(search)
    found = archive.finding_of(home, chosen, number)
    evidence = archive.evidence_of(home, chosen, found)
    if svg is not None:
        write(svg, picture(found, evidence, chosen, options().lang))
    rows = evidence.to_pylist()
    if options().json:
        told = document(found, options().lang, chosen.currency, chosen.decimals)
        show.document({"search": chosen.number, **told, "evidence": rows})
        return
    show_findings([found], 1, chosen.currency, chosen.decimals)
    names = ("at", "from", "to", "amount", "transfer")
    show.table([f"detection.column.{name}" for name in names], map(_evidence_row, rows[:ROWS]))
    if len(rows) > ROWS:
        show.say("tracing.more", count=len(rows) - ROWS)
    if svg is not None:
        show.say("tracing.drawn", out=str(svg))


def _evidence_row(row: dict[str, object]) -> tuple[str, ...]:
    from taawun.detection.reasons import money, places

    at, currency, amount = str(row["at"])[:16], str(row["currency"]), int(str(row["amount"]))
    sum_ = money(amount, currency, places(currency), options().lang)
    return at, str(row["source"]), str(row["target"]), sum_, str(row["transfer"])


def _chosen(number: int) -> tuple[Path, Search]:
    from taawun.detection import archive

    store = options().open_store(create=False)
    with store.reading() as connection:
        return store.home, archive.search_of(connection, number or None)


def show_findings(found: list[KeptFinding], total: int, currency: str, decimals: int) -> None:
    """Findings as people read them: number, score, name, account; the reasons below."""
    from taawun.detection.reasons import factor_said, joined, remarkable, said, typology

    lang = options().lang
    if not found:
        show.say("detection.found.nothing")
    for each in found:
        named = {"typology": typology(each.typology, lang), "score": f"{each.score:.2f}"}
        show.say("detection.found.line", number=each.number, **named)
        _below(said(each.reason, lang))
        if len(each.parts) > 1:
            _below(joined(each.parts, lang))
        for factor in remarkable(each.factors):
            _below(f"+ {factor_said(factor, lang, currency, decimals)}")
    if total > len(found):
        show.say("detection.found.more", count=total - len(found))


def _below(sentence: str) -> None:
    print(f"    {show.plain(sentence)}")
