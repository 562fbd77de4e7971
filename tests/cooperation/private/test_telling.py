"""Sets of parts that tell enough, against the definition."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from taawun.cooperation.private.telling import FEWEST, MOST_PARTS, _smallest
from taawun.names.meeting import Key

BITS = st.lists(st.integers(0, 200), max_size=MOST_PARTS)


@given(BITS, st.integers(0, 500))
def test_the_smallest_sets_are_those_that_hold_no_other(bits: list[int], need: int) -> None:
    """Of each set that tells enough: whether one inside it does too."""
    keys = [Key(f"{at}", each) for at, each in enumerate(bits)]
    enough = [
        places
        for size in range(FEWEST, len(keys) + 1)
        for places in combinations(range(len(keys)), size)
        if sum(bits[at] for at in places) >= need
    ]
    least = [one for one in enough if not any(set(other) < set(one) for other in enough)]
    assert _smallest(keys, need) == [tuple(keys[at] for at in places) for places in least]
