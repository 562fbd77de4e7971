"""Keys that nobody may have: those that bind nobody, and those whose private half is published.

A key of small order lets a signature hold for many texts, and makes a shared secret that everybody
knows; a key written as a number beyond the prime has two spellings, so two thumbprints. The test
keys of `protocol/vectors/keys.json` are for tests alone: a node trusts no card that bears one.

Source: RFC 7748 section 6, RFC 8032 section 5.1.3; the points as libsodium lists them.
"""

from __future__ import annotations

PRIME = 2**255 - 19
SIGN_BIT = 1 << 255


def _number(little_endian: str) -> int:
    return int.from_bytes(bytes.fromhex(little_endian), "little")


SMALL_ORDER = {
    "Ed25519": frozenset(
        {
            0,
            1,
            PRIME - 1,
            _number("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
            _number("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
        }
    ),
    "X25519": frozenset(
        {
            0,
            1,
            PRIME - 1,
            _number("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
            _number("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"),
        }
    ),
}
"""The y coordinates (Ed25519) and u coordinates (X25519) of the points of order 1, 2, 4 and 8."""

PUBLISHED: frozenset[str] = frozenset()
"""Thumbprints of the test keys."""


def binds_nobody(curve: str, raw: bytes) -> bool:
    """Whether 32 bytes are no key to rely on: of small order, or a number beyond the prime."""
    number = int.from_bytes(raw, "little")
    if curve == "Ed25519":
        number &= ~SIGN_BIT
    return number >= PRIME or number in SMALL_ORDER[curve]


def published(kid: str) -> bool:
    """Whether a thumbprint is that of a key whose private half everybody knows."""
    return kid in PUBLISHED
