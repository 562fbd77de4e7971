"""Which listed names does this document mention?

Text is read in blocks that end with a sentence. Words get numbers, numbers what they may be on the
lists; stretches of such words are compared with the names they share; the sentence around speaks
for or against; and who was named in full is known again by the family name alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from taawun.names.lexicon import folded, lexicon
from taawun.names.part import part
from taawun.names.person import person
from taawun.screening import matcher
from taawun.screening.candidates import Candidates
from taawun.screening.screener import Screener, _name_feature
from taawun.screening.subject import MATCH_THRESHOLD, Feature
from taawun.screening.text import evidence, kernels
from taawun.screening.text.alphabet import (
    CASED, DOT, LETTER, LIMIT, NUMBER, SCRIPTS, STOP, alphabet,
)  # fmt: skip
from taawun.screening.text.evidence import Known, Said
from taawun.screening.text.forms import bent, forms
from taawun.screening.text.mention import Mention
from taawun.screening.text.phrasebook import Phrasebook, Words
from taawun.screening.text.stretch import Found, Stretches, Word, ordinary_alone
from taawun.screening.text.wordbook import Wordbook, hashes, plain
from taawun.screening.text.wordlist import WordList, form, word_list

BLOCK = 400_000
CUTOFF = 0.5  # what scores less is not shown
AGAIN, AGAIN_WITHIN = -1.1, 60_000
MOST_EACH = 5
FAINT = 0.25  # a mention that only counts where the same entity is named in full before
NAMESAKE = 0.1  # a name that agrees so much less than another is not meant
_LOOK_BACK = 20_000
_MOST_KEPT = 200_000

_Row = tuple[int, int, list[tuple[float, Mention]]]
_Columns = tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], npt.NDArray[np.uint64]]
_AROUND = 40


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the caller wants."""

    kind: str
    threshold: float
    cutoff: float


@dataclass(slots=True)
class _Document:
    """What is remembered while one document is read."""

    year: int = 0
    again: dict[int, list[tuple[Mention, str]]] = field(default_factory=dict)
    full: dict[str, Mention] = field(default_factory=dict)


