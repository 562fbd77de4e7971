"""How much of anything one caller may ask for.

Where yente 5 has a bound of its own the number is its number, so that a client that stays within
one stays within the other.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bounds:
    """Sizes in bytes, lengths in characters, times in seconds."""

    batch: int = 100
    """queries in one /match"""
    body: int = 4 * 1024 * 1024
    url: int = 60_000
    text: int = 1_000
    """one name, number or other short value of a query"""
    values: int = 500
    """values of one query, all properties together"""
    threads: int = 1
    """threads that compute, in each process"""
    waiting: int = 64
    """requests that wait for one of them before the next is turned away"""
    retry_after: int = 1


PAGE = 10
MOST_PAGE = 500
WINDOW = 9_999
MOST_OFFSET = WINDOW - MOST_PAGE
MATCHES = 5
MOST_MATCHES = 500
MOST_EXCLUDED = 50
"""ids excluded by the query string; the body may hold any number"""
STATEMENTS = 50
MOST_STATEMENTS = 5_000


def window(limit: int, offset: int) -> tuple[int, int]:
    """A page that stays within the first results: `(limit, offset)`, neither below 0."""
    offset = min(max(0, offset), WINDOW)
    return max(0, min(limit, WINDOW - offset)), offset
