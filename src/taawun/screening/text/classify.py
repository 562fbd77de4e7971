"""What may a new word be? Compiled: its letters, with and without clitics, looked up by hash.

Also the consonants of a word in Arabic letters, by which it is heard to sound like a listed name.
"""

from __future__ import annotations

import numpy as np

from taawun.jit import I32, I64, U8, U32, U64, kernel
from taawun.screening.text.kernels import (
    _MIX,
    _ONE,
    _PRIME,
    _SEED,
    _SHIFT,
    ALEF,
    ARAB,
    BEH,
    CONCEPT,
    CONNECT,
    FEH,
    HEARD,
    HEBR,
    KAF,
    LAM,
    LONG,
    LONGEST_WORD,
    NASAB,
    ORDINARY,
    PERSON,
    PHRASE,
    SAID,
    SERVANT,
    TITLE,
    VOCABULARY,
    WAW,
    hash_of,
    letters_of,
    number_of,
)


@kernel
def heads(letters: U32, size: int, script: int, out: I32) -> int:
    """How many letters may be taken off a word's start, as written-on words; the first is 0."""
    out[0] = 0
    count = 1
    if script == ARAB and size > 3:
        at = 1 if letters[0] == WAW or letters[0] == FEH else 0
        if at:
            out[count] = 1
            count += 1
        if size - at > 3 and (letters[at] == BEH or letters[at] == LAM or letters[at] == KAF):
            out[count] = at + 1
            count += 1
            if letters[at] == LAM and letters[at + 1] == LAM:
                out[count] = at + 2
                count += 1
    elif script == HEBR and size > 3:
        # vav, he, bet, lamed, mem, shin, kaf
        for at in range(2):
            code = letters[at]
            if code in (0x5D5, 0x5D4, 0x5D1, 0x5DC, 0x5DE, 0x5E9, 0x5DB):
                out[count] = at + 1
                count += 1
            else:
                break
    return count


@kernel
def skeleton(families: U8, letters: U32, first: int, end: int, out: U8) -> int:
    """The consonant families of letters (or phones), doubled ones once; returns how many."""
    count = 0
    for at in range(first, end):
        letter = letters[at]
        family = families[letter] if letter < len(families) else 0
        if family and (count == 0 or out[count - 1] != family) and count < len(out):
            out[count] = family
            count += 1
    return count


@kernel
def _hash_bytes(values: U8, count: int) -> int:
    value = _SEED
    for at in range(count):
        value = (value ^ np.uint64(values[at])) * _PRIME
    return (value ^ (value >> _SHIFT)) * _MIX | _ONE  # type: ignore[return-value]  # a uint64


@kernel
def skeletons(families: U8, phones: U8, starts: I64, out: U64) -> int:
    """Hashes of the consonants of rows of phones that have three or more; returns how many."""
    kept = np.empty(12, np.uint8)
    row = np.empty(LONGEST_WORD, np.uint32)
    found = 0
    for at in range(len(starts) - 1):
        size = min(starts[at + 1] - starts[at], LONGEST_WORD)
        for place in range(size):
            row[place] = phones[starts[at] + place]
        count = skeleton(families, row, 0, size, kept)
        if count >= 3:
            out[found] = _hash_bytes(kept, count)
            found += 1
    return found


@kernel
def classify(
    codes: U32,
    fresh: I32,
    count: int,
    starts: I32,
    ends: I32,
    scripts: U8,
    kind: U8,
    fold: U32,
    keys: U64,
    bits: I32,
    families: U8,
    sound_keys: U64,
    sound_bits: I32,
    known: int,
    traits: I32,
    phrase: U64,
) -> None:
    """What each new word may be: bits of its letters, or of its letters without clitics.

    `traits` and `phrase` (words) are written from `known` on. `phrase` is the hash with which a
    listed name of several words may begin, 0 for none. `families` (letters) give the consonant
    family of an Arabic letter; a word whose consonants are those of a listed part is HEARD.
    """
    buffer = np.empty(LONGEST_WORD, np.uint32)
    kept = np.empty(12, np.uint8)
    off = np.empty(8, np.int32)
    for new in range(count):
        place = fresh[new]
        script = scripts[place]
        size = letters_of(codes, starts[place], ends[place], kind, fold, buffer)
        total = 0
        begin = np.uint64(0)
        for number in range(heads(buffer, size, script, off)):
            head = off[number]
            value = hash_of(buffer, head, size, script)
            found = max(number_of(keys, bits, value), 0)
            if found & PHRASE and not begin:
                begin = np.uint64(value)
            bare = found
            if (
                script == ARAB
                and size - head > 4
                and buffer[head] == ALEF
                and buffer[head + 1] == LAM
            ):
                found |= max(number_of(keys, bits, hash_of(buffer, head + 2, size, script)), 0) & (
                    PERSON | VOCABULARY
                )
            if head == 1 and found & ORDINARY and (buffer[0] == WAW or buffer[0] == FEH):
                total = ORDINARY
                break
            if head:
                found &= PERSON | VOCABULARY | CONCEPT | PHRASE | SAID | SERVANT
            total |= found
            if script == 0 and size >= 2 and size <= 4:
                total |= SAID  # a year or an age
            if head == 0 and bare & (ORDINARY | CONNECT | NASAB | TITLE):
                break
        if script == ARAB and not total & (PERSON | ORDINARY) and size >= 4:
            for head in range(2):
                if (
                    head
                    and buffer[0] != WAW
                    and buffer[0] != FEH
                    and buffer[0] != LAM
                    and buffer[0] != BEH
                ):
                    break
                consonants = skeleton(families, buffer, head, size, kept)
                if (
                    consonants >= 3
                    and number_of(sound_keys, sound_bits, _hash_bytes(kept, consonants)) >= 0
                ):
                    total |= HEARD | (LONG if consonants >= 4 else 0)
        traits[known + new] = total
        phrase[known + new] = begin
