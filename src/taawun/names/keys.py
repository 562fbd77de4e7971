"""Keys under which two parts that may be the same name are found together.

The skeleton of a part is its consonants, each by its family (p and b are one, as are ق ك g k);
vowels and letters that come and go (ع ه و ي) are left out. Two spellings of one name share a
skeleton, or a skeleton with one consonant left out. Built for recall: what is found is compared
afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import numpy as np
import numpy.typing as npt

from taawun.names.sounds import Phones, tables

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


def skeletons(rows: tuple[Phones, ...], form: str) -> frozenset[bytes]:
    """The consonant families of every row of phones, doubled ones once; `form` where there is none.

    Skeletons of three consonants or more are also there with one of them left out.
    """
    family = families()
    out: set[bytes] = set()
    for row in rows[:3]:
        kept = bytearray()
        for phone in row.tolist():
            found = family.get(phone, 0)
            if found and (not kept or kept[-1] != found):
                kept.append(found)
        whole = bytes(kept[:12])
        out.add(whole if whole else b"\xff" + form[:2].encode())
        if len(whole) >= 3:
            out.update(whole[:at] + whole[at + 1 :] for at in range(len(whole)))
    return frozenset(out)


def hashed(found: Iterable[bytes]) -> Keys:
    """Skeletons as sorted 64-bit keys (FNV-1a)."""
    return np.array(sorted({_hashed(skeleton + b"\0") for skeleton in found}), dtype=np.uint64)
