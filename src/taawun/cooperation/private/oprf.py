"""The oblivious function: VOPRF of RFC 9497 over ristretto255-SHA512, in batches of bytes.

Curve and hash are the `voprf` package's. What is added here: bounds, one ground for each thing
that may be wrong with what a partner sent, and plain bytes in and out. Points are looked at before
a key is derived.

    owner    public_key(seed, info)   known(seed, info, tokens)   evaluate(seed, info, blinded)
    asker    blind(tokens)            finalise(clients, public_key, evaluated)

The package holds the interpreter's lock while it computes: for speed run it in `workers.py`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from voprf.ristretto import BlindedInput, Client, Evaluator, PublicKey, VerifiableBatchOutput

from taawun.cooperation.private.panic import is_wrong_proof, without_report
from taawun.errors import Refused

SUITE = "ristretto255-SHA512"
POINT, PROOF, SEED, OUTPUT = 32, 64, 32, 64
"""Bytes of a point, of a proof, of a seed, of the function's value."""
MOST_POINTS = 65_535
"""Points under one proof (RFC 9497: its hash has two bytes for their number)."""
MOST_TOKEN = 65_535
MOST_SEED_AND_INFO = 65_532
IDENTITY = bytes(POINT)
FINGERPRINT = b"taawun/match/1"
"""Said before the function's value when its fingerprint is taken."""

U64 = NDArray[np.uint64]
WIRE = np.dtype("<u8")
"""A fingerprint in files and messages: eight bytes, least significant first."""


# Owner


def public_key(seed: bytes, info: bytes) -> bytes:
    """The 32 bytes that a partner checks proofs with."""
    return _evaluator(seed, info).public_key.serialize()


def known(seed: bytes, info: bytes, tokens: Sequence[bytes]) -> list[bytes]:
    """The function's value, 64 bytes, for tokens that the owner itself has."""
    for token in tokens:
        _token(token)
    evaluator = _evaluator(seed, info)
    return [evaluator.evaluate_known_input(token) for token in tokens]


def evaluate(seed: bytes, info: bytes, blinded: bytes) -> bytes:
    """The answer to blinded points (32 bytes each, one after the other): the proof of 64 bytes,
    then a point for each of theirs.

    Raises Refused (`match.point…`) before the key is derived.
    """
    points = [_point(blinded[at : at + POINT]) for at in _places(blinded)]
    return _evaluator(seed, info).evaluate_batch(points).serialize()


def check_points(points: bytes) -> None:
    """Whether bytes are points that can be evaluated. Raises Refused: `match.points_size`,
    `match.point_identity`, `match.point_invalid`."""
    for at in _places(points):
        _point(points[at : at + POINT])


# Asker


def blind(tokens: Sequence[bytes]) -> tuple[list[Client], bytes]:
    """Tokens blinded, each with a secret of its own: what undoes it, and the points to send.

    A client lives in this process only and cannot be kept anywhere.
    """
    if not 1 <= len(tokens) <= MOST_POINTS:
        raise ValueError(f"a batch of {len(tokens)} tokens; expected 1 to {MOST_POINTS}")
    pairs = [Client.blind(_token(token)) for token in tokens]
    return [client for client, _ in pairs], b"".join(point.serialize() for _, point in pairs)


def finalise(clients: Sequence[Client], public_key: bytes, evaluated: bytes) -> list[bytes]:
    """The function's values for blinded tokens, in their order, once the proof holds.

    Raises Refused: `match.public_key`, `match.evaluated_size`, `match.point…`, `match.proof`.
    """
    key = key_of(public_key)
    if len(evaluated) != PROOF + POINT * len(clients):
        raise Refused(
            "match.evaluated_size",
            got=str(len(evaluated)),
            expected=str(PROOF + POINT * len(clients)),
        )
    return _proven(clients, evaluated, key)


def key_of(public_key: bytes) -> PublicKey:
    """A partner's public key. Raises Refused for what is none, the identity among it."""
    try:
        return PublicKey.deserialize(public_key)
    except ValueError:
        raise Refused("match.public_key") from None


def fingerprint(value: bytes) -> int:
    """What a table holds of a value: eight bytes of a hash, as a number."""
    return int.from_bytes(hashlib.sha256(FINGERPRINT + value).digest()[:8], "little")


def fingerprints(values: Sequence[bytes]) -> U64:
    """Of several values, in their order."""
    sha256 = hashlib.sha256
    packed = b"".join(sha256(FINGERPRINT + value).digest()[:8] for value in values)
    return np.frombuffer(packed, WIRE).astype(np.uint64)


def _proven(clients: Sequence[Client], evaluated: bytes, key: PublicKey) -> list[bytes]:
    points = evaluated[PROOF:]
    if any(points[at : at + POINT] == IDENTITY for at in _places(points)):
        raise Refused("match.point_identity")
    try:
        output = VerifiableBatchOutput.deserialize(evaluated)
        with without_report():
            return Client.finalize_batch(list(clients), output, key)
    except ValueError:
        check_points(points)  # says which, where it is a point
        raise Refused("match.proof") from None
    except BaseException as panic:
        if not is_wrong_proof(panic):
            raise
        raise Refused("match.proof") from None


def _evaluator(seed: bytes, info: bytes) -> Evaluator:
    """The key pair of RFC 9497's DeriveKeyPair. The package itself takes seeds of any length."""
    if len(seed) != SEED or len(seed) + len(info) > MOST_SEED_AND_INFO:
        raise ValueError(f"a seed of {len(seed)} bytes with {len(info)}; expected {SEED} bytes")
    return Evaluator.from_seed(seed, info)


def _places(points: bytes) -> range:
    count, over = divmod(len(points), POINT)
    if over or not 1 <= count <= MOST_POINTS:
        raise Refused(
            "match.points_size", got=str(len(points)), expected=f"{POINT} to {MOST_POINTS * POINT}"
        )
    return range(0, len(points), POINT)


def _point(data: bytes) -> BlindedInput:
    if data == IDENTITY:
        raise Refused("match.point_identity")
    try:
        return BlindedInput.deserialize(data)
    except ValueError:
        raise Refused("match.point_invalid") from None


def _token(token: bytes) -> bytes:
    if not 1 <= len(token) <= MOST_TOKEN:
        raise ValueError(f"a token of {len(token)} bytes; expected 1 to {MOST_TOKEN}")
    return token
