"""The index of every listed name, as arrays on disk that are mapped into memory.

A name is taken apart once, when the index is built; its parts form the vocabulary, and for every
part the names that hold it are listed. What finds a part: its letters, the lexicon, its sound.

    folder/index.json      counts, format, and what it was built from
    folder/*.npy           one array each, mapped when the index is opened
    folder/text.bin        the names and parts as UTF-8, cut by offsets
"""

from __future__ import annotations

import mmap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from taawun.errors import StoreError
from taawun.names import analyse, company, person
from taawun.names.keys import kept_under
from taawun.names.part import Part, joined
from taawun.names.person import ASIDE, Name
from taawun.names.weights import Weigh, from_counts

FORMAT = 4
KINDS = {"person": 1, "company": 2, "vessel": 4}
_ARRAYS = (
    "name_entity", "name_group", "name_flags", "name_born", "name_total", "name_starts",
    "part_starts", "part_weight", "part_abjad", "part_known", "part_joined", "part_order",
    "part_hash",
    "letter_starts", "letters",
    "posting_starts", "postings", "posting_share",
    "row_part", "row_starts", "phones", "key_values", "key_starts", "key_rows",
    "class_values", "class_starts", "class_parts", "class_quality",
)  # fmt: skip
WEAK, PREVIOUS = 1, 2
JOINED = "+"  # marks a part that two neighbours make, written as one


@dataclass(frozen=True, slots=True)
class Listed:
    """One name to index: the number of its entity, its kind and how good a name it is.

    `born` are the first and last year in which its bearer may be born, 0 for unknown.
    """

    entity: int
    text: str
    kind: str
    weak: bool = False
    previous: bool = False
    born: tuple[int, int] = (0, 0)


def shares(name: Name, weigh: Weigh) -> list[tuple[float, bool]]:
    """What each part of a name weighs, and whether it counts towards the whole."""
    if name.kind != "person":
        return [(company.weight(said, weigh), True) for said in name.parts]
    return [
        (person.weight(said, weigh), place < ASIDE and not said.part.initial)
        for said, place in zip(name.parts, name.layout, strict=True)
    ]


