"""VOPRF of RFC 9497 in mode 1 over ristretto255, slow and plain over libsodium's group: the twin.

It takes the blinds as arguments, as the RFC's vectors do, and checks proofs by sections 2.2.2 and
3.3.2 of the text. For tests only: it makes no effort to keep a secret.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import rbcl

CONTEXT = b"OPRFV1-\x01-ristretto255-SHA512"


def prefixed(data: bytes) -> bytes:
    return len(data).to_bytes(2, "big") + data


def expanded(message: bytes, tag: bytes) -> bytes:
    """expand_message_xmd of RFC 9380 with SHA-512, 64 bytes: one block."""
    suffix = tag + bytes([len(tag)])
    first = hashlib.sha512(bytes(128) + message + (64).to_bytes(2, "big") + b"\0" + suffix)
    return hashlib.sha512(first.digest() + b"\x01" + suffix).digest()


def scalar(message: bytes, tag: bytes) -> bytes:
    return rbcl.crypto_core_ristretto255_scalar_reduce(expanded(message, tag))


def point(message: bytes) -> bytes:
    return rbcl.crypto_core_ristretto255_from_hash(expanded(message, b"HashToGroup-" + CONTEXT))


def key_pair(seed: bytes, info: bytes) -> tuple[bytes, bytes]:
    """DeriveKeyPair, section 3.2.1. The first counter always does in tests."""
    secret = scalar(seed + prefixed(info) + b"\0", b"DeriveKeyPair" + CONTEXT)
    return secret, rbcl.crypto_scalarmult_ristretto255_base(secret)


def blinded(token: bytes, blind: bytes) -> bytes:
    return rbcl.crypto_scalarmult_ristretto255(blind, point(token))


def evaluated(blinded: bytes, secret: bytes) -> bytes:
    return rbcl.crypto_scalarmult_ristretto255(secret, blinded)


def finalised(token: bytes, blind: bytes, element: bytes) -> bytes:
    inverse = rbcl.crypto_core_ristretto255_scalar_invert(blind)
    bare = rbcl.crypto_scalarmult_ristretto255(inverse, element)
    return hashlib.sha512(prefixed(token) + prefixed(bare) + b"Finalize").digest()


def proof_holds(
    public_key: bytes, blinded: Sequence[bytes], evaluated: Sequence[bytes], proof: bytes
) -> bool:
    """VerifyProof over the composites of a batch."""
    c, s = proof[:32], proof[32:]
    multiply, add = rbcl.crypto_scalarmult_ristretto255, rbcl.crypto_core_ristretto255_add
    seed = hashlib.sha512(prefixed(public_key) + prefixed(b"Seed-" + CONTEXT)).digest()
    m = z = None
    for place, (one, other) in enumerate(zip(blinded, evaluated, strict=True)):
        said = prefixed(seed) + place.to_bytes(2, "big") + prefixed(one) + prefixed(other)
        weight = scalar(said + b"Composite", b"HashToScalar-" + CONTEXT)
        m = multiply(weight, one) if m is None else add(m, multiply(weight, one))
        z = multiply(weight, other) if z is None else add(z, multiply(weight, other))
    assert m is not None
    assert z is not None
    base = rbcl.crypto_scalarmult_ristretto255_base(s)
    t2 = add(base, multiply(c, public_key))
    t3 = add(multiply(s, m), multiply(c, z))
    said = b"".join(map(prefixed, (public_key, m, z, t2, t3))) + b"Challenge"
    return scalar(said, b"HashToScalar-" + CONTEXT) == c


def proved(
    secret: bytes, blinded: Sequence[bytes], evaluated: Sequence[bytes], random: bytes
) -> bytes:
    """GenerateProof over a batch, its random scalar given: sections 2.2.1 and 3.3.2."""
    multiply, add = rbcl.crypto_scalarmult_ristretto255, rbcl.crypto_core_ristretto255_add
    public_key = rbcl.crypto_scalarmult_ristretto255_base(secret)
    seed = hashlib.sha512(prefixed(public_key) + prefixed(b"Seed-" + CONTEXT)).digest()
    m = None
    for place, (one, other) in enumerate(zip(blinded, evaluated, strict=True)):
        said = prefixed(seed) + place.to_bytes(2, "big") + prefixed(one) + prefixed(other)
        weight = scalar(said + b"Composite", b"HashToScalar-" + CONTEXT)
        m = multiply(weight, one) if m is None else add(m, multiply(weight, one))
    assert m is not None
    z = multiply(secret, m)
    t2, t3 = rbcl.crypto_scalarmult_ristretto255_base(random), multiply(random, m)
    said = b"".join(map(prefixed, (public_key, m, z, t2, t3))) + b"Challenge"
    c = scalar(said, b"HashToScalar-" + CONTEXT)
    product = rbcl.crypto_core_ristretto255_scalar_mul(c, secret)
    s: bytes = rbcl.crypto_core_ristretto255_scalar_sub(random, product)
    return c + s
