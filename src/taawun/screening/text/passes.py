"""The compiled passes over words that have their numbers. Arrays in, arrays out.

classify   what a new word may be, with its clitics taken off
mark       which words of the text are worth looking up in the lists
runs       stretches of words that may hold a name
around     a key for a stretch and what is around it
phrases    listed names that stand word for word
gather     the listed names that two words of a stretch have in common
substrings listed names in scripts without spaces
"""

from __future__ import annotations

import numpy as np

from taawun.jit import F32, I32, I64, U8, U32, U64, kernel
from taawun.screening.text.alphabet import (
    COMMA,
    DOT,
    HIDDEN,
    LETTER,
    LIMIT,
    MIXED,
)
from taawun.screening.text.kernels import (
    _MIX,
    _ONE,
    _PRIME,
    _SEED,
    _SHIFT,
    ARMN,
    CAPITAL,
    CONCEPT,
    CONNECT,
    CYRL,
    FAITH,
    FRESH,
    GLUED,
    GREK,
    HANI,
    HEARD,
    KANA,
    LATN,
    LED,
    LONG,
    LONGEST_RUN,
    MOST_WORDS,
    NAME,
    NASAB,
    ORDINARY,
    PERSON,
    SAID,
    SERVANT,
    TITLE,
    VOCABULARY,
    WANTED,
    hash_of,
    number_of,
)


@kernel
def _bound(gap: int, before: int, size: int) -> bool:
    """Whether two words may be of one name: a dot ends a sentence unless a title is before it."""
    if gap == DOT:
        return size == 1 or (before & (TITLE | CONNECT | NASAB)) != 0
    return gap < COMMA


@kernel
def mark(
    words: I32,
    scripts: U8,
    written: U8,
    gaps: U8,
    count: int,
    traits: I32,
    state: U8,
    lower: bool,
    out: I32,
) -> int:
    """Words worth looking up: their places into `out`, each word once; returns how many.

    `lower`: the text is written without capitals (or in nothing else), which then tell nothing.
    """
    found = 0
    for place in range(count):
        script = scripts[place]
        trait = traits[words[place]]
        if script >= HANI and script <= KANA:
            continue
        cased = (script in (LATN, CYRL, GREK, ARMN, MIXED)) and not lower
        wanted = False
        if cased:
            if (written[place] & CAPITAL and not trait & ORDINARY) or (
                gaps[place] == GLUED and place and written[place - 1] & CAPITAL
            ):
                wanted = True
        elif script:
            if trait & (ORDINARY | CONNECT | NASAB):
                continue
            if trait & (PERSON | VOCABULARY):
                wanted = True
            else:
                # a word that nothing is known of may be a family name beside a given name
                for back in range(1, 3):
                    if place - back < 0 or gaps[place - back + 1] >= COMMA:
                        break
                    before = traits[words[place - back]]
                    if before & PERSON and not before & ORDINARY:
                        wanted = True
                        break
                    if back == 1 and not before & (CONNECT | NASAB | TITLE | FAITH | SERVANT):
                        break
                    if before & (NASAB | TITLE) and not lower:
                        wanted = True
                        break
                if not wanted and place + 1 < count and gaps[place + 1] < COMMA:
                    after = traits[words[place + 1]]
                    if after & PERSON and not lower:
                        wanted = True
                if not wanted and trait & HEARD:
                    # two words that only sound like names: both must, and one of them at length
                    if place and gaps[place] < COMMA:
                        before = traits[words[place - 1]]
                        wanted = before & HEARD != 0 and (before | trait) & LONG != 0
                    if not wanted and place + 1 < count and gaps[place + 1] < COMMA:
                        after = traits[words[place + 1]]
                        wanted = after & HEARD != 0 and (after | trait) & LONG != 0
        if wanted and state[words[place]] == FRESH:
            state[words[place]] = WANTED
            out[found] = place
            found += 1
    return found


