"""Keys under which two parts that may be the same name are found together.

The skeleton of a part is its consonants, each by its family (p and b are one, as are ق ك g k);
vowels and letters that come and go (ع ه و ي) are left out. Two spellings of one name share a
skeleton, or a skeleton with one consonant left out. Built for recall: what is found is compared
afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from zlib import crc32

import numpy as np
import numpy.typing as npt

from taawun.names.sounds import Phones, tables

Keys = npt.NDArray[np.uint64]

# families by number; a phone that different spellings write differently belongs to several, and
# 0 is a consonant that some leave out
_LABIAL, _LIP, _DENTAL, _HISS, _HUSH, _BACK, _THROAT, _M, _N, _L, _R, _NONE = (
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0,
)  # fmt: skip
_FAMILIES: dict[str, tuple[int, ...]] = {
    "b": (_LABIAL,), "p": (_LABIAL,), "arb": (_LABIAL,),
    "f": (_LIP,), "v": (_LIP, _NONE), "arf": (_LIP, _NONE),
    "t": (_DENTAL,), "d": (_DENTAL,),
    "th": (_DENTAL, _HISS), "dh": (_DENTAL, _HISS), "dad": (_DENTAL, _HISS),
    "zah": (_HISS, _DENTAL),
    "s": (_HISS,), "z": (_HISS,), "ts": (_HISS, _HUSH), "dz": (_HISS, _HUSH), "lc": (_HISS, _BACK),
    "sh": (_HUSH,), "zh": (_HUSH,), "ch": (_HUSH, _THROAT), "j": (_HUSH, _BACK),
    "lj": (_HUSH, _NONE), "k": (_BACK,), "g": (_BACK,), "q": (_BACK,), "gh": (_BACK,),
    "kh": (_THROAT, _BACK), "lx": (_THROAT, _HUSH, _BACK),
    "m": (_M,), "n": (_N,), "l": (_L,), "r": (_R,), "arw": (_NONE, _LIP), "w": (_NONE, _LIP),
}  # fmt: skip
_MOST_READINGS = 12
_MOST_CHANGED = 4
_EMPTY = b"\xff"


@cache
def families() -> dict[int, tuple[int, ...]]:
    """Phone to the consonant families it may belong to; phones that are left out are not in it."""
    codes = tables().codes
    return {codes[phone]: found for phone, found in _FAMILIES.items()}


def _readings(row: list[int]) -> list[bytes]:
    """The skeletons of a row of phones, the likeliest first; doubled consonants count once."""
    family = families()
    out: list[bytes] = [b""]
    for phone in row:
        choices = family.get(phone)
        if choices is None:
            continue
        grown = []
        for choice in choices:
            for begun in out:
                if choice == 0 or (begun and begun[-1] == choice):
                    grown.append(begun)
                else:
                    grown.append(begun + bytes((choice,)))
        out = list(dict.fromkeys(grown))[:_MOST_READINGS]
    return [found[:12] for found in out]


@dataclass(frozen=True, slots=True)
class Skeleton:
    """The consonants of a part in all their readings: `whole`, `shorter` by one, `changed` in one.

    Two parts may sound alike when they have a whole skeleton in common, when one is the other with
    a consonant left out, or when they differ in one consonant at the same place.
    """

    whole: frozenset[bytes] = frozenset()
    shorter: frozenset[bytes] = frozenset()
    changed: frozenset[bytes] = frozenset()

    def near(self, other: Skeleton) -> bool:
        """Whether two parts are worth listening to. Symmetric."""
        return not (
            self.whole.isdisjoint(other.whole)
            and self.changed.isdisjoint(other.changed)
            and self.whole.isdisjoint(other.shorter)
            and self.shorter.isdisjoint(other.whole)
        )


NO_SKELETON = Skeleton()


def skeleton(rows: tuple[Phones, ...]) -> Skeleton:
    """The skeleton of a part from its rows of phones."""
    whole: set[bytes] = set()
    shorter: set[bytes] = set()
    changed: set[bytes] = set()
    for row in rows[:4]:
        for number, read in enumerate(_readings(row.tolist())):
            whole.add(read or _EMPTY)
            if len(read) >= 3 and number < _MOST_CHANGED:
                for at in range(len(read)):
                    less = read[:at] + read[at + 1 :]
                    shorter.add(less)
                    changed.add(bytes((at,)) + less)
    return Skeleton(frozenset(whole), frozenset(shorter), frozenset(changed))


def _keys(*kinds: tuple[bytes, Iterable[bytes]]) -> Keys:
    found = {crc32(mark + read) for mark, reads in kinds for read in reads}
    return np.array(sorted(found), dtype=np.uint64)


def kept_under(found: Skeleton, exactly: bool = False) -> Keys:
    """The keys under which a part is kept. CRC-32: a collision costs a comparison, nothing else."""
    if exactly:
        return _keys((b"w", found.whole))
    return _keys((b"w", found.whole), (b"s", found.shorter), (b"c", found.changed))


def looked_under(found: Skeleton, exactly: bool = False) -> Keys:
    """The keys under which what is near a part is kept."""
    if exactly:
        return _keys((b"w", found.whole))
    return _keys(
        (b"w", found.whole), (b"s", found.whole), (b"w", found.shorter), (b"c", found.changed)
    )
