"""A second implementation, written from the pages of `protocol/` alone: no import of Taawun's.

The standard library and `cryptography` are enough. It reads strictly, checks cards, signatures and
the chain of acts, works out what stands between two parties, and opens what was sealed. A stranger
may start from it; the product itself uses joserfc.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MOST_BYTES = 3 * 1024 * 1024
MOST_DEPTH = 24
CURVES = {"sign": "Ed25519", "seal": "X25519"}
Json = dict[str, Any]


class Refusal(Exception):
    """Something that the pages say must be refused; `ground` is the code they give it."""

    def __init__(self, ground: str) -> None:
        super().__init__(ground)
        self.ground = ground


def need(holds: object, ground: str) -> None:
    """Refuse on a ground unless something holds."""
    if not holds:
        raise Refusal(ground)


# canonical.md


def canonical(value: object) -> bytes:
    """RFC 8785 for what the protocol uses: there is no float in it."""
    if isinstance(value, Mapping):
        fields = sorted(value.items(), key=lambda pair: pair[0].encode("utf-16-be"))
        return b"{" + b",".join(canonical(k) + b":" + canonical(v) for k, v in fields) + b"}"
    if isinstance(value, list):
        return b"[" + b",".join(map(canonical, value)) + b"]"
    if isinstance(value, int) and not isinstance(value, bool):
        need(abs(value) < 2**53, "wire.not_canonical")
    need(not isinstance(value, float), "wire.not_canonical")
    try:
        return json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise Refusal("wire.not_canonical") from None


def read(data: bytes) -> Any:
    """JSON values of canonical bytes; anything else is refused."""
    need(len(data) <= MOST_BYTES, "wire.too_large")
    need(depth(data) <= MOST_DEPTH, "wire.too_deep")
    try:
        value = json.loads(data.decode("utf-8"), parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Refusal("wire.not_json") from None
    need(canonical(value) == data, "wire.not_canonical")
    return value


def _no_number(name: str) -> None:
    raise ValueError(name)


def depth(data: bytes) -> int:
    """How deep lists and objects lie in each other, before anything is read."""
    deep = most = 0
    for mark in re.findall(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?+|[\[{]|[\]}]', data):
        deep += {b"[": 1, b"{": 1, b"]": -1, b"}": -1}.get(mark, 0)
        most = max(most, deep)
    return most


def digest(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def binary(text: str) -> bytes:
    """The bytes of base64url without padding, which have one spelling only."""
    need(re.fullmatch(r"[A-Za-z0-9_-]*", text) and len(text) % 4 != 1, "signature.malformed")
    found = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    need(letters(found) == text, "signature.malformed")
    return found


def letters(data: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def thumbprint(use: str, x: str) -> str:
    """RFC 7638 over an OKP key (RFC 8037): what a key is called by."""
    return letters(hashlib.sha256(canonical({"crv": CURVES[use], "kty": "OKP", "x": x})).digest())


def claimed(signed: str, typ: str) -> tuple[str, bytes]:
    """The thumbprint and the payload that a compact JWS claims, its header checked."""
    parts = signed.split(".")
    need(len(parts) == 3 and all(parts), "signature.malformed")
    payload, mark = binary(parts[1]), binary(parts[2])
    need(len(mark) == 64, "signature.malformed")
    try:
        header = json.loads(binary(parts[0]))
    except ValueError:
        raise Refusal("signature.malformed") from None
    need(isinstance(header, dict) and set(header) == {"alg", "kid", "typ"}, "signature.header")
    need(header["alg"] == "Ed25519", "signature.algorithm")
    need(header["typ"] == typ, "signature.type")
    return header["kid"], payload


def verify(signed: str, typ: str, keys: Mapping[str, Json], at: str) -> bytes:
    """The payload under a signature by one of `keys` (thumbprint to key) that counts at `at`."""
    kid, payload = claimed(signed, typ)
    key = keys.get(kid)
    need(key is not None and key["use"] == "sign", "key.unknown")
    assert key is not None
    need(key["valid_from"] <= at, "key.not_yet")
    need(at < key["valid_until"], "key.expired")
    covered, _, mark = signed.rpartition(".")
    try:
        Ed25519PublicKey.from_public_bytes(binary(key["x"])).verify(
            binary(mark), covered.encode("ascii")
        )
    except InvalidSignature:
        raise Refusal("signature.wrong") from None
    return payload


# agreement.md


def keys_of(card: Json) -> dict[str, Json]:
    """A card's keys by thumbprint, each of which must be what it says."""
    for key in card["keys"]:
        need(thumbprint(key["use"], key["x"]) == key["kid"], "wire.field")
    return {key["kid"]: key for key in card["keys"]}


def fingerprint(card: Json) -> str:
    """What two officers compare, without the spaces."""
    said = {"authority": card["authority"], "keys": sorted(keys_of(card))}
    return digest(canonical(said))[:40]


def agreement_chain(acts: Iterable[Json]) -> dict[str, list[Json]]:
    """The acts of each party in their numbers; a gap or a doubled number is refused."""
    chain: dict[str, list[Json]] = {}
    for act in sorted(acts, key=lambda act: act["number"]):
        own = chain.setdefault(act["party"], [])
        need(act["number"] == len(own) + 1, "act.number")
        need(own or act["what"] == "sign", "act.unsigned")
        own.append(act)
    return chain


# envelope.md


def unseal(sealed: str, private: Mapping[str, bytes]) -> bytes:
    """What a compact JWE (ECDH-ES, A256GCM) holds; `private` has raw X25519 keys by thumbprint."""
    parts = sealed.split(".")
    need(len(parts) == 5 and not parts[1], "envelope.malformed")
    try:
        header = json.loads(binary(parts[0]))
    except ValueError:
        raise Refusal("envelope.malformed") from None
    need(isinstance(header, dict), "envelope.malformed")
    need((header.get("alg"), header.get("enc")) == ("ECDH-ES", "A256GCM"), "envelope.algorithm")
    need(set(header) <= {"alg", "enc", "epk", "kid", "typ", "cty"}, "envelope.header")
    need(header.get("kid") in private, "key.not_ours")
    own = X25519PrivateKey.from_private_bytes(private[header["kid"]])
    shared = own.exchange(X25519PublicKey.from_public_bytes(binary(header["epk"]["x"])))
    nonce, cipher, tag = (binary(part) for part in parts[2:])
    try:
        return AESGCM(concat_kdf(shared)).decrypt(nonce, cipher + tag, parts[0].encode("ascii"))
    except InvalidTag:
        raise Refusal("envelope.damaged") from None


def concat_kdf(shared: bytes) -> bytes:
    """The key of RFC 7518 section 4.6.2 for A256GCM: one round of SHA-256, empty party infos."""
    algorithm = b"A256GCM"
    other = len(algorithm).to_bytes(4, "big") + algorithm  # AlgorithmID
    other += bytes(4) + bytes(4)  # PartyUInfo, PartyVInfo: no apu, no apv
    other += (256).to_bytes(4, "big")  # SuppPubInfo: bits of key
    return hashlib.sha256((1).to_bytes(4, "big") + shared + other).digest()