class _Vocabulary:
    """Parts by key, and the names that hold each."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self.keys: list[str] = []
        self.parts: list[Part] = []
        self.names: list[dict[int, float]] = []

    def enter(self, part: Part, name: int, share: float, mark: str = "") -> None:
        key = mark + part.key
        number = self.numbers.get(key)
        if number is None:
            number = self.numbers[key] = len(self.parts)
            self.keys.append(key)
            self.parts.append(part)
            self.names.append({})
        held = self.names[number]
        held[name] = max(held.get(name, 0.0), share)


def build(listed: Iterable[Listed], folder: Path) -> None:
    """Write the index of these names into an empty `folder`."""
    rows = list(listed)
    names = [analyse(row.text, row.kind) for row in rows]
    counts: dict[str, int] = {}
    for name in names:
        for said in name.parts:
            counts[said.part.key] = counts.get(said.part.key, 0) + 1
    weigh = from_counts(counts, len(names))
    vocabulary = _Vocabulary()
    totals = np.zeros(len(rows), dtype=np.float32)
    for number, name in enumerate(names):
        weighed = shares(name, weigh)
        totals[number] = sum(own for own, counts_ in weighed if counts_)
        for said, (own, _) in zip(name.parts, weighed, strict=True):
            vocabulary.enter(said.part, number, own)
            if said.plain is not None:
                vocabulary.enter(said.plain, number, own)
        for at in range(len(name.parts) - 1):
            one, other = name.parts[at], name.parts[at + 1]
            if one.part.script == other.part.script and not one.part.initial:
                whole = joined((one.part, other.part))
                vocabulary.enter(whole, number, weighed[at][0] + weighed[at + 1][0], JOINED)
    arrays = _of_names(rows, totals) | _of_parts(vocabulary, weigh)
    folder.mkdir(parents=True, exist_ok=True)
    for label, array in arrays.items():
        np.save(folder / f"{label}.npy", array, allow_pickle=False)
    texts = [row.text.encode() for row in rows]
    forms = [key.encode() for key in vocabulary.keys]
    (folder / "text.bin").write_bytes(b"".join(texts) + b"".join(forms))
    about = {"format": FORMAT, "names": len(rows), "parts": len(forms)}
    (folder / "index.json").write_bytes(orjson.dumps(about))


def _cuts(pieces: Iterable[int], start: int = 0) -> npt.NDArray[np.int64]:
    lengths = np.fromiter(pieces, dtype=np.int64)
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64) + start


def _of_names(rows: list[Listed], totals: npt.NDArray[np.float32]) -> dict[str, Any]:
    return {
        "name_entity": np.array([row.entity for row in rows], dtype=np.int32),
        "name_group": np.array([KINDS.get(row.kind, 7) for row in rows], dtype=np.uint8),
        "name_flags": np.array(
            [WEAK * row.weak + PREVIOUS * row.previous for row in rows], dtype=np.uint8
        ),
        "name_born": np.array([row.born for row in rows], dtype=np.int16).reshape(-1, 2),
        "name_total": totals,
        "name_starts": _cuts(len(row.text.encode()) for row in rows),
    }


def _of_parts(vocabulary: _Vocabulary, weigh: Any) -> dict[str, Any]:
    parts = vocabulary.parts
    hashes = np.array([hash_of(key) for key in vocabulary.keys], dtype=np.uint64)
    order = np.argsort(hashes, kind="stable").astype(np.int32)
    letters = [
        part.form.encode() if part.script == "latn" and part.form.isascii() else b""
        for part in parts
    ]
    arrays: dict[str, Any] = {
        "part_weight": np.array([weigh(part) for part in parts], dtype=np.float32),
        "part_abjad": np.array([part.abjad for part in parts], dtype=np.uint8),
        "part_joined": np.array([key[0] == JOINED for key in vocabulary.keys], dtype=bool),
        "part_known": np.array([bool(part.classes) for part in parts], dtype=np.uint8),
        "part_starts": _cuts(len(key.encode()) for key in vocabulary.keys),
        "part_hash": hashes[order],
        "part_order": order,
        "letter_starts": _cuts(len(piece) for piece in letters),
        "letters": np.frombuffer(b"".join(letters), dtype=np.uint8),
        "posting_starts": _cuts(len(held) for held in vocabulary.names),
        "postings": np.array([n for held in vocabulary.names for n in held], dtype=np.int32),
        "posting_share": np.array(
            [s for held in vocabulary.names for s in held.values()], dtype=np.float32
        ),
    }
    return arrays | _sounds(vocabulary) | _classes(parts)


def _sounds(vocabulary: _Vocabulary) -> dict[str, Any]:
    parts = vocabulary.parts
    # two neighbours written as one are one row under whole skeletons: there are many of them
    rows = [
        (number, row)
        for number, part in enumerate(parts)
        for row in part.phones[: 1 if vocabulary.keys[number][0] == JOINED else 3]
    ]
    by_key: dict[int, list[int]] = {}
    first_row: dict[int, list[int]] = {}
    for at, (number, _) in enumerate(rows):
        first_row.setdefault(number, []).append(at)
    for number, own in first_row.items():
        joined_up = vocabulary.keys[number][0] == JOINED
        for key in kept_under(parts[number].skeleton, joined_up).tolist():
            by_key.setdefault(key, []).extend(own)
    ordered = sorted(by_key)
    return {
        "row_part": np.array([number for number, _ in rows], dtype=np.int32),
        "row_starts": _cuts(len(row) for _, row in rows),
        "phones": np.concatenate([row for _, row in rows] or [np.zeros(0, dtype=np.uint8)]),
        "key_values": np.array(ordered, dtype=np.uint64),
        "key_starts": _cuts(len(by_key[key]) for key in ordered),
        "key_rows": np.array([row for key in ordered for row in by_key[key]], dtype=np.int32),
    }


def _classes(parts: list[Part]) -> dict[str, Any]:
    """For each lexicon class the parts that are it, are kin to it or short for it."""
    by_class: dict[int, dict[int, float]] = {}
    for number, part in enumerate(parts):
        names = part.classes | part.surnames
        for quality, found in ((0.96, names), (0.84, part.kin), (0.74, part.short)):
            for label in found:
                held = by_class.setdefault(label, {})
                held[number] = max(held.get(number, 0.0), quality)
    ordered = sorted(by_class)
    return {
        "class_values": np.array(ordered, dtype=np.int32),
        "class_starts": _cuts(len(by_class[label]) for label in ordered),
        "class_parts": np.array([n for c in ordered for n in by_class[c]], dtype=np.int32),
        "class_quality": np.array(
            [q for c in ordered for q in by_class[c].values()], dtype=np.float32
        ),
    }


def hash_of(key: str) -> int:
    """A stable 64-bit hash of a part's key."""
    from hashlib import blake2b

    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "little")


class Index:
    """The index, opened. Arrays are mapped read-only: processes share them in the page cache."""

    def __init__(self, folder: Path) -> None:
        try:
            about = orjson.loads((folder / "index.json").read_bytes())
            if about.get("format") != FORMAT:
                raise StoreError(f"{folder.name}: index format {about.get('format')}, not {FORMAT}")
            self.arrays = {
                label: np.load(folder / f"{label}.npy", mmap_mode="r", allow_pickle=False)
                for label in _ARRAYS
            }
            self.names: int = about["names"]
            self.parts: int = about["parts"]
            self._text = _mapped(folder / "text.bin")
        except (OSError, ValueError, KeyError) as error:
            raise StoreError(f"{folder.name}: the index cannot be opened: {error}") from error
        # plain ndarray views: numba and slicing are slower on the memmap subclass
        self.arrays = {label: np.asarray(array) for label, array in self.arrays.items()}
        self._names_end = int(self.arrays["name_starts"][-1])

    def text(self, name: int) -> str:
        """A name as the list has it."""
        starts = self.arrays["name_starts"]
        return bytes(self._text[int(starts[name]) : int(starts[name + 1])]).decode()

    def part_key(self, number: int) -> str:
        """The key of a part of the vocabulary."""
        starts = self.arrays["part_starts"]
        base = self._names_end
        span = slice(base + int(starts[number]), base + int(starts[number + 1]))
        return bytes(self._text[span]).decode()

    def part_number(self, key: str) -> int:
        """The number of a part in the vocabulary, or -1."""
        hashes = self.arrays["part_hash"]
        wanted = np.uint64(hash_of(key))
        at = int(np.searchsorted(hashes, wanted))
        if at < len(hashes) and hashes[at] == wanted:
            number = int(self.arrays["part_order"][at])
            if self.part_key(number) == key:
                return number
        return -1

    def all_parts(self) -> Iterator[str]:
        """The keys of the vocabulary, in order."""
        return (self.part_key(number) for number in range(self.parts))


def _mapped(path: Path) -> Any:
    if path.stat().st_size == 0:
        return b""
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
