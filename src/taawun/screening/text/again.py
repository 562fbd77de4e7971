"""Who was named in full is known again by less: the family name alone, or a name too common alone.

A later mention says where the full one stands and weighs less than it. What is remembered is of one
document, and fades after so many characters.
"""

from __future__ import annotations

import numpy as np

from taawun.names.lexicon import folded
from taawun.names.part import part
from taawun.screening import matcher
from taawun.screening.candidates import Candidates
from taawun.screening.subject import Feature
from taawun.screening.text import kernels
from taawun.screening.text.alphabet import CASED, NUMBER
from taawun.screening.text.block import Block
from taawun.screening.text.forms import bent, forms
from taawun.screening.text.mention import MOST_EACH, Asked, Mention, Row, placed, with_feature
from taawun.screening.text.wordbook import Wordbook, hashes, plain

AGAIN, AGAIN_WITHIN = -1.1, 60_000
FAMILY = 0.72  # a family name that weighs less names too many
SUFFIXES = ("s", "in", "un", "i", "u", "e", "a", "ye", "ya", "dan", "den", "nin", "nun", "yi", "yu")


class Memory:
    """Who was named so far in one document. `year` is the document's, 0 where it does not say."""

    def __init__(self, book: Wordbook, sieve: Candidates) -> None:
        self._book = book
        self._sieve = sieve
        self.year = 0
        self.again: dict[int, list[tuple[Mention, str]]] = {}
        self.full: dict[str, Mention] = {}

    def named_again(
        self, block: Block, offset: int, taken: list[Row],
        asked: Asked,
    ) -> list[Row]:  # fmt: skip
        for start, end, mentions in sorted(taken, key=lambda each: each[:2]):
            score, made = mentions[0]
            if score >= asked.threshold and made.schema == "Person":
                self._remember(
                    block,
                    start,
                    end,
                    placed(made, start + offset, end + offset, "", score, asked.threshold),
                )
        if not self.again:
            return []
        out: list[Row] = []
        wanted = np.array(sorted(self.again), np.int32)
        spans = sorted((start, end) for start, end, _ in taken)
        begins = np.array([start for start, _ in spans] or [0])
        for place in np.flatnonzero(np.isin(block.words[: block.count], wanted)).tolist():
            start, end = int(block.starts[place]), int(block.ends[place])
            at = int(np.searchsorted(begins, start, "right")) - 1
            if (
                spans
                and at >= 0
                and any(s < end and start < e for s, e in spans[max(0, at - 1) : at + 2])
            ):
                continue
            if not block.alone(place, self._book):
                continue
            row = self._again(block, offset, place, asked)
            if row is not None:
                out.append(row)
        return out

    def settled(self, taken: list[Row], offset: int, asked: Asked) -> list[Row]:
        """Without faint mentions, unless the entity was named in full before: then it is again."""
        out: list[Row] = []
        for start, end, mentions in sorted(taken, key=lambda each: each[:2]):
            rows = []
            for score, made in mentions:
                before = self.full.get(made.entity)
                if (
                    score < asked.threshold
                    and before
                    and start + offset - before.start <= AGAIN_WITHIN
                ):
                    lifted = matcher.moved(before.score, [Feature("", AGAIN)])
                    if lifted > score:
                        feature = Feature(
                            "screening.text.again", AGAIN, made.text, made.caption,
                            {"start": str(before.start)},
                        )  # fmt: skip
                        score, made = lifted, with_feature(made, feature, first=True)
                elif score >= asked.threshold:
                    self.full[made.entity] = placed(
                        made, start + offset, end + offset, "", score, asked.threshold
                    )
                if score >= asked.cutoff:
                    rows.append((score, made))
            if rows:
                out.append((start, end, sorted(rows, key=lambda row: (-row[0], row[1].entity))))
        return out

    def _remember(self, block: Block, start: int, end: int, made: Mention) -> None:
        """Keep by which words this person may be named again: the family name, written on to."""
        first, last = block.place(start), block.place(end - 1)
        if last <= first:
            return
        traits = self._book.traits[block.words[last - 1]]
        articled = bool(block.gaps[last] == kernels.GLUED and traits & kernels.CONNECT)
        if (
            block.gaps[last] == kernels.GLUED
            and not articled
            and block.scripts[last - 1] not in CASED
        ):
            return
        script, raw = plain(block.raw(last))
        spelt = self._book.spelt.get(int(block.words[last]), ())
        for said in {each.form.said for each in spelt} or {raw}:
            found = part(script, said) if said else None
            if found is None or len(said) < 4 or script not in NUMBER:
                continue
            bare_arabic = script == "arab" and not said.startswith("ال")
            if self._sieve.weigh(found) < FAMILY or (
                found.classes and (bare_arabic or (found.given and not articled))
            ):
                continue
            self._enter(said, script, made)

    def _enter(self, said: str, script: str, made: Mention) -> None:
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
                seen = self.again.setdefault(number, [])
                seen[:] = [row for row in seen if row[0].entity != made.entity][-3:]
                seen.append((made, said))

    def _again(
        self, block: Block, offset: int, place: int, asked: Asked
    ) -> tuple[int, int, list[tuple[float, Mention]]] | None:
        start = int(block.starts[place]) + offset
        kept = []
        cut = (0, 0)
        for made, said in self.again[int(block.words[place])]:
            score = matcher.moved(made.score, [Feature("", AGAIN)])
            if not made.start < start <= made.start + AGAIN_WITHIN or score < asked.cutoff:
                continue
            cut = _cut_off(block.raw(place), said)
            feature = Feature(
                "screening.text.again", AGAIN, block.raw(place), made.caption,
                {"start": str(made.start)},
            )  # fmt: skip
            kept.append((score, with_feature(made, feature, first=True)))
        if not kept:
            return None
        kept.sort(key=lambda row: -row[0])
        return (
            block.after_letters(place, cut[0]),
            block.before_letters(place, cut[1]),
            kept[:MOST_EACH],
        )


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
