"""`taawun journal`: read it, check it, take an anchor of it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from taawun.cli import show
from taawun.cli.options import options

app = typer.Typer(add_completion=False, no_args_is_help=True, help="What was done, by whom, when.")


@app.command()
def verify(
    anchor: Annotated[
        str, typer.Option(help="NUMBER:HASH as `taawun journal head` printed it earlier.")
    ] = "",
) -> None:
    """Find altered, removed or reordered lines. Exit status 1 when there are any."""
    from taawun.store import journal

    kept = journal.parse_anchor(anchor) if anchor else None
    store = options().open_store(create=False)
    with store.reading() as connection:
        report = journal.verify(connection, store.home, kept)
    if options().json:
        head = str(report.head)
        found = [asdict(problem) for problem in report.problems]
        show.document(
            {"whole": report.whole, "lines": report.lines, "head": head, "problems": found}
        )
    elif report.whole:
        show.say("cli.journal.whole", count=report.lines, anchor=str(report.head))
    if not report.whole:
        show.note("cli.journal.broken", count=len(report.problems))
        show.problems(report.problems)
        raise typer.Exit(1)


@app.command()
def head() -> None:
    """Print where the journal stands. Keep it elsewhere: `verify --anchor` holds it against it."""
    from taawun.store import journal

    with options().open_store(create=False).reading() as connection:
        anchor = journal.head_of(connection)
    if options().json:
        show.document({"sequence": anchor.sequence, "hash": anchor.hash})
    else:
        print(anchor)


@app.command("show")
def show_lines(
    last: Annotated[int, typer.Option("--last", "-n", min=1, help="How many lines.")] = 20,
) -> None:
    """Show the last lines."""
    from taawun.store import journal

    with options().open_store(create=False).reading() as connection:
        lines = journal.last_lines(connection, last)
    if options().json:
        show.document({"lines": [_as_json(line) for line in lines]})
    elif not lines:
        show.say("cli.journal.empty")
    else:
        codes = ["line", "at", "actor", "action", "subject"]
        show.table(
            [f"cli.journal.{code}" for code in codes],
            [(str(x.sequence), x.at[:19], x.actor, x.action, x.subject) for x in lines],
        )


def _as_json(line: object) -> dict[str, object]:
    import orjson

    said: dict[str, object] = asdict(line)  # type: ignore[call-overload]
    said["details"] = orjson.loads(str(said["details"]))
    return said
