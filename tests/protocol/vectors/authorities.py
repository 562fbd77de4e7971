"""Authorities that do not exist, with keys that everybody knows: for tests alone.

Countries are user-assigned codes of ISO 3166-1 (XA, XB …). A private key is SHA-256 of a sentence,
so that anybody can make it again.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc.jwk import OKPKey
from joserfc.util import to_str, urlsafe_b64encode

from taawun.cooperation.trust.party import Card, CooperationField, KeyUse, Kind, PublicKey
from taawun.cooperation.trust.signing import sign

Json = dict[str, Any]
WARNING = "TEST KEYS, published with their private halves. A node refuses a card that bears one."
FROM = datetime(2026, 1, 1, tzinfo=UTC)
UNTIL = datetime(2027, 2, 5, tzinfo=UTC)
ALL = tuple(CooperationField)

_FIU = "Financial Intelligence Unit of"
_FIU_AR = "وحدة التحريات المالية في"
AML = (CooperationField.AML_CFT,)
AUTHORITIES: dict[str, tuple[Kind, tuple[CooperationField, ...], str, str]] = {
    "XA-FIU": (Kind.FIU, ALL, f"{_FIU} Alpha", f"{_FIU_AR} ألفا"),
    "XA-CUSTOMS": (
        Kind.CUSTOMS,
        (*AML, CooperationField.SANCTIONS),
        "Customs of Alpha",
        "جمارك ألفا",
    ),
    "XB-FIU": (Kind.FIU, ALL, f"{_FIU} Bravo", f"{_FIU_AR} برافو"),
    "XB-POLICE-2": (Kind.POLICE, ALL, "Police of Bravo", "شرطة برافو"),
    "XC-FIU": (
        Kind.FIU,
        (*AML, CooperationField.TERRORISM),
        f"{_FIU} Charlie",
        f"{_FIU_AR} تشارلي",
    ),
    "XD-FIU": (Kind.FIU, ALL, f"{_FIU} Delta", f"{_FIU_AR} دلتا"),
}


def seed(authority: str, use: KeyUse, number: int = 1) -> bytes:
    """A private key's 32 bytes."""
    said = f"Taawun test key, never to be trusted: {authority} {use.value} {number}"
    return hashlib.sha256(said.encode()).digest()


@cache
def key(authority: str, use: KeyUse, number: int = 1) -> OKPKey:
    """A private key."""
    made = {KeyUse.SIGN: Ed25519PrivateKey, KeyUse.SEAL: X25519PrivateKey}[use]
    return OKPKey.import_key(made.from_private_bytes(seed(authority, use, number)))


def public(
    authority: str,
    use: KeyUse,
    number: int = 1,
    valid_from: datetime = FROM,
    valid_until: datetime = UNTIL,
) -> PublicKey:
    """The public half, as it stands on a card."""
    held = key(authority, use, number)
    raw = held.public_key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    x = to_str(urlsafe_b64encode(raw))
    return PublicKey(
        use=use, kid=held.thumbprint(), x=x, valid_from=valid_from, valid_until=valid_until
    )


def keys(authority: str) -> tuple[PublicKey, ...]:
    """The two keys of an authority's first card."""
    return public(authority, KeyUse.SIGN), public(authority, KeyUse.SEAL)


def card(authority: str, **other: Any) -> Card:
    """An authority's first card, or one that says something else."""
    kind, competences, english, arabic = AUTHORITIES[authority]
    said: Json = {
        "authority": authority,
        "country": authority[:2],
        "kind": kind,
        "name": {"en": english, "ar": arabic},
        "competences": competences,
        "address": f"https://{authority.lower()}.example/",
        "number": 1,
        "made_at": FROM,
        "keys": keys(authority),
        "revoked": (),
    }
    return Card(**(said | other))


def signed(payload: bytes, authority: str, typ: str, number: int = 1) -> str:
    """A compact JWS by an authority's key."""
    return sign(payload, key(authority, KeyUse.SIGN, number), typ)


def files() -> dict[str, Json]:
    """`keys.json`."""
    listed = [
        {
            "authority": authority,
            "use": use.value,
            "number": number,
            "kid": held.kid,
            "x": held.x,
            "d": to_str(urlsafe_b64encode(seed(authority, use, number))),
        }
        for authority in AUTHORITIES
        for number in (1, 2)
        for use in KeyUse
        if (held := public(authority, use, number))
    ]
    what = "Ed25519 (sign) and X25519 (seal) keys; d is SHA-256 of a sentence, x its public half"
    return {"keys.json": {"warning": WARNING, "what": what, "keys": listed}}
