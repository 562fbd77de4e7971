"""Keys under which two parts that may be the same name are found together.

The skeleton of a part is its consonants, each by its family (p and b are one, as are ق ك g k);
vowels and letters that come and go (ع ه و ي) are left out. Two spellings of one name share a
skeleton, or a skeleton with one consonant left out. Built for recall: what is found is compared
afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable
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
    "b": (_LABIAL,), "p": (_LABIAL,), "f": (_LIP,), "v": (_LIP, _NONE),
    "t": (_DENTAL,), "d": (_DENTAL,),
    "th": (_DENTAL, _HISS), "dh": (_DENTAL, _HISS), "dad": (_DENTAL, _HISS), "zah": (_HISS, _DENTAL),
    "s": (_HISS,), "z": (_HISS,), "ts": (_HISS, _HUSH), "dz": (_HISS, _HUSH), "lc": (_HISS, _BACK),
    "sh": (_HUSH,), "zh": (_HUSH,), "ch": (_HUSH, _THROAT), "j": (_HUSH, _BACK),
    "lj": (_HUSH, _NONE), "k": (_BACK,), "g": (_BACK,), "q": (_BACK,), "gh": (_BACK,),
    "kh": (_THROAT, _BACK), "lx": (_THROAT, _HUSH, _BACK),
    "m": (_M,), "n": (_N,), "l": (_L,), "r": (_R,), "arw": (_NONE, _LIP), "w": (_NONE, _LIP),
}  # fmt: skip
_MOST_READINGS = 12
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


def skeletons(rows: tuple[Phones, ...]) -> frozenset[bytes]:
    """The consonant skeletons of every row of phones.

    Those of three consonants or more are also there with one of them left out.
    """
    out: set[bytes] = set()
    for row in rows[:3]:
        for number, whole in enumerate(_readings(row.tolist())):
            out.add(whole or _EMPTY)
            if len(whole) >= 3 and number < 4:
                out.update(whole[:at] + whole[at + 1 :] for at in range(len(whole)))
    return frozenset(out)


def hashed(found: Iterable[bytes]) -> Keys:
    """Skeletons as sorted keys (CRC-32: a collision costs a comparison, nothing else)."""
    return np.array(sorted({crc32(skeleton) for skeleton in found}), dtype=np.uint64)
