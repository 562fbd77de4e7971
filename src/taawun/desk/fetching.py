"""Fetching a partner's card from its node. Whether it is believed is decided elsewhere."""

from __future__ import annotations

import ssl
from pathlib import Path

import httpx

from taawun.cooperation.exchange.transport.http import is_loopback
from taawun.errors import InputError, Unavailable, UsageError

MOST_CARD = 64 * 1024
SECONDS = 20.0


def fetched_card(url: str, ca: Path | None = None) -> str:
    """The signed card at `url`: a node's address, or that of its card.

    Plain HTTP is for this machine alone; where a node says to go elsewhere, nobody follows. Raises
    UsageError, Unavailable, InputError.
    """
    try:
        address = httpx.URL(url)
    except (httpx.InvalidURL, ValueError) as error:
        raise Unavailable(f"{url}: cannot be reached: {type(error).__name__}") from None
    if address.scheme == "http" and not is_loopback(address.host):
        raise UsageError(f"{url}: only https:// beyond this machine")
    if not address.path.rstrip("/").endswith("/card"):
        address = address.copy_with(path=address.path.rstrip("/") + "/card")
    try:
        verify = ssl.create_default_context(cafile=str(ca) if ca is not None else None)
        with (
            httpx.Client(timeout=SECONDS, verify=verify, trust_env=False) as client,
            client.stream("GET", address, headers={"Accept-Encoding": "identity"}) as answer,
        ):
            if answer.status_code != httpx.codes.OK:
                raise Unavailable(f"{address}: answered with status {answer.status_code}")
            return _text(str(address), answer)
    except (httpx.HTTPError, UnicodeError) as error:
        raise _why(str(address), error) from None
    except (OSError, ssl.SSLError) as error:
        raise InputError(f"{ca}: cannot be read: {error.strerror}") from None


def _why(url: str, error: Exception) -> Unavailable:
    """What keeps the card away, where an officer can do something about it."""
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return Unavailable(f"{url}: its certificate is not believed here; --ca FILE says whose is")
    return Unavailable(f"{url}: cannot be reached: {type(error).__name__}")


def _text(url: str, answer: httpx.Response) -> str:
    held = b""
    for part in answer.iter_bytes():
        held += part
        if len(held) > MOST_CARD:
            raise InputError(f"{url}: more than {MOST_CARD} bytes")
    try:
        return held.decode("ascii")
    except UnicodeDecodeError:
        raise InputError(f"{url}: cannot be read: ASCII") from None
