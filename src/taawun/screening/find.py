"""Finding entities by words: what `/search` asks.

An inverted index: for each folded word, the entities that have it in a name and in the rest of
their text, and how often. Ranked by BM25 (Robertson and Zaragoza 2009), names counting three
times the rest and hardly punished for being many, with a little more for entities of which much
is known. What the index cannot decide (a phrase, one property) is looked up in the entities that
remain.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import translate
from functools import cached_property, lru_cache
from typing import Any, Protocol

import numpy as np

from taawun.entities.entity import Entity
from taawun.screening.facets import Facets, Mask, type_of
from taawun.screening.fold import fold, words
from taawun.screening.query import All, Node, Not, Phrase, Some, Word
from taawun.screening.shelf import Rows, Shelf, Strings

NAMES_WEIGHT = 3.0
_K1 = 1.2
_LENGTH_NAMES, _LENGTH_TEXT = 0.25, 0.75
_MOST_TERMS = 1024
# What a field of the search index is called: the types of FollowTheMoney whose values it gathers.
_GROUPS = {
    "names": "name",
    "dates": "date",
    "addresses": "address",
    "emails": "email",
    "phones": "phone",
    "urls": "url",
    "languages": "language",
}
_WHOLE = frozenset({"identifier", "date", "country", "topic", "gender", "url", "email", "phone"})

Floats = np.ndarray[Any, np.dtype[np.float32]]


def names_of(entity: Entity) -> Iterator[str]:
    """Every text of a name property."""
    for prop, values in entity.properties.items():
        if type_of(entity.schema, prop) == "name":
            for value in values:
                yield value.text


def text_of(entity: Entity) -> Iterator[str]:
    """Every other text: ids and values, relations left out."""
    for name in (entity.id, *entity.referents):
        yield name
        if (whole := squeezed(name)) != name:
            yield whole
    for prop, values in entity.properties.items():
        kind = type_of(entity.schema, prop)
        if kind not in ("name", "entity"):
            for value in values:
                yield value.text
                if kind == "identifier" and (whole := squeezed(value.text)) != value.text:
                    yield whole


def squeezed(text: str) -> str:
    """An identifier without its punctuation, folded: `AB 123-456` is `ab123456`."""
    return "".join(words(text))


class WordWriter:
    """Gathers the words of entities in order."""

    def __init__(self) -> None:
        self._terms: dict[str, int] = {}
        self._postings = array("i")
        self._lengths = array("i")

    def add(self, entity: Entity) -> None:
        """The words of the next entity."""
        number = len(self._lengths) // 2
        named = Counter(word for text in names_of(entity) for word in words(text))
        said = Counter(word for text in text_of(entity) for word in words(text))
        for word in named.keys() | said.keys():
            term = self._terms.setdefault(word, len(self._terms))
            often = (min(named[word], 255), min(said[word], 255))
            self._postings.extend((term, number, *often))
        self._lengths.extend((named.total(), said.total()))

    def columns(self) -> dict[str, Any]:
        """The arrays to write: terms in order, and for each its entities with two frequencies."""
        ordered = sorted(self._terms)
        rank = np.empty(len(ordered), dtype=np.int64)
        for place, term in enumerate(ordered):
            rank[self._terms[term]] = place
        rows = np.frombuffer(self._postings, dtype=np.int32).reshape(-1, 4)
        placed = rank[rows[:, 0]]
        order = np.lexsort((rows[:, 1], placed))
        begins = np.zeros(len(ordered) + 1, dtype=np.int64)
        np.cumsum(np.bincount(placed, minlength=len(ordered)), out=begins[1:])
        return {
            "word.begins": begins,
            "word.codes": np.ascontiguousarray(rows[order, 1]),
            "word.often": np.ascontiguousarray(rows[order, 2:].astype(np.uint8)),
            "word.lengths": np.frombuffer(self._lengths, dtype=np.int32).reshape(-1, 2).copy(),
            **Strings.pack(ordered).columns("word.term"),
        }

    def facts(self) -> dict[str, Any]:
        """The mean lengths that BM25 compares with."""
        lengths = np.frombuffer(self._lengths, dtype=np.int32).reshape(-1, 2)
        means = lengths.mean(axis=0) if len(lengths) else np.zeros(2)
        return {"mean_names": float(means[0]) or 1.0, "mean_text": float(means[1]) or 1.0}


@dataclass(frozen=True, slots=True)
class Found:
    """Which entities hold a part of the query, and the score it gives each of them."""

    mask: Mask
    scores: Floats


class Records(Protocol):
    """What the finder looks up in the book."""

    def at(self, number: int) -> Entity:
        """An entity, decoded."""
        ...

    def id_at(self, number: int) -> str:
        """Its id, without decoding."""
        ...

    def mentions(self, number: int, text: bytes) -> bool:
        """Whether its record holds these bytes."""
        ...


class Finder:
    """Answers queries over an open book."""

    def __init__(self, shelf: Shelf, facets: Facets, records: Records) -> None:
        self.facets = facets
        self.records = records
        self._rows = Rows.on(shelf, "word")
        self._often = shelf["word.often"]
        self._terms = Strings.on(shelf, "word.term")
        self._norms = _norms(shelf["word.lengths"], shelf.facts)
        self._known = np.sqrt(shelf["values_count"] * 0.5).astype(np.float32)
        self.count = len(shelf["values_count"])

    def find(
        self, node: Node, allowed: Mask, *, fuzzy: bool = False
    ) -> tuple[np.ndarray[Any, Any], Floats]:
        """The numbers of the entities among `allowed` that hold `node`, and their scores.

        In the order of numbers. `fuzzy` lets every word differ by the edits its length allows.
        """
        found = self._part(node, allowed, fuzzy)
        numbers = np.flatnonzero(found.mask & allowed)
        return numbers, found.scores[numbers] + self._known[numbers]

    @cached_property
    def _vocabulary(self) -> list[str]:
        return self._terms.all()

    def _part(self, node: Node, allowed: Mask, fuzzy: bool) -> Found:
        match node:
            case Word():
                return self._word(node, allowed, fuzzy)
            case Phrase():
                return self._phrase(node, allowed, fuzzy)
            case Not(part):
                inner = self._part(part, allowed, fuzzy)
                return Found(~inner.mask, np.zeros(self.count, dtype=np.float32))
            case Some(parts):
                return self._some(parts, allowed, fuzzy)
            case All(parts):
                return self._all(parts, allowed, fuzzy)

    def _all(self, parts: tuple[Node, ...], allowed: Mask, fuzzy: bool) -> Found:
        mask, scores = allowed.copy(), np.zeros(self.count, dtype=np.float32)
        # Parts that must be looked up in the entities come last, when few are left.
        for part in sorted(parts, key=lambda part: not _by_index(part)):
            found = self._part(part, mask, fuzzy)
            mask &= found.mask
            scores += found.scores
        return Found(mask, scores)

    def _some(self, parts: tuple[Node, ...], allowed: Mask, fuzzy: bool) -> Found:
        mask = np.zeros(self.count, dtype=np.bool_)
        scores = np.zeros(self.count, dtype=np.float32)
        for part in parts:
            found = self._part(part, allowed, fuzzy)
            mask |= found.mask
            scores += np.where(found.mask, found.scores, np.float32(0))
        return Found(mask, scores)

    def _word(self, word: Word, allowed: Mask, fuzzy: bool) -> Found:
        if word.field in self.facets:
            return self._flat(self._facet(word.field, [word.text], word.pattern), word.weight)
        terms = self._matching(word, fuzzy)
        if not word.field or word.field in ("names", "text"):
            return self._scored(terms, word)
        if word.text == "*":
            return self._looked_up(word.field, allowed, lambda text, kind: True, word.weight)
        near = self._scored(terms, word)
        texts = frozenset(self._vocabulary[term] for term in terms)
        return self._looked_up(
            word.field,
            near.mask & allowed if word.field not in _COLUMNS else allowed,
            lambda text, kind: _holds(text, kind, texts, word),
            word.weight,
        )

    def _phrase(self, phrase: Phrase, allowed: Mask, fuzzy: bool) -> Found:
        if phrase.field in self.facets:
            return self._flat(self._facet(phrase.field, list(phrase.words), False), phrase.weight)
        field = phrase.field if phrase.field in ("names", "text") else ""
        near = self._all(tuple(Word(word, field=field) for word in phrase.words), allowed, fuzzy)
        mask = np.zeros(self.count, dtype=np.bool_)
        for number in np.flatnonzero(near.mask & allowed):
            entity = self.records.at(int(number))
            mask[number] = any(
                _follows(words(text), phrase) for text, _ in _texts(entity, phrase.field)
            )
        return Found(mask, near.scores * np.float32(phrase.weight))

    def _flat(self, mask: Mask, weight: float) -> Found:
        return Found(mask, mask.astype(np.float32) * np.float32(weight))

    def _facet(self, field: str, said: list[str], pattern: bool) -> Mask:
        facet = self.facets[field]
        if pattern:
            shape = re.compile(translate(said[0]))
            kept = [code for code, value in enumerate(facet.values) if shape.match(fold(value))]
        else:
            wanted = "".join(said)
            kept = [code for code, value in enumerate(facet.values) if squeezed(value) == wanted]
        return facet.having_codes(kept)

    def _looked_up(
        self, field: str, allowed: Mask, holds: Callable[[str, str], bool], weight: float
    ) -> Found:
        mask = np.zeros(self.count, dtype=np.bool_)
        for number in np.flatnonzero(allowed).tolist():
            mask[number] = any(holds(text, kind) for text, kind in self._field(number, field))
        return self._flat(mask, weight)

    def _field(self, number: int, field: str) -> Iterator[tuple[str, str]]:
        """The texts of a field of an entity, which is decoded only where it can have some."""
        if field in ("id", "entity_id"):
            yield self.records.id_at(number), "identifier"
        elif field in _COLUMNS or field in _GROUPS or self.records.mentions(number, _key(field)):
            yield from _texts(self.records.at(number), field)

    def _matching(self, word: Word, fuzzy: bool) -> list[int]:
        """The terms of the vocabulary that a word stands for."""
        if word.pattern:
            return self._by_pattern(word.text)
        allowed = -1 if fuzzy and not word.edits else word.edits
        edits = allowed if allowed >= 0 else (0, 1, 2)[(len(word.text) > 2) + (len(word.text) > 5)]
        if edits:
            return self._by_edits(word.text, edits)
        place = bisect_left(self._terms, word.text)
        there = place < len(self._terms) and self._terms[place] == word.text
        return [place] if there else []

    def _by_pattern(self, pattern: str) -> list[int]:
        stem = re.split(r"[*?]", pattern)[0]
        begin = bisect_left(self._terms, stem)
        end = bisect_left(self._terms, stem + "\U0010ffff")
        if pattern == stem + "*":
            return list(range(begin, min(end, begin + _MOST_TERMS)))
        shape = re.compile(translate(pattern))
        near = (place for place in range(begin, end) if shape.match(self._vocabulary[place]))
        return [place for place, _ in zip(near, range(_MOST_TERMS), strict=False)]

    def _by_edits(self, word: str, edits: int) -> list[int]:
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        near = process.extract(
            word, self._vocabulary, scorer=OSA.distance, score_cutoff=edits, limit=_MOST_TERMS
        )
        return [place for _, _, place in near]

    def _scored(self, terms: Iterable[int], word: Word) -> Found:
        """BM25 over the names and the text; of several terms the best counts."""
        mask = np.zeros(self.count, dtype=np.bool_)
        scores = np.zeros(self.count, dtype=np.float32)
        for term in terms:
            begin, end = int(self._rows.begins[term]), int(self._rows.begins[term + 1])
            numbers, often = self._rows.codes[begin:end], self._often[begin:end]
            exact = 1.0 if self._terms[term] == word.text else 0.6
            for side, weight in ((0, NAMES_WEIGHT), (1, 1.0)):
                if word.field == ("text", "names")[side]:
                    continue
                times = often[:, side].astype(np.float32)
                there = times > 0
                rarity = _rarity(self.count, int(there.sum()))
                part = times * (_K1 + 1) / (times + self._norms[numbers, side])
                part *= np.float32(weight * rarity * exact * word.weight)
                scores[numbers] = np.maximum(scores[numbers], part)
                mask[numbers[there]] = True
        return Found(mask, scores)


def _norms(lengths: np.ndarray[Any, Any], facts: Mapping[str, Any]) -> Floats:
    """BM25's k1 · (1 - b + b · length / mean) for the names and the text of each entity."""
    means = np.array([facts["mean_names"], facts["mean_text"]], dtype=np.float32)
    b = np.array([_LENGTH_NAMES, _LENGTH_TEXT], dtype=np.float32)
    return np.asarray(_K1 * (1 - b + b * lengths / means), dtype=np.float32)


