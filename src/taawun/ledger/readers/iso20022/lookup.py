"""Steps and start tags as arrays, and how the scanner finds a name among them."""

from __future__ import annotations

from taawun.jit import I64, U8, kernel
from taawun.ledger.readers.iso20022.lexing import same

STEP_NAME, STEP_LENGTH, STEP_BELOW, STEP_BESIDE, STEP_FILLS, STEP_MONEY, STEP_KIND, STEP_MANY = (
    range(8)
)
"""Columns of the steps. `STEP_MANY`: 0 stands once, 1 the first is taken, 2 all are joined."""
HEAD_AT, HEAD_LENGTH, HEAD_NAME, HEAD_WHAT, HEAD_STEP, HEAD_PREFIX = range(6)
"""Columns of the start tags outside of messages that were met before; a prefix with its colon."""


@kernel
def below(data: U8, p: int, length: int, step: int, steps: I64, names: U8) -> int:
    """The step of that name below another, or -1."""
    child = steps[step, STEP_BELOW]
    while child >= 0:
        if steps[child, STEP_LENGTH] == length and same(
            data, p, names, steps[child, STEP_NAME], length
        ):
            return int(child)
        child = steps[child, STEP_BESIDE]
    return -1


@kernel
def known(data: U8, p: int, to: int, heads: I64, tags: U8) -> int:
    """The number of a start tag that was met before, or -1."""
    for at in range(len(heads)):
        if heads[at, HEAD_LENGTH] == to - p and same(data, p, tags, heads[at, HEAD_AT], to - p):
            return at
    return -1
