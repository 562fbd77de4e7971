"""The envelope: opened when everything about it is as it must be, otherwise refused on a ground."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwe, jws
from joserfc.jwk import OKPKey

from taawun.cooperation.exchange import envelope
from taawun.cooperation.exchange.envelope import seal, unseal
from taawun.errors import Refused

SIGNER = OKPKey.generate_key("Ed25519")
OWN = OKPKey.generate_key("X25519")
STRANGER = OKPKey.generate_key("X25519")
SIGNED = jws.serialize_compact({"alg": "Ed25519"}, b'{"a":1}', SIGNER, algorithms=["Ed25519"])
SEALED = seal(SIGNED, OWN)


def key_of(kid: str) -> OKPKey:
    if kid != OWN.thumbprint():
        raise Refused("key.not_ours", kid=kid)
    return OWN


def ground(text: str) -> str:
    """On what ground an envelope is refused; "" when it opens."""
    try:
        assert unseal(text, key_of) == SIGNED
    except Refused as refused:
        return refused.ground
    return ""


def encoded(value: object) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def header() -> dict[str, Any]:
    part = SEALED.partition(".")[0]
    read: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return read


def with_header(value: object) -> str:
    return encoded(value) + "." + SEALED.partition(".")[2]


def point(raw: bytes) -> dict[str, str]:
    return {**header()["epk"], "x": encoded(raw)}


def test_what_was_sealed_opens_again_and_every_seal_is_another() -> None:
    assert ground(SEALED) == ""
    assert seal(SIGNED, OWN) != SEALED


def test_the_header_has_what_it_must_have_and_nothing_else() -> None:
    read = header()
    assert set(read) == {"alg", "enc", "kid", "typ", "epk"}
    assert (read["alg"], read["enc"], read["typ"]) == ("ECDH-ES", "A256GCM", envelope.TYPE)
    assert (read["kid"], set(read["epk"])) == (OWN.thumbprint(), {"kty", "crv", "x"})


JWK = {"kty": "OKP", "crv": "X25519", "x": header()["epk"]["x"]}
MORE = {
    "zip": "DEF",
    "crit": ["b64"],
    "b64": False,
    "jku": "https://example.org/keys",
    "jwk": JWK,
    "x5u": "https://example.org/cert",
    "x5c": ["AA=="],
    "x5t": "AA",
    "x5t#S256": "AA",
    "cty": "JWT",
    "apu": "QUE",
    "apv": "QUE",
    "p2c": 1,
    "iv": "AA",
    "tag": "AA",
    "new": 1,
}


@pytest.mark.parametrize("name", MORE)
def test_a_member_more_is_refused(name: str) -> None:
    assert ground(with_header({**header(), name: MORE[name]})) == "envelope.header"


@pytest.mark.parametrize("name", ["alg", "enc", "kid", "typ", "epk"])
def test_a_member_less_is_refused(name: str) -> None:
    read = header()
    del read[name]
    assert ground(with_header(read)) == "envelope.header"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("alg", "dir", "envelope.algorithm"),
        ("alg", "none", "envelope.algorithm"),
        ("alg", "ECDH-ES+A256KW", "envelope.algorithm"),
        ("alg", "RSA1_5", "envelope.algorithm"),
        ("alg", ["ECDH-ES"], "envelope.algorithm"),
        ("enc", "A128GCM", "envelope.algorithm"),
        ("enc", "A256CBC-HS512", "envelope.algorithm"),
        ("enc", None, "envelope.algorithm"),
        ("typ", "JWT", "envelope.type"),
        ("typ", "Taawun-Envelope+jwe", "envelope.type"),
        ("kid", "", "envelope.header"),
        ("kid", 7, "envelope.header"),
        pytest.param("kid", STRANGER.thumbprint(), "key.not_ours", id="kid-of_another"),
        ("epk", "x", "envelope.header"),
        ("epk", {**JWK, "d": "AA"}, "envelope.header"),
        ("epk", {**JWK, "kid": "a"}, "envelope.header"),
        ("epk", {**JWK, "crv": "X448"}, "envelope.header"),
        ("epk", {**JWK, "crv": "Ed25519"}, "envelope.header"),
        ("epk", {**JWK, "kty": "EC"}, "envelope.header"),
        ("epk", {**JWK, "x": JWK["x"][:-1]}, "envelope.header"),
        ("epk", {**JWK, "x": JWK["x"][:-1] + "B"}, "envelope.header"),
        ("epk", {**JWK, "x": STRANGER.as_dict(private=False)["x"]}, "envelope.sealed"),
    ],
)
def test_another_value_is_refused(name: str, value: object, expected: str) -> None:
    assert ground(with_header({**header(), name: value})) == expected


LOW_ORDER = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
]


@pytest.mark.parametrize("number", LOW_ORDER)
def test_a_point_of_small_order_is_refused(number: str) -> None:
    assert (
        ground(with_header({**header(), "epk": point(bytes.fromhex(number))})) == "envelope.point"
    )


@pytest.mark.parametrize(
    "text",
    [
        '{"alg":"ECDH-ES","alg":"ECDH-ES","enc":"A256GCM","epk":{},"kid":"","typ":""}',
        "[]",
        "null",
        '"alg"',
        "{",
        "",
        "[" * 500,
        "\ufeff{}",
    ],
)
def test_a_header_that_is_no_plain_object_is_refused(text: str) -> None:
    assert ground(with_header(text.encode())) == "envelope.malformed"


def test_a_header_in_another_encoding_is_refused() -> None:
    assert ground(with_header(json.dumps(header()).encode("utf-16"))) == "envelope.malformed"


def test_other_algorithms_are_refused_though_the_library_knows_them() -> None:
    known = jwe.JWERegistry(algorithms=["ECDH-ES", "ECDH-ES+A256KW", "A256GCM", "A128GCM", "DEF"])
    own = {"kid": OWN.thumbprint(), "typ": envelope.TYPE}
    wrapped = {"alg": "ECDH-ES+A256KW", "enc": "A256GCM", **own}
    assert ground(jwe.encrypt_compact(wrapped, SIGNED, OWN, registry=known)) == "envelope.malformed"
    short = {"alg": "ECDH-ES", "enc": "A128GCM", **own}
    assert ground(jwe.encrypt_compact(short, SIGNED, OWN, registry=known)) == "envelope.algorithm"
    zipped = {"alg": "ECDH-ES", "enc": "A256GCM", "zip": "DEF", **own}
    assert ground(jwe.encrypt_compact(zipped, SIGNED, OWN, registry=known)) == "envelope.header"


def test_the_wrong_recipient_cannot_open_it() -> None:
    assert ground(seal(SIGNED, STRANGER)) == "key.not_ours"
    with pytest.raises(Refused, match=r"envelope\.sealed"):
        unseal(SEALED, lambda kid: STRANGER)


GROUNDS = {
    "envelope.malformed",
    "envelope.header",
    "envelope.algorithm",
    "envelope.type",
    "envelope.point",
    "envelope.sealed",
    "key.not_ours",
}


def test_one_flipped_bit_anywhere_is_refused() -> None:
    for at in range(len(SEALED)):
        for bit in range(7):
            changed = SEALED[:at] + chr(ord(SEALED[at]) ^ (1 << bit)) + SEALED[at + 1 :]
            assert ground(changed) in GROUNDS, (at, bit)


def test_cut_short_anywhere_it_is_refused() -> None:
    for length in range(len(SEALED)):
        assert ground(SEALED[:length]) in {"envelope.malformed", "envelope.sealed"}, length


def test_what_depends_on_the_private_key_has_one_ground() -> None:
    head, _, iv, text, tag = SEALED.split(".")
    other = seal(SIGNED, OWN).split(".")
    found = {
        ground(".".join([head, "", other[2], text, tag])),
        ground(".".join([head, "", iv, other[3], tag])),
        ground(".".join([head, "", iv, text, other[4]])),
        ground(".".join([other[0], "", iv, text, tag])),
    }
    assert found == {"envelope.sealed"}


def test_a_text_with_two_spellings_in_base64_has_only_one_here() -> None:
    head, _, iv, text, tag = SEALED.split(".")
    assert tag[-1] in "AQgw"
    assert ground(".".join([head, "", iv, text, tag[:-1] + "B"])) == "envelope.sealed"
    assert ground(SEALED + "=") == "envelope.malformed"
    assert ground(SEALED + "\n") == "envelope.malformed"
    assert ground(" " + SEALED) == "envelope.malformed"


def test_sizes_are_bounded_before_anything_is_read() -> None:
    assert ground("A" * (envelope.MOST_BYTES + 1)) == "envelope.too_large"
    assert ground(with_header({**header(), "new": "x" * 2000})) == "envelope.malformed"
    with pytest.raises(Refused, match=r"envelope\.too_large"):
        seal("A" * envelope.MOST_BYTES, OWN)
    long = "A" * (envelope.MOST_BYTES * 3 // 4 - envelope.MOST_HEADER)
    assert len(seal(long, OWN)) <= envelope.MOST_BYTES


@given(
    st.text()
    | st.from_regex(r"[A-Za-z0-9_-]*\.\.[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{22}")
)
def test_whatever_comes_is_refused_with_a_ground(text: str) -> None:
    assert ground(text) in GROUNDS
