"""The compiled passes over running text. Arrays in, arrays out.

    tokenise   code points to words with their places, folded hashes and gaps
    look_up    hashes to numbers in an open-addressing table that grows
    classify   what a new word may be, with its clitics taken off
    mark       which words of the text are worth looking up in the lists
    runs       stretches of words that may hold a name
    gather     the listed names that two words of a stretch have in common
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from taawun.jit import kernel
from taawun.screening.text.alphabet import (
    APOSTROPHE, BLANK, COMMA, DOT, HIDDEN, HYPHEN, LETTER, LIMIT, LINE, MIXED, NUMBER, STOP,
)  # fmt: skip

F32 = npt.NDArray[np.float32]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]
U16 = npt.NDArray[np.uint16]
U32 = npt.NDArray[np.uint32]
U64 = npt.NDArray[np.uint64]

LATN, CYRL, ARAB, GREK, HEBR, ARMN = (NUMBER[s] for s in ("latn", "cyrl", "arab", "grek", "hebr", "armn"))
HANI, HANG, KANA = (NUMBER[s] for s in ("hani", "hang", "kana"))
# what a word is known to be, as bits
(
    PERSON, VOCABULARY, CONNECT, TITLE, ORDINARY, SERVANT, FAITH, PHRASE, CONCEPT, NASAB, HEARD, LONG, SAID,
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
    return value | _ONE


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
    codes: U32, kind: U8, script: U8, upper: U8, fold: U32,
    starts: I32, ends: I32, hashes: U64, idents: U64, scripts: U8, written: U8, gaps: U8,
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
            if what == HYPHEN or what == DOT:
                back = at - 1
                while back >= 0 and codes[back] < LIMIT and kind[codes[back]] == HIDDEN:
                    back -= 1
                close = count > 0 and ends[count - 1] == back + 1
            if what == HYPHEN:
                after = at + 1
                while after < n and codes[after] < LIMIT and kind[codes[after]] == HIDDEN:
                    after += 1
                glued = close and after < n and codes[after] < LIMIT and kind[codes[after]] == LETTER
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
                    if own >= HANI and own <= KANA or this >= HANI and this <= KANA:
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
            elif what == APOSTROPHE and at + 1 < n and (
                codes[at + 1] >= LIMIT or kind[codes[at + 1]] in (LETTER, HIDDEN)
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
def insert(keys: U64, numbers: I32, key: int, number: int) -> None:
    """Enter a key that is not there yet."""
    mask = np.uint64(len(keys) - 1)
    at = key & mask
    while keys[at] != 0:
        at = (at + _ONE) & mask
    keys[at] = key
    numbers[at] = number


@kernel
def number_of(keys: U64, numbers: I32, key: int) -> int:
    """The number of a key, or -1. The length of `keys` is a power of two; 0 is an empty place."""
    mask = np.uint64(len(keys) - 1)
    at = key & mask
    while keys[at] != 0:
        if keys[at] == key:
            return numbers[at]
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
def look_up(idents: U64, count: int, keys: U64, numbers: I32, known: int, words: I32, fresh: I32) -> int:
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
def _hash_bytes(values: U8, count: int) -> int:
    value = _SEED
    for at in range(count):
        value = (value ^ np.uint64(values[at])) * _PRIME
    return (value ^ (value >> _SHIFT)) * _MIX | _ONE


@kernel
def classify(
    codes: U32, fresh: I32, count: int, starts: I32, ends: I32, scripts: U8,
    kind: U8, fold: U32, keys: U64, bits: I32, families: U8, sound_keys: U64, sound_bits: I32,
    known: int, traits: I32, phrase: U64,
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
                begin = value
            bare = found
            if script == ARAB and size - head > 4 and buffer[head] == ALEF and buffer[head + 1] == LAM:
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
                if head and buffer[0] != WAW and buffer[0] != FEH and buffer[0] != LAM and buffer[0] != BEH:
                    break
                consonants = skeleton(families, buffer, head, size, kept)
                if consonants >= 3 and number_of(sound_keys, sound_bits, _hash_bytes(kept, consonants)) >= 0:
                    total |= HEARD | (LONG if consonants >= 4 else 0)
        traits[known + new] = total
        phrase[known + new] = begin


@kernel
def _bound(gap: int, before: int, size: int) -> bool:
    """Whether two words may belong to one name: a dot ends a sentence unless a title is before it."""
    if gap == DOT:
        return size == 1 or (before & (TITLE | CONNECT | NASAB)) != 0
    return gap < COMMA


@kernel
def mark(
    words: I32, scripts: U8, written: U8, gaps: U8, starts: I32, ends: I32, count: int,
    traits: I32, state: U8, lower: bool, out: I32,
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
        cased = (script == LATN or script == CYRL or script == GREK or script == ARMN or script == MIXED) and not lower
        wanted = False
        if cased:
            if written[place] & CAPITAL and not trait & ORDINARY:
                wanted = True
            elif gaps[place] == GLUED and place and written[place - 1] & CAPITAL:
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
    words: I32, scripts: U8, written: U8, gaps: U8, starts: I32, ends: I32, count: int,
    traits: I32, state: U8, lead: U8, lower: bool, firsts: I32, lasts: I32, keys: U64,
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
        cased = (script == LATN or script == CYRL or script == GREK or script == ARMN or script == MIXED) and not lower
        if state[number] != NAME or (cased and not written[at] & CAPITAL):
            general = traits[number] & (CONCEPT | SERVANT) and (not cased or written[at] & CAPITAL)
            if not general:
                at += 1
                continue
        first = at
        last = at
        if at and traits[words[at - 1]] & CONNECT and gaps[at] <= GLUED and scripts[at - 1] == script:
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
            elif trait & (CONCEPT | SERVANT) and capital or own == 0:
                last = at
                skipped = 0
            elif trait & FAITH or traits[words[at - 1]] & SERVANT:
                last = at
            elif trait & (CONNECT | NASAB):
                pass
            elif cased and (capital or gaps[at] == GLUED) and skipped == 0:
                skipped = 1
            elif not cased and traits[words[at - 1]] & NASAB and skipped == 0:
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
    firsts: I32, lasts: I32, keys: U64, words: I32, written: U8, gaps: U8, breaks: U8, traits: I32,
    count: int, reach: int, out: U64,
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
                value = ((value ^ np.uint64(words[place])) * _PRIME ^ np.uint64(first - place)) * _PRIME
                value ^= value >> _SHIFT
            if breaks[place]:
                break
            place -= 1
        place = last + 1
        while place < count and place - last <= reach and not breaks[place]:
            if traits[words[place]] & SAID:
                value = ((value ^ np.uint64(words[place])) * _MIX ^ np.uint64(place - last)) * _PRIME
                value ^= value >> _SHIFT
            place += 1
        out[at] = value


@kernel
def ident_with(value: int, mark: int) -> int:
    """The ident of a word with an apostrophe behind its first `mark` letters."""
    return value ^ (np.uint64(mark) * _MIX)


@kernel
def phrases(
    words: I32, hashes: U64, gaps: U8, count: int, phrase: U64, keys: U64, numbers: I32,
    firsts: I32, sizes: I32, names: I32,
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


@kernel
def gather(
    slots: I32, most: F32, first: I64, parts: I32, quality: F32, side: U8, starts: I64, postings: I32, shares: F32,
    total: F32, whole: float, acc: F32, best: F32, seen: I32, hits: I32, touched: I32,
    out: I32, score: F32,
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
    codes: U32, words: I32, starts: I32, ends: I32, scripts: U8, count: int,
    opening: U64, opening_numbers: I32, keys: U64, numbers: I32, longest: int,
    kind: U8, fold: U32, firsts: I32, lasts: I32, names: I32,
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
