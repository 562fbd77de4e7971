"""`taawun node`: this authority's node served, and what waits in it watched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from taawun.cli import show
from taawun.cli.options import options
from taawun.cli.seated import code, passphrase

if TYPE_CHECKING:
    from taawun.cooperation.exchange.outbox import Placed
    from taawun.cooperation.exchange.transport.http import Trust
    from taawun.cooperation.node import Node

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="The node that partners reach: served, and what waits in it.",
)

NODE_PORT = 8440
RENEW_BEFORE = timedelta(days=60)
"""How long before its own keys run out a node says so."""
PINS = "tls"
"""Under home: partners' own certificates, `<CODE>.pem`."""


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port.")] = NODE_PORT,
    cert: Annotated[
        Path | None, typer.Option(help="The node's certificate, PEM; shown to partners too.")
    ] = None,
    key: Annotated[Path | None, typer.Option(help="Its private key, PEM.")] = None,
    client_ca: Annotated[
        Path | None, typer.Option(help="Callers must show a certificate of these, PEM.")
    ] = None,
    access_log: Annotated[
        bool, typer.Option(help="A line on stderr for each request. It holds no names.")
    ] = True,
) -> None:
    """Serve the node: take what partners send, deliver what waits, until told to stop.

    Partners' certificates are checked against TAAWUN_TLS_CA, or CODE.pem under tls/ in the home.
    """
    from taawun.web.node_running import Listening, run

    settings = options().settings
    listening = Listening(
        host,
        port,
        cert or settings.tls_cert,
        key or settings.tls_key,
        client_ca or settings.tls_client_ca,
        settings.plain_http,
    )
    listening.check()
    node = _node()
    try:
        run(
            node,
            listening,
            _trust(listening.certificate, listening.key),
            lambda url: show.note("exchange.listening", authority=node.me, url=url),
            log="info" if access_log else "warning",
        )
    finally:
        node.close()


@app.command()
def status() -> None:
    """Show each partner: what waits, what is withheld or was refused, and since when it is down."""
    from taawun.cooperation.exchange import outbox, reach
    from taawun.cooperation.history import cooperation

    with options().open_store(create=False).reading() as connection:
        known = cooperation(connection)
        tally = outbox.tally(connection)
        reached = reach.every(connection)
        trying = {
            each: outbox.shown(connection, partner=each, states=(outbox.OutboxState.TRYING,))
            for each in reached
        }
    until = known.ring.keys_until(known.me)
    partners = sorted({*known.ring.codes, *tally} - {known.me})
    rows = [
        {
            "partner": partner,
            "confirmed": known.ring.confirmed(partner),
            **{state.value: tally.get(partner, {}).get(state, 0) for state in outbox.OutboxState},
            "down_since": reached[partner].down_since if partner in reached else "",
            "next_try": reached[partner].next_try if partner in reached else "",
            "ground": reached[partner].ground if partner in reached else "",
            "answered_at": reached[partner].answered_at if partner in reached else "",
        }
        for partner in partners
    ]
    if options().json:
        show.document({"node": known.me, "keys_until": until, "partners": rows})
    elif not rows:
        show.say("exchange.alone")
    else:
        grounds = [_params(partner, trying.get(partner, [])) for partner in partners]
        names = ("partner", "waiting", "trying", "withheld", "refused", "down_since", "ground")
        show.table(
            [f"exchange.{name}" for name in names],
            [
                [_cell(name, row[name], params) for name in names]
                for row, params in zip(rows, grounds, strict=True)
            ],
        )
    if not options().json and until is not None and until - options().now() < RENEW_BEFORE:
        show.note("exchange.keys_run_out", until=until.date())


@app.command("outbox")
def show_outbox(
    partner: Annotated[str, typer.Option(help="Only for this partner.")] = "",
    state: Annotated[
        str, typer.Option(help="Only waiting, trying, withheld, delivered or refused.")
    ] = "",
    last: Annotated[int, typer.Option("--last", "-n", min=1, help="How many.")] = 20,
) -> None:
    """Show the messages in the outbox, the newest first, and on what ground each one stays."""
    from taawun.cooperation.exchange import outbox

    states = (code(outbox.OutboxState, "--state", state),) if state else ()
    with options().open_store(create=False).reading() as connection:
        placed = outbox.shown(connection, partner=partner, states=states, most=last)
    if options().json:
        names = ("message", "kind", "recipient", "channel", "state", "sequence", "attempts")
        times = ("placed_at", "placed_by", "tried_at", "settled_at", "ground")
        show.document(
            {"outbox": [{name: getattr(row, name) for name in (*names, *times)} for row in placed]}
        )
    elif not placed:
        show.say("exchange.empty")
    else:
        import orjson

        names = ("message", "kind", "recipient", "state", "attempts", "placed_at", "ground")
        show.table(
            [f"exchange.{name}" for name in names],
            [
                [_cell(name, getattr(row, name), orjson.loads(row.params)) for name in names]
                for row in placed
            ],
        )


