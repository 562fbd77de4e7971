"""Bundles over HTTPS, and how a node knows that whoever answers is its partner's node.

    a partner's own certificate      <pins>/<CODE>.pem: that certificate, or one it has signed, and
                                     no other authority is believed for this partner
    the authorities of certificates  `ca`, or the system's own
    this node's own certificate      `certificate` and `key`, shown to partners who ask (mutual TLS)

Plain HTTP goes to this machine only, unless it is said otherwise. Redirects are not followed,
proxies of the environment not used. What is trusted for content is never the line: every message
is signed and sealed.
"""

from __future__ import annotations

import ipaddress
import ssl
import time
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from urllib.parse import urlsplit

import httpx

from taawun.cooperation.exchange.bundle import MEDIA_TYPE, MOST_ANSWER
from taawun.errors import Refused, StoreError, Unavailable

CONNECT = 5.0
READ = 20.0
WHOLE = 60.0
"""Seconds: to connect, for the next bytes, and for all of an exchange."""
_READABLE = frozenset({200, 400, 413, 415})
"""Statuses whose body says what is wrong in words of the protocol."""


@dataclass(frozen=True, slots=True)
class Trust:
    """Whom to believe, and what to show."""

    ca: Path | None = None
    pins: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    plain_http: bool = False

    def context(self, partner: str) -> ssl.SSLContext:
        """TLS for one partner: 1.3, its name checked. Raises StoreError for an unreadable file."""
        pin = self.pins / f"{partner}.pem" if self.pins else None
        pinned = pin is not None and pin.is_file()
        chosen = pin if pinned else self.ca
        try:
            context = ssl.create_default_context(cafile=str(chosen) if chosen else None)
            if self.certificate is not None:
                context.load_cert_chain(self.certificate, self.key)
        except (OSError, ssl.SSLError) as error:
            raise StoreError(f"{chosen or self.certificate}: no usable certificate") from error
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        if pinned:
            context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        return context


class HttpTransport:
    """Bundles to partners' nodes. Safe to share between threads; one pool of lines a partner."""

    def __init__(self, trust: Trust, *, connect: float = CONNECT, read: float = READ) -> None:
        self.trust = trust
        self._timeout = httpx.Timeout(read, connect=connect)
        self._clients: dict[tuple[str, bool], httpx.Client] = {}
        self._lock = Lock()

    def send(self, partner: str, address: str, body: bytes) -> bytes:
        """The answer to a bundle.

        Raises Unavailable where none came, whole and in time; Refused `exchange.no_address` or
        `exchange.plain_http` where it may not be sent at all, `exchange.not_its_certificate`
        where what answers shows one that is not believed.
        """
        url = f"{checked(address, plain_http=self.trust.plain_http)}/exchange"
        headers = {"Content-Type": MEDIA_TYPE, "Accept": MEDIA_TYPE, "Accept-Encoding": "identity"}
        try:
            request = httpx.Request("POST", url, content=body, headers=headers)
        except (httpx.InvalidURL, ValueError):  # a port that is none, a name that cannot be asked
            raise Refused("exchange.no_address") from None
        return self._asked(partner, request, MOST_ANSWER)

    def close(self) -> None:
        """Let go of the lines."""
        with self._lock:
            for client in self._clients.values():
                client.close()
            self._clients.clear()

    def _asked(self, partner: str, request: httpx.Request, most: int) -> bytes:
        until = time.monotonic() + WHOLE
        client = self._client(partner, secure=request.url.scheme == "https")
        try:
            response = client.send(request, stream=True)
            try:
                if response.status_code not in _READABLE:
                    raise Unavailable(f"{partner}: answered with status {response.status_code}")
                return _whole(response, most, until)
            finally:
                response.close()
        except (httpx.HTTPError, httpx.StreamError, UnicodeError, OSError) as error:
            if "CERTIFICATE_VERIFY_FAILED" in str(error):  # somebody has to put in another
                raise Refused("exchange.not_its_certificate", partner=partner) from None
            raise Unavailable(f"{partner}: cannot be reached: {type(error).__name__}") from error

    def _client(self, partner: str, *, secure: bool) -> httpx.Client:
        with self._lock:
            found = self._clients.get((partner, secure))
            if found is None:
                verify = self.trust.context(partner) if secure else False
                found = httpx.Client(
                    verify=verify,
                    timeout=self._timeout,
                    trust_env=False,
                    follow_redirects=False,
                )
                self._clients[partner, secure] = found
            return found


def _whole(response: httpx.Response, most: int, until: float) -> bytes:
    parts: list[bytes] = []
    left = most
    for part in response.iter_raw():
        left -= len(part)
        if left < 0:
            raise Unavailable("an answer is longer than any may be")
        if time.monotonic() > until:
            raise Unavailable("an answer takes too long")
        parts.append(part)
    return b"".join(parts)


def checked(address: str, *, plain_http: bool = False) -> str:
    """An address that may be sent to, without a slash at its end. Raises Refused."""
    if not address:
        raise Refused("exchange.no_address")
    try:
        parts = urlsplit(address)
    except ValueError:
        raise Refused("exchange.no_address") from None
    if parts.scheme == "http" and not (plain_http or is_loopback(parts.hostname or "")):
        raise Refused("exchange.plain_http")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Refused("exchange.no_address")
    return address.rstrip("/")


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
