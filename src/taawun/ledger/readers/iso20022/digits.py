"""Check digits of account numbers in the form of an IBAN.

Source: ISO 13616-1, and ISO 7064 (mod 97-10): with its first four characters moved to the end and
its letters read as 10 to 35, the number leaves 1 when divided by 97.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from taawun.jit import I32, U8, kernel


@kernel
def remainders(texts: U8, offsets: I32, rows: int, found: U8) -> None:
    """What each text leaves by 97; 1 where there is no text, 0 where a sign is none of an IBAN."""
    for row in range(rows):
        start, end = offsets[row], offsets[row + 1]
        left = 1 if end == start else 0
        for k in range(end - start):
            p = start + (k + 4) % (end - start)
            c = texts[p]
            if 48 <= c <= 57:
                left = (left * 10 + (c - 48)) % 97
            elif 65 <= c <= 90:
                left = (left * 100 + (c - 55)) % 97
            elif 97 <= c <= 122:
                left = (left * 100 + (c - 87)) % 97
            else:
                left = 0
                break
        found[row] = left


def check(ibans: pa.Array) -> npt.NDArray[np.bool_]:
    """Which of n account numbers have check digits that fit; so does a null."""
    n = len(ibans)
    _, ends, texts = ibans.buffers()
    found = np.ones(n, np.uint8)
    if ends is not None and texts is not None:
        offsets = np.frombuffer(ends, np.int32)[ibans.offset : ibans.offset + n + 1]
        remainders(np.frombuffer(texts, np.uint8), offsets, n, found)
    fits: npt.NDArray[np.bool_] = found == 1
    return fits
