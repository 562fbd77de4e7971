"""Envelopes and receipts, by `envelope/sealed.json` and `envelope/receipts.json`."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest
from joserfc.jwk import OKPKey

from taawun.cooperation.exchange.carrier import read_delivery, read_receipt
from taawun.cooperation.exchange.envelope import unseal
from taawun.cooperation.trust.party import PublicKey
from taawun.cooperation.wire import canonical, moment_of
from taawun.errors import Refused
from tests.protocol import independent
from tests.protocol.read import registry, schema, vectors
from tests.protocol.test_trust_vectors import ground_of, ring_of

Json = dict[str, Any]
SEALED, RECEIPTS = vectors("envelope/sealed.json"), vectors("envelope/receipts.json")
PRIVATE = {each["kid"]: each["d"] for each in vectors("keys.json")["keys"]}
OWN = {each["kid"]: each | {"d": PRIVATE[each["kid"]]} for each in SEALED["own"]}
AT = SEALED["at"]


def private(kid: str) -> OKPKey:
    """As `keys.OwnKeys.sealed_to` answers."""
    if kid not in OWN:
        raise Refused("key.not_ours", kid=kid)
    if not PublicKey.of({k: v for k, v in OWN[kid].items() if k != "d"}).counts(moment_of(AT)):
        raise Refused("key.expired", party=SEALED["me"], kid=kid)
    said = {"kty": "OKP", "crv": "X25519", "x": OWN[kid]["x"], "d": OWN[kid]["d"]}
    return OKPKey.import_key(said)


def ours(case: Json) -> bytes:
    ring, at = ring_of(SEALED["ring"]), moment_of(AT)
    signed = unseal(case["envelope"], private)
    found = read_delivery(signed, SEALED["me"], lambda code, kid: ring.signing_key(code, kid, at))
    held = b'"void":%b' % found.void.canonical() if found.void else b'"message":%b' % found.message
    return b'{"carrier":%b,%b}' % (found.carrier.canonical(), held)


def theirs(case: Json) -> Json:
    signed = independent.unseal(case["envelope"], OWN, AT)
    return independent.delivery(signed, SEALED["me"], SEALED["ring"], AT)


@pytest.mark.parametrize("case", SEALED["cases"], ids=lambda case: case["name"])
def test_an_envelope_is_opened_or_refused(case: Json) -> None:
    if "refused" in case:
        assert ground_of(lambda: ours(case)) == case["refused"]
        assert ground_of(lambda: theirs(case)) == case["refused"]
    else:
        assert ours(case) == canonical(case["delivery"])
        assert theirs(case) == case["delivery"]
        validator = jsonschema_rs.validator_for(schema("delivery"), registry=registry())
        validator.validate(case["delivery"])


@pytest.mark.parametrize("case", RECEIPTS["cases"], ids=lambda case: case["name"])
def test_a_receipt_is_believed_or_not(case: Json) -> None:
    ring, sender, me = ring_of(RECEIPTS["ring"]), RECEIPTS["from"], RECEIPTS["me"]

    def our_reading() -> Json:
        at = moment_of(AT)
        return read_receipt(
            case["receipt"], sender, me, lambda code, kid: ring.signing_key(code, kid, at)
        ).plain()

    def their_reading() -> Json:
        return independent.receipt(case["receipt"], sender, me, RECEIPTS["ring"], AT)

    if "refused" in case:
        assert ground_of(our_reading) == case["refused"]
        assert ground_of(their_reading) == case["refused"]
    else:
        assert our_reading() == their_reading() == case["document"]
        jsonschema_rs.validator_for(schema("receipt")).validate(case["document"])