@app.command()
def send(
    partner: Annotated[
        list[str] | None, typer.Option(help="Only to this partner; again for more.")
    ] = None,
) -> None:
    """Deliver what waits, now, whether or not a partner's next attempt is due.

    Exit status 1 where something still waits for a partner that could not take it.
    """
    from taawun.cooperation.exchange import outbox
    from taawun.cooperation.exchange.courier import run_once
    from taawun.cooperation.exchange.transport.http import HttpTransport

    settings = options().settings
    node = _node()
    transport = HttpTransport(_trust(settings.tls_cert, settings.tls_key))
    try:
        wanted = tuple(partner or ())
        settled = run_once(node, transport, options().now, partners=wanted)
        with node.store.reading() as connection:
            left = [each for each in outbox.partners(connection) if not wanted or each in wanted]
    finally:
        transport.close()
        node.close()
    if options().json:
        show.document({"settled": settled, "still_waiting": left})
    else:
        show.say("exchange.settled", count=settled)
        if left:
            show.note("exchange.still_waiting", partners=tuple(left))
    if left:
        raise typer.Exit(1)


@app.command()
def resend(
    partner: Annotated[str, typer.Argument(help="Whose node was brought back from a copy.")],
) -> None:
    """Send a partner again what its node lost: it was brought back from a copy.

    Exit status 1 where something could not go now.
    """
    from taawun.cooperation.exchange.again import send_again
    from taawun.cooperation.exchange.transport.http import HttpTransport
    from taawun.wording.refusal import refusal

    call = options()
    node = _node()
    transport = HttpTransport(_trust(call.settings.tls_cert, call.settings.tls_key))
    try:
        sent = send_again(node, partner, transport, call.now, call.actor)
    finally:
        transport.close()
        node.close()
    if call.json:
        stopped = {channel: refused.ground for channel, refused in sent.stopped.items()}
        counts = {"messages": sent.messages, "empty": sent.empty, "refused": sent.refused}
        show.document({"partner": partner, **counts, "stopped": stopped})
    else:
        for code, count in (
            ("exchange.sent_again", sent.messages),
            ("exchange.left_empty", sent.empty),
            ("exchange.refused_again", sent.refused),
        ):
            if count:
                show.say(code, partner=partner, count=count)
        if not (sent.messages or sent.empty or sent.stopped):
            show.say("exchange.lost_nothing", partner=partner)
        for channel, refused in sent.stopped.items():
            why = refusal(refused.ground, refused.params, call.lang)
            show.note("exchange.stopped", channel=channel[:12], why=why)
    if sent.stopped:
        raise typer.Exit(1)


def _node() -> Node:
    from taawun.cooperation.exchange.pace import Intake
    from taawun.cooperation.node import open_node

    call = options()
    settings = call.settings
    intake = Intake(
        messages=settings.partner_messages,
        bytes=settings.partner_megabytes * 2**20,
        unread=settings.partner_unread,
        unread_bytes=settings.partner_unread_megabytes * 2**20,
    )
    return open_node(
        call.home,
        passphrase=passphrase(),
        busy_timeout=settings.busy_timeout,
        intake=intake,
    )


def _trust(certificate: Path | None, key: Path | None) -> Trust:
    from taawun.cooperation.exchange.transport.http import Trust

    call = options()
    settings = call.settings
    return Trust(settings.tls_ca, call.home / PINS, certificate, key, settings.plain_http)


def _params(partner: str, trying: Sequence[Placed]) -> dict[str, str]:
    """What belongs to the ground on which a partner is not served: a message under way has it."""
    import orjson

    said = next((each.params for each in trying if each.ground), "{}")
    return {"partner": partner, **orjson.loads(said)}


def _cell(name: str, value: object, params: Mapping[str, str] | None = None) -> str:
    if name == "state":
        return show.worded(f"exchange.state.{value}")
    if name == "ground" and value:
        from taawun.wording.refusal import refusal

        return refusal(str(value), params or {}, options().lang)
    if name in ("down_since", "placed_at"):
        return str(value)[:16].replace("T", " ")
    return str(value)
