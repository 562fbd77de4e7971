"""The compiled inner loops of candidate search. Arrays in, arrays out.

Each has its twin in the tests: the same function with the JIT off, and a naive one in plain Python.
"""

from __future__ import annotations

import math

import numpy as np

from taawun.jit import F32, I16, I32, I64, U8, U64, kernel
from taawun.names.sounds import similarity


@kernel
def rows_of_keys(
    wanted: U64, keys: U64, starts: I64, rows: I32, seen: I32, stamp: int, out: I32
) -> int:
    """The rows that share a key with `wanted`, each once, into `out`; returns how many.

    `keys` (K,) sorted and unique; `rows[starts[k]:starts[k + 1]]` are the rows of key k. `seen`
    (rows) is scratch: a row is new when `seen[row] != stamp`.
    """
    found = 0
    for want in wanted:
        at = np.searchsorted(keys, want)
        if at < len(keys) and keys[at] == want:
            for place in range(starts[at], starts[at + 1]):
                row = rows[place]
                if seen[row] != stamp:
                    seen[row] = stamp
                    if found < len(out):
                        out[found] = row
                        found += 1
    return found


@kernel
def slips(a: U8, b: U8, most: int) -> int:
    """Optimal string alignment distance of two rows of letters, or `most + 1` when it is larger."""
    n, m = len(a), len(b)
    if abs(n - m) > most:
        return most + 1
    before = np.zeros(m + 1, dtype=np.int32)
    last = np.arange(m + 1).astype(np.int32)
    row = np.empty(m + 1, dtype=np.int32)
    for i in range(n):
        row[0] = i + 1
        least = i + 1
        for j in range(m):
            cost = 0 if a[i] == b[j] else 1
            value = min(last[j + 1] + 1, row[j] + 1, last[j] + cost)
            if i > 0 and j > 0 and a[i] == b[j - 1] and a[i - 1] == b[j]:
                value = min(value, before[j - 1] + 1)
            row[j + 1] = value
            least = min(least, value)
        if least > most:
            return most + 1
        before, last, row = last, row, before
    return int(last[m])


@kernel
def sounded(
    query: U8,
    letters: U8,
    abjad: bool,
    known: bool,
    candidates: I32,
    row_part: I32,
    row_starts: I64,
    phones: U8,
    part_abjad: U8,
    part_known: U8,
    letter_starts: I64,
    part_letters: U8,
    near: F32,
    gap: F32,
    edge: F32,
    weight: F32,
    least: float,
    scratch: F32,
    out_part: I32,
    out_alike: F32,
) -> int:
    """Of the candidate rows, the parts that sound or are typed alike; returns how many.

    `query` is one row of phones, `letters` its Latin letters (empty when it has none). Where both
    sides are known to the lexicon they were found through it, and are passed over here.
    """
    found = 0
    for place in range(len(candidates)):
        row = candidates[place]
        number = row_part[row]
        if known and part_known[number]:
            continue
        other = phones[row_starts[row] : row_starts[row + 1]]
        their = part_abjad[number] != 0
        if abjad == their:
            mode = 2 if abjad else 0
            alike = similarity(query, other, mode, near, gap, edge, weight, least, scratch)
        elif abjad:
            alike = similarity(query, other, 1, near, gap, edge, weight, least, scratch)
        else:
            alike = similarity(other, query, 1, near, gap, edge, weight, least, scratch)
        own = part_letters[letter_starts[number] : letter_starts[number + 1]]
        if alike < 0.97 and len(letters) >= 4 and len(own) >= 4:
            longer = max(len(letters), len(own))
            most = 1 if longer < 8 else 2
            typed = slips(letters, own, most)
            if typed <= most:
                alike = max(alike, 0.92 if typed == 1 else 0.87)
        if alike >= least and found < len(out_part):
            out_part[found] = number
            out_alike[found] = alike
            found += 1
    return found


@kernel
def gather(
    parts: I32,
    quality: F32,
    first: I64,
    weight: F32,
    starts: I64,
    postings: I32,
    shares: F32,
    total: F32,
    group: U8,
    born: I16,
    asked: F32,
    acc: F32,
    best: F32,
    seen: I32,
    touched: I32,
    out: I32,
    out_score: F32,
) -> int:
    """Names that may yet score enough, by what meets and what must contradict; returns how many.

    The query has `len(first) - 1` parts; `parts[first[p]:first[p + 1]]` are the vocabulary parts
    that meet part p with `quality`, and `weight[p]` is what it weighs. `postings` lists the names
    that hold a vocabulary part, `shares` how much of the name that part is, `total` (names) what
    the parts of a name weigh together, `group` (names) kind bits, `born` (names, 2) the first and
    last year of birth, 0 for unknown. `asked` holds: kind bits wanted, weight of the query, weight
    of a contradiction, weight that tells a name from others, points lost per missing weight, the
    log-odds to reach, the first and last year of birth (0 unknown), points for a year that fits,
    points lost for one that does not, points that other evidence may add, the most points that
    commonness may take.
    `acc`, `best`, `seen` (names) and `touched` are scratch, left as they were found.
    """
    wanted, total_query, conflict, telling, common, need = (
        int(asked[0]), asked[1], asked[2], asked[3], asked[4], asked[5],
    )  # fmt: skip
    born_first, born_last, fits, fits_not, other = asked[6], asked[7], asked[8], asked[9], asked[10]
    most = asked[11]
    count = 0
    for p in range(len(first) - 1):
        for place in range(first[p], first[p + 1]):
            number = parts[place]
            for at in range(starts[number], starts[number + 1]):
                name = postings[at]
                if group[name] & wanted == 0:
                    continue
                value = quality[place] * 0.5 * (weight[p] + shares[at])
                if seen[name] == -1:
                    touched[count] = name
                    count += 1
                    seen[name] = p
                    best[name] = value
                    acc[name] = value
                elif seen[name] != p:
                    seen[name] = p
                    best[name] = value
                    acc[name] += value
                elif value > best[name]:
                    acc[name] += value - best[name]
                    best[name] = value
    found = 0
    for place in range(count):
        name = touched[place]
        agreed = acc[name]
        seen[name] = -1
        acc[name] = 0.0
        against = min(max(total_query - agreed, 0.0), max(total[name] - agreed, 0.0))
        score = 0.97 * agreed / (agreed + conflict * against + 0.001)
        odds = math.log(score / (1.0 - score)) + other
        odds -= min(most, common * max(0.0, telling - agreed))
        if born_first > 0 and born[name, 0] > 0:
            if born[name, 0] <= born_last + 1 and born_first <= born[name, 1] + 1:
                odds += fits
            else:
                odds -= fits_not
        if odds >= need and found < len(out):
            out[found] = name
            out_score[found] = odds
            found += 1
    return found
