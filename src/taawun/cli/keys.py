"""`taawun keys`: who may use the API."""

from __future__ import annotations

from typing import Annotated

import typer

from taawun.cli import show
from taawun.cli.options import options

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Who may use the API.")


@app.command()
def add(name: Annotated[str, typer.Argument(help="Who will use it.")]) -> None:
    """Make a key and print it. It is shown this once: only a digest is kept."""
    from taawun.store import keys

    call = options()
    with call.open_store().begin() as unit:
        key = keys.add(unit, name, at=call.now(), actor=call.actor)
    if call.json:
        show.document({"name": name, "id": keys.id_of(key), "key": key})
    else:
        show.note("web.keys.once")
        print(key)


@app.command("list")
def list_keys() -> None:
    """Show the keys, without their secrets."""
    from taawun.store import keys

    call = options()
    with call.open_store().reading() as connection:
        rows = keys.every(connection)
    if call.json:
        fields = ("id", "name", "created_at", "created_by", "revoked_at", "revoked_by")
        show.document({"keys": [{name: getattr(row, name) for name in fields} for row in rows]})
    elif not rows:
        show.say("web.keys.none")
    else:
        show.table(
            [f"web.keys.{code}" for code in ("id", "name", "created", "by", "revoked")],
            [
                (row.id, row.name, row.created_at[:16], row.created_by, row.revoked_at[:16])
                for row in rows
            ],
        )


@app.command()
def revoke(key: Annotated[str, typer.Argument(metavar="ID|NAME", help="Which.")]) -> None:
    """Make a key count no more, within seconds, in a running service too."""
    from taawun.store import keys

    call = options()
    with call.open_store().begin() as unit:
        row = keys.revoke(unit, key, at=call.now(), actor=call.actor)
    if call.json:
        show.document({"id": row.id, "name": row.name, "revoked_at": row.revoked_at})
    else:
        show.say("web.keys.gone", id=row.id, name=row.name)
