"""Ratios, logarithms and roots in whole numbers, so that every engine decides alike.

Plain Python, which the compiled engine compiles as it stands: one definition, no floating point.
"""

from __future__ import annotations

EXACT = 1 << 53
"""Above this, both sides of a ratio are halved before they are multiplied by 1,000."""
STEP = 256
"""`doublings` counts in steps of a 256th."""


def per_mille(part: int, whole: int) -> int:
    """`part` in thousandths of `whole`, rounded down; 0 where there is no whole.

    Both at or above zero and below 2**63. Exact below 2**53, and to a part in 2**52 above it.
    """
    while part > EXACT or whole > EXACT:
        part >>= 1
        whole >>= 1
    return part * 1_000 // whole if whole > 0 else 0


def closeness(one: int, other: int) -> int:
    """How near two amounts are: the smaller in thousandths of the larger, 1,000 when equal."""
    return per_mille(one, other) if one < other else per_mille(other, one)


def doublings(value: int) -> int:
    """The logarithm of `value` to base 2 in 256ths, straight between the powers of two.

    For comparing amounts by size; 0 for 1 and below. Grows with `value`, below 16,384.
    """
    if value <= 1:
        return 0
    power = 0
    for step in (32, 16, 8, 4, 2, 1):
        if value >> (power + step) > 0:
            power += step
    mantissa = value >> (power - 8) if power > 8 else value << (8 - power)
    return power * STEP + mantissa - STEP


def root(square: int) -> int:
    """The whole root: the largest number whose square is not above `square`, up to 2**62."""
    if square < 2:
        return square
    guess = 2
    while guess * guess < square:
        guess <<= 1
    better = (guess + square // guess) // 2
    while better < guess:
        guess = better
        better = (guess + square // guess) // 2
    return guess
