"""Signing and checking a signature: compact JWS, Ed25519 and nothing else.

What must hold of a signature before a byte under it is believed:

    its shape         three parts, bounded, strict base64url
    its header        exactly alg, kid, typ, as canonical JSON: nothing else is accepted (no name
                      twice, of which two readers would take two), nothing is negotiated
    its algorithm     Ed25519 (RFC 9864)
    its type          the one that is expected here: a card is never taken for an act
    its key           the sender's own, confirmed, valid now, not revoked (`register.Ring`)
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from taawun.cooperation.trust.party import PublicKey
from taawun.cooperation.wire import MOST_BYTES, canonical
from taawun.errors import Refused

ALGORITHM = "Ed25519"
MOST_SIGNED = MOST_BYTES * 4 // 3 + 2048
"""Characters of a compact JWS over the largest document."""
_COMPACT = re.compile(r"[A-Za-z0-9_-]{1,500}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{85}[AQgw]")


class _Bounds(jws.JWSRegistry):
    max_payload_length = MOST_SIGNED


_BOUNDS = _Bounds(algorithms=[ALGORITHM])


@dataclass(frozen=True, slots=True)
class Signed:
    """What a checked signature covers: the payload's bytes, and the key that made it."""

    payload: bytes
    kid: str


def sign(payload: bytes, key: OKPKey, typ: str) -> str:
    """A compact JWS over `payload`. `key` is a private Ed25519 key."""
    header = {"alg": ALGORITHM, "kid": key.thumbprint(), "typ": typ}
    return jws.serialize_compact(header, payload, key, registry=_BOUNDS)


def unverified(signed: str, typ: str) -> Signed:
    """What a signature claims to cover, and by which key: its shape and header are checked, the
    signature is not. Only to learn whose key to check it with. Raises Refused.
    """
    return _claimed(signed, typ)[0]


def verify(signed: str, typ: str, key_of: Callable[[str], PublicKey]) -> Signed:
    """The payload under a signature that holds.

    `key_of` gives the public key that a thumbprint names, or raises Refused. Raises Refused with
    a ground of `signature.…`, or that of `key_of`.
    """
    claimed, parts = _claimed(signed, typ)
    key = key_of(claimed.kid)
    if not _holds(parts, key):
        raise Refused("signature.wrong")
    return claimed


def _holds(parts: jws.CompactSignature, key: PublicKey) -> bool:
    try:
        return jws.validate_compact(parts, key.jwk(), registry=_BOUNDS)
    except (JoseError, ValueError):
        return False


def _claimed(signed: str, typ: str) -> tuple[Signed, jws.CompactSignature]:
    if len(signed) > MOST_SIGNED or not _COMPACT.fullmatch(signed):
        raise Refused("signature.malformed")
    try:
        parts = jws.extract_compact(signed.encode("ascii"), registry=_BOUNDS)
    except (JoseError, ValueError, TypeError):
        raise Refused("signature.malformed") from None
    kid = _kid(parts.protected, typ)
    if urlsafe_b64encode(canonical(parts.protected)).rstrip(b"=") != parts.segments["header"]:
        raise Refused("signature.header", expected="alg, kid, typ")
    if not isinstance(parts.payload, bytes):
        raise Refused("signature.malformed")
    return Signed(parts.payload, kid), parts


def _kid(header: Any, typ: str) -> str:
    if not isinstance(header, dict) or set(header) != {"alg", "kid", "typ"}:
        raise Refused("signature.header", expected="alg, kid, typ")
    if header["alg"] != ALGORITHM:
        raise Refused("signature.algorithm", expected=ALGORITHM)
    if header["typ"] != typ:
        raise Refused("signature.type", expected=typ)
    if not isinstance(header["kid"], str):
        raise Refused("signature.header", expected="alg, kid, typ")
    return header["kid"]