@kernel
def runs(
    words: I32,
    scripts: U8,
    written: U8,
    gaps: U8,
    starts: I32,
    ends: I32,
    count: int,
    traits: I32,
    state: U8,
    lead: U8,
    lower: bool,
    firsts: I32,
    lasts: I32,
    keys: U64,
) -> int:
    """Stretches of words that may hold a name; returns how many.

    A stretch is name words with what stands between them in names: particles, initials, numbers,
    words of company names, and one capitalised word that no list knows. `firsts` and `lasts` are
    places (both inside), `keys` the same for stretches of the same words.
    """
    found = 0
    at = 0
    while at < count:
        script = scripts[at]
        number = words[at]
        cased = (script in (LATN, CYRL, GREK, ARMN, MIXED)) and not lower
        if state[number] != NAME or (cased and not written[at] & CAPITAL):
            general = traits[number] & (CONCEPT | SERVANT) and (not cased or written[at] & CAPITAL)
            if not general:
                at += 1
                continue
        first = at
        last = at
        if (
            at
            and traits[words[at - 1]] & CONNECT
            and gaps[at] <= GLUED
            and scripts[at - 1] == script
        ):
            first = at - 1
        names = 1 if state[number] == NAME else 0
        skipped = 0
        at += 1
        while at < count and at - first < LONGEST_RUN:
            if not _bound(gaps[at], traits[words[at - 1]], ends[at - 1] - starts[at - 1]):
                break
            number = words[at]
            trait = traits[number]
            own = scripts[at]
            capital = (written[at] & CAPITAL) != 0 or not cased
            if state[number] == NAME and (capital or gaps[at] == GLUED):
                if lead[number] == LED and not trait & CONCEPT:
                    break
                last = at
                names += 1
                skipped = 0
            elif (trait & (CONCEPT | SERVANT) and capital) or own == 0:
                last = at
                skipped = 0
            elif trait & FAITH or traits[words[at - 1]] & SERVANT:
                last = at
            elif trait & (CONNECT | NASAB):
                pass
            elif (cased and (capital or gaps[at] == GLUED) and skipped == 0) or (
                not cased and traits[words[at - 1]] & NASAB and skipped == 0
            ):
                skipped = 1
            else:
                break
            at += 1
        at = last + 1
        if names:
            value = _SEED
            for place in range(first, last + 1):
                extra = np.uint64(gaps[place]) if place > first else np.uint64(0)
                value = ((value ^ np.uint64(words[place])) * _PRIME ^ extra) * _PRIME
                value ^= value >> _SHIFT
            firsts[found] = first
            lasts[found] = last
            keys[found] = value * _MIX
            found += 1
    return found


@kernel
def around(
    firsts: I32,
    lasts: I32,
    keys: U64,
    words: I32,
    written: U8,
    gaps: U8,
    breaks: U8,
    traits: I32,
    count: int,
    reach: int,
    out: U64,
) -> None:
    """A key for each stretch and what is around it: telling words of its sentence, words beside it.

    `breaks` (words) is 1 where a sentence begins; at most `reach` words on either side are read.
    Two stretches with one key are read alike.
    """
    for at in range(len(firsts)):
        first, last = firsts[at], lasts[at]
        value = (keys[at] ^ np.uint64(1 if gaps[first] >= DOT else 0)) * _MIX
        for side in range(2):
            place = first - 1 if side == 0 else last + 1
            gap_at = first if side == 0 else place
            extra = np.uint64(0)
            if place >= 0 and place < count and gaps[gap_at] <= GLUED:
                extra = np.uint64(words[place] + 1) * np.uint64(8) + np.uint64(written[place] * 2)
                if side == 0 and gaps[place] >= DOT:
                    extra += _ONE
            value = (value ^ extra) * _PRIME
            value ^= value >> _SHIFT
        place = first
        while place >= 0 and first - place <= reach:
            if place < first and traits[words[place]] & SAID:
                value = (
                    (value ^ np.uint64(words[place])) * _PRIME ^ np.uint64(first - place)
                ) * _PRIME
                value ^= value >> _SHIFT
            if breaks[place]:
                break
            place -= 1
        place = last + 1
        while place < count and place - last <= reach and not breaks[place]:
            if traits[words[place]] & SAID:
                value = (
                    (value ^ np.uint64(words[place])) * _MIX ^ np.uint64(place - last)
                ) * _PRIME
                value ^= value >> _SHIFT
            place += 1
        out[at] = value


