"""The fast way through payment messages: compiled, over bytes, and only where nothing is unusual.

`scan` goes through a buffer of UTF-8 in which documents follow each other, bare or in envelopes,
and notes for every transaction where the text of each field lies. What it takes is a subset of XML:
names with the prefix of their document or none, no attribute but `Ccy`, no comments, sections or
character references. A transaction that has more is marked odd and read by `strict.py` alone; where
the order of things outside of transactions is not what it knows, it stops and says where.

It believes nothing: every end tag is compared with its start tag, every reference with XML's own
five, so that what it takes is what a parser would take. That the bytes are UTF-8 is for the caller
to check. Steps and start tags come as arrays (`plan.py`).
"""

from __future__ import annotations

from taawun.jit import I32, I64, U8, kernel
from taawun.ledger.readers.iso20022.lexing import (
    closing,
    lines_in,
    name_end,
    number,
    reference,
    same,
    tag_end,
)
from taawun.ledger.readers.iso20022.lookup import (
    HEAD_AT,
    HEAD_NAME,
    HEAD_PREFIX,
    HEAD_STEP,
    HEAD_WHAT,
    STEP_FILLS,
    STEP_KIND,
    STEP_LENGTH,
    STEP_MANY,
    STEP_MONEY,
    STEP_NAME,
    below,
    known,
)

MORE, FULL, ASK, STOP, WEIRD = 0, 1, 2, 3, 4
"""How a scan ended: no more bytes, no more rows, a start tag not met before, not for
it, or an odd transaction."""
TAKEN, ODD, CUT, LOST = 0, 1, 2, 3
"""What became of an element: taken, closed but odd, not complete, not to be followed."""
OUTER, SKIPPED, DOCUMENT, DECLARED, REFUSED = 0, 1, 2, 3, 4
"""What a start tag outside of messages is."""
NORMAL, IGNORED, TRANSACTION, AROUND, INNER = 0, 1, 2, 3, 4
"""Kinds of steps."""
DEPTH, STEP, PHASE, HEAD, COUNT, LINE, AT, FROM, TO, MISCOUNTS, ROOT_AT, ROOT_TO = range(12)
"""Places in the state: envelopes open, step in the document (-1 outside), …"""
STATE = 16
DEEP = 60


@kernel
def element(
    data: U8,
    p: int,
    end: int,
    step: int,
    name: int,
    length: int,
    steps: I64,
    names: U8,
    tags: U8,
    prefix_at: int,
    prefix: int,
    spans: I32,
    stack: I64,
    out: I64,
) -> int:
    """Through one element, from behind its start tag to behind its end tag.

    Texts of fields are noted in `spans` ((F, 2): from, to; `~to` where there are references in
    it). Names begin with the `prefix` bytes of `tags` at `prefix_at`. `out[0]` is the place
    reached, `out[1]` gains the lines passed. Gives TAKEN, ODD, CUT or LOST.
    """
    odd = False
    lines = 0
    top = 0
    stack[0, 0], stack[0, 1], stack[0, 2] = step, name, length
    leaf = True  # nothing but text since the start tag on top
    while True:
        start = p
        filled = False
        carriage = False
        refers = False
        last = p
        while p < end:
            c = data[p]
            if c == 60:
                break
            if (c > 62 and c != 239) or (c > 32 and c < 62 and c != 38):
                if not filled:
                    filled = True
                    start = p
                last = p + 1
            elif c == 10:
                lines += 1
            elif c == 13:
                carriage = True
                if p + 1 < end and data[p + 1] != 10:
                    lines += 1
                    odd = True
            elif c != 32 and c != 9:
                if not filled:
                    filled = True
                    start = p
                last = p + 1
                if c == 38:
                    if reference(data, p, end) > 0:
                        refers = True
                    elif end - p < 6:
                        return CUT
                    else:
                        odd = True
                elif c == 239:
                    if p + 2 >= end:
                        return CUT
                    if data[p + 1] == 191 and data[p + 2] >= 190:
                        odd = True
                else:
                    odd = True
            p += 1
        if p + 1 >= end:
            return CUT
        if filled and carriage:
            odd = True
        here = stack[top, 0]
        c = data[p + 1]
        if c == 47:  # an end tag
            length = stack[top, 2]
            if p + 2 + length >= end:
                return CUT
            if not same(data, p + 2, data, stack[top, 1], length):
                return LOST
            after = p + 2 + length
            while after < end and (data[after] == 32 or data[after] == 9 or data[after] == 10):
                odd = True
                lines += data[after] == 10
                after += 1
            if after >= end:
                return CUT
            if data[after] != 62:
                return LOST
            if filled and here >= 0:
                fills = steps[here, STEP_FILLS]
                if fills < 0 or not leaf:
                    odd = True
                elif spans[fills, 0] < 0:
                    spans[fills, 0] = start
                    spans[fills, 1] = ~last if refers else last
                elif steps[here, STEP_MANY] != 1:
                    odd = True
            leaf = False
            p = after + 1
            if top == 0:
                out[0] = p
                out[1] += lines
                return ODD if odd else TAKEN
            top -= 1
            continue
        if filled and here >= 0:
            odd = True  # text beside elements
        if c == 33 or c == 63:  # comments, sections, instructions
            odd = True
            if c == 63:
                after = closing(data, p + 2, end, 63, 0)
            elif p + 9 >= end:
                return CUT
            elif data[p + 2] == 45 and data[p + 3] == 45:
                after = closing(data, p + 4, end, 45, 45)
            elif data[p + 2] == 91 and data[p + 8] == 91:
                after = closing(data, p + 9, end, 93, 93)
            else:
                return LOST
            if after < 0:
                return CUT
            lines += lines_in(data, p, after)
            p = after
            continue
        if p + 1 + prefix >= end:
            return CUT
        begins = p + 1 + prefix
        foreign = prefix > 0 and not same(data, p + 1, tags, prefix_at, prefix)
        if foreign:
            odd = True
            begins = p + 1
        after = name_end(data, begins, end)
        if after >= end:
            return CUT
        if after == begins:
            return LOST
        length = after - p - 1
        child = -1
        if here >= 0:
            if not foreign:
                child = below(data, begins, after - begins, here, steps, names)
            if child < 0 or steps[child, STEP_KIND] == INNER:
                odd = True
                child = -1
            elif steps[child, STEP_KIND] == IGNORED:
                child = -1
        bare = False
        if data[after] != 62:
            if after + 11 >= end:
                return CUT
            if data[after] == 47 and data[after + 1] == 62:
                p = after + 2
                leaf = False
                continue
            money = (
                data[after] == 32
                and data[after + 1] == 67
                and data[after + 2] == 99
                and data[after + 3] == 121
                and data[after + 4] == 61
                and data[after + 5] == 34
                and data[after + 9] == 34
                and data[after + 10] == 62
            )  # ` Ccy="???">`
            if money:
                for k in range(after + 6, after + 9):
                    money = money and 65 <= data[k] <= 90
            if money and (child < 0 or steps[child, STEP_MONEY] >= 0):
                if child >= 0:
                    fills = steps[child, STEP_MONEY]
                    odd = odd or spans[fills, 0] >= 0
                    spans[fills, 0], spans[fills, 1] = after + 6, after + 9
                after += 10
            else:
                odd = True
                found = tag_end(data, after, end)
                if found == -2:
                    return LOST
                if found < 0:
                    return CUT
                lines += lines_in(data, after, found)
                bare = data[found - 1] == 47
                after = found
        if bare:
            leaf = False
            p = after + 1
            continue
        top += 1
        if top >= DEEP:
            return LOST
        stack[top, 0], stack[top, 1], stack[top, 2] = child, p + 1, length
        leaf = True
        p = after + 1


