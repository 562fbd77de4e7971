"""The compiled passes over running text. Arrays in, arrays out.

    tokenise   code points to words with their places, folded hashes and gaps
    look_up    hashes to numbers in an open-addressing table that grows

What is done with numbered words is in `passes`.
"""

from __future__ import annotations

import numpy as np

from taawun.jit import I32, I64, U8, U32, U64, kernel
from taawun.screening.text.alphabet import (
    APOSTROPHE,
    BLANK,
    COMMA,
    DOT,
    HIDDEN,
    HYPHEN,
    LETTER,
    LIMIT,
    LINE,
    MIXED,
    NUMBER,
    STOP,
)  # fmt: skip

LATN, CYRL, ARAB, GREK, HEBR, ARMN = (
    NUMBER[s] for s in ("latn", "cyrl", "arab", "grek", "hebr", "armn")
)
HANI, HANG, KANA = (NUMBER[s] for s in ("hani", "hang", "kana"))
# what a word is known to be, as bits
(
    PERSON, VOCABULARY, CONNECT, TITLE, ORDINARY, SERVANT, FAITH, PHRASE, CONCEPT, NASAB,
    HEARD, LONG,
    SAID,
) = (1 << bit for bit in range(13))  # fmt: skip
CAPITAL, CAPITALS = 1, 2  # how a word of the text is written
FRESH, WANTED, NAME, NOTHING = 0, 1, 2, 3  # how far a word has been looked up
FREE, BOTH, LED = 0, 1, 2  # a name as it stands; with a clitic too; only with its clitic taken off
GLUED = 1  # the gap of a hyphen
LONGEST_WORD, LONGEST_RUN, MOST_WORDS = 64, 24, 8

_PRIME = np.uint64(0x100000001B3)
_SEED = np.uint64(0xCBF29CE484222325)
_MIX = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(29)
_ONE = np.uint64(1)
ALEF, LAM, WAW, FEH, BEH, KAF, TEH, HEH, MARBUTA = (
    0x627, 0x644, 0x648, 0x641, 0x628, 0x643, 0x62A, 0x647, 0x629,
)  # fmt: skip


@kernel
def hash_of(letters: U32, first: int, end: int, script: int) -> int:
    """The hash of folded letters `letters[first:end]` of one script; never 0."""
    value = _SEED ^ np.uint64(script)
    for at in range(first, end):
        value = (value ^ np.uint64(letters[at])) * _PRIME
    value = (value ^ (value >> _SHIFT)) * _MIX
    return value | _ONE  # type: ignore[return-value]  # a uint64, for numba


@kernel
def hash_keys(letters: U32, starts: I64, scripts: U8, out: U64) -> None:
    """The hashes of many keys: key k is `letters[starts[k]:starts[k + 1]]`, already folded."""
    for at in range(len(starts) - 1):
        out[at] = hash_of(letters, starts[at], starts[at + 1], scripts[at])


@kernel
def letters_of(codes: U32, start: int, end: int, kind: U8, fold: U32, buffer: U32) -> int:
    """The folded letters of a word into `buffer` (cut at its length); returns how many."""
    count = 0
    for at in range(start, end):
        code = codes[at]
        if code >= LIMIT:
            if count < len(buffer):
                buffer[count] = code
                count += 1
        elif kind[code] == LETTER:
            for place in range(4):
                folded = fold[code, place]
                if folded == 0 or count == len(buffer):
                    break
                buffer[count] = folded
                count += 1
        elif kind[code] == HIDDEN and count:
            # the letters of Cyrillic that are a letter and a mark when decomposed
            if code == 0x306 and buffer[count - 1] == 0x438:
                buffer[count - 1] = 0x439
            elif code == 0x308 and buffer[count - 1] == 0x435:
                buffer[count - 1] = 0x451
            elif code == 0x308 and buffer[count - 1] == 0x456:
                buffer[count - 1] = 0x457
    for at in range(count):
        if buffer[at] == MARBUTA:
            buffer[at] = HEH if at == count - 1 and count > 2 else TEH
    return count


