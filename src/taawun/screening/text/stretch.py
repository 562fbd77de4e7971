"""Which listed names are in a stretch of words, and how well do they agree?

What two words have in common on the lists is compared in full, with the words read as the listed
name suggests: without clitics, in the nominative. A stretch that comes again is not read again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from taawun.errors import TaawunError
from taawun.names import Comparison, Name, analyse, compare_names
from taawun.names.part import Part, meet
from taawun.names.person import Said, person
from taawun.screening import matcher
from taawun.screening.candidates import Candidates
from taawun.screening.index import KINDS, PREVIOUS, WEAK
from taawun.screening.subject import Feature
from taawun.screening.text import kernels, passes
from taawun.screening.text.wordbook import Spelt, Wordbook, plain
from taawun.screening.text.wordlist import form, word_list

MOST_NAMES, MOST_NAMES_EACH = 14, 2  # listed names compared in full for one stretch
LEAST_SHARE = 0.78  # of what the best of them has in common
WHOLE = 0.72  # what one word must be of a name to stand for it alone
HIT = 0.68
RESCUE = 0.35
HOPELESS = 0.12  # no evidence of a sentence lifts a name from here
_MOST_BETWEEN = 3
_KIND = {bit: kind for kind, bit in KINDS.items()}


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a stretch: as written, how it is linked to the one before, number and traits."""

    text: str
    gap: int
    number: int
    traits: int
    written: int
    script: int


@dataclass(frozen=True, slots=True)
class Found:
    """A listed name in a stretch, from word `first` to `last`, `head` and `tail` letters cut."""

    entity: int
    name: int
    kind: str
    first: int
    last: int
    head: int
    tail: int
    comparison: Comparison
    features: tuple[Feature, ...]
    family: tuple[str, ...]


