"""The oblivious function against RFC 9497's vectors (A.1.2) and a slow twin."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from taawun.cooperation.private import oprf
from taawun.errors import Refused
from tests.cooperation.private import rfc9497

SEED, INFO = bytes.fromhex("a3" * 32), b"test key"
SECRET = bytes.fromhex("e6f73f344b79b379f1a0dd37e07ff62e38d9f71345ce62ae3a9bc60b04ccd909")
PUBLIC = bytes.fromhex("c803e2cc6b05fc15064549b5920659ca4a77b2cca6f04f6b357009335476ad4e")
BLINDS = (
    "64d37aed22a27f5191de1c1d69fadb899d8862b58eb4220029e036ec4c1f6706",
    "222a5e897cf59db8145db8d16e597e8facb80ae7d4e26d9881aa6f61d645fc0e",
)
FIRST = {
    "input": "00",
    "blinded": "863f330cc1a1259ed5a5998a23acfd37fb4351a793a5b3c090b642ddc439b945",
    "evaluated": "aa8fa048764d5623868679402ff6108d2521884fa138cd7f9c7669a9a014267e",
    "output": "b58cfbe118e0cb94d79b5fd6a6dafb98764dff49c14e1770b566e42402da1a7d"
    "a4d8527693914139caee5bd03903af43a491351d23b430948dd50cde10d32b3c",
}
SECOND = {
    "input": "5a" * 17,
    "blinded": "cc0b2a350101881d8a4cba4c80241d74fb7dcbfde4a61fde2f91443c2bf9ef0c",
    "evaluated": "60a59a57208d48aca71e9e850d22674b611f752bed48b36f7a91b372bd7ad468",
    "output": "8a9a2f3c7f085b65933594309041fc1898d42d0858e59f90814ae90571a6df60"
    "356f4610bf816f27afdd84f47719e480906d27ecd994985890e5f539e7ea74b6",
}
SECOND_OF_BATCH = {
    "blinded": "90a0145ea9da29254c3a56be4fe185465ebb3bf2a1801f7124bbbadac751e654",
    "evaluated": "cc5ac221950a49ceaa73c8db41b82c20372a4c8d63e5dded2db920b7eee36a2a",
}
PROOFS = (
    "ddef93772692e535d1a53903db24367355cc2cc78de93b3be5a8ffcc6985dd06"
    "6d4346421d17bf5117a2a1ff0fcb2a759f58a539dfbe857a40bce4cf49ec600d",
    "401a0da6264f8cf45bb2f5264bc31e109155600babb3cd4e5af7d181a2c9dc0a"
    "67154fabf031fd936051dec80b0b6ae29c9503493dde7393b722eafdf5a50b02",
    "cc203910175d786927eeb44ea847328047892ddf8590e723c37205cb74600b0a"
    "5ab5337c8eb4ceae0494c2cf89529dcf94572ed267473d567aeed6ab873dee08",
)


def bytes_of(vector: dict[str, str], name: str) -> bytes:
    return bytes.fromhex(vector[name])


def refused(ground: str) -> Any:
    return pytest.raises(Refused, match=f"^{ground}($|:)")


def test_the_key_pair_of_the_rfc() -> None:
    assert oprf.public_key(SEED, INFO) == PUBLIC
    assert rfc9497.key_pair(SEED, INFO) == (SECRET, PUBLIC)


@pytest.mark.parametrize("vector", [FIRST, SECOND])
def test_the_vectors_of_one(vector: dict[str, str]) -> None:
    assert oprf.known(SEED, INFO, [bytes_of(vector, "input")]) == [bytes_of(vector, "output")]
    answer = oprf.evaluate(SEED, INFO, bytes_of(vector, "blinded"))
    assert answer[oprf.PROOF :] == bytes_of(vector, "evaluated")


def test_the_vector_of_a_batch() -> None:
    blinded = bytes_of(FIRST, "blinded") + bytes_of(SECOND_OF_BATCH, "blinded")
    answer = oprf.evaluate(SEED, INFO, blinded)
    evaluated = bytes_of(FIRST, "evaluated") + bytes_of(SECOND_OF_BATCH, "evaluated")
    assert answer[oprf.PROOF :] == evaluated


@pytest.mark.parametrize("vector", [FIRST, SECOND])
def test_the_twin_makes_the_vectors(vector: dict[str, str]) -> None:
    token, blind = bytes_of(vector, "input"), bytes.fromhex(BLINDS[0])
    point = rfc9497.blinded(token, blind)
    assert point == bytes_of(vector, "blinded")
    element = rfc9497.evaluated(point, SECRET)
    assert element == bytes_of(vector, "evaluated")
    assert rfc9497.finalised(token, blind, element) == bytes_of(vector, "output")


def test_the_proofs_of_the_rfc_hold_for_the_twin() -> None:
    one = ([bytes_of(FIRST, "blinded")], [bytes_of(FIRST, "evaluated")])
    two = ([bytes_of(SECOND, "blinded")], [bytes_of(SECOND, "evaluated")])
    both = (
        [bytes_of(FIRST, "blinded"), bytes_of(SECOND_OF_BATCH, "blinded")],
        [bytes_of(FIRST, "evaluated"), bytes_of(SECOND_OF_BATCH, "evaluated")],
    )
    for (blinded, evaluated), proof in zip((one, two, both), PROOFS, strict=True):
        assert rfc9497.proof_holds(PUBLIC, blinded, evaluated, bytes.fromhex(proof))
    assert not rfc9497.proof_holds(PUBLIC, *one, bytes.fromhex(PROOFS[1]))


def test_what_goes_round_is_what_the_owner_has() -> None:
    tokens = [f"token {n}".encode() for n in range(7)]
    clients, blinded = oprf.blind(tokens)
    answer = oprf.evaluate(SEED, INFO, blinded)
    assert oprf.finalise(clients, PUBLIC, answer) == oprf.known(SEED, INFO, tokens)
    points = [blinded[at : at + 32] for at in range(0, len(blinded), 32)]
    elements = [answer[at : at + 32] for at in range(64, len(answer), 32)]
    assert rfc9497.proof_holds(PUBLIC, points, elements, answer[:64])


def test_blinds_are_new_each_time() -> None:
    assert oprf.blind([b"same"])[1] != oprf.blind([b"same"])[1]


def test_another_key_is_another_function() -> None:
    values = {oprf.known(SEED, info, [b"a"])[0] for info in (b"", b"x", b"y")}
    assert len(values | {oprf.known(bytes(32), b"", [b"a"])[0]}) == 4


@pytest.mark.parametrize(
    ("points", "ground"),
    [
        (b"", "match.points_size"),
        (b"\x01" * 31, "match.points_size"),
        (b"\x01" * 33, "match.points_size"),
        (bytes(32), "match.point_identity"),
        (b"\xff" * 32, "match.point_invalid"),
        (bytes_of(FIRST, "blinded") + bytes(32), "match.point_identity"),
        (bytes_of(FIRST, "blinded") + b"\x01" + bytes(31), "match.point_invalid"),
    ],
)
def test_what_is_no_point_is_refused_before_the_key_is_made(points: bytes, ground: str) -> None:
    with refused(ground):
        oprf.evaluate(b"no seed at all", INFO, points)
    with refused(ground):
        oprf.check_points(points)


def flipped(answer: bytes, at: int) -> bytes:
    return answer[:at] + bytes([answer[at] ^ 1]) + answer[at + 1 :]


@pytest.mark.parametrize("at", [0, 40])
def test_a_proof_that_was_touched_does_not_hold(at: int) -> None:
    clients, blinded = oprf.blind([b"a", b"b"])
    with refused("match.proof"):
        oprf.finalise(clients, PUBLIC, flipped(oprf.evaluate(SEED, INFO, blinded), at))


def test_an_answer_by_another_key_does_not_hold() -> None:
    clients, blinded = oprf.blind([b"a", b"b"])
    with refused("match.proof"):
        oprf.finalise(clients, PUBLIC, oprf.evaluate(SEED, b"another", blinded))


def test_points_that_changed_places_do_not_hold() -> None:
    clients, blinded = oprf.blind([b"a", b"b"])
    answer = oprf.evaluate(SEED, INFO, blinded)
    with refused("match.proof"):
        oprf.finalise(clients, PUBLIC, answer[:64] + answer[96:] + answer[64:96])


@pytest.mark.parametrize(
    ("change", "ground"),
    [
        (lambda answer: answer[:-32], "match.evaluated_size"),
        (lambda answer: answer + answer[-32:], "match.evaluated_size"),
        (lambda answer: answer[:-32] + bytes(32), "match.point_identity"),
        (lambda answer: answer[:-32] + b"\xff" * 32, "match.point_invalid"),
        (lambda answer: b"\xff" * 64 + answer[64:], "match.proof"),
    ],
)
def test_an_answer_of_another_shape_is_refused(change: Any, ground: str) -> None:
    clients, blinded = oprf.blind([b"a", b"b"])
    with refused(ground):
        oprf.finalise(clients, PUBLIC, change(oprf.evaluate(SEED, INFO, blinded)))


@pytest.mark.parametrize("key", [b"", bytes(32), b"\xff" * 32, PUBLIC + b"\0"])
def test_what_is_no_public_key_is_refused(key: bytes) -> None:
    with refused("match.public_key"):
        oprf.key_of(key)


@pytest.mark.parametrize(
    "call",
    [
        lambda: oprf.public_key(bytes(31), INFO),  # the package itself would take it
        lambda: oprf.public_key(bytes(32), bytes(65_501)),
        lambda: oprf.known(SEED, INFO, [b""]),
        lambda: oprf.known(SEED, INFO, [bytes(65_536)]),
        lambda: oprf.blind([]),
        lambda: oprf.blind([bytes(65_536)]),
        lambda: oprf.blind([b"x"] * 65_536),
    ],
)
def test_bounds_of_our_own_calls(call: Any) -> None:
    with pytest.raises(ValueError, match="expected"):
        call()


def test_a_fingerprint_is_eight_bytes_of_a_hash_least_significant_first() -> None:
    value = bytes_of(FIRST, "output")
    packed = hashlib.sha256(b"taawun/match/1" + value).digest()[:8]
    assert oprf.fingerprint(value) == int.from_bytes(packed, "little")
    assert oprf.fingerprints([value]).astype("<u8").tobytes() == packed