@kernel
def phrases(
    words: I32,
    hashes: U64,
    gaps: U8,
    count: int,
    phrase: U64,
    keys: U64,
    numbers: I32,
    firsts: I32,
    sizes: I32,
    names: I32,
) -> int:
    """Listed names of several words that stand in the text word for word; returns how many."""
    found = 0
    for place in range(count):
        value = phrase[words[place]]
        if value == 0:
            continue
        for size in range(2, MOST_WORDS + 1):
            at = place + size - 1
            if at >= count or gaps[at] >= COMMA:
                break
            value = (value ^ hashes[at]) * _MIX | _ONE
            number = number_of(keys, numbers, value)
            if number >= 0 and found < len(firsts):
                firsts[found] = place
                sizes[found] = size
                names[found] = number
                found += 1
    return found


@kernel
def gather(
    slots: I32,
    most: F32,
    first: I64,
    parts: I32,
    quality: F32,
    side: U8,
    starts: I64,
    postings: I32,
    shares: F32,
    total: F32,
    whole: float,
    acc: F32,
    best: F32,
    seen: I32,
    hits: I32,
    touched: I32,
    out: I32,
    score: F32,
) -> int:
    """Names that two slots of a stretch have in common, or one slot nearly whole; returns how many.

    Slot s is what one word, or a compound of several, may be: `parts[first[s]:first[s + 1]]` with
    `quality`; `slots[s]` is the place it takes, so that a word and a compound with it count once,
    and `most[s]` what the word itself weighs: a rarer spelling of it is no better.
    `side` marks general words, which only count for names that another word has met. `total`
    (names) is what a name weighs, `whole` the share of it that one word must be to stand alone.
    """
    count = 0
    for turn in range(2):
        for slot in range(len(first) - 1):
            for place in range(first[slot], first[slot + 1]):
                if side[place] != turn:
                    continue
                number = parts[place]
                for at in range(starts[number], starts[number + 1]):
                    name = postings[at]
                    value = quality[place] * min(shares[at], most[slot])
                    if seen[name] == -1:
                        if turn == 1:
                            continue
                        touched[count] = name
                        count += 1
                        seen[name] = slots[slot]
                        best[name] = value
                        acc[name] = value
                        hits[name] = 1
                    elif seen[name] != slots[slot]:
                        seen[name] = slots[slot]
                        best[name] = value
                        acc[name] += value
                        hits[name] += 1
                    elif value > best[name]:
                        acc[name] += value - best[name]
                        best[name] = value
    found = 0
    for place in range(count):
        name = touched[place]
        if (hits[name] >= 2 or acc[name] >= whole * total[name]) and found < len(out):
            out[found] = name
            score[found] = acc[name] - 0.12 * max(total[name] - acc[name], 0.0)
            found += 1
        seen[name] = -1
        acc[name] = 0.0
    return found


@kernel
def substrings(
    codes: U32,
    starts: I32,
    ends: I32,
    scripts: U8,
    count: int,
    opening: U64,
    opening_numbers: I32,
    keys: U64,
    numbers: I32,
    longest: int,
    kind: U8,
    fold: U32,
    firsts: I32,
    lasts: I32,
    names: I32,
) -> int:
    """Listed names inside words of scripts without spaces, by their letters; returns how many."""
    found = 0
    buffer = np.empty(32, np.uint32)
    for place in range(count):
        script = scripts[place]
        if script < HANI or script > KANA:
            continue
        for at in range(starts[place], ends[place] - 1):
            size = 0
            end = at
            begun = False
            while end < len(codes) and size < longest:
                code = codes[end]
                if code < LIMIT and kind[code] == HIDDEN:
                    end += 1
                    continue
                if code < LIMIT and kind[code] != LETTER:
                    # the dot between the parts of a foreign name
                    if size >= 1 and code in (0xB7, 0x30FB, 0x2022):
                        end += 1
                        continue
                    break
                buffer[size] = code if code >= LIMIT else fold[code, 0]
                size += 1
                end += 1
                if size == 2:
                    if number_of(opening, opening_numbers, hash_of(buffer, 0, 2, HANI)) < 0:
                        break
                    begun = True
                if begun:
                    number = number_of(keys, numbers, hash_of(buffer, 0, size, KANA))
                    if number >= 0 and found < len(firsts):
                        firsts[found] = at
                        lasts[found] = end
                        names[found] = number
                        found += 1
    return found
