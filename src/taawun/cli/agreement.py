"""`taawun agreement`: draft, sign, suspend, resume, end; what was in force when; may this pass?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from taawun.cli import show
from taawun.cli.options import options
from taawun.cli.seated import code as code_of
from taawun.cli.seated import codes, moment_given, paper_in, seated
from taawun.errors import InputError, UsageError

if TYPE_CHECKING:
    from taawun.cooperation.act import Scope
    from taawun.cooperation.history import Cooperation
    from taawun.desk.agreements import Done

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Agreements: what authorities may do together, and since when.",
)

Id = Annotated[str, typer.Argument(metavar="ID", help="The agreement, or how its id begins.")]
Reason = Annotated[str, typer.Option(help="Why; partners read it.")]
From = Annotated[str, typer.Option("--from", help="From this day or time on (UTC); else at once.")]


@app.command()
def template() -> None:
    """Print an example of an agreement, each field explained."""
    from taawun.desk.drafts import template as text

    if options().json:
        from taawun.desk.papers import read_paper

        show.document(read_paper(text(), "agreement.yml").value)
    else:
        print(text(), end="")


@app.command()
def new(
    file: Annotated[str, typer.Argument(metavar="FILE", help="YAML or JSON; - reads stdin.")],
) -> None:
    """Read an agreement's text. It is kept here; signing it tells the others."""
    from taawun.desk import agreements
    from taawun.desk.drafts import agreement_of

    paper = paper_in(file)
    with seated() as desk:
        made = agreement_of(paper, desk.me, desk.at)
        id, _ = agreements.draft(desk, made)
    if options().json:
        show.document({"id": id, "agreement": made.plain()})
        return
    show.say("agreement.drafted", id=id[:12])
    show.say("agreement.next", id=id[:12])


@app.command()
def sign(id: Id) -> None:
    """Sign it, exactly as it stands, and tell the other parties."""
    from taawun.desk import agreements

    with seated() as desk:
        _told(agreements.sign(desk, id))


@app.command()
def decline(id: Id, reason: Reason = "") -> None:
    """Decline what was proposed. It is dead then."""
    from taawun.desk import agreements

    with seated() as desk:
        _told(agreements.decline(desk, id, reason))


@app.command()
def suspend(
    id: Id,
    reason: Reason = "",
    field: Annotated[
        list[str] | None, typer.Option(help="Only this field; may be given several times.")
    ] = None,
    service: Annotated[list[str] | None, typer.Option(help="Only this service.")] = None,
    partner: Annotated[list[str] | None, typer.Option(help="Only with this partner.")] = None,
    since: From = "",
) -> None:
    """Suspend it, alone and at once: the whole, or what the options say."""
    from taawun.desk import agreements

    scope = _scope(field, service, partner)
    effective_at = moment_given("--from", since)
    with seated() as desk:
        _told(agreements.suspend(desk, id, reason, scope, effective_at))


@app.command()
def resume(
    id: Id,
    number: Annotated[
        int | None, typer.Argument(min=1, help="The number of our act that suspended it.")
    ] = None,
    reason: Reason = "",
) -> None:
    """Lift an own suspension. A partner's can only be lifted by the partner."""
    from taawun.desk import agreements

    with seated() as desk:
        _told(agreements.resume(desk, id, number, reason))


@app.command()
def end(id: Id, reason: Reason = "", since: From = "") -> None:
    """End it for this authority, for good."""
    from taawun.desk import agreements

    effective_at = moment_given("--from", since)
    with seated() as desk:
        _told(agreements.end(desk, id, reason, effective_at))


@app.command("list")
def list_them(
    at: Annotated[str, typer.Option(help="How they stood at this time (UTC); else now.")] = "",
    known_at: Annotated[
        str, typer.Option("--known-at", help="By what this node knew at that time.")
    ] = "",
    partner: Annotated[str, typer.Option(help="Only with this partner.")] = "",
    state: Annotated[
        str,
        typer.Option(help="Only draft, proposed, signed, in_force, suspended or ended."),
    ] = "",
) -> None:
    """Show how every agreement stands, or stood, with every partner."""
    from taawun.cli.agreement_shown import rows, stood_as_json
    from taawun.cooperation.standing import State
    from taawun.desk.agreements import stood

    call = options()
    when = moment_given("--at", at) or call.now()
    by = moment_given("--known-at", known_at)
    wanted = code_of(State, "--state", state) if state else None
    found = [
        each
        for each in stood(_known(), when, by)
        if (not partner or each.partner == partner)
        and (wanted is None or each.standing.state is wanted)
    ]
    if call.json:
        said = {"at": when, "known_at": by, "agreements": [stood_as_json(each) for each in found]}
        show.document(said)
    elif not found:
        show.say("agreement.none")
    else:
        names = ("id", "title", "partner", "state", "since")
        show.table([f"agreement.column.{name}" for name in names], rows(found))


@app.command("show")
def show_one(
    id: Id,
    at: Annotated[str, typer.Option(help="How it stood at this time (UTC); else now.")] = "",
) -> None:
    """Show it as people read it: the text, how it stands, every act on it."""
    from taawun.cli.agreement_shown import page, page_as_json

    when = moment_given("--at", at) or options().now()
    known = _known()
    if options().json:
        show.document(page_as_json(known, id, when))
    else:
        page(known, id, when)