def _rarity(count: int, having: int) -> float:
    return float(np.log(1 + (count - having + 0.5) / (having + 0.5)))


_COLUMNS: Mapping[str, Callable[[Entity], tuple[str, ...]]] = {
    "id": lambda entity: (entity.id,),
    "entity_id": lambda entity: (entity.id,),
    "caption": lambda entity: (entity.caption,),
    "referents": lambda entity: entity.referents,
    "target": lambda entity: (str(entity.target).lower(),),
    "first_seen": lambda entity: (entity.first_seen,),
    "last_seen": lambda entity: (entity.last_seen,),
    "last_change": lambda entity: (entity.last_change,),
}


def _texts(entity: Entity, field: str) -> Iterator[tuple[str, str]]:
    """The texts of a field with their type: a property, a group of properties, or all for ""."""
    if field in _COLUMNS:
        yield from ((text, "identifier") for text in _COLUMNS[field](entity))
        return
    wanted, group = field.removeprefix("properties."), _GROUPS.get(field)
    for prop, values in entity.properties.items():
        kind = type_of(entity.schema, prop)
        if field in ("", "text") or prop == wanted or kind == group:
            for value in values:
                yield value.text, kind


@lru_cache(maxsize=256)
def _key(field: str) -> bytes:
    """How the record of an entity that has a property begins it."""
    return f'"{field.removeprefix("properties.")}":['.encode()