@kernel
def tokenise(
    codes: U32,
    kind: U8,
    script: U8,
    upper: U8,
    fold: U32,
    starts: I32,
    ends: I32,
    hashes: U64,
    idents: U64,
    scripts: U8,
    written: U8,
    gaps: U8,
) -> int:
    """The words of `codes` (n,); returns how many.

    For each word: where it starts and ends, the hash of its folded letters, the same with the place
    of an apostrophe in it (`idents`), its script number, how it is written (CAPITAL, CAPITALS) and
    the widest gap before it: BLANK, GLUED by a hyphen, or DOT … STOP of the alphabet.
    """
    buffer = np.empty(LONGEST_WORD, np.uint32)
    n = len(codes)
    count = 0
    at = 0
    gap = STOP
    while at < n:
        code = codes[at]
        what = kind[code] if code < LIMIT else (LETTER if 0x20000 <= code < 0x32000 else COMMA)
        if what != LETTER:
            close = False
            if what in (HYPHEN, DOT):
                back = at - 1
                while back >= 0 and codes[back] < LIMIT and kind[codes[back]] == HIDDEN:
                    back -= 1
                close = count > 0 and ends[count - 1] == back + 1
            if what == HYPHEN:
                after = at + 1
                while after < n and codes[after] < LIMIT and kind[codes[after]] == HIDDEN:
                    after += 1
                glued = (
                    close and after < n and codes[after] < LIMIT and kind[codes[after]] == LETTER
                )
                gap = max(gap, GLUED if glued else COMMA)
            elif what == LINE:
                gap = STOP if gap == LINE else max(gap, LINE)
            elif what == DOT and close and gap == BLANK:
                gap = DOT
            elif what != HIDDEN and what != APOSTROPHE:
                gap = max(gap, what)
            at += 1
            continue
        start, own, mixed, letters, capitals = at, 0, False, 0, 0
        first_capital = code < LIMIT and upper[code] == 1
        mark = 0
        end = at
        while at < n:
            code = codes[at]
            if code >= LIMIT:
                what = LETTER if 0x20000 <= code < 0x32000 else COMMA
                this = HANI
            else:
                what = kind[code]
                this = script[code]
            if what == LETTER:
                if this and own and this != own:
                    if (own >= HANI and own <= KANA) or (this >= HANI and this <= KANA):
                        break
                    mixed = True
                elif this and not own:
                    if letters and this >= HANI and this <= KANA:
                        break
                    own = this
                letters += 1
                if code < LIMIT and upper[code]:
                    capitals += 1
                at += 1
                end = at
            elif what == HIDDEN:
                at += 1
            elif (
                what == APOSTROPHE
                and at + 1 < n
                and (codes[at + 1] >= LIMIT or kind[codes[at + 1]] in (LETTER, HIDDEN))
            ):
                mark = letters
                at += 1
            else:
                break
        if mixed:
            own = MIXED
        size = letters_of(codes, start, end, kind, fold, buffer)
        value = hash_of(buffer, 0, size, own)
        starts[count] = start
        ends[count] = end
        hashes[count] = value
        idents[count] = value ^ (np.uint64(mark) * _MIX)
        scripts[count] = own
        flags = 0
        if first_capital:
            flags = CAPITAL
        if capitals > 1 and capitals == letters:
            flags |= CAPITALS
        written[count] = flags
        gaps[count] = gap
        count += 1
        gap = BLANK
    return count


@kernel
def insert(keys: U64, numbers: I32, key: int | np.uint64, number: int) -> None:
    """Enter a key that is not there yet."""
    mask = np.uint64(len(keys) - 1)
    at = np.uint64(key) & mask
    while keys[at] != 0:
        at = (at + _ONE) & mask
    keys[at] = key
    numbers[at] = number


@kernel
def number_of(keys: U64, numbers: I32, key: int | np.uint64) -> int:
    """The number of a key, or -1. The length of `keys` is a power of two; 0 is an empty place."""
    mask = np.uint64(len(keys) - 1)
    at = np.uint64(key) & mask
    while keys[at] != 0:
        if keys[at] == key:
            return int(numbers[at])
        at = (at + _ONE) & mask
    return -1


@kernel
def insert_all(keys: U64, numbers: I32, new: U64, values: I32) -> None:
    """Enter many keys; one that is there gets the bits of its new value added."""
    mask = np.uint64(len(keys) - 1)
    for place in range(len(new)):
        key = new[place]
        at = key & mask
        while keys[at] != 0 and keys[at] != key:
            at = (at + _ONE) & mask
        if keys[at] == key:
            numbers[at] |= values[place]
        else:
            keys[at] = key
            numbers[at] = values[place]


@kernel
def look_up(
    idents: U64, count: int, keys: U64, numbers: I32, known: int, words: I32, fresh: I32
) -> int:
    """The number of every word; new ones are numbered from `known` on. Returns how many are new.

    `fresh` gets the place in the text of each new word. The table must have room for `count` more.
    """
    found = 0
    mask = np.uint64(len(keys) - 1)
    for place in range(count):
        key = idents[place]
        at = key & mask
        while keys[at] != 0 and keys[at] != key:
            at = (at + _ONE) & mask
        if keys[at] == 0:
            keys[at] = key
            numbers[at] = known + found
            fresh[found] = place
            found += 1
        words[place] = numbers[at]
    return found


@kernel
def ident_with(value: int, mark: int) -> int:
    """The ident of a word with an apostrophe behind its first `mark` letters."""
    return value ^ (np.uint64(mark) * _MIX)  # type: ignore[return-value]  # a uint64


@kernel
def hash_phrases(
    hashes: U64, firsts: I32, count: int, counts: I32, opening: U64, out: U64, owner: I32
) -> int:
    """The hash of each name of 2 to MOST_WORDS words; returns how many there are.

    Name k has `counts[k]` words from `firsts[k]` on. `out`, `owner` and `opening` (the hash of
    the first word) are filled in the order of the names.
    """
    found = 0
    for name in range(count):
        size = counts[name]
        if size < 2 or size > MOST_WORDS:
            continue
        value = hashes[firsts[name]]
        opening[found] = value
        for at in range(firsts[name] + 1, firsts[name] + size):
            value = (value ^ hashes[at]) * _MIX | _ONE
        out[found] = value
        owner[found] = name
        found += 1
    return found
