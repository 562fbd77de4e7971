"""A block of text with the numbers of its words: its sentences, and what stands beside what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from taawun.names.lexicon import lexicon
from taawun.names.part import part
from taawun.screening.text import classify, kernels
from taawun.screening.text.alphabet import CASED, DOT, LETTER, LIMIT, NUMBER, STOP, alphabet
from taawun.screening.text.phrasebook import Words
from taawun.screening.text.stretch import Word
from taawun.screening.text.wordbook import Wordbook, plain
from taawun.screening.text.wordlist import form, word_list

BLOCK, LOOK_BACK = 400_000, 20_000
_AROUND = 40


def blocks(pieces: Iterable[str]) -> Iterator[str]:
    """The text again in blocks that end with a sentence where there is one."""
    held = ""
    for piece in pieces:
        held += piece
        at = 0
        while len(held) - at > BLOCK + LOOK_BACK:
            cut = _cut(held, at + BLOCK)
            yield held[at:cut]
            at = cut
        held = held[at:]
    if held:
        yield held


def _cut(text: str, at: int) -> int:
    for mark in ("\n\n", ".\n", ". ", "؟ ", "! ", "? ", "\n", "。", "، ", " "):
        found = text.rfind(mark, at - LOOK_BACK, at)
        if found > 0:
            return found + len(mark)
    return at


class Block(Words):
    """A block of text with the numbers of its words."""

    def __init__(self, text: str, book: Wordbook) -> None:
        super().__init__(text)
        self.text = text
        self.words = np.empty(self.count, np.int32)
        fresh = np.empty(self.count, np.int32)
        book.room(self.count)
        new = kernels.look_up(
            self.idents,
            self.count,
            book.table.keys,
            book.table.numbers,
            book.count,
            self.words,
            fresh,
        )
        classify.classify(
            self.codes, fresh, new, self.starts, self.ends, self.scripts, book.alphabet.kind,
            book.alphabet.fold, book.known.keys, book.known.numbers, book.families,
            book.sounds.keys, book.sounds.numbers, book.count, book.traits, book.phrase,
        )  # fmt: skip
        book.count += int(new)
        scripts = self.scripts[: self.count]
        self.unspaced = bool(((scripts >= kernels.HANI) & (scripts <= kernels.KANA)).any())
        cased = np.isin(scripts, list(CASED))
        capitals = int((self.written[: self.count][cased] & kernels.CAPITAL).astype(bool).sum())
        total = int(cased.sum())
        # nothing but capitals, or none, tells nothing
        self.lower = total > 0 and (
            (capitals > 0.8 * total and total > 20) or capitals < 0.02 * total
        )
        gaps = self.gaps[: self.count]
        before = np.zeros(self.count, bool)
        before[1:] = (book.traits[self.words[:-1]] & kernels.TITLE).astype(bool) | (
            (self.ends[: self.count] - self.starts[: self.count])[:-1] == 1
        )
        breaks = (gaps == STOP) | ((gaps == DOT) & ~before)
        self.breaking = breaks.astype(np.uint8)
        self.breaks = np.flatnonzero(breaks).astype(np.int64)

    def place(self, at: int) -> int:
        """The word at an offset."""
        return int(np.searchsorted(self.starts[: self.count], at, "right")) - 1

    def raw(self, place: int) -> str:
        return self.text[int(self.starts[place]) : int(self.ends[place])]

    def word(self, place: int, book: Wordbook) -> Word:
        number = int(self.words[place])
        return Word(
            self.raw(place), int(self.gaps[place]), number, int(book.traits[number]),
            int(self.written[place]), int(self.scripts[place]),
        )  # fmt: skip

    def stretch(self, first: int, last: int, book: Wordbook) -> list[Word]:
        return [self.word(place, book) for place in range(first, last + 1)]

    def sentence(self, first: int, last: int) -> tuple[int, int]:
        """The words of the sentence around these, at most so many on each side."""
        at = int(np.searchsorted(self.breaks, first, "right"))
        begin = int(self.breaks[at - 1]) if at else 0
        after = int(np.searchsorted(self.breaks, last, "right"))
        end = int(self.breaks[after]) if after < len(self.breaks) else self.count
        return max(begin, first - _AROUND), min(end, last + _AROUND)

    def name_beside(self, place: int, gap_at: int, book: Wordbook) -> Word | None:
        """The word beside a name, when it stands there as another part of the name."""
        if not 0 <= place < self.count or gap_at >= self.count or self.gaps[gap_at] > kernels.GLUED:
            return None
        word = self.word(place, book)
        if word.traits & (
            kernels.ORDINARY
            | kernels.TITLE
            | kernels.CONNECT
            | kernels.NASAB
            | kernels.CONCEPT
            | kernels.SERVANT
            | kernels.FAITH
        ):
            return None
        script, bare = plain(word.text)
        if not bare or script not in NUMBER or word_list().said.get(form(bare)):
            return None
        if any(mark in word.text for mark in "'’") and place < gap_at:
            return None
        known = part(script, bare)
        if self.scripts[place] in CASED:
            if not word.written & kernels.CAPITAL:
                return None
            starts = self.gaps[place] >= DOT and place < gap_at
            return word if known.classes or known.surnames or not starts else None
        return word if known.classes and known.common >= 0 and is_given(known) else None

    def in_longer(self, place: int, book: Wordbook) -> bool:
        """Whether another capitalised word stands beside one: it is a piece of another name."""
        if self.scripts[place] not in CASED or self.lower:
            return False
        for other, gap_at in ((place - 1, place), (place + 1, place + 1)):
            if not 0 <= other < self.count or self.gaps[gap_at] > kernels.GLUED:
                continue
            word = self.word(other, book)
            if self.scripts[other] not in CASED or not word.written & kernels.CAPITAL:
                continue
            if word.traits & (kernels.ORDINARY | kernels.TITLE):
                continue
            said = word_list().said.get(form(plain(word.text)[1]), ())
            if other < place and (
                self.gaps[other] >= DOT or said or any(m in word.text for m in "'’")
            ):
                continue
            if other > place and any(what == "kind" for what, _ in said):
                continue
            return True
        return False

    def is_named(self, first: int, last: int) -> bool:
        """Whether words in a script with capitals are written as a name is."""
        if self.lower:
            return True
        capital = small = 0
        for place in range(first, last + 1):
            if self.scripts[place] in CASED:
                if self.written[place] & kernels.CAPITAL:
                    capital += 1
                else:
                    small += 1
        return (
            not small
            or (capital >= 2 and capital > small)
            or (
                capital >= 1
                and small <= 1
                and last - first >= 1
                and bool(self.written[first] & kernels.CAPITAL)
                and bool(self.written[last] & kernels.CAPITAL)
            )
        )

    def alone(self, place: int, book: Wordbook) -> bool:
        """Whether a family name stands without another given name before it."""
        if (
            self.scripts[place] in CASED
            and not self.written[place] & kernels.CAPITAL
            and not self.lower
        ):
            return False
        before = place - 1
        while (
            before >= 0
            and self.gaps[before + 1] <= kernels.GLUED
            and book.traits[self.words[before]] & (kernels.CONNECT | kernels.NASAB)
            and self.scripts[before] in CASED
        ):
            before -= 1
        return (
            self.name_beside(before, before + 1, book) is None
            and self.name_beside(place + 1, place + 1, book) is None
        )

    def after_letters(self, place: int, letters: int) -> int:
        """Where a word starts without so many letters."""
        at = int(self.starts[place])
        while letters and at < int(self.ends[place]):
            letters -= _is_letter(int(self.codes[at]))
            at += 1
        while at < int(self.ends[place]) and not _is_letter(int(self.codes[at])):
            at += 1
        return at

    def before_letters(self, place: int, letters: int) -> int:
        """Where a word ends without so many letters; an apostrophe before them goes too."""
        at = int(self.ends[place])
        if not letters:
            return at
        while letters and at > int(self.starts[place]):
            at -= 1
            letters -= _is_letter(int(self.codes[at]))
        while at > int(self.starts[place]) and not _is_letter(int(self.codes[at - 1])):
            at -= 1
        return at


def _is_letter(code: int) -> bool:
    return code >= LIMIT or int(alphabet().kind[code]) == LETTER


def is_given(known: Any) -> bool:
    classes = lexicon().classes
    return any(classes[number].kind == "given" for number in known.classes)
