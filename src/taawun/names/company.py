"""A company's or vessel's name taken apart, and how two of them meet.

Legal forms are taken off (and remembered), generic words become concepts that are the same in
every language and weigh little, numbers are numbers however they are written. What is left tells
companies apart. Order matters little; a number or a distinctive word that only one side has
matters much.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from taawun.names.acronym import acronyms
from taawun.names.clean import clean
from taawun.names.company_words import CompanyWords, company_words
from taawun.names.numbers import numbers_in
from taawun.names.part import MATCHES, Meeting, Part, joined, meet, part
from taawun.names.person import Name, Said
from taawun.names.romanise import script_of
from taawun.names.tally import Alignment, Pairing
from taawun.names.tokens import MOST_PARTS, Token, letters_of, tokens_of
from taawun.names.unspaced import spaced
from taawun.names.weights import Weigh
from taawun.names.words import person_words

CONCEPT, NUMBER = "concept", "number"
CONFLICT, EXTRA, GENERIC_APART, EXTRA_GENERIC = 1.7, 0.8, 3.0, 0.5
NUMBER_APART = 0.55
FORM_APART = 0.97
DISORDER = 0.97
TRANSLATED = 0.65  # Falcon Ltd and Faucon SARL share a word, no more
ACRONYM = 0.8
NUMBER_WEIGHT = 0.6
EXTRA_VESSEL = 1.2
VESSEL_WORD = 0.8  # ships are named by ordinary words
VESSEL_SLIP = 0.17  # ships are named one letter apart


def concept_part(key: str) -> Part:
    """The part that stands for a concept, whatever the language."""
    return Part(CONCEPT, key, (), (), (), loose=True, key=f"{CONCEPT}:{key}")


def number_part(value: int) -> Part:
    """The part that stands for a number, however it was written."""
    return Part(NUMBER, str(value), (), (), (), key=f"{NUMBER}:{value}")


@lru_cache(maxsize=8_192)
def company(text: str, kind: str = "company") -> Name:
    """The name of a company or vessel taken apart. Raises InputError for text that is no name."""
    words = company_words()
    cleaned = clean(text)
    tokens = spaced(tokens_of(_without_letters(cleaned), brackets=True), words)
    kept, found_forms = _without_forms(tokens, words, kind)
    said = _said(kept, words, kind)
    if not any(s.part.script not in (CONCEPT, NUMBER) for s in said):
        # nothing distinctive is left: "National Bank", "Trading Company Ltd"
        said = said or [Said(part(t.script, t.text), t.text) for t in tokens]
    said = said[:MOST_PARTS]
    return Name(
        text=text,
        kind=kind,
        parts=tuple(said),
        notes=tuple(found_forms),
        loose=any(s.part.loose for s in said),
        form=" ".join(s.part.key for s in said),
        letters=letters_of(cleaned),
        numbers=tuple(sorted(int(s.part.form) for s in said if s.part.script == NUMBER)),
    )


_LETTERS = re.compile(
    r"(?<=\w)\s*[(\[]\s*[\"'“«]?\s*[A-Z](?:\.?[A-Z0-9]){1,5}\.?\s*[\"'”»]?\s*[)\]]"
)


def _without_letters(text: str) -> str:
    """A name without its own initials in brackets behind it: Daedong Credit Bank (DCB)."""
    found = _LETTERS.search(text)
    if found is None:
        return text
    bare = _LETTERS.sub(" ", text)
    letters = "".join(c for c in found.group() if c.isalnum()).upper()
    heads = [word[0].upper() for word in re.split(r"[\s-]+", bare) if word[:1].isalnum()]
    # the letters stand for words of the name, in their order: UAE behind it does not
    rest = iter(heads)
    its_own = sum(letter in rest for letter in letters) >= max(2, len(letters) - 1)
    return bare if its_own and len(heads) > 1 else text


def _without_forms(
    tokens: list[Token], words: CompanyWords, kind: str
) -> tuple[list[Token], list[str]]:
    """The tokens without legal forms (or, of a vessel, without M/V), and the forms' families."""
    kept: list[Token] = []
    found: list[str] = []
    at = 0
    while at < len(tokens):
        size, family = words.form_at(tokens, at, kind)
        # a form that is the whole name is the name
        if size and (kept or at + size < len(tokens)):
            if family:
                found.append(family)
            at += size
            continue
        kept.append(tokens[at])
        at += 1
    return (kept, found) if kept else (tokens, [])


def _said(tokens: list[Token], words: CompanyWords, kind: str) -> list[Said]:
    found = numbers_in([t.form for t in tokens])
    numbers = {span.start: (value, span.stop) for value, span in found}
    out: list[Said] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        concept, size = words.concept_at(tokens, at)
        if concept and not (at in numbers and size == 1):
            text = " ".join(t.text for t in tokens[at : at + size])
            weight = words.weight(concept) if kind != "vessel" else VESSEL_WORD
            if weight > 0:
                plain = _part(token) if size == 1 else None
                out.append(Said(concept_part(concept), text, weight=weight, plain=plain))
            at += size
        elif at in numbers:
            value, stop = numbers[at]
            out.append(
                Said(
                    number_part(value),
                    " ".join(t.text for t in tokens[at:stop]),
                    weight=NUMBER_WEIGHT,
                )
            )
            at = stop
        else:
            if not words.stop(token) and not _article(tokens, at):
                out.append(Said(_part(token), token.text))
            at += 1
    return out


