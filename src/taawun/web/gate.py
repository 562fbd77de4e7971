"""Who may ask: API keys, and the loopback while there are none.

- No key exists: only a caller on this machine is served, and only under this machine's own names
  (`localhost`, 127.0.0.1, ::1), so that neither a neighbour nor a web page that rebinds its name
  gets in. A request that a proxy forwarded is not from this machine.
- A key exists: everybody needs one, `Authorization: ApiKey …` (or `Bearer …`).

Keys are kept as digests and compared in constant time. A key that is added or revoked counts
within a second or two, in every process.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from typing import Any

from taawun.store.keys import KeyRow, digest_of, id_of, same
from taawun.web.refusals import Refusal

OPEN = frozenset({"/healthz", "/readyz", "/", "/updatez", "/openapi.json", "/favicon.ico"})
"""Paths that ask for no key here: `/updatez` has its own token, the page asks for a key itself."""

_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]", "::1"})
_FORWARDED = frozenset({b"forwarded", b"x-forwarded-for", b"x-real-ip", b"via"})
_WANTED = {"WWW-Authenticate": "ApiKey"}

Headers = Iterable[tuple[bytes, bytes]]


class Gate:
    """The keys that count now. `fixed` are keys from the settings, which are always good."""

    def __init__(self, fixed: Iterable[str] = ()) -> None:
        self._fixed = {digest_of(key): f"settings-{at}" for at, key in enumerate(fixed, 1)}
        self._kept: dict[str, KeyRow] = {}
        self._asked = bool(self._fixed)

    def know(self, rows: Iterable[KeyRow]) -> None:
        """Take the keys of the store as they are now; revoked ones too, which still count as
        keys that exist: revoking the last key does not open the door."""
        kept = {row.id: row for row in rows}
        self._asked = bool(self._fixed) or bool(kept)
        self._kept = {name: row for name, row in kept.items() if not row.revoked_at}

    @property
    def asks(self) -> bool:
        """Whether a key is asked for."""
        return self._asked

    def admit(self, scope: Mapping[str, Any]) -> str:
        """The name of the key that a request carries, "" from this machine without keys.

        Raises Refusal (401) for everybody else.
        """
        path = scope["path"]
        if path in OPEN or path.startswith("/static/") or _asks_itself(path):
            return ""
        return self.admit_by_header(scope)

    def admit_by_header(self, scope: Mapping[str, Any]) -> str:
        """As `admit`, whatever the path."""
        headers: Headers = scope["headers"]
        return self.admit_with(_given(headers), scope.get("client"), headers)

    def admit_with(self, key: str, client: tuple[str, int] | None, headers: Headers) -> str:
        """As `admit`, for a key that came another way than in a header."""
        if self._asked:
            return self._owner(key)
        if _local(client, headers):
            return ""
        raise Refusal(401, "This service needs an API key: create one with `taawun keys add`.")

    def _owner(self, key: str) -> str:
        if not key:
            raise Refusal(401, "An API key is needed: `Authorization: ApiKey …`.", _WANTED)
        digest = digest_of(key)
        for known, name in self._fixed.items():
            if same(known, digest):
                return name
        row = self._kept.get(id_of(key))
        # An unknown key costs the same comparison as a known one.
        if same(row.digest if row else "0" * 64, digest) and row:
            return row.name
        raise Refusal(401, "The API key is not known or was revoked.", _WANTED)


def _asks_itself(path: str) -> bool:
    """The pages of findings: a browser sends no header, so they take a key by their form too."""
    return path == "/findings" or path.startswith("/findings/")


def _given(headers: Headers) -> str:
    for name, value in headers:
        if name == b"authorization":
            scheme, _, key = value.decode("latin-1").partition(" ")
            return key.strip() if scheme.lower() in ("apikey", "bearer") else ""
    return ""


def _local(client: tuple[str, int] | None, headers: Headers) -> bool:
    """Whether a request comes from this machine, to this machine, past no proxy."""
    host = b""
    for name, value in headers:
        if name in _FORWARDED:
            return False
        if name == b"host":
            host = value
    named = host.decode("latin-1").rsplit(":", 1)[0] if not host.endswith(b"]") else host.decode()
    if named.lower() not in _NAMES:
        return False
    try:
        return client is not None and ipaddress.ip_address(client[0]).is_loopback
    except ValueError:
        return False
