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

PUBLISHED = frozenset(
    {
        "1vRYMNKhzBbq7dP819P5NPmSEDuB6Yq2AfzFqmW2eFQ",
        "5Cyaq18PhaDmxxCcLkL0Vru6uA50xft8xLQ8TTx7_FM",
        "90T1KwgAYeYPHKIJaxLbOV2tCVShVGflkR8AE0s4u_I",
        "HxcGPfrPRQrP5KbAWjB8RWRVKiFpokAX8bqiZkx2q2k",
        "JInWmViJD6mZVUBUag7WvSuPaDVS8XwzBQyl-OA7mVs",
        "KLIO7JwOPVzT8YZhl5cIN45rjByGHF2jMhNfMG_rb3w",
        "SPzSUg0L_gl3Mz9cubgZv-DD4pq6trqgUOzzQk32rmM",
        "Vu8o1nac75C9WvZUbjdPWbu4PRd-FiQvUjBWIRHWcDg",
        "Z5GqOAIZ8-Ym5DZq8KRk8UfGkLM7zBwMR2LBgJQ6xJc",
        "Zgm8kAL-m9iv9dPImC3TocB5mM-szuhzPzURMOaITpA",
        "aiwZtcUapqMwmIs85k3SY7JOc1amyPf8OaI_0jFB-wc",
        "avmcINYKWCi4S4RpOutSNid3oiJwCWpM7pE5rQ8ll_Y",
        "b82HIpyB7OvZYEnNK_4Rudz_-vOfO1YvKbV0K3iaHlQ",
        "gko_sQUu_3d3lhzc6Vquz0YrngccRv3cN_e2Fo-k_fQ",
        "h7W8EJK-Er3XQxrE9B9dGPt3DXqo4s4ydALlFs_hdYM",
        "ifsi9-xBasQujSoPIe6IunK5RVNYLGH7tlH4siaEfKU",
        "jW_WdGECez9nRVaym8bGikzopGnNw9LFK34e43RJfC4",
        "keiTi4WxFsUIuWm5CODInsRGXxwTvt690r3e5XvVPY0",
        "nyCHlNDC7RP3FZaa86Frmg1XXItHpDQTvIgzuLEIvnY",
        "oFOLrUEEn2ZUlSUlCXoSV8xYereEeDXT3QgXqRD3oSQ",
        "qjRVdIlhkKGE9029sTCNtuwONn3sRVkwlWJjyK3_fkk",
        "wquW0SBSJIcQc6Nz8WjMzmNH4lexkE_XuGimEPmv1JI",
        "yQNHENTtFrgcqvFcuN9gGtzGYsZqzLXuf2iyuw-81cE",
        "yp4sm9e-6UDB0PR7-ySw2qAZ-5jbS378YamRkVb34OE",
    }
)
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
