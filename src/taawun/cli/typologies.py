"""`taawun typologies`: what is searched for, own definitions, a test run before they go live."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from taawun.cli import show
from taawun.cli.options import options
from taawun.cli.typologies_shared import adopt, decline, received, share
from taawun.errors import InputError, UsageError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from taawun.detection.catalogue import Definition
    from taawun.detection.trial import Tally, Trial
    from taawun.ledger.network import Network

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="What is searched for in the ledger."
)


@app.command("list")
def list_them() -> None:
    """Show the typologies with their numbers, those in force and drafts."""
    from taawun.detection.own import catalogue

    known = catalogue(options().home)
    if options().json:
        rows = [{"code": each.code, **each.exported()} for each in known]
        show.document({"typologies": rows})
        return
    show.table(
        [f"typologies.column.{name}" for name in ("code", "name", "version", "state", "numbers")],
        [
            (each.code, _name(each), str(each.version), _state(each), _numbers(each))
            for each in (*known.live(), *known.drafts())
        ],
    )


@app.command()
def export(
    out: Annotated[Path | None, typer.Option("--out", help="A file; else it is printed.")] = None,
    form: Annotated[str, typer.Option("--format", help="yaml or json.")] = "yaml",
    codes: Annotated[
        list[str] | None, typer.Argument(help="Some typologies; else all that are in force.")
    ] = None,
) -> None:
    """Give the definitions as a catalogue, to keep, to change, to pass on."""
    from taawun.detection.own import catalogue

    known = catalogue(options().home)
    entries: dict[str, object] = known.exported()
    if codes:
        entries = {code: known[code].exported() for code in codes}
    if options().json or form == "json":
        import orjson

        text = orjson.dumps(entries, option=orjson.OPT_INDENT_2).decode() + "\n"
    elif form == "yaml":
        from taawun.detection.own import in_yaml

        text = in_yaml(entries)
    else:
        raise UsageError(f"--format: expected yaml or json, got {form!r}")
    if out is None:
        print(text, end="")
    else:
        _write(out, text)
        show.note("files.written", out=str(out))


@app.command()
def draft(
    file: Annotated[Path, typer.Argument(help="A catalogue, YAML: what differs, and variants.")],
) -> None:
    """Take the definitions of a file as drafts: they are tried, not searched for."""
    from taawun.detection import own

    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "UTF-8"
        raise InputError(f"{file}: cannot be read: {why}") from None
    taken = own.draft(options().home, text, file.name)
    if options().json:
        show.document({"drafts": [each.code for each in taken]})
    for each in () if options().json else taken:
        show.say("typologies.drafted", typology=each.code, version=each.version)


@app.command("try")
def try_it(
    code: Annotated[str, typer.Argument(help="The draft.")],
    since: Annotated[str, typer.Option("--from", help="Transfers from this day on.")] = "",
    until: Annotated[str, typer.Option("--to", help="Transfers up to this day.")] = "",
    labels: Annotated[
        Path | None,
        typer.Option(help="Parquet with transfer, label: 1 is what was judged to be laundering."),
    ] = None,
    threads: Annotated[int, typer.Option(min=1, help="Threads to search with.")] = 1,
    memory: Annotated[int, typer.Option(min=0, help="Megabytes at most; 0: no bound.")] = 0,
) -> None:
    """Search the past for a draft, beside what is in force: what would come, what would go?"""
    from taawun.cli.booked import booked, window_of
    from taawun.cli.moments import between
    from taawun.detection.own import catalogue
    from taawun.detection.trial import tried

    known = catalogue(options().home)
    known.draft(code)  # before the ledger is opened
    first, last = between("--from", since, "--to", until)
    network = window_of(booked().book, first, last, memory)
    judged = None if labels is None else _judged(labels, network)
    trial = tried(network, known, code, known=judged, threads=threads)
    if options().json:
        show.document(trial)
        return
    _tell(trial)


@app.command()
def live(code: Annotated[str, typer.Argument(help="The draft.")]) -> None:
    """Put a draft in force: from now on it is what is searched for. The journal says so."""
    from taawun.detection import own

    call = options()
    own.catalogue(call.home).draft(code)
    store = call.open_store()
    put = own.put_live(call.home, store, code, at=call.now(), actor=call.actor)
    if call.json:
        show.document({"code": put.code, "version": put.version})
    else:
        show.say("typologies.live", typology=put.code, version=put.version)


for each in (share, received, adopt, decline):
    app.command()(each)


def _name(definition: Definition) -> str:
    from taawun.wording import known

    lang = options().lang.split("-")[0]
    if definition.name:
        return definition.name[lang]
    for code in (definition.code, definition.kernel):
        if known(f"detection.typology.{code}"):
            return show.worded(f"detection.typology.{code}")
    return definition.code


def _state(definition: Definition) -> str:
    return show.worded("typologies.state.live" if definition.live else "typologies.state.draft")


def _numbers(definition: Definition) -> str:
    """`window=P7D counterparties=4`: as the catalogue says them."""
    from taawun.detection.parameters import written

    values = definition.parameters.asdict()
    said = {each.name: written(each, values[each.name]) for each in definition.typology.parameters}
    return " ".join(f"{name}={_short(value)}" for name, value in said.items())


def _short(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from None


def _judged(path: Path, network: Network) -> npt.NDArray[np.bool_]:
    """Which transfers of the window stand in a file with a label above 0."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path, columns=["transfer", "label"])
        table.validate(full=True)
    except (OSError, pa.ArrowException, KeyError, UnicodeDecodeError):
        raise InputError(f"{path}: expected Parquet with the columns transfer, label") from None
    pairs = zip(table["transfer"].to_pylist(), table["label"].to_pylist(), strict=True)
    bad = {str(transfer) for transfer, label in pairs if label}
    references = network.names.transfers(np.arange(network.size))
    return np.fromiter((each in bad for each in references), np.bool_, network.size)


def _tell(trial: Trial) -> None:
    columns: list[tuple[str, Tally]] = [("typologies.state.draft", trial.draft)]
    if trial.live is not None:
        columns.insert(0, ("typologies.state.live", trial.live))
    rows: list[Sequence[str]] = [
        [show.worded(f"typologies.tried.{name}"), *(f"{getattr(one, name)}" for _, one in columns)]
        for name in ("version", "findings", "pure", "transfers", "accounts", "known")
    ]
    show.table(["typologies.column.what", *(heading for heading, _ in columns)], rows)
    show.say("typologies.tried.days", days=trial.days, known=trial.known)
    if trial.live is not None:
        show.say("typologies.tried.compared", same=trial.same, new=trial.new, gone=trial.gone)
