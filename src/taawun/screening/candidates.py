"""Which listed names are worth comparing with this one?

Built for recall. Every part of the asked name is looked up in the vocabulary of the index: by its
letters, through the lexicon, by its sound. The names that hold what was found are scored by what
they share and what must contradict, and the best are compared in full elsewhere.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from typing import Any

import numpy as np

from taawun.jit import F32, I32
from taawun.names import sounds
from taawun.names.keys import looked_under
from taawun.names.part import Part, joined
from taawun.names.person import Name
from taawun.names.tally import CONFLICT
from taawun.names.weights import Weigh, shipped
from taawun.screening import kernels, matcher
from taawun.screening.index import KINDS, Index
from taawun.screening.vocabulary import JOINED, shares, spoken

ANY = 7
MOST_NAMES = 400  # names that leave the first sieve
LEAST_ALIKE = 0.8
_MOST_ROWS = 6_000
_KEPT_PARTS = 20_000

_NO_LETTERS = np.zeros(0, dtype=np.uint8)


class Candidates:
    """The first sieve over one open index. One for each thread that searches."""

    def __init__(self, index: Index) -> None:
        self.index = index
        a = index.arrays
        self._seen_rows = np.zeros(len(a["row_part"]), dtype=np.int32)
        self._stamp = 0
        self._rows = np.empty(_MOST_ROWS, dtype=np.int32)
        self._out_part = np.empty(_MOST_ROWS, dtype=np.int32)
        self._out_alike = np.empty(_MOST_ROWS, dtype=np.float32)
        self._acc = np.zeros(index.names, dtype=np.float32)
        self._best = np.zeros(index.names, dtype=np.float32)
        self._seen = np.full(index.names, -1, dtype=np.int32)
        self._touched = np.empty(max(index.names, 1), dtype=np.int32)
        self._out = np.empty(max(index.names, 1), dtype=np.int32)
        self._score = np.empty(max(index.names, 1), dtype=np.float32)
        self._scratch = np.empty((2, sounds.LONGEST + 1), dtype=np.float32)
        self._met: OrderedDict[tuple[str, bool], tuple[I32, F32]] = OrderedDict()
        self._weights: dict[str, float] = {}

    def weigh(self, part: Part) -> float:
        """What a part weighs by the lists; one that no list has is as telling as can be."""
        found = self._weights.get(part.key)
        if found is None:
            number = self.index.part_number(part.key)
            if number >= 0:
                found = float(self.index.arrays["part_weight"][number])
            else:
                found = (1.3 + shipped(part)) / 2
            if len(self._weights) > 2 * _KEPT_PARTS:
                self._weights.clear()
            self._weights[part.key] = found
        return found

    def names(
        self, name: Name, kinds: int, reach: matcher.Reach, cutoff: float, most: int = MOST_NAMES
    ) -> list[tuple[int, float]]:
        """Numbers of listed names that may score `cutoff`, with the log-odds to hope for.

        Best first, at the most `most`. What evidence may add for the subject is its `reach`.
        """
        asked = _asked(name, self.weigh)
        if not asked:
            return []
        parts, quality, first = self._vocabulary(asked)
        weight = np.array([w for _, w, _, _ in asked], dtype=np.float32)
        total = sum(own for own, counts in shares(name, self.weigh) if counts)
        held = min(max(cutoff, 0.05), 0.95)
        wanted = np.array(
            [
                kinds, total, CONFLICT, _telling(kinds), matcher.COMMON,
                math.log(held / (1 - held)),
                *reach.born, reach.fits, reach.fits_not, reach.other, matcher.COMMON_MOST,
            ],
            dtype=np.float32,
        )  # fmt: skip
        a = self.index.arrays
        count = kernels.gather(
            parts, quality, first, weight,
            a["posting_starts"], a["postings"], a["posting_share"], a["name_total"],
            a["name_group"], a["name_born"], wanted,
            self._acc, self._best, self._seen, self._touched, self._out, self._score,
        )  # fmt: skip
        found, score = self._out[:count], self._score[:count]
        if count > most:
            top = np.argpartition(-score, most)[:most]
            found, score = found[top], score[top]
        order = np.lexsort((found, -score))
        return [(int(found[at]), float(score[at])) for at in order]

    def _vocabulary(self, asked: list[tuple[Part, float, bool, bool]]) -> tuple[I32, F32, Any]:
        met = [self._meeting(part, whole, heard) for part, _, whole, heard in asked]
        first = np.zeros(len(met) + 1, dtype=np.int64)
        np.cumsum([len(numbers) for numbers, _ in met], out=first[1:])
        return (
            np.concatenate([numbers for numbers, _ in met]),
            np.concatenate([quality for _, quality in met]),
            first,
        )

    def _meeting(self, part: Part, whole: bool, heard: bool = True) -> tuple[I32, F32]:
        """The parts of the vocabulary that meet this one, and how well."""
        key = (part.key, whole)
        found = self._met.get(key)
        if found is None:
            found = self._look_up(part, whole, heard)
            self._met[key] = found
            if len(self._met) > _KEPT_PARTS:
                self._met.popitem(last=False)
        else:
            self._met.move_to_end(key)
        return found

    def _look_up(self, part: Part, whole: bool, heard: bool) -> tuple[I32, F32]:
        numbers: list[I32] = []
        quality: list[F32] = []
        for mark in ("",) if whole else ("", JOINED):
            number = self.index.part_number(mark + part.key)
            if number >= 0:
                numbers.append(np.array([number], dtype=np.int32))
                quality.append(np.ones(1, dtype=np.float32))
        names = part.classes | part.surnames
        for classes, ceiling in ((names, 1.0), (part.kin, 0.84), (part.short, 0.74)):
            for label in classes:
                held, how = self._of_class(label)
                numbers.append(held)
                quality.append(np.minimum(how, ceiling).astype(np.float32))
        if part.phones and heard:
            self._by_sound(part, whole, numbers, quality)
        if not numbers:
            return np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.float32)
        all_numbers, all_quality = np.concatenate(numbers), np.concatenate(quality)
        if whole:
            kept = ~self.index.arrays["part_joined"][all_numbers]
            all_numbers, all_quality = all_numbers[kept], all_quality[kept]
        return all_numbers, all_quality

    def _of_class(self, label: int) -> tuple[I32, F32]:
        a = self.index.arrays
        at = int(np.searchsorted(a["class_values"], label))
        if at == len(a["class_values"]) or a["class_values"][at] != label:
            return np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.float32)
        span = slice(int(a["class_starts"][at]), int(a["class_starts"][at + 1]))
        return a["class_parts"][span], a["class_quality"][span]

    def _by_sound(self, part: Part, whole: bool, numbers: list[I32], quality: list[F32]) -> None:
        a, t = self.index.arrays, sounds.tables()
        self._stamp += 1
        # two words written as one are looked for as they are, not with a consonant left out
        count = kernels.rows_of_keys(
            looked_under(part.skeleton, whole), a["key_values"], a["key_starts"], a["key_rows"],
            self._seen_rows, self._stamp, self._rows,
        )  # fmt: skip
        letters = _NO_LETTERS
        if part.script == "latn" and part.form.isascii():
            letters = np.frombuffer(part.form.encode(), dtype=np.uint8)
        for row in part.phones[: 1 if whole else 3]:
            found = kernels.sounded(
                row, letters, part.abjad, bool(part.classes), self._rows[:count],
                a["row_part"], a["row_starts"], a["phones"], a["part_abjad"], a["part_known"],
                a["letter_starts"], a["letters"], t.near, t.gap, t.edge, t.weight,
                LEAST_ALIKE, self._scratch, self._out_part, self._out_alike,
            )  # fmt: skip
            numbers.append(self._out_part[:found].copy())
            quality.append(_quality(self._out_alike[:found]))


def _quality(alike: F32) -> F32:
    return np.interp(alike, (0.8, 0.86, 0.92, 0.97, 1.0), (0.45, 0.68, 0.85, 0.94, 0.95)).astype(
        np.float32
    )


def _asked(name: Name, weigh: Weigh) -> list[tuple[Part, float, bool, bool]]:
    """The parts to look up: each with its weight, whether it is a whole that only parts may be,
    and whether it is also looked for by its sound.

    Two long words written as one are looked for by their letters alone; short ones (Jong Un) are
    spelt in too many ways for that.
    """
    out: list[tuple[Part, float, bool, bool]] = []
    weights = [own for own, _ in shares(name, weigh)]
    for said, weight in zip(name.parts, weights, strict=True):
        if said.part.initial:
            continue
        out.append((said.part, weight, False, True))
        if said.plain is not None:
            out.append((said.plain, weight, True, True))
    for at in range(len(name.parts) - 1):
        one, other = spoken(name.parts[at]), spoken(name.parts[at + 1])
        if one.script == other.script and one.phones and other.phones and not one.initial:
            heard = one.script != "latn" or min(len(one.form), len(other.form)) <= 4
            out.append((joined((one, other)), weights[at] + weights[at + 1], True, heard))
    return out


def _telling(kinds: int) -> float:
    """The least that is asked of a name of these kinds."""
    return min(matcher.TELLING[kind] for kind, bit in KINDS.items() if bit & kinds)


def kinds_of(kind: str) -> int:
    """The kinds of listed names that a subject of this kind may be, as bits."""
    return KINDS.get(kind, ANY)
