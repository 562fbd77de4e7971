"""`taawun typologies share`, `received`, `adopt`, `decline`: definitions between authorities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from taawun.cli import show
from taawun.cli.moments import minute
from taawun.cli.options import options
from taawun.cli.seated import code as code_of
from taawun.cli.seated import codes, seated

if TYPE_CHECKING:
    from taawun.desk.typologies import ReceivedTypology
    from taawun.detection.catalogue import Definition

Of = Annotated[str, typer.Argument(metavar="ID", help="The thread, or how its id begins.")]
COLUMNS = ("id", "code", "from", "at", "taken")


def share(
    code: Annotated[str, typer.Argument(help="The typology: in force, else a draft.")],
    to: Annotated[str, typer.Option(help="The partner, such as AE-FIU.")],
    offence: Annotated[list[str], typer.Option(help="An offence; may be given several times.")],
    text: Annotated[
        str, typer.Option(help="What it shows; else what the catalogue says of it.")
    ] = "",
    seen: Annotated[str, typer.Option(help="Where and how often it was seen, of nobody.")] = "",
    language: Annotated[
        str, typer.Option(help="The language of what is written, such as en or ar.")
    ] = "en",
    agreement: Annotated[
        str, typer.Option(help="The agreement, or how its id begins, where several fit.")
    ] = "",
    field: Annotated[str, typer.Option(help="The field, where several are agreed.")] = "",
    purpose: Annotated[str, typer.Option(help="The purpose, where several are agreed.")] = "",
    send_now: Annotated[
        bool, typer.Option("--send", help="Send it at once, where no second officer is needed.")
    ] = False,
) -> None:
    """Draft a message that shares a definition with a partner. It holds nothing of anybody."""
    from taawun.cli.request_shown import written
    from taawun.cooperation.agreement import Purpose
    from taawun.cooperation.requests.bodies.request import Offence
    from taawun.cooperation.trust.party import CooperationField
    from taawun.desk import typologies

    wanted = typologies.Sharing(
        to,
        codes(Offence, "--offence", offence),
        text.strip(),
        language,
        seen.strip(),
        agreement,
        code_of(CooperationField, "--field", field) if field else None,
        code_of(Purpose, "--purpose", purpose) if purpose else None,
    )
    with seated() as desk:
        written(typologies.share(desk, code, wanted, send_now=send_now))


def received(
    id: Annotated[
        str, typer.Argument(metavar="[ID]", help="One of them, to be checked; else all.")
    ] = "",
) -> None:
    """Show what partners shared; one of them with its numbers beside ours, and what is wrong."""
    from taawun.desk import typologies
    from taawun.detection.own import catalogue

    with seated() as desk:
        found = (typologies.received_one(desk, id),) if id else typologies.received(desk)
    if options().json:
        rows = [as_json(each) for each in found]
        show.document(rows[0] if id else {"typologies": rows})
    elif id:
        _page(found[0], {each.code: each for each in catalogue(options().home).live()})
    elif not found:
        show.say("typologies.none_received")
    else:
        show.table([f"typologies.column.{name}" for name in COLUMNS], list(map(_row, found)))
    if id and found[0].problems:
        raise typer.Exit(1)


def adopt(
    id: Of,
    code: Annotated[
        str, typer.Option("--code", help="Under another code, beside the one that we have.")
    ] = "",
) -> None:
    """Take a partner's definition as a draft of our own catalogue; the partner is not told."""
    from taawun.desk import typologies

    with seated() as desk:
        taken = typologies.adopt(desk, id, code=code)
    if options().json:
        show.document({"code": taken.code, "version": taken.version})
    else:
        show.say("typologies.drafted", typology=taken.code, version=taken.version)


def decline(
    id: Of, reason: Annotated[str, typer.Option("--reason", help="Why; it is kept.")]
) -> None:
    """Say that a partner's definition is not taken; the partner is not told."""
    from taawun.desk import typologies

    with seated() as desk:
        found = typologies.decline(desk, id, reason)
    if options().json:
        show.document({"thread": found.thread.id, "code": found.shared.code, "taken": "declined"})
    else:
        show.say("typologies.declined", typology=found.shared.code, partner=found.thread.partner)


def as_json(found: ReceivedTypology) -> dict[str, Any]:
    """A shared definition: who shared it, what it says, whether it can be and was adopted."""
    made, kept = found.definition, found.kept
    return {
        "thread": found.thread.id,
        "from": found.thread.partner,
        "at": found.thread.opened_at,
        "code": found.shared.code,
        "taken": _taken(found),
        "kept_as": kept.code if kept is not None else None,
        "shared": found.shared.plain(),
        "definition": made.exported() if made is not None else None,
        "problems": list(found.problems),
    }


def _taken(found: ReceivedTypology) -> str:
    if found.kept is not None:
        return "live" if found.kept.live else "draft"
    return "waits" if found.thread.open else "declined"


def _row(found: ReceivedTypology) -> Sequence[str]:
    return (
        found.thread.id[:8],
        found.shared.code,
        found.thread.partner,
        minute(found.thread.opened_at),
        show.worded(f"typologies.taken.{_taken(found)}"),
    )


def _page(found: ReceivedTypology, ours: dict[str, Definition]) -> None:
    shared, thread = found.shared, found.thread
    at = minute(thread.opened_at)
    show.say("typologies.shared", typology=shared.code, partner=thread.partner, at=at)
    for each in shared.description:
        print(show.plain(each.text))
    offences = tuple(show.worded(f"messages.offence.{each}") for each in shared.offences)
    show.say("typologies.shared_offences", offences=offences)
    if shared.seen:
        show.say("typologies.shared_seen", seen=show.plain(shared.seen))
    show.say("typologies.shared_state", state=show.worded(f"typologies.taken.{_taken(found)}"))
    if found.definition is None:
        show.note("typologies.shared_wrong")
        show.problems(found.problems)
        return
    known = ours.get(shared.code) or ours.get(found.definition.kernel)
    show.table(
        [f"typologies.column.{name}" for name in ("number", "theirs", "ours")],
        _numbers(found.definition, known),
    )


def _numbers(theirs: Definition, ours: Definition | None) -> list[Sequence[str]]:
    """Each number as the partner has it and as it is in force here."""
    from taawun.detection.parameters import written

    their, our = theirs.parameters.asdict(), ours.parameters.asdict() if ours else {}
    return [
        (
            each.name,
            _short(written(each, their[each.name])),
            _short(written(each, our[each.name])) if each.name in our else "—",
        )
        for each in theirs.typology.parameters
    ]


def _short(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
