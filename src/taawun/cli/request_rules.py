"""`taawun request policy` and `retention`: our own rules on second officers and on keeping."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from taawun.cli import show
from taawun.cli.options import options
from taawun.cli.seated import codes, seated

if TYPE_CHECKING:
    from taawun.cooperation.requests.review import ReviewPolicy


def policy(
    service: Annotated[
        list[str] | None, typer.Option(help="A service whose messages need a second officer.")
    ] = None,
    kind: Annotated[
        list[str] | None, typer.Option(help="A kind of message that needs a second officer.")
    ] = None,
    hours: Annotated[int | None, typer.Option(min=1, help="How long an approval counts.")] = None,
) -> None:
    """Show our own rule on second officers, or change what is given of it. Agreements add to it.

    One officer tightens it; it is loosened when another officer asks for the same.
    """
    from taawun.cooperation.agreement import Service
    from taawun.cooperation.requests import review
    from taawun.desk import requests

    changed: dict[str, Any] = {}
    if service is not None:
        changed["services"] = frozenset(codes(Service, "--service", service, may_be_none=True))
    if kind is not None:
        every = (part.strip() for text in kind for part in text.split(","))
        changed["kinds"] = frozenset(filter(None, every))
    if hours is not None:
        changed["hours"] = hours
    waits = None
    with seated() as desk:
        if changed:
            held, waits = requests.change_policy(desk, **changed)
        else:
            with desk.store.reading() as connection:
                held = review.policy(connection)
    if options().json:
        show.document({**_as_json(held), "waits": _as_json(waits) if waits is not None else None})
        return
    if waits is not None:
        show.say("request.policy_waits")
    words = [
        *(show.worded(f"cooperation.service.{each}") for each in sorted(held.services)),
        *(show.worded(f"messages.kind.{each}") for each in sorted(held.kinds)),
    ]
    show.say("request.policy", words=tuple(words) or ("—",))
    show.say("request.policy_hours", count=held.hours)


def _as_json(held: ReviewPolicy) -> dict[str, Any]:
    return {"services": sorted(held.services), "kinds": sorted(held.kinds), "hours": held.hours}


def retention(
    delete: Annotated[bool, typer.Option("--delete", help="Delete it now, for good.")] = False,
    reason: Annotated[str, typer.Option("--reason", help="Why; it is kept.")] = "",
) -> None:
    """Show the information whose last day is over, or delete it."""
    from taawun.cooperation.requests import information
    from taawun.desk import requests

    with seated() as desk:
        with desk.store.reading() as connection:
            due = information.due_for_deletion(connection, desk.at)
        gone = requests.delete_due(desk, reason) if delete else 0
    if options().json:
        rows = [
            {"message": each.message, "item": each.item, "from": each.giver, "by": each.delete_by}
            for each in due
        ]
        show.document({"due": rows, "deleted": gone})
        return
    for each in () if delete else due:
        show.say(
            "request.due_for_deletion",
            item=f"{each.message}:{each.item}",
            giver=each.giver,
            day=each.delete_by,
        )
    show.say(
        "request.deleted" if delete else "request.due_count", count=gone if delete else len(due)
    )
