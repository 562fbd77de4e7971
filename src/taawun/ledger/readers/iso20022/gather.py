"""Texts that `scan` found, copied out of the buffer into Arrow columns."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from taawun.jit import I32, U8, kernel


@kernel
def lengths(spans: I32, field: int, rows: int, offsets: I32, present: U8) -> int:
    """Where each text begins in a column, references as they stand; gives how many there are."""
    total = 0
    found = 0
    for row in range(rows):
        offsets[row] = total
        start = spans[row, field, 0]
        present[row] = start >= 0
        if start >= 0:
            found += 1
            to = spans[row, field, 1]
            total += (~to if to < 0 else to) - start
    offsets[rows] = total
    return found


@kernel
def copied(data: U8, spans: I32, field: int, rows: int, offsets: I32, texts: U8) -> None:
    """Copy the texts, references resolved, and put the offsets right."""
    place = 0
    for row in range(rows):
        start, to = spans[row, field, 0], spans[row, field, 1]
        offsets[row] = place
        if start < 0:
            continue
        if to >= 0:
            for p in range(start, to):
                texts[place] = data[p]
                place += 1
            continue
        p = start
        to = ~to
        while p < to:
            c = data[p]
            if c == 38:
                kind, second = data[p + 1], data[p + 2]
                if kind == 108:
                    c, p = 60, p + 3
                elif kind == 103:
                    c, p = 62, p + 3
                elif kind == 113:
                    c, p = 34, p + 5
                elif second == 109:
                    c, p = 38, p + 4
                else:
                    c, p = 39, p + 5
            texts[place] = c
            place += 1
            p += 1
    offsets[rows] = place


def column(data: U8, spans: I32, field: int, rows: int) -> pa.Array | None:
    """One field of the first `rows` transactions, null where it is not said; None if nowhere.

    `spans` is (N, F, 2).
    """
    offsets, present = np.empty(rows + 1, np.int32), np.empty(rows, np.uint8)
    found = lengths(spans, field, rows, offsets, present)
    if not found:
        return None
    texts = np.empty(max(int(offsets[rows]), 1), np.uint8)
    copied(data, spans, field, rows, offsets, texts)
    valid = None if found == rows else pa.py_buffer(np.packbits(present, bitorder="little"))
    buffers = [valid, pa.py_buffer(offsets), pa.py_buffer(texts)]
    return pa.StringArray.from_buffers(rows, buffers[1], buffers[2], buffers[0])
