"""`taawun authority`: this node's own authority, the authorities it knows, their keys, blocs."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from taawun.cli import show
from taawun.cli.options import options
from taawun.cli.seated import codes, moment_given, passphrase, seated, text_in
from taawun.errors import InputError, UsageError

if TYPE_CHECKING:
    from taawun.desk.parties import Founding

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="This authority, those it knows, and whose keys it trusts.",
)
bloc = typer.Typer(add_completion=False, no_args_is_help=True, help="Groups of states.")
app.add_typer(bloc, name="bloc")

CodeOf = Annotated[str, typer.Argument(metavar="CODE", help="An authority, such as AE-FIU.")]
Reason = Annotated[str, typer.Option(help="Why; it is kept.")]


@app.command()
def init(
    code: Annotated[str, typer.Option(help="Its code: the state, a hyphen, what tells it apart.")],
    kind: Annotated[
        str,
        typer.Option(
            help="fiu, justice, interior, police, customs, prosecutor, supervisor or"
            " foreign_affairs."
        ),
    ],
    name: Annotated[list[str], typer.Option(metavar="LANG=NAME", help="Its name: en=…, ar=….")],
    competence: Annotated[
        list[str],
        typer.Option(
            help="A field it may cooperate in: aml_cft, terrorism, organised_crime, sanctions,"
            " judicial, security."
        ),
    ],
    address: Annotated[str, typer.Option(help="Where partners reach its node, https://….")] = "",
    number: Annotated[
        int,
        typer.Option(
            min=1,
            help="Its first card's number: above the last one, where the keys of an earlier node"
            " are lost.",
        ),
    ] = 1,
) -> None:
    """Make this the node of an authority: its keys and its first card."""
    from taawun.desk import parties

    call = options()
    card = parties.found(
        call.home,
        _founding(code, kind, name, competence, address, number),
        officer=call.actor,
        at=call.now(),
        passphrase=passphrase(),
        busy_timeout=call.settings.busy_timeout,
    )
    if call.json:
        show.document({**card.plain(), "fingerprint": card.fingerprint})
        return
    show.say("authority.made", authority=card.authority)
    show.say("authority.fingerprint", fingerprint=card.fingerprint)


@app.command("card")
def own_card(
    out: Annotated[Path | None, typer.Option(help="A file; else it is printed.")] = None,
) -> None:
    """Give this authority's card, signed, for partners to bring in."""
    from taawun.cooperation.trust.parties import read_card
    from taawun.desk import parties

    call = options()
    store = call.open_store(create=False)
    signed = parties.own_card(store)
    store.close()
    card = read_card(signed).card
    if out is not None:
        _write(out, signed + "\n")
    if call.json:
        said = {"authority": card.authority, "fingerprint": card.fingerprint, "signed": signed}
        show.document(said)
    elif out is None:
        print(signed)
    else:
        show.say("authority.written", out=str(out))
        show.say("authority.fingerprint", fingerprint=card.fingerprint)


@app.command()
def add(
    card: Annotated[
        str, typer.Argument(metavar="FILE|URL", help="The card; - reads it from stdin.")
    ],
    ca: Annotated[
        Path | None, typer.Option(help="Certificates to trust for a URL, PEM; else the usual ones.")
    ] = None,
) -> None:
    """Bring in a partner's card. Its keys count once its fingerprint was compared."""
    from taawun.desk import parties

    signed = _fetched(card, ca) if card.startswith(("https://", "http://")) else text_in(card)
    with seated() as desk:
        brought = parties.introduce(desk, signed)
    if options().json:
        show.document(
            {
                "authority": brought.card.authority,
                "number": brought.card.number,
                "fingerprint": brought.card.fingerprint,
                "trusted": brought.trusted,
            }
        )
        return
    told: dict[str, Any] = {"authority": brought.card.authority, "number": brought.card.number}
    show.say("authority.trusted" if brought.trusted else "authority.brought", **told)
    show.say("authority.fingerprint", fingerprint=brought.card.fingerprint)
    if not brought.trusted:
        show.say("authority.compare", authority=brought.card.authority)


