"""`taawun detect`: search the ledger for typologies, and keep what is found."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from taawun.cli import show
from taawun.cli.options import options
from taawun.errors import InputError

if TYPE_CHECKING:
    import pyarrow as pa

    from taawun.cli.booked import Booked
    from taawun.detection.archive import KeptFinding, Search, Sought
    from taawun.detection.catalogue import Catalogue
    from taawun.detection.detect import Detection, Progress
    from taawun.jit import I32
    from taawun.ledger.network import Network

detect = typer.Typer(add_completion=False)


@detect.command()
def _detect(
    since: Annotated[
        str, typer.Option("--from", help="The window begins, UTC.", show_default=False)
    ] = "",
    until: Annotated[str, typer.Option("--to", help="It ends, UTC.", show_default=False)] = "",
    out: Annotated[
        Path | None,
        typer.Option(
            help="findings.parquet; beside it the scores of all transfers and accounts.",
            show_default=False,
        ),
    ] = None,
    labels: Annotated[
        Path | None,
        typer.Option(
            help="What is known already, to rank by: transfer, label (Parquet or CSV).",
            show_default=False,
        ),
    ] = None,
    seeds: Annotated[
        Path | None,
        typer.Option(
            help="Accounts that are listed or reported, one a line, for nearness.",
            show_default=False,
        ),
    ] = None,
    top: Annotated[int, typer.Option(min=0, max=10_000, help="How many are shown.")] = 10,
    catalogue: Annotated[
        Path | None,
        typer.Option(help="Definitions laid over those in force (YAML).", show_default=False),
    ] = None,
    typology: Annotated[
        list[str] | None,
        typer.Option(help="Only this typology (repeatable).", show_default=False),
    ] = None,
    features: Annotated[
        Path | None,
        typer.Option(
            help="The features of every transfer, for a model of your own (Parquet).",
            show_default=False,
        ),
    ] = None,
    svg: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Draw those that are shown.", show_default=False),
    ] = None,
    threads: Annotated[
        int, typer.Option(min=0, max=1024, help="Threads; 0: one for each core.")
    ] = 0,
    memory: Annotated[int, typer.Option(min=0, help="Megabytes at most; 0: no bound.")] = 0,
) -> None:
    """Search the ledger for typologies. What is found is ranked, kept in the home and shown with
    its reasons, best first."""
    from taawun.cli.booked import booked, window_of
    from taawun.cli.moments import between
    from taawun.detection.detect import detect as run

    window = between("--from", since, "--to", until)
    ledger = booked()
    searched = _catalogue(catalogue)
    known = None if labels is None else _labels(labels)
    network = window_of(ledger.book, *window, memory)
    with steps() as progress:
        found = run(
            network,
            catalogue=searched,
            only=tuple(typology or ()),
            labels=known,
            seeds=None if seeds is None else _seeds(seeds, network),
            currency=ledger.currency,
            threads=threads or os.cpu_count() or 1,
            progress=progress,
        )
    sought = _sought(ledger, network, searched, window, typology or (), labels, seeds)
    if features is not None:
        _features(network, features, threads or os.cpu_count() or 1)
    results, search = _kept(ledger, network, found, sought)
    written = [] if features is None else [features]
    written += _written(network, found, results, out)
    written += _drawn(ledger, network, results[:top], search, svg)
    _tell(search, results[:top], written)


# What is asked


def _catalogue(path: Path | None) -> Catalogue:
    """The definitions in force, and those of a file laid over them. Raises InputError."""
    from taawun.detection.catalogue import laid_over
    from taawun.detection.own import catalogue

    in_force = catalogue(options().home)
    if path is None:
        return in_force
    return laid_over(in_force, _text(path), path.name)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: cannot be opened: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: cannot be read as utf-8") from error


def _labels(path: Path) -> pa.Table:
    """The labels as they are: `detect` says what is wrong with them."""
    import pyarrow as pa
    from pyarrow import csv, parquet

    try:
        if path.suffix.lower() == ".csv":
            text = csv.ConvertOptions(column_types={"transfer": pa.string(), "label": pa.int64()})
            return csv.read_csv(path, convert_options=text)
        return parquet.read_table(path)
    except OSError as error:
        raise InputError(f"{path}: cannot be opened: {error.strerror or error}") from error
    except (pa.ArrowException, UnicodeDecodeError) as error:
        raise InputError(f"{path}: no table of labels: {error}") from error


def _seeds(path: Path, network: Network) -> I32:
    """The numbers of the accounts named in a file. Raises InputError where it names none."""
    import numpy as np

    lines = [line.strip() for line in _text(path).splitlines()]
    named = {line for line in lines if line and not line.startswith("#")}
    if not named:
        raise InputError(f"{path}: names no account")
    ids = network.names.accounts(np.arange(network.accounts))
    numbers = [number for number, name in enumerate(ids) if name in named]
    if absent := len(named) - len(numbers):
        show.note("detection.found.seeds_absent", count=absent)
    return np.array(numbers, np.int32)


@contextmanager
def steps() -> Iterator[Progress | None]:
    """What is being done, as a bar on stderr, where that is a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=show.console(sys.stderr), transient=True) as bar:
        task = bar.add_task(show.worded("detection.step.features"), total=1.0)

        def step(name: str, done: int, of: int) -> None:
            said = show.worded(f"detection.step.{name or 'alerts'}")
            bar.update(task, completed=done / max(1, of), description=said)

        yield step


