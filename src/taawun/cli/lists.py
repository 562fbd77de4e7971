"""`taawun lists`: bring lists in, keep them current, see what changed, publish them.

After lists changed, the screening index is made anew here: the lists do not know of screening.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from taawun.cli import lists_shown as shown
from taawun.cli import show
from taawun.cli.options import options
from taawun.errors import ImplausibleChange, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from taawun.lists.registry import Lists
    from taawun.store import Store

app = typer.Typer(add_completion=False, no_args_is_help=True, help="The lists to screen against.")


@app.command()
def add(
    source: Annotated[str, typer.Argument(help="un, eu, uk, ofac, ftm (OpenSanctions), csv.")],
    location: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FILE|URL…",
            help="Where it is; left out, the publisher's address. OFAC's CSV takes three.",
            show_default=False,
        ),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(help="What to call it: small letters, digits, _.", show_default=False),
    ] = None,
    accept: Annotated[
        bool, typer.Option("--accept", help="Take it though the change is implausible.")
    ] = False,
    why: Annotated[str, typer.Option(help="Why it is accepted; goes into the journal.")] = "",
) -> None:
    """Bring a list into force, or a new version of it. The last good version stays on failure."""
    if accept != bool(why.strip()):
        raise UsageError("--accept and --why go together: an acceptance has a reason")
    store, lists = _open()
    places = location or _published_at(source)
    show.note("lists.fetching", list=name or source, place=shown.places(places))
    call = options()
    try:
        done = lists.add(source, places, name=name, at=call.now(), actor=call.actor, why=why)
    except ImplausibleChange:
        show.note("lists.stays")
        raise
    _reindex(store, lists)
    if call.json:
        show.document(shown.update_as_json(done))
    else:
        shown.show_update(done)


@app.command()
def update(
    lists: Annotated[
        list[str] | None, typer.Argument(help="Which; left out, all.", show_default=False)
    ] = None,
) -> None:
    """Fetch lists again from where they came from. Exit status 1 when one could not be."""
    store, registry = _open()
    call = options()
    done = registry.update(at=call.now(), actor=call.actor, datasets=lists or None)
    if registry.current():
        _reindex(store, registry)
    if call.json:
        show.document({"lists": [shown.update_as_json(each) for each in done]})
    elif not done:
        show.say("lists.none")
    else:
        for each in done:
            shown.show_update(each)
    if any(each.error for each in done):
        raise typer.Exit(1)


@app.command()
def index() -> None:
    """Make the screening index again where it is not of the lists in force and this version."""
    store, registry = _open()
    _reindex(store, registry)


@app.command()
def status() -> None:
    """Show each list: version in force, age, counts, last look, last failure."""
    _, lists = _open()
    found = lists.status()
    if options().json:
        show.document({"lists": [shown.status_as_json(each) for each in found]})
    elif not found:
        show.say("lists.none")
    else:
        columns = "list published age version entries change problems checked kept"
        if failed := any(each.failure for each in found):
            columns += " failure"
        rows = [shown.status_row(each)[: None if failed else -1] for each in found]
        show.table([f"lists.table.{column}" for column in columns.split()], rows)


@app.command()
def changes(
    dataset: Annotated[str, typer.Argument(metavar="LIST", help="Which list.")],
    since: Annotated[
        str, typer.Option("--from", help="Since this version; left out, since the one before.")
    ] = "",
    details: Annotated[
        bool, typer.Option("--details", help="Sanctions, documents, addresses, relations too.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, help="How many changes to show.")] = 50,
) -> None:
    """Show what was added, changed and removed. `--json` has all of it."""
    _, lists = _open()
    found = lists.changes(dataset, since)
    versions = lists.versions(dataset)
    version = next(v.version for v in lists.current() if v.dataset == dataset)
    if options().json:
        told = {
            "list": dataset,
            "version": version,
            "from": since or shown.before(versions, version),
        }
        counts = found.counts(targets=True)
        show.document({**told, "counts": counts, "changes": found.changes})
        return
    if not found:
        first = version == versions[0].version
        code = "lists.changes.first" if first else "lists.changes.none"
        show.say(code, list=dataset, version=version)
        return
    counted = found.counts(targets=not details)
    show.say("lists.changes.title", list=dataset, version=version, **counted)
    shown.show_changes([c for c in found.changes if c.target or details], limit)
    shown.note_other_reader(versions, since or shown.before(versions, version), version)
    if not details and (beside := sum(not change.target for change in found.changes)):
        show.say("lists.changes.beside", count=beside)


@app.command()
def problems(
    dataset: Annotated[str, typer.Argument(metavar="LIST", help="Which list.")],
    limit: Annotated[int, typer.Option(min=1, help="How many to show.")] = 50,
) -> None:
    """Show what could not be used of what the publisher wrote."""
    _, lists = _open()
    found = lists.problems(dataset)
    if options().json:
        show.document({"list": dataset, "problems": found})
    else:
        show.say("lists.problems", count=len(found))
        show.problems(found, limit=limit)


@app.command()
def export(
    out: Annotated[str, typer.Option(help="The folder to write into.")],
    dataset: Annotated[
        list[str] | None,
        typer.Option(help="Which list (repeat for several); left out, all.", show_default=False),
    ] = None,
    url: Annotated[str, typer.Option(help="The address that the folder is served at.")] = "",
) -> None:
    """Write lists as FollowTheMoney with catalogue and deltas, for other tools to subscribe to."""
    from pathlib import Path

    from taawun.lists.export import export as write

    _, lists = _open()
    call = options()
    written = write(
        lists, Path(out), at=call.now(), actor=call.actor, datasets=dataset or None, base=url
    )
    if call.json:
        show.document({"out": out, "datasets": written})
        return
    columns = ["list", "version", "entries", "entities", "deltas", "size"]
    rows = [
        (
            each.dataset,
            each.version,
            shown.number(each.entries),
            shown.number(each.entities),
            shown.number(each.deltas),
            shown.number(round(sum(each.files.values()) / shown.MEGABYTE, 1)),
        )
        for each in written
    ]
    show.table([f"lists.table.{column}" for column in columns], rows)
    if url:
        show.say("lists.exported", folder=out, address=f"{url.rstrip('/')}/index.json")
    else:
        show.say("lists.exported_here", folder=out)


@app.command()
def prune(
    keep: Annotated[int, typer.Option(min=1, help="How many versions of each list to keep.")],
) -> None:
    """Free disk: remove the files of old versions. What was in force when can still be said."""
    _, lists = _open()
    call = options()
    freed = lists.prune(keep, at=call.now(), actor=call.actor)
    if call.json:
        show.document({"freed": freed})
    else:
        show.say("lists.pruned", megabytes=round(freed / shown.MEGABYTE, 1))


@app.command()
def drop(
    dataset: Annotated[str, typer.Argument(metavar="LIST", help="Which list.")],
    why: Annotated[str, typer.Option(help="Why; goes into the journal.")],
) -> None:
    """Take a list out of screening for good. What was in force when can still be said."""
    store, lists = _open()
    call = options()
    freed = lists.drop(dataset, why, at=call.now(), actor=call.actor)
    _reindex(store, lists)
    if call.json:
        show.document({"list": dataset, "freed": freed})
    else:
        show.say("lists.dropped", list=dataset)


# Within


def _open() -> tuple[Store, Lists]:
    from taawun.lists.registry import Lists

    store = options().open_store()
    return store, Lists(store, options().home)


def _published_at(source: str) -> list[str]:
    """The publisher's own address, from the card."""
    from taawun.lists.sources.card import card

    urls = card(source).urls
    if not urls:
        raise UsageError(f"{source}: say where the list is, a FILE or a URL")
    return list(urls)


def _reindex(store: Store, lists: Lists) -> None:
    """Make screening use the versions in force, unless the index is of just these already.

    `index/lists.json` says what the index was made of; it is written after the index is in force,
    so that whatever is interrupted is made up for by the next call. One process at a time: of two
    that brought lists in, the later one sees both.
    """
    from taawun.lists.archive import held

    folder = options().home / "index"
    with held(folder, "index", lists.patience):
        wanted = _in_force(lists)
        made_of = folder / "lists.json"
        if not made_of.is_file() or made_of.read_bytes() != wanted:
            _rebuild(store, made_of, wanted)


def _in_force(lists: Lists) -> bytes:
    import orjson

    from taawun.screening.build import edition

    made = {each.dataset: each.version for each in lists.current()}
    return orjson.dumps({"lists": made, "made": edition()})


def _rebuild(store: Store, made_of: Path, wanted: bytes) -> None:
    from taawun.lists.fetch import whole
    from taawun.screening.build import rebuild

    show.note("lists.indexing")
    rebuild(store, options().home, options().now())
    with whole(made_of) as file:
        file.write(wanted)
    show.note("lists.ready")