@app.command()
def export(
    id: Id,
    out: Annotated[Path | None, typer.Option(help="A file; else it is printed.")] = None,
) -> None:
    """Give all that a court needs: the text as it was signed, signed acts, cards with keys."""
    import orjson

    from taawun.desk.agreements import record

    said = record(_known(), id)
    if out is None:
        show.document(said)
        return
    try:
        out.write_bytes(orjson.dumps(said, option=orjson.OPT_INDENT_2) + b"\n")
    except OSError as error:
        raise InputError(f"{out}: cannot be written: {error.strerror}") from None
    if options().json:
        show.document({"out": str(out), "sha256": said["sha256"]})
    else:
        show.say("files.written", out=str(out))


@app.command()
def recover(
    file: Annotated[Path, typer.Argument(help="What `agreement export` gave a partner.")],
) -> None:
    """Take back own acts that this node forgot: its home was brought back from a copy."""
    import orjson

    from taawun.desk import agreements

    try:
        record = orjson.loads(file.read_bytes())
    except OSError as error:
        raise InputError(f"{file}: cannot be read: {error.strerror}") from None
    except orjson.JSONDecodeError:
        record = {}
    with seated() as desk:
        found, ended = agreements.recover(desk, record if isinstance(record, dict) else {})
    if options().json:
        acts = [act.plain() for act in found.acts]
        said = {"id": found.agreement.id, "cards": found.cards, "acts": acts}
        show.document({**said, "matching_ended": ended})
        return
    code = "agreement.recovered" if found.acts else "agreement.nothing_recovered"
    show.say(code, id=found.agreement.id[:12], count=len(found.acts))
    if found.cards:
        show.say("agreement.recovered_cards", count=found.cards)
    if ended:
        show.say("agreement.matching_ended", count=ended)


@app.command()
def permit(
    id: Id,
    partner: Annotated[str, typer.Option("--with", help="The other authority.")],
    service: Annotated[
        str, typer.Option(help="ask, disclose, match, trace, typology or freeze.")
    ] = "ask",
    field: Annotated[str, typer.Option(help="The field; else the first that was agreed.")] = "",
    purpose: Annotated[str, typer.Option(help="The purpose; else the first that was agreed.")] = "",
    category: Annotated[
        list[str] | None, typer.Option(help="A kind of information that would pass.")
    ] = None,
    kind: Annotated[
        str, typer.Option(help="The message, such as request; else what opens the service.")
    ] = "",
    incoming: Annotated[
        bool, typer.Option("--incoming", help="From the partner to here; else from here.")
    ] = False,
) -> None:
    """Ask whether something may pass now, without sending it. Exit status 1: no, and the ground."""
    from taawun.cooperation.agreement import Category, Purpose, Service
    from taawun.cooperation.permit import Direction
    from taawun.cooperation.trust.party import CooperationField
    from taawun.desk import agreements

    wanted = code_of(Service, "--service", service)
    categories = codes(Category, "--category", category or ())
    with seated() as desk:
        agreement = desk.known().agreement(id)
        asked = agreements.Passing(
            partner,
            kind or OPENING[wanted.value],
            wanted,
            code_of(CooperationField, "--field", field) if field else agreement.fields[0],
            code_of(Purpose, "--purpose", purpose) if purpose else agreement.purposes[0],
            categories,
            Direction.IN if incoming else Direction.OUT,
        )
        granted = agreements.may(desk, agreement.id, asked)
    if options().json:
        show.document({"permit": granted.told(), "at": granted.at})
    else:
        show.say("agreement.may", partner=partner, id=agreement.id[:12])


OPENING = {
    "ask": "request",
    "disclose": "disclosure",
    "match": "match_terms",
    "trace": "match_question",
    "typology": "typology",
    "freeze": "freeze_request",
}
"""The message with which a service begins."""


def _known() -> Cooperation:
    from taawun.cooperation.history import cooperation

    store = options().open_store(create=False)
    with store.reading() as connection:
        known = cooperation(connection)
    store.close()
    return known


def _scope(field: list[str] | None, service: list[str] | None, partner: list[str] | None) -> Scope:
    from pydantic import ValidationError

    from taawun.cooperation.act import Scope
    from taawun.cooperation.agreement import Service
    from taawun.cooperation.trust.party import CooperationField

    try:
        return Scope(
            fields=codes(CooperationField, "--field", field or ()),
            services=codes(Service, "--service", service or ()),
            partners=tuple(dict.fromkeys(partner or ())),
        )
    except ValidationError:
        raise UsageError(f"--partner: expected a code such as AE-FIU, got {partner!r}") from None


def _told(done: Done) -> None:
    """What was done, and who is told."""
    from taawun.cli.agreement_shown import act_as_json, deed

    if options().json:
        told = {"told": list(done.told), "matching_ended": done.terms_ended}
        show.document({**act_as_json(done.act), **told})
        return
    print(deed(done))
    if done.told:
        show.say("agreement.told", parties=done.told)
    else:
        show.say("agreement.told_nobody")
    if done.terms_ended:
        show.say("agreement.matching_ended", count=done.terms_ended)
