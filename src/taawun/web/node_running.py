"""Running a node: what others call and the courier, in one process, until it is told to stop.

A signal (SIGTERM, SIGINT) ends it after the requests and rounds that are under way. Killed at any
other moment, it loses nothing either.
"""

from __future__ import annotations

import random
import resource
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from taawun.cooperation.exchange.courier import Courier
from taawun.cooperation.exchange.transport.http import HttpTransport, Trust, is_loopback
from taawun.cooperation.node import Node
from taawun.errors import UsageError
from taawun.web.node import application

FILES = 4096
"""Files that a node may have open at once."""


@dataclass(frozen=True, slots=True)
class Listening:
    """Where a node listens, and with which certificate. `client_ca`: callers must show one of
    these authorities' certificates."""

    host: str
    port: int
    certificate: Path | None = None
    key: Path | None = None
    client_ca: Path | None = None
    plain_http: bool = False

    def check(self) -> None:
        """Raises UsageError for what would leave the line open or cannot be meant."""
        if self.certificate is None and self.client_ca is not None:
            raise UsageError("--client-ca needs --cert: without TLS nobody shows a certificate")
        if self.certificate is None and not (self.plain_http or is_loopback(self.host)):
            raise UsageError(
                "without --cert only 127.0.0.1 is listened on;"
                " TAAWUN_PLAIN_HTTP=1 where TLS ends before"
            )
        for path in (self.certificate, self.key, self.client_ca):
            if path is not None and not path.is_file():
                raise UsageError(f"{path}: no such file")


def now() -> datetime:
    """The time, UTC: serving is an edge, where time is read."""
    return datetime.now(UTC)


def spread(seconds: float) -> float:
    """Between half of what is due and all of it."""
    return seconds * random.uniform(0.5, 1.0)


def run(
    node: Node, listening: Listening, trust: Trust, said: Callable[[str], None], *, log: str
) -> None:
    """Serve until told to stop. `said` is called with the address once it is listened on."""
    import uvicorn

    from taawun.web.impatient import LINES, ImpatientProtocol
    from taawun.web.running import log_to_stderr

    listening.check()
    log_to_stderr(log)
    _enough_files()
    ImpatientProtocol.bounded = not listening.plain_http
    transport = HttpTransport(trust)
    courier = Courier(node, transport, now, spread)
    config = uvicorn.Config(
        application(node, now, courier),
        http=ImpatientProtocol,
        log_level="error",  # its warnings are a line for whatever a stranger sends
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=20,
        limit_concurrency=LINES,
        ws="none",
        ssl_certfile=listening.certificate,
        ssl_keyfile=listening.key,
        ssl_ca_certs=listening.client_ca,
        ssl_cert_reqs=ssl.CERT_REQUIRED if listening.client_ca else ssl.CERT_NONE,
    )
    try:
        config.load()
    except (OSError, ssl.SSLError) as error:
        raise UsageError(f"{listening.certificate}: no usable certificate and key") from error
    if config.ssl is not None:
        config.ssl.minimum_version = ssl.TLSVersion.TLSv1_3
    with _listening(listening) as line:
        said(_address(listening, line.getsockname()[1]))
        uvicorn.Server(config).run(sockets=[line])
    transport.close()


def _enough_files() -> None:
    """Let this process open as many files as its lines and its store need, where the system lets
    it: many let a process have 256 or 1,024 unless it asks."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _listening(listening: Listening) -> socket.socket:
    family = socket.AF_INET6 if ":" in listening.host else socket.AF_INET
    try:
        return socket.create_server((listening.host, listening.port), family=family)
    except OSError as error:
        raise UsageError(
            f"{listening.host}:{listening.port}: cannot be listened on: {error.strerror}"
        ) from error


def _address(listening: Listening, port: int) -> str:
    host = f"[{listening.host}]" if ":" in listening.host else listening.host
    return f"{'https' if listening.certificate else 'http'}://{host}:{port}"
