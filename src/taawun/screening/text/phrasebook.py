"""Listed names that a document may have word for word, found by one hash for each name.

What names of several words are in the index, and the names in scripts without spaces, which are
looked for letter by letter.
"""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

from taawun.jit import I32, U64
from taawun.screening.index import Index
from taawun.screening.text import kernels
from taawun.screening.text.alphabet import NUMBER, alphabet, codes_of

_UNSPACED = re.compile("[\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
LONGEST = 24


class Words:
    """The words of one stretch of text, as columns."""

    def __init__(self, text: str) -> None:
        letters = alphabet()
        self.codes = codes_of(text)
        room = len(self.codes) + 1
        self.starts = np.empty(room, np.int32)
        self.ends = np.empty(room, np.int32)
        self.hashes = np.empty(room, np.uint64)
        self.idents = np.empty(room, np.uint64)
        self.scripts = np.empty(room, np.uint8)
        self.written = np.empty(room, np.uint8)
        self.gaps = np.empty(room, np.uint8)
        self.count = int(
            kernels.tokenise(
                self.codes,
                letters.kind,
                letters.script,
                letters.upper,
                letters.fold,
                self.starts,
                self.ends,
                self.hashes,
                self.idents,
                self.scripts,
                self.written,
                self.gaps,
            )
        )


class Phrasebook:
    """`names` of hash number n are `owners[begins[n]:begins[n + 1]]`."""

    def __init__(self, index: Index) -> None:
        texts = [index.text(number) for number in range(index.names)]
        self.openings, keys, owners = _phrases(texts)
        self.keys, self.numbers, self.owners, self.begins = _grouped(keys, owners)
        letters, names = _unspaced(texts)
        self.letter_keys, self.letter_numbers, self.letter_owners, self.letter_begins = _grouped(
            _hashed(letters, "kana"), names
        )
        opening = np.unique(_hashed([word[:2] for word in letters], "hani"))
        self.opening_keys, self.opening_numbers = _table(opening)

    def names(self, number: int) -> list[int]:
        """The listed names that are these words."""
        found: list[int] = self.owners[self.begins[number] : self.begins[number + 1]].tolist()
        return found

    def names_of_letters(self, number: int) -> list[int]:
        """The listed names that are these letters."""
        begins = self.letter_begins
        found: list[int] = self.letter_owners[begins[number] : begins[number + 1]].tolist()
        return found


def _phrases(texts: list[str]) -> tuple[U64, U64, I32]:
    words = Words("\n".join(text.replace("\n", " ") for text in texts))
    lengths = np.fromiter((len(text) + 1 for text in texts), np.int64, len(texts))
    places = np.concatenate([[0], np.cumsum(lengths)])
    firsts = np.searchsorted(words.starts[: words.count], places).astype(np.int32)
    counts = np.diff(firsts).astype(np.int32)
    opening = np.zeros(len(texts), np.uint64)
    out = np.zeros(len(texts), np.uint64)
    owner = np.zeros(len(texts), np.int32)
    found = kernels.hash_phrases(words.hashes, firsts, len(texts), counts, opening, out, owner)
    return np.unique(opening[:found]), out[:found], owner[:found]


def _unspaced(texts: list[str]) -> tuple[list[str], I32]:
    words, names = [], []
    for number, text in enumerate(texts):
        if _UNSPACED.search(text):
            word = "".join(c for c in text if c.isalnum())
            if 2 <= len(word) <= LONGEST and all(map(_UNSPACED.match, word)):
                words.append(word)
                names.append(number)
    return words, np.array(names, np.int32)


def _hashed(words: list[str], script: str) -> U64:
    """Hashes of whole words under one script's number."""
    from taawun.screening.text.wordbook import hashes

    return hashes([(NUMBER[script], word) for word in words])


def _table(keys: U64) -> tuple[U64, I32]:
    from taawun.screening.text.wordbook import Table

    made = Table.of(keys, np.arange(len(keys), dtype=np.int32))
    return made.keys, made.numbers


def _grouped(keys: U64, owners: I32) -> tuple[U64, I32, I32, npt.NDArray[np.int64]]:
    """A table from key to group number, and the owners of each group."""
    unique, inverse = np.unique(keys, return_inverse=True)
    order = np.argsort(inverse, kind="stable")
    begins = np.zeros(len(unique) + 1, np.int64)
    np.cumsum(np.bincount(inverse, minlength=len(unique)), out=begins[1:])
    return *_table(unique), owners[order], begins
