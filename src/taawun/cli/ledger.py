"""`taawun ledger`: bring transfers in, say what is there, what was wrong, give it out again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from taawun.cli import ledger_shown as shown
from taawun.cli import show
from taawun.cli.options import options
from taawun.errors import UsageError

if TYPE_CHECKING:
    from taawun.ledger.arrival import Arrived, Order
    from taawun.ledger.readers.columns import Columns
    from taawun.store import Store

app = typer.Typer(add_completion=False, no_args_is_help=True, help="The ledger of transfers.")

MEGABYTE = 1 << 20
FORMATS = (
    "csv, parquet, iso20022, mt103, amlworld, amlsim, amlgentex; left out, told from the file."
)
Format = Annotated[str, typer.Option("--format", help=FORMATS)]
Mapping = Annotated[
    Path | None,
    typer.Option("--map", help="Which column holds what (YAML).", show_default=False),
]
Memory = Annotated[int, typer.Option(min=64, help="Megabytes that the work may take.")]
ProblemsOut = Annotated[
    Path | None,
    typer.Option("--problems", help="Write all problems to this CSV file.", show_default=False),
]


@app.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Files of transfers.")],
    format: Format = "",
    mapping: Mapping = None,
    problems: ProblemsOut = None,
    labels: Annotated[
        Path | None,
        typer.Option(
            help="Write a labelled ledger's labels to this Parquet file: transfer, label.",
            show_default=False,
        ),
    ] = None,
    reference: Annotated[
        str, typer.Option(help="The currency of values, where the book has none yet.")
    ] = "",
    memory: Memory = 1024,
) -> None:
    """Bring files of transfers into the ledger. Good rows go in; exit status 1 when a row could
    not be used. A file that was imported before changes nothing."""
    from taawun.ledger.arrival import Order

    if labels is not None and len(files) > 1:
        raise UsageError("--labels is for one file")
    call = options()
    store, columns = call.open_store(), _columns(mapping)
    done: list[dict[str, object]] = []
    wrong = False
    with _problems_out(problems) as keep:
        for file in files:
            order = Order(
                file, call.now(), call.actor, format=format, columns=columns, labels=labels,
                reference=_currency(reference), memory=memory * MEGABYTE,
            )  # fmt: skip
            arrived = _brought(order, store)
            wrong = wrong or (arrived.counts.problems > 0 and not arrived.again)
            keep(arrived)
            done.append(shown.arrived_as_json(file, arrived))
    if call.json:
        show.document({"files": done})
    if wrong:
        raise typer.Exit(1)


def _brought(order: Order, store: Store) -> Arrived:
    """One file imported and told of."""
    from taawun.cli.progress import progress
    from taawun.ledger.arrival import bring

    with progress(show.worded("ledger.importing", file=order.path.name)) as tick:
        arrived = bring(order, store, options().home, tick=tick)
    if not options().json:
        shown.show_arrived(order.path, arrived)
    return arrived


def _columns(mapping: Path | None) -> Columns | None:
    if mapping is None:
        return None
    from taawun.ledger.readers.columns import read_map

    return read_map(mapping)


def _currency(code: str) -> str:
    from taawun.ledger.money import currency_of

    if code and not currency_of(code):
        raise UsageError(f"unknown currency {code!r}; expected a code of ISO 4217")
    return currency_of(code) if code else ""


def _problems_out(path: Path | None) -> shown.ProblemsOut:
    return shown.ProblemsOut(path, options().home, options().lang)


@app.command()
def preview(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file of transfers.")],
    format: Format = "",
    mapping: Mapping = None,
    rows: Annotated[int, typer.Option(min=1, max=1000, help="How many rows to show.")] = 5,
) -> None:
    """Show how a file would be read: which column holds what, its first rows, what is wrong.
    Nothing is imported."""
    from taawun.ledger.preview import preview as look

    found = look(file, _columns(mapping), format, rows)
    if options().json:
        show.document(shown.preview_as_json(found))
        return
    shown.show_preview(found)


@app.command()
def status() -> None:
    """Show what the ledger holds and what was imported."""
    from taawun.ledger.book import open_book
    from taawun.ledger.registered import imports

    store = options().open_store()
    book = open_book(options().home, store)
    with store.reading() as connection:
        every = imports(connection)
    if options().json:
        show.document(shown.status_as_json(book, every))
    elif not every:
        show.say("ledger.empty")
    else:
        shown.show_status(book, every)


@app.command()
def accounts(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV or Parquet.")],
    problems: ProblemsOut = None,
) -> None:
    """Bring in a register: what is known of accounts and their holders."""
    from taawun.ledger.accounts import bring_accounts

    call = options()
    done = bring_accounts(file, call.open_store(), call.home, at=call.now(), actor=call.actor)
    if problems is not None:
        shown.write_problems(problems, done.problems, call.lang)
    if call.json:
        show.document(shown.registered_as_json(done))
    else:
        show.say("ledger.registered", count=done.rows, accounts=done.accounts)
        if done.ignored:
            show.note("ledger.ignored", columns=list(done.ignored))
        show.problems(done.problems)
    if done.problems:
        raise typer.Exit(1)


@app.command()
def rates(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help="CSV: currency, date, rate.", show_default=False),
    ] = None,
    reference: Annotated[
        str, typer.Option(help="The currency of values; left out, as it is.")
    ] = "",
    oldest: Annotated[
        int, typer.Option(min=0, max=3660, help="Days for which a rate is good.")
    ] = 7,
) -> None:
    """Work out the values of all transfers anew, with these rates. The table replaces the one
    before; without FILE the rates stay as they are."""
    from taawun.cli.progress import progress
    from taawun.ledger.rates import Worth, read_rates
    from taawun.ledger.registered import worth
    from taawun.ledger.valuation import revalue

    call = options()
    store = call.open_store()
    with store.reading() as connection:
        before = worth(connection)
    found = read_rates(file) if file is not None else before.rates
    held = Worth(_currency(reference), found, oldest)
    with progress(show.worded("ledger.valuing")) as tick:
        done = revalue(held, store, call.home, at=call.now(), actor=call.actor, tick=tick)
    if call.json:
        show.document(done)
        return
    show.say("ledger.valued", currency=done.currency, count=done.rates, values=done.values)
    if done.unvalued:
        show.note("ledger.unvalued", count=done.unvalued)


@app.command()
def export(
    out: Annotated[Path, typer.Argument(metavar="FILE", help="Ends in .parquet or .csv.")],
    since: Annotated[
        str, typer.Option("--from", metavar="DATE", help="From this day or time on.")
    ] = "",
    until: Annotated[
        str, typer.Option("--to", metavar="DATE", help="Until the end of this day, or this time.")
    ] = "",
    withdrawn: Annotated[
        bool, typer.Option("--all", help="Also what was corrected or reversed.")
    ] = False,
) -> None:
    """Write the transfers of the ledger to a file, in the ledger's columns."""
    from taawun.cli.moments import moment
    from taawun.ledger.book import open_book
    from taawun.ledger.export import export as write

    book = open_book(options().home, options().open_store(create=False))
    window = moment("--from", since), moment("--to", until, end=True)
    count = write(book, out, *window, withdrawn=withdrawn)
    if options().json:
        show.document({"out": out, "transfers": count})
    else:
        show.say("ledger.exported", count=count, out=str(out))


@app.command()
def problems(
    number: Annotated[
        int, typer.Argument(metavar="[IMPORT]", help="Its number; left out, the last import.")
    ] = 0,
    out: Annotated[
        Path | None, typer.Option(help="Write all of them to this CSV file.", show_default=False)
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many to show.")] = 50,
) -> None:
    """Show what could not be used of an import."""
    from taawun.ledger.problems import problems_of

    found = problems_of(options().open_store(create=False), options().home, number)
    if out is not None:
        shown.write_problems(out, found.every(), options().lang)
    first = found.first(None if options().json else limit)
    if options().json:
        show.document({"import": found.number, "count": found.count, "problems": first})
        return
    show.say("ledger.problems", number=found.number, count=found.count)
    show.problems(first, limit=limit)
    if found.count > len(first):
        show.note("cli.problems.more", count=found.count - len(first))
