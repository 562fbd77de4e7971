"""Ordinary traffic: what makes a transfer look like wages, a standing payment or a shop's takings.

It lowers a rank and is said as a reason; it hides nothing, because a launderer may pay wages too.
"""

from __future__ import annotations

from dataclasses import dataclass

DAY = 86_400

ORDINARY = ("", "payroll", "standing", "takings", "settlement")
"""Reasons by their number: 0 none; wages, of one payer to many, at an even pace; a payment between
two at an even pace; what a shop takes; what a shop pays on."""
PAYROLL, STANDING, TAKINGS, SETTLEMENT = range(1, 5)

KEEPERS = ("", "employer", "shop")
"""What an account's own transfers make it look like, by number."""
EMPLOYER, SHOP = 1, 2


@dataclass(frozen=True, slots=True)
class Habits:
    """What ordinary means. Times in seconds, shares per mille.

    Even pace: three transfers between the same two, each a week, a fortnight or a month after the
    one before (`paces`, least and most), the amounts near each other (`steady`). Of the transfers
    at a pace before or after one, the first `looked` are looked at. Wages: the payer pays so many
    (`payees`) at an even pace within `run` on both sides, one pay day to the next.
    A shop, within `around` on both sides: at least so many `takings` from so many `customers` on
    so many `days`, and of every thousand transfers at most `paid_on` going out; a taking above
    `large` per mille of the mean is none.
    """

    paces: tuple[tuple[int, int], ...] = (
        (6 * DAY, 8 * DAY),
        (13 * DAY, 15 * DAY),
        (26 * DAY, 35 * DAY),
    )
    steady: int = 900
    looked: int = 8
    payees: int = 5
    run: int = 17 * DAY
    around: int = 15 * DAY
    takings: int = 30
    customers: int = 20
    days: int = 10
    paid_on: int = 200
    large: int = 5_000


HABITS = Habits()
