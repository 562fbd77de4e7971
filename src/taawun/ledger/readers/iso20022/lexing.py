"""Pieces of XML in bytes, compiled: names, references, where tags and comments close."""

from __future__ import annotations

from taawun.jit import I32, U8, kernel


@kernel
def name_end(data: U8, p: int, end: int) -> int:
    """Where a name that begins at p ends; p itself where none begins there."""
    c = data[p] if p < end else 0
    if not (65 <= c <= 90 or 97 <= c <= 122 or c == 95):
        return p
    while p < end:
        c = data[p]
        if 65 <= c <= 90 or 97 <= c <= 122 or 48 <= c <= 57 or c == 95 or c == 45 or c == 46:
            p += 1
        else:
            break
    return p


@kernel
def same(a: U8, i: int, b: U8, j: int, length: int) -> bool:
    """Whether two stretches are the same bytes."""
    for k in range(length):  # noqa: SIM110 - a generator is not compiled
        if a[i + k] != b[j + k]:
            return False
    return True


@kernel
def reference(data: U8, p: int, end: int) -> int:
    """The length of one of XML's own five references at p, 0 where it is none of them."""
    left = end - p
    less_or_more = left >= 4 and (data[p + 1] == 108 or data[p + 1] == 103)  # l g
    if less_or_more and data[p + 2] == 116 and data[p + 3] == 59:  # t;
        return 4
    if left >= 5 and data[p + 1] == 97 and data[p + 2] == 109 and data[p + 3] == 112:  # amp
        return 5 if data[p + 4] == 59 else 0
    if left >= 6 and data[p + 5] == 59:
        a, b, c, d = data[p + 1], data[p + 2], data[p + 3], data[p + 4]
        if a == 113 and b == 117 and c == 111 and d == 116:  # quot
            return 6
        if a == 97 and b == 112 and c == 111 and d == 115:  # apos
            return 6
    return 0


@kernel
def tag_end(data: U8, p: int, end: int) -> int:
    """Where a tag closes, quotes respected: the place of its `>`, or -1."""
    quote = 0
    while p < end:
        c = data[p]
        if quote:
            if c == quote:
                quote = 0
        elif c == 34 or c == 39:
            quote = c
        elif c == 62:
            return p
        elif c == 60:
            return -2
        p += 1
    return -1


@kernel
def closing(data: U8, p: int, end: int, first: int, second: int) -> int:
    """The place behind `first second >` (`-->`, `]]>`; `?>` with a second of 0), or -1."""
    while p + 2 < end:
        if data[p] == first:
            if second == 0 and data[p + 1] == 62:
                return p + 2
            if data[p + 1] == second and data[p + 2] == 62:
                return p + 3
        p += 1
    return -1


@kernel
def lines_in(data: U8, p: int, to: int) -> int:
    """Line ends in a stretch: of any kind, a pair as one."""
    found = 0
    for at in range(p, to):
        if data[at] == 10 or (data[at] == 13 and data[at + 1] != 10):
            found += 1
    return found


@kernel
def number(data: U8, span: I32) -> int:
    """A count as written, -1 where none is, -2 where it is not one."""
    if span[0] < 0:
        return -1
    value = 0
    if span[1] < 0 or span[1] - span[0] > 15:
        return -2
    for p in range(span[0], span[1]):
        if not 48 <= data[p] <= 57:
            return -2
        value = value * 10 + int(data[p]) - 48
    return value
