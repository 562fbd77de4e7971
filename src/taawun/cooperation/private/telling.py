"""Which parts of a name, together, tell enough to be asked for.

A set of parts tells the sum of its keys' bits. Two measures apply, because they are passed by
chance at different rates:

- a name *in part* is found in every record that holds its parts among others: it has to tell
  `part`;
- a name *as a whole* is found only in records that hold nothing else: `whole` is enough, and less.

Of sets in part only the smallest are taken: they depend on nothing but the parts in them, so that
two sides who know different further parts of a name still make the same sets of what they share.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations

from taawun.names.meeting import Key, Keyed

MOST_PARTS = 7
FEWEST = 2
LACKING = 40
"""What a name asked without one of its parts must tell more, in tenths of a bit."""
BETWEEN = 60
"""What the first and the last part of a longer name must tell more."""
Keys = tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Need:
    """What a name must tell, in tenths of a bit: in part, and as a whole."""

    part: int
    whole: int

    def less(self, known: int) -> Need:
        """What is left for the name to tell when something else tells `known`."""
        return Need(self.part - known, self.whole - known)


def kept_sets(parts: Sequence[Keyed], need: Need) -> list[Keys]:
    """The sets under which a record is kept, the most telling first: in part, else as a whole.

    A title or kunya, which others may leave out, counts only where the rest does not tell enough.
    """
    named = [part.key for part in parts if not part.aside][:MOST_PARTS]
    every = [part.key for part in parts][:MOST_PARTS]
    return _sets(named, need) or (_sets(every, need) if len(every) > len(named) else [])


def _sets(keys: Sequence[Key], need: Need) -> list[Keys]:
    found = _smallest(keys, need.part)
    if not found and len(keys) >= FEWEST and told(keys) >= need.whole:
        return [tuple(keys)]
    return found


def asked_sets(parts: Sequence[Keyed], need: Need, most: int) -> list[Keys]:
    """Up to `most` sets that ask for a name: those under which a record of this name is kept.

    Where that is the whole name alone, then also what would be the whole name of a record that
    lacks one part.
    """
    sets = kept_sets(parts, need)
    if len(sets) != 1 or len(sets[0]) <= FEWEST or told(sets[0]) >= need.part:
        return covering(sets, most)
    least = need.whole + LACKING
    lacking = [keys for keys in combinations(sets[0], len(sets[0]) - 1) if told(keys) >= least]
    return [*sets, *covering(lacking, most - 1)]


def ends(parts: Sequence[Keyed], need: Need) -> list[Keys]:
    """The first and the last part alone, where they tell enough and something stands between.

    A father's and a grandfather's name stand in registers and seldom in lists: who has them and
    who does not meet in this set, which is the whole name of the one.
    """
    named = [part for part in parts if not part.aside]
    found = tuple(part.key for part in named if part.end)
    if len(named) > len(found) == FEWEST and told(found) >= need.whole + BETWEEN:
        return [found]
    return []


def told(keys: Sequence[Key]) -> int:
    """What keys tell together, in tenths of a bit."""
    return sum(key.bits for key in keys)


def _smallest(keys: Sequence[Key], need: int) -> list[Keys]:
    """The sets that tell `need` and hold no smaller one that does, the smallest first."""
    bits = [key.bits for key in keys]
    if sum(bits) < need:
        return []
    found: list[Keys] = []
    taken: list[int] = []
    for chosen, places in _choices(len(keys)):
        for each in taken:
            if each & chosen == each:
                break
        else:
            if sum([bits[at] for at in places]) >= need:
                taken.append(chosen)
                found.append(tuple([keys[at] for at in places]))
    return found


@cache
def _choices(count: int) -> tuple[tuple[int, tuple[int, ...]], ...]:
    """All sets of so many places, of FEWEST or more, the smallest first: as bits of a number, and
    as places."""
    return tuple(
        (sum(1 << at for at in places), places)
        for size in range(FEWEST, count + 1)
        for places in combinations(range(count), size)
    )


def read_otherwise(parts: Sequence[Keyed]) -> Iterator[tuple[Keyed, ...]]:
    """The parts under other keys that their spelling may stand for, the fewest changes first.

    One part at a time, each part's next likeliest in turn, then two parts at a time.
    """
    parts = tuple(parts[:MOST_PARTS])
    changes = [
        (at, part.others[rank])
        for rank in range(max((len(part.others) for part in parts), default=0))
        for at, part in enumerate(parts)
        if rank < len(part.others)
    ]
    for at, key in changes:
        yield _with(parts, at, key)
    for (one, key), (other, further) in combinations(changes, 2):
        if one != other:
            changed = list(parts)
            for at, instead in ((one, key), (other, further)):
                changed[at] = Keyed(instead, plain=parts[at].plain, aside=parts[at].aside)
            yield _sorted(tuple(changed))


def by_consonants(parts: Sequence[Keyed]) -> Iterator[tuple[Keyed, ...]]:
    """The parts with one that the lexicon knows under its consonants, as others may write it."""
    for at, part in enumerate(parts[:MOST_PARTS]):
        if part.plain.text and part.plain not in (part.key, *part.others):
            yield _with(parts, at, part.plain)


def _with(parts: Sequence[Keyed], at: int, key: Key) -> tuple[Keyed, ...]:
    return _sorted((*parts[:at], Keyed(key, plain=parts[at].plain, aside=parts[at].aside),
                    *parts[at + 1 :]))  # fmt: skip


def _sorted(parts: tuple[Keyed, ...]) -> tuple[Keyed, ...]:
    distinct = {part.key.text: part for part in parts}
    return tuple(sorted(distinct.values(), key=lambda k: (k.aside, -k.key.bits, k.key.text)))


def covering(sets: Sequence[Keys], most: int) -> list[Keys]:
    """Up to `most` of the sets: the first, then those that share least with what is chosen.

    One part that the other side writes otherwise, or lacks, then spoils as few as may be.
    """
    chosen: list[Keys] = []
    left = list(sets)
    used: dict[str, int] = {}
    while left and len(chosen) < most:
        best = min(left, key=lambda keys: sum(used.get(key.text, 0) for key in keys))
        left.remove(best)
        chosen.append(best)
        for key in best:
            used[key.text] = used.get(key.text, 0) + 1
    return chosen