def _article(tokens: list[Token], at: int) -> bool:
    """Al, el, ul, the Persian e and o between words: they come and go."""
    token = tokens[at]
    if len(tokens) == 1 or at + 1 == len(tokens):
        return False
    key = f"{token.script}:{token.form}"
    alone = token.form in ("al", "el", "ul", "ال")
    if key in person_words().articles and (alone or tokens[at + 1].glued):
        return True
    return at > 0 and token.script in ("latn", "arab") and token.form in _LINKS


_LINKS = frozenset({"e", "i", "o", "ol", "wal", "wa", "va", "و"})


def _part(token: Token) -> Part:
    """The part of a token, an Arabic article taken off: النور is نور."""
    if token.script == "arab":
        for head in ("وال", "لل", "ال", "بال"):
            if token.form.startswith(head) and len(token.form) >= len(head) + 3:
                return part("arab", token.form[len(head) :])
    return part(token.script, token.text)


@dataclass(slots=True)
class _Match:
    a: tuple[int, ...]
    b: tuple[int, ...]
    meeting: Meeting


@dataclass(frozen=True, slots=True)
class Matched:
    """How two companies' names met. `base`, `told` and `alone` as of a person's `Tally`."""

    base: float
    told: float
    alone: int
    alignment: Alignment

    def shown(self) -> Alignment:
        """Which part met which, and what stayed alone, in words."""
        return self.alignment


def align_companies(a: Name, b: Name, weigh: Weigh) -> Matched | None:
    """The best way in which two companies' or vessels' names meet; None where nothing does."""
    if not a.parts or not b.parts:
        return None
    wa = [weight(said, weigh) for said in a.parts]
    wb = [weight(said, weigh) for said in b.parts]
    found = _assigned(a, b, wa, wb)
    _join(a, b, found)
    by_letters = _acronym(a, b)
    if by_letters is not None:
        return by_letters
    return _summed(a, b, wa, wb, found)


def weight(said: Said, weigh: Weigh) -> float:
    """What a part of a company's name weighs."""
    if said.part.script in (CONCEPT, NUMBER):
        return said.weight
    if said.part.initial:
        return 0.5
    return weigh(said.part)


def _meeting(one: Said, other: Said, loose: bool) -> Meeting:
    a, b = one.part, other.part
    if a.script in (CONCEPT, NUMBER) or b.script in (CONCEPT, NUMBER):
        if a.script == b.script and a.form == b.form:
            return _same_meaning(one, other, loose)
        if a.script == b.script == CONCEPT and company_words().near(a.form, b.form):
            return Meeting(0.85, "names.near_concept")
        if one.plain or other.plain:
            a, b = one.plain or a, other.plain or b
            found = meet(a, b, loose or a.script != b.script)
            if found.quality >= (0.8 if one.plain and other.plain else 0.7):
                return found
        return _NONE
    return meet(a, b, loose or a.script != b.script)


def _same_meaning(one: Said, other: Said, loose: bool) -> Meeting:
    """The same concept or number: the same word, the same word in another script, a translation."""
    if one.text.casefold() == other.text.casefold() or one.part.script == NUMBER:
        return Meeting(1.0, f"names.{one.part.script}")
    if one.plain and other.plain:
        cross = one.plain.script != other.plain.script
        if meet(one.plain, other.plain, loose or cross).quality >= 0.8:
            return Meeting(0.98, f"names.{one.part.script}")
    return Meeting(0.97, TRANSLATION)


TRANSLATION = "names.translation"
_NONE = Meeting(0.0, "names.apart")


def _assigned(a: Name, b: Name, wa: list[float], wb: list[float]) -> list[_Match]:
    """Parts that meet, best first; each part once."""
    loose = a.loose and b.loose
    cells = []
    for i, one in enumerate(a.parts):
        for j, other in enumerate(b.parts):
            met = _meeting(one, other, loose)
            if a.kind == "vessel" and met.step == "names.typing":
                met = Meeting(met.quality - VESSEL_SLIP, met.step)
            if met.quality >= MATCHES and met.step != "names.initial":
                # the same word at about the same place first
                cells.append((met.quality * (wa[i] + wb[j]) - 0.01 * abs(i - j), i, j, met))
    cells.sort(key=lambda cell: (-cell[0], cell[1] + cell[2], abs(cell[1] - cell[2])))
    used_a: set[int] = set()
    used_b: set[int] = set()
    out = []
    for _, i, j, met in cells:
        if i not in used_a and j not in used_b:
            used_a.add(i)
            used_b.add(j)
            out.append(_Match((i,), (j,), met))
    return out