class Stretches:
    """Reads stretches over one open index."""

    def __init__(self, book: Wordbook, sieve: Candidates) -> None:
        self.book = book
        self.sieve = sieve
        self.index = sieve.index
        names = self.index.names
        self._acc = np.zeros(names, np.float32)
        self._best = np.zeros(names, np.float32)
        self._seen = np.full(names, -1, np.int32)
        self._hits = np.zeros(names, np.int32)
        self._touched = np.empty(max(names, 1), np.int32)
        self._out = np.empty(4096, np.int32)
        self._score = np.empty(4096, np.float32)
        self._said: dict[tuple[str, str], Name] = {}

    def names(self, words: list[Word]) -> list[int]:
        """The listed names that words of a stretch have in common, likeliest first."""
        slots, most, spans = self._slots(words)
        if not spans:
            return []
        first = np.zeros(len(spans) + 1, np.int64)
        np.cumsum([len(parts) for parts, _, _ in spans], out=first[1:])
        a = self.index.arrays
        count = passes.gather(
            np.array(slots, np.int32), np.array(most, np.float32), first,
            np.concatenate([s[0] for s in spans]).astype(np.int32),
            np.concatenate([s[1] for s in spans]).astype(np.float32),
            np.concatenate([s[2] for s in spans]).astype(np.uint8),
            a["posting_starts"], a["postings"], a["posting_share"], a["name_total"], WHOLE,
            self._acc, self._best, self._seen, self._hits, self._touched, self._out, self._score,
        )  # fmt: skip
        found, score = self._out[:count], self._score[:count]
        order = np.lexsort((found, -score))
        entities = self.index.arrays["name_entity"]
        each: dict[int, int] = {}
        out: list[int] = []
        least = LEAST_SHARE * float(score.max()) if count else 0.0
        for at in order.tolist():
            entity = int(entities[found[at]])
            if score[at] < least or len(out) >= MOST_NAMES:
                break
            if each.get(entity, 0) < MOST_NAMES_EACH:
                each[entity] = each.get(entity, 0) + 1
                out.append(int(found[at]))
        return out

    def _slots(
        self, words: list[Word]
    ) -> tuple[list[int], list[float], list[tuple[Any, Any, Any]]]:
        book = self.book
        slots: list[int] = []
        most: list[float] = []
        spans: list[tuple[Any, Any, Any]] = []
        for place, word in enumerate(words):
            if word.number >= 0 and book.size[word.number]:
                begin = int(book.first[word.number])
                span = slice(begin, begin + int(book.size[word.number]))
                slots.append(place)
                spelt = book.spelt.get(word.number, ())
                most.append(max((self.sieve.weigh(each.part) for each in spelt), default=1.0))
                spans.append(
                    (book.entries.parts[span], book.entries.quality[span], book.entries.side[span])
                )
            made, _ = self.compound(words, place)
            if made is not None:
                own, how = self.sieve._meeting(made, False)
                kept = how >= HIT
                slots.append(place)
                most.append(self.sieve.weigh(made))
                spans.append((own[kept], how[kept], np.zeros(int(kept.sum()), np.uint8)))
        return slots, most, spans

    def compound(self, words: list[Word], place: int) -> tuple[Part | None, int]:
        """The one name that several words from `place` on are (Abd al-Rahman), and how many."""
        word = words[place]
        follows = words[place + 1 : place + 3]
        servant = word.traits & kernels.SERVANT and follows
        faith = any(w.traits & kernels.FAITH for w in follows)
        if not servant and not faith:
            return None, 0
        head = self.book.spelt.get(word.number, ())
        said = head[0].form.said if head else _unled(word)
        text = said + "".join(("-" if w.gap == kernels.GLUED else " ") + w.text for w in follows)
        parts = person(text).parts
        if not parts or " " not in parts[0].part.form:
            return None, 0
        return parts[0].part, 1 + parts[0].text.count(" ")

    def compared(
        self, words: list[Word], number: int, span: tuple[int, int] | None = None
    ) -> Found | None:
        """A listed name compared with the words of a stretch that mean it, or with `span`."""
        kind = _KIND.get(int(self.index.arrays["name_group"][number]), "person")
        listed = self._analysed(self.index.text(number), kind)
        if listed is None or not listed.parts:
            return None
        chosen: dict[int, Spelt] = {}
        ends: dict[int, int] = {}
        for place, word in enumerate(words):
            if span and not span[0] <= place <= span[1]:
                continue
            spelt = self._spelt(word, listed)
            if spelt is not None:
                chosen[place] = spelt
                ends[place] = place
            made, size = self.compound(words, place)
            if made is not None and any(
                meet(made, s.part, True).quality >= HIT for s in listed.parts
            ):
                ends[place] = max(ends.get(place, place), place + size - 1)
                led = self.book.spelt.get(word.number, ())
                if place not in chosen and led:
                    chosen[place] = led[0]
        if span is None:
            span = _densest(ends)
        if span is None:
            return None
        first, last = span
        first = self._from_kunya(words, first)
        # a clitic can only stand before the whole name
        for place in range(first + 1, last + 1):
            if place in chosen and chosen[place].form.head:
                del chosen[place]
        text = _said(words, chosen, first, last)
        comparison = self._compare(text, listed, kind)
        if comparison is None or comparison.score < RESCUE:
            return None
        of_name = tuple(self._of_name(number, comparison))
        if matcher.moved(comparison.score, of_name) < HOPELESS:
            return None
        head = chosen[first].form.head if first in chosen else 0
        tail = chosen[last].form.tail if last in chosen else 0
        family = tuple(chosen[place].form.said for place in (last, first) if place in chosen)
        return Found(
            int(self.index.arrays["name_entity"][number]), number, kind, first, last, head, tail,
            comparison, of_name, family,
        )  # fmt: skip

    def longer(self, found: Found, before: Word | None, after: Word | None) -> Found:
        """The same with the names that stand directly beside it, which make it another person's."""
        if found.kind != "person" or (before is None and after is None):
            return found
        text = found.comparison.a
        if before is not None:
            text = f"{_unled(before)} {text}"
        if after is not None:
            text = f"{text} {after.text}"
        listed = self._analysed(self.index.text(found.name), found.kind)
        comparison = self._compare(text, listed, found.kind) if listed else None
        if comparison is None or comparison.score >= found.comparison.score - 0.02:
            return found
        added = Feature("screening.text.longer", 0.0, text, found.comparison.b)
        return Found(
            found.entity, found.name, found.kind, found.first, found.last, found.head, found.tail,
            comparison, (*self._of_name(found.name, comparison), added), found.family,
        )  # fmt: skip

    def _spelt(self, word: Word, listed: Name) -> Spelt | None:
        best, quality = None, HIT
        for spelt in self.book.spelt.get(word.number, ()):
            for said in listed.parts:
                met = max(meet(spelt.part, part, True).quality for part in _parts_of(said))
                if spelt.form.bent or spelt.form.head:
                    met -= 0.01
                if met > quality:
                    best, quality = spelt, met
        if (best is None and word.traits & kernels.CONCEPT) or word.text.isdigit():
            script, bare = plain(word.text)
            key = _concept(script, bare)
            if any(said.part.key == key for said in listed.parts):
                from taawun.names.part import part
                from taawun.screening.text.forms import Form

                return Spelt(Form(bare), part(script, bare))
        return best

    def _from_kunya(self, words: list[Word], first: int) -> int:
        while first and words[first].gap <= kernels.GLUED:
            before = words[first - 1]
            if not (before.traits & kernels.CONNECT and form(before.text) in _KUNYA):
                break
            first -= 1
        return first

    def _analysed(self, text: str, kind: str) -> Name | None:
        key = (text, kind)
        found = self._said.get(key)
        if found is None:
            try:
                found = analyse(text, kind)
            except TaawunError:
                return None
            if len(self._said) > 60_000:
                self._said.clear()
            self._said[key] = found
        return found

    def _compare(self, text: str, listed: Name, kind: str) -> Comparison | None:
        own = self._analysed(text, kind)
        if own is None or not own.parts:
            return None
        return compare_names(own, listed, self.sieve.weigh)

    def _of_name(self, number: int, comparison: Comparison) -> list[Feature]:
        flags = int(self.index.arrays["name_flags"][number])
        prop = "weakAlias" if flags & WEAK else "previousName" if flags & PREVIOUS else ""
        return [f for f in (matcher.commonness(comparison), matcher.of_name(prop)) if f]