@app.command()
def confirm(
    code: CodeOf,
    fingerprint: Annotated[
        list[str], typer.Argument(help="As the other side reads it out; spaces do not matter.")
    ],
) -> None:
    """Say that a fingerprint was compared by another way: telephone, meeting, embassy."""
    from taawun.desk import parties

    with seated() as desk:
        card, sent = parties.confirm(desk, code, " ".join(fingerprint))
    if options().json:
        show.document({"authority": code, "number": card.number, "agreements_sent": list(sent)})
        return
    show.say("authority.confirmed", authority=code)
    for id in sent:
        show.say("authority.sent_agreement", authority=code, id=id[:12])


@app.command("list")
def list_them() -> None:
    """Show everybody who is known, and how their nodes answer."""
    from taawun.cli.authority_shown import as_json, rows
    from taawun.cooperation.exchange import reach
    from taawun.cooperation.history import cooperation
    from taawun.desk.parties import everybody

    call = options()
    store = call.open_store(create=False)
    with store.reading() as connection:
        found = everybody(cooperation(connection))
        reached = reach.every(connection)
    store.close()
    if call.json:
        show.document({"authorities": [as_json(each, reached, call.now()) for each in found]})
    elif not found:
        show.say("authority.nobody")
    else:
        names = ("code", "name", "kind", "trust", "node", "fingerprint")
        show.table([f"authority.column.{name}" for name in names], rows(found, reached))


@app.command("show")
def show_one(code: CodeOf) -> None:
    """Show an authority's card and what became of each of its keys."""
    from taawun.cli.authority_shown import as_json, page
    from taawun.cooperation.exchange import reach
    from taawun.cooperation.history import cooperation
    from taawun.desk.parties import everybody
    from taawun.errors import NotFound

    call = options()
    store = call.open_store(create=False)
    with store.reading() as connection:
        found = [each for each in everybody(cooperation(connection)) if each.code == code]
        reached = reach.every(connection)
    store.close()
    if not found:
        raise NotFound(f"no authority {code} is known: bring in its card first")
    if call.json:
        show.document(as_json(found[0], reached, call.now()))
    else:
        page(found[0], call.now())


@app.command()
def renew(
    rotate: Annotated[bool, typer.Option("--rotate", help="Make new keys.")] = False,
    address: Annotated[
        str | None, typer.Option(help="Where partners reach the node from now on.")
    ] = None,
    revoke: Annotated[
        str, typer.Option(metavar="KID", help="An own key that counts no more (how it begins).")
    ] = "",
    reason: Reason = "",
) -> None:
    """Make a new card, with new keys or without, and tell every partner."""
    from taawun.desk import parties

    if not (rotate or revoke or address is not None):
        raise UsageError("say what is new: --rotate, --revoke or --address")
    with seated() as desk:
        card, told = parties.renew(
            desk, rotate=rotate, address=_address(address), revoke=revoke, reason=reason
        )
    if options().json:
        show.document({**card.plain(), "fingerprint": card.fingerprint, "told": list(told)})
        return
    show.say("authority.renewed", number=card.number)
    show.say("authority.fingerprint", fingerprint=card.fingerprint)
    for code in told:
        show.say("authority.told", authority=code)


@app.command()
def distrust(
    code: CodeOf,
    kid: Annotated[str, typer.Argument(help="The key, or how it begins.")],
    reason: Reason,
) -> None:
    """Trust a partner's key no more, from now on."""
    from taawun.desk import parties

    with seated() as desk:
        found = parties.distrust(desk, code, kid, reason)
    if options().json:
        show.document({"authority": code, "kid": found})
    else:
        show.say("authority.distrusted", authority=code, kid=found)


