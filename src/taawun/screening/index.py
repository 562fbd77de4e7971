"""The index of every listed name, as arrays on disk that are mapped into memory.

A name is taken apart once, when the index is built; its parts form the vocabulary, and for every
part the names that hold it are listed. What finds a part: its letters, the lexicon, its sound.

    folder/index.json      counts, format, and what it was built from
    folder/*.npy           one array each, mapped when the index is opened
    folder/text.bin        the names and parts as UTF-8, cut by offsets
"""

from __future__ import annotations

import mmap
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from taawun.errors import StoreError
from taawun.names import analyse
from taawun.names.lexicon import lexicon
from taawun.screening.vocabulary import Vocabulary, cuts

FORMAT = 5
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
EVERY_KIND = 7


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


def build(listed: Iterable[Listed], folder: Path) -> None:
    """Write the index of these names into an empty `folder`."""
    about = array("i"), array("b"), array("b"), array("h")
    sizes = array("i")
    vocabulary = Vocabulary()
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    with (folder / "text.bin").open("wb") as text:
        for row in listed:
            vocabulary.take(count, analyse(row.text, row.kind))
            _describe(row, *about)
            sizes.append(text.write(row.text.encode()))
            count += 1
        for key in vocabulary.keys:
            text.write(key.encode())
    entities, groups, flags, born = about
    hashes = np.array([hash_of(key) for key in vocabulary.keys], dtype=np.uint64)
    order = np.argsort(hashes, kind="stable").astype(np.int32)
    arrays = {
        "name_entity": np.frombuffer(entities, dtype=np.int32),
        "name_group": np.frombuffer(groups, dtype=np.uint8),
        "name_flags": np.frombuffer(flags, dtype=np.uint8),
        "name_born": np.frombuffer(born, dtype=np.int16).reshape(-1, 2),
        "name_starts": cuts(sizes),
        "part_hash": hashes[order],
        "part_order": order,
        **vocabulary.arrays(vocabulary.weights(count), count),
    }
    for label, values in arrays.items():
        np.save(folder / f"{label}.npy", values, allow_pickle=False)
    facts = {"made": edition(), "names": count, "parts": len(vocabulary.keys)}
    (folder / "index.json").write_bytes(orjson.dumps(facts))


def edition() -> str:
    """What an index depends on besides the lists: its format and the edition of the lexicon."""
    return f"{FORMAT}-{lexicon().edition}"


def _describe(
    row: Listed, entities: array[int], groups: array[int], flags: array[int], born: array[int]
) -> None:
    entities.append(row.entity)
    groups.append(KINDS.get(row.kind, EVERY_KIND))
    flags.append(WEAK * row.weak + PREVIOUS * row.previous)
    born.extend(row.born)


def hash_of(key: str) -> int:
    """A stable 64-bit hash of a part's key."""
    from hashlib import blake2b

    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "little")


class Index:
    """The index, opened. Arrays are mapped read-only: processes share them in the page cache."""

    def __init__(self, folder: Path) -> None:
        try:
            about = orjson.loads((folder / "index.json").read_bytes())
            if about.get("made") != edition():
                raise StoreError(
                    f"{folder.parent.name}: the index was made by another version of Taawun: "
                    "make it again with taawun lists index"
                )
            self.arrays = {
                label: np.load(folder / f"{label}.npy", mmap_mode="r", allow_pickle=False)
                for label in _ARRAYS
            }
            self.names: int = about["names"]
            self.parts: int = about["parts"]
            self._text = _mapped(folder / "text.bin")
            expected = int(self.arrays["name_starts"][-1]) + int(self.arrays["part_starts"][-1])
            if len(self._text) != expected:
                raise ValueError(f"text.bin: {len(self._text)} bytes, expected {expected}")
        except (OSError, ValueError, KeyError, EOFError, AttributeError, TypeError) as error:
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
