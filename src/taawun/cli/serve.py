"""`taawun serve`: the screening API and its page."""

from __future__ import annotations

from typing import Annotated

import typer

from taawun.cli import show
from taawun.cli.options import options

app = typer.Typer(add_completion=False)


@app.command()
def serve(
    host: Annotated[
        str | None, typer.Option(help="The address to listen on.", show_default="127.0.0.1")
    ] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="The port.", show_default="8000")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes.", show_default="one for each core")
    ] = None,
    access_log: Annotated[
        bool, typer.Option(help="A line on stderr for each request. It holds no names.")
    ] = True,
) -> None:
    """Serve the OpenSanctions matching API over the lists in force, and a page at /.

    Without an API key only callers on this machine are served: see `taawun keys`.
    """
    from taawun.web.running import cores, run

    call = options()
    settings = call.settings
    if workers is None:
        workers = settings.workers if "workers" in settings.model_fields_set else cores()
    host = settings.host if host is None else host
    port = settings.port if port is None else port
    _say_where(host, port, workers)
    run(call.home, host=host, port=port, workers=workers, log="info" if access_log else "warning")


def _say_where(host: str, port: int, workers: int) -> None:
    from taawun.store import keys

    call = options()
    with call.open_store().reading() as connection:
        keyed = bool(keys.every(connection)) or bool(call.settings.api_keys)
    shown = f"[{host}]" if ":" in host else host
    show.note("web.serve.listening", url=f"http://{shown}:{port}/", count=workers)
    if not keyed and not _is_loopback(host):
        show.note("web.serve.no_keys")


def _is_loopback(host: str) -> bool:
    import ipaddress

    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