@kernel
def scan(
    data: U8,
    end: int,
    steps: I64,
    names: U8,
    heads: I64,
    tags: U8,
    state: I64,
    outer: I64,
    header: I32,
    spans: I32,
    rows: I64,
    miscounts: I64,
    stack: I64,
    out: I64,
    taken: int,
    count_field: int,
) -> tuple[int, int]:
    """Through a buffer from `state[AT]`, rows written from number `taken` on.

    `spans` is (N, F, 2), `rows` (N, 2): line, number of the document's start tag. Gives how it
    ended and the rows there are; `state[AT]` is where to go on, a place between elements. After
    WEIRD that is an odd transaction: `out` has where it ends and the lines in it, and whoever
    reads it goes on behind it. A count that is off goes to `miscounts`: line, counted,
    from, to, number of the document's start tag.
    """
    while True:
        p = state[AT]
        line = state[LINE]
        while p < end:
            c = data[p]
            if c == 10:
                line += 1
            elif c == 13:
                if p + 1 >= end:
                    break
                if data[p + 1] != 10:
                    state[AT], state[LINE] = p, line
                    return STOP, taken
            elif c != 32 and c != 9:
                break
            p += 1
        state[AT], state[LINE] = p, line
        if p + 1 >= end or data[p] == 13:
            return MORE, taken
        if data[p] != 60:
            if data[p] == 239 and state[DEPTH] == 0 and state[STEP] < 0:
                if p + 2 >= end:
                    return MORE, taken
                if data[p + 1] == 187 and data[p + 2] == 191 and (p == 0 or data[p - 1] == 62):
                    state[AT] = p + 3
                    continue
            return STOP, taken
        if data[p + 1] == 33:
            return STOP, taken
        closes = tag_end(data, p + 1, end)
        if closes == -1:
            return MORE, taken
        if closes < 0:
            return STOP, taken
        step = state[STEP]
        if step < 0:  # outside of documents
            if data[p + 1] == 47:
                if state[DEPTH] == 0:
                    return STOP, taken
                head = outer[state[DEPTH] - 1]
                length = heads[head, HEAD_NAME]
                if closes - p - 2 != length or not same(
                    data, p + 2, tags, heads[head, HEAD_AT] + 1, length
                ):
                    return STOP, taken
                state[DEPTH] -= 1
                state[AT] = closes + 1
                continue
            head = known(data, p, closes + 1, heads, tags)
            if head < 0:
                return ASK, taken
            what = heads[head, HEAD_WHAT]
            if what == REFUSED or (what == DECLARED and state[DEPTH] > 0):
                return STOP, taken
            lines = lines_in(data, p, closes)
            if what == OUTER:
                if state[DEPTH] >= len(outer):
                    return STOP, taken
                outer[state[DEPTH]] = head
                state[DEPTH] += 1
            elif what == SKIPPED:
                out[1] = 0
                ended = element(
                    data,
                    closes + 1,
                    end,
                    -1,
                    p + 1,
                    heads[head, HEAD_NAME],
                    steps,
                    names,
                    tags,
                    heads[head, HEAD_AT] + 1,
                    heads[head, HEAD_PREFIX],
                    header,
                    stack,
                    out,
                )
                if ended == CUT:
                    return MORE, taken
                if ended != TAKEN:
                    return STOP, taken
                state[AT] = out[0]
                state[LINE] += lines + out[1]
                continue
            elif what == DOCUMENT:
                state[STEP] = heads[head, HEAD_STEP]
                state[PHASE] = 0
                state[HEAD] = head
                state[COUNT] = 0
                header[:, 0] = -1
                state[FROM], state[TO] = closes + 1, closes + 1
            state[AT] = closes + 1
            state[LINE] += lines
            continue
        head = state[HEAD]
        prefix_at, prefix = heads[head, HEAD_AT] + 1, heads[head, HEAD_PREFIX]
        if data[p + 1] == 47:  # the end of the message, or of the document
            length = closes - p - 2
            if state[PHASE] == 1:
                if (
                    steps[step, STEP_LENGTH] + prefix != length
                    or not same(data, p + 2, tags, prefix_at, prefix)
                    or not same(
                        data, p + 2 + prefix, names, steps[step, STEP_NAME], length - prefix
                    )
                ):
                    return STOP, taken
                state[STEP] = heads[head, HEAD_STEP]
                state[PHASE] = 2
            else:
                if heads[head, HEAD_NAME] != length or not same(
                    data, p + 2, tags, heads[head, HEAD_AT] + 1, length
                ):
                    return STOP, taken
                if state[PHASE] == 2 and state[COUNT] >= 0:
                    said = number(data, header[count_field])
                    if said != -1 and said != state[COUNT]:
                        if state[MISCOUNTS] >= len(miscounts):
                            return FULL, taken
                        wrong = miscounts[state[MISCOUNTS]]
                        wrong[0], wrong[1] = state[LINE], state[COUNT]
                        wrong[2], wrong[3] = header[count_field, 0], header[count_field, 1]
                        wrong[4] = head
                        state[MISCOUNTS] += 1
                state[STEP] = -1
                state[HEAD] = -1
            state[AT] = closes + 1
            continue
        length = closes - p - 1
        if (
            state[PHASE] == 2
            or length <= prefix
            or not same(data, p + 1, tags, prefix_at, prefix)
            or name_end(data, p + 1 + prefix, closes) != closes
        ):
            return STOP, taken
        child = below(data, p + 1 + prefix, length - prefix, step, steps, names)
        if child < 0:
            return STOP, taken
        if state[PHASE] == 0:
            state[STEP], state[PHASE] = child, 1
            state[ROOT_AT], state[ROOT_TO] = p, closes + 1
            state[AT] = closes + 1
            state[FROM], state[TO] = p, closes + 1
            continue
        kind = steps[child, STEP_KIND]
        out[1] = 0
        if kind == TRANSACTION:
            if taken >= len(rows):
                return FULL, taken
            row = spans[taken]
            row[:, 0] = -1
            ended = element(
                data,
                closes + 1,
                end,
                child,
                p + 1,
                length,
                steps,
                names,
                tags,
                prefix_at,
                prefix,
                row,
                stack,
                out,
            )
            if ended == CUT:
                return MORE, taken
            if ended == LOST:
                return STOP, taken
            if ended == ODD:
                return WEIRD, taken
            for f in range(len(header)):
                if row[f, 0] < 0 and header[f, 0] >= 0:
                    row[f, 0], row[f, 1] = header[f, 0], header[f, 1]
            rows[taken, 0], rows[taken, 1] = state[LINE], state[HEAD]
            taken += 1
            state[COUNT] += 1
        elif kind in (AROUND, IGNORED):
            if kind == AROUND:
                header[:, 0] = -1
            ended = element(
                data,
                closes + 1,
                end,
                child if kind == AROUND else -1,
                p + 1,
                length,
                steps,
                names,
                tags,
                prefix_at,
                prefix,
                header,
                stack,
                out,
            )
            if ended == CUT:
                header[:, 0] = -1
                return MORE, taken
            if ended != TAKEN:
                header[:, 0] = -1
                return STOP, taken
            if kind == AROUND:
                state[TO] = out[0]
        else:
            return STOP, taken
        state[AT] = out[0]
        state[LINE] += out[1]