# What comes of it


def _sought(
    ledger: Booked,
    network: Network,
    catalogue: Catalogue,
    window: tuple[datetime | None, datetime | None],
    only: Sequence[str],
    labels: Path | None,
    seeds: Path | None,
) -> Sought:
    from taawun.detection.archive import Sought
    from taawun.detection.engine import chosen

    since, until = ("" if at is None else at.isoformat() for at in window)
    asked = {
        "only": list(only),
        "labels": "" if labels is None else _digest(labels),
        "seeds": "" if seeds is None else _digest(seeds),
    }
    return Sought(
        {each.code: each.exported() for each in chosen(catalogue, only)},
        network.size,
        network.accounts,
        ledger.currency,
        ledger.decimals,
        since=since,
        until=until,
        options=asked,
    )


def _digest(path: Path) -> str:
    import hashlib

    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _kept(
    ledger: Booked, network: Network, found: Detection, sought: Sought
) -> tuple[list[KeptFinding], Search]:
    from taawun.detection.archive import keep, rows_of
    from taawun.detection.keeping import evidence, kept

    results = kept(network, found.alerts)
    rows = rows_of(network, evidence(found.alerts))
    call = options()
    search = keep(ledger.store, sought, results, rows, at=call.now(), actor=call.actor)
    return results, search


def _written(
    network: Network, found: Detection, results: list[KeptFinding], out: Path | None
) -> list[Path]:
    """The files of `--out`: findings, and beside them the scores of everything."""
    if out is None:
        return []
    from taawun.detection.keeping import write_account_scores, write_table, write_transfer_scores
    from taawun.detection.told import table

    beside = [out.with_name(f"{out.stem}.{what}.parquet") for what in ("transfers", "accounts")]
    write_table(out, table(results, options().lang))
    write_transfer_scores(network, found.transfer_score, beside[0])
    write_account_scores(network, found.account_score, beside[1])
    return [out, *beside]


def _features(network: Network, path: Path, threads: int) -> None:
    from taawun.detection.features import features
    from taawun.detection.keeping import write_features

    write_features(network, features(network, threads).columns, path)


def _drawn(
    ledger: Booked,
    network: Network,
    shown: list[KeptFinding],
    search: Search,
    folder: Path | None,
) -> list[Path]:
    """Pictures of what is shown, named by their numbers."""
    if folder is None:
        return []
    from taawun.cli.trace import write
    from taawun.detection.archive import evidence_of
    from taawun.detection.picture import picture

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder}: cannot be written: {error.strerror}") from error
    paths = []
    for each in shown:
        path = folder / f"{each.number:04}-{each.typology}.svg"
        rows = evidence_of(ledger.store.home, search, each)
        write(path, picture(each, rows, search, options().lang))
        paths.append(path)
    return paths


def _tell(search: Search, shown: list[KeptFinding], written: list[Path]) -> None:
    if options().json:
        from taawun.detection.told import document

        lang = options().lang
        told = [document(each, lang, search.currency, search.decimals) for each in shown]
        files = [str(path) for path in written]
        show.document({"search": asdict(search), "findings": told, "written": files})
        return
    from taawun.cli.findings import show_findings

    counts = {
        name: show.worded(f"detection.count.{name}", count=count)
        for name, count in (
            ("transfers", search.transfers),
            ("accounts", search.accounts),
            ("findings", search.findings),
        )
    }
    show.say("detection.found.summary", number=search.number, **counts)
    if shown or not search.findings:
        show_findings(shown, search.findings, search.currency, search.decimals)
    for path in written:
        show.say("detection.found.written", file=str(path))
