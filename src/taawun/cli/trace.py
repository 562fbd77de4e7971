"""`taawun trace`: follow money from a transfer or an account, forward or backward."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from taawun.cli import show
from taawun.cli.options import options
from taawun.errors import InputError, NotFound, UsageError

if TYPE_CHECKING:
    from taawun.cli.booked import Booked
    from taawun.ledger.network import Network
    from taawun.tracing.flow import Direction
    from taawun.tracing.seed import Seed
    from taawun.tracing.shown import TrailShown

trace = typer.Typer(add_completion=False)
SHOWN = 40


@trace.command()
def _trace(
    seed: Annotated[
        str,
        typer.Argument(help="A transfer's reference, or an account's id.", show_default=False),
    ],
    backward: Annotated[
        bool,
        typer.Option(
            "--backward/--forward", help="Where it came from, or where it went.", show_default=False
        ),
    ] = False,
    method: Annotated[str, typer.Option(help="fifo or pro-rata.")] = "fifo",
    hops: Annotated[int, typer.Option(min=0, max=100, help="How many transfers further.")] = 6,
    share: Annotated[
        int, typer.Option(min=0, max=1000, help="Leave what is less, per mille of the whole.")
    ] = 5,
    accounts: Annotated[
        int, typer.Option(min=1, max=100_000, help="How many accounts at most.")
    ] = 200,
    hub: Annotated[
        int, typer.Option(min=1, help="Stop at accounts with more transfers than this.")
    ] = 20_000,
    since: Annotated[
        str, typer.Option(help="The window of the ledger begins, UTC.", show_default=False)
    ] = "",
    until: Annotated[
        str, typer.Option(help="The window of the ledger ends, UTC.", show_default=False)
    ] = "",
    during: Annotated[
        str,
        typer.Option(
            metavar="FROM/TO", help="Of an account: what moved in that time.", show_default=False
        ),
    ] = "",
    amount: Annotated[
        str,
        typer.Option(
            help="Of an account: the first so much that it sent, the last that it received.",
            show_default=False,
        ),
    ] = "",
    seed_is: Annotated[
        str, typer.Option("--as", help="transfer or account, where both have that id.")
    ] = "",
    svg: Annotated[Path | None, typer.Option(help="Draw it there.", show_default=False)] = None,
    memory: Annotated[int, typer.Option(min=0, help="Megabytes at most; 0: no bound.")] = 0,
) -> None:
    """Follow money through the ledger, every minor unit accounted for. What is not followed
    further is counted, with the reason."""
    from taawun.cli.booked import booked, window_of
    from taawun.cli.moments import between
    from taawun.tracing.shown import document, named
    from taawun.tracing.trail import Extent
    from taawun.tracing.trail import trace as follow

    if seed_is not in ("", "transfer", "account"):
        raise UsageError(f"--as: expected transfer or account, got {seed_is!r}")
    ledger = booked()
    network = window_of(ledger.book, *between("--since", since, "--until", until), memory)
    way: Direction = "backward" if backward else "forward"
    seeds = _seeds(ledger, network, seed, seed_is, way, during, amount)
    extent = Extent(hops=hops, share=share, accounts=accounts, hub=hub)
    trail = follow(network, seeds, direction=way, method=method, extent=extent)
    shown = named(network, trail, ledger.currency, ledger.decimals)
    if svg is not None:
        _draw(shown, svg)
    if options().json:
        show.document(document(shown))
    else:
        _show(shown, seed, svg)


def _seeds(
    ledger: Booked,
    network: Network,
    seed: str,
    seed_is: str,
    way: Direction,
    during: str,
    amount: str,
) -> tuple[Seed, ...]:
    """What the seed means. Raises UsageError where it may be two things, NotFound for neither."""
    from taawun.tracing.seed import account_named, of_account, of_transfer

    transfer = _transfer(ledger, network, seed) if seed_is != "account" else None
    account = account_named(network, seed) if seed_is != "transfer" else None
    if transfer is not None and account is not None:
        raise UsageError(f"{seed!r} is a transfer and an account: say which with --as")
    if transfer is not None:
        if during or amount:
            raise UsageError("--during and --amount are for an account")
        return of_transfer(network, transfer)
    if account is None:
        raise NotFound(f"no transfer and no account {seed!r} in the ledger's window")
    first, last = _seconds(during)
    most = _minor(amount, ledger) if amount else None
    return of_account(network, account, way, since=first, until=last, amount=most)


def _transfer(ledger: Booked, network: Network, reference: str) -> int | None:
    """The position of a transfer; the book knows its time."""
    from taawun.tracing.seed import transfer_named

    for at in ledger.book.transfers([reference])["at"].to_pylist():
        found = transfer_named(network, reference, int(at.timestamp() // 1))
        if found is not None:
            return found
    return None


def _seconds(during: str) -> tuple[int | None, int | None]:
    from taawun.cli.moments import interval

    def seconds(at: datetime | None) -> int | None:
        return None if at is None else int(at.timestamp())

    since, until = interval("--during", during)
    return seconds(since), seconds(until)


def _minor(text: str, ledger: Booked) -> int:
    """An amount of the reference currency in minor units. Raises UsageError."""
    from decimal import Decimal, InvalidOperation

    try:
        value = Decimal(text).scaleb(ledger.decimals)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or value <= 0 or value != value.to_integral_value() or value > 10**18:
        raise UsageError(f"--amount: expected an amount such as 1250.50, got {text!r}")
    return int(value)


def _draw(shown: TrailShown, path: Path) -> None:
    from taawun.tracing.shown import picture

    write(path, picture(shown, options().lang))


def write(path: Path, text: str) -> None:
    """Write a file. Raises InputError where that cannot be done."""
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from error


def _show(shown: TrailShown, seed: str, svg: Path | None) -> None:
    from taawun.tracing.shown import leg_rows, sentences, station_rows

    lang, trail = options().lang, shown.trail
    for sentence in sentences(shown, seed, lang):
        print(show.plain(sentence))
    names = ("hop", "at", "from", "to", "traced", "of", "transfer")
    _table(names, list(leg_rows(shown, lang)))
    kind = "stayed" if trail.direction == "forward" else "unknown"
    _table(("account", "came", "went", kind, "not_followed"), list(station_rows(shown, lang)))
    if svg is not None:
        show.say("tracing.drawn", out=str(svg))


def _table(names: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    show.table([f"tracing.column.{name}" for name in names], rows[:SHOWN])
    if len(rows) > SHOWN:
        show.say("tracing.more", count=len(rows) - SHOWN)