_KUNYA = frozenset({"abu", "abou", "umm", "ابو", "ابي", "ابا", "ام", "абу", "умм"})


def _parts_of(said: Said) -> tuple[Part, ...]:
    return (said.part,) if said.plain is None else (said.part, said.plain)


def _concept(script: str, word: str) -> str:
    from taawun.names.company_words import company_words
    from taawun.names.lexicon import folded

    if word.isdigit():
        return f"number:{int(word)}"
    return f"concept:{company_words().concepts.get(f'{script}:{folded(script, word)}', '')}"


def _unled(word: Word) -> str:
    return word.text


def _densest(ends: dict[int, int]) -> tuple[int, int] | None:
    """The words between the first and last hit that are near each other; the longest such row."""
    best: tuple[int, int, int] | None = None
    row: list[int] = []
    for place in [*sorted(ends), 10**6]:
        if row and place - max(ends[p] for p in row) > _MOST_BETWEEN:
            found = (len(row), row[0], max(ends[p] for p in row))
            if best is None or found[0] > best[0]:
                best = found
            row = []
        row.append(place)
    return best[1:] if best else None


def _said(words: list[Word], chosen: dict[int, Spelt], first: int, last: int) -> str:
    out = ""
    for place in range(first, last + 1):
        word = words[place]
        text = chosen[place].form.said if place in chosen else word.text
        if place > first:
            out += "-" if word.gap == kernels.GLUED else " "
        out += text
    return out


def ordinary_alone(text: str) -> bool:
    """Whether a company or vessel is called so and the word means something else too."""
    return form(text) in word_list().common_alone
