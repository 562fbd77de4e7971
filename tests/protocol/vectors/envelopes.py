"""`envelope/sealed.json`, `envelope/receipts.json`: what goes over the line, good and wrong.

An envelope is sealed to a fresh key, so that no two are the same; here the fresh key and the IV are
digests of sentences, so that they can be made again.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from taawun.cooperation.exchange.carrier import MESSAGE_TYPE, RECEIPT_TYPE
from taawun.cooperation.trust.party import KeyUse
from taawun.cooperation.wire import canonical, digest
from tests.protocol.independent import concat_kdf
from tests.protocol.vectors.authorities import card, public, seed, signed
from tests.protocol.vectors.shapes import WEAK
from tests.protocol.vectors.signatures import flipped, known, letters

Json = dict[str, Any]

AT = "2026-02-15T12:00:00.000000Z"
TYPE = "taawun-envelope+jwe"
MESSAGE: Json = {
    "v": 1,
    "id": "6f6d9c1e-6f0b-4c57-9a0e-2f3f0f7c1a01",
    "kind": "card",
    "sender": "XA-FIU",
    "recipient": "XB-FIU",
    "categories": [],
    "thread": "6f6d9c1e-6f0b-4c57-9a0e-2f3f0f7c1a01",
    "made_at": "2026-02-15T11:59:00.000000Z",
    "urgent": False,
    "caveats": [],
    "body": {"card": signed(card("XA-FIU").canonical(), "XA-FIU", "taawun-card+jws")},
}
CARRIER: Json = {
    "v": 1,
    "sender": "XA-FIU",
    "recipient": "XB-FIU",
    "channel": "control",
    "sequence": 1,
    "sent_at": AT,
}
VOID: Json = {"message": MESSAGE["id"], "sha256": digest(canonical(MESSAGE))}
DELIVERY: Json = {"carrier": CARRIER, "message": MESSAGE}
RING = [*known("XA-FIU"), *known("XB-FIU"), *known("XC-FIU")]
OLD_KEY = public("XB-FIU", KeyUse.SEAL, 2)
"""A key of the recipient that counted in January 2026 only."""


def digest_of(said: str) -> bytes:
    """32 bytes that look like nothing, and can be made again."""
    return hashlib.sha256(f"Taawun test vector: {said}".encode()).digest()


def head(name: str, **other: Any) -> Json:
    """The header of an envelope to XB-FIU; what is None is left out."""
    fresh = X25519PrivateKey.from_private_bytes(digest_of(f"{name} epk")).public_key()
    x = letters(fresh.public_bytes(Encoding.Raw, PublicFormat.Raw))
    said: Json = {
        "alg": "ECDH-ES",
        "enc": "A256GCM",
        "kid": public("XB-FIU", KeyUse.SEAL).kid,
        "typ": TYPE,
        "epk": {"crv": "X25519", "kty": "OKP", "x": x},
    } | other
    return {key: value for key, value in said.items() if value is not None}


def parts(
    name: str, plain: bytes, header: Json | bytes, to: str = "XB-FIU", number: int = 1
) -> Any:
    """The five parts of an envelope."""
    raw = header if isinstance(header, bytes) else canonical(header)
    protected = letters(raw)
    fresh = X25519PrivateKey.from_private_bytes(digest_of(f"{name} epk"))
    own = X25519PrivateKey.from_private_bytes(seed(to, KeyUse.SEAL, number)).public_key()
    raw_own = own.public_bytes(Encoding.Raw, PublicFormat.Raw)
    shared = fresh.exchange(X25519PublicKey.from_public_bytes(raw_own))
    nonce = digest_of(f"{name} iv")[:12]
    sealed = AESGCM(concat_kdf(shared)).encrypt(nonce, plain, protected.encode())
    return [protected, "", letters(nonce), letters(sealed[:-16]), letters(sealed[-16:])]


def delivered(delivery: Any, by: str = "XA-FIU", typ: str = MESSAGE_TYPE) -> bytes:
    """A delivery as it is signed."""
    raw = delivery if isinstance(delivery, bytes) else canonical(delivery)
    return signed(raw, by, typ).encode()


def seal(name: str, plain: bytes, **header: Any) -> str:
    """An envelope to XB-FIU."""
    return ".".join(parts(name, plain, head(name, **header)))


GOOD = delivered(DELIVERY)


def carried(**other: Any) -> bytes:
    """A delivery whose carrier says something else."""
    return delivered(DELIVERY | {"carrier": CARRIER | other})


def bent(name: str, **replaced: str) -> str:
    """A good envelope, one of its parts replaced: head, key, iv, text or tag."""
    made = parts(name, GOOD, head(name))
    places = {"head": 0, "key": 1, "iv": 2, "text": 3, "tag": 4}
    for part, value in replaced.items():
        made[places[part]] = value
    return ".".join(made)


def turned(part: int) -> str:
    """A good envelope with one bit of a part changed."""
    made = parts("turned", GOOD, head("turned"))
    made[part] = flipped(made[part])
    return ".".join(made)


def other_header(header: bytes) -> str:
    """An envelope with a header spelt out."""
    return ".".join(parts("other header", GOOD, header))


_EPK = head("wrong point")["epk"]
_TWICE = canonical(head("other header"))[:-1] + b',"enc":"A256GCM"}'
_SPACED = json.dumps(head("other header")).encode()
SEALED: list[tuple[str, str, str]] = [
    ("a message", seal("a message", GOOD), ""),
    ("a void", seal("a void", delivered({"carrier": CARRIER, "void": VOID})), ""),
    ("a header in another order and with spaces", other_header(_SPACED), ""),
    # its shape
    ("nothing", "", "envelope.malformed"),
    ("a signed message that is not sealed", GOOD.decode(), "envelope.malformed"),
    ("four parts", ".".join(parts("four", GOOD, head("four"))[:4]), "envelope.malformed"),
    ("an encrypted key", bent("key", key="AAAA"), "envelope.malformed"),
    ("an IV of 16 bytes", bent("iv", iv="A" * 22), "envelope.malformed"),
    ("a tag of 12 bytes", bent("tag", tag="A" * 16), "envelope.malformed"),
    ("no ciphertext", bent("text", text=""), "envelope.malformed"),
    ("padding", bent("padding", tag="A" * 22 + "=="), "envelope.malformed"),
    ("a header that is no JSON", other_header(b"alg"), "envelope.malformed"),
    ("a header that is a list", other_header(b"[]"), "envelope.malformed"),
    ("a name twice in the header", other_header(_TWICE), "envelope.malformed"),
    # its header
    ("compression", seal("zip", GOOD, zip="DEF"), "envelope.header"),
    ("something critical", seal("crit", GOOD, crit=["exp"]), "envelope.header"),
    ("party info", seal("apu", GOOD, apu="QQ"), "envelope.header"),
    ("no key named", seal("kid", GOOD, kid=None), "envelope.header"),
    ("a number for a key", seal("kid", GOOD, kid=1), "envelope.header"),
    ("no type", seal("typ", GOOD, typ=None), "envelope.header"),
    ("another type", seal("type", GOOD, typ="JWT"), "envelope.type"),
    ("a wrapped key", seal("alg", GOOD, alg="ECDH-ES+A256KW"), "envelope.algorithm"),
    ("RSA", seal("rsa", GOOD, alg="RSA-OAEP"), "envelope.algorithm"),
    ("a shorter key", seal("enc", GOOD, enc="A128GCM"), "envelope.algorithm"),
    (
        "a fresh key on another curve",
        seal("wrong point", GOOD, epk=_EPK | {"crv": "X448"}),
        "envelope.header",
    ),
    (
        "a fresh key with its private half",
        seal("wrong point", GOOD, epk=_EPK | {"d": "A"}),
        "envelope.header",
    ),
    (
        "a fresh key of 31 bytes",
        seal("wrong point", GOOD, epk=_EPK | {"x": "A" * 42}),
        "envelope.header",
    ),
    (
        "a fresh key of small order",
        seal("wrong point", GOOD, epk=_EPK | {"x": WEAK}),
        "envelope.point",
    ),
    # its key
    (
        "to somebody else",
        ".".join(
            parts("else", GOOD, head("else", kid=public("XC-FIU", KeyUse.SEAL).kid), "XC-FIU")
        ),
        "key.not_ours",
    ),
    ("to a key to sign", seal("sign", GOOD, kid=public("XB-FIU", KeyUse.SIGN).kid), "key.not_ours"),
    (
        "to a key that has run out",
        ".".join(parts("old", GOOD, head("old", kid=OLD_KEY.kid), number=2)),
        "key.expired",
    ),
    # what depends on the private key: one ground for all
    ("one bit of the ciphertext changed", turned(3), "envelope.sealed"),
    ("one bit of the tag changed", turned(4), "envelope.sealed"),
    ("one bit of the IV changed", turned(2), "envelope.sealed"),
    (
        "a header spelt otherwise after sealing",
        bent("a header", head=letters(json.dumps(head("a header")).encode())),
        "envelope.sealed",
    ),
    ("cut short", bent("cut", text=parts("cut", GOOD, head("cut"))[3][:-4]), "envelope.sealed"),
    (
        "under this one's name, to another's key",
        ".".join(parts("name", GOOD, head("name"), "XC-FIU")),
        "envelope.sealed",
    ),
    # what is inside
    ("no signed message inside", seal("plain", canonical(DELIVERY)), "signature.malformed"),
    ("a receipt inside", seal("receipt", delivered(DELIVERY, typ=RECEIPT_TYPE)), "signature.type"),
    (
        "signed by another than its carrier says",
        seal("by", delivered(DELIVERY, "XC-FIU")),
        "key.unknown",
    ),
    ("from one who is not known", seal("from", carried(sender="XE-FIU")), "key.unknown"),
    ("for another", seal("for", carried(recipient="XC-FIU")), "exchange.recipient"),
    ("an older version", seal("v0", carried(v=0)), "exchange.downgrade"),
    ("a version to come", seal("v2", carried(v=2)), "exchange.version"),
    (
        "a carrier with a field that is not known",
        seal("more", carried(unknown=1)),
        "wire.unknown_field",
    ),
    (
        "a carrier without a number",
        seal(
            "less",
            delivered(
                DELIVERY | {"carrier": {k: v for k, v in CARRIER.items() if k != "sequence"}}
            ),
        ),
        "wire.missing_field",
    ),
    ("number nought", seal("nought", carried(sequence=0)), "wire.field"),
    ("a channel that is none", seal("channel", carried(channel="gossip")), "wire.field"),
    ("both a message and a void", seal("both", delivered(DELIVERY | {"void": VOID})), "wire.field"),
    ("neither", seal("neither", delivered({"carrier": CARRIER})), "wire.field"),
    ("with spaces", seal("spaces", delivered(json.dumps(DELIVERY).encode())), "wire.not_canonical"),
    ("no JSON", seal("no json", delivered(b"hello")), "wire.not_json"),
]

RECEIPT: Json = {
    "v": 1,
    "sender": "XB-FIU",
    "recipient": "XA-FIU",
    "channel": "control",
    "sequence": 1,
    "message": MESSAGE["id"],
    "sha256": VOID["sha256"],
    "outcome": "accepted",
    "at": AT,
}
_NO_ID = {name: value for name, value in RECEIPT.items() if name != "message"}
RECEIPTS: list[tuple[str, Json, Json, str]] = [
    ("accepted", RECEIPT, {}, ""),
    (
        "refused, with its ground",
        RECEIPT | {"outcome": "refused", "ground": "permit.field", "params": {"field": "judicial"}},
        {},
        "",
    ),
    (
        "refused, its message could not be read",
        _NO_ID | {"outcome": "refused", "ground": "wire.field"},
        {},
        "",
    ),
    ("the number stays empty", RECEIPT | {"outcome": "void"}, {}, ""),
    ("by another", RECEIPT, {"by": "XC-FIU"}, "key.unknown"),
    ("in another's name", RECEIPT | {"sender": "XC-FIU"}, {}, "exchange.receipt"),
    ("for another", RECEIPT | {"recipient": "XC-FIU"}, {}, "exchange.receipt"),
    ("a message in place of a receipt", RECEIPT, {"typ": MESSAGE_TYPE}, "signature.type"),
    ("an outcome that is none", RECEIPT | {"outcome": "later"}, {}, "wire.field"),
    (
        "a ground that is a sentence",
        RECEIPT | {"outcome": "refused", "ground": "Not today"},
        {},
        "wire.field",
    ),
    ("a field that is not known", RECEIPT | {"unknown": 1}, {}, "wire.unknown_field"),
]


def files() -> dict[str, Json]:
    """The two files."""
    return {
        "envelope/sealed.json": {
            "what": "envelopes that come in at the node of XB-FIU: the payload under the signature"
            " inside, or the ground on which it is refused; `own` are its keys to be sealed to",
            "me": "XB-FIU",
            "at": AT,
            "own": [public("XB-FIU", KeyUse.SEAL).plain(), _run_out()],
            "ring": RING,
            "cases": [_sealed(*said) for said in SEALED],
        },
        "envelope/receipts.json": {
            "what": "receipts that come back to XA-FIU from XB-FIU: what they say, or the ground on"
            " which they are not believed",
            "me": "XA-FIU",
            "from": "XB-FIU",
            "at": AT,
            "ring": RING,
            "cases": [_receipt(*said) for said in RECEIPTS],
        },
    }


def _run_out() -> Json:
    return OLD_KEY.plain() | {"valid_until": "2026-02-01T00:00:00.000000Z"}


def _sealed(name: str, envelope: str, ground: str) -> Json:
    made: Json = {"name": name, "envelope": envelope}
    if ground:
        return made | {"refused": ground}
    return made | {"delivery": {"carrier": CARRIER, "void": VOID} if "void" in name else DELIVERY}


def _receipt(name: str, document: Json, other: Json, ground: str) -> Json:
    by, typ = other.get("by", "XB-FIU"), other.get("typ", RECEIPT_TYPE)
    made = {"name": name, "receipt": signed(canonical(document), by, typ)}
    return made | ({"refused": ground} if ground else {"document": document})