class TextScreener:
    """Finds listed names in documents. One for each thread; the index behind it is shared."""

    def __init__(self, screener: Screener) -> None:
        self.screener = screener
        self.index = screener.index
        self.phrases = Phrasebook(self.index)
        self._sieve = Candidates(self.index)
        self._known: dict[int, Known] = {}
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
        asked, document, offset = _Asked(kind, threshold, cutoff), _Document(), 0
        for block in _blocks(pieces):
            if self._book.full:
                self._new_book()
                document.again.clear()
            yield from self._read(block, offset, asked, document)
            offset += len(block)

    def _new_book(self) -> None:
        self._book = Wordbook(self._sieve, self.phrases.openings)
        self._stretches = Stretches(self._book, self._sieve)
        self._runs: dict[int, list[Found]] = {}
        self._beside: dict[tuple[int, int, int], list[Found]] = {}
        self._marks: dict[int, tuple[tuple[tuple[str, str], ...], str]] = {}
        self._placed: dict[int, list[tuple[int, int, int, int, list[tuple[float, Mention]]]]] = {}
        self._placed_for: tuple[Any, ...] = ()
        self._side: dict[int, bool] = {}

    # One block

    def _read(self, text: str, offset: int, asked: _Asked, document: _Document) -> Iterator[Mention]:
        block = _Block(text, self._book)
        if not block.count:
            return
        self._resolve(block)
        if (asked, document.year) != self._placed_for:
            self._placed, self._placed_for = {}, (asked, document.year)
        taken = _longest([*self._in_words(block, asked, document), *self._in_letters(block, asked)])
        taken = self._settled(taken, offset, asked, document)
        taken += self._named_again(block, offset, taken, asked, document)
        taken.sort(key=lambda each: each[:2])
        for start, end, mentions in taken:
            for score, made in mentions:
                yield _moved(made, start + offset, end + offset, text[start:end], score, asked)

    def _resolve(self, block: _Block) -> None:
        book = self._book
        room = np.empty(block.count, np.int32)
        count = kernels.mark(
            block.words, block.scripts, block.written, block.gaps, block.starts, block.ends,
            block.count, book.traits, book.state, block.lower, room,
        )  # fmt: skip
        for place in room[:count].tolist():
            book.look_up(int(block.words[place]), block.raw(place))

    def _in_words(self, block: _Block, asked: _Asked, document: _Document) -> Iterator[_Row]:
        """Mentions in stretches of words and in names that stand word for word."""
        firsts, lasts, keys = (
            np.concatenate(columns)
            for columns in zip(self._stretches_of(block), self._word_for_word(block), strict=True)
        )
        whole = np.empty(len(firsts), np.uint64)
        kernels.around(
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
                held = self._placed[key] = self._weighed_in(block, own, first, last, asked, document)
            for begin, end, head, tail, rows in held:
                yield (
                    block.after_letters(first + begin, head), block.before_letters(first + end, tail),
                    rows,
                )  # fmt: skip

    def _weighed_in(
        self, block: _Block, key: int, first: int, last: int, asked: _Asked, document: _Document
    ) -> list[tuple[int, int, int, int, list[tuple[float, Mention]]]]:
        """What a stretch mentions in its sentence: words, letters to cut, and who it may be."""
        out = []
        for group in _apart(self._with_neighbours(block, key, first, last)):
            start, end = first + group[0].first, first + group[0].last
            said = self._sentence(block, start, end)
            opens = bool(block.gaps[start] >= DOT and block.scripts[start] in CASED)
            rows = self._weighed(group, said, start, end, asked, document, opens)
            kept = [row for row in rows if row[0] >= min(asked.cutoff, FAINT)][:MOST_EACH]
            if kept:
                out.append(
                    (group[0].first, group[0].last, kept[0][2], kept[0][3], [row[:2] for row in kept])
                )
        return out

    def _stretches_of(self, block: _Block) -> _Columns:
        """Stretches in which something was found: first and last word, and key."""
        book = self._book
        firsts, lasts = np.empty(block.count, np.int32), np.empty(block.count, np.int32)
        keys = np.empty(block.count, np.uint64)
        count = kernels.runs(
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

    def _evaluated(self, block: _Block, first: int, last: int) -> list[Found]:
        words = block.stretch(first, last, self._book)
        best: dict[int, Found] = {}
        for number in self._stretches.names(words):
            found = self._stretches.compared(words, number)
            if found is not None and self._stands(block, words, found):
                held = best.get(found.entity)
                if held is None or found.comparison.score > held.comparison.score:
                    best[found.entity] = found
        return list(best.values())

    def _stands(self, block: _Block, words: list[Word], found: Found) -> bool:
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
            return len(word.text) >= 5 and found.comparison.same_letters and not (known and known.classes)
        return True

    def _with_neighbours(self, block: _Block, key: int, first: int, last: int) -> list[Found]:
        found = self._runs[key]
        out = []
        words: list[Word] | None = None
        for each in found:
            start, end = first + each.first, first + each.last
            before = block.name_beside(start - 1, start, self._book)
            after = block.name_beside(end + 1, end + 1, self._book)
            if each.first == each.last and block.in_longer(start, self._book):
                continue
            if before is None and after is None or each.kind != "person":
                out.append(each)
                continue
            cached = (key ^ each.name, -1 if before is None else before.number, -1 if after is None else after.number)
            made = self._beside.get(cached)
            if made is None:
                words = words or block.stretch(first, last, self._book)
                made = self._beside[cached] = [self._stretches.longer(each, words, before, after)]
            out += made
        return out

    def _word_for_word(self, block: _Block) -> _Columns:
        """Names of several words that stand in the text as the list has them."""
        room = max(block.count, 16)
        firsts, sizes, names = (np.empty(room, np.int32) for _ in range(3))
        count = int(
            kernels.phrases(
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

    def _weighed(
        self, found: list[Found], said: tuple[Said, ...], first: int, last: int, asked: _Asked,
        document: _Document, opens: bool = False,
    ) -> list[tuple[float, Mention, int, int]]:  # fmt: skip
        # a word that two lists have as a whole name is known by itself: Hezbollah, Rosneft
        widely = len({each.entity for each in found if each.comparison.score >= 0.8}) > 1 and (
            not opens or found[0].comparison.a.isupper() or len(found[0].comparison.a) >= 7
        )
        names: dict[int, float] = {}
        best: dict[int, tuple[float, Mention, int, int]] = {}
        for each in found:
            if asked.kind and each.kind != asked.kind:
                continue
            entity = self.screener.book.at(each.entity)
            listed = self._known_of(each.entity)
            found_features = evidence.features(said, first, last, entity, listed, document.year)
            alone = self._alone(each, found_features, widely)
            own = [*each.features, *found_features, *alone]
            score = matcher.moved(each.comparison.score, own)
            made = Mention(
                0, 0, "", entity.id, entity.datasets[0] if entity.datasets else "", entity.schema,
                entity.caption, score, False, (_name_feature(each.comparison), *own),
            )  # fmt: skip
            held = best.get(each.entity)
            if held is None or score > held[0]:
                best[each.entity] = (score, made, each.head, each.tail)
                names[each.entity] = matcher.moved(each.comparison.score, each.features)
        most = max((names[entity] for entity in best), default=0.0)
        out = [row for entity, row in best.items() if names[entity] >= most - NAMESAKE]
        out.sort(key=lambda row: (-row[0], row[1].entity))
        return self._ambiguous(out, asked)

    def _alone(self, found: Found, evidence_found: list[Feature], widely: bool) -> list[Feature]:
        """One word alone, or a ship, needs something in the sentence that says what it is."""
        shared = {f.code for f in evidence_found if f.points > 0}
        single, text = found.first == found.last, found.comparison.a
        if found.kind == "person":
            if single and not shared & {"screening.text.position.shared", "screening.text.country.shared"}:
                return [Feature("screening.text.single", evidence.NO_KIND, text)]
            return []
        if "screening.text.kind.shared" in shared:
            return []
        if found.kind == "vessel":
            return [Feature("screening.text.kind.missing", evidence.NO_KIND, text)]
        if found.kind == "company" and _all_given(text):
            return [Feature("screening.text.kind.missing", evidence.NO_KIND, text)]
        known = widely or (text.isupper() and len(text) >= 4 and found.comparison.same_letters)
        if single and not (
            (known or "screening.text.country.shared" in shared) and _as_listed(found)
            and len(text) > 3 and not ordinary_alone(text) and not _means_something_else(text)
        ):  # fmt: skip
            return [Feature("screening.text.kind.missing", evidence.NO_KIND, text)]
        return []

    def _ambiguous(self, rows: list[tuple[float, Mention, int, int]], asked: _Asked) -> list[tuple[float, Mention, int, int]]:
        """Marks several people of one name that the sentence does not tell apart."""
        near = [row for row in rows if row[0] >= max(asked.cutoff, rows[0][0] - 0.12)] if rows else []
        born = [self._known_of_id(row[1].entity).born for row in near]
        differ = any(
            one != (0, 0) and other != (0, 0) and (one[1] + 1 < other[0] or other[1] + 1 < one[0])
            for one in born for other in born
        )  # fmt: skip
        if not differ:
            return rows
        feature = Feature("screening.text.ambiguous", 0.0, params={"count": str(len(near))})
        held = {row[1].entity for row in near}
        return [
            (score, _with(made, feature) if made.entity in held else made, head, tail)
            for score, made, head, tail in rows
        ]

    def _known_of(self, number: int) -> Known:
        found = self._known.get(number)
        if found is None:
            found = self._known[number] = evidence.known(self.screener.book.at(number))
        return found

    def _known_of_id(self, entity: str) -> Known:
        return self._known_of(int(self.screener.book.number(entity) or 0))

    def _sentence(self, block: _Block, first: int, last: int) -> tuple[Said, ...]:
        """What the sentence around the words says."""
        begin, end = block.sentence(first, last)
        book = word_list()
        out: list[Said] = []
        numbers = block.words[begin:end].tolist()
        at = 0
        telling = (self._book.traits[block.words[begin:end]] & kernels.SAID).astype(bool).tolist()
        while at < len(numbers):
            if not telling[at]:
                at += 1
                continue
            place = begin + at
            found, low = self._said_by(block, place, numbers[at])
            size = 1
            if low in book.opening or (low[1:] in book.opening and low[:1] in "وفبلك"):
                longer, size = self._said_by_several(block, place, end, book)
                found = longer or found
                size = size if longer else 1
            inside = first <= place <= last
            for what, which in found:
                if not inside and (what, which) != ("kind", "") :
                    out.append(Said(what, which, place))
            at += size
        return tuple(out[:60])

    def _said_by(self, block: _Block, place: int, number: int) -> tuple[tuple[tuple[str, str], ...], str]:
        found = self._marks.get(number)
        if found is None:
            raw = block.raw(place)
            low = form(plain(raw)[1])
            if low.isdigit():
                value = int(low) if len(low) <= 4 else 0
                what = "year" if 1900 <= value <= 2100 else "age" if 14 <= value <= 99 and len(low) == 2 else ""
                found = (((what, str(value)),) if what else (), low)
            else:
                from taawun.screening.text.wordlist import marks

                bare = low if not raw.endswith(("'s", "’s")) else low[:-1]
                seen = marks([bare])
                found = (seen[0][2] if seen else (), low)
            self._marks[number] = found
        return found

    def _said_by_several(
        self, block: _Block, place: int, end: int, book: WordList
    ) -> tuple[tuple[tuple[str, str], ...], int]:
        from taawun.screening.text.wordlist import marks

        raws = [plain(block.raw(at))[1] for at in range(place, min(place + 3, end))]
        seen = marks(raws)
        if seen and seen[0][0] == 0 and seen[0][1] > 1:
            return seen[0][2], seen[0][1]
        return (), 1

    # Names in scripts without spaces

    def _in_letters(self, block: _Block, asked: _Asked) -> list[_Row]:
        if not block.unspaced:
            return []
        letters, book = alphabet(), self.phrases
        room = max(len(block.codes), 16)
        firsts, lasts, names = (np.empty(room, np.int32) for _ in range(3))
        count = kernels.substrings(
            block.codes, block.words, block.starts, block.ends, block.scripts, block.count,
            book.opening_keys, book.opening_numbers, book.letter_keys, book.letter_numbers, 24,
            letters.kind, letters.fold, firsts, lasts, names,
        )  # fmt: skip
        out: list[_Row] = []
        for at in range(count):
            text = block.text[int(firsts[at]) : int(lasts[at])]
            rows: list[tuple[float, Mention, int, int]] = []
            for number in book.names_of_letters(int(names[at]))[: MOST_EACH * 2]:
                words = [Word(text, 0, -1, 0, 0, NUMBER["hani"])]
                found = self._stretches.compared(words, number, (0, 0))
                if found is not None:
                    place = int(np.searchsorted(block.starts[: block.count], firsts[at], "right")) - 1
                    said = self._around_letters(block, place, int(firsts[at]), int(lasts[at]))
                    rows += self._weighed([found], said, place, place, asked, _Document())
            rows.sort(key=lambda row: (-row[0], row[1].entity))
            kept = [(score, made) for score, made, _, _ in rows if score >= asked.cutoff]
            if kept:
                out.append((int(firsts[at]), int(lasts[at]), kept[:MOST_EACH]))
        return out

    def _around_letters(self, block: _Block, place: int, start: int, end: int) -> tuple[Said, ...]:
        return ()

    # Who was named before

    def _named_again(
        self, block: _Block, offset: int, taken: list[_Row],
        asked: _Asked, document: _Document,
    ) -> list[_Row]:  # fmt: skip
        for start, end, mentions in sorted(taken, key=lambda each: each[:2]):
            score, made = mentions[0]
            if score >= asked.threshold and made.schema == "Person":
                self._remember(block, start, end, _moved(made, start + offset, end + offset, "", score, asked), document)
        if not document.again:
            return []
        out: list[_Row] = []
        wanted = np.array(sorted(document.again), np.int32)
        spans = sorted((start, end) for start, end, _ in taken)
        begins = np.array([start for start, _ in spans] or [0])
        for place in np.flatnonzero(np.isin(block.words[: block.count], wanted)).tolist():
            start, end = int(block.starts[place]), int(block.ends[place])
            at = int(np.searchsorted(begins, start, "right")) - 1
            if spans and at >= 0 and any(s < end and start < e for s, e in spans[max(0, at - 1) : at + 2]):
                continue
            if not block.alone(place, self._book):
                continue
            made = self._again(block, offset, place, document, asked)
            if made is not None:
                out.append(made)
        return out

    def _settled(
        self, taken: list[_Row], offset: int, asked: _Asked, document: _Document
    ) -> list[_Row]:
        """Without faint mentions, unless the entity was named in full before: then it is again."""
        out: list[_Row] = []
        for start, end, mentions in sorted(taken, key=lambda each: each[:2]):
            rows = []
            for score, made in mentions:
                before = document.full.get(made.entity)
                if score < asked.threshold and before and start + offset - before.start <= AGAIN_WITHIN:
                    lifted = matcher.moved(before.score, [Feature("", AGAIN)])
                    if lifted > score:
                        feature = Feature(
                            "screening.text.again", AGAIN, made.text, made.caption,
                            {"start": str(before.start)},
                        )  # fmt: skip
                        score, made = lifted, _with(made, feature, first=True)
                elif score >= asked.threshold:
                    document.full[made.entity] = _moved(
                        made, start + offset, end + offset, "", score, asked
                    )
                if score >= asked.cutoff:
                    rows.append((score, made))
            if rows:
                out.append((start, end, sorted(rows, key=lambda row: (-row[0], row[1].entity))))
        return out

    def _remember(self, block: _Block, start: int, end: int, made: Mention, document: _Document) -> None:
        """Keep by which words this person may be named again: the family name, written on to."""
        first, last = block.place(start), block.place(end - 1)
        if last <= first:
            return
        traits = self._book.traits[block.words[last - 1]]
        articled = bool(block.gaps[last] == kernels.GLUED and traits & kernels.CONNECT)
        if block.gaps[last] == kernels.GLUED and not articled and block.scripts[last - 1] not in CASED:
            return
        script, raw = plain(block.raw(last))
        spelt = self._book.spelt.get(int(block.words[last]), ())
        for said in {each.form.said for each in spelt} or {raw}:
            found = part(script, said) if said else None
            if found is None or len(said) < 4 or script not in NUMBER:
                continue
            bare_arabic = script == "arab" and not said.startswith("ال")
            if self._sieve.weigh(found) < FAMILY or (found.classes and (bare_arabic or (found.given and not articled))):
                continue
            self._enter(said, script, made, document)

    def _enter(self, said: str, script: str, made: Mention, document: _Document) -> None:
        forms_of = dict.fromkeys(folded(script, each) for each in bent(said, script))
        idents = hashes([(NUMBER[script], each) for each in forms_of if each]).tolist()
        if script == "latn":
            low = folded(script, said)
            ended = hashes([(NUMBER[script], low + suffix) for suffix in SUFFIXES])
            idents += [int(kernels.ident_with(value, len(said))) for value in ended]
        table = self._book.table
        for value in idents:
            number = int(kernels.number_of(table.keys, table.numbers, np.uint64(value)))
            if number >= 0:
                seen = document.again.setdefault(number, [])
                seen[:] = [row for row in seen if row[0].entity != made.entity][-3:]
                seen.append((made, said))

    def _again(
        self, block: _Block, offset: int, place: int, document: _Document, asked: _Asked
    ) -> tuple[int, int, list[tuple[float, Mention]]] | None:
        start = int(block.starts[place]) + offset
        kept = []
        cut = (0, 0)
        for made, said in document.again[int(block.words[place])]:
            score = matcher.moved(made.score, [Feature("", AGAIN)])
            if not made.start < start <= made.start + AGAIN_WITHIN or score < asked.cutoff:
                continue
            cut = _cut_off(block.raw(place), said)
            feature = Feature(
                "screening.text.again", AGAIN, block.raw(place), made.caption,
                {"start": str(made.start)},
            )  # fmt: skip
            kept.append((score, _with(made, feature, first=True)))
        if not kept:
            return None
        kept.sort(key=lambda row: -row[0])
        return block.after_letters(place, cut[0]), block.before_letters(place, cut[1]), kept[:MOST_EACH]


FAMILY = 0.72  # a family name that weighs less names too many
SUFFIXES = ("s", "in", "un", "i", "u", "e", "a", "ye", "ya", "dan", "den", "nin", "nun", "yi", "yu")


def _cut_off(raw: str, said: str) -> tuple[int, int]:
    """How many letters before and behind a word are not of the name said."""
    script, word = plain(raw)

    def bare(text: str) -> str:
        low = folded(script, text)
        return low[2:] if low.startswith("ال") else low

    for each in forms(word, script):
        if bare(each.said) == bare(said):
            return each.head, 0 if each.bent else each.tail
    return 0, 0


def _means_something_else(text: str) -> bool:
    from taawun.names.company_words import company_words
    from taawun.screening.text.wordlist import marks

    script, word = plain(text)
    if f"{script}:{folded(script, word)}" in company_words().concepts:
        return True
    found = part(script, word) if script in NUMBER else None
    if found is not None and (found.classes or found.surnames):
        return True
    return any(what == "country" for _, _, seen in marks([word]) for what, _ in seen)


def _all_given(text: str) -> bool:
    """Whether every word is a given name: Abdul Karim is a man before he is a company."""
    name = person(text)
    return bool(name.parts) and all(said.part.classes and _is_given(said.part) for said in name.parts)


def _as_listed(found: Found) -> bool:
    """Whether a word is written as on the list, or bridged from a script that has capitals."""
    pairs = found.comparison.pairs
    if not pairs or pairs[0].step in ("names.same", "names.lexicon"):
        return bool(pairs)
    return pairs[0].quality >= 0.9 and not any("\u0590" <= c <= "\u08ff" for c in found.comparison.a)


def _with(made: Mention, feature: Feature, first: bool = False) -> Mention:
    features = (feature, *made.features) if first else (*made.features, feature)
    return Mention(
        made.start, made.end, made.text, made.entity, made.dataset, made.schema, made.caption,
        made.score, made.match, features,
    )  # fmt: skip


def _moved(made: Mention, start: int, end: int, text: str, score: float, asked: _Asked) -> Mention:
    return Mention(
        start, end, text, made.entity, made.dataset, made.schema, made.caption, score,
        score >= asked.threshold, made.features,
    )  # fmt: skip


def _apart(found: list[Found]) -> list[list[Found]]:
    """What was found in a stretch, by the words it takes."""
    groups: dict[tuple[int, int], list[Found]] = {}
    for each in found:
        groups.setdefault((each.first, each.last), []).append(each)
    return list(groups.values())


_Taken = list[_Row]


def _longest(taken: _Taken) -> _Taken:
    """Of mentions that overlap, one: that which scores more, and of equals the longer.

    The same place found in two ways is one place with all that was found.
    """
    merged: dict[tuple[int, int], dict[str, tuple[float, Mention]]] = {}
    for start, end, mentions in taken:
        held = merged.setdefault((start, end), {})
        for score, made in mentions:
            if made.entity not in held or score > held[made.entity][0]:
                held[made.entity] = (score, made)
    rows = [
        (start, end, sorted(held.values(), key=lambda row: (-row[0], row[1].entity))[:MOST_EACH])
        for (start, end), held in merged.items()
    ]
    rows.sort(key=lambda row: (-(row[2][0][0] + 0.004 * (row[1] - row[0])), row[0]))
    out: _Taken = []
    cells: dict[int, list[tuple[int, int]]] = {}
    for start, end, mentions in rows:
        own = range(start // 64, (end - 1) // 64 + 1)
        if any(s < end and start < e for cell in own for s, e in cells.get(cell, ())):
            continue
        for cell in own:
            cells.setdefault(cell, []).append((start, end))
        out.append((start, end, mentions))
    return out


def _blocks(pieces: Iterable[str]) -> Iterator[str]:
    """The text again in blocks that end with a sentence where there is one."""
    held = ""
    for piece in pieces:
        held += piece
        at = 0
        while len(held) - at > BLOCK + _LOOK_BACK:
            cut = _cut(held, at + BLOCK)
            yield held[at:cut]
            at = cut
        held = held[at:]
    if held:
        yield held


def _cut(text: str, at: int) -> int:
    for mark in ("\n\n", ".\n", ". ", "؟ ", "! ", "? ", "\n", "。", "، ", " "):
        found = text.rfind(mark, at - _LOOK_BACK, at)
        if found > 0:
            return found + len(mark)
    return at


class _Block(Words):
    """A block of text with the numbers of its words."""

    def __init__(self, text: str, book: Wordbook) -> None:
        super().__init__(text)
        self.text = text
        self.words = np.empty(self.count, np.int32)
        fresh = np.empty(self.count, np.int32)
        book.room(self.count)
        new = kernels.look_up(
            self.idents, self.count, book.table.keys, book.table.numbers, book.count, self.words, fresh
        )
        kernels.classify(
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
        self.lower = total > 0 and (capitals > 0.8 * total and total > 20 or capitals < 0.02 * total)
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
        if word.traits & (kernels.ORDINARY | kernels.TITLE | kernels.CONNECT | kernels.NASAB | kernels.CONCEPT | kernels.SERVANT | kernels.FAITH):
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
        return word if known.classes and known.common >= 0 and _is_given(known) else None

    def in_longer(self, place: int, book: Wordbook) -> bool:
        """Whether another capitalised word stands beside one: then it is a piece of another name."""
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
            if other < place and (self.gaps[other] >= DOT or said or any(m in word.text for m in "'’")):
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
        return not small or (capital >= 2 and capital > small) or (capital >= 1 and small <= 1 and last - first >= 1 and bool(self.written[first] & kernels.CAPITAL) and bool(self.written[last] & kernels.CAPITAL))

    def alone(self, place: int, book: Wordbook) -> bool:
        """Whether a family name stands without another given name before it."""
        if self.scripts[place] in CASED and not self.written[place] & kernels.CAPITAL and not self.lower:
            return False
        before = place - 1
        while before >= 0 and self.gaps[before + 1] <= kernels.GLUED and book.traits[self.words[before]] & (kernels.CONNECT | kernels.NASAB) and self.scripts[before] in CASED:
            before -= 1
        return self.name_beside(before, before + 1, book) is None and self.name_beside(place + 1, place + 1, book) is None

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


def _is_given(known: Any) -> bool:
    classes = lexicon().classes
    return any(classes[number].kind == "given" for number in known.classes)


__all__ = ["TextScreener"]
