"""Where the records of a delimited text begin and end: RFC 4180, over bytes.

A quote opens a field only at its start, and is written twice inside one; lines inside quotes
belong to the record. Blank lines are no records. The parser that reads the fields later is given
only records that have the right number of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from taawun.jit import I32, I64, U8, kernel

QUOTE = 34
BROKEN = -1
"""In the place of a number of fields: a carriage return stands there that is no part of a line end,
where the parser would see one."""


@dataclass(frozen=True, slots=True)
class Records:
    """r records of a block: where each starts and ends (bytes, its line end included), the line
    it stands on (from 0 in the block), how many fields it has, or BROKEN. `end` is where the last
    whole record ends, `lines` how many lines there are before that; `spread` that some record has
    several lines, or a carriage return within quotes; `open_at` is the line of a quote that is
    not closed, -1 for none.
    """

    start: I64
    stop: I64
    line: I64
    fields: I32
    end: int
    lines: int
    spread: bool
    open_at: int


def records(octets: U8, separator: int, last: bool) -> Records:
    """The records of a block that begins where a record does.

    With `last` the block is the file's end, and what is left behind the last line end is a
    record too.
    """
    most = int((octets == 10).sum()) + 1
    start, stop, line = (np.zeros(most, np.int64) for _ in range(3))
    fields = np.zeros(most, np.int32)
    said = np.zeros(5, np.int64)
    _records(octets, separator, last, start, stop, line, fields, said)
    count, end, lines, spread, open_at = said.tolist()
    return Records(
        start[:count], stop[:count], line[:count], fields[:count], end, lines, bool(spread), open_at
    )


@kernel
def _records(
    octets: U8, separator: int, last: bool, start: I64, stop: I64, line: I64, fields: I32, said: I64
) -> None:
    count, begin, began_on, lines = 0, 0, 0, 0
    quoted, fresh = False, True  # inside quotes; at the start of a field
    broken = False  # by a carriage return that is no part of a line end
    opened_on = -1
    found, end = 1, 0
    spread = 0
    place = 0
    while place <= len(octets):
        over = place == len(octets)
        if over and (quoted or not last or begin == place):
            break
        octet = 10 if over else int(octets[place])
        if quoted:
            if octet == QUOTE:
                if place + 1 < len(octets) and octets[place + 1] == QUOTE:
                    place += 1
                else:
                    quoted = False
            elif octet == 10:
                lines += 1
            elif octet == 13:
                spread = 1
        elif octet == QUOTE and fresh:
            quoted, fresh, opened_on = True, False, lines
        elif octet == separator:
            found += 1
            fresh = True
        elif octet == 10:
            blank = place == begin or (place == begin + 1 and octets[begin] == 13)
            if not blank:
                start[count], stop[count] = begin, min(place + 1, len(octets))
                line[count], fields[count] = began_on, BROKEN if broken else found
                spread = 1 if lines > began_on else spread
                count += 1
            lines += 1
            begin, began_on, found, fresh, broken = place + 1, lines, 1, True, False
            end = min(place + 1, len(octets))
        else:
            fresh = False
            if octet == 13 and place + 1 < len(octets) and octets[place + 1] != 10:
                broken = True
        place += 1
    said[0], said[1], said[2], said[3] = count, end, began_on, spread
    said[4] = opened_on if quoted else -1
