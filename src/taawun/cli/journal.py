"""`taawun journal`: read it, check it, take an anchor of it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from taawun.cli import show
from taawun.cli.options import options

SHOWN, DIGEST = 12, 64
"""Letters of a digest: shown, and in all."""
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
    of: Annotated[
        str, typer.Option(help="Only of this (an id, or how it begins), with what was noted.")
    ] = "",
    since: Annotated[str, typer.Option("--from", help="From this time on (UTC).")] = "",
    until: Annotated[str, typer.Option("--to", help="Up to this time (UTC).")] = "",
) -> None:
    """Show the last lines."""
    from taawun.cli.moments import moment
    from taawun.store import journal

    times = {"since": moment("--from", since), "until": moment("--to", until, end=True)}
    with options().open_store(create=False).reading() as connection:
        lines = journal.last_lines(connection, last, of=of, **times)
    found = [_as_json(line) for line in lines]
    if options().json:
        show.document({"lines": found})
    elif not lines:
        show.say("cli.journal.none" if of or since or until else "cli.journal.empty")
    else:
        end = "details" if of else "subject"
        codes = ["line", "at", "actor", "action", end]
        told = [_noted(each["details"]) for each in found] if of else [x.subject for x in lines]
        show.table(
            [f"cli.journal.{code}" for code in codes],
            [
                (str(x.sequence), x.at[:19], x.actor, x.action, said)
                for x, said in zip(lines, told, strict=True)
            ],
        )


def _as_json(line: object) -> dict[str, object]:
    import orjson

    said: dict[str, object] = asdict(line)  # type: ignore[call-overload]
    said["details"] = orjson.loads(str(said["details"]))
    return said


def _noted(details: object) -> str:
    """What a line notes, as `name: value`; digests by their beginning, nothing that is empty."""
    if isinstance(details, dict):
        said = ((name, _noted(value)) for name, value in details.items())
        return ", ".join(f"{name}: {value}" for name, value in said if value)
    if isinstance(details, list):
        return " ".join(_noted(each) for each in details)
    text = "" if details is None else str(details)
    return text[:SHOWN] if len(text) == DIGEST and text.isalnum() else text