def _holds(text: str, kind: str, terms: frozenset[str], word: Word) -> bool:
    """Whether a value has the word: codes and numbers as a whole, dates by their beginning."""
    if kind == "date":
        return squeezed(text).startswith(word.text) or not terms.isdisjoint(words(text))
    if kind in _WHOLE:
        whole = squeezed(text)
        if word.pattern:
            return re.match(translate(word.text), whole) is not None
        return whole == word.text or whole in terms
    return not terms.isdisjoint(words(text))


def _follows(text: list[str], phrase: Phrase) -> bool:
    """Whether the words of a phrase follow one another in `text`, `slop` others allowed."""
    first, rest = phrase.words[0], phrase.words[1:]
    for start, word in enumerate(text):
        if word != first:
            continue
        at, spare = start, phrase.slop
        for wanted in rest:
            window = text[at + 1 : at + 2 + spare]
            if wanted not in window:
                break
            step = window.index(wanted)
            at, spare = at + 1 + step, spare - step
        else:
            return True
    return False


def _by_index(node: Node) -> bool:
    """Whether the index alone decides a part."""
    match node:
        case Word(field=field):
            return not field or field in ("names", "text")
        case Phrase():
            return False
        case Not(part):
            return _by_index(part)
        case All(parts) | Some(parts):
            return all(map(_by_index, parts))
