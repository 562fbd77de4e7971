"""Keys that nobody may have are known as such, and a card that bears one is refused."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from pydantic import ValidationError

from taawun.cooperation.trust.denied import PRIME, SMALL_ORDER, binds_nobody
from taawun.cooperation.trust.party import CURVES, KeyUse, PublicKey, thumbprint

AT = datetime(2026, 1, 1, tzinfo=UTC)
D = -121665 * pow(121666, -1, PRIME) % PRIME
Point = tuple[int, int]


def with_height(y: int) -> list[Point]:
    """The points of edwards25519 with this y."""
    square = (y * y - 1) * pow(D * y * y + 1, -1, PRIME) % PRIME
    root = pow(square, (PRIME + 3) // 8, PRIME)
    if (root * root - square) % PRIME:
        root = root * pow(2, (PRIME - 1) // 4, PRIME) % PRIME
    return [(x, y) for x in {root, -root % PRIME} if (x * x - square) % PRIME == 0]


def doubled(point: Point) -> Point:
    x, y = point
    fold = D * x * x * y * y
    across = 2 * x * y * pow(1 + fold, -1, PRIME) % PRIME
    return across, (y * y + x * x) * pow(1 - fold, -1, PRIME) % PRIME


def test_the_eight_points_of_small_order_are_all_there() -> None:
    found = [point for y in SMALL_ORDER["Ed25519"] for point in with_height(y)]
    assert len(set(found)) == 8
    assert {doubled(doubled(doubled(point))) for point in found} == {(0, 1)}


@pytest.mark.parametrize("number", sorted(SMALL_ORDER["X25519"]))
def test_nobody_can_be_sealed_to_a_point_of_small_order(number: int) -> None:
    weak = X25519PublicKey.from_public_bytes(number.to_bytes(32, "little"))
    with pytest.raises(ValueError, match=r"(?i)shared key"):
        X25519PrivateKey.generate().exchange(weak)


@pytest.mark.parametrize("curve", ["Ed25519", "X25519"])
def test_a_number_beyond_the_prime_is_no_key(curve: str) -> None:
    assert binds_nobody(curve, (PRIME + 9).to_bytes(32, "little"))
    assert not binds_nobody(curve, (9).to_bytes(32, "little"))


@pytest.mark.parametrize("use", list(KeyUse))
def test_a_card_cannot_bear_a_key_that_binds_nobody(use: KeyUse) -> None:
    for number in SMALL_ORDER[CURVES[use]]:
        raw = number.to_bytes(32, "little")
        x = urlsafe_b64encode(raw).rstrip(b"=").decode()
        kid = thumbprint(use, x)
        with pytest.raises(ValidationError, match="binds nobody"):
            PublicKey(use=use, kid=kid, x=x, valid_from=AT, valid_until=AT + timedelta(1))
