"""The vocabulary of an index while it is built: every part of every listed name, as numbers.

A name is taken apart once and forgotten; what is kept of a part is what the index needs of it
(letters, sounds, lexicon classes), in arrays rather than objects: there are tens of thousands.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from taawun.names import company, person
from taawun.names.acronym import acronyms
from taawun.names.keys import kept_under
from taawun.names.part import Part, run_together
from taawun.names.person import ASIDE, Name, Said
from taawun.names.weights import Weigh, blended, shipped

MOST_ROWS = 4  # readings of one part that are kept
JOINED = "+"  # marks a part that two neighbours make, written as one
ACRONYM = 1.2  # what the initials of a company weigh: as much as a rare word
UNWEIGHED = -1.0  # what a part weighs depends on how common it is


def shares(name: Name, weigh: Weigh) -> list[tuple[float, bool]]:
    """What each part of a name weighs, and whether it counts towards the whole."""
    if name.kind != "person":
        return [(company.weight(said, weigh), True) for said in name.parts]
    return [
        (person.weight(said, weigh), place < ASIDE and not said.part.initial)
        for said, place in zip(name.parts, name.layout, strict=True)
    ]


def spoken(said: Said) -> Part:
    """The word itself where a part stands for its concept."""
    return said.plain if said.plain is not None else said.part


def cuts(pieces: Iterable[int]) -> npt.NDArray[np.int64]:
    """Where pieces of these lengths begin, laid end to end; and where the last one ends."""
    lengths = np.fromiter(pieces, dtype=np.int64)
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)


class Vocabulary:
    """Parts by key, and which names hold each.

    One entry for every part of every name: the part, the name, what it weighs where that does not
    depend on how common it is (else UNWEIGHED), whether it counts towards the whole, and for two
    neighbours written as one the entry of the first.
    """

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self.keys: list[str] = []
        self.alone, self.seen = array("f"), array("i")
        self.abjad, self.known = bytearray(), bytearray()
        self.letters, self.letter_sizes = bytearray(), array("i")
        self.rows, self.row_sizes, self.row_part = bytearray(), array("i"), array("i")
        self.sound_keys, self.sound_rows = array("Q"), array("i")
        self.labels, self.label_part, self.label_quality = array("i"), array("i"), array("f")
        self.held_part, self.held_name = array("i"), array("i")
        self.fixed, self.counted, self.first = array("f"), array("b"), array("i")

    def take(self, name: int, parted: Name) -> None:
        """Keep a name: its parts, the plain words behind concepts, its neighbours as one."""
        begin = len(self.held_part)
        weighed = shares(parted, lambda _: UNWEIGHED)
        for said, (own, counted) in zip(parted.parts, weighed, strict=True):
            number = self._number(said.part)
            self.seen[number] += 1
            self._hold(number, name, own, counted)
        for said, (own, _) in zip(parted.parts, weighed, strict=True):
            if said.plain is not None:
                self._hold(self._number(said.plain), name, own, False)
        for at in range(len(parted.parts) - 1):
            one, other = spoken(parted.parts[at]), spoken(parted.parts[at + 1])
            if one.script == other.script and one.phones and other.phones and not one.initial:
                both = self._number(run_together(one, other), JOINED)
                self._hold(both, name, UNWEIGHED, False, begin + at)

        if parted.kind == "company":
            for letters in acronyms(parted.text.split()):
                if 3 <= len(letters) <= 8:
                    form = letters.casefold()
                    whole = Part("latn", form, (form,), ("names.acronym",), (), key=f"latn:{form}")
                    self._hold(self._number(whole, JOINED), name, ACRONYM, False)

    def _hold(self, part: int, name: int, own: float, counted: bool, first: int = -1) -> None:
        self.held_part.append(part)
        self.held_name.append(name)
        self.fixed.append(own)
        self.counted.append(counted)
        self.first.append(first)

    def _number(self, part: Part, mark: str = "") -> int:
        """The number under which a part is known, now or already."""
        key = mark + part.key
        found = self.numbers.get(key)
        if found is None:
            found = self.numbers[key] = len(self.keys)
            self.keys.append(key)
            self._describe(found, part, joined=bool(mark))
        return found

    def _describe(self, number: int, part: Part, joined: bool) -> None:
        """Keep of a new part what the index needs."""
        self.alone.append(shipped(part))
        self.seen.append(0)
        self.abjad.append(part.abjad)
        self.known.append(bool(part.classes))
        letters = part.form.encode() if part.script == "latn" and part.form.isascii() else b""
        self.letters += letters
        self.letter_sizes.append(len(letters))
        keys = kept_under(part.skeleton, joined).tolist() if part.phones else []
        # two neighbours written as one are one row under whole skeletons: there are many of them
        for phones in part.phones[: 1 if joined else MOST_ROWS]:
            row = len(self.row_part)
            self.row_part.append(number)
            self.rows += phones.tobytes()
            self.row_sizes.append(len(phones))
            for key in keys:
                self.sound_keys.append(key)
                self.sound_rows.append(row)
        names = part.classes | part.surnames
        for quality, labels in ((0.96, names), (0.84, part.kin), (0.74, part.short)):
            for label in labels:
                self.labels.append(label)
                self.label_part.append(number)
                self.label_quality.append(quality)

    def weights(self, names: int) -> npt.NDArray[np.float32]:
        """What each part weighs among `names` names."""
        pairs = zip(self.seen, self.alone, strict=True)
        return np.array([blended(seen, names, alone) for seen, alone in pairs], dtype=np.float32)

    def arrays(self, weight: npt.NDArray[np.float32], names: int) -> dict[str, Any]:
        """Everything of the index but what is the names' own (and `name_total`)."""
        part = np.frombuffer(self.held_part, dtype=np.int32)
        share = self._shares(part, weight)
        name = np.frombuffer(self.held_name, dtype=np.int32)
        counted = np.frombuffer(self.counted, dtype=np.int8).astype(bool)
        total = np.bincount(name[counted], weights=share[counted], minlength=names)
        order = np.argsort(part, kind="stable")
        sizes = np.bincount(part, minlength=len(self.keys))
        return {
            "name_total": total.astype(np.float32),
            "posting_starts": cuts(sizes),
            "postings": name[order],
            "posting_share": share[order],
            "part_weight": weight,
            "part_abjad": np.frombuffer(self.abjad, dtype=np.uint8),
            "part_known": np.frombuffer(self.known, dtype=np.uint8),
            "part_joined": np.array([key[0] == JOINED for key in self.keys], dtype=bool),
            "part_starts": cuts(len(key.encode()) for key in self.keys),
            "letter_starts": cuts(self.letter_sizes),
            "letters": np.frombuffer(self.letters, dtype=np.uint8),
            **self._sounds(),
            **self._classes(),
        }

    def _shares(
        self, part: npt.NDArray[np.int32], weight: npt.NDArray[np.float32]
    ) -> npt.NDArray[np.float32]:
        share = np.frombuffer(self.fixed, dtype=np.float32).copy()
        unweighed = share == UNWEIGHED
        share[unweighed] = weight[part[unweighed]]
        first = np.frombuffer(self.first, dtype=np.int32)
        pairs = np.flatnonzero(first >= 0)
        share[pairs] = share[first[pairs]] + share[first[pairs] + 1]
        return share

    def _sounds(self) -> dict[str, Any]:
        keys = np.frombuffer(self.sound_keys, dtype=np.uint64)
        order = np.argsort(keys, kind="stable")
        values, sizes = np.unique(keys, return_counts=True)
        return {
            "row_part": np.frombuffer(self.row_part, dtype=np.int32),
            "row_starts": cuts(self.row_sizes),
            "phones": np.frombuffer(self.rows, dtype=np.uint8),
            "key_values": values,
            "key_starts": cuts(sizes),
            "key_rows": np.frombuffer(self.sound_rows, dtype=np.int32)[order],
        }

    def _classes(self) -> dict[str, Any]:
        """For each lexicon class the parts that are it, are kin to it or short for it."""
        labels = np.frombuffer(self.labels, dtype=np.int32)
        order = np.argsort(labels, kind="stable")
        values, sizes = np.unique(labels, return_counts=True)
        return {
            "class_values": values,
            "class_starts": cuts(sizes),
            "class_parts": np.frombuffer(self.label_part, dtype=np.int32)[order],
            "class_quality": np.frombuffer(self.label_quality, dtype=np.float32)[order],
        }
