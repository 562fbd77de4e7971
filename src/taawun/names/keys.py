"""Keys under which two parts that may be the same name are found together.

The skeleton of a part is its consonants, each by its family (p and b are one, as are ق ك g k);
vowels and letters that come and go (ع ه و ي) are left out. Two spellings of one name share a
skeleton, or a skeleton with one consonant left out. Built for recall: what is found is compared
afterwards.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from taawun.names.part import Part
from taawun.names.sounds import tables

Keys = npt.NDArray[np.uint64]

_FAMILIES = (
    ("b", "p"),
    ("f", "v"),
    ("t", "d", "th", "dh", "dad"),
    ("s", "z", "ts", "dz", "zah", "lc"),
    ("sh", "zh", "ch", "j", "lj"),
    ("k", "g", "q", "gh"),
    ("kh", "lx"),
    ("m",),
    ("n",),
    ("l",),
    ("r",),
)
_OFFSET, _PRIME, _MASK = 0xCBF29CE484222325, 0x100000001B3, (1 << 64) - 1


@cache
def families() -> dict[int, int]:
    """Phone to consonant family, from 1; phones that are left out are not in it."""
    codes = tables().codes
    return {codes[phone]: at for at, family in enumerate(_FAMILIES, 1) for phone in family}


def _hashed(values: bytes) -> int:
    value = _OFFSET
    for byte in values:
        value = ((value ^ byte) * _PRIME) & _MASK
    return value


def skeletons(part: Part) -> set[bytes]:
    """The consonant families of every reading of a part, doubled ones once."""
    family = families()
    out: set[bytes] = set()
    for row in part.phones[:3]:
        kept: list[int] = []
        for phone in row.tolist():
            found = family.get(phone, 0)
            if found and (not kept or kept[-1] != found):
                kept.append(found)
        out.add(bytes(kept[:12]))
    return out


def keys(part: Part) -> Keys:
    """The keys of a part: its skeletons, and each with one consonant left out. Sorted, unique."""
    found: set[int] = set()
    for skeleton in skeletons(part):
        found.add(_hashed(skeleton + b"\0"))
        if len(skeleton) >= 3:
            for at in range(len(skeleton)):
                found.add(_hashed(skeleton[:at] + skeleton[at + 1 :] + b"\0"))
        if not skeleton:  # vowels only: Ali in Latin has an l, Ayo has nothing
            found.add(_hashed(part.form[:2].encode() + b"\1"))
    return np.array(sorted(found), dtype=np.uint64)