def _join(a: Name, b: Name, found: list[_Match]) -> None:
    """Words that one side joins and the other splits: Aero Caribbean and Aerocaribbean."""
    ship = a.kind == "vessel"
    left_a = _left(len(a.parts), [m.a for m in found])
    left_b = _left(len(b.parts), [m.b for m in found])
    if not left_a or not left_b:
        return
    for one, one_left, other, other_left, swap in (
        (a, left_a, b, left_b, False),
        (b, left_b, a, left_a, True),
    ):
        for run in _runs(one_left):
            whole = joined(tuple(_spoken(one.parts[i]) for i in run))
            for j in list(other_left):
                met = meet(whole, _spoken(other.parts[j]), a.loose and b.loose)
                if met.step == "names.initial" or (ship and met.step == "names.typing"):
                    continue
                if met.quality >= 0.8:
                    pair = _Match((j,), run, met) if swap else _Match(run, (j,), met)
                    found.append(pair)
                    for i in run:
                        one_left.remove(i)
                    other_left.remove(j)
                    return


def _spoken(said: Said) -> Part:
    if said.part.script == CONCEPT:
        return said.plain or part(script_of(said.text), said.text)
    return said.part


def _left(count: int, used: list[tuple[int, ...]]) -> list[int]:
    taken = {i for group in used for i in group}
    return [i for i in range(count) if i not in taken]


def _runs(left: list[int]) -> list[tuple[int, ...]]:
    pairs = [(i, i + 1) for i in left if i + 1 in left]
    return pairs + [(i, i + 1, i + 2) for i, _ in pairs if i + 2 in left]


def _acronym(a: Name, b: Name) -> Matched | None:
    """One side is the initials of the other: IRISL."""
    for one, other in ((a, b), (b, a)):
        if len(one.parts) != 1 or len(other.parts) < 3:
            continue
        form = one.parts[0].part.form
        if one.parts[0].part.script == "latn" and 3 <= len(form) <= 8:
            words = other.text.split()  # with the legal forms: the C of NIOC is Company
            if form in {letters.casefold() for letters in acronyms(words)}:
                pair = Pairing(a.text, b.text, ACRONYM, "names.acronym", 1.0)
                return Matched(ACRONYM, 1.0, 0, Alignment((pair,), notes=("names.acronym",)))
    return None


def _summed(
    a: Name, b: Name, wa: list[float], wb: list[float], found: list[_Match]
) -> Matched | None:
    if not found:
        return None
    agreed = together = 0.0
    pairs = []
    for match in found:
        share = (sum(wa[i] for i in match.a) + sum(wb[j] for j in match.b)) / 2
        agreed += share * match.meeting.quality
        together += share
        texts = (
            " ".join(a.parts[i].text for i in match.a),
            " ".join(b.parts[j].text for j in match.b),
        )
        pairs.append(Pairing(*texts, match.meeting.quality, match.meeting.step, share))
    left_a = _left(len(a.parts), [m.a for m in found])
    left_b = _left(len(b.parts), [m.b for m in found])
    against, extra = _apart(a, b, wa, wb, left_a, left_b)
    total = together + against + extra
    base = agreed / total if total and pairs else 0.0
    telling = any(_distinctive(a.parts[i]) for m in found for i in m.a)
    if not telling and (left_a or left_b):
        base *= 0.8  # only generic words meet
    if not telling and _main(found, a).meeting.step == TRANSLATION:
        # United Aircraft Corporation translates; Falcon and Faucon only share a word
        base *= TRANSLATED if len(found) == 1 else 0.85 if len(found) == 2 else 1.0
    if a.numbers != b.numbers:
        base *= NUMBER_APART
    order = [m.b[0] for m in sorted(found, key=lambda m: m.a[0])]
    if order != sorted(order):
        base *= DISORDER
    if a.notes and b.notes and not set(a.notes) & set(b.notes):
        base *= FORM_APART
    return Matched(
        base,
        agreed,
        len(left_a) + len(left_b),
        Alignment(
            tuple(pairs),
            tuple(a.parts[i].text for i in left_a),
            tuple(b.parts[j].text for j in left_b),
        ),
    )


def _main(found: list[_Match], a: Name) -> _Match:
    """The match that weighs most."""
    return max(found, key=lambda match: sum(a.parts[i].weight for i in match.a))


def _distinctive(said: Said) -> bool:
    return said.part.script not in (CONCEPT, NUMBER)


def _apart(
    a: Name, b: Name, wa: list[float], wb: list[float], left_a: list[int], left_b: list[int]
) -> tuple[float, float]:
    """What contradicts and what only one side says; numbers are judged apart."""

    def sums(name: Name, weights: list[float], left: list[int]) -> tuple[float, float]:
        words = sum(weights[i] for i in left if _distinctive(name.parts[i]))
        generic = sum(weights[i] for i in left if name.parts[i].part.script == CONCEPT)
        return words, generic

    words_a, generic_a = sums(a, wa, left_a)
    words_b, generic_b = sums(b, wb, left_b)
    shared, shared_generic = min(words_a, words_b), min(generic_a, generic_b)
    against = CONFLICT * shared + GENERIC_APART * shared_generic
    each = EXTRA_VESSEL if a.kind == "vessel" else EXTRA
    extra = each * abs(words_a - words_b) + EXTRA_GENERIC * abs(generic_a - generic_b)
    return against, extra
