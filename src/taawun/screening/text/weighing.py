"""Who of those with this name does the sentence mean, and how sure is that?

The name's score is moved by the evidence of the sentence; a word alone needs something that says
what it is; namesakes that nothing tells apart are all given, and marked.
"""

from __future__ import annotations

from taawun.names.company_words import company_words
from taawun.names.lexicon import folded
from taawun.names.part import part
from taawun.names.person import person
from taawun.screening import matcher
from taawun.screening.book import Book
from taawun.screening.screener import _name_feature as name_feature
from taawun.screening.subject import Feature
from taawun.screening.text import evidence, kernels
from taawun.screening.text.alphabet import NUMBER
from taawun.screening.text.block import Block, is_given
from taawun.screening.text.evidence import Known, Said
from taawun.screening.text.mention import Asked, Mention, with_feature
from taawun.screening.text.stretch import Found, ordinary_alone
from taawun.screening.text.wordbook import Wordbook, plain
from taawun.screening.text.wordlist import form, marks, word_list

NAMESAKE = 0.1  # a name that agrees so much less than another is not meant


class Weighing:
    """Weighs what was found against the sentence around it and the entries of the lists."""

    def __init__(self, listed: Book, book: Wordbook) -> None:
        self._listed = listed
        self._book = book
        self._known: dict[int, Known] = {}
        self._marks: dict[int, tuple[tuple[tuple[str, str], ...], str]] = {}

    def weighed(
        self, found: list[Found], said: tuple[Said, ...], first: int, last: int, asked: Asked,
        year: int, opens: bool = False,
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
            entity = self._listed.at(each.entity)
            listed = self._known_of(each.entity)
            found_features = evidence.features(said, first, last, entity, listed, year)
            alone = self._alone(each, found_features, widely)
            own = [*each.features, *found_features, *alone]
            score = matcher.moved(each.comparison.score, own)
            made = Mention(
                0, 0, "", entity.id, entity.datasets[0] if entity.datasets else "", entity.schema,
                entity.caption, score, False, (name_feature(each.comparison), *own),
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
        text = found.comparison.a
        # a name of three letters without spaces is a whole name
        single = found.first == found.last and not (len(text) >= 3 and ord(text[0]) >= 0x2E80)
        if found.kind == "person":
            if single and not shared & {
                "screening.text.position.shared",
                "screening.text.country.shared",
            }:
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

    def _ambiguous(
        self, rows: list[tuple[float, Mention, int, int]], asked: Asked
    ) -> list[tuple[float, Mention, int, int]]:
        """Marks several people of one name that the sentence does not tell apart."""
        near = (
            [row for row in rows if row[0] >= max(asked.cutoff, rows[0][0] - 0.12)] if rows else []
        )
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
            (score, with_feature(made, feature) if made.entity in held else made, head, tail)
            for score, made, head, tail in rows
        ]

    def _known_of(self, number: int) -> Known:
        found = self._known.get(number)
        if found is None:
            found = self._known[number] = evidence.known(self._listed.at(number))
        return found

    def _known_of_id(self, entity: str) -> Known:
        return self._known_of(int(self._listed.number(entity) or 0))

    def sentence(self, block: Block, first: int, last: int) -> tuple[Said, ...]:
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
                longer, size = self._said_by_several(block, place, end)
                found = longer or found
                size = size if longer else 1
            inside = first <= place <= last
            for what, which in found:
                if not inside and (what, which) != ("kind", ""):
                    out.append(Said(what, which, place))
            at += size
        return tuple(out[:60])

    def _said_by(
        self, block: Block, place: int, number: int
    ) -> tuple[tuple[tuple[str, str], ...], str]:
        found = self._marks.get(number)
        if found is None:
            raw = block.raw(place)
            low = form(plain(raw)[1])
            if low.isdigit():
                value = int(low) if len(low) <= 4 else 0
                what = (
                    "year"
                    if 1900 <= value <= 2100
                    else "age"
                    if 14 <= value <= 99 and len(low) == 2
                    else ""
                )
                found = (((what, str(value)),) if what else (), low)
            else:
                bare = low if not raw.endswith(("'s", "’s")) else low[:-1]
                seen = marks([bare])
                found = (seen[0][2] if seen else (), low)
            self._marks[number] = found
        return found

    def _said_by_several(
        self, block: Block, place: int, end: int
    ) -> tuple[tuple[tuple[str, str], ...], int]:
        raws = [plain(block.raw(at))[1] for at in range(place, min(place + 3, end))]
        seen = marks(raws)
        if seen and seen[0][0] == 0 and seen[0][1] > 1:
            return seen[0][2], seen[0][1]
        return (), 1


def _means_something_else(text: str) -> bool:
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
    return bool(name.parts) and all(
        said.part.classes and is_given(said.part) for said in name.parts
    )


def _as_listed(found: Found) -> bool:
    """Whether a word is written as on the list, or bridged from a script that has capitals."""
    pairs = found.comparison.pairs
    if not pairs or pairs[0].step in ("names.same", "names.lexicon"):
        return bool(pairs)
    return pairs[0].quality >= 0.9 and not any(
        "\u0590" <= c <= "\u08ff" for c in found.comparison.a
    )
