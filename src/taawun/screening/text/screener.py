"""Which listed names does this document mention?

Text is read in blocks that end with a sentence. Words get numbers, numbers what they may be on the
lists; stretches of such words are compared with the names they share; the sentence around speaks
for or against; and who was named in full is known again by the family name alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from taawun.names.part import part
from taawun.screening.candidates import Candidates
from taawun.screening.screener import Screener
from taawun.screening.subject import MATCH_THRESHOLD
from taawun.screening.text import kernels, passes
from taawun.screening.text.again import Memory
from taawun.screening.text.alphabet import CASED, DOT, NUMBER, SCRIPTS, alphabet
from taawun.screening.text.block import Block, blocks
from taawun.screening.text.mention import MOST_EACH, Asked, Mention, Row, longest, placed
from taawun.screening.text.phrasebook import Phrasebook
from taawun.screening.text.stretch import Found, Stretches, Word
from taawun.screening.text.weighing import Weighing
from taawun.screening.text.wordbook import Wordbook

CUTOFF = 0.5  # what scores less is not shown
AGAIN, AGAIN_WITHIN = -1.1, 60_000
FAINT = 0.25  # a mention that only counts where the same entity is named in full before
_MOST_KEPT = 200_000

_Columns = tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], npt.NDArray[np.uint64]]
_AROUND = 40


class TextScreener:
    """Finds listed names in documents. One for each thread; the index behind it is shared."""

    def __init__(self, screener: Screener) -> None:
        self.screener = screener
        self.index = screener.index
        self.phrases = Phrasebook(self.index)
        self._sieve = Candidates(self.index)
        self._new_book()

    @classmethod
    def open(cls, home: Path) -> TextScreener:
        """Open the index in force under `home`. Raises NotFound, StoreError."""
        return cls(Screener.open(home))

    def mentions(
        self,
        text: str,
        *,
        kind: str = "",
        threshold: float = MATCH_THRESHOLD,
        cutoff: float = CUTOFF,
    ) -> tuple[Mention, ...]:
        """Every mention in a text, in its order; of one place the best first.

        `kind` keeps to persons, companies or vessels. Offsets are str indices.
        """
        return tuple(self.stream([text], kind=kind, threshold=threshold, cutoff=cutoff))

    def stream(
        self,
        pieces: Iterable[str],
        *,
        kind: str = "",
        threshold: float = MATCH_THRESHOLD,
        cutoff: float = CUTOFF,
    ) -> Iterator[Mention]:
        """The mentions in a document that comes in pieces, as they are found."""
        asked, document, offset = Asked(kind, threshold, cutoff), Memory(self._book, self._sieve), 0
        for block in blocks(pieces):
            if self._book.full:
                self._new_book()
                document = Memory(self._book, self._sieve)
            yield from self._read(block, offset, asked, document)
            offset += len(block)

    def _new_book(self) -> None:
        self._book = Wordbook(self._sieve, self.phrases.openings)
        self._weighing = Weighing(self.screener.book, self._book)
        self._stretches = Stretches(self._book, self._sieve)
        self._runs: dict[int, list[Found]] = {}
        self._beside: dict[tuple[int, int, int], list[Found]] = {}
        self._placed: dict[int, list[tuple[int, int, int, int, list[tuple[float, Mention]]]]] = {}
        self._placed_for: tuple[Any, ...] = ()
        self._side: dict[int, bool] = {}

    # One block

    def _read(self, text: str, offset: int, asked: Asked, document: Memory) -> Iterator[Mention]:
        block = Block(text, self._book)
        if not block.count:
            return
        document.year = document.year or _year(text)
        if len(self._runs) > _MOST_KEPT:
            self._runs.clear()
            self._beside.clear()
            self._placed.clear()
        self._resolve(block)
        if (asked, document.year) != self._placed_for:
            self._placed, self._placed_for = {}, (asked, document.year)
        taken = longest([*self._in_words(block, asked, document), *self._in_letters(block, asked)])
        taken = document.settled(taken, offset, asked)
        taken += document.named_again(block, offset, taken, asked)
        taken.sort(key=lambda each: each[:2])
        for start, end, mentions in taken:
            for score, made in mentions:
                yield placed(
                    made, start + offset, end + offset, text[start:end], score, asked.threshold
                )

    def _resolve(self, block: Block) -> None:
        book = self._book
        room = np.empty(block.count, np.int32)
        count = passes.mark(
            block.words, block.scripts, block.written, block.gaps, block.count,
            book.traits, book.state, block.lower, room,
        )  # fmt: skip
        for place in room[:count].tolist():
            book.look_up(int(block.words[place]), block.raw(place))

    def _in_words(self, block: Block, asked: Asked, document: Memory) -> Iterator[Row]:
        """Mentions in stretches of words and in names that stand word for word."""
        heard, written = self._stretches_of(block), self._word_for_word(block)
        firsts = np.concatenate([heard[0], written[0]])
        lasts = np.concatenate([heard[1], written[1]])
        keys = np.concatenate([heard[2], written[2]])
        whole = np.empty(len(firsts), np.uint64)
        passes.around(
            firsts, lasts, keys, block.words, block.written, block.gaps, block.breaking,
            self._book.traits, block.count, _AROUND, whole,
        )  # fmt: skip
        for first, last, key, own in zip(
            firsts.tolist(), lasts.tolist(), whole.tolist(), keys.tolist(), strict=True
        ):
            held = self._placed.get(key)
            if held is None:
                if len(self._placed) > _MOST_KEPT:
                    self._placed.clear()
                held = self._placed[key] = self._weighed_in(
                    block, own, first, last, asked, document
                )
            for begin, end, head, tail, rows in held:
                yield (
                    block.after_letters(first + begin, head),
                    block.before_letters(first + end, tail),
                    rows,
                )  # fmt: skip

    def _weighed_in(
        self, block: Block, key: int, first: int, last: int, asked: Asked, document: Memory
    ) -> list[tuple[int, int, int, int, list[tuple[float, Mention]]]]:
        """What a stretch mentions in its sentence: words, letters to cut, and who it may be."""
        out = []
        for group in _apart(self._with_neighbours(block, key, first, last)):
            start, end = first + group[0].first, first + group[0].last
            said = self._weighing.sentence(block, start, end)
            opens = bool(block.gaps[start] >= DOT and block.scripts[start] in CASED)
            rows = self._weighing.weighed(group, said, start, end, asked, document.year, opens)
            kept = [row for row in rows if row[0] >= min(asked.cutoff, FAINT)][:MOST_EACH]
            if kept:
                out.append(
                    (
                        group[0].first,
                        group[0].last,
                        kept[0][2],
                        kept[0][3],
                        [row[:2] for row in kept],
                    )
                )
        return out

    def _stretches_of(self, block: Block) -> _Columns:
        """Stretches in which something was found: first and last word, and key."""
        book = self._book
        firsts, lasts = np.empty(block.count, np.int32), np.empty(block.count, np.int32)
        keys = np.empty(block.count, np.uint64)
        count = passes.runs(
            block.words, block.scripts, block.written, block.gaps, block.starts, block.ends,
            block.count, book.traits, book.state, book.lead, block.lower, firsts, lasts, keys,
        )  # fmt: skip
        unique, where, inverse = np.unique(keys[:count], return_index=True, return_inverse=True)
        promising = np.zeros(len(unique), bool)
        for number, (key, at) in enumerate(zip(unique.tolist(), where.tolist(), strict=True)):
            found = self._runs.get(key)
            if found is None:
                found = self._runs[key] = self._evaluated(block, int(firsts[at]), int(lasts[at]))
            promising[number] = bool(found)
        kept = promising[inverse] if count else promising
        return firsts[:count][kept], lasts[:count][kept], keys[:count][kept]

    def _evaluated(self, block: Block, first: int, last: int) -> list[Found]:
        words = block.stretch(first, last, self._book)
        best: dict[int, Found] = {}
        for number in self._stretches.names(words):
            found = self._stretches.compared(words, number)
            if found is not None and self._stands(words, found):
                held = best.get(found.entity)
                if held is None or found.comparison.score > held.comparison.score:
                    best[found.entity] = found
        return list(best.values())

    def _stands(self, words: list[Word], found: Found) -> bool:
        """Whether one word alone may be a mention: a whole listed name that is no given name."""
        if found.last > found.first:
            return True
        word = words[found.first]
        if found.comparison.only_b or len(word.text) < 3:
            return False
        if word.traits & (kernels.ORDINARY | kernels.TITLE):
            return False
        if found.kind == "person":
            known = part(SCRIPTS[word.script], word.text) if word.script < len(SCRIPTS) else None
            return (
                len(word.text) >= 5
                and found.comparison.same_letters
                and not (known and known.classes)
            )
        return True

    def _with_neighbours(self, block: Block, key: int, first: int, last: int) -> list[Found]:
        found = self._runs[key]
        out = []
        words: list[Word] | None = None
        for each in found:
            start, end = first + each.first, first + each.last
            before = block.name_beside(start - 1, start, self._book)
            after = block.name_beside(end + 1, end + 1, self._book)
            if each.first == each.last and block.in_longer(start, self._book):
                continue
            if (before is None and after is None) or each.kind != "person":
                out.append(each)
                continue
            cached = (
                key ^ each.name,
                -1 if before is None else before.number,
                -1 if after is None else after.number,
            )
            made = self._beside.get(cached)
            if made is None:
                words = words or block.stretch(first, last, self._book)
                made = self._beside[cached] = [self._stretches.longer(each, before, after)]
            out += made
        return out

    def _word_for_word(self, block: Block) -> _Columns:
        """Names of several words that stand in the text as the list has them."""
        room = max(block.count, 16)
        firsts, sizes, names = (np.empty(room, np.int32) for _ in range(3))
        count = int(
            passes.phrases(
                block.words, block.hashes, block.gaps, block.count, self._book.phrase,
                self.phrases.keys, self.phrases.numbers, firsts, sizes, names,
            )
        )  # fmt: skip
        keys = np.empty(count, np.uint64)
        kept = np.zeros(count, bool)
        for at in range(count):
            first, last, name = int(firsts[at]), int(firsts[at] + sizes[at]) - 1, int(names[at])
            key = keys[at] = ~np.uint64((int(block.words[first]) << 32) | name)
            if not block.is_named(first, last):
                continue
            found = self._runs.get(int(key))
            if found is None:
                words = block.stretch(first, last, self._book)
                made = (
                    self._stretches.compared(words, number, (0, last - first))
                    for number in self.phrases.names(name)[: MOST_EACH * 4]
                )
                found = self._runs[int(key)] = [each for each in made if each is not None]
            kept[at] = bool(found)
        firsts, lasts = firsts[:count], firsts[:count] + sizes[:count] - 1
        return firsts[kept], lasts.astype(np.int32)[kept], keys[kept]

    # From a listed name to a mention

    # Names in scripts without spaces

    def _in_letters(self, block: Block, asked: Asked) -> list[Row]:
        if not block.unspaced:
            return []
        letters, book = alphabet(), self.phrases
        room = max(len(block.codes), 16)
        firsts, lasts, names = (np.empty(room, np.int32) for _ in range(3))
        count = passes.substrings(
            block.codes, block.starts, block.ends, block.scripts, block.count,
            book.opening_keys, book.opening_numbers, book.letter_keys, book.letter_numbers, 24,
            letters.kind, letters.fold, firsts, lasts, names,
        )  # fmt: skip
        out: list[Row] = []
        for at in range(count):
            text = block.text[int(firsts[at]) : int(lasts[at])]
            rows: list[tuple[float, Mention, int, int]] = []
            for number in book.names_of_letters(int(names[at]))[: MOST_EACH * 2]:
                words = [Word(text, 0, -1, 0, 0, NUMBER["hani"])]
                found = self._stretches.compared(words, number, (0, 0))
                if found is not None:
                    rows += self._weighing.weighed([found], (), 0, 0, asked, 0)
            rows.sort(key=lambda row: (-row[0], row[1].entity))
            kept = [(score, made) for score, made, _, _ in rows if score >= asked.cutoff]
            if kept:
                out.append((int(firsts[at]), int(lasts[at]), kept[:MOST_EACH]))
        return out


def _apart(found: list[Found]) -> list[list[Found]]:
    """What was found in a stretch, by the words it takes."""
    groups: dict[tuple[int, int], list[Found]] = {}
    for each in found:
        groups.setdefault((each.first, each.last), []).append(each)
    return list(groups.values())


_YEAR = re.compile(r"(?<![0-9])(?:19[5-9][0-9]|20[0-4][0-9])(?![0-9])")
_HEAD = 600


def _year(text: str) -> int:
    """The year of a document: the latest in its first lines, 0 where there is none."""
    return max(map(int, _YEAR.findall(text[:_HEAD])), default=0)
