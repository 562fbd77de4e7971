"""What each word of a stream of text may be on the lists: looked up once, then only counted.

Most words of a text are no names, and names repeat. A word gets a number the first time it is
met; what the index knows of it is looked up when it first stands where a name may stand.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from taawun.jit import I32, U64
from taawun.names.clean import clean, fold_lookalikes
from taawun.names.company_words import company_words
from taawun.names.fold import fold_arabic
from taawun.names.lexicon import lexicon
from taawun.names.part import Part, part
from taawun.names.person import EAST_ASIAN
from taawun.names.romanise import script_of
from taawun.names.sounds import arabic_phones, tables
from taawun.names.words import person_words
from taawun.screening.candidates import Candidates
from taawun.screening.text import classify, kernels
from taawun.screening.text.alphabet import NUMBER, alphabet, codes_of
from taawun.screening.text.forms import Form, forms
from taawun.screening.text.wordlist import word_list

ENOUGH = 0.84  # a word that is no better alike is not that name
ENOUGH_KNOWN = 0.8
_MOST_WORDS = 1_000_000
_BENT = 0.98


@dataclass(frozen=True, slots=True)
class Spelt:
    """One way to read a word of the text: its form and the part it makes."""

    form: Form
    part: Part


class Table:
    """An open-addressing table from 64-bit keys to numbers, grown by halves."""

    def __init__(self, room: int = 1024) -> None:
        size = 1 << max(room * 2 - 1, 15).bit_length()
        self.keys = np.zeros(size, np.uint64)
        self.numbers = np.zeros(size, np.int32)

    @classmethod
    def of(cls, keys: U64, numbers: I32) -> Table:
        """A table of these; of equal keys the bits of the numbers are united."""
        made = cls(len(keys))
        kernels.insert_all(made.keys, made.numbers, keys, numbers)
        return made

    def grown(self, room: int) -> None:
        """Make place for `room` keys."""
        if room * 2 > len(self.keys):
            old = self.keys != 0
            bigger = Table(room * 2)
            kernels.insert_all(bigger.keys, bigger.numbers, self.keys[old], self.numbers[old])
            self.keys, self.numbers = bigger.keys, bigger.numbers


def hashes(keys: list[tuple[int, str]]) -> U64:
    """The hashes of folded words with their script numbers, as the reader makes them."""
    lengths = np.fromiter((len(word) for _, word in keys), np.int64, len(keys))
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    out = np.zeros(len(keys), np.uint64)
    scripts = np.fromiter((script for script, _ in keys), np.uint8, len(keys))
    kernels.hash_keys(codes_of("".join(word for _, word in keys)), starts, scripts, out)
    return out


class _Entries:
    """Growing columns: the vocabulary parts that words may be, and how well."""

    def __init__(self) -> None:
        self.parts = np.zeros(4096, np.int32)
        self.quality = np.zeros(4096, np.float32)
        self.side = np.zeros(4096, np.uint8)
        self.count = 0

    def add(self, parts: Any, quality: Any, side: Any) -> tuple[int, int]:
        need = self.count + len(parts)
        if need > len(self.parts):
            for name in ("parts", "quality", "side"):
                old = getattr(self, name)
                new = np.zeros(max(need, 2 * len(old)), old.dtype)
                new[: self.count] = old[: self.count]
                setattr(self, name, new)
        span = slice(self.count, need)
        self.parts[span], self.quality[span], self.side[span] = parts, quality, side
        first, self.count = self.count, need
        return first, len(parts)


class Wordbook:
    """Numbers for words, what each may be, and where the index has it."""

    def __init__(self, sieve: Candidates, phrase_openings: U64) -> None:
        self.sieve = sieve
        self.index = sieve.index
        self.alphabet = alphabet()
        self.known = _known_words(sieve, phrase_openings)
        self.families = _families_of_letters()
        self.sounds = _sounds(sieve)
        self.table = Table(1 << 15)
        self.count = 0
        self.traits = np.zeros(1 << 15, np.int32)
        self.state = np.zeros(1 << 15, np.uint8)
        self.lead = np.zeros(1 << 15, np.uint8)
        self.phrase = np.zeros(1 << 15, np.uint64)
        self.first = np.zeros(1 << 15, np.int64)
        self.size = np.zeros(1 << 15, np.int32)
        self.entries = _Entries()
        self.spelt: dict[int, tuple[Spelt, ...]] = {}

    @property
    def full(self) -> bool:
        """Whether so many words were met that it is time for a new book."""
        return self.count > _MOST_WORDS

    def room(self, more: int) -> None:
        """Make place for as many new words."""
        need = self.count + more
        self.table.grown(need)
        if need > len(self.traits):
            for name in ("traits", "state", "lead", "phrase", "first", "size"):
                old = getattr(self, name)
                new = np.zeros(max(need, 2 * len(old)), old.dtype)
                new[: self.count] = old[: self.count]
                setattr(self, name, new)

    def look_up(self, number: int, raw: str) -> None:
        """Find what the lists have for a word, and keep it."""
        script, word = plain(raw)
        found: list[Spelt] = []
        if word and script in NUMBER and script not in EAST_ASIAN:
            found = self._readings(word, script)
        columns = self._columns(found)
        if word.isdigit():
            columns = self._extra(f"number:{int(word)}", columns)
        elif word:
            concept = company_words().concepts.get(f"{script}:{_folded(word, script)}")
            if concept:
                columns = self._extra(f"concept:{concept}", columns)
        self.spelt[number] = tuple(found)
        parts, quality, side = columns
        anchors = bool(len(side)) and not side.all()
        self.first[number], self.size[number] = self.entries.add(parts, quality, side)
        self.state[number] = kernels.NAME if anchors else kernels.NOTHING
        if found:
            led = [bool(spelt.form.head) and script in ("arab", "hebr") for spelt in found]
            self.lead[number] = (
                kernels.LED if all(led) else kernels.BOTH if any(led) else kernels.FREE
            )

    def _readings(self, word: str, script: str) -> list[Spelt]:
        """The ways to read a word that the lists know, or else that sound like a listed one."""
        every = [
            Spelt(form, part(script, _bare(form.said, script))) for form in forms(word, script)
        ]
        known = [spelt for spelt in every if self._known(spelt.part)]
        if known:
            return known
        heard = [(self._heard(spelt.part), spelt) for spelt in every if len(spelt.form.said) > 3]
        whole = [(quality, spelt) for quality, spelt in heard if not spelt.form.head]
        if any(quality >= ENOUGH for quality, _ in whole):
            heard = whole
        best = max((quality for quality, _ in heard), default=0.0)
        if best < ENOUGH:
            return []
        return [spelt for quality, spelt in heard if quality >= max(best - 0.04, ENOUGH)]

    def _known(self, made: Part) -> bool:
        if self.index.part_number(made.key) >= 0:
            return True
        return any(len(self.sieve._of_class(n)[0]) for n in made.classes | made.surnames)

    def _heard(self, made: Part) -> float:
        numbers, quality = self.sieve._meeting(made, False)
        return float(quality.max()) if len(numbers) else 0.0

    def _columns(self, found: list[Spelt]) -> tuple[Any, Any, Any]:
        numbers, quality = [], []
        for spelt in found:
            own, how = self.sieve._meeting(spelt.part, False)
            kept = how >= ENOUGH_KNOWN
            numbers.append(own[kept])
            quality.append(how[kept] * (_BENT if spelt.form.bent else 1.0))
        if not numbers:
            none = np.zeros(0, np.int32)
            return none, none.astype(np.float32), none.astype(np.uint8)
        every, how = np.concatenate(numbers), np.concatenate(quality).astype(np.float32)
        order = np.lexsort((-how, every))
        every, how = every[order], how[order]
        first = np.ones(len(every), bool)
        first[1:] = every[1:] != every[:-1]
        return every[first], how[first], np.zeros(int(first.sum()), np.uint8)

    def _extra(self, key: str, columns: tuple[Any, Any, Any]) -> tuple[Any, Any, Any]:
        number = self.index.part_number(key)
        if number < 0:
            return columns
        parts, quality, side = columns
        return (
            np.append(parts, np.int32(number)),
            np.append(quality, np.float32(1.0)),
            np.append(side, np.uint8(1)),
        )


def plain(raw: str) -> tuple[str, str]:
    """The script of a word of the text, and the word without invisible letters and marks."""
    word = unicodedata.normalize("NFC", clean(raw[:200]))
    word = "".join(c for c in word if c.isalnum() or c in "'’ʼ")
    script = script_of(word)
    if script == "mixed":
        word = fold_lookalikes(word)
        script = script_of(word)
    if script == "zyyy" and word.isdigit():
        return "latn", str(int(word)) if len(word) < 9 else word
    return script, word


def _bare(said: str, script: str) -> str:
    """A word without its Arabic article, where the whole is not a name by itself."""
    if script == "arab":
        form = fold_arabic(said)
        if form.startswith("ال") and len(form) > 4 and not lexicon().of("arab", form):
            return said[2:]
    return said


def _folded(word: str, script: str) -> str:
    from taawun.names.lexicon import folded

    return folded(script, word)


_FAMILIES = (
    "b p arb", "f v arf", "t d th dh dad", "s z ts dz zah lc", "sh zh ch j lj", "k g q gh",
    "kh lx", "m", "n", "l", "r",
)  # fmt: skip


def _by_phone() -> npt.NDArray[np.uint8]:
    """The family of each phone, from 1; what comes and goes between spellings is 0."""
    out = np.zeros(256, np.uint8)
    codes = tables().codes
    for number, family in enumerate(_FAMILIES, 1):
        for phone in family.split():
            if phone in codes:
                out[codes[phone]] = number
    return out


def _families_of_letters() -> npt.NDArray[np.uint8]:
    """The consonant family of every Arabic letter."""
    out = np.zeros(0x700, np.uint8)
    known = _by_phone()
    for code in range(0x620, 0x700):
        if chr(code).isalpha():
            row = arabic_phones(fold_arabic(chr(code)) or "ا")
            out[code] = known[int(row[0])] if len(row) == 1 else 0
    out[[ord(letter) for letter in "اويىةهعئؤء"]] = 0
    return out


def _sounds(sieve: Candidates) -> Table:
    """The consonants of every part that the lists have, in whatever script."""
    by_phone = _by_phone()
    a = sieve.index.arrays
    out = np.zeros(len(a["row_part"]) + 1, np.uint64)
    starts, phones = a["row_starts"], a["phones"]
    count = classify.skeletons(by_phone, phones, starts, out)
    keys = np.unique(out[:count])
    return Table.of(keys, np.ones(len(keys), np.int32))


def _known_words(sieve: Candidates, phrase_openings: U64) -> Table:
    """Every single word that names know, by hash, with bits for what it is."""
    index = sieve.index
    listed = set(index.arrays["class_values"].tolist())
    keys: list[tuple[int, str]] = []
    bits: list[int] = []

    def enter(key: str, bit: int) -> None:
        script, _, form = key.partition(":")
        number = NUMBER.get(script, -1)
        if number > 0 and form and " " not in form:
            keys.append((number, form))
            bits.append(bit)

    for key in index.all_parts():
        enter(key.removeprefix("+"), kernels.VOCABULARY)
    for key, classes in lexicon().spelled.items():
        if not listed.isdisjoint(classes):
            enter(key, kernels.PERSON)
    people = person_words()
    for key in company_words().concepts:
        enter(key, kernels.CONCEPT)
    for key in company_words().forms:
        enter(key, kernels.CONCEPT)
    for key in people.titles:
        enter(key, kernels.TITLE)
    for key in people.nasab:
        enter(key, kernels.NASAB)
    for group in (people.articles, people.particles, people.kunya):
        for key in group:
            enter(key, kernels.CONNECT)
    for key in people.servants:
        enter(key, kernels.SERVANT | kernels.PERSON)
    for key in (*people.completions, *people.tails):
        enter(key, kernels.FAITH)
    for key in word_list().ordinary:
        enter(key, kernels.ORDINARY)
    for word in (*word_list().opening, *(w for w in word_list().said if " " not in w)):
        enter(f"{script_of(word)}:{word}", kernels.SAID)
    every = np.concatenate([hashes(keys), phrase_openings])
    values = np.concatenate(
        [np.array(bits, np.int32), np.full(len(phrase_openings), kernels.PHRASE, np.int32)]
    )
    return Table.of(every, values)