@bloc.command("list")
def list_blocs(
    at: Annotated[str, typer.Option(help="Members at this time; else now.")] = "",
    known_at: Annotated[
        str, typer.Option("--known-at", help="By what this node knew at that time.")
    ] = "",
) -> None:
    """Show the blocs and their members."""
    from taawun.cooperation.bloc import called, shipped
    from taawun.cooperation.history import cooperation
    from taawun.store.database import DATABASE

    call = options()
    when = moment_given("--at", at) or call.now()
    by = moment_given("--known-at", known_at)
    blocs = shipped()
    if (call.home / DATABASE).is_file():
        with call.open_store(create=False).reading() as connection:
            blocs = cooperation(connection).blocs_known(by)
    lang = call.lang.split("-")[0]
    names = {code: called(code).get(lang) or called(code)["en"] for code in blocs.codes}
    if call.json:
        show.document(
            {
                "at": when,
                "known_at": by,
                "blocs": [
                    {"bloc": code, "name": called(code), "members": list(blocs.members(code, when))}
                    for code in blocs.codes
                ],
            }
        )
        return
    show.table(
        [f"authority.column.{name}" for name in ("bloc", "name", "members")],
        [(code, names[code], " ".join(blocs.members(code, when))) for code in blocs.codes],
    )


@bloc.command()
def join(
    code: Annotated[str, typer.Argument(metavar="BLOC", help="The bloc's code, capital letters.")],
    country: Annotated[str, typer.Argument(help="The state, two letters.")],
    since: Annotated[str, typer.Option(metavar="YYYY-MM-DD", help="Its first day as a member.")],
    until: Annotated[
        str, typer.Option(metavar="YYYY-MM-DD", help="The first day on which it is none.")
    ] = "",
) -> None:
    """Record that a state is or was a member of a bloc of this node's own."""
    from taawun.desk import parties

    first, last = _day("--since", since), _day("--until", until) if until else None
    with seated() as desk:
        parties.join(desk, code, country, first, last)
    if options().json:
        show.document({"bloc": code, "country": country, "since": first, "until": last})
    else:
        show.say("authority.joined", bloc=code, country=country, since=first)


def _founding(
    code: str, kind: str, names: list[str], competences: list[str], address: str, number: int
) -> Founding:
    from pydantic import ValidationError

    from taawun.cli.seated import code as code_of
    from taawun.cooperation.trust.party import CooperationField, Kind
    from taawun.desk.papers import wanted
    from taawun.desk.parties import Founding

    called: dict[str, str] = {}
    for said in names:
        lang, equals, name = said.partition("=")
        if not equals:
            raise UsageError(f"--name: expected en=NAME or ar=NAME, got {said!r}")
        if lang.strip() in called:
            raise UsageError(f"--name: {lang.strip()} is given twice")
        called[lang.strip()] = name.strip()
    try:
        return Founding(
            authority=code,
            kind=code_of(Kind, "--kind", kind),
            name=called,
            competences=codes(CooperationField, "--competence", competences),
            address=address,
            number=number,
        )
    except ValidationError as error:
        first = error.errors()[0]
        option = OPTIONS.get(str(first["loc"][0]), "--name")
        raise UsageError(f"{option}: cannot be used: {wanted(first)}") from None


OPTIONS = {"authority": "--code", "competences": "--competence", "address": "--address"}
"""What a field of a founding is called on the command line."""


def _address(address: str | None) -> str | None:
    from pydantic import TypeAdapter, ValidationError

    from taawun.cooperation.trust.party import Address
    from taawun.desk.papers import wanted

    try:
        return None if address is None else TypeAdapter(Address).validate_python(address)
    except ValidationError as error:
        raise UsageError(f"--address: cannot be used: {wanted(error.errors()[0])}") from None


def _day(option: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option}: expected YYYY-MM-DD, got {text!r}") from None


def _fetched(url: str, ca: Path | None) -> str:
    from taawun.desk.fetching import fetched_card

    return fetched_card(url, ca)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from None
