"""The envelope: what was signed, sealed so that only its recipient can read it.

A compact JWE around a compact JWS. One way to make it and nothing negotiated:

    alg    ECDH-ES, directly         enc    A256GCM
    kid    the recipient's X25519 key        typ    taawun-envelope+jwe
    epk    a fresh X25519 key: kty, crv, x and nothing else

What must hold before anything is decrypted: five parts of bounded length in strict base64url, no
encrypted key, an IV of 96 and a tag of 128 bits, exactly these header members with exactly these
values, a point that is not of small order. Each of these has its ground, since whoever made the
envelope can read the header anyway. What depends on the private key has one ground,
`envelope.sealed`.
"""

from __future__ import annotations

import json
import re
from binascii import Error as NotBase64
from collections.abc import Callable
from typing import Any

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwe import JWERegistry
from joserfc.jwk import OKPKey
from joserfc.util import urlsafe_b64decode

from taawun.cooperation.trust.denied import binds_nobody
from taawun.errors import Refused

TYPE = "taawun-envelope+jwe"
ALGORITHMS = {"alg": "ECDH-ES", "enc": "A256GCM"}
MEMBERS = frozenset({"alg", "enc", "kid", "typ", "epk"})
MOST_BYTES = 4 * 1024 * 1024
"""The longest envelope that is read."""
MOST_HEADER = 1024
_COMPACT = re.compile(
    rf"[A-Za-z0-9_-]{{1,{MOST_HEADER}}}\."  # header
    r"\."  # no encrypted key: the key is agreed directly
    r"[A-Za-z0-9_-]{16}\."  # IV
    r"[A-Za-z0-9_-]+\."  # ciphertext
    r"[A-Za-z0-9_-]{22}"  # tag
)
_OF_32_BYTES = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")


class _Bounds(JWERegistry):
    """joserfc's own bounds, as wide as an envelope may be."""

    max_protected_header_length = MOST_HEADER
    max_ciphertext_length = MOST_BYTES


_BOUNDS = _Bounds(algorithms=list(ALGORITHMS.values()))


def seal(signed: str, key: OKPKey) -> str:
    """The envelope around a JWS. `key` is the recipient's public X25519 key.

    Raises Refused (`envelope.too_large`) when the recipient would not read it.
    """
    header = {**ALGORITHMS, "kid": key.thumbprint(), "typ": TYPE}
    if len(signed) * 4 // 3 + MOST_HEADER > MOST_BYTES:
        raise Refused("envelope.too_large", expected=f"at most {MOST_BYTES} bytes")
    return jwe.encrypt_compact(header, signed, key, registry=_BOUNDS)


def unseal(envelope: str, key_of: Callable[[str], OKPKey]) -> str:
    """The JWS in an envelope.

    `key_of` gives the private key that a thumbprint names, or raises Refused. Raises Refused:
    `envelope.too_large`, `.malformed`, `.header`, `.algorithm`, `.type`, `.point`, `.sealed`, or
    the ground of `key_of`.
    """
    key = key_of(kid_of(envelope))
    try:
        opened = jwe.decrypt_compact(envelope, key, registry=_BOUNDS).plaintext
        return (opened or b"").decode("ascii")
    except (JoseError, ValueError, TypeError, KeyError, AttributeError, AssertionError):
        raise Refused("envelope.sealed") from None


def kid_of(envelope: str) -> str:
    """Which key an envelope is sealed to; shape and header are checked. Raises Refused."""
    if len(envelope) > MOST_BYTES:
        raise Refused("envelope.too_large", expected=f"at most {MOST_BYTES} bytes")
    if not _COMPACT.fullmatch(envelope):
        raise Refused("envelope.malformed")
    header = _header(envelope.partition(".")[0])
    if set(header) != MEMBERS:
        raise Refused("envelope.header", expected=", ".join(sorted(MEMBERS)))
    for name, wanted in ALGORITHMS.items():
        if header[name] != wanted:
            raise Refused("envelope.algorithm", field=name, expected=wanted)
    if header["typ"] != TYPE:
        raise Refused("envelope.type", expected=TYPE)
    if not _is_key(header["epk"]) or not _is_32_bytes(header["kid"]):
        raise Refused("envelope.header", expected=", ".join(sorted(MEMBERS)))
    if binds_nobody("X25519", urlsafe_b64decode(header["epk"]["x"].encode("ascii"))):
        raise Refused("envelope.point")
    return str(header["kid"])


def _header(part: str) -> dict[str, Any]:
    try:
        text = urlsafe_b64decode(part.encode("ascii")).decode("utf-8")
        read = json.loads(text, object_pairs_hook=_once)
    except (NotBase64, ValueError, RecursionError):
        raise Refused("envelope.malformed") from None
    if not isinstance(read, dict):
        raise Refused("envelope.malformed")
    return read


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) < len(pairs):
        raise ValueError("a name twice")
    return read


def _is_key(epk: object) -> bool:
    return (
        isinstance(epk, dict)
        and set(epk) == {"kty", "crv", "x"}
        and (epk["kty"], epk["crv"]) == ("OKP", "X25519")
        and _is_32_bytes(epk["x"])
    )


def _is_32_bytes(value: object) -> bool:
    return isinstance(value, str) and bool(_OF_32_BYTES.fullmatch(value))
